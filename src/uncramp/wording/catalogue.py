"""The message catalogue: message id to text, in one language at a time.

A message id starts with the name of its file: `now.title` stands in `messages/en/now.json`.
Files are read on first use, so that a short command reads only what it says.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

__all__ = ["LANGUAGE", "error_text", "message_files", "messages", "refusal_text", "text"]

LANGUAGE = "en"


def message_files() -> tuple[str, ...]:
    """Names of all message files, without ending, sorted."""
    folder = files(__package__) / "messages" / LANGUAGE
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir()))


@cache
def messages(file_name: str) -> dict[str, str]:
    """All messages of one file, by full message id."""
    source = files(__package__) / "messages" / LANGUAGE / f"{file_name}.json"
    flat: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    return {f"{file_name}.{key}": value for key, value in flat.items()}


def text(message_id: str, **values: object) -> str:
    """The sentence for `message_id` with `{name}` places filled in; KeyError when there is none."""
    template = messages(message_id.partition(".")[0])[message_id]
    return template.format(**values) if values else template


def error_text(code: str, values: dict[str, object]) -> dict[str, str]:
    """What, why and remedy of an error code."""
    known = messages("error")
    return {
        part: known[f"error.{code}.{part}"].format(**values)
        for part in ("what", "why", "remedy")
        if f"error.{code}.{part}" in known
    }


def refusal_text(code: str, values: dict[str, object]) -> dict[str, str]:
    """Reason and remedy of a refused file."""
    return {part: text(f"refused.{code}.{part}", **values) for part in ("reason", "remedy")}
