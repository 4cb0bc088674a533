"""How little of a publication must be given up, and how many can have what counts: bounds by an integer program.

It is a relaxation of the whole round. Some students choose: those with nothing, and those who lack what a level counts.
They have all their options; everybody else has the published pairs only and counts as having a slot that counts,
wherever that may be; and groups that others could join need nobody. Whatever allocation there is, its published pairs
and the pairs of those who choose are a solution.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.core import build_core
from solver.exact import integer_bound
from solver.highs import Row
from solver.model import INFINITY
from solver.touched import options_of, with_room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools
    from solver.core import Core
    from solver.highs import Highs
    from solver.model import LinearProgram
    from solver.problem import Problem


KEEPING = frozenset({"replaced", "stability"})
GRANTED = ("replaced", "guarantee", "reach")
"""Goals that everybody who does not choose counts for."""
COUNTED = KEEPING | frozenset(GRANTED)
NODES, LATER_NODES = 2_000, 200
"""Nodes of the search for what must be given up, and for later levels, so that every run ends by itself."""
MOST_PAIRS, LATER_PAIRS = 60_000, 20_000
"""Options of those who choose, likewise; of more, those choose who find a slot least easily."""


def least_lost(
    problem: Problem, levels: Sequence[Level], level: int, floors: Sequence[int], choosing: Bools, highs: Highs
) -> int | None:
    """The most that ``level`` can be with the earlier levels at ``floors``; ``None`` where there is no word on it.

    ``choosing``: shape (students,); whoever they are it is a bound. Levels of other goals than ``COUNTED``, and those
    that reward against their sense, have none.
    """
    now = levels[: level + 1]
    if any(goal not in COUNTED or (goal in GRANTED and each.goals[goal] < 0) for each in now for goal in each.goals):
        return None
    first = levels[level].goals.keys() <= KEEPING
    facts, choosing = problem.students, hardest(problem, choosing, MOST_PAIRS if first else LATER_PAIRS)
    granted = _granted(problem, choosing)
    narrowed = replace(
        problem,
        students=replace(
            facts,
            baseline=facts.baseline & choosing,
            placed=facts.placed | ~choosing,
            guaranteed=facts.guaranteed | ~choosing,
        ),
    )
    core = build_core(narrowed, now, np.union1d(np.flatnonzero(problem.pairs.kept), options_of(problem, choosing)))
    worth = [sum(each.goals.get(goal, 0) * number for goal, number in granted.items()) for each in now]
    rows = [Row(core.objective(levels[i]), floor - worth[i]) for i, floor in enumerate(floors)]
    program = _without_least(problem, core)
    answer = highs.integer(
        program, core.objective(levels[level]), rows, None, mip_max_nodes=NODES if first else LATER_NODES
    )
    bound = integer_bound(answer)
    return None if bound is None or answer.status == "infeasible" else bound + worth[level]


def hardest(problem: Problem, students: Bools, most: int) -> Bools:
    """Those of ``students`` who find a slot least easily, with ``most`` options between them: shape (students,).

    They come by how many options have room beside everything published, then by how many they have at all.
    """
    total = np.where(students, np.diff(problem.pairs.first), 0)
    if total.sum() <= most:
        return students
    room = with_room(problem, np.flatnonzero(problem.pairs.kept), options_of(problem, students))
    roomy = np.bincount(problem.pairs.student_of(room), minlength=len(students))
    order = np.lexsort((total, roomy, ~students))
    chosen = np.zeros_like(students)
    chosen[order[np.cumsum(total[order]) <= most]] = True
    return np.asarray(chosen & students)


def _granted(problem: Problem, choosing: Bools) -> dict[str, int]:
    """By goal, what those who do not choose count for at most."""
    facts = problem.students
    others = ~choosing & (np.diff(problem.pairs.first) > 0)
    return {
        "replaced": int((facts.baseline & ~facts.placed & others).sum()),
        "guarantee": int((~facts.guaranteed & others).sum()),
        "reach": int((~facts.placed & others).sum()),
    }


def _without_least(problem: Problem, core: Core) -> LinearProgram:
    """The program in which groups that more students could join than are in the model need nobody."""
    blocks, program = core.blocks, core.program
    members = problem.block_members()[blocks.school, blocks.slot]
    inside = np.bincount(core.blocks.of_pair[core.blocks.of_pair >= 0], minlength=len(blocks.slot))
    open_to_others = blocks.least[(blocks.least >= 0) & (members > inside)]
    lower = program.row_lower.copy()
    lower[open_to_others] = -INFINITY
    return replace(program, row_lower=lower)
