"""Rows of different lengths one after another: those of row ``i`` are ``first[i]`` to ``first[i + 1]``, ascending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NOWHERE = -1


def places_of(first: Numbers, values: NDArray[Any], rows: Numbers, wanted: NDArray[Any]) -> Numbers:
    """Where in ``values`` each of ``wanted`` stands in its row: int64[rows given]; ``NOWHERE`` if it does not."""
    if not len(values):
        return np.full(len(rows), NOWHERE, dtype=np.int64)
    low, end = first[rows], first[rows + 1]
    high, last = end, len(values) - 1
    for _ in range(int((end - low).max(initial=0)).bit_length()):
        middle = (low + high) >> 1
        # Where a search is over, ``middle`` is its end, and neither side moves.
        before = (values[np.minimum(middle, last)] < wanted) & (middle < high)
        low = np.where(before, middle + 1, low)
        high = np.where(before, high, middle)
    there = (low < end) & (values[np.minimum(low, last)] == wanted)
    return np.where(there, low, NOWHERE)


def counted_up(sizes: Numbers) -> Numbers:
    """``0, 1, ... size - 1`` for every size, one after another."""
    ends = np.cumsum(sizes)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
