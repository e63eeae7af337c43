"""`uncramp now`: a cramp this minute. No store, no numpy, an answer in an eye's blink."""

from __future__ import annotations

from pathlib import Path

import click

from uncramp.actions.answers import answers_from_options
from uncramp.actions.now import advise_now, note_advice, open_flags
from uncramp.cli.interviewing import QuestionData, ask_in_a_row, command_text
from uncramp.cli.show import Face, common_options
from uncramp.errors import InputError
from uncramp.vocabulary import Answers
from uncramp.wording.catalogue import text
from uncramp.wording.now import now_data, now_lines
from uncramp.wording.safety import question_data

__all__ = ["now"]


@click.command(help=text("cli.help.now"))
@common_options
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
@click.option("--interactive", is_flag=True, help=text("cli.option.interactive"))
@click.option("--bystander", is_flag=True, help=text("cli.option.bystander"))
@click.option(
    "--export",
    "target",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=text("cli.option.now_export"),
)
def now(
    face: Face,
    *,
    given: tuple[str, ...],
    interactive: bool,
    bystander: bool,
    target: Path | None,
) -> None:
    """Relief for the muscle that grabs, unless a danger sign says otherwise."""
    if target is not None:
        if given or interactive or bystander:
            raise InputError("export_now_alone")
        export(face, target)
        return
    folder = face.context().data_dir
    flags = open_flags(folder, face.runner)
    answers = answers_from_options(given)
    if interactive:

        def question_after(told: Answers) -> QuestionData | None:
            question = advise_now(told, flags).question
            return None if question is None else question_data(question)

        answers = ask_in_a_row(question_after, answers, bystander=bystander)
    advice = advise_now(answers, flags)
    data = now_data(advice)
    command = command_text("now", {"--runner": face.runner if face.runner_given else None})
    lines = now_lines(data, command=command)
    warnings = () if flags.readable else (text("now.flags_unknown"),)
    if answers:
        note_advice(
            folder,
            advice,
            runner=face.runner,
            data=data,
            said="\n".join(lines),
            at=face.context().now,
        )
    face.out("now", data, [*warnings, *lines], warnings=warnings)


def export(face: Face, target: Path) -> None:
    """The page, the card and the picture for a phone, as files; they need no server."""
    from uncramp.actions.roadside_files import roadside_files, write_files

    with face.context() as context:
        written = write_files(target, roadside_files(context))
    lines = [
        text("now.export.written", folder=target),
        *(f"  {path.name}: {what_it_is(path)}" for path in written),
        text("now.export.how"),
        text("now.export.limits"),
    ]
    face.out("now_export", {"files": [str(path) for path in written]}, lines)


def what_it_is(path: Path) -> str:
    """One exported file in words."""
    return text(f"now.export.file.{path.stem.replace('-', '_')}")
