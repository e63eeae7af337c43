"""Interviews under way: rows to records and back; each function runs inside its caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from uncramp.errors import NotFoundError
from uncramp.store import schema
from uncramp.store.rows import DraftRow, StoredAnswer, StoredRunner

__all__ = ["all_drafts", "insert_draft", "one_draft", "put_draft", "without_answers"]

CHANGEABLE: Final = ("path", "bystander", "dropped", "updated_at", "finished_advice_id")


def insert_draft(
    connection: Connection,
    runner: StoredRunner,
    activity_id: int | None,
    answers: Mapping[str, StoredAnswer],
    *,
    started_at: datetime,
    updated_at: datetime,
) -> int:
    """A new draft's key."""
    statement = insert(schema.interview_draft).values(
        runner_id=runner.runner_id,
        activity_id=activity_id,
        answers=answers_values(answers),
        path=list(answers),
        bystander=False,
        dropped=False,
        started_at=started_at,
        updated_at=updated_at,
    )
    key = connection.execute(statement).inserted_primary_key
    assert key is not None  # noqa: S101  (both databases return it for a one-row insert)
    return int(key[0])


def put_draft(connection: Connection, runner: StoredRunner, draft: DraftRow) -> None:
    """What a draft holds now, in place of what it held."""
    table = schema.interview_draft
    values: dict[str, Any] = {name: getattr(draft, name) for name in CHANGEABLE}
    values |= {"answers": answers_values(draft.answers), "path": list(draft.path)}
    connection.execute(
        update(table)
        .where(table.c.runner_id == runner.runner_id, table.c.draft_id == draft.draft_id)
        .values(**values)
    )


def one_draft(connection: Connection, runner: StoredRunner, draft_id: int) -> DraftRow:
    """One draft; NotFoundError `unknown_draft` when this runner has none of that number."""
    table = schema.interview_draft
    query = select(table).where(table.c.runner_id == runner.runner_id, table.c.draft_id == draft_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("unknown_draft", values={"runner": runner.name})
    return draft_from(row)


def all_drafts(connection: Connection, runner: StoredRunner) -> list[DraftRow]:
    """Every draft of a runner, the one changed last first."""
    table = schema.interview_draft
    query = (
        select(table)
        .where(table.c.runner_id == runner.runner_id)
        .order_by(table.c.updated_at.desc(), table.c.draft_id.desc())
    )
    return [draft_from(row) for row in connection.execute(query)]


def without_answers(draft: DraftRow, questions: Collection[str]) -> DraftRow:
    """The draft as if these questions had not come up yet."""
    return replace(
        draft,
        answers={name: one for name, one in draft.answers.items() if name not in questions},
        path=tuple(name for name in draft.path if name not in questions),
    )


def draft_from(row: Row[Any]) -> DraftRow:
    """A draft out of its row."""
    return DraftRow(
        draft_id=row.draft_id,
        activity_id=row.activity_id,
        answers=answers_from(row.answers),
        path=tuple(row.path),
        bystander=row.bystander,
        dropped=row.dropped,
        started_at=row.started_at,
        updated_at=row.updated_at,
        finished_advice_id=row.finished_advice_id,
    )


def answers_values(answers: Mapping[str, StoredAnswer]) -> dict[str, dict[str, Any]]:
    """Answers as plain JSON."""
    return {
        question: {
            "answer": list(one.answer) if isinstance(one.answer, tuple) else one.answer,
            "at": one.at.isoformat(),
        }
        for question, one in answers.items()
    }


def answers_from(values: Mapping[str, Mapping[str, Any]]) -> dict[str, StoredAnswer]:
    """Answers out of their JSON."""
    return {
        question: StoredAnswer(
            answer=tuple(one["answer"]) if isinstance(one["answer"], list) else one["answer"],
            at=datetime.fromisoformat(one["at"]),
        )
        for question, one in values.items()
    }
