"""Every student's pairs that come nearest to a best bundle under given prices: on them prices are sought further.

A pair is judged by what it would be worth beside the best of every class, as if any slots could be had together: that
is never too little, and takes one look at each pair.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.alone import UNFIT, alone, numbered_marks, put_in_rank, widest_of
from solver.around import most_beside
from solver.kernels import kernel


@kernel
def tops(count, worth, label, linear, top, marks):
    """Fill ``marks`` with the classes that have a pair worth anything, ``top`` with what its best is; how many."""
    marks[:] = UNFIT
    for i in range(count):
        if label[i] >= 0 and worth[i] > 0:
            marks[label[i]] = max(marks[label[i]], linear[i])
    classes = 0
    for mark in range(len(marks)):  # in place: there are never more classes than marks looked at
        if marks[mark] > UNFIT:
            top[classes], marks[classes] = marks[mark], mark
            classes += 1
    return classes


@kernel
def nearest_pairs(order, at, first, slot, linear, students, slots, worths, least, nearest):
    """Fill ``nearest`` (a row of pair positions or -1 for each student) with pairs worth more than ``least``.

    ``linear`` is by pair, those of ``order[i]`` from ``at[i]`` on.
    """
    kinds, widest = 8 * (slots[5] + 1), widest_of(order, first)
    marks, top = np.empty(kinds, np.int64), np.empty(kinds, np.int64)
    beside, number = np.empty(kinds, np.int64), np.empty(kinds, np.int64)
    used = numbered_marks(slots[4], slots[3], number)
    most = np.empty((used, used + 2, used + 2), np.int64)
    worth, label, gain = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(slots[5] + 1, np.int64)
    for n in range(len(order)):
        s = order[n]
        low, high, depth = first[s], first[s + 1], students[0][s]
        origin = low - at[n]
        nearest[s] = -1
        if depth == 0:
            continue
        alone(s, low, high, slot, linear, origin, students, slots, worths, gain, worth, label)
        classes = tops(high - low, worth, label, linear[low - origin : high - origin], top, marks)
        beside[:] = -1
        for i in range(high - low):
            mark = label[i]
            if mark < 0:
                continue
            if beside[mark] < 0:
                beside[mark] = most_beside(s, mark, depth, classes, marks, top, students, worths, most[number[mark]])
            worth[i] += beside[mark]
            if worth[i] > least[s]:
                put_in_rank(nearest[s], worth, i)
        for t in range(nearest.shape[1]):
            if nearest[s, t] >= 0:
                nearest[s, t] += low
