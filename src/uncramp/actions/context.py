"""Where, when and for whom an action runs.

The store is opened the first time an action asks for it, so that actions without one stay fast.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from uncramp.wording.quantities import Units

if TYPE_CHECKING:
    from uncramp.store.rows import StoredRunner
    from uncramp.store.store import Store

__all__ = ["DATABASE_VARIABLE", "DEFAULT_RUNNER", "FOLDER_VARIABLE", "Context", "data_folder"]

DEFAULT_RUNNER: Final = "me"
FOLDER_VARIABLE: Final = "UNCRAMP_DATA_DIR"
DATABASE_VARIABLE: Final = "UNCRAMP_DATABASE_URL"


def data_folder(given: Path | None) -> Path:
    """The data folder: the one given, else UNCRAMP_DATA_DIR, else the user's own for uncramp."""
    if given is not None:
        return given
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("uncramp", appauthor=False)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every action is given; `now` carries the runner's own time zone.

    Use it as a context manager: leaving closes the store if it was opened.
    """

    data_dir: Path
    now: datetime
    runner: str = DEFAULT_RUNNER
    units: Units = "metric"
    database_url: str | None = None
    """Another database than the file in `data_dir`, as SQLAlchemy writes it."""

    @cached_property
    def store(self) -> Store:
        """The store, opened (and made, if there is none) now if it was not before."""
        from uncramp.store.store import Store

        return Store.open(self.data_dir, at=self.now, url=self.database_url)

    @property
    def has_store(self) -> bool:
        """Whether anything was ever stored or noted here; asking makes nothing."""
        from uncramp.store.names import DATABASE_FILE, JOURNAL_FILE

        places = (self.data_dir / DATABASE_FILE, self.data_dir / JOURNAL_FILE)
        return self.database_url is not None or any(place.exists() for place in places)

    def stored_runner(self) -> StoredRunner:
        """The runner this is about; NotFoundError `unknown_runner` when nobody is called so."""
        return self.store.runner(self.runner)

    def of_runner(self, name: str) -> Self:
        """The same for another runner; the store is shared, so only one of the two is closed."""
        other = replace(self, runner=name)
        other.__dict__["store"] = self.store
        return other

    def close(self) -> None:
        """Close the store if it was opened."""
        store = self.__dict__.pop("store", None)
        if store is not None:
            store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
