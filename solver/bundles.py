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
def deepen(count, depth, worth, linear, suffix, slot, facts, worths, slots, known, flags, best, pick):
    """Improve ``best`` by bundles of two or more of the ``count`` candidates, sorted by ``worth`` alone, descending.

    Returns (best, relaxed): ``relaxed`` says that the search was cut and ``best`` is an upper bound instead.
    """
    hd_left, virtual_left, need_left, guaranteed0, progressed0, top_tier = facts
    first_counting, need, breadth, progression = worths
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends, longest = slots
    clash, repeat = flags
    index = np.zeros(depth + 1, dtype=np.int64)
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
        more = depth - level
        if i >= count:
            level -= 1
            continue
        bound = value[level]
        for t in range(i, min(count, i + more)):
            bound += worth[t]
        if bound > best:
            reach = min(more * longest, hd_left - used[level])
            bonus = need * (need_gain(need_left, given[level] + reach) - need_gain(need_left, given[level]))
            bonus += more * breadth
            if guaranteed[level] == 0:
                bonus += first_counting
            if progressed[level] == 0:
                bonus += progression
            bound = min(bound, value[level] + more * max(0, suffix[i]) + bonus)
        if bound <= best:
            level -= 1
            continue
        nodes += 1
        if nodes > NODES:
            relaxed = 0
            for t in range(min(count, depth)):
                relaxed += worth[t]
            return max(best, relaxed), True
        j = slot[i]
        if used[level] + half_days[j] > hd_left or online[level] + virtual[j] > virtual_left:
            continue
        fits, fresh = True, not known[sector[j]]
        for t in range(level):
            other = slot[index[t]]
            if not compatible(j, other, employer, begins, ends, in_person, clash, repeat):
                fits = False
                break
            if sector[other] == sector[j]:
                fresh = False
        if not fits:
            continue
        now = value[level] + linear[i]
        counting = half_days[j] if counts[j] else 0
        now += need * (need_gain(need_left, given[level] + counting) - need_gain(need_left, given[level]))
        if fresh:
            now += breadth
        if counts[j] and guaranteed[level] == 0:
            now += first_counting
        if tier[j] > top_tier and progressed[level] == 0:
            now += progression
        if now > best:
            best = now
            for t in range(depth):
                pick[t] = index[t] if t <= level else -1
        if more > 1:
            level += 1
            index[level] = i
            value[level] = now
            given[level] = given[level - 1] + counting
            used[level] = used[level - 1] + half_days[j]
            online[level] = online[level - 1] + virtual[j]
            guaranteed[level] = 1 if counts[j] else guaranteed[level - 1]
            progressed[level] = 1 if tier[j] > top_tier else progressed[level - 1]
    return best, False


@kernel
def best_bundles(begin, end, first, slot, linear, students, slots, worths, flags, bonus, value, choice):
    """Best bundles of the students ``begin`` to ``end``.

    ``first`` and ``slot`` are compressed pairs, with ``linear`` by pair counted from ``first[begin]``; ``bonus`` is
    what having any slot is worth, by student. Fills ``value`` (at least 0) and ``choice`` (pair positions or -1,
    shape (students, depth)).
    """
    max_slots, hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends, longest = slots
    first_counting, need, breadth, progression = worths
    origin = first[begin]
    for s in range(begin, end):
        value[s] = 0
        depth = min(max_slots[s], choice.shape[1])
        for t in range(choice.shape[1]):
            choice[s, t] = -1
        if depth <= 0 or first[s + 1] == first[s]:
            continue
        top, top_pair, count = 0, -1, 0
        size = first[s + 1] - first[s]
        alone = np.empty(size, dtype=np.int64)
        where = np.empty(size, dtype=np.int64)
        for p in range(first[s], first[s + 1]):
            j = slot[p]
            if half_days[j] > hd_left[s] or virtual[j] > virtual_left[s]:
                continue
            v = linear[p - origin]
            if counts[j]:
                if need != 0:
                    v += need * need_gain(need_left[s], half_days[j])
                if guaranteed[s] == 0:
                    v += first_counting
            if not known[s, sector[j]]:
                v += breadth
            if tier[j] > top_tier[s] and progressed[s] == 0:
                v += progression
            if top_pair < 0 or v > top:
                top, top_pair = v, p
            if v > 0:
                alone[count] = v
                where[count] = p
                count += 1
        if top_pair < 0:
            continue
        best = top
        choice[s, 0] = top_pair
        if depth > 1 and count > 1:
            order = np.argsort(-alone[:count], kind="mergesort")
            worth = alone[:count][order]
            pairs = where[:count][order]
            line = linear[pairs - origin]
            suffix = line.copy()
            for t in range(count - 2, -1, -1):
                suffix[t] = max(suffix[t], suffix[t + 1])
            pick = np.full(depth, -1, dtype=np.int64)
            facts = (hd_left[s], virtual_left[s], need_left[s], guaranteed[s], progressed[s], top_tier[s])
            best, _ = deepen(count, depth, worth, line, suffix, slot[pairs], facts, worths, slots, known[s], flags, best, pick)
            if pick[0] >= 0:
                for t in range(depth):
                    choice[s, t] = pairs[pick[t]] if pick[t] >= 0 else -1
        if best + bonus[s] <= 0:
            for t in range(depth):
                choice[s, t] = -1
        else:
            value[s] = best + bonus[s]
