"""Every rule and level as one integer program, for general solvers: Foothold's own exact model, handed over whole."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.loading import load_round
from engine.options import build_options
from loadtests.peers.instance import Found
from solver.build import build_problem
from solver.core import build_core

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Round
    from engine.options import Options
    from solver.core import Core
    from solver.model import Expression, LinearProgram

ROUND = "round"
"""The folder of the round's tables, within that of the instance."""
ALMOST = 0.97
"""The share of its time after which a solver is asked to give what it has."""


class Solver(Protocol):
    """A general solver, asked level by level."""

    def maximise(
        self, program: LinearProgram, objective: Expression, kept: list[tuple[Expression, int]], seconds: float
    ) -> tuple[Any, int | None, bool]:
        """The columns found (or ``None``), the bound proven, and whether they meet."""


@dataclass(frozen=True)
class Ground:
    """A loaded round and its options."""

    round_: Round
    options: Options


def load(folder: Path) -> Ground:
    """The round, read, and its options."""
    round_ = load_round(folder / ROUND)
    return Ground(round_, build_options(round_))


def climbed(ground: Ground, solver: Solver, limit: float) -> Found:
    """Level by level, each kept at what was reached before, until the time is up."""
    until = time.perf_counter() + ALMOST * limit
    problem, levels = build_problem(ground.round_, ground.options), ground.round_.policy.levels
    core: Core = build_core(problem, levels)
    bounds: dict[str, int] = {}
    solution, kept, stopped = None, [], False
    for level in levels:
        left = until - time.perf_counter()
        if left <= 0:
            stopped = True
            break
        objective = core.objective(level)
        value, bound, done = solver.maximise(core.program, objective, kept, left)
        if bound is not None:
            bounds[level.name] = bound
        if value is None:
            stopped = True
            break
        solution = value
        reached = int(np.rint(value) @ objective.dense(len(value))) + objective.constant
        kept.append((objective, level.floor_of(reached)))
        stopped |= not done
    if solution is None:
        return Found([], bounds, stopped=True)
    chosen = core.chosen(solution)
    pairs = zip(problem.pairs.student[chosen].tolist(), problem.pairs.slot[chosen].tolist(), strict=True)
    rows = [(problem.student_ids[s], problem.slot_ids[j]) for s, j in [*pairs, *problem.fixed]]
    return Found(rows, bounds, stopped)
