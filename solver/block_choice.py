"""The best way to open groups in every group or in-school slot under given multipliers, found exactly.

A block is one school in one slot. Each block offers its copies of the students, each worth its multiplier; the slot
chooses how many groups every school opens, and each school its best students for them.
"""


# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel

IMPOSSIBLE = -(1 << 61)


@kernel
def group_worth(copies, worth, others, other_worth, least, most, groups, fixed, places, out):
    """``out[g]``: the most that ``g`` groups of ``least`` to ``most`` can be worth.

    ``fixed`` students are in them already, and ``places`` more may join.

    ``worth[:copies]`` is sorted, descending; ``others`` further copies are worth ``other_worth`` each.
    """
    for g in range(groups + 1):
        low, high = max(0, g * least - fixed), min(g * most - fixed, places)
        if high < low or low > copies + others:
            out[g] = IMPOSSIBLE
            continue
        total, taken, i, rest = 0, 0, 0, others
        while taken < high:
            if i < copies and (rest == 0 or worth[i] >= other_worth):
                gain = worth[i]
                i += 1
            elif rest > 0:
                gain = other_worth
                rest -= 1
            else:
                break
            if taken >= low and gain <= 0:
                break
            total += gain
            taken += 1
        out[g] = total


@kernel
def choose_blocks(
    slot_first, pair_first, multiplier, others, other_worth, least, most, groups, fixed, places, single, value, open_
):  # fmt: skip
    """Fill ``value`` by slot and ``open_`` (groups) by block; blocks are compressed by slot, copies by block.

    ``multiplier`` is sorted descending within each block; ``single`` marks slots that take one school only.
    """
    for t in range(len(slot_first) - 1):
        begin, end = slot_first[t], slot_first[t + 1]
        room = groups[t]
        table = np.full((end - begin + 1, room + 1), IMPOSSIBLE, dtype=np.int64)
        choice = np.zeros((end - begin + 1, room + 1), dtype=np.int64)
        table[0, :] = 0
        worth = np.empty(room + 1, dtype=np.int64)
        closed = 0
        for b in range(begin, end):
            i = b - begin
            low, high = pair_first[b], pair_first[b + 1]
            own = multiplier[low:high]
            group_worth(high - low, own, others[b], other_worth[b], least[b], most[b], room, fixed[b], places[b], worth)
            for used in range(room + 1):
                for g in range(used + 1):
                    rest = closed if single[t] and g > 0 else table[i, used - g]
                    if worth[g] == IMPOSSIBLE or rest == IMPOSSIBLE:
                        continue
                    if rest + worth[g] > table[i + 1, used]:
                        table[i + 1, used] = rest + worth[g]
                        choice[i + 1, used] = g
            if worth[0] == IMPOSSIBLE:
                closed = IMPOSSIBLE
        value[t] = table[end - begin, room]
        used = room
        for b in range(end - 1, begin - 1, -1):
            g = choice[b - begin + 1, used]
            open_[b] = g
            used -= g
            if single[t] and g > 0:
                for rest in range(begin, b):
                    open_[rest] = 0
                break
