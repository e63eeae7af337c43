"""The pages about runs without a script: the list, the years, one run, and what is changed."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from starlette.testclient import TestClient

from made_runs import channel, made_run
from uncramp.actions.context import Context
from uncramp.actions.diary import mark_run
from uncramp.actions.open_meteo import switch
from uncramp.activities import DECODER_VERSION
from uncramp.store.packing import pack_reading
from uncramp.store.rows import ActivityRow, CrampMark, StoredWeather
from uncramp.vocabulary import Activity, QualityFlag
from web_support import NOW, Answered, client, demo_store, words_of

RACE = 55
"""The synthetic marathon."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The synthetic runner's store for this test alone."""
    return demo_store(tmp_path / "data")


def rows_in(answer: Answered) -> list[int]:
    """Ids of the runs in the list, as they stand."""
    return [int(one) for one in re.findall(r'class="name" href="[^"]*/runs/(\d+)"', answer.text)]


def store(context: Context, activity: Activity, *, name: str = "more.fit") -> int:
    """Store one more activity; its id."""
    content = f"{name} {activity.start_utc} {activity.distance_m}".encode()
    packed = pack_reading(
        name=name,
        data=content,
        activities=[activity],
        sha256=content.hex().ljust(64, "0")[-64:],
        file_format="fit",
        decoder_version=DECODER_VERSION,
    )
    (run_id,) = context.store.add_reading(
        context.stored_runner(), packed, at=context.now
    ).activity_ids
    return run_id


def row_of(context: Context, run_id: int) -> ActivityRow:
    """One run as it is stored now."""
    return context.store.activity_row(context.stored_runner(), run_id)


def mark_of(context: Context, run_id: int) -> CrampMark | None:
    """What is said of one run now."""
    return context.store.marks(context.stored_runner()).get(run_id)


# ---------------------------------------------------------------- the list


def test_the_list_is_newest_first_by_month(browser: TestClient) -> None:
    """With the finding of each run in words beside its strip."""
    page = browser.get("/r/me/runs")
    said = words_of(page)
    assert page.status_code == 200
    assert rows_in(page) == list(range(RACE, 0, -1))
    assert "55 runs, 1 with a cramp." in said
    assert said.index("October 2026") < said.index("September 2026") < said.index("July 2026")
    assert "Sun 4 Oct 42.2 km 4:40:17 6:38 /km Cramp at 32.0 km" in said
    assert page.text.count("strip-small") == 55
    assert "Past your longest run of the month before at 28.0 km. It cramped." in page.text


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("year=2026", 55),
        ("year=2025", 0),
        ("since=2026-10-01", 2),
        ("until=2026-07-05", 4),
        ("since=2026-09-29&until=2026-10-03", 2),
        ("cramped=1", 1),
        ("sport=running", 55),
        ("sport=cycling", 0),
        ("flagged=1", 55),
        ("hidden=1", 55),
        ("nonsense=1", 55),
    ],
)
def test_the_filter_is_a_plain_form(browser: TestClient, query: str, wanted: int) -> None:
    """Everything in the address; what was chosen stays chosen; a way back to all."""
    page = browser.get(f"/r/me/runs?{query}")
    assert page.status_code == 200
    assert len(rows_in(page)) == wanted
    name, _, value = query.partition("&")[0].partition("=")
    is_choice = name != "nonsense"
    assert ("Only some runs are shown." in page.text) == is_choice
    if name in ("cramped", "flagged", "hidden"):
        assert re.search(rf'name="{name}" value="1" checked', page.text)
    elif name in ("since", "until"):
        assert f'name="{name}" value="{value}"' in page.text
    if not wanted:
        assert "No run fits." in page.text


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=2026-02-30", "since"), ("until=soon", "until"), ("year=26", "year")],
)
def test_what_the_filter_cannot_read_is_said_beside_it(
    browser: TestClient, query: str, field: str
) -> None:
    """In the summary and at the field; the rest is listed all the same."""
    page = browser.get(f"/r/me/runs?{query}")
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert f'href="#{field}"' in page.text
    assert "There is a problem" in page.text
    assert len(rows_in(page)) == 55


def test_hidden_runs_are_hidden_until_asked_for(browser: TestClient, context: Context) -> None:
    """How many there are is said, with the way to them."""
    context.store.set_excluded(context.stored_runner(), 54, True)
    page = browser.get("/r/me/runs")
    assert 54 not in rows_in(page)
    assert "Left out or recorded twice, so not shown: 1." in words_of(page)
    shown = browser.get("/r/me/runs?hidden=1")
    assert 54 in rows_in(shown)
    assert "left out" in words_of(shown)


def test_what_is_odd_is_tagged_in_words(browser: TestClient, context: Context) -> None:
    """A run that is none, a file whose clock jumped, another sport."""
    start = NOW.astimezone(UTC) - timedelta(hours=6)
    flags = (QualityFlag(code="time_steps_back", kind="repaired"),)
    ride = replace(made_run([(60, 9.0)], every_s=5), start_utc=start)
    store(context, replace(ride, flags=flags))
    swim = replace(made_run([(30, 1.0)], every_s=5, sport="swimming"), start_utc=start)
    store(context, replace(swim, sub_sport="open_water"))
    said = words_of(browser.get("/r/me/runs?since=2026-10-05"))
    assert "clock jumped" in said
    assert "too fast to be a run" in said
    assert "Swimming, open water" in said
    assert "1 run, 1 of another sport." in said


def test_long_lists_have_pages(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer and older; what was chosen goes along."""
    monkeypatch.setattr("uncramp.actions.run_list.ROWS_A_PAGE", 20)
    monkeypatch.setattr("uncramp.web.pages.runs.ROWS_A_PAGE", 20)
    seen: list[int] = []
    address: str | None = "/r/me/runs?year=2026"
    for _ in range(3):
        assert address is not None
        page = browser.get(address)
        seen += rows_in(page)
        older = re.search(r'<a href="([^"]+)" rel="next">', page.text)
        address = unescape(older[1]) if older else None
    assert seen == list(range(RACE, 0, -1))
    assert address is None
    assert "41 to 55 of 55" in words_of(page)
    assert "year=2026" in page.text
    assert rows_in(browser.get("/r/me/runs?page=x")) == seen[:20]


def test_before_the_first_run_the_list_says_what_to_do(tmp_path: Path) -> None:
    """With a made-up run that is called so; and nothing is stored by looking."""
    browser = client(tmp_path / "empty")
    for address in ("/r/me/runs", "/r/me/years"):
        page = browser.get(address)
        assert page.status_code == 200
        assert "No runs yet" in words_of(page)
        assert "An example, made up" in words_of(page)
        assert 'href="/r/me/add"' in page.text
    assert not (tmp_path / "empty").exists()


def test_a_runner_nobody_knows_is_a_page(browser: TestClient) -> None:
    """Not found, with words."""
    for address in ("/r/bob/runs", "/r/bob/years", "/r/bob/runs/1"):
        page = browser.get(address)
        assert page.status_code == 404
        assert "bob" in page.text
        assert "Traceback" not in page.text


# ---------------------------------------------------------------- the years


def test_the_years_lead_to_their_months(browser: TestClient) -> None:
    """A bar a month, a table behind it, and each month leads to its runs."""
    page = browser.get("/r/me/years")
    said = words_of(page)
    assert "2026 607 km, 55 runs Longest: 42.2 km in October. 1 cramp." in said
    assert "October 2026 2 48 km 42.2 km 1" in said
    link = re.search(r'<a href="([^"]+)">October 2026</a>', page.text)
    assert link is not None
    assert rows_in(browser.get(unescape(link[1]))) == [55, 54]
    assert len(rows_in(browser.get("/r/me/runs?year=2026"))) == 55


def test_what_stands_out_is_below_the_years(browser: TestClient, context: Context) -> None:
    """Best times with the run they are of, races, weeks without running, and what is left out."""
    context.store.set_title(context.stored_runner(), RACE, "Autumn marathon race")
    ride = replace(made_run([(60, 9.0)], every_s=5), start_utc=NOW.astimezone(UTC))
    store(context, ride)
    later = replace(made_run([(60, 3.0)], every_s=5), start_utc=datetime(2026, 5, 1, tzinfo=UTC))
    store(context, later)
    page = browser.get("/r/me/years")
    said = words_of(page)
    assert "Marathon 4:39:44 6:38 /km Sun 4 Oct 2026" in said
    assert "Sun 4 Oct 2026 Autumn marathon race 42.2 km likely" in said
    assert "Sat 2 May 2026 Mon 29 Jun 2026 59 days" in said
    assert "Files that we do not believe" in said


# ---------------------------------------------------------------- one run


def test_one_run_says_its_finding_first(browser: TestClient) -> None:
    """Then its numbers, what the file says of itself, and what can be done."""
    page = browser.get(f"/r/me/runs/{RACE}")
    said = words_of(page)
    parts = (
        "Sun 4 Oct 2026, 09:00",
        "Run, 42.2 km",
        "You passed your longest run of the month before at 28.0 km; the cramp came at 32.0 km.",
        "Why did I cramp here?",
        "Mean heart rate 157",
        "What happened on the way",
        "Look closer",
        "You said: Cramp at 32.0 km. Where: Calf.",
        "Weather",
        "No GPS track was recorded.",
        "Change this run",
    )
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize(("reference", "status"), [("9999", 404), ("x", 404), ("2026-02-31", 422)])
def test_a_run_nobody_has_is_a_page(browser: TestClient, reference: str, status: int) -> None:
    """With what to do; under every address of a run."""
    for address in ("", "/streams.json", "/table.csv"):
        page = browser.get(f"/r/me/runs/{reference}{address}")
        assert page.status_code == status
        assert "Traceback" not in page.text
    page = browser.post(f"/r/me/runs/{reference}/cramp", data={"said": "no"})
    assert page.status_code == status


def test_last_and_a_day_lead_to_their_run(browser: TestClient) -> None:
    """So that other pages need not know its number."""
    for reference in ("last", "2026-10-04"):
        page = browser.get(f"/r/me/runs/{reference}", follow_redirects=False)
        assert (page.status_code, page.headers["location"]) == (303, f"/r/me/runs/{RACE}")


def test_a_part_is_shown_closer_without_a_script(browser: TestClient) -> None:
    """By distance or by time, whichever was asked for; the form keeps what was typed."""
    page = browser.get(f"/r/me/runs/{RACE}?from=31&to=33,5&by=distance")
    assert page.status_code == 200
    assert 'id="part"' in page.text
    assert "From 31 to 33,5 km" in words_of(page)
    assert 'value="33,5"' in page.text
    assert ">33<" in page.text[page.text.index('id="part"') :]
    by_time = browser.get(f"/r/me/runs/{RACE}?from=170&by=time")
    assert "From 170 to the end min" in words_of(by_time)


@pytest.mark.parametrize("query", ["from=5&to=3", "from=x", "from=99", "to=-3", "from=nan", "to=0"])
def test_what_is_no_part_is_said_beside_the_field(browser: TestClient, query: str) -> None:
    """And the whole run is shown."""
    page = browser.get(f"/r/me/runs/{RACE}?by=distance&{query}")
    assert page.status_code == 422
    assert "This is no part of the run." in words_of(page)
    assert 'id="part"' not in page.text
    assert "You passed your longest run" in page.text


def test_the_curves_come_as_data(browser: TestClient) -> None:
    """In minutes and kilometres, thinned to what was asked for, in an envelope."""
    address = f"/r/me/runs/{RACE}/streams.json"
    whole = browser.get(address).json()
    assert whole["schema"] == "uncramp.run.streams/1"
    data = whole["data"]
    assert (round(data["minutes"]), round(data["along"], 1), data["unit"]) == (280, 42.2, "km")
    assert [one["name"] for one in data["channels"]] == [
        "speed", "heart_rate", "elevation", "steps", "warmth",
    ]  # fmt: skip
    part = browser.get(address, params={"from": 170, "to": 175, "points": 50}).json()["data"]
    assert part["shown"] == {"from": 170.0, "to": 175.0}
    for one in part["channels"]:
        assert len(one["minutes"]) == len(one["values"]) == len(one["along"]) <= 50
        assert one["minutes"] == sorted(one["minutes"])
        assert one["minutes"][0] <= 170
    by_way = browser.get(address, params={"from": 31.9, "to": 32.1, "by": "distance"})
    assert by_way.json()["data"]["shown"]["from"] == pytest.approx(171, abs=2)


@pytest.mark.parametrize(
    "query", ["from=9&to=3", "points=5", "points=99999", "by=place", "from=a", "to=inf&from=inf"]
)
def test_curves_that_cannot_be_are_refused(browser: TestClient, query: str) -> None:
    """With a page of words, never a traceback."""
    answer = browser.get(f"/r/me/runs/{RACE}/streams.json?{query}")
    assert answer.status_code == 422
    assert "Traceback" not in answer.text


def test_the_table_can_be_taken_along(browser: TestClient) -> None:
    """As CSV with a name that says nothing of the runner."""
    answer = browser.get(f"/r/me/runs/{RACE}/table.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="run-{RACE}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 43
    assert rows[32]["note"] == "the cramp"


def test_no_place_leaves_the_store(browser: TestClient, context: Context) -> None:
    """Neither page nor data nor table of a run with GPS holds a coordinate or its name."""
    run = replace(made_run([(80, 3.0)], every_s=5), start_utc=NOW.astimezone(UTC))
    places = {
        "latitude_deg": channel("latitude_deg", np.full(run.time_s.size, 48.137154)),
        "longitude_deg": channel("longitude_deg", np.full(run.time_s.size, 11.576124)),
        "dev:gps_lat": channel("dev:gps_lat", np.full(run.time_s.size, 48.137154)),
        "dev:hydration": channel("dev:hydration", np.full(run.time_s.size, 7.25)),
    }
    run_id = store(context, replace(run, streams={**run.streams, **places}))
    answers = [
        browser.get(f"/r/me/runs/{run_id}{tail}")
        for tail in ("", "?from=1&to=3", "/streams.json", "/table.csv")
    ]
    answers += [browser.get("/r/me/runs"), browser.get("/r/me/years")]
    for answer in answers:
        assert answer.status_code == 200
        assert not re.search(r"48\.137|11\.576|latitude|longitude|gps_lat", answer.text)
    assert "hydration" in answers[0].text
    assert "hydration" not in answers[2].text


def test_miles_for_those_who_run_in_miles(folder: Path) -> None:
    """On every page, from the server's setting."""
    browser = client(folder, units="imperial")
    assert "Cramp at 19.9 mi" in words_of(browser.get("/r/me/runs"))
    assert "377 mi, 55 runs" in words_of(browser.get("/r/me/years"))
    page = browser.get(f"/r/me/runs/{RACE}")
    assert "at 17.4 mi; the cramp came at 19.9 mi" in words_of(page)
    assert " km" not in words_of(page).replace("/km", "")
    data = browser.get(f"/r/me/runs/{RACE}/streams.json").json()["data"]
    assert (data["unit"], round(data["along"], 1)) == ("mi", 26.2)
    browser.post(f"/r/me/runs/{RACE}/cramp", data={"said": "yes", "at": "20", "at_was": "19.9"})
    assert "Cramp at 20.0 mi" in words_of(browser.get("/r/me/runs"))


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (("distance_m", "latitude_deg", "longitude_deg"), "No distance was recorded."),
        (("heart_rate_bpm",), "No heart rate was recorded."),
        (("time",), "Only the summary is there"),
        (("clock",), "Day not known"),
    ],
)
def test_a_thin_file_has_a_page(
    browser: TestClient, context: Context, without: tuple[str, ...], said: str
) -> None:
    """Without a distance, a heart rate, a record or a clock: plain words, no crash."""
    run = replace(made_run([(50, 3.0)], every_s=5, without=without), start_utc=NOW)
    codes = {"distance_m": "no_distance", "heart_rate_bpm": "no_heart_rate", "time": "no_records"}
    flags = tuple(QualityFlag(code=codes[one], kind="missing") for one in without if one in codes)
    run = replace(run, flags=flags, utc_offset_s=0)
    if "distance_m" in without:
        run = replace(run, distance_m=None)
    if "time" in without:
        run = replace(run, time_s=np.array([]), streams={}, n_records=0)
    if "clock" in without:
        run = replace(run, start_utc=None)
    run_id = store(context, run)
    page = browser.get(f"/r/me/runs/{run_id}")
    assert page.status_code == 200
    assert said in words_of(page)
    assert browser.get(f"/r/me/runs/{run_id}?from=1&to=2&by=time").status_code in (200, 422)
    assert browser.get(f"/r/me/runs/{run_id}/streams.json").status_code == 200
    assert browser.get(f"/r/me/runs/{run_id}/table.csv").status_code == 200
    assert run_id in rows_in(browser.get("/r/me/runs"))
    assert browser.get("/r/me/years").status_code == 200


def test_a_file_that_is_not_believed_says_so(browser: TestClient, context: Context) -> None:
    """First of all that is odd about it."""
    ride = replace(made_run([(60, 9.0)], every_s=5), start_utc=NOW)
    run_id = store(context, replace(ride, flags=(QualityFlag(code="truncated", kind="odd"),)))
    said = words_of(browser.get(f"/r/me/runs/{run_id}"))
    assert said.index("Not believed.") < said.index("The file breaks off")
    assert "It looks like a ride" in said


def test_another_sport_has_a_page_without_a_cramp(browser: TestClient, context: Context) -> None:
    """Nothing is asked of it that only a run can answer."""
    ride = made_run([(60, 8.0)], every_s=5, sport="cycling")
    run_id = store(context, replace(ride, start_utc=NOW))
    said = words_of(browser.get(f"/r/me/runs/{run_id}"))
    assert "This was no run" in said
    assert "Did it cramp?" not in said
    assert browser.post(f"/r/me/runs/{run_id}/cramp", data={"said": "no"}).status_code == 422
    assert browser.post(f"/r/me/runs/{run_id}/cramp", data={"said": "yes"}).status_code == 422
    assert mark_of(context, run_id) is None


def test_titles_are_escaped(browser: TestClient, context: Context) -> None:
    """A run may be called what it likes."""
    nasty = "<script>alert(1)</script> & \"quoted\" 'x'"
    context.store.set_title(context.stored_runner(), RACE, nasty)
    for address in ("/r/me/runs", f"/r/me/runs/{RACE}", "/r/me/years"):
        assert "<script>alert" not in browser.get(address).text


def test_why_begins_from_the_run(browser: TestClient) -> None:
    """The button of the page starts an interview about this very run."""
    page = browser.get(f"/r/me/runs/{RACE}")
    form = re.search(
        r'action="(/r/me/why)"><input type="hidden" name="(\w+)" value="(\d+)"', page.text
    )
    assert form is not None
    begun = browser.post(form[1], data={form[2]: form[3]}, follow_redirects=False)
    assert begun.status_code == 303
    assert re.fullmatch(r"/r/me/why/\d+", begun.headers["location"])


# ---------------------------------------------------------------- changes, and taking them back


def changed(browser: TestClient, run_id: int, what: str, **fields: object) -> Answered:
    """Send one form of the page; the page that follows."""
    answer = browser.post(f"/r/me/runs/{run_id}/{what}", data=fields, follow_redirects=False)
    assert answer.status_code == 303, words_of(answer)
    return browser.get(answer.headers["location"])


def taken_back(browser: TestClient, page: Answered, run_id: int) -> Answered:
    """Press Undo on the page that followed a change."""
    assert "Undo" in words_of(page)
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'name="(topic|was)" value="([^"]*)"', page.text)
    }
    return changed(browser, run_id, "undo", **fields)


def test_saying_where_it_came_and_taking_it_back(browser: TestClient, context: Context) -> None:
    """A cramp on a run that had none: kilometre told, minute found, muscles kept."""
    page = changed(browser, 50, "cramp", said="yes", at="5,5", muscles=["calf", "foot"])
    assert "The cramp is noted." in words_of(page)
    mark = mark_of(context, 50)
    assert mark is not None
    assert (mark.km, mark.muscles) == (5.5, ("calf", "foot"))
    assert mark.minute == pytest.approx(33, abs=3)
    back = taken_back(browser, page, 50)
    assert "It is as it was before." in words_of(back)
    assert mark_of(context, 50) is None


@pytest.mark.parametrize(
    ("fields", "done"),
    [
        ({"said": "no"}, "Noted: no cramp on this run."),
        ({"said": "dont_remember"}, "Noted: you do not remember."),
        ({"said": "forget"}, "What you said of a cramp is taken back."),
        ({"said": "yes", "at": "20"}, "The cramp is noted."),
        ({"said": "yes", "minute": "100", "muscles": "hamstring"}, "The cramp is noted."),
    ],
)
def test_every_word_about_a_cramp_can_be_taken_back(
    browser: TestClient, context: Context, fields: dict[str, str], done: str
) -> None:
    """What stood there before stands there again, to the metre."""
    before = mark_of(context, RACE)
    assert before is not None
    page = changed(browser, RACE, "cramp", **fields)
    assert done in words_of(page)
    after = mark_of(context, RACE)
    assert after is None or (after.cramped, after.km, after.muscles) != (
        before.cramped, before.km, before.muscles,
    )  # fmt: skip
    taken_back(browser, page, RACE)
    again = mark_of(context, RACE)
    assert again is not None
    assert replace(again, at=before.at) == before


def test_what_is_left_as_it_stood_stays_exact(browser: TestClient, context: Context) -> None:
    """The form shows 32.0; sending it unchanged does not round what is stored."""
    before = mark_of(context, RACE)
    assert before is not None
    page = browser.get(f"/r/me/runs/{RACE}")
    assert 'name="at_was" value="32.0"' in page.text
    fields = {"said": "yes", "at": "32.0", "at_was": "32.0", "muscles": ["calf", "soleus"]}
    changed(browser, RACE, "cramp", **fields)
    after = mark_of(context, RACE)
    assert after is not None
    assert (after.km, after.minute) == (before.km, before.minute)
    assert after.muscles == ("calf", "soleus")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"at": "far"}, "Use a number, such as 32.5."),
        ({"at": "77"}, "This lies outside the run."),
        ({"minute": "9999"}, "This lies outside the run."),
    ],
)
def test_a_place_that_cannot_be_is_said_beside_the_field(
    browser: TestClient, context: Context, fields: dict[str, str], words: str
) -> None:
    """Nothing is kept but what was typed."""
    sent = {"said": "yes", "muscles": "foot", **fields}
    page = browser.post("/r/me/runs/50/cramp", data=sent)
    assert page.status_code == 422
    assert words in words_of(page)
    assert 'value="foot" checked' in page.text
    for value in fields.values():
        assert f'value="{value}"' in page.text
    assert mark_of(context, 50) is None


def test_a_muscle_nobody_has_is_refused(browser: TestClient, context: Context) -> None:
    """A page of words."""
    page = browser.post("/r/me/runs/50/cramp", data={"said": "yes", "muscles": "wing"})
    assert page.status_code == 422
    assert mark_of(context, 50) is None


def test_what_the_file_suggests_is_asked_first(browser: TestClient, context: Context) -> None:
    """Three answers of equal weight; yes keeps the place that the file shows."""
    context.store.remove_mark(context.stored_runner(), RACE)
    page = browser.get(f"/r/me/runs/{RACE}")
    assert "You came to a sudden stop at 32.0 km. Was that a cramp?" in words_of(page)
    assert "mark maybe" in page.text
    changed(browser, RACE, "cramp", said="yes")
    mark = mark_of(context, RACE)
    assert mark is not None
    assert mark.km == pytest.approx(32.0, abs=0.1)


def test_a_name_can_be_given_and_taken_back(browser: TestClient, context: Context) -> None:
    """An address in it is masked; an empty one takes it away."""
    page = changed(browser, RACE, "title", title="  My  first ann@example.org marathon ")
    assert row_of(context, RACE).title == "My first e-mail-removed marathon"
    assert "My first e-mail-removed marathon" in words_of(browser.get("/r/me/runs"))
    assert "example.org" not in str(page.url)
    taken_back(browser, page, RACE)
    assert row_of(context, RACE).title is None
    changed(browser, RACE, "title", title="Two")
    page = changed(browser, RACE, "title", title="")
    assert "The run has no name now." in words_of(page)
    taken_back(browser, page, RACE)
    assert row_of(context, RACE).title == "Two"


def test_a_run_can_be_left_out_and_let_in(browser: TestClient, context: Context) -> None:
    """It says so on its page, and the undo lets it count again."""
    page = changed(browser, 54, "count", counts="no")
    assert row_of(context, 54).excluded
    assert "You left this run out. It counts nowhere." in words_of(page)
    taken_back(browser, page, 54)
    assert not row_of(context, 54).excluded
    changed(browser, 54, "count", counts="no")
    page = changed(browser, 54, "count", counts="yes")
    assert "The run counts again." in words_of(page)
    taken_back(browser, page, 54)
    assert row_of(context, 54).excluded


@pytest.fixture
def twin(context: Context) -> int:
    """A second recording of the marathon that began much later, so that nothing linked it."""
    start = row_of(context, RACE).start_utc
    assert start is not None
    run = replace(made_run([(200, 3.0)], every_s=5), start_utc=start + timedelta(hours=2))
    return store(context, run, name="phone.fit")


def test_two_recordings_of_one_run(browser: TestClient, context: Context, twin: int) -> None:
    """Linked, shown on both pages, and parted again; what the linking told is forgotten."""
    mark_run(context, str(twin), km=11.0)
    context.store.remove_mark(context.stored_runner(), RACE)
    context.store.set_title(context.stored_runner(), twin, "From the phone")
    page = browser.get(f"/r/me/runs/{twin}")
    assert f'<option value="{RACE}">' in page.text
    linked = changed(browser, twin, "merge", other=str(RACE))
    assert row_of(context, twin).duplicate_of == RACE
    assert "This is a second recording of a run" in words_of(linked)
    assert "Second recordings of this run" in words_of(browser.get(f"/r/me/runs/{RACE}"))
    carried = mark_of(context, RACE)
    assert carried is not None
    assert row_of(context, RACE).title == "From the phone"
    taken_back(browser, linked, twin)
    assert row_of(context, twin).duplicate_of is None
    assert mark_of(context, RACE) is None
    assert row_of(context, RACE).title is None
    assert mark_of(context, twin) is not None


def test_parting_can_be_taken_back(browser: TestClient, context: Context, twin: int) -> None:
    """From either recording."""
    for run_id in (twin, RACE):
        changed(browser, twin, "merge", other=str(RACE))
        page = changed(browser, run_id, "split")
        assert "They are runs of their own now." in words_of(page)
        assert row_of(context, twin).duplicate_of is None
        taken_back(browser, page, run_id)
        assert row_of(context, twin).duplicate_of == RACE


def test_a_recording_must_be_chosen(browser: TestClient, context: Context, twin: int) -> None:
    """Said beside the field; and nothing is a second recording of itself."""
    page = browser.post(f"/r/me/runs/{twin}/merge", data={"other": ""})
    assert page.status_code == 422
    assert "Choose the recording that shall count." in words_of(page)
    assert browser.post(f"/r/me/runs/{twin}/merge", data={"other": str(twin)}).status_code == 422
    assert browser.post(f"/r/me/runs/{twin}/split").status_code == 422
    assert row_of(context, twin).duplicate_of is None


def test_the_weather_can_be_typed_and_taken_back(browser: TestClient) -> None:
    """With its source; what was typed before comes back."""
    first = browser.get(f"/r/me/runs/{RACE}")
    assert "34 °C. From the watch. The wrist warms it" in words_of(first)
    page = changed(browser, RACE, "weather", degrees="24", humidity="60")
    assert "24 °C, humidity 60 %. You typed this." in words_of(page)
    assert "Heat" in page.text
    again = changed(browser, RACE, "weather", degrees="-3,5")
    assert "-4 °C. You typed this." in words_of(again)
    taken_back(browser, again, RACE)
    assert "24 °C, humidity 60 %. You typed this." in words_of(browser.get(f"/r/me/runs/{RACE}"))
    gone = changed(browser, RACE, "weather", forget="1")
    assert "From the watch" in words_of(gone)
    taken_back(browser, gone, RACE)
    assert "24 °C, humidity 60 %" in words_of(browser.get(f"/r/me/runs/{RACE}"))


def test_looking_the_weather_up_says_whether_it_was_found(
    browser: TestClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is switched off nobody is asked; what comes is kept with its source."""
    page = changed(browser, RACE, "weather", ask="1")
    assert "The weather could not be looked up now." in words_of(page)
    assert "Look it up" not in words_of(page)

    def answer(asking: Context, row: ActivityRow) -> None:
        found = StoredWeather(
            activity_id=row.activity_id,
            source="open_meteo",
            temp_air_c=21.0,
            attribution="Weather data by Open-Meteo.com",
            at=asking.now,
        )
        asking.store.save_weather(asking.stored_runner(), found)

    monkeypatch.setattr("uncramp.web.pages.run_changes.look_up", answer)
    switch(context, on=True)
    assert "Look it up" in words_of(browser.get(f"/r/me/runs/{RACE}"))
    page = changed(browser, RACE, "weather", ask="1")
    assert "The weather was looked up." in words_of(page)
    assert "Weather data by Open-Meteo.com." in words_of(page)


@pytest.mark.parametrize(
    "fields",
    [{"degrees": ""}, {"degrees": "hot"}, {"degrees": "99"}, {"degrees": "20", "humidity": "180"}],
)
def test_weather_that_cannot_be_is_said_beside_the_field(
    browser: TestClient, fields: dict[str, str]
) -> None:
    """What was typed stays in the field."""
    page = browser.post(f"/r/me/runs/{RACE}/weather", data=fields)
    assert page.status_code == 422
    assert "Give the air as a number" in words_of(page)
    assert f'name="degrees" value="{fields["degrees"]}"' in page.text


@pytest.mark.parametrize(
    ("topic", "was"),
    [
        ("cramp", '["maybe",1,2,[],"typed"]'),
        ("cramp", '["yes",1,2,["wing"],"typed"]'),
        ("cramp", '["yes",NaN,2,[],"typed"]'),
        ("cramp", "{"),
        ("title", "7"),
        ("count", '"no"'),
        ("links", "[[1,999,null,null]]"),
        ("links", "[]"),
        ("weather", '["hot",1]'),
        ("everything", "null"),
        ("", ""),
        ("title", '"' + "x" * 5000 + '"'),
    ],
)
def test_only_a_state_that_we_wrote_can_be_put_back(
    browser: TestClient, context: Context, topic: str, was: str
) -> None:
    """Anything else is refused, and nothing is changed."""
    before = (row_of(context, RACE), mark_of(context, RACE))
    page = browser.post(f"/r/me/runs/{RACE}/undo", data={"topic": topic, "was": was})
    assert page.status_code == 422
    assert "This cannot be taken back." in words_of(page)
    assert (row_of(context, RACE), mark_of(context, RACE)) == before


def test_a_note_says_only_what_we_know(browser: TestClient) -> None:
    """An address made by hand shows no words of its own, and offers no undo."""
    page = browser.get(f"/r/me/runs/{RACE}?done=<b>pwned</b>&was=x")
    assert "pwned" not in page.text
    assert "Undo" not in words_of(page)
    page = browser.get(f"/r/me/runs/{RACE}?done=excluded")
    assert "The run is left out now." in words_of(page)
    assert "Undo" not in words_of(page)


def test_every_form_leads_back_by_a_redirect(browser: TestClient) -> None:
    """So that reloading sends nothing twice; what to undo is in the address."""
    answer = browser.post("/r/me/runs/54/count", data={"counts": "no"}, follow_redirects=False)
    address = urlsplit(answer.headers["location"])
    assert address.path == "/r/me/runs/54"
    assert parse_qs(address.query)["done"] == ["excluded"]
    assert json.loads(parse_qs(address.query)["was"][0]) is False


def test_runs_of_two_runners_stay_apart(browser: TestClient, context: Context) -> None:
    """Another runner's number is no number here."""
    context.store.add_runner("ann", at=NOW)
    assert browser.get(f"/r/ann/runs/{RACE}").status_code == 404
    answer = browser.post(f"/r/ann/runs/{RACE}/count", data={"counts": "no"})
    assert answer.status_code == 404
    assert not row_of(context, RACE).excluded
    assert "No runs yet" in words_of(browser.get("/r/ann/runs"))
