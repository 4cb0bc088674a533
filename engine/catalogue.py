"""The catalogue of a school: the experiences open to its students by the pair rules, where and when, and to whom.

What is open is asked of the options, so that the catalogue and the allocation cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.domain import Student
from engine.options import build_options
from engine.travel import measured_tenths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.domain import Employer, Experience, Round, Slot
    from engine.options import Options

    Numbers = NDArray[np.int64]

YEARS = range(7, 14)


@dataclass(frozen=True, slots=True)
class Entry:
    """One experience open to the school: its slots by year, the journey from the school, and who may have it.

    ``tenths`` is in 0.1 km, as the travel rule measures it for a group or for a student whose home is not given; 0 for
    a virtual experience, ``None`` where there is no route from the school (a student's own home may still have one).
    """

    experience: Experience
    employer: Employer
    slots: Mapping[int, tuple[Slot, ...]]
    tenths: int | None
    students: frozenset[str]

    def dates(self, year: int | None = None) -> tuple[Slot, ...]:
        """The slots open to a year, or to any, earliest first."""
        every = {slot.slot_id: slot for y, slots in self.slots.items() if year in {None, y} for slot in slots}
        return tuple(sorted(every.values(), key=lambda slot: (slot.date, slot.half, slot.slot_id)))


def catalogue(round_: Round, urn: str) -> tuple[Entry, ...]:
    """Every experience with a slot that has something to give and is open to a year of the school, by title.

    A year is open where it is to one of its students, or to one who needs nothing, has done nothing and lives at the
    school. The years are those of the school's students; every year while it has sent none.
    """
    own = {key: student for key, student in round_.students.items() if student.urn == urn}
    years = sorted({student.year_group for student in own.values()} or set(YEARS))
    plain = [Student(f" Year {year}", urn, year, fsm=False, sen_status="N") for year in years]
    asked = replace(round_, students={**own, **{each.student_id: each for each in plain}})
    open_to = _by_experience(asked, build_options(asked), plain[0])
    return tuple(sorted(open_to, key=lambda entry: (entry.experience.title, entry.experience.experience_id)))


def _by_experience(round_: Round, options: Options, plain: Student) -> list[Entry]:
    slots = [round_.slots[slot_id] for slot_id in options.slots]
    giving = np.array([bool(slot.capacity or slot.groups) for slot in slots], dtype=np.bool_)
    by_year: dict[int, list[Numbers]] = {}
    students: dict[str, set[str]] = {}
    for number, student_id in enumerate(options.students):
        pairs = options.slot[options.first[number] : options.first[number + 1]].astype(np.int64)
        open_slots = pairs[giving[pairs]]
        by_year.setdefault(round_.students[student_id].year_group, []).append(open_slots)
        for experience_id in {slots[slot].experience_id for slot in open_slots.tolist()}:
            students.setdefault(experience_id, set()).add(student_id)
    union = {year: np.unique(np.concatenate(found)) for year, found in by_year.items()}
    found_slots: dict[str, dict[int, list[Slot]]] = {}
    for year, numbers in sorted(union.items()):
        for slot in (slots[number] for number in numbers.tolist()):
            found_slots.setdefault(slot.experience_id, {}).setdefault(year, []).append(slot)
    return [
        _entry(round_, experience_id, years, students[experience_id], plain)
        for experience_id, years in found_slots.items()
    ]


def _entry(
    round_: Round, experience_id: str, years: Mapping[int, list[Slot]], students: set[str], plain: Student
) -> Entry:
    experience = round_.experiences[experience_id]
    real = frozenset(each for each in students if not each.startswith(" "))
    tenths = measured_tenths(round_, plain, experience)
    slots = {year: tuple(each) for year, each in years.items()}
    return Entry(experience, round_.employers[experience.employer_id], slots, tenths, real)
