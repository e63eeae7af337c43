"""Originals from intervals.icu: what is fetched, what cannot be, and that the key stays secret."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outbound_support import Heard, Said, Stub, only_this_machine, patience, stub_service
from uncramp.actions import fetching
from uncramp.actions.context import Context
from uncramp.actions.curating import undo_import
from uncramp.actions.fetching import FetchedFiles, fetch_intervals, read_key
from uncramp.activities import fit_writer
from uncramp.cli import main
from uncramp.errors import InputError, OutboundError
from uncramp.outbound.intervals import Intervals
from uncramp.wording.catalogue import refusal_text

NOW = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)
KEY = "1s3cr3tk3yofnobody9"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test gets beyond this machine, and none sees a real key."""
    only_this_machine(monkeypatch)
    monkeypatch.delenv("UNCRAMP_INTERVALS_KEY", raising=False)


def original(day: int) -> bytes:
    """The file of one run."""
    seconds = np.arange(0.0, 601.0, 10.0)
    return fit_writer.write_activity(
        start_utc=datetime(2025, 9, day, 7, tzinfo=UTC),
        time_s=seconds,
        distance_m=3.0 * seconds,
        heart_rate_bpm=np.full(seconds.size, 150.0),
        serial=day,
    )


def line(number: int, kind: str | None = "Run", source: str = "GARMIN_CONNECT") -> dict[str, Any]:
    """One line of the list."""
    day = f"2025-09-{number:02d}T09:00:00"
    return {"id": f"i{number}", "start_date_local": day, "type": kind, "source": source}


STUB_LINE = {
    "id": "16589160080",
    "icu_athlete_id": "i1",
    "start_date_local": "2025-09-20T15:20:49",
    "source": "STRAVA",
    "_note": "STRAVA activities are not available via the API",
}
FILES = {f"/activity/i{day}/file": original(day) for day in range(1, 6)}
LISTED = [STUB_LINE, *(line(day) for day in range(5, 0, -1))]


def answers(listed: Any = LISTED, files: dict[str, Any] | None = None) -> Callable[[Heard], Said]:
    """A service with these activities; a file may be bytes, or a whole answer."""
    known = FILES if files is None else files

    def answer(heard: Heard) -> Said:
        pair = base64.b64encode(f"API_KEY:{KEY}".encode()).decode()
        if heard.authorization != f"Basic {pair}":
            return Said(b'{"status":403,"error":"Access denied"}', status=403)
        if heard.path.startswith("/athlete/"):
            return Said(json.dumps(listed).encode())
        found = known.get(heard.path)
        if found is None:
            return Said(b'{"status":404}', status=404)
        if isinstance(found, Said):
            return found
        return Said(found, kind="application/octet-stream")

    return answer


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An empty data folder."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        yield opened


def client(stub: Stub, key: str = KEY) -> Intervals:
    """A client of the stub."""
    return Intervals(key=key, base_url=stub.url, patience=patience())


def fetched(
    context: Context, answer: Callable[[Heard], Said] | None = None, **others: Any
) -> tuple[FetchedFiles, list[Heard]]:
    """One fetch, and what the service heard."""
    with stub_service(answer or answers()) as stub:
        found = fetch_intervals(context, key=KEY, client=client(stub), **others)
    return found, stub.heard


def n_stored(context: Context) -> int:
    """How many activities there are."""
    return len(context.store.activities(context.stored_runner()))


# ---------------------------------------------------------------- what is asked


def test_everything_is_fetched_and_imported(context: Context) -> None:
    """Oldest first, into the ordinary import; the stub from Strava is counted."""
    found, heard = fetched(context)
    assert (found.n_listed, found.n_fetched, found.added, found.from_strava) == (6, 5, 5, 1)
    assert (found.refused, found.problem, found.n_known) == ((), None, 0)
    assert n_stored(context) == 5
    assert [one.path for one in heard] == ["/athlete/0/activities", *FILES]
    assert heard[0].query == {
        "oldest": "2000-01-01", "newest": "2025-10-02", "fields": "id,start_date_local,type,source",
    }  # fmt: skip


def test_the_days_and_the_athlete(context: Context) -> None:
    """As they were named."""
    _, heard = fetched(context, since=date(2025, 9, 1), athlete="i777")
    assert heard[0].path == "/athlete/i777/activities"
    assert heard[0].query["oldest"] == "2025-09-01"


@pytest.mark.parametrize("athlete", ["", "../x", "1/2", "a b", "x" * 33, "é"])
def test_what_is_no_athlete(context: Context, athlete: str) -> None:
    """Is refused before anything is asked."""
    with stub_service(answers()) as stub, pytest.raises(InputError) as caught:
        fetch_intervals(context, key=KEY, athlete=athlete, client=client(stub))
    assert caught.value.code == "bad_athlete"
    assert stub.heard == []


def test_a_second_fetch_downloads_nothing(context: Context) -> None:
    """What is stored is not fetched again; what was taken back is."""
    first, _ = fetched(context)
    found, heard = fetched(context)
    assert (found.n_fetched, found.n_known, found.added, len(heard)) == (0, 5, 0, 1)
    (stamp,) = first.stamps
    undo_import(context, stamp)
    found, heard = fetched(context)
    assert (found.n_fetched, found.added, len(heard)) == (5, 5, 6)


def test_a_new_run_is_fetched_alone(context: Context) -> None:
    """The others are known."""
    fetched(context, answers(LISTED[2:]))
    found, heard = fetched(context)
    assert (found.n_fetched, found.n_known, found.added) == (1, 4, 1)
    assert heard[1].path == "/activity/i5/file"


def test_each_runner_has_files_of_their_own(context: Context) -> None:
    """What one runner fetched does not count for another."""
    fetched(context)
    with replace(context, runner="ann") as other:
        found, _ = fetched(other)
        assert (found.n_fetched, found.added) == (5, 5)


def test_only_running_unless_asked(context: Context) -> None:
    """Runs of every name, and those the list has no name for."""
    kinds = ["Run", "TrailRun", "VirtualRun", None, "Ride"]
    listed = [line(number, kind) for number, kind in enumerate(kinds, 1)]
    found, heard = fetched(context, answers(listed))
    assert (found.n_fetched, found.n_other_sports) == (4, 1)
    assert "/activity/i5/file" not in [one.path for one in heard]
    found, _ = fetched(context, answers(listed), all_sports=True)
    assert (found.n_fetched, found.n_known, found.n_other_sports) == (1, 4, 0)


def test_packed_originals(context: Context) -> None:
    """Come as they were uploaded, and are known again."""
    packed = {path: gzip.compress(content) for path, content in FILES.items()}
    assert fetched(context, answers(files=packed))[0].added == 5
    assert fetched(context, answers(files=packed))[0].n_known == 5


# ---------------------------------------------------------------- what cannot be had


def test_what_has_no_file(context: Context) -> None:
    """Typed in by hand, deleted, from Strava after all, or empty: told one by one."""
    listed = [line(number) for number in range(1, 6)] + [line(6, source="MANUAL")]
    files = {
        "/activity/i1/file": Said(b"", status=404),
        "/activity/i2/file": Said(b'{"error":"Cannot read Strava activities"}', status=422),
        "/activity/i3/file": b"",
        "/activity/i4/file": b"<html>Log in</html>",
        "/activity/i5/file": original(5),
    }
    found, heard = fetched(context, answers(listed, files))
    assert (found.n_fetched, found.added, found.by_hand, found.problem) == (2, 1, 1, None)
    assert {one.file: one.code for one in found.refused} == {
        "intervals-i1": "no_original",
        "intervals-i2": "no_original",
        "intervals-i3": "no_original",
        "intervals-i4": "html_page",
    }
    assert "/activity/i6/file" not in [one.path for one in heard]
    for one in found.refused:
        assert set(refusal_text(one.code, one.values)) == {"reason", "remedy"}


def test_a_file_that_is_refused_is_not_the_end(context: Context) -> None:
    """Any other answer counts against that file only."""
    files = {**FILES, "/activity/i2/file": Said(b"", status=400)}
    found, _ = fetched(context, answers(files=files))
    assert (found.added, [one.code for one in found.refused]) == (4, ["not_handed_out"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(b"", status=500), "service_failing"),
        (Said(b"", status=429), "service_busy"),
        (Said(b"", status=403), "key_refused"),
        (Said(b"half", claimed_length=999), "service_unreachable"),
    ],
)
def test_a_service_that_goes_away(context: Context, said: Said, code: str) -> None:
    """What came is imported, and the next call goes on from there."""
    found, _ = fetched(context, answers(files={**FILES, "/activity/i3/file": said}))
    assert found.problem is not None
    assert found.problem.code == code
    assert (found.n_fetched, found.added, n_stored(context)) == (2, 2, 2)
    found, _ = fetched(context)
    assert (found.n_fetched, found.n_known, found.added, found.problem) == (3, 2, 3, None)


def test_interrupted_and_taken_up_again(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was imported before Ctrl-C stays."""
    monkeypatch.setattr(fetching, "FILES_AT_ONCE", 2)

    def stop(*, done: int, total: int) -> None:
        assert total == 5
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetched(context, progress=stop)
    assert n_stored(context) == 4
    found, _ = fetched(context)
    assert (found.n_fetched, found.n_known, n_stored(context)) == (1, 4, 5)


@pytest.mark.parametrize(
    "listed",
    [
        Said(b"{}"),
        Said(b"[", claimed_length=1),
        Said(b"\xff"),
        Said(b"[" * 10_000),
        Said(b"[]", kind="text/html"),
        Said(b"null"),
    ],
)
def test_a_list_that_cannot_be_used(context: Context, listed: Said) -> None:
    """Ends with a clear error."""
    with pytest.raises(OutboundError) as caught:
        fetched(context, lambda _: listed)
    assert caught.value.code == "service_answer"


def test_odd_lines_of_the_list(context: Context) -> None:
    """Are passed over; no number leads to another address."""
    odd: list[Any] = [
        3, None, [], {}, {"id": None}, {"id": "../../x", "type": "Run"}, {"id": ["i1"]},
        {"id": "i1", "type": 7, "source": None, "_note": 3}, {"id": 2, "type": "Run"},
    ]  # fmt: skip
    files = {"/activity/i1/file": original(1), "/activity/2/file": original(2)}
    found, heard = fetched(context, answers(odd, files))
    assert (found.n_listed, found.n_fetched, found.added) == (2, 2, 2)
    assert [one.path for one in heard[1:]] == ["/activity/2/file", "/activity/i1/file"]


# ---------------------------------------------------------------- the key


def test_a_wrong_key(context: Context) -> None:
    """Is told without saying it."""
    with stub_service(answers()) as stub, pytest.raises(OutboundError) as caught:
        fetch_intervals(context, key="wrongwrong", client=client(stub, "wrongwrong"))
    assert caught.value.code == "key_refused"
    assert "wrongwrong" not in f"{caught.value!r} {caught.value.values}"
    assert len(stub.heard) == 1


def test_the_key_goes_nowhere_else(context: Context) -> None:
    """A service that points elsewhere is not followed, neither with the key nor without."""
    with stub_service(answers()) as other:
        there = Said(b"", status=302, headers={"Location": f"{other.url}/athlete/0/activities"})
        with pytest.raises(OutboundError) as caught:
            fetched(context, lambda _: there)
    assert caught.value.code == "service_refused"
    assert other.heard == []


def test_the_key_is_not_shown_by_its_client() -> None:
    """Nor sent in the open."""
    asked = Intervals(key=KEY, base_url="http://example.org")
    assert KEY not in repr(asked)
    with pytest.raises(ValueError, match="https") as caught:
        asked.original("i1")
    assert KEY not in str(caught.value)


def test_where_the_key_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file first, else the environment; never half a key, and errors tell nothing of it."""
    key_file = tmp_path / "key"
    key_file.write_text(f"  {KEY}\n")
    assert read_key(key_file) == KEY
    with pytest.raises(InputError) as caught:
        read_key(None)
    assert caught.value.code == "no_key"
    monkeypatch.setenv("UNCRAMP_INTERVALS_KEY", "fromenvironment")
    assert read_key(None) == "fromenvironment"
    assert read_key(key_file) == KEY
    for content in (b"", b"  \n", b"two words", b"two\nlines", b"\xff\xfe", b"x" * 201, b"x" * 999):
        key_file.write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_key(key_file)
        assert caught.value.code == "bad_key"
        assert not caught.value.values
    with pytest.raises(InputError) as caught:
        read_key(tmp_path / "nowhere")
    assert caught.value.code == "bad_key"


# ---------------------------------------------------------------- the command


@pytest.fixture
def command(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """`uncramp fetch intervals …` with a stub in the place of the service."""
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)
    with stub_service(answers()) as stub:
        monkeypatch.setattr(fetching, "Intervals", lambda key: client(stub, key))

        def run(*arguments: str | Path) -> tuple[int, str, str]:
            code = main(["fetch", "intervals", *map(str, arguments)])
            captured = capsys.readouterr()
            return code, captured.out, captured.err

        run.stub = stub  # type: ignore[attr-defined]
        yield run


def test_the_command(command: Any, tmp_path: Path, data_dir: Path) -> None:
    """Says what came, what Strava keeps back, and how to undo; the key is nowhere."""
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n")
    key_file.chmod(0o644)
    code, out, err = command("--key-file", key_file)
    assert code == 4
    shown = " ".join(out.split())
    assert "6 activities listed: 5 fetched" in shown
    assert "1 activities came from Strava" in shown
    assert "uncramp import --undo" in shown
    assert "Next: uncramp diary" in shown
    assert "chmod 600" in shown
    key_file.chmod(0o600)
    code, out_json, err_json = command("--key-file", key_file, "--json")
    data = json.loads(out_json)
    assert data["schema"] == "uncramp.fetch.intervals/1"
    assert (data["data"]["n_known"], data["data"]["from_strava"]) == (5, 1)
    assert len(data["warnings"]) == 1
    pair = base64.b64encode(f"API_KEY:{KEY}".encode()).decode()
    kept = b"".join(path.read_bytes() for path in data_dir.rglob("*") if path.is_file())
    for secret in (KEY, pair):
        assert secret not in out + err + out_json + err_json
        assert secret.encode() not in kept


def test_the_command_without_a_key(command: Any, tmp_path: Path) -> None:
    """Nothing is asked."""
    for arguments in ((), ("--key-file", tmp_path / "none"), ("--key", KEY)):
        code, _, err = command(*arguments)
        assert code == 2
        assert "Traceback" not in err
    assert command.stub.heard == []


def test_the_command_with_a_wrong_key(
    command: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error names the service, never the key."""
    monkeypatch.setenv("UNCRAMP_INTERVALS_KEY", "notthekey42")
    for arguments in ((), ("--json",)):
        code, out, err = command(*arguments)
        assert code == 1
        assert "intervals.icu does not take this key" in out + err
        assert "notthekey42" not in out + err


def test_the_command_when_all_goes_well(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 0, with days and sports as they were asked for."""
    monkeypatch.setenv("UNCRAMP_INTERVALS_KEY", KEY)
    command.stub.answer = answers([line(1), line(2), line(3, "Ride")])
    code, out, _ = command("--since", "2025-09-01")
    assert (code, "1 of other sports" in out, "--all-sports" in out) == (0, True, True)
    code, out, _ = command("--all-sports", "--athlete", "i1")
    assert (code, "1 added" in out) == (0, True)
    code, out, _ = command("--since", "soon")
    assert code == 2
    command.stub.answer = answers(files={**FILES, "/activity/i4/file": Said(b"", status=500)})
    code, out, _ = command()
    assert (code, "It ended early" in out) == (4, True)
