"""What every pair of a student would be worth in the best bundle around it, under given prices.

The partners come from the student's best few slots of every class, two at most: what is found is a bundle that the
student can have, so it never says too much; what is left out only makes prices a little lower than they might be.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.bundles import compatible, first_worths, need_gain
from solver.kernels import kernel

UNFIT = -(1 << 60)
"""Stands for a pair that the student cannot have at all, or that is not looked at."""


@kernel
def together(s, held, count, slot, linear, origin, students, slots, worths):
    """What ``held[:count]`` are worth to student ``s`` as a bundle, prices paid."""
    need_left, guaranteed, progressed, top_tier, known = students[3:]
    sector, tier, counts, half_days = slots[1], slots[2], slots[5], slots[6]
    first_counting, need, breadth, progression = worths
    total, given, counting, higher = 0, 0, False, False
    for a in range(count):
        j = slot[held[a]]
        total += linear[held[a] - origin]
        if counts[j]:
            given += half_days[j]
            counting = True
        higher = higher or tier[j] > top_tier[s]
        fresh = not known[s, sector[j]]
        for b in range(a):
            fresh = fresh and sector[slot[held[b]]] != sector[j]
        if fresh:
            total += breadth
    total += need * need_gain(need_left[s], given)
    if counting and guaranteed[s] == 0:
        total += first_counting
    if higher and progressed[s] == 0:
        total += progression
    return total


@kernel
def partners(
    s, low, high, worth, usable, slot, students, slots, many, found, begins, partner
):  # fmt: skip
    """Fill ``found`` with the student's best ``many`` usable pairs of every class, class by class and best first.

    ``partner`` marks them, from ``low``. Class ``c`` begins at ``begins[c]``; returns the number of classes. Within a
    class the more a pair is worth alone, the more it is worth beside others.
    """
    top_tier, known = students[6], students[7]
    sector, tier, counts, half_days, longest = slots[1], slots[2], slots[5], slots[6], slots[9]
    labels = 8 * (longest + 1)
    tally = np.zeros(labels, dtype=np.int64)
    order = np.argsort(-worth, kind="mergesort")
    label = np.full(high - low, -1, dtype=np.int64)
    for i in range(high - low):
        p = low + order[i]
        if worth[order[i]] <= 0:
            break
        j = slot[p]
        mark = half_days[j] * 8 + (4 if counts[j] else 0)
        mark += (0 if known[s, sector[j]] else 2) + (1 if tier[j] > top_tier[s] else 0)
        if usable[p] and tally[mark] < many:
            tally[mark] += 1
            label[i] = mark
            partner[order[i]] = True
    place = np.zeros(labels, dtype=np.int64)
    classes, total = 0, 0
    for mark in range(labels):
        if tally[mark] > 0:
            place[mark] = total
            begins[classes] = total
            classes += 1
            total += tally[mark]
    begins[classes] = total
    for i in range(high - low):
        if label[i] >= 0:
            found[place[label[i]]] = low + order[i]
            place[label[i]] += 1
    return classes


@kernel
def fits(s, held, count, q, slot, students, slots, flags):
    """Whether student ``s`` can have ``q`` beside ``held[:count]``."""
    employer, in_person, virtual, half_days, begins, ends = slots[0], slots[3], slots[4], slots[6], slots[7], slots[8]
    j = slot[q]
    days, online = half_days[j], virtual[j]
    for a in range(count):
        i = slot[held[a]]
        days += half_days[i]
        online += virtual[i]
        if q == held[a] or not compatible(j, i, employer, begins, ends, in_person, flags[0], flags[1]):
            return False
    return days <= students[1][s] and online <= students[2][s]


@kernel
def first_fit(s, held, count, begin, end, found, slot, students, slots, flags):
    """The first of ``found[begin:end]`` that the student can have beside ``held[:count]``, or -1."""
    for u in range(begin, end):
        if fits(s, held, count, found[u], slot, students, slots, flags):
            return found[u]
    return -1


@kernel
def best_around(
    s, p, worth, depth, classes, begins, found, slot, linear, origin, students, slots, worths, flags, mates
):  # fmt: skip
    """The best bundle of student ``s`` around ``p`` (``worth`` alone): its worth; its other pairs in ``mates``."""
    held = np.full(3, p, dtype=np.int64)
    top = worth
    for c in range(classes if depth > 1 else 0):
        q = first_fit(s, held, 1, begins[c], begins[c + 1], found, slot, students, slots, flags)
        if q < 0:
            continue
        held[1] = q
        pair = together(s, held, 2, slot, linear, origin, students, slots, worths)
        if pair > top:
            top, mates[0], mates[1] = pair, q, -1
        for d in range(c, classes if depth > 2 else c):
            r = first_fit(s, held, 2, begins[d], begins[d + 1], found, slot, students, slots, flags)
            if r >= 0:
                held[2] = r
                three = together(s, held, 3, slot, linear, origin, students, slots, worths)
                if three > top:
                    top, mates[0], mates[1] = three, q, r
    return top


@kernel
def around_each(
    begin, end, first, slot, linear, usable, students, slots, worths, flags, many, best, mates
):  # fmt: skip
    """Fill ``best`` (by pair, from ``first[begin]``) with the best bundle around each pair, ``mates`` with its others.

    ``usable`` (by pair): who may be a partner; of these only the best of every class are looked at themselves.
    ``mates``: pair positions or -1, shape (pairs, 2), all -1 at first.
    """
    origin = first[begin]
    need_left, guaranteed, progressed, top_tier, known = students[3:]
    sector, tier, counts, half_days = slots[1], slots[2], slots[5], slots[6]
    alone_held = np.empty(1, dtype=np.int64)
    begins = np.empty(8 * (slots[9] + 1) + 1, dtype=np.int64)
    filled = np.empty(slots[9] + 1, dtype=np.int64)
    for s in range(begin, end):
        low, high = first[s], first[s + 1]
        worth = np.empty(high - low, dtype=np.int64)
        first_worths(need_left[s], 0 if guaranteed[s] else worths[0], worths[1], filled)
        rise = 0 if progressed[s] else worths[3]
        for p in range(low, high):
            j = slot[p]
            v = linear[p - origin] + (filled[half_days[j]] if counts[j] else 0)
            v += 0 if known[s, sector[j]] else worths[2]
            worth[p - low] = v + (rise if tier[j] > top_tier[s] else 0)
        found = np.empty(high - low, dtype=np.int64)
        partner = np.zeros(high - low, dtype=np.bool_)
        classes = partners(s, low, high, worth, usable, slot, students, slots, many, found, begins, partner)
        depth = students[0][s]
        for p in range(low, high):
            looked_at = depth > 0 and (partner[p - low] or not usable[p])
            if looked_at and fits(s, alone_held, 0, p, slot, students, slots, flags):
                best[p - origin] = best_around(
                    s, p, worth[p - low], depth, classes, begins, found, slot, linear, origin, students, slots,
                    worths, flags, mates[p - origin],
                )  # fmt: skip
            else:
                best[p - origin] = UNFIT
