"""Every student's best bundle of compatible slots under given prices, found exactly.

The linear part of a pair (points, kilometres, tickets, less prices) is handed in; what a bundle earns as a whole is
counted here: a first counting slot, the half-days of need, new sectors, a higher tier. All of it is submodular (a slot
is worth no more in a bundle than alone), which prunes the search. All amounts are integers.
"""

# ruff: noqa: ANN001, ANN202, FBT001, C901, PLR0912, PLR0915, PLR2004 -- inner loops for a compiler: plain arrays, long and flat
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel

NODES = 100_000
"""Search nodes after which a student's value is bounded by the relaxation instead of searched to the end."""


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
    """Fill ``ahead[m, used, given]``: the most that ``m`` more slots can add, one slot's best of each class at a time.

    ``used`` and ``given`` are half-days so far, all and counting (capped at ``cap``). First counting slots and higher
    tiers are left to the caller.
    """
    for m in range(1, depth + 1):
        for used in range(cap + 1):
            for given in range(used + 1):
                most = 0
                for c in range(classes):
                    after = used + class_days[c]
                    if after > hd_left:
                        continue
                    gain = top[c] + (breadth if class_fresh[c] else 0)
                    then = given
                    if class_counts[c]:
                        then = min(cap, given + class_days[c])
                        gain += need * (need_gain(need_left, then) - need_gain(need_left, given))
                    gain += ahead[m - 1, min(cap, after), min(then, min(cap, after))]
                    most = max(most, gain)
                ahead[m, used, given] = most


@kernel
def deepen(finish, depth, linear, slot, cap, ahead, classes, facts, worths, slots, known, flags, best, picks):
    """Keep in ``best`` (descending) and ``picks`` the best bundles of the candidates, better than those already there.

    Candidates are sorted by class, then ``linear`` descending; class ``c`` ends at ``finish[c]``. Where the search is
    cut, ``best[0]`` is an upper bound instead, and the answer is True.
    """
    last = len(best) - 1
    hd_left, virtual_left, need_left, guaranteed0, progressed0, top_tier = facts
    first_counting, need, breadth, progression = worths
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends, longest = slots
    clash, repeat = flags
    index = np.zeros(depth + 1, dtype=np.int64)
    group = np.zeros(depth + 1, dtype=np.int64)
    value = np.zeros(depth + 1, dtype=np.int64)
    given = np.zeros(depth + 1, dtype=np.int64)
    used = np.zeros(depth + 1, dtype=np.int64)
    online = np.zeros(depth + 1, dtype=np.int64)
    guaranteed = np.zeros(depth + 1, dtype=np.int64)
    progressed = np.zeros(depth + 1, dtype=np.int64)
    guaranteed[0], progressed[0] = guaranteed0, progressed0
    index[0] = -1
    level, nodes = 0, 0
    while level >= 0:
        index[level] += 1
        i = index[level]
        while group[level] < classes and i >= finish[group[level]]:
            group[level] += 1
        if group[level] >= classes:
            level -= 1
            continue
        j = slot[i]
        more = depth - level - 1
        counting = half_days[j] if counts[j] else 0
        now = value[level] + linear[i]
        now += need * (need_gain(need_left, given[level] + counting) - need_gain(need_left, given[level]))
        if not known[sector[j]]:
            now += breadth
        bound = now
        if counts[j] and guaranteed[level] == 0:
            now += first_counting
        if tier[j] > top_tier and progressed[level] == 0:
            now += progression
        spent = used[level] + half_days[j]
        if guaranteed[level] == 0:
            bound += first_counting
        if progressed[level] == 0:
            bound += progression
        bound += ahead[more, min(cap, spent), min(cap, given[level] + counting)]
        if bound <= best[last] or spent > hd_left:
            index[level] = finish[group[level]] - 1
            continue
        nodes += 1
        if nodes > NODES:
            best[0] = max(best[0], ahead[depth, 0, 0] + first_counting + progression)
            return True
        if online[level] + virtual[j] > virtual_left:
            continue
        fits, stale = True, False
        for t in range(level):
            other = slot[index[t]]
            if not compatible(j, other, employer, begins, ends, in_person, clash, repeat):
                fits = False
                break
            if sector[other] == sector[j]:
                stale = True
        if not fits:
            continue
        if stale and not known[sector[j]]:
            now -= breadth
        if now > best[last]:
            rank = last
            while rank > 0 and now > best[rank - 1]:
                best[rank] = best[rank - 1]
                picks[rank] = picks[rank - 1]
                rank -= 1
            best[rank] = now
            for t in range(depth):
                picks[rank, t] = index[t] if t <= level else -1
        if more > 0:
            level += 1
            index[level] = i
            group[level] = group[level - 1]
            value[level] = now
            given[level] = min(cap, given[level - 1] + counting)
            used[level] = spent
            online[level] = online[level - 1] + virtual[j]
            guaranteed[level] = 1 if counts[j] else guaranteed[level - 1]
            progressed[level] = 1 if tier[j] > top_tier else progressed[level - 1]
    return False


@kernel
def classify(count, where, slot, line, known, top_tier, tier, sector, counts, half_days, longest, order, begin, finish):
    """Sort candidates by class (half-days, counting, new sector, higher tier), then ``line`` descending.

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
    for c in range(len(tally)):
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
def search(s, depth, count, where, origin, slot, linear, students, slots, worths, flags, best, picks):
    """The best bundles of student ``s`` among the candidates ``where[:count]``, as pair positions in ``picks``."""
    max_slots, hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends, longest = slots
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
    ahead = np.zeros((depth + 1, cap + 1, cap + 1), dtype=np.int64)
    need, breadth = worths[1], worths[2]
    outlook(
        depth, classes, line[start[:classes]], half_days[lead], counts[lead], fresh,
        hd_left[s], need_left[s], need, breadth, cap, ahead,
    )  # fmt: skip
    facts = (hd_left[s], virtual_left[s], need_left[s], guaranteed[s], progressed[s], top_tier[s])
    found = np.full(picks.shape, -1, dtype=np.int64)
    deepen(finish, depth, line, slot[pairs], cap, ahead, classes, facts, worths, slots, known[s], flags, best, found)
    for rank in range(len(best)):
        if found[rank, 0] >= 0:
            for t in range(depth):
                picks[rank, t] = pairs[found[rank, t]] if found[rank, t] >= 0 else -1


@kernel
def alone(p, s, slot, amount, students, slots, worths):
    """What one pair is worth by itself, its linear part ``amount`` included."""
    max_slots, hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends, longest = slots
    first_counting, need, breadth, progression = worths
    j = slot[p]
    if counts[j]:
        if need != 0:
            amount += need * need_gain(need_left[s], half_days[j])
        if guaranteed[s] == 0:
            amount += first_counting
    if not known[s, sector[j]]:
        amount += breadth
    if tier[j] > top_tier[s] and progressed[s] == 0:
        amount += progression
    return amount


@kernel
def best_bundles(begin, end, first, slot, linear, students, slots, worths, flags, bonus, value, choice):
    """Best bundles of the students ``begin`` to ``end``.

    ``first`` and ``slot`` are compressed pairs, with ``linear`` by pair counted from ``first[begin]``; ``bonus`` is
    what having any slot is worth, by student. Fills ``value`` (at least 0) and ``choice`` (pair positions or -1,
    shape (students, depth)).
    """
    max_slots, hd_left, virtual_left = students[0], students[1], students[2]
    virtual, half_days = slots[4], slots[6]
    origin = first[begin]
    for s in range(begin, end):
        value[s] = 0
        depth = min(max_slots[s], choice.shape[1])
        choice[s, :] = -1
        if depth <= 0 or first[s + 1] == first[s]:
            continue
        top, top_pair, count = 0, -1, 0
        where = np.empty(first[s + 1] - first[s], dtype=np.int64)
        for p in range(first[s], first[s + 1]):
            if half_days[slot[p]] > hd_left[s] or virtual[slot[p]] > virtual_left[s]:
                continue
            v = alone(p, s, slot, linear[p - origin], students, slots, worths)
            if top_pair < 0 or v > top:
                top, top_pair = v, p
            if v > 0:
                where[count] = p
                count += 1
        if top_pair < 0:
            continue
        best = np.full(1, top, dtype=np.int64)
        picks = np.full((1, depth), -1, dtype=np.int64)
        picks[0, 0] = top_pair
        if depth > 1 and count > 1:
            search(s, depth, count, where, origin, slot, linear, students, slots, worths, flags, best, picks)
        if best[0] + bonus[s] > 0:
            value[s] = best[0] + bonus[s]
            choice[s, :depth] = picks[0]


@kernel
def many_bundles(wanted, first, slot, linear, students, slots, worths, flags, least, best, picks):
    """The best bundles of every wanted student: ``best[i]`` descending and ``picks[i]`` as pair positions or -1.

    ``linear`` is by pair from 0. Only bundles worth more than ``least[i]`` are kept; unused places stay at ``least[i]``.
    """
    max_slots, hd_left, virtual_left = students[0], students[1], students[2]
    virtual, half_days = slots[4], slots[6]
    for i in range(len(wanted)):
        s = wanted[i]
        best[i, :] = least[i]
        picks[i, :, :] = -1
        depth = min(max_slots[s], picks.shape[2])
        if depth <= 0:
            continue
        where = np.empty(first[s + 1] - first[s], dtype=np.int64)
        count = 0
        for p in range(first[s], first[s + 1]):
            if half_days[slot[p]] > hd_left[s] or virtual[slot[p]] > virtual_left[s]:
                continue
            if alone(p, s, slot, linear[p], students, slots, worths) > min(0, least[i]):
                where[count] = p
                count += 1
        if count > 0:
            own = np.full((picks.shape[1], depth), -1, dtype=np.int64)
            search(s, depth, count, where, 0, slot, linear, students, slots, worths, flags, best[i], own)
            picks[i, :, :depth] = own


@kernel
def single_moves(wanted, kept, first, slot, linear, students, slots, worths, flags, best, picks):
    """For every wanted student the pairs that add most to what is kept: ``best`` descending, ``picks`` pairs or -1.

    ``kept``: pair positions or -1, shape (wanted, depth). ``best`` and ``picks``: shape (wanted, many).
    """
    max_slots, hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends, longest = slots
    first_counting, need, breadth, progression = worths
    clash, repeat = flags
    many = best.shape[1]
    for i in range(len(wanted)):
        s = wanted[i]
        picks[i, :] = -1
        held, spent, online, given, sure, higher = 0, 0, 0, 0, guaranteed[s], progressed[s]
        for t in range(kept.shape[1]):
            if kept[i, t] >= 0:
                j = slot[kept[i, t]]
                held += 1
                spent += half_days[j]
                online += virtual[j]
                if counts[j]:
                    given += half_days[j]
                    sure = 1
                if tier[j] > top_tier[s]:
                    higher = 1
        if held >= max_slots[s]:
            continue
        size = first[s + 1] - first[s]
        gain = np.empty(size, dtype=np.int64)
        where = np.empty(size, dtype=np.int64)
        count = 0
        for p in range(first[s], first[s + 1]):
            j = slot[p]
            if spent + half_days[j] > hd_left[s] or online + virtual[j] > virtual_left[s]:
                continue
            fits, fresh = True, not known[s, sector[j]]
            for t in range(kept.shape[1]):
                if kept[i, t] >= 0:
                    other = slot[kept[i, t]]
                    if other == j or not compatible(j, other, employer, begins, ends, in_person, clash, repeat):
                        fits = False
                        break
                    if sector[other] == sector[j]:
                        fresh = False
            if not fits:
                continue
            v = linear[p]
            if counts[j]:
                v += need * (need_gain(need_left[s], given + half_days[j]) - need_gain(need_left[s], given))
                if sure == 0:
                    v += first_counting
            if fresh:
                v += breadth
            if tier[j] > top_tier[s] and higher == 0:
                v += progression
            gain[count] = v
            where[count] = p
            count += 1
        order = np.argsort(-gain[:count], kind="mergesort")
        for t in range(min(many, count)):
            best[i, t] = gain[order[t]]
            picks[i, t] = where[order[t]]
