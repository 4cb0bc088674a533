"""The prices of a level while it is settled which school opens which group: few numbers, that can be moved together.

A student in an open group pays the price of a place in it (``up``), and is paid where the group is short (``down``);
one price for all of a block is enough, for the block is open. Blocks that stay shut have no price here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.prices import SCALE, Prices, worths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Floats
    from solver.bound import Catalogue
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Standing:
    """Prices as real numbers, in units of the level.

    ``rates``: by earlier level. ``rows``: by resource. ``up``, ``down``: by block of the catalogue, at least 0.
    ``equity`` and ``reserve``: fractions of what the goal is worth, by equity group and by slot.
    """

    rates: Floats
    rows: Floats
    up: Floats
    down: Floats
    equity: Floats
    reserve: Floats

    def prices(
        self, problem: Problem, levels: Sequence[Level], level: int, catalogue: Catalogue, active: Bools
    ) -> Prices:
        """The prices in whole numbers; pairs of blocks that are not ``active`` pay nothing to them."""
        rates = _whole(self.rates)
        none = np.zeros(0, dtype=np.int64)
        worth = worths(levels, level, Prices(SCALE, rates, none, none, none, none, none, none))
        blocks = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
        at = np.flatnonzero(active)
        blocks[catalogue.school[at], catalogue.slot[at]] = _whole((self.up - self.down)[at])
        return Prices(
            SCALE,
            rates,
            _whole(self.rows),
            blocks,
            none,
            none,
            np.floor(self.equity * max(0, -worth["equity"])).astype(np.int64),
            np.floor(self.reserve * max(0, worth["reserve"])).astype(np.int64),
        )


def _whole(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.rint(values * SCALE).astype(np.int64)
