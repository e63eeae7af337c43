"""Who has been let in, what opens the door, and how often somebody may try.

Nothing here is written to a disk: it is made at the start and gone at the end of one server.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

__all__ = ["Attempts", "Keys", "Passphrase", "Sessions", "new_token"]

TOKEN_BYTES: Final = 32
MOST_SESSIONS: Final = 1000
MOST_ADDRESSES: Final = 10_000
LONGEST_PASSPHRASE: Final = 1024

Seconds = Callable[[], float]
"""A clock that only goes on, such as `time.monotonic`."""


def new_token() -> str:
    """A secret that nobody guesses: 256 bits by chance, as letters for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(secret: str) -> bytes:
    """What is kept of a secret, and compared in its place."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


class Sessions:
    """Browsers that were let in. Only digests are kept, so that memory tells nobody a cookie."""

    def __init__(self, *, clock: Seconds, longest_s: float | None = None) -> None:
        """`longest_s` is how long one lasts; None is until the server ends."""
        self._clock = clock
        self._longest_s = longest_s
        self._opened_at: dict[bytes, float] = {}

    def open(self) -> str:
        """A new session; its reference goes into a cookie and nowhere else."""
        reference = new_token()
        while len(self._opened_at) >= MOST_SESSIONS:
            del self._opened_at[next(iter(self._opened_at))]
        self._opened_at[digest(reference)] = self._clock()
        return reference

    def holds(self, reference: str | None) -> bool:
        """Whether `reference` is a session that still lasts."""
        if not reference:
            return False
        opened_at = self._opened_at.get(digest(reference))
        if opened_at is None:
            return False
        return self._longest_s is None or self._clock() - opened_at < self._longest_s


class Keys:
    """The token of this start, and one more that opens the door only once."""

    def __init__(self, token: str, first_token: str | None) -> None:
        self._token = digest(token)
        self._first: bytes | None = digest(first_token) if first_token else None

    def fits(self, given: str) -> bool:
        """Whether `given` is the token of this start, compared in constant time."""
        return hmac.compare_digest(digest(given), self._token)

    def opens(self, given: str) -> bool:
        """As `fits`, or the token for the first browser, which is spent by this."""
        if self.fits(given):
            return True
        if self._first is None or not hmac.compare_digest(digest(given), self._first):
            return False
        self._first = None
        return True


class Passphrase:
    """A passphrase, of which only a slow hash is kept."""

    def __init__(self, words: str) -> None:
        self._salt = secrets.token_bytes(16)
        self._hash = self._slow_hash(words)

    def fits(self, given: str) -> bool:
        """Whether `given` is it. Takes a while on purpose; not for the event loop."""
        if len(given) > LONGEST_PASSPHRASE:
            return False
        return hmac.compare_digest(self._slow_hash(given), self._hash)

    def _slow_hash(self, words: str) -> bytes:
        """scrypt, after making alike what keyboards write in different ways."""
        alike = unicodedata.normalize("NFKC", words).strip()
        return hashlib.scrypt(alike.encode("utf-8", "replace"), salt=self._salt, n=2**14, r=8, p=1)


@dataclass(slots=True)
class Tries:
    """Wrong tries in a row, and until when nobody may try again."""

    n_wrong: int = 0
    closed_until: float = 0.0
    last_at: float = 0.0


class Attempts:
    """How long to wait before the next try: longer after each wrong one.

    There is a wait for each address, and one for everybody together, which stops a guesser who
    changes addresses. That one can be used to keep honest people waiting, so it starts late;
    whoever sits at the computer has the token link.
    """

    FREE: Final = 5
    FREE_FOR_ALL: Final = 50
    FIRST_WAIT_S: Final = 2.0
    LONGEST_WAIT_S: Final = 900.0
    FORGOTTEN_AFTER_S: Final = 3600.0

    def __init__(self, *, clock: Seconds) -> None:
        self._clock = clock
        self._by_address: dict[str, Tries] = {}
        self._all = Tries()

    def wait_s(self, address: str) -> float:
        """Seconds until `address` may try; 0 when it may now."""
        until = max(self._tries(address).closed_until, self._all.closed_until)
        return max(0.0, until - self._clock())

    def failed(self, address: str) -> None:
        """Note a wrong try."""
        tries = self._tries(address)
        while len(self._by_address) >= MOST_ADDRESSES and address not in self._by_address:
            del self._by_address[next(iter(self._by_address))]
        self._by_address[address] = tries
        self._note(tries, free=self.FREE)
        self._forget(self._all)
        self._note(self._all, free=self.FREE_FOR_ALL)

    def succeeded(self, address: str) -> None:
        """Forget the wrong tries of `address`; those of everybody together stay."""
        self._by_address.pop(address, None)

    def _tries(self, address: str) -> Tries:
        """What is known of an address; old tries are forgotten."""
        tries = self._by_address.get(address) or Tries()
        self._forget(tries)
        return tries

    def _forget(self, tries: Tries) -> None:
        """Start at none again after a quiet hour."""
        if self._clock() - tries.last_at >= self.FORGOTTEN_AFTER_S:
            tries.n_wrong = 0

    def _note(self, tries: Tries, *, free: int) -> None:
        """One more wrong try, and the wait that it costs."""
        now = self._clock()
        tries.n_wrong, tries.last_at = tries.n_wrong + 1, now
        if tries.n_wrong >= free:
            wait_s = self.FIRST_WAIT_S * 2.0 ** min(tries.n_wrong - free, 20)
            tries.closed_until = now + min(wait_s, self.LONGEST_WAIT_S)
