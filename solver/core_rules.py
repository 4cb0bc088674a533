"""The rules as rows of the exact model: what a student can hold, what is shared, and groups by school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.model import INFINITY
from solver.resources import expand, rows_of_pairs

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints
    from solver.model import Model
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Pool:
    """The pairs of one model: positions in the problem's pairs, their columns, students and slots.

    ``alike``: by student, how many the student stands for, shape (students,).
    """

    pair: Ints
    column: Ints
    student: Ints
    slot: Ints
    alike: Ints

    @property
    def size(self) -> int:
        """How many pairs."""
        return len(self.pair)


@dataclass(frozen=True, slots=True)
class Blocks:
    """School-and-slot blocks of group and in-school slots, and the model's rows and columns for them.

    ``of_pair`` gives each pool pair its block or -1. ``count`` is the column of the number of groups (of 0 or 1 for
    an individual in-school slot). ``most``, ``least`` and ``link`` are row numbers (-1 where there is none): the
    students fit the groups, fill them, and none comes without a group.
    """

    school: Ints
    slot: Ints
    count: Ints
    of_pair: Ints
    most: Ints
    least: Ints
    link: Ints


def student_rows(model: Model, problem: Problem, pool: Pool) -> None:
    """``limit``, ``clash`` and ``repeat`` for every student of the pool."""
    facts, slots = problem.students, problem.slots
    student, slot = pool.student, pool.slot
    _bounded(model, pool, np.ones(pool.size, dtype=np.int64), facts.max_slots)
    _bounded(model, pool, slots.half_days[slot], facts.max_half_days)
    _bounded(model, pool, slots.virtual[slot].astype(np.int64), facts.max_virtual)
    several = facts.max_slots[student] > 1
    keys: list[tuple[Ints, Ints]] = []
    everyone = np.flatnonzero(several)
    if "repeat" not in problem.rules_off:
        keys.append((everyone, slots.employer[slot[everyone]]))
    if "clash" not in problem.rules_off:
        out = np.flatnonzero(several & slots.in_person[slot])
        keys.append(_touching(out, slots.begins[slot[out]] // 2, slots.ends[slot[out]] // 2))
        keys.append(_touching(everyone, slots.begins[slot[everyone]], slots.ends[slot[everyone]]))
    cliques: set[tuple[int, ...]] = set()
    for position, label in keys:
        cliques.update(_cliques(student[position], label, position))
    _at_most_one(model, pool, sorted(_undominated(cliques)))


def resource_rows(model: Model, problem: Problem, pool: Pool) -> Ints:
    """The shared limits; the model's row for each row of ``problem.resources``, or -1 where it cannot bind."""
    resources = problem.resources
    position, row = rows_of_pairs(
        resources,
        problem.slots,
        problem.students.support[pool.student],
        problem.students.school[pool.student],
        pool.slot,
    )
    use = np.bincount(row, weights=pool.alike[pool.student[position]], minlength=len(resources.left))
    binding = np.flatnonzero(use > resources.left)
    numbers = np.full(len(resources.left), -1, dtype=np.int64)
    numbers[binding] = model.rows(-INFINITY, resources.left[binding], len(binding))
    kept = numbers[row] >= 0
    model.put(numbers[row[kept]], pool.column[position[kept]], 1)
    return numbers


def separation_rows(model: Model, problem: Problem, pool: Pool) -> None:
    """Separated students are kept apart."""
    column = {int(p): int(c) for p, c in zip(pool.pair, pool.column, strict=True)} if problem.separations else {}
    cliques = [tuple(column[p] for p in s.pairs if p in column) for s in problem.separations]
    cliques = [c for c in cliques if len(c) > 1]
    rows = model.rows(-INFINITY, 1, len(cliques))
    for row, clique in zip(rows, cliques, strict=True):
        model.put(np.full(len(clique), row), np.array(clique), 1)


def block_rows(model: Model, problem: Problem, pool: Pool) -> Blocks:
    """``group`` and ``one_school``: the students of a school in a slot form groups, and in-school slots one school."""
    slots, schools = problem.slots, problem.students.school[pool.student]
    grouped_on = "group" not in problem.rules_off
    blocked = problem.blocked
    key = schools * len(problem.slot_ids) + pool.slot
    pinned = [k * len(problem.slot_ids) + j for k, j in problem.fixed_members if blocked[j]]
    keys = np.unique(np.concatenate([key[blocked[pool.slot]], np.array(pinned, dtype=np.int64)]))
    school, slot = keys // len(problem.slot_ids), keys % len(problem.slot_ids)
    of_pair = np.where(blocked[pool.slot], np.searchsorted(keys, key), -1)
    counted = slots.grouped[slot] & grouped_on
    count = model.columns(problem.groups_open[slot], integer=True)
    fixed = np.array(
        [problem.fixed_members.get((int(k), int(j)), 0) for k, j in zip(school, slot, strict=True)], dtype=np.int64
    )
    least_size = np.array(
        [problem.smallest_group(int(k), int(j)) for k, j in zip(school, slot, strict=True)], dtype=np.int64
    )
    most_size = np.where(counted, slots.group_max[slot], np.where(slots.grouped[slot], 1 << 20, slots.capacity[slot]))
    inside = np.flatnonzero(of_pair >= 0)
    most = _most_rows(model, pool, inside, of_pair, count, most_size, fixed)
    least = _least_rows(model, problem, pool, inside, of_pair, count, least_size, fixed, counted, (school, slot))
    link = np.full(pool.size, -1, dtype=np.int64)
    link[inside] = model.rows(-INFINITY, 0, len(inside))
    model.put(link[inside], pool.column[inside], 1)
    model.put(link[inside], count[of_pair[inside]], -pool.alike[pool.student[inside]])
    _slot_totals(model, problem, slot, count)
    return Blocks(school, slot, count, of_pair, most, least, link)


def _bounded(model: Model, pool: Pool, use: Ints, limit: Ints) -> None:
    """Rows for the students whose pool could pass ``limit`` in total ``use``."""
    bound = np.minimum(limit, 1 << 30)
    total = np.bincount(pool.student, weights=use, minlength=len(limit))
    rows = np.full(len(limit), -1, dtype=np.int64)
    tight = np.flatnonzero(total > bound)
    rows[tight] = model.rows(-INFINITY, bound[tight] * pool.alike[tight], len(tight))
    kept = (rows[pool.student] >= 0) & (use > 0)
    model.put(rows[pool.student[kept]], pool.column[kept], use[kept])


def _touching(position: Ints, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """(position, moment) for every moment that each interval touches."""
    first = np.concatenate([[0], np.cumsum(ends - begins + 1)])
    index, entry = expand(first, np.arange(len(position)))
    return position[index], begins[index] + entry - first[index]


def _cliques(student: Ints, label: Ints, position: Ints) -> list[tuple[int, ...]]:
    """Sets of pool positions that share a student and a label, of two or more."""
    order = np.lexsort((position, label, student))
    student, label, position = student[order], label[order], position[order]
    breaks = np.flatnonzero((np.diff(student) != 0) | (np.diff(label) != 0)) + 1
    return [tuple(part.tolist()) for part in np.split(position, breaks) if len(part) > 1]


def _undominated(cliques: set[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The cliques that lie in no other one."""
    holders: dict[int, list[frozenset[int]]] = {}
    kept = []
    for clique in sorted(cliques, key=lambda c: (-len(c), c)):
        members = frozenset(clique)
        if any(members <= other for other in holders.get(clique[0], ())):
            continue
        kept.append(clique)
        for member in clique:
            holders.setdefault(member, []).append(members)
    return kept


def _at_most_one(model: Model, pool: Pool, cliques: list[tuple[int, ...]]) -> None:
    most = pool.alike[pool.student[np.array([c[0] for c in cliques], dtype=np.int64)]]
    rows = model.rows(-INFINITY, most, len(cliques))
    lengths = np.array([len(c) for c in cliques], dtype=np.int64)
    members = np.array([p for c in cliques for p in c], dtype=np.int64)
    model.put(np.repeat(rows, lengths), pool.column[members] if len(members) else members, 1)


def _most_rows(model: Model, pool: Pool, inside: Ints, of_pair: Ints, count: Ints, size: Ints, fixed: Ints) -> Ints:
    """Students, fixed ones included, fit into the groups."""
    rows = model.rows(-INFINITY, -fixed, len(count))
    model.put(rows[of_pair[inside]], pool.column[inside], 1)
    model.put(rows, count, -size)
    return rows


def _least_rows(
    model: Model,
    problem: Problem,
    pool: Pool,
    inside: Ints,
    of_pair: Ints,
    count: Ints,
    size: Ints,
    fixed: Ints,
    counted: Bools,
    keys: tuple[Ints, Ints],
) -> Ints:
    """Students, fixed ones included, fill the groups; nothing is asked where only frozen rows sit."""
    exempt = np.array([(int(k), int(j)) in problem.exempt_members for k, j in zip(*keys, strict=True)], dtype=bool)
    asked = np.flatnonzero(counted & ~exempt)
    rows = np.full(len(count), -1, dtype=np.int64)
    rows[asked] = model.rows(-fixed[asked], INFINITY, len(asked))
    member = inside[rows[of_pair[inside]] >= 0]
    model.put(rows[of_pair[member]], pool.column[member], 1)
    model.put(rows[asked], count[asked], -size[asked])
    return rows


def _slot_totals(model: Model, problem: Problem, slot: Ints, count: Ints) -> None:
    """Groups over all schools do not exceed the slot's; an in-school slot takes one school."""
    left = problem.groups_open
    used, position = np.unique(slot, return_inverse=True)
    group_row = np.full(len(used), -1, dtype=np.int64)
    shared = np.flatnonzero(problem.slots.grouped[used] & ("group" not in problem.rules_off))
    group_row[shared] = model.rows(-INFINITY, left[used[shared]], len(shared))
    kept = group_row[position] >= 0
    model.put(group_row[position[kept]], count[kept], 1)
    exclusive = np.flatnonzero(problem.exclusive[slot])
    one = model.columns(np.ones(len(exclusive)), integer=True)
    row = model.rows(-INFINITY, 0, len(exclusive))
    model.put(row, count[exclusive], 1)
    model.put(row, one, -np.maximum(1, left[slot[exclusive]]))
    schools_row = np.full(len(used), -1, dtype=np.int64)
    single = np.flatnonzero(problem.exclusive[used])
    schools_row[single] = model.rows(-INFINITY, 1, len(single))
    model.put(schools_row[position[exclusive]], one, 1)
