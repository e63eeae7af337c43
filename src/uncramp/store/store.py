"""The store: every question asked of the database, and every change made to it.

All methods but the ones about runners take a `StoredRunner` first, so that no query can reach
another runner's rows. Writing methods are one transaction each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, Engine, delete, func, select, update

from uncramp.errors import InputError, NotFoundError
from uncramp.store import mirror, schema
from uncramp.store.about_runs import (
    TITLE,
    all_marks,
    all_metrics,
    all_weather,
    fill_in,
    put,
    put_mark,
    put_weather,
    set_columns,
)
from uncramp.store.changes import (
    ACTIVITIES_BETWEEN,
    CHOSEN_STREAMS,
    LAPS,
    LINKED_ACTIVITIES,
    LISTED_ACTIVITIES,
    STREAMS,
    activity_ids_of,
    insert_advice,
    insert_all,
    insert_reading,
    insert_runner,
    one_activity,
    open_flags_in,
    open_ids,
    runner_id_of,
    take_in,
)
from uncramp.store.convert import (
    activity_from,
    activity_rows_from,
    advice_from,
    flag_from,
    lap_from,
    profile_values,
    runner_from,
    streams_from,
)
from uncramp.store.database import (
    folder_trouble,
    forget_deleted,
    make_engine,
    make_private_folder,
    reading,
    writing,
)
from uncramp.store.documents import Documents
from uncramp.store.drafts import (
    all_drafts,
    insert_draft,
    one_draft,
    put_draft,
    without_answers,
)
from uncramp.store.migrations import MIGRATIONS, Migration, bring_up_to_date
from uncramp.store.removing import erase, import_runs, take_back
from uncramp.store.rows import (
    ActivityRow,
    AddedReading,
    AdviceRow,
    CrampMark,
    DraftRow,
    FlagKind,
    FlagRow,
    ImportRun,
    StoredAnswer,
    StoredMetrics,
    StoredOriginal,
    StoredRunner,
    StoredWeather,
)
from uncramp.store.sweat_tests import SweatTests
from uncramp.store.twins import join, link_twins, separate
from uncramp.vocabulary import Activity, Answers, Lap, Stream, UserProfile

if TYPE_CHECKING:
    from uncramp.store.packing import PackedAbout, PackedReading

__all__ = ["Store"]


class Store(Documents, SweatTests):
    """One open database and the folder its small files live in; use it as a context manager."""

    def __init__(self, *, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        at: datetime,
        url: str | None = None,
        steps: tuple[Migration, ...] = MIGRATIONS,
    ) -> Self:
        """Open, make or bring up to date the database in `folder` (or at `url`).

        Also takes in what `now` noted since, and puts the mirror of open flags right. Raises
        StoreError, having changed nothing, when the database is newer than `steps` or not ours.
        """
        make_private_folder(folder)
        engine = make_engine(folder, url=url)
        store = cls(engine=engine, folder=folder)
        try:
            bring_up_to_date(engine, steps=steps, at=at)
            with folder_trouble():
                store._take_in_journal()
            store._mirror_open_flags()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Give the database connection back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Runners

    def runner(self, name: str) -> StoredRunner:
        """The runner called `name`; NotFoundError `unknown_runner` when there is none."""
        found = self.find_runner(name)
        if found is None:
            known = ", ".join(runner.name for runner in self.runners()) or "–"
            raise NotFoundError("unknown_runner", values={"runner": name, "known": known})
        return found

    def find_runner(self, name: str) -> StoredRunner | None:
        """The runner called `name`, or None."""
        query = select(schema.runner).where(schema.runner.c.name == name)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else runner_from(row)

    def runners(self) -> list[StoredRunner]:
        """Every runner, by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(schema.runner).order_by(schema.runner.c.name)).all()
        return [runner_from(row) for row in rows]

    def add_runner(
        self, name: str, *, at: datetime, profile: UserProfile | None = None
    ) -> StoredRunner:
        """A new runner; InputError `runner_exists` when the name is taken."""
        with writing(self._engine) as connection:
            if runner_id_of(connection, name) is not None:
                raise InputError("runner_exists", values={"runner": name})
            insert_runner(connection, name, profile=profile, at=at)
        return self.runner(name)

    def save_profile(self, runner: StoredRunner, profile: UserProfile, *, at: datetime) -> None:
        """Replace what is known of `runner`; what is None in `profile` is unknown from now on."""
        change = (
            update(schema.runner)
            .where(schema.runner.c.runner_id == runner.runner_id)
            .values(**profile_values(profile), profile_at=at)
        )
        with writing(self._engine) as connection:
            connection.execute(change)

    # Activities

    def has_original(self, runner: StoredRunner, sha256: str) -> bool:
        """Whether this runner's store holds a file of exactly this content."""
        query = select(schema.original.c.sha256).where(
            schema.original.c.runner_id == runner.runner_id, schema.original.c.sha256 == sha256
        )
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def original_hashes(self, runner: StoredRunner) -> frozenset[str]:
        """SHA-256 of every file content this runner has stored."""
        query = select(schema.original.c.sha256).where(
            schema.original.c.runner_id == runner.runner_id
        )
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def activity_ids(self, runner: StoredRunner, sha256: str) -> tuple[int, ...]:
        """Activities of the file of this content, in the order of its sessions."""
        with reading(self._engine) as connection:
            return activity_ids_of(connection, runner.runner_id, sha256)

    def add_reading(
        self,
        runner: StoredRunner,
        packed: PackedReading,
        *,
        at: datetime,
        stamp: str | None = None,
    ) -> AddedReading:
        """Store one file with all its activities, metrics and weather, or nothing.

        Content that this runner has stored before is left alone and its activities are returned;
        only a title or weather that they lack is filled in. Another recording of a run that is
        stored already is linked with it.
        """
        with writing(self._engine) as connection:
            ids = activity_ids_of(connection, runner.runner_id, packed.sha256)
            is_new = not ids
            if is_new:
                ids = insert_reading(connection, runner.runner_id, packed, at=at, stamp=stamp)
            if packed.about is not None:
                self._fill_in(connection, runner, ids, packed.about, at=at, stamp=stamp)
            linked = link_twins(connection, runner.runner_id, ids, stamp=stamp) if is_new else ()
        return AddedReading(activity_ids=ids, is_new=is_new, linked=linked)

    def tell_about(
        self,
        runner: StoredRunner,
        sha256: str,
        about: PackedAbout,
        *,
        at: datetime,
        stamp: str | None = None,
    ) -> tuple[int, ...]:
        """Fill in a title or weather that the activities of a stored file lack; their ids."""
        with writing(self._engine) as connection:
            ids = activity_ids_of(connection, runner.runner_id, sha256)
            self._fill_in(connection, runner, ids, about, at=at, stamp=stamp)
        return ids

    def _fill_in(
        self,
        connection: Connection,
        runner: StoredRunner,
        ids: Iterable[int],
        about: PackedAbout,
        *,
        at: datetime,
        stamp: str | None,
    ) -> None:
        """Tell activities what an archive says of their file."""
        for activity_id in ids:
            fill_in(connection, runner.runner_id, activity_id, about, at=at, stamp=stamp)

    def original(self, runner: StoredRunner, sha256: str) -> bytes:
        """The bytes of a stored file, as they were read."""
        from uncramp.store.blobs import unpack_original

        table = schema.original_content
        query = select(table.c.compression, table.c.content).where(
            table.c.runner_id == runner.runner_id, table.c.sha256 == sha256
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("unknown_original", values={"runner": runner.name})
        return unpack_original(row.compression, row.content)

    def originals(self, runner: StoredRunner) -> Iterator[StoredOriginal]:
        """Every stored file of `runner`, one at a time, in the order of import."""
        table = schema.original
        query = (
            select(table.c.sha256, table.c.file_name, table.c.file_format)
            .where(table.c.runner_id == runner.runner_id)
            .order_by(table.c.imported_at, table.c.sha256)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        for row in rows:
            yield StoredOriginal(*row, content=self.original(runner, row.sha256))

    def activities(
        self,
        runner: StoredRunner,
        *,
        with_excluded: bool = True,
        with_duplicates: bool = False,
        between: tuple[datetime, datetime] | None = None,
    ) -> list[ActivityRow]:
        """Every activity of `runner`, oldest first; those without a start time come before.

        Of several recordings of one run only the one that counts, unless `with_duplicates`.
        `between` leaves those that began from the first moment on and before the second.
        """
        query = LISTED_ACTIVITIES
        key: dict[str, object] = {"of_runner": runner.runner_id}
        if between is not None:
            first, end = between
            query, key = ACTIVITIES_BETWEEN, {**key, "first": first, "end": end}
        with reading(self._engine) as connection:
            rows = connection.execute(query, key).all()
        return [
            row
            for row in activity_rows_from(rows)
            if (with_excluded or not row.excluded) and (with_duplicates or row.duplicate_of is None)
        ]

    def activity_row(self, runner: StoredRunner, activity_id: int) -> ActivityRow:
        """The summary of one activity; NotFoundError `unknown_run` when there is none."""
        with reading(self._engine) as connection:
            row = one_activity(connection, runner, activity_id)
        return activity_rows_from([row])[0]

    def activity(self, runner: StoredRunner, activity_id: int) -> tuple[ActivityRow, Activity]:
        """One activity whole: summary, time, every channel and laps."""
        key = {"of_runner": runner.runner_id, "of_activity": activity_id}
        with reading(self._engine) as connection:
            row = one_activity(connection, runner, activity_id)
            streams = connection.execute(STREAMS, key).all()
            laps = connection.execute(LAPS, key).all()
        return activity_rows_from([row])[0], activity_from(row, streams=streams, laps=laps)

    def linked_to(self, runner: StoredRunner, activity_id: int) -> list[ActivityRow]:
        """Further recordings of the run that `activity_id` is the counting recording of."""
        key = {"of_runner": runner.runner_id, "of_activity": activity_id}
        with reading(self._engine) as connection:
            return activity_rows_from(connection.execute(LINKED_ACTIVITIES, key).all())

    def streams(
        self, runner: StoredRunner, activity_id: int, *, channels: Iterable[str] | None = None
    ) -> dict[str, Stream]:
        """Channels of one activity by name (`time_s` among them), all or the chosen ones."""
        key: dict[str, Any] = {"of_runner": runner.runner_id, "of_activity": activity_id}
        query = STREAMS
        if channels is not None:
            query, key["channels"] = CHOSEN_STREAMS, list(channels)
        with reading(self._engine) as connection:
            return streams_from(connection.execute(query, key).all())

    def laps(self, runner: StoredRunner, activity_id: int) -> tuple[Lap, ...]:
        """Laps of one activity, in order."""
        key = {"of_runner": runner.runner_id, "of_activity": activity_id}
        with reading(self._engine) as connection:
            return tuple(lap_from(row) for row in connection.execute(LAPS, key))

    def set_title(self, runner: StoredRunner, activity_id: int, title: str | None) -> None:
        """Name an activity; a name that the runner gave is the runner's, not an import's."""
        fill = schema.import_fill
        with self._about(runner, activity_id) as connection:
            set_columns(connection, runner.runner_id, activity_id, {"title": title})
            connection.execute(
                delete(fill).where(
                    fill.c.runner_id == runner.runner_id,
                    fill.c.activity_id == activity_id,
                    fill.c.field == TITLE,
                )
            )

    def set_excluded(
        self,
        runner: StoredRunner,
        activity_id: int,
        excluded: bool,  # noqa: FBT001  (what is set)
    ) -> None:
        """Keep an activity out of everything that looks at the history, or let it count again."""
        with self._about(runner, activity_id) as connection:
            set_columns(connection, runner.runner_id, activity_id, {"excluded": excluded})

    def link(self, runner: StoredRunner, activity_id: int, *, duplicate_of: int) -> None:
        """Say that two activities are recordings of one run, of which `duplicate_of` counts.

        What is known of the one is told of the other where it lacks. InputError `same_run` for one
        activity given twice.
        """
        with self._about(runner, activity_id) as connection:
            one_activity(connection, runner, duplicate_of)
            join(connection, runner.runner_id, duplicate=activity_id, keeper=duplicate_of)

    def unlink(self, runner: StoredRunner, activity_id: int) -> tuple[int, ...]:
        """Part an activity from the run it is linked to, or from all that are linked to it.

        Returns the activities that count by themselves again.
        """
        with self._about(runner, activity_id) as connection:
            return separate(connection, runner.runner_id, activity_id)

    def save_metrics(
        self,
        runner: StoredRunner,
        activity_id: int,
        metrics: Mapping[str, Any],
        *,
        version: str,
    ) -> None:
        """Keep what was computed of one activity (plain JSON), in place of what was there."""
        key = {"runner_id": runner.runner_id, "activity_id": activity_id}
        values = {"version": version, "metrics": dict(metrics)}
        with self._about(runner, activity_id) as connection:
            put(connection, schema.metrics, key=key, values=values)

    def metrics(
        self, runner: StoredRunner, only: Sequence[int] | None = None
    ) -> dict[int, StoredMetrics]:
        """What was computed of each activity (of those in `only`), by id; some may have none."""
        with reading(self._engine) as connection:
            return all_metrics(connection, runner.runner_id, only)

    def save_weather(self, runner: StoredRunner, weather: StoredWeather) -> None:
        """Keep what one source says of the weather, in place of what it said before."""
        with self._about(runner, weather.activity_id) as connection:
            put_weather(connection, runner.runner_id, weather)

    def weather(
        self, runner: StoredRunner, only: int | None = None
    ) -> dict[int, list[StoredWeather]]:
        """The weather of each activity (or of `only` one) by id, from every source there is."""
        with reading(self._engine) as connection:
            return all_weather(connection, runner.runner_id, only)

    def save_mark(self, runner: StoredRunner, mark: CrampMark) -> None:
        """Keep what the runner says of one activity, in place of what they said before."""
        with self._about(runner, mark.activity_id) as connection:
            put_mark(connection, runner.runner_id, mark)

    def remove_mark(self, runner: StoredRunner, activity_id: int) -> None:
        """Take back what the runner said of one activity; nothing said is no error."""
        table = schema.cramp_mark
        with self._about(runner, activity_id) as connection:
            connection.execute(
                delete(table).where(
                    table.c.runner_id == runner.runner_id, table.c.activity_id == activity_id
                )
            )

    def marks(self, runner: StoredRunner) -> dict[int, CrampMark]:
        """What the runner says of cramps, by activity id."""
        with reading(self._engine) as connection:
            return all_marks(connection, runner.runner_id)

    @contextmanager
    def _about(self, runner: StoredRunner, activity_id: int) -> Iterator[Connection]:
        """A transaction about one activity; NotFoundError `unknown_run` when there is none."""
        with writing(self._engine) as connection:
            one_activity(connection, runner, activity_id)
            yield connection

    # Imports

    def import_stamps(self, runner: StoredRunner) -> list[ImportRun]:
        """Imports of which anything is stored, oldest first."""
        with reading(self._engine) as connection:
            return import_runs(connection, runner.runner_id)

    def undo_import(self, runner: StoredRunner, stamp: str) -> int:
        """Remove exactly what one import added; how many activities that were.

        Ledger lines stay and point to no activity. NotFoundError `unknown_import`.
        """
        with writing(self._engine) as connection:
            n_removed = take_back(connection, runner.runner_id, stamp)
        if n_removed is None:
            known = ", ".join(run.stamp for run in self.import_stamps(runner)[-3:]) or "–"
            values = {"stamp": stamp, "runner": runner.name, "known": known}
            raise NotFoundError("unknown_import", values=values)
        return n_removed

    def erase_runner(self, runner: StoredRunner) -> None:
        """Remove a runner with everything stored about them, from the database file too."""
        with writing(self._engine) as connection:
            erase(connection, runner.runner_id)
        self._mirror_open_flags()
        forget_deleted(self._engine)

    # Settings, and what was fetched before

    def setting(self, name: str) -> str | None:
        """What the setting `name` was set to, for all runners; None when it never was."""
        table = schema.setting
        query = select(table.c.value).where(table.c.name == name)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def set_setting(self, name: str, value: str | None) -> None:
        """Set `name`; None takes the setting away."""
        table = schema.setting
        with writing(self._engine) as connection:
            if value is None:
                connection.execute(delete(table).where(table.c.name == name))
            else:
                put(connection, table, key={"name": name}, values={"value": value})

    def cached(self, kind: str, key: str) -> bytes | None:
        """What was fetched before under this key, for all runners."""
        table = schema.cache
        query = select(table.c.content).where(table.c.kind == kind, table.c.key == key)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def cache(self, kind: str, key: str, content: bytes, *, at: datetime) -> None:
        """Keep what was fetched, in place of what was fetched before."""
        with writing(self._engine) as connection:
            values = {"content": content, "at": at}
            put(connection, schema.cache, key={"kind": kind, "key": key}, values=values)

    # Answers and advice

    def save_answers(
        self, runner: StoredRunner, activity_id: int | None, answers: Answers, *, at: datetime
    ) -> None:
        """Keep answers about one activity (None: about no particular one).

        They replace earlier answers to the same questions; answers to other questions stay, with
        the moment at which they were given.
        """
        table = schema.cramp_answers
        key = {"runner_id": runner.runner_id, "activity_id": activity_id}
        rows = [
            {"question_id": question, "answer": answer, "at": at}
            for question, answer in answers.items()
        ]
        with writing(self._engine) as connection:
            connection.execute(
                delete(table).where(
                    table.c.runner_id == runner.runner_id,
                    table.c.activity_id.is_not_distinct_from(activity_id),
                    table.c.question_id.in_(list(answers)),
                )
            )
            insert_all(connection, table, rows, key=key)

    def answers(self, runner: StoredRunner, activity_id: int | None) -> dict[str, StoredAnswer]:
        """Saved answers by question id, with when they were given; empty when there are none."""
        table = schema.cramp_answers
        query = (
            select(table.c.question_id, table.c.answer, table.c.at)
            .where(
                table.c.runner_id == runner.runner_id,
                table.c.activity_id.is_not_distinct_from(activity_id),
            )
            .order_by(table.c.answer_id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return {
            row.question_id: StoredAnswer(
                answer=tuple(row.answer) if isinstance(row.answer, list) else row.answer, at=row.at
            )
            for row in rows
        }

    def count_answers(self, runner: StoredRunner) -> int:
        """How many answers of `runner` are saved, about runs and about none."""
        table = schema.cramp_answers
        query = select(func.count()).where(table.c.runner_id == runner.runner_id)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def forget_answers(self, runner: StoredRunner, questions: Sequence[str]) -> None:
        """Take back every answer of `runner` to these questions, in interviews under way too."""
        table = schema.cramp_answers
        with writing(self._engine) as connection:
            connection.execute(
                delete(table).where(
                    table.c.runner_id == runner.runner_id, table.c.question_id.in_(list(questions))
                )
            )
            for draft in all_drafts(connection, runner):
                put_draft(connection, runner, without_answers(draft, questions))

    def save_advice(
        self,
        runner: StoredRunner,
        *,
        verb: str,
        activity_id: int | None,
        at: datetime,
        inputs: Mapping[str, object],
        result: Mapping[str, object],
        text: str,
        package_version: str,
        model_version: str,
        evidence_version: str,
        stops: Sequence[str] = (),
        locks: Sequence[str] = (),
    ) -> int:
        """A line in the ledger and the flags it raised, in one transaction; the line's id.

        `inputs` and `result` hold plain JSON values only (`uncramp.envelope.plain` makes them).
        """
        with writing(self._engine) as connection:
            advice_id = insert_advice(
                connection,
                runner_id=runner.runner_id,
                verb=verb,
                activity_id=activity_id,
                at=at,
                inputs=dict(inputs),
                result=dict(result),
                text=text,
                package_version=package_version,
                model_version=model_version,
                evidence_version=evidence_version,
                journal_key=None,
            )
            open_flags_in(
                connection, runner.runner_id, stops=stops, locks=locks, at=at, advice_id=advice_id
            )
            self._mirror_open_flags(connection)
        return advice_id

    def advice(self, runner: StoredRunner) -> list[AdviceRow]:
        """The runner's ledger, oldest first."""
        table = schema.advice
        query = (
            select(table)
            .where(table.c.runner_id == runner.runner_id)
            .order_by(table.c.at, table.c.advice_id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [advice_from(row) for row in rows]

    def advice_row(self, runner: StoredRunner, advice_id: int) -> AdviceRow:
        """One line of the ledger; NotFoundError `unknown_answer` when there is none."""
        table = schema.advice
        query = select(table).where(
            table.c.runner_id == runner.runner_id, table.c.advice_id == advice_id
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("unknown_answer", values={"runner": runner.name})
        return advice_from(row)

    # Interviews under way

    def add_draft(
        self,
        runner: StoredRunner,
        activity_id: int | None,
        answers: Mapping[str, StoredAnswer],
        *,
        started_at: datetime,
        updated_at: datetime,
    ) -> int:
        """A new interview about one activity (None: about none that is stored); its number."""
        with writing(self._engine) as connection:
            return insert_draft(
                connection,
                runner,
                activity_id,
                answers,
                started_at=started_at,
                updated_at=updated_at,
            )

    def draft(self, runner: StoredRunner, draft_id: int) -> DraftRow:
        """One interview; NotFoundError `unknown_draft` when there is none."""
        with reading(self._engine) as connection:
            return one_draft(connection, runner, draft_id)

    def drafts(self, runner: StoredRunner) -> list[DraftRow]:
        """Every interview of `runner`, ended ones too, the one changed last first."""
        with reading(self._engine) as connection:
            return all_drafts(connection, runner)

    def change_draft(
        self, runner: StoredRunner, draft_id: int, change: Callable[[DraftRow], DraftRow]
    ) -> DraftRow:
        """What `change` makes of an interview, kept; nobody else changes it in between."""
        with writing(self._engine) as connection:
            changed = change(one_draft(connection, runner, draft_id))
            put_draft(connection, runner, changed)
        return changed

    # Flags

    def flags(self, runner: StoredRunner) -> list[FlagRow]:
        """Every stop and lock ever opened for `runner`, cleared ones too, oldest first."""
        query = (
            select(schema.flag)
            .where(schema.flag.c.runner_id == runner.runner_id)
            .order_by(schema.flag.c.opened_at, schema.flag.c.flag_number)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [flag_from(row) for row in rows]

    def open_flags(self, runner: StoredRunner) -> list[FlagRow]:
        """Stops and locks of `runner` that nobody has cleared; every advising verb asks first."""
        return [flag for flag in self.flags(runner) if flag.cleared_on is None]

    def open_flag(
        self,
        runner: StoredRunner,
        *,
        flag_id: str,
        kind: FlagKind,
        at: datetime,
        advice_id: int | None = None,
    ) -> None:
        """Open a stop or a lock; one that is open already stays as it is."""
        stops, locks = ((flag_id,), ()) if kind == "stop" else ((), (flag_id,))
        with writing(self._engine) as connection:
            open_flags_in(
                connection, runner.runner_id, stops=stops, locks=locks, at=at, advice_id=advice_id
            )
            self._mirror_open_flags(connection)

    def clear_flag(
        self,
        runner: StoredRunner,
        *,
        flag_id: str,
        kind: FlagKind,
        cleared_on: date,
        note: str | None,
    ) -> bool:
        """Close an open stop or lock with a dated clearance; False when none was open."""
        table = schema.flag
        change = (
            update(table)
            .where(
                table.c.runner_id == runner.runner_id,
                table.c.flag_id == flag_id,
                table.c.kind == kind,
                table.c.cleared_on.is_(None),
            )
            .values(cleared_on=cleared_on, clearance_note=note)
        )
        with writing(self._engine) as connection:
            n_closed = connection.execute(change).rowcount
        self._mirror_open_flags()
        return n_closed > 0

    def _mirror_open_flags(self, connection: Connection | None = None) -> None:
        """Write the mirror.

        With a `connection`, before its transaction ends: a crash in between leaves a flag too
        many in the mirror, never one too few. Clearing therefore mirrors after its transaction.
        Without one, it is written in a transaction of its own, and only when it says something
        else: who reads first and writes later could put back what was true before.
        """
        if connection is not None:
            opened = open_ids(connection)
            with folder_trouble():
                mirror.write_mirror(self._folder, opened)
            return
        with reading(self._engine) as fresh:
            opened = open_ids(fresh)
        if not mirror.mirror_says(self._folder, opened):
            with writing(self._engine) as alone:
                self._mirror_open_flags(alone)

    def _take_in_journal(self) -> None:
        """Move what `now` noted into the ledger and open its flags; unknown runners are added."""
        for part in mirror.journal_parts(self._folder):
            try:
                content = part.read_bytes()
            except FileNotFoundError:  # another process took it in
                continue
            self._take_in_lines(content)
            late = mirror.remove_part(part, n_bytes=len(content))
            if late:
                self._take_in_lines(late)

    def _take_in_lines(self, content: bytes) -> None:
        """Journal lines into the ledger; those that cannot be read are set aside."""
        entries, unread = mirror.read_journal(content)
        with writing(self._engine) as connection:
            for entry in entries:
                take_in(connection, entry)
            self._mirror_open_flags(connection)
        mirror.set_aside(self._folder, unread)
