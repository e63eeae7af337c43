"""The runner as the simulation knows them: the profile, and what their sweat tests taught."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final, Literal, cast

from uncramp.actions.context import Context
from uncramp.actions.sweat_learning import Learnt, learn, narrowed
from uncramp.actions.sweat_tests import kept_tests
from uncramp.evidence import value
from uncramp.simulation.forecast import expected_in
from uncramp.simulation.scenario import Scenario, SimulatedRunner, Told
from uncramp.sweat_profile import Forecast
from uncramp.vocabulary import SodiumSample

if TYPE_CHECKING:
    from uncramp.store.rows import StoredRunner
    from uncramp.vocabulary import KeptTest, UserProfile

__all__ = ["RunnerBody", "known_race_speed_m_s", "plain_body", "runner_body", "usual_speed_m_s"]

NEEDED: Final = ("sex", "age_y", "height_cm", "body_mass_kg")
RECENT_RUNS: Final = 30
A_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerBody:
    """Who is simulated; None as long as something is not known."""

    simulated: SimulatedRunner | None
    missing: tuple[str, ...] = ()
    """Fields of the profile that are not known: `sex`, `age_y`, `height_cm`, `body_mass_kg`."""
    assumed: tuple[str, ...] = ()
    """Ids of messages `assumed.<id>`."""
    learnt: Learnt | None = None
    """What the tests said; None without any."""

    def fitted_to(self, scenario: Scenario) -> Scenario:
        """`scenario` with the multiplier that the tests say of just such a run.

        `simulated` carries the multiplier of a warm run at a steady pace. Whoever answers to cold
        or heat otherwise than the heat balance has another one there. Without tests nothing
        changes.
        """
        if self.learnt is None or not self.learnt.posterior.n_tests:
            return scenario
        expected = expected_in(scenario)
        forecast = Forecast(rate_l_per_h=expected.rate_l_per_h, drip_slope=expected.drip_slope)
        multiplier = Told(*self.learnt.posterior.log_multiplier_in(forecast))
        return replace(scenario, runner=replace(scenario.runner, sweat_multiplier_log=multiplier))


def runner_body(context: Context) -> RunnerBody:
    """The runner of `context`, narrowed by their sweat tests; nothing is guessed.

    A runner who is not there yet lacks everything. Makes no store where there is none.
    """
    runner = context.store.find_runner(context.runner) if context.has_store else None
    if runner is None:
        return RunnerBody(simulated=None, missing=NEEDED)
    plain = plain_body(runner.profile)
    if plain.simulated is None:
        return plain
    tests = kept_tests(context)
    if not tests:
        return plain
    learnt = learn(plain.simulated, tests, usual_speed_m_s=usual_speed_m_s(context, runner))
    return RunnerBody(
        simulated=narrowed(plain.simulated, learnt), assumed=assumed_of(tests), learnt=learnt
    )


def plain_body(profile: UserProfile) -> RunnerBody:
    """A profile as a body that no test has narrowed."""
    told = {name: getattr(profile, name) for name in NEEDED}
    missing = tuple(name for name, one in told.items() if one is None)
    if missing:
        return RunnerBody(simulated=None, missing=missing)
    simulated = SimulatedRunner(
        sex=cast("Literal['male', 'female']", told["sex"].value),
        age_y=told["age_y"],
        height_cm=told["height_cm"],
        body_mass_kg=told["body_mass_kg"],
    )
    return RunnerBody(simulated=simulated, assumed=("sweat_of_others", "sodium_of_others"))


def assumed_of(tests: tuple[KeptTest, ...]) -> tuple[str, ...]:
    """What still has to be taken from others."""
    has_sodium = any(isinstance(one.test, SodiumSample) for one in tests)
    has_rate = any(not isinstance(one.test, SodiumSample) for one in tests)
    return (*(() if has_rate else ("sweat_of_others",)),
            *(() if has_sodium else ("sodium_of_others",)))  # fmt: skip


def usual_speed_m_s(context: Context, runner: StoredRunner) -> float | None:
    """The middle pace of the newest runs; None without any."""
    speeds = [speed for _, speed in recent_runs(context, runner)]
    return median(speeds) if speeds else None


def known_race_speed_m_s(context: Context, runner: StoredRunner) -> float | None:
    """The fastest of the newest runs that were long enough to lose much; None without any."""
    least = value("sweat.race_least_m")
    return max((speed for length, speed in recent_runs(context, runner) if length >= least),
               default=None)  # fmt: skip


def recent_runs(context: Context, runner: StoredRunner) -> list[tuple[float, float]]:
    """Length and pace of the newest runs that have both.

    A year of runs is read first, and everything only where that is not enough.
    """
    a_year = (context.now - A_YEAR, context.now)
    for between in (a_year, None):
        rows = context.store.activities(runner, with_excluded=False, between=between)
        known = [
            (row.distance_m, row.distance_m / row.moving_s)
            for row in rows
            if row.is_run and row.distance_m and row.moving_s
        ]
        if len(known) >= RECENT_RUNS:
            break
    return known[-RECENT_RUNS:]
