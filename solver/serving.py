"""Inner loops that give slots: whether one has room, and serving students slot by slot, or whole bundles."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from solver.alone import need_gain
from solver.beside import compatible
from solver.kernels import kernel


@kernel
def holding(s, held, slot, students, slots):
    """What student ``s`` holds: slots, half-days, virtual slots, counting half-days, a counting one, a higher tier."""
    guaranteed, progressed, top_tier = students[4:7]
    tier, virtual, counts, half_days = slots[1:5]
    number, spent, online, given, sure, higher = 0, 0, 0, 0, guaranteed[s], progressed[s]
    for t in range(len(held)):
        if held[t] >= 0:
            j = slot[held[t]]
            number += 1
            spent += half_days[j]
            online += virtual[j]
            given += half_days[j] if counts[j] else 0
            sure = 1 if counts[j] else sure
            higher = 1 if tier[j] > top_tier[s] else higher
    return number, spent, online, given, sure, higher


@kernel
def has_room(s, j, k, rows, support, limits, shape):
    """Whether slot ``j`` and everything it uses has room for student ``s`` of school ``k``."""
    slot_first, slot_row, support_row, brings, school_rows, in_person, begins, ends = rows
    left, members, opened = limits
    groups, size, blocked, exclusive, grouped = shape
    for r in range(slot_first[j], slot_first[j + 1]):
        if left[slot_row[r]] <= 0:
            return False
    if support[s] and support_row[j] >= 0 and not (grouped[j] and brings[k]) and left[support_row[j]] <= 0:
        return False
    if in_person[j]:
        for t in range(begins[j], ends[j] + 1):
            if school_rows[0, k, t] >= 0 and left[school_rows[0, k, t]] <= 0:
                return False
            if grouped[j] and school_rows[1, k, t] >= 0 and left[school_rows[1, k, t]] <= 0:
                return False
    if blocked[j]:
        if exclusive[j] and opened[j] > 0 and members[k, j] == 0:
            return False
        if members[k, j] % size[j] == 0 and opened[j] >= groups[j]:
            return False
    return True


@kernel
def take(s, j, k, sign, rows, support, left, grouped):
    """Use (``sign`` 1) or give back (-1) what student ``s`` needs of slot ``j``'s limits."""
    slot_first, slot_row, support_row, brings, school_rows, in_person, begins, ends = rows
    for r in range(slot_first[j], slot_first[j + 1]):
        left[slot_row[r]] -= sign
    if support[s] and support_row[j] >= 0 and not (grouped[j] and brings[k]):
        left[support_row[j]] -= sign
    if in_person[j]:
        for t in range(begins[j], ends[j] + 1):
            if school_rows[0, k, t] >= 0:
                left[school_rows[0, k, t]] -= sign
            if grouped[j] and school_rows[1, k, t] >= 0:
                left[school_rows[1, k, t]] -= sign


@kernel
def best_slot(
    s, own, now, first, slot, linear, students, slots, worths, flags, school, rows, support, limits, shape, barred
):  # fmt: skip
    """The pair that adds most to what student ``s`` holds (``own``, which comes to ``now``) and has room, or -1.

    Where a school's students have no room any more is noted in ``barred``, shape (schools, slots).
    """
    hd_left, virtual_left, need_left, known, top_tier = students[1], students[2], students[3], students[7], students[6]
    sector, tier, virtual, counts, half_days, _, _, spans = slots
    first_counting, need, breadth, progression = worths
    number, spent, online, given, sure, higher = now
    top, top_pair = 0, -1
    for p in range(first[s], first[s + 1]):
        j = slot[p]
        if spent + half_days[j] > hd_left[s] or online + virtual[j] > virtual_left[s]:
            continue
        v = linear[p]
        if counts[j]:
            v += need * (need_gain(need_left[s], given + half_days[j]) - need_gain(need_left[s], given))
            v += first_counting if sure == 0 else 0
        v += progression if tier[j] > top_tier[s] and higher == 0 else 0
        if (number > 0 and v + breadth <= max(0, top)) or (top_pair >= 0 and v + breadth <= top):
            continue
        if barred[school[s], j]:
            continue
        if not has_room(s, j, school[s], rows, support, limits, shape):
            barred[school[s], j] = not support[s]
            continue
        fits, fresh = True, not known[s, sector[j]]
        for held in own:
            if held >= 0:
                other = slot[held]
                if other == j or not compatible(spans[j], spans[other], flags[0], flags[1]):
                    fits = False
                    break
                if sector[other] == sector[j]:
                    fresh = False
        v += breadth if fresh else 0
        if fits and (v > top or (top_pair < 0 and number == 0)):
            top, top_pair = v, p
    return top_pair


@kernel
def serve(
    order, held, first, slot, linear, students, slots, worths, flags, school, rows, support, limits, shape, barred, done
):  # fmt: skip
    """Give every student of ``order`` one more slot where there is a good one; ``held`` and the limits are updated.

    Room only becomes less: ``done`` notes who found nothing and need not be asked again at the same worth, and
    ``barred``, shape (schools, slots), where a school's students have no room any more.
    """
    left, members, opened = limits
    blocked, grouped, size = shape[2], shape[4], shape[1]
    for s in order:
        if done[s]:
            continue
        now = holding(s, held[s], slot, students, slots)
        if now[0] >= min(students[0][s], held.shape[1]):
            done[s] = True
            continue
        pair = best_slot(
            s, held[s], now, first, slot, linear, students, slots, worths, flags, school, rows, support, limits, shape,
            barred,
        )  # fmt: skip
        done[s] = pair < 0
        if pair >= 0:
            held[s, now[0]] = pair
            j, k = slot[pair], school[s]
            take(s, j, k, 1, rows, support, left, grouped)
            if blocked[j]:
                if members[k, j] % size[j] == 0:
                    opened[j] += 1
                members[k, j] += 1


@kernel
def without_room(begin, end, first, slot, school, rows, support, limits, shape, full):
    """Fill ``full``, by pair of the students ``begin`` to ``end``, with whether the pair's slot has no room for it."""
    origin = first[begin]
    for s in range(begin, end):
        for p in range(first[s], first[s + 1]):
            full[p - origin] = not has_room(s, slot[p], school[s], rows, support, limits, shape)


@kernel
def give_whole(order, choice, given, slot, school, rows, support, limits, shape):
    """Give each student of ``order`` all of ``choice`` (rows of pairs or -1) or nothing; ``given``, limits are updated.

    Of a round without blocks.
    """
    left, grouped = limits[0], shape[4]
    for s in order:
        taken = 0
        for p in choice[s]:
            if p >= 0 and not has_room(s, slot[p], school[s], rows, support, limits, shape):
                break
            if p >= 0:
                take(s, slot[p], school[s], 1, rows, support, left, grouped)
            taken += 1
        if taken == len(choice[s]):
            given[s] = choice[s]
            continue
        for p in choice[s, :taken]:
            if p >= 0:
                take(s, slot[p], school[s], -1, rows, support, left, grouped)
