"""The store: every question asked of the database, and every change made to it.

All methods but the ones about runners take a `StoredRunner` first, so that no query can reach
another runner's rows. Writing methods are one transaction each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Connection, Engine, delete, select, update

from uncramp import __version__
from uncramp.errors import InputError, NotFoundError
from uncramp.store import mirror, schema
from uncramp.store.changes import (
    CHOSEN_STREAMS,
    LAPS,
    LISTED_ACTIVITIES,
    STREAMS,
    activity_ids_of,
    insert_advice,
    insert_all,
    insert_original,
    insert_runner,
    one_activity,
    open_flags_in,
    open_ids,
    reserve_activity_ids,
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
    back_up,
    folder_trouble,
    make_engine,
    make_private_folder,
    reading,
    use_write_ahead_log,
    writing,
)
from uncramp.store.migrations import MIGRATIONS, Migration, applied_number, apply_pending
from uncramp.store.rows import (
    ActivityRow,
    AddedReading,
    AdviceRow,
    FlagKind,
    FlagRow,
    StoredAnswer,
    StoredRunner,
)
from uncramp.vocabulary import Activity, Answers, Lap, Stream, UserProfile

if TYPE_CHECKING:
    from uncramp.store.packing import PackedReading

__all__ = ["Store"]


class Store:
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
        self, runner: StoredRunner, packed: PackedReading, *, at: datetime
    ) -> AddedReading:
        """Store one file with all its activities, or nothing.

        Content that this runner has stored before is left alone and its activities are returned.
        """
        with writing(self._engine) as connection:
            known = activity_ids_of(connection, runner.runner_id, packed.sha256)
            if known:
                return AddedReading(activity_ids=known, is_new=False)
            insert_original(connection, runner.runner_id, packed, at=at)
            first = reserve_activity_ids(connection, runner.runner_id, len(packed.activities))
            for activity_id, one in enumerate(packed.activities, start=first):
                key = {"runner_id": runner.runner_id, "activity_id": activity_id}
                origin = {
                    "original_sha256": packed.sha256,
                    "decoder_version": packed.decoder_version,
                    "imported_at": at,
                }
                insert_all(connection, schema.activity, [one.summary], key={**key, **origin})
                insert_all(connection, schema.stream, one.streams, key=key)
                insert_all(connection, schema.lap, one.laps, key=key)
        ids = tuple(range(first, first + len(packed.activities)))
        return AddedReading(activity_ids=ids, is_new=True)

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

    def activities(self, runner: StoredRunner) -> list[ActivityRow]:
        """Every activity of `runner`, oldest first; those without a start time come before."""
        with reading(self._engine) as connection:
            rows = connection.execute(LISTED_ACTIVITIES, {"of_runner": runner.runner_id}).all()
        return activity_rows_from(rows)

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
        """
        if connection is None:
            with reading(self._engine) as fresh:
                opened = open_ids(fresh)
        else:
            opened = open_ids(connection)
        with folder_trouble():
            mirror.write_mirror(self._folder, opened)

    def _take_in_journal(self) -> None:
        """Move what `now` noted into the ledger and open its flags; unknown runners are added."""
        for part in mirror.journal_parts(self._folder):
            try:
                content = part.read_bytes()
            except FileNotFoundError:  # another process took it in
                continue
            entries, unread = mirror.read_journal(content)
            with writing(self._engine) as connection:
                for entry in entries:
                    take_in(connection, entry)
                self._mirror_open_flags(connection)
            mirror.set_aside(self._folder, unread)
            mirror.remove_part(part, n_bytes=len(content))


def bring_up_to_date(engine: Engine, *, steps: tuple[Migration, ...], at: datetime) -> None:
    """Run the migrations that are missing, after a backup when there is something to lose."""
    newest = steps[-1].number
    with reading(engine) as connection:
        applied = applied_number(connection, newest=newest)
    if applied == newest:
        return
    if applied:
        back_up(engine, ending=f"before-{newest}")
    else:
        use_write_ahead_log(engine)
    with writing(engine) as connection:
        apply_pending(connection, steps=steps, at=at, package_version=__version__)
