"""A story to answers of the interview, each with the words that led there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from uncramp.evidence import rules_file
from uncramp.interview import questions
from uncramp.listening.context import Context, Sure
from uncramp.listening.distances import Numbers, Reading, numbers_told
from uncramp.listening.patterns import Hit, Patterns
from uncramp.listening.shapes import AskFirst, Because, Heard
from uncramp.listening.signs import flag_of, heard_signs
from uncramp.listening.told import told_options
from uncramp.listening.where import Mention, mentions
from uncramp.listening.words import Word, corrected, words_of
from uncramp.places import MAP, MUSCLES, offered_spread
from uncramp.run_facts import RunSummary
from uncramp.units import metres_from_kilometres
from uncramp.vocabulary import Answers

__all__ = ["hear"]

SPREAD: Final = "spread"
LOAD: Final = "load"
LONGER: Final = "longer"
ONSET: Final = "onset_km"
WHEN: Final = "when"


def hear(story: str) -> Heard:
    """What a story tells: answers with the words for each, and danger words to ask about first.

    Nothing is guessed: what is denied, said of somebody else, feared or unclear is no answer.
    """
    words = _words(story)
    if not words:
        return Heard(answers={})
    data = rules_file("story_words")
    breaks = frozenset(data["context"]["gap_breaks"])
    context = Context(Patterns(words, breaks, repeats=data["repeats"]))
    read = Reader(story, words)
    signs = heard_signs(context)
    numbers = numbers_told(context)
    said = [
        read.because(one.question, one.option, one.hit) for one in signs if one.sure == Sure.YES
    ]
    said += [read.because(one.question, one.option, one.hit) for one in told_options(context)]
    said += _where(mentions(context), read)
    said += _onset(numbers, said, read)
    said += _beyond_longest(numbers, said, read)
    said = _without_clashes(said)
    ask_first = tuple(
        read.ask_first(one.question, one.option, one.hit) for one in signs if one.sure == Sure.ASK
    )
    return Heard(
        answers=_answers(said),
        run=_run(numbers),
        because=(*said, *_of_run(numbers, read)),
        ask_first=ask_first,
        about_other=context.tells_of_other,
    )


class Reader:
    """Turns places in the list of words into places in the story."""

    def __init__(self, story: str, words: Sequence[Word]) -> None:
        """Keep both."""
        self.story = story
        self.words = words

    def because(self, question: str, value: str | float, hit: Hit) -> Because:
        """One thing that was understood, with its words."""
        start, end = self._span(hit)
        return Because(
            question_id=question, value=value, words=self.story[start:end], start=start, end=end
        )

    def ask_first(self, question: str, option: str, hit: Hit) -> AskFirst:
        """One danger word to be asked about."""
        start, end = self._span(hit)
        return AskFirst(
            question_id=question,
            option_id=option,
            flag=flag_of(question, option),
            words=self.story[start:end],
            start=start,
            end=end,
        )

    def _span(self, hit: Hit) -> tuple[int, int]:
        return self.words[hit.first].start, self.words[hit.last - 1].end


def _words(story: str) -> tuple[Word, ...]:
    data = rules_file("story_words")
    spelling = data["spelling"]
    return corrected(
        words_of(story, data["numbers"], frozenset(data["whole"])),
        known=frozenset(one for one in _known() if one.isalpha()),
        starts=tuple(one.removesuffix("*") for one in _known() if one.endswith("*")),
        typed_right=frozenset(spelling["typed_right"]),
        least=spelling["least_letters"],
        slips=spelling["slips"],
    )


@cache
def _known() -> frozenset[str]:
    """Every long word of the data file's patterns, and every beginning of words, with its star."""
    data = rules_file("story_words")
    least = data["spelling"]["least_letters"]
    found = set(_strings({name: data[name] for name in data if name != "spelling"}))
    words = (one.removeprefix("?") for text in found for part in text.split()
             for one in part.split("|"))  # fmt: skip
    return frozenset(
        one
        for one in words
        if (one.isalpha() and len(one) >= least) or (one.endswith("*") and one[:-1].isalpha())
    )


def _strings(data: Any) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _strings(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from _strings(value)


def _where(found: Sequence[Mention], read: Reader) -> list[Because]:
    """The places that have a side, and the muscles when one has none; then what spread follows."""
    sided = [
        read.because(MAP, f"{one.region}_{side}", one.hit) for one in found for side in one.sides
    ]
    said = list({one.value: one for one in reversed(sided)}.values())[::-1]
    if all(one.sides for one in found):
        return said
    named = {option.id for option in questions()[MUSCLES].options}
    muscles = [read.because(MUSCLES, one.region, one.hit) for one in found if one.region in named]
    return said + list({one.value: one for one in reversed(muscles)}.values())[::-1]


def _onset(numbers: Numbers, said: Sequence[Because], read: Reader) -> list[Because]:
    """Where it came, when it came on the run."""
    if numbers.onset_km is None:
        return []
    when = next((one.value for one in said if one.question_id == WHEN), "during_run")
    km = round(numbers.onset_km.value, 1)
    low, high = questions()[ONSET].low, questions()[ONSET].high
    if when != "during_run" or low is None or high is None or not low <= km <= high:
        return []
    return [read.because(ONSET, km, numbers.onset_km.hit)]


def _beyond_longest(numbers: Numbers, said: Sequence[Because], read: Reader) -> list[Because]:
    """That it went beyond training, when both lengths are told."""
    longest = numbers.longest_m
    onset = numbers.onset_km
    reached = [] if onset is None else [metres_from_kilometres(onset.value)]
    reached += [] if numbers.distance_m is None else [numbers.distance_m.value]
    told = any(one.question_id == LOAD and one.value == LONGER for one in said)
    if longest is None or told or not any(one > longest.value for one in reached):
        return []
    return [read.because(LOAD, LONGER, longest.hit)]


def _without_clashes(said: Sequence[Because]) -> list[Because]:
    """What was understood, with the spread that follows from the places where none is told."""
    answers = _answers(said)
    places = [one for one in said if one.question_id == MAP]
    muscles = any(one.question_id == MUSCLES for one in said)
    told = next((one for one in said if one.question_id == SPREAD), None)
    kept = [one for one in said if one is not told or _fits_places(one, places)]
    offered = offered_spread(answers)
    if told in kept or offered is None or muscles:
        return kept
    last = places[-1]
    spread = Because(question_id=SPREAD, value=offered, words=last.words, start=last.start,
                     end=last.end)  # fmt: skip
    return [*kept, spread]


def _fits_places(spread: Because, places: Sequence[Because]) -> bool:
    """Whether the told spread agrees with the muscles that are told."""
    regions = {str(one.value).rpartition("_")[0] for one in places}
    if spread.value == "one_muscle":
        return len(regions) <= 1 and len(places) <= 1
    return spread.value != "both_sides" or len(regions) <= 1


def _answers(said: Sequence[Because]) -> Answers:
    """Answers as the interview keeps them."""
    answers: dict[str, str | tuple[str, ...] | float] = {}
    for one in said:
        if questions()[one.question_id].type == "multi":
            before = answers.get(one.question_id, ())
            chosen = (*(before if isinstance(before, tuple) else ()), str(one.value))
            answers[one.question_id] = tuple(dict.fromkeys(chosen))
        elif one.question_id not in answers:
            answers[one.question_id] = one.value
    return answers


def _run(numbers: Numbers) -> RunSummary:
    """What was told of the run itself."""
    return RunSummary(
        distance_m=_value(numbers.distance_m),
        duration_s=_value(numbers.duration_s),
        race=None if numbers.race is None else True,
        onset_min=_value(numbers.onset_min) if numbers.onset_km is None else None,
        temp_air_c=_value(numbers.temp_air_c),
    )


def _value(reading: Reading | None) -> float | None:
    return None if reading is None else reading.value


def _of_run(numbers: Numbers, read: Reader) -> list[Because]:
    """The words for what was told of the run itself."""
    told = _run(numbers)
    named = (
        ("run.distance_m", told.distance_m, numbers.distance_m),
        ("run.duration_s", told.duration_s, numbers.duration_s),
        ("run.onset_min", told.onset_min, numbers.onset_min),
        ("run.temp_air_c", told.temp_air_c, numbers.temp_air_c),
    )
    return [
        read.because(name, round(value, 1), reading.hit)
        for name, value, reading in named
        if value is not None and reading is not None
    ]
