"""Bounds of a large re-run's levels by prices: of relaxations over a growing pool, or of a descent.

Levels that keep what was published or count heads have theirs from relaxations of the exact model, to which pairs that
the prices find worth something are added (column generation: Gilmore and Gomory 1961; Desaulniers, Desrosiers and
Solomon 2005). The relaxation of a level that weighs slots takes a minute beside levels that keep, a descent seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.arrays import union
from solver.bound import Catalogue, relax
from solver.core import build_core
from solver.duals import prices_from_duals
from solver.highs import Row
from solver.keeping_bound import COUNTED, KEEPING
from solver.measure import goal_values, level_value
from solver.prices import Prices, within_worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.effort import Effort
    from solver.highs import Highs
    from solver.mixed import Mixed
    from solver.problem import Problem
    from solver.stages import Stages

MOST_COUNTED = 6_000
"""Published pairs up to which all levels that count heads have prices by relaxations: those of more take minutes."""
ROUNDS = 6
"""Times that a level's prices are found again with more pairs."""
STEPS, NEXT_STEPS = 160, 80
"""Steps of the first descent for prices, from none, and of each later one, from the last level's."""


@dataclass(slots=True)
class KeepingPrices:
    """The searches for prices of one re-run's levels; ``kept`` are the published pairs."""

    problem: Problem
    levels: Sequence[Level]
    effort: Effort
    highs: Highs
    kept: Ints
    catalogue: Catalogue = field(init=False)
    pool: Ints = field(init=False)
    stages: Stages | None = field(init=False, default=None)
    mixed: Mixed | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Nothing is priced yet."""
        self.catalogue, self.pool = Catalogue.of(self.problem), self.kept

    def of_nothing(self, level: int, floors: Sequence[int]) -> tuple[int, Prices]:
        """The bound by prices of 0."""
        prices = Prices.none(self.problem, level)
        return relax(self.problem, self.levels, level, floors, prices, self.catalogue).bound, prices

    def better(self, level: int, floors: Sequence[int], chosen: Ints, known: tuple[int, Prices]) -> tuple[int, Prices]:
        """A better bound than the ``known`` one, of which ``chosen`` falls short, and its prices; if there is any."""
        counted = KEEPING if len(self.kept) > MOST_COUNTED else COUNTED
        if self.levels[level].goals.keys() <= counted:
            return self._by_relaxations(level, floors, chosen, known)
        found = self._by_descent(level, floors)
        return min(found, known, key=lambda each: each[0])

    def _by_descent(self, level: int, floors: Sequence[int]) -> tuple[int, Prices]:
        """Prices over all pairs, from the last level's where there is one that weighs slots."""
        from solver.mixed import Mixed  # noqa: PLC0415 - it loads scipy, which only larger rounds pay for
        from solver.stages import Stages  # noqa: PLC0415

        if self.stages is None:
            self.stages = Stages.of(self.problem, self.levels, self.highs.clock)
            self.mixed = Mixed.of(self.stages) if self.effort.mixed else None
        if self.mixed is not None:
            turns = self.effort.mixed if self.mixed.inner.last is None else self.effort.mixed_later
            relaxed, prices = self.mixed.proven(self.mixed.search(level, floors, turns, self.effort))
            return relaxed.bound, prices
        steps = (STEPS, 1.0, 0.003) if self.stages.last is None else (NEXT_STEPS, 0.1, 0.003)
        relaxed, prices = self.stages.descend(self.stages.begin(level, floors), *steps)
        return relaxed.bound, prices

    def _by_relaxations(
        self, level: int, floors: Sequence[int], chosen: Ints, known: tuple[int, Prices]
    ) -> tuple[int, Prices]:
        """Prices of the exact model's relaxation over a pool of pairs, which grows while the bound falls."""
        (best, best_prices), pool = known, union(self.pool, chosen)
        value = level_value(self.levels[level], goal_values(self.problem, chosen))
        for _ in range(ROUNDS):
            if value >= best or self.highs.clock.stop():
                break
            core = build_core(self.problem, self.levels[: level + 1], pool)
            rows = [Row(core.objective(self.levels[i]), floor) for i, floor in enumerate(floors)]
            answer = self.highs.linear(core.program, core.objective(self.levels[level]), rows)
            if answer.dual is None:
                break
            prices = within_worth(
                self.problem, self.levels, level, prices_from_duals(self.problem, core, answer.dual, level)
            )
            relaxed = relax(self.problem, self.levels, level, floors, prices, self.catalogue)
            if relaxed.bound < best:
                best, best_prices = relaxed.bound, prices
            wanted = np.setdiff1d(relaxed.choice[relaxed.choice >= 0], pool)
            if not len(wanted):
                break
            pool = union(pool, wanted)
        self.pool = pool
        return best, best_prices
