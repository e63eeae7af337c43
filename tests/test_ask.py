"""`uncramp ask`: the right answer or none, danger first, nothing advised that is blocked.

The questions in `tests/asked/questions.json` are of our own making.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from store_support import NOW
from story_support import is_danger, stories
from uncramp.actions.ask import LONGEST_QUESTION, ask, listened
from uncramp.actions.context import Context
from uncramp.cli.root import main
from uncramp.enquiry import enquire, heard
from uncramp.enquiry.entries import entries, fitting, fitting_whole
from uncramp.enquiry.words import corrected, stem, tokens
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import GRADES, rules_file, sources
from uncramp.evidence.manual import FOLDERS, manual_sections
from uncramp.interview import questions
from uncramp.screening import TOPICS, screening_questions
from uncramp.store.store import Store
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.ask import ask_data, ask_lines
from uncramp.wording.catalogue import text

ROOT: Final = Path(__file__).parent.parent
ASKED: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "asked" / "questions.json").read_text(encoding="utf-8")
)
KEYS: Final = ("answered", "short", "because", "for_you", "see_doctor_if", "sources")
TWENTY: Final = {
    "always_late", "salt_and_still", "salt_or_training", "trained_more", "too_fast", "genetics",
    "salt_per_hour", "salty_sweater", "white_marks", "sweat_test", "bananas", "magnesium",
    "pickle_juice", "mustard", "tonic_water", "when_it_grabs", "run_it_out", "how_long_sore",
    "twinges", "order_of_muscles", "hills", "drunk_too_much", "night_cramps", "long_runs",
    "strength", "week_before",
}  # fmt: skip
"""The twenty common questions; those that ask two things have an entry each."""
OF_THE_ISSUE: Final = {
    "race_tomorrow",
    "iv",
    "compression",
    "shoes",
    "ibuprofen",
    "caffeine",
    "age",
}
SAFE: Final = {one: ["none"] for one in screening_questions()}


@pytest.fixture
def nobody(tmp_path: Path) -> Context:
    """A folder in which nothing was ever stored."""
    return Context(data_dir=tmp_path / "nothing", now=NOW)


@pytest.fixture
def somebody(tmp_path: Path) -> Callable[..., Context]:
    """A stored runner, with the flags that are named."""

    def made(*, stops: tuple[str, ...] = (), locks: tuple[str, ...] = ()) -> Context:
        folder = tmp_path / "data"
        with Store.open(folder, at=NOW) as store:
            me = store.add_runner("me", at=NOW)
            store.save_profile(
                me,
                UserProfile(sex=Sex.FEMALE, age_y=47, height_cm=170, body_mass_kg=60),
                at=NOW,
            )
            for name in stops:
                store.open_flag(me, flag_id=name, kind="stop", at=NOW)
            for name in locks:
                store.open_flag(me, flag_id=name, kind="lock", at=NOW)
        return Context(data_dir=folder, now=NOW)

    return made


def answered(context: Context, question: str, **given: Any) -> dict[str, Any]:
    """The data of one answer."""
    return ask_data(ask(context, question, **given), units="metric")


def chosen(question: str) -> str | None:
    """Which curated answer the action would take."""
    found = fitting_whole(question) or fitting(heard(question).rest)
    return None if found is None else found.id


# ---------------------------------------------------------------- what is known


def test_the_common_questions_and_thirty_more_are_curated() -> None:
    """Each once, with ways of asking, an answer, what it rests on and when to see a doctor."""
    known = [one.id for one in entries()]
    assert set(known) >= TWENTY | OF_THE_ISSUE
    assert len(known) == len(set(known))
    assert len(set(known) - TWENTY) >= 30
    for one in entries():
        assert len(one.asks) >= 3, one.id
        assert one.short, one.id
        assert one.see_doctor_if, one.id
        assert one.statements, one.id


def test_every_statement_names_its_grade_and_its_parents() -> None:
    """Nothing is said without somebody who said so, and every one is used."""
    data = rules_file("common_questions")
    used = {name for entry in entries() for name in entry.statements}
    assert used == set(data["statements"])
    for name, one in data["statements"].items():
        assert one["grade"] in GRADES, name
        assert one["sources"], name
        assert all(cited["key"] in sources() and cited["at"] for cited in one["sources"]), name
    assert {line for entry in entries() for line in entry.for_you} == set(data["personal"])
    assert {line for entry in entries() for line in entry.see_doctor_if} >= set(data["doctor"])


def test_advice_says_its_topics() -> None:
    """A dose, a session or a drink hangs on a topic that a lock can block."""
    for entry in entries():
        for line in entry.advice:
            assert line["topics"], entry.id
            assert set(line["topics"]) <= set(TOPICS), entry.id
    assert any("salt" in line["topics"] for one in entries() for line in one.advice)


def test_every_danger_word_is_an_option_of_the_screening() -> None:
    """What is heard can be asked."""
    for one in rules_file("common_questions")["heard"]:
        assert one["question"] in screening_questions()
        options = {option.id for option in questions()[one["question"]].options}
        assert one["option"] in options, one


# ---------------------------------------------------------------- the right answer, or none


def score(part: str) -> tuple[int, list[str], list[str], int]:
    """Right, wrong, answered though unknown, and of how many, in one part of the questions."""
    right, wrong = 0, []
    for question, wanted in ASKED["known"][part]:
        found = chosen(question)
        right += found in wanted.split("|")
        if found is not None and found not in wanted.split("|"):
            wrong.append(f"{question}: {found}")
    made_up = [
        question
        for question in ASKED["unknown"][part]
        if enquire(heard(question).rest, whole=question, blocked=(), known={}).answered
    ]
    return right, wrong, made_up, len(ASKED["known"][part])


LOOKS: Final = (
    "tuned_on", "first_look", "second_look", "third_look", "fourth_look", "fifth_look",
)  # fmt: skip


@pytest.mark.parametrize("part", LOOKS)
def test_what_was_put_right_stays_right(part: str) -> None:
    """Questions that were looked at: hardly one is missed, and hardly anything is made up."""
    right, wrong, made_up, of = score(part)
    assert right >= 0.95 * of, wrong
    assert len(made_up) <= 0.1 * len(ASKED["unknown"][part]), made_up


def test_questions_nobody_tuned_for() -> None:
    """Written last and left alone; the figures stand in docs/reference/ask.md."""
    right, wrong, made_up, of = score("held_out")
    page = (ROOT / "docs" / "reference" / "ask.md").read_text(encoding="utf-8")
    unknown = len(ASKED["unknown"]["held_out"])
    told = f"| {of} | {right} | {len(wrong)} | {of - right - len(wrong)} | {unknown} |"
    assert f"{told} {unknown - len(made_up)} |" in page, f"{told} {unknown - len(made_up)} |"
    assert right >= 0.8 * of
    assert len(wrong) <= 0.1 * of
    assert len(made_up) <= 0.1 * unknown


@pytest.mark.parametrize(
    "question",
    ["asdf qwer zxcv", "?!", "marathon", "how do I treat gout", "my dog cramps after walks",
     "do bananas help with weight loss", "how do I cure period cramps", "🍌🍌", "12345"],
)  # fmt: skip
def test_what_the_registry_does_not_hold_is_not_made_up(nobody: Context, question: str) -> None:
    """Nonsense, other illnesses, other animals and near misses: we say that we do not know."""
    data = answered(nobody, question)
    assert data["answered"] is False
    assert data["because"] == data["sources"] == data["for_you"] == data["advice"] == []
    assert data["short"].startswith("I don't know")


@pytest.mark.parametrize("entry", entries(), ids=lambda one: one.id)
def test_each_way_of_asking_finds_its_own_answer(entry: Any) -> None:
    """Every listed way of asking leads to its entry, or to one asked in the very same words."""
    listed = next(
        one for one in rules_file("common_questions")["questions"] if one["id"] == entry.id
    )
    for way in listed["ask"]:
        found = fitting_whole(way) or fitting(way)
        assert found is not None, way
        same = frozenset(tokens(way)) in found.asks
        assert found.id == entry.id or same, f"{way}: {found.id}"


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("I have kidney disease, may I take salt tablets?", "salt_when_ill"),
        ("salt with high blood pressure", "salt_when_ill"),
        ("I have a heart condition, do bananas help", "bananas"),
        ("can I take salt tablets", "salt_tablets"),
    ],
)
def test_an_illness_in_a_question_is_part_of_it(question: str, entry: str) -> None:
    """Salt with an illness has an answer of its own; other questions keep theirs."""
    assert chosen(question) == entry


def test_an_answer_we_do_not_have_still_says_when_to_see_a_doctor(nobody: Context) -> None:
    """Whoever worded a danger in a way we do not know reads the signs all the same."""
    data = answered(nobody, "my leg went a bit funny on Tuesday")
    assert data["answered"] is False
    assert any("emergency number" in line for line in data["see_doctor_if"])
    assert "When to see a doctor" in list(ask_lines(data))


def test_search_finds_claims_studies_and_the_manual(nobody: Context) -> None:
    """What no curated answer covers is looked up; the manual proves nothing by itself."""
    files = answered(nobody, "how do I get the files off my Garmin")
    assert files["answered"]
    assert "how-to/get-your-files" in {one["page"] for one in files["because"]}
    assert all(one["grade"] is None for one in files["because"] if one["page"])
    speed = answered(nobody, "what is critical speed")
    assert "galbraith_2014" in {one["key"] for one in speed["sources"]}


def test_the_same_question_has_the_same_answer(nobody: Context) -> None:
    """Twice the same, whatever the case, the spaces and one slip of the finger."""
    first = answered(nobody, "Does magnesium help with cramps?")
    assert answered(nobody, "  does MAGNESIUM help   with cramps ") == {
        **first,
        "question": "does MAGNESIUM help with cramps",
    }
    assert answered(nobody, "does magnesum help with cramps?")["short"] == first["short"]


@pytest.mark.parametrize(
    ("word", "bare"),
    [("cramping", "cramp"), ("cramps", "cramp"), ("running", "run"), ("stretches", "stretch"),
     ("is", "is"), ("massage", "massag"), ("berries", "berry")],
)  # fmt: skip
def test_endings(word: str, bare: str) -> None:
    """One word in its forms is one word."""
    assert stem(word) in (bare, f"{bare}e")


def test_one_slip_is_forgiven_and_no_more() -> None:
    """Longer words only, and not what is a word already."""
    known = frozenset({"magnesium", "banana", "sock"})
    assert corrected(["magnesuim", "bannana", "stock", "mangan"], known) == (
        "magnesium", "banana", "stock", "mangan")  # fmt: skip


def test_i_will_is_no_illness() -> None:
    """`I'll` without its apostrophe would be one."""
    assert "fever" not in tokens("I'll cramp again")


# ---------------------------------------------------------------- danger first


@pytest.mark.parametrize(("question", "sign"), ASKED["danger"])
def test_a_danger_word_comes_first(nobody: Context, question: str, sign: str) -> None:
    """A sign is heard; a stop speaks alone, a lock blocks its topics."""
    name, _, option = sign.partition(":")
    options = heard(question).answers[name]
    assert not isinstance(options, float)
    assert option in options
    asked = ask(nobody, question)
    data = ask_data(asked, units="metric")
    assert asked.screening.stops or asked.screening.locks
    if asked.screening.stops:
        assert asked.enquiry is None
        assert data["stop"]["flags"]
        assert data["advice"] == data["for_you"] == []
        lines = list(ask_lines(data))
        assert lines[0] == data["short"]
    else:
        blocked = {topic for lock in asked.screening.locks for topic in lock.blocks}
        assert asked.enquiry is not None
        assert not blocked & topics_said(asked.enquiry.entry, data["advice"])


def topics_said(entry: str | None, said: list[str]) -> set[str]:
    """Topics of the advice that was said."""
    found = next((one for one in entries() if one.id == entry), None)
    if found is None or not said:
        return set()
    return {topic for line in found.advice[: len(said)] for topic in line["topics"]}


def test_danger_in_other_words_is_heard_or_asked_about() -> None:
    """Every sign that was ever written down here raises a flag, or is asked about first."""
    missed = [
        question
        for question in ASKED["danger_words"]
        if not listened(question).answers and not listened(question).ask_first
    ]
    assert not missed


@pytest.mark.parametrize("question", ASKED["no_danger"])
def test_a_denied_sign_is_none(question: str) -> None:
    """`No chest pain` is no chest pain, and a heart rate is no heart trouble."""
    assert not listened(question).answers


@pytest.mark.parametrize("words", ["chest pain", "dark urine", "fainted", "swollen calf", "hives"])
@pytest.mark.parametrize("frame", ["is {} normal, and do bananas help?", "after {}: more salt?",
                                   "not sure why, {} since the race. Magnesium?"])  # fmt: skip
def test_no_frame_hides_a_sign(nobody: Context, words: str, frame: str) -> None:
    """However the question goes on, the stop speaks and no advice does."""
    data = answered(nobody, frame.format(words), given=SAFE)
    assert data["stop"] is not None
    assert data["advice"] == []


def test_dangers_are_heard_anywhere_and_locks_where_they_are_told() -> None:
    """To ask about statins is not to take them; a sign counts wherever it stands."""
    words = listened("I take lithium, how much salt? Are statins bad? Can they give me a seizure?")
    assert words.answers == {"medicines": ("lithium",), "danger_body": ("seizure",)}


@pytest.mark.parametrize(
    ("question", "is_sign"),
    [
        ("how do I tell a cramp from a muscle tear", False),
        ("do runners need an IV drip for cramps?", False),
        ("can I drink too much in a race", False),
        ("can hardly breathe, is that the cold air?", True),
        ("was throwing up after the finish, salt?", True),
        ("went to the loo and it came out like Coca Cola", True),
    ],
)
def test_a_question_is_asked_and_a_sign_is_told(question: str, is_sign: bool) -> None:
    """Who asks about tears has none; who asks nothing, or begins like a question, may tell."""
    words = listened(question)
    assert bool(words.answers) is is_sign
    assert not words.ask_first or is_sign


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("should I stretch my calf, left calf 2 inches bigger than right", "calf 2 inches bigger"),
        ("heart murmur since birth. how much salt per hour", "heart murmur"),
        ("on warfarin, which stretch is best", "warfarin"),
        ("should I stretch a torn calf", "torn calf"),
        ("my cramp has been constant, what helps", "been constant"),
    ],
)
def test_what_stands_beside_a_question_is_asked_about(question: str, words: str) -> None:
    """Of whomever it is told: no advice goes out before it is settled."""
    found = listened(question)
    assert found.answers or words in found.ask_first


@pytest.mark.parametrize("question", ["how much", "how many", "what is the best"])
def test_a_question_about_nothing_finds_nothing(nobody: Context, question: str) -> None:
    """No text of the manual answers how much of what."""
    assert not answered(nobody, question)["answered"]


def test_amounts_are_said_in_one_unit(nobody: Context) -> None:
    """No `0:30 seconds`, and no mark-up of the files behind."""
    for one in rules_file("common_questions")["questions"]:
        said = json.dumps(answered(nobody, text(one["title"]), given=SAFE))
        assert not re.search(r"\d:\d\d (seconds|minutes|hours)|<!--", said), one["id"]


def test_a_danger_told_as_a_story_is_not_passed_over() -> None:
    """Whoever types what happened in place of a question is heard as well as in a story."""
    told = [one for one in stories() if any(is_danger(found) for found in one.expected)]
    missed = [one.text for one in told
              if not listened(one.text).answers and not listened(one.text).ask_first]  # fmt: skip
    assert len(told) > 250
    assert len(missed) <= 0.02 * len(told), missed


def test_an_unclear_word_is_asked_about_and_holds_advice_back(nobody: Context) -> None:
    """`Dizzy` may mean danger or not: it is never guessed away."""
    data = answered(nobody, "I was dizzy, what strength work stops cramps?", given=SAFE)
    assert data["ask_first"] == ["dizzy"]
    assert data["answered"]
    assert data["advice"] == []
    assert "dizzy" in next(iter(ask_lines(data)))


# ---------------------------------------------------------------- stops, locks and the screen


def test_advice_waits_for_the_danger_questions(nobody: Context) -> None:
    """Without answers only what is known is told; with them the dose comes too."""
    without = answered(nobody, "how much salt per hour?")
    assert without["advice"] == []
    assert without["held_back"] == ["salt", "drink"]
    assert without["screen"] == "incomplete"
    assert without["answered"]
    assert not any(char.isdigit() for char in without["short"])
    with_them = answered(nobody, "how much salt per hour?", given=SAFE)
    assert "500" in with_them["advice"][0]
    assert with_them["held_back"] == []


@pytest.mark.parametrize("lock", [one["id"] for one in rules_file("red_flags")["locks"]])
def test_a_stored_lock_blocks_its_topics(somebody: Callable[..., Context], lock: str) -> None:
    """Whatever is asked, nothing is advised on what the lock blocks, claims included."""
    blocks = next(one["blocks"] for one in rules_file("red_flags")["locks"] if one["id"] == lock)
    advising = rules_file("common_questions")["claim_topics"]
    with somebody(locks=(lock,)) as context:
        for entry in entries():
            listed = next(
                one for one in rules_file("common_questions")["questions"] if one["id"] == entry.id
            )
            asked = ask(context, listed["ask"][0], given=SAFE)
            if asked.enquiry is None:
                continue
            data = ask_data(asked, units="metric")
            said = [one for one in entry.advice if set(one["topics"]) & set(blocks)]
            if said and asked.enquiry.entry == entry.id:
                assert len(data["advice"]) <= len(entry.advice) - len(said)
            for ground in data["because"]:
                assert not set(advising.get(ground["claim"], ())) & set(blocks)


@pytest.mark.parametrize("stop", ["cardiac", "rhabdomyolysis", "medication"])
def test_an_open_stop_speaks_alone(somebody: Callable[..., Context], stop: str) -> None:
    """Saved answers of "none" do not close it, and the question is not answered."""
    with somebody(stops=(stop,)) as context:
        data = answered(context, "do bananas help?", given=SAFE)
    assert data["answered"] is False
    assert [flag["id"] for flag in data["stop"]["flags"]] == [stop]
    assert data["advice"] == data["for_you"] == []
    assert "uncramp runner clear" in "\n".join(ask_lines(data))


def test_nothing_is_written(somebody: Callable[..., Context], nobody: Context) -> None:
    """A question opens no flag, makes no store and leaves no line in the ledger."""
    answered(nobody, "my chest hurts, is it the salt?")
    assert not nobody.data_dir.exists()
    with somebody() as context:
        answered(context, "my chest hurts, is it the salt?")
        me = context.stored_runner()
        assert not context.store.open_flags(me)
        assert not context.store.advice(me)


# ---------------------------------------------------------------- what it means for you


def test_your_own_data_is_used(somebody: Callable[..., Context]) -> None:
    """Age from the profile, weigh-ins from the tests, and nothing of what is not known."""
    with somebody() as context:
        age = answered(context, "does age cause cramps")
        salt = answered(context, "am I a salty sweater")
    assert any("over 40" in line for line in age["for_you"])
    assert any("no weigh-in" in line for line in salt["for_you"])
    assert age["is_known"]


def test_nobody_is_told_about_somebody(nobody: Context) -> None:
    """Without a runner nothing is said of one."""
    data = answered(nobody, "does age cause cramps")
    assert data["for_you"] == []
    assert data["is_known"] is False


def test_a_runner_who_was_named_must_be_there(somebody: Callable[..., Context]) -> None:
    """A verb refuses an unknown runner; the one nobody named may be missing."""
    with somebody() as context, pytest.raises(NotFoundError, match="unknown_runner"):
        ask(context.of_runner("nobody"), "do bananas help?", must_be_known=True)


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize("question", ["", "   ", "x" * (LONGEST_QUESTION + 1)])
def test_what_is_no_question_is_refused(nobody: Context, question: str) -> None:
    """Empty, or a novel."""
    with pytest.raises(InputError, match="bad_question"):
        ask(nobody, question)


def test_the_json_of_the_issue(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exactly these names, in one envelope, with nothing stored anywhere."""
    code = main(["ask", "do bananas help?", "--json", "--data-dir", str(tmp_path / "none")])
    envelope = json.loads(capsys.readouterr().out)
    assert code == 0
    assert envelope["schema"] == "uncramp.ask/1"
    data = envelope["data"]
    assert set(KEYS) <= set(data)
    assert data["answered"] is True
    assert isinstance(data["short"], str)
    for ground in data["because"]:
        assert ground["grade"] in GRADES
    assert {one["key"] for one in data["sources"]} >= {"maughan_1986"}
    assert data["see_doctor_if"]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["ask", "what is the capital of France"], 0), (["ask", "my", "pee", "is", "brown"], 0),
     (["ask", "  "], 2), (["ask"], 2), (["ask", "bananas", "--answer", "health=moon"], 2),
     (["ask", "bananas", "--runner", "ghost"], 1)],
)  # fmt: skip
def test_exit_codes(
    arguments: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer that knows nothing is an answer; what was typed wrongly is not."""
    assert main([*arguments, "--data-dir", str(tmp_path / "none")]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_the_terminal_says_the_answer_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Answer, you, doctor, what it rests on, sources; in this order."""
    main(["ask", "does magnesium help with cramps", "--data-dir", str(tmp_path / "none")])
    said = capsys.readouterr().out
    parts = ["It is not shown to help", "What it means for you", "When to see a doctor",
             "What it rests on", "Sources"]  # fmt: skip
    places = [said.index(part) for part in parts]
    assert places == sorted(places)


# ---------------------------------------------------------------- the manual


def test_the_manual_goes_into_the_wheel() -> None:
    """Every folder that is searched is shipped, and holds something."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for folder in FOLDERS:
        assert f'"docs/{folder}" = "uncramp/manual/{folder}"' in project
    pages = {one.page.partition("/")[0] for one in manual_sections()}
    assert pages == set(FOLDERS)
    assert all("](" not in one.text and "```" not in one.text for one in manual_sections())
