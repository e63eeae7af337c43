"""Columns of numbers to small byte strings and back, without losing a bit.

Integers are stored as zigzag differences, floats as they are; both with equal bytes of all values
put side by side (shuffle) and then deflated. What stands under a null is not kept: it is filled
with the value before it, which packs to nothing.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from uncramp.vocabulary import Activity, Stream

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray, NullMask

__all__ = [
    "TIME_CHANNEL",
    "PackedStream",
    "pack_activity",
    "pack_original",
    "pack_stream",
    "pack_time",
    "unpack_original",
    "unpack_stream",
]

TIME_CHANNEL: Final = "time_s"
"""Reserved channel name under which an activity's own time column is stored."""

DEFLATE_LEVEL: Final = 6
GZIP_MAGIC: Final = b"\x1f\x8b"
TICKS_PER_SECOND: Final = (1.0, 1000.0)
"""Resolutions tried for the time column: whole seconds, then milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedStream:
    """One channel, ready to store; it can be made in another process than the one that writes."""

    channel: str
    dtype: str
    n_values: int
    scale: float
    offset: float
    null_bits: bytes | None
    content: bytes


def pack_activity(activity: Activity) -> tuple[PackedStream, ...]:
    """Time and every channel of `activity`; ValueError when their lengths differ."""
    n_values = len(activity.time_s)
    lengths = {stream.channel: stream.values.shape for stream in activity.streams.values()}
    wrong = sorted(channel for channel, shape in lengths.items() if shape != (n_values,))
    if wrong or TIME_CHANNEL in activity.streams:
        msg = f"channels do not fit the time column of {n_values} records: {wrong}"
        raise ValueError(msg)
    time = pack_time(activity.time_s)
    return (time, *(pack_stream(stream) for stream in activity.streams.values()))


def pack_time(time_s: FloatArray) -> PackedStream:
    """The time column, as integers when it is whole seconds or milliseconds, exactly."""
    for ticks_per_second in TICKS_PER_SECOND:
        ticks = np.rint(time_s * ticks_per_second)
        if np.array_equal(ticks / ticks_per_second, time_s):
            values = ticks.astype(np.int64)
            return pack_stream(Stream(channel=TIME_CHANNEL, values=values, scale=ticks_per_second))
    return pack_stream(Stream(channel=TIME_CHANNEL, values=time_s))


def pack_stream(stream: Stream) -> PackedStream:
    """One channel as bytes; `unpack_stream` gives back the same values where they are not null."""
    values = np.ascontiguousarray(stream.values, dtype=stream.values.dtype.newbyteorder("<"))
    if values.dtype.kind not in "iuf" or values.ndim != 1:
        msg = f"channel {stream.channel} is no column of integers or floats"
        raise ValueError(msg)
    null = stream.null if stream.null is not None and bool(stream.null.any()) else None
    if null is not None:
        values = filled(values, null)
    if values.dtype.kind != "f":
        values = zigzag_differences(values)
    return PackedStream(
        channel=stream.channel,
        dtype=stream.values.dtype.newbyteorder("<").str,
        n_values=len(values),
        scale=stream.scale,
        offset=stream.offset,
        null_bits=None if null is None else zlib.compress(np.packbits(null).tobytes()),
        content=zlib.compress(shuffled(values), DEFLATE_LEVEL),
    )


def unpack_stream(packed: PackedStream) -> Stream:
    """The channel that `pack_stream` was given."""
    dtype = np.dtype(packed.dtype)
    raw = np.frombuffer(zlib.decompress(packed.content), dtype=np.uint8)
    plain = np.ascontiguousarray(raw.reshape(dtype.itemsize, packed.n_values).T)
    if dtype.kind == "f":
        values: NDArray[Any] = plain.reshape(-1).view(dtype)
    else:
        codes = plain.reshape(-1).view(np.dtype(f"<u{dtype.itemsize}"))
        values = np.cumsum(unzigzagged(codes), dtype=codes.dtype).view(dtype)
    return Stream(
        channel=packed.channel,
        values=values,
        scale=packed.scale,
        offset=packed.offset,
        null=null_mask(packed),
    )


def null_mask(packed: PackedStream) -> NullMask | None:
    """True where the device wrote nothing; None when it always wrote something."""
    if packed.null_bits is None:
        return None
    bits = np.frombuffer(zlib.decompress(packed.null_bits), dtype=np.uint8)
    return np.unpackbits(bits, count=packed.n_values).astype(np.bool_)


def filled(values: NDArray[Any], null: NullMask) -> NDArray[Any]:
    """`values` with each null replaced by the last value before it (by zero at the start)."""
    position = np.maximum.accumulate(np.where(null, -1, np.arange(len(values))))
    result = values[np.maximum(position, 0)]
    result[position < 0] = 0
    return result


def zigzag_differences(values: NDArray[Any]) -> NDArray[Any]:
    """Steps between integers, small steps of either sign as small unsigned numbers.

    Differences wrap around in the width of the dtype, so that no integer is out of range.
    """
    bits = values.dtype.itemsize * 8
    unsigned = values.view(np.dtype(f"<u{values.dtype.itemsize}"))
    steps = np.diff(unsigned, prepend=unsigned.dtype.type(0))
    sign = steps >> unsigned.dtype.type(bits - 1)
    codes: NDArray[Any] = (steps << unsigned.dtype.type(1)) ^ (unsigned.dtype.type(0) - sign)
    return codes


def unzigzagged(codes: NDArray[Any]) -> NDArray[Any]:
    """The steps that `zigzag_differences` made `codes` from."""
    one = codes.dtype.type(1)
    steps: NDArray[Any] = (codes >> one) ^ (~(codes & one) + one)
    return steps


def shuffled(values: NDArray[Any]) -> bytes:
    """First bytes of all values, then all second bytes, and so on."""
    width = values.dtype.itemsize
    return np.ascontiguousarray(values.view(np.uint8).reshape(-1, width).T).tobytes()


def pack_original(content: bytes) -> tuple[str, bytes]:
    """How a file's bytes are kept, and the bytes: deflated when that makes them smaller."""
    if content.startswith(GZIP_MAGIC):  # packed already
        return "none", content
    deflated = zlib.compress(content, DEFLATE_LEVEL)
    return ("zlib", deflated) if len(deflated) < len(content) else ("none", content)


def unpack_original(compression: str, content: bytes) -> bytes:
    """The file's bytes as they were read."""
    return zlib.decompress(content) if compression == "zlib" else content
