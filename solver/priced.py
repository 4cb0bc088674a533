"""The priced path, for rounds too large for one exact model: prices, groups opened by them, exact neighbourhoods.

Level by level: a descent finds prices, whose bound is taken over every eligible pair. From a first allocation on, which
prices of all levels at once have built, sweeps of exact neighbourhoods improve what there is. The work is counted in
steps and sweeps. What is priced first, schools' groups or mixed ones, is decided by the round's size.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from solver.bettering import FEW_MISSED, RESCUES, Bettering
from solver.bound import relax
from solver.by_school import BySchool
from solver.by_slot import BySlot
from solver.effort import Effort
from solver.exact import LevelAnswer
from solver.prices import Prices
from solver.rates import BY_PAIR
from solver.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.bettering import Priced
    from solver.limits import Clock
    from solver.problem import Problem

OWED, OWED_BY_PAIR = 1.4, 2.0
"""What the bound of a level that is not reached takes, in what the bound of a head takes; by whether pairs differ."""
SERVED = 5.0
"""What serving the students takes, in the same."""


class Pricing(Protocol):
    """How a round of a size is priced, and its first allocation built."""

    def build(self, floors: Sequence[int]) -> Ints:
        """A first allocation as ascending pairs; ``floors``: the most that levels before the leading one can be."""

    def at_hand(self, level: int) -> Prices:
        """Prices of a level that need no search."""

    def priced(self, level: int, floors: Sequence[int], chosen: Ints) -> Priced | None:
        """Good prices for a level, ``chosen`` being at hand; ``None`` where those that need no search are good."""


class PricedPath:
    """Prices a level, improves the allocation for it, and proves what the prices prove."""

    def __init__(self, problem: Problem, levels: Sequence[Level], clock: Clock) -> None:
        """Nothing is priced or allocated yet."""
        self.problem, self.levels, self.clock = problem, levels, clock
        self.effort = Effort.of(problem)
        self.stages = Stages.of(problem, levels, clock)
        self.bettering = Bettering(self.stages, self.effort, clock)
        self.leading = self.bettering.leading
        self.chosen: Ints | None = None
        self.pricing: Pricing = BySlot(self.bettering) if self.effort.mixed else BySchool(self.bettering)
        self.heads: list[int] = []
        """The most that levels before the leading one can be, by prices of 0."""
        self.head_seconds = 0.0

    def close(self) -> None:
        """End the solvers' processes."""
        self.bettering.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The level's value on the improved allocation, and its bound by prices over every pair."""
        if incumbent is not None:
            self.chosen = incumbent
        elif self.chosen is None:
            self.heads = self._heads()
            if self.clock.left() < self.effort.takes * self.head_seconds:
                self.effort = self.bettering.effort = self.effort.hurried()
            self.chosen = self.pricing.build(self.heads)
        assert self.chosen is not None
        self._keep_back(level)
        bettering, prices = self.bettering, self.pricing.at_hand(level)
        bound = (
            self.heads[level]
            if level < len(self.heads)
            else relax(self.problem, self.levels, level, floors, prices, self.stages.catalogue).bound
        )
        if level < self.leading and bound - bettering.worth(level, self.chosen) <= RESCUES * FEW_MISSED:
            self.chosen = bettering.rescue(level, self.chosen, bound)
        if bettering.worth(level, self.chosen) < bound and self.levels[level].proof and not self.clock.stop():
            priced = self.pricing.priced(level, floors, self.chosen)
            found = prices if priced is None else priced.prices
            if priced is not None and priced.bound < bound:
                bound, prices = priced.bound, found
            self.chosen = bettering.improve(level, self.chosen, found, floors, bound)
            if priced is not None and priced.dealing is not None:
                self.chosen = bettering.deal(level, self.chosen, priced.dealing, floors, bound)
                if self.effort.mingled:  # what levels below lost by what was dealt out comes back by exchanges
                    self.chosen = bettering.improve(level, self.chosen, found, floors, bound)
            if level < self.leading:
                self.chosen = bettering.rescue(level, self.chosen, bound)
        return LevelAnswer(self.chosen, bound, None, prices)

    def at_hand(self, level: int, _floors: Sequence[int]) -> Prices:
        """Prices of a level that is not reached."""
        return self.pricing.at_hand(level)

    def _keep_back(self, level: int) -> None:
        """Keep time for the bounds of the levels from ``level`` on, by what the first bound took."""
        owed = [OWED_BY_PAIR if set(each.goals) & set(BY_PAIR) else OWED for each in self.levels[level + 1 :]]
        self.clock.kept_back = self.head_seconds * (sum(owed) + (SERVED if self.chosen is None else 0.0))

    def _heads(self) -> list[int]:
        """The most that levels before the leading one can be, by prices of 0, whatever the levels before them are."""
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
