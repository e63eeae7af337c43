"""`now` at the roadside: flags it must know without a store, and what it leaves behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from uncramp.actions.context import Context
from uncramp.actions.now import advise_now, note, open_flags
from uncramp.cli import main
from uncramp.evidence import rules_file
from uncramp.interview import checked_answers
from uncramp.roadside import roadside_questions
from uncramp.wording.now import now_data, now_lines

NOW = datetime(2025, 10, 5, 10, 30, tzinfo=UTC)
CALM = {"danger_body": ["none"], "danger_feel": ["none"], "danger_limb": ["none"]}
HEALTHY = {"danger_history": ["none"], "health": ["none"], "past": ["none"], "medicines": ["none"]}


def called(capsys: pytest.CaptureFixture[str], *answers: str) -> Any:
    """Data of one call with answers."""
    options = [part for one in answers for part in ("--answer", one)]
    assert main(["now", "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)["data"]


def calm(**more: str) -> list[str]:
    """Options that answer the danger questions with none, and more."""
    return [f"{name}={','.join(said)}" for name, said in CALM.items()] + [
        f"{name}={said}" for name, said in more.items()
    ]


def test_dangers_come_before_any_advice(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With nothing answered there is a danger card and no stretch, salt or drink."""
    data = called(capsys)
    topics = {topic for step in data["now"] for topic in step["topics"]}
    assert topics == {"safety"}
    assert data["next_question"]["id"] == "danger_body"
    assert main(["now"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Get help now")
    assert "Hold it" not in shown


def test_the_named_muscle_gets_its_own_stretch(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two muscles, two cards; no talk of salt for one knot."""
    data = called(capsys, *calm(muscles="hamstring,foot", pattern="one_knot"))
    cards = [step["text"] for step in data["now"] if step["id"] == "stretch_card"]
    assert [card.partition(":")[0] for card in cards] == ["Back of the thigh", "Foot"]
    assert not {"electrolyte", "capsule_numbers"} & {step["id"] for step in data["now"]}


def test_salt_waits_for_health_and_then_has_numbers(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twitching alone is not enough; with all asked it says what a capsule is and is not."""
    waiting = called(capsys, *calm(muscles="calf", pattern="twitching"))
    assert waiting["salt_waits"]
    assert not any("salt" in step["topics"] for step in waiting["now"])
    healthy = dict.fromkeys(HEALTHY, "none")
    told = called(capsys, *calm(muscles="calf", pattern="twitching", **healthy))
    assert not told["salt_waits"]
    (numbers,) = [step["text"] for step in told["now"] if step["id"] == "capsule_numbers"]
    for figure in ("215 mg", "0.5 L", "18.7", "45"):
        assert figure in numbers
    (counts,) = [step["text"] for step in told["now"] if step["id"] == "electrolyte_counts"]
    assert "next planned drink" in counts


@pytest.mark.parametrize("condition", ["kidney", "pregnant", "under_18", "eating_disorder"])
def test_a_lock_takes_salt_away_and_leaves_the_stretch(
    condition: str, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Locks block doses, not relief."""
    healthy = dict.fromkeys(HEALTHY, "none") | {"health": condition}
    data = called(capsys, *calm(muscles="calf", pattern="twitching", **healthy))
    topics = {topic for step in data["now"] for topic in step["topics"]}
    assert not topics & {"salt", "drink", "supplement"}
    assert "stretch" in topics
    assert data["locks"]


def test_a_second_now_never_forgets_the_first(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stop is open at once, before any store has seen it, and the store keeps it."""
    first = called(capsys, "danger_body=confused")
    assert {flag["id"] for flag in first["stop"]["flags"]} == {"hyponatraemia", "heat_stroke"}
    again = called(capsys, *calm(muscles="calf", pattern="one_knot"))
    assert {flag["id"] for flag in again["stop"]["flags"]} == {"hyponatraemia", "heat_stroke"}
    assert all(flag["urgency"] == "emergency_now" for flag in again["stop"]["flags"])
    assert again["now"] == []
    with Context(data_dir=data_dir, now=NOW) as context:
        runner = context.stored_runner()
        kept = {flag.flag_id for flag in context.store.open_flags(runner)}
        ledger = context.store.advice(runner)
    assert kept == {"hyponatraemia", "heat_stroke"}
    assert [line.verb for line in ledger] == ["now", "now"]
    third = called(capsys, *calm(muscles="calf", pattern="one_knot"))
    assert {flag["id"] for flag in third["stop"]["flags"]} == kept


def test_looking_without_answering_leaves_nothing_behind(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No journal line for a question that was not answered."""
    called(capsys)
    assert not data_dir.exists() or not list(data_dir.iterdir())


def test_flags_of_one_runner_are_not_the_others(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Club mates share a folder, never a stop."""
    assert main(["now", "--runner", "ann", "--answer", "danger_body=chest_pain"]) == 0
    capsys.readouterr()
    assert open_flags(data_dir, "ann").stops == {"cardiac"}
    assert open_flags(data_dir, "me").stops == set()


@pytest.mark.parametrize(
    "content", ["{", '{"runners": []}', '{"runners": {"me": {}}}', "[1]", "\x00"]
)
def test_unreadable_flags_hold_back_salt(
    content: str, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When we cannot know what is open, every lock counts as open and the reader is told."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "open_flags.json").write_text(content, encoding="utf-8")
    flags = open_flags(data_dir, "me")
    assert not flags.readable
    assert flags.locks == {entry["id"] for entry in rules_file("red_flags")["locks"]}
    answers = checked_answers({**CALM, **HEALTHY, "muscles": ["calf"], "pattern": "twitching"})
    topics = {topic for step in advise_now(answers, flags).steps for topic in step.topics}
    assert not topics & {"salt", "drink", "supplement"}
    assert main(["now"]) == 0
    assert "could not be read" in capsys.readouterr().out


def test_a_journal_line_cut_off_by_a_crash_is_skipped(data_dir: Path) -> None:
    """What came before it still counts."""
    data_dir.mkdir(parents=True, exist_ok=True)
    result = {"stop": {"flags": [{"id": "dvt"}]}, "locks": [{"id": "minor"}]}
    note(data_dir, {"runner": "me", "inputs": {}, "result": result, "text": ""}, at=NOW)
    with (data_dir / "now_journal.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"runner": "me", "resu')
    flags = open_flags(data_dir, "me")
    assert flags.readable
    assert flags.stops == {"dvt"}
    assert flags.locks == {"minor"}


def test_questions_at_the_roadside_are_few() -> None:
    """Five for a knot; health comes only when salt is worth talking about."""
    knot = checked_answers({"pattern": "one_knot"})
    twitching = checked_answers({"pattern": "twitching"})
    assert [one.id for one in roadside_questions(knot)] == [*CALM, "muscles"]
    assert [one.id for one in roadside_questions(twitching)] == [*CALM, "muscles", *HEALTHY]


def test_lines_say_grade_and_dispute() -> None:
    """Each step has its grade; where experts differ both sides have a line."""
    answers = checked_answers({**CALM, **HEALTHY, "muscles": ["calf"], "pattern": "twitching"})
    lines = now_lines(now_data(advise_now(answers, open_flags(Path("nowhere"), "me"))), command="x")
    assert any(line.endswith("[A]") for line in lines)
    assert any("Against:" in line for line in lines)
    assert not any("quinine" in line and "Never" not in line for line in lines)


def test_a_bystander_is_asked_about_the_runner(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A confused person cannot screen themselves."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    assert main(["now", "--interactive", "--bystander"]) == 0
    shown = capsys.readouterr()
    assert "Look at the runner" in shown.err
    assert shown.out.startswith("Stop.")
