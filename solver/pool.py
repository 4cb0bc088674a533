"""A pool of pairs on which prices are sought, and the pricing of the whole round at them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.bound import relax
from solver.descent import Descent
from solver.prices import SCALE, Prices
from solver.separations import among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.bound import Catalogue, Relaxed
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
    """The search for one level's prices: a descent on the pool, and pricing of the whole round."""

    problem: Problem
    levels: Sequence[Level]
    level: int
    floors: Sequence[int]
    catalogue: Catalogue
    pool: Ints
    descent: Descent
    asked: Prices = field(init=False)

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

    def prices(self, *, usual: bool = False) -> Prices:
        """The point as prices of the whole round: pairs outside the pool pay what their block has to spare.

        ``usual``: or as much as those of the pool do, where that is more; so the whole round is bounded best.
        """
        p = self.descent.prices()
        blocks = self.descent.usual_prices() if usual else self.descent.spare_prices()
        return Prices(SCALE, p.rates, p.rows, blocks, self.pool[p.own_pair], p.own_price, p.equity, p.reserve)

    def priced(self) -> Relaxed:
        """Price every pair of the round: what would be chosen at these prices."""
        self.asked = self.prices(usual=True)
        return relax(self.problem, self.levels, self.level, self.floors, self.asked, self.catalogue)

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
