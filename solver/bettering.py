"""Bettering an allocation at a level: exchanges of one slot, whole bundles dealt out anew, room for the last missed.

Each way keeps the best by level order, and none takes from an earlier level what that was fixed at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.aiming import Aim
from solver.alone import UNFIT
from solver.arrays import union
from solver.candidates import linear_worths, places_left
from solver.highs import Highs
from solver.measure import goal_values, level_value, level_values
from solver.opening import groups_held
from solver.pool import restricted
from solver.prices import SCALE, Prices, worths
from solver.rates import combined_goals, combined_rates
from solver.redealing import Redealing, bundles_near, mingled_parts, schools_by_lot
from solver.rescue import Rescue, missed
from solver.stages import HEADS
from solver.sweeps import NODES, Exchange, Sweeper
from solver.touched import options_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.columns import Columns
    from solver.effort import Effort
    from solver.lifting import Lifted
    from solver.limits import Clock
    from solver.prices import Worths
    from solver.problem import Problem
    from solver.stages import Stages
    from solver.standing import Standing

    Offer = Callable[[Problem, Ints, Ints], Columns]
    """Of a problem of pairs at hand, these (ascending) and an allocation, both with bundles that might be dealt out."""

MANY = 20
"""Single-slot moves offered to each student, by price and again by room."""
NEIGHBOURS = 400
"""Students in a neighbourhood, about, where each exchanges one slot."""
DEALT = 150
"""Students in a neighbourhood, about, where all is dealt out anew."""
VAIN, VAIN_DEALS = 3, 2
"""Sweeps one after another in vain before a level is left as it is, and how often all is dealt out anew in vain."""
LITTLE = 0.005
"""The part of what is missing to the bound that a sweep must bring, or else it was in vain."""
FILL_EVERY = 3
"""In one sweep of so many students give nothing up, and are only offered more."""
RESCUES, FEW_MISSED = 3, 60
"""How often room is made for the last students missed, and for how many at once."""
WHOLE = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.99, "mip_max_nodes": NODES}
"""Where all is dealt out anew a neighbourhood is solved to its end, if that is not far."""
FIRST_NODE = {"mip_max_nodes": 1}
"""Neighbourhoods of mingled students mostly end at the first node; where not, the others take long and bring little."""
CHECKS = 60
"""Of HiGHS', after which the search ends that deals out what the relaxation tears."""
MUCH = 0.5
"""What a slot must miss to be aimed at, in what a slot is worth."""


@dataclass(frozen=True, slots=True)
class Dealing:
    """The prices of a level at which whole bundles are offered, before and after they were lifted."""

    standing: Standing
    lifted: Lifted


@dataclass(frozen=True, slots=True)
class Priced:
    """A level's prices, the bound that they prove, and what all may be dealt out anew at."""

    bound: int
    prices: Prices
    dealing: Dealing | None = None


@dataclass(slots=True)
class Bettering:
    """Betters allocations of one round."""

    stages: Stages
    effort: Effort
    clock: Clock
    problem: Problem = field(init=False)
    levels: Sequence[Level] = field(init=False)
    workers: Sequence[Highs] = field(init=False)
    generator: np.random.Generator = field(init=False)
    leading: int = field(init=False)
    ranked: Sequence[Level] = field(init=False)
    rates: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        """Note which level leads (the first that does more than count heads), and what each is worth beside others."""
        self.problem, self.levels = self.stages.problem, self.stages.levels
        self.workers = [Highs(self.clock) for _ in range(max(1, self.clock.limits.workers))]
        self.generator = np.random.Generator(np.random.PCG64(2))
        levels = self.levels
        self.leading = next((n for n, level in enumerate(levels) if not set(level.goals) <= HEADS), len(levels) - 1)
        self.ranked = [level for level in levels if level.proof] or list(levels)
        by_level = dict(zip((level.name for level in levels), self.stages.swing, strict=True))
        self.rates = combined_rates(self.ranked, [by_level[level.name] for level in self.ranked])

    def close(self) -> None:
        """End the solvers' processes."""
        for worker in self.workers:
            worker.close()

    def worth(self, level: int, chosen: Ints) -> int:
        """What the pairs ``chosen`` are worth at a level."""
        return level_value(self.levels[level], goal_values(self.problem, chosen))

    def key(self, chosen: Ints) -> tuple[int, ...]:
        """What the pairs ``chosen`` come to at the ranked levels: of two allocations the larger is the better."""
        return level_values(self.ranked, goal_values(self.problem, chosen))

    def improve(
        self, level: int, given: Ints, prices: Prices, floors: Sequence[int], enough: int | None = None
    ) -> Ints:
        """Sweeps over all schools, each student exchanging one slot at a time.

        The best by level order is kept, among those that leave the earlier levels at their ``floors``: a sweep that
        gives a higher level more may not take what another was fixed at. They end where the level is at ``enough``.
        """
        if self.clock.stop():
            return given
        pool = union(self.stages.pool, given)
        problem = restricted(self.problem, pool)
        prices = prices.within(pool)
        worth, priced, free = linears(self.levels, level, prices, problem)
        sweeper = Sweeper(problem, combined_goals(self.ranked, self.rates), self.workers)
        aim = Aim(problem, prices, NEIGHBOURS, int(MUCH * self.stages.swing[level] * SCALE))
        chosen = best = np.searchsorted(pool, given)
        later, vain = self.effort.sweeps_later, 0
        for turn in range(self.effort.sweeps if enough is None or later is None else later):
            if self.clock.stop() or vain == VAIN or (enough is not None and self.worth(level, pool[best]) >= enough):
                break
            vain += 1
            by = (
                priced,
                _within(problem, places_left(problem, chosen), free),
                _within(problem, aim.short(chosen), priced),
            )
            parts, shut = aim.parts(chosen, self.generator)
            barred = shut if self.effort.shutting and turn % 2 else np.zeros_like(shut)
            change = Exchange(problem, worth, MANY, by, self._released(problem, turn), barred)
            chosen = sweeper.sweep(chosen, parts, change, self.clock)
            before = self.worth(level, pool[best])
            if not self._keeps(pool[chosen], floors):
                chosen = best
            elif self.key(pool[chosen]) > self.key(pool[best]):
                best = chosen
            if self.worth(level, pool[best]) - before > (0 if enough is None else LITTLE * (enough - before)):
                vain = 0
        return np.asarray(pool[best])

    def deal(self, level: int, given: Ints, dealing: Dealing, floors: Sequence[int], enough: int) -> Ints:
        """Sweeps in which all is dealt out anew, the earlier levels kept in every neighbourhood."""
        standing, lifted = dealing.standing, dealing.lifted
        pool = union(self.stages.pool, given)
        problem, blocks = restricted(self.problem, pool), self.stages.catalogue
        sweeper, mingled = self._dealer(level, problem), self.effort.mingled
        aim = Aim(problem, lifted.prices.within(pool), DEALT, int(MUCH * self.stages.swing[level] * SCALE))
        chosen = best = np.searchsorted(pool, given)
        vain = 0
        for _ in range(self.effort.deals):
            if self.clock.stop() or vain == VAIN_DEALS or self.worth(level, pool[best]) >= enough:
                break
            bundles = bundles_near(problem, self.levels, level, blocks, standing, lifted.brought, chosen)
            if mingled:
                parts, dealt = mingled_parts(problem, mingled, len(self.workers), self.generator)
            else:
                parts, dealt = aim.parts(chosen, self.generator)[0], np.ones(len(problem.students.school), dtype=bool)
            chosen = sweeper.sweep(chosen, parts, Redealing(problem, bundles, dealt), self.clock)
            vain += not mingled and self.worth(level, pool[chosen]) <= self.worth(level, pool[best])
            if not self._keeps(pool[chosen], floors):
                chosen = best
            elif self.key(pool[chosen]) > self.key(pool[best]):
                best = chosen
        return np.asarray(pool[best])

    def relax(self, given: Ints, offer: Offer) -> Ints:
        """All dealt out anew, to all students of a part of the schools at once, by the relaxation beside their groups.

        All levels count together, and the better by level order is kept. ``offer`` gives what is dealt out.
        """
        if not self.effort.relaxed_parts or not len(given) or self.clock.stop():
            return given
        pool = union(self.stages.pool, given)
        problem, chosen = restricted(self.problem, pool), np.searchsorted(pool, given)
        bundles, blocks = offer(problem, pool, chosen), self.stages.catalogue
        groups = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
        groups[blocks.school, blocks.slot] = groups_held(problem, blocks, chosen)
        enough = {**WHOLE, **FIRST_NODE, "checks": CHECKS, "mip_abs_gap": self._half()}
        many, everybody = self.effort.relaxed_parts, np.ones(len(problem.students.school), dtype=bool)
        sweeper = Sweeper(problem, combined_goals(self.ranked, self.rates), self.workers[:many], (), enough, groups)
        parts = schools_by_lot(problem, many, self.generator)
        found = np.asarray(pool[sweeper.sweep(chosen, parts, Redealing(problem, bundles, everybody), self.clock)])
        for level in range(self.leading):
            found = self.rescue(level, found, self.worth(level, given))
        return max(given, found, key=self.key)

    def rescue(self, level: int, given: Ints, enough: int) -> Ints:
        """Room made for the last students whom a level that counts heads misses; no level so far loses by it.

        A few students are asked to make room first, and all who might where that was in vain.
        """
        few = True
        for _ in range(RESCUES):
            missing = missed(self.problem, self.levels[level].goals, given, FEW_MISSED)
            if not len(missing) or self.clock.stop() or self.worth(level, given) >= enough:
                break
            theirs = options_of(self.problem, np.isin(np.arange(len(self.problem.student_ids)), missing))
            pool = union(self.stages.pool, given, theirs)
            problem, chosen = restricted(self.problem, pool), np.searchsorted(pool, given)
            kept = [each.goals for each in self.levels[: level + 1]]
            sweeper = Sweeper(problem, combined_goals(self.ranked, self.rates), self.workers[:1], kept)
            everybody, change = [np.arange(len(problem.school_ids))], Rescue.of(problem, missing, chosen, few=few)
            found = pool[sweeper.sweep(chosen, everybody, change, self.clock)]
            if self.worth(level, found) > self.worth(level, given):
                given = found
            elif not change.few:
                break
            else:
                few = False
        return given

    def _dealer(self, level: int, problem: Problem) -> Sweeper:
        """Sweeps that better a level and keep those before it; at the leading one those below settle what is even."""
        kept = [each.goals for each in self.levels[:level]]
        if level != self.leading or self.levels[level] not in self.ranked:
            return Sweeper(problem, self.levels[level].goals, self.workers, kept, WHOLE)
        goals = combined_goals(self.ranked, self.rates)
        nodes = FIRST_NODE if self.effort.mingled else {}
        return Sweeper(problem, goals, self.workers, kept, {**WHOLE, "mip_abs_gap": self._half(), **nodes})

    def _half(self) -> float:
        """Half of what the leading level's least change comes to where all levels count together."""
        leading = self.levels[self.leading]
        return max(WHOLE["mip_abs_gap"], self.rates[self.ranked.index(leading)] / 2 if leading in self.ranked else 0.0)

    def _released(self, problem: Problem, turn: int) -> Ints:
        """By student, which of the slots held to give up in a sweep: the n-th, or none where fewer are held."""
        count, depth = len(problem.students.school), int(min(4, problem.students.max_slots.max(initial=1)))
        return self.generator.integers(0, depth, count) if (turn + 1) % FILL_EVERY else np.full(count, depth)

    def _keeps(self, chosen: Ints, floors: Sequence[int]) -> bool:
        values = level_values(self.levels[: len(floors)], goal_values(self.problem, chosen))
        return all(value >= floor for value, floor in zip(values, floors, strict=True))


def linears(levels: Sequence[Level], level: int, prices: Prices, problem: Problem) -> tuple[Worths, Ints, Ints]:
    """What goals are worth at the level's rates, and the linear worth of every pair, priced and free."""
    worth = worths(levels, level, prices)
    priced = linear_worths(problem, worth, prices)
    return worth, priced, linear_worths(problem, worth, Prices.none(problem, 0))


def _within(problem: Problem, slots: Bools, linear: Ints) -> Ints:
    """The pairs' worth, for some slots only."""
    return np.where(slots[problem.pairs.slot.raw], linear, UNFIT)
