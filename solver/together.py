"""All levels as one: bundles near the best at the rates by which allocations are bettered, while groups stay settled.

A level's own prices are blind to all that it does not count. What is dealt out to everybody at once is chosen by what
each bundle comes to at every level.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.policy import Level
from solver.bound import student_side
from solver.columns import Columns
from solver.exploring import ANY, explore
from solver.opening import groups_held, usable_pairs
from solver.pool import restricted
from solver.prices import worths
from solver.rates import combined_goals
from solver.settled import Settled
from solver.sweeps import by_student

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.bettering import Bettering
    from solver.prices import Prices
    from solver.problem import Problem
    from solver.standing import Standing

EACH, COLUMNS = 20, 120_000
"""Bundles offered to each student, and to all of them together, about."""
LARGEST = 1 << 34
"""What a good slot is worth at most at one level while prices are sought, so that sums of them stay whole numbers."""


def bundles_together(bettering: Bettering, weighed: Standing, problem: Problem, _pool: Ints, chosen: Ints) -> Columns:
    """The bundles near the best at prices for all levels at once, sought beside the groups of ``chosen``.

    ``weighed``: prices at which the levels from the leading one on are weighed. ``problem`` and ``chosen``, an
    allocation, are those of the pairs at hand, and so is what is answered, which has all that is held.
    """
    columns = _held(problem, chosen)
    held = columns.pairs
    settled = _settled(bettering, problem, weighed, chosen, columns)
    settled.run(bettering.effort.relaxing)
    settled.nearest(_each(problem))
    settled.columns.add(held)
    return settled.at_hand()


def bundles_at(bettering: Bettering, level: int, prices: Prices, problem: Problem, pool: Ints, chosen: Ints) -> Columns:
    """The same at the ``prices`` of a level as they are, for rounds in which a search beside settled groups is long.

    ``pool``: the pairs at hand, as positions in the whole round, whose prices are given.
    """
    blocks = bettering.stages.catalogue
    usable = np.flatnonzero(usable_pairs(blocks, groups_held(problem, blocks, chosen), problem))
    part, own = restricted(problem, usable), prices.within(pool).within(usable)
    worth = worths(bettering.levels, level, own)
    value, choice = student_side(part, worth, own)
    near = explore(part, worth, own, np.ones(len(usable), dtype=bool), value, ANY).near(_each(problem))
    bundles = _held(problem, chosen)
    for found in (choice, near):
        bundles.add(np.append(usable, -1)[found])
    return bundles


def _each(problem: Problem) -> int:
    """How many bundles each student is offered."""
    return max(1, min(EACH, COLUMNS // max(1, len(problem.students.school))))


def _held(problem: Problem, chosen: Ints) -> Columns:
    """What every student holds."""
    columns = Columns(problem, max(1, int(problem.students.max_slots.max(initial=1))))
    students = np.arange(len(problem.students.school))
    columns.add(by_student(chosen, problem.pairs.student_of(chosen), students))
    return columns


def _settled(bettering: Bettering, problem: Problem, weighed: Standing, chosen: Ints, columns: Columns) -> Settled:
    """A search for the prices of all levels at once, from those at which they are ``weighed``."""
    levels, leading = bettering.levels, bettering.leading
    swing = dict(zip((level.name for level in levels), bettering.stages.swing, strict=True))
    dearest = max(1, int(LARGEST / max(swing[level.name] for level in bettering.ranked)))
    rates = [min(rate, dearest) for rate in bettering.rates]
    rate = dict(zip((level.name for level in bettering.ranked), rates, strict=True))
    worth = sum(rate[level.name] * swing[level.name] for level in levels[leading:] if level.name in rate)
    factor = rate.get(levels[leading].name, 1) / np.append(weighed.rates, 1.0)[leading]
    standing = replace(
        weighed, rates=np.zeros(0), rows=weighed.rows * factor, up=weighed.up * factor, down=weighed.down * factor
    )
    blocks = bettering.stages.catalogue
    return Settled(
        problem,
        [Level("together", combined_goals(bettering.ranked, rates))],
        blocks,
        bettering.clock,
        groups_held(problem, blocks, chosen),
        columns,
        standing,
        0,
        [],
        max(1.0, worth),
    )
