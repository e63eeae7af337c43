"""The committed numbers of the sampler are what NumPyro gives for the model as it is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from test_sweat_profile import NUTS
from uncramp.evidence import value

pytestmark = pytest.mark.deep


def sampled(case: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation from two chains of NUTS.

    Nothing is linear here: the least efficiency is even, the scale errs in litres, every day has
    its own factor.
    """
    numpyro = pytest.importorskip("numpyro", reason="NEEDS-ORACLE: numpyro is not installed")
    import jax
    from jax import numpy as jnp
    from numpyro import distributions as dist
    from numpyro.infer import MCMC
    from numpyro.infer import NUTS as SAMPLER

    jax.config.update("jax_enable_x64", True)
    least = value("sweat.least_efficiency")
    middle = (1.0 + least) / 2.0
    table = np.array(case["tests"], dtype=np.float64)
    forecast, slope, rate, error = table.T
    heat = np.log(forecast / value("sweat.pivot_rate_l_per_h"))

    def model() -> None:
        multiplier = numpyro.sample("k", dist.Normal(0.0, value("sweat.multiplier_log_sd")))
        drip = numpyro.sample("r", dist.Uniform(least, 1.0)) - middle
        answer = numpyro.sample("a", dist.Normal(0.0, value("sweat.heat_answer_sd")))
        spread = numpyro.sample(
            "s",
            dist.LogNormal(jnp.log(value("sweat.day_log_sd")), value("sweat.day_log_sd_spread")),
        )
        with numpyro.plate("tests", len(table)):
            day = numpyro.sample("z", dist.Normal(0.0, 1.0))
            lost = forecast * jnp.exp(multiplier + slope * drip + answer * heat + spread * day)
            numpyro.sample("y", dist.Normal(lost, error), obs=rate)

    chains = MCMC(
        SAMPLER(model, target_accept_prob=0.95), num_warmup=2000, num_samples=20000, num_chains=2,
        chain_method="sequential", progress_bar=False,
    )  # fmt: skip
    chains.run(jax.random.PRNGKey(1))
    draws = {name: np.asarray(one) for name, one in chains.get_samples().items()}
    hot_rate, hot_slope = NUTS["hot"]
    hot = (
        np.log(hot_rate) + draws["k"] + hot_slope * (draws["r"] - middle)
        + draws["a"] * np.log(hot_rate / value("sweat.pivot_rate_l_per_h"))
    )  # fmt: skip
    return {
        "log_multiplier": (float(draws["k"].mean()), float(draws["k"].std())),
        "log_rate_hot": (float(hot.mean()), float(hot.std())),
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", NUTS["case"], ids=lambda one: str(one["name"]))
def test_the_committed_numbers_are_the_samplers(case: Mapping[str, Any]) -> None:
    """Within what 40,000 draws are unsure of."""
    for name, (mean, sd) in sampled(case).items():
        assert mean == pytest.approx(case[name][0], abs=0.02 * sd), name
        assert sd == pytest.approx(case[name][1], rel=0.02), name
