"""`research` in words and numbers: what a simulation comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import text

if TYPE_CHECKING:
    from uncramp.simulation.run import Moment, Outcome

__all__ = ["simulated_data", "simulated_lines"]


def simulated_data(outcome: Outcome) -> dict[str, Any]:
    """The data of the `research.simulate` envelope."""
    return {
        "end": moment_data(outcome.end),
        "timeline": [moment_data(moment) for moment in outcome.timeline],
        "probability": dict(outcome.probability),
        "doubtful": list(outcome.doubtful),
    }


def moment_data(moment: Moment) -> dict[str, Any]:
    """One minute: every quantity with its band."""
    bands = {
        name: {"p5": one.p5, "p50": one.p50, "p95": one.p95, "mean": one.mean, "sd": one.sd}
        for name, one in moment.bands.items()
    }
    return {"minute": moment.minute, **bands}


def simulated_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """The end of the scenario as a table, and the shares of the draws."""
    yield text("research.after", minutes=data["end"]["minute"])
    yield f"  {'':<28}{'p5':>10}{'p50':>10}{'p95':>10}"
    for name, one in data["end"].items():
        if name != "minute":
            yield f"  {name:<28}{one['p5']:>10.2f}{one['p50']:>10.2f}{one['p95']:>10.2f}"
    yield ""
    yield text("research.shares")
    for name, share in data["probability"].items():
        yield f"  {name:<28}{share:>10.3f}"
    yield from (text(f"research.doubtful.{name}") for name in data["doubtful"])
    yield text("research.not_for_runners")
