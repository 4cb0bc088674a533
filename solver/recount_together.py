"""What a slot adds to others of one student, and whether it fits beside them: for the recount alone."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from solver.kernels import kernel


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
def recount_stands(s, picked, count, students, slots):
    """Of ``picked[:count]``: half-days, counting ones, virtual slots; whether one counts, and one is above in tier."""
    _, _, _, _, guaranteed, progressed, top_tier, _ = students
    _, _, tier, _, virtual, counts, half_days, _, _ = slots
    sure, higher, days, given, online = guaranteed[s] != 0, progressed[s] != 0, 0, 0, 0
    for t in range(count):
        j = picked[t]
        days += half_days[j]
        online += virtual[j]
        if counts[j] != 0:
            sure = True
            given += half_days[j]
        if tier[j] > top_tier[s]:
            higher = True
    return days, given, online, sure, higher


@kernel
def recount_adds(amount, long, counts, above, fresh, left, sure, higher, earned):
    """What a slot worth ``amount`` by itself adds where ``left`` half-days are missing; all plain numbers.

    ``long``: its half-days, and whether they count; ``above``: whether its tier is a higher one; ``fresh``: whether its
    sector is new; ``sure``, ``higher``: whether the first counting slot, and the first of a higher tier, are there.
    """
    guarantee, need, breadth, progression = earned
    if counts:
        amount += need * (recount_need(left) - recount_need(left - long))
        if not sure:
            amount += guarantee
    if fresh:
        amount += breadth
    if above and not higher:
        amount += progression
    return amount


@kernel
def recount_gain(s, j, amount, picked, count, students, slots, earned):
    """What slot ``j``, worth ``amount`` by itself, adds to the slots ``picked[:count]``."""
    _, _, _, need_left, _, _, top_tier, known = students
    _, sector, tier, _, _, counts, half_days, _, _ = slots
    _, given, _, sure, higher = recount_stands(s, picked, count, students, slots)
    fresh = known[s, sector[j]] == 0
    for t in range(count):
        if sector[picked[t]] == sector[j]:
            fresh = False
    above = tier[j] > top_tier[s]
    return recount_adds(amount, half_days[j], counts[j] != 0, above, fresh, need_left[s] - given, sure, higher, earned)


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
