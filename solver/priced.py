"""The priced path, for rounds too large for one exact model: prices, sweeps of exact neighbourhoods, priced bounds.

All levels are improved together at rates of exchange; then each level gets prices of its own, whose bound is taken
over every eligible pair. The work is counted in steps and sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.policy import Level
from solver.ascent import Point
from solver.bound import Catalogue, Relaxed, relax
from solver.candidates import linear_worths
from solver.exact import LevelAnswer
from solver.greedy import first_allocation
from solver.highs import Highs
from solver.measure import goal_values, level_value, level_values
from solver.pool import PoolSearch
from solver.prices import SCALE, Prices, Worths
from solver.rates import combined_goals, combined_rates, swings
from solver.sweeps import Sweeper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints
    from solver.limits import Clock
    from solver.problem import Problem

MANY = 20
"""Single-slot moves offered to each student, by price and again by room."""
VOTED = 12
"""Whole bundles offered to each student, those most often chosen during the descent."""
NEIGHBOURS = 400
"""Students in a neighbourhood, about."""
TAKEN = 1 << 58
MANY_PAIRS = 1_000_000
SAMPLE = 60
"""Pairs of each student, about, in the first pool."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a round of this size gets, in steps and sweeps."""

    rounds: int
    steps: int
    level_rounds: int
    level_steps: int
    bundle_sweeps: int
    single_sweeps: int

    @classmethod
    def of(cls, problem: Problem) -> Effort:
        """Less for larger rounds."""
        if len(problem.pairs.slot) < MANY_PAIRS:
            return cls(3, 20, 3, 20, 0, 6)
        return cls(3, 12, 1, 8, 0, 1)


class PricedPath:
    """Improves all levels at once, then proves them one by one."""

    def __init__(self, problem: Problem, levels: Sequence[Level], clock: Clock) -> None:
        """Find prices for all levels together, and the pool of pairs that they call for."""
        self.problem, self.levels, self.clock = problem, levels, clock
        self.effort = Effort.of(problem)
        proven = [level for level in levels if level.proof] or list(levels)
        self.swing = swings(problem, levels)
        rates = combined_rates(proven, [s for s, level in zip(self.swing, levels, strict=True) if level in proven])
        self.rates = dict(zip((level.name for level in proven), rates, strict=True))
        self.goals = combined_goals(proven, rates)
        self.unit = 0.1 * float(np.median([r * s for r, s in zip(rates, self.swing, strict=False)]))
        self.catalogue = Catalogue.of(problem)
        self.workers = [Highs(clock) for _ in range(max(1, clock.limits.workers))]
        self.together = Level("all", self.goals)
        self.pool = self._first_pool()
        self.point, self.bundles = self._descend_together()
        self.chosen: Ints | None = None

    def close(self) -> None:
        """End the solvers' processes."""
        for worker in self.workers:
            worker.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The level's value on the improved allocation, and its bound by prices over every pair."""
        if self.chosen is None:
            self.chosen = self._improve()
        chosen = self.chosen if incumbent is None else incumbent
        value = level_value(self.levels[level], goal_values(self.problem, chosen))
        bound, prices = self._bound(level, floors, value)
        return LevelAnswer(chosen, bound, None, prices)

    def _first_pool(self) -> Ints:
        """A random sample of each student's pairs, and all that are wished for most."""
        problem = self.problem
        generator = np.random.Generator(np.random.PCG64(1))
        keep = generator.random(len(problem.pairs.slot)) < float(SAMPLE) / np.maximum(
            SAMPLE, np.diff(problem.pairs.first)
        ).repeat(np.diff(problem.pairs.first))
        keep |= problem.pairs.points >= np.percentile(problem.pairs.points, 97)
        return np.flatnonzero(keep)

    def _descend_together(self) -> tuple[Point, Ints]:
        """Prices for all levels together, and the bundles most voted for on the way."""
        search = PoolSearch(self.problem, [self.together], 0, [], self.catalogue, self.pool, None)
        sizes = np.geomspace(1.0, 0.02, self.effort.rounds + 1)
        for first, last in pairwise(sizes):
            votes = search.run(self.effort.steps, self.unit, first, last, self.clock)
            if self.clock.stop():
                break
        self.pool = search.pool
        bundles = self._voted(votes)
        search.grow()
        self.pool = search.pool
        return search.point, bundles

    def _voted(self, votes: list[Ints]) -> Ints:
        """The most voted bundles as rows (student, pairs...), in the whole problem's pairs."""
        stack = np.stack(votes)
        depth, count = stack.shape[2], stack.shape[1]
        rows = np.sort(stack.transpose(1, 0, 2).reshape(-1, depth), axis=1)[:, ::-1]
        owner = np.repeat(np.arange(count), stack.shape[0])
        unique, times = np.unique(np.column_stack([owner, rows]), axis=0, return_counts=True)
        self.called = self.pool[np.unique(unique[:, 1:][unique[:, 1:] >= 0])]
        some = unique[:, 1] >= 0
        unique, times = unique[some], times[some]
        order = np.lexsort((-times, unique[:, 0]))
        unique = unique[order]
        rank = np.arange(len(unique)) - np.searchsorted(unique[:, 0], unique[:, 0])
        unique = unique[rank < VOTED].astype(np.int64)
        unique[:, 1:] = np.where(unique[:, 1:] >= 0, self.pool[np.maximum(0, unique[:, 1:])], -1)
        return unique

    def _improve(self) -> Ints:
        """An allocation built by sweeps and improved by more of them; the best by level order is kept."""
        sweeper = self._sweeper()
        generator = np.random.Generator(np.random.PCG64(2))
        count = len(self.problem.students.school)
        depth = int(min(4, self.problem.students.max_slots.max(initial=1)))
        deepest = int(
            min(
                16,
                max(1, np.minimum(self.problem.students.max_slots, np.diff(self.problem.pairs.first)).max(initial=1)),
            )
        )
        chosen = best = first_allocation(self.problem, self.worth, self.free, deepest)
        plan = ["all", "swap", "add", "swap"] * self.effort.bundle_sweeps
        plan += ["swap", "add"] * self.effort.single_sweeps
        for kind in plan:
            if self.clock.stop():
                break
            which = {
                "add": np.full(count, 1 << 20),
                "all": np.full(count, -1),
                "swap": generator.integers(0, depth, count),
            }[kind]
            sweeper.linears = (self.voted, self._with_room(chosen))
            chosen = sweeper.sweep(chosen, self._parts(generator), which, self.clock)
            if self._key(chosen) > self._key(best):
                best = chosen
        return best

    def _sweeper(self) -> Sweeper:
        search = PoolSearch(self.problem, [self.together], 0, [], self.catalogue, self.pool, self.point)
        whole = search.prices()
        self.worth = Worths({g: c * SCALE for g, c in self.goals.items()})
        self.voted = linear_worths(self.problem, self.worth, whole)
        called = np.zeros(len(self.voted), dtype=bool)
        called[self.called] = True
        self.voted = np.where(called, self.voted, self.voted - TAKEN)
        self.free = linear_worths(self.problem, self.worth, Prices.none(self.problem, 0))
        return Sweeper(self.problem, self.goals, self.workers, MANY, self.worth, (), self.bundles)

    def _with_room(self, chosen: Ints) -> Ints:
        """The pairs' worth without prices, for slots with places left only."""
        slots = self.problem.slots
        used = np.bincount(self.problem.pairs.slot[chosen], minlength=len(slots.capacity))
        places = np.where(slots.grouped, slots.groups * slots.group_max, slots.capacity)
        return np.where((used < places)[self.problem.pairs.slot], self.free, self.free - TAKEN)

    def _parts(self, generator: np.random.Generator) -> list[Ints]:
        """The schools in random parts of about ``NEIGHBOURS`` students."""
        sizes = np.bincount(self.problem.students.school, minlength=len(self.problem.school_ids))
        order = generator.permutation(len(sizes))
        part = np.cumsum(sizes[order]) // NEIGHBOURS
        return [order[part == n] for n in np.unique(part)]

    def _key(self, chosen: Ints) -> tuple[int, ...]:
        return level_values(self.levels, goal_values(self.problem, chosen))

    def _bound(self, level: int, floors: Sequence[int], value: int) -> tuple[int, Prices]:
        """The best bound found for ``level``: with prices of 0, and by a descent from the common prices."""
        nothing = Prices.none(self.problem, level)
        best, best_prices = self._relaxed(level, floors, nothing).bound, nothing
        if best <= value or not self.levels[level].proof or self.clock.stop():
            return best, best_prices
        rate = self.rates[self.levels[level].name]
        earlier = [self.rates.get(each.name, 1) / rate for each in self.levels[:level]]
        start = Point(
            np.array(earlier), self.point.rows / rate, self.point.own / rate,
            self.point.equity.copy(), self.point.reserve.copy(),
        )  # fmt: skip
        search = PoolSearch(self.problem, self.levels, level, floors, self.catalogue, self.pool, start)
        unit = 0.1 * self.swing[level]
        sizes = np.geomspace(0.3, 0.01, self.effort.level_rounds + 1)
        for first, last in pairwise(sizes):
            search.run(self.effort.level_steps, unit, first, last, self.clock)
            relaxed = search.grow()
            if relaxed.bound < best:
                best, best_prices = relaxed.bound, search.asked
            if best <= value or self.clock.stop():
                break
        return best, best_prices

    def _relaxed(self, level: int, floors: Sequence[int], prices: Prices) -> Relaxed:
        return relax(self.problem, self.levels, level, floors, prices, self.catalogue)
