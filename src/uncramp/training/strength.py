"""Work without running: strength twice a week, legs tired before a long run, range of motion.

Each exercise is a step whose message says how it is done and when to stop; how many stands in the
step. What the runner does first is what the muscle that cramped needs most.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from uncramp.evidence import value
from uncramp.training_plan import Effort, Step

__all__ = ["MUSCLES", "mobility_steps", "pre_fatigue_steps", "seconds_of", "strength_steps"]

MUSCLES: Final = MappingProxyType(
    {
        "calf": ("calf_raise", "pogo"),
        "soleus": ("bent_calf_raise", "pogo"),
        "foot": ("towel_curl", "bent_calf_raise"),
        "shin": ("shin_raise", "calf_raise"),
        "hamstring": ("one_leg_bridge", "hip_hinge"),
        "quadriceps": ("step_down", "squat"),
        "adductor": ("adductor_squeeze", "side_step"),
        "hip_flexor": ("knee_drive", "step_down"),
        "glute": ("one_leg_bridge", "side_step"),
        "abdomen": ("dead_bug", "side_plank"),
        "back": ("bird_dog", "side_plank"),
        "arm_or_hand": ("carry", "side_plank"),
    }
)
"""A muscle that cramps to the exercises aimed at it, in the names of the interview."""

BASE: Final = ("squat", "calf_raise", "hip_hinge", "bent_calf_raise", "side_step")
"""What every runner does: knee, calf, hip, low calf, side of the hip."""
JUMPS: Final = frozenset({"pogo"})
HELD: Final = frozenset({"side_plank", "adductor_squeeze", "carry"})
"""Done for a time, not counted."""
HEAVY: Final = frozenset({"squat", "hip_hinge", "calf_raise", "bent_calf_raise", "one_leg_bridge",
                          "step_down"})  # fmt: skip
"""Those that are loaded, and get heavier over the weeks."""
STRETCHES: Final = ("reach_calf", "reach_hamstring", "reach_thigh", "reach_hip")
STRETCH_FOR: Final = MappingProxyType(
    {
        "calf": "reach_calf",
        "soleus": "reach_low_calf",
        "foot": "reach_foot",
        "shin": "reach_shin",
        "hamstring": "reach_hamstring",
        "quadriceps": "reach_thigh",
        "adductor": "reach_inner_thigh",
        "hip_flexor": "reach_hip",
        "glute": "reach_buttock",
        "abdomen": "reach_back",
        "back": "reach_back",
        "arm_or_hand": "reach_arm",
    }
)
BEFORE_A_LONG_RUN: Final = ("squat_free", "lunge_free", "calf_raise_free")


def strength_steps(*, nth: int, muscles: Sequence[str], is_light: bool = False) -> tuple[Step, ...]:
    """One session of strength: warm-up, rounds of exercises, loads that grow with `nth`.

    `is_light`: no weight and no jumps, for legs that must stay fresh or may not be loaded yet.
    """
    load, reps = _load(nth, is_light=is_light)
    learns = load in ("load_none", "load_learn")
    rounds = round(value("conditioning.session.strength_rounds")) - (1 if learns else 0)
    chosen = tuple(dict.fromkeys((*_aimed(muscles), *BASE)))
    exercises = [_exercise(one, reps=round(reps)) for one in chosen if one not in JUMPS]
    jumps = () if learns else (_jumps(),)
    rest = Step(id="rest", effort=Effort.REST, duration_s=value("conditioning.session.rest_s"))
    return (
        Step(id="warm_legs", effort=Effort.WARM_UP,
             duration_s=value("conditioning.session.walk_in_s")),
        Step(id=load),
        *jumps,
        Step(id="round", times=rounds, steps=(*exercises, rest)),
    )  # fmt: skip


def _load(nth: int, *, is_light: bool) -> tuple[str, float]:
    """How heavy, as the id of a step, and how often: first learnt, then loaded, then heavy."""
    if is_light:
        return "load_none", value("conditioning.session.learn_reps")
    if nth <= value("conditioning.session.learn_until"):
        return "load_learn", value("conditioning.session.learn_reps")
    if nth <= value("conditioning.session.load_until"):
        return "load_middle", value("conditioning.session.load_reps")
    return "load_heavy", value("conditioning.session.heavy_reps")


def pre_fatigue_steps(nth: int) -> tuple[Step, ...]:
    """Leg exercises straight before a long run: one round the first time, then two."""
    most = round(value("conditioning.session.pre_fatigue_rounds"))
    count = round(value("conditioning.session.pre_fatigue_reps"))
    rest = Step(
        id="rest", effort=Effort.REST, duration_s=value("conditioning.session.short_rest_s")
    )
    exercises = tuple(Step(id=one, count=count) for one in BEFORE_A_LONG_RUN)
    return (Step(id="round", times=min(max(nth, 1), most), steps=(*exercises, rest)),)


def mobility_steps(muscles: Sequence[str]) -> tuple[Step, ...]:
    """Range of motion after a run or on a day off, the muscle that cramped first."""
    hold_s = value("safety.stretch_hold_s")
    aimed = [STRETCH_FOR[one] for one in muscles if one in STRETCH_FOR]
    chosen = dict.fromkeys((*aimed, *STRETCHES))
    steps = tuple(Step(id=one, duration_s=hold_s) for one in chosen)
    return (Step(id="round", times=round(value("conditioning.session.mobility_rounds")),
                 steps=steps),)  # fmt: skip


def seconds_of(steps: Sequence[Step]) -> float:
    """How long steps without a distance take; both sides of the body count."""
    total = 0.0
    for step in steps:
        if step.steps:
            total += step.times * seconds_of(step.steps)
        elif step.duration_s is not None:
            sides = 1 if step.effort in (Effort.REST, Effort.WARM_UP) else 2
            total += step.duration_s * sides
        elif step.count is not None:
            total += 2 * step.count * value("conditioning.session.rep_s")
    return total


def _aimed(muscles: Sequence[str]) -> list[str]:
    """The exercises for the first two muscles that cramped: more would crowd out the rest."""
    return [exercise for muscle in muscles[:2] for exercise in MUSCLES.get(muscle, ())]


def _exercise(name: str, *, reps: int) -> Step:
    if name in HELD:
        return Step(id=name, duration_s=value("conditioning.session.hold_s"))
    count = reps if name in HEAVY else round(value("conditioning.session.learn_reps"))
    return Step(id=name, count=count)


def _jumps() -> Step:
    return Step(id="pogo", count=round(value("conditioning.session.jumps")), times=1)
