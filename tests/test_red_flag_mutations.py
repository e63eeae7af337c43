"""Break the red-flag rules, one piece at a time: some check must notice every time.

The checks are tests/published/red_flags.toml, written by hand from the evidence notes, and the
stories. Neither is made from the rule file, so a rule that is lost or changed by accident fails.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import pytest

from stories import stories
from uncramp import evidence, screening
from uncramp.actions.cases import case_from, profile_facts
from uncramp.evidence.rules import Case
from uncramp.run_facts import facts_from_summary
from uncramp.screening import TOPICS, URGENCIES, screen

GOLDEN: Final = Path(__file__).resolve().parent / "published" / "red_flags.toml"
PARTS: Final = ("any", "all")
SAME_ANSWER: Final[Mapping[str, str]] = {
    "locks/earlier_rhabdomyolysis/escalates/0/when/any/0/any/1":
        "weakness all over raises rhabdomyolysis by itself; kept so that every lock reads alike",
}  # fmt: skip
"""Changes that change no answer, each with its reason; the test fails when one is out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One case and everything it must raise."""

    case: Case
    open_stops: tuple[str, ...]
    open_locks: tuple[str, ...]
    stops: Mapping[str, str]
    """Stop id to urgency; None where a story does not say."""
    locks: frozenset[str]

    def holds(self) -> bool:
        """The rules as they stand raise exactly this."""
        found = screen(self.case, open_stops=self.open_stops, open_locks=self.open_locks)
        return {stop.id: stop.urgency for stop in found.stops} == self.stops and {
            lock.id for lock in found.locks
        } == self.locks


@cache
def golden() -> tuple[Check, ...]:
    """The hand-written checks."""
    raw = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    return tuple(
        Check(
            case={**row["answers"], **row.get("facts", {})},
            open_stops=tuple(row.get("open_stops", ())),
            open_locks=tuple(row.get("open_locks", ())),
            stops=row["stops"],
            locks=frozenset(row["locks"]),
        )
        for row in raw["sign"]
    )


def expected_blocks() -> Mapping[str, list[str]]:
    """Lock id to the topics it must block."""
    blocks: Mapping[str, list[str]] = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["blocks"]
    return blocks


@cache
def story_cases() -> tuple[tuple[Case, frozenset[str], frozenset[str], str | None], ...]:
    """Every story as screening sees it, with its stops, locks and highest urgency."""
    found = []
    for story in stories().values():
        case = case_from(story.case, file_name=story.id)
        facts = {**facts_from_summary(case.run).facts, **profile_facts(case.profile)}
        found.append(({**case.answers, **facts}, story.stops, story.locks, story.urgency))
    return tuple(found)


def stories_hold() -> bool:
    """Every story still raises exactly what it must."""
    for case, stops, locks, urgency in story_cases():
        found = screen(case)
        if {one.id for one in found.stops} != stops or {one.id for one in found.locks} != locks:
            return False
        if urgency and found.stops[0].urgency != urgency:
            return False
    return True


def blocks_hold(flags: Mapping[str, Any]) -> bool:
    """Locks block what they must, a stop blocks everything, and every flag has its level."""
    locks = {entry["id"]: sorted(entry["blocks"]) for entry in flags["locks"]}
    return (
        locks == {name: sorted(topics) for name, topics in expected_blocks().items()}
        and all(sorted(entry["blocks"]) == sorted(TOPICS) for entry in flags["stops"])
        and all(entry["urgency"] == "see_doctor" for entry in flags["locks"])
    )


# ---------------------------------------------------------------- the mutants

Mutant = tuple[str, dict[str, Any]]


def nodes(rule: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The path of every part of a rule that can be taken out of its list."""
    for operator in PARTS:
        for index, part in enumerate(rule.get(operator, ())):
            yield (*path, operator, index)
            yield from nodes(part, (*path, operator, index))


def rules_of(
    entry: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    """Where a flag keeps its rules."""
    if "when" in entry:
        yield (*path, "when")
    for steps in ("escalates", "urgency_rules"):
        for index, _ in enumerate(entry.get(steps, ())):
            yield (*path, steps, index, "when")


def at(flags: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path."""
    for step in path:
        flags = flags[step]
    return flags


def without(flags: Mapping[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """A copy of the flags with the list entry at `path` taken out."""
    mutant = copy.deepcopy(dict(flags))
    del at(mutant, path[:-1])[path[-1]]
    return mutant


def replaced(flags: Mapping[str, Any], path: tuple[str | int, ...], new: Any) -> dict[str, Any]:
    """A copy of the flags with something else at `path`."""
    mutant = copy.deepcopy(dict(flags))
    at(mutant, path[:-1])[path[-1]] = new
    return mutant


def named(flags: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
    """A path with flag ids instead of places."""
    part, _, *rest = path
    return "/".join([str(part), at(flags, path[:2])["id"], *map(str, rest)])


def flag_paths(flags: Mapping[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """Every stop and lock."""
    for part in ("stops", "locks"):
        for index, _ in enumerate(flags[part]):
            yield (part, index)


def removals(flags: Mapping[str, Any]) -> Iterator[Mutant]:
    """Each flag, step, topic and part of a rule, taken out once."""
    for path in flag_paths(flags):
        entry = at(flags, path)
        yield named(flags, path), without(flags, path)
        for steps in ("escalates", "urgency_rules", "blocks"):
            for index, _ in enumerate(entry.get(steps, ())):
                whole = (*path, steps, index)
                yield named(flags, whole), without(flags, whole)
        for rule in rules_of(entry, path):
            yield named(flags, rule), replaced(flags, rule, {"any": []})
            for node in nodes(at(flags, rule), rule):
                yield named(flags, node), without(flags, node)


def other_levels(flags: Mapping[str, Any]) -> Iterator[Mutant]:
    """Each urgency, exchanged for each other one."""
    for path in flag_paths(flags):
        steps = enumerate(at(flags, path).get("urgency_rules", ()))
        places = [
            (*path, "urgency"),
            *((*path, "urgency_rules", one, "urgency") for one, _ in steps),
        ]
        for place in places:
            for level in URGENCIES:
                if level != at(flags, place):
                    yield f"{named(flags, place)}={level}", replaced(flags, place, level)


def other_stops(flags: Mapping[str, Any]) -> Iterator[Mutant]:
    """Each escalation, leading to some other stop."""
    for path in flag_paths(flags):
        for index, step in enumerate(at(flags, path).get("escalates", ())):
            place = (*path, "escalates", index, "stop")
            other = "stroke" if step["stop"] != "stroke" else "cardiac"
            yield f"{named(flags, place)}={other}", replaced(flags, place, other)


def mutants() -> list[Mutant]:
    """Every broken copy of the red-flag rules, by name."""
    flags = evidence.rules_file("red_flags")
    return [*removals(flags), *other_levels(flags), *other_stops(flags)]


def patched(flags: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """`rules_file` with other red flags."""
    return flags if name == "red_flags" else evidence.rules_file(name)


def survives(flags: Mapping[str, Any], patch: pytest.MonkeyPatch) -> bool:
    """No check notices that these are the wrong rules."""
    if not blocks_hold(flags):
        return False
    patch.setattr(screening, "rules_file", partial(patched, flags))
    try:
        return all(check.holds() for check in golden()) and stories_hold()
    finally:
        patch.undo()


# ---------------------------------------------------------------- the tests


def test_the_rules_as_they_stand_pass_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ruler is straight: nothing fails before something is broken."""
    wrong = [check for check in golden() if not check.holds()]
    assert not wrong
    assert survives(evidence.rules_file("red_flags"), monkeypatch)


def test_no_broken_rule_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every removed part, flag, step or topic, and every exchanged level, makes a check fail."""
    broken = mutants()
    assert len(broken) > 400
    survivors = {name for name, flags in broken if survives(flags, monkeypatch)}
    assert survivors - set(SAME_ANSWER) == set(), "a broken rule that no check notices"
    assert set(SAME_ANSWER) - survivors == set(), "no longer the same answer: take it off the list"


def test_the_mutants_are_all_different() -> None:
    """Each has a name of its own and differs from the rules as they stand."""
    broken = mutants()
    assert len({name for name, _ in broken}) == len(broken)
    assert all(flags != evidence.rules_file("red_flags") for _, flags in broken)


def test_every_answer_of_the_screening_is_in_a_check() -> None:
    """No option can be forgotten in the hand-written table."""
    asked = {
        (question["id"], option["id"])
        for question in evidence.rules_file("interview")["questions"]
        if question["section"] == "screen"
        for option in question["options"]
        if option["id"] != "dont_remember"
    }
    ticked = {
        (question, option)
        for check in golden()
        for question, options in check.case.items()
        if isinstance(options, list)
        for option in options
    }
    assert asked == ticked
