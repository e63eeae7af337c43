"""What is known of a runner's own sweat, from the store to the lines on a terminal.

All runners and weigh-ins here are made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pytest
from click.testing import CliRunner

from uncramp.actions.context import Context
from uncramp.actions.runner_body import runner_body
from uncramp.actions.sweat import MySweat, my_sweat, standing_of, table_of
from uncramp.actions.sweat_learning import forecast_at, learn, rate_of_weigh_in
from uncramp.actions.sweat_tests import refuse_teaching
from uncramp.cli.root import uncramp
from uncramp.errors import InputError
from uncramp.evidence import value
from uncramp.simulation.balance import simulate
from uncramp.simulation.draws import Body, draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.simulation.forecast import Condition, expected_in, expected_sweat
from uncramp.simulation.run import outcome_of
from uncramp.simulation.scenario import SimulatedRunner, scenario_from_document
from uncramp.sweat_profile import Forecast, sodium_mg_per_h, sweat_posterior
from uncramp.vocabulary import (
    KeptTest,
    Sex,
    SodiumSample,
    UserProfile,
    WatchEstimate,
    WeighIn,
)
from uncramp.wording.my_sweat import my_sweat_data, my_sweat_lines

NOW: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)
PROFILE: Final = UserProfile(sex=Sex.MALE, age_y=35.0, height_cm=178.0, body_mass_kg=72.0)
BODY: Final = SimulatedRunner(sex="male", age_y=35.0, height_cm=178.0, body_mass_kg=72.0)
MARATHON_PACE: Final = 3.4
COOL_RUN: Final = scenario_from_document(
    {
        "runner": {"sex": "male", "age_y": 35, "height_cm": 178, "body_mass_kg": 72},
        "exercise": {"duration_min": 90, "speed_m_s": 2.9},
        "weather": {"temp_air_c": 10, "relative_humidity_pct": 60},
    }
)


def weigh_in(
    *, lost_kg: float, temp_air_c: float | None = 15.0, minutes: float = 90.0, step: float = 0.1
) -> WeighIn:
    """A weigh-in in dry kit: 0.3 L drunk, at 2.9 m/s."""
    return WeighIn(
        body_mass_before_kg=72.0, body_mass_after_kg=72.0 - lost_kg, fluid_intake_l=0.3,
        duration_min=minutes, distance_m=2.9 * 60.0 * minutes, temp_air_c=temp_air_c,
        relative_humidity_pct=60.0, scale_step_kg=step, food_kg=0.0, urine_output_l=0.0,
        held_sweat_kg=0.0,
    )  # fmt: skip


def kept(test: WeighIn | SodiumSample | WatchEstimate, number: int = 1) -> KeptTest:
    """As the store gives it back."""
    return KeptTest(id=number, day=date(2026, 1, number), test=test)


@pytest.fixture
def context(data_dir: Path) -> Iterator[Context]:
    """A store with one runner whose profile is complete."""
    with Context(data_dir=data_dir, now=NOW) as found:
        found.store.add_runner("me", at=NOW, profile=PROFILE)
        yield found


def shown(context: Context, *tests: WeighIn | SodiumSample | WatchEstimate) -> MySweat:
    """My sweat after these tests, one a day."""
    runner = context.stored_runner()
    for number, test in enumerate(tests, start=1):
        context.store.add_sweat_test(runner, test, day=date(2026, 1, number), at=NOW)
    return my_sweat(context, race_speed_m_s=MARATHON_PACE)


# ---------------------------------------------------------------- one heat balance


@pytest.mark.parametrize("temp_air_c", [8.0, 18.0, 28.0])
def test_the_forecast_is_the_simulation_at_its_middle(temp_air_c: float) -> None:
    """One heat balance: a body with every prior in the middle loses in the simulation as much."""
    document = {
        "runner": {"sex": "male", "age_y": 35, "height_cm": 178, "body_mass_kg": 72},
        "exercise": {"duration_min": 75, "speed_m_s": 3.1},
        "weather": {"temp_air_c": temp_air_c, "relative_humidity_pct": 55},
        "draws": 16,
    }
    scenario = scenario_from_document(document)
    drawn = draw_body(scenario, n_draws=1)
    typical = Body(
        **{name: getattr(drawn, name) for name in Body.__dataclass_fields__}
        | {
            "running_cost_factor": np.array([value("heat.running_cost_factor")]),
            "sweat_factor": np.array([1.0]),
            "least_efficiency": np.array([(1.0 + value("sweat.least_efficiency")) / 2.0]),
        }
    )
    end = simulate(scenario, forcing_of(scenario), typical, minutes=[75])
    expected = expected_sweat(
        Condition(
            body_mass_kg=72, height_cm=178, speed_m_s=3.1, duration_min=75,
            temp_air_c=temp_air_c, relative_humidity_pct=55,
        )
    )  # fmt: skip
    lost = float(end.carried["sweat_loss_l"][0, 0, 0]) / 1.25
    assert expected.rate_l_per_h == pytest.approx(lost, rel=1e-12)
    burnt = float(end.carried["energy_kcal"][0, 0, 0])
    assert expected.energy_kcal == pytest.approx(burnt, rel=1e-12)


def test_fuel_food_urine_and_wet_kit_enter_the_rate() -> None:
    """By hand: 0.9 kg lighter, 0.3 L drunk, 0.1 eaten, 0.2 held, 0.15 passed, 1.5 h."""
    test = replace(weigh_in(lost_kg=0.9), food_kg=0.1, held_sweat_kg=0.2, urine_output_l=0.15)
    read = learn(BODY, [kept(test)], usual_speed_m_s=None).sweat[0]
    energy = expected_sweat(
        Condition(
            body_mass_kg=72, height_cm=178, speed_m_s=2.9, duration_min=90, temp_air_c=15,
            relative_humidity_pct=60,
        )
    ).energy_kcal  # fmt: skip
    litres = 0.9 + 0.3 + 0.1 + 0.2 - 0.15 - 0.0002 * energy
    assert energy == pytest.approx(1140, rel=0.01)
    assert read.test.rate_l_per_h == pytest.approx(litres / 1.5)
    assert rate_of_weigh_in(test) == pytest.approx(litres / 1.5), "without a profile too"


def test_what_was_not_told_is_doubt_and_never_a_number() -> None:
    """Kit, urine and food untold: the same rate, a larger error, less learnt."""
    sure = weigh_in(lost_kg=0.9)
    unsure = replace(sure, food_kg=None, urine_output_l=None, held_sweat_kg=None)
    one, other = (learn(BODY, [kept(test)], usual_speed_m_s=None) for test in (sure, unsure))
    assert one.sweat[0].test.rate_l_per_h == other.sweat[0].test.rate_l_per_h
    assert one.sweat[0].test.error_l_per_h < other.sweat[0].test.error_l_per_h
    assert one.posterior.log_multiplier[1] < other.posterior.log_multiplier[1]


def test_unknown_weather_or_pace_makes_a_test_worth_less() -> None:
    """A weigh-in in no weather at all still says something, at a price."""
    known = weigh_in(lost_kg=0.9)
    errors = [
        learn(BODY, [kept(test)], usual_speed_m_s=2.9).sweat[0]
        for test in (
            known,
            replace(known, distance_m=None),
            replace(known, temp_air_c=None, relative_humidity_pct=None),
        )
    ]
    assert (
        errors[0].test.error_l_per_h < errors[1].test.error_l_per_h < errors[2].test.error_l_per_h
    )
    assert errors[1].place.assumed == ("pace",)
    assert errors[2].place.assumed == ("weather", "humidity")


# ---------------------------------------------------------------- who is simulated


def test_a_body_needs_its_whole_profile(data_dir: Path) -> None:
    """Nobody, and somebody of whom only the age is known: nothing is guessed, nothing is made."""
    with Context(data_dir=data_dir, now=NOW) as context:
        assert runner_body(context).missing == ("sex", "age_y", "height_cm", "body_mass_kg")
        assert not context.has_store
        context.store.add_runner("me", at=NOW, profile=UserProfile(age_y=40.0))
        found = runner_body(context)
        assert found.simulated is None
        assert found.missing == ("sex", "height_cm", "body_mass_kg")
        assert my_sweat(context) == MySweat(missing=found.missing)


def test_tests_narrow_the_body_that_is_simulated(context: Context) -> None:
    """Without tests the priors; with them what they left."""
    assert runner_body(context).simulated == BODY
    assert runner_body(context).assumed == ("sweat_of_others", "sodium_of_others")
    shown(context, weigh_in(lost_kg=1.6), SodiumSample(
        sodium_mmol_per_l=80, method="patch", site="forearm", sweat_rate_l_per_h=1.2,
    ))  # fmt: skip
    found = runner_body(context)
    assert found.simulated is not None
    assert found.assumed == ()
    multiplier, sodium = (
        found.simulated.sweat_multiplier_log, found.simulated.sweat_sodium_mmol_per_l
    )  # fmt: skip
    assert multiplier is not None
    assert sodium is not None
    assert multiplier.mean > 0.0
    assert multiplier.sd < value("sweat.multiplier_log_sd")
    assert 36.0 < sodium.mean < 0.57 * 80 + 11.05
    assert sodium.sd < value("sodium.sweat_men_sd_mmol_per_l")


def test_a_simulation_fitted_to_its_run_says_what_my_sweat_says(context: Context) -> None:
    """Cool weigh-ins far above the forecast: page and simulation of a cool run agree.

    The simulation is less sure: it draws the cost of running anew, which weigh-ins have in them.
    """
    assert runner_body(context).fitted_to(COOL_RUN) is COOL_RUN
    shown(context, *(weigh_in(lost_kg=0.8, temp_air_c=9.0) for _ in range(4)))
    body = runner_body(context)
    assert body.simulated is not None
    assert body.learnt is not None
    expected = expected_in(COOL_RUN)
    told = body.learnt.posterior.rate_l_per_h(
        Forecast(rate_l_per_h=expected.rate_l_per_h, drip_slope=expected.drip_slope)
    )
    fitted = body.fitted_to(replace(COOL_RUN, runner=body.simulated))
    band = outcome_of(fitted).end.bands["sweat_loss_l"]
    hours = COOL_RUN.exercise.n_minutes / 60.0
    assert band.p50 / hours == pytest.approx(told.median, rel=0.05)
    assert 0.95 < (band.p95 - band.p5) / hours / (told.high - told.low) < 2.0
    plain = outcome_of(replace(COOL_RUN, runner=body.simulated)).end.bands["sweat_loss_l"]
    assert plain.p50 < 0.85 * band.p50


# ---------------------------------------------------------------- what is shown


def test_without_a_test_it_is_others_and_says_so(context: Context) -> None:
    """Prior and mine agree; the first test is asked for, in weather that harms nobody."""
    found = shown(context)
    assert found.standing == "untested"
    assert found.sodium is not None
    assert found.sodium.n_tests == 0
    assert found.own_error is None
    assert found.tests == ()
    assert [(one.pace, one.temp_air_c) for one in found.rates] == [
        (pace, degrees) for pace in ("usual", "race") for degrees in (10.0, 20.0, 30.0)
    ]
    assert all(one.prior == one.mine for one in found.rates)
    medians = [one.mine.median for one in found.rates]
    assert medians[:3] == sorted(medians[:3])
    assert all(race > usual for usual, race in zip(medians[:3], medians[3:], strict=True))
    assert found.next_test is not None
    assert found.next_test.why == "first"
    assert found.next_test.temp_air_c <= 25.0
    assert found.next_test.narrower > 0.3


def test_women_and_men_start_from_their_own_sodium(context: Context) -> None:
    """The prior is by sex; the heat balance by mass, height and pace."""
    anna = context.store.add_runner("anna", at=NOW, profile=replace(PROFILE, sex=Sex.FEMALE))
    his, hers = shown(context), my_sweat(replace(context, runner=anna.name))
    assert his.sodium is not None
    assert hers.sodium is not None
    assert his.sodium.mmol_per_l.median == pytest.approx(36.0)
    assert hers.sodium.mmol_per_l.median == pytest.approx(30.0)
    assert his.rates[0].mine == hers.rates[0].mine


def test_every_test_says_what_it_taught(context: Context) -> None:
    """The first most; each against what those before it would have said."""
    found = shown(context, *(weigh_in(lost_kg=lost) for lost in (1.1, 1.2, 1.0, 1.15)))
    assert [one.test_id for one in found.tests] == sorted(one.test_id for one in found.tests)
    taught = [one.taught for one in found.tests]
    assert taught[0] == max(taught) > 0.2
    assert all(one > 0.0 for one in taught)
    widths = [one.expected.high - one.expected.low for one in found.tests if one.expected]
    assert len(widths) == 4
    assert widths[-1] < widths[0]
    assert found.own_error is not None
    assert found.own_error.n_tests == 4
    assert 0.0 < found.own_error.mean_abs_l_per_h < found.own_error.half_width_l_per_h
    assert found.own_error.published_l_per_h == 0.38


def test_a_test_that_fits_nothing_widens_the_band(context: Context) -> None:
    """Three alike and one at twice the rate: the last one teaches that days differ."""
    found = shown(context, *(weigh_in(lost_kg=lost, step=0.02) for lost in (1.0, 1.0, 1.0, 2.6)))
    assert found.tests[-1].taught < 0.0


def test_a_gain_is_shown_and_does_not_count(context: Context) -> None:
    """No sweat comes out of it; nothing changes."""
    found = shown(context, weigh_in(lost_kg=-0.8))
    assert not found.tests[0].counts
    assert "gain" in found.tests[0].doubts
    assert found.tests[0].taught == 0.0
    assert found.standing == "untested"
    assert all(one.prior == one.mine for one in found.rates)


def test_a_doubtful_rate_hardly_counts() -> None:
    """5 L an hour is most likely a slip: it moves the runner less than 2.9 L an hour does."""
    high, higher = (
        learn(BODY, [kept(weigh_in(lost_kg=lost, minutes=60.0))], usual_speed_m_s=None)
        for lost in (2.7, 4.8)
    )
    assert not high.sweat[0].doubtful
    assert higher.sweat[0].doubtful
    assert higher.posterior.log_multiplier[0] < high.posterior.log_multiplier[0]


def test_a_watch_alone_leaves_the_runner_untested(context: Context) -> None:
    """Weak and labelled: it narrows a little, and no weigh-in is spared."""
    estimate = WatchEstimate(
        sweat_loss_l=1.6, duration_min=90, distance_m=15700, temp_air_c=15,
        relative_humidity_pct=60,
    )  # fmt: skip
    found = shown(context, estimate, estimate, estimate)
    assert found.standing == "untested"
    assert [one.kind for one in found.tests] == ["watch"] * 3
    assert all("watch" in one.doubts for one in found.tests)
    assert 0.0 < found.tests[0].taught < 0.15
    assert abs(found.tests[1].taught) < 1e-9
    assert found.next_test is not None
    assert found.next_test.why == "first"


def test_what_was_only_tested_in_the_cool_asks_for_warmth(context: Context) -> None:
    """And the other way round; never for a hot run."""
    cool = shown(context, *(weigh_in(lost_kg=0.7, temp_air_c=7.0) for _ in range(3)))
    assert cool.next_test is not None
    assert cool.next_test.why == "warmer"
    assert cool.next_test.temp_air_c <= 25.0
    warm = [kept(weigh_in(lost_kg=1.9, temp_air_c=27.0), number) for number in range(1, 7)]
    assert learn(BODY, warm, usual_speed_m_s=None).posterior.n_tests == 6


def test_many_good_tests_are_known_and_enough() -> None:
    """A dozen in three kinds of weather: standing known. Coarse ones never get there."""
    table = table_of(BODY, usual_m_s=2.9, race_m_s=3.4)

    def standing(step: float, minutes: float) -> str:
        tests = []
        for number, degrees in enumerate((8.0, 18.0, 26.0) * 4, start=1):
            rate = expected_sweat(
                Condition(
                    body_mass_kg=72, height_cm=178, speed_m_s=2.9, duration_min=minutes,
                    temp_air_c=degrees, relative_humidity_pct=60,
                )
            )  # fmt: skip
            hours = minutes / 60.0
            lost = rate.rate_l_per_h * hours - 0.3 + 0.0002 * rate.energy_kcal
            tests.append(kept(weigh_in(lost_kg=lost, temp_air_c=degrees, minutes=minutes,
                                       step=step), number))  # fmt: skip
        return standing_of(learn(BODY, tests, usual_speed_m_s=None), table)

    assert standing(0.05, 90.0) == "known"
    assert standing(1.0, 30.0) == "few"


def test_a_lock_takes_the_scale_away(context: Context) -> None:
    """No weights, no test to do next, no errors; what heat balance says of all stays."""
    runner = context.stored_runner()
    context.store.add_sweat_test(runner, weigh_in(lost_kg=1.0), day=date(2026, 1, 1), at=NOW)
    context.store.open_flag(runner, flag_id="eating_disorder", kind="lock", at=NOW)
    found = my_sweat(context)
    assert found.locked == "eating_disorder"
    assert found.tests == ()
    assert found.next_test is None
    assert found.own_error is None
    assert len(found.rates) == 3
    told = "\n".join(my_sweat_lines(found, runner="me", units="metric"))
    assert "sweat add" not in told


@pytest.mark.parametrize(("flag", "kind"), [("dvt", "stop"), ("pregnancy", "lock")])
def test_nobody_with_an_open_stop_is_sent_out_to_run(
    context: Context, flag: str, kind: Literal["stop", "lock"]
) -> None:
    """No next test, no way to do one; what is known of the sweat stays."""
    assert my_sweat(context).next_test is not None
    context.store.open_flag(context.stored_runner(), flag_id=flag, kind=kind, at=NOW)
    found = my_sweat(context)
    assert found.is_held
    assert found.next_test is None
    assert len(found.rates) == 3
    told = "\n".join(my_sweat_lines(found, runner="me", units="metric"))
    assert "Do no run for a test now." in told
    assert "sweat add" not in told
    with pytest.raises(InputError, match="sweat_held"):
        refuse_teaching(context)


def test_sodium_of_an_hour_agrees_with_the_simulation() -> None:
    """Closed form against 4,096 draws of the simulated body: middle and ends within a tenth."""
    scenario = scenario_from_document(
        {
            "runner": {"sex": "male", "age_y": 35, "height_cm": 178, "body_mass_kg": 72},
            "exercise": {"duration_min": 90, "speed_m_s": 3.4},
            "weather": {"temp_air_c": 22, "relative_humidity_pct": 50},
            "draws": 4096,
        }
    )
    body = draw_body(scenario, n_draws=4096)
    end = simulate(scenario, forcing_of(scenario), body, minutes=[90])
    theirs = np.quantile(end.carried["sodium_loss_mmol"][0, 0] * 22.98977 / 1.5, (0.05, 0.5, 0.95))
    forecast = forecast_at(
        BODY, temp_air_c=22, relative_humidity_pct=50, speed_m_s=3.4, duration_min=90
    )
    ours = sodium_mg_per_h(
        sweat_posterior([]), forecast,
        mean_mmol_per_l=value("sodium.sweat_men_mmol_per_l"),
        sd_mmol_per_l=value("sodium.sweat_men_sd_mmol_per_l"),
    )  # fmt: skip
    assert (ours.low, ours.median, ours.high) == pytest.approx(tuple(theirs), rel=0.12)


def test_a_patch_reads_high_and_is_brought_to_the_reference_rate() -> None:
    """80 mmol/L on the forearm at 2.2 L/h is 57 of the whole body there, and 49 at 1.2 L/h."""
    sample = SodiumSample(
        sodium_mmol_per_l=80, method="patch", site="forearm", sweat_rate_l_per_h=2.2
    )
    read = learn(BODY, [kept(sample)], usual_speed_m_s=None)
    slope = value("sodium.slope_mmol_per_l_per_l_per_h")
    assert read.sodium[0].test.sodium_mmol_per_l == pytest.approx(0.57 * 80 + 11.05 - slope)
    assert 36.0 < read.sodium_mmol_per_l.mean < read.sodium[0].test.sodium_mmol_per_l
    assert read.sodium_mmol_per_l.sd < value("sodium.sweat_men_sd_mmol_per_l")


# ---------------------------------------------------------------- fast, and said


def told_by(data_dir: Path, *words: str) -> Any:
    """What the command says."""
    result = CliRunner().invoke(uncramp, ["sweat", "--data-dir", str(data_dir), *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_says_it_and_ends_with_what_to_do(data_dir: Path, context: Context) -> None:
    """Lines for people, one envelope for machines."""
    shown(context, weigh_in(lost_kg=1.1), weigh_in(lost_kg=1.2))
    context.close()
    lines = told_by(data_dir).splitlines()
    assert "10 °C" in "\n".join(lines)
    assert "uncramp sweat add" in lines[-1]
    answer = json.loads(told_by(data_dir, "--json"))
    assert answer["schema"] == "uncramp.sweat/1"
    assert answer["data"]["standing"] == "few"
    assert len(answer["data"]["tests"]) == 2


def test_lines_and_data_hold_for_everybody(context: Context, data_dir: Path) -> None:
    """Nobody there, no profile, many tests, other units."""
    with Context(data_dir=data_dir, now=NOW, runner="nobody") as other:
        missing = my_sweat(other)
    assert list(my_sweat_lines(missing, runner="nobody", units="metric"))[-1].endswith("`.")
    found = shown(context, *(weigh_in(lost_kg=1.0 + 0.02 * one) for one in range(9)))
    lines = list(my_sweat_lines(found, runner="me", units="imperial"))
    assert any("50 °F" in one for one in lines)
    assert any("sweat list" in one for one in lines)
    assert set(my_sweat_data(found)) >= {"rates", "tests", "next_test", "standing", "locked"}
