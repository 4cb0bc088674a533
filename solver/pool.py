"""A pool of pairs on which prices are sought, and the prices of the whole round that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.descent import Descent
from solver.prices import SCALE, Prices
from solver.separations import among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.bound import Catalogue
    from solver.descent import Point
    from solver.problem import Problem


def restricted(problem: Problem, keep: Ints) -> Problem:
    """``problem`` with the pairs ``keep`` only (ascending positions); pair ``n`` of the result is ``keep[n]``."""
    pairs = problem.pairs
    first = np.searchsorted(keep, pairs.first).astype(np.int64)
    return replace(
        problem,
        pairs=pairs.only(keep, first),
        separations=among(problem.separations, keep),
    )


@dataclass(slots=True)
class PoolSearch:
    """The search for one level's prices: a descent on the pool."""

    problem: Problem
    levels: Sequence[Level]
    level: int
    floors: Sequence[int]
    catalogue: Catalogue
    pool: Ints
    descent: Descent

    @classmethod
    def begin(
        cls,
        problem: Problem,
        levels: Sequence[Level],
        level: int,
        floors: Sequence[int],
        catalogue: Catalogue,
        pool: Ints,
        point: Point,
        worth: float,
        moving: Sequence[bool],
    ) -> PoolSearch:
        """A search from ``point``, whose own prices are those of the pool's block pairs; see ``Descent``."""
        descent = Descent(restricted(problem, pool), levels, level, floors, catalogue, point, worth, moving)
        return cls(problem, levels, level, floors, catalogue, pool, descent)

    def refloor(self, floors: Sequence[int]) -> None:
        """Go on with the earlier levels fixed at other values."""
        self.floors = floors
        self.descent.floors = floors

    def prices(self) -> Prices:
        """The point as prices of the whole round: pairs outside the pool pay what their block has to spare."""
        p, blocks = self.descent.prices(), self.descent.spare_prices()
        return Prices(SCALE, p.rates, p.rows, blocks, self.pool[p.own_pair], p.own_price, p.equity, p.reserve)

    def over(self, pool: Ints) -> PoolSearch:
        """The search gone on with over another pool; only of a round without blocks, whose pairs have no own prices."""
        old = self.descent
        search = PoolSearch.begin(
            self.problem, self.levels, self.level, self.floors, self.catalogue, pool, old.point, old.worth, old.moving
        )
        search.descent.strides = old.strides
        return search

    def reopen(self, point: Point) -> None:
        """Let every block be undecided again, with the pool's prices as they were at ``point``."""
        self.descent.forced[:] = -1
        self.descent.point = point
