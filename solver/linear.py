"""What every pair pays and is worth by itself, and how many students each school has in each slot."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel


@kernel
def pay_moments(total, until, begins, ends, asks):
    """Add to ``total``, shape (schools, slots), what a school's half-days cost in the slots that ask for them.

    ``until``: shape (schools, half-days + 1), what all half-days before cost.
    """
    for k in range(total.shape[0]):
        for j in range(total.shape[1]):
            if asks[j] and ends[j] >= begins[j]:
                total[k, j] += until[k, ends[j] + 1] - until[k, begins[j]]


@kernel
def linear_parts(
    order, begin, first, slot, km, points, school, unit, paid, farther, extra, eager, support, brings, grouped, place,
    blocks, own_pair, own_price, total,
):  # fmt: skip
    """Fill ``total`` (from the first pair of student ``begin``) with what pairs of ``order`` are worth less their pay.

    By student: ``unit``, the worth of a point; ``eager``, who earns the slot's ``extra``; ``support``, who pays for the
    slot's support ``place`` unless the school ``brings`` its own to groups. ``paid``: shape (schools, slots); the pairs
    ``own_pair``, ascending, pay ``own_price`` instead of what ``blocks`` of it is.
    """
    origin = first[begin]
    for s in order:
        k, at = school[s], np.searchsorted(own_pair, first[s])
        for p in range(first[s], first[s + 1]):
            j = slot[p]
            v = unit[s] * points[p] + farther * km[p] - paid[k, j]
            if eager[s]:
                v += extra[j]
            if support[s] and not (grouped[j] and brings[k]):
                v -= place[j]
            if at < len(own_pair) and own_pair[at] == p:
                v += blocks[k, j] - own_price[at]
                at += 1
            total[p - origin] = v


@kernel
def count_eligible(first, slot, school, counts):
    """Add to ``counts``, shape (schools, slots), every pair of a school's students."""
    for s in range(len(first) - 1):
        k = school[s]
        for p in range(first[s], first[s + 1]):
            counts[k, slot[p]] += 1
