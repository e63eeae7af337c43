"""Stored runs minute by minute, as the comparison of cramps needs them.

Only runs that lasted as long as the earliest cramp are opened, and each only once for as long as
the programme runs: what was read off is kept under everything that it rests on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from uncramp.actions.context import Context
from uncramp.actions.intake import ToldIntake, told_intakes
from uncramp.actions.run_balance import Air, minutes_of, scenario_of
from uncramp.actions.runner_body import RunnerBody, runner_body
from uncramp.actions.trained_runs import wbgt_by_run
from uncramp.actions.weather import best_of
from uncramp.history.exposures import Body, Course, course_of
from uncramp.simulation.balance import sweat_of_minute
from uncramp.simulation.draws import draw_body
from uncramp.simulation.forcing import forcing_of
from uncramp.units import sodium_mg_from_mmol

if TYPE_CHECKING:
    from uncramp.simulation.scenario import Scenario
    from uncramp.store.rows import ActivityRow

__all__ = ["RunReader"]

DRAWS: Final = 64
"""Enough for the middle of what is lost; bands are not shown here."""
MINUTES_AN_HOUR: Final = 60.0
KEPT: Final = 2000
"""Runs that are kept in memory."""

Key = tuple[object, ...]
_READ: OrderedDict[Key, Course | None] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReader:
    """Reads stored runs of one runner, with their air, their drinks, and this runner's sweat."""

    context: Context
    who: RunnerBody
    air: Mapping[int, Air]
    wbgt_c: Mapping[int, float]
    told: Mapping[int, ToldIntake]

    @classmethod
    def of(cls, context: Context) -> RunReader:
        """Everything that is the same for all runs, asked for once."""
        runner, air = context.stored_runner(), {}
        for number, told in context.store.weather(runner).items():
            best = best_of(one for one in told if one.source != "watch")
            if best is not None and best.temp_air_c is not None:
                air[number] = Air(
                    temp_air_c=best.temp_air_c, relative_humidity_pct=best.relative_humidity_pct
                )
        return cls(
            context=context,
            who=runner_body(context),
            air=air,
            wbgt_c=wbgt_by_run(context),
            told=told_intakes(context),
        )

    def course(self, row: ActivityRow) -> Course | None:
        """The run minute by minute; None when its file does not tell."""
        key = (
            str(self.context.data_dir),
            str(self.context.database_url),
            self.context.stored_runner().runner_id,
            row.activity_id,
            row.sha256,
            row.elapsed_s,
            row.distance_m,
            row.decoder_version,
            self.air.get(row.activity_id),
            self.wbgt_c.get(row.activity_id),
            self.told.get(row.activity_id),
            repr(self.who.simulated),
            None if self.who.learnt is None else repr(self.who.learnt.posterior),
        )
        if key not in _READ:
            _READ[key] = self._read(row)
            while len(_READ) > KEPT:
                _READ.popitem(last=False)
        _READ.move_to_end(key)
        return _READ[key]

    def _read(self, row: ActivityRow) -> Course | None:
        runner = self.context.stored_runner()
        _, activity = self.context.store.activity(runner, row.activity_id)
        minutes = minutes_of(activity)
        if minutes is None:
            return None
        air, body = self.air.get(row.activity_id), None
        if air is not None and self.who.simulated is not None:
            told = self.told.get(row.activity_id, ToldIntake())
            scenario = scenario_of(self.who.simulated, minutes, air, *told.each_minute(minutes))
            body = body_of(self.who.fitted_to(scenario), self.who.simulated.body_mass_kg)
        return course_of(
            activity,
            speed_m_s=minutes.speed_m_s,
            grade=minutes.grade,
            wbgt_c=self.wbgt_c.get(row.activity_id),
            body=body,
        )


def body_of(scenario: Scenario, body_mass_kg: float) -> Body:
    """Middle of what was lost by the end of every minute, less what is known to have gone in."""
    body, forcing = draw_body(scenario, n_draws=DRAWS), forcing_of(scenario)
    n_minutes = scenario.exercise.n_minutes
    sweat_l, sodium_mmol = np.zeros(n_minutes), np.zeros(n_minutes)
    lost_l, lost_mmol = np.zeros(DRAWS), np.zeros(DRAWS)
    for minute in range(n_minutes):
        rate, sodium = sweat_of_minute(scenario, forcing, body, minute)
        lost_l += rate / MINUTES_AN_HOUR
        lost_mmol += rate / MINUTES_AN_HOUR * sodium
        sweat_l[minute], sodium_mmol[minute] = np.median(lost_l), np.median(lost_mmol)
    intake = scenario.intake
    water_l = sweat_l - np.cumsum(intake.fluid_l[0])
    balance_mmol = sodium_mmol - np.cumsum(intake.sodium_mmol[0])
    return Body(
        sodium_mg=balance_mmol * sodium_mg_from_mmol(1.0), water_pct=100 * water_l / body_mass_kg
    )
