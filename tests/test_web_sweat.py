"""My sweat without a script: the page in every state, the forms, the undo, and the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from uncramp.actions.context import Context
from uncramp.actions.preferences import change_profile, conditions, note_conditions
from uncramp.actions.runners import add_runner
from uncramp.actions.sweat import my_sweat
from uncramp.actions.sweat_form import form_runs
from uncramp.vocabulary import KeptTest, Sex, SodiumSample, UserProfile, WatchEstimate, WeighIn
from uncramp.wording.catalogue import messages
from uncramp.wording.quantities import Units
from uncramp.wording.sweat_forms import numbers_from, speed_from_pace
from web_support import NOW, client, demo_store, words_of

RACE = 55
"""The synthetic marathon, two days before."""
PROFILE = UserProfile(sex=Sex.FEMALE, age_y=38, height_cm=168, body_mass_kg=61)
GOOD = {
    "run": "",
    "day": "2026-10-05",
    "minutes": "80",
    "before": "61.2",
    "after": "60.4",
    "drunk": "0.5",
    "degrees": "18",
    "humidity": "55",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The synthetic runner's store, who told of themselves, for this test alone."""
    made = demo_store(tmp_path / "data")
    with Context(data_dir=made, now=NOW) as context:
        change_profile(context, PROFILE)
    return made


@pytest.fixture
def keep(context: Context) -> Callable[..., int]:
    """Stores a weigh-in with a fine scale in known weather."""

    def store(day: date, *, after_kg: float = 60.2, minutes: float = 80, heat: float = 18) -> int:
        test = WeighIn(
            body_mass_before_kg=61.0,
            body_mass_after_kg=after_kg,
            fluid_intake_l=0.4,
            duration_min=minutes,
            distance_m=minutes * 170,
            scale_step_kg=0.05,
            temp_air_c=heat,
            relative_humidity_pct=55,
        )
        return context.store.add_sweat_test(context.stored_runner(), test, day=day, at=NOW)

    return store


def kept(context: Context) -> tuple[KeptTest, ...]:
    """Every test that counts."""
    return context.store.sweat_tests(context.stored_runner())


def sent(browser: TestClient, **changes: str) -> Any:
    """The form of a weigh-in, as the button *Keep it* sends it."""
    return browser.post("/r/me/sweat/weigh-in", data={**GOOD, "do": "keep", **changes})


# ---------------------------------------------------------------- the page


def test_nobody_is_drawn_before_the_first_test(browser: TestClient) -> None:
    """Only what runners like this one lose, and what to do first."""
    answer = browser.get("/r/me/sweat")
    words = words_of(answer)
    assert answer.status_code == 200
    assert re.search(r"At 20 °C runners like you lose \d\.\d to \d\.\d L an hour", words)
    assert "Nobody has measured your sweat yet" in words
    assert 'class="others"' in answer.text
    assert 'class="mine"' not in answer.text
    assert 'href="/r/me/sweat/weigh-in"' in answer.text


def test_without_a_profile_it_says_what_is_missing(tmp_path: Path) -> None:
    """Nothing is guessed, and nothing is drawn; the tests that are kept are still listed."""
    folder = demo_store(tmp_path / "data")
    with Context(data_dir=folder, now=NOW) as context:
        change_profile(context, UserProfile())
        sample = SodiumSample(sodium_mmol_per_l=48, method="patch", site="forearm")
        runner = context.stored_runner()
        context.store.add_sweat_test(runner, sample, day=date(2026, 8, 9), at=NOW)
    answer = client(folder).get("/r/me/sweat")
    words = words_of(answer)
    assert "your body mass" in words
    assert "your height" in words
    assert "<figure" not in answer.text
    assert "48 mmol/L" in words


def test_what_a_test_says_is_on_the_page(
    browser: TestClient, keep: Callable[..., int], context: Context
) -> None:
    """The rate at 20 °C, each test with what it taught, and the error beside the published one."""
    for month, heat in ((5, 12.0), (6, 19.0), (7, 27.0)):
        keep(date(2026, month, 3), heat=heat, after_kg=60.6 - heat / 20)
    found = my_sweat(context)
    words = words_of(browser.get("/r/me/sweat"))
    at_20 = next(one for one in found.rates if one.temp_air_c == 20 and one.pace == "usual")
    assert f"At 20 °C you lose about {at_20.mine.median:.1f} L an hour" in words
    assert len(re.findall(r"Take out the test of", browser.get("/r/me/sweat").text)) == 3
    assert found.own_error is not None
    assert f"off by {found.own_error.mean_abs_l_per_h:.2f} L an hour" in words
    assert f"{found.own_error.published_l_per_h:.2f} L" in words
    assert found.next_test is not None
    assert f"about {found.next_test.temp_air_c:.0f} °C" in words


def test_the_table_behind_the_picture_has_every_point(
    browser: TestClient, keep: Callable[..., int], context: Context
) -> None:
    """Who cannot see the picture can read it."""
    keep(date(2026, 5, 3))
    page = browser.get("/r/me/sweat").text
    rows = re.findall(r'<th scope="row">(-?\d+ °C)</th><td class="number">([\d.]+) \(', page)
    found = my_sweat(context)
    assert rows == [(f"{one.temp_air_c:.0f} °C", f"{one.mine.median:.2f}") for one in found.curve]


def test_the_reader_s_units(browser: TestClient, keep: Callable[..., int]) -> None:
    """Miles, pounds, ounces and °F for who chose them; nothing in kilograms is left."""
    keep(date(2026, 5, 3))
    browser.cookies.set("uncramp-units", "imperial")
    words = words_of(browser.get("/r/me/sweat"))
    assert re.search(r"At 68 °F you lose about \d+ fl oz an hour", words)
    assert "/mi" in words
    form = browser.get("/r/me/sweat/weigh-in").text
    assert ">lb<" in form
    assert ">kg<" not in form


def test_race_pace_can_be_tried(browser: TestClient) -> None:
    """A pace of one's own; one that is none is told beside its field."""
    assert "At race pace, 4:30 /km" in words_of(browser.get("/r/me/sweat", params={"pace": "4:30"}))
    wrong = browser.get("/r/me/sweat", params={"pace": "4:75"})
    assert wrong.status_code == 422
    assert 'id="pace-error"' in wrong.text


def test_the_page_says_nothing_of_a_cause_and_nothing_of_blood(
    browser: TestClient, keep: Callable[..., int]
) -> None:
    """Salt that is lost is never said to cause a cramp; blood sodium is not shown to runners."""
    keep(date(2026, 5, 3))
    words = words_of(browser.get("/r/me/sweat")).lower()
    assert "does not tell why you cramp" in words
    assert "blood" not in words
    assert "plasma" not in words


# ---------------------------------------------------------------- a weigh-in


def test_a_weigh_in_is_kept_and_can_be_taken_back(browser: TestClient, context: Context) -> None:
    """The page says so, and offers the undo; the undo can be undone."""
    answer = sent(browser)
    (one,) = kept(context)
    assert isinstance(one.test, WeighIn)
    assert one.day == date(2026, 10, 5)
    assert one.test.duration_min == 80
    assert one.test.urine_output_l is None
    assert "Kept." in words_of(answer)
    assert f"done=added&test={one.id}" in str(answer.url)
    undone = browser.post(f"/r/me/sweat/tests/{one.id}/remove")
    assert kept(context) == ()
    assert "Taken out." in words_of(undone)
    browser.post("/r/me/sweat/undo", data={"test": str(one.id)})
    assert kept(context) == (one,)


def test_the_run_tells_the_day_and_the_time(browser: TestClient, context: Context) -> None:
    """What stands in the fields for a weigh-in without a run then says nothing."""
    sent(browser, run=str(RACE), day="2026-01-01", minutes="7")
    (one,) = kept(context)
    assert isinstance(one.test, WeighIn)
    assert one.activity == RACE
    assert one.day == date(2026, 10, 4)
    assert one.test.duration_min > 200
    assert one.test.distance_m == pytest.approx(42195, rel=0.01)


def test_the_newest_run_is_chosen_when_it_was_just_now(folder: Path) -> None:
    """The morning after, the form knows which run it was; two days later it does not guess."""
    morning = NOW.replace(day=5, hour=8, minute=0)
    page = client(folder, clock=lambda: morning).get("/r/me/sweat/weigh-in").text
    assert f'<option value="{RACE}" selected>' in page
    assert '<option value="" selected>' in client(folder).get("/r/me/sweat/weigh-in").text
    linked = client(folder).get("/r/me/sweat/weigh-in", params={"run": "3"}).text
    assert '<option value="3" selected>' in linked


def test_working_it_out_first_keeps_nothing(browser: TestClient, context: Context) -> None:
    """The rate is said by the server, with or without a script, and is the one that is kept."""
    answer = sent(browser, do="check", distance="13.5")
    said = re.search(r"That would be (\d\.\d) L an hour", words_of(answer))
    assert said is not None
    assert kept(context) == ()
    assert 'value="61.2"' in answer.text
    hint = browser.post("/r/me/sweat/weigh-in/hint", data={**GOOD, "distance": "13.5"}).json()
    assert hint["words"].startswith(said[0])
    assert kept(context) == ()
    sent(browser, distance="13.5")
    (lesson,) = my_sweat(context).tests
    assert f"{lesson.measured:.1f}" == said[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"before": ""}, "before"),
        ({"before": "a lot"}, "before"),
        ({"before": "1e3"}, "before"),
        ({"drunk": ""}, "drunk"),
        ({"drunk": "-1"}, "drunk"),
        ({"minutes": ""}, "minutes"),
        ({"day": ""}, "day"),
        ({"day": "2027-01-01"}, "day"),
        ({"before": "20", "after": "19.5"}, "before"),
        ({"after": "50"}, "after"),
        ({"after": "62.5"}, "after"),
        ({"humidity": "140"}, "humidity"),
        ({"run": "9999"}, "run"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    browser: TestClient, context: Context, changes: dict[str, str], field: str
) -> None:
    """In words, with what was typed; nothing is kept, and no command of a terminal is named."""
    answer = sent(browser, **changes)
    assert answer.status_code == 422
    assert kept(context) == ()
    assert f'id="{field}-error"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert "`" not in words_of(answer)
    shown = next(iter(changes.values()))
    assert field == "run" or f'value="{shown}"' in answer.text


def test_what_is_doubtful_is_told_before_it_is_kept(browser: TestClient, context: Context) -> None:
    """More than 3 L an hour: a second look at the numbers; then it may be kept all the same."""
    changes = {"before": "61.2", "after": "57.0", "minutes": "60"}
    first = sent(browser, **changes)
    assert kept(context) == ()
    assert messages("sweat_test")["sweat_test.flag.high_rate"] in words_of(first)
    assert "Keep it all the same" in words_of(first)
    doubted = re.search(r'name="doubted" value="([^"]+)"', first.text)
    assert doubted is not None
    again = sent(browser, **{**changes, "after": "62.0", "drunk": "2"}, doubted=doubted[1])
    assert kept(context) == (), "another doubt is told too"
    assert "Keep it all the same" in words_of(again)
    sent(browser, **changes, doubted=doubted[1])
    assert len(kept(context)) == 1


def test_the_same_weigh_in_is_not_kept_twice(browser: TestClient, context: Context) -> None:
    """A form that is sent twice counts once."""
    sent(browser)
    again = sent(browser)
    assert again.status_code == 422
    assert len(kept(context)) == 1


def test_pounds_and_ounces_are_read_as_such(browser: TestClient, context: Context) -> None:
    """The same weigh-in in other units is the same weigh-in."""
    browser.cookies.set("uncramp-units", "imperial")
    sent(browser, before="134.9", after="133.2", drunk="17", degrees="64", food="1", step="0.2")
    (one,) = kept(context)
    assert isinstance(one.test, WeighIn)
    assert one.test.body_mass_before_kg == pytest.approx(61.19, abs=0.01)
    assert one.test.fluid_intake_l == pytest.approx(0.503, abs=0.001)
    assert one.test.temp_air_c == pytest.approx(17.8, abs=0.1)
    assert one.test.food_kg == pytest.approx(0.0283, abs=0.0001)
    assert one.test.scale_step_kg == pytest.approx(0.0907, abs=0.0001)


# ---------------------------------------------------------------- other tests


def test_sodium_is_kept_with_its_site(browser: TestClient, context: Context) -> None:
    """In mg or mmol; a site must be chosen, and the whole body is none."""
    form = {"day": "2026-08-09", "site": "forearm", "sodium": "1000", "sodium_unit": "mg"}
    assert "Kept." in words_of(browser.post("/r/me/sweat/sodium", data=form))
    browser.post(
        "/r/me/sweat/sodium", data={**form, "site": "whole_body", "sodium_unit": "mmol",
                                    "sodium": "40", "rate": "1.1"}
    )  # fmt: skip
    patch, lab = (one.test for one in kept(context))
    assert isinstance(patch, SodiumSample)
    assert isinstance(lab, SodiumSample)
    assert patch.sodium_mmol_per_l == pytest.approx(43.5, abs=0.1)
    assert (patch.method, patch.site) == ("patch", "forearm")
    assert (lab.method, lab.site, lab.sweat_rate_l_per_h) == ("whole_body", None, 1.1)
    wrong = browser.post("/r/me/sweat/sodium", data={**form, "site": "", "sodium": "999999"})
    assert wrong.status_code == 422
    assert 'id="site-error"' in wrong.text
    assert len(kept(context)) == 2


def test_a_group_day_keeps_its_good_lines(browser: TestClient, context: Context) -> None:
    """A line of nobody is told with its number; the others are kept for whom they are about."""
    add_runner(context, name="Ann", profile=UserProfile())
    lines = [
        "runner,date,before_kg,after_kg,drunk_l,minutes",
        "Ann,2026-09-06,58.4,57.6,0.4,75",
        "Nobody,2026-09-06,58.4,57.6,0.4,75",
        "me,2026-09-06,61.0,60.2,0.4,75",
    ]
    answer = browser.post(
        "/r/me/sweat/group", files={"file": ("day.csv", "\n".join(lines).encode(), "text/csv")}
    )
    words = words_of(answer)
    assert "Lines taken: 2. Here already: 0. Not taken: 1." in words
    assert re.search(r"\b3 Nobody ", words)
    assert len(kept(context)) == 1
    assert len(context.store.sweat_tests(context.store.runner("Ann"))) == 1
    assert browser.post("/r/me/sweat/group").status_code == 422


def test_a_watch_is_offered_as_a_hint(browser: TestClient, context: Context) -> None:
    """Only what a file says can be taken; it is labelled, and drawn as another shape."""
    assert browser.post("/r/me/sweat/watch", data={"run": str(RACE)}).status_code == 422
    test = WatchEstimate(
        sweat_loss_l=1.3, duration_min=90, distance_m=15000, temp_air_c=22,
        relative_humidity_pct=50,
    )  # fmt: skip
    runner = context.stored_runner()
    context.store.add_sweat_test(runner, test, day=date(2026, 8, 30), at=NOW)
    answer = browser.get("/r/me/sweat")
    assert "Your watch says 0.9 L an hour at 22 °C" in words_of(answer)
    assert 'class="test-watch"' in answer.text


# ---------------------------------------------------------------- who is not asked to weigh


@pytest.fixture
def locked(browser: TestClient, context: Context, keep: Callable[..., int]) -> TestClient:
    """A runner with a test who told of an eating disorder."""
    keep(date(2026, 5, 3))
    note_conditions(context, [one.id for one in conditions() if "eating_disorder" in one.locks])
    return browser


def test_nobody_with_an_eating_disorder_is_asked_to_weigh(
    locked: TestClient, context: Context
) -> None:
    """No form, no instructions, no weight; what is kept can still be taken out."""
    answer = locked.get("/r/me/sweat")
    words = words_of(answer)
    assert "Held back" in words
    assert "We leave the scale out for you." in words
    assert "0 weigh-ins" not in words
    assert "How to weigh yourself" not in words
    assert "/r/me/sweat/weigh-in" not in answer.text
    assert "kg" not in words
    assert "Take out the test of" in answer.text
    form = locked.get("/r/me/sweat/weigh-in", follow_redirects=False)
    assert (form.status_code, form.headers["location"]) == (303, "/r/me/sweat")
    before = kept(context)
    assert sent(locked, follow="").status_code == 200
    assert kept(context) == before
    assert locked.post("/r/me/sweat/weigh-in/hint", data=GOOD).json()["doubts"] == []


# ---------------------------------------------------------------- strangers, and other runners


def test_one_runner_never_sees_or_changes_another_s(
    browser: TestClient, context: Context, keep: Callable[..., int]
) -> None:
    """A number of somebody else's test is the number of none."""
    add_runner(context, name="Ann", profile=UserProfile())
    test_id = keep(date(2026, 5, 3))
    assert "Take out the test" not in browser.get("/r/Ann/sweat").text
    assert browser.post(f"/r/Ann/sweat/tests/{test_id}/remove").status_code == 404
    assert len(kept(context)) == 1
    assert browser.get("/r/Nobody/sweat").status_code == 404


def test_a_note_is_never_made_of_what_stands_in_an_address(browser: TestClient) -> None:
    """Only what we say is said, and only numbers are taken back."""
    for query in ("done=<b>x</b>&test=1", "done=added&test=<b>", "done=added&test=²"):
        page = browser.get(f"/r/me/sweat?{query}").text
        assert "<b>" not in page
        assert 'class="note done' not in page


# ---------------------------------------------------------------- reading what is typed


@pytest.mark.parametrize(
    ("given", "units", "expected"),
    [
        ("5:00", "metric", 3.333),
        ("5", "metric", 3.333),
        ("8:00", "imperial", 3.353),
        (" 4:59 ", "metric", 3.344),
        ("", "metric", None),
    ],
)
def test_a_pace_is_read(given: str, units: Units, expected: float | None) -> None:
    """Minutes and seconds of a kilometre or a mile."""
    found = speed_from_pace(given, units=units)
    assert found == (None if expected is None else pytest.approx(expected, abs=0.001))


@pytest.mark.parametrize("given", ["0:00", "5:60", "x", "5:0:0", "-5", "²:00", "999:00"])
def test_no_pace_is_no_pace(given: str) -> None:
    """It is told, not guessed."""
    with pytest.raises(ValueError, match=r".+"):
        speed_from_pace(given, units="metric")


def test_left_out_is_not_zero() -> None:
    """An empty field is absent; a comma is a point; 0 is 0."""
    numbers, errors = numbers_from(
        {"before": "61,2", "drunk": "0", "urine": " "}, needed=("after",), units="metric"
    )
    assert numbers == {"body_mass_before_kg": 61.2, "fluid_intake_l": 0.0}
    assert errors.keys() == {"after"}


# ---------------------------------------------------------------- the API


def test_the_api_gives_the_same(browser: TestClient, context: Context) -> None:
    """Add, list, show, take out, bring back; refusals in the one shape of errors."""
    told = {"body_mass_before_kg": 61.2, "body_mass_after_kg": 60.4, "fluid_intake_l": 0.5,
            "duration_min": 80, "without_run": True, "day": "2026-10-05", "temp_air_c": 18,
            "relative_humidity_pct": 55}  # fmt: skip
    api = "/api/runners/me/sweat"
    added = browser.post(f"{api}/weigh-ins", json=told)
    assert added.status_code == 201
    assert added.json()["schema"] == "uncramp.sweat.add/1"
    number = added.json()["data"]["id"]
    assert browser.post(f"{api}/weigh-ins", json=told).status_code == 409
    assert (
        browser.post(f"{api}/weigh-ins", json={**told, "body_mass_after_kg": 70}).json()["error"][
            "code"
        ]
        == "sweat_gain"
    )
    listed = browser.get(f"{api}/tests").json()["data"]["tests"]
    assert [one["id"] for one in listed] == [number]
    shown = browser.get(api).json()
    assert shown["schema"] == "uncramp.sweat/1"
    assert [one["test_id"] for one in shown["data"]["tests"]] == [number]
    assert browser.delete(f"{api}/tests/{number}").status_code == 200
    assert kept(context) == ()
    assert browser.delete(f"{api}/tests/999").status_code == 404
    assert browser.post(f"{api}/tests/{number}/restore").status_code == 200
    assert len(kept(context)) == 1
    sodium = {"sodium_mmol_per_l": 44, "site": "thigh", "day": "2026-08-09"}
    assert browser.post(f"{api}/sodium", json=sodium).status_code == 201
    csv = "runner,date,before_kg,after_kg,drunk_l,minutes\nme,2026-09-06,61.0,60.2,0.4,75\n"
    group = browser.post(f"{api}/group", json={"csv": csv}).json()
    assert group["schema"] == "uncramp.sweat.group/1"
    assert len(kept(context)) == 3


def test_the_api_keeps_the_scale_away_too(locked: TestClient) -> None:
    """409 with the reason."""
    told = {"body_mass_before_kg": 61.2, "body_mass_after_kg": 60.4, "fluid_intake_l": 0.5}
    answer = locked.post("/api/runners/me/sweat/weigh-ins", json=told)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "sweat_locked")
    assert locked.get("/api/runners/me/sweat/how").status_code == 409


def test_the_newest_runs_are_offered_by_day(folder: Path, context: Context) -> None:
    """At most twenty, newest first, and the one that an address asks for, however old."""
    found = form_runs(context, also=2)
    assert len(found.choices) == 21
    assert found.choices[0].row.activity_id == RACE
    assert found.choices[-1].row.activity_id == 2
    days = [one.day for one in found.choices if one.day is not None]
    assert days == sorted(days, reverse=True)
    assert "fl oz" in client(folder, units="imperial").get("/r/me/sweat/weigh-in").text
