"""Danger words in a question: the floor under everything that is answered.

A question about a sign is treated like the sign itself: better one stop too many than one answer
that sends somebody on with dark urine. A word that may mean danger or not is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from uncramp.enquiry.words import clauses, sentences, words_in
from uncramp.evidence import rules_file, value
from uncramp.vocabulary import Answers

__all__ = ["Heard", "beside_part", "heard", "story_part", "told_part"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Answers to screening questions that the words give, and words to ask about first."""

    answers: Answers
    ask_first: tuple[str, ...] = ()
    rest: str = ""
    """The question without these words, which say who asks and not what."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One option of a screening question, and the words for it."""

    question: str
    option: str
    phrases: tuple[tuple[str, ...], ...]
    """Words that stand one after the other."""
    together: tuple[tuple[frozenset[str], ...], ...]
    """Words that stand near each other in any order: one of each set."""


@cache
def signs() -> tuple[Sign, ...]:
    """Every sign of the data file."""
    return tuple(
        Sign(
            one["question"],
            one["option"],
            phrases_of(one["words"]),
            tuple(
                tuple(frozenset(some.split()) for some in row) for row in one.get("together", ())
            ),
        )
        for one in rules_file("common_questions")["heard"]
    )


def phrases_of(listed: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Each phrase as words."""
    return tuple(tuple(words) for phrase in listed for words in clauses(phrase))


def heard(question: str) -> Heard:
    """What the words of a question raise."""
    parts = clauses(question)
    answers: dict[str, tuple[str, ...]] = {}
    said: list[tuple[str, ...]] = []
    for sign in signs():
        found = [one for one in sign.phrases if any(_says(part, one) for part in parts)]
        apart = [_near(part, row) for row in sign.together for part in parts]
        if found or any(apart):
            before = answers.get(sign.question, ())
            answers[sign.question] = tuple(dict.fromkeys((*before, sign.option)))
            said += [*found, *((word,) for words in apart for word in words)]
    used = {word for phrase in said for word in phrase}
    unclear = [
        phrase
        for phrase in phrases_of(rules_file("common_questions")["ambiguous"])
        if not set(phrase) & used and any(_says(part, phrase) for part in parts)
    ]
    shown = [" ".join(phrase) for phrase in unclear]
    if not answers:
        shown += [" … ".join(words) for words in _unclear_apart(parts)]
    return Heard(
        answers=answers,
        ask_first=tuple(shown),
        rest=_without(question, [*said, *unclear]),
    )


def told_part(question: str) -> str:
    """What of a question is told and not asked: `I take lithium` of `I take lithium, how much?`."""
    by = frozenset(rules_file("common_questions")["told_by"])
    told = (words for words in clauses(question) if not _asks(words) and by & set(words))
    return ". ".join(" ".join(words) for words in told)


def beside_part(question: str) -> str:
    """What is no question in it: `calf swollen` of `should I stretch, calf swollen`."""
    return ". ".join(" ".join(words) for words in clauses(question) if not _asks(words))


def story_part(question: str) -> str:
    """Its sentences that do not begin as questions do, as they stand."""
    return " ".join(one for one in sentences(question) if not _asks(words_in(one)))


def _asks(words: Sequence[str]) -> bool:
    """Whether a question begins like that; `can hardly breathe` does not ask."""
    data = rules_file("common_questions")
    return words[0] in data["asked_by"] and not set(words[1:2]) & set(data["told_after"])


def _unclear_apart(parts: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Words that may mean danger where they stand near each other."""
    for row in rules_file("common_questions")["ambiguous_together"]:
        sets = tuple(frozenset(some.split()) for some in row.split("|"))
        yield from (words for part in parts if (words := _near(part, sets)))


def _without(question: str, phrases: Sequence[tuple[str, ...]]) -> str:
    """The question as it stands, or, where phrases were heard, without them."""
    if not phrases:
        return question
    left = []
    for sentence in sentences(question):
        words = " ".join(words_in(sentence))
        for phrase in sorted(phrases, key=len, reverse=True):
            words = " ".join(f" {words} ".replace(f" {' '.join(phrase)} ", " ").split())
        left.append(words)
    return ". ".join(left)


def _says(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether the phrase stands in the clause at least once without being denied."""
    for at in range(len(words) - len(phrase) + 1):
        if tuple(words[at : at + len(phrase)]) == tuple(phrase) and not _is_denied(words, at):
            return True
    return False


def _near(words: Sequence[str], sets: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """One word of each set, where all stand near each other and are not denied; else nothing."""
    reach = int(value("enquiry.words.together_within"))
    for start, first in enumerate(words):
        if not any(first in some for some in sets):
            continue
        window = words[start : start + reach]
        found = tuple(next((word for word in window if word in some), "") for some in sets)
        if all(found) and not _is_denied(words, start):
            return found
    return ()


def _is_denied(words: Sequence[str], at: int) -> bool:
    """Whether what starts at `at` is denied, itself or in a row: "without a headache or fever"."""
    data = rules_file("common_questions")
    reach = int(value("enquiry.words.denied_within"))
    before = words[max(0, at - reach) : at]
    if frozenset(data["denied_by"]) & set(before):
        return True
    joined = at > 0 and words[at - 1] in data["denied_through"]
    return joined and at > reach and _is_denied(words, at - reach)
