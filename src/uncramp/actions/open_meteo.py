"""Open-Meteo weather for stored runs: only when switched on, by rounded place and month, kept.

`ask_about` is the only way out, and it looks at the switch first. One question serves all runs of a
place and month; its answer is kept, so that it is never put twice. What is kept of a run is the
weather alone: the place stays in its own file.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, Protocol

from uncramp.actions.context import Context
from uncramp.actions.days import local_date
from uncramp.errors import InputError, OutboundError
from uncramp.outbound.asking import Patience
from uncramp.outbound.weather import (
    ATTRIBUTION,
    Hourly,
    OpenMeteo,
    Place,
    rounded_place,
)
from uncramp.store.rows import ActivityRow, StoredRunner, StoredWeather
from uncramp.vocabulary import Stream

__all__ = [
    "CACHE_KIND",
    "QUICK",
    "FetchReport",
    "LeftOut",
    "Progress",
    "ask_about",
    "fetch_weather",
    "is_on",
    "needs_asking",
    "switch",
]

SETTING: Final = "weather.open_meteo"
ON: Final = "on"
CACHE_KIND: Final = "open_meteo"

ARCHIVE_IS_LATE: Final = timedelta(days=6)
"""The archive is complete about five days after; one more to be sure."""
SPILL: Final = timedelta(days=3)
"""A month's answer goes this much further, for runs across its end."""
LONGEST_RUN: Final = timedelta(days=2)
FIRST_DAY: Final = date(1940, 1, 1)
MOST_BAD_ANSWERS: Final = 3
"""A service that answers nonsense this often is left alone."""

HOUR: Final = timedelta(hours=1)

QUICK: Final = Patience(timeout_s=6.0, deadline_s=12.0, waits_s=(), busy_waits_s=())
"""For one run, while somebody waits."""

PLACES: Final = ("latitude_deg", "longitude_deg")

LeftOut = Literal[
    "no_time", "future", "too_old", "too_long", "no_place", "no_values", "no_answer", "not_asked"
]
"""Why a run got no weather; the last two may come out better another time."""


class Progress(Protocol):
    """Called before each question, and once at the end."""

    def __call__(self, *, done: int, total: int) -> None:
        """`done` of `total` questions are answered, kept and used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One run that needs weather, in full hours around it."""

    activity_id: int
    place: Place
    begin: datetime
    end: datetime

    @property
    def needed_until(self) -> datetime:
        """The first full hour at or after the end."""
        first = self.begin.replace(minute=0, second=0, microsecond=0)
        return first + math.ceil((self.end - first) / HOUR) * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request: a place and a month, or (`month` None) a place and the last days."""

    place: Place
    month: date | None

    @property
    def key(self) -> str:
        """The name under which the answer is kept."""
        what = "recent" if self.month is None else f"{self.month:%Y-%m}"
        return f"{self.place.latitude_deg:.1f},{self.place.longitude_deg:.1f}/{what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer, and until when it is final."""

    until: datetime
    hourly: Hourly

    def serves(self, wanted: Wanted) -> bool:
        """Whether nothing newer could be told about a run."""
        return self.hourly.begins <= wanted.begin and wanted.needed_until <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """What asking brought."""

    n_wanted: int
    """Runs without weather from a better source."""
    n_saved: int
    n_requests: int
    n_from_cache: int
    """Questions that had been answered before."""
    left: Mapping[LeftOut, int]
    problem: OutboundError | None
    """Why not everything could be asked."""


# The switch


def is_on(context: Context) -> bool:
    """Whether the runner wants Open-Meteo to be asked; off unless switched on."""
    return context.store.setting(SETTING) == ON


def switch(context: Context, *, on: bool) -> None:
    """Switch asking on or off, for all runners of this store; what was told stays."""
    context.store.set_setting(SETTING, ON if on else None)


# Asking


def fetch_weather(
    context: Context,
    *,
    since: date | None = None,
    progress: Progress | None = None,
    client: OpenMeteo | None = None,
) -> FetchReport:
    """Ask about every run that has no weather from a better source; a second call asks nothing.

    Interrupted, what was told so far stays, and the same call goes on from there. InputError
    `weather_off` when it is not switched on.
    """
    if not is_on(context):
        raise InputError("weather_off")
    runner = context.stored_runner()
    known = context.store.weather(runner)
    rows = [
        row
        for row in context.store.activities(runner, with_excluded=False)
        if row.is_run
        and needs_asking(known.get(row.activity_id, ()))
        and is_since(context, row, since)
    ]
    return ask_about(context, rows, client=client or OpenMeteo(), progress=progress)


def needs_asking(told: Iterable[StoredWeather]) -> bool:
    """Whether neither the runner, nor an archive, nor Open-Meteo has told a temperature yet."""
    return not any(one.source != "watch" and one.temp_air_c is not None for one in told)


def is_since(context: Context, row: ActivityRow, since: date | None) -> bool:
    """Whether a run began on that day or later; one without a time is not left out here."""
    day = local_date(context, row)
    return since is None or day is None or day >= since


def ask_about(
    context: Context,
    rows: Sequence[ActivityRow],
    *,
    client: OpenMeteo,
    progress: Progress | None = None,
) -> FetchReport:
    """Ask about these runs and save what is told; InputError `weather_off` when not switched on."""
    if not is_on(context):
        raise InputError("weather_off")
    runner = context.stored_runner()
    left: Counter[LeftOut] = Counter()
    questions: dict[Question, list[Wanted]] = {}
    for row in rows:
        wanted = wanted_of(context, runner, row)
        if isinstance(wanted, Wanted):
            questions.setdefault(question_of(wanted, context.now), []).append(wanted)
        else:
            left[wanted] += 1
    asking = Asking(context, runner, client)
    for number, (question, runs) in enumerate(questions.items()):
        if progress is not None:
            progress(done=number, total=len(questions))
        asking.take(question, runs)
    if progress is not None:
        progress(done=len(questions), total=len(questions))
    return replace(asking.report(left + asking.left), n_wanted=len(rows))


class Asking:
    """Goes through questions one by one; each answer is kept before the next is put."""

    def __init__(self, context: Context, runner: StoredRunner, client: OpenMeteo) -> None:
        self.left: Counter[LeftOut] = Counter()
        self._context = context
        self._runner = runner
        self._client = client
        self._n_saved = self._n_requests = self._n_from_cache = self._n_bad = 0
        self._problem: OutboundError | None = None
        self._is_over = False

    def take(self, question: Question, runs: Sequence[Wanted]) -> None:
        """One question and the runs it is about."""
        kept = self._kept(question)
        served = [] if kept is None else [run for run in runs if kept.serves(run)]
        if len(served) == len(runs):
            self._n_from_cache += 1
        else:
            fresh = self._answer(question, n_runs=len(runs) - len(served))
            kept, served = (kept, served) if fresh is None else (fresh, list(runs))
        if kept is not None:
            for run in served:
                self._save(run, kept.hourly.mean_between(run.begin, run.end))

    def report(self, left: Mapping[LeftOut, int]) -> FetchReport:
        """What came of it."""
        return FetchReport(
            n_wanted=0,
            n_saved=self._n_saved,
            n_requests=self._n_requests,
            n_from_cache=self._n_from_cache,
            left=dict(left),
            problem=self._problem,
        )

    def _failed(self, error: OutboundError) -> None:
        """One bad answer is not the end; a service that is away or busy is."""
        self._problem = error
        self._n_bad += 1
        answered = error.code in {"service_refused", "service_answer"}
        self._is_over = not answered or self._n_bad >= MOST_BAD_ANSWERS

    def _answer(self, question: Question, *, n_runs: int) -> Kept | None:
        """Put a question and keep the answer; None, and counted, when there is none."""
        if self._is_over:
            self.left["not_asked"] += n_runs
            return None
        self._n_requests += 1
        now = self._context.now.astimezone(UTC)
        try:
            if question.month is None:
                hourly, until = self._client.recent(question.place), now
            else:
                last = min(last_day(question.month), (now - ARCHIVE_IS_LATE).date())
                hourly = self._client.days(question.place, first=question.month, last=last)
                until = datetime.combine(last, time(23), UTC)
        except OutboundError as error:
            self._failed(error)
            self.left["no_answer"] += n_runs
            return None
        known = hourly.last_known()
        kept = Kept(until=hourly.begins if known is None else min(until, known), hourly=hourly)
        self._context.store.cache(CACHE_KIND, question.key, to_bytes(kept), at=self._context.now)
        return kept

    def _kept(self, question: Question) -> Kept | None:
        """What was answered before."""
        content = self._context.store.cached(CACHE_KIND, question.key)
        return None if content is None else from_bytes(content)

    def _save(self, run: Wanted, told: Mapping[str, float | None]) -> None:
        """The weather of one run, when the temperature at least is known."""
        if told["temp_air_c"] is None:
            self.left["no_values"] += 1
            return
        self._context.store.save_weather(
            self._runner,
            StoredWeather(
                activity_id=run.activity_id,
                source="open_meteo",
                attribution=ATTRIBUTION,
                at=self._context.now,
                **told,
            ),
        )
        self._n_saved += 1


# What to ask


def wanted_of(context: Context, runner: StoredRunner, row: ActivityRow) -> Wanted | LeftOut:
    """When and where a run was, to 0.1 degree; or why that cannot be asked."""
    if row.start_utc is None:
        return "no_time"
    duration_s = row.elapsed_s if row.elapsed_s is not None else row.moving_s or 0.0
    if duration_s > LONGEST_RUN.total_seconds():
        return "too_long"
    begin = row.start_utc.astimezone(UTC)
    end = begin + timedelta(seconds=max(duration_s, 0.0))
    if end > context.now:
        return "future"
    if begin.date() < FIRST_DAY:
        return "too_old"
    place = first_place(context.store.streams(runner, row.activity_id, channels=PLACES))
    if place is None:
        return "no_place"
    return Wanted(activity_id=row.activity_id, place=place, begin=begin, end=end)


def first_place(streams: Mapping[str, Stream]) -> Place | None:
    """The first position that was recorded, rounded; None in a run without any."""
    import numpy as np

    if not all(name in streams for name in PLACES):
        return None
    latitudes, longitudes = (streams[name].physical() for name in PLACES)
    known = np.flatnonzero(np.isfinite(latitudes) & np.isfinite(longitudes))
    places = (rounded_place(float(latitudes[i]), float(longitudes[i])) for i in known)
    return next((place for place in places if place is not None), None)


def question_of(wanted: Wanted, now: datetime) -> Question:
    """The month the run began in; the last days when the archive has not got all of it yet."""
    archived = (now.astimezone(UTC) - ARCHIVE_IS_LATE).date()
    is_archived = wanted.needed_until.date() <= archived
    month = wanted.begin.date().replace(day=1) if is_archived else None
    return Question(place=wanted.place, month=month)


def last_day(month: date) -> date:
    """The last day of a month's answer: some days into the next month."""
    next_month = (month + timedelta(days=31)).replace(day=1)
    return next_month - timedelta(days=1) + SPILL


# What is kept


def to_bytes(kept: Kept) -> bytes:
    """An answer without its place."""
    return kept.until.isoformat().encode() + b"\n" + kept.hourly.as_bytes()


def from_bytes(content: bytes) -> Kept | None:
    """What `to_bytes` gave; None for what cannot be read, which is then asked again."""
    until, _, hourly = content.partition(b"\n")
    try:
        return Kept(until=datetime.fromisoformat(until.decode()), hourly=Hourly.from_bytes(hourly))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
