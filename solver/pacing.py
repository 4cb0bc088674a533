"""The inner loops of a descent's steps: what is remembered of slopes, and how far each coordinate moves."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel

FIRST_MOMENT, SECOND_MOMENT = 0.9, 0.95


@kernel
def remember(slope, momentum, power, begin, end):
    """Take the slopes of the coordinates ``begin`` to ``end`` into both means; the largest of the second."""
    most = 0.0
    for i in range(begin, end):
        momentum[i] += (1 - FIRST_MOMENT) * (slope[i] - momentum[i])
        power[i] += (1 - SECOND_MOMENT) * (slope[i] * slope[i] - power[i])
        most = max(most, power[i])
    return most


@kernel
def move(values, momentum, power, begin, end, scale, part, guard, more, group):
    """Add to ``values`` a step of ``scale``, and what all of the coordinate's ``group`` move ``more``."""
    for i in range(begin, end):
        values[i] += scale * momentum[i] / (np.sqrt(power[i] / part) + guard) + more[group[i]]
