"""`uncramp plan` as typed: the tutorial, safety before all, big races. All data is made up."""

from __future__ import annotations

import json
import math
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from safekeeping_support import context_in
from store_support import NOW
from uncramp.actions.plan import DrinkWishes, plan_of_race, plan_of_run
from uncramp.actions.plans_kept import newest_drinking
from uncramp.actions.preferences import change_profile
from uncramp.actions.races import RaceAsked, add_race
from uncramp.cli.root import main
from uncramp.drink_plan import DrinkStatus
from uncramp.errors import InputError
from uncramp.interview import questions
from uncramp.screening import screening_questions
from uncramp.store.store import Store
from uncramp.vocabulary import Answers, Sex, UserProfile
from uncramp.wording.drink_plan import drink_lines

TUTORIAL: Final = Path(__file__).parents[1] / "docs" / "tutorial" / "race-plan.md"
FINE: Final[Answers] = {
    name: 0.0 if questions()[name].type == "number" else ("none",) for name in screening_questions()
}
ANSWERED: Final = [f"--answer={name}=none" for name in screening_questions()]


def made_course() -> str:
    """21.1 km with two hills, at no real place."""
    points = "".join(
        f'<trkpt lat="{0.5 + 50 * n / 111195:.6f}" lon="0.5">'
        f"<ele>{100 + 40 * math.sin(4 * math.pi * n / 422):.1f}</ele></trkpt>"
        for n in range(423)
    )
    return f'<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'


def commands() -> list[list[str]]:
    """Every command of the tutorial, without the program's name; the race is always to come."""
    coming = f"{datetime.now(UTC) + timedelta(days=200):%Y-%m-%d}"
    blocks = re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    return [shlex.split(line.replace("2027-06-13", coming))[1:] for line in lines]


@pytest.mark.deep
def test_the_tutorial_works_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the GPX course to the files in the folder; what it tells is what comes out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNCRAMP_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "course.gpx").write_text(made_course())
    said = []
    for words in commands():
        assert main(words) == 0, words
        said.append(" ".join(capsys.readouterr().out.split()))
    plans = [text for words, text in zip(commands(), said, strict=True) if words[0] == "plan"]
    assert plans[0].startswith("Hill half")
    assert "No doses for you here." in plans[0]
    told = ("2.9 %", "2.3 %", "216 mL", "310 mg", "0.8 g of table salt", "5 km", "15 km", "20 km")
    assert all(one in plans[1] for one in told)
    assert "Drink to thirst." in plans[2]
    assert {one.name for one in (tmp_path / "race-day").iterdir()} >= {
        "race-card.html",
        "race-pack.html",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A heavy runner with a hot race."""
    with Store.open(tmp_path / "data", at=NOW) as store:
        store.add_runner("me", at=NOW)
    with context_in(tmp_path / "data") as context:
        body = UserProfile(sex=Sex.MALE, age_y=40, height_cm=185, body_mass_kg=88.0)
        change_profile(context, body)
        add_race(
            context,
            RaceAsked(
                name="Hot one",
                day=NOW.date() + timedelta(days=60),
                distance_m=42_195.0,
                goal_time_s=12_600.0,
                temp_air_c=28.0,
            ),
        )
    return tmp_path / "data"


def envelope(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> dict[str, Any]:
    """The data that `--json` prints."""
    assert main([*words, "--json", "--data-dir", str(folder)]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    data: dict[str, Any] = document["data"]
    return data


def test_how_much_salt_an_hour(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """G33 as typed: bare degrees, no race, no station; sodium out and sodium in."""
    words = ("plan", "--run", "2h30", "--temp", "26", *ANSWERED)
    data = envelope(capsys, folder, *words)
    assert data["status"] == "planned"
    assert 0 < data["per_hour"]["sodium_mg"] <= 500
    assert data["per_hour"]["sodium_mg"] < data["lost_per_hour"]["sodium_mg"]["median"]
    assert any("sports drink every 5.0 km" in line for line in data["assumed"])
    assert data["race"] is None


def test_imperial_units_are_read_and_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """79 °F, ounces, miles."""
    words = ("plan", "--run", "2h30", "--temp", "79", "--cup", "5", "--stations",
             "every 2 mi water+iso", "--units", "imperial", "--data-dir", str(folder))  # fmt: skip
    assert main([*words, *ANSWERED]) == 0
    shown = capsys.readouterr().out
    assert "fl oz" in shown
    assert " mi " in shown
    assert " km " not in shown


def test_without_the_danger_questions_it_says_how_to_answer(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each question by its id, with its options; no amount."""
    assert main(["plan", "1", "--data-dir", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "No doses for you here." in shown
    assert all(f"- {name}:" in shown for name in screening_questions())
    assert not re.search(r"\d m[gL]", shown)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["plan", "--run", "2h30"], 2),
        (["plan", "--run", "soon", "--temp", "20"], 2),
        (["plan", "--run", "2h30", "--temp", "hot"], 2),
        (["plan", "--run", "2h30", "--temp", "24", "next"], 2),
        (["plan", "nowhere"], 1),
        (["plan", "1", "--trialled-drink", "-5", *ANSWERED], 2),
        (["plan", "1", "--stations", "every 5 km rum", *ANSWERED], 2),
        (["plan", "1", "--slower", "-100", *ANSWERED], 2),
        (["plan", "1", "--temp", "200", *ANSWERED], 2),
        (["products", "add", "x", "--kind", "drink", "--sodium", "3"], 2),
    ],
)
def test_what_is_not_understood_is_said_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    """Exit code, no defect, nothing kept."""
    assert main([*words, "--data-dir", str(folder)]) == code
    assert "defect" not in capsys.readouterr().err
    with context_in(folder) as context:
        assert newest_drinking(context, 1) is None


# ---------------------------------------------------------------- safety before all


def test_an_open_stop_speaks_even_where_nothing_else_is_known(tmp_path: Path) -> None:
    """No body, no weather, no pace: still the stop, not a request for numbers."""
    with Store.open(tmp_path, at=NOW) as store:
        runner = store.add_runner("me", at=NOW)
        store.open_flag(runner, flag_id="heat_stroke", kind="stop", at=NOW)
    with context_in(tmp_path) as context:
        day = NOW.date() + timedelta(days=9)
        add_race(context, RaceAsked(name="Bare", day=day, distance_m=42_195.0))
        answers = [
            plan_of_race(context, "next", DrinkWishes(), answers=FINE),
            plan_of_run(
                context,
                duration_min=150,
                temp_air_c=24,
                relative_humidity_pct=None,
                distance_m=None,
                wishes=DrinkWishes(),
                answers=FINE,
            ),
        ]
        assert newest_drinking(context, 1) is None
    for answer in answers:
        assert answer.plan.status is DrinkStatus.LOCKED
        assert answer.unanswered == ()
        assert answer.lost_per_hour is None
        shown = "\n".join(drink_lines(answer, runner="me", units="metric"))
        assert "stop:heat_stroke" in shown
        assert not re.search(r"\d m[gL]", shown)


def test_a_big_race_brings_its_stations_and_says_how_old_they_are(folder: Path) -> None:
    """By id or by name; with a station missed, and the products of every branch kept by name."""
    with context_in(folder) as context:
        by_id = plan_of_race(
            context,
            "next",
            DrinkWishes(stations="berlin", trialled=("iso",), carry=("saltstick_caps",)),
            answers=FINE,
        )
        by_name = plan_of_race(
            context,
            "next",
            DrinkWishes(stations="Berlin Marathon", missed=(9_000.0,)),
            keeps=False,
            with_branches=False,
        )
        kept = newest_drinking(context, 1)
    assert by_id.plan.status is DrinkStatus.PLANNED
    assert len(by_id.asked.stations) == 14
    assert len(by_name.asked.stations) == 13
    told = {one.id for one in by_id.plan.assumed}
    assert "drink.assumed.preset_no_year" in told
    assert "drink.assumed.cup" not in told
    assert kept is not None
    named = {one["id"] for one in kept.request["products"]}
    rows = [row for one in kept.plan.branches for row in one.schedule or ()]
    assert {row.product for row in (*kept.plan.schedule, *rows)} <= named


def test_amounts_that_cannot_be_are_refused_before_anything_is_read(folder: Path) -> None:
    """A cup of a bucket, a tried flood."""
    with context_in(folder) as context:
        for wishes in (DrinkWishes(cup_l=9.0), DrinkWishes(trialled_l_per_h=9.0)):
            with pytest.raises(InputError) as raised:
                plan_of_race(context, "next", wishes, answers=FINE)
            assert raised.value.code == "bad_number"


def test_a_cliff_in_a_course_file_is_no_slope(folder: Path) -> None:
    """300 m up within 100 m: as steep as the models know, and a plan comes out."""
    points = "".join(
        f'<trkpt lat="{0.5 + 100 * n / 111195:.6f}" lon="0.5"><ele>{300 * (n > 50)}</ele></trkpt>'
        for n in range(212)
    )
    gpx = f'<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    with context_in(folder) as context:
        day = NOW.date() + timedelta(days=9)
        asked = RaceAsked(
            name="Cliff", day=day, goal_time_s=7_500.0, temp_air_c=25.0, course=gpx.encode()
        )
        add_race(context, asked)
        answer = plan_of_race(
            context, "Cliff", DrinkWishes(), answers=FINE, keeps=False, with_branches=False
        )
    assert abs(float(answer.asked.exercise.grade.max())) <= 0.45
    assert all(limit.held for limit in answer.plan.limits)
