"""Published cases: the data, the verdicts, what stays red, and the command."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from uncramp.actions import validating
from uncramp.actions.validating import Checked, Ours, Validation, validate
from uncramp.cli.root import uncramp
from uncramp.evidence import PublishedCase, published_cases

KINDS = {"equation", "measured", "tuned", "self_consistency"}
CASES = published_cases()


@cache
def validation() -> Validation:
    """One run for all tests."""
    return validate()


def checked(case_id: str) -> Checked:
    """How one case came out."""
    return next(one for one in validation().cases if one.case.id == case_id)


def one_case(case: PublishedCase) -> Any:
    """A case, expected red where the data says why; a red one that turns green fails too."""
    marks = [pytest.mark.xfail(reason=case.known_gap, strict=True)] if case.known_gap else []
    return pytest.param(case.id, marks=marks, id=case.id)


@pytest.mark.slow
@pytest.mark.parametrize("case_id", [one_case(case) for case in CASES.values()])
def test_ours_is_what_was_published(case_id: str) -> None:
    """Inside the tolerance that was set before."""
    one = checked(case_id)
    assert one.passed, (one.case.published, one.ours, one.case.tolerance)


@pytest.mark.slow
def test_bands_hold_what_they_say() -> None:
    """80 to 97 of 100 people measured lie inside bands made for 90."""
    assert validation().coverage.passed, validation().coverage


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.id)
def test_a_case_is_complete(case: PublishedCase) -> None:
    """Kind, a way to compute it, one tolerance; what was simulated says what was assumed."""
    assert case.kind in KINDS
    assert case.how in validating.WAYS
    assert set(case.tolerance) in ({"absolute"}, {"share"}, {"band"}, {"low", "high"})
    assert case.topic in {"energy", "fluid", "mass", "sodium", "sweat"}
    assert case.what.endswith(".")
    simulated = "scenario" in case.inputs or "groups" in case.inputs or "scenarios" in case.inputs
    assert bool(case.assumed) or not simulated


def test_every_way_is_taken() -> None:
    """No dead way."""
    assert {case.how for case in CASES.values()} == set(validating.WAYS)


@pytest.mark.parametrize(
    ("tolerance", "ours", "passes"),
    [
        ({"absolute": 0.5}, Ours(10.5), True),
        ({"absolute": 0.5}, Ours(10.6), False),
        ({"share": 0.1}, Ours(9.0), True),
        ({"share": 0.1}, Ours(8.9), False),
        ({"low": 0.0, "high": 9.0}, Ours(9.0), True),
        ({"low": 0.0, "high": 9.0}, Ours(9.1), False),
        ({"band": True}, Ours(3.0, 2.0, 11.0), True),
        ({"band": True}, Ours(10.0, 10.5, 11.0), False),
        ({"band": True}, Ours(10.0), False),
    ],
)
def test_a_verdict_follows_its_tolerance(
    tolerance: dict[str, float], ours: Ours, *, passes: bool
) -> None:
    """Limits count as inside; a band that was never made holds nothing."""
    case = next(iter(CASES.values()))
    fields = {name: getattr(case, name) for name in case.__slots__}
    made = PublishedCase(**{**fields, "published": 10.0, "tolerance": tolerance})
    assert validating._passes(made, ours) is passes


@pytest.mark.slow
def test_the_command_is_red_with_exit_code_3() -> None:
    """One envelope with every case and the coverage; the same numbers twice."""
    result = CliRunner().invoke(uncramp, ["research", "validate", "--json"])
    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert document["schema"] == "uncramp.research.validate/1"
    cases = {one["id"]: one for one in document["data"]["cases"]}
    assert set(cases) == set(CASES)
    fields = {"id", "source", "inputs", "published", "ours", "tolerance", "kind", "verdict"}
    assert all(fields <= one.keys() for one in cases.values())
    assert {one["verdict"] for one in cases.values()} == {"pass", "fail"}
    for case_id, one in cases.items():
        assert one["ours"] == checked(case_id).ours.number
    assert document["data"]["coverage"]["verdict"] == "pass"


@pytest.mark.slow
def test_people_are_told_what_is_red_and_why() -> None:
    """Each red case with its reason."""
    result = CliRunner().invoke(uncramp, ["research", "validate"])
    shown = " ".join(result.stdout.split())
    for case in CASES.values():
        assert case.id in shown
        if case.known_gap:
            assert case.known_gap in shown
