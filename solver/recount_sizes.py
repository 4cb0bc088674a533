"""How large what prices prove can become: it is added in 64 bits, and prices that could pass them prove nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Ints
    from solver.prices import Prices
    from solver.problem import Problem

LARGEST = 1 << 60
"""Amounts up to this are added in 64 bits; whatever could pass it is refused."""


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
