"""Sweat tests of a runner: weigh-ins, sweat sodium, what a watch reckoned.

A test that was removed is only hidden, so that removing it can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, insert, select, update

from uncramp.errors import NotFoundError
from uncramp.store import schema
from uncramp.store.changes import one_activity
from uncramp.store.database import reading, writing
from uncramp.store.rows import StoredRunner, SweatTestRow
from uncramp.vocabulary import KeptTest, SodiumSample, WatchEstimate, WeighIn

__all__ = ["SweatTests", "sweat_test_from", "sweat_test_kind"]

KINDS: Final[Mapping[str, type[WeighIn | SodiumSample | WatchEstimate]]] = {
    "weigh_in": WeighIn,
    "sodium": SodiumSample,
    "watch": WatchEstimate,
}


class SweatTests:
    """The part of the store that is about sweat tests."""

    _engine: Engine

    def sweat_tests(self, runner: StoredRunner) -> tuple[KeptTest, ...]:
        """Every test that counts, oldest first."""
        rows = self.sweat_test_rows(runner)
        return tuple(one.kept for one in rows if one.removed_at is None)

    def sweat_test_rows(self, runner: StoredRunner) -> list[SweatTestRow]:
        """Every test with when it was told, removed ones too, oldest first."""
        table = schema.sweat_test
        query = (
            select(table)
            .where(table.c.runner_id == runner.runner_id)
            .order_by(table.c.day, table.c.test_id)
        )
        with reading(self._engine) as connection:
            return [row_from(row) for row in connection.execute(query)]

    def add_sweat_test(
        self,
        runner: StoredRunner,
        test: WeighIn | SodiumSample | WatchEstimate,
        *,
        day: date,
        at: datetime,
        activity_id: int | None = None,
    ) -> int:
        """Keep one more test, done on `day` and told at `at`; its number.

        NotFoundError `unknown_run` when `activity_id` is not a run of this runner.
        """
        statement = insert(schema.sweat_test).values(
            runner_id=runner.runner_id,
            activity_id=activity_id,
            day=day,
            **values_of(test),
            added_at=at,
        )
        with writing(self._engine) as connection:
            if activity_id is not None:
                one_activity(connection, runner, activity_id)
            key = connection.execute(statement).inserted_primary_key
        assert key is not None  # noqa: S101  (both databases return it for a one-row insert)
        return int(key[0])

    def remove_sweat_test(self, runner: StoredRunner, test_id: int, *, at: datetime) -> KeptTest:
        """Hide a test, which counts no more; the test. NotFoundError `unknown_sweat_test`."""
        with writing(self._engine) as connection:
            return set_removed(connection, runner, test_id, at)

    def restore_sweat_test(self, runner: StoredRunner, test_id: int) -> KeptTest:
        """Let a removed test count again; the test. NotFoundError `unknown_sweat_test`."""
        with writing(self._engine) as connection:
            return set_removed(connection, runner, test_id, None)


def set_removed(
    connection: Connection, runner: StoredRunner, test_id: int, at: datetime | None
) -> KeptTest:
    """Change when a test was removed; one that is so already stays as it is."""
    table = schema.sweat_test
    mine = (table.c.runner_id == runner.runner_id, table.c.test_id == test_id)
    row = connection.execute(select(table).where(*mine)).one_or_none()
    if row is None:
        values = {"number": test_id, "runner": runner.name}
        raise NotFoundError("unknown_sweat_test", values=values)
    if (row.removed_at is None) != (at is None):
        connection.execute(update(table).where(*mine).values(removed_at=at))
    return row_from(row).kept


def row_from(row: Row[Any]) -> SweatTestRow:
    """A test out of its row."""
    return SweatTestRow(
        kept=KeptTest(
            id=row.test_id,
            day=row.day,
            activity=row.activity_id,
            test=sweat_test_from(row.kind, row.told),
        ),
        added_at=row.added_at,
        removed_at=row.removed_at,
    )


def values_of(test: WeighIn | SodiumSample | WatchEstimate) -> dict[str, Any]:
    """The kind of a test, and what was told of it as plain JSON; what is not known is left out."""
    told = {name: one for name, one in asdict(test).items() if one is not None}
    return {"kind": sweat_test_kind(test), "told": told}


def sweat_test_kind(test: WeighIn | SodiumSample | WatchEstimate) -> str:
    """`weigh_in`, `sodium` or `watch`."""
    return next(name for name, shape in KINDS.items() if isinstance(test, shape))


def sweat_test_from(kind: str, told: Mapping[str, Any]) -> WeighIn | SodiumSample | WatchEstimate:
    """A test out of its kind and what was told; KeyError or TypeError for what is none."""
    return KINDS[kind](**told)
