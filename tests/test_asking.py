"""The interview as steps: nothing typed is lost, dangers come first, nothing is asked twice."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uncramp.actions.answer_page import answer_page
from uncramp.actions.asking import (
    CHECK,
    MAP,
    PROFILE,
    STOPPED,
    answer_step,
    clear_stop,
    finish,
    interview,
    keep,
    put_away,
    reopen,
    set_bystander,
    skip_step,
    start,
    step_before,
    take_back,
    waiting_topics,
)
from uncramp.actions.cases import Case, case_from
from uncramp.actions.context import Context
from uncramp.actions.curating import undo_import
from uncramp.actions.diary import mark_run
from uncramp.actions.runners import clear_flag
from uncramp.actions.why import why_case, why_run
from uncramp.actions.why_start import beginning
from uncramp.cli import main
from uncramp.errors import InputError, NotFoundError
from uncramp.interview import Question, questions
from uncramp.places import muscles_of, needs_chest_question, offered_spread, with_places
from uncramp.screening import TOPICS, screening_questions
from uncramp.vocabulary import Answers, Kind, Sex
from web_support import NOW, demo_store

PLACES: Final = [one.id for one in questions()[MAP].options]
FINE: Final = {name: ["none"] for name in screening_questions()}
UNSURE: Final = {name: ["dont_remember"] for name in screening_questions()}
STORY: Final[dict[str, list[str]]] = {
    **FINE,
    PROFILE: ["yes"],
    MAP: ["calf_left"],
    "when": ["during_run"],
    "feel": ["knot"],
    "spread": ["one_muscle"],
    "warning": ["at_once"],
    "relief": ["stretch_stayed"],
    "load": ["longer"],
    "drinking": ["plain_water"],
    "sweat": ["heavy"],
    "salt_marks": ["no"],
    "heat": ["mild"],
    "cramped_before": ["first_time"],
    "onset_confirm": ["yes"],
    "muscles": ["calf"],
    "strength_work": ["never"],
}
STORY_ANSWERS: Final[Answers] = {
    **dict.fromkeys(screening_questions(), ("none",)),
    "when": "during_run",
    "feel": "knot",
}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """The synthetic runner with a marathon that cramped."""
    with Context(data_dir=demo_store(tmp_path / "data"), now=NOW) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Context]:
    """A runner of whom no file is known."""
    with Context(data_dir=tmp_path / "empty", now=NOW) as opened:
        yield opened


def said(context: Context, draft_id: int, step: str, *chosen: str, typed: str = "") -> str:
    """Answer one step; what comes next."""
    return answer_step(context, draft_id, step, chosen=chosen, typed=typed)


def walk(
    context: Context, draft_id: int, story: Mapping[str, list[str]] = STORY, *, until: str = CHECK
) -> list[str]:
    """Answer as in the story until a step comes up; the steps on the way."""
    steps = []
    while (step := interview(context, draft_id).step) not in (until, CHECK, STOPPED):
        steps.append(step)
        if step == "onset_km":
            said(context, draft_id, step, typed="32")
        else:
            said(context, draft_id, step, *story[step])
        assert len(steps) <= len(questions()) + 2
    return steps


# ---------------------------------------------------------------- what the map tells


@pytest.mark.parametrize(
    ("places", "muscles", "spread", "offered"),
    [
        (("calf_left",), ("calf",), "one_muscle", "one_muscle"),
        (("calf_left", "calf_right"), ("calf",), None, "both_sides"),
        (("calf_left", "foot_left"), ("calf", "foot"), None, "neighbours"),
        (("calf_left", "foot_right"), ("calf", "foot"), None, "jumping"),
        (("hamstring_right", "calf_left", "foot_left"), ("hamstring", "calf", "foot"), None,
         "jumping"),
        (("abdomen_left",), ("abdomen",), None, None),
        (("arm_or_hand_right",), ("arm_or_hand",), None, None),
        (("chest_left",), ("dont_remember",), None, None),
        (("neck_left", "neck_right"), ("dont_remember",), None, "both_sides"),
        (("chest_left", "calf_left"), ("calf",), None, "jumping"),
        (("dont_remember",), None, None, None),
    ],
)  # fmt: skip
def test_places_tell_muscles_and_offer_a_spread(
    places: tuple[str, ...],
    muscles: tuple[str, ...] | None,
    spread: str | None,
    offered: str | None,
) -> None:
    """One place on a leg is one muscle; all else about the spread is asked, with an offer."""
    told = with_places({MAP: places})
    assert told.get("muscles") == muscles
    assert told.get("spread") == spread
    assert offered_spread({MAP: places}) == offered


@given(st.lists(st.sampled_from(PLACES[:-1]), min_size=1, unique=True))
def test_what_the_map_tells_can_be_answered(places: list[str]) -> None:
    """Every muscle and spread that follows is an option of its question."""
    told = with_places({MAP: tuple(places)})
    assert set(told["muscles"]) <= {one.id for one in questions()["muscles"].options}  # type: ignore[arg-type]
    offered = offered_spread({MAP: tuple(places)})
    assert offered is None or offered in {one.id for one in questions()["spread"].options}
    assert muscles_of(places) == told["muscles"]


def test_words_win_over_the_map() -> None:
    """Who says more than the map keeps it."""
    told = with_places({MAP: ("calf_left",), "spread": "jumping", "muscles": ("foot",)})
    assert (told["spread"], told["muscles"]) == ("jumping", ("foot",))


def test_a_case_file_may_hold_places() -> None:
    """`why --case` draws the same from them, in their order."""
    raw = {"answers": {**FINE, "when": "during_run", "feel": "knot",
                       "places": ["hamstring_left"], "warning": "at_once"}}  # fmt: skip
    answer = why_case(case_from(raw, file_name="case.json"))
    assert answer.answers["places"] == ("hamstring_left",)
    found = {one.finding for one in answer.explanation.balance.contributions}
    assert "one_muscle" in found
    cards = [one.text for one in answer.explanation.now if one.id == "stretch_card"]
    assert cards == ["relief.stretch.hamstring"]


def test_the_chest_gets_no_stretch_of_its_own() -> None:
    """And its danger sign is put again."""
    assert needs_chest_question({MAP: ("chest_left",), "danger_body": ("none",)})
    assert not needs_chest_question({MAP: ("chest_left",), "danger_body": ("chest_pain",)})
    assert not needs_chest_question({MAP: ("calf_left",)})


# ---------------------------------------------------------------- the order


def test_dangers_first_then_where_then_what_tells_most(context: Context) -> None:
    """All seven danger questions, who the runner is, the map, and the rest."""
    steps = walk(context, start(context, "last"))
    assert steps[:9] == [*screening_questions(), PROFILE, MAP]
    assert steps[9:11] == ["when", "feel"]
    assert len(steps) == len(set(steps))
    assert not {"spread", "muscles", "onset_confirm", "onset_km"} & set(steps)


def option_of(data: st.DataObject, question: Question) -> list[str]:
    """Any answer that a form can send."""
    ids = [one.id for one in question.options]
    alone = {"none", "dont_remember"}
    if question.type == "single":
        return [data.draw(st.sampled_from(ids), label=question.id)]
    free = [one for one in ids if one not in alone]
    many = st.lists(st.sampled_from(free), min_size=1, max_size=3, unique=True)
    one = st.sampled_from([name for name in ids if name in alone]).map(lambda name: [name])
    return data.draw(st.one_of(one, many), label=question.id)


CALM: Final = st.sampled_from(["none", "dont_remember"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_path_asks_twice_and_every_path_ends(data: st.DataObject, empty: Context) -> None:
    """Whatever is answered or skipped: no answered question comes again, and the end is near.

    The one exception is the chest: it puts the first danger question once more, and says why.
    """
    draft_id = start(empty, None)
    seen: list[str] = []
    while (step := interview(empty, draft_id).step) not in (CHECK, STOPPED):
        again = step == "danger_body" and "places" in seen
        assert step not in seen or (again and seen.count(step) == 1)
        seen.append(step)
        if step in screening_questions():
            said(empty, draft_id, step, data.draw(CALM, label=step))
        elif data.draw(st.booleans(), label=f"skip {step}"):
            skip_step(empty, draft_id, step)
        elif questions()[step].type == "number":
            said(empty, draft_id, step, typed="12.5")
        else:
            said(empty, draft_id, step, *option_of(data, questions()[step]))
        assert len(seen) <= len(questions()) + 1
    assert set(screening_questions()) <= set(seen)
    advice_id = finish(empty, draft_id)
    assert (advice_id is None) == (interview(empty, draft_id).step == STOPPED)


def test_the_first_answer_comes_within_eight_taps_of_the_danger_questions(
    context: Context,
) -> None:
    """Who the runner is, one place, when and how it felt: a kind fits, on eight taps.

    A choice and "continue" are two taps; "show my answer" goes along with the last choice, and the
    list of answers has one button more.
    """
    draft_id = start(context, "last")
    walk(context, draft_id, until=PROFILE)
    taps = 0
    for step in walk(context, draft_id, until="feel"):
        assert step in (PROFILE, MAP, "when")
        taps += 2
    said(context, draft_id, "feel", "knot")  # a choice, and "show my answer"
    taps += 2
    assert taps == 8
    assert finish(context, draft_id) is not None
    assert interview(context, draft_id).answer.explanation.kind == Kind.OVERLOAD


# ---------------------------------------------------------------- nothing typed is lost


def test_a_restart_and_two_days_keep_everything(context: Context, tmp_path: Path) -> None:
    """A new process finds the answers; only how one feels is asked again."""
    draft_id = start(context, "last")
    walk(context, draft_id, until="feel")
    before = interview(context, draft_id)
    with Context(data_dir=tmp_path / "data", now=NOW) as restarted:
        after = interview(restarted, draft_id)
        assert (after.step, after.given) == (before.step, before.given)
        assert start(restarted, "last") == draft_id
    later = NOW + timedelta(days=2)
    with Context(data_dir=tmp_path / "data", now=later) as in_two_days:
        stale = interview(in_two_days, draft_id)
        assert stale.step == "danger_body"
        assert set(stale.stale) == set(screening_questions())
        walk(in_two_days, draft_id, until="feel")
        assert interview(in_two_days, draft_id).given["when"] == "during_run"
        (offered,) = beginning(in_two_days).under_way
        assert offered.draft.draft_id == draft_id


def test_going_back_finds_each_answer(context: Context) -> None:
    """The step before, again and again to the beginning; answers stay when one is given anew."""
    draft_id = start(context, "last")
    steps = walk(context, draft_id)
    asked = interview(context, draft_id)
    back: list[str] = []
    step: str | None = CHECK
    while (step := step_before(asked, step or "")) is not None:
        back.append(step)
    assert back == [one for one in steps[::-1] if one != PROFILE]  # kept: nothing to ask any more
    said(context, draft_id, "feel", "flutter")
    after = interview(context, draft_id)
    assert after.given == {**asked.given, "feel": "flutter"}


def test_two_windows_do_not_overwrite_each_other(context: Context, tmp_path: Path) -> None:
    """Each answer is put into what is stored at that moment."""
    draft_id = start(context, "last")
    with Context(data_dir=tmp_path / "data", now=NOW) as other:
        said(other, draft_id, "danger_feel", "none")
        said(context, draft_id, "danger_body", "none")
        assert set(interview(other, draft_id).given) == {"danger_feel", "danger_body"}


def test_put_away_can_be_taken_back(context: Context) -> None:
    """It is offered no longer, and is whole when it comes back."""
    draft_id = start(context, "last")
    walk(context, draft_id, until=MAP)
    put_away(context, draft_id)
    assert beginning(context).under_way == ()
    take_back(context, draft_id)
    (offered,) = beginning(context).under_way
    assert offered.draft.answers.keys() == set(screening_questions())


def test_a_draft_belongs_to_its_runner_and_goes_with_them(context: Context) -> None:
    """Nobody else finds it; erasing the runner or undoing the import takes it along."""
    draft_id = start(context, "last")
    context.store.add_runner("ann", at=NOW)
    with pytest.raises(NotFoundError, match="unknown_draft"):
        interview(replace(context, runner="ann"), draft_id)
    (stamp,) = context.store.import_stamps(context.stored_runner())
    undo_import(context, stamp.stamp)
    with pytest.raises(NotFoundError, match="unknown_draft"):
        interview(context, draft_id)
    start(context, None)
    context.store.erase_runner(context.stored_runner())
    me = context.store.add_runner("me", at=NOW)
    assert context.store.drafts(me) == []


# ---------------------------------------------------------------- what is sent


@pytest.mark.parametrize(
    ("step", "chosen", "typed", "code"),
    [
        ("danger_body", (), "", "nothing_chosen"),
        ("danger_body", ("none", "chest_pain"), "", "none_and_others"),
        ("danger_body", ("headache",), "", "unknown_option"),
        (MAP, ("calf_left", "dont_remember"), "", "dont_remember_and_others"),
        ("load", ("longer", "dont_remember"), "", "dont_remember_and_others"),
        ("spread", ("one_muscle", "jumping"), "", "one_option_only"),
        ("onset_km", (), "", "not_a_number"),
        ("onset_km", (), "far", "not_a_number"),
        ("onset_km", (), "nan", "number_outside"),
        ("onset_km", (), "-1", "number_outside"),
        ("onset_km", (), "60", "number_outside"),
        ("onset_km", ("dont_remember",), "32", "dont_remember_and_number"),
        (PROFILE, (), "", "nothing_chosen"),
    ],
)
def test_what_is_not_understood_is_said_and_keeps_nothing(
    context: Context, step: str, chosen: tuple[str, ...], typed: str, code: str
) -> None:
    """Each has its own words; the draft stays as it was."""
    draft_id = start(context, "last")
    before = context.store.draft(context.stored_runner(), draft_id)
    with pytest.raises(InputError) as error:
        answer_step(context, draft_id, step, chosen=chosen, typed=typed)
    assert error.value.code == code
    assert context.store.draft(context.stored_runner(), draft_id) == before


@pytest.mark.parametrize("step", ["pattern", "nothing", CHECK])
def test_what_is_no_question_is_not_found(context: Context, step: str) -> None:
    """The roadside questions are not asked here."""
    with pytest.raises(NotFoundError, match="unknown_step"):
        answer_step(context, start(context, "last"), step, chosen=["none"])


def test_a_danger_question_cannot_be_skipped(context: Context) -> None:
    """ "I don't know" is an answer; silence is none."""
    with pytest.raises(InputError, match="nothing_chosen"):
        skip_step(context, start(context, "last"), "danger_body")


def test_miles_are_kept_as_kilometres(context: Context) -> None:
    """A comma is a point; what is too far is said in miles."""
    imperial = replace(context, units="imperial")
    with imperial:
        draft_id = start(imperial, "last")
        said(imperial, draft_id, "onset_km", typed="19,9")
        assert interview(imperial, draft_id).given["onset_km"] == pytest.approx(32.03, abs=0.01)
        with pytest.raises(InputError) as error:
            said(imperial, draft_id, "onset_km", typed="32")
    assert error.value.values == {"high": "26.2 mi"}


def test_an_answer_takes_away_what_hung_on_it(context: Context) -> None:
    """Another place on the map: the spread is asked anew. The stop was it: no other place."""
    draft_id = start(context, "last")
    walk(context, draft_id, STORY | {MAP: ["calf_left", "foot_left"], "spread": ["neighbours"]})
    assert interview(context, draft_id).given["spread"] == "neighbours"
    following = said(context, draft_id, MAP, "calf_left", "hamstring_right")
    assert following == "spread"
    asked = interview(context, draft_id)
    assert asked.preselected == {"spread": "jumping"}
    assert "spread" not in asked.given
    said(context, draft_id, MAP, "calf_left")
    assert interview(context, draft_id).answer.answers["spread"] == "one_muscle"
    said(context, draft_id, "onset_confirm", "no")
    said(context, draft_id, "onset_km", typed="30")
    said(context, draft_id, "onset_confirm", "yes")
    after = interview(context, draft_id)
    assert "onset_km" not in after.answer.answers
    assert after.answer.explanation.run_facts.facts["run.onset_km"] == pytest.approx(32, abs=0.1)


def test_a_marked_chest_puts_the_danger_question_once_more(context: Context) -> None:
    """With no sign the interview goes on; with the sign it stops."""
    draft_id = start(context, "last")
    walk(context, draft_id, until=MAP)
    assert said(context, draft_id, MAP, "chest_left", "calf_left") == "danger_body"
    assert said(context, draft_id, "danger_body", "none") == "when"
    assert said(context, draft_id, MAP, "chest_right") == "danger_body"
    assert said(context, draft_id, "danger_body", "chest_pain") == STOPPED


# ---------------------------------------------------------------- what stops it


def test_a_danger_sign_interrupts_at_once_and_is_kept(context: Context) -> None:
    """Before any other question; in the ledger, with its flag."""
    draft_id = start(context, "last")
    said(context, draft_id, "danger_body", "none")
    assert said(context, draft_id, "danger_feel", "dark_urine") == STOPPED
    me = context.stored_runner()
    (line,) = context.store.advice(me)
    assert line.result["kind"] == "stop"
    assert [flag.flag_id for flag in context.store.open_flags(me)] == ["rhabdomyolysis"]
    assert finish(context, draft_id) is None
    assert len(context.store.advice(me)) == 1


def test_a_closed_stop_asks_the_dangers_anew_and_keeps_the_rest(context: Context) -> None:
    """What was answered before the visit would raise it again; it is asked, not assumed."""
    draft_id = start(context, "last")
    walk(context, draft_id, until="feel")
    assert said(context, draft_id, "danger_limb", "swollen_warm_limb") == STOPPED
    with pytest.raises(InputError, match="date_in_future"):
        clear_stop(context, draft_id, "dvt", seen_on=NOW.date() + timedelta(days=1))
    clear_stop(context, draft_id, "dvt", seen_on=NOW.date())
    asked = interview(context, draft_id)
    assert asked.step == "danger_body"
    assert asked.given["when"] == "during_run"
    walk(context, draft_id)
    assert finish(context, draft_id) is not None


def test_a_visit_takes_back_what_was_answered_before_it(context: Context) -> None:
    """On the command line too: saved danger answers are not used again after it."""
    case = Case(answers={**STORY_ANSWERS, "danger_limb": ("swollen_warm_limb",)})
    keep(context, why_run(context, reference="last", case=case))
    again = why_run(context, reference="last", case=Case())
    assert [stop.id for stop in again.explanation.screening.stops] == ["dvt"]
    clear_flag(context, reference="stop:dvt", seen_clinician=NOW.date(), note=None)
    after = why_run(context, reference="last", case=Case())
    assert after.explanation.screening.stops == ()
    assert set(after.explanation.screening.unanswered) == set(screening_questions())
    assert after.answers["feel"] == "knot"


def test_a_stop_from_elsewhere_stops_it_too(context: Context) -> None:
    """Open is open, wherever it was raised."""
    draft_id = start(context, "last")
    walk(context, draft_id)
    context.store.open_flag(context.stored_runner(), flag_id="cardiac", kind="stop", at=NOW)
    assert interview(context, draft_id).step == STOPPED
    assert finish(context, draft_id) is None


def test_not_knowing_on_danger_lets_the_answer_wait(context: Context) -> None:
    """The answer may be shown, without the advice that has to wait."""
    draft_id = start(context, "last")
    walk(context, draft_id, STORY | {"medicines": ["dont_remember"]})
    waiting = set(waiting_topics(interview(context, draft_id)))
    assert waiting == {"salt", "drink", "supplement", "training"}
    advice_id = finish(context, draft_id)
    assert advice_id is not None
    page = answer_page(context, advice_id, with_picture=False)
    assert set(page.waiting) == waiting
    topics = {topic for one in (*page.data["now"], *page.data["next"]) for topic in one["topics"]}
    assert not topics & waiting
    assert "stretch" in topics
    everything = start(context, None)
    walk(context, everything, STORY | UNSURE)
    assert set(waiting_topics(interview(context, everything))) == set(TOPICS)


def test_an_open_danger_question_holds_the_answer(context: Context) -> None:
    """No answer before all seven were put."""
    draft_id = start(context, "last")
    said(context, draft_id, "when", "during_run")
    assert finish(context, draft_id) is None
    assert not interview(context, draft_id).is_screened


# ---------------------------------------------------------------- who the runner is


def test_what_the_watch_knows_is_offered_once(context: Context) -> None:
    """ "Yes" keeps it for good; it is not offered again."""
    draft_id = start(context, "last")
    walk(context, draft_id, until=PROFILE)
    said(context, draft_id, PROFILE, "yes")
    profile = context.stored_runner().profile
    assert (profile.age_y, profile.sex) == (38, Sex.FEMALE)
    assert PROFILE not in walk(context, start(context, None))


def test_what_the_watch_knows_is_not_used_against_the_runners_word(context: Context) -> None:
    """ "No" leaves the profile empty and the age out of the answer."""
    draft_id = start(context, "last")
    walk(context, draft_id, STORY | {PROFILE: ["no"]})
    explanation = interview(context, draft_id).answer.explanation
    assert "runner.age_y" not in explanation.case
    assert "profile_from_watch" not in explanation.run_facts.assumed
    assert context.stored_runner().profile.age_y is None


@pytest.mark.parametrize(("typed", "age_y"), [("1\nq\n", 38.0), ("2\nq\n", None), ("", None)])
def test_the_command_line_offers_it_too(
    context: Context,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    age_y: float | None,
) -> None:
    """Before the questions, once; only a plain yes is one."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    command = ["why", "last", "--interactive", "--data-dir", str(tmp_path / "data")]
    assert main(command) == 0
    assert "a woman, 38 years, 168 cm, 61 kg" in capsys.readouterr().err
    assert context.stored_runner().profile.age_y == age_y
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert main(command) == 0
    assert ("38 years" in capsys.readouterr().err) == (age_y is None)


# ---------------------------------------------------------------- the end


def test_an_answer_is_given_once(context: Context) -> None:
    """Asked twice it is the same line; changed, it is a new one, and the old one stays."""
    draft_id = start(context, "last")
    walk(context, draft_id)
    first = finish(context, draft_id)
    assert first is not None
    assert finish(context, draft_id) == first
    assert reopen(context, first) == draft_id
    said(context, draft_id, "feel", "flutter")
    second = finish(context, draft_id)
    assert second is not None
    assert second != first
    assert answer_page(context, first, with_picture=False).newer == second
    again = reopen(context, first)
    assert again != draft_id
    assert interview(context, again).given["feel"] == "knot"


def test_the_answer_is_that_of_the_command_line(
    context: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same answers in a case file give the same data, word for word."""
    twin = shutil.copytree(tmp_path / "data", tmp_path / "twin")
    draft_id = start(context, "last")
    walk(context, draft_id, STORY | {MAP: ["calf_left", "foot_left"], PROFILE: ["no"]})
    given = dict(interview(context, draft_id).given)
    advice_id = finish(context, draft_id)
    assert advice_id is not None
    result = dict(context.store.advice_row(context.stored_runner(), advice_id).result)
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"answers": given}, default=list), encoding="utf-8")
    assert main(["why", "last", "--case", str(case), "--json", "--data-dir", str(twin)]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assumed = data.pop("assumed")
    assert [one for one in assumed if "watch" not in one] == result.pop("assumed")
    assert data == result


def test_the_cramp_is_noted_in_the_diary(empty: Context, context: Context) -> None:
    """With where it came and which muscles, so that the diary need not ask."""
    me = context.stored_runner()
    context.store.remove_mark(me, context.store.activities(me)[-1].activity_id)
    draft_id = start(context, "last")
    walk(context, draft_id, STORY | {MAP: ["hamstring_left"]})
    finish(context, draft_id)
    (mark,) = context.store.marks(me).values()
    assert (mark.cramped, mark.muscles) == ("yes", ("hamstring",))
    assert mark.km == pytest.approx(32, abs=0.1)
    assert beginning(empty).last is None


def test_the_start_offers_cramped_runs_and_the_one_asked_for(context: Context) -> None:
    """The last run, then those with a cramp in the diary, then any that is named."""
    rows = [row for row in context.store.activities(context.stored_runner()) if row.is_run]
    mark_run(context, str(rows[3].activity_id), km=None, minute=None)
    state = beginning(context, about=str(rows[5].activity_id))
    assert state.last is not None
    assert state.last.row == rows[-1]
    assert [one.row for one in state.marked] == [rows[3]]
    assert state.other is not None
    assert state.other.row == rows[5]
    assert beginning(context, about=str(rows[3].activity_id)).other is None


def test_an_answer_meets_what_is_open_now(context: Context) -> None:
    """A lock opened later takes its topics away; an open stop leaves nothing."""
    draft_id = start(context, "last")
    walk(context, draft_id, STORY | {"warning": ["twitches"], "relief": ["salt_slow"],
                                     "feel": ["flutter"], MAP: ["calf_left", "arm_or_hand_left"],
                                     "spread": ["jumping"], "load": ["easy"]})  # fmt: skip
    advice_id = finish(context, draft_id)
    assert advice_id is not None
    me = context.stored_runner()

    def topics() -> set[str]:
        page = answer_page(context, advice_id, with_picture=False)
        shown = (*page.data.get("now", ()), *page.data.get("next", ()))
        return {topic for one in shown for topic in one["topics"]}

    assert {"salt", "drink"} <= topics()
    context.store.open_flag(me, flag_id="salt_contraindicated", kind="lock", at=NOW)
    assert not {"salt", "drink", "supplement"} & topics()
    assert "stretch" in topics()
    locked = answer_page(context, advice_id, with_picture=False)
    assert [lock.id for lock in locked.new_locks.locks] == ["salt_contraindicated"]
    context.store.open_flag(me, flag_id="dvt", kind="stop", at=NOW)
    stopped = answer_page(context, advice_id)
    assert (stopped.is_stopped, stopped.data, stopped.picture, stopped.places) == (
        True,
        {},
        None,
        (),
    )
    context.store.clear_flag(
        me, flag_id="dvt", kind="stop", cleared_on=date(2026, 10, 6), note=None
    )
    assert "stretch" in topics()


def test_somebody_may_answer_for_the_runner(context: Context) -> None:
    """It is kept with the draft."""
    draft_id = start(context, "last")
    set_bystander(context, draft_id, bystander=True)
    assert interview(context, draft_id).draft.bystander
    set_bystander(context, draft_id, bystander=False)
    assert not interview(context, draft_id).draft.bystander
