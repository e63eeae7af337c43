"""Sweat tests as they are told: linked, refused, flagged, kept by a group. Nobody here is real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safekeeping_support import store_run
from store_support import NOW, use_made_up_format
from uncramp.actions.context import Context
from uncramp.actions.sweat_group import (
    GroupResult,
    add_group_csv,
    group_sample,
    table_rows,
)
from uncramp.actions.sweat_learning import rate_of_weigh_in
from uncramp.actions.sweat_tests import (
    SodiumAsked,
    WeighInAsked,
    add_sodium,
    add_watch_estimate,
    add_weigh_in,
    check_weigh_in,
    kept_tests,
    list_tests,
    refuse_weighing_under_lock,
    remove_test,
    restore_test,
    weighing_lock,
)
from uncramp.actions.typed_quantities import QuantityKind, parsed_number, parsed_quantity
from uncramp.actions.weather import parsed_weather, set_weather
from uncramp.errors import InputError, NotFoundError, UncrampError
from uncramp.evidence import value
from uncramp.screening import screen
from uncramp.store.rows import StoredWeather
from uncramp.vocabulary import Sex, UserProfile, WeighIn
from uncramp.wording.catalogue import error_text
from uncramp.wording.quantities import Units
from uncramp.wording.sweat_tests import (
    added_data,
    added_lines,
    flag_texts,
    group_data,
    group_lines,
)
from uncramp.wording.sweat_tests import (
    tests_lines as list_lines,
)

TODAY = NOW.date()
ASKED = WeighInAsked(
    body_mass_before_kg=70.0,
    body_mass_after_kg=69.2,
    fluid_intake_l=0.4,
    duration_min=60.0,
    temp_air_c=20.0,
)
SEPTEMBER_1 = date(2025, 9, 1)


@pytest.fixture(autouse=True)
def _made_up_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real decoders have tests of their own."""
    use_made_up_format(monkeypatch)
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """The runner `me`, whose mass is known, without runs."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        profile = UserProfile(sex=Sex.FEMALE, body_mass_kg=70.0)
        opened.store.add_runner("me", at=NOW, profile=profile)
        yield opened


def add_run(context: Context, start: str, **session: Any) -> int:
    """A run of the made-up format; its number."""
    runner = context.stored_runner()
    return store_run(context.store, runner, start_utc=f"{start}+00:00", **session)


def refusal(error: pytest.ExceptionInfo[UncrampError]) -> str:
    """The code, once it has been seen to have words for every part."""
    words = error_text(error.value.code, error.value.values)
    assert words.keys() == {"what", "why", "remedy"}
    assert not any("{" in one for one in words.values())
    return error.value.code


def lock(context: Context, flag_id: str = "eating_disorder") -> None:
    """Open a lock of the context's runner."""
    context.store.open_flag(context.stored_runner(), flag_id=flag_id, kind="lock", at=NOW)


# ---------------------------------------------------------------- linking


def test_the_run_of_the_day_tells_how_long_how_far_and_in_what_weather(context: Context) -> None:
    """Before, after and drunk are enough."""
    run = add_run(context, "2025-10-01T16:00:00", distance_m=12_000.0, elapsed_s=4500.0)
    weather = StoredWeather(
        activity_id=run, source="archive", temp_air_c=24.0, relative_humidity_pct=55.0, at=NOW
    )
    context.store.save_weather(context.stored_runner(), weather)
    asked = WeighInAsked(body_mass_before_kg=70.0, body_mass_after_kg=69.0, fluid_intake_l=0.5)
    added = add_weigh_in(context, asked)
    assert added.kept.test == WeighIn(
        body_mass_before_kg=70.0,
        body_mass_after_kg=69.0,
        fluid_intake_l=0.5,
        duration_min=75.0,
        distance_m=12_000.0,
        temp_air_c=24.0,
        relative_humidity_pct=55.0,
    )
    assert (added.kept.activity, added.kept.day, added.flags) == (run, TODAY, ())
    assert kept_tests(context) == (added.kept,)


def test_what_was_told_counts_before_what_the_run_says(context: Context) -> None:
    """Time, distance and weather that a person types are theirs."""
    run = add_run(context, "2025-10-01T16:00:00", elapsed_s=3600.0)
    set_weather(context, str(run), parsed_weather("30C 40%"))
    told = replace(ASKED, duration_min=65.0, distance_m=9000.0, temp_air_c=18.0)
    test = check_weigh_in(context, told).test
    assert isinstance(test, WeighIn)
    assert (test.duration_min, test.distance_m, test.temp_air_c) == (65.0, 9000.0, 18.0)
    assert test.relative_humidity_pct is None


def test_of_several_runs_the_one_as_long_as_the_test_is_meant(context: Context) -> None:
    """A day with a warm-up and a long run; without the time the day does not tell."""
    short = add_run(context, "2025-09-01T06:00:00", elapsed_s=1200.0, number=1)
    long = add_run(context, "2025-09-01T16:00:00", elapsed_s=5400.0, number=2)
    for minutes, meant in ((25.0, short), (85.0, long)):
        asked = replace(ASKED, day=SEPTEMBER_1, duration_min=minutes)
        row = check_weigh_in(context, asked).run
        assert row is not None
        assert row.activity_id == meant
    with pytest.raises(InputError) as error:
        check_weigh_in(context, replace(ASKED, day=SEPTEMBER_1, duration_min=None))
    assert refusal(error) == "sweat_which_run"
    assert error.value.values["choices"] == f"{short}, {long}"


def test_without_a_day_only_a_run_of_the_last_day_is_meant(context: Context) -> None:
    """An old run is never taken for the one that was weighed today."""
    add_run(context, "2025-09-28T16:00:00", number=1)
    assert check_weigh_in(context, ASKED).run is None
    with pytest.raises(InputError) as error:
        check_weigh_in(context, replace(ASKED, duration_min=None))
    assert refusal(error) == "sweat_no_duration"
    first = add_run(context, "2025-10-01T06:00:00", number=2)
    newest = add_run(context, "2025-10-01T12:00:00", number=3)
    row = check_weigh_in(context, replace(ASKED, duration_min=None)).run
    assert row is not None
    assert row.activity_id == newest != first
    assert check_weigh_in(context, replace(ASKED, without_run=True)).run is None


def test_only_running_is_linked_by_itself(context: Context) -> None:
    """A ride of the same day is not what was weighed; named, it is."""
    ride = add_run(context, "2025-10-01T12:00:00", sport="cycling")
    assert check_weigh_in(context, ASKED).run is None
    row = check_weigh_in(context, replace(ASKED, run=str(ride))).run
    assert row is not None
    assert row.activity_id == ride


def test_a_named_run_gives_its_day(context: Context) -> None:
    """A day that is not the run's is refused; so is one that has not come, or no run at all."""
    add_run(context, "2025-09-01T16:00:00")
    assert check_weigh_in(context, replace(ASKED, run="last")).day == SEPTEMBER_1
    with pytest.raises(InputError) as error:
        check_weigh_in(context, replace(ASKED, run="last", day=date(2025, 9, 5)))
    assert refusal(error) == "sweat_run_other_day"
    with pytest.raises(InputError) as error:
        check_weigh_in(context, replace(ASKED, day=TODAY + timedelta(days=1)))
    assert refusal(error) == "sweat_day"
    with pytest.raises(NotFoundError, match="unknown_run"):
        check_weigh_in(context, replace(ASKED, run="77"))


def test_weather_that_becomes_known_later_is_used(context: Context) -> None:
    """The test has none of its own, its run learns it; what a wrist felt is not the weather."""
    run = add_run(context, "2025-10-01T16:00:00")
    me = context.stored_runner()
    watch = StoredWeather(activity_id=run, source="watch", temp_air_c=31.0, at=NOW)
    context.store.save_weather(me, watch)
    added = add_weigh_in(context, replace(ASKED, temp_air_c=None, duration_min=30.0))
    assert "weather_unknown" in added.flags
    set_weather(context, str(run), parsed_weather("12C 80%"))
    (late,) = kept_tests(context)
    assert isinstance(late.test, WeighIn)
    assert (late.test.temp_air_c, late.test.relative_humidity_pct) == (12.0, 80.0)
    assert "weather_unknown" not in list_tests(context).tests[0].flags


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body_mass_after_kg": 70.5}, "sweat_gain"),
        ({"urine_output_l": 1.3}, "sweat_gain"),
        ({"body_mass_before_kg": 24.9, "body_mass_after_kg": 24.5}, "sweat_too_light"),
        ({"body_mass_after_kg": 62.9}, "sweat_drop"),
        ({"body_mass_before_kg": 154.3, "body_mass_after_kg": 69.2}, "sweat_drop"),
        ({"body_mass_before_kg": -70.0}, "sweat_number"),
        ({"body_mass_before_kg": 700.0}, "sweat_number"),
        ({"fluid_intake_l": -0.1}, "sweat_number"),
        ({"fluid_intake_l": 500.0}, "sweat_number"),
        ({"urine_output_l": -0.1}, "sweat_number"),
        ({"food_kg": 60.0}, "sweat_number"),
        ({"held_sweat_kg": -0.2}, "sweat_number"),
        ({"scale_step_kg": 0.0}, "sweat_number"),
        ({"duration_min": 0.0}, "sweat_number"),
        ({"duration_min": -5.0}, "sweat_number"),
        ({"duration_min": 2000.0}, "sweat_number"),
        ({"temp_air_c": 75.0}, "sweat_number"),
        ({"relative_humidity_pct": 101.0}, "sweat_number"),
        ({"fluid_intake_l": float("nan")}, "sweat_number"),
        ({"body_mass_after_kg": float("inf")}, "sweat_number"),
    ],
)
def test_what_cannot_be_is_refused_with_reason_and_remedy(
    context: Context, change: dict[str, Any], code: str
) -> None:
    """Nothing is kept."""
    with pytest.raises(InputError) as error:
        add_weigh_in(context, replace(ASKED, **change))
    assert refusal(error) == code
    assert kept_tests(context) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    before=st.floats(-10.0, 320.0),
    change=st.floats(-15.0, 5.0),
    drunk=st.floats(-1.0, 6.0),
    urine=st.none() | st.floats(-1.0, 2.0),
    minutes=st.floats(-10.0, 600.0),
)
def test_what_is_taken_can_be(
    context: Context,
    before: float,
    change: float,
    drunk: float,
    urine: float | None,
    minutes: float,
) -> None:
    """Either a refusal that has words, or masses that balance with no sweat below 0."""
    asked = WeighInAsked(
        body_mass_before_kg=before,
        body_mass_after_kg=before + change,
        fluid_intake_l=drunk,
        urine_output_l=urine,
        duration_min=minutes,
    )
    try:
        checked = check_weigh_in(context, asked)
    except InputError as error:
        assert len(error_text(error.code, error.values)) == 3  # noqa: PT017
        return
    assert drunk - change - (urine or 0.0) > -1e-6
    assert -change <= 0.1 * before + 1e-9
    assert min(before, before + change) >= 25.0
    assert checked.rate_l_per_h is not None


def test_the_limits_themselves_are_taken(context: Context) -> None:
    """Exactly what was drunk on top is no gain; a tenth is no more than a tenth."""
    lightest = value("sweat.lightest_runner_kg")
    add_weigh_in(context, replace(ASKED, body_mass_after_kg=70.4))
    add_weigh_in(context, replace(ASKED, body_mass_after_kg=63.0))
    add_weigh_in(
        context,
        replace(ASKED, body_mass_before_kg=lightest + 0.2, body_mass_after_kg=lightest),
    )
    assert len(kept_tests(context)) == 3


def test_eaten_food_and_sweat_in_kit_explain_what_the_scale_shows(context: Context) -> None:
    """Heavier than before and drink alone allows, but there was a meal; kit hides what was lost."""
    heavier = replace(ASKED, body_mass_after_kg=70.5)
    assert check_weigh_in(context, replace(heavier, food_kg=0.3)).rate_l_per_h is not None
    assert check_weigh_in(context, replace(heavier, held_sweat_kg=0.3)).rate_l_per_h is not None


def test_the_same_test_twice_is_refused(context: Context) -> None:
    """Typed again, sent again: it would count double. Taken out, it may be told anew."""
    added = add_weigh_in(context, ASKED)
    with pytest.raises(InputError) as error:
        add_weigh_in(context, ASKED)
    assert refusal(error) == "sweat_already"
    add_weigh_in(context, replace(ASKED, day=TODAY - timedelta(days=1)))
    remove_test(context, added.kept.id)
    add_weigh_in(context, ASKED)
    assert len(kept_tests(context)) == 2


def test_a_runner_with_an_eating_disorder_is_not_asked_to_weigh(context: Context) -> None:
    """Refused kindly before anything else is looked at; a clearance opens it again."""
    before = add_weigh_in(context, ASKED)
    lock(context)
    assert weighing_lock(context) == "eating_disorder"
    impossible = replace(ASKED, body_mass_after_kg=30.0)
    for call in (
        lambda: add_weigh_in(context, ASKED),
        lambda: check_weigh_in(context, impossible),
        lambda: refuse_weighing_under_lock(context),
    ):
        with pytest.raises(InputError) as error:
            call()
        assert refusal(error) == "sweat_locked"
    found = list_tests(context)
    assert found.locked == "eating_disorder"
    lines = "\n".join(list_lines(found, runner="me", units="metric"))
    assert before.rate_l_per_h is not None
    assert f"{before.rate_l_per_h:.2f}" not in lines
    assert "sweat add" not in lines
    context.store.clear_flag(
        context.stored_runner(),
        flag_id="eating_disorder",
        kind="lock",
        cleared_on=TODAY,
        note=None,
    )
    add_weigh_in(context, replace(ASKED, fluid_intake_l=0.6))


def test_the_lock_is_the_one_of_the_screening(context: Context) -> None:
    """The answer of the interview opens exactly it; other locks do not forbid a scale."""
    locks = {one.id for one in screen({"health": ("eating_disorder",)}).locks}
    assert locks == {"eating_disorder"}
    lock(context, "kidney")
    assert weighing_lock(context) is None
    add_weigh_in(context, ASKED)


# ---------------------------------------------------------------- flagged


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        ({}, ()),
        ({"fluid_intake_l": 3.2, "body_mass_after_kg": 69.8}, ("high_rate",)),
        ({"body_mass_after_kg": 70.3}, ("low_rate", "gain")),
        ({"body_mass_after_kg": 70.1, "fluid_intake_l": 1.2}, ("gain",)),
        ({"duration_min": 44.0}, ("short",)),
        ({"duration_min": 45.0}, ()),
        ({"body_mass_before_kg": 85.0, "body_mass_after_kg": 84.0}, ("other_mass",)),
        ({"temp_air_c": None}, ("weather_unknown",)),
    ],
)
def test_what_is_odd_is_kept_and_flagged(
    context: Context, change: dict[str, Any], flags: tuple[str, ...]
) -> None:
    """Each doubt has its sentence."""
    added = add_weigh_in(context, replace(ASKED, **change))
    assert added.flags == flags
    assert len(flag_texts(flags)) == len(flags)
    assert kept_tests(context) == (added.kept,)


def test_a_run_of_another_length_is_flagged(context: Context) -> None:
    """Half an hour of running, an hour and a half between the weighings."""
    run = add_run(context, "2025-10-01T16:00:00", elapsed_s=1800.0)
    added = add_weigh_in(context, replace(ASKED, run=str(run), duration_min=90.0))
    assert added.flags == ("other_length",)


def test_a_second_weigh_in_of_one_run_is_flagged(context: Context) -> None:
    """A correction without taking the first one out would count double."""
    run = add_run(context, "2025-10-01T16:00:00", elapsed_s=3600.0)
    assert add_weigh_in(context, replace(ASKED, run=str(run))).flags == ()
    again = add_weigh_in(context, replace(ASKED, run=str(run), fluid_intake_l=0.5))
    assert again.flags == ("second_of_run",)
    other = replace(ASKED, without_run=True, fluid_intake_l=0.6)
    assert add_weigh_in(context, other).flags == ()


def test_burnt_fuel_is_no_sweat() -> None:
    """70 kg, 12 km, an hour: 0.8 kg down and 0.4 L drunk are 1.2 L less 0.17 kg of fuel."""
    test = WeighIn(
        body_mass_before_kg=70.0,
        body_mass_after_kg=69.2,
        fluid_intake_l=0.4,
        duration_min=60.0,
        distance_m=12_000.0,
    )
    spent_j = 70.0 * (1.06 * 3.6 * 12_000.0 + 1.2 * 3600.0)
    fuel_kg = 0.20e-3 * spent_j / 4184.0
    assert rate_of_weigh_in(test) == pytest.approx(1.2 - fuel_kg, abs=1e-9)


@given(
    drunk=st.floats(0.0, 2.0), more=st.floats(0.01, 1.0), urine=st.floats(0.0, 0.3),
)  # fmt: skip
def test_more_drunk_is_more_sweat_and_more_urine_is_less(
    drunk: float, more: float, urine: float
) -> None:
    """At the same two weights."""
    test = WeighIn(
        body_mass_before_kg=70.0, body_mass_after_kg=69.5, fluid_intake_l=drunk, duration_min=60.0
    )
    rate = rate_of_weigh_in(test)
    assert rate_of_weigh_in(replace(test, fluid_intake_l=drunk + more)) > rate
    assert rate_of_weigh_in(replace(test, held_sweat_kg=more)) > rate
    assert rate_of_weigh_in(replace(test, urine_output_l=urine)) <= rate


# ---------------------------------------------------------------- sodium and watches


def test_sodium_is_kept_with_its_site(context: Context) -> None:
    """A patch says where, a laboratory does not; other places and wild numbers are refused."""
    patch = add_sodium(context, SodiumAsked(sodium_mmol_per_l=44.0, site="forearm"))
    lab = add_sodium(context, SodiumAsked(sodium_mmol_per_l=38.0, sweat_rate_l_per_h=1.1))
    odd = add_sodium(context, SodiumAsked(sodium_mmol_per_l=140.0, site="thigh"))
    assert [one.kept.test for one in (patch, lab)] == [one.test for one in kept_tests(context)][:2]
    assert (patch.flags, lab.flags, odd.flags) == ((), (), ("odd_sodium",))
    for asked, code in (
        (SodiumAsked(sodium_mmol_per_l=44.0, site="chest"), "unknown_site"),
        (SodiumAsked(sodium_mmol_per_l=900.0, site="thigh"), "sweat_number"),
        (SodiumAsked(sodium_mmol_per_l=-1.0), "sweat_number"),
        (SodiumAsked(sodium_mmol_per_l=44.0, site="forearm"), "sweat_already"),
        (SodiumAsked(sodium_mmol_per_l=40.0, day=TODAY + timedelta(days=2)), "sweat_day"),
    ):
        with pytest.raises(InputError) as error:
            add_sodium(context, asked)
        assert refusal(error) == code


def test_what_a_watch_reckoned_is_offered_and_kept_as_weak(context: Context) -> None:
    """From the file, or as it was shown; a run counts once."""
    told = add_run(context, "2025-09-01T16:00:00", sweat_l=0.8, elapsed_s=3000.0)
    untold = add_run(context, "2025-09-03T16:00:00", number=2)
    (offer,) = list_tests(context).offers
    assert (offer.run.activity_id, offer.sweat_loss_l, offer.duration_min) == (told, 0.8, 50.0)
    added = add_watch_estimate(context, str(told))
    assert added.flags == ("watch",)
    assert added.rate_l_per_h == pytest.approx(0.96)
    assert list_tests(context).offers == ()
    shown = add_watch_estimate(context, str(untold), sweat_loss_l=0.5)
    assert shown.kept.activity == untold
    for run, code in ((told, "sweat_already"), (untold, "sweat_already")):
        with pytest.raises(InputError) as error:
            add_watch_estimate(context, str(run), sweat_loss_l=0.9)
        assert refusal(error) == code
    silent = add_run(context, "2025-09-05T16:00:00", number=3)
    with pytest.raises(InputError) as error:
        add_watch_estimate(context, str(silent))
    assert refusal(error) == "sweat_no_estimate"


def test_taking_out_is_undone(context: Context) -> None:
    """No "are you sure": the number brings it back."""
    added = add_weigh_in(context, ASKED)
    assert remove_test(context, added.kept.id) == added.kept
    assert list_tests(context).tests == ()
    assert restore_test(context, added.kept.id) == added.kept
    assert [one.kept for one in list_tests(context).tests] == [added.kept]
    with pytest.raises(NotFoundError) as error:
        remove_test(context, 99)
    assert refusal(error) == "unknown_sweat_test"
    remove_test(context, added.kept.id)
    add_weigh_in(context, ASKED)
    with pytest.raises(InputError) as told_anew:
        restore_test(context, added.kept.id)
    assert refusal(told_anew) == "sweat_already"
    assert len(kept_tests(context)) == 1


# ---------------------------------------------------------------- words


def test_what_is_said_of_a_test_is_in_the_readers_units(context: Context) -> None:
    """Number, day, run, rate, and how to take it back; no mass of anybody."""
    run = add_run(context, "2025-10-01T16:00:00", elapsed_s=3600.0)
    added = add_weigh_in(context, replace(ASKED, run=str(run)))
    metric = "\n".join(added_lines(added, runner="ann", units="metric"))
    imperial = "\n".join(added_lines(added, runner="ann", units="imperial"))
    assert added.rate_l_per_h is not None
    assert f"{added.rate_l_per_h:.2f} L an hour" in metric
    assert f"{added.rate_l_per_h / 0.0295735:.0f} fl oz an hour" in imperial
    assert f"sweat remove {added.kept.id} --runner ann" in metric
    assert f"run {run}" in metric
    assert added_data(added)["run"] == run
    assert "70" not in metric.replace(str(added.kept.day), "")


# ---------------------------------------------------------------- typed quantities


@pytest.mark.parametrize(
    ("given_text", "kind", "units", "expected"),
    [
        ("70.4", "body_mass", "metric", 70.4),
        ("70,4 kg", "body_mass", "imperial", 70.4),
        ("155.2lb", "body_mass", "metric", 70.39753582),
        ("155.2", "body_mass", "imperial", 70.39753582),
        ("60", "small_mass", "metric", 0.06),
        ("2 oz", "small_mass", "metric", 0.056699046),
        ("0.2kg", "small_mass", "metric", 0.2),
        ("500ml", "volume", "imperial", 0.5),
        ("17 fl. oz.", "volume", "metric", 0.502750006),
        ("17", "volume", "imperial", 0.502750006),
        (".5 L", "volume", "metric", 0.5),
        ("0", "volume", "metric", 0.0),
        ("7.5mi", "distance", "metric", 12070.08),
        ("12", "distance", "metric", 12_000.0),
    ],
)
def test_quantities_are_read_with_and_without_their_unit(
    given_text: str, kind: QuantityKind, units: Units, expected: float
) -> None:
    """A point or a comma; a bare number is in the runner's units."""
    assert parsed_quantity(given_text, kind, units=units) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("given_text", ["", "kg", "70.4 stone", "1,234.5", "70 kg 5", "1e3", "½ L"])
def test_what_is_no_quantity_is_refused(given_text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(InputError) as error:
        parsed_quantity(given_text, "body_mass", units="metric")
    assert refusal(error) == "bad_quantity"
    with pytest.raises(InputError):
        parsed_quantity("3 kg", "volume", units="metric")
    with pytest.raises(InputError):
        parsed_number("70kg")


@given(st.text(max_size=12))
def test_typed_quantities_never_crash(given_text: str) -> None:
    """A number or a refusal, whatever is typed."""
    found: float | str
    try:
        found = parsed_quantity(given_text, "volume", units="metric")
    except InputError as error:
        found = error.code
    assert found == "bad_quantity" if isinstance(found, str) else abs(found) < 1e7


# ---------------------------------------------------------------- a group


GROUP = """\
runner,date,before_kg,after_kg,drunk_l,minutes,temp_c,note
me,2025-09-20,70.0,69.1,0.3,70,21,
ann,2025-09-20,58.0,57.4,0.25,70,21,hilly
nobody,2025-09-20,60.0,59.0,0.3,70,21,
ann,2025-09-20,58.0,59.4,0.25,70,21,
ann,2025-09-20,58.0,heavy,0.25,70,21,

me,2025-13-20,70.0,69.1,0.3,70,21,
,2025-09-20,70.0,69.1,0.3,70,21,
me,2025-09-20,70.0,69.1,,70,21,
"""


@pytest.fixture
def club(context: Context) -> Context:
    """`me` and `ann`."""
    context.store.add_runner("ann", at=NOW)
    return context


def group(context: Context, said: str) -> GroupResult:
    """A file taken in."""
    return add_group_csv(context, said.encode(), "day.csv")


def test_one_bad_line_never_stops_the_rest(club: Context) -> None:
    """Lines are numbered as an editor does; each refusal has its reason."""
    result = group(club, GROUP)
    assert [(one.line, one.runner) for one in result.added] == [(2, "me"), (3, "ann")]
    assert [(one.line, one.code) for one in result.refused] == [
        (4, "unknown_runner"),
        (5, "sweat_gain"),
        (6, "sweat_csv_number"),
        (8, "sweat_csv_day"),
        (9, "sweat_csv_empty"),
        (10, "sweat_csv_empty"),
    ]
    assert result.unknown_columns == ("note",)
    assert [one.day for one in kept_tests(club)] == [date(2025, 9, 20)]
    assert len(kept_tests(club.of_runner("ann"))) == 1
    lines = "\n".join(group_lines(result, units="metric"))
    assert "line 5, ann" in lines
    assert {"what", "why", "remedy"} <= group_data(result)["refused"][0].keys()


def test_the_same_file_again_adds_what_is_new(club: Context) -> None:
    """Corrected and given again: nothing twice, and that is no fault."""
    group(club, GROUP)
    mended = group(club, GROUP.replace("heavy", "57.0").replace("nobody", "me"))
    assert [one.line for one in mended.added] == [4, 6]
    assert [one.line for one in mended.already] == [2, 3]
    assert len(kept_tests(club.of_runner("ann"))) == 2


def test_a_lock_of_somebody_is_nobodys_business(club: Context) -> None:
    """The line stays out, and does not say why; the others are kept."""
    lock(club.of_runner("ann"))
    result = group(club, GROUP)
    (first,) = [one for one in result.refused if one.line == 3]
    assert first.code == "sweat_group_not_kept"
    lines = "\n".join(group_lines(result, units="metric")).lower()
    assert "eating" not in lines
    assert kept_tests(club.of_runner("ann")) == ()
    assert len(kept_tests(club)) == 1


def test_a_run_of_the_day_is_linked_for_each_runner(club: Context) -> None:
    """Each has their own; `none` links no run."""
    ann = club.of_runner("ann")
    run = add_run(ann, "2025-09-20T08:00:00", elapsed_s=4200.0)
    result = group(
        club,
        "runner;date;before_lb;after_lb;drunk_ml;urine_ml;run\n"
        "ann;2025-09-20;128,0;126,5;250;;\n"
        "me;2025-09-20;154;152;300;100;\n"
        "ann;2025-09-20;128,0;126,4;250;;none\n",
    )
    assert [one.code for one in result.refused] == ["sweat_no_duration", "sweat_no_duration"]
    (line,) = result.added
    test = line.added.kept.test
    assert isinstance(test, WeighIn)
    assert line.added.kept.activity == run
    assert test.duration_min == 70.0
    assert test.body_mass_before_kg == pytest.approx(58.06, abs=0.005)
    assert test.fluid_intake_l == 0.25


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sweat_csv_unreadable"),
        (b"\xff\xfer\x00u\x00", "sweat_csv_unreadable"),
        (b'runner,before_kg\n"open', "sweat_csv_unreadable"),
        (b"runner,before_kg,after_kg\nme,70,69\n", "sweat_csv_columns"),
        (b"before_kg,after_kg,drunk_l\n70,69,0\n", "sweat_csv_columns"),
        (b"runner,before_kg,before_lb,after_kg,drunk_l\n", "sweat_csv_twice"),
        (b"runner,before_kg,after_kg,drunk_l\n" + b"me,70,69,0\n" * 2001, "sweat_csv_long"),
        (b" " * 2_000_001, "sweat_csv_long"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(
    club: Context, content: bytes, code: str
) -> None:
    """In words, before anything is kept."""
    with pytest.raises(InputError) as error:
        add_group_csv(club, content, "day.csv")
    assert refusal(error) == code
    assert kept_tests(club) == ()


def test_a_comma_inside_a_number_is_seen(club: Context) -> None:
    """A spreadsheet that writes 70,4 and parts by commas; never taken for 70 and 4."""
    result = group(club, "runner,before_kg,after_kg,drunk_l\nme,70,4,69,5,0,3\n")
    assert [one.code for one in result.refused] == ["sweat_csv_cells"]
    assert result.added == ()


def test_the_sample_is_a_file_that_works(club: Context) -> None:
    """For runners of those names; a byte order mark does no harm."""
    club.store.add_runner("bob", at=NOW)
    later = replace(club, now=datetime(2026, 6, 20, 12, tzinfo=UTC))
    with later:
        result = add_group_csv(later, b"\xef\xbb\xbf" + group_sample().encode(), "sample.csv")
    assert [(one.line, one.runner) for one in result.added] == [(2, "ann"), (3, "bob")]
    assert (result.refused, result.unknown_columns) == ((), ())


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    """A refusal of the whole file, or of each line; the table is read before the store is."""
    header: list[str]
    try:
        header, rows = table_rows(content)
    except InputError as error:
        header, rows = [error.code], []
    assert header == [name.strip().lower() for name in header]
    assert all(line > 1 and any(cells) for line, cells in rows)
