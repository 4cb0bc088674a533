"""The path of a large re-run: keep the most of what was published, place the others around it, prove it by prices.

Where the first levels are about the published allocation, nearly every student stays. So an exact model over the
published pairs, and all pairs of the students whom the change touches, decides. Bounds hold over every eligible pair:
levels that keep or count heads have theirs from relaxations, to which pairs that the prices find worth something are
added (column generation: Gilmore and Gomory 1961; Desaulniers, Desrosiers and Solomon 2005), the others by a descent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.bound import Catalogue, relax
from solver.core import build_core
from solver.duals import prices_from_duals
from solver.exact import LevelAnswer, NoAllocationError
from solver.highs import Highs, Row
from solver.measure import goal_values, level_value
from solver.prices import Prices, within_worth
from solver.resources import rows_of_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.limits import Clock
    from solver.problem import Problem
    from solver.stages import Stages

KEEPING = frozenset({"replaced", "stability"})
COUNTED = KEEPING | {"guarantee", "reach"}
"""Goals whose levels have their bound by relaxations of the exact model."""
AT_ONCE = 20_000
"""Pairs of touched students in one exact model, about."""
NODES = 1
"""Branches that one level of one model may take: these models are all but settled at the root."""
MOST_KEPT = 6_000
"""Published pairs up to which one model holds them all in good time."""
ROUNDS = 6
"""Times that a level's prices are found again with more pairs."""
STEPS, NEXT_STEPS = 160, 80
"""Steps of the first descent for prices, from none, and of each later one, from the last level's."""


def is_about_keeping(problem: Problem, levels: Sequence[Level]) -> bool:
    """Whether there are published pairs to keep, not too many, and the first two levels are about nothing else."""
    first = [level.goals.keys() for level in levels[:2]]
    return (
        bool(0 < problem.pairs.kept.sum() <= MOST_KEPT) and len(first) > 1 and all(goals <= KEEPING for goals in first)
    )


class KeepingPath:
    """Settles one allocation for all levels in their order, then proves them one by one."""

    def __init__(self, problem: Problem, levels: Sequence[Level], clock: Clock) -> None:
        """Nothing is solved yet."""
        self.problem, self.levels, self.clock = problem, levels, clock
        self.catalogue = Catalogue.of(problem)
        self.highs = Highs(clock)
        self.kept = np.flatnonzero(problem.pairs.kept)
        self.chosen: Ints | None = None
        self.stages: Stages | None = None
        self.pool = self.kept

    def close(self) -> None:
        """End the solver's process."""
        self.highs.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The level's value on the settled allocation, or on ``incumbent``, and its bound by prices over every pair."""
        if self.chosen is None:
            self.chosen = self._settle()
        elif incumbent is not None:
            self.chosen = incumbent
        if self.chosen is None:
            return None
        value = level_value(self.levels[level], goal_values(self.problem, self.chosen))
        bound, prices = self._bound(level, floors, value)
        return LevelAnswer(self.chosen, bound, None, prices)

    def _settle(self) -> Ints | None:
        """Keep what can be kept, then give the touched students all their options, some thousands at a time."""
        chosen = self._climbed(np.union1d(self.kept, self._beside_pins()), self.levels[:2])
        if chosen is None:
            return None
        lost = self._lost(np.intersect1d(chosen, self.kept))
        for options in self._batches(chosen, lost):
            if self.clock.stop():
                break
            pool = np.unique(np.concatenate([self.kept, chosen, options]))
            better = self._climbed(pool, self.levels)
            if better is not None and self._key(better) >= self._key(chosen):
                chosen, self.pool = better, np.union1d(self.pool, pool)
        self.pool = np.union1d(self.pool, np.flatnonzero(lost[self.problem.pairs.student])[:AT_ONCE])
        return chosen

    def _beside_pins(self) -> Ints:
        """The pairs of group slots where pinned students sit, whose groups others may have to fill."""
        pinned = [j for _, j in self.problem.fixed_members.keys() - self.problem.exempt_members]
        pinned = [j for j in pinned if self.problem.blocked[j]]
        return self.problem.pairs.in_slots(np.array(pinned, dtype=np.int64))

    def _lost(self, stay: Ints) -> Bools:
        """The students not all of whose published pairs stay: shape (students,)."""
        student, count = self.problem.pairs.student, len(self.problem.student_ids)
        return np.bincount(student[self.kept], minlength=count) > np.bincount(student[stay], minlength=count)

    def _batches(self, chosen: Ints, lost: Bools) -> list[Ints]:
        """Options in batches: first of those told of a slot who have nothing, for whom others may move.

        Then, where the pairs that stay leave room, of those who lost a published pair, and of others with nothing.
        """
        problem = self.problem
        student, count = problem.pairs.student, len(problem.student_ids)
        stay = np.intersect1d(chosen, self.kept)
        nothing = (np.bincount(student[chosen], minlength=count) == 0) & ~problem.students.placed
        bare = nothing & problem.students.baseline
        roomy = [
            self._with_room(stay, np.flatnonzero(each[student])) for each in (lost & ~bare, nothing & ~lost & ~bare)
        ]
        options = np.concatenate([np.flatnonzero(bare[student]), *roomy])
        first = np.flatnonzero(np.diff(student[options], prepend=-1))
        part = np.repeat(first // AT_ONCE, np.diff(np.append(first, len(options))))
        return [options[part == n] for n in np.unique(part)]

    def _with_room(self, stay: Ints, options: Ints) -> Ints:
        """The options that use no limit, and lie in no group slot, of which the pairs that stay leave nothing."""
        problem, slots = self.problem, self.problem.slots
        left = problem.resources.left - np.bincount(self._rows(stay)[1], minlength=len(problem.resources.left))
        position, row = self._rows(options)
        barred = np.bincount(position, weights=left[row] <= 0, minlength=len(options)) > 0
        inside = np.bincount(problem.pairs.slot[stay], minlength=len(problem.slot_ids))
        filled = slots.grouped & (inside >= problem.groups_open * slots.group_max)
        return options[~barred & ~filled[problem.pairs.slot[options]]]

    def _rows(self, pairs: Ints) -> tuple[Ints, Ints]:
        facts, student = self.problem.students, self.problem.pairs.student_of(pairs)
        uses = facts.support[student], facts.school[student], self.problem.pairs.slot[pairs]
        return rows_of_pairs(self.problem.resources, self.problem.slots, *uses)

    def _climbed(self, pool: Ints, levels: Sequence[Level]) -> Ints | None:
        """The best allocation of the pairs in ``pool``, level by level; ``None`` when stopped before there is any.

        Once as much as can be is kept, what is kept stays: the levels after that are then about few students.
        """
        core = build_core(self.problem, levels, pool)
        if not len(core.program.upper):
            return np.zeros(0, dtype=np.int64)
        rows: list[Row] = []
        stay: list[Row] = []
        chosen = solution = None
        for level in levels:
            objective = core.objective(level)
            if chosen is not None and not stay and not level.goals.keys() <= KEEPING:
                stay = [Row.all_of(core.pool.column[np.isin(core.pool.pair, np.intersect1d(chosen, self.kept))])]
            answer = self.highs.integer(core.program, objective, [*rows, *stay], solution, mip_max_nodes=NODES)
            if answer.status == "infeasible":
                if chosen is None:
                    raise NoAllocationError
                break
            if answer.value is None:
                break
            found = core.chosen(answer.value)
            goals = goal_values(self.problem, found)
            if any(level_value(levels[i], goals) < row.least for i, row in enumerate(rows)):
                break
            chosen, solution = found, np.rint(answer.value)
            rows.append(Row(objective, level.floor_of(level_value(level, goals))))
        return chosen

    def _key(self, chosen: Ints) -> tuple[int, ...]:
        goals = goal_values(self.problem, chosen)
        return tuple(level_value(level, goals) for level in self.levels)

    def _bound(self, level: int, floors: Sequence[int], value: int) -> tuple[int, Prices]:
        """The best bound found for ``level``: with prices of 0, then with those of a growing pool, or of a descent.

        The relaxation of a level that weighs slots takes a minute to solve beside levels that keep; a descent, seconds.
        """
        prices = Prices.none(self.problem, level)
        best = relax(self.problem, self.levels, level, floors, prices, self.catalogue).bound
        if best <= value or not self.levels[level].proof or self.clock.stop():
            return best, prices
        if self.levels[level].goals.keys() <= COUNTED:
            return self._by_relaxations(level, floors, value, best)
        found, by_descent = self._by_descent(level, floors)
        return (found, by_descent) if found < best else (best, prices)

    def _by_descent(self, level: int, floors: Sequence[int]) -> tuple[int, Prices]:
        """Prices over all pairs, from the last level's where there is one that weighs slots."""
        from solver.stages import Stages  # noqa: PLC0415 - it loads scipy, which only larger rounds pay for

        if self.stages is None:
            self.stages = Stages(self.problem, self.levels, self.clock)
        steps = (STEPS, 1.0, 0.003) if self.stages.last is None else (NEXT_STEPS, 0.1, 0.003)
        relaxed, prices = self.stages.descend(self.stages.begin(level, floors), *steps)
        return relaxed.bound, prices

    def _by_relaxations(self, level: int, floors: Sequence[int], value: int, best: int) -> tuple[int, Prices]:
        """Prices of the exact model's relaxation over a pool of pairs, which grows while the bound falls."""
        best_prices, pool = Prices.none(self.problem, level), self.pool
        for _ in range(ROUNDS):
            if best <= value or self.clock.stop():
                break
            core = build_core(self.problem, self.levels[: level + 1], pool)
            rows = [Row(core.objective(self.levels[i]), floor) for i, floor in enumerate(floors)]
            answer = self.highs.linear(core.program, core.objective(self.levels[level]), rows)
            if answer.dual is None:
                break
            prices = within_worth(self.levels, level, prices_from_duals(self.problem, core, answer.dual, level))
            relaxed = relax(self.problem, self.levels, level, floors, prices, self.catalogue)
            if relaxed.bound >= best:
                break
            best, best_prices = relaxed.bound, prices
            wanted = np.setdiff1d(relaxed.choice[relaxed.choice >= 0], pool)
            if not len(wanted):
                break
            pool = np.union1d(pool, wanted)
        self.pool = pool
        return best, best_prices
