"""The parent's side of HiGHS: jobs are sent to child processes, which can be ended at any moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.child import HIGHS, Child
from solver.model import Expression

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints
    from solver.limits import Clock
    from solver.model import LinearProgram


@dataclass(frozen=True, slots=True)
class Answer:
    """What HiGHS found: ``optimal``, ``feasible``, ``infeasible`` or ``unknown``.

    ``value`` are the columns, ``dual`` the row duals and ``reduced`` the reduced costs (linear programs only);
    ``bound`` is HiGHS' own word, in floating point.
    """

    status: str
    value: Floats | None
    dual: Floats | None
    reduced: Floats | None
    objective: float
    bound: float
    nodes: int


UNANSWERED = Answer("unknown", None, None, None, float("-inf"), float("inf"), 0)
"""Where the run was stopped meanwhile."""


@dataclass(slots=True)
class Highs:
    """One HiGHS process, started at its first job."""

    clock: Clock
    child: Child = field(init=False)

    def __post_init__(self) -> None:
        """No process yet."""
        self.child = Child(self.clock, HIGHS)

    def linear(self, program: LinearProgram, objective: Expression, rows: list[Row], **settings: Any) -> Answer:
        """Maximise over the linear relaxation, with duals."""
        return self._ask(program, objective, rows, None, {"solver": "choose", **settings}, integer=False)

    def integer(
        self, program: LinearProgram, objective: Expression, rows: list[Row], start: Floats | None, **settings: Any
    ) -> Answer:
        """Maximise over the integer program, from ``start`` where given; without gap tolerances.

        ``settings`` are HiGHS' own, and ``checks``: after how many of its checks of whether to go on the search ends.
        """
        exact = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.5, "mip_feasibility_tolerance": 1e-7}
        exact["mip_allow_restart"] = False  # on rounds of up to a hundred students a restart costs half the time
        return self._ask(program, objective, rows, start, {**exact, **settings}, integer=True)

    def close(self) -> None:
        """End the process."""
        self.child.close()

    def _ask(
        self,
        program: LinearProgram,
        objective: Expression,
        rows: list[Row],
        start: Floats | None,
        settings: dict[str, Any],
        *,
        integer: bool,
    ) -> Answer:
        job = job_of(program, objective, rows)
        job["integer"] = program.integer if integer else None
        job["start"] = start
        limit = {} if self.clock.limits.time_limit is None else {"time_limit": max(0.01, self.clock.left())}
        job["settings"] = {"threads": 1, "random_seed": 0, **settings, **limit}
        reply = self.child.answer(job)
        if reply is None:
            return UNANSWERED
        return answer_of(reply)


@dataclass(frozen=True, slots=True)
class Row:
    """An extra row: ``expression`` is at least ``least``."""

    expression: Expression
    least: int

    @classmethod
    def all_of(cls, columns: Ints) -> Row:
        """The row that takes all of some columns of 0 or 1."""
        return cls(Expression(columns, np.ones(len(columns), dtype=np.int64)), len(columns))


def job_of(program: LinearProgram, objective: Expression, rows: list[Row]) -> dict[str, Any]:
    """A program as a child process takes it: plain arrays, the extra ``rows`` below those of the program."""
    width = len(program.upper)
    dense = [np.asarray(row.expression.dense(width)) for row in rows]
    columns = [np.flatnonzero(d) for d in dense]
    counts = np.array([len(c) for c in columns], dtype=np.int64)
    least = np.array([row.least - row.expression.constant for row in rows], dtype=np.float64)
    return {
        "cost": objective.dense(width),
        "offset": objective.constant,
        "lower": np.zeros(width),
        "upper": program.upper,
        "row_lower": np.concatenate([program.row_lower, least]),
        "row_upper": np.concatenate([program.row_upper, np.full(len(rows), np.inf)]),
        "first": np.concatenate([program.first, program.first[-1] + np.cumsum(counts)]),
        "column": np.concatenate([program.column, *columns]),
        "entry": np.concatenate([program.value, *(d[c] for d, c in zip(dense, columns, strict=True))]),
    }


def answer_of(reply: dict[str, Any]) -> Answer:
    """A child process's reply, its statuses in our words."""
    status = {"Optimal": "optimal", "Infeasible": "infeasible"}.get(reply["status"], "unknown")
    value = reply["value"]
    if status == "unknown" and value is not None and reply["objective"] > -1e29:  # noqa: PLR2004
        status = "feasible"
    bound = reply["bound"] if reply["dual"] is None else reply["objective"]
    return Answer(status, value, reply["dual"], reply["reduced"], reply["objective"], bound, int(reply["nodes"]))


__all__ = ["UNANSWERED", "Answer", "Highs", "Row", "answer_of", "job_of"]
