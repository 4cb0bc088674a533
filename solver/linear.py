"""What every pair pays and is worth by itself, and how many students each school has in each slot."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel


@kernel
def asks(k, j, asked, blocked, blocks):
    """What every student of school ``k`` pays in slot ``j``: its limits, and in a blocked slot what ``blocks`` says."""
    everybody, out, coach, out_from, out_to, coach_from, coach_to = asked
    total = everybody[j] + out[k, out_to[j]] - out[k, out_from[j]] + coach[k, coach_to[j]] - coach[k, coach_from[j]]
    return total + blocks[k, j] * blocked[j]


@kernel
def tabled(i, order, first, school, asked, blocked, blocks, table):
    """Fill ``table`` with what every slot asks of the school of student ``order[i]``, if that pays; whether it does.

    It does where those of its students who follow have more than twice as many pairs as there are slots.
    """
    k, pairs = school[order[i]], 0
    while i < len(order) and school[order[i]] == k and pairs <= 2 * len(table):
        pairs += first[order[i] + 1] - first[order[i]]
        i += 1
    if pairs <= 2 * len(table):
        return False
    for j in range(len(table)):
        table[j] = asks(k, j, asked, blocked, blocks)
    return True


@kernel
def linear_parts(
    order, at, first, slot, km, points, school, unit, asked, farther, extra, eager, support, brings, grouped, blocked,
    place, blocks, own_pair, own_price, total,
):  # fmt: skip
    """Fill ``total`` with what pairs of the students ``order`` are worth less their pay, from ``at`` (by position) on.

    By student: ``unit``, the worth of a point; ``eager``, who earns the slot's ``extra``; ``support``, who pays for the
    slot's support ``place`` unless the school ``brings`` its own to groups. ``asked``: see ``prices.Asked``.
    In slots that are ``blocked`` schools pay what ``blocks`` says, shape (schools, slots), but the pairs ``own_pair``,
    ascending, pay ``own_price``. Written without branches by pair: a processor cannot tell them beforehand.
    """
    table, ready = np.empty(len(blocked), np.int64), False
    for i in range(len(order)):
        s = order[i]
        k, low, high, own = school[s], first[s], first[s + 1], np.searchsorted(own_pair, first[s])
        origin, u, more = low - at[i], unit[s], 1 if eager[s] else 0
        if i == 0 or k != school[order[i - 1]]:
            ready = tabled(i, order, first, school, asked, blocked, blocks, table)
        if ready:
            for p in range(low, high):
                total[p - origin] = u * points[p] + farther * km[p] - table[slot[p]] + more * extra[slot[p]]
        else:
            for p in range(low, high):
                pay = asks(k, slot[p], asked, blocked, blocks)
                total[p - origin] = u * points[p] + farther * km[p] - pay + more * extra[slot[p]]
        if support[s]:
            free = 1 if brings[k] else 0
            for p in range(low, high):
                total[p - origin] -= place[slot[p]] * (1 - free * grouped[slot[p]])
        while own < len(own_pair) and own_pair[own] < high:
            j = slot[own_pair[own]]
            total[own_pair[own] - origin] += blocks[k, j] * blocked[j] - own_price[own]
            own += 1


@kernel
def count_eligible(first, slot, school, counts):
    """Add to ``counts``, shape (schools, slots), every pair of a school's students."""
    for s in range(len(first) - 1):
        k = school[s]
        for p in range(first[s], first[s + 1]):
            counts[k, slot[p]] += 1
