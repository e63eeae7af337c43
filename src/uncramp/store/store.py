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

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from uncramp import __version__
from uncramp.errors import InputError, NotFoundError
from uncramp.store import mirror, schema
from uncramp.store.database import (
    back_up,
    make_engine,
    make_private_folder,
    reading,
    use_write_ahead_log,
    writing,
)
from uncramp.store.migrations import MIGRATIONS, Migration, applied_number, apply_pending
from uncramp.store.names import kept_name
from uncramp.store.rows import (
    ActivityRow,
    AddedReading,
    AdviceRow,
    FlagKind,
    FlagRow,
    StoredRunner,
)
from uncramp.vocabulary import Activity, Answers, Lap, QualityFlag, Sex, Stream, UserProfile

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
            connection.execute(
                insert(schema.original).values(
                    runner_id=runner.runner_id,
                    sha256=packed.sha256,
                    file_name=kept_name(packed.file_name),
                    file_format=packed.file_format,
                    compression=packed.compression,
                    content=packed.content,
                    imported_at=at,
                )
            )
            first = reserve_activity_ids(connection, runner.runner_id, len(packed.activities))
            for offset, one in enumerate(packed.activities):
                key = {"runner_id": runner.runner_id, "activity_id": first + offset}
                connection.execute(
                    insert(schema.activity).values(
                        **key,
                        **one.summary,
                        original_sha256=packed.sha256,
                        decoder_version=packed.decoder_version,
                        imported_at=at,
                    )
                )
                insert_all(connection, insert(schema.stream), one.streams, key=key)
                insert_all(connection, insert(schema.lap), one.laps, key=key)
        ids = tuple(range(first, first + len(packed.activities)))
        return AddedReading(activity_ids=ids, is_new=True)

    def original(self, runner: StoredRunner, sha256: str) -> bytes:
        """The bytes of a stored file, as they were read."""
        from uncramp.store.blobs import unpack_original

        query = select(schema.original.c.compression, schema.original.c.content).where(
            schema.original.c.runner_id == runner.runner_id, schema.original.c.sha256 == sha256
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("unknown_original", values={"runner": runner.name})
        return unpack_original(row.compression, row.content)

    def activities(self, runner: StoredRunner) -> list[ActivityRow]:
        """Every activity of `runner`, oldest first; those without a start time come before."""
        query = activity_query(runner).order_by(
            schema.activity.c.start_utc.asc().nulls_first(), schema.activity.c.activity_id
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [activity_row_from(row) for row in rows]

    def activity_row(self, runner: StoredRunner, activity_id: int) -> ActivityRow:
        """The summary of one activity; NotFoundError `unknown_run` when there is none."""
        query = activity_query(runner).where(schema.activity.c.activity_id == activity_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(
                "unknown_run", values={"reference": str(activity_id), "runner": runner.name}
            )
        return activity_row_from(row)

    def activity(self, runner: StoredRunner, activity_id: int) -> tuple[ActivityRow, Activity]:
        """One activity whole: summary, time, every channel and laps."""
        row = self.activity_row(runner, activity_id)
        streams = self.streams(runner, activity_id)
        time = streams.pop("time_s")
        more = self._more(runner, activity_id)
        return row, Activity(
            sport=row.sport,
            sub_sport=row.sub_sport,
            session_index=row.session_index,
            start_utc=row.start_utc,
            utc_offset_s=row.utc_offset_s,
            elapsed_s=row.elapsed_s,
            moving_s=row.moving_s,
            distance_m=row.distance_m,
            ascent_m=row.ascent_m,
            descent_m=row.descent_m,
            n_records=row.n_records,
            mean_heart_rate_bpm=row.mean_heart_rate_bpm,
            reported_sweat_loss_l=row.reported_sweat_loss_l,
            device=row.device,
            device_serial=more.device_serial,
            file_created_utc=more.file_created_utc,
            profile=None if more.profile is None else watch_profile_from(more.profile),
            time_s=time.physical(),
            streams=streams,
            laps=self.laps(runner, activity_id),
            flags=row.flags,
        )

    def _more(self, runner: StoredRunner, activity_id: int) -> Row[Any]:
        """What only the whole activity needs of its row."""
        query = select(
            schema.activity.c.device_serial,
            schema.activity.c.file_created_utc,
            schema.activity.c.profile,
        ).where(
            schema.activity.c.runner_id == runner.runner_id,
            schema.activity.c.activity_id == activity_id,
        )
        with reading(self._engine) as connection:
            return connection.execute(query).one()

    def streams(
        self, runner: StoredRunner, activity_id: int, *, channels: Iterable[str] | None = None
    ) -> dict[str, Stream]:
        """Channels of one activity by name (`time_s` among them), all or the chosen ones."""
        from uncramp.store.blobs import PackedStream, unpack_stream

        query = select(schema.stream).where(
            schema.stream.c.runner_id == runner.runner_id,
            schema.stream.c.activity_id == activity_id,
        )
        if channels is not None:
            query = query.where(schema.stream.c.channel.in_(tuple(channels)))
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return {
            row.channel: unpack_stream(
                PackedStream(
                    channel=row.channel,
                    dtype=row.dtype,
                    n_values=row.n_values,
                    scale=row.scale,
                    offset=row.offset,
                    null_bits=row.null_bits,
                    content=row.content,
                )
            )
            for row in rows
        }

    def laps(self, runner: StoredRunner, activity_id: int) -> tuple[Lap, ...]:
        """Laps of one activity, in order."""
        query = (
            select(schema.lap)
            .where(
                schema.lap.c.runner_id == runner.runner_id,
                schema.lap.c.activity_id == activity_id,
            )
            .order_by(schema.lap.c.lap_index)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(
            Lap(
                start_s=row.start_s,
                elapsed_s=row.elapsed_s,
                timer_s=row.timer_s,
                distance_m=row.distance_m,
            )
            for row in rows
        )

    # Answers and advice

    def save_answers(
        self, runner: StoredRunner, activity_id: int | None, answers: Answers, *, at: datetime
    ) -> None:
        """Replace the answers about one activity (None: about no particular one)."""
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
                )
            )
            insert_all(connection, insert(table), rows, key=key)

    def answers(self, runner: StoredRunner, activity_id: int | None) -> dict[str, Any]:
        """Saved answers by question id, of the type `Answers`; empty when there are none."""
        table = schema.cramp_answers
        query = (
            select(table.c.question_id, table.c.answer)
            .where(
                table.c.runner_id == runner.runner_id,
                table.c.activity_id.is_not_distinct_from(activity_id),
            )
            .order_by(table.c.answer_id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return {
            row.question_id: tuple(row.answer) if isinstance(row.answer, list) else row.answer
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
        return [
            AdviceRow(
                advice_id=row.advice_id,
                verb=row.verb,
                activity_id=row.activity_id,
                at=row.at,
                inputs=row.inputs,
                result=row.result,
                package_version=row.package_version,
                model_version=row.model_version,
                evidence_version=row.evidence_version,
                text=row.text,
            )
            for row in rows
        ]

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


def take_in(connection: Connection, entry: mirror.JournalEntry) -> None:
    """One journal entry, unless it has been taken in before."""
    runner_id = runner_id_of(connection, entry.runner)
    if runner_id is None:
        runner_id = insert_runner(connection, entry.runner, profile=None, at=entry.at)
    seen = select(schema.advice.c.advice_id).where(
        schema.advice.c.runner_id == runner_id, schema.advice.c.journal_key == entry.key
    )
    if connection.execute(seen).first() is not None:
        return
    advice_id = insert_advice(
        connection,
        runner_id=runner_id,
        verb="now",
        activity_id=None,
        at=entry.at,
        inputs=entry.inputs,
        result=entry.result,
        text=entry.text,
        package_version=entry.package_version,
        model_version=entry.model_version,
        evidence_version=entry.evidence_version,
        journal_key=entry.key,
    )
    open_flags_in(
        connection,
        runner_id,
        stops=entry.stops,
        locks=entry.locks,
        at=entry.at,
        advice_id=advice_id,
    )


def runner_id_of(connection: Connection, name: str) -> int | None:
    """Key of the runner called `name`."""
    query = select(schema.runner.c.runner_id).where(schema.runner.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def insert_runner(
    connection: Connection, name: str, *, profile: UserProfile | None, at: datetime
) -> int:
    """A new runner's key."""
    statement = insert(schema.runner).values(
        name=name,
        added_at=at,
        last_activity_id=0,
        profile_at=None if profile is None else at,
        **profile_values(profile or UserProfile()),
    )
    return inserted_key(connection.execute(statement).inserted_primary_key)


def insert_advice(
    connection: Connection,
    *,
    runner_id: int,
    verb: str,
    activity_id: int | None,
    at: datetime,
    inputs: dict[str, Any],
    result: dict[str, Any],
    text: str,
    package_version: str,
    model_version: str,
    evidence_version: str,
    journal_key: str | None,
) -> int:
    """A ledger line's key."""
    statement = insert(schema.advice).values(
        runner_id=runner_id,
        verb=verb,
        activity_id=activity_id,
        at=at,
        inputs=inputs,
        result=result,
        text=text,
        package_version=package_version,
        model_version=model_version,
        evidence_version=evidence_version,
        journal_key=journal_key,
    )
    return inserted_key(connection.execute(statement).inserted_primary_key)


def inserted_key(key: Row[Any] | None) -> int:
    """The number the database gave a new row."""
    assert key is not None  # noqa: S101  (both databases return it for a one-row insert)
    return int(key[0])


def insert_all(
    connection: Connection,
    statement: Any,
    rows: Sequence[Mapping[str, object]],
    *,
    key: Mapping[str, object],
) -> None:
    """Insert `rows`, each with `key` added; an empty list inserts nothing."""
    if rows:
        connection.execute(statement, [{**key, **row} for row in rows])


def open_flags_in(
    connection: Connection,
    runner_id: int,
    *,
    stops: Sequence[str],
    locks: Sequence[str],
    at: datetime,
    advice_id: int | None,
) -> None:
    """Open the flags that are not open yet."""
    table = schema.flag
    query = select(table.c.kind, table.c.flag_id).where(
        table.c.runner_id == runner_id, table.c.cleared_on.is_(None)
    )
    wanted = [("stop", flag) for flag in stops] + [("lock", flag) for flag in locks]
    known = {(row.kind, row.flag_id) for row in connection.execute(query)} if wanted else set()
    rows = [
        {"kind": kind, "flag_id": flag_id}
        for kind, flag_id in dict.fromkeys(wanted)
        if (kind, flag_id) not in known
    ]
    insert_all(
        connection,
        insert(table),
        rows,
        key={"runner_id": runner_id, "opened_at": at, "advice_id": advice_id},
    )


def open_ids(connection: Connection) -> dict[str, dict[str, list[str]]]:
    """Open flags of every runner that has any, as the mirror says them."""
    query = (
        select(schema.runner.c.name, schema.flag.c.kind, schema.flag.c.flag_id)
        .join_from(schema.flag, schema.runner)
        .where(schema.flag.c.cleared_on.is_(None))
        .order_by(schema.runner.c.name, schema.flag.c.flag_id)
    )
    result: dict[str, dict[str, list[str]]] = {}
    for name, kind, flag_id in connection.execute(query):
        result.setdefault(name, {"stops": [], "locks": []})[f"{kind}s"].append(flag_id)
    return result


def activity_ids_of(connection: Connection, runner_id: int, sha256: str) -> tuple[int, ...]:
    """Activities that came from the file of this content, in the order of its sessions."""
    table = schema.activity
    query = (
        select(table.c.activity_id)
        .where(table.c.runner_id == runner_id, table.c.original_sha256 == sha256)
        .order_by(table.c.session_index)
    )
    return tuple(connection.execute(query).scalars())


def reserve_activity_ids(connection: Connection, runner_id: int, n_ids: int) -> int:
    """The first of `n_ids` new activity ids; the change locks the runner's row until the end."""
    table = schema.runner
    connection.execute(
        update(table)
        .where(table.c.runner_id == bindparam("of_runner"))
        .values(last_activity_id=table.c.last_activity_id + bindparam("n_ids")),
        {"of_runner": runner_id, "n_ids": n_ids},
    )
    query = select(table.c.last_activity_id).where(table.c.runner_id == runner_id)
    last: int = connection.execute(query).scalar_one()
    return last - n_ids + 1


ACTIVITY_COLUMNS = (
    *(
        column
        for column in schema.activity.c
        if column.name not in {"runner_id", "device_serial", "file_created_utc", "profile"}
    ),
    schema.original.c.file_name,
    schema.original.c.file_format,
)


def activity_query(runner: StoredRunner) -> Select[Any]:
    """Summaries of this runner's activities with the name of the file each came from."""
    return (
        select(*ACTIVITY_COLUMNS)
        .join_from(schema.activity, schema.original)
        .where(schema.activity.c.runner_id == runner.runner_id)
    )


def activity_row_from(row: Row[Any]) -> ActivityRow:
    """A summary out of one row of `activity_query`."""
    return ActivityRow(
        activity_id=row.activity_id,
        sport=row.sport,
        sub_sport=row.sub_sport,
        session_index=row.session_index,
        start_utc=row.start_utc,
        utc_offset_s=row.utc_offset_s,
        elapsed_s=row.elapsed_s,
        moving_s=row.moving_s,
        distance_m=row.distance_m,
        ascent_m=row.ascent_m,
        descent_m=row.descent_m,
        n_records=row.n_records,
        mean_heart_rate_bpm=row.mean_heart_rate_bpm,
        reported_sweat_loss_l=row.reported_sweat_loss_l,
        device=row.device,
        flags=tuple(
            QualityFlag(code=code, kind=kind, detail=detail) for code, kind, detail in row.flags
        ),
        source_file=row.file_name,
        file_format=row.file_format,
        sha256=row.original_sha256,
        decoder_version=row.decoder_version,
        imported_at=row.imported_at,
    )


def runner_from(row: Row[Any]) -> StoredRunner:
    """A runner out of one row of the runner table."""
    return StoredRunner(
        runner_id=row.runner_id,
        name=row.name,
        profile=UserProfile(
            sex=None if row.sex is None else Sex(row.sex),
            age_y=row.age_y,
            height_cm=row.height_cm,
            body_mass_kg=row.body_mass_kg,
        ),
        added_at=row.added_at,
        profile_at=row.profile_at,
    )


def flag_from(row: Row[Any]) -> FlagRow:
    """A flag out of one row of the flag table."""
    return FlagRow(
        flag_number=row.flag_number,
        flag_id=row.flag_id,
        kind=row.kind,
        opened_at=row.opened_at,
        advice_id=row.advice_id,
        cleared_on=row.cleared_on,
        clearance_note=row.clearance_note,
    )


def profile_values(profile: UserProfile) -> dict[str, Any]:
    """A profile as columns of the runner table."""
    return {
        "sex": None if profile.sex is None else profile.sex.value,
        "age_y": profile.age_y,
        "height_cm": profile.height_cm,
        "body_mass_kg": profile.body_mass_kg,
    }


def watch_profile_from(values: Mapping[str, Any]) -> UserProfile:
    """What the watch knew of its owner, out of an activity's JSON."""
    sex = values.get("sex")
    return UserProfile(
        sex=None if sex is None else Sex(sex),
        age_y=values.get("age_y"),
        height_cm=values.get("height_cm"),
        body_mass_kg=values.get("body_mass_kg"),
    )
