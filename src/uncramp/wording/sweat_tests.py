"""Sweat tests in words and as plain data: how to weigh, what was kept, what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from uncramp.units import fluid_ounces_from_litres
from uncramp.vocabulary import KeptTest, SodiumSample, WeighIn
from uncramp.wording.catalogue import error_text, text
from uncramp.wording.quantities import MISSING, Units, volume
from uncramp.wording.runs import runner_option, when

if TYPE_CHECKING:
    from uncramp.actions.sweat_group import GroupResult, RefusedLine
    from uncramp.actions.sweat_tests import Added, ListedTest, TestList, WatchOffer

__all__ = [
    "added_data",
    "added_lines",
    "flag_texts",
    "group_data",
    "group_lines",
    "how_to_weigh_data",
    "how_to_weigh_lines",
    "kind_of",
    "refused_text",
    "removed_data",
    "removed_lines",
    "sweat_rate",
    "tests_data",
    "tests_lines",
]

STEPS = ("when", "before", "drink", "toilet", "after", "scale", "tell")


def how_to_weigh_lines(*, runner: str) -> Iterator[str]:
    """How a weigh-in is done, and the command for it."""
    yield text("sweat_test.how.title")
    for number, step in enumerate(STEPS, start=1):
        yield f"{number}. {text(f'sweat_test.how.{step}')}"
    yield text("sweat_test.how.why")
    yield text("sweat_test.how.command", who=runner_option(runner))


def how_to_weigh_data() -> dict[str, Any]:
    """The `data` of `uncramp sweat add --json` without any number."""
    return {"steps": [text(f"sweat_test.how.{step}") for step in STEPS]}


def kind_of(kept: KeptTest) -> str:
    """`weigh_in`, `sodium` or `watch`."""
    if isinstance(kept.test, WeighIn):
        return "weigh_in"
    return "sodium" if isinstance(kept.test, SodiumSample) else "watch"


def sweat_rate(rate_l_per_h: float | None, *, units: Units) -> str:
    """`1.2 L an hour` or `41 fl oz an hour`."""
    if rate_l_per_h is None:
        return MISSING
    if units == "imperial":
        ounces = fluid_ounces_from_litres(rate_l_per_h)
        return text("sweat_test.rate.fluid_ounces", value=f"{ounces:.0f}")
    return text("sweat_test.rate.litres", value=f"{rate_l_per_h:.2f}")


def flag_texts(flags: Sequence[str]) -> tuple[str, ...]:
    """What is odd about a test, a sentence each."""
    return tuple(text(f"sweat_test.flag.{flag}") for flag in flags)


# ---------------------------------------------------------------- one test


def one_test_data(
    kept: KeptTest, *, rate_l_per_h: float | None, flags: Sequence[str]
) -> dict[str, Any]:
    """One test as plain data; `told` holds what is known of it, in SI."""
    return {
        "id": kept.id,
        "kind": kind_of(kept),
        "day": kept.day,
        "run": kept.activity,
        "rate_l_per_h": rate_l_per_h,
        "told": kept.test,
        "flags": list(flags),
        "texts": list(flag_texts(flags)),
    }


def added_data(added: Added) -> dict[str, Any]:
    """The `data` of `uncramp sweat add --json`, `sodium` and `watch`."""
    return one_test_data(added.kept, rate_l_per_h=added.rate_l_per_h, flags=added.flags)


def added_lines(added: Added, *, runner: str, units: Units) -> Iterator[str]:
    """What is kept, what it comes to, what is odd, how to take it back."""
    who, kept = runner_option(runner), added.kept
    yield text(f"sweat_test.added.{kind_of(kept)}", id=kept.id, day=kept.day)
    if added.run is not None:
        start, run_id = when(added.run).strip(), added.run.activity_id
        yield text("sweat_test.added.run", id=run_id, when=start)
    if isinstance(kept.test, SodiumSample):
        yield sodium_text(kept.test)
    else:
        yield text("sweat_test.added.rate", rate=sweat_rate(added.rate_l_per_h, units=units))
    yield from (f"- {said}" for said in flag_texts(added.flags))
    yield text("sweat_test.added.undo", id=kept.id, who=who)
    yield text("sweat_test.added.next", who=who)


def sodium_text(test: SodiumSample) -> str:
    """What was measured, and where."""
    site = text(f"sweat_test.site.{test.site or test.method}")
    return text("sweat_test.sodium", value=f"{test.sodium_mmol_per_l:.0f}", site=site)


# ---------------------------------------------------------------- the list


def tests_data(found: TestList) -> dict[str, Any]:
    """The `data` of `uncramp sweat list --json`."""
    return {
        "locked": found.locked,
        "tests": [
            one_test_data(one.kept, rate_l_per_h=one.rate_l_per_h, flags=one.flags)
            for one in found.tests
        ],
        "watch_offers": [
            {
                "run": one.run.activity_id,
                "sweat_loss_l": one.sweat_loss_l,
                "duration_min": one.duration_min,
            }
            for one in found.offers
        ],
    }


def tests_lines(found: TestList, *, runner: str, units: Units) -> Iterator[str]:
    """A line a test, then what could be added."""
    who = runner_option(runner)
    if not found.tests:
        yield text("sweat_test.list.none")
    for one in found.tests:
        yield test_line(one, units=units, is_locked=found.locked is not None)
        yield from (f"      {said}" for said in flag_texts(one.flags))
    if found.tests:
        yield text("sweat_test.list.remove", who=who)
    if found.offers:
        yield offer_text(found.offers[0], n_offers=len(found.offers), units=units)
        yield text("sweat_test.list.offer_next", id=found.offers[0].run.activity_id, who=who)
    if found.locked is not None:
        yield error_text("sweat_locked", {})["what"]
    elif not any(isinstance(one.kept.test, WeighIn) for one in found.tests):
        yield text("sweat_test.list.first", who=who)


def test_line(one: ListedTest, *, units: Units, is_locked: bool) -> str:
    """Number, day, what, how much, and its run."""
    kept = one.kept
    if isinstance(kept.test, SodiumSample):
        said = sodium_text(kept.test)
    elif is_locked and isinstance(kept.test, WeighIn):
        said = MISSING
    else:
        said = sweat_rate(one.rate_l_per_h, units=units)
    run = "" if kept.activity is None else text("sweat_test.list.run", id=kept.activity)
    kind = text(f"sweat_test.kind.{kind_of(kept)}")
    return f"{kept.id:>4}  {kept.day}  {kind:<9} {said}{run}"


def offer_text(offer: WatchOffer, *, n_offers: int, units: Units) -> str:
    """What the newest watch estimate says, and how many more there are."""
    said = volume(offer.sweat_loss_l, units=units)
    start = when(offer.run).strip()
    return text("sweat_test.list.offer", n=n_offers, when=start, volume=said)


# ---------------------------------------------------------------- taken out


def removed_data(kept: KeptTest, *, removed: bool) -> dict[str, Any]:
    """The `data` of `uncramp sweat remove --json`."""
    return {"id": kept.id, "kind": kind_of(kept), "day": kept.day, "removed": removed}


def removed_lines(kept: KeptTest, *, removed: bool, runner: str) -> Iterator[str]:
    """Whether it counts now, and how to take that back."""
    message = "sweat_test.removed" if removed else "sweat_test.restored"
    yield text(message, id=kept.id, day=kept.day, who=runner_option(runner))


# ---------------------------------------------------------------- a group


def group_data(result: GroupResult) -> dict[str, Any]:
    """The `data` of `uncramp sweat group --json`."""
    return {
        "file": result.file,
        "added": [
            {"line": one.line, "runner": one.runner, **added_data(one.added)}
            for one in result.added
        ],
        "refused": [
            {
                "line": one.line,
                "runner": one.runner,
                "code": one.code,
                **error_text(one.code, dict(one.values)),
            }
            for one in result.refused
        ],
        "already": [{"line": one.line, "runner": one.runner} for one in result.already],
        "unknown_columns": list(result.unknown_columns),
    }


def group_lines(result: GroupResult, *, units: Units) -> Iterator[str]:
    """What is kept, and for each line that is not, why."""
    yield text("sweat_test.group.done", file=result.file, n=len(result.added))
    for one in result.added:
        rate = sweat_rate(one.added.rate_l_per_h, units=units)
        yield text("sweat_test.group.line", line=one.line, runner=one.runner, rate=rate)
        yield from (f"    {said}" for said in flag_texts(one.added.flags))
    if result.already:
        yield text("sweat_test.group.already", n=len(result.already))
    if result.unknown_columns:
        names = ", ".join(result.unknown_columns)
        yield text("sweat_test.group.columns", names=names)
    if result.refused:
        yield text("sweat_test.group.refused", n=len(result.refused))
        for out in result.refused:
            yield refused_text(out)
        yield text("sweat_test.group.again")


def refused_text(out: RefusedLine) -> str:
    """Line, runner, and why it stays out."""
    words = error_text(out.code, dict(out.values))
    said = " ".join(words[part] for part in ("what", "why", "remedy"))
    return text("sweat_test.group.refused_line", line=out.line, runner=out.runner or "–", why=said)
