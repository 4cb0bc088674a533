"""Which shared limits of a round bind in an allocation: those that it uses up somewhere.

A limit is one number that somebody set: a slot's capacity or groups, its support places, an employer's or a school's
maximum. A maximum for each half-day binds where any half-day is full. Blanks are no limits, and a 0 cannot be used up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.allocation import group_sizes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from engine.allocation import Allocation
    from engine.domain import Employer, Experience, Round, School, Slot, Student


@dataclass(frozen=True, slots=True)
class Tally:
    """How many limits of one rule there are, and how many of them bind."""

    limits: int
    binding: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One assignment with the facts it touches."""

    student: Student
    school: School
    slot: Slot
    experience: Experience
    employer: Employer

    @property
    def grouped(self) -> bool:
        return self.experience.grouping == "group"

    @property
    def needs_support_place(self) -> bool:
        return self.student.support and self.experience.in_person and not (self.grouped and self.school.small)


def limits_of(round_: Round, allocation: Allocation) -> dict[str, Tally]:
    """The limits of every resource rule, and how many bind in ``allocation``."""
    rows = [_row(round_, a.student_id, a.slot_id) for a in allocation.assignments]
    away = [row for row in rows if row.experience.in_person]
    slots, employers, schools = round_.slots.values(), round_.employers.values(), round_.schools.values()
    return {
        "capacity": _tally({s.slot_id: s.capacity for s in slots}, _count(row.slot.slot_id for row in rows)),
        "group": _tally({s.slot_id: s.groups for s in slots}, _groups(rows)),
        "support": _tally(
            {s.slot_id: s.support_places for s in slots},
            _count(row.slot.slot_id for row in away if row.needs_support_place),
        ),
        "employer_day": _tally(
            {e.employer_id: e.max_students_per_half_day for e in employers},
            _fullest((row.employer.employer_id, half) for row in away for half in row.slot.occupies),
        ),
        "employer_total": _tally(
            {e.employer_id: e.max_students for e in employers}, _count(row.employer.employer_id for row in rows)
        ),
        "school_out": _tally(
            {s.urn: s.max_out_per_half_day for s in schools},
            _fullest((row.school.urn, half) for row in away for half in row.slot.occupies),
        ),
        "coach": _tally(
            {s.urn: s.coach_seats_per_half_day for s in schools},
            _fullest((row.school.urn, half) for row in away if row.grouped for half in row.slot.occupies),
        ),
    }


def share_that_binds(counted: Mapping[str, Tally]) -> float:
    """The share of all the limits that bind; 0 where there are none."""
    limits = sum(tally.limits for tally in counted.values())
    return round(sum(tally.binding for tally in counted.values()) / max(1, limits), 4)


def _row(round_: Round, student_id: str, slot_id: str) -> _Row:
    student, slot = round_.students[student_id], round_.slots[slot_id]
    experience = round_.experiences[slot.experience_id]
    return _Row(student, round_.schools[student.urn], slot, experience, round_.employers[experience.employer_id])


def _tally(limits: Mapping[str, int | None], used: Mapping[str, int]) -> Tally:
    given = {name: limit for name, limit in limits.items() if limit}
    return Tally(len(given), sum(used.get(name, 0) >= limit for name, limit in given.items()))


def _count(names: Iterable[str]) -> Counter[str]:
    return Counter(names)


def _fullest(moments: Iterable[tuple[str, Hashable]]) -> dict[str, int]:
    """For each name, its count in its fullest half-day."""
    fullest: dict[str, int] = {}
    for (name, _), count in Counter(moments).items():
        fullest[name] = max(count, fullest.get(name, 0))
    return fullest


def _groups(rows: Iterable[_Row]) -> Counter[str]:
    """Groups formed in each group slot."""
    groups: Counter[str] = Counter()
    members = Counter((row.slot.slot_id, row.school.urn, row.slot.group_max) for row in rows if row.grouped)
    for (slot_id, _, group_max), count in members.items():
        groups[slot_id] += len(group_sizes(count, group_max))
    return groups
