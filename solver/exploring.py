"""The best bundle around every pair, for all students: which shut blocks are wanted, and which ways are near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.side_by_side import side_by_side
from solver import around, nearest
from solver.alone import UNFIT
from solver.bound import kernel_facts, parts_of, starts, student_side
from solver.candidates import linear_worths
from solver.descent import STEP_NODES
from solver.kernels import chosen_for
from solver.prices import SCALE, Asked, pair_worths, placed_bonus, worths

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints
    from solver.descent import Descent
    from solver.prices import Prices, Worths
    from solver.problem import Problem

_LOADED = (around, nearest)
ANY = 1 << 59
"""However far behind the best a bundle is."""
BEHIND = 0.3
"""How far pairs that join those on which prices are sought may be from the best, in what a slot is worth."""
MANY = 6
"""Partners of each class that are tried around a pair."""


@dataclass(frozen=True, slots=True)
class Explored:
    """By pair: whether it is ``usable``, how much ``more`` than the student's best the bundle around it is worth.

    ``mates``: the bundle's other pairs or -1, shape (pairs, 2); ``first``: the students' pairs, compressed.
    """

    first: Ints
    usable: Bools
    more: Ints
    mates: Ints

    def wanted(self) -> tuple[Ints, Ints, Ints]:
        """Pairs that are not usable and would be wanted for nothing, what for, and beside what."""
        pair = np.flatnonzero(~self.usable & (self.more > 0))
        return pair, self.more[pair], self.mates[pair]

    def near(self, cap: int) -> Ints:
        """Every student's best ``cap`` bundles around usable pairs, rows of pair positions or -1."""
        pair = np.flatnonzero(self.usable & (self.more > UNFIT))
        student = np.searchsorted(self.first, pair, side="right") - 1
        order = np.lexsort((-self.more[pair], student))
        pair, student = pair[order], student[order]
        rank = np.arange(len(pair)) - np.searchsorted(student, student)
        pair = pair[rank < cap]
        return np.column_stack([pair, self.mates[pair]])


def explore(problem: Problem, worth: Worths, prices: Prices, usable: Bools, value: Ints, behind: int) -> Explored:
    """The best bundle around every pair, with ``usable`` pairs beside it, against ``value``, the best by student.

    Only bundles worth more than the best less ``behind`` (in scaled units) are looked for.
    """
    kernels = chosen_for(len(problem.pairs.slot))
    linear, bonus = linear_worths(problem, worth, prices), placed_bonus(problem, worth, prices)
    students, slots = kernel_facts(problem)
    amounts = worth.of_bundles
    flags = ("clash" not in problem.rules_off, "repeat" not in problem.rules_off)
    first, slot = problem.pairs.first, problem.pairs.slot
    more, least = np.empty(len(slot), dtype=np.int64), value - bonus - behind
    mates = np.empty((len(slot), 2), dtype=np.int64)

    def part(order: Ints) -> None:
        kernels.around_each(
            order, first, slot.raw, linear, usable, students, slots, amounts, flags, MANY, least, more, mates
        )

    list(side_by_side(part, parts_of(problem)))
    fit = more > UNFIT
    more[fit] += np.repeat(bonus - value, np.diff(first))[fit]
    return Explored(first, usable, more, mates)


def nearest_to_choices(problem: Problem, descent: Descent, prices: Prices, swing: float, cap: int) -> Ints:
    """The ``cap`` pairs of each student that come nearest to what is best for them on the pairs of ``descent``.

    ``prices``: those of the descent as they are in ``problem``, with all pairs; ``swing``: what a slot is worth at its
    level.
    """
    worth = worths(descent.levels, descent.level, prices)
    value, _ = student_side(descent.problem, worth, descent.prices(), nodes=STEP_NODES)
    return nearest_of(problem, worth, prices, value, int(BEHIND * swing * SCALE), cap)


def nearest_of(problem: Problem, worth: Worths, prices: Prices, value: Ints, behind: int, cap: int) -> Ints:
    """The pairs, ascending, that come nearest to bundles worth ``value`` (the best by student): ``cap`` a student.

    Only those are looked for that may be in one worth more than the best less ``behind`` (in scaled units).
    """
    kernels = chosen_for(len(problem.pairs.slot))
    asked, bonus = Asked.of(problem, prices), placed_bonus(problem, worth, prices)
    students, slots = kernel_facts(problem)
    amounts, least = worth.of_bundles, value - bonus - behind
    rows = np.empty((len(value), cap), dtype=np.int64)

    def part(order: Ints) -> None:
        at = starts(problem.pairs, order)
        linear = pair_worths(problem, worth, prices, asked, order, at)
        kernels.nearest_pairs(
            order, at, problem.pairs.first, problem.pairs.slot.raw, linear, students, slots, amounts, least, rows
        )

    list(side_by_side(part, parts_of(problem)))
    return np.sort(rows[rows >= 0])
