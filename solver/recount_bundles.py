"""Every student's best bundle, for the recount: a small search of its own, found exactly or never too low.

Slots are tried in the order of what each adds; what a slot adds can only shrink as others join it, so the largest
that are left bound what is still to come. Fifteen thousand students are too many for Python, so the loops are plain
functions that ``solver.kernels`` compiles for large rounds, which is all that is shared with the solver's own search.
"""

# ruff: noqa: ANN001, ANN201, C901, PLR0912, SIM110 -- inner loops for a compiler: plain arrays, long and flat
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel

PAIR = 2
STEPS = 20_000_000
"""Steps after which a student's search ends with the bound it began with instead of the exact answer."""


@kernel
def recount_together(j, i, slots):
    """Whether one student can have both slots."""
    employer, _, _, in_person, _, _, _, begins, ends = slots
    if employer[j] == employer[i] or (begins[j] <= ends[i] and begins[i] <= ends[j]):
        return False
    one_day = begins[j] // 2 <= ends[i] // 2 and begins[i] // 2 <= ends[j] // 2
    return not (one_day and in_person[j] != 0 and in_person[i] != 0)


@kernel
def recount_gain(s, j, amount, picked, count, students, slots, earned):
    """What slot ``j``, worth ``amount`` by itself, adds to the slots ``picked[:count]``."""
    _, _, _, need_left, guaranteed, progressed, top_tier, known = students
    _, sector, tier, _, _, counts, half_days, _, _ = slots
    guarantee, need, breadth, progression = earned
    sure, higher, fresh, given = guaranteed[s] != 0, progressed[s] != 0, known[s, sector[j]] == 0, 0
    for t in range(count):
        i = picked[t]
        if counts[i] != 0:
            sure = True
            given += half_days[i]
        if tier[i] > top_tier[s]:
            higher = True
        if sector[i] == sector[j]:
            fresh = False
    if counts[j] != 0:
        before = max(0, need_left[s] - given)
        after = max(0, before - half_days[j])
        amount += need * ((before * (before + 1) - after * (after + 1)) // 2)
        if not sure:
            amount += guarantee
    if fresh:
        amount += breadth
    if tier[j] > top_tier[s] and not higher:
        amount += progression
    return amount


@kernel
def recount_joins(s, j, picked, count, students, slots):
    """Whether slot ``j`` fits beside ``picked[:count]``: limits, days and employers."""
    _, hd_left, virtual_left, _, _, _, _, _ = students
    _, _, _, _, virtual, _, half_days, _, _ = slots
    days, online = half_days[j], virtual[j]
    for t in range(count):
        days += half_days[picked[t]]
        online += virtual[picked[t]]
    if days > hd_left[s] or online > virtual_left[s]:
        return False
    for t in range(count):
        if not recount_together(j, picked[t], slots):
            return False
    return True


@kernel
def recount_search(s, depth, where, gain, own, best, students, slots, earned):
    """The best bundle of up to ``depth`` of the slots ``where``, sorted by ``gain`` (alone), descending.

    ``own``: what each is worth by itself before goals of the bundle; ``best``: a value already at hand.
    """
    size = len(where)
    top = 0
    for i in range(min(depth, size)):
        top += gain[i]
    if top <= best:
        return best
    level_where = np.zeros((depth, size), dtype=np.int64)
    level_gain = np.zeros((depth, size), dtype=np.int64)
    level_own = np.zeros((depth, size), dtype=np.int64)
    level_size = np.zeros(depth, dtype=np.int64)
    at = np.zeros(depth, dtype=np.int64)
    value = np.zeros(depth + 1, dtype=np.int64)
    picked = np.zeros(depth + 1, dtype=np.int64)
    level_where[0], level_gain[0], level_own[0], level_size[0] = where, gain, own, size
    level, steps = 0, 0
    while level >= 0:
        i, left = at[level], depth - level
        reach = value[level]
        for t in range(i, min(level_size[level], i + left)):
            reach += level_gain[level, t]
        if i >= level_size[level] or reach <= best:
            level -= 1
            continue
        at[level] += 1
        picked[level] = level_where[level, i]
        now = value[level] + level_gain[level, i]
        best = max(best, now)
        count, others = 0, 0
        for t in range(i + 1, min(level_size[level], i + left - 1)):
            others += level_gain[level, t]
        for t in range(i + 1, level_size[level]):
            if left == 1 or now + others + level_gain[level, t] <= best:
                break
            steps += 1
            j = level_where[level, t]
            if not recount_joins(s, j, picked, level + 1, students, slots):
                continue
            more = recount_gain(s, j, level_own[level, t], picked, level + 1, students, slots, earned)
            if more <= 0:
                continue
            best = max(best, now + more)
            if left > PAIR:
                level_where[level + 1, count] = j
                level_gain[level + 1, count] = more
                level_own[level + 1, count] = level_own[level, t]
                count += 1
        if steps > STEPS:
            return max(best, top)
        if count > 1:
            level += 1
            order = np.argsort(-level_gain[level, :count], kind="mergesort")
            level_where[level, :count] = level_where[level, :count][order]
            level_own[level, :count] = level_own[level, :count][order]
            level_gain[level, :count] = level_gain[level, :count][order]
            level_size[level], at[level], value[level] = count, 0, now
    return best


@kernel
def recount_bundles(begin, end, first, slot, pair, students, slots, earned, bonus, best):
    """Fill ``best`` for the students ``begin`` to ``end``: the most that any bundle is worth, nothing being worth 0.

    ``pair`` is what each pair is worth by itself, from ``first[begin]``; ``bonus`` is worth having any slot at all.
    """
    max_slots = students[0]
    nothing = np.zeros(1, dtype=np.int64)
    for s in range(begin, end):
        best[s] = 0
        size = first[s + 1] - first[s]
        if max_slots[s] <= 0 or size == 0:
            continue
        where = np.zeros(size, dtype=np.int64)
        gain = np.zeros(size, dtype=np.int64)
        own = np.zeros(size, dtype=np.int64)
        count, any_fits, top = 0, False, 0
        for p in range(first[s], first[s + 1]):
            if not recount_joins(s, slot[p], nothing, 0, students, slots):
                continue
            amount = pair[p - first[begin]]
            alone = recount_gain(s, slot[p], amount, nothing, 0, students, slots, earned)
            top = max(top, alone) if any_fits else alone
            any_fits = True
            if alone > 0:
                where[count], gain[count], own[count] = slot[p], alone, amount
                count += 1
        if not any_fits:
            continue
        depth = min(max_slots[s], count)
        if depth > 1:
            order = np.argsort(-gain[:count], kind="mergesort")
            top = recount_search(
                s, depth, where[:count][order], gain[:count][order], own[:count][order], top, students, slots, earned
            )
        best[s] = max(0, top + bonus[s])
