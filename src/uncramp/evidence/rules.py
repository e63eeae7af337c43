"""The rule language of the shipped JSON files: small, and three-valued.

A rule is a JSON object with exactly one key:

=====================================  =======================================================
``{"has": [question, option]}``        that option was chosen
``{"at_least": [fact, number]}``       the fact is known and >= number
``{"below": [fact, number]}``          the fact is known and < number
``{"known": name}``                    the question was answered, or the fact is known
``{"all": [rule, …]}``                 every rule holds
``{"any": [rule, …]}``                 at least one rule holds
``{"not": rule}``                      the rule does not hold
=====================================  =======================================================

`number` is a JSON number or the key of an evidence parameter. Every rule is True, False or None
("we were not told"), combined as Kleene did: `any` is True as soon as one part is, whatever is
missing; `all` is False as soon as one part is; `not None` is None. A question answered with
`dont_remember` counts as not told, and so does an empty list. A browser runs the same rules from
the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from uncramp.errors import EvidenceError

__all__ = ["DONT_REMEMBER", "NONE_OF_THESE", "Case", "Rule", "chosen", "holds", "questions_in"]

DONT_REMEMBER: Final = "dont_remember"
NONE_OF_THESE: Final = "none"

Rule = Mapping[str, Any]
Case = Mapping[str, Any]
"""Question ids and fact names to what was answered or is known; None and absent are the same."""

Lookup = Callable[[str], float]


def chosen(case: Case, question: str) -> tuple[str, ...] | None:
    """The options chosen for `question`, or None when it was not answered."""
    answer = case.get(question)
    if answer is None or answer in ((), []):
        return None
    return (answer,) if isinstance(answer, str) else tuple(answer)


def _has(case: Case, question: str, option: str) -> bool | None:
    options = chosen(case, question)
    if options is None:
        return None
    if option in options:
        return True
    return None if DONT_REMEMBER in options else False


def _compare(case: Case, fact: str, limit: float, *, at_least: bool) -> bool | None:
    value = case.get(fact)
    if value is None or isinstance(value, str):
        return None
    return (float(value) >= limit) if at_least else (float(value) < limit)


def _known(case: Case, name: str) -> bool:
    value = case.get(name)
    if isinstance(value, int | float):
        return True
    options = chosen(case, name)
    return options is not None and DONT_REMEMBER not in options


def _every(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _some(parts: list[bool | None]) -> bool | None:
    if True in parts:
        return True
    return None if None in parts else False


def holds(rule: Rule, case: Case, number: Lookup) -> bool | None:
    """Whether `rule` holds for `case`; None when what it needs was not told.

    `number` looks up evidence parameters by key. Raises EvidenceError on a malformed rule.
    """
    if len(rule) != 1:
        raise EvidenceError("malformed_rule", values={"rule": str(rule)})
    ((operator, operand),) = rule.items()
    match operator:
        case "has":
            return _has(case, operand[0], operand[1])
        case "at_least" | "below":
            limit = number(operand[1]) if isinstance(operand[1], str) else float(operand[1])
            return _compare(case, operand[0], limit, at_least=operator == "at_least")
        case "known":
            return _known(case, operand)
        case "all":
            return _every([holds(part, case, number) for part in operand])
        case "any":
            return _some([holds(part, case, number) for part in operand])
        case "not":
            part = holds(operand, case, number)
            return None if part is None else not part
    raise EvidenceError("malformed_rule", values={"rule": str(rule)})


def questions_in(rule: Rule) -> Iterator[tuple[str, str | None]]:
    """Every (question, option) a rule reads; the option is None where the whole answer is read."""
    ((operator, operand),) = rule.items()
    if operator == "has":
        yield operand[0], operand[1]
    elif operator == "known":
        yield operand, None
    elif operator in ("at_least", "below"):
        yield operand[0], None
    elif operator == "not":
        yield from questions_in(operand)
    else:
        for part in operand:
            yield from questions_in(part)
