"""The simulation against other ways to do the same work: ratios of CPU time in one run.

T1 and T2 are the compiled twin against the same loops in C, as a compiler makes them and by hand;
T3 and T4 against the readable reference; T5 is its share of the fastest multiply-adds of the core;
T12 and T13 the sweat update against NUTS; T14 Sobol points against chance; T15 the twin in double
precision against `phs` of pythermalcomfort, a different model of the same kind of work. Every side
runs in turn, several times; the median counts. What is missing here (a compiler, AVX-512, a peer)
is said and left out: `python3 dev.py bench` has all of it but the compiler.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from uncramp.evidence import value
from uncramp.simulation import draws, kernel
from uncramp.simulation.balance import simulate
from uncramp.simulation.draws import draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.scenario import scenario_from_document
from uncramp.sweat_profile import Forecast, SweatTest, sweat_posterior

__all__ = ["main"]

MINUTES: Final = 300
REPEATS: Final = 9
FLOP: Final = 40
"""Of one draw in one minute, counted by hand: 26 for what is lost, 14 for what is drunk."""
PEAK_ROUNDS: Final = 20_000_000
SCENARIO: Final = {
    "runner": {"sex": "male", "age_y": 38, "height_cm": 178, "body_mass_kg": 72},
    "exercise": {"duration_min": MINUTES, "speed_m_s": 2.8},
    "weather": {"temp_air_c": 24, "relative_humidity_pct": 60},
    "intake": [{"start_min": 20, "every_min": 20, "fluid_l": 0.15, "sodium_mmol": 3}],
}
WEIGHED: Final = ((1.05, 0.10), (1.32, 0.07), (0.88, 0.14), (1.21, 0.10))
"""Imagined weigh-ins: rate and its error, L/h."""


def main() -> None:
    """Print every ratio with its target."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    _kernel_against_c()
    _kernel_against_reference()
    _sobol_against_chance()
    _sweat_against_nuts()
    _kernel_against_phs()


def _say(name: str, ratio: str, target: str, what: str) -> None:
    print(f"{name:<4}{ratio:>10}  target {target:<9} {what}")


def _cpu_s(sides: Mapping[str, Callable[[], object]], repeats: int = REPEATS) -> dict[str, float]:
    """Median CPU seconds of every side, run in turn."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for side in sides.values():
        side()
    for _ in range(repeats):
        for name, side in sides.items():
            begin = time.process_time()
            side()
            times[name].append(time.process_time() - begin)
    return {name: median(taken) for name, taken in times.items()}


class _Loops:
    """The arrays of one job, as the twin and C both take them."""

    def __init__(self, n_draws: int, dtype: Any) -> None:
        self.scenario = scenario_from_document(SCENARIO)
        self.forcing = forcing_of(self.scenario)
        self.body = draw_body(self.scenario, n_draws=n_draws)
        self.dtype = dtype
        self.calls: list[tuple[Any, ...]] = []
        real = kernel.lose, kernel.drink
        kernel.lose = self._kept(kernel.lose)  # type: ignore[assignment]
        kernel.drink = self._kept(kernel.drink)  # type: ignore[assignment]
        try:
            losses = kernel.losses_of(self.scenario, self.forcing, self.body, dtype=dtype)
            kernel.run_plans(self.scenario, self.body, losses)
        finally:
            kernel.lose, kernel.drink = real

    def _kept(self, function: Callable[..., None]) -> Callable[..., None]:
        def keep(*arrays: Any) -> None:
            self.calls.append(arrays)
            function(*arrays)

        return keep

    def twin(self) -> None:
        kernel.lose(*self.calls[0])
        kernel.drink(*self.calls[1])


def _kernel_against_c() -> None:
    loops = _Loops(10_000, np.float32)
    library = _compiled()
    if library is None:
        print("T1, T2, T5 left out: no gcc here")
        return
    by_hand = hasattr(library, "lose_by_hand")
    sides: dict[str, Callable[[], object]] = {
        "twin": loops.twin, "gcc": lambda: _in_c(library, loops, "")
    }  # fmt: skip
    if by_hand:
        sides["hand"] = lambda: _in_c(library, loops, "_by_hand")
    _check_equal(library, loops, by_hand=by_hand)
    taken = _cpu_s(sides)
    rate = len(loops.body.running_cost_factor) * MINUTES / taken["twin"]
    what = f"{rate / 1e6:,.0f} M draw-minutes/s; time of gcc / of twin, float32"
    _say(
        "T1",
        f"{taken['gcc'] / taken['twin']:.2f}",
        ">= 0.8",
        what,
    )
    if not by_hand:
        print("T2, T5 left out: no AVX-512 here")
        return
    _say("T2", f"{taken['hand'] / taken['twin']:.2f}", ">= 0.6", "time by hand (AVX-512) / of twin")
    library.peak.argtypes = (ctypes.c_long,)
    peak_s = _cpu_s({"peak": lambda: library.peak(PEAK_ROUNDS)}, repeats=3)["peak"]
    peak = PEAK_ROUNDS * 10 * 16 * 2 / peak_s
    share = 100 * rate * FLOP / peak
    what = f"of {peak / 1e9:.0f} GFLOP/s, with {FLOP} operations a draw-minute, 3 of them divisions"
    _say("T5", f"{share:.0f} %", ">= 20 %", what)


def _compiled() -> ctypes.CDLL | None:
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    built = Path(tempfile.mkdtemp()) / "body_kernel.so"
    source = Path(__file__).with_name("body_kernel.c")
    options = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")
    subprocess.run([gcc, *options, str(source), "-o", str(built)], check=True)
    library = ctypes.CDLL(str(built))
    shutil.rmtree(built.parent)
    return library


def _in_c(library: ctypes.CDLL, loops: _Loops, kind: str) -> None:
    """Both loops on the arrays of `loops`."""
    draws_, forcing, fixed, lost_l, ends = (_pointer(one) for one in loops.calls[0])
    n_blocks, n_minutes = loops.calls[0][3].shape[:2]
    library[f"lose{kind}"](draws_, forcing, fixed, lost_l, ends, n_blocks, n_minutes)
    drunk, salted, share, cap, gone, empty, out = loops.calls[1]
    library[f"drink{kind}"](
        _pointer(drunk), _pointer(salted), _pointer(share), _pointer(cap), _pointer(gone),
        ctypes.c_float(empty), _pointer(out), len(drunk), n_blocks, n_minutes,
    )  # fmt: skip


def _pointer(array: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _check_equal(library: ctypes.CDLL, loops: _Loops, *, by_hand: bool) -> None:
    """The same work, or the ratio means nothing."""
    loops.twin()
    wanted = loops.calls[0][4].copy(), loops.calls[1][6].copy()
    for kind in ("", "_by_hand") if by_hand else ("",):
        for array in (loops.calls[0][4], loops.calls[1][6]):
            array[:] = 0
        _in_c(library, loops, kind)
        for got, want in zip((loops.calls[0][4], loops.calls[1][6]), wanted, strict=True):
            np.testing.assert_allclose(got, want, rtol=2e-3, atol=2e-4)


def _kernel_against_reference() -> None:
    for name, n_draws, target in (("T3", 10_000, ">= 7"), ("T4", 1_000, ">= 15")):
        scenario = scenario_from_document(SCENARIO)
        forcing = forcing_of(scenario)
        body = draw_body(scenario, n_draws=n_draws)

        def twin(scenario: Any = scenario, forcing: Any = forcing, body: Any = body) -> None:
            losses = kernel.losses_of(scenario, forcing, body)
            kernel.run_plans(scenario, body, losses)

        def reference(scenario: Any = scenario, forcing: Any = forcing, body: Any = body) -> None:
            simulate(scenario, forcing, body, minutes=[MINUTES])

        taken = _cpu_s({"twin": twin, "reference": reference}, repeats=5)
        ratio = taken["reference"] / taken["twin"]
        _say(name, f"{ratio:.1f}", target, f"readable reference / twin, {n_draws:,} draws")


def _sobol_against_chance() -> None:
    """Variance of the mean water change over blocks of 256 draws."""
    scenario = scenario_from_document(SCENARIO)
    forcing, n_blocks, n_draws = forcing_of(scenario), 32, 256

    def means() -> list[float]:
        found = []
        for index in range(n_blocks):
            body = draw_body(scenario, n_draws=n_draws, first=index * n_draws)
            trace = simulate(scenario, forcing, body, minutes=[MINUTES])
            found.append(float(trace.carried["water_change_l"].mean()))
        return found

    ours = np.var(means())
    chance = np.random.default_rng(1)
    real = draws.sobol
    draws.sobol = lambda *, n_points, n_dimensions, first=0: chance.random(  # noqa: ARG005
        (n_points, n_dimensions)
    )
    try:
        theirs = np.var(means())
    finally:
        draws.sobol = real
    _say("T14", f"{theirs / ours:.0f}", ">= 5", "variance by chance / with Sobol, 256 draws")


def _weighed() -> list[SweatTest]:
    forecast = Forecast(rate_l_per_h=1.0, drip_slope=0.0)
    return [
        SweatTest(rate_l_per_h=rate, error_l_per_h=error, forecast=forecast)
        for rate, error in WEIGHED
    ]


def _sweat_against_nuts() -> None:
    try:
        import jax
        import numpyro
        import numpyro.distributions as dist
        from numpyro.infer import MCMC, NUTS
    except ImportError:
        print("T12, T13 left out: NumPyro is not here")
        return
    tests = _weighed()
    seen = np.array([one.rate_l_per_h for one in tests])
    errors = np.array([one.error_l_per_h for one in tests])
    forecast = np.array([one.forecast.rate_l_per_h for one in tests])
    middle = np.log(value("sweat.day_log_sd"))

    def model() -> None:
        """As in docs/reference/sweat-model.md; at 1 L/h the steepness says nothing."""
        multiplier = numpyro.sample("k", dist.Normal(0.0, value("sweat.multiplier_log_sd")))
        log_day = numpyro.sample("d", dist.Normal(middle, value("sweat.day_log_sd_spread")))
        with numpyro.plate("tests", len(tests)):
            day = numpyro.sample("z", dist.Normal(0.0, 1.0))
            rate = forecast * jax.numpy.exp(multiplier + jax.numpy.exp(log_day) * day)
            numpyro.sample("seen", dist.Normal(rate, errors), obs=seen)

    nuts = MCMC(NUTS(model), num_warmup=1000, num_samples=40_000, progress_bar=False)
    nuts.run(jax.random.PRNGKey(1))
    begin = time.perf_counter()
    warm = MCMC(NUTS(model), num_warmup=1000, num_samples=2_000, progress_bar=False)
    warm.run(jax.random.PRNGKey(2))
    warm_s = time.perf_counter() - begin
    ours = _cpu_s({"update": lambda: [sweat_posterior(tests) for _ in range(20)]})["update"] / 20
    mean, sd = sweat_posterior(tests).log_multiplier
    off = abs(mean - float(nuts.get_samples()["k"].mean())) / sd
    what = f"warm NUTS {warm_s:.2f} s / update {1e3 * ours:.2f} ms"
    _say("T12", f"{warm_s / ours:,.0f}", ">= 1,000", what)
    _say("T13", f"{off:.3f}", "<= 0.05", "posterior means apart, in posterior sd")


def _kernel_against_phs() -> None:
    try:
        from pythermalcomfort.models import phs
    except ImportError:
        print("T15 left out: pythermalcomfort is not here")
        return
    n_people = 2_000
    air = np.full(n_people, 30.0)

    def theirs() -> object:
        return phs(
            tdb=air, tr=air, v=0.5, rh=50, met=4, clo=0.5, posture="standing", duration=MINUTES
        )

    loops = _Loops(10_000, np.float64)
    taken = _cpu_s({"phs": theirs, "twin": loops.twin}, repeats=5)
    ratio = (10_000 / taken["twin"]) / (n_people / taken["phs"])
    what = f"person-minutes per CPU second, twin in float64 / phs, {MINUTES} min: other equations"
    _say("T15", f"{ratio:.0f}", ">= 30", what)


if __name__ == "__main__":
    main()
