"""What each student is given: every assignment joined with its slot, experience, employer, journey and preference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.allocation import group_names
from engine.options import pair_points, pair_rank, pair_tenths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.allocation import Allocation, Assignment
    from engine.domain import Employer, Experience, Round, School, Slot, Student
    from engine.options import Options


@dataclass(frozen=True, slots=True)
class Given:
    """One assignment in full; ``tenths`` is the student's own journey, ``None`` where a pin has no route."""

    student: Student
    school: School
    slot: Slot
    experience: Experience
    employer: Employer
    group: str
    tenths: int | None
    rank: int
    points: int


def given_rows(round_: Round, options: Options, allocation: Allocation) -> tuple[Given, ...]:
    """Every assignment, in the order of ``allocations.csv``: student, date, half, slot."""
    groups = group_names(round_, allocation)
    student_number = {student_id: i for i, student_id in enumerate(options.students)}
    slot_number = {slot_id: j for j, slot_id in enumerate(options.slots)}
    pairs = [
        pair_number(options, student_number[row.student_id], slot_number[row.slot_id]) for row in allocation.assignments
    ]
    detail = options.detail(np.array([pair for pair in pairs if pair is not None], dtype=np.int64))
    known = zip(*(column.tolist() for column in detail), strict=True)
    rows = [
        _joined(round_, row, _asked(round_, row) if pair is None else next(known), groups)
        for row, pair in zip(allocation.assignments, pairs, strict=True)
    ]
    return tuple(sorted(rows, key=_printed_order))


def pair_number(options: Options, student: int, slot: int) -> int | None:
    """Where the pair of student and slot numbers stands in the pair arrays; ``None`` if it is no option."""
    first, last = int(options.first[student]), int(options.first[student + 1])
    pair = first + int(np.searchsorted(options.slot[first:last], slot))
    return pair if pair < last and options.slot[pair] == slot else None


def _joined(
    round_: Round, row: Assignment, detail: tuple[int | None, int, int], groups: Mapping[Assignment, str]
) -> Given:
    student, slot = round_.students[row.student_id], round_.slots[row.slot_id]
    experience = round_.experiences[slot.experience_id]
    tenths, points, rank = detail
    return Given(
        student=student,
        school=round_.schools[student.urn],
        slot=slot,
        experience=experience,
        employer=round_.employers[experience.employer_id],
        group=groups.get(row, ""),
        tenths=tenths,
        rank=rank,
        points=points,
    )


def _asked(round_: Round, row: Assignment) -> tuple[int | None, int, int]:
    """Journey, points and rank of a row that is no option, which only a pin makes."""
    named = round_, row.student_id, row.slot_id
    return pair_tenths(*named), pair_points(*named), pair_rank(*named)


def _printed_order(row: Given) -> tuple[str, str, str, str]:
    return row.student.student_id, row.slot.date.isoformat(), row.slot.half, row.slot.slot_id
