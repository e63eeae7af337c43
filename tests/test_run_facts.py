"""Facts of a run as it was told: what follows, and what stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.run_facts import RunSummary, facts_from_summary, with_onset

positive = st.none() | st.floats(1.0, 500_000.0)


def test_nothing_told_is_nothing_known() -> None:
    """Missing is absent, never 0."""
    told = facts_from_summary(RunSummary())
    assert told.facts == {}
    assert told.assumed == ()
    assert told.outside_validity == ()


def test_a_marathon_that_cramped_at_32_km() -> None:
    """Share of the distance, and how far past the longest run of the month before."""
    run = RunSummary(
        distance_m=42_195.0, duration_s=13_500.0, onset_km=32.0, longest_30_days_m=26_000.0
    )
    facts = facts_from_summary(run).facts
    assert facts["run.distance_km"] == pytest.approx(42.195)
    assert facts["run.duration_min"] == pytest.approx(225.0)
    assert facts["run.onset_share"] == pytest.approx(32.0 / 42.195)
    assert facts["run.past_longest_pct"] == pytest.approx(100 * (32 / 26 - 1))
    assert facts["run.cramp_min"] == pytest.approx(225.0)


def test_a_minute_is_not_turned_into_a_kilometre() -> None:
    """Runners slow down, so without streams one is not guessed from the other."""
    run = RunSummary(
        distance_m=42_195.0, duration_s=13_500.0, onset_min=170.0, longest_30_days_m=26_000.0
    )
    facts = facts_from_summary(run).facts
    assert facts["run.onset_share"] == pytest.approx(170.0 / 225.0)
    assert facts["run.cramp_min"] == pytest.approx(170.0)
    assert "run.onset_km" not in facts
    assert "run.past_longest_pct" not in facts


def test_heat_needs_temperature_and_humidity() -> None:
    """Half of the weather gives no heat index; what else is needed is assumed aloud."""
    half = facts_from_summary(RunSummary(temp_air_c=30.0))
    assert "run.wbgt_c" not in half.facts
    assert half.assumed == ()
    whole = facts_from_summary(RunSummary(temp_air_c=28.0, relative_humidity_pct=50.0))
    assert whole.facts["run.wbgt_c"] == pytest.approx(27.2, abs=0.05)
    assert whole.assumed == ("sun_and_wind",)


def test_weather_outside_the_model_is_said() -> None:
    """The number is still given; that it is extrapolated is never silent."""
    cold = facts_from_summary(RunSummary(temp_air_c=-20.0, relative_humidity_pct=50.0))
    assert cold.outside_validity == ("wbgt_approximation_abm: temp_air_c",)
    assert "run.wbgt_c" in cold.facts


@given(distance_m=positive, duration_s=positive, onset_km=st.none() | st.floats(0.0, 600.0))
def test_a_share_is_a_share(
    distance_m: float | None, duration_s: float | None, onset_km: float | None
) -> None:
    """Between nothing and the whole, whatever is told."""
    run = RunSummary(distance_m=distance_m, duration_s=duration_s, onset_km=onset_km)
    share = facts_from_summary(run).facts.get("run.onset_share")
    assert share is None or 0.0 <= share <= 1.0
    assert (share is None) == (distance_m is None or onset_km is None)


@given(onset_km=st.floats(0.1, 100.0), further_km=st.floats(0.1, 50.0))
def test_a_later_cramp_is_further_past_training(onset_km: float, further_km: float) -> None:
    """The same training, a later cramp: a larger excess, never a smaller one."""
    early = with_onset({}, onset_km=onset_km, longest_30_days_km=20.0)
    late = with_onset({}, onset_km=onset_km + further_km, longest_30_days_km=20.0)
    assert late["run.past_longest_pct"] > early["run.past_longest_pct"]
