"""An export taken in again: originals decoded anew, everything told and noted put back.

Each file of it is taken in by itself and twice is never twice, so that an interrupted call can be
given again. Where an original is missing (its places were trimmed) or cannot be decoded, the
activity is built from the export's own tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, get_args

from uncramp import activities
from uncramp.actions.context import DEFAULT_RUNNER, Context
from uncramp.actions.documents import put_documents_back
from uncramp.actions.export_format import (
    Source,
    about_of,
    open_source,
    part_name,
    stream_name,
)
from uncramp.actions.exporting import all_rows
from uncramp.actions.runners import check_runner_name
from uncramp.errors import RefusedFileError, StoreError
from uncramp.store.copies import reserve_up_to
from uncramp.store.packing import PackedReading, pack_reading
from uncramp.store.rows import (
    ActivityRow,
    Cramped,
    CrampMark,
    DraftRow,
    FlagKind,
    MarkSource,
    StoredAnswer,
    StoredRunner,
    StoredWeather,
    WeatherSource,
)
from uncramp.store.sweat_tests import sweat_test_from
from uncramp.vocabulary import Activity, Lap, QualityFlag, Sex, Stream, UserProfile

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["ReimportProgress", "ReimportResult", "TakenInRunner", "import_export"]

BUILT_FORMAT: Final = "rebuilt"
"""Format of the stand-in for an original that was left out: what tells the activity from every
other one, and its stream file."""

Parsed = TypeVar("Parsed")


class ReimportProgress(Protocol):
    """Called before each original file."""

    def __call__(self, *, done: int, total: int, name: str) -> None:
        """`done` of `total` files are stored; `name` is whose comes next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenInRunner:
    """What became of one runner of an export."""

    name: str
    activities_added: int
    activities_there: int
    built: int
    """Activities made from the tables, because their original is not there or cannot be read."""
    answers: int
    drafts: int
    marks: int
    weather: int
    advice: int
    flags: int
    sweat_tests: int = 0
    documents: int = 0
    """Races, plans, sessions and products."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReimportResult:
    """What an export brought."""

    file: str
    runners: tuple[TakenInRunner, ...]


@dataclass(slots=True)
class Intake:
    """One runner's part of an export, while it is taken in."""

    context: Context
    source: Source
    folder: str
    runner: StoredRunner
    ids: dict[int, int] = field(default_factory=dict)
    """Id in the export to id in this store."""
    added: dict[int, dict[str, str]] = field(default_factory=dict)
    """Id in this store to the line of `runs.csv`, for activities that are new here."""
    n_there: int = 0
    n_built: int = 0
    originals: dict[str, str] = field(default_factory=dict)
    """SHA-256 of an original to its name in the export."""
    metrics: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Id in the export to what had been computed."""

    def part(self, name: str) -> list[dict[str, Any]]:
        """One JSON list of the runner."""
        file = part_name(self.folder, name)
        found = self.source.document(file).get(name)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise StoreError("export_damaged", values={"part": file})
        return found

    def later_part(self, name: str) -> list[dict[str, Any]]:
        """One JSON list that older exports do not have."""
        is_there = self.source.find(part_name(self.folder, name)) is not None
        return self.part(name) if is_there else []

    def activity(self, told: Mapping[str, Any]) -> int | None:
        """The activity here that an entry is about; None when it is about none."""
        said = told["activity"]
        return None if said is None else self.ids[said]


def import_export(
    context: Context, path: Path, *, progress: ReimportProgress | None = None
) -> ReimportResult:
    """Take in what `uncramp export` wrote, each runner under the name it has in the file.

    A file with one runner can be taken in under another name: that of `context`, unless that is
    the default. StoreError `export_damaged`, `export_newer` or `export_other_runner`; what was
    stored before that stays, and the same call goes on from there.
    """
    with open_source(path) as source:
        entries = about_of(source)["runners"]
        taken = []
        for entry in entries:
            folder, said = str(entry["folder"]), str(entry["name"])
            is_renamed = len(entries) == 1 and context.runner != DEFAULT_RUNNER
            name = context.runner if is_renamed else said
            check_runner_name(name)
            with damage(folder):
                taken.append(take_in(context, source, folder, name=name, progress=progress))
    return ReimportResult(file=path.name, runners=tuple(taken))


@contextmanager
def damage(part: str) -> Iterator[None]:
    """What is not where it belongs in the files of an export, as a StoreError."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoreError("export_damaged", values={"part": part}) from error


def take_in(
    context: Context,
    source: Source,
    folder: str,
    *,
    name: str,
    progress: ReimportProgress | None,
) -> TakenInRunner:
    """One runner whole."""
    lines = source.table(part_name(folder, "runs"))
    laps = laps_by_activity(source.table(part_name(folder, "laps")))
    runner = runner_for(context, source.document(part_name(folder, "profile")), lines, name=name)
    intake = Intake(context=context, source=source, folder=folder, runner=runner)
    intake.originals = {
        one["sha256"]: f"{folder}/{one['file']}" for one in intake.part("originals")
    }
    intake.metrics = {one["activity"]: one for one in intake.part("metrics")}
    files = by_original(lines)
    for done, group in enumerate(files):
        if progress is not None:
            progress(done=done, total=len(files), name=name)
        add_file(intake, group, laps)
    if lines:
        newest = max(int(line["id"]) for line in lines)
        reserve_up_to(context.data_dir, url=context.database_url, runner=runner, activity_id=newest)
    set_links(intake)
    set_titles(intake)
    return TakenInRunner(
        name=name,
        activities_added=len(intake.added),
        activities_there=intake.n_there,
        built=intake.n_built,
        weather=put_weather_back(intake),
        marks=put_marks_back(intake),
        answers=put_answers_back(intake),
        drafts=put_drafts_back(intake),
        sweat_tests=put_sweat_back(intake),
        documents=put_documents_back(
            context.store, runner, intake.later_part("documents"), activities=intake.ids
        ),
        **put_ledger_back(intake),
    )


def runner_for(
    context: Context, told: Mapping[str, Any], lines: Sequence[Mapping[str, str]], *, name: str
) -> StoredRunner:
    """The runner the export is about; StoreError `export_other_runner` when it is another one.

    Somebody of that name whose runs have nothing in common with the export is somebody else.
    """
    store = context.store
    profile = UserProfile(
        sex=parsed(Sex, told.get("sex")),
        age_y=parsed(float, told.get("age_y")),
        height_cm=parsed(float, told.get("height_cm")),
        body_mass_kg=parsed(float, told.get("body_mass_kg")),
    )
    profile_at = parsed(moment, told.get("profile_at"))
    runner = store.find_runner(name)
    if runner is None:
        runner = store.add_runner(name, at=moment(told["added_at"]))
    here = {recording_of(row) for row in all_rows(context, runner)}
    if here and lines and not here & {recorded(line) for line in lines}:
        raise StoreError("export_other_runner", values={"runner": name})
    if profile_at is not None and (runner.profile_at is None or runner.profile_at < profile_at):
        store.save_profile(runner, profile, at=profile_at)
    return runner


def recording_of(row: ActivityRow) -> tuple[datetime | None, str, int]:
    """What tells one recording here from another."""
    return row.start_utc, row.sport, row.n_records


def recorded(line: Mapping[str, str]) -> tuple[datetime | None, str, int]:
    """The same of a line of `runs.csv`."""
    return parsed(moment, line["start_utc"]), line["sport"], int(line["n_records"])


# ---------------------------------------------------------------- activities


def original_of(line: Mapping[str, str]) -> str:
    """SHA-256 of the file an activity came from; a name of its own where that was left out."""
    return line["original_sha256"] or f"{line['start_utc']}/{line['id']}"


def by_original(lines: Sequence[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Lines of one file together, in the order of their ids."""
    groups: dict[str, list[dict[str, str]]] = {}
    for line in sorted(lines, key=lambda one: int(one["id"])):
        groups.setdefault(original_of(line), []).append(line)
    return list(groups.values())


def add_file(
    intake: Intake, group: list[dict[str, str]], laps: Mapping[str, tuple[Lap, ...]]
) -> None:
    """One file with its activities, unless it is stored already."""
    store, runner = intake.context.store, intake.runner
    sha256 = group[0]["original_sha256"]
    known = store.activity_ids(runner, sha256) if sha256 else ()
    if not known:
        packed, is_built = packed_file(intake, group, laps)
        intake.n_built += len(group) if is_built else 0
        reserve_before(intake, int(group[0]["id"]))
        at = parsed(moment, group[0]["imported_at"]) or intake.context.now
        stamp = group[0].get("import_stamp") or None
        added = store.add_reading(runner, packed, at=at, stamp=stamp)
        known, is_new = added.activity_ids, added.is_new
    else:
        is_new = False
    rows = (store.activity_row(runner, one) for one in known)
    here = {row.session_index: row.activity_id for row in rows}
    for line in group:
        activity_id = here[int(line["session_index"])]
        intake.ids[int(line["id"])] = activity_id
        if is_new:
            intake.added[activity_id] = line
        else:
            intake.n_there += 1


def reserve_before(intake: Intake, wanted: int) -> None:
    """Let the next activity have the id it had, if nothing else took it."""
    if wanted > max(intake.ids.values(), default=0) + 1:
        reserve_up_to(
            intake.context.data_dir,
            url=intake.context.database_url,
            runner=intake.runner,
            activity_id=wanted - 1,
        )


def packed_file(
    intake: Intake, group: list[dict[str, str]], laps: Mapping[str, tuple[Lap, ...]]
) -> tuple[PackedReading, bool]:
    """A file ready to store, and whether it had to be built from the tables."""
    sha256, file_format = group[0]["original_sha256"], group[0]["file_format"]
    name = intake.originals.get(sha256)
    data = None if name is None else intake.source.find(name)
    reading = None if data is None else decoded(data, group)
    is_built = reading is None
    if reading is None:
        read = tuple(built(intake, line, laps.get(line["id"], ())) for line in group)
    else:
        read = reading.activities
    if data is None:
        data = b"".join(stand_in(intake, line) for line in group)
        sha256 = hashlib.sha256(data).hexdigest()
        file_format = BUILT_FORMAT
    metrics, version = metrics_of(intake, group, n_activities=len(read))
    packed = pack_reading(
        name=group[0]["source_file"],
        data=data,
        activities=read,
        sha256=sha256,
        file_format=file_format,
        decoder_version=(
            int(group[0]["decoder_version"]) if is_built else activities.DECODER_VERSION
        ),
        metrics=metrics,
        metrics_version=version,
    )
    return packed, is_built


def decoded(data: bytes, group: Sequence[Mapping[str, str]]) -> activities.Reading | None:
    """An original decoded anew; None when that does not give what was exported."""
    try:
        reading = activities.read_bytes(data, name=group[0]["source_file"])
    except RefusedFileError:
        return None
    told = group[0]
    is_same = (reading.sha256, reading.file_format) == (
        told["original_sha256"],
        told["file_format"],
    )
    return reading if is_same and len(reading.activities) >= len(group) else None


def metrics_of(
    intake: Intake, group: Sequence[Mapping[str, str]], *, n_activities: int
) -> tuple[list[dict[str, Any]], str]:
    """What had been computed of a file's activities; nothing unless it is there for all."""
    wanted = [int(line["id"]) for line in group]
    found = [intake.metrics[one] for one in wanted if one in intake.metrics]
    versions = {str(one["version"]) for one in found}
    if len(found) != n_activities or len(versions) != 1:
        return [], ""
    return [dict(one["metrics"]) for one in found], versions.pop()


# ---------------------------------------------------------------- activities out of the tables


def stream_bytes(intake: Intake, line: Mapping[str, str]) -> bytes:
    """The stream file of one activity."""
    return intake.source.read(stream_name(intake.folder, int(line["id"])))


def stand_in(intake: Intake, line: Mapping[str, str]) -> bytes:
    """Bytes in place of an original that was left out."""
    told = [line[name] for name in ("start_utc", "sport", "session_index")]
    return json.dumps(told).encode() + b"\n" + stream_bytes(intake, line)


def built(intake: Intake, line: Mapping[str, str], laps: tuple[Lap, ...]) -> Activity:
    """An activity out of its line of `runs.csv` and its stream file."""
    time_s, streams = streams_from(stream_bytes(intake, line))
    return Activity(
        sport=line["sport"],
        sub_sport=line["sub_sport"] or None,
        session_index=int(line["session_index"]),
        start_utc=parsed(moment, line["start_utc"]),
        utc_offset_s=parsed(int, line["utc_offset_s"]),
        elapsed_s=parsed(float, line["elapsed_s"]),
        moving_s=parsed(float, line["moving_s"]),
        distance_m=parsed(float, line["distance_m"]),
        ascent_m=parsed(float, line["ascent_m"]),
        descent_m=parsed(float, line["descent_m"]),
        mean_heart_rate_bpm=parsed(float, line["mean_heart_rate_bpm"]),
        reported_sweat_loss_l=parsed(float, line["reported_sweat_loss_l"]),
        n_records=int(line["n_records"]),
        device=line["device"] or None,
        device_serial=parsed(int, line["device_serial"]),
        file_created_utc=parsed(moment, line["file_created_utc"]),
        profile=watch_profile(line),
        time_s=time_s,
        streams=streams,
        laps=laps,
        flags=tuple(
            QualityFlag(code=str(code), kind=str(kind), detail=str(detail))
            for code, kind, detail in json.loads(line["quality_flags"] or "[]")
        ),
    )


def watch_profile(line: Mapping[str, str]) -> UserProfile | None:
    """What the watch knew of its owner; None when that was nothing."""
    profile = UserProfile(
        sex=parsed(Sex, line["watch_sex"]),
        age_y=parsed(float, line["watch_age_y"]),
        height_cm=parsed(float, line["watch_height_cm"]),
        body_mass_kg=parsed(float, line["watch_body_mass_kg"]),
    )
    return None if profile == UserProfile() else profile


def streams_from(content: bytes) -> tuple[FloatArray, dict[str, Stream]]:
    """Time and channels of one stream file."""
    import csv

    import numpy as np

    lines = content.decode("utf-8").splitlines()
    names = next(csv.reader(lines), [])
    rows = [line.split(",") for line in lines[1:]]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    if names[:1] != ["time_s"] or len(columns) != len(names):
        msg = "not a stream file"
        raise ValueError(msg)
    streams = {}
    for name, told in zip(names[1:], columns[1:], strict=True):
        null = np.array([not one for one in told], dtype=np.bool_)
        values = np.array([float(one or 0) for one in told], dtype=np.float64)
        streams[name] = Stream(channel=name, values=values, null=null)
    return np.array([float(one) for one in columns[0]], dtype=np.float64), streams


def laps_by_activity(rows: Sequence[Mapping[str, str]]) -> dict[str, tuple[Lap, ...]]:
    """Laps by the activity's id in the export."""
    result: dict[str, tuple[Lap, ...]] = {}
    for row in rows:
        lap = Lap(
            start_s=float(row["start_s"]),
            elapsed_s=parsed(float, row["elapsed_s"]),
            timer_s=parsed(float, row["timer_s"]),
            distance_m=parsed(float, row["distance_m"]),
        )
        result[row["id"]] = (*result.get(row["id"], ()), lap)
    return result


def moment(said: str) -> datetime:
    """A moment with its zone; ValueError for one without."""
    result = datetime.fromisoformat(said)
    if result.tzinfo is None:
        msg = "a moment without a time zone"
        raise ValueError(msg)
    return result


def parsed(parse: Callable[[Any], Parsed], said: Any) -> Parsed | None:
    """What `said` means; None when it says nothing."""
    return None if said is None or said == "" else parse(said)


# ---------------------------------------------------------------- what was told of them


def set_links(intake: Intake) -> None:
    """Which recordings are of one run, as it was; only of activities that are new here."""
    store, runner = intake.context.store, intake.runner
    wanted = {
        one: intake.ids[int(line["duplicate_of"])] if line["duplicate_of"] else None
        for one, line in intake.added.items()
    }
    now = links(intake)
    for activity_id, keeper in wanted.items():
        if now[activity_id] is not None and now[activity_id] != keeper:
            store.unlink(runner, activity_id)
    now = links(intake)
    for activity_id, keeper in wanted.items():
        if keeper is not None and now[activity_id] != keeper:
            store.link(runner, activity_id, duplicate_of=keeper)


def links(intake: Intake) -> dict[int, int | None]:
    """Every activity here with the one it is linked to."""
    return {row.activity_id: row.duplicate_of for row in all_rows(intake.context, intake.runner)}


def set_titles(intake: Intake) -> None:
    """Titles, and what counts nowhere."""
    store, runner = intake.context.store, intake.runner
    now = {row.activity_id: row for row in all_rows(intake.context, intake.runner)}
    for activity_id, line in intake.added.items():
        row, title = now[activity_id], line["title"] or None
        if row.title != title:
            store.set_title(runner, activity_id, title)
        excluded = line["excluded"] == "yes"
        if row.excluded != excluded:
            store.set_excluded(runner, activity_id, excluded)


def put_weather_back(intake: Intake) -> int:
    """Weather that is not known here, or is newer in the export."""
    store, runner = intake.context.store, intake.runner
    known = {
        (activity_id, one.source): one.at
        for activity_id, some in store.weather(runner).items()
        for one in some
    }
    n_put = 0
    for told in intake.part("weather"):
        activity_id, at = intake.ids[told["activity"]], moment(told["at"])
        if is_newer(at, known.get((activity_id, told["source"]))):
            store.save_weather(runner, weather_from(told, activity_id=activity_id, at=at))
            n_put += 1
    return n_put


def weather_from(told: Mapping[str, Any], *, activity_id: int, at: datetime) -> StoredWeather:
    """One entry of the weather."""
    source: WeatherSource = one_of(get_args(WeatherSource), told["source"])
    return StoredWeather(
        activity_id=activity_id,
        source=source,
        temp_air_c=parsed(float, told["temp_air_c"]),
        relative_humidity_pct=parsed(float, told["relative_humidity_pct"]),
        wind_speed_m_s=parsed(float, told["wind_speed_m_s"]),
        dew_point_c=parsed(float, told["dew_point_c"]),
        cloud_cover_pct=parsed(float, told["cloud_cover_pct"]),
        attribution=str(told["attribution"]),
        at=at,
    )


def one_of(allowed: Sequence[str], said: Any) -> Any:
    """`said`, when it is one of `allowed`; else ValueError."""
    if said not in allowed:
        raise ValueError(said)
    return said


def put_marks_back(intake: Intake) -> int:
    """Marks of the diary that are not known here, or are newer in the export."""
    store, runner = intake.context.store, intake.runner
    known = store.marks(runner)
    n_put = 0
    for told in intake.part("marks"):
        activity_id, at = intake.ids[told["activity"]], moment(told["at"])
        before = known.get(activity_id)
        if is_newer(at, None if before is None else before.at):
            store.save_mark(runner, mark_from(told, activity_id=activity_id, at=at))
            n_put += 1
    return n_put


def mark_from(told: Mapping[str, Any], *, activity_id: int, at: datetime) -> CrampMark:
    """One mark of the diary."""
    cramped: Cramped = one_of(get_args(Cramped), told["cramped"])
    source: MarkSource = one_of(get_args(MarkSource), told["source"])
    return CrampMark(
        activity_id=activity_id,
        cramped=cramped,
        minute=parsed(float, told["minute"]),
        km=parsed(float, told["km"]),
        muscles=tuple(str(one) for one in told["muscles"]),
        source=source,
        at=at,
    )


def put_answers_back(intake: Intake) -> int:
    """Answers that were not given here, or were given later in the export."""
    store, runner = intake.context.store, intake.runner
    n_put = 0
    for activity_id, told in answers_by_activity(intake):
        known = store.answers(runner, activity_id)
        for one in told:
            at, before = moment(one["at"]), known.get(one["question"])
            if is_newer(at, None if before is None else before.at):
                answers = {str(one["question"]): answer_from(one["answer"])}
                store.save_answers(runner, activity_id, answers, at=at)
                n_put += 1
    return n_put


def answer_from(said: Any) -> str | tuple[str, ...] | float:
    """One answer: an option, options, or a number."""
    if isinstance(said, list):
        return tuple(str(one) for one in said)
    return said if isinstance(said, str) else float(said)


def answers_by_activity(intake: Intake) -> Iterator[tuple[int | None, list[dict[str, Any]]]]:
    """Answers of the export, together with the activity here they are about."""
    groups: dict[int | None, list[dict[str, Any]]] = {}
    for one in intake.part("answers"):
        groups.setdefault(intake.activity(one), []).append(one)
    yield from groups.items()


def put_drafts_back(intake: Intake) -> int:
    """Interviews under way that are not known here; one is known by when it was begun."""
    store, runner = intake.context.store, intake.runner
    known = {(one.activity_id, one.started_at) for one in store.drafts(runner)}
    n_put = 0
    for told in intake.later_part("drafts"):
        activity_id, started_at = intake.activity(told), moment(told["started_at"])
        if (activity_id, started_at) in known:
            continue
        answers = {
            str(question): StoredAnswer(answer=answer_from(one["answer"]), at=moment(one["at"]))
            for question, one in told["answers"].items()
        }
        draft_id = store.add_draft(
            runner,
            activity_id,
            answers,
            started_at=started_at,
            updated_at=moment(told["updated_at"]),
        )
        store.change_draft(runner, draft_id, as_it_was(told))
        n_put += 1
    return n_put


def as_it_was(told: Mapping[str, Any]) -> Callable[[DraftRow], DraftRow]:
    """What makes a new draft the exported one."""
    return lambda draft: replace(
        draft,
        path=tuple(str(step) for step in told["path"]),
        bystander=bool(told["bystander"]),
        dropped=bool(told["put_away"]),
    )


def put_sweat_back(intake: Intake) -> int:
    """Sweat tests that were not told here at that moment; one removed here stays so."""
    store, runner = intake.context.store, intake.runner
    known = {(one.added_at, one.kept.day, one.kept.test) for one in store.sweat_test_rows(runner)}
    n_put = 0
    for told in intake.later_part("sweat"):
        day, at = date.fromisoformat(told["day"]), moment(told["at"])
        test = sweat_test_from(str(told["kind"]), plain_numbers(told["told"]))
        if (at, day, test) not in known:
            activity_id = intake.activity(told)
            store.add_sweat_test(runner, test, day=day, at=at, activity_id=activity_id)
            n_put += 1
    return n_put


def plain_numbers(told: Mapping[str, Any]) -> dict[str, str | float]:
    """What was told of a test: names and numbers, nothing else."""
    return {
        str(name): said if isinstance(said, str) else float(said) for name, said in told.items()
    }


def is_newer(at: datetime, before: datetime | None) -> bool:
    """Whether something of this moment replaces what is there."""
    return before is None or at > before


def put_ledger_back(intake: Intake) -> dict[str, int]:
    """Advice, and the stops and locks it raised; how many lines of each are new here."""
    store, runner = intake.context.store, intake.runner
    known = {(one.verb, one.at, one.text): one.advice_id for one in store.advice(runner)}
    n_known, numbers = len(known), {}
    for told in intake.part("advice"):
        key = (str(told["verb"]), moment(told["at"]), str(told["text"]))
        if key not in known:
            known[key] = store.save_advice(
                runner,
                verb=key[0],
                activity_id=intake.activity(told),
                at=key[1],
                inputs=told["inputs"],
                result=told["result"],
                text=key[2],
                package_version=str(told["package_version"]),
                model_version=str(told["model_version"]),
                evidence_version=str(told["evidence_version"]),
            )
        numbers[told["number"]] = known[key]
    return {"advice": len(known) - n_known, "flags": put_flags_back(intake, numbers)}


def put_flags_back(intake: Intake, advice: Mapping[int, int]) -> int:
    """Stops and locks with their clearances; one that is open here is closed by no import.

    Only the clearance of that very flag closes it.
    """
    store, runner = intake.context.store, intake.runner
    n_put = 0
    for told in intake.part("flags"):
        flag_id, at = str(told["flag"]), moment(told["opened_at"])
        kind: FlagKind = one_of(get_args(FlagKind), told["kind"])
        same = [one for one in store.flags(runner) if (one.flag_id, one.kind) == (flag_id, kind)]
        is_known = any(one.opened_at == at for one in same)
        open_since = next((one.opened_at for one in same if one.cleared_on is None), None)
        if not is_known and open_since is None:
            raised_by = advice.get(told["advice"]) if told["advice"] is not None else None
            store.open_flag(runner, flag_id=flag_id, kind=kind, at=at, advice_id=raised_by)
            open_since, n_put = at, n_put + 1
        if told["cleared_on"] and open_since == at:
            store.clear_flag(
                runner,
                flag_id=flag_id,
                kind=kind,
                cleared_on=date.fromisoformat(told["cleared_on"]),
                note=told["clearance_note"],
            )
    return n_put
