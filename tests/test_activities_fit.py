"""FIT files: round trips through our own writer, and every kind of damage the field has seen."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from activities_support import (
    RECORD_FIELDS,
    START,
    file_id,
    flag_codes,
    only,
    plain_run,
    records,
    session,
)
from uncramp.activities import fit_writer as fit
from uncramp.activities import read_bytes
from uncramp.activities.fit_crc import crc16
from uncramp.errors import RefusedFileError
from uncramp.vocabulary import Lap, Sex, UserProfile

T0 = fit.fit_time(START)


def slow_crc(data: bytes) -> int:
    """The checksum bit by bit, as the protocol describes it."""
    register = 0
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    return register


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 255, 256, 257, 1000])
def test_checksum_equals_the_bit_by_bit_one(size: int) -> None:
    """Folding words in pairs gives the protocol's checksum at every length."""
    data = bytes(i * 37 % 251 for i in range(size))
    assert crc16(data) == slow_crc(data)
    assert crc16(data + crc16(data).to_bytes(2, "little")) == 0


def test_round_trip_of_a_whole_run() -> None:
    """What the writer is given, the reader gives back, at device resolution."""
    profile = UserProfile(sex=Sex.FEMALE, age_y=41.0, height_cm=168.0, body_mass_kg=61.5)
    laps = (
        Lap(start_s=0.0, elapsed_s=300.0, timer_s=300.0, distance_m=900.0),
        Lap(start_s=300.0, elapsed_s=299.0, timer_s=299.0, distance_m=897.0),
    )
    run = only(plain_run(sweat_loss_ml=850, profile=profile, laps=laps))
    assert (run.sport, run.is_run, run.n_records) == ("running", True, 600)
    assert run.start_utc == START
    assert run.utc_offset_s == 7200
    assert run.elapsed_s == run.moving_s == 599.0
    assert run.distance_m == pytest.approx(1797.0)
    assert run.profile == profile
    assert run.reported_sweat_loss_l == 0.85
    assert run.device_serial == 4711
    assert run.file_created_utc == START
    assert run.laps == laps
    assert run.mean_heart_rate_bpm == pytest.approx(149.5)
    assert flag_codes(run) == {"watch_temperature_warmed_by_wrist"}
    seconds = np.arange(600.0)
    for channel, expected, resolution in (
        ("latitude_deg", 48.0 + seconds * 1e-5, 1e-7),
        ("longitude_deg", 11.0 + seconds * 1e-5, 1e-7),
        ("elevation_m", 500 + 10 * np.sin(seconds / 60), 0.11),
        ("distance_m", 3.0 * seconds, 0.006),
        ("speed_m_s", np.full(600, 3.0), 0.0006),
        ("cadence_rpm", np.full(600, 85.0), 0.0),
        ("power_w", np.full(600, 250.0), 0.0),
        ("temp_watch_c", np.full(600, 27.0), 0.0),
    ):
        assert np.abs(run.streams[channel].physical() - expected).max() <= resolution, channel
    assert all(s.values.dtype.kind in "iu" for s in run.streams.values())


def test_nothing_is_null_not_zero() -> None:
    """A value the device did not write is null in the channel and outside the mean."""
    run = only(fit.fit_file(records([0, 1, 2], heart_rate=[100, None, 200]) + session()))
    assert run.mean_heart_rate_bpm == 150.0
    null = run.streams["heart_rate_bpm"].null
    assert null is not None
    assert null.tolist() == [False, True, False]
    assert np.isnan(run.streams["heart_rate_bpm"].physical()[1])


def test_heart_rate_zero_means_no_contact() -> None:
    """A strap without contact writes 0; that is no heart rate."""
    run = only(fit.fit_file(records([0, 1, 2], heart_rate=[100, 0, 200]) + session()))
    assert run.mean_heart_rate_bpm == 150.0


def test_big_endian_messages() -> None:
    """Definitions choose the byte order; both read the same."""
    little, big = (
        only(fit.fit_file(records([0, 1, 2], big_endian=b) + session(big_endian=b)))
        for b in (False, True)
    )
    assert little.distance_m == big.distance_m
    assert little.start_utc == big.start_utc
    assert little.time_s.tolist() == big.time_s.tolist()


def test_compressed_timestamps_roll_over() -> None:
    """Five-bit times count on from the last full timestamp, of whatever message, past 32 s."""
    fields = RECORD_FIELDS[1:]
    body = records([0]) + fit.definition(local=1, global_number=20, fields=fields)
    for second in range(7, 140, 7):
        body += fit.message(
            local=1, fields=fields, values=[140, second * 300], time_offset=T0 + second
        )
    other = [fit.Field(253, fit.UINT32)]
    body += fit.definition(local=5, global_number=400, fields=other)
    body += fit.message(local=5, fields=other, values=[T0 + 300])
    body += fit.message(local=1, fields=fields, values=[140, 90100], time_offset=T0 + 301)
    run = only(fit.fit_file(body + session(elapsed_s=301, distance_m=901)))
    assert run.time_s.tolist() == [0.0, *np.arange(7.0, 140.0, 7.0), 301.0]


def test_packed_speed_and_distance() -> None:
    """Three bytes of speed and rolling distance are unpacked, past the 12-bit limit of 256 m."""
    fields = [fit.Field(253, fit.UINT32), fit.Field(8, fit.BYTES, 3)]
    body = fit.definition(local=0, global_number=20, fields=fields)
    for i in range(10):
        speed, distance = 350, (i * 100 * 16) % 4096
        packed = bytes([speed & 0xFF, speed >> 8 | (distance & 0x0F) << 4, distance >> 4])
        body += fit.message(local=0, fields=fields, values=[T0 + 30 * i, packed])
    run = only(fit.fit_file(body))
    assert run.distance_m == 900.0
    assert run.streams["speed_m_s"].physical().tolist() == [3.5] * 10


def test_file_never_finalised() -> None:
    """Data size 0 and no checksum, as a dead battery leaves it: everything is read."""
    body = records(range(50)) + session()
    for crc in ("none", "zero"):
        run = only(fit.fit_file(body, data_size=0, header_crc="zero", file_crc=crc))
        assert run.n_records == 50
        assert "not_finalised" in flag_codes(run)
        assert "undefined_message" not in flag_codes(run)


@pytest.mark.parametrize("told", [40, 10**6])
def test_wrong_length_in_the_header(told: int) -> None:
    """A length that is too short or too long loses no record."""
    body = records(range(50)) + session()
    run = only(fit.fit_file(body, data_size=told))
    assert run.n_records == 50
    assert run.distance_m == 300.0


def test_header_checksum() -> None:
    """Zero is normal and not worth a word; a wrong one is flagged; a short header has none."""
    body = records(range(5)) + session()
    zero = only(fit.fit_file(body, header_crc="zero"))
    wrong = only(fit.fit_file(body, header_crc="wrong"))
    short = only(fit.fit_file(body, header_size=12))
    assert flag_codes(zero) == flag_codes(short) == {"no_position"}
    assert flag_codes(wrong) == {"no_position", "header_crc_wrong"}


def test_wrong_file_checksum_is_imported_and_flagged() -> None:
    """The checksum is never demanded, never trusted."""
    run = only(fit.fit_file(records(range(5)) + session(), file_crc="wrong"))
    assert run.n_records == 5
    assert "crc_wrong" in flag_codes(run)


def test_chained_files() -> None:
    """Two files in one give both activities; a corrupt second one costs only itself."""
    one = fit.fit_file(records(range(5)) + session())
    both = read_bytes(one + one, name="a.fit").activities
    assert [a.n_records for a in both] == [5, 5]
    assert [a.session_index for a in both] == [0, 1]
    broken = only(one + one.replace(b".FIT", b".GIT"))
    assert broken.n_records == 5
    assert "trailing_bytes" in flag_codes(broken)


def test_field_size_that_is_no_multiple_of_its_type() -> None:
    """A 32-bit field of one byte neither raises nor shifts what follows it."""
    fields = [*RECORD_FIELDS[:1], fit.Field(7, fit.UINT16, 1), fit.Field(61, fit.UINT32, 3)]
    fields.append(RECORD_FIELDS[1])
    body = fit.definition(local=0, global_number=20, fields=fields)
    for i in range(4):
        body += struct.pack("<BIB3sB", 0, T0 + i, 99, b"abc", 150 + i)
    run = only(fit.fit_file(body))
    assert run.streams["heart_rate_bpm"].values.tolist() == [150, 151, 152, 153]
    assert run.streams["power_w"].values.tolist() == [99] * 4


def test_unterminated_text() -> None:
    """A product name that fills its field without an end mark is taken whole."""
    fields = [fit.Field(0, fit.ENUM), fit.Field(1, fit.UINT16), fit.Field(8, fit.TEXT, 6)]
    body = fit.definition(local=1, global_number=0, fields=fields)
    body += fit.message(local=1, fields=fields, values=[4, 32, b"ELEMNT"])
    assert only(fit.fit_file(body + records(range(3)))).device == "wahoo ELEMNT"


def test_undefined_local_message_keeps_what_came_before() -> None:
    """Damage in the middle costs what follows, not the run."""
    body = records(range(30)) + session(elapsed_s=60) + b"\x0b" + bytes(200)
    run = only(fit.fit_file(body))
    assert run.n_records == 30
    assert "undefined_message" in flag_codes(run)


def test_cut_anywhere_keeps_the_good_part() -> None:
    """However short the file, the records before the cut are there and nothing is invented."""
    whole = fit.fit_file(file_id() + records(range(40)) + session())
    seen = set()
    for size in range(len(whole)):
        try:
            run = only(whole[:size])
        except RefusedFileError:
            continue
        assert np.array_equal(run.time_s, np.arange(run.n_records))
        assert "truncated" in flag_codes(run)
        seen.add(run.n_records)
    assert seen == set(range(1, 41))


def test_absurd_times_in_the_middle() -> None:
    """Times that explode are put back in line; the activity does not last for years."""
    seconds: list[int | None] = list(range(100))
    seconds[40], seconds[41], seconds[60], seconds[99] = 300_000_000, 65_576, -3_000, 500_000_000
    run = only(fit.fit_file(records(seconds)))
    assert run.time_s.tolist() == [float(i) for i in range(100)]
    assert run.elapsed_s == 99.0
    assert "absurd_times_repaired" in flag_codes(run)


def test_absurd_values_are_dropped() -> None:
    """Distances nobody can run are nulled and do not become the activity's distance."""
    metres: list[float | None] = [3.0 * i for i in range(100)]
    metres[50], metres[70], metres[99] = 42_000.0, 0.0, 900_000.0
    run = only(fit.fit_file(records(range(100), distance_m=metres)))
    assert run.distance_m == pytest.approx(3.0 * 98)
    assert "absurd_values_dropped" in flag_codes(run)
    kept = run.streams["distance_m"].physical()
    assert np.isnan(kept[[50, 70, 99]]).all()
    assert np.isfinite(kept).sum() == 97


def test_session_distance_that_nobody_can_run() -> None:
    """An impossible total in the summary is replaced by the recording's own."""
    run = only(fit.fit_file(records(range(100)) + session(distance_m=99_000.0)))
    assert run.distance_m == pytest.approx(297.0)
    assert "session_distance_absurd" in flag_codes(run)


def test_clock_set_back_during_the_run() -> None:
    """After a lasting step back time goes on; no step is negative and no record is lost."""
    seconds = [*range(3600, 3700), *range(100, 200)]
    run = only(fit.fit_file(records(seconds)))
    assert (np.diff(run.time_s) >= 0).all()
    assert run.elapsed_s == pytest.approx(198.0, abs=2.0)
    assert "time_steps_back" in flag_codes(run)


def test_duplicate_times_stay() -> None:
    """Two records in one second, as at lap borders, both count."""
    run = only(fit.fit_file(records([0, 1, 1, 2, 3])))
    assert run.n_records == 5
    assert run.time_s.tolist() == [0, 1, 1, 2, 3]
    assert "duplicate_times" in flag_codes(run)


def test_record_without_timestamp_is_kept_between_its_neighbours() -> None:
    """A sensible time is given where there is one to give."""
    run = only(fit.fit_file(records([0, 1, None, 3, 4])))
    assert run.time_s.tolist() == [0, 1, 2, 3, 4]
    assert "records_without_time" in flag_codes(run)


def test_no_timestamp_at_all() -> None:
    """Without any time the records still count, and times are unknown, not zero."""
    run = only(fit.fit_file(records([None] * 5)))
    assert run.n_records == 5
    assert np.isnan(run.time_s).all()
    assert run.start_utc is None
    assert run.elapsed_s is None
    assert "no_times" in flag_codes(run)


def test_no_session_message() -> None:
    """The summary is worked out from the records."""
    run = only(fit.fit_file(records(range(61))))
    assert (run.elapsed_s, run.moving_s, run.distance_m) == (60.0, 60.0, 180.0)
    assert run.sport == "unknown"
    assert not run.is_run
    assert {"no_session", "no_sport"} <= flag_codes(run)


def test_session_without_records() -> None:
    """A summary alone is an activity without records."""
    run = only(fit.fit_file(session()))
    assert (run.n_records, run.distance_m, run.elapsed_s) == (0, 300.0, 100.0)
    assert "no_records" in flag_codes(run)


@pytest.mark.parametrize("summary_first", [False, True])
def test_several_sessions_are_several_activities(*, summary_first: bool) -> None:
    """Each record belongs to exactly one session, wherever the summaries stand."""
    summaries = session(begin_s=0, elapsed_s=100, distance_m=300)
    summaries += session(begin_s=100, elapsed_s=20, distance_m=40, sport=3)
    summaries += session(begin_s=120, elapsed_s=180, distance_m=1500, sport=2)
    points = records(range(300))
    body = summaries + points if summary_first else points + summaries
    activities = read_bytes(fit.fit_file(body), name="tri.fit").activities
    assert [a.sport for a in activities] == ["running", "transition", "cycling"]
    assert [a.is_run for a in activities] == [True, False, False]
    assert [a.n_records for a in activities] == [100, 20, 180]
    assert [a.distance_m for a in activities] == [300.0, 40.0, 1500.0]
    assert activities[2].streams["distance_m"].physical()[0] < 1.0
    assert activities[2].time_s[0] == 0.0


def test_stored_heart_rate_is_merged_by_time() -> None:
    """A strap's own values, packed in 12-bit times, land on the records they belong to."""
    silent: list[int | None] = [None] * 20
    anchor = [
        fit.Field(253, fit.UINT32),
        fit.Field(0, fit.UINT16),
        fit.Field(6, fit.UINT8, 1),
        fit.Field(9, fit.UINT32),
    ]
    packed_fields = [fit.Field(6, fit.UINT8, 8), fit.Field(10, fit.BYTES, 12)]
    body = records(range(20), heart_rate=silent) + session()
    body += fit.definition(local=1, global_number=132, fields=anchor)
    ticks = 5_000_000
    body += fit.message(local=1, fields=anchor, values=[T0, 0, 120, ticks])
    body += fit.definition(local=2, global_number=132, fields=packed_fields)
    for group in range(2):
        rates = [121 + group * 8 + i for i in range(8)]
        times = [(ticks + 1024 * (group * 8 + i + 1)) & 0xFFF for i in range(8)]
        content = b""
        for first, second in zip(times[::2], times[1::2], strict=True):
            content += bytes([first & 0xFF, first >> 8 | (second & 0x0F) << 4, second >> 4])
        body += fit.message(local=2, fields=packed_fields, values=[rates, content])
    run = only(fit.fit_file(body))
    assert "heart_rate_merged" in flag_codes(run)
    rate = run.streams["heart_rate_bpm"].physical()
    assert np.abs(rate[1:17] - np.arange(120.5, 136.5)).max() <= 1.0
    assert np.isnan(rate[18:]).all()


def test_rows_that_alternate() -> None:
    """Position and heart rate in turns within one second: both are usable in every row."""
    place = [fit.Field(253, fit.UINT32), fit.Field(0, fit.SINT32), fit.Field(1, fit.SINT32)]
    pulse = [fit.Field(253, fit.UINT32), fit.Field(3, fit.UINT8)]
    body = fit.definition(local=0, global_number=20, fields=place)
    body += fit.definition(local=1, global_number=20, fields=pulse)
    for i in range(30):
        body += fit.message(local=0, fields=place, values=[T0 + i, 500_000_000 + 300 * i, 7_000])
        body += fit.message(local=1, fields=pulse, values=[T0 + i, 120 + i])
    run = only(fit.fit_file(body))
    assert run.n_records == 60
    assert run.mean_heart_rate_bpm == pytest.approx(134.5)
    assert run.streams["heart_rate_bpm"].null is None
    assert run.streams["latitude_deg"].null is None
    assert "rows_merged" in flag_codes(run)


def developer_run(name: bytes) -> bytes:
    """A run with native cadence and a developer field of the given name."""
    described = [
        fit.Field(0, fit.UINT8),
        fit.Field(1, fit.UINT8),
        fit.Field(2, fit.UINT8),
        fit.Field(3, fit.TEXT, 16),
    ]
    fields = [fit.Field(253, fit.UINT32), fit.Field(4, fit.UINT8)]
    body = fit.definition(local=1, global_number=206, fields=described)
    body += fit.message(local=1, fields=described, values=[0, 7, fit.FLOAT32, name])
    body += fit.definition(
        local=0, global_number=20, fields=fields, developer_fields=[(7, 4, 0), (9, 2, 3)]
    )
    for i in range(5):
        extra = struct.pack("<fH", 36.5 + i / 10, 1)
        body += fit.message(local=0, fields=fields, values=[T0 + i, 80], developer_bytes=extra)
    return fit.fit_file(body)


def test_developer_fields() -> None:
    """Described fields become channels of their own; undescribed ones are stepped over."""
    run = only(developer_run(b"core_temperature"))
    expected = [36.5, 36.6, 36.7, 36.8, 36.9]
    assert run.streams["dev:core_temperature"].physical() == pytest.approx(expected, abs=1e-5)


def test_developer_name_clash() -> None:
    """A developer's Cadence never replaces the watch's own."""
    run = only(developer_run(b"Cadence"))
    assert run.streams["cadence_rpm"].physical().tolist() == [80.0] * 5
    assert "dev:Cadence" in run.streams


def test_enhanced_values_win() -> None:
    """Where a device writes both the plain and the enhanced form, the enhanced one counts."""
    fields = [fit.Field(253, fit.UINT32), fit.Field(73, fit.UINT32), fit.Field(6, fit.UINT16)]
    body = fit.definition(local=0, global_number=20, fields=fields)
    for i, enhanced in enumerate([3100, None, 3300]):
        body += fit.message(local=0, fields=fields, values=[T0 + i, enhanced, 3000])
    run = only(fit.fit_file(body))
    assert run.streams["speed_m_s"].physical().tolist() == [3.1, 3.0, 3.3]


def test_fractional_cadence() -> None:
    """Cadence is kept with its fraction."""
    fields = [fit.Field(253, fit.UINT32), fit.Field(4, fit.UINT8), fit.Field(53, fit.UINT8)]
    body = fit.definition(local=0, global_number=20, fields=fields)
    body += fit.message(local=0, fields=fields, values=[T0, 85, 64])
    body += fit.message(local=0, fields=fields, values=[T0 + 1, 85, None])
    run = only(fit.fit_file(body))
    assert run.streams["cadence_rpm"].physical().tolist() == [85.5, 85.0]


def test_definition_that_changes_mid_file() -> None:
    """A sensor that connects later adds a column; rows stay in file order."""
    body = records([0, 1]) + fit.definition(local=0, global_number=20, fields=RECORD_FIELDS[:2])
    body += fit.message(local=0, fields=RECORD_FIELDS[:2], values=[T0 + 2, 160])
    body += records([3], distance_m=[9.0])
    run = only(fit.fit_file(body))
    assert run.time_s.tolist() == [0, 1, 2, 3]
    assert run.streams["heart_rate_bpm"].values.tolist() == [150, 150, 160, 150]
    assert np.isnan(run.streams["distance_m"].physical()[2])


def test_pauses_and_gaps_are_not_running_time() -> None:
    """The timer's pauses are left out, and so is a silence the timer did not notice."""
    paused = only(plain_run(pauses_s=[(100.0, 160.0)]))
    assert paused.elapsed_s == 599.0
    assert paused.moving_s == 539.0
    seconds = [*range(100), *range(4000, 4100)]
    gap = only(fit.fit_file(records(seconds) + session(elapsed_s=4099.0, timer_s=4099.0)))
    assert gap.moving_s == pytest.approx(198.0)
    alone = only(fit.fit_file(records(seconds)))
    assert alone.moving_s == pytest.approx(198.0)
    assert alone.elapsed_s == 4099.0


def test_timer_events_without_a_session() -> None:
    """Where no summary was written, stop and start events tell the pauses."""
    body = records(range(100))
    fields = [fit.Field(253, fit.UINT32), fit.Field(0, fit.ENUM), fit.Field(1, fit.ENUM)]
    body += fit.definition(local=3, global_number=21, fields=fields)
    for second, kind in ((0, 0), (40, 4), (60, 0), (99, 4)):
        body += fit.message(local=3, fields=fields, values=[T0 + second, 0, kind])
    assert only(fit.fit_file(body)).moving_s == 79.0


def test_clock_never_set() -> None:
    """Times since the watch was switched on order the run but do not date it."""
    fields = RECORD_FIELDS[:2]
    body = fit.definition(local=0, global_number=20, fields=fields)
    for i in range(10):
        body += fit.message(local=0, fields=fields, values=[5_000 + i, 150])
    run = only(fit.fit_file(body))
    assert run.start_utc is None
    assert run.time_s.tolist() == [float(i) for i in range(10)]
    assert "clock_not_set" in flag_codes(run)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (2, "fit_settings"),
        (5, "fit_workout"),
        (6, "fit_course"),
        (32, "fit_monitoring"),
        (9, "fit_other"),
        (4, "no_records"),
    ],
)
def test_other_kinds_of_file_are_refused_politely(kind: int, code: str) -> None:
    """Each kind of file that is no recording has its own reason."""
    body = file_id(kind) + (records(range(3)) if kind == 6 else b"")
    with pytest.raises(RefusedFileError) as caught:
        read_bytes(fit.fit_file(body), name="x.fit")
    assert caught.value.code == code
