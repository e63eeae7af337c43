"""The data the house ships: its loader, the rule language, the interview, flags and messages."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from test_house import (
    PACKAGE,
    inner,
    listed,
    modules,
    python_text,
    rule_files,
)
from uncramp import errors, evidence
from uncramp.errors import EvidenceError
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE, Case, Rule, holds, questions_in
from uncramp.vocabulary import Kind
from uncramp.web.failures import CODES
from uncramp.wording import catalogue

STOPS: Final = [
    "hyponatraemia",
    "heat_stroke",
    "rhabdomyolysis",
    "sickle_trait_collapse",
    "acute_compartment_syndrome",
    "chronic_compartment_syndrome",
    "dvt",
    "pulmonary_embolism",
    "cardiac",
    "stroke",
    "muscle_tear",
    "bone_stress_injury",
    "arterial_claudication",
    "neurogenic_claudication",
    "cauda_equina",
    "metabolic_myopathy",
    "neurological",
    "medication",
    "hypoglycaemia",
    "anaphylaxis",
    "fever_or_gut_illness",
]
LOCKS: Final = [
    "salt_contraindicated",
    "medication",
    "pregnancy",
    "minor",
    "eating_disorder",
    "earlier_hyponatraemia",
    "sickle_trait",
    "earlier_heat_stroke",
    "earlier_rhabdomyolysis",
]
URGENCIES: Final = frozenset({"emergency_now", "same_day", "see_doctor"})
FREE_TOPICS: Final = frozenset({"safety", "info"})
"""Topics that nothing blocks but a stop."""
TOPICS: Final = frozenset({"salt", "drink", "supplement", "stretch", "massage", "ice", "training"})

ROADSIDE_FILES: Final = ("stop", "lock", "now", "relief", "roadside", "screen")
ROADSIDE_GRADE: Final = 6.0
OTHER_GRADE: Final = 9.0

MESSAGES: Final = PACKAGE / "wording" / "messages" / catalogue.LANGUAGE
DERIVED: Final = {"kind": {"options": [{"id": str(kind)} for kind in Kind]}}
"""What rules may read beside answers and facts, with its options."""

ENVELOPES: Final = frozenset(
    {
        "fetch.intervals",
        "research.simulate",
        "research.validate",
        "runs.exclude",
        "runs.merge",
        "runs.show",
        "runs.split",
        "runs.title",
        "runs.training",
        "runs.years",
        "weather.fetch",
        "weather.open_meteo",
        "weather.state",
        "weather.switch",
        "train.check",
        "train.export",
    }
)
"""Names of JSON envelopes, and of a setting, that look like message ids."""

MESSAGE_ID: Final = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
FILE_NAME: Final = re.compile(r"[a-z_]+\.(css|html|js)")
"""What looks like a message id and is the name of a template, sheet or script."""

# ---------------------------------------------------------------- the loader


@pytest.mark.parametrize("key", ["", "cramps", "cramps.nothing", "nothing.at_all", "sources.guide"])
def test_an_unknown_parameter_is_a_defect(key: str) -> None:
    """A wrong key never becomes a number."""
    with pytest.raises(EvidenceError, match="unknown_parameter"):
        evidence.value(key)


def test_an_unknown_source_is_a_defect() -> None:
    """A wrong source key never becomes a name."""
    with pytest.raises(EvidenceError, match="unknown_source"):
        evidence.source("nobody_1900")


def test_a_range_is_not_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parameter that only has a range refuses to give one number."""
    ranged = evidence.Parameter(
        key="cramps.ranged", label="A range.", unit="h", value=None, low=1, high=2,
        population="", grade="judgement", citations=(), note="",
    )  # fmt: skip
    monkeypatch.setattr(evidence, "parameter", lambda _: ranged)
    with pytest.raises(EvidenceError, match="parameter_without_value"):
        evidence.value("cramps.ranged")


def test_parameters_carry_their_file_in_the_key() -> None:
    """`cramps.weight.one_muscle` stands in cramps.toml, nested tables and all."""
    for name in evidence.PARAMETER_FILES:
        for key, found in evidence.parameters(name).items():
            assert key == found.key
            assert key.startswith(f"{name}.")
            assert evidence.parameter(key) == found


def test_a_source_is_named_by_its_first_author_and_year() -> None:
    """How a sentence names it."""
    assert evidence.source("bergeron_2008").short == "Bergeron 2008"


def test_no_two_sources_have_one_name() -> None:
    """Two papers of an author and a year get a letter each, in the order of the file."""
    assert evidence.source("miller_2010_pickle").short == "Miller 2010a"
    assert evidence.source("miller_2010_dehydration").short == "Miller 2010b"
    names = [one.short for one in evidence.sources().values()]
    assert len(names) == len(set(names))


# ---------------------------------------------------------------- the rule language

TRUE: Final[Rule] = {"has": ["q", "yes"]}
FALSE: Final[Rule] = {"has": ["q", "no"]}
UNTOLD: Final[Rule] = {"has": ["unasked", "yes"]}
CASE: Final[Case] = {"q": "yes", "many": ("a", "b"), "unsure": "dont_remember", "x": 5.0}


def told(rule: Rule, case: Case = CASE) -> bool | None:
    """Whether a rule holds, with the shipped numbers."""
    return holds(rule, case, evidence.value)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (TRUE, True),
        (FALSE, False),
        (UNTOLD, None),
        ({"has": ["many", "b"]}, True),
        ({"has": ["many", "c"]}, False),
        ({"has": ["unsure", "yes"]}, None),
        ({"at_least": ["x", 5]}, True),
        ({"below": ["x", 5]}, False),
        ({"at_least": ["x", 5.5]}, False),
        ({"at_least": ["missing", 1]}, None),
        ({"below": ["unsure", 1]}, None),
        ({"at_least": ["x", "safety.capsule_water_l"]}, True),
        ({"known": "q"}, True),
        ({"known": "x"}, True),
        ({"known": "unsure"}, False),
        ({"known": "unasked"}, False),
        ({"any": []}, False),
        ({"all": []}, True),
    ],
)
def test_each_operator(rule: Rule, expected: bool | None) -> None:
    """What each operator answers, told and untold."""
    assert told(rule) is expected


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (TRUE, TRUE, True, True),
        (TRUE, FALSE, False, True),
        (TRUE, UNTOLD, None, True),
        (FALSE, FALSE, False, False),
        (FALSE, UNTOLD, False, None),
        (UNTOLD, UNTOLD, None, None),
    ],
)
def test_kleene_tables(first: Rule, second: Rule, both: bool | None, either: bool | None) -> None:
    """`all` and `any` as Kleene wrote them, in either order."""
    for parts in ([first, second], [second, first]):
        assert told({"all": parts}) is both
        assert told({"any": parts}) is either


@pytest.mark.parametrize(
    ("rule", "expected"), [(TRUE, False), (FALSE, True), (UNTOLD, None)]
)  # fmt: skip
def test_not_of_untold_is_untold(rule: Rule, expected: bool | None) -> None:
    """Silence is no denial."""
    assert told({"not": rule}) is expected


@pytest.mark.parametrize("answer", [None, [], (), DONT_REMEMBER, [DONT_REMEMBER]])
def test_no_answer_is_not_told(answer: object) -> None:
    """Nothing, an empty list and "don't remember" all say nothing."""
    assert told({"has": ["q", "yes"]}, {"q": answer}) is None
    assert told({"known": "q"}, {"q": answer}) is False


def test_a_sign_named_beside_dont_remember_counts() -> None:
    """Being unsure of the rest takes nothing back, and denies nothing."""
    case = {"q": ["yes", DONT_REMEMBER]}
    assert told({"has": ["q", "yes"]}, case) is True
    assert told({"has": ["q", "other"]}, case) is None


@pytest.mark.parametrize("rule", [{}, {"has": ["q", "yes"], "known": "q"}, {"unheard_of": []}])
def test_a_malformed_rule_is_a_defect(rule: Rule) -> None:
    """A rule that cannot be read never counts as false."""
    with pytest.raises(EvidenceError, match="malformed_rule"):
        told(rule)


QUESTIONS: Final = ("q1", "q2", "q3")
OPTIONS: Final = ("a", "b", "c")
FACTS: Final = ("f1", "f2")

answers = st.one_of(
    st.sampled_from((*OPTIONS, DONT_REMEMBER)),
    st.lists(st.sampled_from((*OPTIONS, DONT_REMEMBER)), unique=True, max_size=3),
)
cases = st.builds(
    lambda told_answers, facts: {**told_answers, **facts},
    st.dictionaries(st.sampled_from(QUESTIONS), answers),
    st.dictionaries(st.sampled_from(FACTS), st.floats(-10, 10)),
)
leaves = st.one_of(
    st.builds(lambda q, o: {"has": [q, o]}, st.sampled_from(QUESTIONS), st.sampled_from(OPTIONS)),
    st.builds(
        lambda operator, fact, limit: {operator: [fact, limit]},
        st.sampled_from(("at_least", "below")),
        st.sampled_from(FACTS),
        st.floats(-10, 10),
    ),
)
rules: st.SearchStrategy[dict[str, Any]] = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(part, max_size=4)),
        st.builds(lambda parts: {"any": parts}, st.lists(part, max_size=4)),
        st.builds(lambda negated: {"not": negated}, part),
    ),
    max_leaves=12,
)


@given(rule=rules, case=cases, later=cases)
def test_knowing_more_never_turns_an_answer(rule: Rule, case: Case, later: Case) -> None:
    """What holds, or does not hold, stays so when something untold is told."""
    more = {**case, **{name: answer for name, answer in later.items() if name not in case}}
    before = told(rule, case)
    assert before is None or told(rule, more) is before


@given(rule=rules, case=cases, part=rules)
def test_any_grows_and_all_shrinks(rule: Rule, case: Case, part: Rule) -> None:
    """One more part never undoes an `any` that holds, nor an `all` that does not."""
    if told({"any": [rule]}, case) is True:
        assert told({"any": [rule, part]}, case) is True
    if told({"all": [rule]}, case) is False:
        assert told({"all": [rule, part]}, case) is False


@given(parts=st.lists(rules, max_size=4), case=cases)
def test_de_morgan(parts: list[Rule], case: Case) -> None:
    """Not any is all not, in three values too."""
    denied = [{"not": part} for part in parts]
    assert told({"not": {"any": parts}}, case) is told({"all": denied}, case)


@given(rule=rules)
def test_a_rule_lists_what_it_reads(rule: Rule) -> None:
    """`questions_in` finds every question and fact, so that the interview can be checked."""
    text = json.dumps(rule)
    read = {name for name, _ in questions_in(rule)}
    assert read == {name for name in (*QUESTIONS, *FACTS) if f'"{name}"' in text}


# ---------------------------------------------------------------- what the rule files say


def all_rules() -> list[tuple[str, Mapping[str, Any]]]:
    """Every rule of the rule files, with its file."""
    return [
        (name, value)
        for name, data in rule_files().items()
        for key, value in inner(data)
        if key.endswith("when") and isinstance(value, dict)
    ]


def questions() -> dict[str, Any]:
    """The interview, by question id."""
    return {question["id"]: question for question in rule_files()["interview.json"]["questions"]}


def test_rules_read_only_what_can_be_answered() -> None:
    """Each question and option a rule names is in the interview; each fact is made somewhere."""
    known, text, offenders = questions() | DERIVED, python_text(), []
    for file_name, rule in all_rules():
        for name, option in questions_in(rule):
            if name in known:
                options = {one["id"] for one in known[name].get("options", ())}
                if option is not None and option not in options:
                    offenders.append(f"{file_name}: {name} has no option {option}")
            elif option is not None or not re.search(rf'["._]{name.rpartition(".")[2]}\b', text):
                offenders.append(f"{file_name}: {name} is no question and nothing makes it")
    assert not offenders, listed(offenders)


def test_rules_are_well_formed() -> None:
    """Each rule evaluates, has its numbers, and is not true for a case that tells nothing."""
    offenders = []
    for file_name, rule in all_rules():
        try:
            if holds(rule, {}, evidence.value) is True and "known" not in str(rule):
                offenders.append(f"{file_name}: true without being told anything: {rule}")
        except (EvidenceError, KeyError, TypeError, ValueError) as error:
            offenders.append(f"{file_name}: {error}: {rule}")
    assert all_rules()
    assert not offenders, listed(offenders)


def test_every_option_of_the_danger_screen_leads_somewhere() -> None:
    """No danger sign can be ticked that nothing reads."""
    read = {pair for _, rule in all_rules() for pair in questions_in(rule)}
    offenders = [
        f"{question['id']}: {option['id']}"
        for question in questions().values()
        if question["section"] == "screen"
        for option in question["options"]
        if option["id"] not in (NONE_OF_THESE, DONT_REMEMBER)
        and (question["id"], option["id"]) not in read
    ]
    assert not offenders, listed(offenders)


def test_questions_are_well_formed() -> None:
    """Unique ids, and the ways out that every question must offer."""
    listed_questions = rule_files()["interview.json"]["questions"]
    assert len(questions()) == len(listed_questions)
    offenders = []
    for question in listed_questions:
        ids = [option["id"] for option in question.get("options", ())]
        screening = question["section"] == "screen"
        checks = {
            "section": question["section"] in ("screen", "map", "kind", "advice", "now"),
            "type": question["type"] in ("multi", "single", "number"),
            "screening comes as multi with bystander words": not screening
            or (question["type"] == "multi" and question.get("bystander")),
            "unique options": len(ids) == len(set(ids)),
            "none and dont_remember close a screening question": not screening
            or ids[-2:] == [NONE_OF_THESE, DONT_REMEMBER],
            "dont_remember closes a question": question["type"] == "number"
            or ids[-1] == DONT_REMEMBER,
            "a number has unit and bounds": question["type"] != "number"
            or (question.get("unit") and question["low"] < question["high"]),
        }
        offenders += [f"{question['id']}: {check}" for check, true in checks.items() if not true]
    assert not offenders, listed(offenders)


def test_advice_is_complete() -> None:
    """Each piece of advice says its topics, grade and sources, so that a flag can block it."""
    relief = rule_files()["relief.json"]
    offenders = []
    for section in ("roadside", "after", "next"):
        for piece in relief[section]:
            checks = {
                "topics": piece["topics"] and set(piece["topics"]) <= TOPICS | FREE_TOPICS,
                "grade": piece["grade"] in evidence.GRADES,
                "sources": piece["sources"],
            }
            offenders += [f"{piece['id']}: {check}" for check, true in checks.items() if not true]
    muscles = {option["id"] for option in questions()["muscles"]["options"]} - {DONT_REMEMBER}
    assert relief["muscles"].keys() == muscles, "one stretch card a muscle"
    assert not offenders, listed(offenders)


def flag_checks(flag: Mapping[str, Any], stops: frozenset[str]) -> dict[str, object]:
    """What a flag must have, and whether it has it."""
    steps = flag.get("urgency_rules", ())
    urgencies = {flag.get("urgency"), *(step["urgency"] for step in steps)}
    return {
        "urgency": urgencies <= URGENCIES,
        "name": flag.get("name"),
        "because": flag.get("because"),
        "do": flag.get("do"),
        "do_not": flag.get("do_not"),
        "blocks": flag.get("blocks") and set(flag["blocks"]) <= TOPICS,
        "cleared_by": flag.get("cleared_by"),
        "sources": flag.get("sources"),
        "escalates to a stop": all(step["stop"] in stops for step in flag.get("escalates", ())),
    }


def test_red_flags_are_exactly_the_agreed_ones() -> None:
    """All 21 stops and 9 locks, each complete; a stop blocks every topic."""
    flags = rule_files()["red_flags.json"]
    assert sorted(flag["id"] for flag in flags["stops"]) == sorted(STOPS)
    assert sorted(flag["id"] for flag in flags["locks"]) == sorted(LOCKS)
    offenders = []
    for flag in (*flags["stops"], *flags["locks"]):
        checks = flag_checks(flag, frozenset(STOPS))
        offenders += [f"{flag['id']}: {check}" for check, true in checks.items() if not true]
    offenders += [f"{flag['id']}: blocks all" for flag in flags["stops"]
                  if set(flag["blocks"]) != TOPICS]  # fmt: skip
    assert not offenders, listed(offenders)


# ---------------------------------------------------------------- messages


def pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object that says nothing twice."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), sorted({one for one in names if names.count(one) > 1})
    return dict(pairs)


@cache
def all_messages() -> Mapping[str, str]:
    """The whole catalogue."""
    return {
        message_id: text
        for name in catalogue.message_files()
        for message_id, text in catalogue.messages(name).items()
    }


def literals() -> Iterator[tuple[str, str]]:
    """Every plain string in the package that looks like a message id, with its module."""
    for module in modules().values():
        pieces = {
            id(part)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        for node in ast.walk(module.tree):
            if id(node) in pieces:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                first = node.value.partition(".")[0]
                shaped = MESSAGE_ID.fullmatch(node.value) and node.value not in ENVELOPES
                named = first in catalogue.message_files() and not FILE_NAME.fullmatch(node.value)
                if named and shaped:
                    yield module.name, node.value


def called_in_pages() -> Iterator[tuple[str, str, bool]]:
    """Every message id a page template asks `t` for: file, id, and whether the id goes on (`~`)."""
    folders = (PACKAGE / "web" / "templates", PACKAGE / "export")
    for path in sorted(path for folder in folders for path in folder.rglob("*.html")):
        page = path.read_text(encoding="utf-8")
        for found in re.finditer(r"\bt\(\s*'([a-z0-9_.]+)'\s*(~)?", page):
            yield path.name, found[1], found[2] is not None


def templates() -> Iterator[re.Pattern[str]]:
    """Every f-string that starts with a message file, as a pattern of message ids."""
    for module in modules().values():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.JoinedStr) or not isinstance(node.values[0], ast.Constant):
                continue
            first = str(node.values[0].value).partition(".")
            if first[0] in catalogue.message_files() and first[1]:
                yield re.compile("".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant)
                    else "[a-z0-9_.]+" for part in node.values))  # fmt: skip
    for _, start, goes_on in called_in_pages():
        if goes_on:
            yield re.compile(re.escape(start) + "[a-z0-9_.]+")


def ids_in_rule_files() -> Iterator[tuple[str, str]]:
    """Every message id a rule file names, with the file."""
    facts = {name for _, rule in all_rules() for name, _ in questions_in(rule)}
    for file_name, data in rule_files().items():
        for _, value in inner(data):
            if not isinstance(value, str) or not MESSAGE_ID.fullmatch(value) or value in facts:
                continue
            if value.partition(".")[0] not in evidence.PARAMETER_FILES:
                yield file_name, value


def raised_codes() -> dict[str, set[str]]:
    """Error class name to the codes it is raised with."""
    found: dict[str, set[str]] = {name: set() for name in errors.__all__}
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = ast.unparse(node.func).rpartition(".")[2]
                if name in found:
                    found[name].add(str(node.args[0].value))
    return found


def test_message_files_are_well_formed() -> None:
    """Flat text, no key twice, every place between braces named."""
    offenders = []
    for path in sorted(MESSAGES.glob("*.json")):
        flat = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=pairs_once)
        for key, text in flat.items():
            if not isinstance(text, str) or not text.strip():
                offenders.append(f"{path.stem}.{key}: no text")
                continue
            places = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
            if not MESSAGE_ID.fullmatch(f"{path.stem}.{key}") or "" in places:
                offenders.append(f"{path.stem}.{key}: {text}")
    assert catalogue.message_files()
    assert not offenders, listed(offenders)


def test_every_message_id_exists() -> None:
    """No rule file and no line of code names a message that is not in the catalogue."""
    in_pages = ((page, one) for page, one, goes_on in called_in_pages() if not goes_on)
    named = [*ids_in_rule_files(), *literals(), *in_pages]
    offenders = [f"{where}: {one}" for where, one in named if one not in all_messages()]
    assert not offenders, listed(offenders)


def test_every_message_is_used() -> None:
    """No dead sentence: named in a rule file or in code, whole or by an f-string."""
    used = {one for _, one in (*ids_in_rule_files(), *literals())}
    used |= {one for _, one, _ in called_in_pages()}
    patterns = tuple(templates())
    offenders = [
        one
        for one in all_messages()
        if one not in used and not any(pattern.fullmatch(one) for pattern in patterns)
    ]
    assert not offenders, listed(offenders)


def test_every_error_has_its_words() -> None:
    """Each code that is raised says what happened and what to do; no words for codes long gone."""
    codes = raised_codes()
    refused = codes.pop("RefusedFileError")
    codes.pop("EvidenceError")
    raised = set().union(*codes.values()) | set(CODES.values())
    wanted = {f"error.{code}.{part}" for code in raised for part in ("what", "remedy")}
    wanted |= {f"refused.{code}.{part}" for code in refused for part in ("reason", "remedy")}
    offenders = [f"missing: {one}" for one in wanted - all_messages().keys()]
    assert not offenders, listed(offenders)


def syllables(word: str) -> int:
    """Vowel groups, less a silent ending; at least one."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouycgsxz]es$", word)
    return max(1, groups - (1 if silent and groups > 1 else 0))


def reading_grade(texts: list[str]) -> float:
    """Flesch-Kincaid grade (Kincaid 1975): 0.39 words/sentence + 11.8 syllables/word - 15.59."""
    sentences, words = 0, []
    for text in texts:
        plain = re.sub(r"\{[^}]*\}", "ten", text.lower())
        parts = [part for part in re.split(r"[.!?\n]+", plain) if re.search("[a-z]", part)]
        sentences += len(parts)
        words += re.findall(r"[a-z]+(?:['’][a-z]+)?", plain)
    per_sentence = len(words) / max(1, sentences)
    per_word = sum(syllables(word) for word in words) / max(1, len(words))
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def test_the_reading_grade_knows_easy_from_hard() -> None:
    """The ruler itself: a primer, and a sentence from a journal."""
    assert reading_grade(["The cat sat on the mat. The dog ran."]) < 1
    assert reading_grade(["Symptomatic hyponatraemia necessitates hypertonic saline."]) > 14


@pytest.mark.parametrize("name", catalogue.message_files())
def test_messages_are_easy_to_read(name: str) -> None:
    """Roadside words at a reading age of about 11, everything else below about 14."""
    limit = ROADSIDE_GRADE if name in ROADSIDE_FILES else OTHER_GRADE
    texts = list(catalogue.messages(name).values())
    hardest = sorted(texts, key=lambda text: reading_grade([text]), reverse=True)[:5]
    grade = reading_grade(texts)
    assert grade <= limit, f"{name}: {grade:.1f} > {limit}; hardest:{listed(hardest)}"
