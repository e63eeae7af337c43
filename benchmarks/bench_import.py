"""Seconds to import 3,000 runs of 5,000 records from one zip, with two workers, and the ratio to
the official SDK, which only decodes a sample of the same files in the same run.

The runs are made from the shared real ones: their numbers, walked there and back to 5,000 records,
each copy with its own start, heart rate and watch. Run with the shared files beside the checkout:
`python benchmarks/bench_import.py [--runs 3000] [--workers 2]`.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from garmin_fit_sdk import Decoder, Stream

from uncramp.actions.context import Context
from uncramp.actions.importing import ImportResult, import_paths
from uncramp.activities import read_bytes
from uncramp.activities.fit_writer import write_activity
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Activity

SHARED: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "activities"
FIRST: Final = datetime(2016, 1, 1, 6, tzinfo=UTC)
APART: Final = timedelta(hours=31)
N_RECORDS: Final = 5_000
SHORTEST_SEED: Final = 1_000
SDK_SAMPLE: Final = 12
CHANNELS: Final = ("latitude_deg", "longitude_deg", "elevation_m", "speed_m_s", "heart_rate_bpm",
                   "cadence_rpm", "power_w", "temp_watch_c")  # fmt: skip
MB: Final = 2**20
WORKERS_END_S: Final = 2.0

__all__ = ["main"]


def main() -> None:
    """Make the archive, import it, decode a sample with the SDK, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    seeds = real_runs()
    if not seeds:
        raise SystemExit("NEEDS-SHARED: no shared FIT files beside this checkout")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.zip"
        sample = write_archive(archive, seeds, given.runs)
        packed = archive.stat().st_size
        print(f"{given.runs} runs x {N_RECORDS} records, {packed / MB:.0f} MB zip of fit.gz")
        sdk_rate = sdk_records_per_s(sample)
        watch = MemoryWatch()
        begin, cpu_before_s = time.perf_counter(), cpu_seconds()
        result = imported(archive, Path(folder) / "data", given.workers)
        seconds = time.perf_counter() - begin
        cpu_s = cpu_seconds() - cpu_before_s
        watch.stop()
        n_records = sum(one.row.n_records for one in result.activities)
        database = sum(path.stat().st_size for path in (Path(folder) / "data").iterdir())
    assert (result.added, result.linked, result.refused) == (given.runs, 0, ())
    rate = n_records / seconds
    print(f"import with {given.workers} workers: {seconds:.1f} s, {rate:,.0f} records/s")
    print(f"processor time of all processes {cpu_s:.1f} s")
    print(f"official SDK, decoding only, one process: {sdk_rate:,.0f} records/s")
    print(f"ratio {rate / sdk_rate:.1f}; by processor time {n_records / cpu_s / sdk_rate:.1f}")
    for name, peak in watch.peaks():
        print(f"peak memory of {name}: {peak / MB:.0f} MB")
    print(f"database {database / MB:.0f} MB, {database / given.runs / 1000:.0f} kB a run")


def cpu_seconds() -> float:
    """Processor time of this process and of those it started that have ended."""
    time.sleep(WORKERS_END_S)
    return sum(os.times()[:4])


def imported(archive: Path, folder: Path, workers: int) -> ImportResult:
    """The import itself, store opened and closed."""
    with Context(data_dir=folder, now=datetime.now(UTC)) as context:
        return import_paths(context, [archive], workers=workers)


def real_runs() -> list[Activity]:
    """Shared real runs that are long enough and know heart rate and distance."""
    found: list[Activity] = []
    for path in sorted(SHARED.glob("*.fit")):
        with suppress(RefusedFileError):
            found += read_bytes(path.read_bytes(), name=path.name).activities
    return [
        run
        for run in found
        if run.is_run
        and run.n_records >= SHORTEST_SEED
        and run.streams.keys() >= {"distance_m", "heart_rate_bpm", "latitude_deg"}
    ]


def write_archive(archive: Path, seeds: list[Activity], n_runs: int) -> list[bytes]:
    """The zip; returns a sample of its files."""
    rng = np.random.default_rng(20)
    sample = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        for number in range(n_runs):
            data = copy_of(seeds[number % len(seeds)], number, rng)
            if number < SDK_SAMPLE:
                sample.append(data)
            file.writestr(f"activities/{number}.fit.gz", gzip.compress(data, 1))
    return sample


def copy_of(run: Activity, number: int, rng: np.random.Generator) -> bytes:
    """A real run's numbers, walked there and back to 5,000 records, as another run."""
    last = run.n_records - 1
    phase = int(rng.integers(0, 2 * last))
    place = last - np.abs((np.arange(N_RECORDS) + phase) % (2 * last) - last)
    steps_m = np.abs(np.diff(filled(run.streams["distance_m"].physical())[place], prepend=0.0))
    steps_m[0] = 0.0
    channels: dict[str, Any] = {
        name: run.streams[name].physical()[place] for name in CHANNELS if name in run.streams
    }
    channels["heart_rate_bpm"] += rng.integers(-2, 3, N_RECORDS)
    return write_activity(
        start_utc=FIRST + number * APART,
        time_s=np.arange(N_RECORDS, dtype=np.float64),
        distance_m=np.cumsum(np.minimum(steps_m, 6.0)),
        serial=int(rng.integers(1, 2**31)),
        **channels,
    )


def filled(values: Any) -> Any:
    """Straight lines where a number is missing."""
    known = np.isfinite(values)
    return np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])


def sdk_records_per_s(files: list[bytes]) -> float:
    """Records per second of the official SDK with its defaults, of its processor time."""
    begin, n_records = time.process_time(), 0
    for data in files:
        messages, _ = Decoder(Stream.from_byte_array(bytearray(data))).read()
        n_records += len(messages.get("record_mesgs", []))
    return n_records / (time.process_time() - begin)


class MemoryWatch:
    """Peak memory of this process and of every process below it, where the system tells."""

    def __init__(self) -> None:
        self._peaks: dict[int, int] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stopped.wait(0.2):
            for pid in (Path("/proc/self").resolve().name, *children()):
                self._peaks[int(pid)] = max(self._peaks.get(int(pid), 0), peak_of(pid))

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()

    def peaks(self) -> list[tuple[str, int]]:
        """Who, and bytes; the storing process first."""
        own, *others = sorted(self._peaks)
        workers = [pid for pid in others if self._peaks[pid] > 30 * MB]
        return [("the storing process", self._peaks[own])] + [
            (f"worker {number}", self._peaks[pid]) for number, pid in enumerate(workers, 1)
        ]


def children() -> list[str]:
    """Processes that this one started; none where there is no /proc."""
    found: list[str] = []
    for path in Path("/proc/self/task").glob("*/children") if sys.platform == "linux" else ():
        with suppress(OSError):
            found += path.read_text().split()
    return found


def peak_of(pid: str) -> int:
    """Most memory the process ever held, in bytes; 0 when it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
