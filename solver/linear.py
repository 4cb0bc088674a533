"""What every pair is worth by itself, and how many students each school has in each slot: one pass over the pairs."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from solver.kernels import kernel


@kernel
def linear_parts(
    begin, end, first, slot, km, points, school, unit, paid, farther, extra, eager, support, brings, grouped, place,
    total,
):  # fmt: skip
    """Fill ``total`` (from the first pair of student ``begin``) with what pairs are worth less what they pay.

    By student: ``unit``, the worth of a point; ``eager``, who earns the slot's ``extra``; ``support``, who pays for the
    slot's support ``place`` unless the school ``brings`` its own to groups. ``paid``: shape (schools, slots).
    """
    origin = first[begin]
    for s in range(begin, end):
        k = school[s]
        for p in range(first[s], first[s + 1]):
            j = slot[p]
            v = unit[s] * points[p] + farther * km[p] - paid[k, j]
            if eager[s]:
                v += extra[j]
            if support[s] and not (grouped[j] and brings[k]):
                v -= place[j]
            total[p - origin] = v


@kernel
def count_eligible(first, slot, school, counts):
    """Add to ``counts``, shape (schools, slots), every pair of a school's students."""
    for s in range(len(first) - 1):
        k = school[s]
        for p in range(first[s], first[s + 1]):
            counts[k, slot[p]] += 1
