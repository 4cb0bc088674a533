"""A first allocation, student by student: each takes the best slot that still has room, round after round.

Groups fill as students come; those that end below their minimum are closed and their students served again.
"""

# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0915 -- inner loops for a compiler: plain arrays, long and flat
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver import bundles
from solver.bound import kernel_facts
from solver.kernels import chosen_for, kernel

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.prices import Worths
    from solver.problem import Problem

_LOADED = (bundles,)
MENDS = 4
"""Times that unfilled groups are closed and their students served again."""


@kernel
def has_room(s, j, k, rows, support, left, members, opened, groups, size, blocked, exclusive, grouped):
    """Whether slot ``j`` and everything it uses has room for student ``s`` of school ``k``."""
    slot_first, slot_row, support_row, brings, school_rows, in_person, begins, ends = rows
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
def serve(order, held, first, slot, linear, students, slots, worths, flags, school, rows, support, left, members, opened, groups, size, blocked, exclusive, grouped, barred):
    """Give every student of ``order`` one more slot where there is a good one; ``held`` and the limits are updated."""
    max_slots, hd_left, virtual_left, need_left, guaranteed, progressed, top_tier, known = students
    employer, sector, tier, in_person, virtual, counts, half_days, begins, ends, longest = slots
    first_counting, need, breadth, progression = worths
    clash, repeat = flags
    for s in order:
        number, spent, online, given, sure, higher = 0, 0, 0, 0, guaranteed[s], progressed[s]
        for t in range(held.shape[1]):
            if held[s, t] >= 0:
                j = slot[held[s, t]]
                number += 1
                spent += half_days[j]
                online += virtual[j]
                given += half_days[j] if counts[j] else 0
                sure = 1 if counts[j] else sure
                higher = 1 if tier[j] > top_tier[s] else higher
        if number >= min(max_slots[s], held.shape[1]):
            continue
        top, top_pair = 0, -1
        for p in range(first[s], first[s + 1]):
            j = slot[p]
            if spent + half_days[j] > hd_left[s] or online + virtual[j] > virtual_left[s]:
                continue
            v = linear[p]
            if counts[j]:
                v += need * (need_gain(need_left[s], given + half_days[j]) - need_gain(need_left[s], given))
                v += first_counting if sure == 0 else 0
            fresh = not known[s, sector[j]]
            v += progression if tier[j] > top_tier[s] and higher == 0 else 0
            if number > 0 and v + breadth <= max(0, top) or top_pair >= 0 and v + breadth <= top:
                continue
            if barred[school[s], j] or not has_room(
                s, j, school[s], rows, support, left, members, opened, groups, size, blocked, exclusive, grouped
            ):
                continue
            fits = True
            for t in range(held.shape[1]):
                if held[s, t] >= 0:
                    other = slot[held[s, t]]
                    if other == j or not compatible(j, other, employer, begins, ends, in_person, clash, repeat):
                        fits = False
                        break
                    if sector[other] == sector[j]:
                        fresh = False
            v += breadth if fresh else 0
            if fits and (v > top or (top_pair < 0 and number == 0)):
                top, top_pair = v, p
        if top_pair >= 0:
            held[s, number] = top_pair
            j, k = slot[top_pair], school[s]
            take(s, j, k, 1, rows, support, left, grouped)
            if blocked[j]:
                if members[k, j] % size[j] == 0:
                    opened[j] += 1
                members[k, j] += 1


def first_allocation(problem: Problem, worth: Worths, linear: Ints, depth: int) -> Ints:
    """The greedy allocation's pairs, ascending; ``linear``: the linear worth of every pair, prices included."""
    kernels = chosen_for(len(problem.pairs.slot))
    facts, slots, resources = problem.students, problem.slots, problem.resources
    student_facts, slot_facts = kernel_facts(problem)
    amounts = tuple(max(0, worth[g]) for g in ("guarantee", "need", "breadth", "progression"))
    flags = ("clash" not in problem.rules_off, "repeat" not in problem.rules_off)
    rows = (
        resources.slot_first, resources.slot_row, resources.support_row, resources.brings_support,
        resources.school_rows, slots.in_person, slots.begins, slots.ends,
    )  # fmt: skip
    counted = slots.grouped & ("group" not in problem.rules_off)
    size = np.where(counted, np.maximum(1, slots.group_max), 1 << 40)
    order = np.argsort(~facts.priority, kind="stable")
    held = np.full((len(facts.school), depth), -1, dtype=np.int64)
    barred = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=bool)
    apart = {p for separation in problem.separations for p in separation.pairs}
    linear = linear.copy()
    linear[np.array(sorted(apart), dtype=np.int64)] -= 1 << 58
    for _ in range(MENDS + 1):
        left, members, opened = _used(problem, held, rows, size)
        for _ in range(depth):
            kernels.serve(
                order, held, problem.pairs.first, problem.pairs.slot, linear, student_facts, slot_facts, amounts, flags,
                facts.school, rows, facts.support, left, members, opened, problem.groups_open, size, problem.blocked,
                problem.exclusive, slots.grouped, barred,
            )  # fmt: skip
        short = _short(problem, members)
        if not short.any():
            break
        _close(problem, held, short, barred)
    return np.sort(held[held >= 0])


def _used(problem: Problem, held: Ints, rows: tuple[Ints, ...], size: Ints) -> tuple[Ints, Ints, Ints]:
    """What is left of every limit, members by (school, slot), and groups opened by slot, for what is held."""
    from solver.resources import rows_of_pairs  # noqa: PLC0415

    facts, resources = problem.students, problem.resources
    student, place = np.nonzero(held >= 0)
    slot = problem.pairs.slot[held[student, place]]
    _, used = rows_of_pairs(resources, problem.slots, facts.support[student], facts.school[student], slot)
    left = resources.left - np.bincount(used, minlength=len(resources.left))
    members = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
    np.add.at(members, (facts.school[student], slot), problem.blocked[slot].astype(np.int64))
    for (k, j), number in problem.fixed_members.items():
        members[k, j] += number if problem.blocked[j] else 0
    return left, members, (-(-members // size[None, :])).sum(axis=0)


def _short(problem: Problem, members: Ints) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Blocks whose students do not fill their groups."""
    slots = problem.slots
    least = np.where(problem.small_school[:, None], np.minimum(slots.group_min, problem.small_min)[None, :], slots.group_min)
    groups = -(-members // np.maximum(1, slots.group_max)[None, :])
    counted = slots.grouped & ("group" not in problem.rules_off)
    return (groups * least > members) & counted[None, :]


def _close(problem: Problem, held: Ints, short: Ints, barred: Ints) -> None:
    """Take the students out of blocks that are short, down to what fills groups, and bar those blocks."""
    slots = problem.slots
    for k, j in np.argwhere(short):
        barred[k, j] = True
        inside = np.argwhere((held >= 0) & (problem.pairs.slot[np.maximum(0, held)] == j))
        inside = inside[problem.students.school[inside[:, 0]] == k]
        fixed = problem.fixed_members.get((int(k), int(j)), 0)
        keep = _fillable(len(inside) + fixed, problem.smallest_group(int(k), int(j)), int(slots.group_max[j])) - fixed
        for s, t in inside[max(0, keep) :]:
            held[s, t:-1] = held[s, t + 1 :]
            held[s, -1] = -1


def _fillable(number: int, least: int, most: int) -> int:
    """The most students, up to ``number``, that make whole groups."""
    for size in range(number, 0, -1):
        if -(-size // most) * least <= size:
            return size
    return 0
