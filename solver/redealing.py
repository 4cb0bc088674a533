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
from solver.exploring import ANY, explore
from solver.lifting import nearest_shut
from solver.opening import groups_held, usable_pairs
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
    """Students (by number: whether ``dealt`` to) give up everything, and are offered the ``bundles`` at hand."""

    problem: Problem
    bundles: Columns
    dealt: Bools

    def release(self, chosen: Ints) -> Release:
        """All that they hold."""
        return Release(self.dealt[self.problem.pairs.student_of(chosen)], np.zeros(len(chosen), dtype=bool))

    def moves(self, schools: Ints, chosen: Ints, student: Ints, free: Bools) -> Candidates:  # noqa: ARG002
        """The bundles of the schools' students who are dealt to."""
        bundles = self.bundles
        mine = np.isin(self.problem.students.school[bundles.owner], schools) & self.dealt[bundles.owner]
        goals = {goal: bundles.goals[mine, number] for number, goal in enumerate(GOALS)}
        return Candidates(bundles.owner[mine], bundles.pairs[mine], goals)


def mingled_parts(problem: Problem, many: int, parts: int, generator: np.random.Generator) -> tuple[list[Ints], Bools]:
    """The schools in ``parts`` of about as many students, by lot, and ``many`` students or so of each, by lot.

    Some students of every school have more to exchange than all of a few.
    """
    found, students = schools_by_lot(problem, parts, generator), len(problem.students.school)
    return found, generator.random(students) < many * parts / max(1, students)


def schools_by_lot(problem: Problem, parts: int, generator: np.random.Generator) -> list[Ints]:
    """The schools in ``parts`` of about as many students, by lot."""
    size = np.bincount(problem.students.school, minlength=len(problem.school_ids))
    found: list[list[int]] = [[] for _ in range(parts)]
    for school in generator.permutation(len(size)).tolist():
        min(found, key=lambda part: size[part].sum()).append(school)
    return [np.array(sorted(part), dtype=np.int64) for part in found if part]


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
    opened = groups_held(problem, catalogue, chosen)
    usable = usable_pairs(catalogue, opened, problem)
    prices = standing.prices(problem, levels, level, catalogue, opened > 0)
    worth, pool = worths(levels, level, prices), np.flatnonzero(usable)
    value, choice = student_side(restricted(problem, pool), worth, prices)
    explored = explore(problem, worth, prices, usable, value, ANY)
    bundles = Columns(problem, max(1, int(problem.students.max_slots.max(initial=1))))
    bundles.add(np.append(pool, -1)[choice])
    bundles.add(explored.near(NEAR))
    pair, willing, mates = explored.wanted()
    block = catalogue.block_of(problem, pair)
    come = _first_to_come(catalogue, nearest_shut(catalogue, brought, opened > 0, RIVALS), block, willing)
    bundles.add(np.column_stack([pair, mates])[come])
    students = np.arange(len(problem.students.school))
    bundles.add(by_student(chosen, problem.pairs.student_of(chosen), students))
    return bundles


def _first_to_come(blocks: Catalogue, near: Bools, block: Ints, willing: Ints) -> Ints:
    """Of the wishes for shut blocks, those of whoever would pay most in each that is ``near`` (by block)."""
    inside = np.flatnonzero(near[block])
    inside = inside[np.lexsort((-willing[inside], block[inside]))]
    place = np.arange(len(inside)) - np.searchsorted(block[inside], block[inside])
    return np.asarray(inside[place < WILLING * blocks.most_more[block[inside]]])
