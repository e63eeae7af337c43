"""The gaps in words: the data of the `gap` envelope, the lines of a terminal, and its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.units import metres_from_kilometres
from uncramp.vocabulary import Interval, Said, TrainedRun
from uncramp.wording.catalogue import text
from uncramp.wording.pictures import BEYOND, WITHIN
from uncramp.wording.quantities import Units, distance, duration
from uncramp.wording.run_pages import day_words, degrees_in
from uncramp.wording.runs import runner_option
from uncramp.wording.safety import locks_data, stop_data, stop_lines
from uncramp.wording.said import said, sentences

if TYPE_CHECKING:
    from uncramp.actions.gap import GapAnswer
    from uncramp.gap import Gap, GapReport, Prediction
    from uncramp.pacing import PacePlan

__all__ = [
    "gap_band_words",
    "gap_class_words",
    "gap_data",
    "gap_finding",
    "gap_lines",
    "gap_place",
    "gap_title",
    "gap_value_words",
    "pace_plan_data",
]

SPANS: Final[Mapping[str, tuple[float, float]]] = {
    "gap_pace": (-20.0, 20.0),
    "gap_spike": (-100.0, 120.0),
    "gap_intensity": (60.0, 110.0),
    "gap_volume": (-40.0, 60.0),
    "gap_durability": (0.8, 1.3),
    "gap_descent": (0.0, 4.0),
    "gap_heat": (-15.0, 15.0),
}
"""From where to where a picture shows each gap; beyond, a mark stands at the edge."""
EVEN: Final[Mapping[str, float]] = {"gap_durability": 1.0, "gap_descent": 1.0}
"""Where the race asks just what was trained for, of ratios; of differences it is 0."""

MARK: Final = "█"
BASE: Final = "|"
COLUMNS: Final = 33
NAMES: Final = 16
MOST_RUNS: Final = 8
HUNDRED: Final = 100.0


# ---------------------------------------------------------------- one gap in words


def gap_value_words(gap: Gap, *, units: Units) -> str:
    """`32 % longer`, or that it is not known."""
    if gap.value is None:
        return text("gap.value.missing")
    value, name = gap.value, gap.id
    if name == "gap_pace":
        name += "_faster" if value > 0 else "_slower"
    elif name == "gap_spike":
        name += "_longer" if value > 0 else "_within"
    elif name == "gap_volume":
        name += "_more" if value > 0 else "_enough"
        return text(f"gap.value.{name}", value=_weekly(value, units=units))
    elif name == "gap_heat":
        name += "_hotter" if value > 0 else "_cooler"
        return text(f"gap.value.{name}", value=f"{abs(_degrees(value, units=units)):.0f}")
    elif name == "gap_durability":
        name += "" if value > 1 else "_none"
        return text(f"gap.value.{name}", value=f"{HUNDRED * (value - 1):.0f}")
    elif name == "gap_descent":
        return text(f"gap.value.{name}", value=f"{value:.1f}")
    places = 1 if gap.id == "gap_pace" else 0
    return text(f"gap.value.{name}", value=f"{abs(value):.{places}f}")


def gap_band_words(gap: Gap, *, units: Units) -> str:
    """The model's own error around it; empty where none was published."""
    if gap.low is None or gap.high is None:
        return ""
    low, high = (_number(gap, one, units=units) for one in (gap.low, gap.high))
    return text("gap.value.spread" if gap.level is None else "gap.value.band", low=low, high=high)


def gap_class_words(gap: Gap) -> str:
    """The published class."""
    return text(f"gap.class.{gap.klass or 'none'}")


def _number(gap: Gap, value: float, *, units: Units) -> str:
    if gap.unit == "km/week":
        sign = "-" if value < 0 else ""
        return sign + _weekly(value, units=units)
    if gap.unit == "°C":
        return f"{_degrees(value, units=units):.0f}"
    return f"{value:.2f}" if gap.unit == "ratio" else f"{value:.0f} {gap.unit}"


def _weekly(km: float, *, units: Units) -> str:
    return distance(metres_from_kilometres(abs(km)), units=units)


def _degrees(difference_c: float, *, units: Units) -> float:
    """A difference of temperatures in the reader's degrees."""
    return degrees_in(difference_c, units=units) - degrees_in(0.0, units=units)


# ---------------------------------------------------------------- the whole answer in words


def gap_title(answer: GapAnswer, *, units: Units) -> str:
    """Which race it is about."""
    values = {"day": day_words(answer.race.day),
              "race_m": distance(answer.race.distance_m, units=units)}  # fmt: skip
    if not answer.race.name:
        return text("gap.title_unnamed", **values)
    return text("gap.title", name=answer.race.name, **values)


def gap_finding(report: GapReport) -> str:
    """The one thing the picture says: the goal if it is too fast, else the distance."""
    by_id = {gap.id: gap for gap in report.gaps}
    pace, spike = by_id["gap_pace"], by_id["gap_spike"]
    if pace.klass == "faster_than_every_model":
        return text("gap.finding.faster")
    if spike.value is None:
        return text("gap.finding.unknown")
    if spike.value <= 0:
        return text("gap.finding.within")
    return text("gap.finding.longer", value=f"{spike.value:.0f}")


# ---------------------------------------------------------------- data


def gap_data(answer: GapAnswer, *, units: Units) -> dict[str, Any]:
    """The data of the `gap` envelope; SI units, sentences in the reader's."""
    report = answer.report
    data: dict[str, Any] = {
        "race": {
            "name": answer.race.name,
            "date": answer.race.day,
            "distance_m": answer.race.distance_m,
            "goal_time_s": answer.race.goal_time_s,
            "wbgt_c": answer.race.wbgt_c,
        },
        "screen": "complete" if answer.screen_complete else "incomplete",
        "stop": stop_data(answer.screening),
        "locks": locks_data(answer.screening),
        "finding": gap_finding(report),
        "gaps": {gap.id: _gap(gap, units=units) for gap in report.gaps},
        "prediction": _prediction(report.prediction, units=units),
        "pace_plan": None if answer.pace is None else pace_plan_data(answer.pace, units=units),
        "says": sentences(report.says, units=units),
        "reachable": sentences(report.reachable, units=units),
        "proneness": sentences(report.proneness, units=units),
        "assumed": sentences(report.assumed, units=units),
    }
    return data | STOPPED if answer.stopped else data


STOPPED: Final[dict[str, Any]] = {
    "finding": "",
    "gaps": {},
    "prediction": None,
    "pace_plan": None,
    "says": [],
    "reachable": [],
    "proneness": [],
    "assumed": [],
}
"""While a stop is open only its own do and do-not speak."""


def pace_plan_data(pace: PacePlan, *, units: Units) -> dict[str, Any]:
    """The pace plan of an envelope."""
    return {
        "target_time_s": pace.target_time_s,
        "predicted_s": None if pace.predicted is None else _interval(pace.predicted),
        "goal_is_beyond": pace.goal_is_beyond,
        "ceiling_s_per_km": pace.ceiling_s_per_km,
        "ceiling_until_m": pace.ceiling_until_m,
        "splits": [{"at_m": split.at_m, "at_s": split.at_s} for split in pace.splits],
        "heat_slowdown_pct": pace.heat_slowdown_pct,
        "twinge": sentences(pace.twinge, units=units),
        "do_not_start": sentences(pace.do_not_start, units=units),
        "stop_when": sentences(pace.stop_when, units=units),
        "because": sentences(pace.because, units=units),
        "assumed": sentences(pace.assumed, units=units),
    }


def _gap(gap: Gap, *, units: Units) -> dict[str, Any]:
    return {
        "id": gap.id,
        "name": text(f"gap.name.{gap.id}"),
        "about": text(f"gap.about.{gap.id}"),
        "value": gap.value,
        "unit": gap.unit,
        "low": gap.low,
        "high": gap.high,
        "level": gap.level,
        "error": gap.kind_of_error,
        "class": gap.klass,
        "class_text": gap_class_words(gap),
        "limits": list(gap.limits),
        "parts": dict(gap.parts or {}),
        "text": gap_value_words(gap, units=units),
        "because": _reasons(gap.because, units=units),
        "runs": [_run(run) for run in gap.runs],
        "missing": sentences(gap.missing, units=units),
    }


def _reasons(many: Sequence[Said], *, units: Units) -> list[dict[str, Any]]:
    """Sentences with who said so."""
    return [{"text": said(one, units=units), "sources": list(one.sources)} for one in many]


def _run(run: TrainedRun) -> dict[str, Any]:
    return {"id": run.run_id, "date": run.day, "distance_m": run.distance_m,
            "moving_s": run.moving_s, "race": run.is_race}  # fmt: skip


def _interval(band: Interval) -> dict[str, float]:
    return {"low": band.low, "median": band.median, "high": band.high, "level": band.level}


def _prediction(prediction: Prediction | None, *, units: Units) -> dict[str, Any] | None:
    if prediction is None:
        return None
    return {
        "time_s": _interval(prediction.time_s),
        "level_time_s": None
        if prediction.level_time_s is None
        else _interval(prediction.level_time_s),
        "by_model": {name: _interval(one) for name, one in prediction.by_model.items()},
        "because": _reasons(prediction.because, units=units),
        "runs": [_run(run) for run in prediction.from_runs],
        "assumed": sentences(prediction.assumed, units=units),
    }


# ---------------------------------------------------------------- terminal


def gap_lines(answer: GapAnswer, *, runner: str, units: Units) -> Iterator[str]:
    """Safety first, the picture, what to expect, how to pace it, why, what is taken as given."""
    yield gap_title(answer, units=units)
    if answer.stopped:
        yield from stop_lines(stop_data(answer.screening) or {})
        yield text("gap.line.stopped")
        return
    report = answer.report
    yield gap_finding(report)
    yield ""
    yield text("gap.heading.gaps")
    yield from _picture(report, units=units)
    yield ""
    yield from _expect(report.prediction)
    yield from _listed("gap.heading.time", sentences(report.reachable, units=units))
    yield from _lock_lines(answer)
    if answer.pace is not None:
        yield from _pace_lines(answer.pace, units=units)
    yield ""
    yield text("gap.heading.why")
    for gap in report.gaps:
        yield from _why_lines(gap, units=units)
    yield from _listed("gap.heading.prone", sentences(report.proneness, units=units))
    yield from _listed("gap.heading.says", sentences(report.says, units=units))
    yield from _listed("gap.heading.assumed", sentences(report.assumed, units=units))
    if answer.is_over:
        return
    yield ""
    if answer.reference is None:
        yield text("gap.next_request")
    else:
        yield text("gap.next", race=answer.reference, who=runner_option(runner))


def _listed(heading: str, many: Sequence[str]) -> Iterator[str]:
    if many:
        yield ""
        yield text(heading)
        yield from (f"- {one}" for one in many)


def _lock_lines(answer: GapAnswer) -> Iterator[str]:
    if answer.locked:
        yield ""
        yield text("gap.line.locked")
        for lock in locks_data(answer.screening):
            if "training" in lock["blocks"]:
                yield f"- {lock['name']}"
                yield from (f"  {one}" for one in lock["do"])


def _expect(prediction: Prediction | None) -> Iterator[str]:
    yield text("gap.heading.prediction")
    if prediction is None:
        yield text("gap.prediction_none")
        return
    yield text("gap.prediction", **_times(prediction.time_s))
    for name, band in prediction.by_model.items():
        yield "  " + text("gap.model_line", name=text(f"gap.model.{name}"), **_times(band))


def _times(band: Interval) -> dict[str, str]:
    """A band of times as words."""
    return {"low_s": duration(band.low), "median_s": duration(band.median),
            "high_s": duration(band.high)}  # fmt: skip


def _pace_lines(pace: PacePlan, *, units: Units) -> Iterator[str]:
    yield ""
    yield text("gap.heading.pace")
    yield text("gap.line.target", target_s=duration(pace.target_time_s))
    ceiling = Said(
        id="gap.line.ceiling",
        values={"ceiling_s_per_km": pace.ceiling_s_per_km, "until_m": pace.ceiling_until_m},
    )
    yield said(ceiling, units=units)
    yield from (f"- {one}" for one in sentences(pace.because, units=units))
    yield text("gap.line.splits")
    for split in pace.splits:
        at_m = distance(split.at_m, units=units)
        yield text("gap.line.split", at_m=at_m, at_s=duration(split.at_s))
    yield from _listed("gap.heading.twinge", sentences(pace.twinge, units=units))
    yield from _listed("gap.heading.do_not_start", sentences(pace.do_not_start, units=units))
    yield from _listed("gap.heading.stop_when", sentences(pace.stop_when, units=units))


def _why_lines(gap: Gap, *, units: Units) -> Iterator[str]:
    yield f"{text(f'gap.name.{gap.id}')}: {text(f'gap.about.{gap.id}')}."
    yield from (f"  {one}" for one in sentences((*gap.because, *gap.missing), units=units))
    band = gap_band_words(gap, units=units)
    if gap.value is not None:
        name = text("gap.line.class", name=gap_class_words(gap))
        yield f"  {band} {name}" if band else f"  {name}"
    stored = [str(run.run_id) for run in gap.runs if run.run_id is not None]
    if stored:
        yield "  " + _runs_line(stored)


def _runs_line(stored: Sequence[str]) -> str:
    """The first few numbers; --json has them all."""
    named = ", ".join(stored[:MOST_RUNS])
    if len(stored) <= MOST_RUNS:
        return text("gap.line.runs", runs=named)
    return text("gap.line.more_runs", runs=named, count=len(stored) - MOST_RUNS)


def _picture(report: GapReport, *, units: Units) -> Iterator[str]:
    """One line a gap: what was trained for, the race, and how sure."""
    for gap in report.gaps:
        name = text(f"gap.name.{gap.id}")
        yield f"{name:<{NAMES}}{_track(gap)}  {gap_value_words(gap, units=units)}"
    yield " " * NAMES + text("gap.line.legend")


def gap_place(gap: Gap, value: float) -> float:
    """Where a value stands in a picture, from -1 over 0 (what was trained for) to 1.

    Effort has no zero: what marathon runners hold on average stands for it, and in other races the
    critical speed itself.
    """
    low, high = SPANS[gap.id]
    even = EVEN.get(gap.id, 0.0)
    if gap.parts is not None:
        even = gap.parts.get("even_pct", even)
    span = high - even if value >= even else even - low
    return min(max((value - even) / span, -1.0), 1.0)


def _track(gap: Gap) -> str:
    """The picture of one gap in letters; blank where it is not known."""
    if gap.value is None:
        return " " * COLUMNS
    half = (COLUMNS - 1) // 2
    signs = [WITHIN] * COLUMNS
    if gap.low is not None and gap.high is not None:
        low, high = (round(half + half * gap_place(gap, one)) for one in (gap.low, gap.high))
        signs[low : high + 1] = [BEYOND] * (high + 1 - low)
    signs[half] = BASE
    signs[round(half + half * gap_place(gap, gap.value))] = MARK
    return "".join(signs)
