"""The options of a round: every student and slot that pass the pair rules, and what each rule takes away.

Works in bulk, a school year at a time; what students share (places, clashes, limits) is the solver's to settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine.cohorts import cohorts
from engine.details import CELLS_AT_ONCE, Details
from engine.ground import Ground
from engine.preferences import worth
from engine.removals import left_to, narrowest
from engine.rules import PAIR_RULES
from engine.shelves import Shelves
from engine.side_by_side import side_by_side
from engine.travel import journey_tenths

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from numpy.typing import NDArray

    from engine.cohorts import Cohort
    from engine.details import Detail, Rows
    from engine.domain import Round
    from engine.removals import Left

    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]
    Slots = NDArray[np.unsignedinteger]

A = TypeVar("A")


@dataclass(frozen=True, eq=False)
class Options:
    """The pairs of students and slots that pass every pair rule, by student and then by slot.

    ``first`` is int64[students + 1]: the pairs of student ``i`` are ``first[i]`` to ``first[i + 1]``. ``slot`` is the
    slot of every pair, in two bytes where the round has no more slots than these tell apart, so that a hub's hundreds
    of millions of pairs fit; what else is known of a pair is worked out when it is asked for. ``removed`` and
    ``removed_alone`` are int32[students, pair rules]: the slots that each rule removes for the student, and those that
    no other rule removes.
    """

    students: tuple[str, ...]
    slots: tuple[str, ...]
    first: Numbers
    slot: Slots
    removed: Integers
    removed_alone: Integers
    details: Details

    def detail(self, pairs: Numbers) -> Detail:
        """The journeys, points and ranks of some ``pairs`` (their numbers), in their order."""
        return self.details.of(self._students_of(pairs), self.slot[pairs])

    def tenths(self, pairs: Numbers) -> Integers:
        """The journeys alone of some ``pairs``, in 0.1 km: int32[pairs given]."""
        return self.details.tenths(self._students_of(pairs), self.slot[pairs])

    def points(self, pairs: Numbers) -> Integers:
        """The preference points alone of some ``pairs``: int32[pairs given]."""
        return self.details.points(self._students_of(pairs), self.slot[pairs])

    def by_stretch(self, work: Callable[[Numbers, Rows], A]) -> list[A]:
        """``work`` of all students, side by side, a stretch of them at a time: their numbers and their rows."""
        step = max(1, CELLS_AT_ONCE // max(1, len(self.details.ground.experiences)))

        def stretch(start: int) -> A:
            members = np.arange(start, min(start + step, len(self.students)))
            return work(members, self.details.rows(members))

        return list(side_by_side(stretch, range(0, len(self.students), step)))

    def _students_of(self, pairs: Numbers) -> Numbers:
        return np.searchsorted(self.first, pairs, side="right") - 1


def build_options(round_: Round, rules: Collection[str] = PAIR_RULES) -> Options:
    """The options of ``round_`` under ``rules``; withdrawn slots (no capacity, no groups) stay options.

    Without the rule ``travel``, ``tenths`` of a pair is BEYOND where a journey is too long.
    """
    ground = Ground(round_)
    return _together(ground, side_by_side(partial(_left_to, rules=rules), cohorts(ground)))


def pair_tenths(round_: Round, student_id: str, slot_id: str) -> int | None:
    """The student's own journey to any slot, an option or not, in 0.1 km; None if there is no route."""
    experience = round_.experiences[round_.slots[slot_id].experience_id]
    return journey_tenths(round_, round_.students[student_id], experience)


def pair_points(round_: Round, student_id: str, slot_id: str) -> int:
    """The preference points of any student in any slot, an option or not."""
    rows = [row for row in round_.preferences if row.student_id == student_id]
    return worth(round_.policy, rows, round_.experiences[round_.slots[slot_id].experience_id]).points


def pair_rank(round_: Round, student_id: str, slot_id: str) -> int:
    """The preference rank of any student in any slot, an option or not; 0 for none."""
    rows = [row for row in round_.preferences if row.student_id == student_id]
    return worth(round_.policy, rows, round_.experiences[round_.slots[slot_id].experience_id]).rank


def _left_to(cohort: Cohort, rules: Collection[str]) -> tuple[Numbers, Left]:
    return cohort.members, left_to(cohort, rules)


def _together(ground: Ground, parts: Iterable[tuple[Numbers, Left]]) -> Options:
    """What is left to all cohorts, laid out by student."""
    size = len(ground.students)
    removed = np.zeros((size, len(PAIR_RULES)), dtype=np.int32)
    removed_alone = np.zeros_like(removed)
    shelves = Shelves(size, narrowest(len(ground.slots)))
    for members, part in parts:
        removed[members] = part.removed
        removed_alone[members] = part.removed_alone
        shelves.put(members, part.counts, part.slots)
    first, slot = shelves.by_student()
    return Options(
        tuple(student.student_id for student in ground.students),
        tuple(slot_.slot_id for slot_ in ground.slots),
        first,
        slot,
        removed,
        removed_alone,
        Details(ground),
    )
