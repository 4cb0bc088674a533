"""A pool: the problem restricted to some of its pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.problem import PairFacts, Separation

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.problem import Problem


def restricted(problem: Problem, keep: Ints) -> Problem:
    """``problem`` with the pairs ``keep`` only (ascending positions); pair ``n`` of the result is ``keep[n]``."""
    pairs = problem.pairs
    first = np.searchsorted(keep, pairs.first).astype(np.int64)
    place = {int(p): n for n, p in enumerate(keep)} if problem.separations else {}
    apart = [tuple(place[p] for p in s.pairs if p in place) for s in problem.separations]
    return replace(
        problem,
        pairs=PairFacts(first, pairs.slot[keep], pairs.km[keep], pairs.points[keep], pairs.kept[keep]),
        separations=tuple(Separation(members) for members in apart if len(members) > 1),
    )
