"""The roadside page: one file that answers "I have a cramp now" with no signal and no server.

Rules, questions and sentences come from the evidence files and the message catalogue, colours and
sizes from the token sheet; `export/roadside/` holds the frame, the look and the two scripts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from typing import Any, Final

from markupsafe import Markup

from uncramp import __version__
from uncramp.drawing.icons import ICONS
from uncramp.evidence import EVIDENCE_VERSION, rules_file
from uncramp.export.frame import environment, hash_of, page_style, sheet
from uncramp.export.roadside_data import named_options, roadside_data
from uncramp.export.roadside_plain import plain_page
from uncramp.export.small import small_html, small_js
from uncramp.screening import DANGER_QUESTIONS, URGENCIES
from uncramp.wording.catalogue import LANGUAGE, messages, text

__all__ = [
    "RunnersOwn",
    "levels",
    "page_script",
    "plain_words",
    "roadside_csp",
    "roadside_page",
    "roadside_version",
    "shapes",
]

CSP: Final = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
MARK: Final = "~"
SAY: Final = "roadside.say."


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnersOwn:
    """What the page of one runner knows and may do beyond the one for everybody."""

    stops: Collection[str]
    """Flag ids still open; so are `locks`."""
    locks: Collection[str]
    readable: bool
    """False when what is stored could not be read."""
    save: str
    """Where advice that was given is sent to be kept."""
    home: str
    settings: str
    """Where an open warning is closed."""
    anybody: str
    """The page for everybody."""
    style: str
    """Where its style sheet is; `script` is where its script is."""
    script: str


def roadside_page(own: RunnersOwn | None = None) -> str:
    """The page as one HTML document; the same for everybody unless it is a runner's `own`.

    The one for everybody is a single file. A runner's own comes from a server and with its policy,
    so it names its style and script instead.
    """
    say = words(own)
    about_runner = own_data(own)
    plain = (
        environment()
        .get_template("plain.html")
        .render(
            plain=plain_page(
                open_stops=own.stops if own else (), open_locks=own.locks if own else ()
            ),
            own=about_runner,
            **plain_words(own),
        )
    )
    shown = (
        environment()
        .get_template("page.html")
        .render(
            own=own,
            say=say,
            plain=Markup(plain),  # noqa: S704  (escaped above)
            shapes=shapes(),
            language=LANGUAGE,
            csp=roadside_csp(),
            style=Markup(page_style()),  # noqa: S704  (our own file)
            script=Markup(page_script()),  # noqa: S704  (our own file)
            data=block(said_once(page_data(say, about_runner), sentences(plain))),
        )
    )
    return small_html(shown) + "\n"


def roadside_csp() -> str:
    """The policy of the page for everybody: only its own script and style, only its own host."""
    return CSP.format(script=hash_of(page_script()), style=hash_of(page_style()))


def roadside_version() -> str:
    """What can change an answer of the page: the program and its evidence."""
    return f"{__version__} ({EVIDENCE_VERSION})"


def words(own: RunnersOwn | None) -> dict[str, str]:
    """Every sentence of the screens, by the name that page.js and plain.html use."""
    names = [one.removeprefix(SAY) for one in messages("roadside") if one.startswith(SAY)]
    said = {name: text(f"roadside.say.{name}") for name in names}
    signs = [option for name in DANGER_QUESTIONS for option in named_options(name)]
    said["signs_hint"] = text("roadside.say.signs_hint", count=len(signs))
    if own is not None:
        said["helping"] = text("roadside.own.helping")
    return said | {
        "none": text("screen.none"),
        "dont_know": text("screen.dont_know"),
        "back": text("page.back"),
        "do_not": text("page.do_not"),
        "salt_locked": text("now.salt_locked"),
        "salt_waits": text("now.salt_waits"),
        "not_a_device": text("page.not_a_device"),
    }


def levels() -> dict[str, str]:
    """The three care levels in words."""
    return {level: text(f"page.level.{level}") for level in URGENCIES}


def shapes() -> dict[str, str]:
    """The shape of each care level, as the path of its icon."""
    return {level: ICONS[f"care_{level}"] for level in URGENCIES}


def plain_words(own: RunnersOwn | None = None) -> dict[str, Any]:
    """What the page without scripts says beside its answers."""
    return {"say": words(own), "levels": levels(), "version": roadside_version()}


def page_data(say: Mapping[str, str], own: Mapping[str, Any]) -> dict[str, Any]:
    """All that the scripts work with."""
    return {
        "rules": roadside_data(),
        "levels": levels(),
        "version": roadside_version(),
        "say": say,
        "own": own,
    }


def own_data(own: RunnersOwn | None) -> dict[str, Any]:
    """What a page knows of its runner; the one for everybody knows nothing, and says so."""
    if own is None:
        known = text("roadside.plain.knows_no_flags")
        return {"stops": [], "locks": [], "links": [], "knows": known}
    links = [[text("page.go_home"), own.home], [text("roadside.own.someone_else"), own.anybody]]
    if own.stops:
        links.insert(0, [text("roadside.own.close"), own.settings])
    return {
        "stops": sorted(own.stops),
        "locks": sorted(own.locks),
        "links": links,
        "knows": knows(own),
        "save": own.save,
        "home": [text("page.door.home"), own.home],
        "still_open": {
            stop["id"]: f"{text('why.still_open')} {text(stop['cleared_by'])}"
            for stop in rules_file("red_flags")["stops"]
        },
    }


def knows(own: RunnersOwn) -> str:
    """What the page knows of the warnings saved for its runner, in one sentence."""
    if not own.readable:
        return text("now.flags_unknown")
    locks = [
        text(lock["name"]).lower()
        for lock in rules_file("red_flags")["locks"]
        if lock["id"] in own.locks
    ]
    if locks:
        return text("roadside.own.held_back", names=", ".join(locks))
    return text("roadside.own.knows_flags")


class Sentences(HTMLParser):
    """The text nodes of some markup, as a browser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        """One text node; those of only spaces count for nothing."""
        if data.strip():
            self.found.append(data.strip())


def sentences(markup: str) -> Sequence[str]:
    """Every text node of `markup`, in order."""
    reader = Sentences()
    reader.feed(markup)
    reader.close()
    return reader.found


def said_once(data: Any, told: Sequence[str]) -> Any:
    """`data` with each text that the page already says replaced by its place there.

    A place is `~` and how much further on it stands than the one before: `~1` is the next.
    """
    last = 0

    def placed(value: Any) -> Any:
        nonlocal last
        if isinstance(value, Mapping):
            return {name: placed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [placed(one) for one in value]
        if not isinstance(value, str) or not value[:1].isupper() or value not in told:
            return value
        further = told.index(value, last) if value in told[last:] else told.index(value)
        before, last = last, further
        return f"{MARK}{further - before}"

    return placed(data)


def block(data: Mapping[str, Any]) -> Markup:
    """JSON that is safe inside a script element."""
    compact = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(compact.replace("<", "\\u003c"))  # noqa: S704  (no markup is left in it)


@cache
def page_script(*, is_own: bool = False) -> str:
    """All scripts of a page as one, made small; a runner's own page saves and knows more."""
    names = ("rules.js", "own.js", "page.js") if is_own else ("rules.js", "page.js")
    return small_js("".join(sheet(name) for name in names))
