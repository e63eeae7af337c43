"""`uncramp research simulate`: one scenario document, simulated; no store is touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from uncramp.errors import InputError
from uncramp.simulation.run import Outcome, outcome_of
from uncramp.simulation.scenario import scenario_from_document

__all__ = ["simulate_text"]


def simulate_text(text: str, *, file_name: str, draws: int | None = None) -> Outcome:
    """The outcome of a scenario in JSON; InputError when it is none, or not a possible one."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputError(
            "bad_scenario", values={"file": file_name, "problem": str(error)}
        ) from None
    if not isinstance(document, Mapping):
        raise InputError("scenario_part_missing", values={"part": "scenario"})
    given: Mapping[str, Any] = document if draws is None else {**document, "draws": draws}
    return outcome_of(scenario_from_document(given))
