"""Rehearsals of a drinking plan: chosen, predicted, kept, and shown with what came of them.

Advice comes after the screen, as everywhere. What is logged is kept whatever the screen says; only
what would be advised is held back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.plans_kept import KeptDrinking, newest_drinking, newest_training
from uncramp.actions.products import catalogue, own_products
from uncramp.actions.race_requests import with_wbgt
from uncramp.actions.races import KeptRace, find_race
from uncramp.actions.rehearsal_runs import (
    ToldRehearsal,
    began,
    log_of,
    planned_in,
    row_of,
    runs_of_sessions,
    set_before,
    told_rehearsals,
)
from uncramp.actions.rehearsals_kept import KeptRehearsals, keep_rehearsals, rehearsals_kept
from uncramp.actions.runner_body import RunnerBody, runner_body
from uncramp.actions.sweat_tests import weighing_lock
from uncramp.actions.train_kept import answered_screening
from uncramp.actions.trained_runs import trained_runs
from uncramp.actions.weather import best_of
from uncramp.drink_plan import DrinkPlan, Product
from uncramp.drinking.asked import DrinkScreen
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import value
from uncramp.rehearsal.choose import Chosen, choose
from uncramp.rehearsal.part import Part, exercise_of, part_of, steady_air
from uncramp.rehearsal.predict import mass_change_pct, sweat_rate, table_of
from uncramp.rehearsal.score import score
from uncramp.rehearsal.shapes import Rehearsal, Rehearsals, Scored, Stamp, SweatTable
from uncramp.rehearsal.stamp import stamp_of
from uncramp.screening import Screening
from uncramp.simulation.scenario import Intake, Scenario, SimulatedRunner
from uncramp.sweat_profile import sweat_posterior
from uncramp.training_plan import Session, TrainingPlan
from uncramp.units import minutes_from_seconds
from uncramp.vocabulary import Answers

__all__ = [
    "RehearsalAnswer",
    "answer_for",
    "held_back_by",
    "plan_rehearsals",
    "predict_anew",
    "race_minutes",
    "rehearsals_of_race",
]

OF_DRINK: Final = frozenset({"salt", "drink", "training"})
LATELY: Final = timedelta(days=28)
"""Weather of the runs of so many days is what the next ones are expected in."""
MARK_LENGTH: Final = 12
NEAR_M: Final = 100.0
"""Drinks of a plan made anew that moved by less are the same."""
NEAR_L: Final = 0.01
OF_WEIGHT: Final = frozenset(
    f"rehearsals.score.{one}" for one in ("inside", "lost_less", "lost_more", "not_weighed")
)
"""What is said of weights; that somebody gained is a warning, and stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalAnswer:
    """The rehearsals of one race with everything a face needs."""

    kept: KeptRace
    screening: Screening
    held_back: str | None
    """`stop`, `locked`, `incomplete`: then no dose is shown, only what was logged."""
    unanswered: tuple[str, ...]
    planned: Rehearsals | None
    """As kept last; None before `plan_rehearsals`, and while advice is held back."""
    planned_at: datetime | None
    scored: tuple[Scored, ...]
    """Every logged run, the oldest first."""
    stamp: Stamp | None
    """None where there is no drinking plan."""
    due: Rehearsal | None
    """Whose run is stored, or whose day has come, and that nobody logged; the newest."""
    due_run: int | None
    """Number of that run, where it is stored."""
    weighs: bool
    """Whether this runner may be asked for weights."""
    today: date
    has_training: bool
    has_drinking: bool
    names: Mapping[str, str] = field(default_factory=dict)
    """What products are called, by id."""

    @property
    def is_over(self) -> bool:
        """Whether the day of the race has passed."""
        return self.kept.race.day < self.today

    @property
    def ahead(self) -> tuple[Rehearsal, ...]:
        """Rehearsals that are still to be run."""
        told = {one.log.session_id for one in self.scored}
        planned = () if self.planned is None else self.planned.rehearsals
        return tuple(one for one in planned if one.day >= self.today and one.session_id not in told)


# ---------------------------------------------------------------- planning


def plan_rehearsals(
    context: Context,
    reference: str,
    *,
    temp_air_c: float | None = None,
    answers: Answers | None = None,
) -> RehearsalAnswer:
    """Choose and predict the rehearsals of a race from its kept plans, and keep them.

    `temp_air_c` is the air that training runs are expected in. NotFoundError `no_training_plan`,
    `no_drinking_plan`; InputError `race_is_over`, `plan_without_body`, `no_rehearsal_runs`.
    """
    kept = find_race(context, reference)
    today = context.now.date()
    if kept.race.day < today:
        raise InputError("race_is_over", values={"day": kept.race.day, "today": today})
    screening = answered_screening(context, answers or {})
    if held_back_by(screening, anew=True) is None:
        if newest_training(context, kept.race_id) is None:
            raise NotFoundError("no_training_plan")
        if newest_drinking(context, kept.race_id) is None:
            raise NotFoundError("no_drinking_plan")
        made = predict_anew(context, kept, temp_air_c=temp_air_c)
        if not made:
            raise InputError("no_rehearsal_runs")
    return answer_for(context, kept, screening, anew=True)


def held_back_by(screening: Screening, *, anew: bool) -> str | None:
    """Why nothing may be advised; None when it may.

    Something `anew` wants the whole screen. What was planned under one is shown, and reckoned again
    after a run, as long as no stop and no lock is open.
    """
    if screening.stops:
        return "stop"
    if any(OF_DRINK & set(lock.blocks) for lock in screening.locks):
        return "locked"
    return "incomplete" if anew and not screening.complete else None


def predict_anew(context: Context, kept: KeptRace, *, temp_air_c: float | None = None) -> bool:
    """Keep rehearsals from today's plans and sweat model; False where there is nothing to keep."""
    training = newest_training(context, kept.race_id)
    drinking = newest_drinking(context, kept.race_id)
    if training is None or drinking is None:
        return False
    made = Making.of(context, kept, drinking, temp_air_c=temp_air_c)
    rehearsals = made.rehearsals(training.plan)
    if not rehearsals.rehearsals:
        return False
    keep_rehearsals(context, kept.race_id, rehearsals)
    return True


def race_minutes(drink: DrinkPlan) -> float:
    """How long the race is planned to take; a drinking plan reaches to the finish."""
    return max((one.at_min for one in drink.balance), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """All that rehearsals are made from."""

    context: Context
    kept: KeptRace
    drinking: KeptDrinking
    body: RunnerBody
    products: Mapping[str, Product]
    temp_air_c: float
    """The air that runs are expected in."""

    @classmethod
    def of(
        cls,
        context: Context,
        kept: KeptRace,
        drinking: KeptDrinking,
        *,
        temp_air_c: float | None,
    ) -> Making:
        """Look everything up; InputError `plan_without_body`."""
        body = runner_body(context)
        if body.simulated is None:
            raise InputError("plan_without_body", values={"missing": ", ".join(body.missing)})
        return cls(
            context=context,
            kept=replace(kept, race=with_wbgt(kept.race)),
            drinking=drinking,
            body=body,
            products={**catalogue(), **own_products(context)},
            temp_air_c=expected_air(context, kept) if temp_air_c is None else temp_air_c,
        )

    @property
    def simulated(self) -> SimulatedRunner:
        """The body; `of` looked."""
        assert self.body.simulated is not None  # noqa: S101
        return self.body.simulated

    def rehearsals(self, training: TrainingPlan) -> Rehearsals:
        """Every rehearsal with its drinks and its prediction."""
        race, plan = self.kept.race, self.drinking.plan
        race_min = race_minutes(plan)
        choice = choose(
            training.sessions,
            today=self.context.now.date(),
            race_day=race.day,
            race_min=race_min,
            race_wbgt_c=race.wbgt_c,
            known_wbgt_c=known_heat(self.context),
            passed=self.passed(),
            done=self.done(),
        )
        table = self.table([one.session for one in choice.chosen])
        return Rehearsals(
            rehearsals=tuple(self.one(chosen, table) for chosen in choice.chosen),
            plan_number=self.drinking.number,
            plan_mark=mark_of(plan, self.products),
            race_wbgt_c=race.wbgt_c,
            race_min=race_min,
            body_mass_kg=self.simulated.body_mass_kg,
            table=table,
            unmet=choice.unmet,
        )

    def passed(self) -> int:
        """How many rehearsals of this plan in a row went well so far."""
        screening = answered_screening(self.context, {})
        stamp = answer_for(self.context, self.kept, screening, anew=False).stamp
        return 0 if stamp is None else stamp.passed

    def done(self) -> frozenset[str]:
        """Sessions that were rehearsals and are over: run, or told of."""
        sets = rehearsals_kept(self.context, self.kept.race_id)
        known = {one.session_id for kept in sets for one in kept.rehearsals.rehearsals}
        told = told_rehearsals(self.context, self.kept.race_id)
        over = {one.note.session_id for one in told if one.note.session_id is not None}
        return frozenset(known & {*over, *runs_of_sessions(self.context, self.kept.race_id)})

    def table(self, sessions: list[Session]) -> SweatTable:
        """What is believed today of this runner's sweat around such runs."""
        speeds = [(one.distance_m or 0.0) / one.duration_s for one in sessions]
        minutes = [minutes_from_seconds(one.duration_s) for one in sessions]
        learnt = self.body.learnt
        posterior = sweat_posterior(()) if learnt is None else learnt.posterior
        race_c = self.kept.race.temp_air_c
        middle_c = self.temp_air_c if race_c is None else (self.temp_air_c + race_c) / 2
        return table_of(
            self.simulated,
            posterior,
            temp_air_c=middle_c,
            speed_m_s=median(speeds) if speeds else value("drinking.around.speed_m_s"),
            duration_min=median(minutes) if minutes else value("rehearsal.fit.least_min"),
        )

    def one(self, chosen: Chosen, table: SweatTable) -> Rehearsal:
        """One rehearsal."""
        session = chosen.session
        minutes, metres = minutes_from_seconds(session.duration_s), session.distance_m or 0.0
        degrees = self.air_for(chosen)
        humidity = self.kept.race.relative_humidity_pct
        humidity = value("sweat.unknown_humidity_pct") if humidity is None else humidity
        part = self.part(chosen, degrees, humidity)
        place = {
            "temp_air_c": degrees,
            "humidity_pct": humidity,
            "speed_m_s": metres / session.duration_s,
        }
        weighs = weighing_lock(self.context) is None
        return Rehearsal(
            session_id=session.id,
            day=session.day,
            distance_m=metres,
            duration_min=minutes,
            heat=chosen.heat,
            is_key=chosen.is_key,
            wbgt_from_c=chosen.wbgt_from_c,
            wbgt_to_c=chosen.wbgt_to_c,
            temp_air_c=degrees,
            coolest_c=degrees - value("drinking.stress.cooler_c"),
            part_from_min=part.from_min,
            part_to_min=part.to_min,
            schedule=part.schedule,
            left_out=part.left_out,
            fluid_l=part.fluid_l,
            sodium_mg=part.sodium_mg,
            weighs=weighs,
            body_mass_change_pct=mass_change_pct(
                table,
                body_mass_kg=self.simulated.body_mass_kg,
                duration_min=minutes,
                fluid_l=part.fluid_l,
                **place,
            )
            if weighs
            else None,
            sweat_rate_l_per_h=sweat_rate(table, duration_min=minutes, **place),
            because=chosen.because,
        )

    def air_for(self, chosen: Chosen) -> float:
        """The air that amounts are checked in: for the key run the coolest that still counts."""
        race_c = self.kept.race.temp_air_c
        if not chosen.is_key or race_c is None:
            return self.temp_air_c
        return race_c - value("rehearsal.stamp.wbgt_below_c")

    def part(self, chosen: Chosen, degrees: float, humidity: float) -> Part:
        """The drinks of the plan that are tried, as many as are safe on this run."""
        session, wishes = chosen.session, self.drinking.request
        minutes, metres = minutes_from_seconds(session.duration_s), session.distance_m or 0.0
        return part_of(
            self.drinking.plan.schedule,
            from_min=chosen.from_min,
            runner=self.fitted(metres, minutes, degrees, humidity),
            distance_m=metres,
            duration_min=minutes,
            temp_air_c=degrees,
            humidity_pct=humidity,
            products=self.products,
            screen=DrinkScreen(complete=True),
            trialled_l_per_h=wishes.get("trialled_l_per_h"),
            trialled_sodium_mg_per_h=wishes.get("trialled_sodium_mg_per_h"),
        )

    def fitted(
        self, metres: float, minutes: float, degrees: float, humidity: float
    ) -> SimulatedRunner:
        """The body with the sweat that its tests tell for just such a run."""
        exercise = exercise_of(distance_m=metres, duration_min=minutes)
        nothing = np.zeros((1, exercise.n_minutes))
        scenario = Scenario(
            runner=self.simulated,
            exercise=exercise,
            weather=steady_air(exercise.n_minutes, temp_air_c=degrees, humidity_pct=humidity),
            intake=Intake(fluid_l=nothing, cation_mmol=nothing, sodium_mmol=nothing),
        )
        return self.body.fitted_to(scenario).runner


def expected_air(context: Context, kept: KeptRace) -> float:
    """The middle temperature of the runs of the last weeks, else that of the race."""
    runner, store = context.stored_runner(), context.store
    rows = store.activities(
        runner, with_excluded=False, between=(context.now - LATELY, context.now)
    )
    told = store.weather(runner)
    best = (
        best_of(one for one in told.get(row.activity_id, ()) if one.source != "watch")
        for row in rows
        if row.is_run
    )
    known = [one.temp_air_c for one in best if one is not None and one.temp_air_c is not None]
    if known:
        return median(known)
    race_c = kept.race.temp_air_c
    return value("sweat.unknown_temp_c") if race_c is None else race_c


def known_heat(context: Context) -> float | None:
    """The most heat of the runs of the last weeks; None when none is known."""
    today = context.now.date()
    first = today - timedelta(days=value("rehearsal.heat.known_days"))
    heats = [run.wbgt_c for run in trained_runs(context)
             if first <= run.day <= today and run.wbgt_c is not None]  # fmt: skip
    return max(heats, default=None)


def mark_of(plan: DrinkPlan, products: Mapping[str, Product]) -> str:
    """The drinks of a plan and what is in them, in short: another mark is another plan."""
    rows = [
        [round(one.at_m / NEAR_M), one.product, one.servings, round(one.fluid_l / NEAR_L)]
        for one in plan.schedule
    ]
    used = sorted({one.product for one in plan.schedule})
    facts = [plain(products[name]) | {"name": ""} for name in used if name in products]
    told = json.dumps([rows, facts], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:MARK_LENGTH]


# ---------------------------------------------------------------- showing


def rehearsals_of_race(context: Context, reference: str) -> RehearsalAnswer:
    """What is planned, logged and shown so far; keeps nothing. NotFoundError for no such race."""
    kept = find_race(context, reference)
    return answer_for(context, kept, answered_screening(context, {}), anew=False)


def answer_for(
    context: Context, kept: KeptRace, screening: Screening, *, anew: bool
) -> RehearsalAnswer:
    """The rehearsals of a race as they stand in the store; `anew` as in `held_back_by`."""
    sets = rehearsals_kept(context, kept.race_id)
    drinking = newest_drinking(context, kept.race_id)
    held = held_back_by(screening, anew=anew)
    products = {**catalogue(), **own_products(context)}
    weighs = weighing_lock(context) is None
    told = told_rehearsals(context, kept.race_id)
    scored: tuple[Scored, ...] = ()
    stamp = None
    if drinking is not None:
        race_wbgt_c = with_wbgt(kept.race).wbgt_c
        race_min = race_minutes(drinking.plan)
        scored = tuple(
            scored_note(context, one, race_wbgt_c=race_wbgt_c, race_min=race_min) for one in told
        )
        stamp = stamp_of(
            scored,
            plan_mark=mark_of(drinking.plan, products),
            race_wbgt_c=race_wbgt_c,
            race_min=race_min,
            weighs=weighs,
        )
    due, due_run = due_now(context, kept, sets, told)
    shown = sets[-1] if sets and held is None else None
    return RehearsalAnswer(
        kept=kept,
        screening=screening,
        held_back=held,
        unanswered=screening.unanswered if held == "incomplete" else (),
        planned=None if shown is None else shown.rehearsals,
        planned_at=None if shown is None else shown.at,
        scored=scored if weighs else tuple(without_weights(one) for one in scored),
        stamp=stamp,
        due=due if held is None else None if due is None else without_doses(due),
        due_run=due_run,
        weighs=weighs,
        today=context.now.date(),
        has_training=newest_training(context, kept.race_id) is not None,
        has_drinking=drinking is not None,
        names={name: one.name or name for name, one in products.items()},
    )


def without_doses(due: Rehearsal) -> Rehearsal:
    """What may be told of, while nothing may be advised."""
    return replace(due, schedule=(), fluid_l=0.0, sodium_mg=0.0, left_out=0, because=())


def scored_note(
    context: Context, told: ToldRehearsal, *, race_wbgt_c: float | None, race_min: float
) -> Scored:
    """One told rehearsal against what was predicted last before its run began."""
    last = told.before
    return score(
        log_of(context, told),
        before=None if last is None else last.rehearsals,
        predicted_at=None if last is None else last.at,
        race_wbgt_c=race_wbgt_c,
        race_min=race_min,
    )


def without_weights(one: Scored) -> Scored:
    """What may be shown to somebody who is not to think of weights."""
    because = tuple(said for said in one.because if said.id not in OF_WEIGHT)
    return replace(one, check=None, predicted=None, because=because)


def due_now(
    context: Context, kept: KeptRace, sets: tuple[KeptRehearsals, ...], told: list[ToldRehearsal]
) -> tuple[Rehearsal | None, int | None]:
    """The newest rehearsal that was run and not told of; without a run, whose day is today."""
    names = {one.note.session_id for one in told}
    last = max((one.note.day for one in told), default=None)
    every = {one.session_id: one for kept_set in sets for one in kept_set.rehearsals.rehearsals}
    waiting = [
        one
        for one in every.values()
        if one.session_id not in names and (last is None or one.day > last)
    ]
    taken = {one.row.activity_id for one in told if one.row is not None}
    runs = runs_of_sessions(context, kept.race_id)
    ran = [one for one in waiting if runs.get(one.session_id) not in {None, *taken}]
    if ran:
        newest = max(ran, key=lambda one: one.day)
        row = row_of(context, runs[newest.session_id])
        before = set_before(sets, began(context, row, newest.day))
        then = None if before is None else planned_in(before, newest.session_id)
        return then or newest, runs[newest.session_id]
    today = [one for one in waiting if one.day == context.now.date()]
    return (today[0], None) if today else (None, None)
