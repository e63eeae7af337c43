"""My sweat as a page: the finding, the table, the tests, in the reader's units.

What is typed into its forms is read in `sweat_forms.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from uncramp.units import (
    fluid_ounces_from_litres,
    grams_from_milligrams,
    salt_mg_from_sodium_mg,
    seconds_from_minutes,
)
from uncramp.vocabulary import SodiumSample, WatchEstimate
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, duration, pace, temperature
from uncramp.wording.run_pages import day_words

if TYPE_CHECKING:
    from uncramp.actions.sweat import Lesson, MySweat, NextTest, RateAt
    from uncramp.actions.sweat_tests import ListedTest, TestList, WatchOffer
    from uncramp.store.rows import ActivityRow
    from uncramp.vocabulary import Interval

__all__ = [
    "degrees_unit",
    "finding",
    "flag_lines",
    "is_known",
    "kept_rows",
    "offer_rows",
    "page_words",
    "picture_words",
    "rate_name",
    "rate_words",
    "volume_in",
]

ROUND_MG: Final = -1
"""Sodium is told in tens of milligrams: nobody knows it closer."""
A_KILOMETRE_M: Final = 1000.0
QUIET_DOUBTS: Final = frozenset({"watch", "patch", "kit_unknown", "urine_unknown"})
"""Said by what the test is, or true of nearly every one."""


# ---------------------------------------------------------------- quantities


def volume_in(volume_l: float, *, units: Units) -> float:
    """Litres in what the reader counts in."""
    return fluid_ounces_from_litres(volume_l) if units == "imperial" else volume_l


def rate_name(units: Units) -> str:
    """`Litres` or `Fluid ounces`."""
    name = "fluid_ounces" if units == "imperial" else "litres"
    return text(f"sweat_page.unit.{name}")


def degrees_unit(units: Units) -> str:
    """`°C` or `°F`."""
    name = "fahrenheit" if units == "imperial" else "celsius"
    return text(f"run_pages.unit.{name}")


def bare_rate(rate_l_per_h: float, *, units: Units) -> str:
    """`1.24`, or `42` fluid ounces."""
    places = 0 if units == "imperial" else 2
    return f"{volume_in(rate_l_per_h, units=units):.{places}f}"


def rate_words(rate_l_per_h: float, *, units: Units, fine: bool = False) -> str:
    """`1.2 L` or `42 fl oz`, of an hour; `fine` is for differences."""
    name = "fluid_ounces" if units == "imperial" else "litres"
    places = 0 if units == "imperial" else 1
    value = f"{volume_in(rate_l_per_h, units=units):.{places + fine}f}"
    return text(f"sweat_page.quantity.{name}", value=value)


def mg_words(mg: float) -> str:
    """`840 mg`."""
    return text("sweat_page.quantity.mg", value=f"{round(mg, ROUND_MG):.0f}")


def band_words(low: str, high: str) -> str:
    """`0.9 to 1.4 L`: the unit is said once."""
    number, _, unit = low.partition(" ")
    first = number if unit and high.endswith(unit) else low
    return text("sweat_page.rates.band", low=first, high=high)


# ---------------------------------------------------------------- the page


def is_known(sweat: MySweat) -> bool:
    """Whether anything that was measured says how much this runner sweats.

    Under a lock the tests are left out, and what they taught stays.
    """
    if sweat.locked is not None:
        return not sweat.missing and sweat.standing != "untested"
    return any(one.counts and one.kind != "sodium" for one in sweat.tests)


def page_words(sweat: MySweat, *, units: Units) -> dict[str, Any]:
    """Everything that the page says of the runner's sweat."""
    return {
        "lead": lead_words(sweat),
        "is_mine": is_known(sweat),
        "is_held": sweat.is_held,
        "locked": "" if sweat.locked is None else text("error.sweat_locked.why"),
        "missing": [text(f"sweat_page.missing.{one}") for one in sweat.missing],
        "assumed": [text(f"assumed.{one}") for one in sweat.assumed],
        "finding": finding(sweat, units=units),
        "reading": reading_words(sweat),
        "rates": rate_groups(sweat, units=units),
        "curve": curve_rows(sweat, units=units),
        "rate_unit": rate_name(units),
        "sodium": list(sodium_lines(sweat)),
        "next": next_words(sweat, units=units),
        "error": list(own_error_lines(sweat, units=units)),
        "tests": test_rows(sweat.tests, units=units),
    }


def lead_words(sweat: MySweat) -> str:
    """Where the runner stands, in one sentence or two."""
    if sweat.locked is not None:
        return text("error.sweat_locked.what")
    if sweat.missing:
        return text("sweat_page.lead.no_profile")
    n_tests = sum(one.counts and one.kind == "weigh_in" for one in sweat.tests)
    return text(f"sweat_page.lead.{sweat.standing}", n=n_tests)


def in_the_middle(sweat: MySweat) -> RateAt | None:
    """The condition that the finding is about: the usual pace in the middle of the weather."""
    usual = [one for one in sweat.rates if one.pace == "usual"]
    return usual[len(usual) // 2] if usual else None


def finding(sweat: MySweat, *, units: Units) -> str:
    """What the picture shows, as a sentence; empty where nothing can be said."""
    one = in_the_middle(sweat)
    if one is None:
        return ""
    heat = temperature(one.temp_air_c, units=units)
    if is_known(sweat):
        rate = rate_words(one.mine.median, units=units)
        return text("sweat_page.finding.mine", heat=heat, rate=rate)
    return text("sweat_page.finding.others", heat=heat, band=interval_words(one.prior, units=units))


def interval_words(rate: Interval, *, units: Units) -> str:
    """`0.9 to 1.4 L`."""
    return band_words(rate_words(rate.low, units=units), rate_words(rate.high, units=units))


def picture_words(sweat: MySweat, *, units: Units) -> str:
    """The picture for those who cannot see it."""
    if not sweat.curve:
        return ""
    first, last = sweat.curve[0], sweat.curve[-1]
    who = "mine" if is_known(sweat) else "others"
    rates = [one.mine if who == "mine" else one.prior for one in (first, last)]
    return text(
        f"sweat_page.picture.told.{who}",
        first=temperature(first.temp_air_c, units=units),
        last=temperature(last.temp_air_c, units=units),
        low=rate_words(rates[0].median, units=units),
        high=rate_words(rates[1].median, units=units),
    )


def reading_words(sweat: MySweat) -> str:
    """How to read the picture."""
    said = [text("sweat_page.reading.mine" if is_known(sweat) else "sweat_page.reading.others")]
    if any(one.kind == "watch" for one in sweat.tests):
        said.append(text("sweat_page.reading.watch"))
    return " ".join(said)


def rate_groups(sweat: MySweat, *, units: Units) -> list[dict[str, Any]]:
    """The table: the usual pace, then race pace, each from cool to hot."""
    groups: dict[str, list[dict[str, str]]] = {}
    for one in sweat.rates:
        run_at = pace(A_KILOMETRE_M, A_KILOMETRE_M / one.speed_m_s, units=units)
        name = text(f"sweat_page.rates.{one.pace}", pace=run_at)
        groups.setdefault(name, []).append(rate_row(one, mine=is_known(sweat), units=units))
    return [{"name": name, "rows": rows} for name, rows in groups.items()]


def rate_row(one: RateAt, *, mine: bool, units: Units) -> dict[str, str]:
    """One condition: sweat and sodium of an hour, each with its band."""
    heat, rate = temperature(one.temp_air_c, units=units), one.mine if mine else one.prior
    sodium = one.sodium_mg_per_h
    return {
        "at": heat,
        "rate": rate_words(rate.median, units=units),
        "rate_band": interval_words(rate, units=units),
        "others": interval_words(one.prior, units=units),
        "sodium": mg_words(sodium.median),
        "sodium_band": band_words(mg_words(sodium.low), mg_words(sodium.high)),
    }


def curve_rows(sweat: MySweat, *, units: Units) -> list[dict[str, str]]:
    """The picture as a table."""
    return [
        {
            "at": temperature(one.temp_air_c, units=units),
            "mine": curve_cell(one.mine, units=units),
            "others": curve_cell(one.prior, units=units),
        }
        for one in sweat.curve
    ]


def curve_cell(rate: Interval, *, units: Units) -> str:
    """`1.24 (0.93 to 1.66)`."""
    low, middle, high = (bare_rate(one, units=units) for one in (rate.low, rate.median, rate.high))
    return text("sweat_page.curve.cell", low=low, middle=middle, high=high)


# ---------------------------------------------------------------- sodium, error, next


def sodium_lines(sweat: MySweat) -> Iterator[str]:
    """How salty the sweat is, and who says so."""
    known = sweat.sodium
    if known is None:
        return
    mg = known.mg_per_l
    yield text(
        "sweat_page.sodium.mine" if known.n_tests else "sweat_page.sodium.others",
        mg=mg_words(mg.median),
        band=band_words(mg_words(mg.low), mg_words(mg.high)),
    )
    salt_g = grams_from_milligrams(salt_mg_from_sodium_mg(mg.median))
    yield text("sweat_page.sodium.salt", salt=f"{salt_g:.1f}")
    yield text("sweat_page.sodium.not_why")


def own_error_lines(sweat: MySweat, *, units: Units) -> Iterator[str]:
    """What each test was foretold from the others, beside the best that was published."""
    own = sweat.own_error
    if own is None:
        return
    yield text(
        "sweat_page.error.mean",
        n=own.n_tests,
        mean=rate_words(own.mean_abs_l_per_h, units=units, fine=True),
    )
    is_closer = own.half_width_l_per_h <= own.published_l_per_h
    yield text(
        "sweat_page.error.closer" if is_closer else "sweat_page.error.wider",
        half=rate_words(own.half_width_l_per_h, units=units, fine=True),
        published=rate_words(own.published_l_per_h, units=units, fine=True),
    )


def next_words(sweat: MySweat, *, units: Units) -> dict[str, Any]:
    """Which condition to test next and why; that it is enough where nothing is left to learn."""
    found = sweat.next_test
    if sweat.is_held:
        return {
            "title": text("sweat_page.next.title"),
            "lines": [text("error.sweat_held.what"), text("error.sweat_held.why")],
        }
    if found is None:
        enough = "enough" if sweat.standing == "known" else "first"
        lines = [text(f"sweat_page.next.{enough}")]
        return {"title": text("sweat_page.next.title"), "lines": lines}
    return {
        "title": text(
            f"sweat_page.next.go.{found.pace}", heat=temperature(found.temp_air_c, units=units)
        ),
        "lines": list(reasons(found, units=units)),
    }


def reasons(found: NextTest, *, units: Units) -> Iterator[str]:
    """Why there, how long, and what it brings."""
    yield text(f"sweat_page.next.{found.why}", heat=temperature(found.temp_air_c, units=units))
    yield text(
        "sweat_page.next.brings",
        minutes=f"{found.duration_min:.0f}",
        percent=percent_words(found.narrower),
    )


# ---------------------------------------------------------------- tests


def test_rows(tests: tuple[Lesson, ...], *, units: Units) -> list[dict[str, Any]]:
    """Every test, the newest first: what it gave, what it taught, what is doubtful in it."""
    return [test_row(one, units=units) for one in reversed(tests)]


def test_row(one: Lesson, *, units: Units) -> dict[str, Any]:
    """One test."""
    day = day_words(one.day)
    return {
        "id": one.test_id,
        "day": day,
        "run": one.activity,
        "what": what_words(one, units=units),
        "expected": expected_words(one, units=units),
        "taught": taught_words(one),
        "doubts": [text(f"sweat_page.doubt.{d}") for d in one.doubts if d not in QUIET_DOUBTS],
        "remove": text("sweat_page.tests.remove_this", day=day),
    }


def what_words(one: Lesson, *, units: Units) -> str:
    """`1.2 L an hour at 18 °C`, `44 mmol/L on the skin`."""
    if one.kind == "sodium":
        return text("sweat_page.what.sodium", value=f"{one.measured:.0f}")
    rate = rate_words(one.measured, units=units)
    if one.temp_air_c is None:
        return text(f"sweat_page.what.{one.kind}", rate=rate)
    heat = temperature(one.temp_air_c, units=units)
    return text(f"sweat_page.what.{one.kind}_at", rate=rate, heat=heat)


def expected_words(one: Lesson, *, units: Units) -> str:
    """What would have been said before the test; nothing where there was no such thing."""
    if one.expected is None:
        return ""
    return text("sweat_page.expected", band=interval_words(one.expected, units=units))


def taught_words(one: Lesson) -> str:
    """How much it taught."""
    if not one.counts:
        return text("sweat_page.taught.nothing")
    percent = percent_words(one.taught)
    if percent == percent_words(0.0):
        return text("sweat_page.taught.little")
    if one.taught < 0:
        return text("sweat_page.taught.wider")
    about = "sodium" if one.kind == "sodium" else "much"
    return text(f"sweat_page.taught.{about}", percent=percent)


def percent_words(share: float) -> str:
    """`12 %`."""
    return text("sweat_page.percent", value=f"{abs(share):.0%}".removesuffix("%"))


# ---------------------------------------------------------------- what is kept, and what is offered


def kept_rows(listed: TestList, *, units: Units) -> list[dict[str, Any]]:
    """Tests by what they are, where nothing can be learned from them; no weight is shown."""
    return [kept_row(one, units=units) for one in reversed(listed.tests)]


def kept_row(one: ListedTest, *, units: Units) -> dict[str, Any]:
    """One test that is kept."""
    day = day_words(one.kept.day)
    if isinstance(one.kept.test, SodiumSample):
        value = f"{one.kept.test.sodium_mmol_per_l:.0f}"
        what = text("sweat_page.what.sodium", value=value)
    else:
        kind = "watch" if isinstance(one.kept.test, WatchEstimate) else "weigh_in"
        rate = rate_words(one.rate_l_per_h or 0.0, units=units)
        what = text(f"sweat_page.what.{kind}", rate=rate)
    return {
        "id": one.kept.id,
        "day": day,
        "run": one.kept.activity,
        "what": what,
        "expected": "",
        "taught": "",
        "doubts": [],
        "remove": text("sweat_page.tests.remove_this", day=day),
    }


def flag_lines(listed: TestList, test_id: int) -> list[str]:
    """What is odd about one test, each a sentence."""
    return [
        text(f"sweat_test.flag.{flag}")
        for one in listed.tests
        if one.kept.id == test_id
        for flag in one.flags
    ]


def offer_rows(offers: Sequence[WatchOffer], *, units: Units) -> list[dict[str, Any]]:
    """What watches worked out and nobody took yet."""
    return [
        {
            "run": one.run.activity_id,
            "day": start_day_words(one.run),
            "what": text(
                "sweat_page.watch.what",
                volume=rate_words(one.sweat_loss_l, units=units),
                time=duration(seconds_from_minutes(one.duration_min)),
            ),
            "use": text("sweat_page.watch.use_this", day=start_day_words(one.run)),
        }
        for one in offers
    ]


def start_day_words(row: ActivityRow) -> str:
    """The day a run began where it was run."""
    if row.start_utc is None:
        return day_words(None)
    return day_words((row.start_utc + timedelta(seconds=row.utc_offset_s or 0)).date())
