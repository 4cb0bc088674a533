"""The round as integers: what the solver sees, and nothing else.

Students and slots are numbered in the order of the published lottery, so that neither row order nor the alphabet
can decide a tie. Fixed assignments (pins, frozen rows) are taken out beforehand: every limit here is what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from solver import linear
from solver.kernels import chosen_for

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints
    from solver.narrow import Narrow

NO_LIMIT = 1 << 30
AT_ONCE = 2_000_000
"""Pairs, about, for which an array is worked out at once."""
_LOADED = (linear,)


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """Arrays over students, shape (students,) unless said otherwise."""

    school: Ints
    max_slots: Ints
    """Slots still to give."""
    max_half_days: Ints
    max_virtual: Ints
    priority: Bools
    need_left: Ints
    """The deficit left after fixed assignments, in half-days."""
    placed: Bools
    """Has a fixed slot already."""
    guaranteed: Bools
    """Has a fixed counting slot already, or is no priority student."""
    progressed: Bools
    """Has a fixed slot of a higher tier already."""
    top_tier: Ints
    """Highest tier in the history of the current key stage; 0 where there is none."""
    known_sector: Bools
    """Shape (students, sectors): in the history or among the fixed slots."""
    in_group: Bools
    """Shape (students, equity groups)."""
    ticket: Ints
    support: Bools
    baseline: Bools
    """Has a row in the published allocation (re-run only)."""


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """Arrays over slots, shape (slots,)."""

    employer: Ints
    sector: Ints
    tier: Ints
    in_person: Bools
    in_school: Bools
    """In-school slots whose school is still open; those that have begun are settled."""
    virtual: Bools
    grouped: Bools
    counts: Bools
    half_days: Ints
    begins: Ints
    """Ordinal of the first school half-day occupied; slots occupy consecutive ones, an even ordinal is a morning."""
    ends: Ints
    """Ordinal of the last half-day occupied."""
    capacity: Ints
    """Places left in individual slots."""
    groups: Ints
    group_min: Ints
    group_max: Ints
    reserved: Ints
    reserved_taken: Ints
    """Priority students among the fixed."""


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Eligible pairs in compressed rows by student; slots ascend within a student."""

    first: Ints
    slot: Narrow
    km: Narrow
    points: Narrow
    kept: Bools
    """A notified row of the published allocation (re-run only)."""

    @property
    def student(self) -> Ints:
        """The student of every pair."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int64), np.diff(self.first))

    def student_of(self, pairs: Ints) -> Ints:
        """The students of some pairs, by position."""
        return np.asarray(np.searchsorted(self.first, pairs, side="right") - 1)

    def position_of(self, student: Ints, slot: Ints) -> tuple[Ints, Bools]:
        """Where the pairs of ``student`` and ``slot`` are, and whether each is one at all."""
        position = np.zeros(len(student), dtype=np.int64)
        found = np.zeros(len(student), dtype=bool)
        for n, (s, j) in enumerate(zip(student.tolist(), slot.tolist(), strict=True)):
            own = self.slot.raw[self.first[s] : self.first[s + 1]]
            at = int(np.searchsorted(own, j))
            position[n] = self.first[s] + at
            found[n] = at < len(own) and own[at] == j
        return position, found

    def in_slots(self, slots: Ints) -> Ints:
        """Where the pairs of some slots are, looked for in parts."""
        wanted = np.zeros(int(max(slots.max(initial=-1), self.slot.most())) + 1, dtype=bool)
        wanted[slots] = True
        raw, size = self.slot.raw, len(self.slot)
        parts = [np.flatnonzero(wanted[raw[at : at + AT_ONCE]]) + at for at in range(0, size, AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def spans(self) -> list[tuple[int, int]]:
        """Ranges of students with about ``AT_ONCE`` pairs: for what is done in parts."""
        count, pairs = len(self.first) - 1, int(self.first[-1])
        cuts = np.unique(np.searchsorted(self.first, np.arange(AT_ONCE, pairs, AT_ONCE)))
        return list(pairwise([0, *(int(c) for c in cuts if 0 < c < count), count]))

    def only(self, keep: Ints | Bools, first: Ints) -> PairFacts:
        """The pairs that are kept, by student as ``first`` says."""
        return PairFacts(first, self.slot.only(keep), self.km.only(keep), self.points.only(keep), self.kept[keep])


@dataclass(frozen=True, slots=True)
class Resources:
    """Shared limits, one row each: the assignments that use a row number at most ``left``.

    ``names`` says which limit a row is. A pair uses the rows of its slot, of its slot's support places where the
    student needs one, and of its school in each half-day.
    """

    names: tuple[tuple[str, ...], ...]
    left: Ints
    slot_first: Ints
    slot_row: Ints
    """Rows of every slot, compressed: ``slot_row[slot_first[j]:slot_first[j + 1]]``."""
    support_row: Ints
    """Shape (slots,): the support row, or -1."""
    brings_support: Bools
    """Shape (schools,): the school's students in group slots bring their own support."""
    school_rows: Ints
    """Shape (2, schools, half-days): the ``school_out`` row, and the ``coach`` row, or -1."""


@dataclass(frozen=True, slots=True)
class Separation:
    """Pair positions of which at most one may hold."""

    pairs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole question in integers."""

    student_ids: tuple[str, ...]
    slot_ids: tuple[str, ...]
    school_ids: tuple[str, ...]
    students: StudentFacts
    slots: SlotFacts
    pairs: PairFacts
    resources: Resources
    small_min: int
    """The smallest group of a special or alternative-provision school."""
    small_school: Bools
    fixed: tuple[tuple[int, int], ...]
    """Fixed assignments, (student, slot)."""
    fixed_members: dict[tuple[int, int], int]
    """Students fixed in a slot, by (school, slot)."""
    frozen_members: dict[tuple[int, int], int]
    """The frozen ones among them; nobody joins a slot that has begun."""
    separations: tuple[Separation, ...]
    share: Ints
    """Percentage of each equity group among available students with an option."""
    constants: dict[str, int]
    """What the fixed assignments alone are worth, by goal."""
    rules_off: frozenset[str] = frozenset()

    @property
    def exempt_members(self) -> frozenset[tuple[int, int]]:
        """(school, slot) where only frozen rows sit: no minimum is asked."""
        members = self.fixed_members
        return frozenset(key for key, number in self.frozen_members.items() if number == members[key])

    def block_members(self) -> Ints:
        """How many eligible students every block has: shape (schools, slots), 0 in slots without blocks."""
        counts = np.zeros((len(self.school_ids), len(self.slot_ids)), dtype=np.int64)
        if self.blocked.any():
            loops = chosen_for(len(self.pairs.slot))
            loops.count_eligible(self.pairs.first, self.pairs.slot.raw, self.students.school, counts)
            counts[:, ~self.blocked] = 0
        return counts

    @property
    def exclusive(self) -> Bools:
        """Slots that take students of one school only."""
        if "one_school" in self.rules_off:
            return np.zeros_like(self.slots.in_school)
        return self.slots.in_school

    @property
    def blocked(self) -> Bools:
        """Slots whose students come in blocks by school: groups, and in-school slots."""
        return self.exclusive if "group" in self.rules_off else self.slots.grouped | self.exclusive

    @property
    def groups_open(self) -> Ints:
        """Groups per slot; where frozen rows alone make more, as many as they make; 1 for individual slots."""
        made = np.zeros_like(self.slots.groups)
        for (_, slot), number in self.frozen_members.items():
            made[slot] += -(-number // max(1, int(self.slots.group_max[slot])))
        counted = self.slots.grouped & ("group" not in self.rules_off)
        return np.where(counted, np.maximum(self.slots.groups, made), 1)

    def smallest_group(self, school: int, slot: int) -> int:
        """The fewest students of ``school`` that make one group in ``slot``."""
        least = int(self.slots.group_min[slot])
        return min(least, self.small_min) if self.small_school[school] else least
