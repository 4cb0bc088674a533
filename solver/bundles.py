"""Every student's best bundle of compatible slots under given prices, found exactly.

The linear part of a pair (points, kilometres, tickets, less prices) is handed in; what a bundle earns as a whole is
counted here: a first counting slot, the half-days of need, new sectors, a higher tier. All of it is submodular (a slot
is worth no more in a bundle than alone), which prunes the search. All amounts are integers.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.alone import SECTOR, UNFIT, VIRTUAL, alone, need_gain, numbered_marks, widest_of
from solver.beside import compatible
from solver.kernels import kernel
from solver.outlook import (
    FACTS,
    LINE,
    SPAN,
    WHERE,
    best_of_classes,
    classes_of,
    may_better,
    may_better_apart,
    onwards,
    outlook,
    reach,
)

NODES = 100_000
"""Search nodes after which a student's value is bounded by the relaxation instead of searched to the end."""
FEW_NODES = 100
"""The same where there are very many students."""
FEW = 2
"""Candidates of every class, of different employers, whose worth says what others of the class can add."""
INDEX, CLASS, VALUE, STATE, ONLINE, FIRST, RISE = range(7)
"""What is known at every depth of a search: the candidate and class tried, what those before come to, what is left."""


@kernel
def joins_picked(i, level, trail, these, flags):
    """How candidate ``i`` goes with those before ``level``: not at all (-1), in a sector of theirs (1) or not (0)."""
    shared = 0
    for t in range(level):
        other = trail[INDEX, t]
        if not compatible(these[i, SPAN], these[other, SPAN], flags[0], flags[1]):
            return -1
        if these[other, FACTS] >> SECTOR == these[i, FACTS] >> SECTOR:
            shared = 1
    return shared


@kernel
def deepen(trail, classes, finish, marks, these, gain, after, ahead, virtual_left, breadth, flags, nodes, best, picks):
    """Search the bundles of the candidates ``these`` for one better than ``best``, then kept in ``picks``; the best.

    They are sorted by class, then by linear worth descending; class ``c`` ends at ``finish[c]``. ``trail[FIRST, 0]``
    and ``trail[RISE, 0]`` are what guarantee and progression still earn. Where the search is cut, after ``nodes``, what
    it returns is an upper bound.
    """
    depth, level, i = len(picks), 0, -1
    while level >= 0:
        i += 1
        c = trail[CLASS, level]
        while c < classes and i >= finish[c]:
            c += 1
        trail[CLASS, level] = c
        if c == classes:
            level -= 1
            i = trail[INDEX, level]
            continue
        more, state, first, rise = depth - level - 1, trail[STATE, level], trail[FIRST, level], trail[RISE, level]
        then, now = after[c, state], trail[VALUE, level] + these[i, LINE] + gain[c, state]
        missing = best - now - first - rise
        if (
            then < 0
            or ahead[c, more, then] <= missing
            or (more > 0 and onwards(c, i, more, then, finish, these, gain, after, ahead) <= missing)
        ):
            i = finish[c] - 1
            continue
        nodes -= 1
        if nodes < 0:
            return max(best, ahead[0, depth, 0] + trail[FIRST, 0] + trail[RISE, 0])
        trail[INDEX, level] = i
        mark, online = marks[c], trail[ONLINE, level] + (these[i, FACTS] >> VIRTUAL & 1)
        if online > virtual_left:
            continue
        shared = joins_picked(i, level, trail, these, flags)
        if shared < 0:
            continue
        now += (first if mark & 4 else 0) + (rise if mark & 1 else 0) - (breadth if shared and mark & 2 else 0)
        if now > best:
            best = now
            picks[:] = -1
            for t in range(level + 1):
                picks[t] = these[trail[INDEX, t], WHERE]
        if more > 0:
            level += 1
            trail[CLASS, level], trail[VALUE, level], trail[STATE, level] = c, now, then
            trail[ONLINE, level] = online
            trail[FIRST, level], trail[RISE, level] = 0 if mark & 4 else first, 0 if mark & 1 else rise
    return best


@kernel
def by_class(total, order, line, label, place, classes, finish, sorted_):
    """Fill ``sorted_`` with the candidates ``order[:total]`` by class (``place[label]``), then ``line`` descending.

    Fills ``finish`` by class, too. Sorted within a class by Shell's method: there are few of them, or they are many.
    """
    finish[:classes] = 0
    for t in range(total):
        finish[place[label[order[t]]]] += 1
    begin = 0
    for c in range(classes):
        begin, finish[c] = begin + finish[c], begin
    for t in range(total):
        c = place[label[order[t]]]
        sorted_[finish[c]] = order[t]
        finish[c] += 1
    begin = 0
    for c in range(classes):
        gap = (finish[c] - begin) // 2
        while gap > 0:
            for t in range(begin + gap, finish[c]):
                this, at = sorted_[t], t
                while at >= begin + gap and (
                    line[sorted_[at - gap]] < line[this]
                    or (line[sorted_[at - gap]] == line[this] and sorted_[at - gap] > this)
                ):
                    sorted_[at] = sorted_[at - gap]
                    at -= gap
                sorted_[at] = this
            gap //= 2
        begin = finish[c]


@kernel
def laid_out(few, width, classes, marks, finish, order):
    """Fill ``order`` with ``few[mark, :width]`` class by class, and ``finish`` by class; how many they are."""
    total = 0
    for c in range(classes):
        for t in range(width):
            if few[marks[c], t] >= 0:
                order[total] = few[marks[c], t]
                total += 1
        finish[c] = total
    return total


@kernel
def gathered(total, order, where, line, span, slot, packed, these):
    """Fill ``these`` with what is known of the candidates ``order[:total]``."""
    for t in range(total):
        i = order[t]
        these[t, WHERE], these[t, LINE], these[t, FACTS], these[t, SPAN] = (
            where[i],
            line[i],
            packed[slot[where[i]]],
            span[i],
        )


@kernel
def search(
    s, depth, count, where, line, worth, label, span, slot, students, slots, worths, flags, nodes, room, best, picks
):  # fmt: skip
    """The best bundle of student ``s`` among ``count`` candidates, as pair positions in ``picks``; what it is worth.

    By candidate: the pair ``where`` it is, its ``worth`` alone, the mark of its class (``label``) and its slot's
    ``span``. A good bundle of the best of every class comes first (``few[mark, 0]``, a position or -1): then only
    candidates are searched that could be in a better one; where these are more than ``nodes`` only the best of every
    class are, and what is returned is an upper bound. ``room`` is for intermediate results.
    """
    hd_left, virtual_left, need_left, guaranteed, progressed = students[1:6]
    first_counting, need, breadth, progression = worths
    (
        few, at, used, given, upto, after, gain, ahead, filled, place, marks, days, gives, finish, order, chosen, least,
        these, trail,
    ) = room  # fmt: skip
    cap, classes = min(depth * slots[5], hd_left[s]), classes_of(count, line, label, few, place, marks, days, gives)
    laid_out(few, 1, classes, marks, finish, order)
    reach(depth, classes, days, gives, cap, at, used, given, upto, after)
    for g in range(cap + 1):
        filled[g] = need * need_gain(need_left[s], g) if need != 0 else 0
    for c in range(classes):
        for state in range(upto[depth - 1]):
            more = filled[min(cap, given[state] + gives[c])] - filled[given[state]]
            gain[c, state] = more + (breadth if marks[c] & 2 else 0)
    outlook(depth, classes, few, 1, marks, line, gain, after, upto, ahead)
    first, rise = first_counting if guaranteed[s] == 0 else 0, progression if progressed[s] == 0 else 0
    trail[:, 0], trail[FIRST, 0], trail[RISE, 0] = 0, first, rise
    gathered(classes, order, where, line, span, slot, slots[6], these)
    best = deepen(
        trail, classes, finish, marks, these, gain, after, ahead, virtual_left[s], breadth, flags, nodes, best, picks
    )
    total = may_better(count, line, label, place, best, after, gain, ahead[0, depth - 1], first + rise, chosen)
    total = may_better_apart(depth, total, chosen, worth, span, flags[1], best)
    if total > 0:
        best_of_classes(total, chosen, line, label, span, flags[1], classes, place, marks, least, few)
        outlook(depth, classes, few, FEW, marks, line, gain, after, upto, ahead)
        cut = total > nodes
        if cut:
            total = laid_out(few, FEW, classes, marks, finish, order)
        else:
            by_class(total, chosen, line, label, place, classes, finish, order)
        gathered(total, order, where, line, span, slot, slots[6], these)
        trail[:FIRST, 0] = 0
        best = deepen(
            trail, classes, finish, marks, these, gain, after, ahead, virtual_left[s], breadth, flags, nodes, best,
            picks,
        )  # fmt: skip
        best = max(best, ahead[0, depth, 0] + first + rise) if cut else best
    return best


@kernel
def search_room(order, depth, widest, hd_left, slots):
    """Arrays for intermediate results of ``search``, for the students ``order``, of ``widest`` options."""
    most, marks = 0, 8 * (slots[5] + 1)
    for s in order:
        most = max(most, hd_left[s])
    cap, kinds = min(depth * slots[5], most), numbered_marks(slots[4], slots[3], np.empty(marks, dtype=np.int64))
    states, widest = (cap + 1) * (cap + 2) // 2, max(widest, kinds)
    return (
        np.empty((marks, FEW), dtype=np.int64),
        np.empty((cap + 1, cap + 1), dtype=np.int64),
        np.empty(states, dtype=np.int64),
        np.empty(states, dtype=np.int64),
        np.empty(depth + 1, dtype=np.int64),
        np.empty((kinds, states), dtype=np.int64),
        np.empty((kinds, states), dtype=np.int64),
        np.zeros((kinds + 1, depth + 1, states), dtype=np.int64),
        np.empty(cap + 1, dtype=np.int64),
        np.empty(marks, dtype=np.int64),
        np.empty(kinds, dtype=np.int64),
        np.empty(kinds, dtype=np.int64),
        np.empty(kinds, dtype=np.int64),
        np.empty(kinds, dtype=np.int64),
        np.empty(widest, dtype=np.int64),
        np.empty(widest, dtype=np.int64),
        np.empty(kinds, dtype=np.int64),
        np.empty((widest, 4), dtype=np.int64),
        np.zeros((7, depth + 1), dtype=np.int64),
    )


@kernel
def best_bundles(order, at, first, slot, linear, students, slots, worths, flags, nodes, bonus, value, choice):
    """Best bundles of the students ``order``.

    ``first`` and ``slot`` are compressed pairs, with ``linear`` by pair, those of ``order[i]`` from ``at[i]`` on;
    ``bonus`` is what having any slot is worth, by student. Fills ``value`` (at least 0) and ``choice`` (pair positions
    or -1, shape (students, depth)). After ``nodes`` search nodes a student's value is an upper bound instead.
    """
    max_slots, hd_left = students[:2]
    need_left, guaranteed, progressed = students[3:6]
    first_counting, need, breadth, progression = worths
    longest, spans, widest = slots[5], slots[7], widest_of(order, first)
    room = search_room(order, choice.shape[1], widest, hd_left, slots)
    where, line, label = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(widest, np.int64)
    worth, span, gain = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(longest + 1, np.int64)
    for n in range(len(order)):
        s = order[n]
        value[s], choice[s, :] = 0, -1
        low, depth = first[s], min(max_slots[s], choice.shape[1])
        origin = low - at[n]
        if depth <= 0 or first[s + 1] == low:
            continue
        best, top_pair, count, most = UNFIT, -1, 0, 0
        alone(s, low, first[s + 1], slot, linear, origin, students, slots, worths, gain, worth, label)
        for i in range(first[s + 1] - low):
            mark = label[i]
            this = worth[i] if mark >= 0 else UNFIT
            if this > best:
                best, top_pair = this, low + i
            where[count], line[count], worth[count], label[count] = low + i, linear[low + i - origin], this, mark
            span[count] = spans[slot[low + i]]
            count += 1 if this > 0 else 0
        if top_pair < 0:
            continue
        for c in range(count):
            most = max(most, line[c])
        picks = choice[s, :depth]
        picks[0] = top_pair
        most = depth * (most + breadth) + need * need_gain(need_left[s], min(hd_left[s], depth * longest))
        most += (0 if guaranteed[s] else first_counting) + (0 if progressed[s] else progression)
        if depth > 1 and count > 1 and best < most:
            best = search(
                s, depth, count, where, line, worth, label, span, slot, students, slots, worths, flags, nodes,
                room, best, picks,
            )  # fmt: skip
        if best + bonus[s] > 0:
            value[s] = best + bonus[s]
        else:
            choice[s, :] = -1
