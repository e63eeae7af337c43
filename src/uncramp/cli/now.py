"""`uncramp now`: a cramp this minute. No store, no numpy, an answer in an eye's blink."""

from __future__ import annotations

from pathlib import Path

import click

from uncramp.actions.answers import answers_from_options
from uncramp.actions.now import RoadsideAdvice, advise_now, note, open_flags
from uncramp.cli.interviewing import QuestionData, ask_in_a_row, command_text
from uncramp.cli.show import Face, common_options
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
def now(face: Face, *, given: tuple[str, ...], interactive: bool, bystander: bool) -> None:
    """Relief for the muscle that grabs, unless a danger sign says otherwise."""
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
        _note(face, folder, advice, data=data, said="\n".join(lines))
    face.out("now", data, [*warnings, *lines], warnings=warnings)


def _note(
    face: Face, folder: Path, advice: RoadsideAdvice, *, data: dict[str, object], said: str
) -> None:
    from uncramp import MODEL_VERSION, __version__
    from uncramp.evidence import EVIDENCE_VERSION

    note(
        folder,
        {
            "runner": face.runner,
            "inputs": {"answers": dict(advice.answers)},
            "result": data,
            "text": said,
            "package_version": __version__,
            "model_version": MODEL_VERSION,
            "evidence_version": EVIDENCE_VERSION,
        },
        at=face.context().now,
    )
