"""The ledger in words, as plain data, as a table, and for its page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.ledger import Calibration, Check, Trust
from uncramp.vocabulary import Interval
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, duration, volume
from uncramp.wording.run_pages import day_words
from uncramp.wording.said import said

if TYPE_CHECKING:
    from uncramp.actions.ledger_shapes import Entry, Ledger

__all__ = [
    "amount_words",
    "calibration_lines",
    "check_words",
    "checks_data",
    "ledger_csv",
    "ledger_data",
    "ledger_finding",
    "ledger_lines",
    "ledger_view",
]

LOOK_BACK: Final = "debrief"
"""It is itself what came."""
COLUMNS: Final = ("day", "verb", "race", "what", "unit", "low", "median", "high", "level",
                  "happened", "inside_50", "inside_90", "counts")  # fmt: skip


# ---------------------------------------------------------------- plain data


def ledger_data(ledger: Ledger, *, units: Units) -> dict[str, Any]:
    """The data of the envelope: nothing in it tells a place or a name."""
    return {
        "entries": [entry_data(one, units=units) for one in ledger.entries],
        "calibration": {
            "n": ledger.calibration.n,
            "inside_50_pct": ledger.calibration.inside_50_pct,
            "inside_90_pct": ledger.calibration.inside_90_pct,
        },
    }


def entry_data(entry: Entry, *, units: Units) -> dict[str, Any]:
    """One line of the ledger."""
    return {
        "id": entry.id,
        "at": entry.at,
        "verb": entry.verb,
        "run": entry.run,
        "race": entry.race,
        "advice": said(entry.advice, units=units),
        "versions": None
        if entry.versions is None
        else {
            "package": entry.versions.package,
            "model": entry.versions.model,
            "evidence": entry.versions.evidence,
        },
        "predictions": [
            {"what": one.what, "unit": one.unit, **band_data(one.band)} for one in entry.predictions
        ],
        "outcome": [said(one, units=units) for one in entry.outcome],
        "checks": checks_data(entry.checks),
    }


def band_data(band: Interval) -> dict[str, float]:
    """A prediction as numbers."""
    return {"low": band.low, "median": band.median, "high": band.high, "level": band.level}


def checks_data(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """Outcomes against what was predicted."""
    return [
        {
            "what": one.what,
            "unit": one.unit,
            "predicted": band_data(one.predicted),
            "happened": one.happened,
            "inside_50": one.inside_50,
            "inside_90": one.inside_90,
            "counts": one.counts,
        }
        for one in checks
    ]


def ledger_csv(ledger: Ledger) -> str:
    """One row for each outcome, in SI units."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in reversed(ledger.entries):
        for one in entry.checks:
            band = one.predicted
            writer.writerow(
                (entry.at.date(), entry.verb, entry.race or "", one.what, one.unit, band.low,
                 band.median, band.high, band.level, one.happened, one.inside_50, one.inside_90,
                 one.counts)
            )  # fmt: skip
    return sheet.getvalue()


# ---------------------------------------------------------------- sentences


def amount_words(what: str, amount: float, *, units: Units) -> str:
    """What came or was said, as it is read: its name says what it is."""
    if what.endswith("_s"):
        return duration(amount)
    if what.endswith(("_l", "_l_per_h")):
        return volume(amount, units=units)
    return text("ledger.percent", value=f"{amount:+.1f}")


def check_words(check: Check, *, units: Units) -> str:
    """One outcome in a sentence."""
    name = "narrow" if check.inside_50 else "wide" if check.inside_90 else "outside"
    low, high, happened = (
        amount_words(check.what, one, units=units)
        for one in (check.predicted.low, check.predicted.high, check.happened)
    )
    words = text(
        f"ledger.check.{name}",
        what=text(f"ledger.what.{check.what}"),
        low=low,
        high=high,
        happened=happened,
    )
    return words if check.counts else f"{words} {text('ledger.check.not_counted')}"


def ledger_finding(found: Calibration) -> str:
    """How well the bands held, in a sentence."""
    if not found.n:
        return text("ledger.trust.none")
    if found.n == 1 and found.trust is Trust.TOO_FEW:
        return text("ledger.trust.one")
    return text(f"ledger.trust.{found.trust}", n=found.n)


def calibration_lines(found: Calibration) -> Iterator[str]:
    """How the outcomes fell."""
    yield ledger_finding(found)
    if found.n:
        yield text("ledger.share.wide", inside=found.n_inside_90, n=found.n)
        yield text("ledger.share.narrow", inside=found.n_inside_50, n=found.n)
        yield text("ledger.counts")


def ledger_lines(ledger: Ledger, *, units: Units) -> Iterator[str]:
    """Every advice, the oldest first, and last how well predictions held."""
    if not ledger.entries:
        yield text("ledger.none")
    for entry in reversed(ledger.entries):
        words = entry_words(entry, units=units)
        yield text("ledger.line", day=words["day"], verb=words["verb"], advice=words["advice"])
        for one in (*words["outcome"], *words["checks"]):
            yield text("ledger.line.outcome", outcome=one)
    yield ""
    yield text("ledger.heading.calibration")
    yield from calibration_lines(ledger.calibration)


def entry_words(entry: Entry, *, units: Units) -> dict[str, Any]:
    """One line of the ledger in words."""
    outcome = [said(one, units=units) for one in entry.outcome]
    checks = [check_words(one, units=units) for one in entry.checks]
    is_open = not outcome and not checks and entry.verb != LOOK_BACK
    return {
        "day": day_words(entry.at.date()),
        "verb": text(f"ledger.verb.{entry.verb}"),
        "advice": said(entry.advice, units=units),
        "outcome": [text("ledger.outcome.none")] if is_open else outcome,
        "checks": checks,
        "predictions": [
            text(
                "ledger.page.said",
                what=text(f"ledger.what.{one.what}"),
                low=amount_words(one.what, one.band.low, units=units),
                high=amount_words(one.what, one.band.high, units=units),
            )
            for one in entry.predictions
        ],
        "versions": ""
        if entry.versions is None
        else text(
            "ledger.page.versions",
            package=entry.versions.package,
            model=entry.versions.model,
            evidence=entry.versions.evidence,
        ),
        "run": entry.run,
        "race": entry.race,
        "id": entry.id,
    }


def ledger_view(ledger: Ledger, *, units: Units) -> dict[str, Any]:
    """Everything that the page says."""
    return {
        "calibration": list(calibration_lines(ledger.calibration)),
        "entries": [entry_words(one, units=units) for one in ledger.entries],
    }
