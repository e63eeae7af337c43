"""Water and sodium lost on a stored run: what is reckoned, what it may say, what stays away."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balance_support import NOW, OWNER, Ran, file_of, keep
from made_runs import START, made_run
from uncramp.actions.answer_page import AnswerPage, answer_image, answer_page
from uncramp.actions.asking import keep as keep_answer
from uncramp.actions.cases import Case
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.preferences import change_profile
from uncramp.actions.run_balance import MOST_OTHERS, STEEPEST, minutes_of
from uncramp.actions.run_page import run_page
from uncramp.actions.sky import sky_of
from uncramp.actions.sweat_learning import rate_of_weigh_in
from uncramp.actions.weather import TypedWeather, Weather, set_weather
from uncramp.actions.why import WhyAnswer, why_run, with_other_runs
from uncramp.cramps import salt_loss_ratio, weigh
from uncramp.evidence import value
from uncramp.interview import checked_answers
from uncramp.models.sun import direct_share_liljegren2008, solar_radiation_kasten1980
from uncramp.models.wbgt import wbgt_approximation_abm
from uncramp.run_facts import RunSummary, facts_from_summary
from uncramp.screening import screening_questions
from uncramp.simulation.run import outcome_of
from uncramp.simulation.scenario import scenario_from_document
from uncramp.units import sodium_mg_from_mmol
from uncramp.vocabulary import Kind, SodiumSample, UserProfile, WeighIn
from uncramp.wording.quantities import Units
from uncramp.wording.why import why_data, why_lines

CALM = {question: ["none"] for question in screening_questions()}
RACE = Ran(day="2025-10-05", km=42.2, weather=(22.0, 60.0))


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An empty store."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        yield opened


def asked(context: Context, *, reference: str = "last", **answers: object) -> WhyAnswer:
    """What `why` says of a run, every danger answered, other runs beside it."""
    told = Case(answers=checked_answers({**CALM, **answers}))
    return with_other_runs(context, why_run(context, reference=reference, case=told))


def data_of(answer: WhyAnswer, *, units: Units = "metric") -> dict[str, Any]:
    """The data of the envelope."""
    return why_data(
        answer.explanation,
        run=None,
        timeline=answer.timeline,
        weather=answer.weather,
        balance=answer.balance,
        units=units,
    )


def facts_of(answer: WhyAnswer) -> Mapping[str, float]:
    """The facts that the kind was weighed with."""
    return answer.explanation.run_facts.facts


def sodium_mg(answer: WhyAnswer) -> float:
    """The middle of the sodium lost."""
    assert answer.balance is not None
    assert answer.balance.losses is not None
    return answer.balance.losses.sodium_mg.median


# ---------------------------------------------------------------- what is reckoned


def test_an_even_run_costs_what_the_scenario_of_it_costs(context: Context, tmp_path: Path) -> None:
    """A file at 3 m/s and a research scenario at 3 m/s lose the same, to a per cent."""
    keep(context, tmp_path / "files", replace(RACE, km=36.0))
    answer = asked(context)
    scenario = scenario_from_document(
        {
            "runner": {"sex": "male", "age_y": 38, "height_cm": 178, "body_mass_kg": 72},
            "exercise": {"duration_min": 200, "speed_m_s": 3.0},
            "weather": {"temp_air_c": 22, "relative_humidity_pct": 60},
            "setting": "field",
            "draws": 512,
        }
    )
    end = outcome_of(scenario).end.bands
    assert answer.balance is not None
    losses = answer.balance.losses
    assert losses is not None
    assert losses.minute == 200
    for ours, theirs, factor in (
        (losses.sweat_l, end["sweat_loss_l"], 1.0),
        (losses.sodium_mg, end["sodium_loss_mmol"], sodium_mg_from_mmol(1.0)),
    ):
        assert (ours.low, ours.median, ours.high) == pytest.approx(
            tuple(factor * one for one in (theirs.p5, theirs.p50, theirs.p95)), rel=0.01
        )


def test_the_moment_of_the_cramp_is_on_the_timeline(context: Context, tmp_path: Path) -> None:
    """Less is lost by 32 km than by the end, and the moment stands beside the cramp."""
    keep(context, tmp_path / "files", RACE)
    whole, cramped = asked(context), asked(context, onset_km=32.0)
    assert sodium_mg(cramped) < sodium_mg(whole)
    assert cramped.timeline is not None
    by_event = {point.event: point for point in cramped.timeline.points}
    assert by_event["losses"].minute == pytest.approx(by_event["onset"].minute, abs=0.51)
    assert facts_of(cramped)["run.sodium_loss_mg"] == pytest.approx(sodium_mg(cramped))


def test_where_no_cramp_is_placed_nothing_is_weighed(context: Context, tmp_path: Path) -> None:
    """What was lost by the end is shown, but it may have come after the cramp."""
    keep(context, tmp_path / "files", replace(RACE, weather=(34.0, 70.0)))
    answer = asked(context)
    assert answer.timeline is not None
    assert "losses_end" in {point.event for point in answer.timeline.points}
    assert not {"run.salt_loss_ratio", "run.sodium_loss_mg"} & facts_of(answer).keys()
    assert not any("salt_loss" in one.finding for one in answer.explanation.balance.contributions)


@pytest.mark.parametrize(
    ("owner", "weather", "missing"),
    [
        (None, (22.0, 60.0), ("profile",)),
        (replace(OWNER, height_cm=None), (22.0, 60.0), ("profile",)),
        (OWNER, None, ("weather",)),
        (None, None, ("profile", "weather")),
    ],
)
def test_what_is_missing_is_named_and_never_guessed(
    context: Context,
    tmp_path: Path,
    owner: UserProfile | None,
    weather: tuple[float, float | None] | None,
    missing: tuple[str, ...],
) -> None:
    """Without a whole profile or the weather there is no number, and a line says why."""
    keep(context, tmp_path / "files", replace(RACE, weather=weather), owner=owner)
    answer = asked(context, onset_km=32.0)
    data = data_of(answer)
    assert data["losses"]["missing"] == list(missing)
    assert "sodium_mg" not in data["losses"]
    assert "run.sodium_loss_mg" not in facts_of(answer)
    told = [one for one in data["cannot_say"] if "work out what you lost" in one]
    assert len(told) == len(missing)
    assert run_page(context, "last").picture.csv.count(",,,") > 0


def test_a_file_without_distance_says_so() -> None:
    """No distance, no speed, no minutes to simulate; and only running is simulated."""
    assert minutes_of(made_run([(30, 3.0)], without=("distance_m", "latitude_deg"))) is None
    assert minutes_of(made_run([(30, 3.0)], sport="cycling")) is None


def test_pauses_are_rest_and_slopes_are_slopes() -> None:
    """A minute of standing has speed 0; a climb of 5 % is one; without levels it is flat."""
    run = minutes_of(made_run([(10, 3.0), (5, 0.0), (10, 2.0)], grade=0.05))
    assert run is not None
    assert run.n_minutes == 25
    assert run.speed_m_s[2:9] == pytest.approx(3.0)
    assert run.speed_m_s[11:14] == pytest.approx(0.0)
    assert run.grade[4:8] == pytest.approx(0.05, abs=0.002)
    assert np.abs(run.grade).max() <= STEEPEST
    flat = minutes_of(made_run([(10, 3.0)], grade=0.05, without=("elevation_m",)))
    assert flat is not None
    assert not flat.grade.any()


def test_hills_and_heat_cost_more(context: Context, tmp_path: Path) -> None:
    """The same run in more heat, or over hills, takes more sweat and sodium."""
    keep(
        context,
        tmp_path / "files",
        replace(RACE, day="2025-07-01", km=25.0),
        replace(RACE, day="2025-07-02", km=25.0, hills_m=60.0),
        replace(RACE, day="2025-07-03", km=25.0, weather=(30.0, 60.0)),
    )
    flat, hilly, hot = (sodium_mg(asked(context, reference=one)) for one in ("1", "2", "3"))
    assert flat < hilly
    assert flat < hot


def test_sweat_tests_narrow_the_band(context: Context, tmp_path: Path) -> None:
    """Own weigh-ins and an own sweat sodium leave less to doubt."""
    keep(context, tmp_path / "files", RACE)
    before = asked(context)
    runner = context.stored_runner()
    weigh_in = WeighIn(
        body_mass_before_kg=72.0, body_mass_after_kg=70.4, fluid_intake_l=0.2, duration_min=90.0,
        distance_m=16200.0, temp_air_c=22.0, relative_humidity_pct=60.0, scale_step_kg=0.05,
    )  # fmt: skip
    sodium = SodiumSample(sodium_mmol_per_l=60.0, method="whole_body")
    for day in range(1, 4):
        context.store.add_sweat_test(runner, weigh_in, day=date(2025, 9, day), at=NOW)
    context.store.add_sweat_test(runner, sodium, day=date(2025, 9, 1), at=NOW)
    after = asked(context)
    spans = []
    for answer in (before, after):
        assert answer.balance is not None
        assert answer.balance.losses is not None
        band = answer.balance.losses.sodium_mg
        spans.append(math.log(band.high / band.low))
    assert spans[1] < 0.8 * spans[0]
    assert "sweat_of_others" in before.explanation.run_facts.assumed
    assert "sweat_of_others" not in after.explanation.run_facts.assumed


def test_a_cool_run_is_reckoned_as_the_cool_tests_were(context: Context, tmp_path: Path) -> None:
    """The heat balance asks for little in the cold; who was weighed there is believed there."""
    keep(context, tmp_path / "files", replace(RACE, km=16.2, weather=(8.0, 60.0)))
    runner = context.stored_runner()
    weigh_in = WeighIn(
        body_mass_before_kg=72.0, body_mass_after_kg=70.6, fluid_intake_l=0.2, duration_min=90.0,
        distance_m=16200.0, temp_air_c=8.0, relative_humidity_pct=60.0, scale_step_kg=0.05,
        urine_output_l=0.0, held_sweat_kg=0.0, food_kg=0.0,
    )  # fmt: skip
    for day in range(1, 5):
        context.store.add_sweat_test(runner, weigh_in, day=date(2025, 9, day), at=NOW)
    balance = asked(context).balance
    assert balance is not None
    assert balance.curve is not None
    assert balance.curve.minutes[-1] == pytest.approx(90, abs=1)
    weighed_l = 1.5 * rate_of_weigh_in(weigh_in)
    assert balance.curve.sweat_l[-1].median == pytest.approx(weighed_l, rel=0.1)


@pytest.mark.parametrize(
    ("drunk_l", "said"), [(0.5, "That left you about"), (6.0, "as much as you lost, or more")]
)
def test_what_was_drunk_counts_when_it_was_weighed(
    context: Context, tmp_path: Path, drunk_l: float, said: str
) -> None:
    """A weigh-in on this very run tells what was drunk; sweat and sodium stay what they were."""
    keep(context, tmp_path / "files", RACE)
    row = context.store.activities(context.stored_runner())[0]
    assert "drink_not_told" in asked(context).explanation.run_facts.assumed
    test = WeighIn(
        body_mass_before_kg=72.0, body_mass_after_kg=71.0, fluid_intake_l=drunk_l,
        duration_min=234.0,
    )  # fmt: skip
    context.store.add_sweat_test(
        context.stored_runner(), test, day=date(2025, 10, 5), at=NOW, activity_id=row.activity_id
    )
    answer = asked(context)
    balance = answer.balance
    assert balance is not None
    assert balance.losses is not None
    assert balance.water_l is not None
    assert balance.drunk_l is not None
    assert balance.drunk_l == pytest.approx(drunk_l)
    urine_l = balance.drunk_l - balance.losses.sweat_l.median - balance.water_l.median
    assert 0.0 < urine_l < 0.6
    assert "drink_not_told" not in answer.explanation.run_facts.assumed
    assert said in data_of(answer)["losses"]["text"]


# ---------------------------------------------------------------- what it may say


def test_the_arithmetic_of_the_notes() -> None:
    """Sodium known exactly: 0.76 at the others' mean, 1.6 and 3.3 one and two deviations out."""
    middle, spread = math.log(value("cramps.salt_loss.others_mg")), 0.68
    found = [salt_loss_ratio(log_mg=middle + z * spread, log_sd=0.0) for z in (0, 1, 2)]
    assert found == pytest.approx([0.76, 1.6, 3.3], abs=0.06)


def test_of_whom_nothing_is_known_nothing_follows() -> None:
    """Someone who could be any of the others says neither the one nor the other."""
    middle = math.log(value("cramps.salt_loss.others_mg"))
    spread = value("cramps.salt_loss.others_log_sd")
    assert salt_loss_ratio(log_mg=middle, log_sd=spread) == pytest.approx(1.0)


@given(low=st.floats(4.0, 9.5), more=st.floats(0.01, 2.0), log_sd=st.floats(0.0, 1.2))
def test_more_sodium_never_speaks_less_for_salt(low: float, more: float, log_sd: float) -> None:
    """The ratio rises with what was lost, and so does the balance of evidence."""
    less, larger = (salt_loss_ratio(log_mg=one, log_sd=log_sd) for one in (low, low + more))
    assert less < larger
    cases = ({"run.salt_loss_ratio": one, "run.cramp_min": 200.0} for one in (less, larger))
    before, after = (weigh(case).log_odds for case in cases)
    assert before <= after


def test_sodium_heat_drinks_and_marks_share_one_cap() -> None:
    """However much was lost: together with heat, water and marks it says three to one at most."""
    case = {
        "run.salt_loss_ratio": 50.0, "heat": "hot_new", "salt_marks": "yes",
        "drinking": "plain_water", "sweat": "heavy", "run.duration_min": 300.0,
    }  # fmt: skip
    found = weigh(case)
    moved = found.log_odds - found.prior_log_odds
    assert moved == pytest.approx(math.log(value("cramps.sweat_cap")))
    assert found.kind == Kind.UNCLEAR


def test_a_hot_day_alone_names_no_kind(context: Context, tmp_path: Path) -> None:
    """Six hot hours: the sodium speaks for salt, and still nothing is named by weather alone."""
    keep(context, tmp_path / "files", replace(RACE, speed_m_s=1.95, weather=(34.0, 60.0)))
    answer = asked(context, onset_km=42.0, heat="hot_new")
    found = {one.finding for one in answer.explanation.balance.contributions}
    assert found & {"salt_loss_large", "salt_loss_very_large"}
    assert answer.explanation.kind == Kind.UNCLEAR


def test_more_heat_never_points_away_from_salt(context: Context, tmp_path: Path) -> None:
    """The same run, degree by degree warmer: the balance never moves towards overload."""
    keep(context, tmp_path / "files", replace(RACE, speed_m_s=2.5, weather=None))
    odds = []
    for temp_c in (8.0, 15.0, 22.0, 28.0, 33.0):
        set_weather(context, "last", TypedWeather(temp_air_c=temp_c, relative_humidity_pct=60.0))
        odds.append(asked(context, onset_km=38.0).explanation.balance.log_odds)
    assert odds == sorted(odds)
    assert odds[0] < odds[-1]


def test_little_lost_late_speaks_against_salt(context: Context, tmp_path: Path) -> None:
    """Seventy cool minutes cost little; below an hour another finding says it, once."""
    keep(context, tmp_path / "files", Ran(day="2025-10-05", km=14.0, weather=(8.0, 70.0)))
    late, early = asked(context, onset_km=12.6), asked(context, onset_km=8.0)
    assert "salt_loss_small" in {one.finding for one in late.explanation.balance.contributions}
    found = {one.finding for one in early.explanation.balance.contributions}
    assert "salt_loss_small" not in found
    assert "cool_short" in found


# ---------------------------------------------------------------- other runs


def test_in_july_as_much_was_lost_and_nothing_cramped(context: Context, tmp_path: Path) -> None:
    """A whole person: a cramp in October, and like runs of which each says something else."""
    keep(
        context,
        tmp_path / "files",
        Ran(day="2025-07-12", km=36.0, speed_m_s=2.7, weather=(28.0, 60.0), cramped="no"),
        Ran(day="2025-08-20", km=36.0, weather=(27.0, 50.0), cramped="yes"),
        Ran(day="2025-09-02", km=40.0, weather=(24.0, 60.0)),
        Ran(day="2025-09-10", km=5.0, weather=(30.0, 60.0), cramped="no"),
        Ran(day="2025-09-20", km=8.0, weather=(10.0, 60.0), cramped="no"),
        Ran(day="2025-09-21", km=40.0, weather=None, cramped="no"),
        RACE,
    )
    answer = asked(context, onset_km=32.0)
    assert answer.balance is not None
    by_day = {one.day: one for one in answer.balance.others if one.day is not None}
    assert {day.isoformat() for day in by_day} == {
        "2025-07-12", "2025-08-20", "2025-09-02", "2025-09-10"
    }  # fmt: skip
    assert not by_day[date(2025, 9, 10)].as_much
    lines = data_of(answer)["losses"]["lines"]
    assert [line.split(" you lost")[0] for line in lines] == [
        "On 12 July 2025", "On 20 August 2025", "On 2 September 2025"
    ]  # fmt: skip
    assert "did not cramp" in lines[0]
    assert "cramped too" in lines[1]
    assert "not told us" in lines[2]


def test_a_run_with_a_cramp_counts_up_to_it(context: Context, tmp_path: Path) -> None:
    """What came after the other cramp says nothing of it."""
    whole = Ran(day="2025-08-20", km=36.0, weather=(27.0, 50.0), cramped="yes")
    keep(context, tmp_path / "files", whole, replace(whole, day="2025-08-21", minute=60.0), RACE)
    answer = asked(context, onset_km=32.0)
    assert answer.balance is not None
    costs = {one.minutes: one.sodium_mg for one in answer.balance.others}
    assert costs.keys() == {60.0, 200.0}
    assert costs[60.0] < costs[200.0]


def test_a_dozen_runs_at_most_and_none_of_another_runner(context: Context, tmp_path: Path) -> None:
    """More is not read; a club mate's run is never held against mine."""
    many = [Ran(day=f"2025-08-{day:02d}", km=40.0, weather=(25.0, 60.0)) for day in range(1, 16)]
    keep(context, tmp_path / "files", *many, RACE)
    with replace(context, runner="mate") as mate:
        path = tmp_path / "mate.fit"
        path.write_bytes(file_of(replace(RACE, day="2025-08-20", km=41.0)))
        import_paths(mate, [path])
        change_profile(mate, OWNER)
        set_weather(mate, "last", TypedWeather(temp_air_c=26.0, relative_humidity_pct=60.0))
    answer = asked(context, onset_km=32.0)
    assert answer.balance is not None
    assert len(answer.balance.others) == MOST_OTHERS
    assert {one.day.month for one in answer.balance.others if one.day} == {8}
    assert all(one.day != date(2025, 8, 20) or one.minutes < 225 for one in answer.balance.others)


@pytest.mark.parametrize(("n_others", "said"), [(1, "the one like run"), (2, "In 2 like runs")])
def test_that_none_cost_as_much_is_said_too(
    context: Context, tmp_path: Path, n_others: int, said: str
) -> None:
    """Hotter but short: like runs, and less lost in all of them."""
    short = [Ran(day=f"2025-08-0{day}", km=6.0, weather=(26.0, 60.0)) for day in (1, 2)]
    keep(context, tmp_path / "files", *short[:n_others], RACE)
    (line,) = data_of(asked(context, onset_km=40.0))["losses"]["lines"]
    assert said in line


# ---------------------------------------------------------------- words and what is kept


def test_no_cause_and_no_blood_salt(context: Context, tmp_path: Path) -> None:
    """What was lost is an estimate; it made nothing happen, and blood sodium is nowhere."""
    keep(context, tmp_path / "files", replace(RACE, speed_m_s=2.0, weather=(33.0, 70.0)))
    data = data_of(asked(context, onset_km=42.0))
    told = data["losses"]
    words = " ".join([told["text"], *told["lines"], told["meaning"]]).lower()
    assert "does not mean that it brought the cramp" in words
    for never in ("because", "caused", "due to", "blood"):
        assert never not in words
    assert "plasma" not in json.dumps(data)
    lines = why_lines(data, command="uncramp why", full=True)
    assert told["meaning"] in " ".join(lines)


def test_units_change_words_only(context: Context, tmp_path: Path) -> None:
    """Fluid ounces for those who use them; numbers stay in litres."""
    keep(context, tmp_path / "files", RACE)
    answer = asked(context, onset_km=32.0)
    metric, imperial = (data_of(answer, units=one)["losses"] for one in ("metric", "imperial"))
    assert metric["sweat_l"] == imperial["sweat_l"]
    assert " L " in metric["text"]
    assert "fl oz" in imperial["text"]
    with replace(context, units="imperial") as other:
        picture = run_page(other, "last").picture
    assert "fl oz" in picture.stacked_svg
    assert "sweat_l" in picture.csv


def test_a_stop_leaves_nothing_of_it(context: Context, tmp_path: Path) -> None:
    """While a danger sign is open nothing is said of sweat or sodium."""
    keep(context, tmp_path / "files", replace(RACE, day="2025-08-01"), RACE)
    answer = asked(context, onset_km=32.0, danger_body=["confused"])
    assert answer.balance is not None
    assert answer.balance.others == ()
    data = data_of(answer)
    assert data["kind"] == "stop"
    assert data["losses"] is None
    words = " ".join(why_lines(data, command="uncramp why", full=True)).lower()
    assert "sweat" not in words
    assert "lost" not in words


def kept_page(context: Context) -> tuple[int, AnswerPage]:
    """An answer in the ledger, with its page."""
    number = keep_answer(context, asked(context, onset_km=32.0))
    return number, answer_page(context, number)


def test_the_answer_page_shows_what_was_said_then(context: Context, tmp_path: Path) -> None:
    """Two panels with a band, rows in the table, an image; another profile later changes none."""
    keep(context, tmp_path / "files", RACE)
    number, page = kept_page(context)
    assert page.picture is not None
    assert "Sweat lost" in page.picture.stacked_svg
    assert "Sodium lost" in page.picture.stacked_svg
    assert 'class="mine"' in page.picture.stacked_svg
    assert any("of sodium with it" in one for one in page.picture.events)
    assert page.picture.table is not None
    assert {"Sweat so far", "Sodium so far"} <= set(page.picture.table.head)
    assert answer_image(page).startswith(b"\x89PNG")
    change_profile(context, replace(OWNER, body_mass_kg=95.0, height_cm=195.0))
    again = answer_page(context, number)
    assert again.picture is not None
    assert again.picture.csv == page.picture.csv
    assert run_page(context, "last").picture.csv != page.picture.csv


def test_an_answer_that_told_no_losses_gets_none_later(context: Context, tmp_path: Path) -> None:
    """Without a profile nothing was said; a profile told later does not change the answer."""
    keep(context, tmp_path / "files", RACE, owner=None)
    number, page = kept_page(context)
    assert page.picture is not None
    assert "Sodium lost" not in page.picture.stacked_svg
    change_profile(context, OWNER)
    again = answer_page(context, number)
    assert again.picture is not None
    assert "Sodium lost" not in again.picture.stacked_svg
    assert "Sodium lost" in run_page(context, "last").picture.stacked_svg


# ---------------------------------------------------------------- sun, wind and the heat index


def test_sun_from_clouds() -> None:
    """Clouds only take away, night has none, a beam needs a clear sky."""
    high = [solar_radiation_kasten1980(cosine_of_zenith=0.8, cloud_cover_share=one)
            for one in (0.0, 0.4, 0.8, 1.0)]  # fmt: skip
    assert high == sorted(high, reverse=True)
    assert high[0] == pytest.approx(698.0)
    assert high[3] == pytest.approx(0.25 * high[0])
    assert solar_radiation_kasten1980(cosine_of_zenith=-0.2, cloud_cover_share=0.0) == 0.0
    shares = [direct_share_liljegren2008(solar_w_m2=one, cosine_of_zenith=0.8) for one in high]
    assert shares == sorted(shares, reverse=True)
    assert 0.0 < shares[3] < 0.05
    assert 0.5 < shares[0] <= 0.9
    assert direct_share_liljegren2008(solar_w_m2=0.0, cosine_of_zenith=-0.2) == 0.0


@pytest.mark.parametrize("cosine", [0.9, 0.3, 0.05, -0.5])
def test_a_missing_number_of_the_sky_stays_missing(cosine: float) -> None:
    """NaN in, NaN out."""
    nan = float("nan")
    assert math.isnan(direct_share_liljegren2008(solar_w_m2=nan, cosine_of_zenith=cosine))
    assert math.isnan(solar_radiation_kasten1980(cosine_of_zenith=cosine, cloud_cover_share=nan))


SUNNY = Weather(source="open_meteo", temp_air_c=28.0, relative_humidity_pct=50.0,
                wind_speed_m_s=2.0, cloud_cover_pct=0.0)  # fmt: skip


def heat_of(weather: Weather) -> tuple[float, tuple[str, ...]]:
    """The heat index of a run at noon in early October, and what was assumed."""
    run = replace(made_run([(60, 3.0)]), start_utc=START.replace(month=7, hour=11))
    found = facts_from_summary(
        RunSummary(
            temp_air_c=weather.temp_air_c,
            relative_humidity_pct=weather.relative_humidity_pct,
            sky=sky_of(run, weather),
        )
    )
    return found.facts["run.wbgt_c"], found.assumed


def test_sun_and_wind_enter_the_heat_index() -> None:
    """Sun heats, cloud and wind cool; where one is not known the approximation stands."""
    sunny, assumed = heat_of(SUNNY)
    cloudy, _ = heat_of(replace(SUNNY, cloud_cover_pct=100.0))
    windy, _ = heat_of(replace(SUNNY, wind_speed_m_s=8.0))
    assert assumed == ("sun_from_clouds",)
    assert cloudy < sunny - 2.0
    assert windy < sunny
    plain = wbgt_approximation_abm(temp_air_c=28.0, relative_humidity_pct=50.0)
    for unknown in (
        replace(SUNNY, cloud_cover_pct=None),
        replace(SUNNY, wind_speed_m_s=None),
    ):
        assert heat_of(unknown) == (plain, ("sun_and_wind",))


def test_sky_needs_place_and_hour_and_stays_out_of_doors() -> None:
    """No place, no start, or a treadmill: no sun is made up."""
    run = made_run([(30, 3.0)])
    assert sky_of(run, SUNNY) is not None
    assert sky_of(replace(run, start_utc=None), SUNNY) is None
    assert sky_of(replace(run, sub_sport="treadmill"), SUNNY) is None
    assert sky_of(made_run([(30, 3.0)], without=("latitude_deg",)), SUNNY) is None
    assert sky_of(run, None) is None


def test_weather_outside_the_outdoor_model_is_said() -> None:
    """A gale is outside what the index was made for, and that is told."""
    run = made_run([(30, 3.0)])
    gale = replace(SUNNY, wind_speed_m_s=25.0)
    found = facts_from_summary(
        RunSummary(temp_air_c=28.0, relative_humidity_pct=50.0, sky=sky_of(run, gale))
    )
    assert found.outside_validity == ("wbgt_liljegren2008: wind_speed_m_s",)
