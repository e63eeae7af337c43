"""Golden vectors of the roadside: what was told, and all that Python then says.

`tests/e2e/test_roadside_vectors.py` gives the same vectors to `rules.js` in a browser and wants the
same answers, word for word. Vectors are made from the evidence, so that a new rule brings its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from uncramp.actions.now import now_questions
from uncramp.evidence import rules_file, value
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE, holds, questions_in
from uncramp.interview import questions
from uncramp.roadside import advise
from uncramp.screening import DANGER_QUESTIONS, screening_questions
from uncramp.wording.catalogue import text
from uncramp.wording.now import now_data

__all__ = ["RuleVector", "Vector", "python_holds", "python_says", "rule_vectors", "vectors"]

N_FUZZED: Final = 4000
N_RULES: Final = 2000
SEED: Final = 20261104
STOPS: Final = tuple(entry["id"] for entry in rules_file("red_flags")["stops"])
LOCKS: Final = tuple(entry["id"] for entry in rules_file("red_flags")["locks"])
WARNINGS: Final = ("dizzy_or_sick", "muscles_weak")
BESIDE: Final = ("drinking", "spread", "warning")
"""Questions of the interview that a roadside rule reads, though the roadside does not ask them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One case; everything in it is plain JSON."""

    why: str
    answers: Mapping[str, Any]
    stops: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)


def python_says(vector: Vector) -> dict[str, Any]:
    """What `advise` and `now_data` make of it, less what the page leaves out."""
    told: dict[str, Any] = {
        name: tuple(answer) if isinstance(answer, list) else answer
        for name, answer in vector.answers.items()
    }
    said = now_data(advise(told, open_stops=vector.stops, open_locks=vector.locks))
    question = said["next_question"]
    return {
        **said,
        "stop": said["stop"] and {"flags": [without_sources(one) for one in said["stop"]["flags"]]},
        "locks": [
            {name: lock[name] for name in ("id", "name", "blocks", "stored")}
            for lock in said["locks"]
        ],
        "now": [step_says(step) for step in said["now"]],
        "next_question": question and question["id"],
    }


def without_sources(flag: Mapping[str, Any]) -> dict[str, Any]:
    """A stop as the page has it: without sources, tense, and how it is closed."""
    left_out = ("sources", "tense", "cleared_by")
    return {name: one for name, one in flag.items() if name not in left_out}


def step_says(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as the page has it; the other view comes with its first words."""
    dispute = step["dispute"] and text("why.disagreement", dispute=step["dispute"])
    return {
        "id": step["id"], "topics": step["topics"], "text": step["text"], "dispute": dispute
    }  # fmt: skip


def vectors() -> Iterator[Vector]:
    """Every leaf, every way a rule can turn, every stored flag, and thousands of others."""
    yield Vector(why="nothing told", answers={})
    yield from every_option()
    yield from every_rule()
    yield from locks_and_warnings()
    yield from stored_flags()
    yield from unfinished()
    yield from fuzzed()


def healthy(**more: object) -> dict[str, Any]:
    """Every screening question with none of these, and more."""
    return {**{name: [NONE_OF_THESE] for name in screening_questions()}, **more}


def every_option() -> Iterator[Vector]:
    """Each option of each question alone, and on otherwise calm and healthy answers."""
    for question in now_questions():
        for option in question.options:
            told = option.id if question.type == "single" else [option.id]
            why = f"{question.id}={option.id}"
            yield Vector(why=f"only {why}", answers={question.id: told})
            for pattern in ("twitching", "one_knot"):
                calm = healthy(muscles=["calf"], pattern=pattern)
                yield Vector(why=f"{why}, {pattern}", answers={**calm, question.id: told})
    for danger in DANGER_QUESTIONS:
        for option in questions()[danger].options:
            calm = {name: [NONE_OF_THESE] for name in DANGER_QUESTIONS}
            yield Vector(why=f"{option.id} at once", answers={**calm, danger: [option.id]})


def every_rule() -> Iterator[Vector]:
    """For every rule that reads two things or more: each pair of what it reads."""
    flags = rules_file("red_flags")
    steps = [entry for entry in rules_file("relief")["roadside"] if "when" in entry]
    rules = [
        (entry["id"], rule["when"])
        for entry in (*flags["stops"], *flags["locks"], *steps)
        for rule in (entry, *entry.get("urgency_rules", ()), *entry.get("escalates", ()))
    ]
    for name, rule in rules:
        read = [(question, option) for question, option in questions_in(rule) if option]
        for index, first in enumerate(read):
            for second in read[index:]:
                yield Vector(why=f"{name}: {first} {second}", answers=both(first, second))


def both(first: tuple[str, str], second: tuple[str, str]) -> dict[str, Any]:
    """Healthy answers but for two options."""
    told = healthy()
    for question, option in (first, second):
        if question == "pattern":
            told[question] = option
        else:
            kept = [one for one in told.get(question, ()) if one not in (NONE_OF_THESE, option)]
            told[question] = [*kept, option]
    return told


def locks_and_warnings() -> Iterator[Vector]:
    """Each lock, named or stored, with each warning sign and with all of them."""
    for lock in rules_file("red_flags")["locks"]:
        named = [pair for pair in questions_in(lock["when"]) if pair[1]]
        for warned in ([WARNINGS[0]], [WARNINGS[1]], [*WARNINGS], [NONE_OF_THESE]):
            for sore in ([NONE_OF_THESE], ["calf_still_sore"]):
                told = healthy(danger_feel=warned, danger_limb=sore, pattern="twitching")
                why = f"{lock['id']}, {warned}, {sore}"
                yield Vector(why=f"stored {why}", answers=told, locks=[lock["id"]])
                for question, option in named:
                    told_lock = {**told, question: [option]}
                    yield Vector(why=f"{question}={option} {why}", answers=told_lock)
                    yield Vector(why=f"both {why}", answers=told_lock, locks=[lock["id"]])


def stored_flags() -> Iterator[Vector]:
    """Each flag open from before, with nothing told, with calm answers, and beside a new stop."""
    for told in ({}, healthy(muscles=["calf"]), {"danger_body": ["confused"]}):
        for stop in STOPS:
            yield Vector(why=f"stored stop {stop}", answers=told, stops=[stop])
        for lock in LOCKS:
            yield Vector(why=f"stored lock {lock}", answers=told, locks=[lock])
    yield Vector(why="all stored", answers={}, stops=[*STOPS], locks=[*LOCKS])
    yield Vector(why="an unknown flag is stored", answers={}, stops=["gone"], locks=["gone"])


def unfinished() -> Iterator[Vector]:
    """Each screening question missing, empty, null or not known, on otherwise healthy answers."""
    for name in screening_questions():
        for pattern in ("twitching", "one_knot", None):
            told = healthy(muscles=["calf", "foot"], pattern=pattern)
            yield Vector(
                why=f"{name} missing", answers={k: v for k, v in told.items() if k != name}
            )
            for answer in ([], None, [DONT_REMEMBER], DONT_REMEMBER, NONE_OF_THESE):
                yield Vector(why=f"{name} is {answer}", answers={**told, name: answer})


def fuzzed() -> Iterator[Vector]:
    """Answers as nobody would give them."""
    chance = random.Random(SEED)  # noqa: S311  (cases, no secrets)
    asked = [*(question.id for question in now_questions()), *BESIDE]
    for number in range(N_FUZZED):
        calm = chance.random() < 0.7
        told: dict[str, Any] = {}
        for name in asked:
            if chance.random() < (0.85 if calm else 0.6):
                told[name] = fuzzed_answer(chance, name, calm=calm)
        for fact, values in facts().items():
            if chance.random() < 0.2:
                told[fact] = chance.choice(values)
        stops = [chance.choice(STOPS)] if chance.random() < 0.08 else []
        locks = chance.sample(LOCKS, chance.randint(1, 3)) if chance.random() < 0.2 else []
        yield Vector(why=f"fuzzed {number}", answers=told, stops=stops, locks=locks)


def fuzzed_answer(chance: random.Random, name: str, *, calm: bool) -> object:
    """One answer: mostly none when calm, else anything."""
    options = [option.id for option in questions()[name].options]
    if calm and NONE_OF_THESE in options and chance.random() < 0.85:
        return [NONE_OF_THESE]
    if questions()[name].type == "single":
        return chance.choice([*options, None])
    return chance.choice(
        (
            [],
            None,
            chance.choice(options),
            [chance.choice(options)],
            chance.sample(options, 2),
            chance.sample(options, min(4, len(options))),
            [chance.choice(options), DONT_REMEMBER],
        )
    )


def facts() -> dict[str, tuple[object, ...]]:
    """Facts that rules compare with: below, at and above the limit, and what is no number."""
    age, long_run = value("safety.adult_age"), value("safety.long_drinking_min")
    return {
        "runner.age_y": (age - 1, age, age + 20.5, None, "eighteen"),
        "run.duration_min": (long_run - 0.5, long_run, long_run + 60, None),
    }


# ---------------------------------------------------------------- the rule language itself


@dataclass(frozen=True, slots=True)
class RuleVector:
    """A rule that no evidence file has, and a case for it."""

    rule: Mapping[str, Any]
    answers: Mapping[str, Any]


def python_holds(vector: RuleVector) -> bool | None:
    """Whether the rule holds, in three values."""
    return holds(vector.rule, vector.answers, value)


def rule_vectors() -> Iterator[RuleVector]:
    """Rules of every operator, up to four deep, on cases that tell much or little."""
    chance = random.Random(SEED)  # noqa: S311  (cases, no secrets)
    for _ in range(N_RULES):
        answers: dict[str, Any] = {}
        for name in "pqr":
            if chance.random() < 0.7:
                options = ["a", "b", "c", DONT_REMEMBER]
                answers[name] = chance.choice(
                    (chance.choice(options), chance.sample(options, 2), [], None)
                )
        if chance.random() < 0.7:
            answers["fact"] = chance.choice((-1.5, 0.0, 18.0, 240.0, None, "many"))
        yield RuleVector(made_rule(chance, depth=4), answers)


def made_rule(chance: random.Random, *, depth: int) -> dict[str, Any]:
    """One rule."""
    operator = chance.choice(
        ("has", "has", "at_least", "below", "known", *(("all", "any", "not") * (2 * (depth > 0))))
    )
    if operator == "has":
        return {"has": [chance.choice("pqr"), chance.choice("abc")]}
    if operator in ("at_least", "below"):
        limit = chance.choice((0, 18.0, "safety.adult_age", "safety.long_drinking_min"))
        return {operator: ["fact", limit]}
    if operator == "known":
        return {"known": chance.choice(("p", "q", "r", "fact"))}
    if operator == "not":
        return {"not": made_rule(chance, depth=depth - 1)}
    parts = [made_rule(chance, depth=depth - 1) for _ in range(chance.randint(0, 3))]
    return {operator: parts}
