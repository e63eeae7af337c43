"""The one shape of every machine-readable answer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from uncramp.envelope import dump, envelope, error_envelope, plain
from uncramp.vocabulary import Interval, Kind


def test_an_answer_names_its_schema_and_keeps_its_warnings() -> None:
    """Scripts tell answers apart by `schema`, which carries the verb and a version."""
    expected = {"schema": "uncramp.runs/1", "data": {"runs": []}, "warnings": ["one"]}
    assert expected == envelope("runs", {"runs": ()}, ("one",))


def test_an_error_has_code_and_words() -> None:
    """What, why and remedy stand beside the code."""
    found = error_envelope("bad_date", {"what": "a", "why": "b", "remedy": "c"})
    assert found["schema"] == "uncramp.error/1"
    assert found["error"] == {"code": "bad_date", "what": "a", "why": "b", "remedy": "c"}


def test_every_kind_of_value_becomes_plain() -> None:
    """Dataclasses, enums, sets, numpy scalars and arrays end as JSON's own types."""
    document = plain(
        {
            "kind": Kind.OVERLOAD,
            "band": Interval(1.0, 2.0, 3.0, 0.9),
            "codes": frozenset({"b", "a"}),
            "count": np.int32(3),
            "share": np.float32(0.5),
            "values": np.array([1, 2]),
            "day": date(2025, 9, 28),
        }
    )
    expected = {
        "kind": "overload",
        "band": {"low": 1.0, "median": 2.0, "high": 3.0, "level": 0.9},
        "codes": ["a", "b"],
        "count": 3,
        "share": 0.5,
        "values": [1, 2],
        "day": "2025-09-28",
    }
    assert expected == json.loads(json.dumps(document))
    assert type(document["count"]) is int
    assert type(document["share"]) is float


def test_moments_are_utc_with_a_z() -> None:
    """A moment of any zone is told in UTC; one without a zone is a defect."""
    berlin = datetime(2025, 9, 28, 9, 15, tzinfo=timezone(timedelta(hours=2)))
    assert plain(berlin) == "2025-09-28T07:15:00Z"
    assert plain(datetime(2025, 9, 28, tzinfo=UTC)) == "2025-09-28T00:00:00Z"
    with pytest.raises(ValueError, match="without a time zone"):
        plain(datetime(2025, 9, 28))  # noqa: DTZ001  (the point of the test)


def test_what_is_not_finite_is_missing() -> None:
    """NaN and infinity are no JSON and no answer: missing is null."""
    assert plain([float("nan"), float("inf"), np.float64("nan"), 1.5]) == [None, None, None, 1.5]


def test_nothing_leaks_by_accident() -> None:
    """A path or any object without a plain form is refused instead of printed somehow."""
    with pytest.raises(TypeError, match="Path has no plain form"):
        plain({"file": Path("somewhere")})
    with pytest.raises(TypeError, match="bytes"):
        plain(b"raw")


def test_text_keeps_letters_and_order() -> None:
    """Letters beyond ASCII stay readable unless the reader cannot take them; keys keep order."""
    assert json.loads(dump({"b": 1, "a": "ä"})) == {"b": 1, "a": "ä"}
    assert "ä" in dump({"b": 1, "a": "ä"})
    assert dump({"a": "ä"}, ascii_only=True).isascii()
    assert list(json.loads(dump({"b": 1, "a": 2}))) == ["b", "a"]
