"""The roadside page, its paper and its files: small, whole, the same words as `advise`."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import struct
from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest

from uncramp.actions import roadside_files as files_action
from uncramp.actions.context import Context
from uncramp.actions.now import open_flags
from uncramp.actions.roadside_files import (
    own_page,
    own_script,
    roadside_csp,
    roadside_files,
    write_files,
    write_site,
)
from uncramp.cli import main
from uncramp.drawing.tokens import Theme, tokens
from uncramp.errors import StoreError, UncrampError
from uncramp.evidence import rules_file
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE
from uncramp.export.frame import page_style, sheet
from uncramp.export.roadside_card import (
    LOCK_SCREEN,
    card_html,
    lock_screen_png,
    lock_screen_svg,
    paper_steps,
)
from uncramp.export.roadside_data import roadside_data
from uncramp.export.roadside_page import roadside_page
from uncramp.export.roadside_site import SITE_NAMES, site_files
from uncramp.export.small import small_css, small_html, small_js
from uncramp.interview import questions
from uncramp.roadside import advise, roadside_questions
from uncramp.screening import DANGER_QUESTIONS, screening_questions
from uncramp.wording.catalogue import messages, text
from uncramp.wording.now import now_data
from uncramp.wording.safety import question_data
from web_support import client, stranger

NOW: Final = datetime(2026, 10, 5, 10, 30, tzinfo=UTC)
LARGEST: Final = 15 * 1024
AAA: Final = 7.0
CALM: Final = dict.fromkeys(DANGER_QUESTIONS, (NONE_OF_THESE,))
HEALTHY: Final = dict.fromkeys(screening_questions(), (NONE_OF_THESE,))
SALTY: Final = ("salt", "drink", "supplement", "training")
PAGE_WORDS: Final = ("page.js", "own.js", "plain.html", "page.html", "card.html")


def context(folder: Path, runner: str = "me") -> Context:
    """A runner at a fixed hour."""
    return Context(data_dir=folder, now=NOW, runner=runner)


def keep_flags(folder: Path, *, stops: Sequence[str] = (), locks: Sequence[str] = ()) -> None:
    """Flags of `me` as the store mirrors them."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = {"runners": {"me": {"stops": [*stops], "locks": [*locks]}}}
    (folder / "open_flags.json").write_text(json.dumps(flags), encoding="utf-8")


# ---------------------------------------------------------------- the whole page


def test_the_page_is_small() -> None:
    """With rules, words, look and scripts it comes in one small piece."""
    assert len(gzip.compress(roadside_page().encode(), 9)) <= LARGEST


def test_the_page_asks_nobody_for_anything() -> None:
    """No address of another host, and none of this one but those its own script adds."""
    for page in (roadside_page(), card_html()):
        assert not re.search(r"(?:https?:)?//[a-z0-9]", page), "an address"
        linked = re.findall(r'(?:src|href)="([^"]*)"', page)
        assert all(one.startswith(("#", "data:")) for one in linked), linked
        assert "url(" not in page
        assert "@import" not in page


def hashed(inline: str) -> str:
    """How a policy names an inline script or style."""
    return f"'sha256-{b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


@pytest.mark.parametrize("page", [roadside_page(), card_html()], ids=["page", "card"])
def test_the_policy_lets_in_what_is_there_and_nothing_else(page: str) -> None:
    """The hashes are those of the style and the script as they stand in the page."""
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    said = policy[1].replace("&#39;", "'")
    parts = dict(part.strip().split(" ", 1) for part in said.split(";"))
    assert "unsafe" not in said
    assert parts["default-src"] == parts["base-uri"] == parts["form-action"] == "'none'"
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert parts["style-src"] == hashed(style)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert [parts["script-src"]] == [hashed(one) for one in scripts] if scripts else True
    assert not re.search(r"<[^>]+ (style|on[a-z]+)=", page)
    if scripts:
        assert said == roadside_csp()


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2) of a colour such as #0f5c4d."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(share * one for share, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    """Contrast (WCAG 2) of two colours."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs(css: str) -> Iterator[tuple[str, str]]:
    """Tokens of text and ground: those a rule sets both, and text alone on paper."""
    for rule in re.findall(r"\{([^{}]*)\}", css):
        ground = re.search(r"background:\s*var\(--([a-z-]+)\)", rule)
        colour = re.search(r"(?<![-\w])color:\s*var\(--([a-z-]+)\)", rule)
        if colour:
            yield colour[1], ground[1] if ground else "paper"
        elif ground:
            yield "ink", ground[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["page.css", "card.css"])
def test_every_pair_of_colours_is_readable_in_the_sun(name: str, theme: Theme) -> None:
    """Text and ground as the sheets put them together: 7 to 1 or more, by the tokens."""
    found = set(pairs(sheet(name)))
    assert ("ink", "paper") in found
    known = tokens(theme)
    faint = {
        pair: contrast(known[pair[0]], known[pair[1]])
        for pair in found
        if contrast(known[pair[0]], known[pair[1]]) < AAA
    }
    assert not faint


def test_colours_and_sizes_come_from_the_one_token_sheet() -> None:
    """No colour of its own; each token that is used has its value in the page."""
    for name in ("page.css", "card.css"):
        css = sheet(name)
        own = set(re.findall(r"#[0-9a-f]{3,8}\b", css)) - {"#fff", "#000"}
        assert not own, f"{name}: {own}"
        small = page_style(name)
        left = set(re.findall(r"var\(--([a-z0-9-]+)\)", small))
        themed = {one for one in tokens("light") if tokens("light")[one] != tokens("dark")[one]}
        assert left <= themed
        for one in left:
            assert f"--{one}:{tokens('light')[one]}" in small
            assert f"--{one}:{tokens('dark')[one]}" in small


def test_the_roadside_target_is_the_token() -> None:
    """What can be tapped is as high as the token for the roadside says."""
    (rule,) = re.findall(r"button,summary,\.act\{([^}]*)\}", page_style())
    assert f"min-height:{tokens('light')['target-roadside']}" in rule
    assert tokens("light")["target-roadside"] == "64px"


def test_every_message_of_the_page_is_used() -> None:
    """No sentence is sent that no screen says."""
    source = "\n".join(sheet(name) for name in PAGE_WORDS)
    unused = [
        one
        for one in messages("roadside")
        if one.startswith("roadside.say.")
        and not re.search(rf"\bsay\.{one.removeprefix('roadside.say.')}\b", source)
        and f"'{one}'" not in source
    ]
    assert unused == []


def test_the_script_says_nothing_that_is_not_in_the_catalogue() -> None:
    """No sentence is written into a script: every string of two words or more is one we know."""
    known = {"use strict", "malformed rule", ".bar p", "header b", "back act"}
    for name in ("rules.js", "own.js", "page.js", "sw.js"):
        script = re.sub(r"//[^\n]*", "", sheet(name))
        strings = re.findall(r'"((?:[^"\\\n]|\\.)*)"', script)
        sentences = {one for one in strings if re.search(r"[A-Za-z] [A-Za-z]", one)} - known
        assert sentences == set(), name


def test_old_phones_can_read_the_scripts() -> None:
    """Nothing newer than ES5: no arrow, let, const, class, template, spread or default."""
    newer = r"=>|`|\b(let|const|class|async|await|import|export|yield)\b|\.\.\.|\?\.|\?\?"
    for name in ("rules.js", "own.js", "page.js"):
        script = re.sub(r"//[^\n]*", "", sheet(name))
        bare = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', script)
        assert not re.search(newer, bare), name
        assert "innerHTML" not in bare
        assert "eval(" not in bare


# ---------------------------------------------------------------- made small


def test_making_small_keeps_strings_keys_and_meaning() -> None:
    """Comments and idle spaces go, declared names become short, all else stays."""
    script = """
    // a comment with "quotes"
    function greet(person, times) {
      var said = { person: person, "two  words": "a // b" }, left;   /* gone */
      left = times ? said.person : /^x y$/.test(person);
      return left;
    }
    """
    small = small_js(script)
    assert re.match(r"function \w\(person,\w\)", small)
    assert '"two  words":"a // b"' in small
    assert "{person:person," in small
    assert ".person:" in small
    assert "/^x y$/.test(person)" in small
    assert "comment" not in small
    assert "times" not in small
    assert small_css("a > b { color: red; }\n/* x */ c { top: 0 }") == "a>b{color:red;}c{top:0}"
    assert small_html("<ul>\n  <li>one</li>\n</ul>") == "<ul><li>one</ul>"


def test_short_names_hit_nothing_that_is_there() -> None:
    """A made-up name is none that the script uses, nor a word of the language."""
    letters = ", ".join(f"long{number}" for number in range(60))
    script = f"function outer({letters}) {{ var a = 1; if (a in [1]) return long59; }}"
    small = small_js(script)
    names = re.findall(r"[A-Za-z]+", small.partition("{")[0])
    assert len(set(names)) == len(names)
    assert not {"do", "if", "in"} & set(names)


# ---------------------------------------------------------------- without scripts


class Tree(HTMLParser):
    """The page without scripts: each fold with its own texts and the folds inside it."""

    def __init__(self) -> None:
        super().__init__()
        self.root: dict[str, Any] = {"summary": [], "texts": [], "folds": []}
        self.open = [self.root]
        self.in_summary = False
        self.in_plain = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A fold opens."""
        self.in_plain = self.in_plain or ("id", "plain") in attrs
        if ("id", "app") in attrs:
            self.in_plain = False
        if tag == "details":
            fold: dict[str, Any] = {"summary": [], "texts": [], "folds": []}
            self.open[-1]["folds"].append(fold)
            self.open.append(fold)
        self.in_summary = self.in_summary or tag == "summary"

    def handle_endtag(self, tag: str) -> None:
        """A fold closes."""
        if tag == "details":
            self.open.pop()
        if tag == "summary":
            self.in_summary = False

    def handle_data(self, data: str) -> None:
        """A text of the fold that is open."""
        if self.in_plain and data.strip():
            part = "summary" if self.in_summary else "texts"
            self.open[-1][part].append(data.strip())


def tree(page: str) -> dict[str, Any]:
    """The folds of a page."""
    reader = Tree()
    reader.feed(page)
    return reader.root


def every_fold(fold: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All folds, outer first."""
    for one in fold["folds"]:
        yield one
        yield from every_fold(one)


def fold_of(page: str, words: str) -> dict[str, Any]:
    """The first fold that says `words` to be tapped."""
    return next(one for one in every_fold(tree(page)) if words in one["summary"])


def said_by(answers: Any, **flags: Collection[str]) -> dict[str, Any]:
    """The data of `now`."""
    return now_data(advise(answers, **flags))


def stop_texts(stop: dict[str, Any]) -> list[str]:
    """Everything a stop says."""
    return [
        one
        for flag in stop["flags"]
        for one in (
            text(f"page.level.{flag['urgency']}"),
            *flag["do"],
            flag["name"],
            *flag["do_not"],
            flag["because"],
        )
    ]


def step_texts(said: dict[str, Any]) -> list[str]:
    """Every step with the other view."""
    return [
        one
        for step in said["now"]
        for one in (
            step["text"],
            step["dispute"] and text("why.disagreement", dispute=step["dispute"]),
        )
        if one
    ]


def signs() -> list[tuple[str, str, str]]:
    """Every sign of every screening question: question, option, words."""
    return [
        (name, option.id, text(option.text))
        for name in screening_questions()
        for option in questions()[name].options
        if option.id not in (NONE_OF_THESE, DONT_REMEMBER)
    ]


@pytest.mark.parametrize(("question", "option", "words"), signs())
def test_without_scripts_every_sign_says_what_advise_says(
    question: str, option: str, words: str
) -> None:
    """A stop in full; a danger sign that is none alone as `advise` answers it; a lock by name."""
    page = roadside_page()
    said = said_by({question: (option,)})
    if said["stop"]:
        fold = fold_of(page, words)
        assert set(stop_texts(said["stop"])) <= set(fold["texts"])
        assert text("relief.stretch.any") not in fold["texts"]
    elif question in DANGER_QUESTIONS:
        assert fold_of(page, words)["texts"] == step_texts(said)
    else:
        asked = text(questions()[question].text)
        around = next(one for one in every_fold(tree(page)) if asked in one["texts"])
        after = around["texts"].index(text("roadside.plain.health"))
        assert words in around["texts"][after:]


def test_without_scripts_each_muscle_has_its_stretch_among_the_steps() -> None:
    """None of these: every step as `advise` says it, and for each muscle its own card."""
    none = fold_of(roadside_page(), text("screen.none"))
    steps = step_texts(said_by(CALM))
    start = none["texts"].index(steps[0])
    assert none["texts"][start : start + len(steps)] == steps
    cards = {fold["summary"][0]: fold["texts"] for fold in none["folds"] if fold["texts"]}
    for option in questions()["muscles"].options:
        if option.id != DONT_REMEMBER:
            said = said_by({**CALM, "muscles": (option.id,)})
            (card,) = [one["text"] for one in said["now"] if one["id"] == "stretch_card"]
            assert cards[text(option.text)] == [card]
            others = [one["text"] for one in said["now"] if one["id"] != "stretch_card"]
            assert others == [one for one in steps if one != text("relief.stretch.any")]


def test_without_scripts_salt_stands_behind_every_health_question() -> None:
    """Five folds deep, and nowhere else; together with the steps it is what `advise` says."""
    fold = fold_of(roadside_page(), text("interview.pattern.twitching"))
    before = step_texts(said_by(CALM))
    whole = step_texts(said_by({**HEALTHY, "pattern": "twitching"}))
    wanted = [one for one in whole if one not in before]
    for _ in screening_questions()[len(DANGER_QUESTIONS) :]:
        assert not set(wanted) & set(fold["texts"])
        fold = next(one for one in fold["folds"] if one["summary"] == [text("screen.none")])
    assert [one for one in fold["texts"] if one in wanted] == wanted
    elsewhere = [one for one in every_fold(tree(roadside_page())) if wanted[0] in one["texts"]]
    assert len(elsewhere) == 1
    topics = {topic for step in said_by(CALM)["now"] for topic in step["topics"]}
    assert not topics & set(SALTY)


def test_without_scripts_not_knowing_means_get_looked_at() -> None:
    """The steps are those of `advise` when nothing is known."""
    fold = fold_of(roadside_page(), text("screen.dont_know"))
    said = said_by(dict.fromkeys(DANGER_QUESTIONS, (DONT_REMEMBER,)))
    assert fold["texts"][2:] == step_texts(said)
    assert fold["texts"][0] == text("roadside.say.unsure")


def own_html(folder: Path, runner: str = "me") -> str:
    """A runner's own page."""
    addresses = {"home": "/h", "settings": "/set", "anybody": "/now/"}
    page = own_page(
        context(folder, runner), save=f"/s/{runner}", style="/c", script="/j", **addresses
    )
    assert isinstance(page, str)
    return page


@pytest.mark.parametrize("stop", [entry["id"] for entry in rules_file("red_flags")["stops"]])
def test_without_scripts_an_open_stop_leaves_nothing_else(stop: str, tmp_path: Path) -> None:
    """The runner's own page says the stop, that it is open, how it is closed, and no more."""
    keep_flags(tmp_path, stops=[stop])
    page = tree(own_html(tmp_path))
    said = said_by({}, open_stops=[stop])
    assert page["folds"] == []
    assert set(stop_texts(said["stop"])) <= set(page["texts"])
    assert any(text("stop.cleared_by") in one for one in page["texts"])
    assert text("relief.roadside.stop") not in page["texts"]
    assert text("roadside.own.close") in page["texts"]


def test_without_scripts_an_open_lock_takes_salt_and_what_else_it_blocks_away(
    tmp_path: Path,
) -> None:
    """Pregnancy: no massage, no salt, and why."""
    keep_flags(tmp_path, locks=["pregnancy"])
    page = own_html(tmp_path)
    shown = [one for fold in every_fold(tree(page)) for one in fold["texts"]]
    assert text("relief.roadside.massage") not in shown
    assert text("relief.roadside.electrolyte_counts") not in shown
    name = text("lock.pregnancy.name").lower()
    assert text("now.salt_locked", names=name) in shown


# ---------------------------------------------------------------- what the scripts are given


def test_the_data_says_what_python_says() -> None:
    """Questions in full and in order, numbers by their key, no source, no message id left over."""
    data = roadside_data()
    asked = [one.id for one in roadside_questions({"pattern": "twitching"})]
    assert set(asked) | {"pattern"} == {one["id"] for one in data["questions"]}
    for one in data["questions"]:
        whole = question_data(questions()[one["id"]])
        assert one["text"] == whole["text"]
        assert one.get("bystander") == whole["bystander"]
        offered = [[option["id"], option["text"]] for option in whole["options"]]
        assert one["options"] == [
            pair for pair in offered if pair[0] not in (NONE_OF_THESE, DONT_REMEMBER)
        ]
    raw = json.dumps(data)
    assert '"sources"' not in raw
    for file_name in ("stop", "lock", "relief", "screen", "interview"):
        assert not set(messages(file_name)) & set(re.findall(r'"([a-z0-9_.]+)"', raw))
    assert set(data["numbers"]) == set(re.findall(r'"(safety\.[a-z_]+)"', raw))


def test_a_runners_page_carries_their_flags_and_survives_any_name(tmp_path: Path) -> None:
    """The flags are data; a name is text, whatever it holds."""
    keep_flags(tmp_path, locks=["minor"])
    name = "</script><b>\u2028\n&'\"~1"
    for runner in ("me", name):
        page = own_html(tmp_path, runner)
        (block,) = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
        own = json.loads(block)["own"]
        assert own["locks"] == (["minor"] if runner == "me" else [])
        assert own["save"] == f"/s/{runner}"
        said = "held_back" if runner == "me" else "knows_flags"
        names = text("lock.minor.name").lower()
        assert text(f"roadside.own.{said}", names=names) in tree(page)["texts"]
    assert name not in own_html(tmp_path, name)


def test_flags_that_cannot_be_read_hold_advice_back_and_say_so(tmp_path: Path) -> None:
    """A broken file: every lock counts as open, and the page says why."""
    (tmp_path / "open_flags.json").write_text("{broken", encoding="utf-8")
    assert not open_flags(tmp_path, "me").readable
    page = own_html(tmp_path)
    assert text("now.flags_unknown") in page
    assert text("relief.roadside.electrolyte_counts") not in tree(page)["texts"]


# ---------------------------------------------------------------- paper and lock screen


@pytest.mark.parametrize("lock", [None, *(e["id"] for e in rules_file("red_flags")["locks"])])
def test_paper_holds_nothing_that_a_flag_or_an_unasked_question_could_block(
    lock: str | None,
) -> None:
    """No salt, drink, supplement or training by construction; a lock takes its own topics too."""
    locks = () if lock is None else (lock,)
    steps = paper_steps(locks)
    blocked = {topic for e in rules_file("red_flags")["locks"] if e["id"] in locks
               for topic in e["blocks"]}  # fmt: skip
    assert not {topic for step in steps for topic in step.topics} & ({*SALTY} | blocked)
    forbidden = [
        said["text"]
        for said in said_by({**HEALTHY, "pattern": "twitching"})["now"]
        if {*said["topics"]} & ({*SALTY} | blocked)
    ]
    assert len(forbidden) >= 5
    card = card_html(locks)
    for one in forbidden:
        assert one not in card
    svg = " ".join(re.findall(r">([^<]+)</text>", lock_screen_svg(locks)))
    for one in forbidden:
        assert one[:40] not in svg


def test_the_card_puts_danger_before_any_stretch() -> None:
    """Danger signs, the steps in order, and a stretch for every muscle."""
    card = card_html()
    order = [
        text("now.danger_card"),
        *(text(f"relief.roadside.{one}") for one in ("stop", "stop_stretch", "massage")),
        "stand and lean on a wall",
    ]
    places = [card.index(one) for one in order]
    assert places == sorted(places)
    assert len(re.findall("<dt>", card)) == len(rules_file("relief")["muscles"])
    assert "85mm" in page_style("card.css")
    assert "54mm" in page_style("card.css")


def test_the_lock_screen_leaves_the_clock_and_the_buttons_free() -> None:
    """Right size, all text between the clock and the buttons and inside the edges."""
    picture = lock_screen_png()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (1170, 2532)
    svg = lock_screen_svg()
    lines = [float(one) for one in re.findall(r'<text x="\d+" y="([\d.]+)"', svg)]
    sizes = [float(one) for one in re.findall(r'font-size="([\d.]+)"', svg)]
    assert lines == sorted(lines)
    assert lines[0] - sizes[0] >= LOCK_SCREEN.top >= LOCK_SCREEN.height / 3
    assert lines[-1] <= LOCK_SCREEN.bottom
    assert min(sizes) >= 36
    said = " ".join(re.findall(r">([^<]+)</text>", svg))
    assert said.index(text("now.danger_card")) < said.index(text("relief.stretch.calf"))


# ---------------------------------------------------------------- files


def test_the_export_writes_three_whole_files(tmp_path: Path) -> None:
    """The page as everybody gets it, the card and the picture; nothing of a half-written file."""
    target = tmp_path / "new" / "phone"
    with context(tmp_path / "data") as about:
        written = write_files(target, roadside_files(about))
    names = {path.name for path in target.iterdir()}
    assert names == {"now.html", "card.html", "lock-screen.png"}
    assert {path.name for path in written} == names
    assert (target / "now.html").read_bytes() == site_files()["index.html"]
    assert not (tmp_path / "data").exists()


def test_an_open_stop_refuses_the_export_and_says_how_it_is_closed(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Named in words, with the command; nothing is written."""
    assert main(["now", "--answer", "danger_body=chest_pain"]) == 0
    capsys.readouterr()
    target = tmp_path / "phone"
    assert main(["now", "--export", str(target)]) == 1
    said = capsys.readouterr().err
    assert text("stop.cardiac.name") in said
    assert "uncramp runner clear stop:cardiac" in " ".join(said.split())
    assert not target.exists()
    with context(data_dir) as about, pytest.raises(UncrampError, match="open_stop_export"):
        roadside_files(about)


def test_an_open_lock_is_no_hindrance(data_dir: Path) -> None:
    """What it blocks is not in the files anyway."""
    keep_flags(data_dir, locks=["earlier_rhabdomyolysis"])
    with context(data_dir) as about:
        card = roadside_files(about)["card.html"].decode()
    assert text("relief.roadside.massage") not in card
    assert text("relief.roadside.stop") in card


def test_files_appear_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second cannot be written, the first is not there either, and no scrap is left."""
    before = tmp_path / "one.txt"
    before.write_bytes(b"old")
    real = files_action.part_file

    def fails_at_the_second(folder: Path, content: bytes) -> Path:
        if content == b"second":
            raise OSError(28, "No space left on device")
        return real(folder, content)

    monkeypatch.setattr(files_action, "part_file", fails_at_the_second)
    with pytest.raises(StoreError, match="files_not_written"):
        write_files(tmp_path, {"one.txt": b"first", "two.txt": b"second"})
    assert [path.name for path in tmp_path.iterdir()] == ["one.txt"]
    assert before.read_bytes() == b"old"


def test_a_folder_that_is_a_file_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What, why and what to do; no traceback."""
    blocked = tmp_path / "file"
    blocked.write_text("here")
    assert main(["now", "--export", str(blocked / "inside")]) == 1
    assert "Choose a folder" in capsys.readouterr().err


def test_the_export_stands_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers and an export do not go together."""
    for more in (["--answer", "muscles=calf"], ["--interactive"], ["--bystander"]):
        assert main(["now", "--export", str(tmp_path / "x"), *more]) == 2
    assert not (tmp_path / "x").exists()


def test_the_export_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, and as an envelope."""
    assert main(["now", "--export", str(tmp_path / "x")]) == 0
    assert "lock-screen.png" in capsys.readouterr().out
    assert main(["now", "--export", str(tmp_path / "x"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [Path(one).name for one in said["data"]["files"]] == [
        "now.html", "card.html", "lock-screen.png"
    ]  # fmt: skip


def test_the_site_is_whole(tmp_path: Path) -> None:
    """Everything the worker keeps is there, and the manifest's icons are the size they say."""
    written = write_site(tmp_path / "site")
    assert {path.name for path in written} == set(SITE_NAMES) == set(site_files())
    worker = (tmp_path / "site" / "sw.js").read_text()
    (kept,) = re.findall(r"FILES = (\[.*?\]);", worker)
    assert {*json.loads(kept)} == {"./", *SITE_NAMES} - {"index.html", "sw.js"}
    manifest = json.loads((tmp_path / "site" / "manifest.webmanifest").read_text())
    assert manifest["start_url"] == manifest["scope"] == "./"
    for icon in manifest["icons"]:
        picture = (tmp_path / "site" / icon["src"]).read_bytes()
        width, height = struct.unpack(">II", picture[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_the_workers_cache_is_named_by_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another page is another cache."""
    from uncramp.export import roadside_site

    files = {"index.html": b"one", "manifest.webmanifest": b"{}"}
    first = roadside_site.worker(files)
    assert first == roadside_site.worker(dict(reversed(files.items())))
    assert first != roadside_site.worker({**files, "index.html": b"two"})


# ---------------------------------------------------------------- on a server


def test_everybody_gets_the_page_with_its_own_policy(tmp_path: Path) -> None:
    """Without a link; the same bytes as the export, and the browser asks each time."""
    browser = stranger(tmp_path)
    page = browser.get("/now/")
    assert page.status_code == 200
    assert page.content == site_files()["index.html"]
    assert page.headers["content-security-policy"].startswith(roadside_csp())
    assert page.headers["cache-control"] == "no-cache"
    again = browser.get("/now/", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert browser.get("/now").headers["location"] == "/now/"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("sw.js", "text/javascript"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("icon-192.png", "image/png"),
        ("icon-512.png", "image/png"),
        ("index.html", "text/html"),
        ("own.js", "text/javascript"),
        ("own.css", "text/css"),
    ],
)
def test_each_file_comes_as_what_it_is(name: str, media_type: str, tmp_path: Path) -> None:
    """Media type, and never kept without asking."""
    answer = stranger(tmp_path).get(f"/now/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert answer.headers["cache-control"] == "no-cache"


def test_the_worker_is_always_sent_anew(tmp_path: Path) -> None:
    """A browser that asks whether it is still the same gets the whole worker."""
    browser = stranger(tmp_path)
    tag = browser.get("/now/sw.js").headers["etag"]
    assert browser.get("/now/sw.js", headers={"If-None-Match": tag}).status_code == 200


def test_what_is_not_there_is_not_there(tmp_path: Path) -> None:
    """Nothing but the files of the page stands below its address."""
    browser = stranger(tmp_path)
    for path in ("/now/nothing", "/now/page.css", "/now/..%2f..%2fapp.py", "/now/sw.js/"):
        assert browser.get(path).status_code in (307, 400, 404), path


def test_a_runners_own_page_is_for_those_let_in_and_kept_by_nobody(tmp_path: Path) -> None:
    """No link, no page; with it the flags, no worker, and no store in the browser."""
    keep_flags(tmp_path, locks=["minor"])
    assert stranger(tmp_path).get("/r/me/now").status_code == 401
    answer = client(tmp_path).get("/r/me/now")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert '"locks":["minor"]' in answer.text
    assert '"save":"/api/runners/me/now"' in answer.text
    assert "<script>" not in answer.text
    assert "<style>" not in answer.text
    script = own_script()
    assert "keepalive" in script
    assert "localStorage" not in script
    assert "sessionStorage" not in script


def test_what_the_page_saves_is_what_python_then_knows(tmp_path: Path) -> None:
    """The address in the page takes the page's answers; the stop is open on the next page."""
    browser = client(tmp_path)
    answers = {"answers": {"danger_body": ["seizure"]}}
    assert browser.post("/api/runners/me/now", json=answers).status_code == 200
    page = browser.get("/r/me/now").text
    assert text("stop.heat_stroke.name") in page
    assert tree(page)["folds"] == []
