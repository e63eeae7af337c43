"""`why` in words: the data of its envelope, and the same for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.cramps import Balance, Contribution
from uncramp.evidence import parameter, sources
from uncramp.explanation import Explanation
from uncramp.interview import questions
from uncramp.units import metres_from_kilometres
from uncramp.vocabulary import Kind
from uncramp.wording import quantities
from uncramp.wording.catalogue import messages, text
from uncramp.wording.losses import loss_lines, loss_words, losses_data, sodium_words
from uncramp.wording.quantities import Units
from uncramp.wording.runs import run_data, run_name
from uncramp.wording.safety import (
    advice_data,
    closing_lines,
    locks_data,
    question_data,
    safety_net,
    screen_word,
    stop_data,
    stop_lines,
)
from uncramp.wording.weather import used_line, weather_data

if TYPE_CHECKING:
    from uncramp.actions.run_balance import RunBalance
    from uncramp.actions.weather import Weather
    from uncramp.store.rows import ActivityRow
    from uncramp.timeline import Timeline, TimelinePoint

__all__ = ["questions_data", "questions_lines", "run_title", "why_data", "why_lines"]

SHOWN: Final = 5

STOPPED: Final[dict[str, Any]] = {
    "because": [],
    "would_change_it": [],
    "now": [],
    "next": [],
    "dispute": "",
    "next_question": None,
    "timeline": [],
    "losses": None,
    "cannot_say": [],
    "weather": None,
    "onset": None,
    "assumed": [],
}
"""While a stop is open only its own do and do-not speak."""


def questions_data() -> dict[str, Any]:
    """The whole interview."""
    return {"questions": [question_data(one) for one in questions().values()]}


def questions_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """The whole interview for a terminal: ids to type, and what they mean."""
    for question in data["questions"]:
        yield f"{question['id']}: {question['text']}"
        yield from (f"    {option['id']:<30} {option['text']}" for option in question["options"])


def why_data(
    explanation: Explanation,
    *,
    run: Mapping[str, Any] | None,
    timeline: Timeline | None = None,
    weather: Weather | None = None,
    balance: RunBalance | None = None,
    units: Units = "metric",
) -> dict[str, Any]:
    """The data of the `why` envelope."""
    stopped = explanation.kind == Kind.STOP
    data: dict[str, Any] = {
        "run": run,
        "kind": explanation.kind.value,
        "headline": _headline(explanation),
        "screen": screen_word(explanation.screening),
        "unanswered": list(explanation.screening.unanswered),
        "stop": stop_data(explanation.screening),
        "locks": locks_data(explanation.screening),
        "balance_of_evidence": _balance(explanation),
        "completeness": round(explanation.completeness, 3),
        "n_told": explanation.n_told,
        "n_asked": explanation.n_asked,
        "because": [
            _because(one, explanation, units=units) for one in explanation.balance.contributions
        ],
        "would_change_it": [_change(one) for one in explanation.would_change],
        "now": _now(explanation),
        "next": [advice_data(advice) for advice in explanation.next],
        "safety_net": safety_net("why.safety_net"),
        "dispute": _dispute(explanation),
        "assumed": [text(f"assumed.{one}") for one in explanation.run_facts.assumed],
        "outside_validity": list(explanation.run_facts.outside_validity),
        "weather": None
        if weather is None
        else {**(weather_data(weather) or {}), "text": used_line(weather, units=units)},
        "onset": _onset(explanation.run_facts.facts),
        "timeline": [_point(one, units=units) for one in (timeline.points if timeline else ())],
        "losses": losses_data(balance, units=units),
        "cannot_say": [text(f"timeline.thin.{one}") for one in (timeline.thin if timeline else ())],
        "next_question": explanation.question
        and question_data(explanation.question, explanation.run_facts.facts, units=units),
    }
    return data | STOPPED if stopped else data


def run_title(row: ActivityRow, *, units: Units) -> dict[str, Any]:
    """The stored run an answer is about: its data, and one line to recognise it by."""
    return {**run_data(row), "title": run_name(row, units=units)}


def _point(point: TimelinePoint, *, units: Units) -> dict[str, Any]:
    """One moment of the run, in numbers and in words."""
    shown = {name: f"{number:.0f}" for name, number in point.values.items()}
    shown |= loss_words(point.values, units=units)
    if point.km is not None:
        shown["at"] = quantities.distance(metres_from_kilometres(point.km), units=units)
    return {
        "event": point.event,
        "minute": point.minute,
        "km": point.km,
        "share": point.share,
        "values": dict(point.values),
        "text": text(f"timeline.{point.event}", **shown),
    }


def _onset(facts: Mapping[str, float]) -> dict[str, float | None] | None:
    """Where the cramp came, as far as it is known; None when it is not known at all."""
    found = {
        "minute": facts.get("run.onset_min"),
        "km": facts.get("run.onset_km"),
        "share": facts.get("run.onset_share"),
    }
    return None if all(part is None for part in found.values()) else found


def _leaning(balance: Balance) -> str:
    return "clear" if balance.steady else "leaning"


def _headline(explanation: Explanation) -> str:
    if explanation.kind == Kind.STOP:
        return text("why.headline.stop")
    if explanation.other is not None:
        return text("why.headline.not_a_cramp", name=text(explanation.other.name).lower())
    return text(f"why.headline.{explanation.kind}.{_leaning(explanation.balance)}")


def _balance(explanation: Explanation) -> dict[str, Any]:
    """Words and reasons; numbers are log odds for whoever checks us, never a percentage."""
    balance = explanation.balance
    if explanation.kind == Kind.STOP:
        return {"words": text("why.stopped_words"), "contributions": [], "range": None}
    prior = {
        "group": "prior",
        "finding": "prior",
        "text": text("why.prior"),
        "towards": "overload",
        "log_odds": round(balance.prior_log_odds, 3),
        "evidence": "cramps.prior",
    }
    return {
        "words": text(f"why.words.{explanation.kind}.{_leaning(balance)}"),
        "contributions": [prior, *(_contribution(one) for one in balance.contributions)],
        "log_odds": round(balance.log_odds, 3),
        "range": {"low": round(balance.low, 3), "high": round(balance.high, 3)},
        "unit": "natural log odds, positive towards electrolyte",
        "steady": balance.steady,
    }


def _contribution(one: Contribution) -> dict[str, Any]:
    return {
        "group": one.group,
        "finding": one.finding,
        "text": text(f"finding.{one.finding}"),
        "towards": one.towards,
        "log_odds": round(one.log_odds, 3),
        "evidence": one.evidence,
    }


def _because(one: Contribution, explanation: Explanation, *, units: Units) -> dict[str, Any]:
    entry = parameter(one.evidence)
    return {
        "finding": one.finding,
        "text": _finding_text(one.finding, explanation, units=units),
        "towards": one.towards,
        "weight": one.likelihood_ratio,
        "counted": one.log_odds != 0,
        "evidence": one.evidence,
        "grade": entry.grade,
        "sources": [{"key": cited.key, "at": cited.at} for cited in entry.citations],
    }


def _finding_text(finding: str, explanation: Explanation, *, units: Units) -> str:
    """The finding, with the run's own figures when the file gave them."""
    said = text(f"finding.{finding}")
    detail = messages("finding").get(f"finding.{finding}.detail")
    if detail is None:
        return said
    facts = {
        name.removeprefix("run."): value for name, value in explanation.run_facts.facts.items()
    }
    shown = {name: f"{value:.0f}" for name, value in facts.items()}
    if "onset_km" in facts:
        onset_m = metres_from_kilometres(facts["onset_km"])
        shown["onset_km"] = quantities.distance(onset_m, units=units)
    if "sodium_loss_mg" in facts:
        shown["sodium_loss_mg"] = sodium_words(facts["sodium_loss_mg"])
    if "onset_share" in facts:
        shown["onset_share_pct"] = f"{100 * facts['onset_share']:.0f}"
    if "wbgt_c" in facts:
        shown["wbgt_c"] = quantities.temperature(facts["wbgt_c"], units=units)
    try:
        return f"{said} {detail.format(**shown)}"
    except KeyError:  # the finding came from an answer, not from the file
        return said


def _change(one: Any) -> dict[str, Any]:
    question = questions()[one.question]
    option = next(option for option in question.options if option.id == one.option)
    return {
        "question": one.question,
        "option": one.option,
        "kind": one.kind.value,
        "text": text(
            "why.change",
            question=text(question.text),
            option=text(option.text),
            kind=text(f"why.change_kind.{one.kind}"),
        ),
    }


def _now(explanation: Explanation) -> list[dict[str, Any]]:
    first = []
    if not explanation.screening.complete:
        first.append(_plain("finish_screening", ("safety",), text("why.finish_screening")))
    other = explanation.other
    if other is None:
        return first + [advice_data(advice) for advice in explanation.now]
    blocked = explanation.screening.blocked
    told = [_plain(other.id, ("safety",), text(other.because))]
    told += [_plain(other.id, (topic,), text(said)) for said, topic in other.advice
             if topic not in blocked]  # fmt: skip
    return first + told


def _plain(name: str, topics: tuple[str, ...], said: str) -> dict[str, Any]:
    return {
        "id": name,
        "topics": list(topics),
        "text": said,
        "grade": "judgement",
        "sources": [{"key": "judgement", "at": "evidence notes on cramps"}],
        "dispute": None,
    }


def _dispute(explanation: Explanation) -> str:
    return "" if explanation.kind == Kind.STOP else text(f"why.dispute.{explanation.kind}")


# For a terminal


def why_lines(
    data: Mapping[str, Any], *, command: str, full: bool = False, kept: bool = True
) -> list[str]:
    """`data` of why_data as lines; `command` is how the reader asks again.

    Advice is in order of use; unless `full`, only the first few pieces are shown. `kept` says
    whether an open stop was stored and so has to be cleared.
    """
    lines = [data["headline"]]
    if data["run"]:
        lines.append(data["run"]["title"])
    if data["stop"]:
        lines += stop_lines(data["stop"])
        lines += _section("watch", [data["safety_net"]])
        return lines + _section("then", closing_lines(data["stop"]) if kept else [])
    lines += _section("locks", [_lock_line(lock) for lock in data["locks"]])
    shown = None if full else SHOWN
    lines += _section("now", _advice_lines(data["now"], shown))
    lines += _section("next", _advice_lines(data["next"], shown))
    told = [data["weather"]["text"]] if data["weather"] else []
    lines += _section("timeline", [*told, *(point["text"] for point in data["timeline"])])
    lines += _section("losses", loss_lines(data["losses"]))
    lines += _because_lines(data)
    lines += _section("balance", _balance_lines(data["balance_of_evidence"]) if full else [])
    lines += _section("sure", _sure_lines(data))
    lines += _section("thin", data["cannot_say"])
    lines += _section("assumed", [*data["assumed"], *_outside_lines(data)])
    lines += _section("sources", _source_lines(data))
    lines += _section("watch", [data["safety_net"]])
    return lines + _section("then", _then_lines(data, command))


def _section(name: str, lines: Sequence[str]) -> list[str]:
    return ["", text(f"why.heading.{name}"), *(f"  {line}" for line in lines)] if lines else []


def _lock_line(lock: Mapping[str, Any]) -> str:
    topics = ", ".join(text(f"why.topic.{topic}") for topic in lock["blocks"])
    return f"{lock['name']}: {lock['because']} {text('why.locked', topics=topics)}"


def _advice_lines(advice: Sequence[Mapping[str, Any]], shown: int | None) -> list[str]:
    lines = []
    for one in advice[:shown]:
        lines.append(f"- {one['text']} [{one['grade']}]")
        if one["dispute"]:
            lines.append(f"    {text('why.disagreement', dispute=one['dispute'])}")
    left = 0 if shown is None else len(advice) - shown
    return lines if left <= 0 else [*lines, text("why.more", count=left)]


def _because_lines(data: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for towards in ("overload", "electrolyte", "neither"):
        found = [one for one in data["because"] if one["towards"] == towards]
        if found:
            lines.append(f"{text(f'why.towards.{towards}')}:")
            lines += [f"- {one['text']}" for one in found]
    return _section("because", lines)


def _balance_lines(balance: Mapping[str, Any]) -> list[str]:
    """Every contribution on its own line, for who wants to check the sum."""
    lines = [
        text(
            "why.contribution",
            log_odds=one["log_odds"],
            group=text(f"why.group.{one['group']}"),
            finding=one["text"],
        )
        for one in balance["contributions"]
    ]
    total = text("why.balance_sum", log_odds=balance["log_odds"], **balance["range"])
    return [*lines, total, text("why.balance_unit")]


def _sure_lines(data: Mapping[str, Any]) -> list[str]:
    lines = [data["balance_of_evidence"]["words"]]
    lines.append(text("why.known", known=data["n_told"], asked=data["n_asked"]))
    lines += [f"- {change['text']}" for change in data["would_change_it"][:3]]
    if data["run"] is None:
        lines.append(text("why.no_run"))
    return [*lines, data["dispute"], text("why.not_diagnosis")]


def _outside_lines(data: Mapping[str, Any]) -> list[str]:
    return [text("why.outside", what=what) for what in data["outside_validity"]]


def _source_lines(data: Mapping[str, Any]) -> list[str]:
    cited = [one for part in ("because", "now", "next") for one in data[part]]
    keys = dict.fromkeys(source["key"] for one in cited for source in one["sources"])
    names = dict.fromkeys(sources()[key].short for key in keys)
    return ["; ".join(names), text("why.grades")] if keys else []


def _then_lines(data: Mapping[str, Any], command: str) -> list[str]:
    question = data["next_question"]
    if question is None:
        return [text("why.all_asked")]
    option = question["options"][0]["id"] if question["options"] else "30"
    return [
        text("why.ask_next", question=question["text"]),
        text("why.answer_with", command=command, question=question["id"], option=option),
        text("why.answer_all", command=command),
    ]
