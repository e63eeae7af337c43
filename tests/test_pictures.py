"""Small pictures: as wide as asked, true to their numbers, and readable without Unicode."""

from __future__ import annotations

import codecs
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncramp.cli import root
from uncramp.wording import pictures
from uncramp.wording.pictures import (
    BEYOND,
    CRAMP,
    MAYBE,
    NOTHING,
    WITHIN,
    axis,
    bars,
    column_of,
    legend,
    run_strip,
    ticks,
)

HEIGHTS = " ▁▂▃▄▅▆▇█"

values = st.lists(
    st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False)), min_size=1, max_size=120
)


def eighths(lines: list[str], column: int) -> int:
    """How high a column is drawn."""
    return sum(HEIGHTS.index(line[column]) for line in lines)


@given(values, st.integers(1, 4))
def test_bars_are_as_wide_as_their_values_and_as_high(
    given_values: list[float | None], rows: int
) -> None:
    """One column a value; a gap stays blank; a higher value is never drawn lower."""
    lines = bars(given_values, rows=rows)
    assert [len(line) for line in lines] == [len(given_values)] * rows
    heights = [eighths(lines, column) for column in range(len(given_values))]
    for value, height in zip(given_values, heights, strict=True):
        assert (height == 0) == (value is None)
        assert height <= 8 * rows
    known = sorted(
        (value, height)
        for value, height in zip(given_values, heights, strict=True)
        if value is not None
    )
    assert [height for _, height in known] == sorted(height for _, height in known)
    if known and known[0][0] < known[-1][0]:
        assert (known[0][1], known[-1][1]) == (1, 8 * rows)


@given(values, st.integers(2, 4))
def test_bars_have_no_holes(given_values: list[float | None], rows: int) -> None:
    """Below a part of a column it is full."""
    lines = bars(given_values, rows=rows)
    for column in range(len(given_values)):
        drawn = [line[column] for line in lines]
        below_top = [sign for above, sign in pairwise(drawn) if above != " "]
        assert set(below_top) <= {"█"}


def test_bars_of_nothing_and_of_equal_values() -> None:
    """All blank; all half as high."""
    assert bars([None, None], rows=2) == ["  ", "  "]
    assert bars([5.0, 5.0], rows=2) == ["  ", "██"]
    assert bars([], rows=2) == ["", ""]
    assert bars([0.0, 0.0], rows=1, low=0.0, high=0.0) == ["▄▄"]


def test_bars_on_a_scale_that_is_given() -> None:
    """Beyond it they are cut, so that two pictures can be compared."""
    assert bars([0.0, 50.0, 100.0, 900.0, -3.0], rows=1, low=0.0, high=100.0) == ["▁▅██▁"]


@given(st.integers(1, 120), st.integers(-5, 130), st.sampled_from((CRAMP, MAYBE)))
def test_a_mark_stands_in_its_column_everywhere(columns: int, column: int, sign: str) -> None:
    """In curves and in the strip, at the same place; never outside."""
    top, *rest = bars([1.0] * columns, rows=3, marks={column: sign})
    strip = run_strip(columns, beyond_from=columns // 2, marks={column: sign})
    place = min(max(column, 0), columns - 1)
    assert top.index(sign) == strip.index(sign) == place
    assert top.count(sign) == strip.count(sign) == 1
    assert all(sign not in line for line in rest)


@given(st.integers(40, 120), st.one_of(st.none(), st.integers(-3, 130)))
def test_the_strip_is_within_then_beyond(columns: int, beyond_from: int | None) -> None:
    """As wide as asked; beyond begins where it is said to."""
    strip = run_strip(columns, beyond_from=beyond_from)
    assert len(strip) == columns
    n_within = columns if beyond_from is None else min(max(beyond_from, 0), columns)
    assert strip == WITHIN * n_within + BEYOND * (columns - n_within)
    assert run_strip(columns, within=NOTHING, beyond_from=None) == NOTHING * columns


@given(st.floats(0.3, 400), st.integers(20, 120))
def test_an_axis_counts_along_the_whole(whole: float, columns: int) -> None:
    """Labels stand where their number lies, in order, none touching, none past the end."""
    labels = {number: column for column, number in ticks(whole, columns)}
    line = axis(columns, ticks(whole, columns))
    assert len(line) <= columns
    assert line.startswith("0")
    shown = line.split()
    assert [int(number) for number in shown] == sorted({int(number) for number in shown})
    assert all(line[labels[number] :].startswith(number) for number in shown)
    assert 1 <= len(shown) <= 13


def test_labels_that_touch_are_left_out() -> None:
    """The first wins; one that would hang over the end is left out."""
    assert axis(10, [(0, "0"), (1, "1"), (4, "20"), (9, "30")]) == "0   20"


@pytest.mark.parametrize(("share", "column"), [(0.0, 0), (0.5, 30), (1.0, 59), (2.0, 59), (-1, 0)])
def test_a_share_has_a_column(share: float, column: int) -> None:
    """The end belongs to the last column."""
    assert column_of(share, columns=60) == column


def test_the_legend_says_the_signs_that_are_used() -> None:
    """And no others, in a fixed order."""
    full = legend(run_strip(20, beyond_from=5, marks={8: CRAMP}))
    assert [part[0] for part in full.split("   ")] == [WITHIN, BEYOND, CRAMP]
    assert legend(WITHIN * 3).count("   ") == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_picture_without_unicode_keeps_its_columns(encoding: str) -> None:
    """One plain letter for each sign, and different heights stay different."""
    root.prepare_streams()
    codecs.lookup_error("uncramp")
    signs = HEIGHTS + CRAMP + MAYBE + BEYOND + WITHIN + NOTHING
    plain = signs.encode(encoding, errors="uncramp").decode(encoding)
    assert len(plain) == len(signs)
    assert len(set(plain[: len(HEIGHTS)])) == len(HEIGHTS)
    assert plain[len(HEIGHTS)] == "X"
    assert plain.count("?") == 1
    assert len({plain[signs.index(sign)] for sign in (CRAMP, MAYBE, BEYOND, WITHIN)}) == 4


def test_wording_of_pictures_needs_no_arrays() -> None:
    """Lists of numbers in, text out."""
    assert not hasattr(pictures, "np")
