"""Workouts for watches as FIT files, written with fit-tool.

A watch throws away a second file with the same serial number, so each file has its own. A short
repeat has a range that is wide on the fast side, since places are noisy over 100 m; a longer run
has one that is wide on the slow side, since a walk or a hill is no mistake. What has neither
distance nor time waits for the lap button.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from uncramp.training_plan import Effort, Session, Step
from uncramp.wording.catalogue import text

if TYPE_CHECKING:
    from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage

__all__ = [
    "WatchStep",
    "file_number",
    "session_workout",
    "watch_step",
    "whole_sentences",
    "whole_words",
    "workout_file",
]

NAME_LENGTH: Final = 15
"""Letters of a name that watches show."""
NOTE_LENGTH: Final = 200
SHORT_M: Final = 400.0
SHORT_FASTER: Final = 1.2
"""A repeat of no more than 400 m may be this much faster than asked before a watch complains."""
LONG_FASTER: Final = 1.03
SHORT_SLOWER: Final = 0.93
LONG_SLOWER: Final = 0.5
"""A longer run may be half as fast: then it is a walk."""
SHORT_NOTES: Final = MappingProxyType(
    {"long": "plan_files.watch_long", "rehearse": "plan_files.watch_rehearse"}
)
"""Steps of which more is said than a watch shows, to what it shows."""
SENTENCE_END: Final = re.compile(r"(?<=[.?!]) ")
METRES: Final = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStep:
    """One line of a workout; a line with `times` goes back to line `back_to`."""

    name: str = ""
    note: str = ""
    effort: Effort = Effort.ACTIVE
    distance_m: float | None = None
    duration_s: float | None = None
    speed_m_s: tuple[float, float] | None = None
    """Slowest and fastest before the watch speaks up; None: it never does."""
    times: int | None = None
    back_to: int = 0


def file_number(identity: str) -> int:
    """A serial number that is the same for the same session, and hardly for another one."""
    return zlib.crc32(identity.encode()) or 1


def session_workout(session: Session, *, name: str, number: int, made_at: datetime) -> bytes:
    """One session as a workout file."""
    return workout_file(list(watch_steps(session.steps)), name=name, number=number, made_at=made_at)


def watch_steps(steps: Sequence[Step], *, first: int = 0) -> Iterator[WatchStep]:
    """Steps one below the other, repeats as a jump back; `first` is the number of the first."""
    index = first
    for step in steps:
        if not step.steps:
            yield watch_step(step)
            index += 1
            continue
        inner = list(watch_steps(step.steps, first=index))
        yield from inner
        index += len(inner)
        if step.times > 1:  # a jump back is for more than once
            yield WatchStep(times=step.times, back_to=index - len(inner))
            index += 1


def watch_step(step: Step) -> WatchStep:
    """One step in words and limits; what is counted is counted by the runner."""
    count = "" if step.count is None else f"{step.count} × "
    return WatchStep(
        name=f"{count}{text(f'session.name.{step.id}')}",
        note=text(SHORT_NOTES.get(step.id, f"session.step.{step.id}")),
        effort=step.effort,
        distance_m=step.distance_m,
        duration_s=None if step.count is not None else step.duration_s,
        speed_m_s=speed_range(step),
    )


def speed_range(step: Step) -> tuple[float, float] | None:
    """The pace of a step as slowest and fastest speed, wider than what is asked."""
    if step.pace_s_per_km is None:
        return None
    fastest, slowest = step.pace_s_per_km
    is_short = step.distance_m is not None and step.distance_m <= SHORT_M
    slower = SHORT_SLOWER if is_short else LONG_SLOWER
    faster = SHORT_FASTER if is_short else LONG_FASTER
    return slower * METRES / slowest, faster * METRES / fastest


def whole_words(name: str) -> str:
    """As much of a name as watches show, cut between words."""
    words, said = name.replace(",", "").split(), ""
    for word in words:
        longer = f"{said} {word}".strip()
        if len(longer) > NAME_LENGTH:
            break
        said = longer
    return said or name[:NAME_LENGTH]


def whole_sentences(note: str) -> str:
    """As much of a note as watches show, cut between sentences."""
    said = ""
    for sentence in SENTENCE_END.split(note):
        longer = f"{said} {sentence}".strip()
        if len(longer) > NOTE_LENGTH:
            break
        said = longer
    return said or note[:NOTE_LENGTH]


def workout_file(steps: Sequence[WatchStep], *, name: str, number: int, made_at: datetime) -> bytes:
    """A workout in the FIT format, type, maker, product and serial number first."""
    from fit_tool.fit_file_builder import FitFileBuilder
    from fit_tool.profile.messages.file_id_message import FileIdMessage
    from fit_tool.profile.messages.workout_message import WorkoutMessage
    from fit_tool.profile.profile_type import FileType, Manufacturer, Sport

    head = FileIdMessage()
    head.type = FileType.WORKOUT
    head.manufacturer = Manufacturer.DEVELOPMENT.value
    head.product = 0
    head.serial_number = number
    head.time_created = round(made_at.timestamp() * METRES)
    workout = WorkoutMessage()
    workout.workout_name = whole_words(name)
    workout.sport = Sport.RUNNING
    workout.num_valid_steps = len(steps)
    messages: list[Any] = [head, workout]
    messages += [message(index, step) for index, step in enumerate(steps)]
    builder = FitFileBuilder(auto_define=True)
    builder.add_all(messages)
    return bytes(builder.build().to_bytes())


def message(index: int, step: WatchStep) -> WorkoutStepMessage:
    """One line of the workout as the format has it."""
    from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
    from fit_tool.profile.profile_type import Intensity, WorkoutStepDuration, WorkoutStepTarget

    made = WorkoutStepMessage()
    made.message_index = index
    if step.times is not None:
        made.duration_type = WorkoutStepDuration.REPEAT_UNTIL_STEPS_CMPLT
        made.duration_value = step.back_to
        made.target_value = step.times
        return made
    made.workout_step_name = whole_words(step.name)
    if step.note:
        made.notes = whole_sentences(step.note)
    efforts = {
        Effort.WARM_UP: Intensity.WARMUP,
        Effort.ACTIVE: Intensity.ACTIVE,
        Effort.RECOVERY: Intensity.RECOVERY,
        Effort.REST: Intensity.REST,
        Effort.COOL_DOWN: Intensity.COOLDOWN,
    }
    made.intensity = efforts[step.effort]
    if step.distance_m is not None:
        made.duration_type = WorkoutStepDuration.DISTANCE
        made.duration_distance = step.distance_m
    elif step.duration_s is not None:
        made.duration_type = WorkoutStepDuration.TIME
        made.duration_time = step.duration_s
    else:
        made.duration_type = WorkoutStepDuration.OPEN
    if step.speed_m_s is None:
        made.target_type = WorkoutStepTarget.OPEN
    else:
        made.target_type = WorkoutStepTarget.SPEED
        made.target_value = 0
        made.custom_target_speed_low, made.custom_target_speed_high = step.speed_m_s
    return made
