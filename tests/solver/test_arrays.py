"""Sets of positions as ascending arrays."""

import numpy as np
import pytest

from solver.arrays import union

NONE = np.zeros(0, dtype=np.int64)


@pytest.mark.parametrize(
    "parts", [(NONE,), (NONE, NONE), (np.array([5]), NONE), (np.array([3, 1]), np.array([2, 3, 3]))]
)
def test_a_union_holds_all_once_ascending(parts):
    """As numpy has it, and the parts stay as they were."""
    before = [part.copy() for part in parts]
    assert np.array_equal(union(*parts), np.unique(np.concatenate(parts)))
    assert all(np.array_equal(a, b) for a, b in zip(parts, before, strict=True))
