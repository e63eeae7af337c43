"""The 16-bit checksum of FIT files, for hundreds of megabytes per second in plain numpy.

The checksum is linear over XOR: a message is the XOR of its 16-bit words, each pushed through the
shift register by the number of bytes that follow it. So words are folded in pairs, level by
level: at every level the left partner is advanced past the right one with one table look-up.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["crc16"]

POLYNOMIAL = 0xA001
"""x^16 + x^15 + x^2 + 1 with its bits reversed, as the FIT protocol uses it."""


@cache
def _advance(level: int) -> NDArray[np.uint16]:
    """The register after 2^level zero bytes, for each of its 65,536 states."""
    if level == 0:
        states = np.arange(65536, dtype=np.uint16)
        for _ in range(8):
            states = np.where(states & 1, states >> 1 ^ POLYNOMIAL, states >> 1).astype(np.uint16)
        return states
    half = _advance(level - 1)
    return half[half]


def crc16(data: bytes | memoryview) -> int:
    """Checksum of `data`, starting from 0; a whole FIT file with its own checksum gives 0."""
    if not data:
        return 0
    # Zeros in front change nothing while the register is still 0.
    padded = bytes(len(data) % 2) + bytes(data)
    words = np.frombuffer(padded, dtype="<u2").astype(np.uint16)
    level = 1
    while words.size > 1:
        first = words.size % 2
        folded = _advance(level)[words[first::2]] ^ words[first + 1 :: 2]
        words = np.concatenate([words[:first], folded]) if first else folded
        level += 1
    return int(_advance(1)[words[0]])
