"""The exact path: every level of a round as one integer program, with prices from its linear relaxation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.bound import Catalogue, relax
from solver.core import build_core
from solver.cpsat import CpSat
from solver.cuts import group_cuts
from solver.duals import prices_from_duals
from solver.highs import Row
from solver.measure import goal_values, level_value
from solver.prices import settled, within_worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Floats, Ints
    from solver.core import Core
    from solver.highs import Answer, Highs
    from solver.model import Expression
    from solver.prices import Prices
    from solver.problem import Problem

ROUNDING = 1e-6
MIDDLING = range(400, 2_500)
"""Columns of models that CP-SAT is asked about first: smaller ones are solved before it has loaded, larger ones better
by HiGHS."""
NODES = 10_000
"""Nodes of HiGHS' search a level, so that every run ends by itself; a level that needs more keeps its gap."""


class NoAllocationError(Exception):
    """No allocation keeps the rules and the fixed assignments."""


@dataclass(frozen=True, slots=True)
class LevelAnswer:
    """One level's best allocation and what is proven: ``bound`` by the ``prices`` where ``by_prices``.

    ``price_bound`` is what the prices alone prove; ``solver_bound`` is HiGHS' word. ``None`` where there is none.
    """

    chosen: Ints
    price_bound: int | None
    solver_bound: int | None
    prices: Prices | None


class ExactPath:
    """Solves the levels of one problem in order, each from the last one's solution."""

    def __init__(self, problem: Problem, levels: Sequence[Level], highs: Highs) -> None:
        """Build the model once for all levels; ``highs`` is closed with the path."""
        self.problem, self.levels, self.highs = problem, levels, highs
        self.core: Core = build_core(problem, levels)
        self.cp_sat = CpSat(highs.clock)
        self.catalogue = Catalogue.of(problem)
        self.cuts = group_cuts(problem, self.core)
        self.solution: Floats | None = None

    @property
    def columns(self) -> int:
        """How many columns the model has."""
        return len(self.core.program.upper)

    def at_hand(self, _level: int, _floors: Sequence[int]) -> None:
        """No prices for levels that are not reached."""

    def close(self) -> None:
        """End the solvers' processes."""
        self.highs.close()
        self.cp_sat.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The best of ``level`` with the earlier ones at ``floors``; ``None`` when stopped with nothing better."""
        if not self.columns:
            return self._nothing_to_choose(level, floors)
        objective = self.core.objective(self.levels[level])
        rows = [Row(self.core.objective(self.levels[i]), floor) for i, floor in enumerate(floors)]
        relaxed = self.highs.linear(self.core.program, objective, rows)
        if relaxed.status == "infeasible":
            raise NoAllocationError
        price_bound, prices = self._price_bound(level, floors, relaxed)
        whole = self._whole(relaxed, floors)
        best = self._better(level, incumbent, whole)
        if best is not None and price_bound is not None and self.value(level, best) >= price_bound:
            return LevelAnswer(best, price_bound, None, prices)
        answer = self._integer(objective, [*rows, *self.cuts])
        if answer.status == "infeasible":
            raise NoAllocationError
        if answer.value is not None and self._keeps(self.core.chosen(answer.value), floors):
            self.solution = np.rint(answer.value) if whole is None else answer.value
            best = self._better(level, best, self.core.chosen(answer.value))
        if best is None:
            return None
        solver_bound = integer_bound(answer)
        return LevelAnswer(best, price_bound, solver_bound, prices)

    def value(self, level: int, chosen: Ints) -> int:
        """What the level is worth with the pairs ``chosen``."""
        return level_value(self.levels[level], goal_values(self.problem, chosen))

    def better(self, level: int, floors: Sequence[int], one: Ints, other: Ints) -> Ints:
        """``other`` where it keeps the earlier levels and betters ``one``, else ``one``."""
        return other if self._keeps(other, floors) and self.value(level, other) > self.value(level, one) else one

    def _nothing_to_choose(self, level: int, floors: Sequence[int]) -> LevelAnswer:
        nothing = np.zeros(0, dtype=np.int64)
        prices = settled(self.problem, self.levels, level)
        bound = relax(self.problem, self.levels, level, floors, prices, self.catalogue).bound
        return LevelAnswer(nothing, bound, self.value(level, nothing), prices)

    def _integer(self, objective: Expression, rows: list[Row]) -> Answer:
        """The integer program's answer by CP-SAT where that proves it, else HiGHS' from where CP-SAT ended."""
        program, start = self.core.program, self.solution
        if len(program.upper) not in MIDDLING:
            return self.highs.integer(program, objective, rows, start, mip_max_nodes=NODES)
        first = self.cp_sat.integer(program, objective, rows, start)
        if first.status in {"optimal", "infeasible"} or self.highs.clock.stop():
            return first
        start = start if first.value is None else first.value
        second = self.highs.integer(program, objective, rows, start, mip_max_nodes=NODES)
        if second.status in {"optimal", "infeasible"}:
            return second
        best = second if second.value is not None and second.objective >= first.objective else first
        return replace(best, bound=min(first.bound, second.bound))

    def _price_bound(self, level: int, floors: Sequence[int], relaxed: Answer) -> tuple[int | None, Prices | None]:
        if relaxed.dual is None:
            return None, None
        prices = within_worth(
            self.problem, self.levels, level, prices_from_duals(self.problem, self.core, relaxed.dual, level)
        )
        return relax(self.problem, self.levels, level, floors, prices, self.catalogue).bound, prices

    def _whole(self, relaxed: Answer, floors: Sequence[int]) -> Ints | None:
        """The relaxation's solution where it happens to be whole."""
        if relaxed.status != "optimal" or relaxed.value is None:
            return None
        integers = relaxed.value[self.core.program.integer > 0]
        if np.abs(integers - np.rint(integers)).max(initial=0.0) > ROUNDING:
            return None
        chosen = self.core.chosen(relaxed.value)
        if not self._keeps(chosen, floors):
            return None
        self.solution = relaxed.value
        return chosen

    def _keeps(self, chosen: Ints, floors: Sequence[int]) -> bool:
        goals = goal_values(self.problem, chosen)
        return all(level_value(self.levels[i], goals) >= floor for i, floor in enumerate(floors))

    def _better(self, level: int, one: Ints | None, other: Ints | None) -> Ints | None:
        if one is None or other is None:
            return other if one is None else one
        return other if self.value(level, other) > self.value(level, one) else one


def integer_bound(answer: Answer) -> int | None:
    """The solver's own word, as a whole number that no rounding of its own has made too low."""
    if not np.isfinite(answer.bound):
        return None
    return int(np.floor(answer.bound + ROUNDING * max(1.0, abs(answer.bound) * 1e-3)))
