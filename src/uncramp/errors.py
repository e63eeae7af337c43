"""What can go wrong: each error carries a code and data; `wording` turns them into sentences.

The messages `error.<code>.what`, `.why` and `.remedy` (or `refused.<code>.reason` and `.remedy`)
say what happened, why, what would be accepted, and the next step.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "EvidenceError",
    "InputError",
    "NotFoundError",
    "OutboundError",
    "RefusedFileError",
    "StoreError",
    "UncrampError",
]

NO_VALUES: Mapping[str, object] = MappingProxyType({})


class UncrampError(Exception):
    """Base of everything uncramp raises on purpose; `exit_code` is the command line's."""

    exit_code = 1

    def __init__(self, code: str, *, values: Mapping[str, object] = NO_VALUES) -> None:
        self.code = code
        self.values = dict(values)
        super().__init__(f"{code} {self.values}" if values else code)


class InputError(UncrampError):
    """Something typed or sent is not understood or out of range."""

    exit_code = 2


class NotFoundError(UncrampError):
    """A runner, run or flag that was asked for does not exist."""


class RefusedFileError(UncrampError):
    """A file cannot be taken in; the import goes on without it."""


class StoreError(UncrampError):
    """The database cannot be used as it is; nothing in it was changed."""


class OutboundError(UncrampError):
    """Another service, asked because the runner wanted it, gave no usable answer."""


class EvidenceError(UncrampError):
    """A shipped data file contradicts its own rules: a defect of uncramp itself."""
