"""An answer to `why`: the page a runner would show a friend, as an image and as one file too."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from uncramp.actions.answer_page import AnswerPage, answer_csv, answer_image, answer_page
from uncramp.actions.asking import reopen
from uncramp.actions.pictures import BodyWords, body_map, sheet_text
from uncramp.web.links import page_url
from uncramp.web.pages.why import see_other, stop_values
from uncramp.web.rendering import context_of, render, runner_of, units_of
from uncramp.wording.answers import answer_view, file_stem, grade_words, said_words, saved_words
from uncramp.wording.asking import about_words, place_names, topic_words
from uncramp.wording.catalogue import text
from uncramp.wording.safety import locks_data, stop_data

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SHEETS: Final = ("tokens.css", "app.css", "pictures.css", "why_answer.css", "alone.css")
"""What a page that stands alone carries with it."""
LONGEST_NAME: Final = 60


@router.get("/r/{runner}/answers/{advice_id:int}")
def answer(request: Request, advice_id: int) -> HTMLResponse:
    """The answer; while a stop is open nothing but the stop."""
    with context_of(request) as context:
        page = answer_page(context, advice_id)
        today = context.now.date()
    stop = stop_data(page.screening)
    if stop is not None:
        action = page_url("why_stopped", runner_of(request))
        values = {**stop_values(stop, today, action=action), "here": "why"}
        return render(request, "stopped.html", values)
    return render(request, "why_answer.html", {"here": "why", **page_values(request, page)})


def page_values(request: Request, page: AnswerPage) -> dict[str, Any]:
    """What the page shows, on the app's own page and on one that stands alone."""
    return {
        "page": page,
        "about": about_words(page.run, page.run_day, units=units_of(request)),
        "said_on": said_words(page.said_on),
        "view": answer_view(page.data, places=page.places),
        "locks": page.data.get("locks", []),
        "new_locks": locks_data(page.new_locks),
        "topics": topic_words,
        "grade": grade_words,
        "waiting": topic_words(page.waiting),
        "figure": figure_of(page.places),
    }


def figure_of(places: tuple[str, ...]) -> Any:
    """The figure with the marked places; None when none was marked."""
    if not places:
        return None
    words = BodyWords(
        front=text("ask.map.front"),
        back=text("ask.map.back"),
        left=text("ask.map.left"),
        right=text("ask.map.right"),
    )
    return body_map(places, place_names(), said=words)


@router.post("/r/{runner}/answers/{advice_id:int}/change")
def change(request: Request, advice_id: int, question: Annotated[str, Form()] = "") -> Response:
    """Back to the questions with all answers in place; to one of them when it is named."""
    with context_of(request) as context:
        draft_id = reopen(context, advice_id)
    if question:
        return see_other(request, "ask", draft_id, question, then="check")
    return see_other(request, "check_answers", draft_id)


@router.get("/r/{runner}/answers/{advice_id:int}/image.png")
def image(request: Request, advice_id: int, name: str = "") -> Response:
    """The answer as an image to hand on."""
    with context_of(request) as context:
        page = answer_page(context, advice_id)
        content = answer_image(page, name=name.strip()[:LONGEST_NAME])
    return download(content, "image/png", f"{stem_of(page)}.png")


@router.get("/r/{runner}/answers/{advice_id:int}/page.html")
def alone(request: Request, advice_id: int, name: str = "") -> Response:
    """The answer as one file that needs nothing else: no script, no other file, no other host."""
    with context_of(request) as context:
        page = answer_page(context, advice_id)
        today = context.now.date()
    stop = stop_data(page.screening)
    style = style_of_alone()
    values: dict[str, Any] = {
        "saved_on": saved_words(today),
        "style": style,
        "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        "name": name.strip()[:LONGEST_NAME],
    }
    if stop is not None:
        values |= {"stopped": True, **stop_values(stop, today, action="")}
    else:
        values |= {"stopped": False, **page_values(request, page)}
    html = render(request, "answer_alone.html", values)
    return download(bytes(html.body), "text/html; charset=utf-8", f"{stem_of(page)}.html")


@router.get("/r/{runner}/answers/{advice_id:int}/run.csv")
def table(request: Request, advice_id: int) -> Response:
    """The numbers behind the picture."""
    with context_of(request) as context:
        page = answer_page(context, advice_id)
    content = answer_csv(page)
    if not content:
        return see_other(request, "answer", advice_id)
    return download(content.encode(), "text/csv; charset=utf-8", f"{stem_of(page)}.csv")


def stem_of(page: AnswerPage) -> str:
    """The name of a file that is handed on, without its ending."""
    return file_stem(page.run_day or page.said_on)


@cache
def style_of_alone() -> str:
    """The sheets of the page in one, for the element `style`."""
    return "\n".join(sheet_text(name) for name in SHEETS)


def download(content: bytes, kind: str, file_name: str) -> Response:
    """A file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(content, media_type=kind, headers=headers)
