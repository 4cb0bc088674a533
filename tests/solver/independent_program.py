"""A small integer program: columns, rows, and the proven maximum of a sum."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Mapping

Terms = dict[int, float]
INFEASIBLE = 2


class NoSolutionError(Exception):
    """No solution satisfies every row."""


class Program:
    """Columns with bounds, rows over them; all columns are whole numbers."""

    def __init__(self) -> None:
        """Start with neither columns nor rows."""
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.rows: list[tuple[Terms, float, float]] = []

    def whole(self, at_least: float, at_most: float) -> int:
        """A new whole-number column."""
        self.lower.append(at_least)
        self.upper.append(at_most)
        return len(self.lower) - 1

    def binary(self, at_least: int = 0) -> int:
        """A new column of 0 or 1."""
        return self.whole(at_least, 1)

    def row(self, terms: Mapping[int, float], *, at_least: float = -inf, at_most: float = inf) -> None:
        """Keep a sum between two limits."""
        self.rows.append((dict(terms), at_least, at_most))

    def maximise(self, terms: Mapping[int, float]) -> tuple[float, np.ndarray]:
        """The proven upper bound of the sum and a solution that reaches it; raises ``NoSolutionError``."""
        if not self.lower:
            return self._without_columns()
        cost = np.zeros(len(self.lower))
        for column, sign in terms.items():
            cost[column] = -sign
        answer = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(np.array(self.lower), np.array(self.upper)),
            constraints=self._constraints(len(cost)),
            options={"mip_rel_gap": 0.0},
        )
        if answer.status == INFEASIBLE:
            raise NoSolutionError
        assert answer.status == 0, answer.message
        return -answer.mip_dual_bound, np.rint(answer.x)

    def _constraints(self, columns: int) -> list[LinearConstraint]:
        if not self.rows:
            return []
        entries = [(i, j, sign) for i, (terms, _, _) in enumerate(self.rows) for j, sign in terms.items()]
        i, j, sign = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = csr_array((sign, (i, j)), shape=(len(self.rows), columns))
        return [LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for *_, high in self.rows])]

    def _without_columns(self) -> tuple[float, np.ndarray]:
        if any(low > 0 or high < 0 for _, low, high in self.rows):
            raise NoSolutionError
        return 0.0, np.zeros(0)
