"""Every student's best bundle of compatible slots under given prices, found exactly.

The linear part of a pair (points, kilometres, tickets, less prices) is handed in; what a bundle earns as a whole is
counted here: a first counting slot, the half-days of need, new sectors, a higher tier. All of it is submodular (a slot
is worth no more in a bundle than alone), which prunes the search. All amounts are integers.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel

NODES = 100_000
"""Search nodes after which a student's value is bounded by the relaxation instead of searched to the end."""
FEW_NODES = 5_000
"""The same where there are very many students."""


@kernel
def need_gain(left, given):
    """``T(left) - T(left - min(left, given))``."""
    after = max(0, left - given)
    return (left * (left + 1) - after * (after + 1)) // 2


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
def outlook(depth, classes, top, class_days, class_counts, class_fresh, hd_left, need_left, need, breadth, cap, ahead):
    """Fill ``ahead[c, m, used, given]``: the most that ``m`` more slots of class ``c`` or a later one can add.

    As if the best slot of each class could be had again and again. ``used`` and ``given`` are half-days so far, all
    and counting (capped at ``cap``). First counting slots and higher tiers are left to the caller.
    """
    for c in range(classes - 1, -1, -1):
        own = top[c] + (breadth if class_fresh[c] else 0)
        for m in range(1, depth + 1):
            for used in range(cap + 1):
                after = used + class_days[c]
                for given in range(used + 1):
                    most = ahead[c + 1, m, used, given]
                    if after <= hd_left:
                        gain = own
                        then = given
                        if class_counts[c]:
                            then = min(cap, given + class_days[c])
                            gain += need * (need_gain(need_left, then) - need_gain(need_left, given))
                        most = max(most, gain + ahead[c, m - 1, min(cap, after), min(then, cap, after)])
                    ahead[c, m, used, given] = most


@kernel
def push(trail, level, value, given, used, online, counting, higher):
    """Go on to a further slot after ``level``; rows of ``trail`` as in ``deepen``."""
    trail[1, level + 1] = trail[1, level]
    trail[2, level + 1] = value
    trail[3, level + 1] = given
    trail[4, level + 1] = used
    trail[5, level + 1] = online
    trail[6, level + 1] = 0 if counting else trail[6, level]
    trail[7, level + 1] = 0 if higher else trail[7, level]


@kernel
def deepen(trail, depth, finish, linear, slot, cap, ahead, facts, worths, slots, known, flags, nodes, best, picks):
    """Search the bundles of the candidates for one better than ``best[0]``, kept in ``best`` and ``picks``.

    Candidates are sorted by class, then ``linear`` descending; class ``c`` ends at ``finish[c]``. ``trail[6:, 0]`` is
    what guarantee and progression still earn. Where the search is cut, after ``nodes``, ``best[0]`` is an upper bound.
    """
    hd_left, virtual_left, need_left, top_tier = facts
    first_counting, need, breadth, progression = worths
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends = slots[:9]
    index, group, value, given = trail[0], trail[1], trail[2], trail[3]
    used, online, first, rise = trail[4], trail[5], trail[6], trail[7]
    level, i = 0, -1
    while level >= 0:
        i += 1
        while group[level] < len(finish) and i >= finish[group[level]]:
            group[level] += 1
        if group[level] >= len(finish):
            level -= 1
            i = index[level]
            continue
        j, more = slot[i], depth - level - 1
        fresh, days = not known[sector[j]], half_days[j] if counts[j] else 0
        spent, gives = used[level] + half_days[j], min(cap, given[level] + days)
        now = value[level] + linear[i] + (breadth if fresh else 0)
        now += need * (need_gain(need_left, given[level] + days) - need_gain(need_left, given[level]))
        hope = ahead[group[level], more, min(cap, spent), gives]
        if now + first[level] + rise[level] + hope <= best[0] or spent > hd_left:
            i = finish[group[level]] - 1
            continue
        nodes -= 1
        if nodes < 0:
            best[0] = max(best[0], ahead[0, depth, 0, 0] + first_counting + progression)
            return
        index[level] = i
        if online[level] + virtual[j] > virtual_left:
            continue
        for t in range(level):
            other = slot[index[t]]
            if not compatible(j, other, employer, begins, ends, in_person, flags[0], flags[1]):
                break
            if fresh and sector[other] == sector[j]:
                fresh, now = False, now - breadth
        else:
            now += (first[level] if counts[j] else 0) + (rise[level] if tier[j] > top_tier else 0)
            if now > best[0]:
                best[0], picks[:] = now, -1
                picks[: level + 1] = index[: level + 1]
            if more > 0:
                push(trail, level, now, gives, spent, online[level] + virtual[j], counts[j], tier[j] > top_tier)
                level += 1


@kernel
def classify(count, where, slot, line, known, top_tier, tier, sector, counts, half_days, longest, order, begin, finish):
    """Sort candidates by class (half-days, counting, new sector, higher tier: descending), then ``line``, descending.

    Fills ``order`` and each class's ``begin`` and ``finish``; returns the number of classes.
    """
    falling = np.argsort(-line[:count], kind="mergesort")
    label = np.empty(count, dtype=np.int64)
    tally = np.zeros(8 * (longest + 1), dtype=np.int64)
    for i in range(count):
        j = slot[where[i]]
        label[i] = half_days[j] * 8 + (4 if counts[j] else 0)
        label[i] += (0 if known[sector[j]] else 2) + (1 if tier[j] > top_tier else 0)
        tally[label[i]] += 1
    classes, total = 0, 0
    place = np.zeros(len(tally), dtype=np.int64)
    for c in range(len(tally) - 1, -1, -1):
        if tally[c] > 0:
            place[c] = total
            begin[classes] = total
            total += tally[c]
            finish[classes] = total
            classes += 1
    for t in range(count):
        i = falling[t]
        order[place[label[i]]] = i
        place[label[i]] += 1
    return classes


@kernel
def search(s, depth, count, where, origin, slot, linear, students, slots, worths, flags, nodes, best, picks):
    """The best bundle of student ``s`` among the candidates ``where[:count]``, as pair positions in ``picks``."""
    hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students[1:]
    sector, tier, counts, half_days, longest = slots[1], slots[2], slots[5], slots[6], slots[9]
    line = linear[where[:count] - origin]
    order = np.empty(count, dtype=np.int64)
    start = np.zeros(count, dtype=np.int64)
    finish = np.zeros(count, dtype=np.int64)
    classes = classify(
        count, where, slot, line, known[s], top_tier[s], tier, sector, counts, half_days, longest, order, start, finish
    )
    pairs = where[:count][order]
    line = line[order]
    lead = slot[pairs[start[:classes]]]
    fresh = np.empty(classes, dtype=np.bool_)
    for c in range(classes):
        fresh[c] = not known[s, sector[lead[c]]]
    cap = min(depth * longest, hd_left[s])
    ahead = np.zeros((classes + 1, depth + 1, cap + 1, cap + 1), dtype=np.int64)
    need, breadth = worths[1], worths[2]
    outlook(
        depth, classes, line[start[:classes]], half_days[lead], counts[lead], fresh,
        hd_left[s], need_left[s], need, breadth, cap, ahead,
    )  # fmt: skip
    trail = np.zeros((8, depth + 1), dtype=np.int64)
    trail[6, 0], trail[7, 0] = 0 if guaranteed[s] else worths[0], 0 if progressed[s] else worths[3]
    facts = (hd_left[s], virtual_left[s], need_left[s], top_tier[s])
    found = np.full(depth, -1, dtype=np.int64)
    ends = finish[:classes]
    deepen(trail, depth, ends, line, slot[pairs], cap, ahead, facts, worths, slots, known[s], flags, nodes, best, found)
    if found[0] >= 0:
        for t in range(depth):
            picks[t] = pairs[found[t]] if found[t] >= 0 else -1


@kernel
def first_worths(need_left, first_counting, need, filled):
    """Fill ``filled`` (by half-days) with what a first counting slot of so many half-days adds to what it is worth."""
    for days in range(len(filled)):
        filled[days] = first_counting + (need * need_gain(need_left, days) if need != 0 else 0)


@kernel
def best_bundles(begin, end, first, slot, linear, students, slots, worths, flags, nodes, bonus, value, choice):
    """Best bundles of the students ``begin`` to ``end``.

    ``first`` and ``slot`` are compressed pairs, with ``linear`` by pair counted from ``first[begin]``; ``bonus`` is
    what having any slot is worth, by student. Fills ``value`` (at least 0) and ``choice`` (pair positions or -1,
    shape (students, depth)). After ``nodes`` search nodes a student's value is an upper bound instead.
    """
    max_slots, hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students
    sector, tier, virtual, counts, half_days, longest = slots[1], slots[2], slots[4], slots[5], slots[6], slots[9]
    first_counting, need, breadth, progression = worths
    origin, filled = first[begin], np.empty(longest + 1, dtype=np.int64)
    for s in range(begin, end):
        value[s] = 0
        depth = min(max_slots[s], choice.shape[1])
        choice[s, :] = -1
        if depth <= 0 or first[s + 1] == first[s]:
            continue
        top, top_pair, count, most = 0, -1, 0, 0
        where = np.empty(first[s + 1] - first[s], dtype=np.int64)
        days_left, online_left, highest = hd_left[s], virtual_left[s], top_tier[s]
        start, rise = 0 if guaranteed[s] else first_counting, 0 if progressed[s] else progression
        first_worths(need_left[s], start, need, filled)
        for p in range(first[s], first[s + 1]):
            j = slot[p]
            if half_days[j] > days_left or virtual[j] > online_left:
                continue
            v = linear[p - origin]
            most = max(most, v)
            if counts[j]:
                v += filled[half_days[j]]
            if not known[s, sector[j]]:
                v += breadth
            if tier[j] > highest:
                v += rise
            if top_pair < 0 or v > top:
                top, top_pair = v, p
            if v > 0:
                where[count] = p
                count += 1
        if top_pair < 0:
            continue
        best = np.full(1, top, dtype=np.int64)
        picks = np.full(depth, -1, dtype=np.int64)
        picks[0] = top_pair
        most = depth * (most + breadth) + start + rise + need * need_gain(need_left[s], min(days_left, depth * longest))
        if depth > 1 and count > 1 and top < most:
            search(s, depth, count, where, origin, slot, linear, students, slots, worths, flags, nodes, best, picks)
        if best[0] + bonus[s] > 0:
            value[s] = best[0] + bonus[s]
            choice[s, :depth] = picks
