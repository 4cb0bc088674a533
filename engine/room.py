"""What room an allocation leaves: which resource, if any, keeps one more student of a school out of each slot.

The question is always about one student who holds nothing, added to the allocation as it stands with nobody moved.
Pair rules and separations are asked elsewhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.allocation import Allocation
    from engine.domain import Employer, Experience, HalfDay, Round, School, Slot

    Bars = NDArray[np.int16]
    Numbers = NDArray[np.int64]

PLENTY = 1 << 40
"""More room than anyone needs: where there is no limit."""


class Bar(IntFlag):
    """What keeps one more student out of a slot; several may at once, and the first of them is the one named."""

    BEGUN = 1
    WITHDRAWN = 2
    LIMIT = 4
    TAKEN = 8
    EMPLOYER_TOTAL = 16
    EMPLOYER_DAY = 32
    SUPPORT = 64
    ONE_SCHOOL = 128
    SCHOOL_OUT = 256
    COACH = 512
    GROUP_SHORT = 1024


@dataclass(frozen=True)
class Room:
    """The room that ``allocation`` leaves in the slots ``slot_ids``, which number the arrays."""

    round_: Round
    slot_ids: tuple[str, ...]
    allocation: Allocation
    _asked: dict[tuple[str, bool], Bars] = field(default_factory=dict)
    _fresh: dict[bool, Bars] = field(default_factory=dict)
    _least: dict[bool, Numbers] = field(default_factory=dict)

    def bars(self, urn: str, *, support: bool) -> Bars:
        """For one more student of a school, needing a support place or not, every slot's ``Bar``: int16[slots]."""
        key = urn, support
        if key not in self._asked:
            self._asked[key] = self._bars(self.round_.schools[urn], support=support)
        return self._asked[key]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The slots in order."""
        return tuple(self.round_.slots[slot_id] for slot_id in self.slot_ids)

    @cached_property
    def experiences(self) -> tuple[Experience, ...]:
        """The experience of every slot."""
        return tuple(self.round_.experiences[slot.experience_id] for slot in self.slots)

    @cached_property
    def members(self) -> Mapping[str, Mapping[str, int]]:
        """For every slot that has students, how many of each school."""
        members: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.allocation.assignments:
            members[row.slot_id][self.round_.students[row.student_id].urn] += 1
        return members

    def smallest_groups(self, *, small: bool) -> Numbers:
        """The fewest students of a school, small or not, who may form a group in every slot: int64[slots]."""
        if small not in self._least:
            least = np.array([slot.group_min for slot in self.slots], dtype=np.int64)
            self._least[small] = np.minimum(least, self.round_.policy.small_school_group_min) if small else least
        return self._least[small]

    def missing(self, urn: str, slot: int) -> int:
        """How many more students of a school it would take in a group slot, by number, for one more to be there."""
        own = self.members.get(self.slot_ids[slot], {}).get(urn, 0)
        groups = int(_groups(np.array(own + 1), self._largest[slot]))
        return int(self.smallest_groups(small=self.round_.schools[urn].small)[slot]) * groups - own

    def limits(self, urn: str) -> Numbers:
        """How many more of a school the employers' and the school's own limits allow in every slot: int64[slots]."""
        of_employers = np.minimum(self._employer_left, self._employer_day_left)
        return np.minimum(of_employers, np.minimum(*self._limits_of(self.round_.schools[urn])))

    def support_limit(self, urn: str, slot: int) -> int:
        """How many more students of a school who need support the slot numbered ``slot`` can take."""
        return int(self._support_left[slot]) if self._counts_support(self.round_.schools[urn])[slot] else PLENTY

    def _limits_of(self, school: School) -> tuple[Numbers, Numbers]:
        """How many more a school may have out in every slot, and by coach."""
        return (
            self._out_left(school.max_out_per_half_day, school.urn, self._in_person),
            self._out_left(school.coach_seats_per_half_day, school.urn, self._visit),
        )

    def _counts_support(self, school: School) -> NDArray[np.bool_]:
        """In which slots a student of the school who needs support takes a support place."""
        return self._in_person & ~self._visit if school.small else self._in_person

    def _bars(self, school: School, *, support: bool) -> Bars:
        bars = self._common.copy()
        out_left, seats_left = self._limits_of(school)
        _add(bars, Bar.SCHOOL_OUT, out_left < 1)
        _add(bars, Bar.COACH, seats_left < 1)
        if support:
            _add(bars, Bar.SUPPORT, self._counts_support(school) & (self._support_left < 1))
        bars |= self._of_strangers(school.small)
        held = np.array(self._out.get(school.urn, ()), dtype=np.int64).reshape(-1, 2)
        numbers, counts = held[:, 0], held[:, 1]
        bars[numbers] &= ~np.int16(Bar.GROUP_SHORT | Bar.ONE_SCHOOL)
        bars[numbers[self._in_school[numbers] & (self._schools_in[numbers] > 1)]] |= np.int16(Bar.ONE_SCHOOL)
        grouped = self.grouped[numbers]
        bars[numbers[grouped]] &= ~np.int16(Bar.TAKEN)
        bars[numbers[grouped]] |= self._group_bars(numbers[grouped], counts[grouped], small=school.small)
        return bars

    def _of_strangers(self, small: bool) -> Bars:  # noqa: FBT001
        """The bars of groups and in-school slots for a school, small or not, that has no student in them."""
        if small not in self._fresh:
            bars = np.zeros(len(self.slots), dtype=np.int16)
            grouped = np.flatnonzero(self.grouped)
            bars[grouped] = self._group_bars(grouped, np.zeros(len(grouped), dtype=np.int64), small=small)
            _add(bars, Bar.ONE_SCHOOL, self._in_school & (self._schools_in > 0))
            self._fresh[small] = bars
        return self._fresh[small]

    def _group_bars(self, numbers: Numbers, own: Numbers, *, small: bool) -> Bars:
        """Whether a school's groups in some slots, of ``own`` students, can take one more, or be formed by one."""
        offered, largest = self._groups_offered[numbers], self._largest[numbers]
        together = own + 1
        needed = _groups(together, largest)
        taken = self._groups_in[numbers] - _groups(own, largest) + needed > offered
        least = self.smallest_groups(small=small)[numbers]
        short = np.where(least * needed > together, Bar.GROUP_SHORT, 0)
        bars: Bars = np.where(offered == 0, Bar.WITHDRAWN, np.where(taken, Bar.TAKEN, short)).astype(np.int16)
        return bars

    @cached_property
    def _groups_offered(self) -> Numbers:
        return np.array([slot.groups for slot in self.slots], dtype=np.int64)

    @cached_property
    def _largest(self) -> Numbers:
        """The most students of a group in each slot."""
        return np.array([max(1, slot.group_max) for slot in self.slots], dtype=np.int64)

    @cached_property
    def _groups_in(self) -> Numbers:
        """The groups that the schools in each slot make."""
        made = np.zeros(len(self.slots), dtype=np.int64)
        for held in self._out.values():
            numbers, counts = np.array(held, dtype=np.int64).T
            made[numbers] += _groups(counts, self._largest[numbers])
        return made

    @cached_property
    def _schools_in(self) -> Numbers:
        """How many schools have students in each slot."""
        return np.array([len(self.members.get(slot_id, ())) for slot_id in self.slot_ids], dtype=np.int64)

    @cached_property
    def _common(self) -> Bars:
        """The bars that are the same for every school."""
        bars = np.zeros(len(self.slots), dtype=np.int16)
        policy = self.round_.policy
        alone = ~self.grouped
        capacity = np.array([slot.capacity for slot in self.slots], dtype=np.int64)
        _add(bars, Bar.WITHDRAWN, alone & (capacity == 0))
        _add(bars, Bar.TAKEN, alone & (capacity > 0) & (self._taken >= capacity))
        _add(bars, Bar.EMPLOYER_TOTAL, self._employer_left < 1)
        _add(bars, Bar.EMPLOYER_DAY, self._employer_day_left < 1)
        long = np.array([slot.half_days > policy.max_half_days for slot in self.slots], dtype=np.bool_)
        virtual = np.array([e.delivery == "virtual" for e in self.experiences], dtype=np.bool_)
        _add(bars, Bar.BEGUN, np.array([self.round_.has_begun(slot) for slot in self.slots], dtype=np.bool_))
        _add(bars, Bar.LIMIT, long | (virtual & (policy.max_virtual < 1)))
        return bars

    @cached_property
    def _in_person(self) -> NDArray[np.bool_]:
        return np.array([experience.in_person for experience in self.experiences], dtype=np.bool_)

    @cached_property
    def _in_school(self) -> NDArray[np.bool_]:
        return np.array([experience.delivery == "in_school" for experience in self.experiences], dtype=np.bool_)

    @cached_property
    def grouped(self) -> NDArray[np.bool_]:
        """The slots that schools visit in groups: bool[slots]."""
        return np.array([experience.grouping == "group" for experience in self.experiences], dtype=np.bool_)

    @cached_property
    def _visit(self) -> NDArray[np.bool_]:
        """The in-person group slots."""
        return self._in_person & self.grouped

    @cached_property
    def _taken(self) -> Numbers:
        return np.array([sum(self.members.get(slot_id, {}).values()) for slot_id in self.slot_ids], dtype=np.int64)

    @cached_property
    def _support_left(self) -> Numbers:
        used: Counter[str] = Counter()
        for row in self.allocation.assignments:
            student = self.round_.students[row.student_id]
            experience = self.round_.experiences[self.round_.slots[row.slot_id].experience_id]
            brings_own = experience.grouping == "group" and self.round_.schools[student.urn].small
            used[row.slot_id] += student.support and not brings_own
        return np.array([slot.support_places - used[slot.slot_id] for slot in self.slots], dtype=np.int64)

    @cached_property
    def _employers(self) -> tuple[Employer, ...]:
        return tuple(self.round_.employers[experience.employer_id] for experience in self.experiences)

    @cached_property
    def _employer_left(self) -> Numbers:
        hosted: Counter[str] = Counter()
        for employer, taken in zip(self._employers, self._taken.tolist(), strict=True):
            hosted[employer.employer_id] += taken
        return np.array([_left(e.max_students, hosted[e.employer_id]) for e in self._employers], dtype=np.int64)

    @cached_property
    def _employer_day_left(self) -> Numbers:
        hosted: Counter[tuple[str, HalfDay]] = Counter()
        visits = list(zip(self._employers, self.slots, self._in_person.tolist(), self._taken.tolist(), strict=True))
        for employer, slot, in_person, taken in visits:
            for moment in slot.occupies if in_person else ():
                hosted[employer.employer_id, moment] += taken
        return np.array(
            [
                min((_left(e.max_students_per_half_day, hosted[e.employer_id, m]) for m in s.occupies), default=PLENTY)
                if in_person
                else PLENTY
                for e, s, in_person, _ in visits
            ],
            dtype=np.int64,
        )

    @cached_property
    def _moments(self) -> Mapping[HalfDay, int]:
        """A number for every half-day that a slot takes; the last number is for none."""
        return {moment: i for i, moment in enumerate(sorted({m for slot in self.slots for m in slot.occupies}))}

    @cached_property
    def _occupied(self) -> tuple[Numbers, Numbers]:
        """The half-day numbers of all slots one after another, and where each slot's begin; none is empty."""
        numbered = [[self._moments[m] for m in slot.occupies] or [len(self._moments)] for slot in self.slots]
        firsts = np.cumsum([0, *(len(numbers) for numbers in numbered)])[:-1]
        return np.array([n for numbers in numbered for n in numbers], dtype=np.int64), firsts.astype(np.int64)

    @cached_property
    def _out(self) -> Mapping[str, list[tuple[int, int]]]:
        """For every school, the slot numbers its students are in and how many."""
        out: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, slot_id in enumerate(self.slot_ids):
            for urn, count in self.members.get(slot_id, {}).items():
                out[urn].append((number, count))
        return out

    def _out_left(self, limit: int | None, urn: str, kind: NDArray[np.bool_]) -> Numbers:
        """How many more of a school may be out in each slot of a kind (others have plenty) under a limit."""
        if limit is None or not self.slots:
            return np.full(len(self.slots), PLENTY, dtype=np.int64)
        left = np.full(len(self._moments) + 1, limit, dtype=np.int64)
        left[-1] = PLENTY
        for number, count in self._out.get(urn, ()):
            if kind[number]:
                for moment in self.slots[number].occupies:
                    left[self._moments[moment]] -= count
        numbers, firsts = self._occupied
        return np.where(kind, np.minimum.reduceat(left[numbers], firsts), PLENTY)


def _add(bars: Bars, bar: Bar, where: NDArray[np.bool_]) -> None:
    bars[where] |= np.int16(bar)


def _left(limit: int | None, used: int) -> int:
    return PLENTY if limit is None else limit - used


def _groups(students: Numbers, largest: Numbers) -> Numbers:
    """The fewest groups of at most ``largest`` that hold the students."""
    return -(-students // largest)
