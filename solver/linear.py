"""What every pair pays and is worth by itself, and how many students each school has in each slot."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel


@kernel
def linear_parts(
    order, begin, first, slot, km, points, school, unit, asked, farther, extra, eager, support, brings, slots, place,
    blocks, own_pair, own_price, total,
):  # fmt: skip
    """Fill ``total`` (from the first pair of student ``begin``) with what pairs of ``order`` are worth less their pay.

    By student: ``unit``, the worth of a point; ``eager``, who earns the slot's ``extra``; ``support``, who pays for the
    slot's support ``place`` unless the school ``brings`` its own to groups. ``asked``: by slot what all pay, and what
    all half-days before cost a school, shape (schools, half-days + 1), for whoever is out and for groups' coaches.
    In slots that are ``blocked`` schools pay what ``blocks`` says, shape (schools, slots), but the pairs ``own_pair``,
    ascending, pay ``own_price``.
    """
    everybody, out, coach = asked
    in_person, grouped, blocked, begins, ends = slots
    origin = first[begin]
    for s in order:
        k, at = school[s], np.searchsorted(own_pair, first[s])
        for p in range(first[s], first[s + 1]):
            j = slot[p]
            v = unit[s] * points[p] + farther * km[p] - everybody[j]
            if in_person[j] and begins[j] >= 0:
                v -= out[k, ends[j] + 1] - out[k, begins[j]]
                if grouped[j]:
                    v -= coach[k, ends[j] + 1] - coach[k, begins[j]]
            if eager[s]:
                v += extra[j]
            if support[s] and not (grouped[j] and brings[k]):
                v -= place[j]
            if at < len(own_pair) and own_pair[at] == p:
                v -= own_price[at]
                at += 1
            elif blocked[j]:
                v -= blocks[k, j]
            total[p - origin] = v


@kernel
def count_eligible(first, slot, school, counts):
    """Add to ``counts``, shape (schools, slots), every pair of a school's students."""
    for s in range(len(first) - 1):
        k = school[s]
        for p in range(first[s], first[s + 1]):
            counts[k, slot[p]] += 1
