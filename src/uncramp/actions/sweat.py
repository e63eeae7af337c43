"""`uncramp sweat`: what is known of the runner's own sweat, and what to test next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from uncramp.actions.context import Context
from uncramp.actions.preferences import may_not_train
from uncramp.actions.runner_body import (
    RunnerBody,
    known_race_speed_m_s,
    plain_body,
    runner_body,
    usual_speed_m_s,
)
from uncramp.actions.sweat_learning import Learnt, ReadSodium, ReadSweat, forecast_at, learn
from uncramp.evidence import value
from uncramp.models.spread import BAND, band_half_width
from uncramp.simulation.draws import sodium_prior
from uncramp.simulation.scenario import SimulatedRunner
from uncramp.sweat_profile import (
    Forecast,
    SweatPosterior,
    agreement_half_width,
    expected_narrowing,
    leave_one_out,
    sodium_mg_per_h,
    weigh_in_error_l_per_h,
)
from uncramp.units import sodium_mg_from_mmol
from uncramp.vocabulary import Interval, WeighIn

__all__ = [
    "CurvePoint",
    "Lesson",
    "MySweat",
    "NextTest",
    "OwnError",
    "RateAt",
    "SodiumKnown",
    "my_sweat",
    "standing_of",
    "table_of",
]

LOCK: Final = "eating_disorder"
TEMPERATURES_C: Final = (10.0, 20.0, 30.0)
CURVE_C: Final = tuple(5.0 + 2.5 * step for step in range(13))

TestKind = Literal["weigh_in", "watch", "sodium"]
Pace = Literal["usual", "race"]
Standing = Literal["untested", "one", "few", "known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One test, what we would have said before it, and how much it taught."""

    test_id: int
    day: date
    activity: int | None
    """Number of the run it was done on."""
    kind: TestKind
    measured: float
    """L/h, or of a sodium test mmol/L as it was measured."""
    error: float
    """Standard deviation of the measurement, in the same unit; of sodium for the whole body."""
    expected: Interval | None
    """What the tests before it would have said of that day; None for a watch and for sodium."""
    taught: float
    """Share by which it narrowed the band; below 0 when it did not fit the others."""
    counts: bool
    temp_air_c: float | None
    relative_humidity_pct: float | None
    speed_m_s: float | None
    """None where it is not known and had to be assumed."""
    doubts: tuple[str, ...]
    """`gain`, `high_rate`, `short`, `coarse_scale`, `kit_unknown`, `urine_unknown`,
    `weather_unknown`, `pace_unknown`, `watch`, `patch`, `rate_unknown`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateAt:
    """Sweat and sodium of an hour in one condition, on a single day to come."""

    pace: Pace
    temp_air_c: float
    relative_humidity_pct: float
    speed_m_s: float
    prior: Interval
    """Runners like this one, L/h."""
    mine: Interval
    """After the tests, L/h; as `prior` where there are none."""
    sodium_mg_per_h: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The usual pace at one temperature."""

    temp_air_c: float
    prior: Interval
    mine: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SodiumKnown:
    """How salty the runner's sweat is at the reference rate."""

    mmol_per_l: Interval
    mg_per_l: Interval
    n_tests: int
    """0: from marathon runners of the same sex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnError:
    """Each weigh-in against what the others say of it."""

    n_tests: int
    mean_abs_l_per_h: float
    half_width_l_per_h: float
    """Half of the 95 % limits."""
    published_l_per_h: float
    """The same of the best published forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTest:
    """Where the next weigh-in would tell most."""

    temp_air_c: float
    pace: Pace
    why: Literal["first", "cooler", "warmer", "again", "better_weighing"]
    narrower: float
    """Share by which a good weigh-in there would narrow the bands, on average."""
    duration_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MySweat:
    """Everything on one runner's sweat; what is not known is absent."""

    missing: tuple[str, ...] = ()
    """Fields of the profile without which nothing can be said."""
    assumed: tuple[str, ...] = ()
    """Ids of messages `assumed.<id>`."""
    locked: str | None = None
    """The lock under which weighing is not offered; tests and the next test are left out."""
    tests: tuple[Lesson, ...] = ()
    """Oldest first."""
    rates: tuple[RateAt, ...] = ()
    """At 10, 20 and 30 °C: the usual pace, then race pace where one is known."""
    curve: tuple[CurvePoint, ...] = ()
    sodium: SodiumKnown | None = None
    own_error: OwnError | None = None
    """None with fewer than two weigh-ins."""
    next_test: NextTest | None = None
    """None when there is enough, and while `is_held`."""
    is_held: bool = False
    """A stop is open, or a lock on training: nobody is sent out to run for a test."""
    standing: Standing = "untested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The conditions that are shown: what heat balance says of each."""

    body: SimulatedRunner
    paces: tuple[tuple[Pace, float], ...]
    forecasts: tuple[tuple[Pace, float, float, Forecast], ...]
    """Pace, temperature, speed, forecast."""

    @property
    def goals(self) -> list[Forecast]:
        """What a test should make surer."""
        return [forecast for _, _, _, forecast in self.forecasts]


def my_sweat(context: Context, *, race_speed_m_s: float | None = None) -> MySweat:
    """What is known of the sweat of the runner of `context`; makes no store where there is none.

    Race pace is the one given, else that of the fastest long run of late, else left out. Where the
    profile lacks something, `missing` says what, and nothing else is there.
    """
    body = runner_body(context)
    if body.simulated is None:
        return MySweat(
            missing=body.missing, locked=open_lock(context), is_held=may_not_train(context)
        )
    runner = context.stored_runner()
    plain = plain_body(runner.profile).simulated
    assert plain is not None  # noqa: S101  (`runner_body` found the same profile complete)
    usual = usual_speed_m_s(context, runner)
    race = race_speed_m_s or known_race_speed_m_s(context, runner)
    learnt = body.learnt or learn(plain, (), usual_speed_m_s=usual)
    table = table_of(plain, usual_m_s=usual or value("sweat.unknown_speed_m_s"), race_m_s=race)
    lock, is_held = open_lock(context), may_not_train(context)
    return MySweat(
        assumed=assumed_of(body, is_pace_known=usual is not None),
        locked=lock,
        tests=() if lock else lessons(learnt, table),
        rates=rates_of(learnt, table),
        curve=curve_of(learnt, table),
        sodium=sodium_known(learnt),
        own_error=None if lock else own_error(learnt),
        next_test=None if lock or is_held else next_test(learnt, table),
        is_held=is_held,
        standing=standing_of(learnt, table),
    )


def open_lock(context: Context) -> str | None:
    """The lock under which nobody is asked to weigh themselves, if it is open."""
    if not context.has_store or context.store.find_runner(context.runner) is None:
        return None
    flags = context.store.open_flags(context.stored_runner())
    return next((one.flag_id for one in flags if one.flag_id == LOCK), None)


def assumed_of(body: RunnerBody, *, is_pace_known: bool) -> tuple[str, ...]:
    """What everybody is told about the table, and what this runner's data lack."""
    pace = () if is_pace_known else ("sweat_pace",)
    return (*body.assumed, *pace, "sweat_table")


def table_of(body: SimulatedRunner, *, usual_m_s: float, race_m_s: float | None) -> Table:
    """The conditions of the table."""
    paces: tuple[tuple[Pace, float], ...] = (("usual", usual_m_s),)
    if race_m_s is not None:
        paces = (*paces, ("race", race_m_s))
    forecasts = tuple(
        (pace, temperature, speed, table_forecast(body, temperature, speed))
        for pace, speed in paces
        for temperature in TEMPERATURES_C
    )
    return Table(body=body, paces=paces, forecasts=forecasts)


def table_forecast(body: SimulatedRunner, temp_air_c: float, speed_m_s: float) -> Forecast:
    """One condition, in the humidity and for the time that all of the table has."""
    return forecast_at(
        body,
        temp_air_c=temp_air_c,
        relative_humidity_pct=value("sweat.table_humidity_pct"),
        speed_m_s=speed_m_s,
        duration_min=value("sweat.table_duration_min"),
    )


def rates_of(learnt: Learnt, table: Table) -> tuple[RateAt, ...]:
    """Every row of the table before and after the tests."""
    nobody = learn(table.body, (), usual_speed_m_s=None).posterior
    sodium = learnt.sodium_mmol_per_l
    return tuple(
        RateAt(
            pace=pace,
            temp_air_c=temperature,
            relative_humidity_pct=value("sweat.table_humidity_pct"),
            speed_m_s=speed,
            prior=nobody.rate_l_per_h(forecast),
            mine=learnt.posterior.rate_l_per_h(forecast),
            sodium_mg_per_h=sodium_mg_per_h(
                learnt.posterior, forecast, mean_mmol_per_l=sodium.mean, sd_mmol_per_l=sodium.sd
            ),
        )
        for pace, temperature, speed, forecast in table.forecasts
    )


def curve_of(learnt: Learnt, table: Table) -> tuple[CurvePoint, ...]:
    """The usual pace from cold to hot."""
    nobody = learn(table.body, (), usual_speed_m_s=None).posterior
    _, speed = table.paces[0]
    points = ((one, table_forecast(table.body, one, speed)) for one in CURVE_C)
    return tuple(
        CurvePoint(
            temp_air_c=temperature,
            prior=nobody.rate_l_per_h(forecast),
            mine=learnt.posterior.rate_l_per_h(forecast),
        )
        for temperature, forecast in points
    )


def sodium_known(learnt: Learnt) -> SodiumKnown:
    """The band of sweat sodium; a litre never holds less or more than athletes' sweat does."""
    known = learnt.sodium_mmol_per_l
    low, high = value("sodium.least_mmol_per_l"), value("sodium.most_mmol_per_l")
    half = band_half_width(BAND) * known.sd
    least, middle, most = (min(max(known.mean + step, low), high) for step in (-half, 0.0, half))
    return SodiumKnown(
        mmol_per_l=Interval(least, middle, most, BAND),
        mg_per_l=Interval(
            sodium_mg_from_mmol(least),
            sodium_mg_from_mmol(middle),
            sodium_mg_from_mmol(most),
            BAND,
        ),
        n_tests=len(learnt.sodium),
    )


# ---------------------------------------------------------------- what the tests taught


def lessons(learnt: Learnt, table: Table) -> tuple[Lesson, ...]:
    """Every test, oldest first, with what it changed when it came."""
    found = [*sweat_lessons(learnt, table), *sodium_lessons(learnt, table)]
    return tuple(sorted(found, key=lambda one: (one.day, one.test_id)))


def sweat_lessons(learnt: Learnt, table: Table) -> list[Lesson]:
    """Weigh-ins and what a watch reckoned, each against those before it."""
    found = []
    before = learn(table.body, (), usual_speed_m_s=None).posterior
    for index, read in enumerate(learnt.sweat):
        after = learnt.up_to(index + 1)
        found.append(
            lesson_of(
                read,
                taught=narrowing(before, after, table.goals),
                expected=None if read.is_watch else before.rate_l_per_h(read.test.forecast),
            )
        )
        before = after
    return found


def narrowing(before: SweatPosterior, after: SweatPosterior, goals: Sequence[Forecast]) -> float:
    """Share by which the bands of the table became narrower, on average."""
    shares = [1.0 - after.log_rate(goal)[1] / before.log_rate(goal)[1] for goal in goals]
    return sum(shares) / len(shares)


def lesson_of(read: ReadSweat, *, taught: float, expected: Interval | None) -> Lesson:
    """One weigh-in or estimate as it is shown."""
    assumed = read.place.assumed
    return Lesson(
        test_id=read.kept.id,
        day=read.kept.day,
        activity=read.kept.activity,
        kind="watch" if read.is_watch else "weigh_in",
        measured=read.test.rate_l_per_h,
        error=read.test.error_l_per_h,
        expected=expected,
        taught=taught if read.counts else 0.0,
        counts=read.counts,
        temp_air_c=None if "weather" in assumed else read.place.temp_air_c,
        relative_humidity_pct=None if "humidity" in assumed else read.place.relative_humidity_pct,
        speed_m_s=None if "pace" in assumed else read.place.speed_m_s,
        doubts=doubts_of(read),
    )


def doubts_of(read: ReadSweat) -> tuple[str, ...]:
    """Why a test is not worth more."""
    test, assumed = read.kept.test, read.place.assumed
    coarse = read.test.error_l_per_h > value("sweat.coarse_share") * abs(read.test.rate_l_per_h)
    found = {
        "watch": read.is_watch,
        "gain": not read.counts,
        "high_rate": read.doubtful,
        "weather_unknown": "weather" in assumed,
        "pace_unknown": "pace" in assumed,
    }
    if isinstance(test, WeighIn):
        found |= {
            "short": test.duration_min < value("sweat.short_test_min"),
            "coarse_scale": read.counts and coarse,
            "kit_unknown": test.held_sweat_kg is None,
            "urine_unknown": test.urine_output_l is None,
        }
    return tuple(name for name, holds in found.items() if holds)


def sodium_lessons(learnt: Learnt, table: Table) -> list[Lesson]:
    """Patches and laboratory values, each against those before it."""
    found = []
    before = sodium_prior(table.body.sex).sd
    for index, read in enumerate(learnt.sodium):
        after = learnt.sodium_up_to(table.body, index + 1).sd
        found.append(sodium_lesson(read, taught=1.0 - after / before))
        before = after
    return found


def sodium_lesson(read: ReadSodium, *, taught: float) -> Lesson:
    """One sodium test as it is shown."""
    sample = read.sample
    doubts = {"patch": sample.method == "patch", "rate_unknown": sample.sweat_rate_l_per_h is None}
    return Lesson(
        test_id=read.kept.id,
        day=read.kept.day,
        activity=read.kept.activity,
        kind="sodium",
        measured=sample.sodium_mmol_per_l,
        error=read.test.error_mmol_per_l,
        expected=None,
        taught=taught,
        counts=True,
        temp_air_c=None,
        relative_humidity_pct=None,
        speed_m_s=None,
        doubts=tuple(name for name, holds in doubts.items() if holds),
    )


def own_error(learnt: Learnt) -> OwnError | None:
    """How far off the weigh-ins are from what the others say."""
    left = leave_one_out([one.test for one in learnt.weigh_ins])
    if not left:
        return None
    errors = [one.error_l_per_h for one in left]
    return OwnError(
        n_tests=len(errors),
        mean_abs_l_per_h=sum(map(abs, errors)) / len(errors),
        half_width_l_per_h=agreement_half_width(errors),
        published_l_per_h=value("sweat.published_error_l_per_h"),
    )


# ---------------------------------------------------------------- what to do next


def next_test(learnt: Learnt, table: Table) -> NextTest | None:
    """The condition in which a good weigh-in would tell most, of those that harm nobody."""
    worth = [
        (expected_narrowing(learnt.posterior, test=forecast, goals=table.goals,
                            error_l_per_h=good_error(forecast)), pace, temperature)
        for pace, temperature, forecast in safe_tests(table)
    ]  # fmt: skip
    narrower, pace, temperature = max(worth, key=lambda one: one[0])
    if narrower < value("sweat.worth_testing_share"):
        return None
    return NextTest(
        temp_air_c=temperature,
        pace=pace,
        why=reason_for(learnt, temperature),
        narrower=narrower,
        duration_min=value("sweat.best_duration_min"),
    )


def safe_tests(table: Table) -> list[tuple[Pace, float, Forecast]]:
    """Where we may ask somebody to run: no great heat, and no race effort in warmth."""
    warmest = {"usual": value("sweat.warmest_test_c"), "race": value("sweat.warmest_race_test_c")}
    return [
        (pace, temperature, table_forecast(table.body, temperature, speed))
        for pace, speed in table.paces
        for temperature in sorted({min(one, warmest[pace]) for one in TEMPERATURES_C})
    ]


def good_error(forecast: Forecast) -> float:
    """Error of a long weigh-in in dry kit on a usual scale, nothing left untold."""
    test = WeighIn(
        body_mass_before_kg=0.0,
        body_mass_after_kg=0.0,
        fluid_intake_l=forecast.rate_l_per_h,
        duration_min=value("sweat.best_duration_min"),
        food_kg=0.0,
        urine_output_l=0.0,
        held_sweat_kg=0.0,
    )
    return weigh_in_error_l_per_h(test, rate_l_per_h=forecast.rate_l_per_h)


def reason_for(
    learnt: Learnt, temp_air_c: float
) -> Literal["first", "cooler", "warmer", "again", "better_weighing"]:
    """Why that condition is the next one."""
    done = learnt.weigh_ins
    if not done:
        return "first"
    known = [one.place.temp_air_c for one in done if "weather" not in one.place.assumed]
    away = value("sweat.away_from_tests_c")
    if known and temp_air_c > max(known) + away:
        return "warmer"
    if known and temp_air_c < min(known) - away:
        return "cooler"
    coarse = [one for one in done if "coarse_scale" in doubts_of(one)]
    return "better_weighing" if 2 * len(coarse) > len(done) else "again"


def standing_of(learnt: Learnt, table: Table) -> Standing:
    """How far the runner has come; many weigh-ins on a coarse scale are not known sweat."""
    n_tests = len(learnt.weigh_ins)
    if n_tests < 2:
        return "one" if n_tests else "untested"
    spread = sum(learnt.posterior.log_rate(goal)[1] for goal in table.goals) / len(table.goals)
    is_known = n_tests >= value("sweat.known_tests") and spread <= value("sweat.known_log_sd")
    return "known" if is_known else "few"
