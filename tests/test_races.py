"""Which runs are taken for races: titles in several languages, distance, effort."""

from __future__ import annotations

from typing import Any

import pytest

from made_runs import past_run
from uncramp.races import Race, races
from uncramp.training_history import SPLITS, History, PastRun

HALF_KM = 21.15


def usual(n_runs: int = 8) -> list[PastRun]:
    """Training at 3 m/s in the weeks before."""
    return [past_run(100 + n, days_ago=4 * n + 4, km=12) for n in range(n_runs)]


def only_race(*, km: float = 12.0, m_s: float = 3.0, **more: Any) -> Race | None:
    """The last run as a race, after the usual training."""
    metrics = {"moving_s": 1000 * km / m_s, **more.pop("metrics", {})}
    found = races(History([*usual(), past_run(1, km=km, metrics=metrics, **more)]))
    assert all(race.run.run_id == 1 for race in found)
    return found[0] if found else None


@pytest.mark.parametrize(
    "title",
    [
        "City Half Marathon 2026", "Halbmarathon Köln", "Semi-marathon de Lille", "HALBMARATHON",
        "Media maratón de Sevilla", "Mezza di Roma", "Puolimaraton", "Полумарафон",
        "ハーフマラソン大会", "My half: race number 7", "Stadtlauf", "Gara di domenica",
    ],
)  # fmt: skip
def test_a_title_with_its_distance_is_likely(title: str) -> None:
    """The word and the kilometres agree."""
    race = only_race(km=HALF_KM, title=title)
    assert race is not None
    assert race.confidence == "likely"
    assert race.distance == "half"
    assert {"title", "distance"} <= set(race.signs)


@pytest.mark.parametrize(
    "title",
    [
        "Half marathon training", "Marathon pace long run", "Easy half", "Race week shakeout",
        "Warm-up before the race", "Lauf am Morgen", "Embrace the trace", "Grace run", "",
        "Langer Lauf Halbmarathon Vorbereitung", "Sortie longue", "10k", "Marathon",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_race_is_none(title: str) -> None:
    """Training for a race is not a race, and a marathon is not 21 km long."""
    assert only_race(km=HALF_KM, title=title) is None


def test_a_race_of_an_unusual_distance_is_possible() -> None:
    """A title alone says less."""
    race = only_race(km=27.4, title="Bergtrail race")
    assert race is not None
    assert (race.confidence, race.distance, race.signs) == ("possible", None, ("title",))


def test_speed_alone_is_possible_and_only_with_the_distance() -> None:
    """10 % faster than usual over a half marathon, against the same over 19 km."""
    race = only_race(km=HALF_KM, m_s=3.3)
    assert race is not None
    assert race.confidence == "possible"
    assert race.signs == ("distance", "effort")
    assert only_race(km=19.0, m_s=3.3) is None
    assert only_race(km=HALF_KM, m_s=3.1) is None
    assert only_race(km=HALF_KM, m_s=3.3, sub_sport="treadmill") is None
    assert only_race(km=HALF_KM, m_s=3.3, title="Tempo") is None


def test_a_slower_run_than_the_best_of_the_year_is_no_effort() -> None:
    """5 % slower than the half marathon of the spring; 2 % is near enough."""
    best_s = 21097.5 / 3.5
    spring = past_run(
        50, days_ago=150, km=22, metrics={"moving_s": 22000 / 3.4, "fastest_half_s": best_s}
    )
    for m_s, expected in ((3.5 / 1.05, 0), (3.5 / 1.02, 1)):
        run = past_run(1, km=HALF_KM, metrics={"moving_s": 1000 * HALF_KM / m_s})
        assert len(races(History([*usual(), spring, run]))) == expected


def test_a_new_runner_has_no_races_by_speed() -> None:
    """The first runs are all the best so far."""
    run = past_run(1, km=HALF_KM, metrics={"moving_s": 1000 * HALF_KM / 3.5})
    assert races(History([run])) == ()
    assert races(History([*usual(4), run])) == ()
    assert len(races(History([*usual(5), run]))) == 1


@pytest.mark.parametrize(("km", "name"), [(42.8, "marathon"), (42.9, None), (41.6, "marathon"),
                                          (41.5, None), (5.07, "5km"), (10.1, "10km")])  # fmt: skip
def test_distances_within_what_watches_do(km: float, name: str | None) -> None:
    """One and a half per cent either way."""
    race = only_race(km=km, title="race")
    assert race is not None
    assert race.distance == name
    assert name is None or name in SPLITS


def test_what_is_not_believed_is_no_race() -> None:
    """Nor what was excluded."""
    doubted = {"plausible": False, "reasons": ["gps_jump"]}
    assert only_race(km=42.195, title="Berlin Marathon race", metrics=doubted) is None
    assert only_race(km=42.195, title="Berlin Marathon race", excluded=True) is None
