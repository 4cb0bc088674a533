"""Steps of a descent: against the averaged slope, every coordinate at its own pace (Kingma and Ba 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats

FIRST_MOMENT, SECOND_MOMENT = 0.9, 0.95
FLOOR = 0.03
"""Share of the family's largest slope below which a coordinate is not magnified."""


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
        guard = 1e-3 + FLOOR * float(root.max(initial=0.0))
        change = self.momentum / (root + guard)
        change *= -size / (1 - FIRST_MOMENT**self.steps)
        return np.asarray(change)
