"""Students served at the prices of a search: the first allocation of a round that is priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver import effort
from solver.arrays import union
from solver.bettering import linears
from solver.bound import deepest
from solver.greedy import first_allocation
from solver.opening import closed_blocks
from solver.pool import restricted
from solver.separations import apart_from_none

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints
    from solver.bettering import Bettering
    from solver.pool import PoolSearch
    from solver.prices import Prices

SERVINGS = 1
DEEPEST = 16
"""Slots that a student is served with at most, one after another."""
OFFERED_PAIRS = 20_000_000
"""In them, whoever got nothing is offered all pairs, or every second or third and so on, up to so many altogether."""


def shut_by(search: PoolSearch, bettering: Bettering) -> Bools:
    """The blocks that ``search`` has not opened, shape (schools, slots); none where there was no time to choose."""
    closed = closed_blocks(search.catalogue, search.descent.forced, search.problem)
    if bettering.clock.stop():
        closed[:] = False
    return closed


def none_shut(bettering: Bettering) -> Bools:
    """No block is shut, shape (schools, slots)."""
    return np.zeros((len(bettering.problem.school_ids), len(bettering.problem.slot_ids)), dtype=bool)


def serve(bettering: Bettering, level: int, prices: Prices, closed: Bools, given: Ints | None = None) -> Ints:
    """Students served at the prices, then with what is left over for nothing, beside what they are ``given``.

    In a round of very many pairs they are offered those of the pool; whoever gets nothing so is offered more. Nobody
    comes to the blocks ``closed``, shape (schools, slots). ``given`` and the answer are ascending pairs.
    """
    pairs, offered = bettering.problem.pairs, bettering.stages.pool
    first, held = pairs.first, np.zeros(0, dtype=np.int64) if given is None else given
    if int(first[-1]) <= effort.SERVED_PAIRS:
        return _served(bettering, level, prices, closed, np.arange(int(first[-1]), dtype=np.int64), held)
    chosen = _served(bettering, level, prices, closed, offered, held)
    for _ in range(SERVINGS):
        empty = np.flatnonzero(np.bincount(pairs.student_of(chosen), minlength=len(first) - 1) == 0)
        step = 1 + int(np.diff(first)[empty].sum()) // OFFERED_PAIRS
        spans = [np.arange(first[s] + s % step, first[s + 1], step) for s in empty]
        chosen = _served(bettering, level, prices, closed, union(chosen, *spans), chosen)
    return chosen


def _served(bettering: Bettering, level: int, prices: Prices, closed: Bools, offered: Ints, given: Ints) -> Ints:
    """Students served with the pairs ``offered``, ascending positions, beside those ``given``."""
    offered = apart_from_none(bettering.problem, offered, given)
    problem = restricted(bettering.problem, offered)
    worth, priced, free = linears(bettering.levels, level, prices.within(offered), problem)
    held = np.searchsorted(offered, given)
    most = int(np.bincount(problem.pairs.student_of(held), minlength=1).max())
    depth = max(most, min(DEEPEST, deepest(problem)))
    chosen = first_allocation(problem, worth, (priced, free), depth, closed, held)
    return np.asarray(offered[chosen])
