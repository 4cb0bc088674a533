"""What every part of a generated round may look at: seed, shape, region, term, schools, cohort and calendars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.domain import CalendarRow, School, Student
    from scenarios.region import Region
    from scenarios.registry import Shape
    from scenarios.terms import Term


@dataclass(frozen=True, slots=True)
class Stage:
    """The asking side of a round, complete before anything is offered."""

    seed: int
    shape: Shape
    region: Region
    term: Term
    schools: Sequence[School]
    cohort: Sequence[Student]
    calendar: Sequence[CalendarRow]

    @property
    def demand(self) -> int:
        """The experiences asked for: the round's most for each student who is available."""
        return self.shape.max_experiences * sum(student.available for student in self.cohort)
