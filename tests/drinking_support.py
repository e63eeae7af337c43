"""Made runners, races and catalogues for the tests of drinking plans; all synthetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from uncramp.drink_plan import Product, ProductKind, Station
from uncramp.drinking.asked import DrinkAsked, DrinkScreen
from uncramp.simulation.scenario import Exercise, SimulatedRunner, Told, Weather

WATER = Product(id="water", kind=ProductKind.WATER, sodium_mg=0.0, volume_l=0.15)
ISO = Product(id="iso", kind=ProductKind.DRINK, sodium_mg=225.0, volume_l=0.5, carbohydrate_g=30.0)
CAPSULE = Product(id="capsule", kind=ProductKind.CAPSULE, sodium_mg=215.0, max=10)
CHEW = Product(id="chew", kind=ProductKind.CHEW, sodium_mg=50.0, carbohydrate_g=4.0, max=8)
GEL = Product(
    id="gel", kind=ProductKind.GEL, sodium_mg=60.0, carbohydrate_g=22.0, caffeine_mg=50.0, max=6
)
PRODUCTS = {one.id: one for one in (WATER, ISO, CAPSULE, CHEW, GEL)}
COMPLETE = DrinkScreen(complete=True)


def runner(
    *, body_mass_kg: float = 70.0, sweat: Told | None = None, sodium: Told | None = None
) -> SimulatedRunner:
    """A made runner."""
    return SimulatedRunner(
        sex="female" if body_mass_kg < 60 else "male",
        age_y=40.0,
        height_cm=160.0 if body_mass_kg < 60 else 178.0,
        body_mass_kg=body_mass_kg,
        sweat_rate_l_per_h=sweat,
        sweat_sodium_mmol_per_l=sodium,
    )


def asked(
    *,
    n_minutes: int = 240,
    distance_m: float = 42_195.0,
    temp_air_c: float = 24.0,
    who: SimulatedRunner | None = None,
    stations: Sequence[Station] | None = None,
    carry: tuple[str, ...] = ("capsule",),
    carry_l: float = 0.0,
    trialled: tuple[str, ...] = (),
    trialled_l_per_h: float | None = None,
    trialled_sodium_mg_per_h: float | None = None,
    screen: DrinkScreen = COMPLETE,
) -> DrinkAsked:
    """A made race at an even pace, with water and a sports drink every 5 km."""
    speed = distance_m / n_minutes / 60.0
    usual = tuple(
        Station(at_m=at, offers=("water", "iso"), cup_l=0.15)
        for at in np.arange(5_000.0, distance_m, 5_000.0).tolist()
    )
    return DrinkAsked(
        runner=who or runner(),
        exercise=Exercise(speed_m_s=np.full(n_minutes, speed), grade=np.zeros(n_minutes)),
        weather=Weather(
            temp_air_c=np.full(n_minutes, temp_air_c),
            relative_humidity_pct=np.full(n_minutes, 60.0),
            wind_speed_m_s=np.full(n_minutes, 1.0),
            solar_w_m2=np.full(n_minutes, 200.0),
        ),
        distance_m=distance_m,
        stations=usual if stations is None else tuple(stations),
        products=PRODUCTS,
        carry=carry,
        carry_l=carry_l,
        trialled=trialled,
        trialled_l_per_h=trialled_l_per_h,
        trialled_sodium_mg_per_h=trialled_sodium_mg_per_h,
        screen=screen,
    )
