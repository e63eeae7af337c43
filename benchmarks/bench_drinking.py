"""How long one drinking plan takes, as the live what-if asks for it: target 0.3 s of CPU, warm.

Eight stations with fourteen choices each: 0 to 3 cups of water or sports drink, mixed, and up to
two capsules with their water. Search alone, and the whole answer with its checks on fresh draws.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Final

import numpy as np

from uncramp.drink_plan import Product, ProductKind, Station
from uncramp.drinking.asked import DrinkAsked, DrinkScreen
from uncramp.drinking.core import problem_for
from uncramp.drinking.days import days_of
from uncramp.drinking.plan import plan_drinking
from uncramp.drinking.search import search
from uncramp.drinking.stops import stops_of
from uncramp.simulation.scenario import Exercise, SimulatedRunner, Told, Weather

__all__ = ["main"]

MINUTES: Final = 240
REPEATS: Final = 7
TARGET_S: Final = 0.3
PRODUCTS: Final = {
    "water": Product(id="water", kind=ProductKind.WATER, sodium_mg=0.0, volume_l=0.15),
    "iso": Product(id="iso", kind=ProductKind.DRINK, sodium_mg=225.0, volume_l=0.5),
    "capsule": Product(id="capsule", kind=ProductKind.CAPSULE, sodium_mg=300.0, max=10),
}


def race(*, sweat: Told | None) -> DrinkAsked:
    """An imagined marathon."""
    return DrinkAsked(
        runner=SimulatedRunner(
            sex="male", age_y=38.0, height_cm=178.0, body_mass_kg=72.0, sweat_rate_l_per_h=sweat
        ),
        exercise=Exercise(speed_m_s=np.full(MINUTES, 2.93), grade=np.zeros(MINUTES)),
        weather=Weather(
            temp_air_c=np.full(MINUTES, 24.0),
            relative_humidity_pct=np.full(MINUTES, 60.0),
            wind_speed_m_s=np.full(MINUTES, 1.0),
            solar_w_m2=np.full(MINUTES, 200.0),
        ),
        distance_m=42_195.0,
        stations=tuple(
            Station(at_m=at, offers=("water", "iso"), cup_l=0.15)
            for at in np.arange(5_000.0, 42_000.0, 5_000.0).tolist()
        ),
        products=PRODUCTS,
        carry=("capsule",),
        screen=DrinkScreen(complete=True),
    )


def cpu_s(work: Callable[[], object]) -> float:
    """Median CPU seconds of several runs, the first left out."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return median(times)


def main() -> None:
    """Print the figures with their target."""
    for name, sweat in (("unknown sweat", None), ("own sweat test", Told(1.2, 0.15))):
        asked = race(sweat=sweat)
        stops = stops_of(asked)
        problem = problem_for(asked, stops, days_of(asked, n_draws=512), 1.0)
        searched = cpu_s(lambda problem=problem: search(problem))  # type: ignore[misc]
        whole = cpu_s(lambda asked=asked: plan_drinking(asked, with_branches=False))  # type: ignore[misc]
        full = cpu_s(lambda asked=asked: plan_drinking(asked))  # type: ignore[misc]
        choices = "x".join(str(one) for one in problem.n_choices.tolist())
        print(f"{name}: {len(stops)} stops, choices {choices}")
        print(f"  search alone        {searched:.3f} s")
        print(f"  what-if, checked    {whole:.3f} s   target {TARGET_S} s")
        print(f"  with every branch   {full:.3f} s")


if __name__ == "__main__":
    main()
