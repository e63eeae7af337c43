"""How a page names a source."""

from __future__ import annotations

from uncramp.evidence import source

__all__ = ["source_name"]


def source_name(key: str) -> str:
    """First author and year. Example: `source_name("bergeron_2008")` is `Bergeron 2008`."""
    return source(key).short
