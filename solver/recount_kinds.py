"""What slots of every kind come to at most, as if they always went together: it tells the recount where not to look."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel
from solver.recount_together import recount_need

NONE = -(1 << 61)
LENGTH, COUNTS, ONLINE, FRESH, ABOVE = 16, 8, 4, 2, 1
"""What makes a kind of slot."""


@kernel
def recount_kinds(s, where, students, slots):
    """The kinds of ``where``: half-days, whether they count, are virtual, of a new sector and of a higher tier."""
    top_tier, known = students[6:]
    _, sector, tier, _, virtual, counts, half_days, _, _ = slots
    kinds = np.zeros(len(where), dtype=np.int64)
    for t in range(len(where)):
        j = where[t]
        kinds[t] = half_days[j] * LENGTH
        kinds[t] += (COUNTS if counts[j] != 0 else 0) + (ONLINE if virtual[j] != 0 else 0)
        kinds[t] += (FRESH if known[s, sector[j]] == 0 else 0) + (ABOVE if tier[j] > top_tier[s] else 0)
    return kinds


@kernel
def recount_tops(where, kinds, own, depth, slots):
    """By kind ``depth`` positions in ``where``, the best first, of different employers; -1 where there are fewer."""
    employer, tops = slots[0], np.full((kinds.max() + 1, depth), -1, dtype=np.int64)
    for t in range(len(where)):
        top = tops[kinds[t]]
        at = depth - 1
        for rank in range(depth):
            if top[rank] >= 0 and employer[where[top[rank]]] == employer[where[t]]:
                at = rank
                break
        if top[at] >= 0 and own[top[at]] >= own[t]:
            continue
        while at > 0 and (top[at - 1] < 0 or own[top[at - 1]] < own[t]):
            top[at] = top[at - 1]
            at -= 1
        top[at] = t
    return tops


@kernel
def recount_outlook(tops, own, breadth, most_days, most_counting, most_online):
    """``ahead[m, days, counting, online]``: more than 1 to ``m`` slots of so many half-days of each sort are worth.

    By themselves, the best of every kind, as if they always went together and every new sector were another one.
    Counting half-days beyond ``most_counting`` are as many as that; ``online``: how many slots are virtual. ``NONE``
    where there is no such bundle. With ``most_days`` below 0 any bundle has 0 ``days``, as if there were no limit.
    """
    depth, unlimited = tops.shape[1], most_days < 0
    most_days = max(0, most_days)
    ahead = np.full((depth + 1, most_days + 1, most_counting + 1, most_online + 1), NONE, dtype=np.int64)
    ahead[0, 0, 0, 0] = 0
    for kind in range(len(tops)):
        if tops[kind, 0] < 0:
            continue
        long, online = kind // LENGTH, 1 if kind & ONLINE else 0
        counting, fresh = long if kind & COUNTS else 0, breadth if kind & FRESH else 0
        long = 0 if unlimited else long
        for m in range(depth, 0, -1):
            amount = 0
            for times in range(1, m + 1):
                if tops[kind, times - 1] < 0 or times * long > most_days or times * online > most_online:
                    break
                amount += own[tops[kind, times - 1]] + fresh
                for days in range(times * long, most_days + 1):
                    for before in range(most_counting + 1):
                        given = min(most_counting, before + times * counting)
                        for virtual in range(times * online, most_online + 1):
                            least = ahead[m - times, days - times * long, before, virtual - times * online]
                            if least != NONE and least + amount > ahead[m, days, given, virtual]:
                                ahead[m, days, given, virtual] = least + amount
    for m in range(2, depth + 1):
        ahead[m] = np.maximum(ahead[m], ahead[m - 1])
    return ahead


@kernel
def recount_hope(s, stands, ahead, students, earned):
    """More than further slots, as ``ahead`` has them, can add to a bundle that stands so; at least 0."""
    days, given, online, sure, higher = stands
    _, hd_left, virtual_left, need_left, _, _, _, _ = students
    guarantee, need, _, progression = earned
    before, most = recount_need(need_left[s] - given), NONE
    for more in range(min(ahead.shape[0], hd_left[s] - days + 1)):
        for counting in range(ahead.shape[1]):
            gain = need * (before - recount_need(need_left[s] - given - counting))
            for virtual in range(min(ahead.shape[2], virtual_left[s] - online + 1)):
                if ahead[more, counting, virtual] != NONE:
                    most = max(most, ahead[more, counting, virtual] + gain)
    return max(0, most + (0 if sure else guarantee) + (0 if higher else progression))


@kernel
def recount_hopes(s, kinds, ahead, students, earned):
    """By kind, more than can be added to one slot of it."""
    guaranteed, progressed = students[4], students[5]
    hopes = np.zeros(kinds, dtype=np.int64)
    for kind in range(kinds):
        days, counts = kind // LENGTH, kind & COUNTS != 0
        sure, higher = guaranteed[s] != 0 or counts, progressed[s] != 0 or kind & ABOVE != 0
        stands = (days, days if counts else 0, 1 if kind & ONLINE else 0, sure, higher)
        hopes[kind] = recount_hope(s, stands, ahead, students, earned)
    return hopes
