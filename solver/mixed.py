"""The round as if students of any schools could make up a group: a relaxation in which one price a slot goes far.

Who pays for a place in a group that is not settled yet is millions of prices, by school and student, and a descent is
long in moving them. Where groups may be mixed a slot is a limit like any other, with one price; of a large round these
few prices prove nearly all that the many would, and are found in a small part of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.arrays import union
from solver.bound import relax
from solver.exploring import nearest_to_choices
from solver.stages import Stages
from solver.weighing import weighed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints
    from solver.bound import Catalogue, Relaxed
    from solver.effort import Effort, Turns
    from solver.pool import PoolSearch
    from solver.prices import Prices
    from solver.problem import Problem


def mixed(problem: Problem, blocks: Catalogue) -> Problem:
    """``problem`` with no blocks: their slots are limits, as wide as the groups of the school with most."""
    resources, slots = problem.resources, blocks.slots
    of_slot = blocks.of_slot
    together = np.minimum(
        np.minimum(blocks.members, blocks.places), blocks.groups[of_slot] * blocks.most - blocks.fixed
    )
    apart = np.where(blocks.single[of_slot], 0, blocks.most_more * blocks.groups[of_slot])
    wide = np.maximum.reduceat(np.append(np.maximum(together, apart), 0), blocks.slot_first[:-1])
    before = len(resources.left)
    extra = np.zeros(len(problem.slot_ids), dtype=np.int64)
    extra[slots] = 1
    first = np.append(0, np.cumsum(np.diff(resources.slot_first) + extra))
    row = np.empty(int(first[-1]), dtype=np.int64)
    fresh = np.zeros(len(row), dtype=bool)
    fresh[first[slots + 1] - 1] = True
    row[~fresh], row[fresh] = resources.slot_row, before + np.arange(len(slots))
    return replace(
        problem,
        rules_off=problem.rules_off | {"group", "one_school"},
        resources=replace(
            resources,
            names=resources.names + tuple(("capacity", problem.slot_ids[j]) for j in slots.tolist()),
            left=np.append(resources.left, np.maximum(0, wide)),
            slot_first=first,
            slot_row=row,
        ),
    )


def unmixed(problem: Problem, blocks: Catalogue, prices: Prices) -> Prices:
    """Prices of the mixed round as those of ``problem``: what a slot's row asks, all of its schools pay."""
    before = len(problem.resources.left)
    asked = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
    asked[:, blocks.slots] = prices.rows[before:]
    return replace(prices, rows=prices.rows[:before], blocks=asked)


@dataclass(slots=True)
class Mixed:
    """The searches for a round's prices while groups may be mixed, level by level."""

    stages: Stages
    """Of the round as it is."""
    inner: Stages
    """Of the mixed round."""

    @classmethod
    def of(cls, stages: Stages) -> Mixed:
        """Nothing is priced yet."""
        problem = mixed(stages.problem, stages.catalogue)
        return cls(stages, Stages(problem, stages.levels, stages.clock, stages.swing, stages.pool))

    def search(self, level: int, floors: Sequence[int], turns: Turns, effort: Effort) -> PoolSearch:
        """The search for a level's prices after ``turns``; between them pairs join the pool.

        These are the pairs nearest to what the students would choose, ``effort.nearest`` of each student.
        """
        trying = 0 if self.inner.last is None else effort.trying  # beside no prices all rates look alike
        begun = self.inner.sought(level, floors, trying, turns[0][1], turns[0][3])
        self.inner.last = self._turned(begun, turns, effort)
        return self.inner.last

    def weighed(self, led: PoolSearch, effort: Effort) -> PoolSearch:
        """The search for all levels at once, from ``led``; its pairs are at hand for later levels, too."""
        return self._turned(weighed(led, self.inner.swing), effort.weighing, effort)

    def _turned(self, found: PoolSearch, turns: Turns, effort: Effort) -> PoolSearch:
        for turn, (steps, first, last, batches) in enumerate(turns):
            if self.inner.clock.stop():
                break
            if turn:
                found = found.over(union(found.pool, self._nearest(found, effort.nearest)))
            found.descent.run(steps, first, last, self.inner.clock, batches)
        self.inner.pool = found.pool
        return found

    def proven(self, search: PoolSearch) -> tuple[Relaxed, Prices]:
        """What the prices of ``search`` prove for the round itself, and these prices."""
        problem, blocks, levels = self.stages.problem, self.stages.catalogue, self.stages.levels
        prices = self.prices(search)
        return relax(problem, levels, search.level, search.floors, prices, blocks), prices

    def prices(self, search: PoolSearch) -> Prices:
        """The prices of ``search`` as those of the round itself."""
        return unmixed(self.stages.problem, self.stages.catalogue, search.descent.prices())

    def _nearest(self, search: PoolSearch, many: int) -> Ints:
        """The ``many`` pairs of each student of the whole round that come nearest to being chosen."""
        inner, swing = self.inner, self.inner.swing[search.level]
        return nearest_to_choices(inner.problem, search.descent, search.descent.prices(), swing, many)
