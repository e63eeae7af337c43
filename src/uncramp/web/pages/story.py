"""Why, in the runner's own words: what was understood as ticks, each with the words for it.

The story is read and shown again; it is not kept. What stays ticked goes into an interview, which
then asks what is missing. Works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from uncramp.actions.asking import start, take_in
from uncramp.actions.story import answers_from_ticks, read_story, run_from_ticks
from uncramp.errors import InputError, NotFoundError
from uncramp.web.pages.why import (
    LAST,
    NO_FILE,
    OTHER_DAY,
    problem_words,
    see_other,
    to_step,
    why_page,
)
from uncramp.web.rendering import context_of, render, units_of
from uncramp.wording.catalogue import text
from uncramp.wording.story import ask_first_words, heard_rows

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

UNFIT: Final = 422
YES: Final = "yes"
MOST_FIELDS: Final = 300
SURE: Final = (YES, "no", "unknown")

Word = Annotated[str, Form()]


@router.get("/r/{runner}/why/story")
def to_why(request: Request) -> Response:
    """The box for the story stands on the page `why`."""
    return see_other(request, "why")


@router.post("/r/{runner}/why/story")
def understood(
    request: Request, story: Word = "", about: Word = "", day: Word = "", go: Word = ""
) -> Response:
    """What was understood; with `go` the box again, with the words in it."""
    sent = {"story": story, "about": about, "day": day}
    if go == "again":
        return why_page(request, sent=sent)
    return heard_page(request, sent)


def heard_page(
    request: Request,
    sent: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    ticks: Sequence[str] | None = None,
    said: Mapping[str, str] | None = None,
) -> Response:
    """The ticks and the questions about danger words, with what was wrong with what was sent.

    `ticks` and `said` are what was chosen before; without them all is ticked and nothing said.
    """
    try:
        heard = read_story(sent["story"])
    except InputError as error:
        return why_page(request, errors={"story": problem_words(error)}, sent=sent)
    rows = heard_rows(heard, units=units_of(request))
    values: dict[str, Any] = {
        "bare": True,
        "sent": sent,
        "errors": errors or {},
        "ticked": ticks,
        "said": said or {},
        "dangers": [row for row in rows if row["is_danger"]],
        "rows": [row for row in rows if not row["is_danger"]],
        "first": [
            {"name": f"{one.question_id}={one.option_id}", "text": ask_first_words(one)}
            for one in heard.ask_first
        ],
        "sure": SURE,
        "about_other": heard.about_other,
    }
    return render(request, "story.html", values, status_code=UNFIT if errors else 200)


async def sent_form(request: Request) -> FormData:
    """The form as it was sent: the fields for danger words have names of their own."""
    return await request.form(max_fields=MOST_FIELDS, max_files=0)


@router.post("/r/{runner}/why/story/use")
def use(request: Request, form: Annotated[FormData, Depends(sent_form)]) -> Response:
    """Take in what stayed ticked, and go on with what is missing."""
    sent = {name: words_in(form, name) for name in ("story", "about", "day")}
    asked = [str(one) for one in form.getlist("asked")]
    said = {one: words_in(form, f"sure-{one}") for one in asked}
    ticks = [str(one) for one in form.getlist("tick")]
    if any(one not in SURE for one in said.values()):
        open_ones = {
            f"sure-{one}": text("story.page.must_say")
            for one, word in said.items()
            if word not in SURE
        }
        return heard_page(request, sent, errors=open_ones, ticks=ticks, said=said)
    about, day = sent["about"], sent["day"]
    reference = {LAST: LAST, NO_FILE: None, "": None, OTHER_DAY: day}.get(about, about)
    try:
        answers = answers_from_ticks([*ticks, *(one for one in asked if said[one] == YES)])
        with context_of(request) as context:
            draft_id = start(context, reference)
            step = take_in(context, draft_id, answers, run=run_from_ticks(ticks))
    except (InputError, NotFoundError) as error:
        field = "day" if about == OTHER_DAY else "about"
        return why_page(request, errors={field: problem_words(error)}, sent=sent)
    return to_step(request, draft_id, step)


def words_in(form: FormData, name: str) -> str:
    """What one field of the form holds."""
    value = form.get(name)
    return value if isinstance(value, str) else ""
