"""The priced path, for rounds too large for one exact model: prices, groups opened by them, exact neighbourhoods.

Level by level: a descent finds prices, whose bound is taken over every eligible pair; of a large round those of mixed
groups, a price a slot. From a first allocation on, which prices of all levels at once have built, sweeps of exact
neighbourhoods improve what there is. The work is counted in steps and sweeps.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from solver import effort
from solver.bettering import FEW_MISSED, RESCUES, Bettering, Dealing
from solver.bound import relax
from solver.construction import Construction
from solver.exact import LevelAnswer
from solver.mixed import Mixed
from solver.opening import groups_held
from solver.prices import Prices
from solver.rates import BY_PAIR
from solver.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.bound import Relaxed
    from solver.lifting import Lifted
    from solver.limits import Clock
    from solver.pool import PoolSearch
    from solver.problem import Problem

OWED, OWED_BY_PAIR = 1.5, 4.0
"""What the bound of a level that is not reached takes, in what the bound of a head takes; by whether pairs differ."""
SERVED = 5.0
"""What serving the students takes, in the same."""


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
        self.construction = Construction(self.bettering, self.mixed, clock)
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
            self.chosen = self.construction.build(self._heads())
        assert self.chosen is not None
        self._keep_back(level)
        prices = self.at_hand(level, floors)
        bound = relax(self.problem, self.levels, level, floors, prices, self.stages.catalogue).bound
        if level < self.leading and bound - self.bettering.worth(level, self.chosen) <= RESCUES * FEW_MISSED:
            self.chosen = self.bettering.rescue(level, self.chosen, bound)
        if self.bettering.worth(level, self.chosen) < bound and self.levels[level].proof and not self.clock.stop():
            found = prices
            if self.construction.led is None or level != self.leading:
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
        if self.mixed is not None and self.construction.led is not None and level == self.leading:
            return self.mixed.prices(self.construction.led)
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
        settled = self.stages.settled(search, self.stages.swing[search.level])
        lifted = settled.narrowed(self.effort.lifts, self.effort.lift_turns)
        self.dealing = Dealing(settled.standing, lifted)
        search.reopen(point)
        return lifted

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
