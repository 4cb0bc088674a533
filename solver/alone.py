"""What each of a student's slots is worth by itself, prices paid, and which slots are alike beside others.

Slots of one class have the same half-days, count or not, and are of a new sector and a higher tier or not: what two of
them add to other slots differs only by what they pay. A class is known by its mark, ``8 * half-days``, 4 where it
counts, 2 where the sector is new and 1 where the tier is higher.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from solver.kernels import kernel


@kernel
def need_gain(left, given):
    """``T(left) - T(left - min(left, given))``."""
    after = max(0, left - given)
    return (left * (left + 1) - after * (after + 1)) // 2


@kernel
def widest_of(begin, end, first):
    """The most options of any of the students ``begin`` to ``end``."""
    widest = 0
    for s in range(begin, end):
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
def alone(s, low, high, slot, linear, origin, students, slots, worths, worth, label):
    """Fill ``worth`` and ``label`` of pairs ``low`` to ``high``: a class's mark, -1 for what student ``s`` cannot have.

    ``linear`` is by pair from ``origin``, the other two from ``low``.
    """
    hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students[1:]
    sector, tier, virtual, counts, half_days = slots[1], slots[2], slots[4], slots[5], slots[6]
    first_counting, need, breadth, progression = worths
    start, rise = 0 if guaranteed[s] else first_counting, 0 if progressed[s] else progression
    days_before, gain = -1, 0
    for p in range(low, high):
        j = slot[p]
        label[p - low] = -1
        if half_days[j] > hd_left[s] or virtual[j] > virtual_left[s]:
            continue
        v, mark = linear[p - origin], 8 * half_days[j]
        if counts[j]:
            if half_days[j] != days_before:
                days_before = half_days[j]
                gain = start + (need * need_gain(need_left[s], days_before) if need != 0 else 0)
            v += gain
            mark += 4
        if not known[s, sector[j]]:
            v += breadth
            mark += 2
        if tier[j] > top_tier[s]:
            v += rise
            mark += 1
        worth[p - low], label[p - low] = v, mark
