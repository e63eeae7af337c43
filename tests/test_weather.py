"""The weather of a run: what is asked, of whom, and which source counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound_support import (
    HOURLY,
    Heard,
    Said,
    Stub,
    forecast,
    only_this_machine,
    patience,
    stub_service,
)
from uncramp.actions import open_meteo
from uncramp.actions import weather as weather_action
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.open_meteo import CACHE_KIND, FetchReport, fetch_weather, is_on, switch
from uncramp.actions.weather import (
    TypedWeather,
    Weather,
    best_weather,
    forget_typed,
    look_up,
    parsed_weather,
    run_weather,
    set_weather,
    weather_state,
)
from uncramp.activities import fit_writer
from uncramp.cli import main
from uncramp.errors import InputError, NotFoundError
from uncramp.outbound.weather import (
    ATTRIBUTION,
    OpenMeteo,
)
from uncramp.store.rows import ActivityRow, StoredWeather
from uncramp.vocabulary import Activity
from uncramp.wording.catalogue import text
from uncramp.wording.weather import used_line

NOW = datetime(2025, 10, 1, 18, 30, tzinfo=UTC)
MUNICH = (48.13743, 11.57549)
HARBOUR = (53.54591, 9.96672)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test gets beyond this machine."""
    only_this_machine(monkeypatch)


def write_run(
    folder: Path,
    start: datetime,
    *,
    place: tuple[float, float] | None = MUNICH,
    hours: float = 1.0,
    watch_c: float | None = None,
    sport: str = "running",
) -> Path:
    """A FIT file of an even run."""
    folder.mkdir(parents=True, exist_ok=True)
    seconds = np.arange(0.0, hours * 3600 + 1, 60.0)
    content = fit_writer.write_activity(
        start_utc=start,
        time_s=seconds,
        sport=sport,
        distance_m=3.0 * seconds,
        latitude_deg=None if place is None else place[0] + seconds * 1e-6,
        longitude_deg=None if place is None else place[1] + seconds * 1e-6,
        temp_watch_c=None if watch_c is None else np.full(seconds.size, watch_c),
        heart_rate_bpm=np.full(seconds.size, 150.0),
    )
    path = folder / f"{start:%Y%m%d%H%M}-{sport}-{0 if place is None else place[0]:.0f}.fit"
    path.write_bytes(content)
    return path


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An empty store of `me`."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        opened.store.add_runner("me", at=NOW)
        yield opened


def with_runs(context: Context, folder: Path, *starts: datetime, **others: Any) -> list[int]:
    """Import a run for each start; ids in order of time."""
    for start in starts:
        write_run(folder, start, **others)
    import_paths(context, [folder], workers=1)
    return [row.activity_id for row in context.store.activities(context.stored_runner())]


def row_of(context: Context, activity_id: int) -> ActivityRow:
    """One stored summary."""
    return context.store.activity_row(context.stored_runner(), activity_id)


def activity_of(context: Context, activity_id: int) -> Activity:
    """One stored activity."""
    return context.store.activity(context.stored_runner(), activity_id)[1]


def client(stub: Stub, slept: list[float] | None = None) -> OpenMeteo:
    """A client of the stub."""
    return OpenMeteo(
        archive_url=f"{stub.url}/archive",
        forecast_url=f"{stub.url}/forecast",
        patience=patience(slept),
    )


def kind_answer(heard: Heard) -> Said:
    """A service that works."""
    return forecast(heard, today=NOW)


def fetched(
    context: Context, answer: Callable[[Heard], Said] = kind_answer
) -> tuple[FetchReport, list[Heard]]:
    """One fetch, and what the service heard."""
    with stub_service(answer) as stub:
        report = fetch_weather(context, client=client(stub))
    return report, stub.heard


def told(context: Context, activity_id: int) -> dict[str, StoredWeather]:
    """Stored weather of a run by source."""
    found = context.store.weather(context.stored_runner()).get(activity_id, [])
    return {one.source: one for one in found}


# ---------------------------------------------------------------- asking


def test_off_means_no_request(context: Context, tmp_path: Path) -> None:
    """Off is how it begins; nothing then asks, and fetching says so."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC))
    with stub_service(kind_answer) as stub:
        asked = client(stub)
        assert not is_on(context)
        with pytest.raises(InputError) as caught:
            fetch_weather(context, client=asked)
        assert caught.value.code == "weather_off"
        assert look_up(context, row_of(context, run), client=asked) is None
        assert best_weather(context, row_of(context, run), activity_of(context, run)) is None
        assert run_weather(context, "last", client=asked).problem is None
        switch(context, on=True)
        switch(context, on=False)
        with pytest.raises(InputError):
            fetch_weather(context, client=asked)
        assert look_up(context, row_of(context, run), client=asked) is None
    assert stub.heard == []


def test_import_and_reading_ask_nobody(context: Context, tmp_path: Path) -> None:
    """Even when it is on: reading the best weather never calls out."""
    switch(context, on=True)
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC))
    assert best_weather(context, row_of(context, run), activity_of(context, run)) is None


def test_one_question_for_a_place_and_a_month(context: Context, tmp_path: Path) -> None:
    """Six runs, three questions, nothing but the rounded place and the days."""
    month = [datetime(2025, 8, day, 7, 30, tzinfo=UTC) for day in (1, 9, 31)]
    with_runs(context, tmp_path / "a", *month)
    with_runs(context, tmp_path / "b", datetime(2025, 7, 31, 20, tzinfo=UTC))
    others = [datetime(2025, 8, day, 17, tzinfo=UTC) for day in (2, 30)]
    runs = with_runs(context, tmp_path / "c", *others, place=HARBOUR)
    switch(context, on=True)
    report, heard = fetched(context)
    assert (report.n_wanted, report.n_saved, report.n_requests) == (6, 6, 3)
    assert (report.left, report.problem, report.n_from_cache) == ({}, None, 0)
    asked = {
        (one.query["latitude"], one.query["longitude"], one.query["start_date"],
         one.query["end_date"])
        for one in heard
    }  # fmt: skip
    assert asked == {
        ("48.1", "11.6", "2025-07-01", "2025-08-03"),
        ("48.1", "11.6", "2025-08-01", "2025-09-03"),
        ("53.5", "10.0", "2025-08-01", "2025-09-03"),
    }
    for one in heard:
        assert one.path == "/archive"
        assert set(one.query) == {"latitude", "longitude", "start_date", "end_date", "hourly",
                                  "wind_speed_unit", "timezone"}  # fmt: skip
        assert one.query["hourly"] == ",".join(HOURLY)
        assert set(one.headers) <= {"Accept-Encoding", "Host", "User-Agent", "Connection"}
        assert one.headers["User-Agent"].startswith("uncramp/")
    assert all(set(told(context, run)) == {"open_meteo"} for run in runs)


def test_what_is_saved(context: Context, tmp_path: Path) -> None:
    """The mean over the run, with its attribution and without a place."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, 30, tzinfo=UTC))
    switch(context, on=True)
    fetched(context)
    found = told(context, run)["open_meteo"]
    assert found.temp_air_c == pytest.approx(28.0)
    assert found.relative_humidity_pct == 60
    assert (found.dew_point_c, found.wind_speed_m_s, found.cloud_cover_pct) == (12.5, 3.6, 25)
    assert found.attribution == ATTRIBUTION
    assert "CC BY 4.0" in found.attribution
    assert "48" not in repr(replace(found, at=NOW, activity_id=0))


def test_a_second_fetch_asks_nothing(context: Context, tmp_path: Path) -> None:
    """Neither about runs that have their weather, nor about a month that is kept."""
    with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC))
    switch(context, on=True)
    fetched(context)
    report, heard = fetched(context)
    assert (report.n_wanted, report.n_saved, heard) == (0, 0, [])
    with_runs(context, tmp_path / "more", datetime(2025, 8, 20, 6, tzinfo=UTC))
    report, heard = fetched(context)
    assert (report.n_saved, report.n_from_cache, report.n_requests, heard) == (1, 1, 0, [])


def test_what_is_kept_serves_another_runner(context: Context, tmp_path: Path) -> None:
    """Weather is everybody's; the runs are not."""
    with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC))
    switch(context, on=True)
    fetched(context)
    with Context(data_dir=context.data_dir, now=NOW, runner="ann") as other:
        import_paths(other, [tmp_path / "in"], workers=1)
        report, heard = fetched(other)
    assert (report.n_saved, report.n_from_cache, heard) == (1, 1, [])


def test_a_spoilt_note_is_asked_again(context: Context, tmp_path: Path) -> None:
    """What is kept is never believed blindly."""
    with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC))
    switch(context, on=True)
    for spoilt in (b"", b"x\n{}", b"2025-10-01T00:00:00+00:00\n{}", b"2025-10-01T00:00:00+00:00\n3",
                   b'2025-10-01T00:00:00+00:00\n{"begins":"2025-08-01","columns":{}}'):  # fmt: skip
        context.store.cache(CACHE_KIND, "48.1,11.6/2025-08", spoilt, at=NOW)
        assert open_meteo.from_bytes(spoilt) is None
    report, heard = fetched(context)
    assert (report.n_saved, len(heard)) == (1, 1)


@pytest.mark.parametrize(
    ("start", "hours", "first", "last"),
    [
        (datetime(2024, 12, 31, 22, 30, tzinfo=UTC), 3.0, "2024-12-01", "2025-01-03"),
        (datetime(2025, 1, 1, 0, 0, tzinfo=UTC), 1.0, "2025-01-01", "2025-02-03"),
        (datetime(2024, 2, 29, 23, 30, tzinfo=UTC), 1.0, "2024-02-01", "2024-03-03"),
        (datetime(2025, 9, 24, 23, 10, tzinfo=UTC), 0.5, "2025-09-01", "2025-09-25"),
    ],
)
def test_months_around_midnight(
    context: Context, tmp_path: Path, start: datetime, hours: float, first: str, last: str
) -> None:
    """A run across the end of a month or year needs one question, and has its own hours."""
    (run,) = with_runs(context, tmp_path / "in", start, hours=hours)
    switch(context, on=True)
    report, (heard,) = fetched(
        context, lambda one: forecast(one, today=NOW, value=lambda hour: (hour - start).days + 5.0)
    )
    assert report.n_saved == 1
    assert (heard.query["start_date"], heard.query["end_date"]) == (first, last)
    found = told(context, run)["open_meteo"].temp_air_c
    assert found is not None
    assert 4.0 <= found <= 5.0


def test_the_last_days_come_from_the_forecast(context: Context, tmp_path: Path) -> None:
    """The archive is days late; the question then holds no day at all."""
    starts = [datetime(2025, 9, 26, 6, tzinfo=UTC), datetime(2025, 10, 1, 6, tzinfo=UTC)]
    with_runs(context, tmp_path / "in", *starts)
    switch(context, on=True)
    report, (heard,) = fetched(context)
    assert report.n_saved == 2
    assert heard.path == "/forecast"
    assert "start_date" not in heard.query
    assert (heard.query["past_days"], heard.query["forecast_days"]) == ("10", "2")


def test_an_old_forecast_does_not_serve_a_newer_run(context: Context, tmp_path: Path) -> None:
    """What was ahead when it was asked is asked again once it has been."""
    with_runs(context, tmp_path / "in", datetime(2025, 9, 30, 6, tzinfo=UTC))
    switch(context, on=True)
    fetched(context)
    later = replace(context, now=NOW + timedelta(hours=12))
    with_runs(context, tmp_path / "new", datetime(2025, 10, 1, 20, tzinfo=UTC))
    with later:
        report, heard = fetched(later)
    assert (report.n_saved, len(heard)) == (1, 1)


def test_the_month_that_is_not_over(context: Context, tmp_path: Path) -> None:
    """Is asked again only for runs beyond what was there."""
    early = replace(context, now=datetime(2025, 9, 16, 9, tzinfo=UTC))
    with_runs(context, tmp_path / "in", datetime(2025, 9, 2, 6, tzinfo=UTC))
    switch(context, on=True)
    with early:
        _, (heard,) = fetched(early)
    assert heard.query["end_date"] == "2025-09-10"
    with_runs(context, tmp_path / "b", datetime(2025, 9, 3, 6, tzinfo=UTC))
    assert fetched(context)[1] == []
    with_runs(context, tmp_path / "c", datetime(2025, 9, 20, 6, tzinfo=UTC))
    _, (heard,) = fetched(context)
    assert heard.query["end_date"] == "2025-09-25"


def test_hours_without_a_value(context: Context, tmp_path: Path) -> None:
    """Give no weather, are counted, and are asked again another day."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 9, 24, 6, tzinfo=UTC))
    switch(context, on=True)
    late = datetime(2025, 9, 24, tzinfo=UTC)
    report, _ = fetched(
        context, lambda one: forecast(one, today=NOW, value=lambda h: None if h > late else 9.0)
    )
    assert (report.n_saved, report.left, report.problem) == (0, {"no_values": 1}, None)
    assert told(context, run) == {}
    report, heard = fetched(context)
    assert (report.n_saved, len(heard)) == (1, 1)


def test_runs_that_cannot_be_asked_about(context: Context, tmp_path: Path) -> None:
    """Each is counted with its reason; nothing is sent."""
    folder = tmp_path / "in"
    write_run(folder, datetime(2025, 8, 1, 7, tzinfo=UTC), place=None)
    write_run(folder, datetime(2025, 8, 2, 7, tzinfo=UTC), place=(0.0, 0.0))
    write_run(folder, datetime(2025, 10, 1, 18, tzinfo=UTC))
    write_run(folder, datetime(2025, 8, 4, 7, tzinfo=UTC), hours=49)
    write_run(folder, datetime(2025, 8, 8, 7, tzinfo=UTC), sport="cycling")
    import_paths(context, [folder], workers=1)
    switch(context, on=True)
    report, heard = fetched(context)
    assert report.left == {"no_place": 2, "future": 1, "too_long": 1}
    assert (report.n_wanted, heard) == (4, [])
    for reason in report.left:
        assert text(f"weather.left.{reason}")


def test_an_excluded_run_is_not_asked_about(context: Context, tmp_path: Path) -> None:
    """Nor is one before the day that was named."""
    runs = with_runs(
        context, tmp_path / "in", *(datetime(2025, month, 3, 7, tzinfo=UTC) for month in (5, 6, 7))
    )
    context.store.set_excluded(context.stored_runner(), runs[1], True)
    switch(context, on=True)
    with stub_service(kind_answer) as stub:
        report = fetch_weather(context, since=date(2025, 6, 1), client=client(stub))
    assert (report.n_wanted, report.n_saved) == (1, 1)
    assert set(told(context, runs[2])) == {"open_meteo"}


# ---------------------------------------------------------------- when it goes wrong


def three_months(context: Context, folder: Path) -> list[int]:
    """Three runs that need three questions."""
    switch(context, on=True)
    return with_runs(
        context, folder, *(datetime(2025, month, 3, 7, tzinfo=UTC) for month in (5, 6, 7))
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(b"", status=500), "service_failing"),
        (Said(b"", status=429), "service_busy"),
        (Said(b'{"hou', claimed_length=99), "service_unreachable"),
    ],
)
def test_a_service_that_goes_away(context: Context, tmp_path: Path, said: Said, code: str) -> None:
    """What came stays, the rest is counted, and the next call goes on from there."""
    runs = three_months(context, tmp_path / "in")
    report, heard = fetched(
        context, lambda one: said if one.query["start_date"] > "2025-06" else kind_answer(one)
    )
    assert report.problem is not None
    assert report.problem.code == code
    assert (report.n_saved, report.n_requests) == (1, 2)
    assert report.left == {"no_answer": 1, "not_asked": 1}
    assert len(heard) == 5
    assert [bool(told(context, run)) for run in runs] == [True, False, False]
    report, heard = fetched(context)
    assert (report.n_saved, len(heard), report.problem) == (2, 2, None)


@pytest.mark.parametrize(
    "said",
    [
        Said(b"{ broken"),
        Said(b"<html>Log in to the hotel</html>", kind="text/html"),
        Said(b'{"error":true,"reason":"Parameter out of range"}', status=400),
    ],
)
def test_one_bad_answer_is_not_the_end(context: Context, tmp_path: Path, said: Said) -> None:
    """The others are asked all the same; nothing of it is kept."""
    runs = three_months(context, tmp_path / "in")
    report, heard = fetched(
        context,
        lambda one: said if one.query["start_date"] == "2025-06-01" else kind_answer(one),
    )
    assert report.problem is not None
    assert (report.n_saved, len(heard), report.left) == (2, 3, {"no_answer": 1})
    assert [bool(told(context, run)) for run in runs] == [True, False, True]
    assert context.store.cached(CACHE_KIND, "48.1,11.6/2025-06") is None


def test_a_service_of_nonsense_is_left_alone(context: Context, tmp_path: Path) -> None:
    """After three bad answers."""
    switch(context, on=True)
    with_runs(context, tmp_path / "in", *(datetime(2025, m, 3, 7, tzinfo=UTC) for m in range(1, 7)))
    report, heard = fetched(context, lambda _: Said(b"[]"))
    assert (len(heard), report.left) == (3, {"no_answer": 3, "not_asked": 3})


def test_interrupted_and_taken_up_again(context: Context, tmp_path: Path) -> None:
    """Ctrl-C between two questions loses nothing."""
    three_months(context, tmp_path / "in")

    def stop(*, done: int, total: int) -> None:
        assert total == 3
        if done == 2:
            raise KeyboardInterrupt

    with stub_service(kind_answer) as stub:
        with pytest.raises(KeyboardInterrupt):
            fetch_weather(context, client=client(stub), progress=stop)
        report = fetch_weather(context, client=client(stub))
    assert report.n_saved == 1
    assert len(stub.heard) == 3


def test_progress_is_told(context: Context, tmp_path: Path) -> None:
    """Before each question and at the end."""
    three_months(context, tmp_path / "in")
    seen = []
    with stub_service(kind_answer) as stub:
        fetch_weather(
            context,
            client=client(stub),
            progress=lambda *, done, total: seen.append((done, total)),
        )
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


# ---------------------------------------------------------------- which source counts


def save(context: Context, run: int, source: Any, temp_air_c: float | None) -> None:
    """Weather of one source."""
    context.store.save_weather(
        context.stored_runner(),
        StoredWeather(
            activity_id=run,
            source=source,
            temp_air_c=temp_air_c,
            relative_humidity_pct=50.0,
            attribution={"archive": "strava", "open_meteo": ATTRIBUTION}.get(source, ""),
            at=NOW,
        ),
    )


def test_the_order_of_sources(context: Context, tmp_path: Path) -> None:
    """Typed, archive, Open-Meteo, watch; whatever lacks a temperature is passed over."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC), watch_c=31.0)
    row, activity = row_of(context, run), activity_of(context, run)

    def best() -> Weather:
        found = best_weather(context, row, activity)
        assert found is not None
        return found

    assert best().source == "watch"
    assert best().temp_air_c == pytest.approx(31.0)
    assert best().assumed == ("watch_temperature",)
    assert best().relative_humidity_pct is None
    for source, temp_air_c in (("open_meteo", 22.0), ("archive", 23.0), ("typed", 24.0)):
        save(context, run, source, None)
        assert best().source != source
        save(context, run, source, temp_air_c)
        assert (best().source, best().temp_air_c, best().assumed) == (source, temp_air_c, ())
        assert best().because == (f"weather.because.{source}",)
        line = used_line(best(), units="metric")
        assert line.startswith(f"Weather: {temp_air_c:.0f} °C, humidity 50 %. ")
        assert (ATTRIBUTION in line) == (source == "open_meteo")
    found = run_weather(context, "last")
    assert [one.source for one in found.others] == ["archive", "open_meteo", "watch"]


def test_two_sources_are_never_mixed(context: Context, tmp_path: Path) -> None:
    """Typed without humidity stays without humidity."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC))
    save(context, run, "open_meteo", 22.0)
    found = set_weather(context, str(run), TypedWeather(temp_air_c=27.0))
    assert found.best is not None
    assert (found.best.temp_air_c, found.best.relative_humidity_pct) == (27.0, None)


def test_a_run_with_better_weather_is_not_asked_about(context: Context, tmp_path: Path) -> None:
    """Typed or from the archive; what the watch felt does not count for that."""
    runs = with_runs(
        context, tmp_path / "in", *(datetime(2025, 8, day, 7, tzinfo=UTC) for day in (1, 2, 3))
    )
    for run, source in zip(runs, ("typed", "archive", "watch"), strict=True):
        save(context, run, source, 20.0)
    switch(context, on=True)
    report, _ = fetched(context)
    assert (report.n_wanted, report.n_saved) == (1, 1)
    assert set(told(context, runs[2])) == {"open_meteo", "watch"}


def test_asking_about_one_run(context: Context, tmp_path: Path) -> None:
    """When it is on and nothing better is known; once."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, 30, tzinfo=UTC))
    switch(context, on=True)
    row, activity = row_of(context, run), activity_of(context, run)
    with stub_service(kind_answer) as stub:
        for _ in range(3):
            assert look_up(context, row, client=client(stub)) is None
            found = best_weather(context, row, activity)
            assert found is not None
            assert (found.source, found.attribution) == ("open_meteo", ATTRIBUTION)
            assert found.temp_air_c == pytest.approx(28.0)
    assert len(stub.heard) == 1


def test_asking_about_one_run_in_vain(context: Context, tmp_path: Path) -> None:
    """Is no error for `why`; the next source counts, and `weather` says what went wrong."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC), watch_c=30.0)
    switch(context, on=True)
    with stub_service(lambda _: Said(b"", status=500)) as stub:
        asked = client(stub)
        problem = look_up(context, row_of(context, run), client=asked)
        assert problem is not None
        assert problem.code == "service_failing"
        found = best_weather(context, row_of(context, run), activity_of(context, run))
        assert found is not None
        assert found.source == "watch"
        about = run_weather(context, "last", client=asked)
    assert about.problem is not None
    assert about.problem.code == "service_failing"


def test_typed_can_be_taken_back(context: Context, tmp_path: Path) -> None:
    """And then the next source counts again."""
    (run,) = with_runs(context, tmp_path / "in", datetime(2025, 8, 3, 7, tzinfo=UTC))
    save(context, run, "archive", 19.0)
    set_weather(context, "last", TypedWeather(temp_air_c=27.0, relative_humidity_pct=70.0))
    found = forget_typed(context, "last")
    assert found.best is not None
    assert (found.best.source, found.others) == ("archive", ())


def test_the_state(context: Context, tmp_path: Path) -> None:
    """Counts each run once, under the source that counts."""
    runs = with_runs(
        context, tmp_path / "in", *(datetime(2025, 8, day, 7, tzinfo=UTC) for day in (1, 2, 3))
    )
    save(context, runs[0], "open_meteo", 20.0)
    save(context, runs[0], "typed", 21.0)
    save(context, runs[1], "open_meteo", 20.0)
    state = weather_state(context)
    assert (state.is_on, state.n_runs) == (False, 3)
    assert state.by_source == {"typed": 1, "open_meteo": 1}


def test_an_unknown_run_or_runner(context: Context) -> None:
    """Is said, and nothing is asked."""
    with pytest.raises(NotFoundError):
        run_weather(context, "77")
    with Context(data_dir=context.data_dir, now=NOW, runner="nobody") as other:
        switch(other, on=True)
        with pytest.raises(NotFoundError):
            fetch_weather(other)


# ---------------------------------------------------------------- typed


@pytest.mark.parametrize(
    ("given_text", "temp_air_c", "humidity"),
    [
        ("24C 60%", 24.0, 60.0),
        ("24 °C, 60 %", 24.0, 60.0),
        ("75F 60%", 23.888889, 60.0),
        ("75f,60%", 23.888889, 60.0),
        ("60% 24c", 24.0, 60.0),
        ("24C60%", 24.0, 60.0),
        ("24,5C", 24.5, None),
        ("-3.5C / 90,5%", -3.5, 90.5),
        ("−3C", -3.0, None),
        ("  0C  100%  ", 0.0, 100.0),
    ],
)
def test_weather_as_people_type_it(
    given_text: str, temp_air_c: float, humidity: float | None
) -> None:
    """With units, in any order, with a point or a comma."""
    typed = parsed_weather(given_text)
    assert typed.temp_air_c == pytest.approx(temp_air_c)
    assert typed.relative_humidity_pct == humidity


@pytest.mark.parametrize(
    "given_text",
    ["", "24", "24 60", "24,60", "24,60%", "60%", "24C 60", "24C 101%", "24C 0%", "61C", "-61C",
     "200F", "24C 25C", "24C 50% 60%", "warm", "24C nice", "24Celsius", "24C; rm", "nanC", "1e3C",
     "24C 60% 3"],
)  # fmt: skip
def test_weather_that_is_not_guessed_at(given_text: str) -> None:
    """A number without a unit, too much, too little, or beyond what can be run in."""
    with pytest.raises(InputError) as caught:
        parsed_weather(given_text)
    assert caught.value.code == "bad_weather"


@given(st.text(max_size=20))
def test_no_text_ends_in_a_traceback(given_text: str) -> None:
    """Understood, or refused."""
    try:
        temp_air_c, code = parsed_weather(given_text).temp_air_c, "bad_weather"
    except InputError as error:
        temp_air_c, code = 0.0, error.code
    assert -60 <= temp_air_c <= 60
    assert code == "bad_weather"


# ---------------------------------------------------------------- the command


@pytest.fixture
def command(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """`uncramp …` on a store with two runs, and a stub in the place of Open-Meteo."""
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)
    write_run(tmp_path / "in", datetime(2025, 8, 1, 7, 30, tzinfo=UTC), watch_c=29.0)
    write_run(tmp_path / "in", datetime(2025, 8, 8, 7, 30, tzinfo=UTC), place=None)
    with stub_service(kind_answer) as stub:
        monkeypatch.setattr(open_meteo, "OpenMeteo", lambda: client(stub))
        monkeypatch.setattr(weather_action, "OpenMeteo", lambda **_: client(stub))

        def run(*arguments: str) -> tuple[int, str, str]:
            code = main(list(arguments))
            captured = capsys.readouterr()
            return code, captured.out, captured.err

        assert run("import", str(tmp_path / "in"), "--workers", "1")[0] == 0
        run.stub = stub  # type: ignore[attr-defined]
        yield run


def test_the_command_from_off_to_off(command: Any) -> None:
    """Says first what is sent; asks; shows; keeps; and stops."""
    code, out, _ = command("weather")
    assert code == 0
    assert "off. Nothing is sent" in out
    code, _, err = command("weather", "--fetch")
    assert code == 2
    assert "uncramp weather --on" in err
    code, out, _ = command("weather", "--on")
    assert code == 0
    assert out.index("0.1 degree") < out.index("It is on now")
    assert command.stub.heard == []
    code, out, _ = command("weather", "--fetch")
    assert code == 0
    assert "Weather for 1 of 2 runs" in out
    assert "no position" in out
    assert len(command.stub.heard) == 1
    code, out, _ = command("weather", "1")
    assert (code, "28 °C, humidity 60 %" in out, ATTRIBUTION in out) == (0, True, True)
    code, out, _ = command("weather", "1", "--units", "imperial")
    assert "82 °F, humidity 60 %, dew point 54 °F, wind 8 mph, clouds 25 %" in " ".join(out.split())
    code, out, _ = command("weather", "--off")
    assert (code, "Nothing is sent any more" in out) == (0, True)
    assert command("weather", "2")[0] == 0
    assert len(command.stub.heard) == 1


def test_the_command_types(command: Any) -> None:
    """`--set`, `--unset`, and what the watch felt with its warning."""
    code, out, _ = command("weather", "1", "--json")
    data = json.loads(out)
    assert (code, data["schema"], data["data"]["weather"]["source"]) == (
        0, "uncramp.weather/1", "watch",
    )  # fmt: skip
    assert "wrist" in data["warnings"][0]
    code, out, _ = command("weather", "1", "--set", "75F 60%")
    assert (code, "24 °C, humidity 60 %" in out, "29 °C" in out) == (0, True, True)
    code, out, _ = command("weather", "1", "--set", "24C")
    assert "Humidity is not known" in out
    code, out, _ = command("weather", "1", "--unset", "--json")
    assert json.loads(out)["data"]["weather"]["source"] == "watch"
    code, out, _ = command("weather", "--set", "20C 50%", "--json")
    assert json.loads(out)["data"]["run"] == 2
    assert command.stub.heard == []


def test_the_command_refuses(command: Any) -> None:
    """What does not go together, or cannot be understood; nothing is stored."""
    for arguments in (("1", "--on"), ("--on", "--off"), ("--fetch", "1"), ("--since", "2025-01-01"),
                      ("1", "--set", "hot"), ("1", "--set", "2C", "--unset"),
                      ("--fetch", "--since", "soon")):  # fmt: skip
        code, _, err = command("weather", *arguments)
        assert (code, "Traceback" in err) == (2, False), arguments
    assert command("weather", "99")[0] == 1


def test_the_command_without_an_answer(command: Any) -> None:
    """Says why and what to do; exit code 1 when nothing came."""
    command("weather", "--on", "--json")
    command.stub.answer = lambda _: Said(b"", status=503)
    code, out, _ = command("weather", "--fetch")
    assert code == 1
    assert "trouble of its own" in out
    code, out, _ = command("weather", "--fetch", "--json")
    data = json.loads(out)
    assert (data["data"]["problem"], len(data["warnings"])) == ("service_failing", 1)
    code, out, _ = command("weather", "1")
    assert (code, "29 °C" in out, "Not looked up" in out) == (0, True, True)


def test_on_asks_on_a_terminal(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it has said what is sent; anything but yes leaves it off."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    code, out, _ = command("weather", "--on")
    assert (code, "0.1 degree" in out, "Left off" in out) == (1, True, True)
    assert "off. Nothing is sent" in command("weather")[1]
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert command("weather", "--on")[0] == 0
    assert "Open-Meteo): on." in command("weather")[1]


def test_no_place_is_shown_or_told(command: Any, data_dir: Path) -> None:
    """Neither in an answer nor in the weather that is stored."""
    command("weather", "--on")
    shown = ""
    for arguments in (("--fetch",), ("--fetch", "--json"), ("1",), ("1", "--json"), ()):
        _, out, err = command("weather", *arguments)
        shown += out + err
    for place in ("48.1", "11.5", "11.6", "48,1"):
        assert place not in shown


def test_why_uses_the_weather(command: Any) -> None:
    """Off: nobody is asked. On: asked once, with the attribution. What was typed wins."""
    code, out, err = command("why", "1", "--json")
    assert code == 0, err
    assert json.loads(out)["data"]["weather"] is None
    assert command.stub.heard == []
    command("weather", "--on")
    code, out, _ = command("why", "1", "--json")
    assert json.loads(out)["data"]["weather"]["temp_air_c"] == pytest.approx(28.0)
    assert len(command.stub.heard) == 1
    answers = [f"--answer=danger_{name}=none" for name in ("body", "feel", "limb")]
    code, out, _ = command("why", "1", *answers)
    assert code == 0
    assert ATTRIBUTION in " ".join(out.split())
    assert len(command.stub.heard) == 1
    command("weather", "1", "--set", "12C 50%")
    code, out, _ = command("why", "1", "--json")
    assert json.loads(out)["data"]["weather"]["source"] == "typed"
