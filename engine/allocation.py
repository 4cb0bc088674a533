"""An allocation as rows: who is given which slot, in which named group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.domain import Round


@dataclass(frozen=True, slots=True, order=True)
class Assignment:
    """One student in one slot."""

    student_id: str
    slot_id: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """Assignments in ascending order of student and slot; duplicates are kept, for the audit to name."""

    assignments: tuple[Assignment, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Allocation:
        """An allocation of (student id, slot id) pairs in any order."""
        return cls(tuple(Assignment(*pair) for pair in sorted((student, slot) for student, slot in pairs)))


def group_sizes(students: int, group_max: int) -> list[int]:
    """The sizes of the fewest groups of at most ``group_max`` that hold ``students``, as even as can be."""
    if students <= 0:
        return []
    count = -(-students // max(1, group_max))
    small, larger = divmod(students, count)
    return [small + (1 if i < larger else 0) for i in range(count)]


def group_names(round_: Round, allocation: Allocation) -> Mapping[Assignment, str]:
    """A name for the group of every assignment to a group slot: slot, school and a number, students in id order."""
    members: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
    for row in allocation.assignments:
        slot = round_.slots[row.slot_id]
        if round_.experiences[slot.experience_id].grouping == "group":
            members[row.slot_id, round_.students[row.student_id].urn].append(row)
    names: dict[Assignment, str] = {}
    for (slot_id, urn), rows in members.items():
        numbered = [
            n for n, size in enumerate(group_sizes(len(rows), round_.slots[slot_id].group_max), 1) for _ in range(size)
        ]
        names.update({row: f"{slot_id}-{urn}-{n}" for row, n in zip(sorted(rows), numbered, strict=True)})
    return names
