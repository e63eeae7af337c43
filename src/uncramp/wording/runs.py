"""Stored activities and runners, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import messages, text
from uncramp.wording.pictures import CRAMP
from uncramp.wording.quantities import (
    MISSING,
    Units,
    body_mass,
    distance,
    duration,
    heart_rate,
    pace,
)

if TYPE_CHECKING:
    from uncramp.actions.runners import ClearedFlag, Overview, RunnerSummary
    from uncramp.actions.runs import RunList
    from uncramp.store.rows import ActivityRow, CrampMark, FlagRow

__all__ = [
    "cleared_data",
    "cleared_lines",
    "flag_data_of",
    "flag_name",
    "flag_text",
    "mark_data",
    "overview_data",
    "overview_lines",
    "run_data",
    "run_line",
    "run_name",
    "run_pace",
    "runner_data",
    "runner_lines",
    "runner_option",
    "runners_data",
    "runners_lines",
    "runs_data",
    "runs_lines",
    "sport_name",
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
        "title": row.title,
        "excluded": row.excluded,
        "duplicate_of": row.duplicate_of,
    }


def mark_data(mark: CrampMark | None) -> dict[str, Any] | None:
    """What the runner said of one activity; None when nobody asked."""
    if mark is None:
        return None
    return {
        "said": mark.cramped,
        "km": mark.km,
        "minute": mark.minute,
        "muscles": mark.muscles,
        "source": mark.source,
        "at": mark.at,
    }


def flag_data_of(row: ActivityRow) -> list[dict[str, Any]]:
    """What is missing, odd or repaired in an activity, with words."""
    return [
        {
            "code": flag.code,
            "kind": flag.kind,
            "text": flag_text(flag.code),
            "detail": flag.detail,
        }
        for flag in row.flags
    ]


def run_line(row: ActivityRow, *, units: Units, mark: CrampMark | None = None) -> str:
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
            signs_of(row, mark),
        )
    ).rstrip()


def signs_of(row: ActivityRow, mark: CrampMark | None) -> str:
    """Short signs behind a line, each in a column of its own; the legend below says them."""
    cramped = mark is not None and mark.cramped == "yes"
    told = {
        CRAMP: cramped,
        text("runs.flagged_mark"): bool(row.flags),
        text("runs.excluded_mark"): row.excluded,
        text("runs.duplicate_mark"): row.duplicate_of is not None,
    }
    return "".join(sign if is_so else " " for sign, is_so in told.items()).rstrip()


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


def runs_data(listed: RunList) -> dict[str, Any]:
    """The `data` of `uncramp runs --json`."""
    return {
        "runs": [
            {**run_data(row), "cramp": mark_data(listed.marks.get(row.activity_id))}
            for row in listed.rows
        ],
        "n_hidden": listed.n_hidden,
    }


def runs_lines(listed: RunList, *, runner: str, units: Units) -> Iterator[str]:
    """The activities that were wanted, newest last, and what to do next."""
    rows, who = listed.rows, runner_option(runner)
    if not listed.n_stored:
        yield text("runs.none", who=who)
        return
    if not rows:
        yield text("runs.none_such", n_stored=listed.n_stored)
        yield from hidden_lines(listed)
        yield text("runs.all_next", who=who)
        return
    yield table_head()
    yield from (run_line(row, units=units, mark=listed.marks.get(row.activity_id)) for row in rows)
    yield ""
    n_runs = sum(row.is_run for row in rows)
    yield text("runs.count", n_activities=len(rows), n_runs=n_runs)
    yield from legend_lines(listed)
    yield from hidden_lines(listed)
    yield text("runs.next", who=who)


def legend_lines(listed: RunList) -> Iterator[str]:
    """What the signs in the table mean, as far as there are any."""
    rows = listed.rows
    if any(row.start_utc is not None and row.utc_offset_s is None for row in rows):
        yield text("runs.utc_legend")
    if any(is_cramp(listed.marks.get(row.activity_id)) for row in rows):
        yield text("runs.cramp_legend", sign=CRAMP)
    if any(row.flags for row in rows):
        yield text("runs.flagged_legend")
    if any(row.excluded for row in rows):
        yield text("runs.excluded_legend")
    if any(row.duplicate_of is not None for row in rows):
        yield text("runs.duplicate_legend")


def hidden_lines(listed: RunList) -> Iterator[str]:
    """How many more there are that count nowhere."""
    if listed.n_hidden:
        yield text("runs.hidden", n_hidden=listed.n_hidden)


def is_cramp(mark: CrampMark | None) -> bool:
    """Whether the runner said that there was one."""
    return mark is not None and mark.cramped == "yes"


def sport_name(row: ActivityRow) -> str:
    """Sport and, when it says more, sub-sport."""
    plain = row.sub_sport in {None, "", "generic", row.sport}
    return row.sport if plain else f"{row.sport}, {row.sub_sport}"


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


def runners_data(summaries: Sequence[RunnerSummary]) -> dict[str, Any]:
    """The `data` of `uncramp runner list --json`."""
    return {"runners": [runner_data(one) for one in summaries]}


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
