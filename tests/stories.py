"""The whole-person stories of tests/runners, loaded and answered.

Every story is ours: written from published descriptions, about nobody. What it expects was judged
from those descriptions and not from what the code says, so the stories are a specification and
no validation.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from uncramp.actions.cases import case_from
from uncramp.actions.why import WhyAnswer, why_case
from uncramp.interview import raised_by
from uncramp.screening import screening_questions
from uncramp.wording.quantities import Units
from uncramp.wording.why import why_data, why_lines

FOLDER: Final = Path(__file__).resolve().parent / "runners"
TOPICS_OF_DOSES: Final = frozenset({"salt", "drink", "supplement", "training"})
WARNING_SIGNS: Final = (("danger_feel", "dizzy_or_sick"), ("danger_feel", "muscles_weak"))

TELLING: Final[Mapping[str, tuple[dict[str, Any], ...]]] = {
    "spread": ({}, {"spread": "one_muscle"}, {"spread": "neighbours"}, {"spread": "jumping"}),
    "warning": ({}, {"warning": "at_once"}, {"warning": "twitches"},
                {"warning": "on_push", "feel": "flutter"}),
    "relief": ({}, {"relief": "stretch_stayed"}, {"relief": "stretch_returned"}),
    "load": ({}, {"load": ("longer",)}, {"load": ("easy",)}, {"load": ("easy", "longer")}),
    "drinking": ({}, {"drinking": "plain_water", "sweat": "heavy", "run.duration_min": 180.0}),
    "salt_marks": ({}, {"salt_marks": "yes"}),
    "heat": ({}, {"heat": "cool", "run.cramp_min": 40.0}, {"heat": "mild"}, {"heat": "hot"},
             {"heat": "hot_new"}),
}  # fmt: skip
"""Every answer that weighs anything, group by group: small enough to try all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One person, one cramp, and what we say must come out."""

    id: str
    title: str
    told: str
    basis: tuple[tuple[str, str], ...]
    case: Mapping[str, Any]
    kinds: tuple[str, ...]
    """Acceptable kinds; the first is the one we expect."""
    stops: frozenset[str]
    locks: frozenset[str]
    urgency: str | None
    because_includes: frozenset[str]
    because_excludes: frozenset[str]
    must_not_topics: frozenset[str]
    screen: str
    other: str | None
    """What it is when it is no cramp."""

    @property
    def is_benign(self) -> bool:
        """Nothing in it should stop a runner who answered the whole screening."""
        return not self.stops and self.screen == "complete"

    def answers(self) -> dict[str, Any]:
        """A copy of the answers, to change at will."""
        return copy.deepcopy(dict(self.case.get("answers", {})))


@cache
def stories() -> Mapping[str, Story]:
    """Every story by id."""
    return {path.stem: _story(path) for path in sorted(FOLDER.glob("*.toml"))}


def _story(path: Path) -> Story:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    expect = raw["expect"]
    kind = expect["kind"]
    return Story(
        id=path.stem,
        title=raw["title"],
        told=raw["told"],
        basis=tuple((one["key"], one["at"]) for one in raw["basis"]),
        case=raw["case"],
        kinds=(kind,) if isinstance(kind, str) else tuple(kind),
        stops=frozenset(expect["stops"]),
        locks=frozenset(expect["locks"]),
        urgency=expect.get("urgency"),
        because_includes=frozenset(expect.get("because_includes", ())),
        because_excludes=frozenset(expect.get("because_excludes", ())),
        must_not_topics=frozenset(expect.get("must_not_topics", ())),
        screen=expect["screen"],
        other=expect.get("other"),
    )


def answered(case: Mapping[str, Any]) -> WhyAnswer:
    """What `why --case` answers."""
    return why_case(case_from(case, file_name="story"))


def data_of(answer: WhyAnswer, *, units: Units = "metric") -> dict[str, Any]:
    """The data of the envelope."""
    return why_data(answer.explanation, run=None, units=units)


def lines_of(data: Mapping[str, Any]) -> list[str]:
    """The same for a terminal, everything shown."""
    return why_lines(data, command="uncramp why", full=True)


def with_answers(story: Story, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The story's case, its answers replaced."""
    return {**story.case, "answers": dict(answers)}


def added(answers: Mapping[str, Any], question: str, option: str) -> dict[str, Any]:
    """`answers` with one more option of a multi-select ticked; "none of these" goes."""
    before = [one for one in answers.get(question, ()) if one not in ("none", option)]
    return {**answers, question: [*before, option]}


def all_multi_options() -> Iterator[tuple[str, str]]:
    """Every option of the screening that names something."""
    from uncramp.interview import questions

    for question in screening_questions():
        for option in questions()[question].options:
            if option.id not in ("none", "dont_remember"):
                yield question, option.id


def raising_options() -> list[tuple[str, str]]:
    """Every single answer that raises a stop or a lock."""
    return [one for one in all_multi_options() if any(raised_by(*one))]


def topics_of(data: Mapping[str, Any]) -> frozenset[str]:
    """Every topic advised on in `now` and `next`."""
    advice = [*data["now"], *data.get("next", ())]
    return frozenset(topic for one in advice for topic in one["topics"])


@cache
def combinations() -> Mapping[tuple[int, ...], Mapping[str, Any]]:
    """One case for every combination in TELLING, by the place of each group's answer."""
    groups = list(TELLING.values())
    return {
        places: {
            name: one
            for group, place in zip(groups, places, strict=True)
            for name, one in group[place].items()
        }
        for places in product(*(range(len(group)) for group in groups))
    }
