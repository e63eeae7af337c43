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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from uncramp.actions.context import DATABASE_VARIABLE, FOLDER_VARIABLE
from uncramp.demo_runs import PROFILE, earlier_outings, fit_bytes, outings
from uncramp.demo_season import play_past, play_season
from uncramp.errors import UncrampError
from uncramp.vocabulary import UserProfile
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.serving import started_lines

__all__ = ["CASE", "main"]

DAYS_SINCE: Final = 4
"""The race that is shown lies at least so many days back."""
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
        "cramped_before": "same_muscle",
        "muscles": ["calf"],
        "strength_work": "never",
    },
}
"""What the synthetic runner answers; both kinds have something going for them."""

FILES: Final = "files"
CASE_FILE: Final = "synthetic-case.json"
WEATHER: Final = "24C 60%"
WEIGHED: Final = ("--before", "61.0kg", "--after", "59.1kg", "--drunk", "1.5L")
ONCE: Final = frozenset({"profile", "past", "season", "weather", "sweat", "race"})
"""Steps that make no sense a second time in the same folder."""
MARKER: Final = "SYNTHETIC.txt"
COLUMNS: Final = 78
TOLD_AFTERWARDS: Final = ("--took", "more", "--gut", "fine")
WEEKS_TO_RACE: Final = 20
NEXT_RACE: Final = ("--distance", "marathon", "--start", "09:30", "--goal", "4:10:00", "--weather",
                    "15C 60%")  # fmt: skip
TRAINING_DAYS: Final = "tue,thu,sat,sun"


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
    if not no_serve:
        from uncramp.web.serving import must_be_free

        with _errors_in_words():
            must_be_free(port)
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
    with _errors_in_words():
        serve(settings, port=port, opens_browser=opens_browser, tell=tell)
    click.echo("")


@contextmanager
def _errors_in_words() -> Iterator[None]:
    """Our errors as one line on the terminal."""
    try:
        yield
    except UncrampError as error:
        words = error_text(error.code, error.values)
        raise click.ClickException(" ".join(words.values())) from error


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
    race_day = _last_race_day()
    *training, raced = outings(race_day)
    if is_new:
        for outing in (*earlier_outings(race_day), *training):
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
        ("past", ()),
        ("season", ()),
        ("raced", ("import", str(where / FILES))),
        ("diary", ("diary", "--mark", "last", "--muscle", "calf")),
        ("weather", ("weather", "last", "--set", WEATHER)),
        ("sweat", ("sweat", "add", "--run", "last", *WEIGHED)),
        ("picture", ("runs", "show", "last")),
        ("why", why),
        ("history", ("history", *screen)),
        ("rehearsals", ("rehearse", "show", text("demo.past_race_name"))),
        ("debrief", ("race", "debrief", text("demo.past_race_name"), *TOLD_AFTERWARDS)),
        ("ledger", ("ledger",)),
        ("race", ("race", "add", text("demo.race_name"), "--day", _race_day(), *NEXT_RACE)),
        ("gap", ("gap", "next")),
        ("train", ("train", "next", "--days", TRAINING_DAYS, "--cramped", "calf", *screen)),
        ("now", ("now", *answers)),
    )
    numbered = enumerate((one for one in steps if is_new or one[0] not in ONCE), start=1)
    for number, (name, arguments) in numbered:
        _say(f"{number}. {text(f'demo.{name}', case=CASE_FILE)}")
        if name == "past":
            play_past(folder, race_day=race_day.date())
        elif name == "season":
            screened = {answer.partition("=")[0]: ("none",) for answer in SCREEN}
            play_season(
                folder,
                name=text("demo.past_race_name"),
                screened=screened,
                race_day=race_day.date(),
            )
            (files / raced.name).write_bytes(fit_bytes(raced))
        else:
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
