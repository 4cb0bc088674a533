"""A large round filled once its groups are open: prices of what is open, then students given bundles part by part.

Prices tell what each student should have only while nothing is full. So they go on moving: a part of the students, by
lot, is given the best there is room for, and then what is left is priced anew for all others (re-solving in online
linear programming, Jasin and Kumar 2012; Agrawal, Wang and Ye 2014).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.arrays import union
from solver.bound import Catalogue, deepest, student_side
from solver.descent import STEP_NODES, Descent
from solver.exploring import nearest_to_choices
from solver.greedy import room_facts
from solver.kernels import chosen_for
from solver.opened import Opened
from solver.prices import worths

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.descent import Point
    from solver.effort import Effort
    from solver.limits import Clock
    from solver.pool import PoolSearch
    from solver.prices import Prices
    from solver.stages import Stages

SHUT = 1 << 45
"""What a place in a shut block asks while pairs are looked for: more than anything is worth."""
TIMES = 4
"""How often those of a part whose bundle had no room any more choose again."""
STEADY = 0.05
"""The size of steps while students are given bundles."""


@dataclass(slots=True)
class Filling:
    """The search for prices of a round whose groups are open, and the students who are given bundles at them."""

    stages: Stages
    """Of the round as it is."""
    opened: Opened
    effort: Effort
    clock: Clock
    pool: Ints = field(init=False)
    """Ascending positions of the usable pairs at hand."""
    descent: Descent = field(init=False)

    @classmethod
    def of(cls, stages: Stages, search: PoolSearch, effort: Effort, clock: Clock) -> Filling:
        """From the prices of ``search``, with the groups open that it has opened."""
        descent, blocks = search.descent, stages.catalogue
        filling = cls(stages, Opened(stages.problem, blocks, descent.forced), effort, clock)
        filling.pool = filling.opened.usable(search.pool)
        filling._begin(search, filling.opened.point(descent.point, descent.place_prices()))
        return filling

    def seek(self, search: PoolSearch) -> None:
        """Prices for all that is open, ``search`` having told the level: turns of steps, with more pairs at each."""
        for turn, (steps, first, last, batches) in enumerate(self.effort.filling):
            if self.clock.stop():
                break
            if turn:
                near = self.opened.usable(self._nearest(search))
                self.pool = union(self.pool, near)
                strides = self.descent.strides
                self._begin(search, self.descent.point)
                self.descent.strides = strides
            self.descent.run(steps, first, last, self.clock, batches)

    def fill(self) -> Ints:
        """What the students are given, part by part, as ascending pairs of the round."""
        descent, problem = self.descent, self.descent.problem
        count, parts, batches = len(problem.student_ids), self.effort.parts, self.effort.filling[-1][3]
        given = np.full((count, deepest(problem)), -1, dtype=np.int64)
        for part in range(parts):
            begin, end = part * count // parts, (part + 1) * count // parts
            descent.begins = begin
            many = max(1, round(batches * (count - begin) / max(1, count)))
            descent.run(self.effort.part_steps, STEADY, STEADY, self.clock, many)
            self._give(begin, end, given)
        return np.sort(self.pool[given[given >= 0]])

    def prices(self, elsewhere: Ints) -> Prices:
        """The prices as those of the round; ``elsewhere``: what shut blocks ask, shape (schools, slots)."""
        return self.opened.prices(self.descent.prices(), elsewhere)

    def _begin(self, search: PoolSearch, point: Point) -> None:
        """A descent on the pairs at hand."""
        part, old = self.opened.part(self.pool), search.descent
        self.descent = Descent(
            part, search.levels, search.level, search.floors, Catalogue.of(part), point, old.worth, old.moving
        )

    def _nearest(self, search: PoolSearch) -> Ints:
        """The pairs of each student in what is open that come nearest to being chosen."""
        prices, swing = self.prices(np.where(self.opened.closed, SHUT, 0)), self.stages.swing[search.level]
        return nearest_to_choices(search.problem, self.descent, prices, swing, self.effort.nearest)

    def _give(self, begin: int, end: int, given: Ints) -> None:
        """Give the students ``begin`` to ``end`` the best bundles that there is room for, priority students first."""
        descent, problem = self.descent, self.descent.problem
        kernels, facts, pairs = chosen_for(len(problem.pairs.slot)), problem.students, problem.pairs
        rows, shape = room_facts(problem)
        none = np.zeros((1, 1), dtype=np.int64)
        limits = (descent.left, none, none[0])
        prices = descent.prices()
        worth = worths(descent.levels, descent.level, prices)
        apart = np.array([pair for each in problem.separations for pair in each.pairs], dtype=np.int64)
        low, high = int(pairs.first[begin]), int(pairs.first[end])
        for _ in range(TIMES):
            full = np.zeros(high - low, dtype=bool)
            kernels.without_room(
                begin, end, pairs.first, pairs.slot.raw, facts.school, rows, facts.support, limits, shape, full
            )
            barred = union(low + np.flatnonzero(full), apart)
            _, choice = student_side(problem, worth, prices, barred, STEP_NODES, (begin, end))
            waiting = begin + np.flatnonzero((given[begin:end, 0] < 0) & (choice[begin:end, 0] >= 0))
            if not len(waiting):
                break
            order = waiting[np.argsort(~facts.priority[waiting], kind="stable")]
            kernels.give_whole(order, choice, given, pairs.slot.raw, facts.school, rows, facts.support, limits, shape)
