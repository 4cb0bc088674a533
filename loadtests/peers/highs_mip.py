"""HiGHS on the whole model, one level after another, each from the last one's solution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from loadtests.peers.whole_model import Ground, climbed, load

if TYPE_CHECKING:
    from loadtests.peers.instance import Found
    from solver.model import Expression, LinearProgram

__all__ = ["STOPS_ITSELF", "load", "solve"]
STOPS_ITSELF = True
NO_BOUND = 1e15


def solve(ground: Ground, limit: float) -> Found:
    """What HiGHS reaches."""
    return climbed(ground, HighsMip(), limit)


class HighsMip:
    """A model passed once; a level adds the row that keeps it and moves the objective."""

    def __init__(self) -> None:
        """Nothing is passed yet."""
        self.highs: Any = None
        self.kept = 0

    def maximise(
        self, program: LinearProgram, objective: Expression, kept: list[tuple[Expression, int]], seconds: float
    ) -> tuple[Any, int | None, bool]:
        """One level within ``seconds``."""
        width = len(program.upper)
        if self.highs is None:
            self.highs = _passed(program)
        highs = self.highs
        solution = np.array(highs.getSolution().col_value) if self.kept or kept else None
        for expression, least in kept[self.kept :]:
            dense = expression.dense(width)
            used = np.flatnonzero(dense)
            highs.addRow(least - expression.constant, highspy.kHighsInf, len(used), used.astype(np.int32), dense[used])
        self.kept = len(kept)
        highs.changeColsCost(width, np.arange(width, dtype=np.int32), objective.dense(width))
        highs.changeObjectiveOffset(float(objective.constant))
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        if solution is not None:
            start = highspy.HighsSolution()
            start.col_value = solution.tolist()
            highs.setSolution(start)
        highs.setOptionValue("time_limit", highs.getRunTime() + seconds)
        highs.run()
        info, found = highs.getInfo(), highs.getSolution()
        whole = found.value_valid and info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
        bound = int(np.floor(info.mip_dual_bound + 1e-6)) if abs(info.mip_dual_bound) < NO_BOUND else None
        done = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return (np.array(found.col_value) if whole else None), bound, done


def _passed(program: LinearProgram) -> Any:
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("mip_rel_gap", 0.0)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.upper), len(program.row_lower)
    model.col_cost_ = np.zeros(len(program.upper))
    model.col_lower_, model.col_upper_ = np.zeros(len(program.upper)), program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = program.first.astype(np.int32), program.column.astype(np.int32)
    model.a_matrix_.value_ = program.value
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[int(each)] for each in program.integer]
    highs.passModel(model)
    return highs
