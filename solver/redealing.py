"""Re-dealing: a neighbourhood's students give up all that they hold, and are offered whole bundles near the best.

The bundles come from settled prices: for every student the best around single pairs of open blocks, what is held
already, and ways into the shut blocks that come nearest, so that another school's group can open in a group's stead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.bound import student_side
from solver.candidates import Candidates
from solver.columns import GOALS, Columns
from solver.exploring import explore
from solver.opening import closed_blocks, groups_held
from solver.pool import restricted
from solver.prices import worths
from solver.sweeps import Release, by_student

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.bound import Catalogue
    from solver.problem import Problem
    from solver.standing import Standing

NEAR = 30
"""Bundles of open blocks offered to each student."""
RIVALS = 3
"""Shut blocks of each slot whose groups might open instead."""
WILLING = 2
"""Students who may come to a shut block, in what one group of it holds at most."""


@dataclass(frozen=True, slots=True)
class Redealing:
    """Every student gives up everything, and is offered the ``bundles`` at hand."""

    problem: Problem
    bundles: Columns

    def release(self, chosen: Ints) -> Release:
        """All of it."""
        return Release(np.ones(len(chosen), dtype=bool), np.zeros(len(chosen), dtype=bool))

    def moves(self, schools: Ints, chosen: Ints, student: Ints, free: Bools) -> Candidates:  # noqa: ARG002
        """The bundles of the schools' students."""
        bundles = self.bundles
        mine = np.isin(self.problem.students.school[bundles.owner], schools)
        goals = {goal: bundles.goals[mine, number] for number, goal in enumerate(GOALS)}
        return Candidates(bundles.owner[mine], bundles.pairs[mine], goals)


def bundles_near(
    problem: Problem,
    levels: Sequence[Level],
    level: int,
    catalogue: Catalogue,
    standing: Standing,
    brought: Ints,
    chosen: Ints,
) -> Columns:
    """The bundles offered around the allocation ``chosen``, at the level's prices ``standing``.

    ``brought``: by block of the catalogue, what a group of it would bring.
    """
    opened = groups_held(problem, catalogue, chosen) > 0
    usable = ~closed_blocks(catalogue, opened.astype(np.int64), problem)[
        problem.students.school[problem.pairs.student], problem.pairs.slot.raw
    ]
    prices = standing.prices(problem, levels, level, catalogue, opened)
    worth, pool = worths(levels, level, prices), np.flatnonzero(usable)
    value, choice = student_side(restricted(problem, pool), worth, prices)
    explored = explore(problem, worth, prices, usable, value)
    bundles = Columns(problem, max(1, int(problem.students.max_slots.max(initial=1))))
    bundles.add(np.append(pool, -1)[choice])
    bundles.add(explored.near(NEAR))
    pair, willing, mates = explored.wanted()
    pair, mates = _rivals(problem, catalogue, brought, opened, (pair, willing, mates))
    bundles.add(np.column_stack([pair, mates]))
    students = np.arange(len(problem.students.school))
    bundles.add(by_student(chosen, problem.pairs.student_of(chosen), students))
    return bundles


def _rivals(
    problem: Problem, blocks: Catalogue, brought: Ints, opened: Bools, wanted: tuple[Ints, Ints, Ints]
) -> tuple[Ints, Ints]:
    """Those who would pay most in the shut blocks that would bring most: the pairs, and what goes beside them."""
    pair, willing, mates = wanted
    shut = ~opened & (brought > 0)
    order = np.lexsort((-brought, ~shut, blocks.of_slot))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - blocks.slot_first[blocks.of_slot[order]]
    block = blocks.block_of(problem, pair)
    near = np.flatnonzero(((rank < RIVALS) & shut)[block])
    near = near[np.lexsort((-willing[near], block[near]))]
    place = np.arange(len(near)) - np.searchsorted(block[near], block[near])
    near = near[place < WILLING * blocks.most_more[block[near]]]
    return pair[near], mates[near]
