"""The last students that a level which counts heads misses: room is made for them in the slots that they could have.

One exact neighbourhood: each of them gives up all and is offered every slot of theirs; whoever holds one of these slots
may move to another with places left. It is asked where few are missing, and costs about what a part of a sweep does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.candidates import NEVER, Candidates, move_goals, single_moves
from solver.prices import Worths
from solver.sweeps import Release, by_student

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Bools, Ints
    from solver.problem import Problem

MANY = 12
"""Slots offered to each student who makes room."""
COUNTING = 1_000
"""How much sooner a counting slot is offered than another, in points."""


def missed(problem: Problem, goals: Mapping[str, int], chosen: Ints) -> Ints:
    """Students who could add to one of the ``goals`` that count heads and do not with the pairs ``chosen``."""
    facts, slots, pairs = problem.students, problem.slots, problem.pairs
    count = len(facts.school)
    student = pairs.student_of(chosen)
    holds, sure = np.zeros(count, dtype=bool), facts.guaranteed.copy()
    holds[student] = True
    sure[student[slots.counts[pairs.slot[chosen]]]] = True
    found = np.zeros(count, dtype=bool)
    if goals.get("guarantee", 0) > 0:
        able = np.zeros(count, dtype=bool)
        for begin, end in pairs.spans():
            inside = np.arange(int(pairs.first[begin]), int(pairs.first[end]))
            able[pairs.student_of(inside[slots.counts[pairs.slot[inside]]])] = True
        found |= able & ~sure & (facts.max_slots > 0)
    able = (np.diff(pairs.first) > 0) & (facts.max_slots > 0)
    if goals.get("reach", 0) > 0:
        found |= able & ~holds & ~facts.placed
    if goals.get("replaced", 0) > 0:
        found |= able & ~holds & ~facts.placed & facts.baseline
    return np.flatnonzero(found)


@dataclass(frozen=True, slots=True)
class Rescue:
    """The students ``missing`` give up all; who holds one of their slots (``wanted``, by slot) may leave it.

    ``room``: by slot, whether places are left there.
    """

    problem: Problem
    missing: Ints
    wanted: Bools
    room: Bools

    @classmethod
    def of(cls, problem: Problem, missing: Ints, chosen: Ints) -> Rescue:
        """Around the allocation ``chosen``."""
        slots, pairs = problem.slots, problem.pairs
        wanted = np.zeros(len(problem.slot_ids), dtype=bool)
        for s in missing.tolist():
            wanted[pairs.slot[np.arange(int(pairs.first[s]), int(pairs.first[s + 1]))]] = True
        used = np.bincount(pairs.slot[chosen], minlength=len(slots.capacity))
        places = np.where(slots.grouped, slots.groups * slots.group_max, slots.capacity)
        return cls(problem, missing, wanted, used < places)

    def release(self, chosen: Ints) -> Release:
        """All that the missing hold, and of the others the first slot that one of the missing could have."""
        student = self.problem.pairs.student_of(chosen)
        lost = np.isin(student, self.missing)
        asked = np.flatnonzero(self.wanted[self.problem.pairs.slot[chosen]] & ~lost)
        _, first = np.unique(student[asked], return_index=True)
        free = lost.copy()
        free[asked[first]] = True
        return Release(free, np.zeros(len(chosen), dtype=bool))

    def moves(self, schools: Ints, chosen: Ints, student: Ints, free: Bools) -> Candidates:  # noqa: ARG002
        """Every slot of the missing, what they held, and slots with places left for those who make room."""
        problem, pairs = self.problem, self.problem.pairs
        held = np.setdiff1d(student[free], self.missing)
        given = free & np.isin(student, held)
        good = 1 + pairs.points[np.arange(len(pairs.slot))] + COUNTING * problem.slots.counts[pairs.slot.raw]
        kept = by_student(chosen[~free], student[~free], held)
        released = by_student(chosen[given], student[given], held)[:, 0]
        room = np.where(self.room[pairs.slot.raw], good, np.int64(NEVER))
        others = single_moves(problem, Worths({}), (room,), held, kept, released, MANY)
        none = np.full(len(self.missing), -1, dtype=np.int64)
        every = int(np.diff(pairs.first)[self.missing].max(initial=1))
        alone = single_moves(problem, Worths({}), (good,), self.missing, none[:, None], none, every)
        back = by_student(chosen[free], student[free], self.missing)
        back = back[(back >= 0).any(axis=1)]
        goals = move_goals(problem, pairs.student_of(back[:, 0]), back, np.full((len(back), 1), -1, dtype=np.int64))
        return _joined((others, alone, Candidates(pairs.student_of(back[:, 0]), back, goals)))


def _joined(parts: Sequence[Candidates]) -> Candidates:
    """All of the moves, each once."""
    width = max(part.pairs.shape[1] for part in parts)
    pairs = np.concatenate(
        [np.pad(p.pairs, ((0, 0), (0, width - p.pairs.shape[1])), constant_values=-1) for p in parts]
    )
    owner = np.concatenate([part.owner for part in parts])
    goals = {goal: np.concatenate([part.goals[goal] for part in parts]) for goal in parts[0].goals}
    return Candidates(owner, pairs, goals).only(np.unique(pairs, axis=0, return_index=True)[1])
