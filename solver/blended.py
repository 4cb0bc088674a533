"""The blended path, for rounds of a few hundred students: prices and an allocation, then the exact model from there.

Prices bound such a round far better than the exact model's relaxation, and neighbourhoods find an allocation sooner;
the exact model then betters what they leave, level by level, and may prove what prices cannot. Its work is counted in
CP-SAT's own measure, so a run ends by itself and ends the same on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.exact import integer_bound
from solver.highs import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.exact import ExactPath, LevelAnswer
    from solver.ladder import Method
    from solver.model import Expression

WORK = 4.0
"""What one level of the exact model may cost, in CP-SAT's own measure of work."""


class BlendedPath:
    """Asks ``first`` about every level, then the exact model from where ``first`` ended."""

    def __init__(self, exact: ExactPath, first: Method) -> None:
        """Both are closed with the path."""
        self.exact, self.first = exact, first
        self.clock = exact.highs.clock

    def at_hand(self, _level: int, _floors: Sequence[int]) -> None:
        """No prices for levels that are not reached."""

    def close(self) -> None:
        """End the solvers' processes."""
        self.first.close()
        self.exact.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The better allocation of the two ways, what prices prove and, where it is lower, the solver's bound."""
        found = self.first.solve(level, floors, incumbent)
        if found is None or self.clock.stop():
            return found
        core, levels = self.exact.core, self.exact.levels
        objective = core.objective(levels[level])
        rows = [Row(core.objective(levels[i]), floor) for i, floor in enumerate(floors)]
        start = self._completed(objective, rows, found.chosen)
        if start is None and not self.clock.stop():  # the model knows a rule that the first way has broken
            return self.exact.solve(level, floors, incumbent)
        if start is None or self._proven(level, found):
            return found
        return self._bettered(level, floors, found, (objective, rows, start))

    def _bettered(
        self, level: int, floors: Sequence[int], found: LevelAnswer, question: tuple[Expression, list[Row], Floats]
    ) -> LevelAnswer:
        """``found`` with what the exact model adds to it in its limit of work."""
        core, (objective, rows, start) = self.exact.core, question
        rows = [*rows, *self.exact.cuts]
        answer = self.exact.cp_sat.integer(core.program, objective, rows, start, max_deterministic_time=WORK)
        chosen = found.chosen
        if answer.value is not None:
            chosen = self.exact.better(level, floors, chosen, core.chosen(answer.value))
        return replace(found, chosen=chosen, solver_bound=integer_bound(answer))

    def _proven(self, level: int, found: LevelAnswer) -> bool:
        return found.price_bound is not None and self.exact.value(level, found.chosen) >= found.price_bound

    def _completed(self, objective: Expression, rows: list[Row], chosen: Ints) -> Floats | None:
        """The model's columns when the pairs ``chosen`` are taken and no others."""
        core = self.exact.core
        taken = core.pool.column[np.isin(core.pool.pair, chosen)]
        upper = core.program.upper.copy()
        upper[core.pool.column] = 0.0
        upper[taken] = 1.0
        return self.exact.highs.integer(
            replace(core.program, upper=upper), objective, [*rows, Row.all_of(taken)], None
        ).value
