"""`uncramp ledger`: every advice that was given, what came of it, and how well predictions held.

Answers of `why` and `now` stand in the ledger table of the store, plans and rehearsals are
documents; this reads them all and holds them against what was run since. Nothing of places is in
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from uncramp.actions.context import Context
from uncramp.actions.from_plain import from_plain
from uncramp.actions.ledger_rehearsals import rehearsal_entries
from uncramp.actions.ledger_shapes import Entry, Ledger, Predicted, Versions
from uncramp.actions.preferences import open_flags_of
from uncramp.actions.race_debrief import DebriefAnswer, debrief_of_race
from uncramp.actions.race_pages import shown_training
from uncramp.actions.races import KeptRace, list_races
from uncramp.drink_plan import DrinkPlan, DrinkStatus
from uncramp.ledger import Check, calibration
from uncramp.pacing import PacePlan
from uncramp.training_plan import TrainingPlan
from uncramp.vocabulary import Said

if TYPE_CHECKING:
    from uncramp.screening import Screening
    from uncramp.store.rows import AdviceRow, DocumentRow

__all__ = ["ledger_of"]

PLAN: Final = "plan"
DRINKING: Final = "drinking"
OF_DRINK: Final = frozenset({"salt", "drink"})
OF_DOSES: Final = ("plan", "rehearse")
FINISH: Final = "finish_time_s"
MASS: Final = "body_mass_change_pct"
BECAME: Final = ("done", "less", "more", "moved", "missed", "painful")
"""What can have become of a session."""
UNKNOWN: Final = "unknown"
"""The kind of a `why` that the ledger does not name."""


def ledger_of(context: Context) -> Ledger:
    """The ledger of the context's runner; NotFoundError for an unknown runner."""
    screening = open_flags_of(context).screening
    entries = [
        *advice_entries(context),
        *(one for race in list_races(context) for one in race_entries(context, race)),
    ]
    entries.sort(key=lambda one: (one.at, one.id), reverse=True)
    shown = tuple(held_back(one, screening) for one in entries)
    return Ledger(
        entries=shown,
        calibration=calibration(list(outcomes_of(shown))),
        screening=screening,
    )


def outcomes_of(entries: Sequence[Entry]) -> Iterator[Check]:
    """What came of every prediction; a run that was told for two races is one outcome."""
    seen = set[tuple[int, str]]()
    for entry in entries:
        for check in (one for one in entry.checks if one.counts):
            if entry.run is None:
                yield check
            elif (entry.run, check.what) not in seen:
                seen.add((entry.run, check.what))
                yield check


def held_back(entry: Entry, screening: Screening) -> Entry:
    """The entry without its advice, while a stop or a lock speaks against such advice."""
    blocked = {topic for lock in screening.locks for topic in lock.blocks}
    doses = entry.verb in OF_DOSES and bool(blocked & OF_DRINK)
    trains = entry.verb == "train" and "training" in blocked
    if not (screening.stops or doses or trains):
        return entry
    return Entry(
        id=entry.id,
        at=entry.at,
        verb=entry.verb,
        run=entry.run,
        race=entry.race,
        advice=Said(id="ledger.advice.held"),
        versions=entry.versions,
        outcome=entry.outcome,
        checks=entry.checks,
    )


# ---------------------------------------------------------------- answers to why and now


def advice_entries(context: Context) -> Iterator[Entry]:
    """Every answer of the store's own table with the runs since."""
    lines = context.store.advice(context.stored_runner())
    since = Since.of(context)
    moments = [line.at for line in lines]
    for line, until in zip_longest(lines, moments[1:]):
        yield Entry(
            id=f"advice-{line.advice_id}",
            at=line.at,
            verb=line.verb,
            run=line.activity_id,
            advice=advice_said(line),
            versions=Versions(
                package=line.package_version,
                model=line.model_version,
                evidence=line.evidence_version,
            ),
            outcome=since.between(line.at, until),
        )


def advice_said(line: AdviceRow) -> Said:
    """What was advised, in a sentence."""
    if line.result.get("stop"):
        return Said(id="ledger.advice.stop")
    if line.verb == "now":
        return Said(id="ledger.advice.now")
    kind = line.result.get("kind")
    return Said(
        id=f"ledger.advice.why.{kind}" if isinstance(kind, str) else f"ledger.advice.{UNKNOWN}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """Runs with what was said of cramps on them, by when they began."""

    runs: Sequence[tuple[datetime, str | None]]

    @classmethod
    def of(cls, context: Context) -> Since:
        """Of every run that counts."""
        runner = context.stored_runner()
        marks = context.store.marks(runner)
        rows = context.store.activities(runner, with_excluded=False)
        runs = []
        for row in rows:
            if row.is_run and row.start_utc is not None:
                mark = marks.get(row.activity_id)
                runs.append((row.start_utc, None if mark is None else mark.cramped))
        return cls(runs=runs)

    def between(self, first: datetime, until: datetime | None) -> tuple[Said, ...]:
        """How many runs there were from one advice to the next, and how many cramped."""
        said = [one for at, one in self.runs if at > first and (until is None or at <= until)]
        if not said:
            return ()
        values = {
            "runs": len(said),
            "cramped": said.count("yes"),
            "free": said.count("no"),
            "open": len(said) - said.count("yes") - said.count("no"),
        }
        return (Said(id="ledger.outcome.since", values=values),)


# ---------------------------------------------------------------- races with their plans


def race_entries(context: Context, kept: KeptRace) -> Iterator[Entry]:
    """The plans for one race, and what was said of it afterwards."""
    runner = context.stored_runner()
    rows = context.store.documents(runner, PLAN, about=kept.race_id)
    over = kept.race.day <= context.now.date()
    answer = debrief_of_race(context, str(kept.race_id)) if over else None
    shown = shown_training(context, kept.race_id)
    states = {} if shown is None else shown.states
    newest = {row.name: row.document_id for row in rows}
    for row in rows:
        yield plan_entry(
            kept, row, answer, states=states, is_newest=newest[row.name] == row.document_id
        )
    yield from rehearsal_entries(context, kept)
    if answer is not None and answer.told_at is not None and answer.debrief is not None:
        yield debrief_entry(kept, answer, answer.told_at)


def plan_entry(
    kept: KeptRace,
    row: DocumentRow,
    answer: DebriefAnswer | None,
    *,
    states: Mapping[str, str],
    is_newest: bool,
) -> Entry:
    """One plan with what was predicted with it."""
    content = row.content
    pace = from_plain(PacePlan, content["pace"]) if content.get("pace") else None
    predictions = (
        []
        if pace is None or pace.predicted is None
        else [Predicted(what=FINISH, unit="s", band=pace.predicted)]
    )
    outcome: list[Said] = [] if is_newest else [Said(id="ledger.outcome.replaced")]
    if row.name == DRINKING:
        drink = from_plain(DrinkPlan, content["plan"])
        advice, verb = drink_said(drink), PLAN
        if drink.balance:
            band = drink.balance[-1].body_mass_change_pct
            predictions.append(Predicted(what=MASS, unit="%", band=band))
    else:
        plan = from_plain(TrainingPlan, content["plan"])
        advice, verb = training_said(plan), "train"
        if is_newest:
            outcome += sessions_said(states)
    checks, run = checks_for(row, answer), None
    if checks and answer is not None and answer.debrief is not None:
        outcome.append(answer.debrief.headline)
        run = None if answer.run is None else answer.run.row.activity_id
    return Entry(
        id=f"plan-{row.document_id}",
        at=row.at,
        verb=verb,
        run=run,
        race=kept.race_id,
        advice=advice,
        versions=versions_of(content),
        predictions=tuple(predictions),
        outcome=tuple(outcome),
        checks=checks,
    )


def checks_for(row: DocumentRow, answer: DebriefAnswer | None) -> tuple[Check, ...]:
    """Outcomes of the race that this plan, and no later one, had predicted."""
    if answer is None or answer.debrief is None:
        return ()
    wanted = set()
    if answer.before.pace_number == row.document_id:
        wanted.add(FINISH)
    if answer.before.drink_number == row.document_id:
        wanted.add(MASS)
    return tuple(one for one in answer.debrief.checks if one.what in wanted)


def drink_said(plan: DrinkPlan) -> Said:
    """What a drinking plan says, in a sentence."""
    if plan.status is not DrinkStatus.PLANNED or plan.per_hour is None:
        return Said(id="ledger.advice.thirst")
    values = {"drink_l_per_h": plan.per_hour.fluid_l, "sodium_mg": round(plan.per_hour.sodium_mg)}
    return Said(id="ledger.advice.drink", values=values)


def training_said(plan: TrainingPlan) -> Said:
    """What a training plan says, in a sentence."""
    if not plan.sessions:
        return Said(id="ledger.advice.no_training")
    runs_m = [one.distance_m for one in plan.sessions if one.distance_m and one.kind != "race"]
    values = {"sessions": len(plan.sessions), "longest_m": max(runs_m, default=0.0)}
    return Said(id="ledger.advice.training", values=values)


def sessions_said(states: Mapping[str, str]) -> list[Said]:
    """What became of the sessions, as it was told or as the stored runs say."""
    told = [one for one in states.values() if one in BECAME]
    if not told:
        return []
    values = {name: told.count(name) for name in BECAME}
    return [Said(id="ledger.outcome.sessions", values=values)]


def versions_of(content: Mapping[str, Any]) -> Versions | None:
    """What a plan was made with; None where it does not say."""
    names = ("package_version", "model_version", "evidence_version")
    if not all(isinstance(content.get(name), str) for name in names):
        return None
    package, model, evidence = (str(content[name]) for name in names)
    return Versions(package=package, model=model, evidence=evidence)


def debrief_entry(kept: KeptRace, answer: DebriefAnswer, at: datetime) -> Entry:
    """What was said after the race; outcomes that no plan had predicted stand here, uncounted."""
    assert answer.debrief is not None  # noqa: S101  (the caller looked)
    before = answer.before
    placed = {FINISH: before.pace_number, MASS: before.drink_number}
    loose = [one for one in answer.debrief.checks if placed.get(one.what) is None]
    return Entry(
        id=f"debrief-{kept.race_id}",
        at=at,
        verb="debrief",
        run=None if answer.run is None else answer.run.row.activity_id,
        race=kept.race_id,
        advice=answer.debrief.headline,
        checks=tuple(loose),
    )
