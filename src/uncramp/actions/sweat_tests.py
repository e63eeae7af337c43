"""`uncramp sweat add`, `sodium`, `watch`, `list`, `remove`: sweat tests checked and kept.

What cannot be is refused, what is odd is kept and flagged. A weigh-in is linked with the nearest
run, which tells how long, how far and in what weather. Nobody with an eating-disorder lock is asked
to weigh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.actions.preferences import may_not_train
from uncramp.actions.runs import find_run
from uncramp.actions.sweat_learning import rate_of_weigh_in
from uncramp.actions.weather import COLDEST_C, HOTTEST_C, best_weather, look_up
from uncramp.actions.years import believed_m
from uncramp.errors import InputError
from uncramp.evidence import value
from uncramp.units import (
    hours_from_minutes,
    minutes_from_seconds,
    pounds_from_kilograms,
    seconds_from_minutes,
)
from uncramp.vocabulary import KeptTest, SodiumSample, WatchEstimate, WeighIn
from uncramp.wording.catalogue import text

if TYPE_CHECKING:
    from uncramp.store.rows import ActivityRow, StoredRunner

__all__ = [
    "RANGES",
    "SITES",
    "Added",
    "Checked",
    "ListedTest",
    "SodiumAsked",
    "TestList",
    "WatchOffer",
    "WeighInAsked",
    "add_sodium",
    "add_watch_estimate",
    "add_weigh_in",
    "check_plausible_weigh_in",
    "check_weigh_in",
    "keep_test",
    "kept_tests",
    "list_tests",
    "refuse_out_of_range",
    "refuse_teaching",
    "refuse_weighing_under_lock",
    "remove_test",
    "restore_test",
    "weighing_lock",
]

NO_WEIGHING: Final = frozenset({"eating_disorder"})
"""Locks under which nobody is asked to step on a scale."""
RECENT: Final = timedelta(hours=24)
"""When no day is told, a run that began within this time is the one that was weighed."""
OTHER_MASS: Final = "other_mass"
SITES: Final = ("forearm", "thigh", "five_site")
WHOLE_BODY, PATCH = "whole_body", "patch"
WATCH: Final = "watch"
WATER_KG_PER_L: Final = 1.0

RANGES: Final[Mapping[str, tuple[float, float, str]]] = MappingProxyType(
    {
        "body_mass_before_kg": (1.0, 300.0, "kg"),
        "body_mass_after_kg": (1.0, 300.0, "kg"),
        "fluid_intake_l": (0.0, 15.0, "L"),
        "duration_min": (1.0, 1440.0, "min"),
        "food_kg": (0.0, 5.0, "kg"),
        "urine_output_l": (0.0, 5.0, "L"),
        "held_sweat_kg": (0.0, 5.0, "kg"),
        "scale_step_kg": (0.001, 5.0, "kg"),
        "distance_m": (1.0, 500_000.0, "m"),
        "temp_air_c": (COLDEST_C, HOTTEST_C, "°C"),
        "relative_humidity_pct": (0.0, 100.0, "%"),
        "wind_speed_m_s": (0.0, 60.0, "m/s"),
        "solar_w_m2": (0.0, 1500.0, "W/m²"),
        "sodium_mmol_per_l": (1.0, 200.0, "mmol/L"),
        "sweat_rate_l_per_h": (0.0, 10.0, "L/h"),
        "sweat_loss_l": (0.01, 30.0, "L"),
    }
)
"""Wider than any runner: they catch slips of the hand and wrong units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighInAsked:
    """A weigh-in as it was told, in SI; what is None is filled in from the run, or not known."""

    body_mass_before_kg: float
    body_mass_after_kg: float
    fluid_intake_l: float
    duration_min: float | None = None
    run: str | None = None
    """Number, `last` or a day; None: the nearest run."""
    without_run: bool = False
    """Link no run, whatever there is."""
    day: date | None = None
    """None: the day of the run, else today."""
    food_kg: float | None = None
    urine_output_l: float | None = None
    held_sweat_kg: float | None = None
    scale_step_kg: float | None = None
    distance_m: float | None = None
    temp_air_c: float | None = None
    relative_humidity_pct: float | None = None
    wind_speed_m_s: float | None = None
    solar_w_m2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SodiumAsked:
    """Sweat sodium as the report says it; `site` of a patch, None for a whole-body wash-down."""

    sodium_mmol_per_l: float
    site: str | None = None
    day: date | None = None
    run: str | None = None
    sweat_rate_l_per_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A test that can be kept, and what is odd about it."""

    day: date
    run: ActivityRow | None
    test: WeighIn | SodiumSample | WatchEstimate
    rate_l_per_h: float | None
    """None for sodium."""
    flags: tuple[str, ...]
    """Ids of messages `sweat_test.flag.<id>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A test that is kept now."""

    kept: KeptTest
    run: ActivityRow | None
    rate_l_per_h: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTest:
    """A kept test as the list shows it."""

    kept: KeptTest
    run: ActivityRow | None
    rate_l_per_h: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOffer:
    """A run whose watch reckoned the sweat, and no test says so yet."""

    run: ActivityRow
    sweat_loss_l: float
    duration_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TestList:
    """Every test that counts, oldest first."""

    tests: tuple[ListedTest, ...]
    offers: tuple[WatchOffer, ...]
    """Newest first."""
    locked: str | None
    """The lock under which nobody is asked to weigh."""


# ---------------------------------------------------------------- who may be weighed


def weighing_lock(context: Context) -> str | None:
    """The open lock under which this runner is not asked to weigh; None without one."""
    runner = context.store.find_runner(context.runner) if context.has_store else None
    flags = () if runner is None else context.store.open_flags(runner)
    return next(
        (one.flag_id for one in flags if one.kind == "lock" and one.flag_id in NO_WEIGHING), None
    )


def refuse_weighing_under_lock(context: Context) -> None:
    """InputError `sweat_locked` for a runner who is better off without a scale."""
    if weighing_lock(context) is not None:
        raise InputError("sweat_locked")


def refuse_teaching(context: Context) -> None:
    """As above, and InputError `sweat_held` for a runner who shall not be sent out to run."""
    refuse_weighing_under_lock(context)
    if may_not_train(context):
        raise InputError("sweat_held")


# ---------------------------------------------------------------- weigh-ins


def add_weigh_in(context: Context, asked: WeighInAsked, *, ask: bool = True) -> Added:
    """Check a weigh-in and keep it; asks and raises as `check_weigh_in`."""
    return keep_test(context, check_weigh_in(context, asked, ask=ask))


def check_plausible_weigh_in(context: Context, asked: WeighInAsked) -> Checked:
    """As `check_weigh_in`, where nobody is shown the doubts first.

    InputError `rehearsal_other_mass` for weights of another body, or in another unit.
    """
    checked = check_weigh_in(context, asked, ask=True)
    mass_kg = context.stored_runner().profile.body_mass_kg
    if OTHER_MASS in checked.flags and mass_kg is not None:
        raise InputError("rehearsal_other_mass", values={"mass": f"{mass_kg:.0f}"})
    return checked


def check_weigh_in(context: Context, asked: WeighInAsked, *, ask: bool = False) -> Checked:
    """What would be kept, linked with its run; nothing is stored.

    With `ask` the weather of the run is looked up, if that is switched on.

    InputError `sweat_locked`, `sweat_number`, `sweat_too_light`, `sweat_drop`, `sweat_gain`,
    `sweat_no_duration`, `sweat_which_run`, `sweat_run_other_day`, `sweat_day`, `sweat_already`;
    NotFoundError for a run that is not there.
    """
    runner = context.stored_runner()
    refuse_weighing_under_lock(context)
    refuse_out_of_range(asked)
    refuse_impossible(asked)
    row = linked_run(context, asked)
    day = day_of(context, asked.day, row)
    if ask and row is not None:
        look_up(context, row)
    test = weigh_in_from(context, asked, row)
    kept = context.store.sweat_tests(runner)
    if any(one.day == day and is_same(one.test, test) for one in kept):
        raise InputError("sweat_already", values={"day": day})
    flags = [*flags_of(test, row, mass_kg=runner.profile.body_mass_kg)]
    if row is not None and row.activity_id in weighed(kept):
        flags.append("second_of_run")
    rate = rate_of_weigh_in(test)
    return Checked(day=day, run=row, test=test, rate_l_per_h=rate, flags=tuple(flags))


def refuse_out_of_range(asked: object) -> None:
    """InputError `sweat_number` for what no scale, bottle or clock shows."""
    for name, (low, high, unit) in RANGES.items():
        said = getattr(asked, name, None)
        if said is not None and not low <= said <= high:
            label = text(f"sweat_test.field.{name}")
            limits = {"low": low, "high": high, "unit": unit}
            values = {"name": name, "label": label, "value": said, **limits}
            raise InputError("sweat_number", values=values)


def refuse_impossible(asked: WeighInAsked) -> None:
    """InputError for two weighings that cannot both be right."""
    before_kg, after_kg = asked.body_mass_before_kg, asked.body_mass_after_kg
    lightest_kg = value("sweat.lightest_runner_kg")
    if min(before_kg, after_kg) < lightest_kg:
        lightest_lb = round(pounds_from_kilograms(lightest_kg))
        raise InputError("sweat_too_light", values={"low": lightest_kg, "low_lb": lightest_lb})
    share = value("sweat.impossible_drop_share")
    if after_kg < before_kg * (1.0 - share):
        raise InputError("sweat_drop", values={"percent": round(100.0 * share)})
    taken_in_kg = asked.fluid_intake_l * WATER_KG_PER_L + (asked.food_kg or 0.0)
    given_off_kg = (asked.urine_output_l or 0.0) * WATER_KG_PER_L - (asked.held_sweat_kg or 0.0)
    if round(before_kg + taken_in_kg - after_kg - given_off_kg, 6) < 0.0:
        raise InputError("sweat_gain")


def linked_run(context: Context, asked: WeighInAsked) -> ActivityRow | None:
    """The run that was weighed: the one named, else the nearest one."""
    if asked.without_run:
        return None
    if asked.run is not None:
        return find_run(context, asked.run)
    found = list(runs_near(context, asked.day))
    if not found:
        return None
    if len(found) > 1 and asked.duration_min is not None:
        seconds = seconds_from_minutes(asked.duration_min)
        return min(found, key=lambda row: abs((row.elapsed_s or 0.0) - seconds))
    if len(found) > 1 and asked.day is not None:
        choices = ", ".join(str(row.activity_id) for row in found)
        raise InputError("sweat_which_run", values={"day": asked.day, "choices": choices})
    return found[-1]


def runs_near(context: Context, day: date | None) -> Iterator[ActivityRow]:
    """Runs of a day, or of the last 24 hours when none is told; oldest first."""
    rows = context.store.activities(context.stored_runner(), with_excluded=False)
    for row in rows:
        if not row.is_run or row.start_utc is None:
            continue
        age = context.now - row.start_utc
        if local_date(context, row) == day if day else timedelta() <= age <= RECENT:
            yield row


def day_of(context: Context, told: date | None, row: ActivityRow | None) -> date:
    """The day of a test; InputError when it has not come yet, or is not the day of its run."""
    today = context.now.date()
    of_run = None if row is None else local_date(context, row)
    day = told or of_run or today
    if told is not None and of_run is not None and abs(told - of_run) > timedelta(days=1):
        raise InputError("sweat_run_other_day", values={"day": told, "run_day": of_run})
    if day > today + timedelta(days=1 if told is None else 0):
        raise InputError("sweat_day", values={"day": day, "today": today})
    return day


def weigh_in_from(context: Context, asked: WeighInAsked, row: ActivityRow | None) -> WeighIn:
    """The weigh-in with what its run tells."""
    minutes = asked.duration_min if asked.duration_min is not None else minutes_of(row)
    if minutes is None:
        raise InputError("sweat_no_duration")
    test = WeighIn(
        body_mass_before_kg=asked.body_mass_before_kg,
        body_mass_after_kg=asked.body_mass_after_kg,
        fluid_intake_l=asked.fluid_intake_l,
        duration_min=minutes,
        food_kg=asked.food_kg,
        urine_output_l=asked.urine_output_l,
        held_sweat_kg=asked.held_sweat_kg,
        scale_step_kg=asked.scale_step_kg,
        distance_m=asked.distance_m if asked.distance_m is not None else metres_of(context, row),
        temp_air_c=asked.temp_air_c,
        relative_humidity_pct=asked.relative_humidity_pct,
        wind_speed_m_s=asked.wind_speed_m_s,
        solar_w_m2=asked.solar_w_m2,
    )
    return with_weather(context, test, row)


def minutes_of(row: ActivityRow | None) -> float | None:
    """How long a run took, standing too: nobody stops sweating at a red light."""
    seconds = None if row is None else row.elapsed_s or row.moving_s
    return None if seconds is None else minutes_from_seconds(seconds)


def metres_of(context: Context, row: ActivityRow | None) -> float | None:
    """How far a run went; None when its file is not believed."""
    if row is None:
        return None
    stored = context.store.metrics(context.stored_runner(), [row.activity_id]).get(row.activity_id)
    if stored is None or "plausible" not in stored.metrics:
        return row.distance_m
    return believed_m(stored.metrics)


def with_weather(context: Context, test: WeighIn, row: ActivityRow | None) -> WeighIn:
    """The weather of the run, unless some was told. Not what a watch felt on a warm wrist.

    Wind is left out: it is known ten metres above the ground, and a runner turns.
    """
    if row is None or test.temp_air_c is not None:
        return test
    weather = best_weather(context, row, None)
    if weather is None or weather.source == WATCH:
        return test
    humidity = test.relative_humidity_pct
    return replace(
        test,
        temp_air_c=weather.temp_air_c,
        relative_humidity_pct=weather.relative_humidity_pct if humidity is None else humidity,
    )


def is_same(one: object, other: WeighIn) -> bool:
    """Whether two weigh-ins of one day are one, typed twice."""
    return isinstance(one, WeighIn) and (
        (one.body_mass_before_kg, one.body_mass_after_kg, one.fluid_intake_l)
        == (other.body_mass_before_kg, other.body_mass_after_kg, other.fluid_intake_l)
        and round(one.duration_min) == round(other.duration_min)
    )


def weighed(tests: Sequence[KeptTest]) -> set[int | None]:
    """Runs with a weigh-in."""
    return {one.activity for one in tests if isinstance(one.test, WeighIn)}


def flags_of(
    test: WeighIn | SodiumSample | WatchEstimate,
    row: ActivityRow | None,
    *,
    mass_kg: float | None,
) -> Iterator[str]:
    """What is odd about a test, most important first."""
    if isinstance(test, WatchEstimate):
        yield WATCH
        return
    if isinstance(test, SodiumSample):
        low = value("sweat.odd_sodium_low_mmol_per_l")
        high = value("sweat.odd_sodium_high_mmol_per_l")
        if not low <= test.sodium_mmol_per_l <= high:
            yield "odd_sodium"
        return
    rate = rate_of_weigh_in(test)
    if rate > value("sweat.doubtful_rate_l_per_h"):
        yield "high_rate"
    if rate < value("sweat.least_rate_l_per_h"):
        yield "low_rate"
    if test.body_mass_after_kg > test.body_mass_before_kg:
        yield "gain"
    if test.duration_min < value("sweat.short_test_min"):
        yield "short"
    if mass_kg and is_off(test.body_mass_before_kg, mass_kg, "sweat.other_mass_share"):
        yield OTHER_MASS
    run_min = minutes_of(row)
    if run_min and is_off(test.duration_min, run_min, "sweat.other_length_share"):
        yield "other_length"
    if test.temp_air_c is None:
        yield "weather_unknown"


def is_off(one: float, other: float, share: str) -> bool:
    """Whether two values of the same thing differ by more than a share."""
    return abs(one - other) > value(share) * other


# ---------------------------------------------------------------- sodium, and watches


def add_sodium(context: Context, asked: SodiumAsked) -> Added:
    """Keep a patch or a laboratory value.

    InputError `unknown_site`, `sweat_number`, `sweat_day`, `sweat_run_other_day`, `sweat_already`.
    """
    runner = context.stored_runner()
    refuse_out_of_range(asked)
    if asked.site is not None and asked.site not in SITES:
        raise InputError("unknown_site", values={"given": asked.site, "allowed": ", ".join(SITES)})
    row = None if asked.run is None else find_run(context, asked.run)
    day = day_of(context, asked.day, row)
    test = SodiumSample(
        sodium_mmol_per_l=asked.sodium_mmol_per_l,
        method=WHOLE_BODY if asked.site is None else PATCH,
        site=asked.site,
        sweat_rate_l_per_h=asked.sweat_rate_l_per_h,
    )
    if any(one.day == day and one.test == test for one in context.store.sweat_tests(runner)):
        raise InputError("sweat_already", values={"day": day})
    flags = tuple(flags_of(test, row, mass_kg=None))
    return keep_test(context, Checked(day=day, run=row, test=test, rate_l_per_h=None, flags=flags))


def add_watch_estimate(context: Context, run: str, *, sweat_loss_l: float | None = None) -> Added:
    """Keep what the watch reckoned of a run, or what it showed, as weak evidence.

    InputError `sweat_no_estimate`, `sweat_no_duration`, `sweat_number`, `sweat_already`.
    """
    row = find_run(context, run)
    loss_l = row.reported_sweat_loss_l if sweat_loss_l is None else sweat_loss_l
    if loss_l is None:
        raise InputError("sweat_no_estimate", values={"id": row.activity_id})
    minutes = minutes_of(row)
    if minutes is None:
        raise InputError("sweat_no_duration")
    test = watch_estimate(context, row, sweat_loss_l=loss_l, duration_min=minutes)
    refuse_out_of_range(test)
    if row.activity_id in watched(context.store.sweat_tests(context.stored_runner())):
        raise InputError("sweat_already", values={"day": local_date(context, row)})
    return keep_test(
        context,
        Checked(
            day=day_of(context, None, row),
            run=row,
            test=test,
            rate_l_per_h=rate_of(test),
            flags=(WATCH,),
        ),
    )


def watch_estimate(
    context: Context, row: ActivityRow, *, sweat_loss_l: float, duration_min: float
) -> WatchEstimate:
    """The estimate with the distance and the weather of its run."""
    weather = best_weather(context, row, None)
    known = weather is not None and weather.source != WATCH
    return WatchEstimate(
        sweat_loss_l=sweat_loss_l,
        duration_min=duration_min,
        distance_m=metres_of(context, row),
        temp_air_c=weather.temp_air_c if known and weather else None,
        relative_humidity_pct=weather.relative_humidity_pct if known and weather else None,
    )


def watched(tests: Sequence[KeptTest]) -> set[int | None]:
    """Runs of which a watch's estimate is kept."""
    return {one.activity for one in tests if isinstance(one.test, WatchEstimate)}


# ---------------------------------------------------------------- keeping, listing, taking out


def keep_test(context: Context, checked: Checked) -> Added:
    """Store a checked test."""
    activity_id = None if checked.run is None else checked.run.activity_id
    test_id = context.store.add_sweat_test(
        context.stored_runner(),
        checked.test,
        day=checked.day,
        at=context.now,
        activity_id=activity_id,
    )
    kept = KeptTest(id=test_id, day=checked.day, activity=activity_id, test=checked.test)
    return Added(kept=kept, run=checked.run, rate_l_per_h=checked.rate_l_per_h, flags=checked.flags)


def kept_tests(context: Context) -> tuple[KeptTest, ...]:
    """Every test that counts, oldest first, with weather that became known since."""
    runner = context.stored_runner()
    kept = context.store.sweat_tests(runner)
    return tuple(with_late_weather(context, runner, one) for one in kept)


def with_late_weather(context: Context, runner: StoredRunner, kept: KeptTest) -> KeptTest:
    """A test with the weather of its run, when it had none."""
    test = kept.test
    if kept.activity is None or isinstance(test, SodiumSample) or test.temp_air_c is not None:
        return kept
    row = context.store.activity_row(runner, kept.activity)
    if isinstance(test, WeighIn):
        return replace(kept, test=with_weather(context, test, row))
    loss_l, minutes = test.sweat_loss_l, test.duration_min
    told = watch_estimate(context, row, sweat_loss_l=loss_l, duration_min=minutes)
    return replace(kept, test=replace(told, distance_m=test.distance_m))


def list_tests(context: Context) -> TestList:
    """Every test that counts, and what watches reckoned and nobody took."""
    runner = context.stored_runner()
    rows = {
        row.activity_id: row
        for row in context.store.activities(runner, with_excluded=True, with_duplicates=True)
    }
    tests = kept_tests(context)
    listed = tuple(
        listed_test(one, None if one.activity is None else rows.get(one.activity), runner)
        for one in tests
    )
    taken = watched(tests)
    offers = [
        WatchOffer(run=row, sweat_loss_l=row.reported_sweat_loss_l, duration_min=minutes)
        for row in rows.values()
        if row.is_run and not row.excluded and row.duplicate_of is None
        and row.reported_sweat_loss_l and (minutes := minutes_of(row))
        and row.activity_id not in taken
    ]  # fmt: skip
    return TestList(tests=listed, offers=tuple(reversed(offers)), locked=weighing_lock(context))


def listed_test(kept: KeptTest, row: ActivityRow | None, runner: StoredRunner) -> ListedTest:
    """One test as the list shows it."""
    flags = tuple(flags_of(kept.test, row, mass_kg=runner.profile.body_mass_kg))
    return ListedTest(kept=kept, run=row, rate_l_per_h=rate_of(kept.test), flags=flags)


def rate_of(test: WeighIn | SodiumSample | WatchEstimate) -> float | None:
    """Litres an hour; None for sodium."""
    if isinstance(test, SodiumSample):
        return None
    if isinstance(test, WeighIn):
        return rate_of_weigh_in(test)
    return test.sweat_loss_l / hours_from_minutes(test.duration_min)


def remove_test(context: Context, test_id: int) -> KeptTest:
    """Take a test out; `restore_test` brings it back. NotFoundError `unknown_sweat_test`."""
    runner = context.stored_runner()
    return context.store.remove_sweat_test(runner, test_id, at=context.now)


def restore_test(context: Context, test_id: int) -> KeptTest:
    """Let a removed test count again. NotFoundError `unknown_sweat_test`.

    InputError `sweat_already` when it was told anew meanwhile.
    """
    store, runner = context.store, context.stored_runner()
    rows = {one.kept.id: one.kept for one in store.sweat_test_rows(runner)}
    wanted = rows.get(test_id)
    if wanted is not None and any(
        (one.day, one.test) == (wanted.day, wanted.test) and one.id != test_id
        for one in store.sweat_tests(runner)
    ):
        raise InputError("sweat_already", values={"day": wanted.day})
    return store.restore_sweat_test(runner, test_id)
