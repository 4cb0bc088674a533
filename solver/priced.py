"""The priced path, for rounds too large for one exact model: prices, groups opened by them, exact neighbourhoods.

Level by level: a descent finds prices, whose bound is taken over every eligible pair. At the first level that does
more than count heads the prices also settle which groups open, and students are served at them; from then on sweeps of
exact neighbourhoods improve the allocation. The work is counted in steps and sweeps.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.aiming import Aim
from solver.bound import relax
from solver.candidates import NEVER, linear_worths
from solver.exact import LevelAnswer
from solver.greedy import first_allocation
from solver.highs import Highs
from solver.measure import goal_values, level_value, level_values
from solver.opening import closed_blocks, groups_held, open_groups
from solver.pool import restricted
from solver.prices import SCALE, Prices, worths
from solver.rates import BY_PAIR, combined_goals, combined_rates
from solver.redealing import Redealing, bundles_near
from solver.stages import HEADS, UNBEATEN, Stages
from solver.sweeps import Exchange, Sweeper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.bound import Relaxed
    from solver.lifting import Lifted
    from solver.limits import Clock
    from solver.pool import PoolSearch
    from solver.prices import Worths
    from solver.problem import Problem
    from solver.settled import Settled
    from solver.standing import Standing

MANY = 20
"""Single-slot moves offered to each student, by price and again by room."""
NEIGHBOURS = 400
"""Students in a neighbourhood, about, where each exchanges one slot."""
DEALT = 150
"""Students in a neighbourhood, about, where all is dealt out anew."""
DEALT_PAIRS = 100_000
"""Rounds of more than ``FEW_PAIRS`` and up to so many pairs are dealt out anew: smaller ones get an exact model, and in
larger ones a neighbourhood has too few schools."""
VAIN, VAIN_DEALS = 4, 2
"""Sweeps one after another in vain before a level is left as it is, and how often all is dealt out anew in vain."""
MANY_PAIRS = 1_000_000
SERVED_PAIRS = 30_000_000
"""In rounds of more pairs students are served with those of the pool, then again ``SERVINGS`` times."""
SERVINGS = 1
OFFERED_PAIRS = 20_000_000
"""In them, whoever got nothing is offered all pairs, or every second or third and so on, up to so many altogether."""
OWED, OWED_BY_PAIR = 2.0, 16.0
"""What the bound of a level that is not reached takes, in what the bound of a head takes; by whether pairs differ."""
FEW_PAIRS = 30_000
"""Rounds of up to so many pairs have their prices lifted several times at every level."""
TURNS_BETWEEN, CHANGES = 2, 2
"""Turns of settled prices before it is asked whether other schools' groups would bring far more, and how often."""
FAR_MORE = 0.5
"""How much more, in what a slot is worth, another school's groups must bring to be opened instead."""
FILL_EVERY = 3
"""In one sweep of so many students give nothing up, and are only offered more."""
WHOLE = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.99}
"""Where all is dealt out anew a neighbourhood is solved to its end."""
MUCH = 0.5
"""What a slot must miss to be aimed at, in what a slot is worth."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a round of this size gets: steps of the first level and of later ones, turns, sweeps.

    ``sweeps``: of the first allocation and, where ``sweeps_later`` is not given, of every level after it.
    ``settled``: turns with settled groups, for rounds that are not priced whole; ``lifts``: times that a level's prices
    are sought with the groups of the allocation at hand and lifted, ``lift_turns`` turns each, and ``deals``: sweeps in
    which all is dealt out anew at those prices, for smaller rounds; each 0 for others.
    ``shutting``: whether sweeps try to shut groups that bring too little, which good prices tell.
    """

    first: int
    later: int
    turns: int
    turn_steps: int
    sweeps: int
    settled: int = 0
    lifts: int = 0
    lift_turns: int = 0
    deals: int = 0
    shutting: bool = True
    sweeps_later: int | None = None

    @classmethod
    def of(cls, problem: Problem) -> Effort:
        """Less for larger rounds."""
        if len(problem.pairs.slot) < MANY_PAIRS:
            if len(problem.pairs.slot) <= FEW_PAIRS:
                return cls(260, 110, 6, 25, 11, lifts=6, lift_turns=4)
            if len(problem.pairs.slot) <= DEALT_PAIRS:
                return cls(260, 110, 6, 25, 11, lifts=1, lift_turns=3, deals=3, sweeps_later=4)
            return cls(260, 110, 6, 25, 11)
        if len(problem.pairs.slot) < SERVED_PAIRS:
            return cls(110, 20, 5, 12, 2, 2, shutting=False, sweeps_later=1)
        return cls(90, 20, 5, 12, 1, shutting=False)


class PricedPath:
    """Prices a level, improves the allocation for it, and proves what the prices prove."""

    def __init__(self, problem: Problem, levels: Sequence[Level], clock: Clock) -> None:
        """Nothing is priced or allocated yet."""
        self.problem, self.levels, self.clock = problem, levels, clock
        self.effort = Effort.of(problem)
        self.stages = Stages(problem, levels, clock)
        self.workers = [Highs(clock) for _ in range(max(1, clock.limits.workers))]
        self.generator = np.random.Generator(np.random.PCG64(2))
        self.leading = next((n for n, level in enumerate(levels) if not set(level.goals) <= HEADS), len(levels) - 1)
        self.ranked = [level for level in levels if level.proof] or list(levels)
        by_level = dict(zip((level.name for level in levels), self.stages.swing, strict=True))
        self.rates = combined_rates(self.ranked, [by_level[level.name] for level in self.ranked])
        self.chosen: Ints | None = None
        self.lifted: Prices | None = None
        self.dealing: tuple[Standing, Lifted] | None = None
        self.head_seconds = 0.0

    def close(self) -> None:
        """End the solvers' processes."""
        for worker in self.workers:
            worker.close()

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
        if self._worth(level, self.chosen) < bound and self.levels[level].proof and not self.clock.stop():
            relaxed, found = self._priced(level, floors)
            if relaxed.bound < bound:
                bound, prices = relaxed.bound, found
            self._improve(level, found, floors, bound)
            self._deal(level, floors, bound)
        return LevelAnswer(self.chosen, bound, None, prices)

    def at_hand(self, level: int, floors: Sequence[int]) -> Prices:
        """Prices that need no search: none, which often prove what heads can be.

        In a very large round those of earlier levels: the best of all bundles takes many times longer to find at no
        price than at prices that tell.
        """
        if level < self.leading or int(self.problem.pairs.first[-1]) <= SERVED_PAIRS:
            return Prices.none(self.problem, level)
        return self.stages.begin(level, floors).prices()

    def _keep_back(self, level: int) -> None:
        """Keep time for the bounds of the levels from ``level`` on, by what the first bound took."""
        owed = [OWED_BY_PAIR if set(each.goals) & set(BY_PAIR) else OWED for each in self.levels[level + 1 :]]
        self.clock.kept_back = self.head_seconds * sum(owed)

    def _priced(self, level: int, floors: Sequence[int]) -> tuple[Relaxed, Prices]:
        """Good prices for a level, and what they prove."""
        self.dealing = None
        if self.lifted is not None and level == self.leading:
            return relax(self.problem, self.levels, level, floors, self.lifted, self.stages.catalogue), self.lifted
        search = self.stages.begin(level, floors)
        sizes = (0.01, 0.002) if level == self.leading else (0.1, 0.003)
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
        self.dealing = settled.standing, lifted
        search.reopen(point)
        return lifted

    def _construct(self) -> Ints:
        """A first allocation: prices for the leading level, groups opened by them, students served, sweeps."""
        search = self.stages.begin(self.leading, self._heads())
        self.stages.descend(search, self.effort.first, 1.0, 0.01)
        priced = search.descent.point.copy()
        open_groups(search.descent, self.effort.turns, self.effort.turn_steps, 0.03, self.clock)
        self._reconsider(search)
        search.descent.run(4 * self.effort.turn_steps, 0.03, 0.003, self.clock)
        closed = closed_blocks(self.stages.catalogue, search.descent.forced, self.problem)
        if self.clock.stop():
            closed[:] = False
        self.chosen = self._serve(search.prices(), closed)
        self._improve(self.leading, search.prices(), [])
        if self.effort.settled and len(self.problem.pairs.slot) and not self.clock.stop():
            self.lifted = self._settle(self.stages.settled(search))
        search.reopen(priced)
        return self.chosen

    def _reconsider(self, search: PoolSearch) -> None:
        """Open other schools' groups where settled prices show that those would bring far more."""
        if not 0 < len(self.problem.pairs.slot) < MANY_PAIRS or self.clock.stop():
            return
        settled = self.stages.settled(search)
        for _ in range(CHANGES):
            settled.run(TURNS_BETWEEN)
            if not settled.change(settled.lift(), FAR_MORE):
                break
        search.descent.forced[:] = settled.opened

    def _settle(self, settled: Settled) -> Prices:
        """Prices with the groups settled; where another school's would bring far more, that one opens instead."""
        settled.run(self.effort.settled)
        lifted = settled.lift()
        if settled.change(lifted, FAR_MORE):
            settled.run(self.effort.settled)
            lifted = min(lifted, settled.lift(), key=lambda each: each.relaxed.total)
        return lifted.prices

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

    def _serve(self, prices: Prices, closed: Bools) -> Ints:
        """Students served at the prices, then with what is left over for nothing.

        In a round of very many pairs they are offered those of the pool; whoever gets nothing so is offered more.
        """
        first, offered = self.problem.pairs.first, self.stages.pool
        if int(first[-1]) <= SERVED_PAIRS:
            return self._served(prices, closed, np.arange(int(first[-1]), dtype=np.int64))
        chosen = self._served(prices, closed, offered)
        for _ in range(SERVINGS):
            empty = np.flatnonzero(np.bincount(self.problem.pairs.student_of(chosen), minlength=len(first) - 1) == 0)
            step = 1 + int(np.diff(first)[empty].sum()) // OFFERED_PAIRS
            spans = [np.arange(first[s] + s % step, first[s + 1], step) for s in empty]
            offered = np.unique(np.concatenate([offered, *spans]))
            chosen = self._served(prices, closed, offered)
        return chosen

    def _served(self, prices: Prices, closed: Bools, offered: Ints) -> Ints:
        """Students served with the pairs ``offered``, ascending positions."""
        problem = restricted(self.problem, offered)
        worth, priced, free = self._linears(self.leading, prices.within(offered), problem)
        deepest = np.minimum(problem.students.max_slots, np.diff(problem.pairs.first)).max(initial=1)
        chosen = first_allocation(problem, worth, (priced, free), int(max(1, min(16, deepest))), closed)
        return np.asarray(offered[chosen])

    def _linears(self, level: int, prices: Prices, problem: Problem) -> tuple[Worths, Ints, Ints]:
        """What goals are worth at the level's rates, and the linear worth of every pair, priced and free."""
        worth = worths(self.levels, level, prices)
        priced = linear_worths(problem, worth, prices)
        return worth, priced, linear_worths(problem, worth, Prices.none(problem, 0))

    def _improve(self, level: int, prices: Prices, floors: Sequence[int], enough: int | None = None) -> None:
        """Sweeps over all schools, each student exchanging one slot at a time.

        The best by level order is kept, among those that leave the earlier levels at their ``floors``: a sweep that
        gives a higher level more may not take what another was fixed at. They end where the level is at ``enough``.
        """
        assert self.chosen is not None
        pool = np.union1d(self.stages.pool, self.chosen)
        problem = restricted(self.problem, pool)
        prices = prices.within(pool)
        worth, priced, free = self._linears(level, prices, problem)
        sweeper = Sweeper(problem, combined_goals(self.ranked, self.rates), self.workers)
        aim = Aim(problem, prices, NEIGHBOURS, int(MUCH * self.stages.swing[level] * SCALE))
        chosen = best = np.searchsorted(pool, self.chosen)
        later, vain = self.effort.sweeps_later, 0
        for turn in range(self.effort.sweeps if enough is None or later is None else later):
            if self.clock.stop() or vain == VAIN or (enough is not None and self._worth(level, pool[best]) >= enough):
                break
            vain += 1
            linears = (priced, _with_room(problem, chosen, free), _within(problem, aim.short(chosen), priced))
            parts, shut = aim.parts(chosen, self.generator)
            barred = shut if self.effort.shutting and turn % 2 else np.zeros_like(shut)
            change = Exchange(problem, worth, MANY, linears, self._released(problem, turn), barred)
            chosen = sweeper.sweep(chosen, parts, change, self.clock)
            if not self._keeps(pool[chosen], floors):
                chosen = best
            elif self._key(pool[chosen]) > self._key(pool[best]):
                best, vain = chosen, 0
        self.chosen = pool[best]

    def _deal(self, level: int, floors: Sequence[int], enough: int) -> None:
        """Sweeps in which all is dealt out anew for this level alone, the earlier ones kept in every neighbourhood."""
        if self.dealing is None:
            return
        assert self.chosen is not None
        standing, lifted = self.dealing
        pool = np.union1d(self.stages.pool, self.chosen)
        problem, blocks = restricted(self.problem, pool), self.stages.catalogue
        sweeper = Sweeper(
            problem, self._alone(level), self.workers, [each.goals for each in self.levels[:level]], WHOLE
        )
        prices, much = lifted.prices.within(pool), int(MUCH * self.stages.swing[level] * SCALE)
        chosen = best = np.searchsorted(pool, self.chosen)
        vain = 0
        for _ in range(self.effort.deals):
            if self.clock.stop() or vain == VAIN_DEALS or self._worth(level, pool[best]) >= enough:
                break
            bundles = bundles_near(problem, self.levels, level, blocks, standing, lifted.brought, chosen)
            parts, _ = Aim(problem, prices, DEALT, much).parts(chosen, self.generator)
            chosen = sweeper.sweep(chosen, parts, Redealing(problem, bundles), self.clock)
            vain += self._worth(level, pool[chosen]) <= self._worth(level, pool[best])
            if not self._keeps(pool[chosen], floors):
                chosen = best
            elif self._key(pool[chosen]) > self._key(pool[best]):
                best = chosen
        self.chosen = pool[best]

    def _alone(self, level: int) -> Mapping[str, int]:
        """The level's goals; the leading one's beside those of the levels that count heads, which win always."""
        if level != self.leading:
            return self.levels[level].goals
        head = 1 + int(UNBEATEN * self.stages.swing[level])
        rates = [head ** (level - number) for number in range(level)]
        return combined_goals(self.levels[: level + 1], [*rates, 1])

    def _released(self, problem: Problem, turn: int) -> Ints:
        """By student, which of the slots held to give up in a sweep: the n-th, or none where fewer are held."""
        count, depth = len(problem.students.school), int(min(4, problem.students.max_slots.max(initial=1)))
        return self.generator.integers(0, depth, count) if (turn + 1) % FILL_EVERY else np.full(count, depth)

    def _key(self, chosen: Ints) -> tuple[int, ...]:
        return level_values(self.ranked, goal_values(self.problem, chosen))

    def _keeps(self, chosen: Ints, floors: Sequence[int]) -> bool:
        values = level_values(self.levels[: len(floors)], goal_values(self.problem, chosen))
        return all(value >= floor for value, floor in zip(values, floors, strict=True))

    def _worth(self, level: int, chosen: Ints) -> int:
        return level_value(self.levels[level], goal_values(self.problem, chosen))


def _with_room(problem: Problem, chosen: Ints, free: Ints) -> Ints:
    """The pairs' worth without prices, for slots with places left only."""
    slots = problem.slots
    used = np.bincount(problem.pairs.slot[chosen], minlength=len(slots.capacity))
    places = np.where(slots.grouped, slots.groups * slots.group_max, slots.capacity)
    return _within(problem, used < places, free)


def _within(problem: Problem, slots: Bools, linear: Ints) -> Ints:
    """The pairs' worth, for some slots only."""
    return np.where(slots[problem.pairs.slot.raw], linear, NEVER)
