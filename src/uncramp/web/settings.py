"""What one running server is told when it starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from uncramp.actions.context import DEFAULT_RUNNER, Context
from uncramp.wording.quantities import Units

__all__ = ["DEFAULT_PORT", "MIB", "WebSettings"]

MIB: Final = 1024**2
UPLOAD_LIMIT: Final = 4 * 1024 * MIB
DEFAULT_PORT: Final = 8765


def wall_clock() -> datetime:
    """Now, with the zone of this computer."""
    return datetime.now(UTC).astimezone()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """One server: whose data, who may come in, and how much they may send."""

    data_dir: Path
    database_url: str | None = None
    token: str
    """Made anew at each start; who has it comes in."""
    first_token: str | None = None
    """Works once, for the browser that uncramp opens itself: what is on a command line is seen by
    everybody who may list the programs that run on this computer."""
    passphrase: str | None = None
    """Asked of everybody when the server can be reached from other machines (`--lan`)."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Host names that a request may ask for, without port."""
    port: int = DEFAULT_PORT
    """The port it listens on; a request must ask for it."""
    home_runner: str = DEFAULT_RUNNER
    """Who the bare address leads to."""
    units: Units = "metric"
    is_demo: bool = False
    upload_limit_bytes: int = UPLOAD_LIMIT
    body_limit_bytes: int = MIB
    """For every request that brings no files."""
    clock: Callable[[], datetime] = wall_clock

    def context(self, runner: str, *, units: Units | None = None) -> Context:
        """Where, when and for whom an action runs; close it, or use it as a context manager."""
        return Context(
            data_dir=self.data_dir,
            now=self.clock(),
            runner=runner,
            units=units or self.units,
            database_url=self.database_url,
        )
