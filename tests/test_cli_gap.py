"""`uncramp gap` and its requests: what is typed, said and answered. Synthetic runners."""

from __future__ import annotations

import json
import re
import shutil
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uncramp.actions.context import Context
from uncramp.actions.gap import gap_of_race, gap_of_request
from uncramp.actions.gap_pictures import gaps_picture
from uncramp.actions.importing import import_paths
from uncramp.actions.preferences import start_runner
from uncramp.actions.race_requests import document_from_text, race_request, with_wbgt
from uncramp.actions.races import RaceAsked, add_race
from uncramp.cli.root import main
from uncramp.demo_runs import fit_bytes, outings
from uncramp.errors import InputError
from uncramp.gap import GAPS
from uncramp.wording.gap import gap_data, gap_lines

NOW: Final = datetime(2026, 10, 20, 8, tzinfo=UTC)

REQUEST: Final[dict[str, Any]] = {
    "runner": {"sex": "female", "age_y": 44},
    "today": "2026-09-01",
    "race": {"date": "2026-10-04", "distance_m": 42195, "goal_time_s": 13200, "name": "Invented",
             "ascent_m": 200, "descent_m": 300, "wbgt_c": 18, "start": "09:30"},
    "history": [
        {"date": f"2026-{month:02d}-{day:02d}", "distance_m": 1000 * km, "moving_s": 345 * km,
         "mean_heart_rate_bpm": 148, "descent_m": 60}
        for month, day, km in ((7, 5, 18), (7, 12, 20), (7, 19, 14), (7, 26, 22), (8, 2, 24),
                               (8, 9, 26), (8, 12, 10), (8, 16, 16), (8, 23, 28), (8, 26, 10))
    ] + [{"date": "2026-08-30", "distance_m": 21097.5, "moving_s": 6300, "race": True}],
    "screen": {"complete": True, "flags": [], "locks": []},
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a call printed, and its exit code."""

    code: int
    out: str
    err: str


class Shell:
    """Calls of `uncramp gap` with a request in a file; no data folder is there to be touched."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, document: object, *arguments: str) -> Said:
        """One call."""
        file = self.folder / "request.json"
        content = document if isinstance(document, str) else json.dumps(document)
        file.write_text(content, encoding="utf-8")
        data = str(self.folder / "data")
        code = main(["gap", "--request", str(file), "--data-dir", data, *arguments])
        out, err = self._capsys.readouterr()
        return Said(code, out, err)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Calls in a folder of their own."""
    return Shell(tmp_path, capsys)


def changed(**parts: Any) -> dict[str, Any]:
    """The request with other parts; those that are None are left out."""
    document = {**deepcopy(REQUEST), **parts}
    return {name: part for name, part in document.items() if part is not None}


def test_json_has_every_part_the_contract_names(shell: Shell) -> None:
    """One envelope; seven gaps in their order; nothing is stored."""
    said = shell(REQUEST, "--json")
    document = json.loads(said.out)
    assert said.code == 0
    assert document["schema"] == "uncramp.gap/1"
    data = document["data"]
    assert list(data["gaps"]) == list(GAPS)
    for name, one in data["gaps"].items():
        assert one["id"] == name
        assert {"value", "unit", "low", "high", "class", "because", "runs", "missing"} <= set(one)
        assert (one["value"] is None) == bool(one["missing"])
    assert {"target_time_s", "ceiling_s_per_km", "ceiling_until_m", "splits", "twinge",
            "do_not_start", "stop_when"} <= set(data["pace_plan"])  # fmt: skip
    assert {"prediction", "says", "reachable", "proneness", "assumed"} <= set(data)
    assert data["pace_plan"]["splits"][-1]["at_m"] == 42195
    assert data["gaps"]["gap_spike"]["class"] == "spike_moderate"
    assert data["gaps"]["gap_spike"]["runs"][0]["distance_m"] == 28_000
    assert data["prediction"]["time_s"]["level"] == 0.9
    assert not (shell.folder / "data").exists()


def test_the_pace_never_goes_beyond_what_the_runner_is_fit_for(shell: Shell) -> None:
    """A goal that is too fast is not what is planned."""
    data = json.loads(shell(REQUEST, "--json").out)["data"]
    assert data["gaps"]["gap_pace"]["value"] > 0
    assert data["pace_plan"]["target_time_s"] >= data["prediction"]["time_s"]["median"] - 1e-6


def test_text_says_the_spike_and_draws_every_gap(shell: Shell) -> None:
    """Seven lines, all of one width, with words behind each; no line is longer than 80."""
    said = shell(REQUEST)
    assert "Every marathon is a spike" in said.out.replace("\n", " ")
    drawn = [line for line in said.out.splitlines() if "█" in line and "trained" not in line]
    assert len(drawn) >= 4
    assert all(line.index("|") == 32 or line[32] == "█" for line in drawn)
    assert max(len(line) for line in said.out.splitlines()) <= 80


def test_imperial_units_are_kept_up(shell: Shell) -> None:
    """Miles and degrees Fahrenheit in sentences; SI in JSON."""
    said = shell(REQUEST, "--units", "imperial")
    assert "26.2 mi" in said.out
    assert "/mi" in said.out
    assert not re.findall(r"\d+\.\d km|/km", said.out)


def test_what_is_missing_is_said_and_not_made_up(shell: Shell) -> None:
    """No history at all."""
    said = shell(changed(history=None, runner=None), "--json")
    data = json.loads(said.out)["data"]
    assert said.code == 0
    assert data["prediction"] is None
    assert data["pace_plan"] is None
    assert all(one["value"] is None and one["missing"] for one in data["gaps"].values())


def test_an_open_stop_silences_everything_else(shell: Shell) -> None:
    """Only the stop's own do and do-not speak."""
    document = changed(screen={"complete": True, "flags": ["rhabdomyolysis"], "locks": []})
    said = shell(document, "--json")
    data = json.loads(said.out)["data"]
    assert said.code == 0
    assert data["stop"]["flags"][0]["id"] == "rhabdomyolysis"
    assert data["gaps"] == {}
    assert data["pace_plan"] is None
    assert data["prediction"] is None
    words = shell(document).out
    assert "critical" not in words
    assert "Plan for" not in words


@pytest.mark.parametrize("lock", ["pregnancy", "sickle_trait", "earlier_heat_stroke"])
def test_a_lock_on_training_takes_the_pace_plan_away(shell: Shell, lock: str) -> None:
    """The gaps are facts and stay; how to run the race is for a clinician."""
    data = json.loads(
        shell(changed(screen={"complete": True, "locks": [lock]}), "--json").out
    )["data"]  # fmt: skip
    assert data["pace_plan"] is None
    assert data["gaps"]["gap_spike"]["value"] is not None
    assert [one["id"] for one in data["locks"]] == [lock]


def test_someone_under_18_is_locked_by_age(shell: Shell) -> None:
    """The profile opens the lock; nobody has to name it."""
    data = json.loads(shell(changed(runner={"age_y": 15}), "--json").out)["data"]
    assert data["pace_plan"] is None
    assert [one["id"] for one in data["locks"]] == ["minor"]


def test_an_absent_screen_is_incomplete_and_said(shell: Shell) -> None:
    """Absent means incomplete."""
    data = json.loads(shell(changed(screen=None), "--json").out)["data"]
    assert data["screen"] == "incomplete"
    assert any("danger questions" in one for one in data["assumed"])


RACE: Final[dict[str, Any]] = REQUEST["race"]
RUN: Final[dict[str, Any]] = REQUEST["history"][0]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "bad_request_file"),
        ("[]", "bad_request_file"),
        ('{"today": NaN}', "bad_request_file"),
        ("[" * 100_000, "bad_request_file"),
        (changed(race=None), "missing_in_request"),
        (changed(today=None), "missing_in_request"),
        (changed(race={"date": "2026-10-04"}), "missing_in_request"),
        (changed(race={"distance_m": 42195}), "missing_in_request"),
        (changed(today="yesterday"), "bad_request_day"),
        (changed(today=20260901), "bad_request_day"),
        (changed(race={**RACE, "date": "2026-02-30"}), "bad_request_day"),
        (changed(race={**RACE, "date": "2025-10-04"}), "race_is_over"),
        (changed(race={**RACE, "distance_m": -5}), "bad_number"),
        (changed(race={**RACE, "distance_m": "far"}), "bad_number"),
        (changed(race={**RACE, "goal_time_s": True}), "bad_number"),
        (changed(race={**RACE, "wbgt_c": 150}), "bad_number"),
        (changed(race={**RACE, "distanse_m": 5}), "unknown_request_key"),
        (changed(race={**RACE, "start": "noon"}), "bad_request_part"),
        (changed(race={**RACE, "start": "29:75"}), "bad_request_part"),
        (changed(race={**RACE, "name": 5}), "bad_request_part"),
        (changed(race={**RACE, "course": [5]}), "bad_request_part"),
        (changed(race={**RACE, "course": [{"at_m": 5}]}), "missing_in_request"),
        (changed(race=[]), "bad_request_part"),
        (changed(history={}), "bad_request_part"),
        (changed(history=[5]), "bad_request_part"),
        (changed(history=[{**RUN, "moving_s": None}]), "missing_in_request"),
        (changed(history=[{**RUN, "moving_s": 0}]), "bad_number"),
        (changed(history=[{**RUN, "race": "yes"}]), "unknown_option"),
        (changed(history=[{**RUN, "fastest_s": {"3km": 700}}]), "unknown_request_key"),
        (changed(runner={"sex": "other"}), "unknown_option"),
        (changed(runner={"age_y": 300}), "bad_number"),
        (changed(runner={"shoes": 1}), "unknown_request_key"),
        (changed(screen={"flags": ["nothing"]}), "unknown_request_flag"),
        (changed(screen={"flags": "heat_stroke"}), "bad_request_part"),
        (changed(screen={"complete": "yes"}), "unknown_option"),
        (changed(extra=1), "unknown_request_key"),
    ],
)
def test_bad_requests_are_refused_with_a_remedy(shell: Shell, document: object, code: str) -> None:
    """Exit code 2, one error, no traceback."""
    said = shell(document, "--json")
    assert said.code == 2
    error = json.loads(said.out or said.err)["error"]
    assert error["code"] == code
    assert error["what"]
    assert error["remedy"]


def test_a_race_and_a_request_are_not_both(shell: Shell) -> None:
    """One of the two."""
    assert shell(REQUEST, "next").code == 2


def test_standard_input_serves_too(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    """`-` as for cases."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(REQUEST)))
    assert main(["gap", "--request", "-", "--json", "--data-dir", str(shell.folder)]) == 0


def test_a_training_request_serves_as_it_is() -> None:
    """One file for all verbs about a race."""
    document = changed(days=["tue", "thu", "sun"], strength_days=["mon"], recently_injured=False)
    assert race_request(document) == race_request(REQUEST)


def test_runs_after_today_are_left_out_and_said() -> None:
    """They have not been run."""
    later = {**RUN, "date": "2026-09-20"}
    answer = gap_of_request(changed(history=[*REQUEST["history"], later]))
    assert any(one.id == "gap.assumed.future_runs" for one in answer.report.assumed)


def test_wbgt_is_reckoned_from_temperature_and_humidity() -> None:
    """As the Bureau of Meteorology does: 28 °C and 50 % are 27.2; what is told stays."""
    race = {**RACE, "wbgt_c": None, "temp_air_c": 28, "relative_humidity_pct": 50}
    found = race_request(changed(race=race)).race
    assert found.wbgt_c == pytest.approx(27.2, abs=0.1)
    told = race_request(REQUEST).race
    assert with_wbgt(told) is told


def test_the_picture_says_its_finding_and_every_gap() -> None:
    """Both layouts, seven rows in each, the finding as title."""
    report = gap_of_request(REQUEST).report
    markup = gaps_picture(report, units="metric")
    assert markup.count("<svg") == 2
    assert markup.count('class="row"') == 14
    assert markup.count("Your goal is faster than every model says.") == 2
    assert gaps_picture(gap_of_request(changed(history=None)).report, units="metric")


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@given(
    part=st.sampled_from(("runner", "today", "race", "history", "screen")),
    key=st.sampled_from(("date", "distance_m", "moving_s", "course", "fastest_s", "flags", "sex")),
    value=anything,
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_a_request_it_is_answered_or_refused(
    part: str, key: str, value: object
) -> None:
    """Only our own errors; what is answered has words and data."""
    documents: list[dict[str, Any]] = [changed(**{part: value})]
    whole = deepcopy(REQUEST)
    place = whole[part][0] if part == "history" else whole[part]
    if isinstance(place, dict):
        place[key] = value
        documents.append(whole)
    for document in documents:
        try:
            answer = gap_of_request(document)
        except InputError:
            continue
        assert list(gap_lines(answer, runner="me", units="metric"))
        assert gap_data(answer, units="imperial")["gaps"]


def test_text_that_is_no_json_never_becomes_a_traceback() -> None:
    """Whatever the bytes were."""
    for content in ("", "\x00", "nul", "1e999", '{"a":1}{'):
        with pytest.raises(InputError):
            race_request(document_from_text(content, file_name="x.json"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the last weeks of the synthetic runner, a race past and one to come."""
    folder = tmp_path_factory.mktemp("kept")
    files = folder / "files"
    files.mkdir()
    for outing in outings()[-17:]:
        (files / outing.name).write_bytes(fit_bytes(outing))
    with Context(data_dir=folder / "data", now=NOW) as context:
        start_runner(context)
        import_paths(context, [files], workers=1)
        add_race(context, RaceAsked(name="Past", day=date(2026, 10, 4), distance_m=42_195.0))
        add_race(context, RaceAsked(name="Coming", day=date(2026, 12, 6), distance_m=21_097.5))
    return folder / "data"


def test_a_kept_race_is_held_against_the_stored_runs(kept: Path) -> None:
    """Runs by their numbers in the store; the next race when nothing is said."""
    with Context(data_dir=kept, now=NOW) as context:
        answer = gap_of_race(context, "next")
        lines = list(gap_lines(answer, runner="me", units="metric"))
    assert answer.race.name == "Coming"
    spike = answer.report.gaps[1]
    assert spike.runs[0].run_id is not None
    assert any("runs exclude" in line for line in lines)
    assert lines[-1].startswith("Next: uncramp train")


def test_a_race_that_is_over_shows_the_day_before(kept: Path) -> None:
    """The race itself is no training for it."""
    with Context(data_dir=kept, now=NOW) as context:
        answer = gap_of_race(context, "Past")
    assert answer.is_over
    assert answer.report.gaps[1].value == pytest.approx(51, abs=1)
    assert all(run.distance_m < 40_000 for gap in answer.report.gaps for run in gap.runs)
    assert answer.report.assumed[0].id == "gap.assumed.race_over"


def test_an_open_stop_in_the_store_silences_the_gap(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As everywhere: only a dated clearance closes one."""
    folder = tmp_path / "data"
    shutil.copytree(kept, folder)
    with Context(data_dir=folder, now=NOW) as context:
        runner = context.stored_runner()
        context.store.open_flag(runner, flag_id="cardiac", kind="stop", at=NOW)
        answer = gap_of_race(context, "next")
        assert answer.pace is None
        assert gap_data(answer, units="metric")["gaps"] == {}
    assert main(["gap", "nowhere", "--data-dir", str(folder), "--json"]) == 1
    assert "unknown_race" in "".join(capsys.readouterr())


def test_the_request_in_the_reference_is_answered() -> None:
    """docs/reference/gap.md shows one that works."""
    page = (Path(__file__).parent.parent / "docs" / "reference" / "gap.md").read_text("utf-8")
    document = document_from_text(page.split("```json")[1].split("```")[0], file_name="gap.md")
    answer = gap_of_request(document)
    assert answer.pace is not None
    assert [one.id for one in answer.report.gaps if one.value is None] == [
        "gap_intensity", "gap_durability", "gap_heat"
    ]  # fmt: skip
