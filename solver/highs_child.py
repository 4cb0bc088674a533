"""A child process that solves linear and mixed-integer programs with HiGHS, one job after another.

It is a process of its own because highspy and OR-Tools cannot be loaded together, and so that a solve can be ended
at any moment.
"""

from __future__ import annotations

import itertools
from typing import Any

import highspy
import numpy as np

from solver.answering import answer_jobs


def _solve(job: dict[str, Any]) -> dict[str, Any]:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    settings = dict(job["settings"])
    checks = settings.pop("checks", None)
    for name, value in settings.items():
        highs.setOptionValue(name, value)
    if checks is not None:
        _limit(highs, checks)
    highs.passModel(_program(job))
    if job["start"] is not None:
        start = highspy.HighsSolution()
        start.col_value = job["start"].tolist()
        highs.setSolution(start)
    highs.run()
    solution, info = highs.getSolution(), highs.getInfo()
    return {
        "status": highs.modelStatusToString(highs.getModelStatus()),
        "value": np.array(solution.col_value) if solution.value_valid else None,
        "dual": np.array(solution.row_dual) if solution.dual_valid else None,
        "reduced": np.array(solution.col_dual) if solution.dual_valid else None,
        "objective": info.objective_function_value,
        "bound": info.mip_dual_bound,
        "nodes": info.mip_node_count,
    }


def _limit(highs: highspy.Highs, most: int) -> None:
    """End a search after so many of its own checks of whether to go on: a measure of work that is no clock's.

    HiGHS checks once every round of cuts and every few nodes; its limit of nodes alone leaves the first node unlimited.
    """
    passed = itertools.count(1)

    def check(event: highspy.highs.HighsCallbackEvent) -> None:
        if next(passed) >= most:
            event.interrupt()

    highs.cbMipInterrupt.subscribe(check)


def _program(job: dict[str, Any]) -> highspy.HighsLp:
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(job["cost"]), len(job["row_lower"])
    program.sense_ = highspy.ObjSense.kMaximize
    program.offset_ = float(job["offset"])
    program.col_cost_ = job["cost"]
    program.col_lower_, program.col_upper_ = job["lower"], job["upper"]
    program.row_lower_, program.row_upper_ = job["row_lower"], job["row_upper"]
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = job["first"].astype(np.int32)
    program.a_matrix_.index_ = job["column"].astype(np.int32)
    program.a_matrix_.value_ = job["entry"]
    if job["integer"] is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        program.integrality_ = [kinds[i] for i in job["integer"]]
    return program


if __name__ == "__main__":
    answer_jobs(_solve)
