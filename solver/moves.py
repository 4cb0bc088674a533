"""The single slots that add most to what a student keeps, under given prices."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.alone import need_gain
from solver.beside import compatible
from solver.kernels import kernel


@kernel
def standing(s, kept, slot, students, slots):
    """What the slots kept by student ``s`` use and give: how many, half-days, virtual, counting, guarantee, tier."""
    _, _, _, _, guaranteed, progressed, top_tier, _ = students
    _, tier, virtual, counts, half_days = slots[:5]
    held, spent, online, given, sure, higher = 0, 0, 0, 0, guaranteed[s], progressed[s]
    for p in kept:
        if p >= 0:
            j = slot[p]
            held += 1
            spent += half_days[j]
            online += virtual[j]
            if counts[j]:
                given += half_days[j]
                sure = 1
            if tier[j] > top_tier[s]:
                higher = 1
    return held, spent, online, given, sure, higher


@kernel
def joins(j, kept, slot, sector, spans, clash, repeat):
    """How slot ``j`` goes with those kept: not at all (-1), in a sector of theirs (1) or not (0)."""
    shared = 0
    for p in kept:
        if p >= 0:
            other = slot[p]
            if other == j or not compatible(spans[j], spans[other], clash, repeat):
                return -1
            if sector[other] == sector[j]:
                shared = 1
    return shared


@kernel
def gains(s, kept, first, slot, linear, students, slots, worths, flags, gain, where):
    """Fill ``gain`` and ``where`` with the pairs that ``s`` can add to those kept; returns their number."""
    max_slots, hd_left, virtual_left, need_left, _, _, top_tier, known = students
    sector, tier, virtual, counts, half_days, _, _, spans = slots
    first_counting, need, breadth, progression = worths
    held, spent, online, given, sure, higher = standing(s, kept, slot, students, slots)
    count = 0
    if held >= max_slots[s]:
        return count
    for p in range(first[s], first[s + 1]):
        j = slot[p]
        if spent + half_days[j] > hd_left[s] or online + virtual[j] > virtual_left[s]:
            continue
        shared = joins(j, kept, slot, sector, spans, flags[0], flags[1])
        if shared < 0:
            continue
        v = linear[p]
        if counts[j]:
            v += need * (need_gain(need_left[s], given + half_days[j]) - need_gain(need_left[s], given))
            if sure == 0:
                v += first_counting
        if not shared and not known[s, sector[j]]:
            v += breadth
        if tier[j] > top_tier[s] and higher == 0:
            v += progression
        gain[count] = v
        where[count] = p
        count += 1
    return count


@kernel
def single_moves(wanted, kept, first, slot, linear, students, slots, worths, flags, best, picks):
    """For every wanted student the pairs that add most to what is kept: ``best`` descending, ``picks`` pairs or -1.

    ``kept``: pair positions or -1, shape (wanted, depth). ``best`` and ``picks``: shape (wanted, many).
    """
    for i in range(len(wanted)):
        s = wanted[i]
        picks[i, :] = -1
        gain = np.empty(first[s + 1] - first[s], dtype=np.int64)
        where = np.empty(first[s + 1] - first[s], dtype=np.int64)
        count = gains(s, kept[i], first, slot, linear, students, slots, worths, flags, gain, where)
        order = np.argsort(-gain[:count], kind="mergesort")
        for t in range(min(best.shape[1], count)):
            best[i, t] = gain[order[t]]
            picks[i, t] = where[order[t]]
