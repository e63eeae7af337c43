"""Which runs were probably races: from their titles, their distance, and how fast they were.

Conservative: a missed race costs little, a long run taken for a race misleads every comparison.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from statistics import median
from typing import Final, Literal

from uncramp.evidence import value
from uncramp.training_history import SPLITS, History, PastRun

__all__ = ["Confidence", "Race", "races"]

Confidence = Literal["likely", "possible"]
Speeds = Mapping[int, float | None]
"""Run to its mean speed."""

DISTANCES: Final = ("5km", "10km", "half", "marathon")
"""Those of `SPLITS` that are raced."""

RACE: Final = "race"
"""The sub-sport of a file that says so itself."""
INDOORS: Final = frozenset({"treadmill", "indoor_running", "virtual_activity"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RACE_WORDS: Final = _words(
    """race raceday parkrun competition championship championships wettkampf volkslauf stadtlauf
    silvesterlauf meisterschaft compétition championnat competición campeonato campionato
    competição campeonatos gara wedstrijd prestatieloop tävling loppet løpet konkurranse kilpailu
    závod zawody verseny yarış yarışı соревнования забег"""
)
"""Words of titles that mean a race, in the languages of the big platforms."""

RACE_SIGNS: Final = ("レース", "大会", "比赛", "比賽", "대회")
"""The same in scripts that do not part words."""

NAMES: Final[Mapping[str, frozenset[str]]] = {
    "half": _words(
        """half halfmarathon halbmarathon semi semimarathon mezza mezzamaratona meia media
        halvmarathon halvmaraton halve puolimaraton půlmaraton półmaraton félmaraton yarı
        полумарафон ハーフ 半马 半馬"""
    ),
    "marathon": _words(
        """marathon maratona maratón maraton maratonu maratoni марафон マラソン フルマラソン
        马拉松 馬拉松 마라톤"""
    ),
}
"""Words that name a race's distance: a race only when the run is as long."""

NOT_WORDS: Final = _words(
    """training train trained prep preparation practice pace paced easy slow long recovery warm
    warmup cool cooldown shakeout tempo interval intervals workout session plan planned week before
    after pre post test simulation rehearsal recon virtual treadmill not no
    vorbereitung locker lang langer einlaufen auslaufen regeneration woche intervalle probe
    entraînement préparation sortie longue semaine échauffement récupération
    entrenamiento preparación largo semana calentamiento allenamento preparazione lungo settimana
    treino preparação longo aquecimento voorbereiding duurloop herstel träning långpass trening
    langtur harjoitus pitkä trénink tréning edzés antrenman тренировка подготовка"""
)
"""Words that speak against a race, whatever else the title says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """A run that looks like a race; `distance` is a name of `SPLITS` when it is a usual one.

    `signs`: `title`, `sub_sport`, `distance`, `effort`.
    """

    run: PastRun
    distance: str | None
    confidence: Confidence
    signs: tuple[str, ...]


def races(history: History) -> tuple[Race, ...]:
    """The runs that look like races, oldest first.

    `likely`: the title says a race and distance or effort agrees, or names the very distance that
    was run, or the file itself says so. `possible`: the title alone; or a usual distance, run
    nearly as fast as ever in the year before and clearly faster than usual. Words like "training"
    in a title, and treadmills, rule it out.
    """
    speeds = {run.run_id: _speed_m_s(run) for run in history.runs}
    found = (_race(history, run, speeds) for run in history.runs)
    return tuple(race for race in found if race is not None)


def _race(history: History, run: PastRun, speeds: Speeds) -> Race | None:
    """One run as a race; None when too little says so."""
    distance = _usual_distance(run)
    if not run.title and distance is None and run.sub_sport != RACE:
        return None
    title = (run.title or "").casefold()
    words = set(re.findall(r"\w+", title))
    if words & NOT_WORDS or run.sub_sport in INDOORS:
        return None
    named = any(
        name in words or (not name.isascii() and name in title)
        for name in NAMES.get(distance or "", ())
    )
    raced = bool(words & RACE_WORDS) or any(sign in title for sign in RACE_SIGNS)
    signs = {
        "title": raced or named,
        "sub_sport": run.sub_sport == RACE,
        "distance": distance is not None,
        "effort": distance is not None and _near_best(history, run, distance, speeds),
    }
    said = signs["title"] or signs["sub_sport"]
    if not said and not signs["effort"]:
        return None
    sure = signs["sub_sport"] or (signs["title"] and signs["distance"])
    return Race(
        run=run,
        distance=distance,
        confidence="likely" if sure else "possible",
        signs=tuple(name for name, holds in signs.items() if holds),
    )


def _usual_distance(run: PastRun) -> str | None:
    """The raced distance that the whole run has, as watches measure."""
    distance_m = run.distance_m
    return next((name for name, low, high in _raced() if low <= distance_m <= high), None)


@cache
def _raced() -> tuple[tuple[str, float, float], ...]:
    """The raced distances, each with the shortest and longest that a watch may measure."""
    off = value("training.race_distance_pct") / 100
    wanted = ((name, value(SPLITS[name])) for name in DISTANCES)
    return tuple((name, metres * (1 - off), metres * (1 + off)) for name, metres in wanted)


def _near_best(history: History, run: PastRun, distance: str, speeds: Speeds) -> bool:
    """Whether the run was nearly the fastest of a year over its distance, and faster than usual.

    A watch may measure short: the run's own speed counts where it holds no whole split.
    """
    before = _year_before(history, run)
    speed_m_s = speeds[run.run_id]
    if len(before) < value("training.race_history_runs") or speed_m_s is None:
        return False
    known = [speed for one in before if (speed := speeds[one.run_id]) is not None]
    usual_m_s = median(known) if known else 0.0
    clearly = 100 * speed_m_s >= (100 + value("training.race_faster_than_usual_pct")) * usual_m_s
    if not usual_m_s or not clearly:
        return False
    times = [run_s for run_s in (one.metric(f"fastest_{distance}_s") for one in before) if run_s]
    own_s = value(SPLITS[distance]) / speed_m_s
    return not times or 100 * own_s <= (100 + value("training.race_near_best_pct")) * min(times)


def _year_before(history: History, run: PastRun) -> Sequence[PastRun]:
    """Runs of the year before this one."""
    if run.start_utc is None:
        return ()
    first = run.start_utc - timedelta(days=value("training.race_history_days"))
    return history.between(first, run.start_utc)


def _speed_m_s(run: PastRun) -> float | None:
    """Mean speed of the whole run, without pauses."""
    moved_m, moving_s = run.metric("moving_distance_m"), run.metric("moving_s")
    return moved_m / moving_s if moved_m and moving_s else None
