"""What every pair of a student would be worth in the best bundle around it, under given prices.

The partners come from the student's best few slots of every class, two at most: what is found is a bundle that the
student can have, so it never says too much; what is left out only makes prices a little lower than they might be.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.alone import UNFIT, alone, need_gain, numbered_marks, put_in_rank, widest_of
from solver.beside import compatible
from solver.kernels import kernel


@kernel
def together(s, held, count, slot, linear, students, slots, worths):
    """What ``held[:count]`` are worth to student ``s`` as a bundle, prices paid."""
    need_left, guaranteed, progressed, top_tier, known = students[3:]
    sector, tier, _, counts, half_days = slots[:5]
    first_counting, need, breadth, progression = worths
    total, given, counting, higher = 0, 0, False, False
    for a in range(count):
        j = slot[held[a]]
        total += linear[held[a]]
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
def partners(low, high, worth, label, usable, many, table, found, begins, marks, partner):
    """Fill ``found`` with the best ``many`` usable pairs of every class, class by class and best first.

    ``worth`` and ``label`` (its class's mark) are by pair from ``low``, and so is ``partner``, which marks them. Class
    ``c`` is ``marks[c]`` and begins at ``begins[c]``; returns the number of classes. Within a class the more a pair is
    worth alone, the more it is worth beside others. ``table`` is for what is found on the way.
    """
    table[:] = -1
    for i in range(high - low):
        if label[i] >= 0 and worth[i] > 0 and usable[low + i]:
            put_in_rank(table[label[i]], worth, i)
    classes, total = 0, 0
    for mark in range(len(table)):
        if table[mark, 0] >= 0:
            begins[classes], marks[classes] = total, mark
            classes += 1
            for t in range(many):
                if table[mark, t] >= 0:
                    found[total] = low + table[mark, t]
                    partner[table[mark, t]] = True
                    total += 1
    begins[classes] = total
    return classes


@kernel
def most_beside(s, mark, depth, classes, marks, top, students, worths, most):
    """The most that other slots can add to one of class ``mark`` alone, as if any of them could be had together.

    ``top``: the most of each class, prices paid. Fills ``most[c, d]`` for one of class ``c`` and one of class ``d``;
    ``d`` is the number of classes for none; ``most[c, -1]`` is the most of all with ``c``.
    """
    need_left, guaranteed, progressed = students[3:6]
    first_counting, need, breadth, progression = worths
    own_days = mark // 8 if mark // 4 % 2 == 1 else 0
    before, all_most = need_gain(need_left[s], own_days), 0
    for c in range(classes if depth > 1 else 0):
        days = own_days + (marks[c] // 8 if marks[c] // 4 % 2 == 1 else 0)
        own = top[c] + (breadth if marks[c] // 2 % 2 == 1 else 0)
        most[c, -1] = UNFIT
        for d in range(c if depth > 2 else classes, classes + 1):
            more, given, kinds = own, days, mark | marks[c]
            if d < classes:
                more += top[d] + (breadth if marks[d] // 2 % 2 == 1 else 0)
                given += marks[d] // 8 if marks[d] // 4 % 2 == 1 else 0
                kinds |= marks[d]
            more += need * (need_gain(need_left[s], given) - before) if need != 0 else 0
            if guaranteed[s] == 0 and kinds // 4 % 2 > mark // 4 % 2:
                more += first_counting
            if progressed[s] == 0 and kinds % 2 > mark % 2:
                more += progression
            most[c, d] = more
            most[c, -1] = max(most[c, -1], more)
        all_most = max(all_most, most[c, -1])
    return all_most


@kernel
def fits(s, held, count, q, slot, students, slots, flags):
    """Whether student ``s`` can have ``q`` beside ``held[:count]``."""
    virtual, half_days, spans = slots[2], slots[4], slots[7]
    j = slot[q]
    days, online = half_days[j], virtual[j]
    for a in range(count):
        i = slot[held[a]]
        days += half_days[i]
        online += virtual[i]
        if q == held[a] or not compatible(spans[j], spans[i], flags[0], flags[1]):
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
    s, p, worth, depth, classes, begins, found, most, held, slot, linear, students, slots, worths, flags, mates
):  # fmt: skip
    """The best bundle of student ``s`` around ``p`` (``worth`` alone): its worth; its other pairs in ``mates``.

    ``most`` is from ``most_beside``; ``held`` has room for three pairs.
    """
    held[0], top, mates[:] = p, worth, -1
    for c in range(classes if depth > 1 else 0):
        if worth + most[c, -1] <= top:
            continue
        q = first_fit(s, held, 1, begins[c], begins[c + 1], found, slot, students, slots, flags)
        if q < 0:
            continue
        held[1] = q
        pair = together(s, held, 2, slot, linear, students, slots, worths)
        if pair > top:
            top, mates[0], mates[1] = pair, q, -1
        for d in range(c, classes if depth > 2 else c):
            if worth + most[c, d] <= top:
                continue
            r = first_fit(s, held, 2, begins[d], begins[d + 1], found, slot, students, slots, flags)
            if r >= 0:
                held[2] = r
                three = together(s, held, 3, slot, linear, students, slots, worths)
                if three > top:
                    top, mates[0], mates[1] = three, q, r
    return top


@kernel
def around_each(
    order, first, slot, linear, usable, students, slots, worths, flags, many, least, best, mates
):  # fmt: skip
    """Fill ``best`` with the best bundle around each pair of the students ``order``, ``mates`` with its others.

    ``usable`` (by pair): who may be a partner; of these only the best of every class are looked at themselves, and none
    around which no bundle is worth more than ``least`` (by student).
    ``mates``: pair positions or -1, shape (pairs, 2), where ``best`` is not UNFIT.
    """
    kinds, widest = 8 * (slots[5] + 1), widest_of(order, first)
    begins, marks, top = np.empty(kinds + 1, np.int64), np.empty(kinds, np.int64), np.empty(kinds, np.int64)
    table, beside, number = np.empty((kinds, many), np.int64), np.empty(kinds, np.int64), np.empty(kinds, np.int64)
    used = numbered_marks(slots[4], slots[3], number)
    most, held = np.empty((used, used + 2, used + 2), np.int64), np.empty(3, np.int64)
    worth, label, gain = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(slots[5] + 1, np.int64)
    found, partner = np.empty(kinds * many, np.int64), np.empty(widest, np.bool_)
    for s in order:
        low, high, depth = first[s], first[s + 1], students[0][s]
        alone(s, low, high, slot, linear, 0, students, slots, worths, gain, worth, label)
        partner[: high - low] = False
        classes = partners(low, high, worth, label, usable, many, table, found, begins, marks, partner)
        for c in range(classes):
            top[c] = linear[found[begins[c]]]
        beside[:] = -1
        for p in range(low, high):
            best[p], mark = UNFIT, label[p - low]
            if depth > 0 and mark >= 0 and (partner[p - low] or not usable[p]):
                if beside[mark] < 0:
                    beside[mark] = most_beside(
                        s, mark, depth, classes, marks, top, students, worths, most[number[mark]]
                    )
                if worth[p - low] + beside[mark] > least[s]:
                    best[p] = best_around(
                        s, p, worth[p - low], depth, classes, begins, found, most[number[mark]], held, slot, linear,
                        students, slots, worths, flags, mates[p],
                    )  # fmt: skip
