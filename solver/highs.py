"""The parent's side of HiGHS: jobs are sent to child processes, which can be ended at any moment."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from solver import highs_process

if TYPE_CHECKING:
    import subprocess

    from solver.arrays import Floats
    from solver.limits import Clock
    from solver.model import Expression, LinearProgram

POLL_SECONDS = 0.05


class HighsError(RuntimeError):
    """A HiGHS process ended without an answer."""


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


@dataclass(slots=True)
class Highs:
    """One HiGHS process, started at its first job."""

    clock: Clock
    process: subprocess.Popen[bytes] | None = field(default=None)

    def linear(self, program: LinearProgram, objective: Expression, rows: list[Row], **settings: Any) -> Answer:
        """Maximise over the linear relaxation, with duals."""
        return self._ask(program, objective, rows, None, {"solver": "choose", **settings}, integer=False)

    def integer(
        self, program: LinearProgram, objective: Expression, rows: list[Row], start: Floats | None, **settings: Any
    ) -> Answer:
        """Maximise over the integer program, from ``start`` where given; without gap tolerances."""
        exact = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.5, "mip_feasibility_tolerance": 1e-7}
        exact["mip_allow_restart"] = False  # on rounds of up to a hundred students a restart costs half the time
        return self._ask(program, objective, rows, start, {**exact, **settings}, integer=True)

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    pipe.close()
            self.process = None

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
        job = _job(program, objective, rows)
        job["integer"] = program.integer if integer else None
        job["start"] = start
        limit = {} if self.clock.limits.time_limit is None else {"time_limit": max(0.01, self.clock.left())}
        job["settings"] = {"threads": 1, "random_seed": 0, **settings, **limit}
        reply = self._exchange(job)
        if reply is None:
            return Answer("unknown", None, None, None, float("-inf"), float("inf"), 0)
        return _answer(reply)

    def _exchange(self, job: dict[str, Any]) -> dict[str, Any] | None:
        """Send a job and wait; ``None`` when the run is stopped meanwhile."""
        if self.process is None:
            self.process = highs_process.start()
        replies: list[dict[str, Any] | None] = []
        thread = threading.Thread(target=_converse, args=(self.process, job, replies), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(POLL_SECONDS)
            overdue = self.clock.left() < -1.0
            if thread.is_alive() and (self.clock.cancelled.is_set() or overdue):
                self.clock.stop()
                self.close()
                thread.join()
                return None
        if not replies or replies[0] is None:
            self.close()
            if self.clock.cancelled.is_set():
                return None
            raise HighsError("HiGHS ended without an answer")
        return replies[0]


@dataclass(frozen=True, slots=True)
class Row:
    """An extra row: ``expression`` is at least ``least``."""

    expression: Expression
    least: int


def _converse(process: subprocess.Popen[bytes], job: dict[str, Any], replies: list[dict[str, Any] | None]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(job, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        replies.append(pickle.load(process.stdout))  # noqa: S301 -- our own child
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        replies.append(None)


def _job(program: LinearProgram, objective: Expression, rows: list[Row]) -> dict[str, Any]:
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


def _answer(reply: dict[str, Any]) -> Answer:
    status = {"Optimal": "optimal", "Infeasible": "infeasible"}.get(reply["status"], "unknown")
    value = reply["value"]
    if status == "unknown" and value is not None and reply["objective"] > -1e29:  # noqa: PLR2004
        status = "feasible"
    bound = reply["bound"] if reply["dual"] is None else reply["objective"]
    return Answer(status, value, reply["dual"], reply["reduced"], reply["objective"], bound, int(reply["nodes"]))


__all__ = ["Answer", "Highs", "HighsError", "Row"]
