"""People: names, profiles, and the dated clearance of stops and locks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta, timezone
from pathlib import Path

import pytest

from store_support import NOW, use_made_up_format, write_runs
from uncramp.actions.context import Context
from uncramp.actions.importing import import_paths
from uncramp.actions.runners import (
    add_runner,
    clear_flag,
    list_runners,
    overview,
    show_runner,
)
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.runs import (
    cleared_data,
    cleared_lines,
    overview_data,
    overview_lines,
    runner_data,
    runner_lines,
    runner_option,
    runners_lines,
)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """The runner `me`, without anything."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        opened.store.add_runner("me", at=NOW)
        yield opened


def raise_flags(
    context: Context, *, stops: tuple[str, ...] = (), locks: tuple[str, ...] = ()
) -> None:
    """Open flags of the context's runner."""
    for flag_id in stops:
        context.store.open_flag(context.stored_runner(), flag_id=flag_id, kind="stop", at=NOW)
    for flag_id in locks:
        context.store.open_flag(context.stored_runner(), flag_id=flag_id, kind="lock", at=NOW)


def test_a_runner_is_added_with_what_is_known(context: Context) -> None:
    """What was not said is a dash for people and null for scripts."""
    profile = UserProfile(sex=Sex.FEMALE, body_mass_kg=61.0)
    summary = add_runner(context, name="Ann-Marie O'Neil", profile=profile)
    data = plain(runner_data(summary))
    assert data["profile"] == {
        "sex": "female",
        "age_y": None,
        "height_cm": None,
        "body_mass_kg": 61.0,
    }
    lines = "\n".join(runner_lines(summary, units="metric"))
    assert "61 kg" in lines
    assert "–" in lines
    assert [one.runner.name for one in list_runners(context)] == ["Ann-Marie O'Neil", "me"]


@pytest.mark.parametrize(
    "name", ["", " ann", "ann@example.org", "../ann", "-ann", "a\nb", "x" * 65, "\u202eann"]
)
def test_names_that_cannot_be_used(context: Context, name: str) -> None:
    """No address, no path, nothing that could be taken for an option or hide text."""
    with pytest.raises(InputError, match="bad_runner_name"):
        add_runner(context, name=name, profile=UserProfile())


@pytest.mark.parametrize(
    "profile",
    [UserProfile(age_y=-1.0), UserProfile(height_cm=1.75), UserProfile(body_mass_kg=float("nan"))],
)
def test_a_profile_nobody_can_have(context: Context, profile: UserProfile) -> None:
    """A height in metres is caught, and not a number is not a mass."""
    with pytest.raises(InputError, match="bad_number"):
        add_runner(context, name="ann", profile=profile)
    assert [one.runner.name for one in list_runners(context)] == ["me"]


def test_an_open_flag_is_shown_first_and_says_how_it_is_closed(context: Context) -> None:
    """Stops before locks, by their names, before any other line about the runner."""
    raise_flags(context, locks=("minor",), stops=("dvt",))
    lines = list(runner_lines(show_runner(context), units="metric"))
    assert lines[1].startswith("  STOP")
    assert "(dvt)" in lines[1]
    assert "(minor)" in lines[2]
    assert "--seen-clinician" in lines[3]
    assert any("2" in line for line in runners_lines(list_runners(context)))


def test_a_dated_clearance_closes_one_flag(context: Context) -> None:
    """The others stay open and are told."""
    raise_flags(context, stops=("dvt",), locks=("minor",))
    cleared = clear_flag(context, reference="dvt", seen_clinician=NOW.date(), note="scan clear")
    assert [flag.flag_id for flag in cleared.still_open] == ["minor"]
    assert plain(cleared_data(cleared))["cleared_on"] == "2025-10-01"
    assert "(minor)" in "\n".join(cleared_lines(cleared))
    (kept,) = show_runner(context).cleared_flags
    assert (kept.flag_id, kept.clearance_note) == ("dvt", "scan clear")


def test_a_clearance_cannot_be_in_the_future(context: Context) -> None:
    """Today is today where the runner is."""
    raise_flags(context, locks=("minor",))
    tomorrow = NOW.date() + timedelta(days=1)
    with pytest.raises(InputError, match="date_in_future"):
        clear_flag(context, reference="minor", seen_clinician=tomorrow, note=None)
    east = Context(data_dir=context.data_dir, now=NOW.astimezone(timezone(timedelta(hours=10))))
    with east:
        cleared = clear_flag(east, reference="minor", seen_clinician=tomorrow, note=None)
    assert cleared.cleared_on == tomorrow


def test_a_visit_before_the_stop_does_not_clear_it(context: Context) -> None:
    """An old visit says nothing of what happened since; a lock may have been cleared long ago."""
    raise_flags(context, stops=("dvt",), locks=("pregnancy",))
    long_ago = date(2025, 1, 1)
    with pytest.raises(InputError, match="clearance_before_stop"):
        clear_flag(context, reference="dvt", seen_clinician=long_ago, note=None)
    cleared = clear_flag(context, reference="pregnancy", seen_clinician=long_ago, note=None)
    assert cleared.cleared_on == long_ago


def test_an_unknown_flag_names_the_open_ones(context: Context) -> None:
    """Nothing is closed by a typing mistake."""
    raise_flags(context, locks=("minor",))
    with pytest.raises(NotFoundError) as unknown:
        clear_flag(context, reference="mnior", seen_clinician=NOW.date(), note=None)
    assert unknown.value.values == {"flag": "mnior", "open": "lock:minor"}


def test_a_stop_and_a_lock_of_one_name_are_cleared_apart(context: Context) -> None:
    """A visit about new cramps settles the stop, not the medicine that is still taken."""
    raise_flags(context, stops=("medication",), locks=("medication",))
    with pytest.raises(InputError, match="ambiguous_flag"):
        clear_flag(context, reference="medication", seen_clinician=NOW.date(), note=None)
    cleared = clear_flag(context, reference="stop:medication", seen_clinician=NOW.date(), note=None)
    assert [(flag.kind, flag.flag_id) for flag in cleared.still_open] == [("lock", "medication")]


def test_the_overview_makes_no_store(tmp_path: Path) -> None:
    """Looking is not storing; the last line is the first thing to do."""
    with Context(data_dir=tmp_path / "data", now=NOW) as context:
        result = overview(context)
    lines = list(overview_lines(result, units="metric"))
    assert "uncramp import" in lines[-1]
    assert plain(overview_data(result)) == {"runner": None, "known": []}
    assert not (tmp_path / "data").exists()


def test_the_overview_names_the_next_step(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Import, then `why last`; an open stop comes before both."""
    use_made_up_format(monkeypatch)
    assert "uncramp import" in list(overview_lines(overview(context), units="metric"))[-1]
    import_paths(context, [write_runs(tmp_path / "in", {})])
    lines = list(overview_lines(overview(context), units="metric"))
    assert lines[-1].endswith("uncramp why last")
    raise_flags(context, stops=("dvt",))
    assert "clinician" in list(overview_lines(overview(context), units="metric"))[-1]
    other = Context(data_dir=context.data_dir, now=NOW, runner="ann lee")
    with other:
        lines = list(overview_lines(overview(other), units="metric"))
    assert any("Known: me" in line for line in lines)
    assert '--runner "ann lee"' in lines[-1]


def test_commands_name_the_runner_when_it_is_not_the_default() -> None:
    """As a shell takes it."""
    assert runner_option("me") == ""
    assert runner_option("ann_1") == " --runner ann_1"
    assert runner_option("ann lee") == ' --runner "ann lee"'


def test_a_profile_under_18_opens_the_lock_at_once(context: Context) -> None:
    """`now` reads stored flags only, so the lock must be there before the first question."""
    add_runner(context, name="kid", profile=UserProfile(age_y=16.0))
    add_runner(context, name="grown", profile=UserProfile(age_y=18.0))
    opened = {
        name: [flag.flag_id for flag in context.store.open_flags(context.store.runner(name))]
        for name in ("kid", "grown")
    }
    assert opened == {"kid": ["minor"], "grown": []}
