"""What is meant by words where they stand: denied, of somebody else, long ago, or only feared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from uncramp.evidence import rules_file
from uncramp.listening.patterns import Hit, Pattern, Patterns, patterns_of

__all__ = ["Context", "Sure", "meaning_of", "story_patterns"]


SOON: Final = 2
"""How many words may stand between a denial and what turns it: "no chest pain at all until"."""


class Sure(StrEnum):
    """How sure it is that something was said of this runner."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """How the words of one hit stand."""

    denied: Sure
    of_runner: bool
    long_past: Sure
    maybe_past: bool
    supposed: bool


@cache
def story_patterns(*path: str) -> tuple[Pattern, ...]:
    """The patterns of one list of the data file."""
    data: Any = rules_file("story_words")
    for step in path:
        data = data[step]
    return patterns_of(data, rules_file("story_words")["classes"])


@cache
def word_set(name: str) -> frozenset[str]:
    """A list of single words of the data file."""
    return frozenset(rules_file("story_words")["context"][name])


class Context:
    """A story with everything in it that turns what other words mean."""

    def __init__(self, story: Patterns) -> None:
        """Look for it all once."""
        self.story = story
        self.words = story.words
        self.found: dict[str, list[Hit]] = {}
        self.pseudo = _covered(self._hits("no_denial"))
        self.deniers = _ends(self._hits("denied_by"), without=self.pseudo)
        self.others = self._other_people()
        self.own = frozenset(
            at
            for at, word in enumerate(self.words)
            if word.text in word_set("self") and at not in _covered(self._named_others())
        )
        self.tells_of_other = self._tells_of_other()

    def _hits(self, name: str) -> list[Hit]:
        if name not in self.found:
            self.found[name] = self.story.hits(story_patterns("context", name))
        return self.found[name]

    def _named_others(self) -> list[Hit]:
        """Other people, where they are no part of who tells: "my friend", but not "my calf"."""
        return self._hits("other")

    def _other_people(self) -> frozenset[int]:
        """Where other people stand who are spoken of, not those who only say or see something."""
        says = word_set("says")
        return frozenset(
            hit.last
            for hit in self._named_others()
            if not (hit.last < len(self.words) and self.words[hit.last].text in says
                    and self._goes_on_about_self(hit.last))
        )  # fmt: skip

    def _goes_on_about_self(self, at: int) -> bool:
        """Whether "she said" leads on to who tells."""
        sentence = self.words[at].sentence
        return any(
            word.text in word_set("self") for word in self.words[at:] if word.sentence == sentence
        )

    def _tells_of_other(self) -> bool:
        """Whether the whole story is about somebody else, told by who is with them."""
        own = self.story.hits(story_patterns("self_story"))
        watching = {hit.first for hit in self.story.hits(story_patterns("observer"))}
        own_deeds = [
            at
            for at in self.own
            if self.words[at].text in word_set("as_subject") and at not in watching
        ]
        return not own and not own_deeds and bool(self.others)

    def _is_other(self, at: int) -> bool:
        """Whether the person named last before `at`, in the same sentence, is somebody else."""
        sentence = self.words[at - 1].sentence if at else None
        for before in range(at - 1, -1, -1):
            if self.words[before].sentence != sentence:
                return False
            if before in self.own:
                return False
            if before + 1 in self.others:
                return True
        return False

    def meaning(self, hit: Hit) -> Meaning:
        """How the words of `hit` stand in the story."""
        other = self._is_other_hit(hit)
        return Meaning(
            denied=self._denied(hit),
            of_runner=other if self.tells_of_other else not other,
            long_past=self._long_past(hit),
            maybe_past=self._in_sentence("maybe_past", hit),
            supposed=self._supposed(hit),
        )

    def _is_other_hit(self, hit: Hit) -> bool:
        if self.tells_of_other:
            return True
        if self._follows("me_too", hit):
            return False
        after = any(one.first in (hit.last, hit.last + 1) for one in self._hits("other_after"))
        first = self.words[hit.first].sentence
        if hit.first == 0 or self.words[hit.first - 1].sentence != first:
            return after
        return after or self._is_other(hit.first)

    def _in_sentence(self, name: str, hit: Hit) -> bool:
        sentence = self.words[hit.first].sentence
        return any(
            self.words[one.first].sentence == sentence and not one.overlaps(hit)
            for one in self._hits(name)
        )

    def _long_past(self, hit: Hit) -> Sure:
        """YES for what is of long ago, ASK where another part of the sentence is, else NO."""
        sure = Sure.NO
        for one in self._hits("long_past"):
            if self.words[one.first].sentence != self.words[hit.first].sentence:
                continue
            if one.overlaps(hit) or self._comes_to_now(one, hit):
                continue
            if self.words[one.first].clause == self.words[hit.first].clause:
                return Sure.YES
            sure = Sure.ASK
        return sure

    def _comes_to_now(self, past: Hit, hit: Hit) -> bool:
        """Whether the sentence goes on to this day between the two: "as a kid, now my calf is"."""
        return any(
            (past.last <= one.first and one.last <= hit.first) or one.first == hit.last
            for one in self._hits("now")
            if self.words[one.first].sentence == self.words[hit.first].sentence
        )

    # denial

    def _denied(self, hit: Hit) -> Sure:
        """YES when denied, ASK when it may be, NO when it is said."""
        said = self._denied_before(hit)
        if said == Sure.YES and self._turns(hit):
            return Sure.ASK
        return Sure.YES if self._denied_after(hit) else said

    def _turns(self, hit: Hit) -> bool:
        """Whether what is denied came later: "no chest pain until", "never faint, but I did"."""
        word = self.words[hit.last - 1]
        soon = any(
            0 <= one.first - hit.last <= SOON and self.words[one.first].clause == word.clause
            for one in self._hits("until")
        )
        return soon or self._follows("turned", hit)

    def _follows(self, name: str, hit: Hit) -> bool:
        """Whether one of these words stands behind `hit` in its sentence."""
        return any(
            hit.last <= one.first
            and self.words[one.first].sentence == self.words[hit.first].sentence
            for one in self._hits(name)
        )

    def _denied_before(self, hit: Hit) -> Sure:
        """The same, by what stands before."""
        comma = joined = through = False
        for at in range(hit.first - 1, -1, -1):
            word, after = self.words[at], self.words[at + 1]
            if word.sentence != after.sentence or at in self.pseudo:
                return Sure.NO
            comma = comma or word.clause != after.clause
            if at + 1 in self.deniers:
                if self._is_usual(at):
                    return Sure.ASK
                row = comma and not (through or self._row_goes_on(hit))
                return Sure.ASK if row or joined else Sure.YES
            if word.text in word_set("contrast"):
                return Sure.NO
            if word.text in word_set("fresh") and (word.clause != after.clause or at not in
                                                   self.deniers):  # fmt: skip
                return Sure.NO
            joined = joined or word.text in word_set("and")
            through = through or (word.text in word_set("through") and not comma)
        return Sure.NO

    def _is_usual(self, at: int) -> bool:
        """Whether what is denied at `at` is so as a rule: "I never normally faint"."""
        near = self.words[max(at - SOON, 0) : at + SOON + 1]
        return any(word.text in word_set("as_a_rule") for word in near)

    def _row_goes_on(self, hit: Hit) -> bool:
        """Whether "or" follows in the same row: "no fever, headache or rash"."""
        sentence = self.words[hit.first].sentence
        for word in self.words[hit.last :]:
            if word.sentence != sentence or word.text in word_set("fresh"):
                return False
            if word.text in word_set("through"):
                return True
        return False

    def _denied_after(self, hit: Hit) -> bool:
        """ "Chest pain: none", "urine was normal"."""
        if hit.last >= len(self.words):
            return False
        if self._is_answered_no(hit):
            return True
        word = self.words[hit.last]
        following = self.words[hit.last + 1] if hit.last + 1 < len(self.words) else None
        alone = following is None or following.clause != word.clause
        if word.text in word_set("denied_after") and alone:
            return True
        fine = self._hits("fine_after")
        return word.clause == self.words[hit.last - 1].clause and any(
            one.first == hit.last for one in fine
        )

    def _is_answered_no(self, hit: Hit) -> bool:
        """Whether somebody asked, and the next sentence is a plain no: "It wasn't." """
        sentence = self.words[hit.first].sentence
        row = [at for at, word in enumerate(self.words) if word.sentence == sentence + 1]
        whole = Hit(row[0], row[-1] + 1) if row else None
        return whole in self._hits("denied_next") and (
            self.words[hit.first].asked or self._supposed(hit)
        )

    # only feared or asked about

    def _supposed(self, hit: Hit) -> bool:
        real = word_set("real_between")
        if any(self._leads_to(one, hit) for one in self._hits("supposed_always")):
            return True
        for one in self._hits("supposed"):
            between = self.words[one.last : hit.first]
            if self._leads_to(one, hit) and not any(word.text in real for word in between):
                return True
        return self.words[hit.first].asked and self._is_question(hit)

    def _leads_to(self, one: Hit, hit: Hit) -> bool:
        """Whether `one` stands before `hit` in the same clause."""
        return one.last <= hit.first and (
            self.words[one.first].clause == self.words[hit.first].clause
        )

    def _is_question(self, hit: Hit) -> bool:
        """Whether the sentence asks, and does not tell on the way that it was so."""
        sentence = self.words[hit.first].sentence
        row = [word for word in self.words[: hit.first] if word.sentence == sentence]
        starts = bool(row) and row[0].text in word_set("question_starts")
        return starts and not any(word.text in word_set("real_between") for word in row)


def meaning_of(context: Context, hit: Hit, *, is_danger: bool, lasts: bool) -> Sure:
    """Whether what `hit` says holds for the runner; `lasts` when long ago counts as well.

    A danger that may be meant is asked about; anything else then stays open.
    """
    meant = context.meaning(hit)
    if meant.denied == Sure.YES or not meant.of_runner:
        return Sure.NO
    if meant.long_past == Sure.YES and not lasts:
        return Sure.NO
    if not is_danger:
        past = meant.long_past == Sure.ASK and not lasts
        return Sure.NO if meant.supposed or past else Sure.YES
    past = (meant.maybe_past or meant.long_past == Sure.ASK) and not lasts
    unsure = meant.denied == Sure.ASK or meant.supposed or past
    return Sure.ASK if unsure else Sure.YES


def _covered(hits: Iterable[Hit]) -> frozenset[int]:
    return frozenset(at for hit in hits for at in range(hit.first, hit.last))


def _ends(hits: Sequence[Hit], *, without: frozenset[int]) -> frozenset[int]:
    """Behind the last word of each hit, leaving out those that begin inside `without`."""
    return frozenset(hit.last for hit in hits if hit.first not in without)
