"""Cohorts: the students of one school and year, who share what a school and a year decide.

Those who are away on days of their own, or have something forbidden, make cohorts of their own: to all others of a
school year the same slots are closed by date.
"""

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

CELLS_AT_ONCE = 1 << 22
"""The most students x slots of a cohort; a larger school year comes in parts, to bound memory and stay in cache."""


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


def cohorts(ground: Ground) -> Iterator[Cohort]:
    """Every school year's students, in order of school and year; large ones in parts."""
    together: dict[tuple[str, int, bool], list[int]] = {}
    for number, student in enumerate(ground.students):
        apart = bool(student.unavailable) or student.student_id in ground.forbidden_to
        together.setdefault((student.urn, student.year_group, apart), []).append(number)
    step = max(1, CELLS_AT_ONCE // max(1, len(ground.slots)))
    for (urn, year_group, _), numbers in sorted(together.items()):
        for start in range(0, len(numbers), step):
            yield Cohort(ground, urn, year_group, np.array(numbers[start : start + step], dtype=np.int64))
