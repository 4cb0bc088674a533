"""The last students that a level which counts heads misses: room is made for them in the slots that they could have.

One exact neighbourhood: each of them gives up all and is offered every slot of theirs; whoever holds one of these slots
may move to another with places left. It is asked where few are missing, and costs about what a part of a sweep does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.alone import UNFIT
from solver.candidates import Candidates, move_goals, places_left, single_moves
from solver.prices import Worths
from solver.sweeps import Release, by_student
from solver.touched import lacking, options_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Bools, Ints
    from solver.problem import Problem

MANY = 12
"""Slots offered to each student who makes room."""
MAKERS, MAKERS_EACH = 5_000, 150
"""Students who may make room, about, at most and for each of the missing: where more hold slots of these, some of the
slots are left alone."""
COUNTING = 1_000
"""How much sooner a counting slot is offered than another, in points."""


def missed(problem: Problem, goals: Mapping[str, int], chosen: Ints, most: int) -> Ints:
    """The first ``most`` students who lack what one of the ``goals`` counts heads of, and have options that might do.

    The goals are a level's, signed; those that a level rewards against their sense miss nobody.
    """
    wanted = {goal for goal, coefficient in goals.items() if coefficient > 0}
    slots, pairs, found = problem.slots, problem.pairs, []
    for s in np.flatnonzero(lacking(problem, chosen, wanted) & (problem.students.max_slots > 0)).tolist():
        own = pairs.slot.raw[pairs.first[s] : pairs.first[s + 1]]
        if slots.counts[own].any() if wanted == {"guarantee"} else len(own):
            found.append(s)
        if len(found) == most:
            break
    return np.array(found, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Rescue:
    """The students ``missing`` give up all; who holds one of their slots (``wanted``, by slot) may leave it.

    It is for a sweep with one neighbourhood of all schools. ``room``: by slot, whether places are left there. ``few``:
    whether more might leave slots than are asked.
    """

    problem: Problem
    missing: Ints
    wanted: Bools
    room: Bools
    few: bool

    @classmethod
    def of(cls, problem: Problem, missing: Ints, chosen: Ints, *, few: bool = False) -> Rescue:
        """Around the allocation ``chosen``; ``few``: a few for each of the missing are to make room."""
        theirs = np.isin(np.arange(len(problem.student_ids)), missing)
        wanted = np.zeros(len(problem.slot_ids), dtype=bool)
        slots = np.unique(problem.pairs.slot[options_of(problem, theirs)])
        held = int(np.isin(problem.pairs.slot[chosen], slots).sum())
        makers = min(MAKERS, MAKERS_EACH * len(missing)) if few else MAKERS
        wanted[slots[:: 1 + held // makers]] = True
        return cls(problem, missing, wanted, places_left(problem, chosen), makers < min(MAKERS, held))

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
        room = np.where(self.room[pairs.slot.raw], good, np.int64(UNFIT))
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
