"""Race times and heat: tests/published/racetime.toml, errors that are about, and properties."""

from __future__ import annotations

import doctest
import math
import tomllib
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.evidence import source
from uncramp.models import load, outside
from uncramp.models import racetime as rt
from uncramp.models.racetime import Miles
from uncramp.units import kilometres_from_metres, metres_from_miles, miles_from_metres

PUBLISHED: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).resolve().parent / "published" / "racetime.toml").read_text(encoding="utf-8")
)
HALF: Final = 21_097.5
MARATHON: Final = 42_195.0


def by_id(row: dict[str, Any]) -> str:
    """Name of a row."""
    return str(row.get("id", row.get("wbgt_c")))


def rows(table: str) -> pytest.MarkDecorator:
    """Every row of a table."""
    return pytest.mark.parametrize("row", PUBLISHED[table]["row"], ids=by_id)


def test_parents_are_named() -> None:
    """Each published table cites a source we list, and says where in it."""
    for table in PUBLISHED.values():
        assert source(table["source"]).key == table["source"]
        assert table["at"]


def test_examples_in_the_docstrings_hold() -> None:
    """Every example is run, of race times and of load."""
    for module in (rt, load):
        result = doctest.testmod(module)
        assert result.attempted > 0
        assert result.failed == 0


# ---------------------------------------------------------------- the rows


@rows("riegel")
def test_riegel(row: dict[str, Any]) -> None:
    """RG-1 to RG-3."""
    found = rt.riegel(time_s=row["time_s"], distance_m=row["distance_m"],
                      target_m=row["target_m"], exponent=row["exponent"])  # fmt: skip
    assert found == pytest.approx(row["time_there_s"], abs=row["within"])


@rows("vickers2016_one_race")
def test_vickers_one_race(row: dict[str, Any]) -> None:
    """VV1-1 and VV1-2."""
    found = rt.vickers2016_one_race(
        time_s=row["time_s"], distance_m=row["distance_m"],
        miles_per_week=Miles(row["miles_per_week"]),
    )  # fmt: skip
    assert found == pytest.approx(row["marathon_s"], abs=row["within"])


@rows("vickers2016_two_races")
def test_vickers_two_races_in_either_order(row: dict[str, Any]) -> None:
    """VV2-1, whichever race is named first."""
    first, second = (row["time1_s"], row["distance1_m"]), (row["time2_s"], row["distance2_m"])
    for one, two in ((first, second), (second, first)):
        found = rt.vickers2016_two_races(
            time1_s=one[0], distance1_m=one[1], time2_s=two[0], distance2_m=two[1],
            miles_per_week=Miles(row["miles_per_week"]),
        )  # fmt: skip
        assert found == pytest.approx(row["marathon_s"], abs=row["within"])


@rows("tanda2011_pace")
def test_tanda(row: dict[str, Any]) -> None:
    """TA-1 and TA-2, over a marathon."""
    pace = rt.tanda2011_pace(km_per_week=row["km_per_week"], pace_s_per_km=row["pace_s_per_km"])
    marathon_s = pace * kilometres_from_metres(MARATHON)
    assert marathon_s == pytest.approx(row["marathon_s"], abs=row["within"])


@rows("tanda2011_km_per_week")
def test_tanda_the_other_way_round(row: dict[str, Any]) -> None:
    """TA-4."""
    found = rt.tanda2011_km_per_week(
        goal_time_s=row["goal_time_s"], pace_s_per_km=row["pace_s_per_km"]
    )
    assert found == pytest.approx(row["km_per_week"], abs=row["within"])


@rows("critical_speed")
def test_critical_speed(row: dict[str, Any]) -> None:
    """CS-1 and CS-2."""
    table = PUBLISHED["critical_speed"]
    speed, reserve = rt.critical_speed(distances_m=row["distances_m"], times_s=row["times_s"])
    assert speed == pytest.approx(row["speed_m_s"], abs=table["within_m_s"])
    assert reserve == pytest.approx(row["reserve_m"], abs=table["within_m"])


@rows("minimal_power_time")
def test_minimal_power_time(row: dict[str, Any]) -> None:
    """MP-1 and MP-2."""
    found = rt.minimal_power_time(v_m=row["v_m"], gamma_l=row["gamma_l"], t_c_s=row["t_c_s"],
                                  distance_m=row["distance_m"])  # fmt: skip
    assert found == pytest.approx(row["time_s"], abs=row["within"])


def test_minimal_power_law() -> None:
    """MP-4 and MP-5: an hour's share of v_m, and endurance."""
    table = PUBLISHED["minimal_power_law"]
    metres = 5 * table["hour_share"] * 3600
    time_s = rt.minimal_power_time(v_m=5, gamma_l=table["gamma_l"], distance_m=metres)
    assert time_s == pytest.approx(3600, rel=1e-4)
    runner = rt.MinimalPower(5, table["gamma_l"])
    assert runner.endurance == pytest.approx(table["endurance"], abs=0.0005)
    assert math.isinf(rt.MinimalPower(5, 0).endurance)


def test_minimal_power_fit() -> None:
    """MP-6: two races make a runner, and the runner a marathon."""
    table = PUBLISHED["minimal_power_fit"]
    runner = rt.minimal_power_fit(distances_m=table["distances_m"], times_s=table["times_s"])
    v_m, gamma_l = runner
    assert v_m == pytest.approx(table["v_m"], abs=0.00005)
    assert gamma_l == pytest.approx(table["gamma_l"], abs=0.000005)
    assert runner.endurance == pytest.approx(table["endurance"], abs=0.01)
    marathon_s = rt.minimal_power_time(v_m=v_m, gamma_l=gamma_l, distance_m=MARATHON)
    assert marathon_s == pytest.approx(table["marathon_s"], abs=0.5)


def test_minimal_power_on_records() -> None:
    """MP-8: eight records come out to 0.1 % on average, the short ones by their own γ."""
    table = PUBLISHED["minimal_power_records"]
    errors = [
        rt.minimal_power_time(v_m=table["v_m"], gamma_l=table["gamma_l"], t_c_s=table["t_c_s"],
                              gamma_s=table["gamma_s"], distance_m=distance_m) / time_s - 1
        for distance_m, time_s in zip(table["distances_m"], table["times_s"], strict=True)
    ]  # fmt: skip
    mean_pct = 100 * sum(map(abs, errors)) / len(errors)
    assert mean_pct == pytest.approx(table["mean_error_pct"], abs=0.01)
    endurance = rt.MinimalPower(table["v_m"], table["gamma_l"]).endurance
    assert endurance == pytest.approx(table["endurance"], abs=0.02)


@rows("vdot_daniels")
def test_vdot(row: dict[str, Any]) -> None:
    """VD-1."""
    found = rt.vdot_daniels(time_s=row["time_s"], distance_m=row["distance_m"])
    assert found == pytest.approx(row["vdot"], abs=row["within"])


@rows("heat_slowdown_mantzios2022")
def test_mantzios(row: dict[str, Any]) -> None:
    """HT-1, and nothing lost inside the best band."""
    low, high = rt.heat_slowdown_mantzios2022(wbgt_c=row["wbgt_c"])
    assert (low, high) == pytest.approx((row["low_pct"], row["high_pct"]))


@rows("unsuccessful_starters_roberts2010")
def test_roberts(row: dict[str, Any]) -> None:
    """HT-3; 9.0 % at 17 °C and not the 9.5 of a page that quotes the same equation."""
    found = rt.unsuccessful_starters_roberts2010(wbgt_c=row["wbgt_c"])
    assert found == pytest.approx(row["pct"], abs=row["within"])


@rows("slowdown_ely2007")
def test_ely(row: dict[str, Any]) -> None:
    """Each band of the table; nothing is said beyond it."""
    assert rt.slowdown_ely2007(wbgt_c=row["wbgt_c"], sex="male") == row["male"]
    assert rt.slowdown_ely2007(wbgt_c=row["wbgt_c"], sex="female") == row["female"]
    assert math.isnan(rt.slowdown_ely2007(wbgt_c=30, sex="male"))
    assert rt.slowdown_ely2007(wbgt_c=25, sex="male") == 4.5


@rows("hit_the_wall_doherty2020")
def test_the_wall(row: dict[str, Any]) -> None:
    """One slow split, or many: each side of both limits."""
    slow = 300 * (1 + row["pct"] / 100)
    times = [300.0] * (row["of"] - row["slow"]) + [slow] * row["slow"]
    found = rt.hit_the_wall_doherty2020(times_s=times, split_m=row["split_m"])
    assert found is row["wall"]
    assert rt.hit_the_wall_doherty2020(times_s=times[:2], split_m=1000) is False


# ---------------------------------------------------------------- errors that are about


def test_the_slipped_decimal_of_vickers() -> None:
    """0.6423826 makes a 1:45 half a 2:11 marathon; ours is an hour and a half longer."""
    misprint = PUBLISHED["vickers2016_one_race"]["misprint"]
    race_m_s = MARATHON / (6300 * (MARATHON / HALF) ** 1.07)
    wrong_s = MARATHON / (0.16018617 + 0.83076202 * race_m_s + 0.6423826 * 4)
    assert wrong_s == pytest.approx(misprint["marathon_s"], abs=misprint["within"])
    ours_s = rt.vickers2016_one_race(time_s=6300, distance_m=HALF, miles_per_week=Miles(40))
    assert ours_s > wrong_s + 5400


def test_the_exponent_of_vickers_is_not_riegels() -> None:
    """1.07 inside, not 1.06 as in copies: a runner of no miles shows it."""
    found = rt.vickers2016_one_race(time_s=6300, distance_m=HALF, miles_per_week=Miles(0))
    race_m_s = (MARATHON / found - 0.16018617) / 0.83076202
    assert math.log2(MARATHON / race_m_s / 6300) == pytest.approx(1.07)


def test_kilometres_do_not_pass_for_miles() -> None:
    """64 km a week are 40 miles; taken for 64 they would promise ten minutes too few.

    Weekly miles are a type of their own: mypy refuses a plain float, metres become miles in one
    way only, and miles given for kilometres are refused at run time too.
    """
    weekly = miles_from_metres(64_373.76)
    assert isinstance(weekly, Miles)
    assert weekly == pytest.approx(40)
    right_s = rt.vickers2016_one_race(time_s=6300, distance_m=HALF, miles_per_week=weekly)
    wrong_s = rt.vickers2016_one_race(
        time_s=6300, distance_m=HALF,
        miles_per_week=kilometres_from_metres(64_373.76),  # type: ignore[arg-type]  # mypy sees it
    )  # fmt: skip
    assert right_s - wrong_s > 600
    with pytest.raises(TypeError, match="miles"):
        rt.tanda2011_pace(km_per_week=weekly, pace_s_per_km=330.0)
    assert type(weekly * 2) is float, "reckoning makes a plain number of it"


def test_an_implausible_distance_a_week_is_flagged() -> None:
    """120 miles a week is more likely kilometres: outside what the survey held."""
    assert outside(rt.VICKERS2016, {"miles_per_week": 120}) == ("miles_per_week",)
    assert outside(rt.VICKERS2016, {"miles_per_week": 62}) == ()


def test_the_pages_of_smyth_and_muniz_pumares() -> None:
    """A circulating comment has other pages; the record is 52(12):2637-2645."""
    assert "52(12):2637-2645" in source("smyth_muniz_pumares_2020").identifier


def test_validity_is_data() -> None:
    """What each was made for, and what is outside."""
    assert outside(rt.RIEGEL, {"time_s": 60}) == ("time_s",)
    assert outside(rt.TANDA2011, {"km_per_week": 20, "goal_time_s": 20_000}) == (
        "km_per_week", "goal_time_s")  # fmt: skip
    assert outside(rt.CRITICAL_SPEED, {"distance_m": 10_000}) == ("distance_m",)
    assert outside(rt.MINIMAL_POWER, {"distance_m": 100_000}) == ("distance_m",)
    assert outside(rt.VDOT_DANIELS, {"time_s": 3600}) == ()
    assert outside(rt.ROBERTS2010, {"wbgt_c": 30}) == ("wbgt_c",)
    assert outside(rt.SLOWDOWN_ELY2007, {"wbgt_c": 30}) == ("wbgt_c",)


# ---------------------------------------------------------------- properties

speeds = st.floats(2.0, 6.5)
gammas = st.floats(0.01, 0.12)


@given(v_m=speeds, gamma=gammas, far=st.floats(1.0, 60.0))
def test_a_time_solves_the_law(v_m: float, gamma: float, far: float) -> None:
    """Speed over the time found is the speed of the law, or there is no such time."""
    distance_m = far * v_m * 360
    time_s = rt.minimal_power_time(v_m=v_m, gamma_l=gamma, distance_m=distance_m)
    furthest_m = v_m * 360 * gamma * math.exp(1 / gamma - 1)
    if math.isnan(time_s):
        assert distance_m > furthest_m * (1 - 1e-6)
    else:
        law = v_m * (1 - gamma * math.log(time_s / 360))
        assert distance_m / time_s == pytest.approx(law, rel=1e-9)


@given(v_m=st.floats(3.0, 6.0), gamma=st.floats(0.02, 0.09), wrong=st.floats(-0.01, 0.01))
def test_a_fit_finds_the_runner_again(v_m: float, gamma: float, wrong: float) -> None:
    """Exact from two or more clean races; with an error in one, no further off than the line."""
    distances = [5000.0, 10_000.0, HALF]
    times = [rt.minimal_power_time(v_m=v_m, gamma_l=gamma, distance_m=one) for one in distances]
    for count in (2, 3):
        found = rt.minimal_power_fit(distances_m=distances[:count], times_s=times[:count])
        assert found == pytest.approx((v_m, gamma), rel=1e-6)
    times[1] *= 1 + wrong
    fitted = rt.minimal_power_fit(distances_m=distances, times_s=times)
    again = [rt.minimal_power_time(v_m=fitted.v_m, gamma_l=fitted.gamma_l, distance_m=one)
             for one in distances]  # fmt: skip
    off = sum((a / t - 1) ** 2 for a, t in zip(again, times, strict=True))
    assert off <= wrong**2 + 1e-15


def test_what_does_not_make_a_runner_is_not_a_number() -> None:
    """One race, two equal ones, two sprints, no distance."""
    for metres, seconds in (
        ([5000], [1200]),
        ([5000, 5000], [1200, 1200]),
        ([400, 800], [60, 140]),
    ):
        assert math.isnan(rt.minimal_power_fit(distances_m=metres, times_s=seconds).v_m)
    assert math.isnan(rt.critical_speed(distances_m=[1000], times_s=[200])[0])
    assert math.isnan(rt.critical_speed(distances_m=[1000, 2000], times_s=[200, 200])[0])
    assert math.isnan(rt.minimal_power_time(v_m=5, gamma_l=0.06, distance_m=0))
    assert math.isnan(rt.minimal_power_time(v_m=5, gamma_l=0.06, distance_m=1000)), "γ_s needed"
    same = {"time1_s": 1200, "distance1_m": 5000, "time2_s": 1250, "distance2_m": 5000}
    assert math.isnan(rt.vickers2016_two_races(**same, miles_per_week=Miles(30)))


@given(km=st.floats(40, 120), pace=st.floats(240, 420))
def test_tanda_there_and_back(km: float, pace: float) -> None:
    """The inverse undoes the equation; no distance makes a goal beyond its floor."""
    goal_s = rt.tanda2011_pace(km_per_week=km, pace_s_per_km=pace) * 42.195
    assert rt.tanda2011_km_per_week(goal_time_s=goal_s, pace_s_per_km=pace) == pytest.approx(km)
    floor_s = (17.1 + 0.55 * pace) * 42.195
    assert math.isnan(rt.tanda2011_km_per_week(goal_time_s=floor_s - 1, pace_s_per_km=pace))


@given(time_s=st.floats(4000, 12_000), miles=st.floats(0, 60), more=st.floats(1, 40))
def test_more_miles_never_make_slower(time_s: float, miles: float, more: float) -> None:
    """Both forms of Vickers, at an equal race."""
    races = {"time1_s": time_s / 2.2, "distance1_m": 10_000, "time2_s": time_s,
             "distance2_m": HALF}  # fmt: skip
    few, many = Miles(miles), Miles(miles + more)
    one = [rt.vickers2016_one_race(time_s=time_s, distance_m=HALF, miles_per_week=m)
           for m in (few, many)]  # fmt: skip
    two = [rt.vickers2016_two_races(**races, miles_per_week=m) for m in (few, many)]
    assert one[1] < one[0]
    assert two[1] < two[0]


@given(wbgt=st.floats(-10, 35), more=st.floats(0.1, 10))
def test_more_heat_never_makes_faster(wbgt: float, more: float) -> None:
    """From the best band up, both ends of the band rise; the lower never passes the upper."""
    low, high = rt.heat_slowdown_mantzios2022(wbgt_c=wbgt)
    assert 0 <= low <= high
    if wbgt >= 7.5:
        assert rt.heat_slowdown_mantzios2022(wbgt_c=wbgt + more)[1] >= high


def test_miles_and_metres_agree() -> None:
    """There and back."""
    assert miles_from_metres(metres_from_miles(26.2)) == pytest.approx(26.2)


def test_arrays_in_arrays_out() -> None:
    """Same numbers, same shape, for those that promise any shape."""
    many = np.array([[1200.0, 1500.0]])
    far = np.array([[5000.0, 5000.0]])
    k = np.array([[1.06, 1.1]])
    for found, one in (
        (rt.riegel(time_s=many, distance_m=far, target_m=2 * far, exponent=k),
         rt.riegel(time_s=1500.0, distance_m=5000.0, target_m=10_000.0, exponent=1.1)),
        (rt.vdot_daniels(time_s=many, distance_m=far),
         rt.vdot_daniels(time_s=1500.0, distance_m=5000.0)),
        (rt.tanda2011_pace(km_per_week=far / 100, pace_s_per_km=many / 4),
         rt.tanda2011_pace(km_per_week=50.0, pace_s_per_km=375.0)),
        (rt.heat_slowdown_mantzios2022(wbgt_c=many / 60)[0],
         rt.heat_slowdown_mantzios2022(wbgt_c=25.0)[0]),
        (rt.unsuccessful_starters_roberts2010(wbgt_c=many / 60),
         rt.unsuccessful_starters_roberts2010(wbgt_c=25.0)),
    ):  # fmt: skip
        assert found.shape == (1, 2)
        assert float(found[0, 1]) == one
        assert isinstance(one, float)
