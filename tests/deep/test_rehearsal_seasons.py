"""Simulated seasons of rehearsals: are the bands right, the error rates and the stamp as stated?

Runners are drawn from what is believed of runners: personal multiplier, dripping, answer to heat,
days that differ, scales and bottles that err. Every rehearsal is predicted from the weigh-ins
before it, as the program does it, and then "run" in other weather and at another pace than planned.
docs/reference/rehearsals.md has the figures that came out; `pytest -s` shows them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import pytest

from uncramp.debrief import Gut, Took
from uncramp.drink_plan import Take
from uncramp.evidence import value
from uncramp.models.spread import even_variance
from uncramp.rehearsal.predict import table_of
from uncramp.rehearsal.score import score
from uncramp.rehearsal.shapes import (
    Arm,
    Heat,
    Log,
    Outcome,
    Rehearsal,
    Rehearsals,
    Scored,
    StampState,
    TrialStatus,
)
from uncramp.rehearsal.stamp import stamp_of
from uncramp.rehearsal.trial import Usual, begin, state_of
from uncramp.simulation.forecast import Condition, expected_sweat
from uncramp.simulation.scenario import SimulatedRunner
from uncramp.sweat_profile import Forecast, SweatTest, sweat_posterior, weigh_in_error_l_per_h
from uncramp.units import hours_from_minutes
from uncramp.vocabulary import WeighIn

pytestmark = pytest.mark.deep

SEASONS: Final = 400
RUNS: Final = 6
TODAY: Final = date(2026, 6, 1)
AT: Final = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)
BODIES: Final = tuple(
    SimulatedRunner(sex="female" if kg < 65 else "male", age_y=40, height_cm=cm, body_mass_kg=kg)
    for cm, kg in ((165, 56.0), (172, 66.0), (182, 80.0))
)
RACE_MIN: Final = 230.0
RACE_WBGT_C: Final = 22.0
EXPECTED_C: Final = 18.0
CUP: Final = Take(at_m=0.0, at_min=30.0, product="water", servings=1, fluid_l=0.4, sodium_mg=0.0)


class Person:
    """One drawn runner: what is true of them, and what their weigh-ins have taught."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.chance = chance
        self.body = BODIES[int(chance.integers(len(BODIES)))]
        spread = value("sweat.day_log_sd_spread") * chance.standard_normal()
        self.day_log_sd = value("sweat.day_log_sd") * float(np.exp(spread))
        drip_sd = float(np.sqrt(even_variance(value("sweat.least_efficiency"), 1.0)))
        sds = (value("sweat.multiplier_log_sd"), drip_sd, value("sweat.heat_answer_sd"))
        self.true = np.array(sds) * chance.standard_normal(3)
        self.tests: list[SweatTest] = []

    def forecast(self, temp: float, humidity: float, speed: float, minutes: float) -> Forecast:
        """What heat balance says of one condition."""
        found = expected_sweat(self.condition(temp, humidity, speed, minutes))
        return Forecast(rate_l_per_h=found.rate_l_per_h, drip_slope=found.drip_slope)

    def condition(self, temp: float, humidity: float, speed: float, minutes: float) -> Condition:
        """Of this body, in the shade."""
        return Condition(body_mass_kg=self.body.body_mass_kg, height_cm=self.body.height_cm,
                         speed_m_s=speed, duration_min=minutes, temp_air_c=temp,
                         relative_humidity_pct=humidity)  # fmt: skip

    def sweats(self, forecast: Forecast) -> float:
        """What they sweat on one day, in L/h."""
        pivot = value("sweat.pivot_rate_l_per_h")
        row = np.array([1.0, forecast.drip_slope, np.log(forecast.rate_l_per_h / pivot)])
        day = self.day_log_sd * self.chance.standard_normal()
        return float(forecast.rate_l_per_h * np.exp(row @ self.true + day))

    def run(self, number: int, minutes: float) -> Log:
        """One rehearsal in the weather and at the pace that came, weighed; it teaches."""
        temp = float(self.chance.integers(8, 29))
        humidity = float(self.chance.choice([35.0, 50.0, 65.0, 80.0]))
        speed = float(self.chance.choice([2.6, 2.8, 3.0]))
        forecast = self.forecast(temp, humidity, speed, minutes)
        energy = expected_sweat(self.condition(temp, humidity, speed, minutes)).energy_kcal
        rate, hours = self.sweats(forecast), hours_from_minutes(minutes)
        fuel_kg = 0.2 * energy / 1000.0
        weighed = WeighIn(body_mass_before_kg=self.body.body_mass_kg,
                       body_mass_after_kg=self.body.body_mass_kg, fluid_intake_l=CUP.fluid_l,
                       duration_min=minutes, scale_step_kg=0.1)  # fmt: skip
        error = weigh_in_error_l_per_h(weighed, rate_l_per_h=rate) * self.chance.standard_normal()
        seen = rate + error
        error_kg = weigh_in_error_l_per_h(weighed, rate_l_per_h=max(seen, 0.05))
        self.tests.append(SweatTest(rate_l_per_h=seen, error_l_per_h=error_kg, forecast=forecast))
        return Log(
            session_id=f"s{number}",
            day=TODAY + timedelta(days=7 * number),
            took=Took.AS_PLANNED,
            gut=Gut.FINE if self.chance.random() < 0.9 else Gut.UPSET,
            twitched=False,
            cramped=False,
            duration_min=minutes,
            distance_m=60.0 * minutes * speed,
            temp_air_c=temp,
            relative_humidity_pct=humidity,
            wbgt_c=temp,
            body_mass_before_kg=self.body.body_mass_kg,
            body_mass_change_kg=CUP.fluid_l - hours * seen - fuel_kg,
            fluid_intake_l=CUP.fluid_l,
            scale_step_kg=0.1,
        )


def before(person: Person, number: int, minutes: float) -> Rehearsals:
    """What is kept before a run."""
    table = table_of(person.body, sweat_posterior(person.tests), temp_air_c=EXPECTED_C,
                     speed_m_s=2.8, duration_min=120.0)  # fmt: skip
    planned = Rehearsal(session_id=f"s{number}", day=TODAY, distance_m=168.0 * minutes,
                        duration_min=minutes, heat=Heat.AS_IT_COMES, part_from_min=0.0,
                        part_to_min=minutes, schedule=(CUP,), fluid_l=CUP.fluid_l,
                        sodium_mg=0.0)  # fmt: skip
    return Rehearsals(rehearsals=(planned,), plan_number=1, plan_mark="a", table=table,
                      race_wbgt_c=RACE_WBGT_C, race_min=RACE_MIN,
                      body_mass_kg=person.body.body_mass_kg)  # fmt: skip


def season(seed: int) -> Iterator[Scored]:
    """Six rehearsals of one runner, each predicted from those before it."""
    person = Person(np.random.default_rng(seed))
    for number in range(RUNS):
        minutes = (90.0, 120.0, 150.0)[number % 3]
        kept = before(person, number, minutes)
        yield score(person.run(number, minutes), before=kept, predicted_at=AT,
                    race_wbgt_c=RACE_WBGT_C, race_min=RACE_MIN)  # fmt: skip


def told(name: str, figure: object) -> None:
    """Say a figure; `pytest -s` shows it."""
    sys.stdout.write(f"{name}: {figure}\n")


@pytest.fixture(scope="module")
def seasons() -> list[list[Scored]]:
    """Four hundred of them."""
    return [list(season(seed)) for seed in range(SEASONS)]


def test_bands_hold_what_they_promise(seasons: list[list[Scored]]) -> None:
    """Of all outcomes 80 to 97 % lie inside the bands that should hold 90, early and late."""
    for first, last in ((0, RUNS), (0, 1), (1, 3), (3, RUNS)):
        checks = [one.check for runs in seasons for one in runs[first:last] if one.check]
        wide = np.mean([one.inside_90 for one in checks])
        narrow = np.mean([one.inside_50 for one in checks])
        told(f"runs {first + 1} to {last}", [len(checks), float(wide), float(narrow)])
        assert 0.80 <= wide <= 0.97
        assert 0.42 <= narrow <= 0.60


def test_bands_grow_narrower_with_every_weighing(seasons: list[list[Scored]]) -> None:
    """What was learnt shows: the last band is less than two thirds of the first."""

    def width(number: int) -> float:
        bands = [runs[number].predicted for runs in seasons]
        hours = runs_hours(number)
        return float(np.median([(one.high - one.low) / hours for one in bands if one]))

    widths = [width(number) for number in range(RUNS)]
    told("width per hour in points", widths)
    assert widths[-1] < 2 / 3 * widths[0]


def runs_hours(number: int) -> float:
    """How long that run is."""
    return (1.5, 2.0, 2.5)[number % 3]


def test_the_stamp_is_never_given_on_less(seasons: list[list[Scored]]) -> None:
    """After every run of every season, counted anew without the program's help."""
    given = 0
    for runs in seasons:
        for end in range(len(runs) + 1):
            found = stamp_of(runs[:end], plan_mark="a", race_wbgt_c=RACE_WBGT_C,
                             race_min=RACE_MIN, weighs=True)  # fmt: skip
            earned = deserved(runs[:end])
            assert (found.state is StampState.PROVEN) == earned
        given += earned
    told("seasons with the stamp at the end", given / len(seasons))
    assert 0.1 < given / len(seasons) < 0.95


def deserved(runs: list[Scored]) -> bool:
    """The rule of the stamp, from the logs and the bands alone."""
    row: list[Log] = []
    for one in runs:
        log, band = one.log, one.predicted
        if log.gut is Gut.FINE and (band is None or log.body_mass_change_kg is None):
            continue
        change = 100 * (log.body_mass_change_kg or 0.0) / (log.body_mass_before_kg or 1.0)
        inside = band is not None and band.low <= change <= min(band.high, 0.0)
        good = log.gut is Gut.FINE and inside
        row = [*row, log] if good else []
    hot = [log for log in row if (log.wbgt_c or 0) >= 19.0 and (log.duration_min or 0) >= 138.0]
    return len(row) >= 3 and bool(hot)


# ---------------------------------------------------------------- the plan against the usual

OFTEN: Final = Usual(happened=19, runs=20)
TRIALS: Final = 3000


def ended(chance: np.random.Generator, *, plan: float, usual: float) -> tuple[TrialStatus, int]:
    """One comparison run to its end, with what is true."""
    trial = begin(Outcome.GUT, OFTEN, flips=(chance.random(24) < 0.5).tolist(), today=TODAY)
    assert trial is not None
    logs: list[Log] = []
    for at, arm in enumerate(trial.order):
        upset = chance.random() < (plan if arm is Arm.PLAN else usual)
        log = Log(session_id=None, day=TODAY, duration_min=150.0, wbgt_c=18.0,
                  gut=Gut.UPSET if upset else Gut.FINE, arm=arm, position=at)  # fmt: skip
        logs.append(replace(log, day=TODAY + timedelta(days=7 * at)))
    found = state_of(trial, logs, available_runs=99)
    return found.status, found.plan_runs


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_no_difference_is_claimed_as_rarely_as_stated(share: float) -> None:
    """At most 5 in 100, whichever share is the same under both arms."""
    chance = np.random.default_rng(11)
    found = [ended(chance, plan=share, usual=share)[0] for _ in range(TRIALS)]
    wrong = np.mean([one in (TrialStatus.PLAN_BETTER, TrialStatus.USUAL_BETTER) for one in found])
    told(f"claims at {share}", float(wrong))
    assert wrong <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / TRIALS)


def test_what_is_hoped_for_is_found_as_often_as_stated() -> None:
    """The power that was said beforehand, and fewer runs than at most."""
    trial = begin(Outcome.GUT, OFTEN, flips=[True] * 24, today=TODAY)
    assert trial is not None
    chance = np.random.default_rng(12)
    ran = [ended(chance, plan=trial.hoped_share, usual=trial.base_share) for _ in range(TRIALS)]
    power = np.mean([status is TrialStatus.PLAN_BETTER for status, _ in ran])
    mean = np.mean([pairs for _, pairs in ran])
    told("power said and found, pairs", [trial.power, float(power), float(mean)])
    assert power == pytest.approx(trial.power, abs=3 * np.sqrt(0.25 / TRIALS))
    assert power >= 0.78
    assert mean < trial.pairs
