"""`uncramp train` on the command line, from a request: nothing is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from train_support import TODAY, request
from uncramp.actions.context import Context
from uncramp.actions.races import RaceAsked, add_race
from uncramp.actions.runners import add_runner
from uncramp.cli.root import main
from uncramp.screening import screening_questions
from uncramp.vocabulary import UserProfile

PARTS = ("status", "because", "sessions", "weeks", "rules", "unmet")
SESSION = ("date", "kind", "distance_m", "duration_s", "steps", "why", "claims", "grade")
KINDS = {"easy", "long", "speed", "hills", "descent", "strength", "mobility", "rehearsal", "race"}


def write(folder: Path, document: Any, name: str = "request.json") -> str:
    """A file with a document in it."""
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    """The envelope that a command prints."""
    assert main([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_envelope_is_as_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names, kinds, weeks from today, the race in its place, and the volume without it."""
    file = write(tmp_path, request(weeks=6, race_m=21_097.5))
    found = answer(capsys, "train", "--request", file)
    assert found["schema"] == "uncramp.train/1"
    data = found["data"]
    assert all(part in data for part in PARTS)
    assert all(part in session for session in data["sessions"] for part in SESSION)
    assert {session["kind"] for session in data["sessions"]} <= KINDS
    assert data["weeks"][0]["first"] == TODAY.isoformat()
    race = [session for session in data["sessions"] if session["kind"] == "race"]
    assert [session["distance_m"] for session in race] == [21_097.5]
    assert sum(week["distance_m"] for week in data["weeks"]) == pytest.approx(
        sum(one["distance_m"] or 0 for one in data["sessions"] if one["kind"] != "race")
    )
    assert {rule["id"] for rule in data["rules"]} >= {f"R{number}" for number in range(1, 14)}
    assert {rule["status"] for rule in data["rules"]} <= {"held", "broken", "not_applicable"}


def test_a_plan_that_left_the_house_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fine as it is; exit code 3 when somebody makes a run too long."""
    asked = write(tmp_path, request(weeks=6, race_m=21_097.5))
    found = answer(capsys, "train", "--request", asked)
    plan = write(tmp_path, found, "plan.json")
    assert answer(capsys, "train", "check", plan)["data"]["ok"] is True
    assert answer(capsys, "train", "check", plan, "--request", asked)["data"]["ok"] is True
    run = next(one for one in found["data"]["sessions"] if one["kind"] == "easy")
    run["distance_m"] = run["steps"][0]["distance_m"] = 40_000.0
    broken = write(tmp_path, found, "broken.json")
    data = answer(capsys, "train", "check", broken, code=3)["data"]
    assert "R1" in {one["rule"] for one in data["violations"]}


@pytest.mark.parametrize(
    ("screen", "text"),
    [
        ({}, "safety questions"),
        ({"complete": True, "locks": ["sickle_trait"]}, "Sickle cell trait"),
        ({"complete": True, "locks": ["pregnancy"]}, "midwife"),
    ],
)
def test_no_plan_before_the_screen_is_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], screen: dict[str, Any], text: str
) -> None:
    """Refused with a reason, no sessions, exit code 0: it is an answer."""
    file = write(tmp_path, request(weeks=6) | {"screen": screen})
    data = answer(capsys, "train", "--request", file)["data"]
    assert data["status"] == "refused"
    assert data["sessions"] == []
    assert data["because"]
    assert main(["train", "--request", file]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert text in shown
    assert "km," not in shown


def test_an_open_stop_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the stop speaks."""
    file = write(tmp_path, request(weeks=6) | {"screen": {"complete": True, "flags": ["dvt"]}})
    data = answer(capsys, "train", "--request", file)["data"]
    assert data["stop"]["flags"][0]["id"] == "dvt"
    assert data["sessions"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"days": ["monday"]}, "unknown_option"),
        ({"days": []}, "no_training_days"),
        ({"days": "tue"}, "bad_request_part"),
        ({"cramped_muscles": ["ear"]}, "unknown_option"),
        ({"recently_injured": "yes"}, "unknown_option"),
        ({"blocked_days": ["soon"]}, "bad_request_day"),
        ({"dayz": ["tue"]}, "unknown_request_key"),
    ],
)
def test_what_is_misspelt_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], code: str
) -> None:
    """Exit code 2 and a code, never a traceback."""
    file = write(tmp_path, request(weeks=6) | change)
    assert answer(capsys, "train", "--request", file, code=2)["error"]["code"] == code


def test_race_week_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can still change, and what must not."""
    assert main(["train", "--request", write(tmp_path, request(race_in=8))]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "You can change your pace" in shown
    assert "Nothing new" in shown


def test_words_in_miles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Imperial for people; metres in the envelope."""
    file = write(tmp_path, request(race_in=8))
    assert main(["train", "--request", file, "--units", "imperial", "--full"]) == 0
    assert "26.2 mi" in capsys.readouterr().out
    data = answer(capsys, "train", "--request", file, "--units", "imperial")["data"]
    assert data["race"]["distance_m"] == 42_195.0


def test_a_race_and_a_request_at_once_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One or the other."""
    assert main(["train", "next", "--request", write(tmp_path, request())]) == 2
    assert "not both" in capsys.readouterr().err


def test_a_kept_plan_from_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked first, then planned, then held against what was run; the words name what changed."""
    monkeypatch.setenv("UNCRAMP_DATA_DIR", str(tmp_path / "data"))
    with Context(data_dir=tmp_path / "data", now=datetime.now(UTC).astimezone()) as context:
        add_runner(context, name="me", profile=UserProfile())
        day = context.now.date() + timedelta(days=60)
        add_race(context, RaceAsked(name="Ten", day=day, distance_m=10_000.0))
    assert main(["train", "next"]) == 0
    asked_first = capsys.readouterr().out
    assert "--answer danger_body=none" in asked_first
    given = [word for one in screening_questions() for word in ("--answer", f"{one}=none")]
    assert main(["train", "next", "--days", "tue,thu,sun", *given]) == 0
    assert "Ten" in capsys.readouterr().out
    assert main(["train", "update"]) == 0
    assert "Nothing changes" in capsys.readouterr().out
    folder = tmp_path / "files"
    assert main(["train", "export", "--to", str(folder)]) == 0
    names = [folder / name for name in ("training.json", "training.ics", "training.csv")]
    assert main(["train", "check", *map(str, names)]) == 0
    capsys.readouterr()
    assert main(["train", "update", "--move", "tomorrow"]) == 2
    assert "two days" in " ".join(capsys.readouterr().err.split())
