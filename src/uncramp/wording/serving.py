"""What `uncramp serve` says on the terminal, and how long a door stays shut."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from uncramp.wording.catalogue import text

__all__ = ["lan_lines", "started_lines", "wait_text"]

IN_SECONDS_BELOW: Final = 120
SECONDS_IN_A_MINUTE: Final = 60


def wait_text(wait_s: float) -> str:
    """A wait in whole seconds or minutes, rounded up."""
    if wait_s < IN_SECONDS_BELOW:
        return text("serve.wait.seconds", n=max(2, math.ceil(wait_s)))
    return text("serve.wait.minutes", n=math.ceil(wait_s / SECONDS_IN_A_MINUTE))


def started_lines(*, is_opening: bool) -> Iterator[str]:
    """What stands below the link."""
    if is_opening:
        yield text("serve.opening")
    yield text("serve.how_to_stop")
    yield text("serve.keep_link")


def lan_lines(addresses: Sequence[str]) -> Iterator[str]:
    """Where other devices come in, and what that does not give."""
    if addresses:
        yield text("serve.lan.addresses")
        for address in addresses:
            yield text("serve.lan.address", address=address)
    else:
        yield text("serve.lan.no_address")
    yield text("serve.lan.limits")
    yield text("serve.lan.not_encrypted")
    yield text("serve.lan.not_offline")
    yield text("serve.lan.everybody")
