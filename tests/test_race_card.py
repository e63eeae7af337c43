"""The race card: what is printed is what was planned, and nothing that is locked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser

import pytest

from uncramp.drink_plan import (
    Branch,
    DrinkPlan,
    DrinkStatus,
    Moment,
    StopDrinking,
    Take,
)
from uncramp.export.calendar import calendar_file
from uncramp.export.race_card import RaceCard, card_page, coach_page, race_pack, stretch_steps
from uncramp.export.race_pdf import can_make_pdf, race_pdf
from uncramp.export.race_watch import race_event, race_workout
from uncramp.pacing import PacePlan
from uncramp.vocabulary import Interval, PlannedRace, Said, Split
from uncramp.wording.catalogue import text
from uncramp.wording.race_card import CardWords, card_words

RACE = PlannedRace(
    name="Made-up <Marathon> #1",
    day=date(2027, 4, 18),
    start=time(9, 30),
    distance_m=42195,
    goal_time_s=13500,
)
SPLITS = (
    *(Split(at_m=5000.0 * n, at_s=1600.0 * n) for n in range(1, 9)),
    Split(at_m=42195.0, at_s=13500.0),
)
PACE = PacePlan(
    target_time_s=13500.0,
    predicted=None,
    goal_is_beyond=False,
    ceiling_s_per_km=318.0,
    ceiling_until_m=21097.5,
    splits=SPLITS,
    heat_slowdown_pct=None,
    twinge=(Said(id="pacing.twinge.ease"),),
    do_not_start=(Said(id="pacing.do_not_start.fever"),),
    stop_when=(Said(id="pacing.stop_when.pop"),),
    because=(),
    assumed=(),
)
SCHEDULE = (
    Take(at_m=5000, at_min=26.5, product="iso", servings=1, fluid_l=0.2, sodium_mg=90,
         carbohydrate_g=12),
    Take(at_m=10000, at_min=53.0, product="cap", servings=1, fluid_l=0, sodium_mg=215,
         carried=True),
    Take(at_m=10000, at_min=53.0, product="water", servings=2, fluid_l=0.4, sodium_mg=0),
)  # fmt: skip
NAMES = {"iso": "sports drink", "cap": "salt capsule", "water": "water"}


def band(middle: float) -> Interval:
    """A made-up band."""
    return Interval(low=middle - 1, median=middle, high=middle + 1, level=0.9)


DRINK = DrinkPlan(
    status=DrinkStatus.PLANNED,
    because=(),
    schedule=SCHEDULE,
    stop_drinking_trigger=StopDrinking(when="less_sweat", skip_after_min=290),
    carry=(("cap", 1),),
    branches=(Branch(id="twinge", do=(Said(id="pacing.twinge.no_more_drink"),)),),
    balance=tuple(
        Moment(
            at_min=60.0 * n, at_m=10000.0 * n, water_change_l=band(-0.3 * n),
            body_mass_change_pct=band(-n), sodium_change_mg=band(-200 * n), fluid_intake_l=0.0,
            sodium_intake_mg=0.0,
        )
        for n in range(4)
    ),
)  # fmt: skip


def words(drink: DrinkPlan | None = DRINK, pace: PacePlan | None = PACE) -> CardWords:
    """The card of the made-up race."""
    return card_words(
        RACE,
        pace_plan=pace,
        drink=drink,
        names=NAMES,
        stretch=stretch_steps(("calf",), ()),
        units="metric",
    )


def card(drink: DrinkPlan | None = DRINK) -> RaceCard:
    """The same as what is printed."""
    return RaceCard(words=words(drink), made_on=date(2027, 4, 1))


class Printed(HTMLParser):
    """Reads a schedule back from what was printed."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self.table, self.inside, self.at = table, False, (0.0, 0.0)
        self.takes: list[Take] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Rows say where and when, marked words what."""
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.inside = given.get("data-table") == self.table
        elif self.inside and "data-at-min" in given:
            self.at = (float(given["data-at-m"]), float(given["data-at-min"]))
        elif self.inside and "data-product" in given:
            self.takes.append(
                Take(
                    at_m=self.at[0],
                    at_min=self.at[1],
                    product=given["data-product"],
                    servings=int(given["data-servings"]),
                    fluid_l=float(given["data-fluid-l"]),
                    sodium_mg=float(given["data-sodium-mg"]),
                    carbohydrate_g=float(given["data-carbohydrate-g"]),
                    caffeine_mg=float(given["data-caffeine-mg"]),
                    carried=given["data-carried"] == "yes",
                )
            )


def printed(page: str, table: str = "schedule") -> tuple[Take, ...]:
    """Every row of a table of a page."""
    reader = Printed(table)
    reader.feed(page)
    return tuple(reader.takes)


@pytest.mark.parametrize("make", [card_page, coach_page, race_pack])
def test_what_is_printed_is_what_was_planned(make: object) -> None:
    """Every page carries the whole schedule, number by number."""
    assert callable(make)
    assert printed(make(card())) == SCHEDULE


def test_the_wristband_carries_it_too() -> None:
    """The strip has the same rows as the card."""
    assert printed(card_page(card()), "wristband") == SCHEDULE


@pytest.mark.parametrize("make", [card_page, coach_page, race_pack])
def test_a_page_works_alone(make: object) -> None:
    """No script, nothing from elsewhere, its own policy, and what it is in one sentence."""
    assert callable(make)
    page = make(card())
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:,)", page)
    assert "Content-Security-Policy" in page
    assert text("page.not_a_device") in page
    assert "Made-up &lt;Marathon&gt; #1" in page


@pytest.mark.parametrize("make", [card_page, coach_page, race_pack])
def test_every_card_has_the_ceiling_the_trigger_and_the_danger_signs(make: object) -> None:
    """Pace first, when to stop drinking, the first twinge, and when to get help."""
    assert callable(make)
    page = make(card())
    said = words()
    for one in (said.pace[0], said.stop_drinking, said.dangers, said.twinge[0], said.after[-1]):
        assert one is not None
        assert one in page.replace("&#39;", "'")


@pytest.mark.parametrize("status", [DrinkStatus.LOCKED, DrinkStatus.REFUSED, DrinkStatus.THIRST])
def test_no_schedule_is_printed_unless_it_was_planned(status: DrinkStatus) -> None:
    """Whatever rows an answer still holds: locked, refused and thirst print only why."""
    because = (Said(id="pacing.twinge.no_more_drink"),)
    other = replace(DRINK, status=status, because=because)
    for make in (card_page, coach_page, race_pack):
        page = make(card(other))
        assert printed(page) == ()
        assert printed(page, "branch") == ()
        assert text("pacing.twinge.no_more_drink") in page
    assert words(other).carry == ()


def test_without_any_plan_the_card_still_helps() -> None:
    """Start slow, drink to thirst, and what to do at a cramp."""
    bare = words(None, None)
    assert bare.pace == (text("race_card.no_pace_plan"),)
    assert text("race_card.thirst") in bare.drink
    assert bare.twinge
    assert bare.stops == ()


def test_the_pack_holds_the_road_to_an_answer_without_scripts() -> None:
    """Danger signs come before any stretch of the cramp part."""
    page = race_pack(card())
    cramp = page[page.index('id="cramp"') :]
    assert text("roadside.say.signs") in cramp
    assert cramp.index(text("roadside.say.signs")) < cramp.index(text("roadside.say.steps"))
    assert page.count("<h1") == 1


def test_the_calendar_holds_the_whole_card() -> None:
    """One event at the gun, the same number each time, higher when it is made anew."""
    from icalendar import Calendar

    made_at = datetime(2027, 4, 1, tzinfo=UTC)
    made = race_event(RACE, words(), uid="race-1@uncramp")
    content = calendar_file([made], name="races", sequence=3, made_at=made_at)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["UID"] == "race-1@uncramp"
    assert event.decoded("SEQUENCE") == 3
    assert event.decoded("DTSTART") == datetime(2027, 4, 18, 9, 30)  # noqa: DTZ001  (local time)
    assert "2 × water" in str(event["DESCRIPTION"])
    assert str(words().stop_drinking) in str(event["DESCRIPTION"])


@pytest.mark.skipif(not can_make_pdf(), reason="the extra pdf is not installed")
def test_the_pdf_is_one() -> None:
    """Names with signs that typst reads as commands do no harm."""
    made = race_pdf(words())
    assert made.startswith(b"%PDF-")
    assert len(made) > 5000


def test_the_watch_prompts_at_every_station_and_split() -> None:
    """Read back by the official reader: whole distance, prompts in order, no pace target."""
    sdk = pytest.importorskip("garmin_fit_sdk", reason="NEEDS-ORACLE garmin-fit-sdk")
    made_at = datetime(2027, 4, 1, tzinfo=UTC)
    content = race_workout(RACE, words(), SPLITS, number=77, made_at=made_at)
    read, errors = sdk.Decoder(sdk.Stream.from_byte_array(bytearray(content))).read()
    assert not errors
    (head,) = read["file_id_mesgs"]
    assert (head["type"], head["serial_number"]) == ("workout", 77)
    steps = read["workout_step_mesgs"]
    assert read["workout_mesgs"][0]["num_valid_steps"] == len(steps) == 9
    assert sum(step["duration_distance"] for step in steps) == pytest.approx(42195, abs=0.1)
    assert [step["message_index"] for step in steps] == list(range(9))
    assert "1 × salt capsule" in steps[1]["notes"]
    assert {step["target_type"] for step in steps} == {"open"}
