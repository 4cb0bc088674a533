"""Which schools open which groups: settled a few at a time, the surest first, while prices follow.

A dive on the relaxation (Lagrangian heuristic): at each turn the blocks that the slots choose most often open for
good, those hardly ever chosen close, and the descent goes on with what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints
    from solver.bound import Catalogue
    from solver.descent import Descent
    from solver.limits import Clock
    from solver.problem import Problem

SURE, HARDLY, SOME = 0.95, 0.004, 0.02
"""Mean openings above which a block always opens, below which it closes, and from which it is considered."""


def open_groups(descent: Descent, turns: int, steps: int, size: float, clock: Clock) -> None:
    """Settle ``descent.forced`` for every block in ``turns`` turns of ``steps`` steps."""
    blocks = descent.catalogue
    descent.forced[blocks.fixed > 0] = (-(-blocks.fixed // np.maximum(1, blocks.most)))[blocks.fixed > 0]
    for turn in range(turns):
        descent.run(steps, size, 0.3 * size, clock)
        _settle(descent, 1.0 / (turns - turn), close=turn > 0)
    descent.forced[descent.forced < 0] = 0


def _settle(descent: Descent, share: float, *, close: bool) -> None:
    """Open about ``share`` of what the slots would open in undecided blocks, the surest first."""
    blocks, forced, opened = descent.catalogue, descent.forced, descent.opened
    of_slot = blocks.of_slot
    left = blocks.groups - np.bincount(of_slot, weights=np.maximum(0, forced), minlength=len(blocks.slots)).astype(int)
    taken = np.bincount(of_slot, weights=forced > 0, minlength=len(blocks.slots)) > 0
    left[taken & blocks.single] = 0
    members = np.minimum(np.diff(descent.first), blocks.places) + blocks.fixed
    undecided = np.flatnonzero((forced < 0) & (opened > SOME))
    quota = max(1.0, float(opened[undecided].sum()) * share)
    for b in undecided[np.argsort(-opened[undecided], kind="stable")].tolist():
        if quota <= 0 and opened[b] < SURE:
            break
        number = _number(blocks, b, int(left[of_slot[b]]), float(opened[b]), int(members[b]))
        if number > 0:
            forced[b] = number
            left[of_slot[b]] -= left[of_slot[b]] if blocks.single[of_slot[b]] else number
            quota -= number
    forced[(forced < 0) & (left[of_slot] <= 0)] = 0
    if close:
        forced[(forced < 0) & (opened < HARDLY)] = 0


def _number(blocks: Catalogue, b: int, left: int, mean: float, members: int) -> int:
    """How many groups block ``b`` opens: as many as it did on average, at least one, and no more than it can fill."""
    single = bool(blocks.single[np.searchsorted(blocks.slot_first, b, side="right") - 1])
    wanted = left if single else min(left, max(1, round(mean)))
    return min(wanted, members // max(1, int(blocks.least[b])))


def closed_blocks(blocks: Catalogue, opened: Ints, problem: Problem) -> Bools:
    """The blocks of which no group is ``opened`` (by block), shape (schools, slots)."""
    closed = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=bool)
    shut = np.flatnonzero(opened == 0)
    closed[blocks.school[shut], blocks.slot[shut]] = True
    return closed


def usable_pairs(blocks: Catalogue, opened: Ints, problem: Problem) -> Bools:
    """By pair, whether it lies in no block of which no group is ``opened`` (by block)."""
    closed = closed_blocks(blocks, opened, problem)
    return np.asarray(~closed[problem.students.school[problem.pairs.student], problem.pairs.slot.raw])


def groups_held(problem: Problem, blocks: Catalogue, chosen: Ints) -> Ints:
    """By block, how many groups the students of the pairs ``chosen`` and of fixed assignments fill."""
    block = blocks.block_of(problem, chosen[problem.blocked[problem.pairs.slot[chosen]]])
    members = np.bincount(block, minlength=len(blocks.slot)) + blocks.fixed
    return np.asarray(-(-members // np.maximum(1, blocks.most)))
