"""The synthetic runner: invented training, a marathon that cramped, and the main job shown on it.

`python -m uncramp.demo [--data-dir DIR]` writes watch files as real FIT bytes, runs the command
line on them as any reader could, and then opens the app on what came of it, until Ctrl-C. Nobody
ran any of this, and it says so in every part.
"""

from __future__ import annotations

import calendar
import json
import os
import shlex
import subprocess
import sys
import tempfile
import textwrap
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import numpy as np

from uncramp.actions.context import DATABASE_VARIABLE, FOLDER_VARIABLE
from uncramp.activities.fit_writer import write_activity
from uncramp.errors import UncrampError
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.serving import started_lines

if TYPE_CHECKING:
    from uncramp.vocabulary import FloatArray

__all__ = ["CASE", "Outing", "fit_bytes", "main", "outings"]

SEED: Final = 26_2
RACE_DAY: Final = datetime(2026, 10, 4, tzinfo=UTC)
"""A Sunday; the training is the 14 weeks up to it. The demo moves it near to today."""
DAYS_SINCE: Final = 4
"""The race that is shown lies at least so many days back."""
UTC_OFFSET_S: Final = 7_200
PROFILE: Final = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61.0)

LONG_RUNS_KM: Final = (14, 16, 18, 13, 18, 20, 22, 15, 22, 24, 26, 18, 14)
"""The Sundays before the race; the longest comes three weeks before."""
WEEKDAYS: Final = ((1, 8.0, 2.74), (3, 10.0, 2.96), (5, 6.0, 2.68))
"""Days after Monday, kilometres, metres a second."""
LONG_RUN_M_S: Final = 2.82
LONG_RUN_SPREAD_M_S: Final = 0.04

MARATHON: Final = (
    (14_000.0, 3.22),
    (24_000.0, 3.10),
    (32_000.0, 2.94),
)
"""Up to which metre at which speed, before it grabs."""
CRAMP_STOP_S: Final = 270
AFTER_CRAMP: Final = ((240, 1.35), (210, 2.45), (60, 0.0))
"""Walk, run, stretch, in seconds and metres a second, again and again to the finish."""
MARATHON_M: Final = 42_240.0
"""A watch measures a little more than the course."""

DANGER_SIGNS: Final = ("danger_body", "danger_feel", "danger_limb", "danger_history")
HEALTH: Final = ("health", "past", "medicines")
SCREEN: Final = tuple(f"{question}=none" for question in (*DANGER_SIGNS, *HEALTH))
NOW_ANSWERS: Final = (
    *SCREEN,
    *("muscles=calf", "pattern=twitching"),
)

CASE: Final = {
    "run": {"temp_air_c": 29, "relative_humidity_pct": 55},
    "answers": {
        **{question: ["none"] for question in (*DANGER_SIGNS, *HEALTH)},
        "onset_confirm": "yes",
        "when": "during_run",
        "feel": "knot",
        "spread": "one_muscle",
        "warning": "twitches",
        "relief": "stretch_returned",
        "drinking": "plain_water",
        "sweat": "heavy",
        "salt_marks": "yes",
        "heat": "hot_new",
        "cramped_before": "first_time",
        "muscles": ["calf"],
        "strength_work": "never",
    },
}
"""What the synthetic runner answers; both kinds have something going for them."""

FILES: Final = "files"
CASE_FILE: Final = "synthetic-case.json"
WEATHER: Final = "24C 60%"
WEIGHED: Final = ("--before", "61.0kg", "--after", "59.1kg", "--drunk", "1.5L")
ONCE: Final = frozenset({"profile", "weather", "sweat", "race"})
"""Steps that make no sense a second time in the same folder."""
MARKER: Final = "SYNTHETIC.txt"
COLUMNS: Final = 78
WEEKS_TO_RACE: Final = 20
NEXT_RACE: Final = ("--distance", "marathon", "--start", "09:30", "--goal", "4:10:00", "--weather",
                    "15C 60%")  # fmt: skip
TRAINING_DAYS: Final = "tue,thu,sat,sun"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outing:
    """One invented run, without places; arrays hold one value per record."""

    name: str
    start_utc: datetime
    time_s: FloatArray
    distance_m: FloatArray
    elevation_m: FloatArray
    heart_rate_bpm: FloatArray
    cadence_rpm: FloatArray
    temp_watch_c: FloatArray


def outings(race_day: datetime = RACE_DAY) -> list[Outing]:
    """Every run of the 14 weeks, oldest first, the marathon last; the same each time."""
    rng = np.random.default_rng(SEED)
    first_monday = race_day - timedelta(weeks=len(LONG_RUNS_KM) + 1) + timedelta(days=1)
    found = []
    for week, long_km in enumerate(LONG_RUNS_KM):
        monday = first_monday + timedelta(weeks=week)
        for days, km, speed in WEEKDAYS:
            evening = monday + timedelta(days=days, hours=16, minutes=15 + int(rng.integers(30)))
            found.append(_training(rng, evening, metres=1000 * km, speed_m_s=speed))
        speed = LONG_RUN_M_S + LONG_RUN_SPREAD_M_S * float(rng.uniform(-1, 1))
        morning = monday + timedelta(days=6, hours=5, minutes=30 + int(rng.integers(40)))
        found.append(_training(rng, morning, metres=1000.0 * long_km, speed_m_s=speed))
    race_monday = race_day - timedelta(days=6)
    for days, km, speed in WEEKDAYS[:2]:
        evening = race_monday + timedelta(days=days, hours=16, minutes=30)
        found.append(_training(rng, evening, metres=600 * km, speed_m_s=speed))
    return [*found, _marathon(rng, race_day)]


def _training(
    rng: np.random.Generator, start_utc: datetime, *, metres: float, speed_m_s: float
) -> Outing:
    """An even run in mild weather."""
    seconds = round(metres / speed_m_s)
    return _outing(
        rng,
        start_utc,
        speed_m_s=np.full(seconds, speed_m_s),
        hill_m=4.0,
        temp_air_c=float(rng.uniform(14.0, 21.0)),
        every_s=4,
    )


def _marathon(rng: np.random.Generator, race_day: datetime) -> Outing:
    """Too fast at first, fading, then the calf: a stop at 32 km, and walk and run to the end."""
    parts, done_m = [], 0.0
    for until_m, speed_m_s in MARATHON:
        parts.append(np.full(round((until_m - done_m) / speed_m_s), speed_m_s))
        done_m = until_m
    parts.append(np.zeros(CRAMP_STOP_S))
    again = np.concatenate([np.full(seconds, speed_m_s) for seconds, speed_m_s in AFTER_CRAMP])
    rest = np.tile(again, round((MARATHON_M - done_m) / again.sum()) + 1)
    parts.append(rest[: int(np.searchsorted(np.cumsum(rest), MARATHON_M - done_m)) + 1])
    start_utc = race_day + timedelta(hours=7)
    every = np.concatenate(parts)
    return _outing(rng, start_utc, speed_m_s=every, hill_m=1.2, temp_air_c=29.0, every_s=1)


def _outing(
    rng: np.random.Generator,
    start_utc: datetime,
    *,
    speed_m_s: FloatArray,
    hill_m: float,
    temp_air_c: float,
    every_s: int,
) -> Outing:
    """A run at these speeds, one per second, with what a watch adds: noise, heart, hills."""
    wobble = np.convolve(rng.standard_normal(speed_m_s.size + 19) * 0.4, np.full(20, 0.05), "valid")
    ran = speed_m_s * (1.0 + 0.3 * wobble)
    metres = np.append(0.0, np.cumsum(ran))
    seconds = np.arange(metres.size, dtype=np.float64)
    heat = max(0.0, temp_air_c - 15.0)
    effort = np.append(0.0, ran) * 21.0 + heat * 0.7 + seconds / 60.0 * (0.03 + 0.002 * heat)
    lag = np.exp(-np.arange(240.0) / 45.0)
    lagged = np.convolve(effort, lag / lag.sum())[: effort.size]
    kept = np.unique(np.append(np.arange(0, metres.size, every_s), metres.size - 1))
    hills = hill_m * np.sin(2.0 * np.pi * metres / 1_700.0)
    noise = rng.standard_normal((2, metres.size))
    return Outing(
        name=f"synthetic-{start_utc:%Y-%m-%d}.fit",
        start_utc=start_utc,
        time_s=seconds[kept],
        distance_m=metres[kept],
        elevation_m=(60.0 + hills + 0.2 * noise[0])[kept],
        heart_rate_bpm=np.rint(86.0 + lagged + noise[1])[kept],
        cadence_rpm=np.rint(
            np.append(0.0, np.where(ran > 2.0, 76.0 + 3.0 * ran, 27.0 * ran))[kept]
        ),
        temp_watch_c=np.rint(temp_air_c + 5.0 * (1.0 - np.exp(-seconds / 900.0)))[kept],
    )


def fit_bytes(outing: Outing) -> bytes:
    """The file a watch would have written of it."""
    return write_activity(
        start_utc=outing.start_utc,
        time_s=outing.time_s,
        distance_m=outing.distance_m,
        elevation_m=outing.elevation_m,
        heart_rate_bpm=outing.heart_rate_bpm,
        cadence_rpm=outing.cadence_rpm,
        temp_watch_c=outing.temp_watch_c,
        profile=PROFILE,
        utc_offset_s=UTC_OFFSET_S,
        serial=SEED,
    )


# Showing it


@click.command(help=text("demo.help"))
@click.option("--no-serve", is_flag=True, help=text("demo.option.no_serve"))
@click.option("--no-open", is_flag=True, help=text("demo.option.no_open"))
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), help=text("demo.option.port"))
@click.option(
    "--data-dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=text("demo.option.data_dir"),
)
def main(*, no_serve: bool, no_open: bool, port: int | None, data_dir: Path | None) -> None:
    """Show it in `data_dir`, or in a folder that is gone afterwards."""
    with ExitStack() as at_the_end:
        if data_dir is not None:
            _mark_ours(data_dir)
            folder = data_dir
        else:
            room = tempfile.TemporaryDirectory(prefix="uncramp-demo-", ignore_cleanup_errors=True)
            folder = Path(at_the_end.enter_context(room))
        _show(folder, kept=data_dir is not None)
        if not no_serve:
            _show_own()
            _serve(folder, port=port, opens_browser=not no_open)
    if data_dir is not None:
        _say(text("demo.kept", folder=str(data_dir)))
    else:
        _say(text("demo.thrown_away"))
    if no_serve:
        _show_own()


def _serve(folder: Path, *, port: int | None, opens_browser: bool) -> None:
    """The app on the synthetic store, with a banner, until it is stopped."""
    from uncramp.web.serving import Started, serve
    from uncramp.web.sessions import new_token
    from uncramp.web.settings import WebSettings

    def tell(started: Started) -> None:
        click.echo(started.link)
        sys.stdout.flush()
        for line in started_lines(is_opening=started.is_opening):
            click.echo(line, err=True)

    click.echo("")
    _say(text("demo.serve"))
    settings = WebSettings(data_dir=folder, token=new_token(), is_demo=True)
    try:
        serve(settings, port=port, opens_browser=opens_browser, tell=tell)
    except UncrampError as error:
        words = error_text(error.code, error.values)
        raise click.ClickException(" ".join(words.values())) from error
    click.echo("")


def _mark_ours(folder: Path) -> None:
    """Make the folder and mark it; refuse one that holds anything but an earlier demo."""
    marker = folder / MARKER
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise click.UsageError(text("demo.error.not_ours", folder=folder))
    folder.mkdir(parents=True, exist_ok=True)
    marker.write_text(text("demo.marker") + "\n", encoding="utf-8")


def _show(folder: Path, *, kept: bool) -> None:
    """Write the files, then run the commands on them, each printed as the reader would type it."""
    files = folder / FILES
    is_new = not files.exists()
    files.mkdir(exist_ok=True)
    if is_new:
        for outing in outings(_last_race_day()):
            (files / outing.name).write_bytes(fit_bytes(outing))
    case = folder / CASE_FILE
    case.write_text(json.dumps(CASE, indent=1) + "\n", encoding="utf-8")
    _say(text("demo.intro", n_files=len(list(files.iterdir()))))
    where = folder if kept else Path()
    store = ("--data-dir", str(folder)) if kept else ()
    answers = [word for answer in NOW_ANSWERS for word in ("--answer", answer)]
    screen = [word for answer in SCREEN for word in ("--answer", answer)]
    why = ("why", "last", "--case", str(where / CASE_FILE))
    steps: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("profile", ("runner", "add", "me", *_told(PROFILE))),
        ("import", ("import", str(where / FILES))),
        ("diary", ("diary", "--mark", "last", "--muscle", "calf")),
        ("weather", ("weather", "last", "--set", WEATHER)),
        ("sweat", ("sweat", "add", "--run", "last", *WEIGHED)),
        ("picture", ("runs", "show", "last")),
        ("why", why),
        ("race", ("race", "add", text("demo.race_name"), "--day", _race_day(), *NEXT_RACE)),
        ("gap", ("gap", "next")),
        ("train", ("train", "next", "--days", TRAINING_DAYS, "--cramped", "calf", *screen)),
        ("now", ("now", *answers)),
    )
    numbered = enumerate((one for one in steps if is_new or one[0] not in ONCE), start=1)
    for number, (name, arguments) in numbered:
        _say(f"{number}. {text(f'demo.{name}', case=CASE_FILE)}")
        _run(folder, *arguments, *store, kept=kept)


def _last_race_day() -> datetime:
    """The latest Sunday that lies some days back: the plan for the next race goes on from it."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    day = today - timedelta(days=DAYS_SINCE)
    return day - timedelta(days=(day.weekday() + 1) % len(calendar.day_name))


def _race_day() -> str:
    """A Sunday some months from today, for a race to come."""
    day = datetime.now(UTC).date() + timedelta(weeks=WEEKS_TO_RACE)
    return (day + timedelta(days=6 - day.weekday())).isoformat()


def _told(profile: UserProfile) -> tuple[str, ...]:
    """A profile as options of `runner add`."""
    words = {
        "--sex": profile.sex,
        "--age": profile.age_y,
        "--height-cm": profile.height_cm,
        "--mass-kg": profile.body_mass_kg,
    }
    return tuple(word for option, value in words.items() for word in (option, f"{value}"))


def _run(folder: Path, *arguments: str, kept: bool) -> None:
    """Print a command and run it on the synthetic store, never on the reader's own."""
    command = shlex.join(["uncramp", *arguments])
    click.echo("$ " + " \\\n".join(_broken(command)) + "\n")
    sys.stdout.flush()
    surroundings = {name: word for name, word in os.environ.items() if name != DATABASE_VARIABLE}
    surroundings[FOLDER_VARIABLE] = str(folder.absolute())
    package = str(Path(__file__).resolve().parents[1])
    surroundings["PYTHONPATH"] = os.pathsep.join([package, os.environ.get("PYTHONPATH", "")])
    finished = subprocess.run(  # noqa: S603  our own command line, in this very Python
        [sys.executable, "-m", "uncramp", *arguments],
        cwd=None if kept else folder,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if finished.returncode:
        words = text("demo.error.failed", command=command, code=finished.returncode)
        raise click.ClickException(words)
    click.echo("")


def _broken(command: str) -> list[str]:
    """The command in lines that a shell joins again; an option keeps its value beside it."""
    together = command.replace(" --answer ", " --answer\0")
    lines = textwrap.wrap(
        together, COLUMNS - 4, subsequent_indent="    ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace("\0", " ") for line in lines]


def _say(sentences: str) -> None:
    """Our own words between the commands, marked as synthetic like everything here."""
    label = text("demo.synthetic")
    lines = textwrap.wrap(f"[{label}] {sentences}", COLUMNS, break_on_hyphens=False)
    click.echo("\n".join(lines) + "\n")


def _show_own() -> None:
    """The same for the reader's own files, with the command as it is called on this machine."""
    command = Path(sys.executable).with_name("uncramp")
    if command.is_relative_to(Path.cwd()):
        command = command.relative_to(Path.cwd())
    called = [str(command)] if command.exists() else [sys.executable, "-m", "uncramp"]
    click.echo(text("demo.own"))
    for arguments in (("import", text("demo.own_import")), ("why", "last", "--interactive")):
        click.echo(f"$ {shlex.join([*called, *arguments])}")


if __name__ == "__main__":
    main(prog_name="python -m uncramp.demo")
