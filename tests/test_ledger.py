"""How well predictions held: bands of any share, outcomes against them, and when they are wrong."""

from __future__ import annotations

import random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.ledger import Check, Trust, band_for, calibration, check, narrow_share
from uncramp.vocabulary import Interval

SAID = Interval(low=90.0, median=100.0, high=130.0, level=0.9)


def outcomes(n: int, *, spread: float, seed: int = 1) -> list[Check]:
    """Outcomes of a normal curve against a band of nine in ten that is right when spread is 1."""
    chance = random.Random(seed)  # noqa: S311  (made-up outcomes)
    reach = NormalDist().inv_cdf(0.95)
    said = Interval(low=-reach, median=0.0, high=reach, level=0.9)
    return [check("x", "s", said, chance.gauss(0.0, spread)) for _ in range(n)]


def test_the_band_as_it_was_said_is_the_wide_one() -> None:
    """Its very edges are inside, what lies past them is not."""
    assert band_for(SAID, 0.9) == SAID
    assert check("x", "s", SAID, 90.0).inside_90
    assert check("x", "s", SAID, 130.0).inside_90
    assert not check("x", "s", SAID, 130.01).inside_90
    assert not check("x", "s", SAID, 89.99).inside_90


def test_the_narrow_band_keeps_the_sides_apart() -> None:
    """0.41 times as wide on either side: the quantiles of a normal curve."""
    narrow = band_for(SAID, 0.5)
    factor = NormalDist().inv_cdf(0.75) / NormalDist().inv_cdf(0.95)
    assert narrow_share() == pytest.approx(factor) == pytest.approx(0.41, abs=0.001)
    assert narrow.low == pytest.approx(100 - 10 * factor)
    assert narrow.high == pytest.approx(100 + 30 * factor)


def test_a_place_is_told_on_the_scale_of_its_own_side() -> None:
    """1 at the high edge, -1 at the low one, whatever the sides are."""
    places = [check("x", "s", SAID, one).place for one in (90.0, 100.0, 115.0, 130.0, 160.0)]
    assert places == pytest.approx([-1.0, 0.0, 0.5, 1.0, 2.0])


@given(
    low=st.floats(0.1, 50), high=st.floats(0.1, 50), share=st.floats(0.05, 0.95),
    more=st.floats(0.01, 0.04),
)  # fmt: skip
def test_a_band_for_more_outcomes_holds_the_other(
    low: float, high: float, share: float, more: float
) -> None:
    """Bands are nested, about the same middle."""
    said = Interval(low=-low, median=0.0, high=high, level=0.9)
    inner, outer = band_for(said, share), band_for(said, share + more)
    assert outer.low < inner.low < 0.0 < inner.high < outer.high


def test_right_bands_hold_what_they_promise() -> None:
    """Over many outcomes: half, and nine in ten; and nothing is called wrong."""
    found = calibration(outcomes(4000, spread=1.0))
    assert found.n == 4000
    assert found.inside_50_pct == pytest.approx(50, abs=2.5)
    assert found.inside_90_pct == pytest.approx(90, abs=1.5)
    assert found.trust is Trust.AS_SAID


def test_wrong_bands_are_found_out() -> None:
    """Twice too narrow, or twice too wide."""
    assert calibration(outcomes(60, spread=2.0)).trust is Trust.TOO_SURE
    assert calibration(outcomes(60, spread=0.3)).trust is Trust.TOO_UNSURE


def test_right_bands_are_seldom_called_wrong() -> None:
    """At most 5 of 100 ledgers of twelve outcomes; the promise of the parameter and a little."""
    called = [calibration(outcomes(12, spread=1.0, seed=seed)).trust for seed in range(400)]
    wrong = sum(one is not Trust.AS_SAID for one in called)
    assert wrong <= 0.08 * len(called)


def test_nothing_is_said_of_few() -> None:
    """No share without an outcome, and no verdict below eight."""
    nothing = calibration([])
    assert (nothing.n, nothing.inside_50_pct, nothing.inside_90_pct) == (0, None, None)
    assert calibration(outcomes(7, spread=9.0)).trust is Trust.TOO_FEW
    assert calibration(outcomes(8, spread=9.0)).trust is Trust.TOO_SURE


def test_what_does_not_count_is_left_out() -> None:
    """An outcome that nobody had predicted beforehand changes no share."""
    good = outcomes(5, spread=0.01)
    loose = check("x", "s", SAID, 500.0, counts=False)
    assert calibration([*good, loose]).n == 5
    assert calibration([*good, loose]).inside_90_pct == 100.0
