"""Who went first, and under which goal: what exchanging a student for one who holds a full place would cost.

An exchange puts one student into a slot and, where it is full, takes another out, everything else kept. Only exchanges
that keep every rule are looked at, and the policy's levels say, in order, at which goal the exchange loses: under that
goal the other student went first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.newcomer import Newcomer
from engine.room import Bar
from engine.standing import OWN_GOALS, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.domain import Student
    from engine.given import Given
    from engine.options import Options
    from engine.policy import Policy
    from engine.room import Room

    Numbers = NDArray[np.int64]
    Bars = NDArray[np.int16]

GOALS: tuple[str, ...] = (*OWN_GOALS, "equity", "reserve")
LOTTERY = "lottery"
NOBODY = -1
"""Also the column of nothing at the end of every array over rows."""
NO_EXCHANGE = Bar.BEGUN | Bar.WITHDRAWN | Bar.ONE_SCHOOL | Bar.GROUP_SHORT | Bar.LIMIT
OF_ONE_SCHOOL = Bar.SCHOOL_OUT | Bar.COACH


@dataclass(frozen=True, slots=True)
class Behind:
    """The closest that a student came: the slot's number, and the goal under which its holder went first."""

    slot: int
    goal: str


@dataclass(frozen=True, slots=True)
class Standoff:
    """All exchanges of one student: the closest that loses, if any, and the levels at which some exchange wins.

    A win at a level with a tolerance is none: the policy itself may have given that much up for a later level.
    """

    behind: Behind | None
    wins: frozenset[str]


@dataclass(frozen=True)
class Precedence:
    """The exchanges of one allocation: ``room`` says what bars each slot, ``rows`` who holds what."""

    options: Options
    room: Room
    rows: tuple[Given, ...]
    _asked: dict[tuple[str, bool], NDArray[np.int32]] = field(default_factory=dict)

    def standoff(self, student_id: str, pairs: Numbers, bars: Bars) -> Standoff:
        """How the exchanges of a student without a slot end; ``pairs`` number the student's options, all ``bars``."""
        slots = self.options.slot[pairs].astype(np.int64)
        holders = self._least_of(self.room.round_.students[student_id])[slots]
        real = (holders != NOBODY) | (bars == 0)
        if not real.any():
            return Standoff(None, frozenset())
        return self._ended(Newcomer(self._standing, student_id, slots[real], pairs[real]), holders[real])

    def _ended(self, newcomer: Newcomer, holders: Numbers) -> Standoff:
        """Read off where each exchange is decided: level by level, asking ever fewer of them."""
        levels, slots = self._policy.levels, newcomer.slots
        first = np.full(len(slots), len(levels))
        won = np.zeros(len(slots), dtype=np.bool_)
        undecided = np.arange(len(slots))
        for level in range(len(levels)):
            change = self._change(level, newcomer.at(undecided), holders[undecided])
            first[undecided[change != 0]] = level
            won[undecided[change > 0]] = True
            undecided = undecided[change == 0]
            if not len(undecided):
                break
        won_at = (levels[level] for level in np.unique(first[won]).tolist())
        wins = frozenset(level.name for level in won_at if level.proof and not level.tolerance)
        if won.all():
            return Standoff(None, wins)
        closest = int(np.where(won, -1, first).argmax())
        goal = self._goal_of(int(first[closest]), newcomer.at(np.array([closest])), holders[[closest]])
        return Standoff(Behind(int(slots[closest]), goal), wins)

    def _change(self, level: int, newcomer: Newcomer, holders: Numbers) -> Numbers:
        """What each exchange adds to a level."""
        change: Numbers = -self._losses_of_levels[level][holders]
        for goal, times in self._policy.levels[level].goals.items():
            change += times * self._adds(goal, newcomer, holders)
        return change

    def _adds(self, goal: str, newcomer: Newcomer, holders: Numbers) -> Numbers:
        """What each exchange adds to a goal, of their own goals before the holder's loss."""
        if goal == "equity":
            return self._equity(newcomer.student_id, holders)
        if goal == "reserve":
            return self._reserve(newcomer.student_id, newcomer.slots, holders)
        return newcomer.adds(goal)

    def _goal_of(self, level: int, newcomer: Newcomer, holders: Numbers) -> str:
        """The goal under which one exchange loses that is decided at ``level``: the one that costs the level most."""
        if level == len(self._policy.levels):
            return LOTTERY
        factors, costs = self._factors[level], np.zeros(len(GOALS), dtype=np.int64)
        for number in np.flatnonzero(factors).tolist():
            adds = int(self._adds(GOALS[number], newcomer, holders)[0])
            lost = int(self._standing.losses[number, holders[0]]) if number < len(OWN_GOALS) else 0
            costs[number] = factors[number] * (adds - lost)
        return GOALS[int(costs.argmin())]

    def _least_of(self, student: Student) -> NDArray[np.int32]:
        """``_holders`` for every slot, which is the same for all of a school who need support, or who do not."""
        key = student.urn, student.support
        if key not in self._asked:
            bars = self.room.bars(student.urn, support=student.support)
            self._asked[key] = self._holders(student, np.arange(len(bars)), bars).astype(np.int32)
        return self._asked[key]

    def _holders(self, student: Student, slots: Numbers, bars: Bars) -> Numbers:
        """For each slot the row that costs least to give up, of those whose leaving would let the student in."""
        same_school = ((bars & OF_ONE_SCHOOL) != 0) | self._groups[slots]
        supported = (bars & Bar.SUPPORT) != 0
        found = np.full(len(slots), NOBODY, dtype=np.int64)
        for urn, where_school in ((student.urn, same_school), (None, ~same_school)):
            for among, where_support in ((True, supported), (False, ~supported)):
                least = self._least.get((urn, among))
                if least is not None:
                    found = np.where(where_school & where_support, least[slots], found)
        return np.where((bars == 0) | ((bars & NO_EXCHANGE) != 0), NOBODY, found)

    @cached_property
    def _least(self) -> Mapping[tuple[str | None, bool], Numbers]:
        """For (a school, or any; in support places only, or all) the cheapest row of every slot that is not pinned."""
        costs = self._losses_of_levels[:, :-1]
        order = np.lexsort([np.arange(len(self.rows)), *costs[::-1]])
        pins = {(d.student_id, d.slot_id) for d in self.room.round_.decisions if d.kind == "pin"}
        size = len(self.options.slots)
        among: dict[tuple[str | None, bool], list[int]] = defaultdict(list)
        for row in order[::-1].tolist():
            given = self.rows[row]
            if pins and (given.student.student_id, given.slot.slot_id) in pins:
                continue
            takes_support = given.student.support and not (given.experience.grouping == "group" and given.school.small)
            for urn in (None, given.school.urn):
                among[urn, False].append(row)
                if takes_support:
                    among[urn, True].append(row)
        least = {key: np.full(size, NOBODY, dtype=np.int64) for key in among}
        for key, rows in among.items():
            # Where a slot is named twice the last row stays, and the cheapest are the last.
            least[key][self._row_slots[rows]] = rows
        return least

    def _equity(self, student_id: str, holders: Numbers) -> Numbers:
        """What each exchange adds to ``equity``."""
        total = np.zeros(len(holders), dtype=np.int64)
        leaves = self._only_row[holders]
        for group, (share, placed) in self._shares.items():
            joins = group in self._standing.progress[student_id].groups
            now = max(0, share * self._reached - 100 * placed)
            members = placed + joins - (leaves & self._of_rows(group)[holders])
            total += np.maximum(0, share * (self._reached + 1 - leaves) - 100 * members) - now
        return total

    def _reserve(self, student_id: str, slots: Numbers, holders: Numbers) -> Numbers:
        """What each exchange adds to ``reserve``."""
        now = self._priority_in[slots]
        then = now + int(self._standing.progress[student_id].priority) - self._priority_rows[holders]
        reserved = self._reserved[slots]
        added: Numbers = np.minimum(reserved, then) - np.minimum(reserved, now)
        return added

    @property
    def _policy(self) -> Policy:
        return self.room.round_.policy

    @cached_property
    def _standing(self) -> Standing:
        return Standing(self.options, self.room, self.rows)

    @cached_property
    def _groups(self) -> NDArray[np.bool_]:
        return np.array([experience.grouping == "group" for experience in self.room.experiences], dtype=np.bool_)

    @cached_property
    def _reserved(self) -> Numbers:
        return np.array([slot.reserved for slot in self.room.slots], dtype=np.int64)

    @cached_property
    def _factors(self) -> Numbers:
        return _factors(self._policy, GOALS)

    @cached_property
    def _losses_of_levels(self) -> Numbers:
        """What giving up each row would take from the own goals of each level: int64[levels, rows + 1]."""
        return _factors(self._policy, OWN_GOALS) @ self._standing.losses

    @cached_property
    def _only_row(self) -> Numbers:
        """1 for each row that is its student's only one."""
        times: dict[str, int] = defaultdict(int)
        for row in self.rows:
            times[row.student.student_id] += 1
        return np.array([*(times[row.student.student_id] == 1 for row in self.rows), 0], dtype=np.int64)

    @cached_property
    def _priority_rows(self) -> Numbers:
        progress = self._standing.progress
        return np.array([*(progress[row.student.student_id].priority for row in self.rows), 0], dtype=np.int64)

    @cached_property
    def _priority_in(self) -> Numbers:
        """The priority students in every slot."""
        count = np.zeros(len(self.options.slots), dtype=np.int64)
        np.add.at(count, self._row_slots, self._priority_rows[:-1])
        return count

    @cached_property
    def _row_slots(self) -> Numbers:
        """The slot of every row."""
        return np.array([self._standing.slot_number[row.slot.slot_id] for row in self.rows], dtype=np.int64)

    def _of_rows(self, group: str) -> Numbers:
        """1 for each row whose student is in an equity group."""
        return self._group_rows[self._policy.equity_groups.index(group)]

    @cached_property
    def _group_rows(self) -> tuple[Numbers, ...]:
        mine = [self._standing.progress[row.student.student_id].groups for row in self.rows]
        groups = self._policy.equity_groups
        return tuple(np.array([*(group in each for each in mine), 0], dtype=np.int64) for group in groups)

    @cached_property
    def _reached(self) -> int:
        return len({row.student.student_id for row in self.rows})

    @cached_property
    def _shares(self) -> Mapping[str, tuple[int, int]]:
        """For every equity group, its percentage of the students with options and how many of it are placed."""
        students, progress = self.room.round_.students, self._standing.progress
        sizes = np.diff(self.options.first).tolist()
        could = {s for s, size in zip(self.options.students, sizes, strict=True) if size and students[s].available}
        placed = {row.student.student_id for row in self.rows}
        shares = {}
        for group in self._policy.equity_groups:
            members = {student_id for student_id, each in progress.items() if group in each.groups}
            shares[group] = 100 * len(members & could) // max(1, len(could)), len(members & placed)
        return shares


def _factors(policy: Policy, goals: tuple[str, ...]) -> Numbers:
    """How often each level counts each goal: int64[levels, goals]."""
    return np.array([[level.goals.get(goal, 0) for goal in goals] for level in policy.levels], dtype=np.int64)
