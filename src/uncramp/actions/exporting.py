"""`uncramp export`: everything of every runner, or of one, in files anybody can read.

Whole, it can be taken in again by `uncramp import`. With places trimmed near home, or with none at
all, it is made to be handed on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from uncramp import __version__
from uncramp.actions.context import Context
from uncramp.actions.documents import documents_told
from uncramp.actions.export_format import (
    ABOUT_FILE,
    ACTIVITY_COLUMNS,
    EXPORT_VERSION,
    LAP_COLUMNS,
    Sink,
    csv_bytes,
    json_bytes,
    number_text,
    original_name,
    part_name,
    stream_name,
    writing_to,
)
from uncramp.actions.hiding import (
    HAND_OVER_CHANNELS,
    PLACE_CHANNELS,
    Ends,
    Home,
    find_home,
    hidden,
    is_about_places,
    masked,
    without_places,
)
from uncramp.envelope import plain
from uncramp.errors import NotFoundError
from uncramp.store.rows import ActivityRow, StoredRunner
from uncramp.store.sweat_tests import sweat_test_kind
from uncramp.vocabulary import Activity, Stream

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["ExportProgress", "ExportResult", "RunnerCounts", "all_rows", "export"]

README: Final = "README.txt"
ABOUT_PLACES: Final = "without_places"


class ExportProgress(Protocol):
    """Called before each activity."""

    def __call__(self, *, done: int, total: int, name: str) -> None:
        """`done` of `total` activities are written; `name` is whose comes next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerCounts:
    """How much of one runner an export holds."""

    name: str
    activities: int
    originals: int
    originals_left_out: int
    """Files that hold places, and are therefore not handed on."""
    points_left_out: int
    """Records whose position was taken out."""
    answers: int
    marks: int
    advice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """What was written."""

    file: str
    """Bare name of what was written."""
    runners: tuple[RunnerCounts, ...]
    trim_home_m: float | None
    without_places: bool


@dataclass(slots=True)
class Tally:
    """Counts of one runner while they grow."""

    n_originals: int = 0
    n_left_out: int = 0
    n_points: int = 0
    places_of: set[str] = field(default_factory=set)
    """SHA-256 of originals whose activities hold places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One runner's part of an export."""

    context: Context
    runner: StoredRunner
    rows: tuple[ActivityRow, ...]
    folder: str
    sink: Sink
    tally: Tally
    trim_home_m: float | None = None
    without_places: bool = False
    home: Home | None = None
    ends: Mapping[int, Ends] = field(default_factory=dict)


def export(
    context: Context,
    target: Path,
    *,
    everybody: bool,
    trim_home_m: float | None = None,
    without_places: bool = False,
    progress: ExportProgress | None = None,
) -> ExportResult:
    """Write `target`: a zip when its name ends so, else a folder. It appears whole or not at all.

    NotFoundError `unknown_runner` or `nothing_to_export`; InputError `export_exists`.
    """
    runners = runners_of(context, everybody=everybody)
    rows = {one.name: all_rows(context, one) for one in runners}
    total, done = sum(len(some) for some in rows.values()), 0
    counts = []
    with writing_to(target) as sink:
        for number, runner in enumerate(runners, start=1):
            job = prepared(
                Job(
                    context=context,
                    runner=runner,
                    rows=rows[runner.name],
                    folder=f"runners/{number}",
                    sink=sink,
                    tally=Tally(),
                    trim_home_m=None if without_places else trim_home_m,
                    without_places=without_places,
                )
            )
            for written in write_runner(job):
                if progress is not None:
                    progress(done=done, total=total, name=runner.name)
                done += written
            counts.append(counts_of(job))
        result = ExportResult(
            file=target.name,
            runners=tuple(counts),
            trim_home_m=None if without_places else trim_home_m,
            without_places=without_places,
        )
        write_about(context, sink, result)
    return result


def runners_of(context: Context, *, everybody: bool) -> list[StoredRunner]:
    """Whom the export is about; nothing is made where nothing was stored."""
    if everybody:
        found = context.store.runners() if context.has_store else []
        if not found:
            raise NotFoundError("nothing_to_export")
        return found
    if not context.has_store:
        raise NotFoundError("unknown_runner", values={"runner": context.runner, "known": "–"})
    return [context.stored_runner()]


def all_rows(context: Context, runner: StoredRunner) -> tuple[ActivityRow, ...]:
    """Every activity, those that do not count too, in the order of their ids."""
    rows = context.store.activities(runner, with_excluded=True, with_duplicates=True)
    return tuple(sorted(rows, key=lambda row: row.activity_id))


def prepared(job: Job) -> Job:
    """The job with what must be known of all runs before the first is written."""
    if job.trim_home_m is None:
        return job
    from dataclasses import replace

    ends = {row.activity_id: ends_of(job, row.activity_id) for row in job.rows}
    home = find_home(list(ends.values()), radius_m=job.trim_home_m)
    return replace(job, ends=ends, home=home)


def ends_of(job: Job, activity_id: int) -> Ends:
    """Where one activity began and ended."""
    import numpy as np

    channels = job.context.store.streams(job.runner, activity_id, channels=PLACE_CHANNELS)
    if set(channels) != set(PLACE_CHANNELS):
        return Ends()
    latitude, longitude = (channels[name].physical() for name in PLACE_CHANNELS)
    known = np.flatnonzero(np.isfinite(latitude + longitude))
    if not known.size:
        return Ends()
    first, last = int(known[0]), int(known[-1])
    return Ends(
        start=(float(latitude[first]), float(longitude[first])),
        end=(float(latitude[last]), float(longitude[last])),
    )


# ---------------------------------------------------------------- one runner


def write_runner(job: Job) -> Iterator[int]:
    """Write everything of one runner; yields 1 after each activity."""
    activities, laps = [], []
    for row in job.rows:
        stored, activity = job.context.store.activity(job.runner, row.activity_id)
        activities.append([activity_values(job, stored, activity)[one] for one in ACTIVITY_COLUMNS])
        laps += [
            (row.activity_id, number, lap.start_s, lap.elapsed_s, lap.timer_s, lap.distance_m)
            for number, lap in enumerate(activity.laps)
        ]
        content = streams_csv(job, row.activity_id, activity)
        job.sink.add(stream_name(job.folder, row.activity_id), content)
        if any(is_about_places(name) for name in activity.streams):
            job.tally.places_of.add(row.sha256)
        yield 1
    job.sink.add(part_name(job.folder, "runs"), csv_bytes(ACTIVITY_COLUMNS, activities))
    job.sink.add(part_name(job.folder, "laps"), csv_bytes(LAP_COLUMNS, laps))
    write_originals(job)
    for part, told in parts_of(job).items():
        document = without_places(told) if job.without_places else told
        job.sink.add(part_name(job.folder, part), json_bytes(document))


def activity_values(job: Job, row: ActivityRow, activity: Activity) -> dict[str, object]:
    """One line of `runs.csv` by column."""
    watch = activity.profile
    values: dict[str, object] = {
        name: getattr(row, name)
        for name in ACTIVITY_COLUMNS
        if hasattr(row, name) and name not in {"flags"}
    }
    values |= {
        "id": row.activity_id,
        "device_serial": activity.device_serial,
        "file_created_utc": activity.file_created_utc,
        "watch_sex": None if watch is None or watch.sex is None else watch.sex.value,
        "watch_age_y": None if watch is None else watch.age_y,
        "watch_height_cm": None if watch is None else watch.height_cm,
        "watch_body_mass_kg": None if watch is None else watch.body_mass_kg,
        "quality_flags": flags_text(activity),
        "original_sha256": row.sha256,
    }
    return anonymous(values) if job.without_places else values


def flags_text(activity: Activity) -> str | None:
    """Quality flags as JSON in one cell; None when there are none."""
    flags = [[one.code, one.kind, one.detail] for one in activity.flags]
    return json.dumps(flags, ensure_ascii=False) if flags else None


def anonymous(values: Mapping[str, object]) -> dict[str, object]:
    """A line without what names the watch, the file, or a place."""
    file_format = str(values["file_format"])
    device = values["device"]
    return {
        **values,
        "title": None,
        "device": masked(device) if isinstance(device, str) else None,
        "device_serial": None,
        "file_created_utc": None,
        "original_sha256": None,
        "import_stamp": None,
        "source_file": f"run-{values['id']}.{file_format}",
    }


def streams_csv(job: Job, activity_id: int, activity: Activity) -> bytes:
    """Every channel of one activity in its unit, a line a record; empty where none was recorded."""
    columns = {name: activity.streams[name] for name in shown_channels(job, activity)}
    texts = [["time_s", *map(number_text, activity.time_s.tolist())]]
    gone = positions_to_hide(job, activity_id, activity)
    for name, stream in columns.items():
        said = column_text(stream)
        if gone is not None and name in PLACE_CHANNELS:
            said = ["" if is_gone else one for one, is_gone in zip(said, gone, strict=True)]
        texts.append([csv_name(name), *said])
    lines = map(",".join, zip(*texts, strict=True))
    return ("\n".join(lines) + "\n").encode()


def csv_name(channel: str) -> str:
    """A channel's name as a cell."""
    return csv_bytes((channel,), ()).decode().removesuffix("\n")


def shown_channels(job: Job, activity: Activity) -> list[str]:
    """Names of the channels that are written, sorted."""
    names = sorted(activity.streams)
    if job.without_places:
        return [name for name in names if name in HAND_OVER_CHANNELS]
    if job.trim_home_m is not None:
        return [name for name in names if name in PLACE_CHANNELS or not is_about_places(name)]
    return names


def positions_to_hide(job: Job, activity_id: int, activity: Activity) -> list[bool] | None:
    """For each record whether its position is taken out; None when all stay."""
    import numpy as np

    if job.trim_home_m is None or not set(PLACE_CHANNELS) & set(activity.streams):
        return None
    if not set(PLACE_CHANNELS) <= set(activity.streams):
        return [True] * len(activity.time_s)
    latitude, longitude = (activity.streams[name].physical() for name in PLACE_CHANNELS)
    gone = hidden(
        latitude,
        longitude,
        ends=job.ends[activity_id],
        home=job.home,
        radius_m=job.trim_home_m,
    )
    gone |= ~np.isfinite(latitude + longitude)
    job.tally.n_points += int((gone & np.isfinite(latitude + longitude)).sum())
    result: list[bool] = gone.tolist()
    return result


def column_text(stream: Stream) -> list[str]:
    """Values of a channel as text; each different value is put into words once."""
    import numpy as np

    values: FloatArray = stream.physical()
    different, where = np.unique(values, return_inverse=True)
    words = [
        number_text(one) if finite else ""
        for one, finite in zip(different.tolist(), np.isfinite(different).tolist(), strict=True)
    ]
    return [words[index] for index in where.reshape(-1).tolist()]


def write_originals(job: Job) -> None:
    """The files as they were read, and a list of them."""
    listed = []
    for one in job.context.store.originals(job.runner):
        is_held_back = job.without_places or (
            job.trim_home_m is not None and one.sha256 in job.tally.places_of
        )
        if is_held_back:
            job.tally.n_left_out += 1
            continue
        name = original_name(job.folder, one.sha256, one.file_format)
        job.sink.add(name, one.content)
        job.tally.n_originals += 1
        listed.append(
            {
                "sha256": one.sha256,
                "file_name": one.file_name,
                "file_format": one.file_format,
                "file": name.removeprefix(f"{job.folder}/"),
            }
        )
    listed.sort(key=lambda entry: entry["sha256"])
    job.sink.add(part_name(job.folder, "originals"), json_bytes({"originals": listed}))


# ---------------------------------------------------------------- the JSON files


def parts_of(job: Job) -> dict[str, dict[str, Any]]:
    """Every JSON file of one runner but the list of originals, as plain data."""
    builders: dict[str, Callable[[Job], list[dict[str, Any]]]] = {
        "answers": answers_of,
        "drafts": drafts_of,
        "marks": marks_of,
        "weather": weather_of,
        "metrics": metrics_of,
        "advice": advice_of,
        "flags": flags_of,
        "sweat": sweat_of,
        "documents": documents_of,
    }
    parts = {part: {part: plain(build(job))} for part, build in builders.items()}
    return {"profile": profile_of(job), **parts}


def profile_of(job: Job) -> dict[str, Any]:
    """The runner: a name, and what was typed in."""
    profile = job.runner.profile
    document: dict[str, Any] = plain(
        {
            "name": job.runner.name,
            "added_at": job.runner.added_at,
            "profile_at": job.runner.profile_at,
            "sex": profile.sex,
            "age_y": profile.age_y,
            "height_cm": profile.height_cm,
            "body_mass_kg": profile.body_mass_kg,
        }
    )
    return document


def answers_of(job: Job) -> list[dict[str, Any]]:
    """Answers of the interview, each with its activity (null: about none) and its moment."""
    return [
        {"activity": activity_id, "question": question, "answer": one.answer, "at": one.at}
        for activity_id in (None, *(row.activity_id for row in job.rows))
        for question, one in sorted(job.context.store.answers(job.runner, activity_id).items())
    ]


def drafts_of(job: Job) -> list[dict[str, Any]]:
    """Interviews under way, oldest first; those that ended are in the ledger. Not handed on."""
    under_way = [
        one
        for one in reversed(job.context.store.drafts(job.runner))
        if one.finished_advice_id is None and not job.without_places
    ]
    return [
        {
            "activity": one.activity_id,
            "answers": {
                question: {"answer": said.answer, "at": said.at}
                for question, said in one.answers.items()
            },
            "path": one.path,
            "bystander": one.bystander,
            "put_away": one.dropped,
            "started_at": one.started_at,
            "updated_at": one.updated_at,
        }
        for one in under_way
    ]


def documents_of(job: Job) -> list[dict[str, Any]]:
    """Races, plans, sessions and products that count; `about` is the `number` of another entry."""
    rows = job.context.store.documents(job.runner)
    return documents_told(rows, without_places=job.without_places)


def sweat_of(job: Job) -> list[dict[str, Any]]:
    """Sweat tests that count, oldest first; what is not known of one is left out."""
    return [
        {
            "activity": one.kept.activity,
            "day": one.kept.day,
            "kind": sweat_test_kind(one.kept.test),
            "told": {name: said for name, said in asdict(one.kept.test).items()
                     if said is not None},
            "at": one.added_at,
        }
        for one in job.context.store.sweat_test_rows(job.runner)
        if one.removed_at is None
    ]  # fmt: skip


def marks_of(job: Job) -> list[dict[str, Any]]:
    """What the diary knows: cramped or not, when, which muscles."""
    return [
        {
            "activity": one.activity_id,
            "cramped": one.cramped,
            "minute": one.minute,
            "km": one.km,
            "muscles": one.muscles,
            "source": one.source,
            "at": one.at,
        }
        for _, one in sorted(job.context.store.marks(job.runner).items())
    ]


def weather_of(job: Job) -> list[dict[str, Any]]:
    """The weather of each activity, from every source that told it."""
    return [
        {
            "activity": one.activity_id,
            "source": one.source,
            "temp_air_c": one.temp_air_c,
            "relative_humidity_pct": one.relative_humidity_pct,
            "wind_speed_m_s": one.wind_speed_m_s,
            "dew_point_c": one.dew_point_c,
            "cloud_cover_pct": one.cloud_cover_pct,
            "attribution": one.attribution,
            "at": one.at,
        }
        for _, some in sorted(job.context.store.weather(job.runner).items())
        for one in sorted(some, key=lambda told: told.source)
    ]


def metrics_of(job: Job) -> list[dict[str, Any]]:
    """What was computed of each activity, and by which version."""
    return [
        {"activity": one.activity_id, "version": one.version, "metrics": one.metrics}
        for _, one in sorted(job.context.store.metrics(job.runner).items())
    ]


def advice_of(job: Job) -> list[dict[str, Any]]:
    """The ledger, numbered from 1; a hand-over file holds the words only."""
    return [
        {
            "number": number,
            "verb": one.verb,
            "activity": one.activity_id,
            "at": one.at,
            "inputs": {} if job.without_places else one.inputs,
            "result": {} if job.without_places else one.result,
            "text": one.text,
            "package_version": one.package_version,
            "model_version": one.model_version,
            "evidence_version": one.evidence_version,
        }
        for number, one in enumerate(job.context.store.advice(job.runner), start=1)
    ]


def flags_of(job: Job) -> list[dict[str, Any]]:
    """Stops and locks, open and cleared, with the line of the ledger that raised them."""
    number_of = {
        one.advice_id: number
        for number, one in enumerate(job.context.store.advice(job.runner), start=1)
    }
    return [
        {
            "flag": one.flag_id,
            "kind": one.kind,
            "opened_at": one.opened_at,
            "advice": None if one.advice_id is None else number_of.get(one.advice_id),
            "cleared_on": one.cleared_on,
            "clearance_note": None if job.without_places else one.clearance_note,
        }
        for one in job.context.store.flags(job.runner)
    ]


# ---------------------------------------------------------------- the whole


def counts_of(job: Job) -> RunnerCounts:
    """How much of one runner was written."""
    store = job.context.store
    return RunnerCounts(
        name=job.runner.name,
        activities=len(job.rows),
        originals=job.tally.n_originals,
        originals_left_out=job.tally.n_left_out,
        points_left_out=job.tally.n_points,
        answers=len(answers_of(job)),
        marks=len(store.marks(job.runner)),
        advice=len(store.advice(job.runner)),
    )


def write_about(context: Context, sink: Sink, result: ExportResult) -> None:
    """What the export is, in JSON for programs and in words for people."""
    from uncramp.wording.safekeeping import export_readme

    about = {
        "schema": f"uncramp.export/{EXPORT_VERSION}",
        "written_at": context.now,
        "package_version": __version__,
        "trim_home_m": result.trim_home_m,
        ABOUT_PLACES: result.without_places,
        "runners": [
            {"name": one.name, "folder": f"runners/{number}", "activities": one.activities}
            for number, one in enumerate(result.runners, start=1)
        ],
    }
    sink.add(ABOUT_FILE, json_bytes(about))
    sink.add(README, export_readme(result).encode())
