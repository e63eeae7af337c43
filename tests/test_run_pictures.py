"""Pictures of a run: the finding, the strips, the table, and curves that are thinned honestly."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_runs import START, channel, made_run
from uncramp.actions.context import Context
from uncramp.actions.diary import mark_run
from uncramp.actions.run_list import run_list
from uncramp.actions.run_pictures import RunPicture, run_picture
from uncramp.actions.run_strips import StripFacts, small_strip
from uncramp.actions.runs import RunFilter
from uncramp.actions.streams import RunStreams, Window, run_streams, thinned, window_from
from uncramp.actions.weather import TypedWeather, set_weather
from uncramp.activities import DECODER_VERSION
from uncramp.errors import InputError
from uncramp.store.packing import pack_reading
from uncramp.vocabulary import Activity

NOW = START + timedelta(days=2)
PLACES = ("48.0", "48.1", "11.0", "latitude", "longitude")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A store with one runner and nothing else."""
    with Context(data_dir=tmp_path / "data", now=NOW) as made:
        made.store.add_runner(made.runner, at=NOW)
        yield made


def keep(context: Context, *activities: Activity) -> list[int]:
    """Store activities, one a file; their ids."""
    ids: list[int] = []
    for activity in activities:
        content = f"{activity.start_utc} {activity.sport} {activity.distance_m}".encode()
        packed = pack_reading(
            name="run.fit",
            data=content,
            activities=[activity],
            sha256=content.hex().ljust(64, "0")[-64:],
            file_format="fit",
            decoder_version=DECODER_VERSION,
        )
        ids += context.store.add_reading(context.stored_runner(), packed, at=NOW).activity_ids
    return ids


def days_before(activity: Activity, days: float) -> Activity:
    """The same run some days earlier."""
    assert activity.start_utc is not None
    return replace(activity, start_utc=activity.start_utc - timedelta(days=days))


def with_training(context: Context, run: Activity, *, minutes: float = 100) -> int:
    """The run after four weeks of shorter ones of this many minutes; its id."""
    earlier = [days_before(made_run([(minutes, 3.0)], every_s=10), 7 * week) for week in (1, 2, 3)]
    return keep(context, *earlier, run)[-1]


def drawn(context: Context, run_id: int) -> RunPicture:
    """The pictures of a run; each is whole XML with a title, and its ids are its own."""
    picture = run_picture(context, str(run_id))
    markup = f"<page>{picture.strip_svg}{picture.stacked_svg}</page>"
    page = ET.fromstring(markup)  # noqa: S314  (our own)
    ids = [one.attrib["id"] for one in page.iter() if "id" in one.attrib]
    assert len(ids) == len(set(ids))
    for svg in page.iter("{http://www.w3.org/2000/svg}svg"):
        assert svg.attrib["role"] == "img"
        assert svg.attrib["aria-labelledby"].split()[0] in ids
    return picture


# ---------------------------------------------------------------- the finding


def test_the_title_says_that_the_longest_run_was_passed_then_the_cramp(context: Context) -> None:
    """The one sentence that a runner would repeat."""
    run_id = with_training(context, made_run([(200, 3.0)], every_s=5))
    mark_run(context, str(run_id), km=30.0)
    picture = drawn(context, run_id)
    assert "passed your longest run of the month before at 18.0 km" in picture.title
    assert "the cramp came at 30.0 km" in picture.title
    assert any("past your longest run" in one for one in picture.events)
    assert picture.strip_svg.count("mark-cross") == 2, "one in each layout"
    assert "Cramp at 30.0 km" in picture.stacked_svg_wide


def test_the_next_most_telling_is_a_fast_first_third(context: Context) -> None:
    """When the run was no longer than those before."""
    fast = made_run([(30, 3.6), (60, 3.0)], every_s=5)
    run_id = with_training(context, fast)
    assert drawn(context, run_id).title.startswith("You ran the first third")
    mark_run(context, str(run_id), km=12.0)
    title = drawn(context, run_id).title
    assert "first third" in title
    assert title.endswith("The cramp came at 12.0 km.")


def test_a_plain_run_is_told_plainly(context: Context) -> None:
    """Nothing beyond, nothing fast, nothing said."""
    run_id = with_training(context, made_run([(90, 2.9)], every_s=5))
    assert drawn(context, run_id).title == (
        "No cramp is noted. The run was no longer than your longest of the month before."
    )


def test_another_sport_is_not_held_against_runs(context: Context) -> None:
    """It has curves of speed and no strip."""
    run_id = with_training(context, made_run([(200, 8.0)], every_s=5, sport="cycling"))
    picture = drawn(context, run_id)
    assert picture.strip_svg == ""
    assert "Speed" in picture.stacked_svg_wide
    assert "Pace" not in picture.stacked_svg_wide
    assert picture.table is not None
    assert "Pace" not in picture.table.head


def test_weather_is_drawn_only_when_it_is_of_the_air(context: Context) -> None:
    """The wrist warms the watch, so its temperature is no picture of the day."""
    run = made_run([(60, 3.0)], every_s=5, extra={"temp_watch_c": 31.0})
    (run_id,) = keep(context, run)
    assert "Heat" not in drawn(context, run_id).stacked_svg_wide
    set_weather(context, str(run_id), TypedWeather(temp_air_c=24.0, relative_humidity_pct=60.0))
    assert "Heat" in drawn(context, run_id).stacked_svg_wide
    assert "24 °C" in drawn(context, run_id).stacked_svg_wide


@pytest.mark.parametrize(
    ("without", "lacking"),
    [
        (("heart_rate_bpm",), "Heart rate"),
        (("elevation_m",), "Elevation"),
        (("distance_m", "latitude_deg", "longitude_deg"), "Pace"),
    ],
)
def test_what_was_not_recorded_is_left_out(
    context: Context, without: tuple[str, ...], lacking: str
) -> None:
    """No empty panel, no empty column, and no crash."""
    run = made_run([(50, 3.0)], every_s=5, without=without)
    if "distance_m" in without:
        run = replace(run, distance_m=None)
    (run_id,) = keep(context, run)
    picture = drawn(context, run_id)
    assert lacking not in picture.stacked_svg_wide
    assert picture.table is not None
    assert lacking not in picture.table.head
    assert picture.table.rows


def test_without_a_distance_there_is_a_row_every_few_minutes(context: Context) -> None:
    """So the table is never empty, and never endless."""
    run = made_run([(95, 3.0)], every_s=5, without=("distance_m", "latitude_deg"))
    (run_id,) = keep(context, replace(run, distance_m=None))
    table = drawn(context, run_id).table
    assert table is not None
    assert table.head[0] == "Until"
    assert [row[0] for row in table.rows][:2] == ["5:00", "10:00"]
    assert table.rows[-1][0] == "1:35:00"


def test_too_little_for_a_picture_is_no_error(context: Context) -> None:
    """A summary alone: words, and nothing drawn."""
    empty = replace(made_run([(50, 3.0)]), time_s=np.array([]), streams={}, n_records=0)
    (run_id,) = keep(context, empty)
    picture = drawn(context, run_id)
    assert (picture.stacked_svg, picture.strip_svg, picture.csv) == ("", "", "")
    assert picture.table is None
    assert picture.title


def test_without_a_clock_nothing_is_compared(context: Context) -> None:
    """The run is drawn all the same."""
    with_training(context, made_run([(200, 3.0)], every_s=5))
    (run_id,) = keep(context, replace(made_run([(40, 3.0)], every_s=5), start_utc=None))
    picture = drawn(context, run_id)
    assert "No run of the month before is stored." in picture.title
    assert "Pace" in picture.stacked_svg_wide


# ---------------------------------------------------------------- the table


def test_the_csv_has_the_numbers_of_the_table_in_si_units(context: Context) -> None:
    """With a heading; what is not known is empty."""
    run_id = with_training(context, made_run([(200, 3.0)], every_s=5, grade=0.01))
    mark_run(context, str(run_id), km=30.0)
    picture = drawn(context, run_id)
    rows = list(csv.DictReader(io.StringIO(picture.csv)))
    assert len(rows) == 36
    assert float(rows[3]["elapsed_s"]) == pytest.approx(1000 / 3, abs=0.2)
    assert float(rows[3]["height_change_m"]) == pytest.approx(10, abs=1)
    assert float(rows[3]["until_s"]) == pytest.approx(4 * 1000 / 3, abs=1)
    assert rows[29]["note"] == "the cramp"
    assert rows[18]["note"] == rows[0]["note"] == ""
    assert picture.table is not None
    assert picture.table.rows[29][-1] == "the cramp"
    assert [len(row) for row in picture.table.rows] == [len(picture.table.head)] * 36


def test_miles_for_those_who_run_in_miles(context: Context) -> None:
    """Axis, table and words; the CSV stays in SI units."""
    run_id = with_training(context, made_run([(200, 3.0)], every_s=5))
    mark_run(context, str(run_id), km=30.0)
    imperial = replace(context, units="imperial")
    picture = drawn(imperial, run_id)
    assert "18.6 mi" in picture.title
    assert picture.table is not None
    assert picture.table.head[0] == "mi"
    assert len(picture.table.rows) == 23
    assert "distance_m" in picture.csv
    assert " km" not in picture.stacked_svg_wide
    imperial.close()


def test_no_place_is_ever_drawn_or_told(context: Context) -> None:
    """A run with GPS: neither its name nor its value gets out."""
    run = made_run([(100, 3.0)], every_s=5)
    hidden = {"dev:Lat": channel("dev:Lat", np.full(run.time_s.size, 48.1373))}
    (run_id,) = keep(context, replace(run, streams={**run.streams, **hidden}))
    picture = drawn(context, run_id)
    streams = run_streams(context, str(run_id))
    said = repr(picture).lower()
    assert "48.13" not in said
    assert not any(word in said for word in ("latitude", "longitude"))
    assert {one.name for one in streams.channels} == {
        "speed", "heart_rate", "elevation", "steps",
    }  # fmt: skip


# ---------------------------------------------------------------- a part


def test_a_part_is_drawn_closer(context: Context) -> None:
    """The axis begins and ends with the part; the finding stays that of the whole run."""
    run_id = with_training(context, made_run([(200, 3.0)], every_s=5))
    window = Window(axis="distance", begin=20_000.0, end=22_000.0)
    picture = run_picture(context, str(run_id), window=window)
    ticks = re.findall(r">(\d+(?:\.\d+)?)(?: km)?</text>", picture.stacked_svg_wide)
    assert {"20", "21", "22"} <= set(ticks)
    assert "30" not in ticks
    assert picture.title == run_picture(context, str(run_id)).title


@pytest.mark.parametrize(
    ("begin", "end"), [(5.0, 5.0), (9.0, 3.0), (-1.0, 4.0), (float("nan"), 4.0)]
)
def test_what_is_no_part_is_refused(begin: float, end: float) -> None:
    """It ends before it begins, or begins before the start."""
    with pytest.raises(InputError, match="bad_stretch"):
        window_from("time", begin, end, imperial=False)


def test_a_part_beyond_the_run_is_refused(context: Context) -> None:
    """Nothing was run there."""
    (run_id,) = keep(context, made_run([(50, 3.0)], every_s=5))
    for window in (
        Window(axis="time", begin=60.0, end=70.0),
        Window(axis="distance", begin=20_000.0, end=21_000.0),
    ):
        with pytest.raises(InputError, match="bad_stretch"):
            run_streams(context, str(run_id), window=window)
        with pytest.raises(InputError, match="bad_stretch"):
            run_picture(context, str(run_id), window=window)


# ---------------------------------------------------------------- thinned curves

curves = st.lists(
    st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=600
).map(np.array)


@given(curves, st.integers(20, 120))
def test_a_thinned_curve_keeps_extremes_order_and_gaps(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], points: int
) -> None:
    """Never more points than asked; the lowest and the highest stay; no line over a gap."""
    kept = thinned(values, points)
    assert 1 <= kept.size <= points
    assert all(one < other for one, other in pairwise(kept.tolist()))
    finite = np.isfinite(values)
    if not finite.any():
        assert not np.isfinite(values[kept]).any()
        return
    shown = values[kept]
    assert np.nanmin(shown) == np.nanmin(values)
    assert np.nanmax(shown) == np.nanmax(values)
    ends = np.flatnonzero(finite)
    assert {int(ends[0]), int(ends[-1])} <= set(kept.tolist())
    for one, other in pairwise(kept.tolist()):
        if finite[one] and finite[other]:
            assert finite[one:other].all(), "a line over something that is missing"


@given(curves)
def test_what_fits_is_not_thinned(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Every record, as it was."""
    assert thinned(values, max(values.size, 20)).tolist() == list(range(values.size))


def shown_places(streams: RunStreams) -> set[str]:
    """Everything a curve says, as text."""
    return set(re.findall(r"[-\d.]+", json.dumps([one.values for one in streams.channels])))


def test_curves_of_a_part_have_more_detail(context: Context) -> None:
    """The nearer, the finer; both ends are reached."""
    noisy = made_run([(100, 3.0)], noise_m_s=0.4)
    (run_id,) = keep(context, noisy)
    whole = run_streams(context, str(run_id), points=200)
    window = Window(axis="time", begin=30.0, end=32.0)
    part = run_streams(context, str(run_id), window=window, points=200)
    for one in (whole, part):
        assert all(len(channel.values) <= 200 for channel in one.channels)
    speeds = {one.name: one for one in part.channels}["speed"]
    assert np.diff(speeds.time_s).max() <= 1.0
    assert speeds.time_s[0] <= 30 * 60 <= speeds.time_s[1]
    assert speeds.time_s[-2] <= 32 * 60 <= speeds.time_s[-1]
    assert speeds.metres is not None
    assert (part.begin_s, part.end_s) == (1800.0, 1920.0)
    assert not shown_places(part) & set(PLACES)


def test_a_pause_is_a_gap_in_every_curve(context: Context) -> None:
    """Nobody ran a straight line while the watch stood still."""
    run = made_run([(60, 3.0)], every_s=5)
    later = np.where(run.time_s > 1800, run.time_s + 600, run.time_s)
    (run_id,) = keep(context, replace(run, time_s=later, elapsed_s=float(later[-1])))
    for one in run_streams(context, str(run_id), points=100).channels:
        inside = [
            value
            for second, value in zip(one.time_s, one.values, strict=True)
            if 1810 < second < 2390
        ]
        assert inside == [None], one.name


# ---------------------------------------------------------------- small strips


def test_a_small_strip_is_as_long_as_its_run_beside_the_longest(context: Context) -> None:
    """So that a list can be compared with one look."""

    def width(distance_m: float) -> float:
        facts = StripFacts(distance_m=distance_m, longest_before_m=None)
        svg = small_strip(facts, prefix="a", units="metric", longest_m=40_000.0)
        return float(re.findall(r'<rect [^>]*width="([\d.]+)"', svg)[0])

    assert width(40_000.0) == pytest.approx(2 * width(20_000.0))
    assert width(10.0) > 5
    assert width(80_000.0) == width(40_000.0)


def test_the_list_draws_what_the_page_of_a_run_draws(context: Context) -> None:
    """From stored numbers: beyond begins at the longest run of the month before."""
    run_id = with_training(context, made_run([(200, 3.0)], every_s=5))
    mark_run(context, str(run_id), km=30.0)
    page = run_list(context)
    newest = page.months[0].runs[0]
    assert newest.row.activity_id == run_id
    assert "Past your longest run of the month before at 18.0 km. It cramped." in newest.strip_svg
    assert newest.strip_svg.count("mark-cross") == 1
    oldest = page.months[-1].runs[-1]
    assert "No run of the month before is stored." in oldest.strip_svg


def test_a_list_has_pages(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newest first, each run once; a page beyond the last is the last."""
    monkeypatch.setattr("uncramp.actions.run_list.ROWS_A_PAGE", 2)
    keep(context, *(days_before(made_run([(30, 3.0)], every_s=10), day) for day in range(5)))
    pages = [run_list(context, page=number) for number in (1, 2, 3)]
    seen = [run.row for page in pages for month in page.months for run in month.runs]
    starts = [row.start_utc for row in seen]
    assert len(seen) == len({row.activity_id for row in seen}) == 5
    assert starts == sorted(starts, key=lambda one: one or NOW, reverse=True)
    assert {page.n_pages for page in pages} == {3}
    assert run_list(context, page=99).page == 3
    assert run_list(context, RunFilter(year=1999)).months == ()
