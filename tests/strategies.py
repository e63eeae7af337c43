"""Hypothesis strategies for the words every layer shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from uncramp.drink_plan import Product, ProductKind, Station
from uncramp.drinking.asked import DrinkAsked, DrinkScreen
from uncramp.simulation.scenario import Exercise, SimulatedRunner, Told
from uncramp.simulation.scenario import Weather as DrinkWeather
from uncramp.vocabulary import Activity, Lap, QualityFlag, Sex, Stream, UserProfile

DTYPES = ("u1", "i1", "<u2", "<i2", "<u4", "<i4", "<i8", "<u8", ">i2", "<f4", "<f8")
CHANNELS = ("heart_rate_bpm", "distance_m", "speed_m_s", "elevation_m", "dev:Power", "dev:Ä b")

moments = st.datetimes(
    min_value=datetime(1995, 1, 1),  # noqa: DTZ001  (the zone is given beside it)
    max_value=datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.none() | st.floats(0, 1e6, allow_nan=False)

profiles = st.builds(
    UserProfile,
    sex=st.none() | st.sampled_from(Sex),
    age_y=st.none() | st.floats(5, 110),
    height_cm=st.none() | st.floats(100, 230),
    body_mass_kg=st.none() | st.floats(25, 250),
)
quality_flags = st.builds(
    QualityFlag,
    code=st.sampled_from(("no_heart_rate", "truncated", "duplicate_times")),
    kind=st.sampled_from(("missing", "odd", "repaired")),
    detail=st.text(max_size=8),
)
laps = st.builds(
    Lap,
    start_s=st.floats(0, 1e6),
    elapsed_s=amounts,
    timer_s=amounts,
    distance_m=amounts,
)


@st.composite
def columns(draw: st.DrawFn, *, n_values: int) -> NDArray[Any]:
    """A column of any dtype a device may write, any bits in it."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    raw = draw(st.binary(min_size=n_values * dtype.itemsize, max_size=n_values * dtype.itemsize))
    return np.frombuffer(raw, dtype=dtype)


@st.composite
def streams(draw: st.DrawFn, *, channel: str = "power_w", n_values: int | None = None) -> Stream:
    """One channel, with or without nulls."""
    length = draw(st.integers(0, 40)) if n_values is None else n_values
    null = draw(st.none() | st.lists(st.booleans(), min_size=length, max_size=length))
    return Stream(
        channel=channel,
        values=draw(columns(n_values=length)),
        scale=draw(st.sampled_from((1.0, 5.0, 100.0, 1000.0))),
        offset=draw(st.sampled_from((0.0, 500.0))),
        null=None if null is None else np.array(null, dtype=np.bool_),
    )


@st.composite
def activities(draw: st.DrawFn, *, sport: str | None = None) -> Activity:
    """A whole activity; its summary need not fit its channels."""
    n_records = draw(st.integers(0, 30))
    steps = draw(st.lists(st.floats(0, 1e4), min_size=n_records, max_size=n_records))
    channels = draw(st.lists(st.sampled_from(CHANNELS), unique=True))
    return Activity(
        sport=draw(st.sampled_from(("running", "cycling", "unknown"))) if sport is None else sport,
        sub_sport=draw(st.none() | st.sampled_from(("trail", "treadmill"))),
        start_utc=draw(st.none() | moments),
        utc_offset_s=draw(st.none() | st.integers(-50_000, 50_000)),
        elapsed_s=draw(amounts),
        moving_s=draw(amounts),
        distance_m=draw(amounts),
        ascent_m=draw(amounts),
        descent_m=draw(amounts),
        n_records=n_records,
        mean_heart_rate_bpm=draw(amounts),
        reported_sweat_loss_l=draw(amounts),
        device=draw(st.none() | st.just("garmin fenix5")),
        device_serial=draw(st.none() | st.integers(0, 2**32)),
        file_created_utc=draw(st.none() | moments),
        profile=draw(st.none() | profiles),
        time_s=np.cumsum(np.array(steps, dtype=np.float64)),
        streams={name: draw(streams(channel=name, n_values=n_records)) for name in channels},
        laps=tuple(draw(st.lists(laps, max_size=3))),
        flags=tuple(draw(st.lists(quality_flags, max_size=3))),
    )


answers = st.dictionaries(
    st.sampled_from(("muscle", "pattern", "danger_now", "onset", "cramps_before")),
    st.text(max_size=10)
    | st.lists(st.text(max_size=6), max_size=4).map(tuple)
    | st.floats(-1e6, 1e6),
    max_size=5,
)


@st.composite
def drink_askings(
    draw: st.DrawFn, *, coolest_c: float = -10.0, warmest_c: float = 42.0
) -> DrinkAsked:
    """A random runner, race, weather and catalogue to plan drinks for; all made up."""
    number = draw(st.integers(1, 4))
    kinds = draw(st.lists(st.sampled_from(ProductKind), min_size=number, max_size=number))
    products = {
        f"product_{index}": _product(draw, f"product_{index}", kind)
        for index, kind in enumerate((ProductKind.WATER, *kinds))
    }
    names = st.lists(st.sampled_from(sorted(products)), unique=True, max_size=3).map(tuple)
    n_minutes = draw(st.integers(20, 420))
    speed = draw(st.floats(1.2, 5.5))
    distance_m = speed * 60.0 * n_minutes
    places = draw(st.lists(st.floats(0.0, 1.0), max_size=9))
    sweat = draw(st.none() | st.floats(0.3, 3.0))
    return DrinkAsked(
        runner=SimulatedRunner(
            sex=draw(st.sampled_from(("male", "female"))),
            age_y=draw(st.floats(18, 80)),
            height_cm=draw(st.floats(145, 200)),
            body_mass_kg=draw(st.floats(38, 130)),
            acclimation=draw(st.floats(0, 1)),
            sweat_rate_l_per_h=None if sweat is None else Told(sweat, 0.1 * sweat),
            sweat_sodium_mmol_per_l=draw(st.none() | st.builds(Told, st.floats(10, 90))),
        ),
        exercise=Exercise(speed_m_s=np.full(n_minutes, speed), grade=np.zeros(n_minutes)),
        weather=DrinkWeather(
            temp_air_c=np.full(n_minutes, draw(st.floats(coolest_c, warmest_c))),
            relative_humidity_pct=np.full(n_minutes, draw(st.floats(5, 100))),
            wind_speed_m_s=np.full(n_minutes, draw(st.floats(0, 12))),
            solar_w_m2=np.full(n_minutes, draw(st.floats(0, 1000))),
        ),
        distance_m=distance_m,
        stations=tuple(
            Station(at_m=share * distance_m, offers=draw(names), cup_l=draw(st.floats(0.05, 0.5)))
            for share in sorted(places)
        ),
        products=products,
        carry=draw(names),
        carry_l=draw(st.sampled_from((0.0, 0.3, 1.5, 4.0))),
        trialled=draw(names),
        trialled_l_per_h=draw(st.none() | st.floats(0, 3)),
        trialled_sodium_mg_per_h=draw(st.none() | st.floats(0, 3000)),
        cramp_free_sodium_change_mg_per_h=draw(st.none() | st.floats(-2000, 0)),
        screen=DrinkScreen(complete=True),
    )


def _product(draw: st.DrawFn, name: str, kind: ProductKind) -> Product:
    """One product of a kind; water has nothing in it."""
    is_water = kind is ProductKind.WATER
    is_drunk = kind in (ProductKind.WATER, ProductKind.DRINK)
    return Product(
        id=name,
        kind=kind,
        sodium_mg=0.0 if is_water else draw(st.floats(0, 1200)),
        volume_l=draw(st.floats(0.1, 0.8)) if is_drunk else 0.0,
        carbohydrate_g=0.0 if is_water else draw(st.floats(0, 90)),
        caffeine_mg=0.0 if is_water else draw(st.sampled_from((0.0, 30.0, 100.0))),
        max=draw(st.none() | st.integers(0, 12)),
    )
