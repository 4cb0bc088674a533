"""How large what prices prove can become: a recount adds in 64 bits, and whatever could pass them is refused."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.prices import Prices
    from solver.problem import Problem

LARGEST = 1 << 60
"""Amounts up to this are added in 64 bits; whatever could pass it is refused."""


def fits(problem: Problem, levels: Sequence[Level], level: int, prices: Prices) -> bool:
    """Whether what the prices prove can be added in 64 bits."""
    return largest(problem, worths_of(levels, level, prices), prices) <= LARGEST


def worths_of(levels: Sequence[Level], level: int, prices: Prices) -> dict[str, int]:
    """What a unit of every goal is worth: the level's own at the scale, earlier ones at their rates."""
    worth: dict[str, int] = defaultdict(int)
    for each, rate in zip(levels[: level + 1], [*prices.rates.tolist(), prices.scale], strict=True):
        for goal, times in each.goals.items():
            worth[goal] += rate * times
    return dict(worth)


def largest(problem: Problem, worth: Mapping[str, int], prices: Prices) -> int:
    """More than any bundle's worth can be, step by step, up or down."""
    facts, pairs, slots = problem.students, problem.pairs, problem.slots
    points, need = pairs.points.most(), _most(facts.need_left)
    units = {"preference": points, "lottery": points * _most(facts.ticket), "travel": pairs.km.most()}
    units["need"] = need * (need + 1)
    one = sum(abs(each) * units.get(goal, 1) for goal, each in worth.items() if goal != "equity")
    limits = _most(np.diff(problem.resources.slot_first)) + 2 * _most(slots.half_days) + 1
    one += limits * _most(prices.rows) + _most(prices.blocks) + _most(prices.own_price) + _most(prices.reserve)
    slots_each = min(_most(facts.max_slots), _most(np.diff(pairs.first)))
    return one * (slots_each + 1) + sum(200 * int(p) for p in prices.equity)


def _most(values: Ints) -> int:
    return int(np.abs(values).max(initial=0))
