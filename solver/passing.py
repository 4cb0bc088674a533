"""The inner loops that pass a place on: from a student who holds more to one who lacks a slot."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from solver.alone import need_gain
from solver.around import fits
from solver.kernels import kernel
from solver.serving import has_room, holding, take

DEAR = 1 << 60


@kernel
def loss_of(t, j, own, slot, students, slots):
    """What student ``t`` loses of ``need`` by giving up slot ``j``, if it is held; ``DEAR`` if a head would be lost."""
    counts, half_days, guaranteed, need_left = slots[3], slots[4], students[4], students[3]
    number, given, counting, has = 0, 0, 0, False
    for pair in own:
        if pair >= 0:
            other = slot[pair]
            number += 1
            given += half_days[other] if counts[other] else 0
            counting += counts[other]
            has = has or other == j
    if not has or number == 1 or (counts[j] and counting == 1 and guaranteed[t] == 0):
        return DEAR
    return need_gain(need_left[t], given) - need_gain(need_left[t], given - half_days[j]) if counts[j] else 0


@kernel
def has_slot(own, slot, j):
    """Whether slot ``j`` is among what is held."""
    for pair in own:
        if pair >= 0 and slot[pair] == j:
            return True
    return False


@kernel
def lose(held, j, slot):
    """Take slot ``j`` out of the row ``held``; the pairs left stand first."""
    place = 0
    for t in range(len(held)):
        if held[t] >= 0 and slot[held[t]] != j:
            held[place] = held[t]
            place += 1
    held[place:] = -1


@kernel
def move_group(j, k, sign, limits, shape):
    """One student of school ``k`` more (``sign`` 1) or fewer (-1) in slot ``j``, if schools come to it in groups."""
    size, blocked = shape[1], shape[2]
    if blocked[j]:
        before = limits[1][k, j]
        limits[1][k, j] = before + sign
        limits[2][j] += -(-(before + sign) // size[j]) - -(-before // size[j])


@kernel
def shift(s, j, k, sign, rows, support, limits, shape):
    """Use (``sign`` 1) or give back (-1) all that student ``s`` of school ``k`` needs of slot ``j``."""
    take(s, j, k, sign, rows, support, limits[0], shape[4])
    move_group(j, k, sign, limits, shape)


@kernel
def may_leave(j, k, limits, shape, least):
    """Whether a student of school ``k`` may leave slot ``j``: whoever else comes in groups is still enough."""
    if not shape[2][j]:
        return True
    rest = limits[1][k, j] - 1
    return -(-rest // shape[1][j]) * least[k, j] <= rest


@kernel
def drop_spare(s, k, own, slot, rows, support, limits, shape, least):
    """Let student ``s`` give up all that others do not need them for."""
    for t in range(len(own) - 1, -1, -1):
        if own[t] >= 0 and may_leave(slot[own[t]], k, limits, shape, least):
            shift(s, slot[own[t]], k, -1, rows, support, limits, shape)
            lose(own, slot[own[t]], slot)


@kernel
def restore(s, k, own, before, slot, rows, support, limits, shape):
    """Give student ``s`` back what ``drop_spare`` took: all that was held ``before``."""
    for pair in before:
        if pair >= 0 and not has_slot(own, slot, slot[pair]):
            shift(s, slot[pair], k, 1, rows, support, limits, shape)
    own[:] = before


@kernel
def relieve(
    s, counting, held, holders, first, slot, students, slots, flags, school, rows, support, limits, shape, least
):  # fmt: skip
    """Give student ``s`` a slot, in place of whoever loses least by it, if there is one."""
    counts, blocked, (holder_first, holder) = slots[3], shape[2], holders
    k, before = school[s], held[s].copy()
    drop_spare(s, k, held[s], slot, rows, support, limits, shape, least)
    number = holding(s, held[s], slot, students, slots)[0]
    full = number >= min(students[0][s], held.shape[1])
    lowest, pair, loser = DEAR, -1, -1
    for p in range(first[s], first[s + 1]):
        j = slot[p]
        if full or (counting and not counts[j]) or not fits(s, held[s], number, p, slot, students, slots, flags):
            continue
        begins_group = blocked[j] and limits[1][k, j] % shape[1][j] == 0
        if not begins_group and has_room(s, j, k, rows, support, limits, shape):
            pair, loser = p, -1
            break
        for at in range(holder_first[j], holder_first[j + 1]):
            t = holder[at]
            if t == s or (blocked[j] and school[t] != k):
                continue
            loss = loss_of(t, j, held[t], slot, students, slots)
            if loss >= lowest:
                continue
            shift(t, j, school[t], -1, rows, support, limits, shape)
            if has_room(s, j, k, rows, support, limits, shape):
                lowest, pair, loser = loss, p, t
            shift(t, j, school[t], 1, rows, support, limits, shape)
    if pair < 0:
        restore(s, k, held[s], before, slot, rows, support, limits, shape)
        return
    if loser >= 0:
        shift(loser, slot[pair], school[loser], -1, rows, support, limits, shape)
        lose(held[loser], slot[pair], slot)
    held[s, number] = pair
    shift(s, slot[pair], k, 1, rows, support, limits, shape)


@kernel
def displace(
    order, counting, held, holders, first, slot, students, slots, flags, school, rows, support, limits, shape, least
):  # fmt: skip
    """Give each student of ``order`` a slot, in place of somebody who can spare it; ``held``, limits are updated.

    ``counting``: only slots that count, for which students give up what they hold. ``holders``: who holds each slot,
    compressed by slot. In a slot to which schools come in groups only students of one school make room for each other;
    ``least``: the fewest of such a group, shape (schools, slots).
    """
    for s in order:
        relieve(
            s, counting, held, holders, first, slot, students, slots, flags, school, rows, support, limits, shape, least
        )  # fmt: skip
