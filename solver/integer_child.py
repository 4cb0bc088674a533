"""A child process that solves integer programs with CP-SAT, one job after another, in whole numbers throughout.

Columns that the model leaves continuous only measure what whole ones do, so they are whole in some best answer. It
loads neither HiGHS, which cannot be loaded beside it, nor the parts of OR-Tools that wait for pandas.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.sat.python import cp_model_helper as cp

from solver.answering import answer_jobs

FAR = 1 << 50
"""No row's sum comes near it."""
STATUSES = {"OPTIMAL": "Optimal", "INFEASIBLE": "Infeasible"}


def solve(job: dict[str, Any]) -> dict[str, Any]:
    """The job's best answer, in the words of ``highs_child``; ``settings`` are CP-SAT's own parameters."""
    parameters = cp.SatParameters()
    for name, value in job["settings"].items():
        setattr(parameters, name, value)
    solver = cp.SolveWrapper()
    solver.set_parameters(parameters)
    response = solver.solve(_model(job))  # type: ignore[no-untyped-call]
    if response.status == cp.MODEL_INVALID:
        raise ValueError("CP-SAT does not take the model")
    status = STATUSES.get(cp.CpSolverStatus(response.status).name, "Unknown")
    value = np.array([*response.solution], dtype=np.float64)
    return {
        "status": status,
        "value": value if len(value) else None,
        "dual": None,
        "reduced": None,
        "objective": float(job["cost"] @ value + job["offset"]) if len(value) else float("-inf"),
        "bound": float(response.best_objective_bound) if len(value) else float("inf"),
        "nodes": response.num_branches,
    }


def _model(job: dict[str, Any]) -> cp.CpModelProto:
    model = cp.CpModelProto()
    for most in _whole(job["upper"]):
        model.variables.add().domain.extend([0, most])
    first, columns, entries = job["first"].tolist(), job["column"].tolist(), _whole(job["entry"])
    lower = _whole(np.clip(job["row_lower"], -FAR, FAR))
    upper = _whole(np.clip(job["row_upper"], -FAR, FAR))
    for row, (least, most) in enumerate(zip(lower, upper, strict=True)):
        linear = model.constraints.add().linear
        linear.vars.extend(columns[first[row] : first[row + 1]])
        linear.coeffs.extend(entries[first[row] : first[row + 1]])
        linear.domain.extend([least, most])
    cost = _whole(job["cost"])
    used = [column for column, worth in enumerate(cost) if worth]
    model.objective.vars.extend(used)
    model.objective.coeffs.extend([-cost[column] for column in used])
    model.objective.offset = -job["offset"]
    model.objective.scaling_factor = -1.0
    if job["start"] is not None:
        model.solution_hint.vars.extend(range(len(cost)))
        model.solution_hint.values.extend(_whole(job["start"]))
    return model


def _whole(values: Any) -> list[int]:
    """Numbers that are whole but for a solver's rounding."""
    return [int(value) for value in np.rint(values).tolist()]


if __name__ == "__main__":
    answer_jobs(solve)
