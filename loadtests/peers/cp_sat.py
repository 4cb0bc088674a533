"""OR-tools' CP-SAT on the whole model, one level after another, with two workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from loadtests.peers.whole_model import Ground, climbed, load

if TYPE_CHECKING:
    from loadtests.peers.instance import Found
    from solver.model import Expression, LinearProgram

__all__ = ["STOPS_ITSELF", "load", "solve"]
STOPS_ITSELF = True
WORKERS = 2
FAR = 1 << 40


def solve(ground: Ground, limit: float) -> Found:
    """What CP-SAT reaches."""
    return climbed(ground, CpSat(), limit)


class CpSat:
    """A model of whole columns, built once; a level adds the row that keeps it and moves the objective."""

    def __init__(self) -> None:
        """Nothing is built yet."""
        self.model = cp_model.CpModel()
        self.columns: list[Any] = []
        self.kept = 0

    def maximise(
        self, program: LinearProgram, objective: Expression, kept: list[tuple[Expression, int]], seconds: float
    ) -> tuple[Any, int | None, bool]:
        """One level within ``seconds``; the last level's solution is the hint."""
        if not self.columns:
            self._build(program)
        for expression, least in kept[self.kept :]:
            self.model.add(self._sum(expression) >= least)
        self.kept = len(kept)
        self.model.maximize(self._sum(objective))
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = WORKERS
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, None, False
        value = np.array(solver.values(self.columns), dtype=np.int64)
        self.model.clear_hints()
        for column, hint in zip(self.columns, value.tolist(), strict=True):
            self.model.add_hint(column, hint)
        return value, int(np.floor(solver.best_objective_bound + 1e-6)), status == cp_model.OPTIMAL

    def _build(self, program: LinearProgram) -> None:
        model = self.model
        self.columns = [model.new_int_var(0, int(min(FAR, most)), "") for most in program.upper.tolist()]
        first, column = program.first.tolist(), program.column.tolist()
        entry = np.rint(program.value).astype(np.int64).tolist()
        limits = zip(program.row_lower.tolist(), program.row_upper.tolist(), strict=True)
        for row, (lower, upper) in enumerate(limits):
            span = slice(first[row], first[row + 1])
            total = cp_model.LinearExpr.weighted_sum([self.columns[c] for c in column[span]], entry[span])
            model.add_linear_constraint(total, int(max(-FAR, lower)), int(min(FAR, upper)))

    def _sum(self, expression: Expression) -> Any:
        columns = [self.columns[c] for c in expression.columns.tolist()]
        return cp_model.LinearExpr.weighted_sum(columns, expression.coefficients.tolist()) + expression.constant
