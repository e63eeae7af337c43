"""The interview of `why` as steps, for a face that asks one thing a page.

An interview is kept as a draft in the store after every answer, so that nothing typed is lost: not
by the back button, not by a restart, not in two days. Its steps are ids of questions, and beside
them `PROFILE` (what the watch knows of its owner), `CHECK` (all answers before they are used) and
`STOPPED` (a danger sign interrupts). Dangers come first and whole, then the body map, then what
tells most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from uncramp.actions.cases import ROUNDING, Case
from uncramp.actions.context import Context
from uncramp.actions.preferences import change_profile, start_runner, watch_says
from uncramp.actions.runners import clear_flag
from uncramp.actions.story import OF_RUN, run_of_story
from uncramp.actions.why import (
    FOLLOWS,
    WhyAnswer,
    look_up_weather,
    record,
    usable_answers,
    why_run,
    with_other_runs,
)
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence.rules import DONT_REMEMBER, NONE_OF_THESE, chosen
from uncramp.interview import Question, checked_answers, next_question, questions
from uncramp.places import MAP, needs_chest_question, offered_spread
from uncramp.screening import TOPICS, Screening, screening_questions
from uncramp.store.rows import DraftRow, StoredAnswer
from uncramp.units import kilometres_from_metres, metres_from_kilometres, metres_from_miles
from uncramp.vocabulary import Answers, UserProfile
from uncramp.wording.quantities import distance

if TYPE_CHECKING:
    from datetime import date

    from uncramp.store.rows import ActivityRow, StoredRunner

__all__ = [
    "CHECK",
    "MAP",
    "PROFILE",
    "STOPPED",
    "Interview",
    "answer_step",
    "check_step",
    "clear_stop",
    "finish",
    "interview",
    "is_under_way",
    "keep",
    "put_away",
    "reopen",
    "set_bystander",
    "skip_step",
    "start",
    "step_before",
    "take_back",
    "take_in",
    "waiting_topics",
    "watch_owner",
]

PROFILE: Final = "profile"
CHECK: Final = "check"
STOPPED: Final = "stopped"

CHEST: Final = "chest"
"""Stands in a path once the first danger question was asked again because of a marked chest."""
CHEST_QUESTION: Final = "danger_body"

YES: Final = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """A draft with all that its pages need."""

    draft: DraftRow
    answer: WhyAnswer
    """What would be answered now."""
    given: Answers
    """What the draft holds and still counts."""
    step: str
    """What comes next."""
    watch: UserProfile | None
    """What the watch knows of its owner, as long as the runner has told nothing."""
    preselected: Mapping[str, str]
    """Options that the map makes likely, by question; the runner says."""
    stale: tuple[str, ...]
    """Danger questions that were answered too long ago."""

    @property
    def partly(self) -> tuple[str, ...]:
        """Danger questions of which a story told a sign, and the rest was not asked yet."""
        case = self.answer.explanation.case
        return tuple(one for one in screening_questions() if _is_partly_told(case, self.draft, one))

    @property
    def of_story(self) -> Mapping[str, object]:
        """What a story told of the run itself, by the names in `story.OF_RUN`."""
        return {name: one for name, one in _told(self.draft).items() if name in OF_RUN}

    @property
    def run(self) -> ActivityRow | None:
        """The stored run it is about."""
        return self.answer.run

    @property
    def case(self) -> Mapping[str, Any]:
        """Everything that is told and known, with what was skipped."""
        skipped = [one for one in self.draft.path if one in questions()]
        told = self.answer.explanation.case
        return {**dict.fromkeys(skipped, DONT_REMEMBER), **_said(told)}

    @property
    def is_screened(self) -> bool:
        """Whether every danger question was put; "I don't know" is an answer."""
        return _open_danger(self.answer.explanation.case, self.draft, self.given) is None

    @staticmethod
    def is_danger(step: str) -> bool:
        """Whether a step is one of the danger questions."""
        return step in screening_questions()


def _said(case: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in case.items() if one is not None}


# ---------------------------------------------------------------- beginning and going on


def start(context: Context, reference: str | None) -> int:
    """An interview about the run that `reference` means, or about a cramp without a file.

    One that is under way about the same run is gone on with. Makes the runner when there is none
    at all and no run is named. NotFoundError or InputError as `find_run`.
    """
    from uncramp.actions.runs import find_run

    if reference is None:
        is_first = not context.has_store or not context.store.runners()
        runner, run_id = start_runner(context) if is_first else context.stored_runner(), None
    else:
        runner, run_id = context.stored_runner(), find_run(context, reference).activity_id
        look_up_weather(context, str(run_id), Case())
    if run_id is not None:
        for draft in context.store.drafts(runner):
            if draft.activity_id == run_id and is_under_way(draft):
                return draft.draft_id
    draft_id = context.store.add_draft(
        runner, run_id, {}, started_at=context.now, updated_at=context.now
    )
    _keep_new_stops(context, interview(context, draft_id))
    return draft_id


def is_under_way(draft: DraftRow) -> bool:
    """Whether it can be gone on with."""
    return draft.finished_advice_id is None and not draft.dropped


def reopen(context: Context, advice_id: int) -> int:
    """The interview that ended in this line of the ledger, or a new one with its answers.

    Only what still counts is taken over. NotFoundError `unknown_answer`.
    """
    runner = context.stored_runner()
    line = context.store.advice_row(runner, advice_id)
    for draft in context.store.drafts(runner):
        if draft.finished_advice_id == advice_id:
            return draft.draft_id
    said = line.inputs.get("answers")
    known = {name: one for name, one in dict(said).items() if name in questions()} if isinstance(
        said, Mapping
    ) else {}  # fmt: skip
    answers = {
        name: StoredAnswer(answer=one, at=line.at) for name, one in checked_answers(known).items()
    }
    return context.store.add_draft(
        runner, line.activity_id, answers, started_at=context.now, updated_at=context.now
    )


def interview(context: Context, draft_id: int) -> Interview:
    """The interview as it stands; NotFoundError `unknown_draft`."""
    return _interview(context, context.store.draft(context.stored_runner(), draft_id))


def _interview(context: Context, draft: DraftRow) -> Interview:
    given = usable_answers(context, draft.answers)
    runner = context.stored_runner()
    has_declined = PROFILE in draft.path and runner.profile.age_y is None
    answer = why_run(
        context,
        reference=None if draft.activity_id is None else str(draft.activity_id),
        case=Case(answers=given, run=run_of_story(_told(draft), given)),
        with_watch=not has_declined,
    )
    watch = None
    if runner.profile == UserProfile():
        watch = answer.watch if answer.run is not None else _newest_watch(context, runner)
    offered = offered_spread(given)
    made = Interview(
        draft=draft,
        answer=answer,
        given=given,
        step=CHECK,
        watch=None if watch == UserProfile() else watch,
        preselected={} if offered is None else {"spread": offered},
        stale=tuple(one for one in screening_questions()
                    if one in draft.answers and one not in answer.answers),
    )  # fmt: skip
    return replace(made, step=_next_step(made))


def watch_owner(context: Context, reference: str | None) -> UserProfile | None:
    """What the watch of a run knows of its owner, while the runner has told nothing; else None.

    Without a run, that of the newest one. Errors as `find_run`.
    """
    from uncramp.actions.runs import find_run

    runner = context.stored_runner()
    if runner.profile != UserProfile():
        return None
    if reference is None:
        return _newest_watch(context, runner)
    return watch_says(context, find_run(context, reference))


def _newest_watch(context: Context, runner: StoredRunner) -> UserProfile | None:
    """What the watch of the newest run knows of its owner."""
    runs = [row for row in context.store.activities(runner, with_excluded=False) if row.is_run]
    return watch_says(context, runs[-1] if runs else None)


def _next_step(asked: Interview) -> str:
    """What comes next: dangers, who the runner is, where it was, what tells most, the check."""
    if asked.answer.explanation.screening.stops:
        return STOPPED
    danger = _open_danger(asked.answer.explanation.case, asked.draft, asked.given)
    if danger is not None:
        return danger
    path = asked.draft.path
    if asked.watch is not None and PROFILE not in path:
        return PROFILE
    if MAP not in asked.case and not _knows_where(asked.case):
        return MAP
    question = next_question(asked.case)
    return CHECK if question is None else question.id


def _knows_where(case: Mapping[str, Any]) -> bool:
    """Whether both things that the map tells were told in words."""
    return all(name in case for name in FOLLOWS[MAP])


def _open_danger(case: Mapping[str, Any], draft: DraftRow, given: Answers) -> str | None:
    """The danger question to put now; a marked chest puts the first one again, once."""
    for name in screening_questions():
        if case.get(name) is None or _is_partly_told(case, draft, name):
            return name
    if needs_chest_question(given) and CHEST not in draft.path:
        return CHEST_QUESTION
    return None


def _is_partly_told(case: Mapping[str, Any], draft: DraftRow, name: str) -> bool:
    """Whether a sign of this question was told in a story, and the question never put."""
    options = chosen(case, name) or ()
    return len(options) > 1 and DONT_REMEMBER in options and name not in draft.path


def step_before(asked: Interview, step: str) -> str | None:
    """The step that came up before `step` and can be shown; None when that was the beginning."""
    gone = {CHEST} if asked.watch is not None else {CHEST, PROFILE}
    shown = [one for one in asked.draft.path if one not in gone]
    if step in shown:
        shown = shown[: shown.index(step)]
    return shown[-1] if shown else None


# ---------------------------------------------------------------- answering


def answer_step(
    context: Context,
    draft_id: int,
    step: str,
    *,
    chosen: Sequence[str],
    typed: str = "",
    to_check: bool = False,
) -> str:
    """Keep what was answered on the page of `step`, and say which comes next.

    `chosen` are options, in the order they were chosen; `typed` is a number in the units of the
    reader. A danger sign is kept with its stop at once. With `to_check` the list of answers comes
    next, unless a danger or what hung on this answer does. InputError says what is not understood,
    and keeps nothing.
    """
    runner = context.stored_runner()
    draft = context.store.draft(runner, draft_id)
    if step == PROFILE:
        _answer_profile(context, draft, chosen)
        answers: Answers = {}
    else:
        answers = _checked(context, draft, _question(step), chosen=chosen, typed=typed)
    before = _interview(context, draft) if step in FOLLOWS else None
    changed = context.store.change_draft(
        runner, draft_id, lambda draft: _with(context, draft, step, answers)
    )
    after = _interview(context, changed)
    _keep_new_stops(context, after)
    if after.step == STOPPED or not after.is_screened:
        return after.step
    anew = [] if before is None else [
        one for one in FOLLOWS[step] if _is_asked_anew(before, after, one)
    ]  # fmt: skip
    return anew[0] if anew else CHECK if to_check else after.step


def _is_asked_anew(before: Interview, after: Interview, name: str) -> bool:
    """Whether an answer fell away with the one that was changed, and has to be given again."""
    return name in before.answer.answers and name not in after.answer.answers


def take_in(
    context: Context, draft_id: int, answers: Answers, *, run: Mapping[str, float] | None = None
) -> str:
    """Keep what a story told, and say which step comes next; a stop is kept at once.

    A place on the run that lies beyond its end is left out. `run` is what was told of the run
    itself, by the names in `story.OF_RUN`, in place of what an earlier story told.
    """
    runner = context.stored_runner()
    most = _length_km(context, context.store.draft(runner, draft_id)) * ROUNDING
    fresh = {
        name: StoredAnswer(answer=one, at=context.now)
        for name, one in checked_answers(answers).items()
        if not (isinstance(one, float) and one > most)
    }
    of_run = {name: StoredAnswer(answer=one, at=context.now) for name, one in (run or {}).items()}

    def told(draft: DraftRow) -> DraftRow:
        return replace(
            draft,
            answers={**_without_run(draft.answers), **fresh, **of_run},
            path=tuple(one for one in draft.path if one not in fresh),
            dropped=False,
            updated_at=context.now,
            finished_advice_id=None,
        )

    after = _interview(context, context.store.change_draft(runner, draft_id, told))
    _keep_new_stops(context, after)
    return after.step


def _told(draft: DraftRow) -> dict[str, object]:
    """What the draft holds, by name, however long ago it was said."""
    return {name: one.answer for name, one in draft.answers.items()}


def _without_run(answers: Mapping[str, StoredAnswer]) -> dict[str, StoredAnswer]:
    """Answers without what a story told of the run itself."""
    return {name: one for name, one in answers.items() if name not in OF_RUN}


def check_step(step: str) -> None:
    """NotFoundError `unknown_step` for what is no page of the interview."""
    if step != PROFILE:
        _question(step)


def _question(step: str) -> Question:
    """The question of a page; NotFoundError `unknown_step` for what is none of the interview's."""
    found = questions().get(step)
    if found is None or found.section == "now":
        raise NotFoundError("unknown_step")
    return found


def _checked(
    context: Context,
    draft: DraftRow,
    question: Question,
    *,
    chosen: Sequence[str],
    typed: str,
) -> Answers:
    """What was sent, as an answer; InputError in the reader's words and units."""
    if question.type == "number":
        return _checked_number(context, draft, question, chosen=chosen, typed=typed.strip())
    if not chosen:
        raise InputError("nothing_chosen")
    alone = {NONE_OF_THESE} if question.section == "screen" else {NONE_OF_THESE, DONT_REMEMBER}
    if len(chosen) > 1 and alone & set(chosen):
        code = "none_and_others" if NONE_OF_THESE in chosen else "dont_remember_and_others"
        raise InputError(code)
    return checked_answers({question.id: list(chosen)})


def _checked_number(
    context: Context,
    draft: DraftRow,
    question: Question,
    *,
    chosen: Sequence[str],
    typed: str,
) -> Answers:
    """A number in the reader's units as the interview keeps it."""
    if DONT_REMEMBER in chosen:
        if typed:
            raise InputError("dont_remember_and_number")
        return {question.id: DONT_REMEMBER}
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        raise InputError("not_a_number") from None
    in_miles = context.units == "imperial" and question.unit == "km"
    value = kilometres_from_metres(metres_from_miles(number)) if in_miles else number
    most = min(math.inf if question.high is None else question.high, _length_km(context, draft))
    if not (question.low or 0.0) <= value <= most * ROUNDING:
        high = distance(metres_from_kilometres(most), units=context.units)
        raise InputError("number_outside", values={"high": high})
    return checked_answers({question.id: value})


def _length_km(context: Context, draft: DraftRow) -> float:
    """How long the run was; endless when that is not known."""
    if draft.activity_id is None:
        return math.inf
    row = context.store.activity_row(context.stored_runner(), draft.activity_id)
    return math.inf if not row.distance_m else kilometres_from_metres(row.distance_m)


def _answer_profile(context: Context, draft: DraftRow, chosen: Sequence[str]) -> None:
    """Keep what the watch knows of its owner, when the runner says that it is right."""
    if not chosen:
        raise InputError("nothing_chosen")
    watch = watch_owner(context, None if draft.activity_id is None else str(draft.activity_id))
    if YES in chosen and watch is not None:
        change_profile(context, watch)


def _with(context: Context, draft: DraftRow, step: str, answers: Answers) -> DraftRow:
    """The draft with one more step; an answer that others follow from takes those away."""
    before = usable_answers(context, draft.answers)
    changed = {name for name, one in answers.items() if before.get(name) != one}
    gone = {follower for name in changed for follower in FOLLOWS.get(name, ())}
    kept = {name: one for name, one in draft.answers.items() if name not in gone}
    path = [one for one in draft.path if one not in gone]
    if MAP in changed:
        path = [one for one in path if one != CHEST]
    path += [step] if step not in path else []
    told = {**before, **answers}
    if step == CHEST_QUESTION and needs_chest_question({**told, CHEST_QUESTION: ()}):
        path += [CHEST] if CHEST not in path else []
    fresh = {name: StoredAnswer(answer=one, at=context.now) for name, one in answers.items()}
    return replace(
        draft,
        answers={**kept, **fresh},
        path=tuple(path),
        dropped=False,
        updated_at=context.now,
        finished_advice_id=None,
    )


def skip_step(context: Context, draft_id: int, step: str, *, to_check: bool = False) -> str:
    """Leave a question open, and say which comes next; an answer given before is kept.

    A danger question cannot be skipped: InputError `nothing_chosen`.
    """
    if step in screening_questions():
        raise InputError("nothing_chosen")
    check_step(step)

    def skipped(draft: DraftRow) -> DraftRow:
        path = draft.path if step in draft.path else (*draft.path, step)
        return replace(draft, path=path, updated_at=context.now)

    draft = context.store.change_draft(context.stored_runner(), draft_id, skipped)
    after = _interview(context, draft)
    is_free = after.is_screened and after.step != STOPPED
    return CHECK if to_check and is_free else after.step


def set_bystander(context: Context, draft_id: int, *, bystander: bool) -> None:
    """Whether somebody answers for the runner."""
    context.store.change_draft(
        context.stored_runner(), draft_id, lambda draft: replace(draft, bystander=bystander)
    )


def put_away(context: Context, draft_id: int) -> None:
    """Offer an interview no longer; it is kept, so that this can be taken back."""
    context.store.change_draft(
        context.stored_runner(), draft_id, lambda draft: replace(draft, dropped=True)
    )


def take_back(context: Context, draft_id: int) -> None:
    """Offer an interview again that was put away."""
    context.store.change_draft(
        context.stored_runner(), draft_id, lambda draft: replace(draft, dropped=False)
    )


# ---------------------------------------------------------------- the end


def keep(context: Context, answer: WhyAnswer) -> int:
    """Put an answer into the ledger, with its flags and what was told; the number of its line."""
    from uncramp.wording.why import run_title, why_data, why_lines

    answer = with_other_runs(context, answer)
    run = None if answer.run is None else run_title(answer.run, units=context.units)
    data = why_data(
        answer.explanation,
        run=run,
        timeline=answer.timeline,
        weather=answer.weather,
        balance=answer.balance,
        units=context.units,
    )
    reference = "" if answer.run is None else f" {answer.run.activity_id}"
    lines = why_lines(data, command=f"uncramp why{reference}")
    return record(context, answer, data=plain(data), text="\n".join(lines))


def waiting_topics(asked: Interview) -> tuple[str, ...]:
    """Topics of advice that wait for danger questions to be answered, in their order."""
    unanswered = asked.answer.explanation.screening.unanswered
    blocked = Screening(stops=(), locks=(), unanswered=unanswered).blocked
    return tuple(topic for topic in TOPICS if topic in blocked)


def _keep_new_stops(context: Context, asked: Interview) -> None:
    """Put a stop that is raised now, and is not open yet, into the ledger with its flag."""
    raised = {stop.id for stop in asked.answer.explanation.screening.stops}
    if raised:
        flags = context.store.open_flags(context.stored_runner())
        if raised - {flag.flag_id for flag in flags if flag.kind == "stop"}:
            keep(context, asked.answer)


def finish(context: Context, draft_id: int) -> int | None:
    """Use the answers; the number of the line in the ledger, the same one when asked twice.

    None while a danger question is open or a stop speaks: then there is no answer to give.
    """
    asked = interview(context, draft_id)
    if asked.draft.finished_advice_id is not None and not asked.stale:
        return asked.draft.finished_advice_id
    if asked.step == STOPPED or not asked.is_screened:
        return None
    advice_id = keep(context, asked.answer)
    context.store.change_draft(
        context.stored_runner(),
        draft_id,
        lambda draft: replace(draft, finished_advice_id=advice_id, updated_at=context.now),
    )
    return advice_id


def clear_stop(context: Context, draft_id: int | None, flag_id: str, *, seen_on: date) -> None:
    """Close a stop because a clinician has seen the runner; errors as `runners.clear_flag`.

    A stop that only the answers of an interview raise is kept first, so that it can be closed.
    """
    if draft_id is not None:
        _keep_new_stops(context, interview(context, draft_id))
    clear_flag(context, reference=f"stop:{flag_id}", seen_clinician=seen_on, note=None)
