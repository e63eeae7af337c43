"""A case in the schema: every question with its options, every number with its bounds.

The same reader as for `uncramp why --case` looks at what comes in (`actions.cases`), so that both
refuse the same things in the same words. Here is only what the schema tells a program beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import StringConstraints, WithJsonSchema

from uncramp.actions.cases import PROFILE_RANGES, RUN_RANGES
from uncramp.vocabulary import Sex
from uncramp.wording.catalogue import text
from uncramp.wording.why import questions_data

__all__ = ["AnswersBody", "CaseBody", "Muscle"]

DONT_REMEMBER: Final = "dont_remember"


def question_schema(question: Mapping[str, Any]) -> dict[str, Any]:
    """What may be answered to one question; null means not answered."""
    if question["type"] == "number":
        bounds = {"minimum": question["low"] or 0, "maximum": question["high"]}
        number = {"type": "number", **{k: v for k, v in bounds.items() if v is not None}}
        choices: list[dict[str, Any]] = [number, {"const": DONT_REMEMBER}]
    else:
        option = {"type": "string", "enum": [one["id"] for one in question["options"]]}
        several = {"type": "array", "items": option}
        choices = [option, several if question["type"] == "multi" else {**several, "maxItems": 1}]
    return {"description": question["text"], "anyOf": [*choices, {"type": "null"}]}


def option_ids(question_id: str) -> list[str]:
    """What may be chosen."""
    found = next(one for one in questions_data()["questions"] if one["id"] == question_id)
    return [option["id"] for option in found["options"]]


def answers_schema() -> dict[str, Any]:
    """Answers to any questions."""
    properties = {one["id"]: question_schema(one) for one in questions_data()["questions"]}
    return {
        "type": "object",
        "description": text("api.field.answers"),
        "properties": properties,
        "additionalProperties": False,
    }


def numbers_schema(ranges: Mapping[str, tuple[float, float, str]]) -> dict[str, Any]:
    """Numbers with their bounds and in words."""
    return {
        name: {
            "description": text(f"api.field.{name}"),
            "anyOf": [{"type": "number", "minimum": low, "maximum": high}, {"type": "null"}],
        }
        for name, (low, high, _) in ranges.items()
    }


def part_schema(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    """One part of a case; null means that nothing is told."""
    whole = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"description": description, "anyOf": [whole, {"type": "null"}]}


def case_schema() -> dict[str, Any]:
    """One case: the runner, the run and the answers; each may be missing."""
    sexes = [*(str(sex) for sex in Sex), None]
    sex = {"description": text("api.field.sex"), "enum": sexes}
    race = {"description": text("api.field.race"), "type": ["boolean", "null"]}
    answers = answers_schema()
    return {
        "type": "object",
        "description": text("api.field.case"),
        "properties": {
            "runner": part_schema(
                text("api.field.case_runner"), {"sex": sex, **numbers_schema(PROFILE_RANGES)}
            ),
            "run": part_schema(
                text("api.field.case_run"), {"race": race, **numbers_schema(RUN_RANGES)}
            ),
            "answers": {
                "description": answers.pop("description"),
                "anyOf": [answers, {"type": "null"}],
            },
        },
        "additionalProperties": False,
        "examples": [
            {"run": {"distance_m": 42195, "onset_km": 32}, "answers": {"spread": "one_muscle"}}
        ],
    }


AnswersBody = Annotated[dict[str, Any], WithJsonSchema(answers_schema())]
CaseBody = Annotated[dict[str, Any], WithJsonSchema(case_schema())]
Muscle = Annotated[
    str,
    StringConstraints(max_length=64),
    WithJsonSchema({"type": "string", "enum": option_ids("muscles")}),
]
