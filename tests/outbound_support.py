"""What the tests of calling out share: a stub service on this machine, and a guard around it.

The shapes of the answers are those of the public documentation; the numbers are made up.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from uncramp.outbound.asking import Patience

HOURLY = (
    "temperature_2m", "relative_humidity_2m", "dew_point_2m", "wind_speed_10m", "cloud_cover",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One answer of the stub."""

    content: bytes
    status: int = 200
    kind: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    claimed_length: int | None = None
    delay: threading.Event | None = None
    """Waits for this before it answers."""


@dataclass(frozen=True)
class Heard:
    """One question to the stub."""

    path: str
    query: dict[str, str]
    authorization: str | None
    line: str
    headers: dict[str, str]


class Stub:
    """A service with a script: `answer` gets each question and gives what to say."""

    def __init__(self, answer: Callable[[Heard], Said]) -> None:
        self.answer = answer
        self.heard: list[Heard] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            """Tells the stub."""

            def do_GET(self) -> None:
                """Every question."""
                parts = urlsplit(self.path)
                query = {name: one[0] for name, one in parse_qs(parts.query).items()}
                heard = Heard(
                    path=parts.path,
                    query=query,
                    authorization=self.headers.get("Authorization"),
                    line=self.path,
                    headers=dict(self.headers.items()),
                )
                stub.heard.append(heard)
                said = stub.answer(heard)
                if said.delay is not None:
                    said.delay.wait(30)
                self.send_response(said.status)
                self.send_header("Content-Type", said.kind)
                length = len(said.content) if said.claimed_length is None else said.claimed_length
                self.send_header("Content-Length", str(length))
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(said.content)
                except OSError:
                    self.close_connection = True

            def log_message(self, *args: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def stub_service(answer: Callable[[Heard], Said]) -> Iterator[Stub]:
    """A service for as long as a test needs one."""
    stub = Stub(answer)
    try:
        yield stub
    finally:
        stub.close()


def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whoever connects to, or asks for the address of, anything but this machine."""
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
            pytest.fail(f"a connection to {address}")
        real_connect(self, address)

    def lookup(host: Any, *args: Any, **others: Any) -> Any:
        if host not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a look-up of {host}")
        return real_lookup(host, *args, **others)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def patience(slept: list[float] | None = None) -> Patience:
    """Asks again three times, without waiting; `slept` gets the waits."""
    waits: list[float] = [] if slept is None else slept
    return Patience(timeout_s=10, sleep=waits.append)


def forecast(
    heard: Heard,
    *,
    today: datetime,
    value: Callable[[datetime], float | None] | None = None,
    wind_unit: str = "m/s",
) -> Said:
    """An answer of Open-Meteo to either question: by default 20 °C and a degree an hour."""
    if "start_date" in heard.query:
        first = datetime.fromisoformat(heard.query["start_date"]).replace(tzinfo=UTC)
        last = datetime.fromisoformat(heard.query["end_date"]).replace(tzinfo=UTC)
    else:
        midnight = today.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight - timedelta(days=int(heard.query["past_days"]))
        last = midnight + timedelta(days=int(heard.query["forecast_days"]) - 1)
    n_hours = 24 * ((last - first).days + 1)
    hours = [first + timedelta(hours=hour) for hour in range(n_hours)]
    temperature = value or (lambda hour: 20.0 + hour.hour)
    columns: dict[str, list[Any]] = {
        "time": [f"{hour:%Y-%m-%dT%H:%M}" for hour in hours],
        "temperature_2m": [temperature(hour) for hour in hours],
        "relative_humidity_2m": [60] * n_hours,
        "dew_point_2m": [12.5] * n_hours,
        "wind_speed_10m": [3.6] * n_hours,
        "cloud_cover": [25] * n_hours,
    }
    answer = {
        "latitude": 48.119999,
        "longitude": 11.6004,
        "generationtime_ms": 0.21,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 526.0,
        "hourly_units": {
            "time": "iso8601",
            "temperature_2m": "°C",
            "relative_humidity_2m": "%",
            "dew_point_2m": "°C",
            "wind_speed_10m": wind_unit,
            "cloud_cover": "%",
        },
        "hourly": columns,
    }
    return Said(json.dumps(answer).encode())
