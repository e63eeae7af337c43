"""`research` in words and numbers: what a simulation comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from uncramp.wording.catalogue import text

if TYPE_CHECKING:
    from uncramp.actions.validating import Validation
    from uncramp.simulation.run import Moment, Outcome

__all__ = ["simulated_data", "simulated_lines", "validated_data", "validated_lines"]


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


def validated_data(validation: Validation) -> dict[str, Any]:
    """The data of the `research.validate` envelope."""
    coverage = validation.coverage
    return {
        "cases": [
            {
                "id": one.case.id,
                "what": one.case.what,
                "source": one.case.citation.key,
                "at": one.case.citation.at,
                "kind": one.case.kind,
                "topic": one.case.topic,
                "inputs": one.case.inputs,
                "unit": one.case.unit,
                "published": one.case.published,
                "ours": one.ours.number,
                "band": None if one.ours.p5 is None else [one.ours.p5, one.ours.p95],
                "tolerance": one.case.tolerance,
                "assumed": one.case.assumed,
                "known_gap": one.case.known_gap,
                "verdict": verdict(passed=one.passed),
            }
            for one in validation.cases
        ],
        "coverage": {
            "share": coverage.share,
            "low": coverage.low,
            "high": coverage.high,
            "cases": list(coverage.cases),
            "verdict": verdict(passed=coverage.passed),
        },
    }


def verdict(*, passed: bool) -> str:
    """`pass` or `fail`."""
    return "pass" if passed else "fail"


def validated_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Every case in a line, what is red with its reason, and the coverage."""
    for one in data["cases"]:
        mark = "ok  " if one["verdict"] == "pass" else "FAIL"
        yield (
            f"{mark} {one['id']:<13}{one['published']:>9.2f}{one['ours']:>10.2f}"
            f"  {one['unit']:<11}{one['kind']}"
        )
    red = [one for one in data["cases"] if one["verdict"] == "fail"]
    yield ""
    yield text("research.validated", good=len(data["cases"]) - len(red), all=len(data["cases"]))
    for one in red:
        yield f"  {one['id']}: {one['what']}"
        yield f"    {one['known_gap']}"
    coverage = data["coverage"]
    yield text(
        f"research.coverage.{coverage['verdict']}",
        share=f"{100 * coverage['share']:.0f}", low=f"{100 * coverage['low']:.0f}",
        high=f"{100 * coverage['high']:.0f}",
    )  # fmt: skip
    yield text("research.equations_are_easy")
