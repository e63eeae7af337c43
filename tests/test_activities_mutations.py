"""Damage at random: whatever happens to the bytes, the reader answers or refuses, no more."""

from __future__ import annotations

import gzip

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities_support import file_id, plain_run, records, session
from uncramp.activities import fit_writer as fit
from uncramp.activities import looks_like_activity, read_bytes
from uncramp.errors import RefusedFileError

MULTI = fit.fit_file(
    file_id()
    + records(range(120), distance_m=[2.5 * i for i in range(120)])
    + session(begin_s=0, elapsed_s=60)
    + session(begin_s=60, elapsed_s=60, sport=2)
)
RUN = plain_run(seconds=120, sweat_loss_ml=300)
GPX = (
    b'<?xml version="1.0"?><gpx><trk><name>Run</name><trkseg>'
    + b"".join(
        b'<trkpt lat="48.%04d" lon="11.0"><ele>500</ele><time>2026-04-19T08:%02d:%02dZ</time>'
        b"<extensions><hr>150</hr></extensions></trkpt>" % (i, i // 60, i % 60)
        for i in range(40)
    )
    + b"</trkseg></trk></gpx>"
)
SEEDS = [RUN, MULTI, RUN + MULTI, GPX, gzip.compress(GPX, mtime=0), gzip.compress(RUN, mtime=0)]

ONCE = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def check(data: bytes) -> None:
    """Read the bytes and hold the answer against what every activity promises."""
    looks_like_activity(data[:4096], "x.fit")
    try:
        reading = read_bytes(data, name="x.fit")
    except RefusedFileError:
        return
    assert reading.activities
    for activity in reading.activities:
        assert activity.time_s.shape == (activity.n_records,)
        known = activity.time_s[np.isfinite(activity.time_s)]
        assert (np.diff(known) >= 0).all()
        assert known.size in (0, activity.n_records)
        assert activity.elapsed_s is None or 0 <= activity.elapsed_s <= 10 * 86_400
        assert activity.moving_s is None or activity.moving_s >= 0
        assert activity.distance_m is None or 0 <= activity.distance_m < 1e9
        for stream in activity.streams.values():
            assert stream.values.shape == (activity.n_records,)
            assert stream.null is None or stream.null.shape == (activity.n_records,)
            assert stream.null is None or not stream.null.all()
        rate = activity.mean_heart_rate_bpm
        assert rate is None or 1 <= rate <= 250


@ONCE
@given(seed=st.sampled_from(SEEDS), share=st.floats(0, 1))
def test_cut_anywhere(seed: bytes, share: float) -> None:
    """A file cut at any place is read or refused."""
    check(seed[: int(share * len(seed))])


@ONCE
@given(
    seed=st.sampled_from(SEEDS),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=30),
)
def test_flipped_bytes(seed: bytes, flips: list[tuple[float, int]]) -> None:
    """Any bytes may be wrong, in headers, definitions or data."""
    damaged = bytearray(seed)
    for place, change in flips:
        damaged[int(place * (len(seed) - 1))] ^= change
    check(bytes(damaged))


@ONCE
@given(
    seed=st.sampled_from(SEEDS),
    place=st.floats(0, 1),
    inserted=st.binary(max_size=40),
    removed=st.integers(0, 40),
)
def test_shifted_bytes(seed: bytes, place: float, inserted: bytes, removed: int) -> None:
    """Bytes may be lost or added anywhere, which shifts all that follows."""
    at = int(place * len(seed))
    check(seed[:at] + inserted + seed[at + removed :])


@ONCE
@given(body=st.binary(max_size=300))
def test_random_bodies(body: bytes) -> None:
    """A right header and checksum around noise is no reason to believe it."""
    check(fit.fit_file(body))


@ONCE
@given(
    seconds=st.lists(st.one_of(st.none(), st.integers(-(2**20), 2**29)), min_size=1, max_size=40),
    metres=st.integers(0, 2**31),
)
def test_any_times_and_distances(seconds: list[int | None], metres: int) -> None:
    """Whatever times are written, none steps back in the activity."""
    distances = [float((i * metres) % 40_000_000) for i in range(len(seconds))]
    check(fit.fit_file(records(seconds, distance_m=distances)))
