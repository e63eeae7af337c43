"""The settings page in words: the profile as it is typed, what is held back, what is kept where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from uncramp.units import (
    centimetres_from_inches,
    inches_from_centimetres,
    kilograms_from_pounds,
    pounds_from_kilograms,
)
from uncramp.vocabulary import Sex, UserProfile
from uncramp.wording.catalogue import text
from uncramp.wording.quantities import Units, body_mass
from uncramp.wording.runs import flag_name

if TYPE_CHECKING:
    from uncramp.actions.preferences import Condition
    from uncramp.actions.runners import RunnerSummary
    from uncramp.errors import InputError

__all__ = [
    "cleared_words",
    "condition_groups",
    "profile_errors",
    "profile_from",
    "profile_words",
    "runner_words",
    "watch_words",
]

INCHES_A_FOOT: Final = 12
METRIC_FIELDS: Final = ("age_y", "height_cm", "body_mass_kg")


# ---------------------------------------------------------------- the profile as it is typed


def profile_words(profile: UserProfile, *, units: Units) -> dict[str, str]:
    """What stands in the fields of the form."""
    typed = {
        "sex": "" if profile.sex is None else profile.sex.value,
        "age_y": shown(profile.age_y),
        "height_cm": shown(profile.height_cm),
        "body_mass_kg": shown(profile.body_mass_kg),
        "feet": "",
        "inches": "",
        "pounds": "",
    }
    if units == "imperial":
        if profile.height_cm is not None:
            whole = round(inches_from_centimetres(profile.height_cm))
            feet, inches = divmod(whole, INCHES_A_FOOT)
            typed |= {"feet": str(feet), "inches": str(inches)}
        if profile.body_mass_kg is not None:
            typed["pounds"] = f"{pounds_from_kilograms(profile.body_mass_kg):.0f}"
    return typed


def shown(number: float | None) -> str:
    """A number as it was typed; nothing when it is not known."""
    return "" if number is None else f"{number:.4g}"


def profile_from(
    typed: Mapping[str, str], before: UserProfile, *, units: Units
) -> tuple[UserProfile, dict[str, str]]:
    """The profile that was typed, and what of it is no number, by field.

    What was left as it stood there stays exactly as it was, however it was rounded.
    """
    errors: dict[str, str] = {}
    numbers = {name: number(typed, name, errors) for name in fields(units)}
    values: dict[str, float | None] = {name: numbers.get(name) for name in METRIC_FIELDS}
    if units == "imperial":
        inches = [numbers["feet"], numbers["inches"]]
        if any(one is not None for one in inches):
            whole = INCHES_A_FOOT * (inches[0] or 0.0) + (inches[1] or 0.0)
            values["height_cm"] = centimetres_from_inches(whole)
        if numbers["pounds"] is not None:
            values["body_mass_kg"] = kilograms_from_pounds(numbers["pounds"])
        values = unchanged(values, typed, before)
    sex = typed.get("sex", "")
    profile = UserProfile(
        sex=Sex(sex) if sex in tuple(Sex) else None,
        age_y=values["age_y"],
        height_cm=values["height_cm"],
        body_mass_kg=values["body_mass_kg"],
    )
    return profile, errors


def unchanged(
    values: Mapping[str, float | None], typed: Mapping[str, str], before: UserProfile
) -> dict[str, float | None]:
    """The values, with what was known before where its field says the same."""
    old = profile_words(before, units="imperial")
    kept = dict(values)
    if all(typed.get(name, "").strip() == old[name] for name in ("feet", "inches")):
        kept["height_cm"] = before.height_cm
    if typed.get("pounds", "").strip() == old["pounds"]:
        kept["body_mass_kg"] = before.body_mass_kg
    return kept


def fields(units: Units) -> tuple[str, ...]:
    """Fields of the form that hold a number."""
    return ("age_y", "feet", "inches", "pounds") if units == "imperial" else METRIC_FIELDS


def number(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> float | None:
    """One field; a decimal comma is as good as a point."""
    given = typed.get(name, "").strip().replace(",", ".")
    if not given:
        return None
    try:
        found = float(given)
    except ValueError:
        found = float("nan")
    if found != found or abs(found) == float("inf"):  # noqa: PLR0124  (nan is not itself)
        errors[name] = text("settings.profile.not_a_number", field=label_of(name))
        return None
    return found


def label_of(name: str) -> str:
    """What a field of the form is called."""
    heights = {"feet", "inches"}
    return text("settings.profile.height") if name in heights else text(f"settings.profile.{name}")


def profile_errors(found: Mapping[str, InputError], *, units: Units) -> dict[str, str]:
    """What nobody can have, as words beside its field."""
    errors = {}
    for name, trouble in found.items():
        low, high = float(str(trouble.values["low"])), float(str(trouble.values["high"]))
        field = name
        if units == "imperial" and name == "height_cm":
            low, high = inches_from_centimetres(low), inches_from_centimetres(high)
            low, high, field = low / INCHES_A_FOOT, high / INCHES_A_FOOT, "feet"
        elif units == "imperial" and name == "body_mass_kg":
            low, high, field = pounds_from_kilograms(low), pounds_from_kilograms(high), "pounds"
        errors[field] = text(
            "settings.profile.range", field=label_of(field), low=f"{low:.0f}", high=f"{high:.0f}"
        )
    return errors


def watch_words(profile: UserProfile | None, *, units: Units) -> str:
    """`female, 38 years, 168 cm, 61 kg`, as far as the watch knows; nothing when it does not."""
    if profile is None:
        return ""
    facts = []
    if profile.sex is not None:
        facts.append(text(f"settings.profile.sex_{profile.sex.value}").lower())
    if profile.age_y is not None:
        facts.append(text("settings.profile.watch_age", value=f"{profile.age_y:.0f}"))
    if profile.height_cm is not None:
        facts.append(height_words(profile.height_cm, units=units))
    if profile.body_mass_kg is not None:
        facts.append(body_mass(profile.body_mass_kg, units=units))
    return text("settings.profile.watch", facts=", ".join(facts)) if facts else ""


def height_words(height_cm: float, *, units: Units) -> str:
    """`168 cm` or `5 feet 6`."""
    if units != "imperial":
        return text("settings.profile.centimetres", value=f"{height_cm:.0f}")
    feet, inches = divmod(round(inches_from_centimetres(height_cm)), INCHES_A_FOOT)
    return text("settings.profile.feet_inches", feet=feet, inches=inches)


# ---------------------------------------------------------------- people and conditions


def runner_words(summary: RunnerSummary) -> dict[str, Any]:
    """One runner in a list."""
    n_runs, n_flags = summary.n_runs, len(summary.open_flags)
    runs = text("settings.runners.count", n_runs=n_runs)
    return {
        "name": summary.runner.name,
        "runs": text("settings.runners.count_one") if n_runs == 1 else runs,
        "flags": text("settings.runners.flags", n=n_flags) if n_flags else "",
    }


def cleared_words(summary: RunnerSummary | None) -> list[str]:
    """What a clinician has seen the runner about."""
    if summary is None:
        return []
    return [
        text("settings.health.cleared_line", name=flag_name(flag), day=flag.cleared_on)
        for flag in summary.cleared_flags
    ]


def condition_groups(
    known: Sequence[Condition], *, open_locks: Sequence[str]
) -> list[dict[str, Any]]:
    """Conditions by the question they come from, with whether each holds advice back now."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in known:
        is_there = set(one.locks) <= set(open_locks)
        entry = {"id": one.id, "text": text(one.text), "is_there": is_there}
        groups.setdefault(one.question.id, []).append(entry)
    return [
        {"title": text(f"settings.health.group.{name}"), "conditions": entries}
        for name, entries in groups.items()
    ]
