"""What must hold for every runner and every answer: the promises of the first session.

Checked over the stories and over cases made by hypothesis. None of these may ever be traded for a
better label.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stories import (
    TELLING,
    TOPICS_OF_DOSES,
    WARNING_SIGNS,
    Story,
    added,
    all_multi_options,
    answered,
    combinations,
    data_of,
    lines_of,
    raising_options,
    stories,
    topics_of,
    with_answers,
)
from uncramp.cramps import Balance, weigh
from uncramp.evidence import rules_file, value
from uncramp.evidence.rules import DONT_REMEMBER, Case
from uncramp.explanation import explain
from uncramp.interview import checked_answers, questions
from uncramp.roadside import advise
from uncramp.run_facts import RunFacts
from uncramp.screening import DANGER_QUESTIONS, TOPICS, Screening, screen, screening_questions
from uncramp.vocabulary import Kind
from uncramp.wording.now import now_data, now_lines

STORIES: Final = list(stories().values())
STOPPED_WORDS: Final = re.compile(
    r"\b(salt\w*|sodium|drink\w*|sip\w*|capsules?|stretch\w*|massag\w*|ice|iced|icing|train(?:ing|ed)?"
    r"|magnesium|electrolyte\w*|water|pickle)\b",
    re.IGNORECASE,
)
SALT_WORDS: Final = re.compile(r"\b(salt\w*|sodium|capsules?|sports drink|pickle)\b", re.IGNORECASE)
NOT_WORDS: Final = frozenset(
    {"id", "sources", "evidence", "blocks", "topics", "unanswered", "schema", "urgency", "tense"}
)
"""Keys that hold ids and citations, not sentences."""
OWN_WORDS: Final = frozenset({"name", "because", "do", "do_not"})
"""What a flag may say for itself."""
RANK: Final = {Kind.OVERLOAD: 0, Kind.UNCLEAR: 1, Kind.MIXED: 1, Kind.ELECTROLYTE: 2}
HEATS: Final = ("cool", "mild", "hot", "hot_new")
LOCK_OPTIONS: Final = [
    (question, option)
    for question, option in raising_options()
    if screen({question: (option,)}).locks
]


def answer_to(question_id: str) -> st.SearchStrategy[Any]:
    """Any valid answer to one question."""
    question = questions()[question_id]
    if question.type == "number":
        return st.floats(0.0, 60.0)
    one = st.sampled_from([option.id for option in question.options])
    return one if question.type == "single" else st.lists(one, min_size=1, max_size=3, unique=True)


def told(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Any answers to some of these questions."""
    return st.fixed_dictionaries({}, optional={name: answer_to(name) for name in names})


KIND_QUESTIONS: Final = [one.id for one in questions().values() if one.section == "kind"]
RUNS: Final = st.fixed_dictionaries(
    {},
    optional={
        "duration_s": st.floats(600.0, 40_000.0),
        "longest_30_days_m": st.floats(3_000.0, 60_000.0),
        "temp_air_c": st.floats(-5.0, 40.0),
        "relative_humidity_pct": st.floats(10.0, 100.0),
    },
)
CASES: Final = st.fixed_dictionaries(
    {
        "runner": st.fixed_dictionaries({}, optional={"age_y": st.floats(18.0, 80.0)}),
        "run": RUNS,
        "answers": told(list(questions())),
    }
)
FACTS: Final = st.fixed_dictionaries(
    {},
    optional={
        name: st.floats(-60.0, 60.0)
        for name in ("run.past_longest_pct", "run.first_part_faster_pct", "run.descent_beyond_pct")
    }
    | {
        "run.duration_min": st.floats(10.0, 400.0),
        "run.cramp_min": st.floats(5.0, 400.0),
        "run.wbgt_c": st.floats(0.0, 36.0),
    },
)


@st.composite
def weighed(draw: st.DrawFn) -> dict[str, Any]:
    """Kind answers and run facts, as `weigh` reads them."""
    return {**draw(told(KIND_QUESTIONS)), **draw(FACTS)}


def flag_ids(found: Screening) -> set[str]:
    """Every stop and lock, told apart: some share a name."""
    return {f"stop:{one.id}" for one in found.stops} | {f"lock:{one.id}" for one in found.locks}


def screened(answers: Mapping[str, Any]) -> dict[str, Any]:
    """`answers` with the whole screening answered "none of these"."""
    return {**answers, **{question: ["none"] for question in screening_questions()}}


# ---------------------------------------------------------------- flags raised


@pytest.mark.parametrize(("question", "option"), raising_options())
def test_any_red_flag_in_any_story_stops_or_locks(question: str, option: str) -> None:
    """One more danger, illness or medicine always shows, whoever has it."""
    expected = flag_ids(screen({question: (option,)}))
    assert expected
    for story in STORIES:
        found = screen(checked_answers(added(story.answers(), question, option)))
        assert expected <= flag_ids(found), story.id


@given(
    story=st.sampled_from(STORIES),
    pair=st.lists(st.sampled_from(raising_options()), min_size=2, max_size=2, unique=True),
)
@settings(max_examples=300)
def test_pairs_of_red_flags_never_hide_each_other(
    story: Story, pair: list[tuple[str, str]]
) -> None:
    """Two at once raise at least what each raises alone, and the whole answer obeys."""
    answers = story.answers()
    alone: set[str] = set()
    for question, option in pair:
        answers = added(answers, question, option)
        alone |= flag_ids(screen({question: (option,)}))
    data = data_of(answered(with_answers(story, answers)))
    flags = (data["stop"] or {"flags": []})["flags"]
    found = {f"stop:{one['id']}" for one in flags}
    assert alone <= found | {f"lock:{one['id']}" for one in data["locks"]}
    obeys(data)


@pytest.mark.parametrize(("question", "option"), LOCK_OPTIONS)
@pytest.mark.parametrize("sign", WARNING_SIGNS)
def test_a_lock_with_a_warning_sign_stops_every_story(
    question: str, option: str, sign: tuple[str, str]
) -> None:
    """A chronic problem plus dizziness or weakness is a stop."""
    for story in STORIES:
        answers = added(added(story.answers(), question, option), *sign)
        assert screen(checked_answers(answers)).stops, story.id


@pytest.mark.parametrize("lock", [entry["id"] for entry in rules_file("red_flags")["locks"]])
@pytest.mark.parametrize("sign", WARNING_SIGNS)
def test_a_stored_lock_meets_a_warning_sign_of_today(lock: str, sign: tuple[str, str]) -> None:
    """What was told last month still counts when the runner is dizzy today."""
    question, option = sign
    assert screen({question: (option,)}, open_locks=[lock]).stops


def test_sore_calf_and_clot_risk_or_pregnancy_is_a_stop() -> None:
    """Neither says anything alone; together they may be a clot."""
    sore: dict[str, Any] = {"danger_limb": ("calf_still_sore",)}
    assert not screen(sore).stops
    assert not screen({"health": ("clot_risk",)}).stops
    for reason in ("clot_risk", "pregnant"):
        assert "dvt" in {stop.id for stop in screen({**sore, "health": (reason,)}).stops}


@given(case=CASES, flag=st.sampled_from(raising_options()))
def test_a_red_flag_in_any_case_is_obeyed(case: dict[str, Any], flag: tuple[str, str]) -> None:
    """Whatever else was answered, contradictions included."""
    question, option = flag
    answers = {**case["answers"]}
    answers[question] = [*answers.get(question, ()), option]
    raised = screen({question: (option,)})
    data = data_of(answered({**case, "answers": answers}))
    if raised.stops:
        assert data["kind"] == "stop"
    assert {lock.id for lock in raised.locks} <= {lock["id"] for lock in data["locks"]}
    obeys(data)


@given(story=st.sampled_from(STORIES), more=told(KIND_QUESTIONS))
def test_benign_additions_never_clear_a_stop(story: Story, more: dict[str, Any]) -> None:
    """ "None of these" beside a sign, and any other answer, leave every flag where it is."""
    before = screen(checked_answers(story.answers()))
    answers = {**story.answers(), **more}
    for question in screening_questions():
        answers[question] = [*answers.get(question, ()), "none"]
    after = screen(checked_answers(answers))
    assert {one.id for one in before.stops} <= {one.id for one in after.stops}
    assert {one.id for one in before.locks} <= {one.id for one in after.locks}


# ---------------------------------------------------------------- answers left out


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_leaving_out_a_screening_answer_never_buys_advice(story: Story) -> None:
    """Still stopped, or the screening is incomplete and doses and training wait."""
    for question in screening_questions():
        answers = story.answers()
        if answers.pop(question, None) is None:
            continue
        data = data_of(answered(with_answers(story, answers)))
        assert data["screen"] == "incomplete"
        assert data["kind"] == "stop" or not topics_of(data) & TOPICS_OF_DOSES
        obeys(data)


@given(
    story=st.sampled_from(STORIES),
    open_stop=st.sampled_from([one["id"] for one in rules_file("red_flags")["stops"]]),
    left_out=st.sets(st.sampled_from(list(questions()))),
)
def test_a_stored_stop_outlives_any_answers(
    story: Story, open_stop: str, left_out: set[str]
) -> None:
    """A re-run with fewer answers closes nothing, in `why` and in `now`."""
    answers = checked_answers(
        {name: one for name, one in story.answers().items() if name not in left_out}
    )
    explanation = explain(answers, RunFacts(facts={}), open_stops=[open_stop])
    assert explanation.kind == Kind.STOP
    assert open_stop in {stop.id for stop in explanation.screening.stops}
    assert explanation.now == explanation.next == ()
    roadside = advise(answers, open_stops=[open_stop])
    assert roadside.steps == ()
    assert roadside.question is None
    assert open_stop in {stop.id for stop in roadside.screening.stops}


@pytest.mark.parametrize("question", DANGER_QUESTIONS)
@pytest.mark.parametrize("answer", [None, [], [DONT_REMEMBER], ["none", DONT_REMEMBER]])
def test_without_the_danger_questions_nothing_touches_the_leg(
    question: str, answer: list[str] | None
) -> None:
    """It could be a clot or a tear: no stretch, massage or ice, and no dose either."""
    for story in STORIES:
        answers = {**story.answers(), question: answer}
        data = data_of(answered(with_answers(story, answers)))
        assert not topics_of(data) & set(TOPICS), story.id
        roadside = now_data(advise(checked_answers(answers)))
        assert not topics_of(roadside) & set(TOPICS), story.id


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_completeness_falls_with_every_answer_taken_away(story: Story) -> None:
    """An answer someone remembers always counts for something."""
    whole = answered(story.case).explanation
    for name, one in story.answers().items():
        remembered = DONT_REMEMBER not in ([one] if isinstance(one, str) else one)
        if questions()[name].section not in ("screen", "kind") or not remembered:
            continue
        answers = {key: kept for key, kept in story.answers().items() if key != name}
        less = answered(with_answers(story, answers)).explanation
        assert less.completeness < whole.completeness, name
        forgotten = {**answers, name: DONT_REMEMBER}
        less = answered(with_answers(story, forgotten)).explanation
        assert less.completeness < whole.completeness, name


# ---------------------------------------------------------------- what moves the kind


def the_same(before: Balance, after: Balance) -> None:
    """Kind and numbers are equal."""
    assert (before.kind, before.low, before.high) == (after.kind, after.low, after.high)
    assert before.log_odds == after.log_odds


@given(case=weighed(), age=st.floats(18.0, 90.0), share=st.floats(0.0, 1.0))
def test_neutral_facts_move_nothing(case: dict[str, Any], age: float, share: float) -> None:
    """Age, where in the run it came, a slowdown, and cramps in other places before."""
    facts = {"runner.age_y": age, "run.onset_share": share, "run.slowdown_pct": 100 * share}
    the_same(weigh(case), weigh({**case, **facts}))
    if case.get("cramped_before") != "same_muscle":
        the_same(weigh(case), weigh({**case, "cramped_before": "other_muscles"}))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_sex_body_and_age_move_no_story(story: Story) -> None:
    """The same story told by anybody grown up gets the same kind, balance and advice."""
    grown_up = story.case.get("runner", {}).get("age_y", 30) >= 18
    seen = [
        {
            name: data_of(answered({**story.case, "runner": runner}))[name]
            for name in ("kind", "stop", "locks", "now", "next", "would_change_it", "screen")
        }
        for runner in (
            story.case.get("runner", {}) if grown_up else {},
            {"sex": "male", "age_y": 18, "height_cm": 190, "body_mass_kg": 95},
            {"sex": "female", "age_y": 71, "height_cm": 150, "body_mass_kg": 45},
        )
    ]
    assert seen[0] == seen[1] == seen[2]


@given(case=weighed(), answer=st.sampled_from(list(product(HEATS, HEATS))))
@settings(max_examples=400)
def test_a_hotter_answer_moves_only_towards_electrolyte(
    case: dict[str, Any], answer: tuple[str, str]
) -> None:
    """From cool to hot the log odds never fall and the kind never turns to overload."""
    cooler, hotter = sorted(answer, key=HEATS.index)
    moves_towards_electrolyte(weigh({**case, "heat": cooler}), weigh({**case, "heat": hotter}))


def test_heat_alone_does_not_make_one_muscle_overload() -> None:
    """Smallest case of the above: one muscle and nothing else is too thin, hot or cool."""
    cool, hot = (weigh({"spread": "one_muscle", "heat": heat}) for heat in ("cool", "hot"))
    assert cool.kind == Kind.UNCLEAR
    moves_towards_electrolyte(cool, hot)


@given(case=weighed(), degrees=st.tuples(st.floats(0.0, 36.0), st.floats(0.0, 36.0)))
def test_a_hotter_day_moves_only_towards_electrolyte(
    case: dict[str, Any], degrees: tuple[float, float]
) -> None:
    """The same for the measured heat, when the runner did not say."""
    case.pop("heat", None)
    cooler, hotter = sorted(degrees)
    moves_towards_electrolyte(
        weigh({**case, "run.wbgt_c": cooler}), weigh({**case, "run.wbgt_c": hotter})
    )


def moves_towards_electrolyte(before: Balance, after: Balance) -> None:
    """Log odds and rank of the kind do not fall."""
    assert after.log_odds >= before.log_odds - 1e-9
    assert RANK[after.kind] >= RANK[before.kind]


TOWARDS_ELECTROLYTE: Final = {
    "spread": 3, "warning": 2, "relief": 2, "load": 2, "drinking": 1, "salt_marks": 1
}  # fmt: skip
"""Which of those answers speaks for electrolyte."""


def every_balance() -> Mapping[tuple[int, ...], Balance]:
    """The balance of every combination in TELLING."""
    return {places: weigh(case) for places, case in combinations().items()}


def steps_towards_electrolyte(places: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The group that changes, and the combination with a hotter day or one finding more."""
    for index, group in enumerate(TELLING):
        more = TOWARDS_ELECTROLYTE.get(group, 0)
        hotter = (
            range(places[index] + 1, len(HEATS) + 1) if group == "heat" and places[index] else ()
        )
        for last in (more,) if more and not places[index] else hotter:
            yield group, (*places[:index], last, *places[index + 1 :])


def test_no_combination_answers_electrolyte_evidence_with_overload() -> None:
    """All 3840 of them: hotter, and each electrolyte finding on top, only move one way."""
    balances = every_balance()
    wrong = [
        (places, group, before.kind.value, balances[then].kind.value)
        for places, before in balances.items()
        for group, then in steps_towards_electrolyte(places)
        if RANK[balances[then].kind] < RANK[before.kind]
        or balances[then].log_odds < before.log_odds - 1e-9
    ]
    assert not wrong, (len(wrong), wrong[:5])


def test_every_combination_lies_inside_its_range() -> None:
    """All of them again: halved and doubled weights enclose the value."""
    for places, balance in every_balance().items():
        assert balance.low <= balance.log_odds <= balance.high, places


@given(case=weighed())
def test_a_salty_mouthful_moves_nothing(case: dict[str, Any]) -> None:
    """Relief within five minutes is a reflex: it says what a forgotten answer says."""
    the_same(weigh({**case, "relief": DONT_REMEMBER}), weigh({**case, "relief": "salty_mouthful"}))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_units_change_words_only(story: Story) -> None:
    """Metric or imperial: the same kind, the same numbers, the same advice."""
    answer = answered(story.case)
    metric, imperial = data_of(answer), data_of(answer, units="imperial")
    assert without_text(metric) == without_text(imperial)


def without_text(data: Any) -> Any:
    """`data` without the sentences."""
    if isinstance(data, Mapping):
        return {name: without_text(one) for name, one in data.items() if name != "text"}
    return [without_text(one) for one in data] if isinstance(data, list) else data


# ---------------------------------------------------------------- the balance itself


@given(case=weighed())
@settings(max_examples=400)
def test_the_balance_adds_up(case: dict[str, Any]) -> None:
    """The parts shown are the sum, it lies inside its range, and the sweat cap holds."""
    balance = weigh(case)
    total = balance.prior_log_odds + sum(one.log_odds for one in balance.contributions)
    assert total == pytest.approx(balance.log_odds, abs=1e-9)
    assert balance.low <= balance.log_odds <= balance.high
    capped = rules_file("interview")["capped_together"]
    sweat = sum(
        max(0.0, one.log_odds) for one in balance.contributions if one.group in capped["groups"]
    )
    assert sweat <= log_of(capped["cap"]) + 1e-9


@given(case=weighed())
def test_a_group_counts_once_on_each_side(case: dict[str, Any]) -> None:
    """Of findings that say the same, the strongest counts and the others count nothing."""
    counted = [one for one in weigh(case).contributions if one.log_odds]
    sides = [(one.group, one.towards) for one in counted]
    assert len(sides) == len(set(sides))
    for one in weigh(case).contributions:
        rivals = [
            other for other in counted if (other.group, other.towards) == (one.group, one.towards)
        ]
        if one.towards != "neither" and one.group != "neutral":
            assert len(rivals) == 1
            assert abs(log_of(rivals[0].evidence)) >= abs(log_of(one.evidence))


def test_findings_that_cancel_say_nothing() -> None:
    """A knot on a push after a flutter: the two cancel, so one muscle alone stays too thin."""
    balance = weigh({"spread": "one_muscle", "warning": "on_push", "feel": "flutter"})
    assert balance.kind == weigh({"spread": "one_muscle"}).kind == Kind.UNCLEAR


def test_the_range_holds_the_value_when_the_sweat_cap_bites() -> None:
    """Every sweat finding against a weak opposite one: full weights count most."""
    balance = weigh(
        {
            "spread": "neighbours",
            "heat": "hot_new",
            "salt_marks": "yes",
            "drinking": "plain_water",
            "sweat": "heavy",
            "run.duration_min": 180.0,
        }
    )
    assert balance.low <= balance.log_odds <= balance.high


def log_of(key: str) -> float:
    """Natural log of an evidence value."""
    return math.log(value(key))


# ---------------------------------------------------------------- what a stopped answer says


def obeys(data: Mapping[str, Any]) -> None:
    """Advice keeps away from what is blocked, and a stopped answer says nothing but its flags."""
    blocked = {topic for lock in data["locks"] for topic in lock["blocks"]}
    assert not topics_of(data) & blocked
    if "salt" in blocked:
        said = [one["text"] for one in (*data["now"], *data.get("next", ()))]
        assert not [one for one in said if SALT_WORDS.search(one)]
    if data["stop"]:
        assert data["now"] == data.get("next", []) == []
        spoken = [f"{path}: {one}" for path, one in sentences(data)]
        assert not [one for one in spoken if STOPPED_WORDS.search(one.partition(": ")[2])]


def sentences(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence of `data` with its path, without ids, citations and what flags say."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for name, one in data.items():
            own = name in OWN_WORDS and ("/flags" in path or "/locks" in path)
            if name not in NOT_WORDS and not own:
                yield from sentences(one, f"{path}/{name}")
    elif isinstance(data, list):
        for one in data:
            yield from sentences(one, path)


def left_to_say(lines: list[str], data: Mapping[str, Any]) -> str:
    """The terminal's lines without what the flags say for themselves."""
    said = "\n".join(lines)
    for flag in data["stop"]["flags"]:
        for own in (*flag["do"], *flag["do_not"], flag["because"], flag["name"]):
            said = said.replace(own, "")
    return said


@pytest.mark.parametrize(("question", "option"), list(all_multi_options()))
def test_a_stopped_answer_says_nothing_else(question: str, option: str) -> None:
    """`why` and `now`, data and terminal, on stories of both kinds with one danger added."""
    for name in ("tennis_story_on_the_road", "calf_at_32_longest_26", "side_stitch"):
        story = stories()[name]
        answers = added(story.answers(), question, option)
        data = data_of(answered(with_answers(story, answers)))
        roadside = now_data(advise(checked_answers({**answers, "pattern": "twitching"})))
        for one, lines in (
            (data, lines_of(data)),
            (roadside, now_lines(roadside, command="uncramp now")),
        ):
            obeys(one)
            if one["stop"]:
                assert not STOPPED_WORDS.search(left_to_say(lines, one))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_a_story_obeys_its_flags(story: Story) -> None:
    """The same for every story as told, with the roadside pattern that asks for salt."""
    data = data_of(answered(story.case))
    obeys(data)
    answers = checked_answers({**story.answers(), "pattern": "twitching"})
    roadside = now_data(advise(answers))
    obeys(roadside)
    assert bool(roadside["stop"]) == bool(screen(answers).stops)
    if data["stop"]:
        assert not STOPPED_WORDS.search(left_to_say(lines_of(data), data))


@pytest.mark.parametrize("lock", [entry["id"] for entry in rules_file("red_flags")["locks"]])
def test_a_stored_lock_blocks_its_topics_everywhere(lock: str) -> None:
    """In `why` and `now`, on every story, without being told again."""
    blocks = {
        topic
        for entry in rules_file("red_flags")["locks"]
        if entry["id"] == lock
        for topic in entry["blocks"]
    }
    for story in STORIES:
        answers = checked_answers(story.answers())
        explanation = explain(answers, RunFacts(facts={}), open_locks=[lock])
        pieces = (*explanation.now, *explanation.next)
        roadside = advise({**answers, "pattern": "twitching"}, open_locks=[lock])
        for piece in (*pieces, *roadside.steps):
            assert not blocks & set(piece.topics), (story.id, piece.id)


@given(case=CASES)
def test_no_case_gets_blocked_advice(case: dict[str, Any]) -> None:
    """Whatever is answered: stops, locks and an unfinished screening are obeyed."""
    data = data_of(answered(case))
    obeys(data)
    if data["screen"] == "incomplete":
        assert not topics_of(data) & TOPICS_OF_DOSES
    roadside = now_data(advise(checked_answers(case["answers"])))
    obeys(roadside)
    if roadside["screen"] == "incomplete":
        assert not topics_of(roadside) & TOPICS_OF_DOSES


@given(answers=told(KIND_QUESTIONS))
def test_a_whole_screening_with_nothing_found_always_helps(answers: dict[str, Any]) -> None:
    """Nobody healthy is left without an answer: some advice is always given."""
    data = data_of(answered({"answers": screened(answers)}))
    assert data["screen"] == "complete"
    assert data["kind"] != "stop"
    assert data["now"]


def weighs_as_much(before: Case, after: Case) -> bool:
    """Two cases have the same balance."""
    return weigh(before).log_odds == weigh(after).log_odds


@given(case=weighed())
def test_screening_answers_never_move_the_kind(case: dict[str, Any]) -> None:
    """A red flag is not evidence for either kind, and never a probability."""
    flags = {question: (option,) for question, option in raising_options()}
    assert weighs_as_much(case, {**case, **flags})
