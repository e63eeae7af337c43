"""`uncramp why`: which kind of cramp, from a stored run or a case file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from uncramp.actions.answers import answers_from_options
from uncramp.actions.asking import watch_owner
from uncramp.actions.cases import Case, case_from_text
from uncramp.actions.context import Context
from uncramp.actions.preferences import change_profile
from uncramp.actions.why import (
    WhyAnswer,
    look_up_weather,
    record,
    why_case,
    why_run,
    with_other_runs,
)
from uncramp.cli.interviewing import (
    QuestionData,
    ask_in_a_row,
    ask_yes_or_no,
    command_text,
    quoted,
)
from uncramp.cli.show import Face, common_options
from uncramp.envelope import plain
from uncramp.errors import InputError
from uncramp.vocabulary import Answers
from uncramp.wording.asking import watch_words
from uncramp.wording.catalogue import text
from uncramp.wording.safety import question_data
from uncramp.wording.why import questions_data, questions_lines, run_title, why_data, why_lines

__all__ = ["why"]

STANDARD_INPUT: Final = "-"


@click.command(help=text("cli.help.why"))
@common_options
@click.argument("reference", metavar="[RUN|last|DATE]", required=False)
@click.option(
    "--case",
    "case_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help=text("cli.option.case"),
)
@click.option("--story", metavar="TEXT", help=text("cli.option.story"))
@click.option("--answer", "given", metavar="Q=A", multiple=True, help=text("cli.option.answer"))
@click.option("--interactive", is_flag=True, help=text("cli.option.interactive"))
@click.option("--bystander", is_flag=True, help=text("cli.option.bystander"))
@click.option("--full", is_flag=True, help=text("cli.option.full"))
@click.option("--questions", "list_questions", is_flag=True, help=text("cli.option.questions"))
def why(
    face: Face,
    *,
    reference: str | None,
    case_file: Path | None,
    story: str | None,
    given: tuple[str, ...],
    interactive: bool,
    bystander: bool,
    full: bool,
    list_questions: bool,
) -> None:
    """Answer from case file or story alone, or from the store with what these add."""
    if list_questions:
        listed = questions_data()
        face.out("why_questions", listed, questions_lines(listed))
        return
    if story == STANDARD_INPUT and case_file == Path(STANDARD_INPUT):
        raise InputError("one_standard_input")
    case = _case(case_file, given)
    command = command_text(
        "why",
        {
            "": reference,
            "--case": None if case_file is None else str(case_file),
            "--story": None if story is None else quoted(story),
            "--runner": face.runner if face.runner_given else None,
        },
    )
    stands_alone = reference is None and not face.runner_given
    if story is not None:
        from uncramp.cli.story import StoryCall, answer_story  # its words are read only here

        call = StoryCall(case=case, command=command, interactive=interactive,
                         bystander=bystander, full=full)  # fmt: skip
        answer_story(face, story, call, reference=reference, stands_alone=stands_alone)
        return
    if case_file is not None and stands_alone:
        if interactive:
            case = _asked_alone(face, case, bystander=bystander)
        data = _data(why_case(case), face)
        face.out("why", data, why_lines(data, command=command, full=full, kept=False))
        return
    wanted = "last" if reference is None and case_file is None else reference
    with face.context() as context:
        look_up_weather(context, wanted, case)
        if interactive:
            _offer_profile(face, context, wanted)
            case = _asked(face, context, wanted, case, bystander=bystander)
        answer = with_other_runs(context, why_run(context, reference=wanted, case=case))
        data = _data(answer, face)
        lines = why_lines(data, command=command, full=full)
        record(context, answer, data=plain(data), text="\n".join(lines))
    face.out("why", data, lines)


def _case(case_file: Path | None, given: tuple[str, ...]) -> Case:
    """What the case file tells, with what was answered on the command line on top."""
    case = Case()
    if case_file is not None:
        with click.open_file(str(case_file), encoding="utf-8-sig", errors="replace") as file:
            case = case_from_text(file.read(), file_name=case_file.name)
    return replace(case, answers={**case.answers, **answers_from_options(given)})


def _asked_alone(face: Face, case: Case, *, bystander: bool) -> Case:
    """The case with what was answered now; nothing is saved."""

    def question_after(told: Answers) -> QuestionData | None:
        return _question(why_case(replace(case, answers=told)), face)

    told = ask_in_a_row(question_after, case.answers, bystander=bystander)
    return replace(case, answers=told)


def _offer_profile(face: Face, context: Context, wanted: str | None) -> None:
    """Keep what the watch knows of its owner, when the reader says that it is right."""
    profile = watch_owner(context, wanted)
    if profile is None:
        return
    lines = [text("ask.profile.title"), f"  {watch_words(profile, units=face.units)}"]
    if ask_yes_or_no(lines, yes=text("ask.profile.yes"), no=text("ask.profile.no")):
        change_profile(context, profile)


def _asked(
    face: Face, context: Context, wanted: str | None, case: Case, *, bystander: bool
) -> Case:
    """The case with what was answered now."""
    before = why_run(context, reference=wanted, case=case).answers

    def given(told: Answers) -> Case:
        fresh = {name: said for name, said in told.items() if before.get(name) != said}
        return replace(case, answers={**case.answers, **fresh})

    def question_after(told: Answers) -> QuestionData | None:
        return _question(why_run(context, reference=wanted, case=given(told)), face)

    return given(ask_in_a_row(question_after, before, bystander=bystander))


def _question(answer: WhyAnswer, face: Face) -> QuestionData | None:
    question = answer.explanation.question
    facts = answer.explanation.run_facts.facts
    return None if question is None else question_data(question, facts, units=face.units)


def _data(answer: WhyAnswer, face: Face) -> Mapping[str, Any]:
    run = None if answer.run is None else run_title(answer.run, units=face.units)
    return why_data(
        answer.explanation,
        run=run,
        timeline=answer.timeline,
        weather=answer.weather,
        balance=answer.balance,
        units=face.units,
    )
