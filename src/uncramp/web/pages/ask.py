"""Ask: one box for any question, and the answer under it. A question is an address, not a form
that changes something, so that it works without JavaScript and can be gone back to."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from uncramp.actions.ask import LONGEST_QUESTION, curated_titles
from uncramp.actions.ask import ask as asked_now
from uncramp.errors import InputError
from uncramp.web.rendering import context_of, render, units_of
from uncramp.wording.ask import ask_data, grade_words, questions_list, topic_words
from uncramp.wording.catalogue import error_text

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

UNREADABLE: Final = 422
FIRST: Final = 12
"""How many of the listed questions are shown before the rest is asked for."""


@router.get("/r/{runner}/ask")
def ask(request: Request, q: str = "") -> HTMLResponse:
    """The box, with examples where nothing was asked, else with the answer."""
    values: dict[str, Any] = {
        "here": "home",
        "asked": q[: LONGEST_QUESTION * 2],
        "most": LONGEST_QUESTION,
        "questions": questions_list(curated_titles()),
        "first": FIRST,
        "answer": None,
        "waits": [],
        "errors": {},
        "grade_words": grade_words,
        "topic_words": topic_words,
    }
    if not q.strip():
        return render(request, "ask.html", values)
    try:
        with context_of(request) as context:
            data = ask_data(asked_now(context, q), units=units_of(request))
    except InputError as error:
        words = error_text(error.code, dict(error.values))
        wrong = {"q": f"{words['what']} {words['why']}"}
        return render(request, "ask.html", {**values, "errors": wrong}, status_code=UNREADABLE)
    return render(request, "ask.html", {**values, "answer": data, "waits": waiting(data)})


def waiting(data: dict[str, Any]) -> list[str]:
    """Topics that wait for the danger questions, and for nothing else."""
    blocked = {topic for lock in data["locks"] for topic in lock["blocks"]}
    if data["ask_first"]:
        return []
    return [topic for topic in data["held_back"] if topic not in blocked]
