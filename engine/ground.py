"""The facts of a round laid out as rows and columns, ascending by id, for everything that works in bulk.

Nothing here decides who may go where: it says in numbers what the tables say in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine.calendar import day_of
from engine.domain import ACCOMMODATIONS
from engine.travel import Journeys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from engine.domain import CalendarRow, Experience, HalfDay, Round, Slot, Student

    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]
    Codes = NDArray[np.uint16]

K = TypeVar("K")
NEVER_CLEARED = 0
"""The day number of an employer whose checks do not hold at all: before any date."""


@dataclass(frozen=True)
class Ground:
    """A round laid out; students, slots and experiences are known by their number, days by their ordinal."""

    round_: Round

    @cached_property
    def students(self) -> tuple[Student, ...]:
        """The students, ascending by id."""
        return tuple(student for _, student in sorted(self.round_.students.items()))

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The slots, ascending by id."""
        return tuple(slot for _, slot in sorted(self.round_.slots.items()))

    @cached_property
    def experiences(self) -> tuple[Experience, ...]:
        """The experiences, ascending by id."""
        return tuple(experience for _, experience in sorted(self.round_.experiences.items()))

    @cached_property
    def journeys(self) -> Journeys:
        """The journeys of these students to these experiences."""
        return Journeys(self.round_, self.students, self.experiences)

    @cached_property
    def experience_number(self) -> Mapping[str, int]:
        """The number of every experience."""
        return {experience.experience_id: i for i, experience in enumerate(self.experiences)}

    @cached_property
    def experience_of(self) -> Numbers:
        """The experience of every slot: int64[slots]."""
        return np.array([self.experience_number[slot.experience_id] for slot in self.slots], dtype=np.int64)

    @cached_property
    def accepts_year(self) -> Mapping[int, Flags]:
        """For every year group, whether each experience accepts it: bool[experiences]."""
        years = {student.year_group for student in self.students}
        return {year: np.array([year in e.year_groups for e in self.experiences], dtype=np.bool_) for year in years}

    @cached_property
    def in_person(self) -> Flags:
        """Whether each experience is in person: bool[experiences]."""
        return np.array([experience.in_person for experience in self.experiences], dtype=np.bool_)

    @cached_property
    def alone(self) -> Flags:
        """Whether each experience is individual and in person: bool[experiences]."""
        return np.array([e.in_person and e.grouping == "individual" for e in self.experiences], dtype=np.bool_)

    @cached_property
    def offered(self) -> Codes:
        """The accommodations that each experience offers, a bit for each code: uint16[experiences]."""
        return np.array([coded(experience.accommodations) for experience in self.experiences], dtype=np.uint16)

    @cached_property
    def needed(self) -> Codes:
        """The accommodations that each student needs, a bit for each code: uint16[students]."""
        return np.array([coded(student.accommodations) for student in self.students], dtype=np.uint16)

    @cached_property
    def available(self) -> Flags:
        """Whether each student is available at all: bool[students]."""
        return np.array([student.available for student in self.students], dtype=np.bool_)

    @cached_property
    def first_day(self) -> Numbers:
        """The slots' own dates: int64[slots]."""
        return np.array([slot.date.toordinal() for slot in self.slots], dtype=np.int64)

    @cached_property
    def last_day(self) -> Numbers:
        """The slots' last dates: int64[slots]."""
        lasts = ((day_of(slot.occupies[-1]) if slot.occupies else slot.date) for slot in self.slots)
        return np.array([day.toordinal() for day in lasts], dtype=np.int64)

    @cached_property
    def whole(self) -> Flags:
        """Whether each slot starts on a school day and has all its half-days: bool[slots]."""
        return np.array(
            [slot.starts_on_school_day and len(slot.occupies) >= slot.half_days for slot in self.slots], dtype=np.bool_
        )

    @cached_property
    def cleared_to(self) -> Numbers:
        """The last date for which each slot's employer is cleared: int64[slots]."""
        employers = self.round_.employers
        days = (employers[experience.employer_id].cleared_until for experience in self.experiences)
        numbers = np.array([day.toordinal() if day else NEVER_CLEARED for day in days], dtype=np.int64)
        return numbers[self.experience_of]

    @cached_property
    def kept_for(self) -> NDArray[np.str_]:
        """The school that each slot is kept for, or nothing: str[slots]."""
        return np.array([slot.urn for slot in self.slots], dtype=np.str_)

    @cached_property
    def slots_at(self) -> Mapping[HalfDay, Numbers]:
        """The slots that take each half-day."""
        return _grouped((moment, number) for number, slot in enumerate(self.slots) for moment in slot.occupies)

    @cached_property
    def calendar_of(self) -> Mapping[str, list[CalendarRow]]:
        """The calendar rows of every school."""
        rows: dict[str, list[CalendarRow]] = {}
        for row in self.round_.calendar:
            rows.setdefault(row.urn, []).append(row)
        return rows

    @cached_property
    def done_by(self) -> Mapping[str, Numbers]:
        """The experiences of the round that students have in their history, by student id."""
        number = self.experience_number
        return _grouped(
            (row.student_id, number[row.experience_id]) for row in self.round_.history if row.experience_id in number
        )

    @cached_property
    def forbidden_to(self) -> Mapping[str, Numbers]:
        """The slots that are forbidden to students, by student id: every slot that a forbid names in any way."""
        named: dict[str, list[int]] = {}
        for number, slot in enumerate(self.slots):
            employer_id = self.round_.experiences[slot.experience_id].employer_id
            for key in (f"slot {slot.slot_id}", f"experience {slot.experience_id}", f"employer {employer_id}"):
                named.setdefault(key, []).append(number)
        forbids = [decision for decision in self.round_.decisions if decision.kind == "forbid"]
        return _grouped(
            (d.student_id, number)
            for d in forbids
            for key in (f"slot {d.slot_id}", f"experience {d.experience_id}", f"employer {d.employer_id}")
            for number in named.get(key, ())
        )


def coded(accommodations: Iterable[str]) -> int:
    """Accommodation codes as a number with a bit for each."""
    return sum(1 << ACCOMMODATIONS.index(code) for code in accommodations)


def _grouped(pairs: Iterable[tuple[K, int]]) -> Mapping[K, Numbers]:
    groups: dict[K, list[int]] = {}
    for key, number in pairs:
        groups.setdefault(key, []).append(number)
    return {key: np.array(numbers, dtype=np.int64) for key, numbers in groups.items()}
