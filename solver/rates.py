"""Rates of exchange between levels: what one unit of a level is taken to be worth while all are improved together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.prices import Asked, Prices, Worths, span_worths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.policy import Level
    from solver.problem import Problem

TYPICAL_STEP = {"equity": 50}
"""The least by which a goal usually moves, in its own units (1 where not named): one student placed moves equity."""
BY_PAIR = ("preference", "lottery", "travel", "stability")
"""Goals by which a student's pairs differ in worth."""

MARGIN = 3
LOOKED_AT = 10_000_000
"""Pairs, about, from which it is told what a slot is worth."""


def swings(problem: Problem, levels: Sequence[Level]) -> list[float]:
    """What a good single slot is worth at each level: the 90th percentile over students of their best pair.

    Of very many pairs those of the first students of the lottery are looked at, who are a fair sample.
    """
    nothing = Prices.none(problem, 0, 1)
    asked = Asked.of(problem, nothing)
    spans = [span for span in problem.pairs.spans() if problem.pairs.first[span[0]] < LOOKED_AT]
    count = spans[-1][1]
    found = []
    for level in levels:
        worth = Worths(dict(level.goals))
        best = np.zeros(count)
        for begin, end in spans if any(worth[goal] for goal in BY_PAIR) else ():
            linear = np.abs(span_worths(problem, worth, nothing, asked, begin, end)).astype(np.float64)
            first = problem.pairs.first[begin : end + 1] - problem.pairs.first[begin]
            some = np.flatnonzero(np.diff(first) > 0)
            if len(some):
                best[begin + some] = np.maximum.reduceat(linear, first[some])
        left = problem.students.need_left[:count]
        best += abs(worth["need"]) * left * (left + 1) / 2
        flat = sum(abs(worth[g]) for g in ("guarantee", "reach", "breadth", "progression", "reserve", "replaced"))
        best += flat + 100 * abs(worth["equity"])
        found.append(max(1.0, float(np.percentile(best, 90)) if count else 1.0))
    return found


def combined_rates(levels: Sequence[Level], swing: Sequence[float]) -> list[int]:
    """A whole rate for each level, large enough that lower levels hardly ever outbid a higher one."""
    rates = [1]
    for position in range(len(levels) - 2, -1, -1):
        step = min(abs(c) * TYPICAL_STEP.get(g, 1) for g, c in levels[position].goals.items())
        outbid = rates[0] * swing[position + 1] * MARGIN / max(1, step)
        rates.insert(0, max(rates[0], min(1 << 34, int(np.ceil(outbid)))))
    return rates


def combined_goals(levels: Sequence[Level], rates: Sequence[int]) -> Mapping[str, int]:
    """The goals of all levels in one signed sum, each level at its rate."""
    total: dict[str, int] = {}
    for level, rate in zip(levels, rates, strict=True):
        for goal, coefficient in level.goals.items():
            total[goal] = total.get(goal, 0) + rate * coefficient
    return total
