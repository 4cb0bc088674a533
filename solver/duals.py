"""Prices read off the duals of the exact model's linear relaxation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.prices import SCALE, Prices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Floats, Ints
    from solver.core import Core
    from solver.problem import Problem


def prices_from_duals(problem: Problem, core: Core, dual: Floats, earlier: int) -> Prices:
    """Integer prices from row duals; the last ``earlier`` rows are those that keep the earlier levels.

    A ``<=`` row's dual is its price, a ``>=`` row's is negative (both by HiGHS' convention when maximising).
    """
    dual = np.append(dual, 0.0)
    height = len(core.program.row_lower)
    blocks = np.zeros((len(problem.school_ids), len(problem.slot_ids)))
    _unopened(problem, core, dual, blocks)
    blocks[core.blocks.school, core.blocks.slot] = dual[core.blocks.most] + dual[core.blocks.least]
    linked = np.flatnonzero((core.blocks.link >= 0) & (dual[core.blocks.link] > 1.0 / SCALE))
    at = core.blocks.of_pair[linked]
    own = blocks[core.blocks.school[at], core.blocks.slot[at]] + dual[core.blocks.link[linked]]
    return Prices(
        scale=SCALE,
        rates=_scaled(-dual[height : height + earlier]),
        rows=_scaled(dual[core.resource_row]),
        blocks=np.rint(blocks * SCALE).astype(np.int64),
        own_pair=core.pool.pair[linked],
        own_price=np.rint(own * SCALE).astype(np.int64),
        equity=_spread(core.equity_row, dual, len(problem.share)),
        reserve=_spread(core.reserve_row, dual, len(problem.slot_ids)),
    )


def _unopened(problem: Problem, core: Core, dual: Floats, blocks: Floats) -> None:
    """Schools whose block is not in the model pay a slot's price of a whole group, shared by its places."""
    slots = core.blocks.slot
    if not len(slots):
        return
    size = np.maximum(1, np.where(problem.slots.grouped, problem.slots.group_max, problem.slots.capacity))
    worth = np.zeros(len(problem.slot_ids))
    np.maximum.at(
        worth, slots, dual[core.blocks.most] * size[slots] + dual[core.blocks.least] * problem.slots.group_min[slots]
    )
    blocks[:] = np.where(problem.blocked, np.maximum(0.0, worth) / size, 0.0)[None, :]


def _scaled(values: Floats) -> Ints:
    return np.maximum(0, np.rint(values * SCALE)).astype(np.int64)


def _spread(rows: Mapping[int, int], dual: Floats, size: int) -> Ints:
    spread = np.zeros(size, dtype=np.int64)
    for place, row in rows.items():
        spread[place] = max(0, round(float(dual[row]) * SCALE))
    return spread
