"""Every student's best bundle of compatible slots under given prices, found exactly.

The linear part of a pair (points, kilometres, tickets, less prices) is handed in; what a bundle earns as a whole is
counted here: a first counting slot, the half-days of need, new sectors, a higher tier. All of it is submodular (a slot
is worth no more in a bundle than alone), which prunes the search. All amounts are integers.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.alone import UNFIT, alone, need_gain, numbered_marks, put_in_rank, widest_of
from solver.kernels import kernel

NODES = 100_000
"""Search nodes after which a student's value is bounded by the relaxation instead of searched to the end."""
FEW_NODES = 100
"""The same where there are very many students."""
FEW = 2
"""Candidates of every class among which a good bundle is looked for first."""


@kernel
def compatible(j, i, employer, begins, ends, in_person, clash, repeat):
    """Whether one student can have both slots."""
    if repeat and employer[j] == employer[i]:
        return False
    if not clash:
        return True
    if begins[j] <= ends[i] and begins[i] <= ends[j]:
        return False
    together = in_person[j] and in_person[i]
    return not (together and begins[j] // 2 <= ends[i] // 2 and begins[i] // 2 <= ends[j] // 2)


@kernel
def reach(depth, classes, days, gives, cap, place, used, given, upto, after):
    """The states that slots of the classes lead to: half-days ``used`` and counting half-days ``given``.

    State 0 is none of either; ``upto[m]`` states need ``m`` slots or fewer. ``after[c, state]`` is the state after one
    more slot of class ``c``, or -1 where that is more than ``cap`` half-days.
    """
    place[: cap + 1, : cap + 1] = -1
    used[0], given[0], place[0, 0], upto[0], total = 0, 0, 0, 1, 1
    for m in range(depth):
        for state in range(upto[m - 1] if m > 0 else 0, upto[m]):
            for c in range(classes):
                u, g = used[state] + days[c], given[state] + gives[c]
                if u > cap:
                    after[c, state] = -1
                    continue
                if place[u, g] < 0:
                    place[u, g], used[total], given[total] = total, u, g
                    total += 1
                after[c, state] = place[u, g]
        upto[m + 1] = total


@kernel
def outlook(depth, classes, few, marks, line, gain, after, upto, ahead):
    """Fill ``ahead[c, m, state]``: the most that ``m`` more slots of class ``c`` or a later one can add.

    As if the best slot of each class, ``few[mark, 0]``, could be had again and again. First counting slots and higher
    tiers are left to the caller.
    """
    ahead[classes, :, : upto[depth]] = 0
    for c in range(classes - 1, -1, -1):
        top = line[few[marks[c], 0]]
        for m in range(1, depth + 1):
            for state in range(upto[depth - m]):
                most = ahead[c + 1, m, state]
                then = after[c, state]
                if then >= 0:
                    most = max(most, top + gain[c, state] + ahead[c, m - 1, then])
                ahead[c, m, state] = most


@kernel
def push(trail, level, value, then, online, counting, higher):
    """Go on to a further slot after ``level``; rows of ``trail`` as in ``deepen``."""
    trail[1, level + 1] = trail[1, level]
    trail[2, level + 1] = value
    trail[3, level + 1] = then
    trail[4, level + 1] = online
    trail[5, level + 1] = 0 if counting else trail[5, level]
    trail[6, level + 1] = 0 if higher else trail[6, level]


@kernel
def deepen(
    trail, finish, these, where, line, slot, gain, after, ahead, facts, breadth, slots, known, flags, nodes, best, picks
):  # fmt: skip
    """Search the bundles of the candidates ``these`` for one better than ``best[0]``, kept in ``best`` and ``picks``.

    They are sorted by class, then ``line`` descending; class ``c`` ends at ``finish[c]``. ``trail[5:, 0]`` is what
    guarantee and progression still earn. Where the search is cut, after ``nodes``, ``best[0]`` is an upper bound.
    """
    virtual_left, top_tier = facts
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends = slots[:9]
    index, group, value, state, online, first, rise = trail
    depth, level, i = len(picks), 0, -1
    while level >= 0:
        i += 1
        while group[level] < len(finish) and i >= finish[group[level]]:
            group[level] += 1
        if group[level] >= len(finish):
            level -= 1
            i = index[level]
            continue
        c, more = group[level], depth - level - 1
        then = after[c, state[level]]
        now = value[level] + line[these[i]] + gain[c, state[level]]
        if then < 0 or now + first[level] + rise[level] + ahead[c, more, then] <= best[0]:
            i = finish[c] - 1
            continue
        nodes -= 1
        if nodes < 0:
            best[0] = max(best[0], ahead[0, depth, 0] + first[0] + rise[0])
            return
        index[level] = i
        j = slot[where[these[i]]]
        if online[level] + virtual[j] > virtual_left:
            continue
        fresh = not known[sector[j]]
        for t in range(level):
            other = slot[where[these[index[t]]]]
            if not compatible(j, other, employer, begins, ends, in_person, flags[0], flags[1]):
                break
            if fresh and sector[other] == sector[j]:
                fresh, now = False, now - breadth
        else:
            now += (first[level] if counts[j] else 0) + (rise[level] if tier[j] > top_tier else 0)
            if now > best[0]:
                best[0], picks[:] = now, -1
                for t in range(level + 1):
                    picks[t] = where[these[index[t]]]
            if more > 0:
                push(trail, level, now, then, online[level] + virtual[j], counts[j], tier[j] > top_tier)
                level += 1


@kernel
def by_class(these, line, label, place, finish):
    """The candidates ``these`` by class (``place[label]``), then ``line`` descending; fills ``finish`` by class."""
    finish[:] = 0
    for i in these:
        finish[place[label[i]]] += 1
    total = 0
    for c in range(len(finish)):
        total += finish[c]
        finish[c] = total - finish[c]
    order = np.empty(len(these), dtype=np.int64)
    for t in np.argsort(-line[these], kind="mergesort"):
        c = place[label[these[t]]]
        order[finish[c]] = these[t]
        finish[c] += 1
    return order


@kernel
def best_apart(depth, count, where, worth, slot, employer, repeat):
    """What ``depth`` candidates of different employers are worth alone at most, together, and the least of them.

    No bundle is worth more, and one with a candidate worth less than that least loses the difference. Without the rule
    ``repeat`` employers may be the same.
    """
    tops, together, last = np.full(depth, -1, dtype=np.int64), 0, 0
    for i in range(count):
        if tops[-1] >= 0 and worth[i] <= worth[tops[-1]]:
            continue
        at = depth - 1
        for t in range(depth):
            if repeat and tops[t] >= 0 and employer[slot[where[tops[t]]]] == employer[slot[where[i]]]:
                at = t
                break
        if tops[at] >= 0 and worth[i] <= worth[tops[at]]:
            continue
        while at > 0 and (tops[at - 1] < 0 or worth[tops[at - 1]] < worth[i]):
            tops[at] = tops[at - 1]
            at -= 1
        tops[at] = i
    for top in tops:
        if top >= 0:
            together, last = together + worth[top], worth[top]
    return together, last


@kernel
def may_better(count, line, worth, label, place, apart, best, after, gain, ahead, more, these):
    """Fill ``these`` with the candidates that may be in a bundle worth more than ``best``; how many.

    By what the best others of different employers are worth (``apart``: see ``best_apart``), and by what the classes
    add: ``ahead`` by state, and ``more`` whatever the classes.
    """
    total, (together, last) = 0, apart
    for i in range(count if together > best else 0):
        c = place[label[i]]
        then = after[c, 0]
        if then < 0 or together + min(0, worth[i] - last) <= best:
            continue
        if line[i] + gain[c, 0] + ahead[then] + more > 0:
            these[total] = i
            total += 1
    return total


@kernel
def search(
    s, depth, count, where, line, worth, label, few, slot, students, slots, worths, flags, nodes, room, best, picks
):  # fmt: skip
    """The best bundle of student ``s`` among the candidates ``where[:count]``, as pair positions in ``picks``.

    ``worth`` is what they are worth alone. ``few[mark, :]`` are the best candidates of class ``mark`` (positions in
    ``where``, or -1). A good bundle of those comes first: then only candidates are searched that could be in a better
    one, by what the classes add and by what the best others are worth alone. ``room`` is for intermediate results.
    """
    hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students[1:]
    first_counting, need, breadth, progression = worths
    at, used, given, upto, after, gain, ahead, filled, place, marks, days, gives, finish, these, trail = room
    cap, classes, total = min(depth * slots[9], hd_left[s]), 0, 0
    for mark in range(len(few) - 1, -1, -1):
        if few[mark, 0] >= 0:
            place[mark], marks[classes], days[classes] = classes, mark, mark // 8
            gives[classes] = mark // 8 if mark // 4 % 2 == 1 else 0
            for t in range(FEW):
                if few[mark, t] >= 0:
                    these[total] = few[mark, t]
                    total += 1
            finish[classes] = total
            classes += 1
    reach(depth, classes, days, gives, cap, at, used, given, upto, after)
    for g in range(cap + 1):
        filled[g] = need * need_gain(need_left[s], g) if need != 0 else 0
    for c in range(classes):
        own = breadth if marks[c] // 2 % 2 == 1 else 0
        for state in range(upto[depth - 1]):
            gain[c, state] = own + filled[min(cap, given[state] + gives[c])] - filled[given[state]]
    outlook(depth, classes, few, marks, line, gain, after, upto, ahead)
    trail[:, 0] = 0
    trail[5, 0] = first_counting if guaranteed[s] == 0 else 0
    trail[6, 0] = progression if progressed[s] == 0 else 0
    facts, own = (virtual_left[s], top_tier[s]), known[s]
    deepen(
        trail, finish[:classes], these, where, line, slot, gain, after, ahead, facts, breadth, slots, own, flags, nodes,
        best, picks,
    )  # fmt: skip
    apart, more = best_apart(depth, count, where, worth, slot, slots[0], flags[1]), trail[5, 0] + trail[6, 0] - best[0]
    total = may_better(count, line, worth, label, place, apart, best[0], after, gain, ahead[0, depth - 1], more, these)
    if total > 0:
        trail[:5, 0] = 0
        order = by_class(these[:total], line, label, place, finish[:classes])
        deepen(
            trail, finish[:classes], order, where, line, slot, gain, after, ahead, facts, breadth, slots, own, flags,
            nodes, best, picks,
        )  # fmt: skip


@kernel
def search_room(order, depth, widest, hd_left, slots):
    """Arrays for intermediate results of ``search``, for the students ``order``, of ``widest`` options."""
    most, marks = 0, 8 * (slots[9] + 1)
    for s in order:
        most = max(most, hd_left[s])
    cap, kinds = min(depth * slots[9], most), numbered_marks(slots[6], slots[5], np.empty(marks, dtype=np.int64))
    states = (cap + 1) * (cap + 2) // 2
    return (
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
        np.empty(max(widest, FEW * marks), dtype=np.int64),
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
    longest, widest = slots[9], widest_of(order, first)
    room = search_room(order, choice.shape[1], widest, hd_left, slots)
    where, line, label = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(widest, np.int64)
    worth, gain = np.empty(widest, np.int64), np.empty(longest + 1, np.int64)
    few = np.empty((8 * (longest + 1), FEW), dtype=np.int64)
    for n in range(len(order)):
        s = order[n]
        value[s], choice[s, :] = 0, -1
        low, depth = first[s], min(max_slots[s], choice.shape[1])
        origin = low - at[n]
        if depth <= 0 or first[s + 1] == low:
            continue
        top, top_pair, count, most = UNFIT, -1, 0, 0
        alone(s, low, first[s + 1], slot, linear, origin, students, slots, worths, gain, worth, label)
        for i in range(first[s + 1] - low):
            mark = label[i]
            this = worth[i] if mark >= 0 else UNFIT
            if this > top:
                top, top_pair = this, low + i
            where[count], line[count], worth[count], label[count] = low + i, linear[low + i - origin], this, mark
            count += 1 if this > 0 else 0
        if top_pair < 0:
            continue
        for c in range(count):
            most = max(most, line[c])
        best, picks = np.full(1, top, dtype=np.int64), np.full(depth, -1, dtype=np.int64)
        picks[0] = top_pair
        most = depth * (most + breadth) + need * need_gain(need_left[s], min(hd_left[s], depth * longest))
        most += (0 if guaranteed[s] else first_counting) + (0 if progressed[s] else progression)
        if depth > 1 and count > 1 and top < most:
            few[:] = -1
            for c in range(count):
                put_in_rank(few[label[c]], line, c)
            search(
                s, depth, count, where, line, worth, label, few, slot, students, slots, worths, flags, nodes, room,
                best, picks,
            )  # fmt: skip
        if best[0] + bonus[s] > 0:
            value[s] = best[0] + bonus[s]
            choice[s, :depth] = picks
