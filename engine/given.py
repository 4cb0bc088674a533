"""What each student is given: every assignment joined with its slot, experience, employer, journey and preference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.allocation import group_names
from engine.options import pair_points, pair_rank, pair_tenths
from engine.ragged import NOWHERE, places_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

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
    students = np.array([student_number[row.student_id] for row in allocation.assignments], dtype=np.int64)
    slots = np.array([slot_number[row.slot_id] for row in allocation.assignments], dtype=np.int64)
    pairs = places_of(options.first, options.slot, students, slots)
    detail = options.detail(pairs[pairs != NOWHERE])
    known = zip(*(column.tolist() for column in detail), strict=True)
    rows = [
        _joined(round_, row, _asked(round_, row) if pair == NOWHERE else next(known), groups)
        for row, pair in zip(allocation.assignments, pairs.tolist(), strict=True)
    ]
    return tuple(rows[k] for k in np.lexsort([_printed_order(round_, options)[slots], students]).tolist())


def _printed_order(round_: Round, options: Options) -> NDArray[np.int64]:
    """The place of every slot when they are put in order of date, half and id: int64[slots]."""
    keys = [(round_.slots[slot_id].date.isoformat(), round_.slots[slot_id].half, slot_id) for slot_id in options.slots]
    place = np.empty(len(keys), dtype=np.int64)
    place[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return place


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
