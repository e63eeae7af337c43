"""The group `uncramp`, which imports a verb only when it is called, and the one error handler."""

from __future__ import annotations

import codecs
import importlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import click

from uncramp.cli.show import ExitCode, Face, common_options, echo_json, echo_lines
from uncramp.envelope import error_envelope
from uncramp.errors import UncrampError
from uncramp.wording.catalogue import error_text, text

__all__ = ["VERBS", "LazyGroup", "main", "uncramp"]

VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "now": "uncramp.cli.now:now",
        "why": "uncramp.cli.why:why",
        "ask": "uncramp.cli.ask:ask",
        "serve": "uncramp.cli.serve:serve",
        "import": "uncramp.cli.importing:import_",
        "diary": "uncramp.cli.diary:diary",
        "sweat": "uncramp.cli.sweat:sweat",
        "race": "uncramp.cli.race:race",
        "plan": "uncramp.cli.plan:plan",
        "products": "uncramp.cli.products:products",
        "gap": "uncramp.cli.gap:gap",
        "train": "uncramp.cli.train:train",
        "rehearse": "uncramp.cli.rehearse:rehearse",
        "history": "uncramp.cli.history:history",
        "ledger": "uncramp.cli.ledger:ledger",
        "weather": "uncramp.cli.weather:weather",
        "fetch": "uncramp.cli.fetch:fetch",
        "runs": "uncramp.cli.runs:runs",
        "runner": "uncramp.cli.runner:runner",
        "backup": "uncramp.cli.backup:backup",
        "restore": "uncramp.cli.backup:restore",
        "export": "uncramp.cli.export:export",
        "doctor": "uncramp.cli.doctor:doctor",
        "research": "uncramp.cli.research:research",
    }
)
"""Verb to where its command is; the message `cli.verb.<verb>` is its line in `uncramp --help`."""

PLAIN_LETTERS: Final = MappingProxyType(
    {"–": "-", "…": "...", "≤": "<=", "≥": ">=", "’": "'"}
    | {"✕": "X", "░": "~", "─": "-", "·": ".", "×": "x"}
    | dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True))
)
"""What a terminal without Unicode shows instead; pictures keep their columns."""


class LazyGroup(click.Group):
    """A group whose help needs none of its commands' modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of the table."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module."""
        del ctx
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101  (a mistake in VERBS)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs, from the catalogue alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text(f"cli.verb.{verb}")) for verb in VERBS])


def print_version(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """`--version`: everything that can change an answer."""
    del parameter
    if not value or context.resilient_parsing:
        return
    from uncramp import MODEL_VERSION, __version__
    from uncramp.evidence import EVIDENCE_VERSION

    versions = {"package": __version__, "models": MODEL_VERSION, "evidence": EVIDENCE_VERSION}
    click.echo(text("cli.version", **versions))
    context.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    help=text("cli.help.root"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help=text("cli.option.version"),
)
@common_options
def uncramp(face: Face) -> None:
    """Without a verb: where things stand, and the next best step."""
    if click.get_current_context().invoked_subcommand is None:
        from uncramp.actions.runners import overview
        from uncramp.wording.runs import overview_data, overview_lines

        with face.context() as context:
            result = overview(context)
        face.out("status", overview_data(result), overview_lines(result, units=face.units))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `uncramp` and give its exit code: the outermost edge, where every error is told."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    prepare_streams()
    try:
        code = uncramp.main(args=given, prog_name="uncramp", standalone_mode=False)
    except UncrampError as error:
        report(error.code, values=error.values, arguments=given)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        report("interrupted", values={}, arguments=given)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        return report_usage(error, arguments=given)
    except Exception as error:
        if os.environ.get("UNCRAMP_DEBUG"):
            raise
        report("defect", values={"problem": type(error).__name__}, arguments=given)
        return ExitCode.CANNOT
    return code if isinstance(code, int) else ExitCode.DONE


def report(code: str, *, values: dict[str, object], arguments: Sequence[str]) -> None:
    """Tell an error: JSON to stdout when JSON was asked for, else words to stderr."""
    words = error_text(code, values) or error_text("defect", {"problem": code})
    if "--json" in arguments:
        echo_json(error_envelope(code, words))
        return
    label = text("cli.error.label", what=words["what"])
    echo_lines([label, *(words[part] for part in ("why", "remedy"))], to_stderr=True)


def report_usage(error: click.ClickException, *, arguments: Sequence[str]) -> int:
    """Tell what was wrong with the command line itself."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    help_command = f"{context.command_path if context else 'uncramp'} --help"
    values: dict[str, object] = {"problem": error.format_message(), "help": help_command}
    report("usage", values=values, arguments=arguments)
    return ExitCode.USAGE


def prepare_streams() -> None:
    """Never fail for a letter that a terminal cannot show."""
    codecs.register_error("uncramp", in_plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="uncramp")


def in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    """The error handler behind `prepare_streams`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(PLAIN_LETTERS.get(letter, "?") for letter in letters), error.end
