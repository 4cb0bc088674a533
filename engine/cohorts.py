"""Cohorts: the students of one school and year, who share what a school and a year decide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.domain import Student
    from engine.ground import Ground

CELLS_AT_ONCE = 1 << 20
"""The most students x slots of a cohort; a larger school year comes in parts, to bound memory."""


@dataclass(frozen=True)
class Cohort:
    """Students of one school and year: ``members`` are their numbers, ascending, int64[members]."""

    ground: Ground
    urn: str
    year_group: int
    members: NDArray[np.int64]

    @cached_property
    def students(self) -> tuple[Student, ...]:
        """The cohort's students, as the rows of its grids."""
        return tuple(self.ground.students[i] for i in self.members.tolist())

    @cached_property
    def measured(self) -> NDArray[np.int32]:
        """Journeys as the ``travel`` rule measures them: int32[members, experiences]."""
        return self.ground.journeys.measured(self.members, self.urn)


def cohorts(ground: Ground) -> Iterator[Cohort]:
    """Every school year's students, in order of school and year; large ones in parts."""
    together: dict[tuple[str, int], list[int]] = {}
    for number, student in enumerate(ground.students):
        together.setdefault((student.urn, student.year_group), []).append(number)
    step = max(1, CELLS_AT_ONCE // max(1, len(ground.slots)))
    for (urn, year_group), numbers in sorted(together.items()):
        for start in range(0, len(numbers), step):
            yield Cohort(ground, urn, year_group, np.array(numbers[start : start + step], dtype=np.int64))
