"""The priced path, for rounds too large for one exact model: prices, groups opened by them, exact neighbourhoods.

Level by level: a descent finds prices, whose bound is taken over every eligible pair; of a large round those of mixed
groups, a price a slot. At the first level that does
more than count heads the prices also settle which groups open, and students are served at them; from then on sweeps of
exact neighbourhoods improve the allocation. The work is counted in steps and sweeps.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from solver import effort
from solver.arrays import union
from solver.bettering import FEW_MISSED, RESCUES, Bettering, Dealing, linears
from solver.bound import deepest, relax
from solver.exact import LevelAnswer
from solver.filling import Filling
from solver.greedy import first_allocation
from solver.mixed import Mixed
from solver.opening import closed_blocks, groups_held, open_groups
from solver.pool import restricted
from solver.prices import Prices
from solver.rates import BY_PAIR
from solver.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.bound import Relaxed
    from solver.lifting import Lifted
    from solver.limits import Clock
    from solver.pool import PoolSearch
    from solver.problem import Problem

SERVINGS = 1
DEEPEST = 16
"""Slots that a student is served with at most, one after another."""
OFFERED_PAIRS = 20_000_000
"""In them, whoever got nothing is offered all pairs, or every second or third and so on, up to so many altogether."""
OWED, OWED_BY_PAIR = 1.5, 4.0
"""What the bound of a level that is not reached takes, in what the bound of a head takes; by whether pairs differ."""
SERVED = 5.0
"""What serving the students takes, in the same."""
TURNS_BETWEEN, CHANGES = 2, 2
"""Turns of settled prices before it is asked whether other schools' groups would bring far more, and how often."""
FAR_MORE = 0.5
"""How much more, in what a slot is worth, another school's groups must bring to be opened instead."""


class PricedPath:
    """Prices a level, improves the allocation for it, and proves what the prices prove."""

    def __init__(self, problem: Problem, levels: Sequence[Level], clock: Clock) -> None:
        """Nothing is priced or allocated yet."""
        self.problem, self.levels, self.clock = problem, levels, clock
        self.effort = effort.Effort.of(problem)
        self.stages = Stages.of(problem, levels, clock)
        self.bettering = Bettering(self.stages, self.effort, clock)
        self.leading = self.bettering.leading
        self.chosen: Ints | None = None
        self.mixed = Mixed.of(self.stages) if self.effort.mixed else None
        self.led: PoolSearch | None = None
        self.dealing: Dealing | None = None
        self.head_seconds = 0.0

    def close(self) -> None:
        """End the solvers' processes."""
        self.bettering.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The level's value on the improved allocation, and its bound by prices over every pair."""
        if incumbent is not None:
            self.chosen = incumbent
        elif self.chosen is None:
            self.chosen = self._construct()
        assert self.chosen is not None
        self._keep_back(level)
        prices = self.at_hand(level, floors)
        bound = relax(self.problem, self.levels, level, floors, prices, self.stages.catalogue).bound
        if level < self.leading and bound - self.bettering.worth(level, self.chosen) <= RESCUES * FEW_MISSED:
            self.chosen = self.bettering.rescue(level, self.chosen, bound)
        if self.bettering.worth(level, self.chosen) < bound and self.levels[level].proof and not self.clock.stop():
            found = prices
            if self.led is None or level != self.leading:
                relaxed, found = self._priced(level, floors)
                if relaxed.bound < bound:
                    bound, prices = relaxed.bound, found
            self.chosen = self.bettering.improve(level, self.chosen, found, floors, bound)
            if self.dealing is not None:
                self.chosen = self.bettering.deal(level, self.chosen, self.dealing, floors, bound)
            if level < self.leading:
                self.chosen = self.bettering.rescue(level, self.chosen, bound)
        return LevelAnswer(self.chosen, bound, None, prices)

    def at_hand(self, level: int, _floors: Sequence[int]) -> Prices:
        """Prices that need no search: of the leading level those it was led by, of others none.

        None often prove what heads can be, and more than what another level was priced by.
        """
        if self.mixed is not None and self.led is not None and level == self.leading:
            return self.mixed.prices(self.led)
        return Prices.none(self.problem, level)

    def _keep_back(self, level: int) -> None:
        """Keep time for the bounds of the levels from ``level`` on, by what the first bound took."""
        owed = [OWED_BY_PAIR if set(each.goals) & set(BY_PAIR) else OWED for each in self.levels[level + 1 :]]
        self.clock.kept_back = self.head_seconds * (sum(owed) + (SERVED if self.chosen is None else 0.0))

    def _priced(self, level: int, floors: Sequence[int]) -> tuple[Relaxed, Prices]:
        """Good prices for a level, and what they prove."""
        self.dealing = None
        if self.mixed is not None:
            return self.mixed.proven(self.mixed.search(level, floors, self.effort.mixed_later, self.effort))
        sizes = (0.01, 0.002) if level == self.leading else (0.1, 0.003)
        search = self.stages.sought(level, floors, self.effort.trying, sizes[0])
        relaxed, prices = self.stages.descend(search, self.effort.later, *sizes)
        if self.effort.lifts and len(prices.own_pair) and not self.clock.stop():
            lifted = self._narrowed(search)
            if lifted.relaxed.total < relaxed.total:
                return lifted.relaxed, lifted.prices
        return relaxed, prices

    def _narrowed(self, search: PoolSearch) -> Lifted:
        """The level's prices sought on while the groups stay those of the allocation at hand, and lifted."""
        assert self.chosen is not None
        point, blocks = search.descent.point, self.stages.catalogue
        search.descent.forced[:] = groups_held(self.problem, blocks, self.chosen)
        settled = self.stages.settled(search)
        lifted = settled.narrowed(self.effort.lifts, self.effort.lift_turns)
        self.dealing = Dealing(settled.standing, lifted)
        search.reopen(point)
        return lifted

    def _construct(self) -> Ints:
        """A first allocation: prices for the leading level, groups opened by them, students served, sweeps."""
        search = self._led(self._heads())
        priced = search.descent.point.copy()
        open_groups(search.descent, self.effort.turns, self.effort.turn_steps, 0.03, self.clock)
        if self.mixed is not None and not self.clock.stop():  # else not all groups are open that should be
            return self._filled(search)
        self._reconsider(search)
        search.descent.run(4 * self.effort.turn_steps, 0.03, 0.003, self.clock)
        prices = search.prices()
        self.chosen = self._serve(prices, self._closed(search), np.zeros(0, dtype=np.int64))
        self.chosen = self.bettering.improve(self.leading, self.chosen, prices, [])
        search.reopen(priced)
        return self.chosen

    def _filled(self, search: PoolSearch) -> Ints:
        """A first allocation of a large round whose groups are open: part by part, then bettered."""
        assert self.mixed is not None
        assert self.led is not None
        filling = Filling.of(self.stages, search, self.effort, self.clock)
        filling.seek(search)
        prices = filling.prices(self.mixed.prices(self.led).blocks)
        given = filling.fill()
        self.stages.pool = union(search.pool, filling.pool) if self.effort.reopening else filling.pool
        self.stages.last = None
        self.chosen = self._serve(prices, self._closed(search), given)
        return self.bettering.improve(self.leading, self.chosen, prices, [])

    def _closed(self, search: PoolSearch) -> Bools:
        """The blocks that stay shut; none where there was no time to choose them."""
        closed = closed_blocks(self.stages.catalogue, search.descent.forced, self.problem)
        if self.clock.stop():
            closed[:] = False
        return closed

    def _led(self, floors: Sequence[int]) -> PoolSearch:
        """Good prices for the leading level: of a large round first those of mixed groups."""
        if self.mixed is None:
            search, first = self.stages.begin(self.leading, floors), 1.0
        else:
            self.led = self.mixed.search(self.leading, floors, self.effort.mixed, self.effort)
            search, first = self.stages.follow(self.led), 0.03
        search.descent.run(self.effort.first, first, 0.01, self.clock)
        return search

    def _reconsider(self, search: PoolSearch) -> None:
        """Open other schools' groups where settled prices show that those would bring far more."""
        if not 0 < len(self.problem.pairs.slot) < effort.MANY_PAIRS or self.clock.stop():
            return
        settled = self.stages.settled(search)
        for _ in range(CHANGES):
            settled.run(TURNS_BETWEEN)
            if not settled.change(settled.lift(), FAR_MORE):
                break
        search.descent.forced[:] = settled.opened

    def _heads(self) -> list[int]:
        """The most that levels before the leading one can be, by prices of 0."""
        floors: list[int] = []
        seconds: list[float] = []
        for number in range(self.leading):
            begun = time.perf_counter()
            nothing = Prices.none(self.problem, number)
            floors.append(relax(self.problem, self.levels, number, floors, nothing, self.stages.catalogue).bound)
            seconds.append(time.perf_counter() - begun)
        self.head_seconds = min(seconds, default=0.0)  # the first one loads compiled code
        self._keep_back(0)
        return floors

    def _serve(self, prices: Prices, closed: Bools, given: Ints) -> Ints:
        """Students served at the prices, then with what is left over for nothing, beside what they are ``given``.

        In a round of very many pairs they are offered those of the pool; whoever gets nothing so is offered more.
        """
        first, offered = self.problem.pairs.first, self.stages.pool
        if int(first[-1]) <= effort.SERVED_PAIRS:
            return self._served(prices, closed, np.arange(int(first[-1]), dtype=np.int64), given)
        chosen = self._served(prices, closed, offered, given)
        for _ in range(SERVINGS):
            empty = np.flatnonzero(np.bincount(self.problem.pairs.student_of(chosen), minlength=len(first) - 1) == 0)
            step = 1 + int(np.diff(first)[empty].sum()) // OFFERED_PAIRS
            spans = [np.arange(first[s] + s % step, first[s + 1], step) for s in empty]
            chosen = self._served(prices, closed, union(chosen, *spans), chosen)
        return chosen

    def _served(self, prices: Prices, closed: Bools, offered: Ints, given: Ints) -> Ints:
        """Students served with the pairs ``offered``, ascending positions, beside those ``given``."""
        problem = restricted(self.problem, offered)
        worth, priced, free = linears(self.levels, self.leading, prices.within(offered), problem)
        held = np.searchsorted(offered, given)
        most = int(np.bincount(problem.pairs.student_of(held), minlength=1).max())
        depth = max(most, min(DEEPEST, deepest(problem)))
        chosen = first_allocation(problem, worth, (priced, free), depth, closed, held)
        return np.asarray(offered[chosen])
