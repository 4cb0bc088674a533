"""Rows that every allocation keeps and the linear relaxation does not: what opening groups must use up.

An open group has its minimum of students, so groups of one school that exclude each other for a student share the
school's students, and groups under one limit share it. The relaxation opens them by halves; these rows, over the
numbers of groups alone, are knapsacks from which an integer solver finds more.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from solver.highs import Row
from solver.model import Expression
from solver.resources import rows_of_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Ints
    from solver.core import Core
    from solver.problem import Problem

Members = dict[int, list[int]]


def group_cuts(problem: Problem, core: Core) -> list[Row]:
    """The rows for one model, in a fixed order."""
    sizes = _smallest(problem, core)
    if not sizes.any():
        return []
    members: Members = defaultdict(list)
    for position in np.flatnonzero(core.blocks.of_pair >= 0):
        members[int(core.blocks.of_pair[position])].append(int(position))
    limits = _limits_of_pairs(problem, core)
    rows = list(_fits(problem, core, sizes, members, limits))
    rows += _shared_students(problem, core, sizes, members)
    rows += _shared_limits(problem, core, sizes, limits)
    return rows


def _smallest(problem: Problem, core: Core) -> Ints:
    """The fewest new students that open a group by block; 0 where none need to come or some are fixed already."""
    blocks, size = core.blocks, np.zeros(len(core.blocks.slot), dtype=np.int64)
    for b, (k, j) in enumerate(zip(blocks.school.tolist(), blocks.slot.tolist(), strict=True)):
        if blocks.least[b] >= 0 and (k, j) not in problem.fixed_members:
            size[b] = problem.smallest_group(k, j)
    return size


def _limits_of_pairs(problem: Problem, core: Core) -> dict[int, Ints]:
    """The pool positions that use each shared limit, by row; support places aside, which not everyone uses."""
    pool, facts = core.pool, problem.students
    nobody = np.zeros(pool.size, dtype=bool)
    position, row = rows_of_pairs(problem.resources, problem.slots, nobody, facts.school[pool.student], pool.slot)
    order = np.lexsort((position, row))
    used, begins = np.unique(row[order], return_index=True)
    parts = np.split(position[order], begins[1:]) if len(used) else []
    return dict(zip(used.tolist(), parts, strict=True))


def _fits(problem: Problem, core: Core, sizes: Ints, members: Members, limits: dict[int, Ints]) -> Iterator[Row]:
    """A group holds no more than any limit that all its students use; no more groups open than can be filled."""
    blocks = core.blocks
    least_left = np.full(core.pool.size, np.iinfo(np.int64).max)
    for row, positions in limits.items():
        np.minimum.at(least_left, positions, problem.resources.left[row])
    for b, inside in members.items():
        positions = np.array(inside, dtype=np.int64)
        if not sizes[b]:
            continue
        room = min(int(least_left[positions].min()), int(core.pool.alike[core.pool.student[positions]].sum()))
        most = room // int(sizes[b])
        count = blocks.count[b : b + 1]
        if most < problem.groups_open[blocks.slot[b]]:
            yield _at_most(count, np.ones(1, dtype=np.int64), most)
        if room < problem.slots.group_max[blocks.slot[b]]:
            columns = np.concatenate([core.pool.column[positions], count])
            yield _at_most(columns, np.append(np.ones(len(positions), dtype=np.int64), -room), 0)


def _shared_students(problem: Problem, core: Core, sizes: Ints, members: Members) -> Iterator[Row]:
    """Groups of a school that a student can have one of only: their minimums fit into the students they share."""
    sharing: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    slots = problem.slots
    for b in np.flatnonzero(sizes):
        school, j = int(core.blocks.school[b]), int(core.blocks.slot[b])
        sharing[school, "", 0].append(int(b))
        if "repeat" not in problem.rules_off:
            sharing[school, "employer", int(slots.employer[j])].append(int(b))
        if "clash" not in problem.rules_off:
            for moment in range(int(slots.begins[j]), int(slots.ends[j]) + 1):
                sharing[school, "half-day", moment].append(int(b))
            if slots.in_person[j]:
                for day in range(int(slots.begins[j]) // 2, int(slots.ends[j]) // 2 + 1):
                    sharing[school, "day", day].append(int(b))
    seen: set[tuple[int, ...]] = set()
    for (_, kind, _), found in sharing.items():
        if len(found) > 1 and (tuple(found) not in seen):
            seen.add(tuple(found))
            student = core.pool.student[np.concatenate([members[b] for b in found])]
            who, options = np.unique(student, return_counts=True)
            each = np.minimum(problem.students.max_slots[who], options) if not kind else np.ones(len(who))
            yield from _knapsack(problem, core, sizes, np.array(found), int(each @ core.pool.alike[who]))


def _shared_limits(problem: Problem, core: Core, sizes: Ints, limits: dict[int, Ints]) -> Iterator[Row]:
    """Groups under one limit, and everyone else under it."""
    for row, positions in limits.items():
        block = core.blocks.of_pair[positions]
        grouped = (block >= 0) & (sizes[block] > 0)
        found = np.unique(block[grouped])
        if len(found):
            yield from _knapsack(
                problem, core, sizes, found, int(problem.resources.left[row]), core.pool.column[positions[~grouped]]
            )


def _knapsack(
    problem: Problem, core: Core, sizes: Ints, found: Ints, most: int, others: Ints | None = None
) -> Iterator[Row]:
    others = np.zeros(0, dtype=np.int64) if others is None else others
    if int(sizes[found] @ problem.groups_open[core.blocks.slot[found]]) + len(others) > most:
        columns = np.concatenate([core.blocks.count[found], others])
        yield _at_most(columns, np.concatenate([sizes[found], np.ones(len(others), dtype=np.int64)]), most)


def _at_most(columns: Ints, coefficients: Ints, most: int) -> Row:
    return Row(Expression(columns, -coefficients), -most)
