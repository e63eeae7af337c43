"""The stretch without a screen: a pocket card to print and a picture for the lock screen.

Paper cannot ask about health, so there is no word on salt, drinks, supplements or training here:
the steps are what `advise` says when the danger questions, and only those, are answered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from uncramp.drawing.letters import wrap
from uncramp.drawing.raster import png
from uncramp.drawing.svg import element, escape
from uncramp.drawing.tokens import tokens
from uncramp.evidence.rules import DONT_REMEMBER
from uncramp.export.frame import environment, hash_of, page_style
from uncramp.export.roadside_data import named_options, no_dangers
from uncramp.export.roadside_page import roadside_version, shapes
from uncramp.export.small import small_html
from uncramp.relief import Advice
from uncramp.roadside import advise
from uncramp.wording.catalogue import LANGUAGE, text
from uncramp.wording.safety import advice_data

__all__ = ["LOCK_SCREEN", "card_html", "lock_screen_png", "lock_screen_svg", "paper_steps"]

CARD_CSP: Final = (
    "default-src 'none'; style-src 'sha256-{style}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
STRETCH: Final = "stretch_card"
OFTEN: Final = ("calf", "hamstring", "quadriceps", "foot")
"""On the lock screen is no room for all; these are what most runners' cramps are about."""


def paper_steps(
    open_locks: Collection[str] = (), *, muscles: Collection[str] = ()
) -> tuple[Advice, ...]:
    """What may stand on paper: the advice for these muscles when there is no danger sign."""
    answers = {**no_dangers(), "muscles": tuple(muscles) or (DONT_REMEMBER,)}
    return advise(answers, open_locks=open_locks).steps


def stretches(muscles: Collection[str], open_locks: Collection[str]) -> tuple[str, ...]:
    """The stretch of each muscle, in words."""
    steps = paper_steps(open_locks, muscles=muscles)
    return tuple(said(step) for step in steps if step.id == STRETCH)


def around_the_stretch(open_locks: Collection[str]) -> tuple[list[str], list[str]]:
    """The steps before and after the stretch, in words."""
    steps = paper_steps(open_locks)
    at = next(place for place, step in enumerate(steps) if step.id == STRETCH)
    return [said(step) for step in steps[:at]], [said(step) for step in steps[at + 1 :]]


def said(step: Advice) -> str:
    """One piece of advice in words."""
    return str(advice_data(step)["text"])


def card_html(open_locks: Collection[str] = ()) -> str:
    """The pocket card, 85 x 54 mm on two sides, as a page to print."""
    muscles = [one.id for one in named_options("muscles")]
    before, after = around_the_stretch(open_locks)
    style = page_style("card.css")
    page = (
        environment()
        .get_template("card.html")
        .render(
            language=LANGUAGE,
            csp=CARD_CSP.format(style=hash_of(style)),
            style=Markup(style),  # noqa: S704  (our own file)
            shape=shapes()["emergency_now"],
            before=before,
            after=after,
            stretches=[card.partition(": ") for card in stretches(muscles, open_locks)],
            version=roadside_version(),
        )
    )
    return small_html(page) + "\n"


# ---------------------------------------------------------------- the lock screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A phone's screen in pixels, and what the phone itself draws on it."""

    width: int
    height: int
    top: int
    """Above is the clock."""
    bottom: int
    """Below are the buttons of the phone."""
    side: int


LOCK_SCREEN: Final = Screen(width=1170, height=2532, top=844, bottom=2210, side=70)
TITLE, BODY, LEADING = 58, 43, 1.27
LARGEST_SHRINK: Final = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text on the screen; `above` is the room before it, in lines."""

    said: str
    size: float
    colour: str
    bold: bool = False
    above: float = 0.0


def lock_screen_png(open_locks: Collection[str] = ()) -> bytes:
    """The danger signs and the stretches that are needed most, to be seen without unlocking."""
    return png(lock_screen_svg(open_locks), width=LOCK_SCREEN.width, theme="dark")


def lock_screen_svg(open_locks: Collection[str] = ()) -> str:
    """The same as SVG; the letters are as large as the free part of the screen allows."""
    scale = 1.0
    while scale > LARGEST_SHRINK and height_of(lock_lines(open_locks, scale)) > free_height():
        scale -= 0.02
    screen, dark = LOCK_SCREEN, tokens("dark")
    size = {"width": screen.width, "height": screen.height}
    parts = [element("rect", {**size, "fill": dark["paper"]})]
    y = float(screen.top)
    for line in lock_lines(open_locks, scale):
        y += line.size * LEADING * (1 + line.above)
        weight = 600 if line.bold else 400
        look = {"x": screen.side, "y": y, "fill": line.colour, "font-size": line.size}
        parts.append(element("text", {**look, "font-weight": weight}, escape(line.said)))
    return element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size}, *parts)


def free_height() -> float:
    """What the phone leaves free."""
    return LOCK_SCREEN.bottom - LOCK_SCREEN.top


def height_of(lines: Collection[Line]) -> float:
    """How high the lines are together."""
    return sum(line.size * LEADING * (1 + line.above) for line in lines)


def lock_lines(open_locks: Collection[str], scale: float) -> list[Line]:
    """Everything on the screen, line by line."""
    dark = tokens("dark")
    before, after = around_the_stretch(open_locks)
    title, body = TITLE * scale, BODY * scale
    return [
        *block(text("roadside.say.signs"), title, dark["emergency"], bold=True),
        *block(text("now.danger_card"), body, dark["ink"], above=0.25),
        *block(text("roadside.say.steps"), title, dark["accent"], bold=True, above=0.6),
        *(line for one in before for line in block(one, body, dark["ink"], above=0.25)),
        *(
            line
            for one in stretches(OFTEN, open_locks)
            for line in block(one, body, dark["ink"], bold=True, above=0.35)
        ),
        *(line for one in after[:2] for line in block(one, body, dark["ink"], above=0.35)),
    ]


def block(
    said: str, size: float, colour: str, *, bold: bool = False, above: float = 0.0
) -> Iterator[Line]:
    """A text broken into lines that fit between the edges."""
    width = LOCK_SCREEN.width - 2 * LOCK_SCREEN.side
    for number, line in enumerate(wrap(said, width, size, bold=bold)):
        yield Line(said=line, size=size, colour=colour, bold=bold, above=0.0 if number else above)
