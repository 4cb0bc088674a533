"""Steps of a descent: against the averaged slope, every coordinate at its own pace (Kingma and Ba 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.side_by_side import THREADS, side_by_side
from solver import pacing
from solver.kernels import chosen_for
from solver.pacing import FIRST_MOMENT, SECOND_MOMENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Floats

_LOADED = (pacing,)
FLOOR = 0.03
"""Share of the family's largest slope below which a coordinate is not magnified."""
LEAST = 1e-3
"""The same where all slopes are small."""
TOGETHER = 100_000
"""Coordinates, about, that are moved by one thread."""


@dataclass(slots=True)
class Stride:
    """One family of coordinates and what is remembered of its slopes."""

    momentum: Floats
    power: Floats
    steps: int = 0

    @classmethod
    def of(cls, size: int) -> Stride:
        """A family of ``size`` coordinates that has not moved yet."""
        return cls(np.zeros(size), np.zeros(size))

    def step(self, slope: Floats, size: float) -> Floats:
        """The change that a step of about ``size`` down the slope makes."""
        self.steps += 1
        self.momentum += (1 - FIRST_MOMENT) * (slope - self.momentum)
        self.power += (1 - SECOND_MOMENT) * (slope * slope - self.power)
        root = np.sqrt(self.power / (1 - SECOND_MOMENT**self.steps))
        guard = LEAST + FLOOR * float(root.max(initial=0.0))
        change = self.momentum / (root + guard)
        change *= -size / (1 - FIRST_MOMENT**self.steps)
        return np.asarray(change)

    def move(self, values: Floats, slope: Floats, size: float, more: Floats, group: NDArray[np.int32]) -> None:
        """Move ``values`` by such a step, in place, and each by ``more`` of its ``group`` besides."""
        self.steps += 1
        kernels, count = chosen_for(len(values)), len(values)
        many = max(1, min(THREADS, count // TOGETHER))
        spans = [(n * count // many, (n + 1) * count // many) for n in range(many)]
        remembered = (slope, self.momentum, self.power)
        most = max(side_by_side(lambda span: kernels.remember(*remembered, *span), spans))
        part = 1 - SECOND_MOMENT**self.steps
        guard, scale = LEAST + FLOOR * float(np.sqrt(most / part)), -size / (1 - FIRST_MOMENT**self.steps)
        moved = (values, self.momentum, self.power)
        list(side_by_side(lambda span: kernels.move(*moved, *span, scale, part, guard, more, group), spans))
