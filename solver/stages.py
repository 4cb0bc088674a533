"""Good prices for one level after another: each level's descent begins where the last one's ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver import effort
from solver.bound import Catalogue, relax
from solver.columns import Columns
from solver.descent import Point
from solver.pool import PoolSearch
from solver.rates import swings
from solver.settled import Settled
from solver.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Floats, Ints
    from solver.bound import Relaxed
    from solver.limits import Clock
    from solver.prices import Prices
    from solver.problem import Problem

HEADS = frozenset({"guarantee", "reach", "replaced"})
UNBEATEN = 2.0
"""What a head placed is worth beside the best slot of a level: levels that count heads keep a rate that wins always."""
DEAR = 1.0
"""The rate that any other earlier level begins with, in what slots are worth."""
DEARER, TRIALS, FINER = 3.0, 4, 10
"""By how much dearer earlier levels are tried, how often, and by how much steps shrink meanwhile."""
SAMPLE, SAMPLED = 60, 5_000_000
"""Pairs of each student, about, in a larger round's pool at first, and of all students together."""


@dataclass(slots=True)
class Stages:
    """The searches for prices, level by level; ``last`` is the latest, ``before`` that of the level before."""

    problem: Problem
    levels: Sequence[Level]
    clock: Clock
    swing: Sequence[float]
    """What a good slot is worth at each level."""
    pool: Ints
    """Ascending positions of the pairs on which prices are sought."""
    catalogue: Catalogue = field(init=False)
    last: PoolSearch | None = field(init=False, default=None)
    before: PoolSearch | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Nothing is priced yet."""
        self.catalogue = Catalogue.of(self.problem)

    @classmethod
    def of(cls, problem: Problem, levels: Sequence[Level], clock: Clock) -> Stages:
        """The searches of a round, on every pair, or of a large round on a random sample of each student's."""
        return cls(problem, levels, clock, swings(problem, levels), _sampled(problem))

    def begin(self, number: int, floors: Sequence[int]) -> PoolSearch:
        """A search for a level's prices: the latest where it is of this level, else from its prices, or from none."""
        if self.last is not None and self.last.level == number:
            self.last.refloor(floors)
            return self.last
        self.before = self.last
        self.last = self._search(number, floors, DEAR)
        return self.last

    def sought(self, number: int, floors: Sequence[int], steps: int, size: float, batches: int = 1) -> PoolSearch:
        """A search whose earlier levels are as dear as proves most after ``steps`` steps of about ``size``.

        How much of a level buys a unit of an earlier one nobody knows beforehand, and a descent moves rates slowly: so
        they are tried dearer and dearer while that proves more, or else cheaper and cheaper. ``batches``: see
        ``Descent.run``.
        """
        best = begun = self.begin(number, floors)
        if not steps or all(set(level.goals) <= HEADS for level in self.levels[:number]):
            return best
        least = _tried(best, steps, size, self.clock, batches)
        for factor in (DEARER, 1 / DEARER):
            for times in range(1, TRIALS + 1):
                if self.clock.stop():
                    break
                other = self._search(number, floors, DEAR * factor**times)
                found = _tried(other, steps, size, self.clock, batches)
                if found >= least:
                    break
                best, least = other, found
            if best is not begun:
                break
        self.last = best
        return best

    def follow(self, search: PoolSearch) -> PoolSearch:
        """A search of the round as it is from that of the mixed round, on the same pool: all pay their slot's price."""
        problem, pool, old = self.problem, search.pool, search.descent
        rows, point, slot = len(problem.resources.left), old.point.copy(), problem.pairs.slot[pool]
        asked = np.zeros(len(problem.slot_ids))
        asked[self.catalogue.slots] = point.rows[rows:]
        point.rows, point.own = point.rows[:rows], asked[slot[problem.blocked[slot]]]
        self.pool = pool
        self.last = PoolSearch.begin(
            problem, self.levels, search.level, search.floors, self.catalogue, pool, point, old.worth, old.moving
        )
        return self.last

    def _search(self, number: int, floors: Sequence[int], dear: float) -> PoolSearch:
        """A search from the prices of the level before, in which earlier levels are ``dear``."""
        problem, before, swing = self.problem, self.before, self.swing[number]
        moving = [not set(level.goals) <= HEADS for level in self.levels[:number]]
        rates = np.array(
            [dear * swing / s if moves else UNBEATEN * swing for s, moves in zip(self.swing, moving, strict=False)]
        )
        pool = self.pool
        if before is None or before.level > number or not moving[before.level]:
            point = _nothing(problem, rates, int(problem.blocked[problem.pairs.slot[pool]].sum()))
        else:
            scale = float(rates[before.level])
            rates[: before.level] = np.maximum(rates[: before.level], before.descent.point.rates * scale)
            old = before.descent.point
            point = Point(rates, old.rows * scale, old.own * scale, old.equity.copy(), old.reserve.copy())
        worth = swing + sum(float(r) * s for r, s, m in zip(rates, self.swing, moving, strict=False) if m)
        return PoolSearch.begin(problem, self.levels, number, floors, self.catalogue, pool, point, worth, moving)

    def settled(self, search: PoolSearch, worth: float) -> Settled:
        """A search with the groups settled as ``search`` has opened them, from its prices and choices.

        ``worth``: what a good slot is worth.
        """
        descent, problem = search.descent, self.problem
        mean, point, open_ = descent.place_prices(), descent.point, descent.forced > 0
        standing = Standing(
            point.rates.copy(),
            point.rows.copy(),
            np.where(open_, np.maximum(0.0, mean), 0.0),
            np.where(open_, np.maximum(0.0, -mean), 0.0),
            point.equity.copy(),
            point.reserve.copy(),
        )
        choices = np.concatenate(list(descent.choices))
        columns = Columns(problem, choices.shape[1])
        columns.add(np.append(search.pool, -1)[choices])
        return Settled(
            problem, self.levels, self.catalogue, self.clock, descent.forced.copy(), columns, standing,
            search.level, search.floors, worth,
        )  # fmt: skip

    def descend(self, search: PoolSearch, steps: int, first: float, last: float) -> tuple[Relaxed, Prices]:
        """``steps`` steps of sizes from ``first`` to ``last``; the bound at the end, and its prices."""
        search.descent.run(steps, first, last, self.clock)
        prices = search.prices()
        return relax(self.problem, self.levels, search.level, search.floors, prices, self.catalogue), prices


def _tried(search: PoolSearch, steps: int, size: float, clock: Clock, batches: int) -> float:
    """The bound on the pool after some steps, the least on the way where every step tells it."""
    search.descent.run(steps, size, size / FINER, clock, batches)
    return search.descent.slopes()[0] if batches > 1 else search.descent.best


def _nothing(problem: Problem, rates: Floats, own: int) -> Point:
    return Point(
        rates,
        np.zeros(len(problem.resources.left)),
        np.zeros(own),
        np.full(len(problem.share), 0.5),
        np.full(len(problem.slot_ids), 0.5),
    )


def _sampled(problem: Problem) -> Ints:
    """Every pair, or of a large round a random sample of each student's."""
    first = problem.pairs.first
    if int(first[-1]) < effort.MANY_PAIRS:
        return np.arange(int(first[-1]), dtype=np.int64)
    options = np.diff(first)
    sample = min(SAMPLE, SAMPLED / len(options))
    chance = sample / np.maximum(sample, options)
    generator = np.random.Generator(np.random.PCG64(1))
    found = []
    for begin, end in problem.pairs.spans():
        likely = np.repeat(chance[begin:end], options[begin:end])
        found.append(first[begin] + np.flatnonzero(generator.random(len(likely)) < likely))
    return np.concatenate(found)
