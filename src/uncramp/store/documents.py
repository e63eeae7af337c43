"""What a runner plans: races, plans for them, what became of sessions, products of their own.

Each is one JSON document with a kind. A document that was taken out is only hidden, so that it can
be brought back; one that changes keeps its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from uncramp.errors import NotFoundError
from uncramp.store import schema
from uncramp.store.database import reading, writing
from uncramp.store.rows import DocumentKind, DocumentRow, StoredRunner

__all__ = ["Documents"]


class Documents:
    """The part of the store that is about documents."""

    _engine: Engine

    def documents(
        self,
        runner: StoredRunner,
        kind: DocumentKind | None = None,
        *,
        about: int | None = None,
        with_removed: bool = False,
    ) -> list[DocumentRow]:
        """Documents of a runner in the order they came: of one kind, about one other document."""
        table = schema.document
        query = select(table).where(table.c.runner_id == runner.runner_id)
        if kind is not None:
            query = query.where(table.c.kind == kind)
        if about is not None:
            query = query.where(table.c.about == about)
        if not with_removed:
            query = query.where(table.c.removed_at.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(table.c.document_id))
            return [row_from(row) for row in rows]

    def document(self, runner: StoredRunner, document_id: int, kind: DocumentKind) -> DocumentRow:
        """One document, hidden or not; NotFoundError `unknown_document` when it is none."""
        found = [one for one in self.documents(runner, kind, with_removed=True)
                 if one.document_id == document_id]  # fmt: skip
        if not found:
            raise NotFoundError(
                "unknown_document", values={"number": document_id, "runner": runner.name}
            )
        return found[0]

    def add_document(
        self,
        runner: StoredRunner,
        kind: DocumentKind,
        content: Mapping[str, Any],
        *,
        at: datetime,
        about: int | None = None,
        name: str = "",
        removed_at: datetime | None = None,
    ) -> int:
        """Keep one more document; its number. `about` is the number of another one."""
        if about is not None:
            self.document(runner, about, "race")
        statement = insert(schema.document).values(
            runner_id=runner.runner_id,
            kind=kind,
            about=about,
            name=name,
            content=dict(content),
            at=at,
            removed_at=removed_at,
        )
        with writing(self._engine) as connection:
            key = connection.execute(statement).inserted_primary_key
        assert key is not None  # noqa: S101  (both databases return it for a one-row insert)
        return int(key[0])

    def change_document(
        self, runner: StoredRunner, row: DocumentRow, content: Mapping[str, Any], *, at: datetime,
        name: str | None = None,
    ) -> None:  # fmt: skip
        """Put other content into a document, and another name where one is given."""
        self._change(
            runner,
            row.document_id,
            {"content": dict(content), "at": at, "name": row.name if name is None else name},
        )

    def remove_document(self, runner: StoredRunner, row: DocumentRow, *, at: datetime) -> None:
        """Hide a document; one that is hidden keeps the moment."""
        if row.removed_at is None:
            self._change(runner, row.document_id, {"removed_at": at})

    def restore_document(self, runner: StoredRunner, row: DocumentRow) -> None:
        """Let a hidden document count again."""
        self._change(runner, row.document_id, {"removed_at": None})

    def _change(self, runner: StoredRunner, document_id: int, values: Mapping[str, Any]) -> None:
        table = schema.document
        mine = (table.c.runner_id == runner.runner_id, table.c.document_id == document_id)
        with writing(self._engine) as connection:
            connection.execute(update(table).where(*mine).values(dict(values)))


def row_from(row: Row[Any]) -> DocumentRow:
    """A document out of its row."""
    return DocumentRow(
        document_id=row.document_id,
        kind=row.kind,
        about=row.about,
        name=row.name,
        content=row.content,
        at=row.at,
        removed_at=row.removed_at,
    )
