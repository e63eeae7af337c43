"""Stored runs as training sees them: what counts, with heat, cramps and races. Made-up data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from store_support import NOW, use_made_up_format, write_runs
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.trained_runs import trained_runs
from uncramp.models.wbgt import wbgt_approximation_abm
from uncramp.store.rows import CrampMark, StoredWeather, WeatherSource

TWENTY = wbgt_approximation_abm(temp_air_c=20.0, relative_humidity_pct=50.0)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """Three plain runs of `me`, a ride, a run nobody ran, and one without a distance."""
    use_made_up_format(monkeypatch)
    folder = write_runs(
        tmp_path / "in",
        {"start_utc": "2025-08-20T07:00:00+00:00", "distance_m": 21_100.0, "elapsed_s": 7000.0},
        {"start_utc": "2025-07-07T07:00:00+00:00", "distance_m": 9_000.0, "elapsed_s": 3000.0},
        {"start_utc": "2025-09-01T22:30:00+00:00", "utc_offset_s": 7200},
        {"start_utc": "2025-09-09T07:00:00+00:00", "sport": "cycling", "distance_m": 50_000.0},
        {"start_utc": "2025-09-10T07:00:00+00:00", "distance_m": 50_000.0, "elapsed_s": 3600.0},
        {"start_utc": "2025-09-12T07:00:00+00:00", "distance_m": None},
    )
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        import_paths(opened, [folder])
        yield opened


def tell(context: Context, run: int, source: WeatherSource, degrees: float | None) -> None:
    """Weather of a run from one source."""
    told = StoredWeather(
        activity_id=run,
        source=source,
        temp_air_c=degrees,
        relative_humidity_pct=None if degrees is None else 50.0,
        at=NOW,
    )
    context.store.save_weather(context.stored_runner(), told)


def test_what_counts_comes_oldest_first_on_its_own_day(context: Context) -> None:
    """The local day; a ride, an impossible run and one without distance are left out."""
    runs = trained_runs(context)
    assert [(one.day, one.distance_m) for one in runs] == [
        (date(2025, 7, 7), 9_000.0),
        (date(2025, 8, 20), 21_100.0),
        (date(2025, 9, 2), 5_000.0),
    ]
    assert (runs[0].moving_s, runs[0].run_id is None) == (3000.0, False)


def test_what_is_not_known_stays_none(context: Context) -> None:
    """No heights, no weather, no word about cramps: None, never 0. A steady heart drifts by 0."""
    run = trained_runs(context)[0]
    assert (run.mean_heart_rate_bpm, run.ascent_m, run.descent_m) == (150.0, None, None)
    assert (run.steep_descent_m, run.level_speed_m_s, run.decoupling_pct) == (None, None, 0.0)
    assert (run.wbgt_c, run.cramped, run.is_race) == (None, None, False)
    assert "10km" not in run.fastest_s


def test_a_run_that_is_excluded_trains_nothing(context: Context) -> None:
    """The runner's word against a glitch."""
    first, second, _ = trained_runs(context)
    assert first.run_id is not None
    context.store.set_excluded(context.stored_runner(), first.run_id, True)
    assert second == trained_runs(context)[0]


def test_heat_is_of_the_best_source_and_never_of_the_wrist(context: Context) -> None:
    """What was typed goes before the archive; half a word is passed over; a watch is no weather."""
    one, two, three = (run.run_id for run in trained_runs(context))
    assert one is not None
    assert two is not None
    assert three is not None
    tell(context, one, "archive", 35.0)
    tell(context, one, "typed", 20.0)
    tell(context, two, "typed", None)
    tell(context, two, "open_meteo", 20.0)
    tell(context, three, "watch", 31.0)
    assert [run.wbgt_c for run in trained_runs(context)] == [TWENTY, TWENTY, None]


def test_cramps_are_as_the_diary_has_them(context: Context) -> None:
    """Yes, no; and not known when nobody remembers."""
    one, two, three = (run.run_id for run in trained_runs(context))
    runner = context.stored_runner()
    for run, said in ((one, "yes"), (two, "no"), (three, "dont_remember")):
        assert run is not None
        mark = CrampMark(activity_id=run, cramped=said, at=NOW)  # type: ignore[arg-type]
        context.store.save_mark(runner, mark)
    assert [run.cramped for run in trained_runs(context)] == [True, False, None]


def test_somebody_without_runs_has_trained_nothing(context: Context) -> None:
    """An empty list, no error."""
    context.store.add_runner("ann", at=NOW)
    with Context(data_dir=context.data_dir, now=NOW, runner="ann") as other:
        assert trained_runs(other) == ()
