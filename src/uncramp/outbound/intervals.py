"""intervals.icu: the original files of one's own activities, by a personal API key.

What goes out: the key (Basic authentication, to this one service only), the days asked for and
the numbers of the activities. Nothing about the runner is sent.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

from uncramp.errors import OutboundError
from uncramp.outbound.asking import Patience, ask

__all__ = ["SERVICE", "Intervals", "ListedActivity"]

SERVICE: Final = "intervals.icu"
BASE_URL: Final = "https://intervals.icu/api/v1"
USER: Final = "API_KEY"
"""The literal user name that goes with a personal key."""
FIELDS: Final = "id,start_date_local,type,source"
LARGEST_LIST: Final = 2**25
LARGEST_FILE: Final = 2**27
JSON_TYPES: Final = ("application/json", "text/json")
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9]{1,32}")
NOT_ALLOWED: Final = frozenset({401, 403})
NO_FILE: Final = frozenset({404, 410, 422})
"""404: there is none; 422: it came from Strava, which does not let it be passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedActivity:
    """One line of the list."""

    activity_id: str
    sport: str | None
    """`Run`, `TrailRun`, `Ride` …; None when the list does not say."""
    from_strava: bool
    """Only an empty stub: it has no file that may be handed out."""
    by_hand: bool
    """Typed in, so there is no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The client; `base_url` can be that of a test."""

    key: str = field(repr=False)
    base_url: str = BASE_URL
    patience: Patience = field(default_factory=Patience)

    def activities(self, athlete: str, *, oldest: date, newest: date) -> list[ListedActivity]:
        """Everything between two local days, newest first; athlete `0` is the key's owner.

        Raises OutboundError as `ask`, and `key_refused`.
        """
        days = {"oldest": oldest.isoformat(), "newest": newest.isoformat(), "fields": FIELDS}
        path = f"/athlete/{quote(athlete, safe='')}/activities?{urlencode(days)}"
        return listed(self._ask(path, largest_bytes=LARGEST_LIST, accepted=JSON_TYPES))

    def original(self, activity_id: str) -> bytes | None:
        """The file as it was recorded; None when there is none to be had.

        Raises OutboundError as `activities`.
        """
        try:
            return self._ask(
                f"/activity/{quote(activity_id, safe='')}/file", largest_bytes=LARGEST_FILE
            )
        except OutboundError as error:
            if error.code == "service_refused" and error.values.get("status") in NO_FILE:
                return None
            raise

    def _ask(self, path: str, *, largest_bytes: int, accepted: tuple[str, ...] = ()) -> bytes:
        pair = base64.b64encode(f"{USER}:{self.key}".encode()).decode()
        try:
            return ask(
                self.base_url + path,
                service=SERVICE,
                largest_bytes=largest_bytes,
                accepted=accepted,
                authorization=f"Basic {pair}",
                patience=self.patience,
            )
        except OutboundError as error:
            if error.code == "service_refused" and error.values.get("status") in NOT_ALLOWED:
                raise OutboundError("key_refused", values={"service": SERVICE}) from None
            raise


def listed(content: bytes) -> list[ListedActivity]:
    """The list, without lines that have no usable number; OutboundError `service_answer`."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, list):
        raise OutboundError("service_answer", values={"service": SERVICE})
    found = [listed_from(one) for one in answer if isinstance(one, dict)]
    return [one for one in found if IDENTIFIER.fullmatch(one.activity_id)]


def listed_from(told: dict[str, Any]) -> ListedActivity:
    """One line of the list."""
    source = str(told.get("source") or "").upper()
    sport = told.get("type")
    return ListedActivity(
        activity_id=str(told.get("id") or ""),
        sport=sport if isinstance(sport, str) else None,
        from_strava=source == "STRAVA" or "STRAVA" in str(told.get("_note") or "").upper(),
        by_hand=source == "MANUAL",
    )
