"""The cramp diary: what is asked, what is kept, and that every count it says is right."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diary_support import write_history
from uncramp.actions.cases import Case
from uncramp.actions.context import Context
from uncramp.actions.diary import (
    answer,
    answers_from_text,
    forget,
    mark_answers,
    mark_run,
    proposals,
)
from uncramp.actions.importing import import_paths
from uncramp.actions.why import record, why_run
from uncramp.cli import main
from uncramp.diary import DiaryRun, Place, Said, diary, group_runs
from uncramp.envelope import plain
from uncramp.errors import InputError, NotFoundError
from uncramp.evidence import value
from uncramp.wording.diary import diary_data, diary_lines, diary_page_lines, span

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
FIRST_DAY = datetime(2025, 1, 1, 8, tzinfo=UTC)
MILE_M = 1609.344


def stopped(number: int, km: float | None, *, said: Said | None = None) -> DiaryRun:
    """A run on a day of its own that stopped at `km` of 42."""
    place = Place(km=km, minute=100.0, share=None if km is None else km / 42, sign="stop")
    return DiaryRun(
        activity_id=number,
        start_utc=FIRST_DAY + timedelta(days=number),
        distance_m=42_000.0,
        moving_s=15_000.0,
        proposed=place,
        said=said,
        place=place if said == "yes" else None,
    )


# ---------------------------------------------------------------- what to ask


def test_no_run_that_stopped_asks_nothing() -> None:
    """No runs, and runs at an even pace."""
    assert diary([]).n_open == 0
    even = diary([DiaryRun(activity_id=1, distance_m=5000.0)])
    assert (even.n_runs, even.n_open, even.groups, even.repeats) == (1, 0, (), ())


def test_one_run_that_stopped_is_asked_about_alone() -> None:
    """One is no group."""
    found = diary([stopped(1, 32.0)])
    assert found.groups == ()
    assert [run.activity_id for run in found.scattered] == [1]


def test_runs_that_stopped_at_about_the_same_place_are_asked_about_together() -> None:
    """Five near 32 km, oldest first; the two that stopped elsewhere one by one, newest first."""
    places = (32.4, 31.2, 8.0, 31.9, 32.8, 19.0, 31.5)
    found = diary([stopped(number, km) for number, km in enumerate(places, 1)])
    (group,) = found.groups
    assert [run.activity_id for run in group.runs] == [1, 2, 4, 5, 7]
    assert (group.low_km, group.high_km) == (31.2, 32.8)
    assert [run.activity_id for run in found.scattered] == [6, 3]


def test_scattered_places_make_no_group() -> None:
    """Nothing is forced together, and a place that is not known belongs nowhere."""
    groups, rest = group_runs([stopped(1, 5.0), stopped(2, 10.0), stopped(3, None)])
    assert groups == ()
    assert [run.activity_id for run in rest] == [3, 2, 1]


def test_what_was_answered_is_not_asked_again() -> None:
    """Whatever the answer was, "I don't remember" too."""
    every: tuple[Said, ...] = ("yes", "no", "dont_remember")
    for said in every:
        assert diary([stopped(1, 32.0, said=said)]).n_open == 0


places_km = st.one_of(st.none(), st.floats(0.5, 100, allow_nan=False).map(lambda km: round(km, 2)))


@given(st.lists(places_km, max_size=25))
def test_groups_are_a_tidy_partition(places: list[float | None]) -> None:
    """Every run once; groups as narrow as promised, large enough, largest first."""
    runs = [stopped(number, km) for number, km in enumerate(places)]
    groups, rest = group_runs(runs)
    together = [run.activity_id for group in groups for run in group.runs]
    assert sorted([*together, *(run.activity_id for run in rest)]) == list(range(len(runs)))
    wide = 1 + value("cramps.diary.group_width_pct") / 100
    for group in groups:
        inside = [run.proposed.km for run in group.runs if run.proposed and run.proposed.km]
        assert (min(inside), max(inside)) == (group.low_km, group.high_km)
        assert group.high_km <= group.low_km * wide
        assert len(inside) >= value("cramps.diary.group_runs")
    sizes = [len(group.runs) for group in groups]
    assert sizes == sorted(sizes, reverse=True)
    known = [km for km in places if km is not None]
    most = max((sum(low <= km <= low * wide for km in known) for low in known), default=0)
    assert (sizes[0] if sizes else 1) == max(most, 1)


# ---------------------------------------------------------------- what repeats


def history(*cramps: tuple[float, float], easy_m: float = 26_000.0) -> list[DiaryRun]:
    """Four easy runs before each run that cramped; (distance, place) in km of those."""
    runs = []
    for number, (distance_km, km) in enumerate(cramps):
        month = FIRST_DAY + timedelta(days=60 * number)
        runs += [
            DiaryRun(
                activity_id=100 * number + easy,
                start_utc=month + timedelta(days=easy),
                distance_m=easy_m,
                moving_s=7000.0,
            )
            for easy in range(4)
        ]
        runs.append(
            DiaryRun(
                activity_id=100 * number + 99,
                start_utc=month + timedelta(days=10),
                distance_m=1000 * distance_km,
                said="yes",
                place=Place(km=km, minute=170.0, share=km / distance_km),
                muscles=("calf",),
            )
        )
    return runs


MARATHONS = ((42.2, 32.0), (42.2, 31.5), (42.2, 33.0), (42.2, 20.0), (42.2, 32.2))


def test_repeats_of_a_runner_who_cramps_at_32() -> None:
    """Each statement with its counts."""
    found = {repeat.what: repeat for repeat in diary(history(*MARATHONS)).repeats}
    assert {what: (one.count, one.of) for what, one in found.items()} == {
        "beyond_longest": (4, 5),
        "late": (3, 5),
        "longer_than": (5, 5),
        "same_place": (4, 5),
        "same_muscle": (5, 5),
    }
    assert found["beyond_longest"].values["days"] == 30
    assert found["longer_than"].values == {"longer_than": 42, "n_that_long": 5}
    assert found["same_place"].values == {"low_km": 31.5, "high_km": 33.0}
    assert found["same_muscle"].muscle == "calf"


def test_two_cramps_repeat_nothing() -> None:
    """However alike they are."""
    assert diary(history(*MARATHONS[:2])).repeats == ()


def test_a_run_without_a_cramp_is_told_beside() -> None:
    """Somebody who also went past the longest run without a cramp must hear it."""
    runs = history(*MARATHONS)
    free = DiaryRun(
        activity_id=999,
        start_utc=FIRST_DAY + timedelta(days=11),
        distance_m=43_000.0,
        said="no",
    )
    (repeat, *_) = diary([*runs, free]).repeats
    assert repeat.what == "beyond_longest"
    assert repeat.without == (1, 1)
    assert diary([*runs, free]).n_without == 1


def test_a_month_with_few_runs_has_no_longest_run() -> None:
    """Two stored runs are more likely missing files than all the training there was."""
    runs = [run for run in history(*MARATHONS) if run.activity_id % 100 not in (0, 1)]
    assert "beyond_longest" not in {repeat.what for repeat in diary(runs).repeats}


def test_length_is_said_only_where_it_tells_cramps_from_other_runs() -> None:
    """When most runs are that long anyway, "all in runs longer than …" would mislead."""
    runs = history(*MARATHONS, easy_m=45_000.0)
    assert "longer_than" not in {repeat.what for repeat in diary(runs).repeats}


def test_lengths_are_cut_at_whole_miles_too() -> None:
    """26.2 miles is longer than 26, 42.2 km is longer than 42."""
    found = {one.what: one for one in diary(history(*MARATHONS), unit_m=MILE_M).repeats}
    assert found["longer_than"].values["longer_than"] == 26
    exact = diary(history(*[(42.0, 32.0)] * 3)).repeats
    assert {one.what: one for one in exact}["longer_than"].values["longer_than"] == 41


OFTEN_YES: tuple[Said | None, ...] = (None, "yes", "yes", "yes", "no", "dont_remember")


@st.composite
def diary_runs(draw: st.DrawFn) -> list[DiaryRun]:
    """Any history, with much that is not known."""
    maybe = st.one_of
    runs = []
    for number in range(draw(st.integers(0, 14))):
        distance_m = draw(maybe(st.none(), st.floats(500, 60_000)))
        said = draw(st.sampled_from(OFTEN_YES))
        km = draw(maybe(st.none(), st.floats(0.1, 60)))
        share = min(1.0, 1000 * km / distance_m) if km and distance_m else None
        day = draw(maybe(st.none(), st.integers(0, 60)))
        runs.append(
            DiaryRun(
                activity_id=number,
                start_utc=None if day is None else FIRST_DAY + timedelta(days=day),
                distance_m=distance_m,
                moving_s=draw(maybe(st.none(), st.floats(60, 20_000))),
                said=said,
                place=Place(km=km, share=share) if said == "yes" else None,
                muscles=tuple(draw(st.sets(st.sampled_from(("calf", "foot", "glute"))))),
            )
        )
    return runs


def longest_before(runs: list[DiaryRun], run: DiaryRun) -> float | None:
    """The same as the diary means it, looked up the slow way."""
    if run.start_utc is None:
        return None
    found = []
    for other in runs:
        if other.start_utc is None or other.distance_m is None:
            continue
        since = run.start_utc - other.start_utc
        over = other.start_utc + timedelta(seconds=other.moving_s or 0)
        if timedelta(0) < since <= timedelta(days=30) and over <= run.start_utc:
            found.append(other.distance_m)
    return max(found) if len(found) >= 3 else None


def counted(runs: list[DiaryRun], what: str, values: Any, muscle: str | None) -> tuple[int, int]:
    """Of how many cramps it is true, and of how many it is known, counted the slow way."""
    true, known = 0, 0
    for run in (run for run in runs if run.said == "yes" and run.place is not None):
        assert run.place is not None
        km, longest = run.place.km, longest_before(runs, run)
        is_so = {
            "beyond_longest": None if km is None or longest is None else 1000 * km > longest,
            "late": None if run.place.share is None else run.place.share >= 0.75,
            "longer_than": None
            if run.distance_m is None
            else run.distance_m > 1000 * values.get("longer_than", math.inf),
            "same_place": None
            if km is None
            else values.get("low_km", 0) <= km <= values.get("high_km", 0),
            "same_muscle": muscle in run.muscles if run.muscles else None,
        }[what]
        known += is_so is not None
        true += bool(is_so)
    return true, known


@given(diary_runs())
def test_every_count_is_right_and_none_is_said_of_few(runs: list[DiaryRun]) -> None:
    """Counted again the slow way; at least three, and most of those of which it is known."""
    found = diary(runs)
    for repeat in found.repeats:
        assert (repeat.count, repeat.of) == counted(runs, repeat.what, repeat.values, repeat.muscle)
        assert repeat.count >= 3
        assert 2 * repeat.count > repeat.of
        assert repeat.of + repeat.n_unknown == len(found.cramped)
    if len(found.cramped) < 3:
        assert found.repeats == ()
    for repeat in (one for one in found.repeats if one.what == "longer_than"):
        lengths = [run.distance_m for run in runs if run.distance_m is not None]
        longer = sum(length > 1000 * repeat.values["longer_than"] for length in lengths)
        assert repeat.values["n_that_long"] == longer < len(lengths) / 2


@given(diary_runs())
def test_what_nobody_remembers_counts_for_nothing(runs: list[DiaryRun]) -> None:
    """The same repeats as if those runs had never been asked about."""
    unasked = [
        DiaryRun(
            activity_id=run.activity_id,
            start_utc=run.start_utc,
            distance_m=run.distance_m,
            moving_s=run.moving_s,
        )
        if run.said == "dont_remember"
        else run
        for run in runs
    ]
    assert diary(unasked).repeats == diary(runs).repeats


@given(diary_runs(), st.randoms())
def test_the_order_of_the_files_changes_nothing(runs: list[DiaryRun], random: Any) -> None:
    """Neither questions nor repeats, but for muscles that cramped equally often."""
    shuffled = list(runs)
    random.shuffle(shuffled)
    assert diary(shuffled) == diary(runs)


# ---------------------------------------------------------------- kept and taken back


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months of made-up runs; three stopped near 10 km, one walked from 5."""
    return write_history(tmp_path_factory.mktemp("history"))


@pytest.fixture
def context(tmp_path: Path, files: Path) -> Iterator[Context]:
    """The history, imported."""
    with Context(data_dir=tmp_path / "data", now=NOW) as opened:
        import_paths(opened, [files])
        yield opened


def ids(context: Context) -> tuple[list[list[int]], list[int]]:
    """Ids of the groups and of the single runs that are asked about."""
    found = proposals(context).diary
    return (
        [[run.activity_id for run in group.runs] for group in found.groups],
        [run.activity_id for run in found.scattered],
    )


def test_an_import_leads_to_its_question(context: Context) -> None:
    """One true sentence, and the next step."""
    assert ids(context) == ([[5, 10, 15]], [3])
    first, more, after = diary_lines(proposals(context), runner="me", units="metric")
    assert first == (
        "3 of your 15 runs stopped or slowed to a walk between 10 and 11 km. Was it a cramp?"
    )
    assert more == "More to ask about, elsewhere: 1."
    assert after.startswith("Next: uncramp diary --interactive")


def test_bulk_answers_and_their_undo(context: Context) -> None:
    """A group at once, the rest at once; taken back, it is asked again."""
    page = proposals(context)
    answer(context, page, answers_from_text(page, ["5,10, 15=yes"]))
    assert ids(context) == ([], [3])
    page = proposals(context)
    assert [run.place.km for run in page.diary.cramped if run.place] == pytest.approx(
        [10.2, 10.4, 10.6], abs=0.1
    )
    answer(context, page, answers_from_text(page, ["all=no"]))
    assert ids(context) == ([], [])
    assert proposals(context).diary.n_without == 1
    assert forget(context, ["10", "2025-05-29"]) == [10, 15]
    assert ids(context) == ([[10, 15]], [])
    assert forget(context, ["10"]) == [10]


def test_dont_remember_is_kept_and_counts_for_nothing(context: Context) -> None:
    """Not asked again, no cramp, no run without one."""
    page = proposals(context)
    answer(context, page, answers_from_text(page, ["all=dont_remember"]))
    found = proposals(context).diary
    assert (found.n_open, found.cramped, found.n_without, found.n_forgotten) == (0, (), 0, 4)


@pytest.mark.parametrize(
    "given_text", ["99999999999999999999=yes", "5", "5=maybe", "five=yes", "=yes", "5;10=no"]
)
def test_an_answer_that_is_none_is_refused(context: Context, given_text: str) -> None:
    """With words, and nothing is kept."""
    with pytest.raises(InputError, match="bad_diary_answer"):
        answers_from_text(proposals(context), [given_text])


def test_an_unknown_run_keeps_nothing_of_the_others(context: Context) -> None:
    """Checked before anything is written."""
    with pytest.raises(NotFoundError, match="unknown_run"):
        answer(context, proposals(context), {5: "yes", 99: "yes"})
    assert proposals(context).marks == {}


def test_a_mark_says_where_and_which_muscle(context: Context) -> None:
    """Of kilometre and minute the file tells the other; more can be told later."""
    mark = mark_run(context, "7", km=6.0)
    assert mark.minute == pytest.approx(6000 / 3 / 60, abs=0.2)
    assert mark_run(context, "7", minute=20.0).km == pytest.approx(3.6, abs=0.05)
    later = mark_run(context, "7", muscles=["calf", "hamstring,foot"])
    assert later.km == pytest.approx(3.6, abs=0.05)
    assert later.muscles == ("calf", "hamstring", "foot")
    assert mark_run(context, "7", km=5.0).muscles == later.muscles
    assert proposals(context).marks[7] == mark_run(context, "7")


def test_a_mark_without_a_place_takes_the_one_the_file_shows(context: Context) -> None:
    """And none when it shows none."""
    assert mark_run(context, "last").km == pytest.approx(10.6, abs=0.1)
    unplaced = mark_run(context, "1")
    assert (unplaced.km, unplaced.minute) == (None, None)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"km": 20.0}, "bad_number"),
        ({"km": -1.0}, "bad_number"),
        ({"minute": 500.0}, "bad_number"),
        ({"muscles": ["tail"]}, "unknown_option"),
    ],
)
def test_a_mark_outside_the_run_is_refused(
    context: Context, told: dict[str, Any], code: str
) -> None:
    """A cramp comes during the run, in a muscle."""
    with pytest.raises(InputError, match=code):
        mark_run(context, "7", **told)
    assert proposals(context).marks == {}


def test_an_answer_keeps_the_place_of_a_mark(context: Context) -> None:
    """Yes twice is still where the runner said; no takes the place away."""
    mark_run(context, "5", km=9.0, muscles=["calf"])
    answer(context, proposals(context), {5: "yes"})
    kept = proposals(context).marks[5]
    assert (kept.km, kept.muscles) == (9.0, ("calf",))
    answer(context, proposals(context), {5: "no"})
    dropped = proposals(context).marks[5]
    assert (dropped.km, dropped.minute, dropped.muscles) == (None, None, ())


def test_a_mark_answers_the_interview(context: Context) -> None:
    """So that `why` asks nothing twice; what nobody remembers answers nothing."""
    assert mark_answers(mark_run(context, "5", km=9.0, muscles=["calf"])) == {
        "onset_km": 9.0,
        "muscles": ("calf",),
    }
    answer(context, proposals(context), {5: "no", 10: "dont_remember"})
    marks = proposals(context).marks
    assert mark_answers(marks[5]) == {"onset_confirm": "no"}
    assert mark_answers(marks[10]) == mark_answers(None) == {}


def test_why_knows_what_the_diary_was_told(context: Context) -> None:
    """A mark places the cramp as if it had been answered; "no cramp" confirms nothing."""
    mark_run(context, "7", km=6.0, muscles=["calf"])
    told = why_run(context, reference="7", case=Case())
    assert (told.answers["onset_km"], told.answers["muscles"]) == (6.0, ("calf",))
    assert told.timeline is not None
    assert told.timeline.onset is not None
    assert (told.timeline.onset.km, told.timeline.onset.sign) == (6.0, "answered")
    answer(context, proposals(context), {5: "yes", 10: "no"})
    for reference, proposed in (("5", False), ("10", True)):
        timeline = why_run(context, reference=reference, case=Case()).timeline
        assert timeline is not None
        assert timeline.onset is not None
        assert timeline.onset.proposed is proposed
    denied = why_run(context, reference="10", case=Case())
    assert denied.answers["onset_confirm"] == "no"
    assert "run.onset_km" not in denied.explanation.run_facts.facts
    over = why_run(context, reference="7", case=Case(answers={"onset_km": 2.0}))
    assert over.answers["onset_km"] == 2.0


def test_the_diary_knows_what_why_was_told(context: Context) -> None:
    """A confirmed stop is not asked about again; a denied one is, for it may be no cramp at all."""
    for reference, answers in (
        ("5", {"onset_confirm": "yes"}),
        ("7", {"onset_km": 6.0}),
        ("10", {"onset_confirm": "no"}),
        ("15", {"onset_km": "dont_remember"}),
    ):
        told = why_run(context, reference=reference, case=Case(answers=answers))
        record(context, told, data={}, text="")
    page = proposals(context)
    assert [run.activity_id for run in page.diary.cramped] == [5, 7]
    assert page.marks[7].km == 6.0
    assert ids(context) == ([[10, 15]], [3])


def test_excluded_runs_are_neither_asked_about_nor_counted(context: Context) -> None:
    """As if they were not there, until they are put back."""
    runner = context.stored_runner()
    context.store.set_excluded(runner, 10, excluded=True)
    assert ids(context) == ([[5, 15]], [3])
    assert proposals(context).diary.n_runs == 14
    context.store.set_excluded(runner, 10, excluded=False)
    assert ids(context) == ([[5, 10, 15]], [3])


def test_reading_the_diary_again_computes_nothing(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proposals are kept with the run; nobody waits for them twice."""
    before = proposals(context)

    def never(*_: object, **__: object) -> None:
        pytest.fail("an activity was read")

    monkeypatch.setattr(type(context.store), "activity", never)
    assert proposals(context) == before


# ---------------------------------------------------------------- said and shown


def test_repeats_are_said_with_their_counts(context: Context) -> None:
    """Three cramps, three true sentences, no cause."""
    page = proposals(context)
    answer(context, page, answers_from_text(page, ["5,10,15=yes", "3=no"]))
    page = proposals(context)
    lines = list(diary_page_lines(page, runner="ann", units="metric"))
    assert "- All 3 came in runs longer than 13 km. You ran that far 3 times." in lines
    assert "- All 3 came between 10 and 11 km." in lines
    assert "These are counts, not causes." in lines
    assert lines[-1] == "Next: uncramp why 15 --runner ann"
    assert max(len(line) for line in lines if line.startswith("  ✕")) <= 80
    first, *_ = diary_lines(page, runner="me", units="metric")
    assert first.startswith("Cramps noted: 3.")


def test_without_runs_nothing_is_said_and_without_stops_that(tmp_path: Path, files: Path) -> None:
    """No runs, no sentence; even runs, one true sentence."""
    with Context(data_dir=tmp_path, now=NOW) as context:
        context.store.add_runner("me", at=NOW)
        assert list(diary_lines(proposals(context), runner="me", units="metric")) == []
        import_paths(context, [files / "run01.fit"])
        page = proposals(context)
        first, _ = diary_lines(page, runner="me", units="metric")
        assert first == "Runs looked at: 1. None has a sudden stop that looks like a cramp."
        assert first in list(diary_page_lines(page, runner="me", units="metric"))


@pytest.mark.parametrize(
    ("name", "words"), [("run05", "sudden stop at 10"), ("run03", "to a walk at 5")]
)
def test_a_single_run_is_named(tmp_path: Path, files: Path, name: str, words: str) -> None:
    """By its day and its place."""
    with Context(data_dir=tmp_path, now=NOW) as context:
        import_paths(context, [files / f"{name}.fit"])
        first, _ = diary_lines(proposals(context), runner="me", units="metric")
        assert words in first
        assert "2025-03-" in first


@given(st.floats(0, 200), st.floats(0, 200), st.sampled_from(("metric", "imperial")))
def test_a_span_holds_its_places(one: float, other: float, units: Any) -> None:
    """The whole numbers said are never inside the places they are said of."""
    low, high = sorted((one, other))
    said = [int(word) for word in span(low, high, units=units).split() if word.isdigit()]
    unit = 1.609344 if units == "imperial" else 1.0
    assert said[0] * unit <= low + 1e-9
    assert said[-1] * unit >= high - 1e-9


def test_the_data_says_what_the_lines_say(context: Context) -> None:
    """Groups, places and signs for scripts."""
    data = plain(diary_data(proposals(context), units="metric"))
    assert [one["id"] for one in data["groups"][0]["runs"]] == [5, 10, 15]
    assert {one["sign"] for one in data["groups"][0]["runs"]} == {"stop"}
    assert data["scattered"][0]["sign"] == "collapse"
    assert data["n_open"] == 4


# ---------------------------------------------------------------- the command


@pytest.fixture
def imported(data_dir: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The history in the data folder of the command line."""
    assert main(["import", str(files)]) == 0
    capsys.readouterr()
    return data_dir


def diary_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The data of one call."""
    assert main(["diary", *arguments, "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)
    assert answered["schema"] == "uncramp.diary/1"
    return answered["data"]


def typed(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    """What the runner will type, a key a line; then the input ends."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{key}\n" for key in keys)))


@pytest.mark.parametrize(
    ("keys", "cramps", "n_without", "n_forgotten", "n_open"),
    [
        ("yn", [5, 10, 15], 1, 0, 0),
        ("Y", [3, 5, 10, 15], 0, 0, 0),
        ("oyndy", [3, 5], 1, 1, 0),
        ("oyN", [5], 3, 0, 0),
        ("sd", [], 0, 1, 3),
        ("ybnd", [], 3, 1, 0),
        ("y?xn", [5, 10, 15], 1, 0, 0),
        ("bq", [], 0, 0, 4),
        ("", [], 0, 0, 4),
    ],
)
def test_one_key_each(
    imported: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    keys: str,
    cramps: list[int],
    n_without: int,
    n_forgotten: int,
    n_open: int,
) -> None:
    """Groups at once or one by one, the same for all that are left, back, skip, stop."""
    typed(monkeypatch, keys)
    data = diary_json(capsys, "--interactive")
    assert [one["id"] for one in data["cramps"]] == cramps
    assert (data["n_without"], data["n_forgotten"], data["n_open"]) == (
        n_without,
        n_forgotten,
        n_open,
    )


def test_answers_and_marks_by_option(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For those who would rather type, and for scripts."""
    data = diary_json(capsys, "--mark", "7", "--km", "6", "--muscle", "calf", "--answer", "5=yes")
    assert [(one["id"], one["muscles"]) for one in data["cramps"]] == [(5, []), (7, ["calf"])]
    data = diary_json(capsys, "--undo", "7", "--answer", "all=no")
    assert [one["id"] for one in data["cramps"]] == [5]
    assert main(["diary", "--km", "3"]) == 2
    assert "--mark" in capsys.readouterr().err
    assert main(["diary"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
