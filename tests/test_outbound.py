"""Calling out: only over safe ways, patiently, and never believing what comes back."""

from __future__ import annotations

import ast
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import uncramp
from outbound_support import (
    HOURLY,
    Heard,
    Said,
    forecast,
    only_this_machine,
    patience,
    stub_service,
)
from uncramp import units
from uncramp.errors import OutboundError
from uncramp.outbound.asking import Patience, ask
from uncramp.outbound.weather import Hourly, OpenMeteo, Place, hourly_from, rounded_place
from uncramp.wording.catalogue import error_text

NOW = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test gets beyond this machine."""
    only_this_machine(monkeypatch)


def kind_answer(heard: Heard) -> Said:
    """A service that works."""
    return forecast(heard, today=NOW)


# ---------------------------------------------------------------- the way out


def test_only_outbound_can_call_out() -> None:
    """No other module imports anything that opens a connection."""
    forbidden = {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "requests",
                 "httpx", "aiohttp", "urllib3", "telnetlib", "xmlrpc", "webbrowser"}  # fmt: skip
    package = Path(uncramp.__file__).parent
    offenders = []
    for path in sorted(package.rglob("*.py")):
        if path.is_relative_to(package / "outbound"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            offenders += [
                f"{path.name}: {name}"
                for name in names
                if any(name == one or name.startswith(f"{one}.") for one in forbidden)
            ]
    assert offenders == ["serving.py: socket"], "it listens; nothing is sent"


def test_the_guard_of_these_tests_works() -> None:
    """Whoever calls out in these tests is caught."""
    with pytest.raises(pytest.fail.Exception):
        OpenMeteo(patience=Patience(waits_s=())).recent(Place(48.1, 11.6))


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://127.0.0.1/", "file:///etc/hosts"])
def test_nothing_is_sent_in_the_open(url: str) -> None:
    """Only https, or this machine."""
    with pytest.raises(ValueError, match="https"):
        ask(url, service="it", largest_bytes=10, patience=patience())


def ask_stub(
    *answers: Said, slept: list[float] | None = None, largest_bytes: int = 1000
) -> tuple[bytes | OutboundError, int]:
    """What `ask` gives when the service says one thing after the other, and how often it asked."""
    script = iter(answers)
    with stub_service(lambda _: next(script)) as stub:
        try:
            result: bytes | OutboundError = ask(
                f"{stub.url}/x?place=secret",
                service="Stub",
                largest_bytes=largest_bytes,
                accepted=("application/json",),
                patience=patience(slept),
            )
        except OutboundError as error:
            result = error
    if isinstance(result, OutboundError):
        assert "secret" not in f"{result} {result.values} {result!r}"
        assert result.__cause__ is None
    return result, len(stub.heard)


def test_an_answer_comes_through() -> None:
    """At exactly the size that is allowed, too."""
    assert ask_stub(Said(b"{}"), largest_bytes=2) == (b"{}", 1)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_that_passes_is_asked_again(status: int) -> None:
    """Twice bad, then good: two waits, each longer."""
    slept: list[float] = []
    bad = Said(b"oops", status=status, kind="text/html")
    assert ask_stub(bad, bad, Said(b"{}"), slept=slept) == (b"{}", 3)
    assert slept == [1.0, 5.0]


def test_trouble_that_stays_is_told() -> None:
    """After four questions, by a code of its own."""
    bad = Said(b"", status=500)
    error, n_asked = ask_stub(*[bad] * 9)
    assert isinstance(error, OutboundError)
    assert (error.code, n_asked) == ("service_failing", 4)


def test_too_many_questions_wait_longer() -> None:
    """As long as the service says, else ten seconds and more."""
    slept: list[float] = []
    busy = Said(b'{"error":true,"reason":"Minutely API request limit exceeded."}', status=429)
    polite = replace(busy, headers={"Retry-After": "7"})
    assert ask_stub(busy, polite, Said(b"{}"), slept=slept) == (b"{}", 3)
    assert slept == [10.0, 7.0]
    error, n_asked = ask_stub(*[busy] * 9)
    assert isinstance(error, OutboundError)
    assert (error.code, n_asked) == ("service_busy", 4)
    error, n_asked = ask_stub(replace(busy, headers={"Retry-After": "3600"}))
    assert isinstance(error, OutboundError)
    assert (error.code, n_asked) == ("service_busy", 1)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(b"{}", kind="text/html"), "service_answer"),
        (Said(b"x" * 1001), "service_answer"),
        (Said(b"no", status=400), "service_refused"),
        (Said(b"", status=301, headers={"Location": "http://127.0.0.1:9/"}), "service_refused"),
    ],
)
def test_what_asking_again_cannot_mend(said: Said, code: str) -> None:
    """Told at once; nobody is followed elsewhere."""
    error, n_asked = ask_stub(said)
    assert isinstance(error, OutboundError)
    assert (error.code, n_asked) == (code, 1)


def test_half_an_answer_is_none() -> None:
    """A connection that ends early is asked again, and never taken for the whole."""
    half = Said(b'{"a"', claimed_length=9)
    assert ask_stub(half, Said(b"{}")) == (b"{}", 2)
    error, _ = ask_stub(*[half] * 9)
    assert isinstance(error, OutboundError)
    assert error.code == "service_unreachable"


def test_a_service_that_is_not_there() -> None:
    """Nobody listens at this port any more."""
    with stub_service(kind_answer) as stub:
        url = stub.url
    with pytest.raises(OutboundError) as caught:
        ask(url, service="Stub", largest_bytes=10, patience=patience())
    assert caught.value.code == "service_unreachable"


def test_a_service_that_says_nothing() -> None:
    """Is given up after the time-out."""
    never = threading.Event()
    quick = Patience(timeout_s=0.05, waits_s=())
    try:
        with (
            stub_service(lambda _: Said(b"{}", delay=never)) as stub,
            pytest.raises(OutboundError) as caught,
        ):
            ask(stub.url, service="Stub", largest_bytes=10, patience=quick)
    finally:
        never.set()
    assert caught.value.code == "service_timeout"


def test_a_service_that_drips() -> None:
    """The whole answer has a deadline, however often a byte comes."""
    clock = iter([0.0, 1e9])
    quick = Patience(waits_s=(), clock=lambda: next(clock))
    with (
        stub_service(lambda _: Said(b"{}")) as stub,
        pytest.raises(OutboundError) as caught,
    ):
        ask(stub.url, service="Stub", largest_bytes=10, patience=quick)
    assert caught.value.code == "service_timeout"


@pytest.mark.parametrize(
    "code",
    ["service_unreachable", "service_untrusted", "service_timeout", "service_busy",
     "service_failing", "service_refused", "service_answer", "key_refused"],
)  # fmt: skip
def test_every_trouble_has_words(code: str) -> None:
    """What, why and what to do."""
    words = error_text(code, {"service": "Open-Meteo", "status": 400})
    assert set(words) == {"what", "why", "remedy"}


# ---------------------------------------------------------------- places and hours


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_no_question_holds_more_than_a_tenth_of_a_degree(latitude: float, longitude: float) -> None:
    """Whatever the run recorded."""
    place = rounded_place(latitude, longitude)
    if place is None:
        assert abs(latitude) <= 0.05
        assert abs(longitude) <= 0.05
        return
    for exact, sent in ((latitude, place.latitude_deg), (longitude, place.longitude_deg)):
        assert f"{sent:.1f}" != "-0.0"
        assert float(f"{sent:.1f}") == sent
        assert abs(exact - sent) <= 0.05 + 1e-9


@pytest.mark.parametrize(
    "place",
    [
        (0.0, 0.0),
        (-0.0001, 0.04),
        (91.0, 0.0),
        (10.0, 181.0),
        (float("nan"), 3.0),
        (3.0, float("inf")),
    ],
)
def test_what_is_no_place(place: tuple[float, float]) -> None:
    """Nothing is asked about it."""
    assert rounded_place(*place) is None


def recorded(**changed: Any) -> bytes:
    """Three hours as Open-Meteo tells them, with changes."""
    answer: dict[str, Any] = {
        "latitude": 48.12,
        "longitude": 11.6,
        "utc_offset_seconds": 0,
        "hourly_units": {
            "time": "iso8601", "temperature_2m": "°C", "relative_humidity_2m": "%",
            "dew_point_2m": "°C", "wind_speed_10m": "km/h", "cloud_cover": "%",
        },
        "hourly": {
            "time": ["2024-12-31T23:00", "2025-01-01T00:00", "2025-01-01T01:00"],
            "temperature_2m": [4.0, 2.0, None],
            "relative_humidity_2m": [90, 80, 70],
            "dew_point_2m": [2.5, -1.0, -3.0],
            "wind_speed_10m": [7.2, 3.6, 36.0],
            "cloud_cover": [100, None, 0],
        },
    }  # fmt: skip
    for name, value in changed.items():
        answer[name] = answer[name] | value if isinstance(value, dict) else value
    return json.dumps(answer).encode()


def test_an_answer_is_read_in_our_units() -> None:
    """Across the year's end, with what is missing as None."""
    hourly = hourly_from(recorded())
    assert hourly.begins == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert hourly.columns["temp_air_c"] == (4.0, 2.0, None)
    assert hourly.columns["relative_humidity_pct"] == (90.0, 80.0, 70.0)
    assert hourly.columns["wind_speed_m_s"] == pytest.approx((2.0, 1.0, 10.0))
    assert hourly.columns["cloud_cover_pct"] == (100.0, None, 0.0)
    assert hourly.last_known() == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("m/s", 36.0), ("km/h", 10.0), ("mp/h", 36.0 * 0.44704), ("kn", None), ("", None)],
)
def test_wind_in_every_unit(unit: str, expected: float | None) -> None:
    """A unit that is not known is not guessed at."""
    wind = hourly_from(recorded(hourly_units={"wind_speed_10m": unit})).columns["wind_speed_m_s"]
    assert wind[2] == (None if expected is None else pytest.approx(expected))


def test_fahrenheit_and_other_zones() -> None:
    """Though we ask for neither."""
    hourly = hourly_from(recorded(utc_offset_seconds=3600, hourly_units={"temperature_2m": "°F"}))
    assert hourly.begins == datetime(2024, 12, 31, 22, tzinfo=UTC)
    assert hourly.columns["temp_air_c"][0] == pytest.approx(-15.5556, abs=1e-3)


def test_what_cannot_be_on_earth_is_not_told() -> None:
    """Nor is what is no number."""
    odd = {"temperature_2m": [999, "warm", True], "relative_humidity_2m": [-1, 101, 50]}
    hourly = hourly_from(recorded(hourly=odd))
    assert hourly.columns["temp_air_c"] == (None, None, None)
    assert hourly.columns["relative_humidity_pct"] == (None, None, 50.0)
    assert hourly.last_known() is None


def test_a_column_that_is_missing() -> None:
    """Leaves the others as they are."""
    content = json.loads(recorded())
    del content["hourly"]["cloud_cover"], content["hourly_units"]["dew_point_2m"]
    hourly = hourly_from(json.dumps(content).encode())
    assert hourly.columns["cloud_cover_pct"] == (None,) * 3
    assert hourly.columns["dew_point_c"] == (None,) * 3
    assert hourly.columns["temp_air_c"] == (4.0, 2.0, None)


def test_an_hour_that_was_left_out() -> None:
    """Has no value; nothing is moved into its place."""
    times = {"time": ["2024-12-31T23:00", "2025-01-01T00:00", "2025-01-01T02:00"]}
    hourly = hourly_from(recorded(hourly=times))
    assert hourly.columns["relative_humidity_pct"] == (90.0, 80.0, None, 70.0)


BROKEN = [
    b"", b"{", b"null", b"[]", b"{}", b'{"error":true,"reason":"x"}', b"\xff\xfe", b"[" * 100_000,
    recorded(hourly={"time": []}),
    recorded(hourly={"time": ["yesterday", "x", "y"]}),
    recorded(hourly={"time": [1, 2, 3]}),
    recorded(hourly={"time": ["2025-01-01T00:30"] * 3}),
    recorded(hourly={"time": ["0001-01-01T00:00", "2025-01-01T00:00", "9999-12-31T23:00"]}),
    recorded(hourly={"temperature_2m": [1.0]}),
    recorded(hourly={"temperature_2m": 3.0}),
    recorded(utc_offset_seconds="soon"),
    recorded(utc_offset_seconds=1e300),
]  # fmt: skip


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_answer_is_refused(content: bytes) -> None:
    """With a clear error, whatever it is."""
    with pytest.raises(OutboundError) as caught:
        hourly_from(content)
    assert caught.value.code == "service_answer"


@given(st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["hourly", "hourly_units", "time", *HOURLY]), inner),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_answer_ends_in_a_traceback(content: bytes) -> None:
    """Usable, or refused."""
    try:
        code = "service_answer" if hourly_from(content).columns else "no columns"
    except OutboundError as error:
        code = error.code
    assert code == "service_answer"


def hours_of(*temperatures: float | None) -> Hourly:
    """Hours from midnight on."""
    columns = dict.fromkeys(
        ("relative_humidity_pct", "dew_point_c", "wind_speed_m_s", "cloud_cover_pct"),
        (None,) * len(temperatures),
    )
    begins = datetime(2025, 3, 1, tzinfo=UTC)
    return Hourly(begins=begins, columns={"temp_air_c": temperatures, **columns})


@pytest.mark.parametrize(
    ("begin_h", "end_h", "expected"),
    [
        (0.0, 1.0, 11.0),
        (0.5, 0.5, 11.0),
        (1.0, 1.0, 12.0),
        (0.5, 1.5, 0.5 * 11.5 + 0.5 * 13.0),
        (0.0, 3.0, (11.0 + 14.0 + 18.0) / 3),
        (2.0, 3.5, None),
        (-0.5, 1.0, None),
        (3.0, 4.5, None),
    ],
)
def test_the_mean_over_a_run(begin_h: float, end_h: float, expected: float | None) -> None:
    """By straight lines between the hours; None where one is not known."""
    hourly = hours_of(10.0, 12.0, 16.0, 20.0, None)
    begin = hourly.begins + timedelta(hours=begin_h)
    found = hourly.mean_between(begin, hourly.begins + timedelta(hours=end_h))
    assert found["temp_air_c"] == (None if expected is None else pytest.approx(expected))
    assert found["cloud_cover_pct"] is None


@given(
    st.lists(st.floats(-30, 45), min_size=3, max_size=30),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_mean_lies_between_its_hours(values: list[float], one: float, other: float) -> None:
    """Never beyond the coldest and the warmest hour."""
    hourly = hours_of(*values)
    low, high = sorted((one * (len(values) - 1), other * (len(values) - 1)))
    hours = (hourly.begins + timedelta(hours=low), hourly.begins + timedelta(hours=high))
    found = hourly.mean_between(*hours)["temp_air_c"]
    assert found is not None
    assert min(values) - 1e-6 <= found <= max(values) + 1e-6


def test_what_is_kept_comes_back() -> None:
    """And holds no place."""
    hourly = hourly_from(recorded())
    assert Hourly.from_bytes(hourly.as_bytes()) == hourly
    assert b"48" not in hourly.as_bytes()


@given(st.floats(0, 200))
def test_speeds_convert_back(speed: float) -> None:
    """Metres a second, kilometres an hour, miles an hour."""
    for there, back in (
        (units.kilometres_per_hour_from_metres_per_second,
         units.metres_per_second_from_kilometres_per_hour),
        (units.miles_per_hour_from_metres_per_second, units.metres_per_second_from_miles_per_hour),
    ):  # fmt: skip
        assert back(there(speed)) == pytest.approx(speed)
    assert units.metres_per_second_from_kilometres_per_hour(36.0) == pytest.approx(10.0)
    assert units.metres_per_second_from_miles_per_hour(10.0) == pytest.approx(4.4704)
