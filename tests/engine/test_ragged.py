"""Looking up in rows of different lengths is what looking through each row would be."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.ragged import NOWHERE, counted_up, places_of

ROWS = st.lists(st.sets(st.integers(0, 12)).map(sorted), min_size=1, max_size=6)


@given(ROWS, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12)), max_size=20))
def test_each_value_is_found_where_it_stands_in_its_row(rows, asked):
    """Empty rows, first and last values and what no row has: the place is that of a plain search."""
    first = np.cumsum([0, *(len(row) for row in rows)])
    values = np.array([value for row in rows for value in row], dtype=np.uint16)
    which = np.array([row % len(rows) for row, _ in asked], dtype=np.int64)
    wanted = np.array([value for _, value in asked], dtype=np.int64)
    plain = [
        first[row] + rows[row].index(value) if value in rows[row] else NOWHERE
        for row, value in zip(which.tolist(), wanted.tolist(), strict=True)
    ]
    assert places_of(first, values, which, wanted).tolist() == plain


@given(st.lists(st.integers(0, 5)))
def test_counting_up_begins_again_at_every_size(sizes):
    """Sizes of nothing are passed over."""
    assert counted_up(np.array(sizes, dtype=np.int64)).tolist() == [k for size in sizes for k in range(size)]
