"""All levels as one: bundles near the best at the rates by which allocations are bettered, while groups stay settled.

A level's own prices are blind to all that it does not count. What is dealt out to everybody at once is chosen by what
each bundle comes to at every level.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.policy import Level
from solver.columns import Columns
from solver.opening import groups_held
from solver.rates import combined_goals
from solver.settled import Settled
from solver.sweeps import by_student

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.bettering import Bettering
    from solver.problem import Problem
    from solver.standing import Standing

EACH, COLUMNS = 20, 60_000
"""Bundles offered to each student, and to all of them together, about."""
LARGEST = 1 << 34
"""What a good slot is worth at most at one level while prices are sought, so that sums of them stay whole numbers."""


def bundles_together(bettering: Bettering, problem: Problem, weighed: Standing, chosen: Ints) -> tuple[Columns, Ints]:
    """The bundles near the best beside the groups of the allocation ``chosen``, and what is held already; these groups.

    ``problem`` and ``chosen`` are those of the pairs at hand; ``weighed``: prices at which the levels from the leading
    one on are weighed. The groups' shape is (schools, slots).
    """
    students = np.arange(len(problem.students.school))
    held = by_student(chosen, problem.pairs.student_of(chosen), students)
    columns = Columns(problem, max(1, int(problem.students.max_slots.max(initial=1))))
    columns.add(held)
    settled = _settled(bettering, problem, weighed, chosen, columns)
    settled.run(bettering.effort.relaxing)
    settled.nearest(max(1, min(EACH, COLUMNS // max(1, len(students)))))
    settled.columns.add(held)
    groups = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
    groups[settled.catalogue.school, settled.catalogue.slot] = settled.opened
    return settled.at_hand(), groups


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
