"""The simulated body: draws, balances that close, the two runs of one equation, and scenarios."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from uncramp.cli import main
from uncramp.cli.root import uncramp
from uncramp.errors import InputError
from uncramp.evidence import value
from uncramp.simulation import draws, run
from uncramp.simulation.balance import (
    body_mass_change_kg,
    plasma_sodium_mmol_per_l,
    simulate,
    sweat_of_minute,
)
from uncramp.simulation.draws import draw_body, inverse_normal, sobol
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.run import outcome_of, plan_ends
from uncramp.simulation.scenario import Intake, Scenario, scenario_from_document

MARATHON: Final[dict[str, Any]] = {
    "runner": {"sex": "female", "age_y": 38, "height_cm": 168, "body_mass_kg": 61},
    "exercise": {"duration_min": 240, "speed_m_s": 2.93},
    "weather": {"temp_air_c": 24, "relative_humidity_pct": 55},
    "intake": [{"start_min": 20, "every_min": 20, "fluid_l": 0.15, "sodium_mmol": 3}],
}

SCIPY_POINT_777: Final = (
    0.6923828125, 0.9365234375, 0.1630859375, 0.2744140625, 0.6357421875, 0.3564453125,
    0.1904296875, 0.7626953125, 0.3486328125, 0.3232421875, 0.7451171875, 0.6962890625,
    0.3837890625, 0.4736328125, 0.5693359375, 0.5146484375,
)  # fmt: skip
"""scipy.stats.qmc.Sobol(16, scramble=False, bits=32), point 777."""
SCIPY_QUANTILES: Final = {
    1e-10: -6.361340902404056,
    0.001: -3.090232306167813,
    0.025: -1.9599639845400545,
    0.3: -0.5244005127080409,
    0.5: 0.0,
    0.9: 1.2815515655446004,
    0.999999: 4.753424308817087,
}


def told(**parts: dict[str, Any]) -> dict[str, Any]:
    """The marathon with some parts told otherwise."""
    document = copy.deepcopy(MARATHON)
    for name, part in parts.items():
        document[name] = {**document[name], **part}
    return document


def code_of(document: dict[str, Any]) -> str:
    """The code of the error that a document raises."""
    with pytest.raises(InputError) as caught:
        scenario_from_document(document)
    return caught.value.code


# ---------------------------------------------------------------- draws


def test_points_are_those_of_scipy() -> None:
    """Undo the shift, and the sequence is the one everybody knows, in all 16 dimensions."""
    n_dimensions = len(SCIPY_POINT_777)
    point = sobol(n_points=1, n_dimensions=n_dimensions, first=777)[0]
    words = (point * 2.0**32 - 0.5).astype(np.uint64)
    shifts = np.array(draws.SHIFT, dtype=np.uint64)
    assert ((words ^ shifts) / 2.0**32).tolist() == list(SCIPY_POINT_777)


def test_points_join_by_their_index() -> None:
    """Shards of any size are the whole, so that answers do not depend on how work is shared."""
    whole = sobol(n_points=100, n_dimensions=15)
    parts = [sobol(n_points=n, n_dimensions=15, first=first) for first, n in ((0, 37), (37, 63))]
    assert np.array_equal(np.concatenate(parts), whole)
    assert whole.min() > 0.0
    assert whole.max() < 1.0


def test_points_spread_evenly() -> None:
    """1,024 points put 64 into every sixteenth of every axis."""
    points = sobol(n_points=1024, n_dimensions=16)
    for column in points.T:
        counts, _ = np.histogram(column, bins=16, range=(0, 1))
        assert counts.tolist() == [64] * 16


def test_normal_quantiles_are_those_of_scipy() -> None:
    """To fifteen digits, far out too."""
    given_quantiles = inverse_normal(np.array(list(SCIPY_QUANTILES)))
    assert given_quantiles == pytest.approx(list(SCIPY_QUANTILES.values()), rel=1e-14, abs=1e-15)


def test_priors_have_their_mean_and_spread() -> None:
    """What the evidence says is what is drawn."""
    body = draw_body(scenario_from_document(MARATHON), n_draws=8192)
    assert body.running_cost_factor.mean() == pytest.approx(
        value("heat.running_cost_factor"), abs=1e-3
    )
    sodium = body.sweat_sodium_mmol_per_l
    assert sodium.mean() == pytest.approx(value("sodium.sweat_women_mmol_per_l"), rel=0.01)
    assert sodium.std() == pytest.approx(value("sodium.sweat_women_sd_mmol_per_l"), rel=0.03)
    assert np.log(body.gut_rate_per_h).std() == pytest.approx(
        value("fluid.gut_rate_log_sd"), rel=0.02
    )


# ---------------------------------------------------------------- the balance


def made(document: dict[str, Any], *, n_draws: int = 64) -> tuple[Scenario, Any, Any]:
    """Scenario, body and the whole trace of a document."""
    scenario = scenario_from_document(document)
    body = draw_body(scenario, n_draws=n_draws)
    minutes = range(scenario.exercise.n_minutes + 1)
    return scenario, body, simulate(scenario, forcing_of(scenario), body, minutes=minutes)


drinks = st.lists(
    st.fixed_dictionaries(
        {
            "start_min": st.integers(0, 130),
            "fluid_l": st.sampled_from([0.0, 0.1, 0.4]),
            "sodium_mmol": st.floats(0, 40),
            "potassium_mmol": st.floats(0, 5),
        },
        optional={"every_min": st.integers(5, 60), "until_min": st.integers(0, 150)},
    ),
    max_size=5,
)


@given(intake=drinks, temp=st.floats(0, 38), speed=st.floats(1.5, 5), grade=st.floats(-0.1, 0.1))
def test_water_sodium_and_mass_close(
    intake: list[Any], temp: float, speed: float, grade: float
) -> None:
    """What went in is in the gut, in the body, or out; nothing appears or is lost."""
    document = told(
        exercise={"duration_min": 120, "speed_m_s": speed, "grade": grade},
        weather={"temp_air_c": temp},
    )
    scenario, body, trace = made({**document, "intake": intake}, n_draws=16)
    state = trace.carried
    water = (
        state["fluid_intake_l"] - state["gut_fluid_l"] - state["sweat_loss_l"] - state["urine_l"]
    )
    assert state["water_change_l"] == pytest.approx(water, abs=1e-9)
    potassium = value("sodium.sweat_potassium_mmol_per_l") * state["sweat_loss_l"]
    urine = body.urine_cation_mmol_per_l * state["urine_l"]
    cation = state["cation_intake_mmol"] - state["gut_cation_mmol"]
    cation = cation - state["sodium_loss_mmol"] - potassium - urine
    assert state["cation_change_mmol"] == pytest.approx(cation, abs=1e-7)
    mass = body_mass_change_kg(trace)
    fuel = 0.20 * state["energy_kcal"] / 1000
    assert mass == pytest.approx(state["water_change_l"] + state["gut_fluid_l"] - fuel, abs=1e-9)
    assert (state["gut_fluid_l"] >= 0).all()
    assert (state["gut_cation_mmol"] >= -1e-12).all()
    assert scenario.intake.n_plans == 1


@given(temp=st.floats(0, 30))
def test_hotter_means_more_sweat(temp: float) -> None:
    """Every draw sweats at least as much three degrees warmer."""
    losses = [
        made(told(weather={"temp_air_c": temp + more}), n_draws=16)[2].carried["sweat_loss_l"][-1]
        for more in (0.0, 3.0)
    ]
    assert (losses[1] >= losses[0]).all()


def test_the_core_warms_in_the_first_half_hour() -> None:
    """Sweat starts low, because at first the body stores the heat."""
    scenario, body, _ = made(MARATHON)
    forcing = forcing_of(scenario)
    first, later = (sweat_of_minute(scenario, forcing, body, minute)[0] for minute in (0, 60))
    assert np.median(first) < 0.8 * np.median(later)


def test_in_the_field_sodium_moves_less() -> None:
    """The published equation is shrunk in the field and untouched in the laboratory."""
    field, lab = (
        made({**MARATHON, "setting": setting}, n_draws=512) for setting in ("field", "lab")
    )
    moved = []
    for _, body, trace in (field, lab):
        strays = plasma_sodium_mmol_per_l(body, trace)[-1, 0] - body.plasma_sodium_start_mmol_per_l
        moved.append(float(np.median(strays)))
    assert lab[1].field_buffering.tolist() == [1.0] * 512
    assert moved[0] == pytest.approx(value("sodium.field_buffering") * moved[1], rel=0.25)


def test_salt_in_an_empty_gut_still_passes() -> None:
    """A capsule without water opens late and is taken up at the gut's own rate."""
    document = {**MARATHON, "intake": [{"start_min": 0, "fluid_l": 0, "sodium_mmol": 10}]}
    _, _, trace = made(document)
    lag = int(value("fluid.capsule_lag_min"))
    held = trace.carried["gut_cation_mmol"][:, 0]
    assert (held[lag] == 0).all()
    assert (held[lag + 1] > 0).all()
    assert (held[-1] < 2).all()


# ---------------------------------------------------------------- the compiled twin


@pytest.fixture(scope="module")
def kernel() -> Any:
    """The compiled kernel, where numba is."""
    pytest.importorskip("numba", reason="NEEDS-ORACLE: numba, which the extra `fast` brings")
    from uncramp.simulation import kernel as compiled

    return compiled


@pytest.mark.slow
@pytest.mark.parametrize("runner", [
    {}, {"sweat_rate_l_per_h": 1.1}, {"sweat_sodium_mmol_per_l": 120},
    {"sweat_sodium_mmol_per_l": {"mean": 60, "sd": 5}, "acclimation": 1.0},
])  # fmt: skip
def test_the_twin_gives_the_same(kernel: Any, runner: dict[str, Any]) -> None:
    """Float64 to rounding, float32 to a thousandth of a millimole; every plan, a ragged block."""
    scenario = scenario_from_document(told(runner=runner))
    rng = np.random.default_rng(7)
    shape = (5, scenario.exercise.n_minutes)
    fluid = np.where(rng.random(shape) < 0.05, rng.uniform(0, 0.4, shape), 0.0)
    salt = 20 * fluid + np.where(rng.random(shape) < 0.01, 9.0, 0.0)
    scenario = scenario.with_intake(Intake(fluid_l=fluid, cation_mmol=salt, sodium_mmol=salt))
    body, forcing = draw_body(scenario, n_draws=150), forcing_of(scenario)
    trace = simulate(scenario, forcing, body, minutes=[scenario.exercise.n_minutes])
    for dtype, share in ((np.float64, 1e-10), (np.float32, 2e-3)):
        losses = kernel.losses_of(scenario, forcing, body, dtype=dtype)
        ends = kernel.run_plans(scenario, body, losses)
        for name in ("gut_fluid_l", "gut_cation_mmol", "water_change_l", "cation_change_mmol",
                     "most_water_l"):  # fmt: skip
            expected = trace.carried[name][0]
            assert getattr(ends, name) == pytest.approx(expected, rel=share, abs=share), name
        lost = trace.carried["sodium_loss_mmol"][0, 0]
        assert losses.sodium_loss_mmol == pytest.approx(lost, rel=share)


@pytest.mark.slow
def test_large_jobs_run_the_twin_and_small_ones_do_not(
    kernel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is the same either way."""
    asked: list[int] = []
    real = kernel.run_plans

    def counted(*told: Any) -> Any:
        asked.append(1)
        return real(*told)

    monkeypatch.setattr(kernel, "run_plans", counted)
    scenario = scenario_from_document(MARATHON)
    body = draw_body(scenario, n_draws=70)
    small = plan_ends(scenario, body)
    assert not asked
    monkeypatch.setattr(run, "LARGE", 1)
    large = plan_ends(scenario, body)
    assert asked
    assert large.water_change_l == pytest.approx(small.water_change_l, rel=2e-3, abs=2e-3)
    assert large.most_water_l == pytest.approx(small.most_water_l, rel=2e-3, abs=2e-3)


def test_without_numba_large_jobs_run_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is a matter of speed alone."""
    monkeypatch.setattr(run, "LARGE", 1)
    monkeypatch.setattr(run, "find_spec", lambda _: None)
    scenario = scenario_from_document(MARATHON)
    ends = plan_ends(scenario, draw_body(scenario, n_draws=16))
    assert ends.water_change_l.dtype == np.float64


# ---------------------------------------------------------------- scenarios


def test_numbers_replace_priors_and_bands_narrow_them() -> None:
    """An exact number is exact in every draw; `{mean, sd}` has that mean and that spread."""
    exact = draw_body(scenario_from_document(told(runner={"sweat_rate_l_per_h": 1.5})), n_draws=64)
    assert exact.sweat_rate_l_per_h.tolist() == [1.5] * 64
    narrow = told(runner={"plasma_sodium_start_mmol_per_l": {"mean": 139, "sd": 0.5}})
    start = draw_body(scenario_from_document(narrow), n_draws=4096).plasma_sodium_start_mmol_per_l
    assert start.mean() == pytest.approx(139, abs=0.02)
    assert start.std() == pytest.approx(0.5, rel=0.02)


def test_a_told_sodium_is_final() -> None:
    """No slope and no acclimation shift on a number that was told."""
    document = told(runner={"sweat_sodium_mmol_per_l": 50, "acclimation": 1})
    _, _, trace = made(document)
    per_l = trace.carried["sodium_loss_mmol"][-1] / trace.carried["sweat_loss_l"][-1]
    assert per_l == pytest.approx(np.full_like(per_l, 50.0))


def test_until_is_exclusive_and_defaults_to_the_end() -> None:
    """Drinks at 0, 20 and 40 of an hour; one that ends at 40 leaves the last out."""
    hour = told(exercise={"duration_min": 60})
    event = {"start_min": 0, "every_min": 20, "fluid_l": 0.1, "sodium_mmol": 0}
    all_three = scenario_from_document({**hour, "intake": [event]}).intake.fluid_l
    two = scenario_from_document({**hour, "intake": [{**event, "until_min": 40}]}).intake.fluid_l
    assert np.flatnonzero(all_three[0]).tolist() == [0, 20, 40]
    assert np.flatnonzero(two[0]).tolist() == [0, 20]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "scenario_part_missing"),
        ({**MARATHON, "colour": 1}, "scenario_unknown_key"),
        (told(runner={"sweet_rate": 1}), "scenario_unknown_key"),
        (told(runner={"body_mass_kg": 400}), "bad_number"),
        (told(runner={"body_mass_kg": True}), "bad_number"),
        (told(runner={"body_mass_kg": None}), "bad_number"),
        (told(runner={"sex": "other"}), "unknown_sex"),
        (told(runner={"total_body_water_l": {"mean": 30, "sd": -1}}), "bad_number"),
        ({**MARATHON, "exercise": {"duration_min": 60}}, "scenario_no_effort"),
        ({**MARATHON, "setting": "moon"}, "bad_choice"),
        ({**MARATHON, "intake": "water"}, "scenario_part_missing"),
        ({**MARATHON, "intake": [{"start_min": 0, "fluid_l": 50, "sodium_mmol": 0}]}, "bad_number"),
    ],
)
def test_what_is_wrong_is_said(document: dict[str, Any], code: str) -> None:
    """Missing, unknown and impossible parts are refused by name."""
    assert code_of(document) == code


def test_the_command_prints_one_envelope(tmp_path: Path) -> None:
    """Every quantity with its band, at the end and along the way; the file is not kept."""
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(MARATHON), encoding="utf-8")
    result = CliRunner().invoke(
        uncramp, ["research", "simulate", "--scenario", str(file), "--json"]
    )
    document = json.loads(result.stdout)
    assert document["schema"] == "uncramp.research.simulate/1"
    end = document["data"]["end"]
    assert end["minute"] == 240
    assert end["water_change_l"]["p5"] < end["water_change_l"]["p50"] < 0
    assert document["data"]["timeline"][0]["water_change_l"]["sd"] == 0.0
    assert set(document["data"]["probability"]) == {
        "mass_gain", "water_gain", "plasma_sodium_below_135", "water_loss_above_2pct",
    }  # fmt: skip
    expected = outcome_of(scenario_from_document(MARATHON))
    assert end["sweat_loss_l"]["mean"] == expected.end.bands["sweat_loss_l"].mean


def test_a_broken_file_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What, why and what to do; no traceback."""
    file = tmp_path / "scenario.json"
    file.write_text("{", encoding="utf-8")
    assert main(["research", "simulate", "--scenario", str(file)]) == 2
    assert "scenario.json is not a scenario" in capsys.readouterr().err
