"""`/api/runners/{runner}/sweat`: as `uncramp sweat` and its commands."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import Field

from uncramp.actions.runs import parsed_day
from uncramp.actions.sweat import my_sweat
from uncramp.actions.sweat_group import add_group_csv
from uncramp.actions.sweat_tests import (
    SodiumAsked,
    WeighInAsked,
    add_sodium,
    add_watch_estimate,
    add_weigh_in,
    list_tests,
    refuse_teaching,
    remove_test,
    restore_test,
)
from uncramp.web.api.answering import Body, Reply, about, answer, api_router, reading
from uncramp.web.api.parameters import HIGHEST_ID, Day, Reference, RunnerName, needed, told
from uncramp.wording.catalogue import text
from uncramp.wording.my_sweat import my_sweat_data
from uncramp.wording.sweat_tests import (
    added_data,
    group_data,
    how_to_weigh_data,
    removed_data,
    tests_data,
)

__all__ = ["router"]

router = api_router("sweat")

CREATED = 201
SLOWEST_M_S, FASTEST_M_S = 1.0, 8.0
LONGEST_CSV = 500_000
TestNumber = Annotated[int, Path(ge=1, le=HIGHEST_ID, description=text("api.field.sweat_test"))]
RaceSpeed = Annotated[
    float | None,
    Query(ge=SLOWEST_M_S, le=FASTEST_M_S, description=text("api.field.race_speed_m_s")),
]


class WeighInTold(Body):
    """A weigh-in; what is left out is taken from the run, or not known."""

    body_mass_before_kg: float = needed("body_mass_before_kg")
    body_mass_after_kg: float = needed("body_mass_after_kg")
    fluid_intake_l: float = needed("fluid_intake_l")
    duration_min: float | None = told("duration_min")
    run: Reference | None = Field(None, description=text("api.field.sweat_run"))
    without_run: bool = Field(default=False, description=text("api.field.without_run"))
    day: Day | None = Field(None, description=text("api.field.sweat_day"))
    food_kg: float | None = told("food_kg")
    urine_output_l: float | None = told("urine_output_l")
    held_sweat_kg: float | None = told("held_sweat_kg")
    scale_step_kg: float | None = told("scale_step_kg")
    distance_m: float | None = told("distance_m")
    temp_air_c: float | None = told("temp_air_c")
    relative_humidity_pct: float | None = told("relative_humidity_pct")
    wind_speed_m_s: float | None = told("wind_speed_m_s")
    solar_w_m2: float | None = told("solar_w_m2")


class SodiumTold(Body):
    """Sweat sodium as a report says it."""

    sodium_mmol_per_l: float = needed("sodium_mmol_per_l")
    site: Literal["forearm", "thigh", "five_site"] | None = Field(
        None, description=text("api.field.sweat_site")
    )
    day: Day | None = Field(None, description=text("api.field.sweat_day"))
    run: Reference | None = Field(None, description=text("api.field.sweat_run"))
    sweat_rate_l_per_h: float | None = told("sweat_rate_l_per_h")


class WatchTold(Body):
    """What a watch worked out of a run."""

    run: Reference = Field(description=text("api.field.sweat_run"))
    sweat_loss_l: float | None = told("sweat_loss_l")


class GroupTold(Body):
    """The weigh-ins of a group as CSV."""

    csv: str = Field(min_length=1, max_length=LONGEST_CSV, description=text("api.field.sweat_csv"))


@router.get("/runners/{runner}/sweat", **about("show_sweat", "sweat"))
def show(request: Request, runner: RunnerName, race_speed_m_s: RaceSpeed = None) -> Reply:
    """What is known of the runner's sweat, and what to test next."""
    with reading(request, runner) as context:
        context.stored_runner()
        return answer("sweat", my_sweat_data(my_sweat(context, race_speed_m_s=race_speed_m_s)))


@router.get("/runners/{runner}/sweat/how", **about("how_to_weigh", "sweat.how"))
def how(request: Request, runner: RunnerName) -> Reply:
    """How a weigh-in is done."""
    with reading(request, runner) as context:
        context.stored_runner()
        refuse_teaching(context)
    return answer("sweat.how", how_to_weigh_data())


@router.get("/runners/{runner}/sweat/tests", **about("list_sweat_tests", "sweat.list"))
def show_tests(request: Request, runner: RunnerName) -> Reply:
    """Every test that counts."""
    with reading(request, runner) as context:
        return answer("sweat.list", tests_data(list_tests(context)))


@router.post(
    "/runners/{runner}/sweat/weigh-ins",
    **about("add_weigh_in", "sweat.add", status_code=CREATED),
)
def weigh_in(request: Request, runner: RunnerName, given: WeighInTold) -> Reply:
    """Keep a weigh-in."""
    asked = WeighInAsked(
        body_mass_before_kg=given.body_mass_before_kg,
        body_mass_after_kg=given.body_mass_after_kg,
        fluid_intake_l=given.fluid_intake_l,
        duration_min=given.duration_min,
        run=given.run,
        without_run=given.without_run,
        day=None if given.day is None else parsed_day(given.day),
        food_kg=given.food_kg,
        urine_output_l=given.urine_output_l,
        held_sweat_kg=given.held_sweat_kg,
        scale_step_kg=given.scale_step_kg,
        distance_m=given.distance_m,
        temp_air_c=given.temp_air_c,
        relative_humidity_pct=given.relative_humidity_pct,
        wind_speed_m_s=given.wind_speed_m_s,
        solar_w_m2=given.solar_w_m2,
    )
    with reading(request, runner) as context:
        added = add_weigh_in(context, asked)
    return answer("sweat.add", added_data(added), status_code=CREATED)


@router.post(
    "/runners/{runner}/sweat/sodium",
    **about("add_sweat_sodium", "sweat.sodium", status_code=CREATED),
)
def sodium(request: Request, runner: RunnerName, given: SodiumTold) -> Reply:
    """Keep what a patch or a laboratory found."""
    asked = SodiumAsked(
        sodium_mmol_per_l=given.sodium_mmol_per_l,
        site=given.site,
        day=None if given.day is None else parsed_day(given.day),
        run=given.run,
        sweat_rate_l_per_h=given.sweat_rate_l_per_h,
    )
    with reading(request, runner) as context:
        added = add_sodium(context, asked)
    return answer("sweat.sodium", added_data(added), status_code=CREATED)


@router.post(
    "/runners/{runner}/sweat/watch",
    **about("add_watch_sweat", "sweat.watch", status_code=CREATED),
)
def watch(request: Request, runner: RunnerName, given: WatchTold) -> Reply:
    """Keep what a watch worked out."""
    with reading(request, runner) as context:
        added = add_watch_estimate(context, given.run, sweat_loss_l=given.sweat_loss_l)
    return answer("sweat.watch", added_data(added), status_code=CREATED)


@router.post("/runners/{runner}/sweat/group", **about("add_group_day", "sweat.group"))
def group(request: Request, runner: RunnerName, given: GroupTold) -> Reply:
    """Keep a group's weigh-ins, each line by itself."""
    with reading(request, runner) as context:
        context.stored_runner()
        result = add_group_csv(context, given.csv.encode(), "")
    return answer("sweat.group", group_data(result))


@router.delete("/runners/{runner}/sweat/tests/{test}", **about("remove_sweat_test", "sweat.remove"))
def remove(request: Request, runner: RunnerName, test: TestNumber) -> Reply:
    """Take a test out; it can be brought back."""
    with reading(request, runner) as context:
        return answer("sweat.remove", removed_data(remove_test(context, test), removed=True))


@router.post(
    "/runners/{runner}/sweat/tests/{test}/restore",
    **about("restore_sweat_test", "sweat.remove"),
)
def restore(request: Request, runner: RunnerName, test: TestNumber) -> Reply:
    """Let a test that was taken out count again."""
    with reading(request, runner) as context:
        return answer("sweat.remove", removed_data(restore_test(context, test), removed=False))
