"""`why` on stored runs and case files: what is kept, what stays open, what touches no store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from uncramp.actions.cases import Case, case_from, case_from_text
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.runners import clear_flag
from uncramp.actions.why import WhyAnswer, record, why_case, why_run
from uncramp.activities.fit_writer import write_activity
from uncramp.cli import main
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import EVIDENCE_VERSION
from uncramp.interview import checked_answers
from uncramp.run_facts import RunSummary
from uncramp.screening import screening_questions
from uncramp.vocabulary import Kind, Sex, UserProfile
from uncramp.wording.why import why_data, why_lines

NOW = datetime(2025, 10, 6, 18, 0, tzinfo=UTC)
CALM = {question: ["none"] for question in screening_questions()}
OVERLOAD = {"spread": "one_muscle", "warning": "at_once", "relief": "stretch_stayed"}


def steady_run(*, day: datetime, km: float, speed_m_s: float, age_y: float | None = None) -> bytes:
    """A run at an even pace as a FIT file."""
    time_s = np.arange(0.0, 1000.0 * km / speed_m_s, 5.0)
    return write_activity(
        start_utc=day,
        time_s=time_s,
        distance_m=time_s * speed_m_s,
        heart_rate_bpm=np.full(time_s.size, 150.0),
        profile=None if age_y is None else UserProfile(age_y=age_y),
    )


def write_history(folder: Path, *, age_y: float | None = None) -> Path:
    """Five runs of up to 26 km in the month before, and a marathon, faster than all of them."""
    folder.mkdir()
    marathon = datetime(2025, 10, 5, 7, 0, tzinfo=UTC)
    for number, km in enumerate((18.0, 22.0, 26.0, 12.0, 20.0), 1):
        day = marathon - timedelta(days=5 * number)
        run = steady_run(day=day, km=km, speed_m_s=2.7)
        (folder / f"training-{number}.fit").write_bytes(run)
    race = steady_run(day=marathon, km=42.2, speed_m_s=3.0, age_y=age_y)
    (folder / "race.fit").write_bytes(race)
    return folder


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """`me` with a month of training and a marathon."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        import_paths(opened, [write_history(tmp_path / "files")])
        yield opened


def case(**answers: object) -> Case:
    """A case that only holds answers."""
    return Case(answers=checked_answers(answers))


def asked(context: Context, given: Case, *, reference: str | None = "last") -> WhyAnswer:
    """Ask and keep the answer, as the command does."""
    answer = why_run(context, reference=reference, case=given)
    data = why_data(answer.explanation, run=None, timeline=answer.timeline)
    record(context, answer, data=plain(data), text="\n".join(why_lines(data, command="why")))
    return answer


def stops(answer: WhyAnswer) -> list[str]:
    """Ids of the open stops."""
    return [stop.id for stop in answer.explanation.screening.stops]


# ---------------------------------------------------------------- a stored run


def test_the_file_alone_already_says_something(context: Context) -> None:
    """With no answer at all the run's own facts are there, and the kind stays open."""
    answer = why_run(context, reference="last", case=Case())
    facts = answer.explanation.run_facts.facts
    assert facts["run.distance_km"] == pytest.approx(42.2, rel=0.01)
    assert facts["run.first_part_faster_pct"] == pytest.approx(11.1, abs=0.5)
    assert answer.timeline is not None
    assert {point.event for point in answer.timeline.points} >= {"first_part", "longest_run_passed"}
    assert answer.explanation.kind == Kind.UNCLEAR
    assert not answer.explanation.screening.complete


def test_an_answered_place_is_held_against_training(context: Context) -> None:
    """32 km after a longest run of 26 km is 23 % beyond it, and speaks for overload."""
    answer = why_run(context, reference="last", case=case(onset_km=32.0, **CALM, **OVERLOAD))
    facts = answer.explanation.run_facts.facts
    assert facts["run.past_longest_pct"] == pytest.approx(23.1, abs=0.5)
    assert facts["run.onset_share"] == pytest.approx(0.76, abs=0.01)
    found = {one.finding for one in answer.explanation.balance.contributions}
    assert {"past_longest_run", "first_part_fast", "late_in_run", "one_muscle"} <= found
    assert answer.explanation.kind == Kind.OVERLOAD
    data = why_data(answer.explanation, run=None, timeline=answer.timeline)
    assert data["onset"]["km"] == pytest.approx(32.0)
    assert any("32.0 km" in one["text"] for one in data["because"])


def test_answers_are_remembered_and_can_be_changed(context: Context) -> None:
    """Nothing is asked twice; what is told later wins; other answers stay."""
    asked(context, case(**CALM, **OVERLOAD))
    again = asked(context, case(spread="jumping"))
    assert again.answers["relief"] == "stretch_stayed"
    assert again.answers["spread"] == "jumping"
    assert again.explanation.screening.complete
    third = why_run(context, reference="last", case=Case())
    assert third.answers["spread"] == "jumping"


def test_danger_signs_are_asked_again_after_a_day(context: Context) -> None:
    """An answer about how somebody feels goes stale; one about the muscle does not."""
    asked(context, case(**CALM, **OVERLOAD))
    with replace(context, now=NOW + timedelta(hours=25)) as tomorrow:
        answer = why_run(tomorrow, reference="last", case=Case())
    assert not answer.explanation.screening.complete
    assert answer.answers["spread"] == "one_muscle"
    assert answer.explanation.now == () or not {
        topic for advice in answer.explanation.now for topic in advice.topics
    } & {"salt", "drink", "supplement", "training"}


def test_a_stop_outlives_better_answers(context: Context) -> None:
    """Only a dated clearance closes it; another run, a day later, with all signs gone does not."""
    assert stops(asked(context, case(**{**CALM, "danger_limb": ["swollen_warm_limb"]}))) == ["dvt"]
    for reference in ("last", "1"):
        better = asked(context, case(**CALM, **OVERLOAD), reference=reference)
        assert stops(better) == ["dvt"]
        assert better.explanation.now == ()
        assert better.explanation.next == ()
    clear_flag(context, reference="stop:dvt", seen_clinician=date(2025, 10, 6), note=None)
    assert stops(asked(context, case(**CALM, **OVERLOAD))) == []


def test_a_lock_outlives_fewer_answers(context: Context) -> None:
    """Kidney disease told once blocks salt the next time too."""
    asked(context, case(**{**CALM, "health": ["kidney"]}))
    answer = asked(context, case(spread="jumping", warning="twitches", **CALM))
    assert [lock.id for lock in answer.explanation.screening.locks] == ["salt_contraindicated"]
    topics = {topic for advice in answer.explanation.now for topic in advice.topics}
    assert not topics & {"salt", "drink", "supplement"}
    assert "stretch" in topics


def test_every_answer_goes_to_the_ledger(context: Context) -> None:
    """Inputs, result, text and the versions that made it."""
    asked(context, case(**CALM, **OVERLOAD))
    (line,) = context.store.advice(context.stored_runner())
    assert line.verb == "why"
    assert line.inputs["answers"]["spread"] == "one_muscle"  # type: ignore[index]
    assert line.result["kind"] == "overload"
    assert line.evidence_version == EVIDENCE_VERSION
    assert "overload" in line.text


def test_the_watch_owner_is_offered_not_assumed(tmp_path: Path) -> None:
    """The watch's age counts, so that a young owner gets no doses, and the answer says so."""
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        import_paths(context, [write_history(tmp_path / "files", age_y=16.0)])
        answer = asked(context, case(**CALM))
        assert [lock.id for lock in answer.explanation.screening.locks] == ["minor"]
        assert "profile_from_watch" in answer.explanation.run_facts.assumed
        told = Case(profile=UserProfile(age_y=36.0), answers=checked_answers(CALM))
        answer = why_run(context, reference="last", case=told)
        assert answer.explanation.screening.locks == ()  # what only the watch said was not kept
        assert "profile_from_watch" not in answer.explanation.run_facts.assumed


def test_a_young_age_that_was_told_is_kept(tmp_path: Path) -> None:
    """The same lock, when the runner says so too, stays."""
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        import_paths(context, [write_history(tmp_path / "files", age_y=16.0)])
        asked(context, case(**{**CALM, "health": ["under_18"]}))
        kept = [flag.flag_id for flag in context.store.open_flags(context.stored_runner())]
    assert kept == ["minor"]


def test_runners_are_never_mixed(context: Context) -> None:
    """Answers and stops of one are nothing to the other."""
    asked(context, case(**{**CALM, "danger_body": ["chest_pain"]}))
    context.store.add_runner("mate", at=NOW)
    other = why_run(replace(context, runner="mate"), reference=None, case=case(**CALM))
    assert stops(other) == []
    with pytest.raises(NotFoundError, match="unknown_runner"):
        why_run(replace(context, runner="nobody"), reference="last", case=Case())


def stopped_marathon() -> bytes:
    """32 km at an even pace, six minutes at a standstill, then a slow way home."""
    time_s = np.arange(0.0, 14_400.0, 5.0)
    speed = np.where(time_s < 10_000.0, 3.2, np.where(time_s < 10_360.0, 0.0, 2.0))
    return write_activity(
        start_utc=datetime(2025, 10, 5, 7, 0, tzinfo=UTC),
        time_s=time_s,
        distance_m=np.cumsum(speed) * 5.0,
    )


def test_a_sudden_stop_is_put_to_the_runner_with_its_place(tmp_path: Path) -> None:
    """It is asked about, and used only once it is confirmed."""
    (tmp_path / "race.fit").write_bytes(stopped_marathon())
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        import_paths(context, [tmp_path / "race.fit"])
        asking = why_run(
            context, reference="last", case=case(when="during_run", feel="knot", **CALM)
        )
        confirmed = why_run(
            context, reference="last", case=case(onset_confirm="yes", when="during_run", **CALM)
        )
    data = why_data(asking.explanation, run=None, timeline=asking.timeline, units="imperial")
    assert data["next_question"]["id"] == "onset_confirm"
    assert "19.9 mi" in data["next_question"]["text"]
    assert data["onset"] is None
    found = confirmed.explanation.run_facts.facts
    assert found["run.onset_km"] == pytest.approx(32.0, abs=0.1)


# ---------------------------------------------------------------- a case file


def test_a_case_is_answered_without_a_store() -> None:
    """Facts from the case's own run."""
    told = case_from(
        {
            "runner": {"sex": "female", "age_y": 41},
            "run": {"distance_m": 42195, "duration_s": 14000, "onset_km": 33,
                    "longest_30_days_m": 25000, "temp_air_c": 30, "relative_humidity_pct": 60},
            "answers": {**CALM, **OVERLOAD, "onset_km": None, "muscles": []},
        },
        file_name="case.json",
    )  # fmt: skip
    assert told.profile == UserProfile(sex=Sex.FEMALE, age_y=41.0)
    answer = why_case(told)
    assert answer.explanation.run_facts.facts["run.past_longest_pct"] == pytest.approx(32.0)
    assert answer.explanation.run_facts.facts["run.wbgt_c"] > 28
    assert answer.explanation.kind == Kind.OVERLOAD


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("{", "bad_case_file"),
        ("[]", "bad_case_file"),
        ('{"run": 3}', "bad_case_file"),
        ('{"runs": {}}', "unknown_case_key"),
        ('{"run": {"distance_km": 42}}', "unknown_case_key"),
        ('{"run": {"distance_m": "far"}}', "bad_number"),
        ('{"run": {"distance_m": true}}', "bad_number"),
        ('{"run": {"distance_m": 10000, "onset_km": 12}}', "bad_number"),
        ('{"run": {"duration_s": 3600, "onset_min": 90}}', "bad_number"),
        ('{"run": {"race": "yes"}}', "unknown_option"),
        ('{"runner": {"sex": "m"}}', "unknown_option"),
        ('{"runner": {"age_y": 3}}', "bad_number"),
        ('{"answers": {"colour": "red"}}', "unknown_question"),
        ('{"answers": {"spread": "everywhere"}}', "unknown_option"),
        ('{"answers": {"spread": ["one_muscle", "jumping"]}}', "one_option_only"),
        ('{"answers": {"onset_km": -1}}', "bad_number"),
    ],
)
def test_a_wrong_case_says_what_is_wrong(broken: str, code: str) -> None:
    """A typo must never pass for a missing answer."""
    with pytest.raises(InputError, match=code):
        case_from_text(broken, file_name="case.json")


def test_an_onset_answer_counts_in_a_case_too() -> None:
    """The interview's own question and the case file's field mean the same."""
    run = RunSummary(distance_m=20000.0, longest_30_days_m=10000.0)
    by_answer = why_case(Case(run=run, answers={"onset_km": 15.0}))
    by_field = why_case(Case(run=replace(run, onset_km=15.0)))
    key = "run.past_longest_pct"
    assert by_answer.explanation.run_facts.facts[key] == by_field.explanation.run_facts.facts[key]


# ---------------------------------------------------------------- the command


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Exit code and parsed JSON of one call."""
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_whole_interview_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Ids, wording, options and when asked; screening first, each with a way to say none."""
    code, found = called(capsys, "why", "--questions")
    assert code == 0
    listed = found["data"]["questions"]
    screen = [one for one in listed if one["section"] == "screen"]
    assert listed[: len(screen)] == screen
    for question in screen:
        assert [one["id"] for one in question["options"]][-2:] == ["none", "dont_remember"]
        assert question["bystander"]
    for question in listed:
        assert question["text"]
        assert question["asked_when"]
        last = question["options"][-1]["id"] if question["options"] else "dont_remember"
        assert last == "dont_remember" or question["section"] == "now"


def test_a_case_alone_touches_no_store(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the folder nor a journal is made."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"answers": {"danger_body": ["chest_pain"]}}), encoding="utf-8")
    code, found = called(capsys, "why", "--case", str(path))
    assert code == 0
    assert found["schema"] == "uncramp.why/1"
    assert found["data"]["kind"] == "stop"
    assert not data_dir.exists() or not list(data_dir.iterdir())


def test_a_case_for_a_runner_is_kept(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --runner the stop stays open for the next question."""
    assert main(["runner", "add", "ann", "--data-dir", str(data_dir)]) == 0
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"answers": {"danger_body": ["chest_pain"]}}), encoding="utf-8")
    capsys.readouterr()
    assert main(["why", "--case", str(path), "--runner", "ann"]) == 0
    capsys.readouterr()
    path.write_text(json.dumps({"answers": CALM}), encoding="utf-8")
    code, found = called(capsys, "why", "--case", str(path), "--runner", "ann")
    assert code == 0
    assert [flag["id"] for flag in found["data"]["stop"]["flags"]] == ["cardiac"]


def test_a_stored_run_is_named_in_the_answer(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By `last`, by its day and by its number it is the same run."""
    main(["import", str(write_history(tmp_path / "files"))])
    capsys.readouterr()
    found = [called(capsys, "why", name)[1]["data"] for name in ("last", "2025-10-05")]
    number = str(found[0]["run"]["id"])
    found.append(called(capsys, "why", number)[1]["data"])
    assert len({one["run"]["id"] for one in found}) == 1
    assert found[0]["run"]["source_file"] == "race.fit"
    assert main(["why", "2024-01-01"]) == 1
    assert "2024-01-01" in capsys.readouterr().err


def test_the_interview_on_a_terminal_goes_back_and_forth(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """Nonsense is asked again, b goes back, the end of the input shows the answer so far."""
    import io

    path = tmp_path / "case.json"
    path.write_text(json.dumps({"answers": CALM}), encoding="utf-8")
    typed = io.StringIO("99\nx\n1\n2\nb\n1\n1\n")
    monkeypatch.setattr("sys.stdin", typed)
    assert main(["why", "--case", str(path), "--interactive", "--json"]) == 0
    shown = capsys.readouterr()
    data = json.loads(shown.out)["data"]
    assert "When did it come?" in shown.err
    assert shown.err.count("What did it feel like?") == 2
    assert data["n_told"] == len(CALM) + 3


def test_silence_is_never_none_of_these(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """Pressing Enter at a danger question answers nothing."""
    import io

    path = tmp_path / "case.json"
    path.write_text("{}", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("\n\n\n"))
    assert main(["why", "--case", str(path), "--interactive", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["screen"] == "incomplete"
    assert len(data["unanswered"]) == len(CALM)


def test_the_first_stop_ends_the_questions(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """An emergency interrupts: no further question is put."""
    import io

    path = tmp_path / "case.json"
    path.write_text("{}", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("5\n1\n1\n1\n"))
    assert main(["why", "--case", str(path), "--interactive"]) == 0
    shown = capsys.readouterr()
    assert "In the place that hurts" not in shown.err
    assert shown.out.startswith("Stop.")


@pytest.mark.parametrize("units", ["metric", "imperial"])
def test_units_change_words_only(
    units: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers in JSON stay SI; sentences follow the reader."""
    told = {"run": {"distance_m": 42195, "onset_km": 32, "longest_30_days_m": 26000}}
    path = tmp_path / "case.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    _, found = called(capsys, "why", "--case", str(path), "--units", units)
    data = found["data"]
    assert data["onset"]["km"] == 32
    (past,) = [one for one in data["because"] if one["finding"] == "past_longest_run"]
    assert ("32.0 km" if units == "metric" else "19.9 mi") in past["text"]


def test_a_stranger_with_a_folder_of_real_files(
    data_dir: Path, shared_activities: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real watch files in, a real answer out: the newest run, a long one, and every other one."""
    code, found = called(capsys, "import", str(shared_activities), "--runner", "stranger")
    assert code == 4  # two workout plans and two files without a track are refused
    assert (found["data"]["added"], found["data"]["linked"]) == (54, 4)
    assert len(found["data"]["refused"]) == 4
    assert all(one["reason"] and one["remedy"] for one in found["data"]["refused"])
    _, again = called(capsys, "import", str(shared_activities), "--runner", "stranger")
    assert (again["data"]["added"], again["data"]["already_there"]) == (0, 58)
    _, listed = called(capsys, "runs", "--all", "--runner", "stranger")
    for run in listed["data"]["runs"]:
        code, answer = called(capsys, "why", str(run["id"]), "--runner", "stranger")
        assert code == 0
        assert answer["data"]["run"]["id"] == run["id"]
        assert answer["data"]["screen"] == "incomplete"
    code, last = called(capsys, "why", "last", "--runner", "stranger")
    assert last["data"]["run"]["sport"] == "running"
