"""The balance of evidence between the two kinds, and what is no cramp at all."""

from __future__ import annotations

import math
from typing import Any, Final

import pytest

from uncramp.cramps import kind_of, not_a_cramp, weigh
from uncramp.evidence import parameter, rules_file, value
from uncramp.vocabulary import Kind

TOWARDS: Final = {
    "one_muscle": "overload",
    "neighbours": "overload",
    "jumping": "electrolyte",
    "locked_at_once": "overload",
    "twitches_first": "electrolyte",
    "stretch_stayed": "overload",
    "stretch_returned": "electrolyte",
    "salt_slow": "electrolyte",
    "salty_mouthful": "neither",
    "beyond_trained_told": "overload",
    "past_longest_run": "overload",
    "first_part_fast": "overload",
    "descent_beyond": "overload",
    "easy_told": "electrolyte",
    "within_trained": "electrolyte",
    "plain_water_heavy_sweat": "electrolyte",
    "hot": "electrolyte",
    "hot_new_or_repeated": "electrolyte",
    "cool_short": "overload",
    "salt_marks": "electrolyte",
    "salt_loss_small": "overload",
    "salt_loss_large": "electrolyte",
    "salt_loss_very_large": "electrolyte",
    "own_load": "overload",
    "own_salt": "electrolyte",
    "late_in_run": "neither",
    "cramped_before": "neither",
    "age_over_40": "neither",
    "slowdown": "neither",
}
"""Direction of every finding, from the notes on cramps, sections 1 and 1.2."""

SINGLE: Final[dict[str, dict[str, Any]]] = {
    "one_muscle": {"spread": "one_muscle"},
    "neighbours": {"spread": "neighbours"},
    "jumping": {"spread": "jumping"},
    "locked_at_once": {"warning": "at_once"},
    "twitches_first": {"warning": "twitches"},
    "stretch_stayed": {"relief": "stretch_stayed"},
    "stretch_returned": {"relief": "stretch_returned"},
    "salt_slow": {"relief": "salt_slow"},
    "salty_mouthful": {"relief": "salty_mouthful"},
    "beyond_trained_told": {"load": ("longer",)},
    "past_longest_run": {"run.past_longest_pct": 10.0},
    "first_part_fast": {"run.first_part_faster_pct": 8.0},
    "descent_beyond": {"run.descent_beyond_pct": 50.0},
    "easy_told": {"load": ("easy",)},
    "within_trained": {"run.past_longest_pct": -31.0, "run.first_part_faster_pct": -1.0},
    "plain_water_heavy_sweat": {
        "drinking": "plain_water", "sweat": "heavy", "run.duration_min": 120.0
    },
    "hot": {"heat": "hot"},
    "hot_new_or_repeated": {"heat": "hot_repeated"},
    "cool_short": {"heat": "cool", "run.cramp_min": 59.0},
    "salt_marks": {"salt_marks": "yes"},
    "salt_loss_small": {"run.salt_loss_ratio": 0.69, "run.cramp_min": 60.0},
    "salt_loss_large": {"run.salt_loss_ratio": 1.6},
    "salt_loss_very_large": {"run.salt_loss_ratio": 3.0},
    "own_load": {"run.own_load": 0.95},
    "own_salt": {"run.own_salt": 0.95},
    "late_in_run": {"run.onset_share": 0.75},
    "cramped_before": {"cramped_before": "other_muscles"},
    "age_over_40": {"runner.age_y": 40.0},
    "slowdown": {"run.slowdown_pct": 15.0},
}  # fmt: skip
"""The smallest case with each finding, at its threshold."""

BELOW: Final[dict[str, dict[str, Any]]] = {
    "past_longest_run": {"run.past_longest_pct": 9.9},
    "first_part_fast": {"run.first_part_faster_pct": 7.9},
    "descent_beyond": {"run.descent_beyond_pct": 49.9},
    "within_trained": {"run.past_longest_pct": -30.0, "run.first_part_faster_pct": -1.0},
    "plain_water_heavy_sweat": {
        "drinking": "plain_water", "sweat": "heavy", "run.duration_min": 119.0
    },
    "cool_short": {"heat": "cool", "run.cramp_min": 60.0},
    "hot": {"run.wbgt_c": 27.9},
    "salt_loss_small": {"run.salt_loss_ratio": 0.7, "run.cramp_min": 60.0},
    "salt_loss_large": {"run.salt_loss_ratio": 1.59},
    "salt_loss_very_large": {"run.salt_loss_ratio": 2.99},
    "own_load": {"run.own_load": 0.94},
    "own_salt": {"run.own_salt": 0.94},
    "late_in_run": {"run.onset_share": 0.74},
}  # fmt: skip
"""One step on the other side of each threshold."""

LN: Final = math.log


def test_every_finding_is_tried_here() -> None:
    """The three tables above know every finding of the interview file."""
    findings = {finding["id"] for finding in rules_file("interview")["findings"]}
    assert set(TOWARDS) == set(SINGLE) == findings


@pytest.mark.parametrize(("finding", "case"), SINGLE.items())
def test_one_finding_counts_its_weight(finding: str, case: dict[str, Any]) -> None:
    """Alone it is found, in the published direction, and moves the balance by its log ratio."""
    balance = weigh(case)
    (one,) = balance.contributions
    assert one.finding == finding
    assert one.towards == TOWARDS[finding]
    expected = 0.0 if one.group == "neutral" else LN(value(f"cramps.weight.{finding}"))
    assert one.log_odds == pytest.approx(expected)
    assert balance.log_odds == pytest.approx(LN(value("cramps.prior")) + expected)


@pytest.mark.parametrize(("finding", "case"), BELOW.items())
def test_one_step_short_of_a_threshold_is_no_finding(finding: str, case: dict[str, Any]) -> None:
    """Thresholds are sharp, and on the side the data file says."""
    assert finding not in {one.finding for one in weigh(case).contributions}


@pytest.mark.parametrize("finding", SINGLE)
def test_one_finding_alone_never_names_a_kind(finding: str) -> None:
    """Too thin: nothing is said on one sign."""
    assert weigh(SINGLE[finding]).kind == Kind.UNCLEAR


@pytest.mark.parametrize("finding", TOWARDS)
def test_every_weight_is_owned_as_judgement(finding: str) -> None:
    """Sizes are ours: graded so, with a range from half to double the ratio."""
    weight = parameter(f"cramps.weight.{finding}")
    assert weight.grade == "judgement"
    assert weight.value is not None
    assert weight.low == pytest.approx(weight.value / 2)
    assert weight.high == pytest.approx(weight.value * 2)
    assert "judgement" in {cited.key for cited in weight.citations}


def test_nothing_told_is_the_prior_and_unclear() -> None:
    """Runners start about three to one on the overload side, and that names nothing."""
    balance = weigh({})
    assert balance.kind == Kind.UNCLEAR
    assert math.exp(balance.log_odds) == pytest.approx(1 / 3, abs=0.01)
    assert balance.low == balance.log_odds == balance.high
    assert balance.steady


def test_the_guides_overload_signs_fit_overload() -> None:
    """G9: sudden, one specific muscle, settled by stretching."""
    balance = weigh({"spread": "one_muscle", "warning": "at_once", "relief": "stretch_stayed"})
    assert balance.kind == Kind.OVERLOAD
    assert balance.steady


def test_the_guides_electrolyte_signs_fit_electrolyte() -> None:
    """G25: twitches first, jumping from muscle to muscle, coming and going."""
    balance = weigh({"spread": "jumping", "warning": "twitches", "relief": "stretch_returned"})
    assert balance.kind == Kind.ELECTROLYTE


def test_findings_of_one_group_count_once() -> None:
    """Longer, faster, hillier, and the watch that says so too: one statement about the load."""
    balance = weigh(
        {"load": ("longer", "faster"), "run.past_longest_pct": 40.0, "run.descent_beyond_pct": 80.0}
    )
    counted = [one.log_odds for one in balance.contributions]
    assert len(counted) == 3
    assert sorted(counted) == pytest.approx([LN(0.4), 0.0, 0.0])


def test_the_stronger_of_two_agreeing_findings_counts() -> None:
    """The same muscle each time, told beside neighbouring muscles: the plain sign wins."""
    balance = weigh({"spread": "neighbours", "cramped_before": "same_muscle"})
    assert {one.finding: one.log_odds for one in balance.contributions} == {
        "one_muscle": pytest.approx(LN(0.3)), "neighbours": 0.0
    }  # fmt: skip


def test_opposed_findings_of_one_group_are_both_shown() -> None:
    """It twitched and it locked on a push: both sides stand there, and cancel."""
    balance = weigh({"warning": "on_push", "feel": "flutter"})
    assert {one.finding for one in balance.contributions} == {"locked_at_once", "twitches_first"}
    assert all(one.log_odds for one in balance.contributions)
    assert balance.log_odds == pytest.approx(balance.prior_log_odds)


def test_sweat_drinking_heat_and_marks_share_one_cap() -> None:
    """All four together say no more than a ratio of three, and each says less than alone."""
    balance = weigh(
        {"heat": "hot_new", "salt_marks": "yes", "drinking": "plain_water", "sweat": "heavy",
         "run.duration_min": 200.0}
    )  # fmt: skip
    shares = {one.finding: one.log_odds for one in balance.contributions}
    assert sum(shares.values()) == pytest.approx(LN(3))
    for finding, share in shares.items():
        assert 0 < share < LN(value(f"cramps.weight.{finding}"))


def test_other_cramps_of_the_runner_never_name_a_kind() -> None:
    """They add to what is told of this one; with one sign beside them nothing is named yet."""
    for own, one_sign in (
        ("run.own_load", {"load": ("longer",)}),
        ("run.own_salt", {"heat": "hot"}),
    ):
        assert weigh({own: 1.0, **one_sign}).kind is Kind.UNCLEAR
        assert abs(weigh({own: 1.0}).log_odds - weigh({}).log_odds) < math.log(2)
    salty = {"run.salt_loss_ratio": 3.0, "heat": "hot_new", "salt_marks": "yes"}
    more = weigh({**salty, "run.own_salt": 1.0}).log_odds
    assert more == pytest.approx(weigh(salty).log_odds)


def test_what_the_runner_says_of_the_heat_beats_the_weather_station() -> None:
    """A measured heat counts only when the question was left open."""
    assert not weigh({"heat": "mild", "run.wbgt_c": 31.0}).contributions
    for left_open in ({}, {"heat": "dont_remember"}):
        found = weigh({**left_open, "run.wbgt_c": 31.0}).contributions
        assert [one.finding for one in found] == ["hot"]


def test_a_cold_day_speaks_only_on_a_short_run() -> None:
    """Three hours in a wet winter jacket can empty anybody: cool says nothing then."""
    assert not weigh({"heat": "cool", "run.cramp_min": 170.0}).contributions
    assert not weigh({"heat": "cool"}).contributions


@pytest.mark.parametrize(
    ("sums", "kind"),
    [
        ({}, Kind.UNCLEAR),
        ({"spread": LN(4), "warning": LN(2.5)}, Kind.ELECTROLYTE),
        ({"spread": LN(4), "warning": LN(2.2)}, Kind.UNCLEAR),
        ({"spread": LN(40)}, Kind.UNCLEAR),
        ({"spread": LN(0.3)}, Kind.UNCLEAR),
        ({"spread": LN(0.3), "relief": LN(0.9)}, Kind.OVERLOAD),
        ({"spread": LN(0.8), "relief": LN(0.8)}, Kind.UNCLEAR),
        ({"spread": LN(0.8), "relief": LN(0.62)}, Kind.OVERLOAD),
        ({"spread": LN(0.3), "heat": LN(1.4)}, Kind.UNCLEAR),
        ({"spread": LN(0.3), "relief": LN(2)}, Kind.MIXED),
        ({"spread": LN(0.3), "relief": LN(0.4), "load": LN(2)}, Kind.OVERLOAD),
        ({"spread": LN(4), "load": LN(0.5)}, Kind.MIXED),
        ({"spread": LN(4), "load": LN(0.51)}, Kind.UNCLEAR),
        ({"spread": LN(4), "warning": LN(2.5), "relief": LN(3), "load": LN(0.4)},
         Kind.ELECTROLYTE),
    ],
)  # fmt: skip
def test_the_label_rules(sums: dict[str, float], kind: Kind) -> None:
    """Three quarters of the balance, two groups on that side, a ratio of two; else it abstains."""
    assert kind_of(sums, LN(value("cramps.prior"))) == kind


def test_halved_weights_can_unsettle_a_label() -> None:
    """An answer that needs every weight at full size says that it is not steady."""
    balance = weigh({"spread": "jumping", "warning": "twitches"})
    assert balance.kind == Kind.ELECTROLYTE
    assert not balance.steady
    assert balance.low < balance.log_odds < balance.high


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ({"feel": "stitch"}, "side_stitch"),
        ({"feel": "tingling_hands"}, "hyperventilation"),
        ({"when": "night_only", "feel": "knot"}, "night_cramp"),
        ({"when": "days_later"}, "late_soreness"),
        ({"when": "days_later", "feel": "heavy"}, "late_soreness"),
        ({"feel": "heavy", "when": "during_run"}, "tired_legs"),
        ({"feel": "knot", "when": "during_run"}, None),
        ({"feel": "flutter", "when": "after_run"}, None),
        ({"feel": "dont_remember", "when": "dont_remember"}, None),
        ({}, None),
    ],
)
def test_what_is_no_cramp_is_told_apart(case: dict[str, Any], other: str | None) -> None:
    """Stitch, fast breathing, nights only, late soreness and tired legs; never by silence."""
    found = not_a_cramp(case)
    assert (found and found.id) == other


def test_other_things_come_with_their_own_advice() -> None:
    """Each has a reason and advice with a topic, so that a flag can still block it."""
    for entry in rules_file("interview")["not_a_cramp"]:
        assert len(entry["advice"]) == len(entry["topics"]) >= 2
