"""Every student's best bundle, for the recount: a small search of its own, found exactly or never too low.

Slots are tried in the order of what each adds; what a slot adds can only shrink as others join it, so the largest
that are left bound what is still to come. Fifteen thousand students are too many for Python, so the loops are plain
functions that ``solver.kernels`` compiles for large rounds, which is all that is shared with the solver's own search.
"""

# ruff: noqa: ANN001, ANN201, SIM110 -- inner loops for a compiler: plain arrays, long and flat
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel

LOWEST = -(1 << 61)
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
def recount_need(left):
    """``T(left)``, of nothing where nothing is left."""
    return left * (left + 1) // 2 if left > 0 else 0


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
        before = need_left[s] - given
        amount += need * (recount_need(before) - recount_need(before - half_days[j]))
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
def recount_outlook(s, depth, where, own, students, slots, earned):
    """``ahead[m, given]``: more than ``m`` further slots can add once ``given`` half-days count towards the need.

    As if the best slot of every length could be had again and again; first counting slots and tiers aside.
    """
    need_left, known = students[3][s], students[7]
    sector, counts, half_days = slots[1], slots[5], slots[6]
    _, need, breadth, _ = earned
    longest = half_days[where].max()
    top = np.zeros(2 * (longest + 1), dtype=np.int64)
    for t in range(len(where)):
        j = where[t]
        kind = 2 * half_days[j] + (1 if counts[j] != 0 else 0)
        top[kind] = max(top[kind], own[t] + (0 if known[s, sector[j]] != 0 else breadth) - LOWEST)
    cap = min(need_left, depth * longest)
    ahead = np.zeros((depth + 1, cap + 1), dtype=np.int64)
    for m in range(1, depth + 1):
        for given in range(cap + 1):
            for kind in range(len(top)):
                if top[kind] == 0:
                    continue
                after = min(cap, given + kind // 2) if kind % 2 == 1 else given
                more = top[kind] + LOWEST + ahead[m - 1, after]
                more += need * (recount_need(need_left - given) - recount_need(need_left - after))
                ahead[m, given] = max(ahead[m, given], more)
    return ahead


@kernel
def recount_hope(s, picked, count, ahead, students, slots, earned):
    """More than can be added to ``picked[:count]``, by the outlook."""
    _, _, _, _, guaranteed, progressed, top_tier, _ = students
    _, _, tier, _, _, counts, half_days, _, _ = slots
    guarantee, _, _, progression = earned
    sure, higher, given = guaranteed[s] != 0, progressed[s] != 0, 0
    for t in range(count):
        j = picked[t]
        if counts[j] != 0:
            sure = True
            given += half_days[j]
        if tier[j] > top_tier[s]:
            higher = True
    return ahead[min(given, len(ahead) - 1)] + (0 if sure else guarantee) + (0 if higher else progression)


@kernel
def recount_follow(s, i, left, now, level, wheres, gains, owns, size, best, picked, students, slots, earned):
    """What can follow slot ``i`` of this level, into the next: (best value so far, how many can follow, steps)."""
    count, others, steps = 0, 0, 0
    for t in range(i + 1, min(size, i + left - 1)):
        others += gains[level, t]
    for t in range(i + 1, size):
        if now + others + gains[level, t] <= best:
            break
        steps += 1
        j = wheres[level, t]
        if not recount_joins(s, j, picked, level + 1, students, slots):
            continue
        more = recount_gain(s, j, owns[level, t], picked, level + 1, students, slots, earned)
        if more > 0:
            best = max(best, now + more)
            wheres[level + 1, count], gains[level + 1, count] = j, more
            owns[level + 1, count] = owns[level, t]
            count += 1
    if left > PAIR and count > 1:
        order = np.argsort(-gains[level + 1, :count], kind="mergesort")
        wheres[level + 1, :count] = wheres[level + 1, :count][order]
        owns[level + 1, :count] = owns[level + 1, :count][order]
        gains[level + 1, :count] = gains[level + 1, :count][order]
    return best, count, steps


@kernel
def recount_search(s, depth, where, gain, own, best, students, slots, earned):
    """The best bundle of up to ``depth`` of the slots ``where``, sorted by ``gain`` (alone), descending.

    ``own``: what each is worth by itself before goals of the bundle; ``best``: a value already at hand.
    """
    picked = np.zeros(depth + 1, dtype=np.int64)
    ahead = recount_outlook(s, depth, where, own, students, slots, earned)
    most = min(gain[:depth].sum(), recount_hope(s, picked, 0, ahead[depth], students, slots, earned))
    if most <= best:
        return best
    wheres = np.zeros((depth, len(where)), dtype=np.int64)
    gains, owns = np.zeros_like(wheres), np.zeros_like(wheres)
    wheres[0], gains[0], owns[0] = where, gain, own
    size, at, value = np.zeros((3, depth), dtype=np.int64)
    size[0] = len(where)
    level, steps = 0, 0
    while level >= 0:
        i, left = at[level], depth - level
        last = min(size[level], i + left)
        if i >= size[level] or value[level] + gains[level, i:last].sum() <= best:
            level -= 1
            continue
        at[level] += 1
        picked[level] = wheres[level, i]
        now = value[level] + gains[level, i]
        best = max(best, now)
        hope = recount_hope(s, picked, level + 1, ahead[left - 1], students, slots, earned)
        if left == 1 or now + hope <= best:
            continue
        best, count, more = recount_follow(
            s, i, left, now, level, wheres, gains, owns, size[level], best, picked, students, slots, earned
        )
        steps += more
        if steps > STEPS:
            return max(best, most)
        if left > PAIR and count > 1:
            level += 1
            size[level], at[level], value[level] = count, 0, now
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
