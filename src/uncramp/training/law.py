"""The numbers of the training rules, read once from `evidence/conditioning.toml`."""

from __future__ import annotations

from functools import cache

from uncramp.evidence import value

__all__ = ["number", "percent", "whole"]


@cache
def number(key: str) -> float:
    """A number of the rules."""
    return value(key)


@cache
def whole(key: str) -> int:
    """A number of days, weeks, runs or years."""
    return round(value(key))


@cache
def percent(key: str) -> int:
    """A share or ratio in whole hundredths, so that the solver counts in integers."""
    return round(100 * value(key))
