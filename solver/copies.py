"""The slots' side of the prices: which schools open groups in every slot, and which students' copies fill them.

A block is one school in one slot; every student who may come has a copy there, worth the student's own price. The
slot shares its groups among the schools, and each school fills its own with its best copies, all found exactly.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel

NOT = -(1 << 61)


@kernel
def best_copies(low, high, member, price, most, top, where):
    """Fill ``top`` (descending) and ``where`` with the best ``most`` copies of ``member[low:high]``; their number."""
    count = 0
    for at in range(low, high):
        value = price[member[at]]
        if count == most:
            if value <= top[count - 1]:
                continue
        else:
            count += 1
        place = count - 1
        while place > 0 and top[place - 1] < value:
            top[place] = top[place - 1]
            where[place] = where[place - 1]
            place -= 1
        top[place] = value
        where[place] = member[at]
    return count


@kernel
def filled(top, count, low, high):
    """How many of the best copies a block takes with room for ``low`` to ``high``; -1 where it has too few."""
    if low > count or high < low:
        return -1
    number = low
    while number < min(high, count) and top[number] > 0:
        number += 1
    return number


@kernel
def share_groups(
    first, last, room, top, held, least, most, fixed, places, alone, forced, best, choice
):  # fmt: skip
    """The best use of ``room`` groups by the blocks ``first`` to ``last`` of one slot, block after block.

    Fills ``best`` and ``choice`` (blocks so far, groups used): what is reached, and how many groups the last one opens.
    """
    worth = np.empty(room + 1, dtype=np.int64)
    best[0, :] = 0
    shut = 0
    for i in range(last - first):
        b = first + i
        for g in range(room + 1):
            worth[g] = NOT
            if forced[b] < 0 or g == forced[b]:
                high = min(g * most[b] - fixed[b], places[b])
                fill = filled(top[i], held[i], max(0, g * least[b] - fixed[b]), high)
                if fill >= 0:
                    worth[g] = top[i, :fill].sum()
        for used in range(room + 1):
            for g in range(used + 1):
                rest = shut if alone and g > 0 else best[i, used - g]
                if worth[g] != NOT and rest != NOT and rest + worth[g] > best[i + 1, used]:
                    best[i + 1, used] = rest + worth[g]
                    choice[i + 1, used] = g
        if worth[0] == NOT:
            shut = NOT


@kernel
def choose_copies(
    slot_first, block_first, member, price, least, most, groups, fixed, places, single, forced, widest,
    value, opened, taken,
):  # fmt: skip
    """Fill ``value`` by slot, ``opened`` (groups) by block and ``taken`` (0 or 1) by copy.

    Blocks are compressed by slot, ``member`` (positions in ``price``) by block. ``forced``: the groups that a block
    must open, or -1. ``places``: how many may join the fixed students. ``single``: slots of one school. ``widest``:
    the most places of any block.
    """
    for t in range(len(slot_first) - 1):
        first, last, room = slot_first[t], slot_first[t + 1], groups[t]
        top = np.empty((last - first, widest), dtype=np.int64)
        where = np.empty((last - first, widest), dtype=np.int64)
        held = np.zeros(last - first, dtype=np.int64)
        for b in range(first, last):
            i, most_of = b - first, min(widest, max(0, min(room * most[b] - fixed[b], places[b])))
            if most_of > 0:
                held[i] = best_copies(block_first[b], block_first[b + 1], member, price, most_of, top[i], where[i])
        best = np.full((last - first + 1, room + 1), NOT, dtype=np.int64)
        choice = np.zeros((last - first + 1, room + 1), dtype=np.int64)
        share_groups(first, last, room, top, held, least, most, fixed, places, single[t], forced, best, choice)
        value[t] = best[last - first, room]
        used = room
        for b in range(last - 1, first - 1, -1):
            i, g = b - first, choice[b - first + 1, used]
            opened[b] = g
            high = min(g * most[b] - fixed[b], places[b])
            fill = filled(top[i], held[i], max(0, g * least[b] - fixed[b]), high)
            for at in range(max(0, fill)):
                taken[where[i, at]] = 1
            used -= g
            if single[t] and g > 0:
                opened[first:b] = 0
                break


@kernel
def spare_worth(block_first, member, price, size, group, spare):
    """Fill ``spare`` by block: the most that copies beyond the pool's can each be worth and better no group.

    ``group`` is what a group of the block's slot is worth, ``size`` its places.
    """
    for b in range(len(size)):
        top = np.empty(max(1, size[b] - 1), dtype=np.int64)
        where = np.empty(max(1, size[b] - 1), dtype=np.int64)
        count = 0
        if size[b] > 1:
            count = best_copies(block_first[b], block_first[b + 1], member, price, size[b] - 1, top, where)
        rest = group[b]
        least = rest // size[b]
        for t in range(count):
            rest -= top[t]
            least = min(least, rest // (size[b] - t - 1))
        spare[b] = least
