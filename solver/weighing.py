"""All levels weighed at once: the prices that a first allocation is built by.

A level by itself leaves most choices open: many bundles are as good for it, and which of them a student is given
decides what all later levels can still come to. So groups are opened and students served at prices under which every
level counts, each well ahead of the next (weights in place of pre-emption: Sherali and Soyster 1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.pool import PoolSearch
from solver.stages import UNBEATEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level

AHEAD, FARTHEST = 4.0, 1e6
"""How many times as much a good slot is worth at a level as at the next, and at the first as at the last at most."""


def last_of(levels: Sequence[Level], leading: int) -> int:
    """The last level that asks for a proof, or the leading one: all up to it are weighed."""
    return max((number for number, level in enumerate(levels) if level.proof and number > leading), default=leading)


def weighed(search: PoolSearch, swing: Sequence[float]) -> PoolSearch:
    """A search from the prices of ``search`` for the levels from its own to the last at once.

    ``swing``: what a good slot is worth at each level. Earlier levels count heads and win always. What the search comes
    to bounds no level.
    """
    begun, last = search.level, last_of(search.levels, search.level)
    rates, ahead = [1.0], min(AHEAD, FARTHEST ** (1 / max(1, last - begun)))
    for number in reversed(range(begun, last)):
        rates.insert(0, ahead * rates[0] * swing[number + 1] / swing[number])
    worth = float(np.dot(rates, swing[begun : last + 1]))
    heads = [UNBEATEN * worth] * begun
    point = search.descent.point.scaled(np.array(heads + rates[:-1]), 1.0 / rates[0])
    return PoolSearch.begin(
        search.problem, search.levels, last, [0] * last, search.catalogue, search.pool, point, worth, [False] * last
    )
