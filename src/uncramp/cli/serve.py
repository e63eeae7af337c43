"""`uncramp serve`: the app in the browser, or its public part as files for a web host."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from uncramp.actions.runners import check_runner_name
from uncramp.cli.show import Face, common_options, echo_json, echo_lines
from uncramp.envelope import envelope
from uncramp.errors import InputError
from uncramp.wording.catalogue import text
from uncramp.wording.serving import lan_lines, started_lines

if TYPE_CHECKING:
    from uncramp.web.serving import Started

__all__ = ["serve"]

PASSPHRASE_VARIABLE: Final = "UNCRAMP_PASSPHRASE"  # noqa: S105  (its name)
LEAST_LETTERS: Final = 12
LEAST_DIFFERENT: Final = 5
LONGEST_LINE: Final = 4096


@click.command(help=text("serve.help"))
@common_options
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), help=text("serve.option.port"))
@click.option("--no-open", is_flag=True, help=text("serve.option.no_open"))
@click.option("--lan", is_flag=True, help=text("serve.option.lan"))
@click.option(
    "--passphrase-file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=text("serve.option.passphrase_file"),
)
@click.option(
    "--export-site",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=text("serve.option.export_site"),
)
def serve(
    face: Face,
    *,
    port: int | None,
    no_open: bool,
    lan: bool,
    passphrase_file: Path | None,
    export_site: Path | None,
) -> None:
    """Serve until Ctrl-C, which is how it ends: the exit code is 0."""
    if export_site is not None:
        write_site_to(face, export_site)
        return
    check_runner_name(face.runner)
    passphrase = passphrase_for(lan=lan, file=passphrase_file, may_ask=not face.json)
    from uncramp.web.serving import serve as run_server
    from uncramp.web.sessions import new_token
    from uncramp.web.settings import WebSettings

    with face.context() as context:
        settings = WebSettings(
            data_dir=context.data_dir,
            database_url=context.database_url,
            token=new_token(),
            passphrase=passphrase,
            home_runner=face.runner,
            units=face.units,
        )
    run_server(
        settings, port=port, opens_browser=not no_open, tell=lambda started: say(face, started)
    )
    echo_lines([text("serve.stopped")], to_stderr=True)


def say(face: Face, started: Started) -> None:
    """The link alone in a line on stdout; all else to stderr."""
    if face.json:
        echo_json(envelope("serve", {"link": started.link, "addresses": started.addresses}))
    else:
        click.echo(started.link)
    sys.stdout.flush()
    echo_lines(started_lines(is_opening=started.is_opening), to_stderr=True)
    if started.is_shared:
        echo_lines(lan_lines(started.addresses), to_stderr=True)


def write_site_to(face: Face, folder: Path) -> None:
    """The public part as files."""
    from uncramp.actions.roadside_files import write_site

    written = write_site(folder)
    names = [str(path) for path in written]
    face.out("serve.site", {"files": names}, [text("serve.site", folder=folder)])


def passphrase_for(*, lan: bool, file: Path | None, may_ask: bool) -> str | None:
    """The passphrase for --lan, from a file, the variable or the keyboard; never an argument."""
    if not lan:
        if file is not None:
            raise InputError("passphrase_alone")
        return None
    given = read_line(file) if file is not None else os.environ.get(PASSPHRASE_VARIABLE)
    if not given and may_ask and sys.stdin.isatty():
        given = str(
            click.prompt(
                text("serve.passphrase.ask", least=LEAST_LETTERS),
                hide_input=True,
                confirmation_prompt=True,
                err=True,
            )
        )
    if not given or not given.strip():
        raise InputError("no_passphrase", values={"variable": PASSPHRASE_VARIABLE})
    return strong(given.strip())


def strong(passphrase: str) -> str:
    """The passphrase; InputError `short_passphrase` when it is quickly guessed."""
    if len(passphrase) < LEAST_LETTERS or len(set(passphrase)) < LEAST_DIFFERENT:
        raise InputError(
            "short_passphrase", values={"least": LEAST_LETTERS, "different": LEAST_DIFFERENT}
        )
    return passphrase


def read_line(file: Path) -> str:
    """The first line of a file; InputError `passphrase_file` when it cannot be read."""
    try:
        with file.open(encoding="utf-8") as lines:
            return lines.readline(LONGEST_LINE).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("passphrase_file") from error
