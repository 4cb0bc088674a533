"""Every student's best bundle, for the recount: a search of its own, found exactly or never too low.

What the best of every kind of slot come to, as if they always went together, bounds what a slot can lead to; those that
cannot lead beyond a bundle at hand are left out, and of the others the best are searched first. There are too many
students for Python, so the loops are plain functions that ``solver.kernels`` compiles for large rounds, which is all
that is shared with the solver's own search.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel
from solver.recount_kinds import LENGTH, recount_hope, recount_hopes, recount_kinds, recount_outlook, recount_tops
from solver.recount_together import recount_adds, recount_gain, recount_joins, recount_stands

PAIR = 2
FEW = 16
"""Slots that are searched at first, and how many times as many at each turn after."""
STATES = 1_000
"""Where a bundle can stand in more ways than these its half-days are left out of what bounds the rest."""
STEPS, FEW_STEPS = 1_000_000, 10_000
"""Steps after which a student's search ends with the bound it began with; where there are very many students."""


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
def recount_search(s, where, gain, own, best, most, steps, ahead, students, slots, earned):
    """The best bundle of the slots ``where``, sorted by ``gain`` (alone), descending; ``most`` after so many steps.

    ``own``: what each is worth by itself before goals of the bundle; ``best``: a value already at hand.
    """
    depth = len(ahead) - 1
    picked = np.zeros(depth + 1, dtype=np.int64)
    wheres = np.zeros((depth, len(where)), dtype=np.int64)
    gains, owns = np.zeros_like(wheres), np.zeros_like(wheres)
    wheres[0], gains[0], owns[0] = where, gain, own
    size, at, value = np.zeros((3, depth), dtype=np.int64)
    size[0] = len(where)
    level = 0
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
        if left == 1:
            continue
        stands = recount_stands(s, picked, level + 1, students, slots)
        if now + recount_hope(s, stands, ahead[left - 1], students, earned) <= best:
            continue
        best, count, more = recount_follow(
            s, i, left, now, level, wheres, gains, owns, size[level], best, picked, students, slots, earned
        )
        steps -= more
        if steps < 0:
            return max(best, most)
        if left > PAIR and count > 1:
            level += 1
            size[level], at[level], value[level] = count, 0, now
    return best


@kernel
def recount_sorted(chosen, where, gain, own):
    """The slots ``chosen`` with what they are worth, by ``gain``, descending."""
    order = chosen[np.argsort(-gain[chosen], kind="mergesort")]
    return where[order], gain[order], own[order]


@kernel
def recount_best(s, depth, where, gain, own, best, steps, students, slots, earned):
    """The best bundle of up to ``depth`` of ``where``: of the best of every kind, then of all that may better it.

    ``gain``: what each adds alone, all above 0; ``own``: what it is worth by itself; ``best``: a value at hand. Where
    that takes more than ``steps`` it is no exact value but one that is never too low.
    """
    _, hd_left, virtual_left, need_left, _, _, _, _ = students
    kinds = recount_kinds(s, where, students, slots)
    tops = recount_tops(where, kinds, own, depth, slots)
    most_days = max(0, min(hd_left[s], depth * (kinds.max() // LENGTH)))
    most_online, most_counting = max(0, min(virtual_left[s], depth)), max(0, min(need_left[s], most_days))
    if (most_days + 1) * (most_counting + 1) * (most_online + 1) > STATES:
        most_days = -1
    ahead = recount_outlook(tops, own, earned[2], most_days, most_counting, most_online)
    apart, together = recount_tops(where, np.zeros_like(kinds), gain, depth, slots)[0], 0
    for rank in range(depth):
        together += gain[apart[rank]] if apart[rank] >= 0 else 0
    nothing = recount_stands(s, where, 0, students, slots)
    most = min(together, recount_hope(s, nothing, ahead[depth], students, earned))
    if most <= best:
        return best
    left, least, width = tops.ravel()[tops.ravel() >= 0], gain[apart[depth - 1]] if apart[depth - 1] >= 0 else 0, FEW
    into, gains, owns = recount_sorted(left, where, gain, own)
    best = recount_search(s, into, gains, owns, best, most, steps, ahead, students, slots, earned)
    hopes = recount_hopes(s, len(tops), ahead[depth - 1], students, earned)
    hoped = np.minimum(gain + hopes[kinds], together + np.minimum(0, gain - least))
    left = np.flatnonzero(hoped > best)
    while len(left) > 0:
        left = left[np.argsort(-hoped[left], kind="mergesort")]
        into, gains, owns = recount_sorted(left[:width], where, gain, own)
        best = recount_search(s, into, gains, owns, best, most, steps, ahead, students, slots, earned)
        if len(left) <= width:
            break
        left, width = left[hoped[left] > best], width * FEW
    return best


@kernel
def recount_bundles(
    begin, end, first, pairs, own_price, charges, units, payers, fees, students, slots, earned, steps, best
):
    """Fill ``best`` for the students ``begin`` to ``end``: the most that any bundle is worth, nothing being worth 0.

    ``pairs``: slot, kilometres, points, and whether it is kept; ``own_price``: pairs that pay their block a price of
    their own, and how much more that is than their school's; ``charges``: what a school's students pay for a slot,
    shape (schools, slots); ``units``: what points, points by ticket, kilometres and a pair not kept are worth;
    ``payers``, ``fees``: facts of students and slots by which pairs pay, and what having any slot at all is worth.
    """
    slot, km, points, kept = pairs
    own_pair, own_more = own_price
    preference, lottery, travel, stability = units
    school, ticket, priority, support, brings, bonus = payers
    reserve, place, grouped = fees
    max_slots, hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students
    _, sector, tier, _, virtual, counts, half_days, _, _ = slots
    o, most = np.searchsorted(own_pair, first[begin]), 0
    for s in range(begin, end):
        most = max(most, first[s + 1] - first[s])
    where, gain, own = np.zeros((3, most), dtype=np.int64)
    for s in range(begin, end):
        best[s] = 0
        count, any_fits, top = 0, False, 0
        sure, higher, by_points = guaranteed[s] != 0, progressed[s] != 0, preference + lottery * ticket[s]
        for p in range(first[s], first[s + 1]):
            j = np.int64(slot[p])
            amount = by_points * points[p] + travel * km[p] + reserve[j] * priority[s] - charges[school[s], j]
            if o < len(own_pair) and own_pair[o] == p:
                amount -= own_more[o]
                o += 1
            if half_days[j] > hd_left[s] or virtual[j] > virtual_left[s]:
                continue
            if kept[p]:
                amount -= stability
            if support[s] != 0 and not (grouped[j] != 0 and brings[school[s]] != 0):
                amount -= place[j]
            above, fresh = tier[j] > top_tier[s], known[s, sector[j]] == 0
            alone = recount_adds(amount, half_days[j], counts[j] != 0, above, fresh, need_left[s], sure, higher, earned)
            top = max(top, alone) if any_fits else alone
            any_fits = True
            if alone > 0:
                where[count], gain[count], own[count] = j, alone, amount
                count += 1
        if not any_fits or max_slots[s] <= 0:
            continue
        depth = min(max_slots[s], count)
        if depth > 1:
            top = recount_best(s, depth, where[:count], gain[:count], own[:count], top, steps, students, slots, earned)
        best[s] = max(0, top + bonus[s])
