"""Whether more of a school's students could have formed a group in a slot, and whether separations alone prevent it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from engine.domain import Student
    from engine.options import Options
    from engine.room import Room

    Numbers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Forming:
    """The groups that the students ``without`` a slot, by number, could form beside an allocation's ``room``.

    ``partners`` are those whom each student is to be kept apart from, ``closed`` the slots that this closes to each.
    """

    options: Options
    room: Room
    without: Mapping[int, Student]
    partners: Mapping[str, frozenset[str]]
    closed: Mapping[str, frozenset[str]]
    _wide: dict[str, Numbers] = field(default_factory=dict)
    _asked: dict[tuple[str, int], list[Student]] = field(default_factory=dict)

    def never(self, student: Student, slots: Numbers) -> Booleans:
        """In which of ``slots`` the school could form no group even if all its students who pass the rules came."""
        grouped = self.room.grouped[slots]
        if not grouped.any():
            return grouped
        least = self.room.smallest_groups(small=self.room.round_.schools[student.urn].small)
        return grouped & (self._could_come(student.urn)[slots] < least[slots])

    def parted(self, student: Student, slots: Numbers, short: Booleans) -> Booleans:
        """In which of ``slots`` that are ``short`` of a group enough students wait for one, and are to be kept apart.

        How many of those who wait may go together is found by taking whoever is kept apart from the fewest first: it is
        the most where separations are few and form no ring, as they do in practice.
        """
        parted = np.zeros(len(slots), dtype=np.bool_)
        if short.any() and any(self.partners.get(each.student_id) for _, each in self._waiting[student.urn]):
            limits = self.room.limits(student.urn)
            parted[short] = [self._is_parted(student, slot, int(limits[slot])) for slot in slots[short].tolist()]
        return parted

    def _is_parted(self, student: Student, slot: int, most: int) -> bool:
        """Whether separations keep a group from a slot where limits allow ``most`` more students."""
        missing = self.room.missing(student.urn, slot)
        waiting = self._waiting_for(student.urn, slot) if missing <= most else ()
        supported = self.room.support_limit(student.urn, slot)
        if _seated(waiting, supported) < missing:
            return False
        slot_id = self.room.slot_ids[slot]
        free = {each.student_id: each for each in waiting if slot_id not in self.closed.get(each.student_id, ())}
        return _seated(self._together(student, free), supported) < missing

    def _together(self, student: Student, free: Mapping[str, Student]) -> list[Student]:
        """The student and as many of ``free`` as may go together."""
        if student.student_id not in free:
            return []
        chosen, shut = [student], set(self.partners.get(student.student_id, ()))
        others = (each for each in free.values() if each.student_id != student.student_id)
        for each in sorted(others, key=lambda one: (len(self._partners_among(one, free)), one.student_id)):
            if each.student_id not in shut:
                chosen.append(each)
                shut |= self.partners.get(each.student_id, frozenset())
        return chosen

    def _partners_among(self, student: Student, free: Mapping[str, Student]) -> set[str]:
        return {other for other in self.partners.get(student.student_id, ()) if other in free}

    def _waiting_for(self, urn: str, slot: int) -> list[Student]:
        """The school's students without a slot who pass the rules there."""
        if (urn, slot) not in self._asked:
            first, slots = self.options.first, self.options.slot
            self._asked[urn, slot] = [
                each for n, each in self._waiting[urn] if (slots[first[n] : first[n + 1]] == slot).any()
            ]
        return self._asked[urn, slot]

    def _could_come(self, urn: str) -> Numbers:
        """For every slot, how many of the school's students pass the rules."""
        if urn not in self._wide:
            options = self.options
            pairs = [options.slot[options.first[n] : options.first[n + 1]] for n in self._of_school.get(urn, ())]
            self._wide[urn] = np.bincount(np.concatenate(pairs), minlength=len(options.slots))
        return self._wide[urn]

    @cached_property
    def _of_school(self) -> Mapping[str, list[int]]:
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, student_id in enumerate(self.options.students):
            numbers[self.room.round_.students[student_id].urn].append(number)
        return numbers

    @cached_property
    def _waiting(self) -> Mapping[str, list[tuple[int, Student]]]:
        """Every school's students without a slot."""
        waiting: dict[str, list[tuple[int, Student]]] = defaultdict(list)
        for number, student in self.without.items():
            waiting[student.urn].append((number, student))
        return waiting


def _seated(students: Collection[Student], supported: int) -> int:
    """How many of some students have a place where ``supported`` of them may need support."""
    needing = sum(student.support for student in students)
    return len(students) - max(0, needing - supported)
