"""A first allocation, student by student: each takes the best slot that still has room, round after round.

Groups fill as students come; those that end below their minimum are closed and their students served again.
"""


# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver import serving
from solver.bound import kernel_facts
from solver.kernels import chosen_for
from solver.resources import rows_of_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Bools, Ints
    from solver.prices import Worths
    from solver.problem import Problem

_LOADED = (serving,)
MENDS = 4
"""Times that unfilled groups are closed and their students served again."""


def first_allocation(
    problem: Problem, worth: Worths, linears: Sequence[Ints], depth: int, closed: Bools, given: Ints
) -> Ints:
    """The greedy allocation's pairs, ascending; it begins from the pairs ``given``.

    Students are served with each of ``linears`` (the linear worth of every pair) in turn, ``depth`` slots at most, in
    no group of the blocks that are ``closed``, shape (schools, slots). Separations are not looked at: what they are
    about is left out of ``problem`` before.
    """
    kernels = chosen_for(len(problem.pairs.slot))
    facts = problem.students
    student_facts, slot_facts = kernel_facts(problem)
    amounts = worth.of_bundles
    flags = ("clash" not in problem.rules_off, "repeat" not in problem.rules_off)
    rows, shape = room_facts(problem)
    size = group_sizes(problem)
    order = np.argsort(~facts.priority, kind="stable")
    held = held_by_student(problem, given, depth)
    barred = closed & problem.blocked[None, :]
    _complete(problem, held, linears[0], size)
    for _ in range(MENDS + 1):
        limits, full = used(problem, held, size), barred.copy()
        for linear in linears:
            done = np.zeros(len(held), dtype=bool)
            for _ in range(depth):
                kernels.serve(
                    order, held, problem.pairs.first, problem.pairs.slot.raw, linear, student_facts, slot_facts,
                    amounts, flags, facts.school, rows, facts.support, limits, shape, full, done,
                )  # fmt: skip
        short = _short(problem, limits[1])
        if not short.any():
            break
        _close(problem, held, short, barred)
    return np.sort(held[held >= 0])


def room_facts(problem: Problem) -> tuple[tuple[Ints | Bools, ...], tuple[Ints | Bools, ...]]:
    """What the inner loops ask to know whether a slot has room: which rows pairs use, and the slots' groups."""
    slots, resources = problem.slots, problem.resources
    rows = (
        resources.slot_first, resources.slot_row, resources.support_row, resources.brings_support,
        resources.school_rows, slots.in_person, slots.begins, slots.ends,
    )  # fmt: skip
    return rows, (problem.groups_open, group_sizes(problem), problem.blocked, problem.exclusive, slots.grouped)


def group_sizes(problem: Problem) -> Ints:
    """By slot, the most students of a group; where they do not come in groups, more than there are."""
    slots = problem.slots
    counted = slots.grouped & ("group" not in problem.rules_off)
    return np.where(counted, np.maximum(1, slots.group_max), 1 << 40).astype(np.int64)


def held_by_student(problem: Problem, given: Ints, depth: int) -> Ints:
    """The pairs ``given`` (ascending) as rows, one a student: shape (students, depth), -1 where there is none."""
    held = np.full((len(problem.students.school), depth), -1, dtype=np.int64)
    student = problem.pairs.student_of(given)
    held[student, np.arange(len(given)) - np.searchsorted(student, student)] = given
    return held


def _complete(problem: Problem, held: Ints, linear: Ints, size: Ints) -> None:
    """Fill up the groups of fixed students, whom no shut group lets go, with those of their school who gain most."""
    resources, slots, facts = problem.resources, problem.slots, problem.students
    left, members, _ = used(problem, held, size)
    short = _short(problem, members)
    blocks = [(k, j) for k, j in sorted(problem.fixed_members.keys() - problem.exempt_members) if short[k, j]]
    if not blocks:
        return
    pairs = problem.pairs.in_slots(np.array([j for _, j in blocks], dtype=np.int64))
    student, slot = problem.pairs.student_of(pairs), problem.pairs.slot[pairs]
    for k, j in blocks:
        number, least = int(members[k, j]), problem.smallest_group(k, j)
        lacking = -(-number // max(1, int(slots.group_max[j]))) * least - number
        apt = np.flatnonzero((slot == j) & (facts.school[student] == k) & (facts.max_slots[student] > 0))
        for at in apt[np.argsort(-linear[pairs[apt]], kind="stable")]:
            if lacking <= 0:
                break
            own = slice(at, at + 1)
            uses = facts.support[student[own]], facts.school[student[own]], slot[own]
            rows = rows_of_pairs(resources, slots, *uses)[1]
            if held[student[at], 0] < 0 and (left[rows] > 0).all():
                held[student[at], 0] = pairs[at]
                left[rows] -= 1
                lacking -= 1


def used(problem: Problem, held: Ints, size: Ints) -> tuple[Ints, Ints, Ints]:
    """What is left of every limit, members by (school, slot), and groups opened by slot, for what is held."""
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


def smallest_groups(problem: Problem) -> Ints:
    """The fewest students of a group, 0 where they do not come in groups: shape (schools, slots)."""
    slots = problem.slots
    least = np.where(
        problem.small_school[:, None], np.minimum(slots.group_min, problem.small_min)[None, :], slots.group_min
    )
    counted = slots.grouped & ("group" not in problem.rules_off)
    return np.where(counted[None, :], least, 0).astype(np.int64)


def _short(problem: Problem, members: Ints) -> Bools:
    """Blocks whose students do not fill their groups."""
    groups = -(-members // group_sizes(problem)[None, :])
    return np.asarray(groups * smallest_groups(problem) > members)


def _close(problem: Problem, held: Ints, short: Bools, barred: Bools) -> None:
    """Take the students out of blocks that are short, down to what fills groups, and bar those blocks."""
    barred |= short
    student, place = np.nonzero(held >= 0)
    slot, school = problem.pairs.slot[held[student, place]], problem.students.school[student]
    inside = np.flatnonzero(short[school, slot])
    key = school[inside] * short.shape[1] + slot[inside]
    inside = inside[np.argsort(key, kind="stable")]
    blocks, begins, numbers = np.unique(np.sort(key), return_index=True, return_counts=True)
    for block, begin, end in zip(blocks.tolist(), begins, begins + numbers, strict=True):
        k, j = divmod(block, short.shape[1])
        fixed = problem.fixed_members.get((k, j), 0)
        most = int(problem.slots.group_max[j])
        keep = max(0, _fillable(int(end - begin) + fixed, problem.smallest_group(k, j), most) - fixed)
        gone = inside[begin + keep : end]
        held[student[gone], place[gone]] = -1
    held[:] = np.take_along_axis(held, np.argsort(held < 0, axis=1, kind="stable"), axis=1)


def _fillable(number: int, least: int, most: int) -> int:
    """The most students, up to ``number``, that make whole groups."""
    for size in range(number, 0, -1):
        if -(-size // most) * least <= size:
            return size
    return 0
