"""Heart rate that a strap stored by itself and sent afterwards, in separate `hr` messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from uncramp.activities.fit_messages import Message, Value
from uncramp.activities.fit_profile import EPOCH_OFFSET_S

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["beats", "heart_rate_at"]

HOLD_STEP_S = 0.25
"""A stored value stands for the following quarter seconds until the next one comes …"""
HOLD_STEPS = 20
"""… but for no more than five seconds."""
EVENT_ROLLOVER_S = 0x400000
"""The strap's 32-bit clock of 1/1024 s starts again after this many seconds."""


def beats(stored: Iterable[Message]) -> tuple[FloatArray, FloatArray]:
    """Unix time and heart rate of each stored value, in file order."""
    times: list[float] = []
    rates: list[float] = []
    anchor_s: float | None = None
    anchor_event_s = last_event_s = 0.0
    for message in stored:
        timestamp = message.get("timestamp")
        events = _numbers(message.get("event_s"))
        if isinstance(timestamp, int):
            fraction = message.get("fraction_s", message.get("fraction_256_s", 0.0))
            anchor_s = timestamp + EPOCH_OFFSET_S
            anchor_s += fraction if isinstance(fraction, float) else 0.0
            if events:
                anchor_event_s = last_event_s = events[0]
        if not events:
            events = _unpacked(_numbers(message.get("event_12_bit"), nothing=255.0), last_event_s)
        if anchor_s is None or not events:
            continue
        last_event_s = events[-1]
        for event_s, rate in zip(events, _numbers(message.get("filtered_bpm")), strict=False):
            if rate <= 0.0:
                continue
            since = event_s - anchor_event_s
            times.append(anchor_s + (since if since >= 0 else since % EVENT_ROLLOVER_S))
            rates.append(rate)
    return np.array(times), np.array(rates)


def _numbers(value: Value | None, *, nothing: float = 0.0) -> list[float]:
    """The values of a field that may hold one or several, with `nothing` for nulls."""
    if isinstance(value, tuple):
        return [nothing if item is None else float(item) for item in value]
    return [float(value)] if isinstance(value, int | float) else []


def _unpacked(packed: list[float], last_event_s: float) -> list[float]:
    """Strap times from 12-bit pieces, two in three bytes, each counted on from the one before."""
    ticks = round(last_event_s * 1024)
    content = [int(value) for value in packed]
    events = []
    for first, middle, last in zip(content[::3], content[1::3], content[2::3], strict=False):
        for low_bits in (first | (middle & 0x0F) << 8, middle >> 4 | last << 4):
            ticks += (low_bits - ticks) & 0xFFF
            events.append(ticks / 1024.0)
    return events


def heart_rate_at(epoch_s: FloatArray, times: FloatArray, rates: FloatArray) -> FloatArray:
    """Mean heart rate since the record before, for each record; NaN where the strap has none.

    `epoch_s` is the Unix time of each record (NaN where unknown).
    """
    gap_s = np.diff(times, append=times[-1:])
    held = np.clip(np.ceil(np.abs(gap_s) / HOLD_STEP_S) - 1, 0, HOLD_STEPS).astype(np.int64)
    copies = np.repeat(np.arange(times.size), held + 1)
    first = np.cumsum(held + 1) - (held + 1)
    dense_s = times[copies] + HOLD_STEP_S * (np.arange(copies.size) - first[copies])
    order = np.argsort(dense_s, kind="stable")
    dense_s, dense_rate = dense_s[order], rates[copies][order]
    total = np.concatenate([[0.0], np.cumsum(dense_rate)])
    before = np.concatenate([epoch_s[:1] - 1.0, epoch_s[:-1]])
    before = np.where(before < epoch_s, before, epoch_s - 1.0)
    begin = np.searchsorted(dense_s, before, side="right")
    end = np.searchsorted(dense_s, epoch_s, side="right")
    count = np.where(np.isnan(epoch_s), 0, end - begin)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, np.floor((total[end] - total[begin]) / count + 0.5), np.nan)
