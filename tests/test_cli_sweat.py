"""`uncramp sweat` and its commands: what is typed, said, and answered to scripts. Made-up data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from safekeeping_support import store_run
from store_support import NOW, use_made_up_format
from uncramp.cli.root import main
from uncramp.store.store import Store
from uncramp.wording.catalogue import text

ADD = ("sweat", "add", "--before", "70.4kg", "--after", "69.6", "--drunk", "500ml")
APART = ("--minutes", "75", "--day", "2025-09-20", "--weather", "24C 60%")


@dataclass(frozen=True)
class Said:
    """What a call printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Of the envelope."""
        found: dict[str, Any] = json.loads(self.out)["data"]
        return found


class Shell:
    """Calls of `uncramp` on one data folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        """One call."""
        code = main([*arguments, "--data-dir", str(self.folder)])
        out, err = self._capsys.readouterr()
        return Said(code, out, err)


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """The runner `me` with a run of an hour on the first of September, whose watch reckoned."""
    use_made_up_format(monkeypatch)
    monkeypatch.delenv("UNCRAMP_DATABASE_URL", raising=False)
    folder = tmp_path / "data"
    with Store.open(folder, at=NOW) as store:
        me = store.add_runner("me", at=NOW)
        start = "2025-09-01T16:00:00+00:00"
        store_run(store, me, start_utc=start, elapsed_s=3600.0, distance_m=11_000.0, sweat_l=0.8)
    return Shell(folder, capsys)


def lock(shell: Shell) -> None:
    """Open the lock under which nobody is asked to weigh."""
    with Store.open(shell.folder, at=NOW) as store:
        store.open_flag(store.runner("me"), flag_id="eating_disorder", kind="lock", at=NOW)


def test_three_numbers_and_a_run_are_enough(shell: Shell) -> None:
    """For people a rate, for scripts every number in SI."""
    said = shell(*ADD, "--run", "last")
    assert said.code == 0
    assert "Kept: weigh-in 1, 2025-09-01." in said.out
    assert "L an hour" in said.out
    assert "uncramp sweat remove 1" in said.out
    again = (*ADD, "--run", "last", "--drunk", "0.6", "--json")
    data = shell(*again).data
    assert (data["id"], data["kind"], data["run"], data["day"]) == (2, "weigh_in", 1, "2025-09-01")
    told = data["told"]
    assert (told["duration_min"], told["distance_m"], told["food_kg"]) == (60.0, 11_000.0, None)
    assert data["flags"] == ["weather_unknown", "second_of_run"]
    assert data["texts"][0] == text("sweat_test.flag.weather_unknown")


def test_every_option_reaches_the_test(shell: Shell) -> None:
    """Pounds and ounces for those who use them."""
    said = shell(
        "sweat", "add", "--units", "imperial", "--json", "--no-run",
        "--before", "155.2", "--after", "153.4", "--drunk", "17", "--urine", "7 oz",
        "--food", "2", "--towel", "3oz", "--scale-step", "0.2", "--distance", "7.5",
        "--minutes", "80", "--day", "2025-09-20", "--weather", "75F 60%",
    )  # fmt: skip
    assert said.code == 0
    told = said.data["told"]
    expected = {
        "body_mass_before_kg": 70.398,
        "body_mass_after_kg": 69.581,
        "fluid_intake_l": 0.5028,
        "urine_output_l": 0.2070,
        "food_kg": 0.0567,
        "held_sweat_kg": 0.0850,
        "scale_step_kg": 0.0907,
        "distance_m": 12_070.08,
        "duration_min": 80.0,
        "temp_air_c": 23.889,
        "relative_humidity_pct": 60.0,
    }
    assert {name: told[name] for name in expected} == pytest.approx(expected, abs=6e-4)
    assert (told["wind_speed_m_s"], said.data["run"]) == (None, None)


def test_without_numbers_it_teaches(shell: Shell) -> None:
    """How, in seven steps, and the command; with some numbers it says which are missing."""
    said = shell("sweat", "add")
    assert said.code == 0
    assert "60 to 90 minutes" in said.out
    assert "7. " in said.out
    assert len(shell("sweat", "add", "--json").data["steps"]) == 7
    half = shell("sweat", "add", "--before", "70")
    assert half.code == 2
    assert "--after, --drunk" in half.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--after", "72"), "heavier"),
        (("--after", "40"), "10 percent"),
        (("--before", "20", "--after", "20"), "too low"),
        (("--drunk", "-1"), "cannot be right"),
        (("--drunk", "much"), "not a number"),
        (("--weather", "warm"), "weather"),
        (("--day", "2999-01-01"), "not come yet"),
        (("--run", "99"), "99"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    shell: Shell, more: tuple[str, ...], words: str
) -> None:
    """What, why and a remedy to stderr; for scripts the same as one object."""
    said = shell(*ADD, *APART, *more)
    assert said.code in {1, 2}
    assert words in said.err
    error = json.loads(shell(*ADD, *APART, *more, "--json").out)["error"]
    assert error.keys() == {"code", "what", "why", "remedy"}
    assert shell("sweat", "list", "--json").data["tests"] == []


def test_nobody_with_an_eating_disorder_is_asked_to_weigh(shell: Shell) -> None:
    """Kindly, with the way back; not even how it is done. Sodium is no scale."""
    lock(shell)
    for call in (ADD, ("sweat", "add")):
        said = shell(*call)
        assert (said.code, said.out) == (2, "")
        assert "uncramp runner clear" in said.err
    assert shell("sweat", "sodium", "--mmol", "44", "--site", "thigh").code == 0
    listed = shell("sweat", "list")
    assert text("error.sweat_locked.what") in listed.out
    assert "sweat add" not in listed.out
    assert shell("sweat", "list", "--json").data["locked"] == "eating_disorder"


def test_sodium_from_a_patch_or_a_lab(shell: Shell) -> None:
    """In mmol or mg, with a site or the whole body, never neither or both."""
    said = shell("sweat", "sodium", "--mg", "1000", "--whole-body", "--rate", "1.1", "--json")
    assert said.data["told"] == {
        "sodium_mmol_per_l": pytest.approx(43.5, abs=0.01),
        "method": "whole_body",
        "site": None,
        "sweat_rate_l_per_h": 1.1,
    }
    assert "patch on the forearm" in shell("sweat", "sodium", "--mmol", "50", "--site",
                                           "forearm").out  # fmt: skip
    for wrong in (
        ("--mmol", "44"),
        ("--mmol", "44", "--site", "thigh", "--whole-body"),
        ("--site", "thigh"),
        ("--mmol", "44", "--mg", "1000", "--site", "thigh"),
        ("--mmol", "44", "--site", "chest"),
    ):
        assert shell("sweat", "sodium", *wrong).code == 2
    assert len(shell("sweat", "list", "--json").data["tests"]) == 2


def test_a_watch_is_offered_taken_and_called_weak(shell: Shell) -> None:
    """The list offers it once."""
    assert shell("sweat", "list", "--json").data["watch_offers"] == [
        {"run": 1, "sweat_loss_l": 0.8, "duration_min": 60.0}
    ]
    assert "uncramp sweat watch 1" in shell("sweat", "list").out
    said = shell("sweat", "watch", "1")
    assert text("sweat_test.flag.watch") in " ".join(said.out.split())
    assert shell("sweat", "list", "--json").data["watch_offers"] == []
    assert shell("sweat", "watch", "last", "--loss", "0.7L").code == 2


def test_taking_out_and_back(shell: Shell) -> None:
    """The answer says how to undo; an unknown number is told."""
    shell(*ADD, *APART)
    said = shell("sweat", "remove", "1")
    assert "uncramp sweat remove 1 --undo" in said.out
    assert "No sweat test yet." in shell("sweat", "list").out
    assert shell("sweat", "remove", "1", "--undo", "--json").data == {
        "id": 1,
        "kind": "weigh_in",
        "day": "2025-09-20",
        "removed": False,
    }
    assert "2025-09-20" in shell("sweat", "list").out
    assert shell("sweat", "remove", "9").code == 1


def test_a_group_is_partly_done(shell: Shell, tmp_path: Path) -> None:
    """4 when some lines stay out, 1 when all do, 0 when none does; given again, nothing twice."""
    file = tmp_path / "day.csv"
    names = "runner,date,before_kg,after_kg,drunk_l,minutes\n"
    good, bad = "me,2025-09-20,70,69,0.3,70\n", "nobody,2025-09-20,60,59,0.3,70\n"
    file.write_text(names + good + bad, encoding="utf-8")
    said = shell("sweat", "group", str(file))
    assert said.code == 4
    assert "line 3, nobody" in said.out
    again = shell("sweat", "group", str(file), "--json")
    assert again.code == 4
    assert again.data["already"] == [{"line": 2, "runner": "me"}]
    assert again.data["refused"][0]["code"] == "unknown_runner"
    file.write_text(names + bad, encoding="utf-8")
    assert shell("sweat", "group", str(file)).code == 1
    file.write_text(names + good, encoding="utf-8")
    assert shell("sweat", "group", str(file)).code == 0
    assert shell("sweat", "group", str(tmp_path / "missing.csv")).code == 2
    assert shell("sweat", "group").code == 2
    assert shell("sweat", "group", "--sample").out.startswith("runner,date,")


def test_help_shows_every_command(shell: Shell) -> None:
    """Within 80 columns."""
    said = shell("sweat", "--help")
    for name in ("add", "group", "list", "remove", "sodium", "watch"):
        assert f"  {name} " in said.out
    assert max(map(len, said.out.splitlines())) <= 80
