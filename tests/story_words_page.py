"""Writes docs/reference/plain-words.md: how stories are read, and how well, on our own ones.

PYTHONPATH=src:tests python tests/story_words_page.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from story_support import FULLY_LABELLED, Score, Story, scores, stories
from uncramp.screening import screening_questions

__all__ = ["page_text"]

PAGE: Final = Path(__file__).resolve().parent.parent / "docs/reference/plain-words.md"

HEAD: Final = """\
# Stories in plain words

`uncramp why --story TEXT` reads a story, such as "pinging away in both calves from 15 miles,
then the right one locked on the last hill", and answers the interview from it. So do the box on
the page *Why* and `story` in the API. It works offline; the same words always give the same
answers. `-` reads standard input.

## What it does

- **Answers** come only from what is told: muscles and sides, where on the run (km, miles, words
  for numbers, "5 km to go", halfway), onset, twitches, spread, relief, load, drinks, salt, heat,
  danger signs, conditions, medicines. Each shows the words that led to it, and each can be
  changed.
- **Not counted**: what is denied ("no chest pain"), said of somebody else ("my friend was
  confused") or long ago ("years ago"). Where the whole story is about somebody else, told by who
  is with them, that person is the runner, and that is said.
- **Asked first**: a danger word that may mean danger or not ("threw up", "like being shot in the
  calf", "could it be a clot?", "nearly fainted"). It is never guessed away, and never guessed to
  be true.
- A danger sign that is told raises its stop at once. The other signs of that question stay open,
  and the whole screening is asked all the same. What you answer yourself wins over the story.
- With `--interactive` the danger words come first, then the screening, then the questions that
  tell most. With `--runner` or a RUN the answer is kept; the story itself never is.

The words are data: `evidence/story_words.json`. Dates of a race, other languages than English,
and sarcasm are beyond it.

## How well it does

{count} stories of our own making, in `tests/stories/`; nobody is meant. They were written in
rounds, each before the words were tried on it. The first try of each round, before anything was
tuned to it:

| Round | Danger signs: recall at first try |
|---|---|
| `held_out` (also the rest: 0.84, precision 0.70) | 0.92 |
| `round_2` | 0.76 |
| `round_3` | 0.81 |
| `round_4` | 0.87 |
| `blind` | 0.96 |
| `blind_2` (by another hand) | 0.88 |
| `hard` (466 short ones by another hand, written to break it) | 0.71 |

After its first try each round but `blind` was tuned to, and labels that had left out something
told were completed. In `blind` one mistake was mended (a heart condition was not heard); else
nothing was tuned to it. What `blind_2` missed was mended (pain with each breath, a leg twice the
size of the other). `hard` has what a hostile reader could think of: denials that turn ("no chest
pain until"), rows that end ("no fever or rash, calf swollen"), two times in one sentence, slang,
slips of the finger, names of medicines. So the table below flatters, most of all in the tuned
rounds. Words and stories come from the same hands: stories of runners will do worse. That is why
every answer shows its words and is yours to change, and why the whole screening is asked whatever
the story said.

Recall is the share of what was told that was understood; precision the share of what was
understood that was told. "Asked first" is a danger word that is unclear: it was asked about.
Where a part labels dangers only, the rest is not counted.
"""

TAIL: Final = """
All together: danger signs {recall}.

After the screening no danger sign is lost (recall 1.0): what the words miss is asked, in full,
before any advice on salt, drinks or training. A test holds both figures, and this page to the
figures of the day. It is written by `PYTHONPATH=src:tests python tests/story_words_page.py`.
"""


def page_text() -> str:
    """The page with the figures of today."""
    head = HEAD.format(count=len(stories()))
    return "\n".join([head, *summary(), "", "## Each finding", "", *details(), "", tail(), ""])


def tail() -> str:
    """What holds for all."""
    found, _ = scores(stories())
    dangers = total(score for name, score in found.items() if is_sign(name))
    recall, precision = pair(dangers)
    return TAIL.strip().format(recall=f"recall {recall}, precision {precision}")


def summary() -> Iterator[str]:
    """Danger signs, unclear words and the rest, part by part."""
    titles = ("Part", "Stories", "Danger signs: recall", "precision", "Asked first: recall",
              "The rest: recall", "precision")  # fmt: skip
    yield f"| {' | '.join(titles)} |"
    yield "|---|---|---|---|---|---|---|"
    for name in ("hard", "blind_2", "blind", "round_4", "round_3", "round_2", "held_out",
                 "tuned_dangers", "tuned_cramps"):  # fmt: skip
        part = [one for one in stories() if one.file == name]
        found, _ = scores(part)
        yield row(name, part, found)


def row(name: str, part: list[Story], found: Mapping[str, Score]) -> str:
    """One part in one line; what it does not label is left out."""
    dangers = total(score for one, score in found.items() if is_sign(one))
    rest = total(score for one, score in found.items() if not is_sign(one) and one != "ask_first")
    asked = found.get("ask_first", Score())
    cells = [
        *pair(dangers),
        shown(asked.right, asked.right + asked.missed),
        *(pair(rest) if name in FULLY_LABELLED else ("–", "–")),
    ]
    return f"| {name} | {len(part)} | {' | '.join(cells)} |"


def is_sign(name: str) -> bool:
    """Whether a row is about the screening."""
    return name.partition("=")[0] in screening_questions()


def total(found: Iterable[Score]) -> Score:
    """All together."""
    whole = Score()
    for one in found:
        whole.right += one.right
        whole.missed += one.missed
        whole.wrong += one.wrong
    return whole


def pair(score: Score) -> tuple[str, str]:
    """Recall and precision with their counts."""
    told, understood = score.right + score.missed, score.right + score.wrong
    return shown(score.right, told), shown(score.right, understood)


def shown(part: int, whole: int) -> str:
    """`0.98 (49 of 50)`; a dash where there is nothing to count."""
    return f"{part / whole:.2f} ({part} of {whole})" if whole else "–"


def details() -> Iterator[str]:
    """Every finding over all stories."""
    found, _ = scores(stories())
    yield "| Finding | Told | Recall | Precision |"
    yield "|---|---|---|---|"
    for name in sorted(found, key=lambda one: (not is_sign(one), one)):
        score = found[name]
        recall, precision = pair(score)
        label = name.replace("=", "` = `")
        yield f"| `{label}` | {score.right + score.missed} | {recall} | {precision} |"


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")
