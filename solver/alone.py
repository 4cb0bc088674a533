"""What each of a student's slots is worth by itself, prices paid, and which slots are alike beside others.

Slots of one class have the same half-days, count or not, and are of a new sector and a higher tier or not: what two of
them add to other slots differs only by what they pay. A class is known by its mark, ``8 * half-days``, 4 where it
counts, 2 where the sector is new and 1 where the tier is higher.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.kernels import kernel

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints

UNFIT = -(1 << 60)
"""Stands for a pair that the student cannot have at all, or that is not looked at."""
MARK, VIRTUAL, TIER, SECTOR = 0xFFFF, 16, 17, 19
"""Where ``packed`` has what of a slot: its mark as far as the slot alone says, online or not, its tier, its sector."""


def packed(half_days: Ints, counts: Bools, virtual: Ints, tier: Ints, sector: Ints) -> Ints:
    """What ``alone`` asks of every slot, in one number each; arrays of shape (slots,), ``virtual`` of 0 and 1."""
    return np.asarray((8 * half_days + 4 * counts) | virtual << VIRTUAL | tier << TIER | sector << SECTOR)


@kernel
def need_gain(left, given):
    """``T(left) - T(left - min(left, given))``."""
    after = max(0, left - given)
    return (left * (left + 1) - after * (after + 1)) // 2


@kernel
def widest_of(order, first):
    """The most options of any of the students ``order``."""
    widest = 0
    for s in order:
        widest = max(widest, first[s + 1] - first[s])
    return widest


@kernel
def put_in_rank(row, values, this):
    """Put ``this`` into ``row`` (positions, the most of ``values`` first, then -1) if it is one of so many best."""
    at = len(row)
    while at > 0 and (row[at - 1] < 0 or values[row[at - 1]] < values[this]):
        at -= 1
    for t in range(at, len(row)):
        row[t], this = this, row[t]


@kernel
def numbered_marks(half_days, counts, number):
    """Fill ``number`` with consecutive numbers for the marks of classes that slots can be of; returns how many."""
    number[:] = -1
    for j in range(len(half_days)):
        mark = half_days[j] * 8 + (4 if counts[j] else 0)
        number[mark : mark + 4] = 0
    total = 0
    for mark in range(len(number)):
        if number[mark] == 0:
            number[mark] = total
            total += 1
    return total


@kernel
def alone(s, low, high, slot, linear, origin, students, slots, worths, gain, worth, label):
    """Fill ``worth`` and ``label`` of pairs ``low`` to ``high``: a class's mark, -1 for what student ``s`` cannot have.

    ``linear`` is by pair from ``origin``, the other two from ``low``; ``gain`` has room for every number of half-days.
    Written without branches by pair, as in ``linear``.
    """
    hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students[1:]
    all_facts, (first_counting, need, breadth, progression) = slots[6], worths
    start, rise = 0 if guaranteed[s] else first_counting, 0 if progressed[s] else progression
    for days in range(len(gain)):
        gain[days] = start + (need * need_gain(need_left[s], days) if need != 0 else 0)
    for p in range(low, high):
        facts = all_facts[slot[p]]
        mark = facts & MARK
        fresh, higher = 0 if known[s, facts >> SECTOR] else 1, 1 if (facts >> TIER & 3) > top_tier[s] else 0
        fits = mark >> 3 <= hd_left[s] and (facts >> VIRTUAL & 1) <= virtual_left[s]
        worth[p - low] = linear[p - origin] + (mark >> 2 & 1) * gain[mark >> 3] + fresh * breadth + higher * rise
        label[p - low] = mark + 2 * fresh + higher if fits else -1
