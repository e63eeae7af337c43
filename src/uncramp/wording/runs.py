"""Stored activities and runners, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import messages, text
from uncramp.wording.quantities import (
    MISSING,
    Units,
    body_mass,
    distance,
    duration,
    heart_rate,
    pace,
    volume,
)

if TYPE_CHECKING:
    from uncramp.actions.runners import ClearedFlag, Overview, RunnerSummary
    from uncramp.actions.runs import RunDetails
    from uncramp.store.rows import ActivityRow, FlagRow

__all__ = [
    "cleared_data",
    "cleared_lines",
    "details_data",
    "details_lines",
    "flag_name",
    "flag_text",
    "overview_data",
    "overview_lines",
    "run_data",
    "run_line",
    "run_name",
    "runner_data",
    "runner_lines",
    "runner_option",
    "runners_lines",
    "runs_lines",
    "when",
]


def flag_text(code: str) -> str:
    """What a quality flag says, in words; its code when there are none."""
    return messages("flag").get(f"flag.{code}", code)


def flag_name(flag: FlagRow) -> str:
    """The name of a stop or a lock; its id when it has none."""
    return messages(flag.kind).get(f"{flag.kind}.{flag.flag_id}.name", flag.flag_id)


def when(row: ActivityRow) -> str:
    """Day and minute of the start, on the clock of the place where the file knows it, else UTC."""
    if row.start_utc is None:
        return text("runs.no_time")
    if row.utc_offset_s is None:
        return f"{row.start_utc:%Y-%m-%d %H:%M}Z"
    return f"{row.start_utc + timedelta(seconds=row.utc_offset_s):%Y-%m-%d %H:%M} "


def run_data(row: ActivityRow) -> dict[str, Any]:
    """One activity of `uncramp runs --json`."""
    return {
        "id": row.activity_id,
        "start_utc": row.start_utc,
        "utc_offset_s": row.utc_offset_s,
        "sport": row.sport,
        "sub_sport": row.sub_sport,
        "session_index": row.session_index,
        "distance_m": row.distance_m,
        "elapsed_s": row.elapsed_s,
        "moving_s": row.moving_s,
        "ascent_m": row.ascent_m,
        "descent_m": row.descent_m,
        "n_records": row.n_records,
        "mean_heart_rate_bpm": row.mean_heart_rate_bpm,
        "reported_sweat_loss_l": row.reported_sweat_loss_l,
        "device": row.device,
        "flags": [flag.code for flag in row.flags],
        "source_file": row.source_file,
        "file_format": row.file_format,
    }


def run_line(row: ActivityRow, *, units: Units) -> str:
    """One activity in one line of a table, under 80 columns."""
    time = duration(row.moving_s if row.moving_s is not None else row.elapsed_s)
    return " ".join(
        (
            f"{row.activity_id:>5}",
            f"{when(row):<17}",
            f"{row.sport[:11]:<11}",
            f"{distance(row.distance_m, units=units):>9}",
            f"{time:>8}",
            f"{run_pace(row, units=units):>9}",
            f"{heart_rate(row.mean_heart_rate_bpm):>4}",
            text("runs.flagged_mark") if row.flags else "",
        )
    ).rstrip()


def run_name(row: ActivityRow, *, units: Units) -> str:
    """One activity in a few words to recognise it by."""
    return text(
        "runs.name",
        sport=sport_name(row),
        when=when(row).strip(),
        distance=distance(row.distance_m, units=units),
        moving=duration(row.moving_s if row.moving_s is not None else row.elapsed_s),
    )


def run_pace(row: ActivityRow, *, units: Units) -> str:
    """Mean moving pace of what is done on foot."""
    on_foot = row.sport in {"running", "walking", "hiking"}
    return pace(row.distance_m, row.moving_s, units=units) if on_foot else ""


def table_head() -> str:
    """The line above `run_line`."""
    return " ".join(
        (
            f"{text('runs.head.id'):>5}",
            f"{text('runs.head.start'):<17}",
            f"{text('runs.head.sport'):<11}",
            f"{text('runs.head.distance'):>9}",
            f"{text('runs.head.time'):>8}",
            f"{text('runs.head.pace'):>9}",
            f"{text('runs.head.heart_rate'):>4}",
        )
    )


def runs_lines(rows: Sequence[ActivityRow], *, runner: str, units: Units) -> Iterator[str]:
    """Every activity, newest last, and what to do next."""
    if not rows:
        yield text("runs.none", who=runner_option(runner))
        return
    yield table_head()
    yield from (run_line(row, units=units) for row in rows)
    yield ""
    n_runs = sum(row.is_run for row in rows)
    yield text("runs.count", n_activities=len(rows), n_runs=n_runs)
    if any(row.start_utc is not None and row.utc_offset_s is None for row in rows):
        yield text("runs.utc_legend")
    if any(row.flags for row in rows):
        yield text("runs.flagged_legend")
    yield text("runs.next", who=runner_option(runner))


def details_data(details: RunDetails) -> dict[str, Any]:
    """The `data` of `uncramp runs show --json`."""
    row = details.row
    return {
        "run": run_data(row),
        "flags": [
            {
                "code": flag.code,
                "kind": flag.kind,
                "text": flag_text(flag.code),
                "detail": flag.detail,
            }
            for flag in row.flags
        ],
        "watch_profile": details.profile,
        "laps": details.laps,
        "splits": details.splits,
        "channels": details.channels,
        "decoder_version": row.decoder_version,
        "imported_at": row.imported_at,
        "sha256": row.sha256,
    }


def details_lines(details: RunDetails, *, runner: str, units: Units) -> Iterator[str]:
    """One activity, its splits and laps, what is odd about it, what to do next."""
    row = details.row
    yield text("runs.show.title", id=row.activity_id, when=when(row).strip(), sport=sport_name(row))
    yield from summary_lines(row, units=units)
    yield from split_lines(details, units=units)
    yield from lap_lines(details, units=units)
    yield from channel_lines(details)
    if row.flags:
        yield text("runs.show.flags")
        for flag in row.flags:
            yield f"  {flag_text(flag.code)}" + (f" ({flag.detail})" if flag.detail else "")
    yield ""
    message = "runs.show.next" if row.is_run else "runs.show.no_run"
    yield text(message, id=row.activity_id, who=runner_option(runner))


def sport_name(row: ActivityRow) -> str:
    """Sport and, when it says more, sub-sport."""
    plain = row.sub_sport in {None, "", "generic", row.sport}
    return row.sport if plain else f"{row.sport}, {row.sub_sport}"


def summary_lines(row: ActivityRow, *, units: Units) -> Iterator[str]:
    """The numbers of the whole activity."""
    facts = {
        "distance": distance(row.distance_m, units=units),
        "moving": duration(row.moving_s),
        "elapsed": duration(row.elapsed_s),
        "pace": run_pace(row, units=units) or MISSING,
        "heart_rate": heart_rate(row.mean_heart_rate_bpm),
        "sweat": volume(row.reported_sweat_loss_l, units=units),
        "device": row.device or MISSING,
        "file": row.source_file,
    }
    for name, value in facts.items():
        if value != MISSING:
            yield f"  {text(f'runs.show.{name}'):<22}{value}"
    if row.reported_sweat_loss_l is not None:
        yield text("runs.show.sweat_note")


def split_lines(details: RunDetails, *, units: Units) -> Iterator[str]:
    """A small table of kilometres or miles."""
    if not details.splits:
        return
    unit = "mile" if units == "imperial" else "kilometre"
    yield text("runs.show.splits")
    time, rate = text("runs.head.time"), text("runs.head.heart_rate")
    yield f"  {text(f'runs.show.{unit}'):>5} {time:>8} {rate:>5}"
    for split in details.splits:
        part = f"  {distance(split.distance_m, units=units)}" if not split.is_whole else ""
        yield (
            f"  {split.number:>5} {duration(split.elapsed_s):>8} "
            f"{heart_rate(split.mean_heart_rate_bpm):>5}{part}"
        )


def lap_lines(details: RunDetails, *, units: Units) -> Iterator[str]:
    """Laps as the device summed them, when there is more than one."""
    if len(details.laps) < 2:
        return
    yield text("runs.show.laps")
    for number, lap in enumerate(details.laps, start=1):
        time = lap.timer_s if lap.timer_s is not None else lap.elapsed_s
        yield f"  {number:>5} {duration(time):>8} {distance(lap.distance_m, units=units):>9}"


def channel_lines(details: RunDetails) -> Iterator[str]:
    """What was recorded, how often, in which range."""
    if not details.channels:
        return
    yield text("runs.show.channels")
    for channel in details.channels:
        n_all = channel.n_values + channel.n_missing
        band = "" if channel.low is None else f"  {channel.low:.6g} … {channel.high:.6g}"
        yield f"  {channel.channel[:28]:<28} {channel.n_values:>6} / {n_all}{band}"


def runner_data(summary: RunnerSummary) -> dict[str, Any]:
    """One runner of `uncramp runner … --json`."""
    newest = summary.newest_run
    return {
        "name": summary.runner.name,
        "profile": summary.runner.profile,
        "profile_at": summary.runner.profile_at,
        "added_at": summary.runner.added_at,
        "n_activities": summary.n_activities,
        "n_runs": summary.n_runs,
        "newest_run": None if newest is None else run_data(newest),
        "open_flags": [flag_data(flag) for flag in summary.open_flags],
        "cleared_flags": [flag_data(flag) for flag in summary.cleared_flags],
    }


def flag_data(flag: FlagRow) -> dict[str, Any]:
    """One stop or lock."""
    return {
        "id": flag.flag_id,
        "kind": flag.kind,
        "name": flag_name(flag),
        "opened_at": flag.opened_at,
        "cleared_on": flag.cleared_on,
        "note": flag.clearance_note,
    }


def open_flag_lines(flags: Sequence[FlagRow]) -> Iterator[str]:
    """Open stops first, then locks, and how each is closed."""
    for kind in ("stop", "lock"):
        for flag in flags:
            if flag.kind == kind:
                yield text(f"cli.runner.open_{kind}", name=flag_name(flag), id=flag.flag_id)
    if flags:
        yield text("cli.runner.how_to_clear")


def runner_lines(summary: RunnerSummary, *, units: Units) -> Iterator[str]:
    """One runner: open flags first, then what is known."""
    runner, profile = summary.runner, summary.runner.profile
    yield text("cli.runner.title", name=runner.name)
    yield from open_flag_lines(summary.open_flags)
    facts = {
        "sex": MISSING if profile.sex is None else text(f"cli.runner.sex_{profile.sex.value}"),
        "age": MISSING if profile.age_y is None else f"{profile.age_y:.0f}",
        "height": MISSING if profile.height_cm is None else f"{profile.height_cm:.0f} cm",
        "mass": body_mass(profile.body_mass_kg, units=units),
    }
    for name, value in facts.items():
        yield f"  {text(f'cli.runner.{name}'):<12}{value}"
    yield text("runs.count", n_activities=summary.n_activities, n_runs=summary.n_runs)
    for flag in summary.cleared_flags:
        yield text("cli.runner.cleared_flag", name=flag_name(flag), date=flag.cleared_on)
    yield text("cli.runner.next_runs" if summary.n_activities else "cli.runner.next_import")


def runners_lines(summaries: Sequence[RunnerSummary]) -> Iterator[str]:
    """All runners, one a line."""
    if not summaries:
        yield text("cli.runner.none")
        return
    for one in summaries:
        mark = text("cli.runner.has_open_flags", n_flags=len(one.open_flags))
        count = text("runs.count", n_activities=one.n_activities, n_runs=one.n_runs)
        yield f"{one.runner.name:<24} {count}{mark if one.open_flags else ''}"


def cleared_data(cleared: ClearedFlag) -> dict[str, Any]:
    """The `data` of `uncramp runner clear --json`."""
    return {
        "id": cleared.flag_id,
        "kind": cleared.kind,
        "cleared_on": cleared.cleared_on,
        "still_open": [flag_data(flag) for flag in cleared.still_open],
    }


def cleared_lines(cleared: ClearedFlag) -> Iterator[str]:
    """What was closed and what stays open."""
    yield text(f"cli.runner.cleared_{cleared.kind}", id=cleared.flag_id, date=cleared.cleared_on)
    if cleared.still_open:
        yield text("cli.runner.still_open")
        yield from open_flag_lines(cleared.still_open)


def overview_data(overview: Overview) -> dict[str, Any]:
    """The `data` of bare `uncramp --json`."""
    summary = overview.summary
    return {
        "runner": None if summary is None else runner_data(summary),
        "known": overview.known,
    }


def overview_lines(overview: Overview, *, units: Units) -> Iterator[str]:
    """Open stops and locks, what is there, and the next best step as the last lines."""
    yield text("cli.tagline")
    yield ""
    summary = overview.summary
    if summary is not None:
        yield text("cli.runner.title", name=summary.runner.name)
        yield from open_flag_lines(summary.open_flags)
        yield text("runs.count", n_activities=summary.n_activities, n_runs=summary.n_runs)
        if summary.newest_run is not None:
            newest = " ".join(run_line(summary.newest_run, units=units).split())
            yield text("cli.status.newest", run=newest)
    elif overview.known:
        known = ", ".join(overview.known)
        yield text("cli.status.unknown", runner=overview.runner, known=known)
    else:
        yield text("cli.status.empty")
    yield ""
    yield text("cli.status.now")
    yield text("cli.status.more")
    yield next_step(overview)


def next_step(overview: Overview) -> str:
    """The one command to type now."""
    summary = overview.summary
    who = runner_option(overview.runner)
    if summary is not None and any(flag.kind == "stop" for flag in summary.open_flags):
        return text("cli.status.stop_first")
    if summary is not None and summary.n_runs:
        return text("cli.status.why", who=who)
    return text("cli.status.start", who=who)


def runner_option(name: str) -> str:
    """What to add to a command so that it is about `name`; nothing for the default runner."""
    if name == "me":
        return ""
    is_one_word = name.replace("-", "").replace("_", "").replace(".", "").isalnum()
    return f" --runner {name}" if is_one_word else f' --runner "{name}"'
