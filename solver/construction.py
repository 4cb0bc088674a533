"""A first allocation of a large round: groups opened by prices, students served at them, and sweeps.

The prices are sought for the leading level, the first that does more than count heads, and from there on for all levels
weighed at once; of a large round they are at first those of mixed groups, and once groups are open it is filled part by
part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver import effort
from solver.arrays import union
from solver.bettering import linears
from solver.bound import deepest
from solver.filling import Filling
from solver.greedy import first_allocation
from solver.opening import closed_blocks, open_groups
from solver.pool import restricted
from solver.weighing import weighed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Bools, Ints
    from solver.bettering import Bettering
    from solver.limits import Clock
    from solver.mixed import Mixed
    from solver.pool import PoolSearch
    from solver.prices import Prices

SERVINGS = 1
DEEPEST = 16
"""Slots that a student is served with at most, one after another."""
OFFERED_PAIRS = 20_000_000
"""In them, whoever got nothing is offered all pairs, or every second or third and so on, up to so many altogether."""
TURNS_BETWEEN, CHANGES = 2, 2
"""Turns of settled prices before it is asked whether other schools' groups would bring far more, and how often."""
FAR_MORE = 0.5
"""How much more, in what a slot is worth, another school's groups must bring to be opened instead."""


@dataclass(slots=True)
class Construction:
    """Builds a first allocation of one round."""

    bettering: Bettering
    mixed: Mixed | None
    """The searches of a round whose groups are mixed at first."""
    clock: Clock
    led: PoolSearch | None = field(init=False, default=None)
    """The search for the leading level's prices while groups are mixed."""
    elsewhere: Ints = field(init=False)
    """What shut blocks ask, shape (schools, slots), of such a round."""
    early: Ints = field(init=False)
    """What students are served with before groups are opened, for a run that ends early."""

    def build(self, floors: Sequence[int]) -> Ints:
        """The allocation's pairs, ascending; ``floors``: the most that levels before the leading one can be."""
        stages, efforts, led = self.bettering.stages, self.bettering.effort, self.lead(floors)
        if self.mixed is not None and self.clock.stop():
            return self.early
        search = self.weigh(led)
        open_groups(search.descent, efforts.turns, efforts.turn_steps, 0.03, self.clock)
        if self.mixed is not None:
            if self.clock.stop():  # not all groups are open that should be
                return self.early
            filling = Filling.of(stages, search, efforts, self.clock)
            filling.seek(search)
            prices, given = filling.prices(self.elsewhere), filling.fill()
            stages.pool = union(search.pool, filling.pool) if efforts.reopening else filling.pool
            stages.last = None
        else:
            self._reconsider(search)
            search.descent.run(4 * efforts.turn_steps, 0.03, 0.003, self.clock)
            prices, given = search.prices(), np.zeros(0, dtype=np.int64)
        chosen = self.serve(search.level, prices, self.closed(search), given)
        return self.bettering.improve(search.level, chosen, prices, [])

    def lead(self, floors: Sequence[int]) -> PoolSearch:
        """Good prices for the leading level; of a round whose groups are mixed at first, students are served early."""
        stages, efforts, leading = self.bettering.stages, self.bettering.effort, self.bettering.leading
        if self.mixed is None:
            led = stages.begin(leading, floors)
            led.descent.run(efforts.first, 1.0, 0.01, self.clock)
            return led
        self.led = self.mixed.search(leading, floors, efforts.mixed, efforts)
        stages.pool = self.led.pool
        undecided = np.zeros((len(stages.problem.school_ids), len(stages.problem.slot_ids)), dtype=bool)
        self.early = self.serve(leading, self.mixed.prices(self.led), undecided, np.zeros(0, dtype=np.int64))
        return self.led

    def weigh(self, led: PoolSearch) -> PoolSearch:
        """Good prices for all levels weighed at once, from those of the leading level."""
        stages, efforts = self.bettering.stages, self.bettering.effort
        if self.mixed is None:
            search = weighed(led, stages.swing)
            for steps, first, last, _ in efforts.weighing:
                search.descent.run(steps, first, last, self.clock)
            return search
        loose = self.mixed.weighed(led, efforts)
        self.elsewhere = self.mixed.prices(loose).blocks
        search = stages.follow(loose)
        search.descent.run(efforts.first, 0.03, 0.01, self.clock)
        return search

    def closed(self, search: PoolSearch) -> Bools:
        """The blocks that stay shut; none where there was no time to choose them."""
        closed = closed_blocks(self.bettering.stages.catalogue, search.descent.forced, search.problem)
        if self.clock.stop():
            closed[:] = False
        return closed

    def _reconsider(self, search: PoolSearch) -> None:
        """Open other schools' groups where settled prices show that those would bring far more."""
        if not 0 < len(search.problem.pairs.slot) < effort.MANY_PAIRS or self.clock.stop():
            return
        settled = self.bettering.stages.settled(search, search.descent.worth)
        for _ in range(CHANGES):
            settled.run(TURNS_BETWEEN)
            if not settled.change(settled.lift(), FAR_MORE):
                break
        search.descent.forced[:] = settled.opened

    def serve(self, level: int, prices: Prices, closed: Bools, given: Ints) -> Ints:
        """Students served at the prices, then with what is left over for nothing, beside what they are ``given``.

        In a round of very many pairs they are offered those of the pool; whoever gets nothing so is offered more.
        """
        pairs, offered = self.bettering.problem.pairs, self.bettering.stages.pool
        first = pairs.first
        if int(first[-1]) <= effort.SERVED_PAIRS:
            return self._served(level, prices, closed, np.arange(int(first[-1]), dtype=np.int64), given)
        chosen = self._served(level, prices, closed, offered, given)
        for _ in range(SERVINGS):
            empty = np.flatnonzero(np.bincount(pairs.student_of(chosen), minlength=len(first) - 1) == 0)
            step = 1 + int(np.diff(first)[empty].sum()) // OFFERED_PAIRS
            spans = [np.arange(first[s] + s % step, first[s + 1], step) for s in empty]
            chosen = self._served(level, prices, closed, union(chosen, *spans), chosen)
        return chosen

    def _served(self, level: int, prices: Prices, closed: Bools, offered: Ints, given: Ints) -> Ints:
        """Students served with the pairs ``offered``, ascending positions, beside those ``given``."""
        problem = restricted(self.bettering.problem, offered)
        worth, priced, free = linears(self.bettering.levels, level, prices.within(offered), problem)
        held = np.searchsorted(offered, given)
        most = int(np.bincount(problem.pairs.student_of(held), minlength=1).max())
        depth = max(most, min(DEEPEST, deepest(problem)))
        chosen = first_allocation(problem, worth, (priced, free), depth, closed, held)
        return np.asarray(offered[chosen])
