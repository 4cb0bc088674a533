"""How little of a publication must be given up: a bound by an integer program in which only those with nothing choose.

It is a relaxation of the whole round. Students with nothing have all their options; everybody else has the published
pairs only and counts as having a slot, wherever that may be; and groups that others could join need nobody. Whatever
allocation there is, its published pairs and the pairs of those with nothing are a solution.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.core import build_core
from solver.exact import integer_bound
from solver.highs import Row
from solver.model import INFINITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.core import Core
    from solver.highs import Highs
    from solver.model import LinearProgram
    from solver.problem import Problem


NODES = 2_000
"""Nodes of the search, so that every run ends by itself."""
MOST_PAIRS = 60_000
"""Options of those with nothing up to which it is asked at all."""


def least_lost(
    problem: Problem, levels: Sequence[Level], level: int, floors: Sequence[int], options: Ints, highs: Highs
) -> int | None:
    """The most that ``level`` can be with the earlier levels at ``floors``; ``None`` where there is no word on it.

    ``levels`` up to it are about nothing but what was published. ``options``: all pairs of some students, ascending.
    """
    now = levels[: level + 1]
    if len(options) > MOST_PAIRS or any(each.goals.get("replaced", 0) < 0 for each in now):
        return None
    facts = problem.students
    choosing = np.zeros(len(problem.student_ids), dtype=bool)
    choosing[problem.pairs.student_of(options)] = True
    others = int((facts.baseline & ~facts.placed & ~choosing).sum())
    narrowed = replace(problem, students=replace(facts, baseline=facts.baseline & choosing))
    core = build_core(narrowed, now, np.union1d(np.flatnonzero(problem.pairs.kept), options))
    granted = [each.goals.get("replaced", 0) * others for each in now]
    rows = [Row(core.objective(levels[i]), floor - granted[i]) for i, floor in enumerate(floors)]
    program = _without_least(problem, core)
    answer = highs.integer(program, core.objective(levels[level]), rows, None, mip_max_nodes=NODES)
    bound = integer_bound(answer)
    return None if bound is None or answer.status == "infeasible" else bound + granted[level]


def _without_least(problem: Problem, core: Core) -> LinearProgram:
    """The program in which groups that more students could join than are in the model need nobody."""
    blocks, program = core.blocks, core.program
    members = problem.block_members()[blocks.school, blocks.slot]
    inside = np.bincount(core.blocks.of_pair[core.blocks.of_pair >= 0], minlength=len(blocks.slot))
    open_to_others = blocks.least[(blocks.least >= 0) & (members > inside)]
    lower = program.row_lower.copy()
    lower[open_to_others] = -INFINITY
    return replace(program, row_lower=lower)
