"""A neighbourhood: some schools' students released at once and re-placed by an exact model over candidate bundles.

Everyone else stays. Very large neighbourhood search (Ahuja, Ergun, Orlin and Punnen 2002) with a set-packing model:
one column a bundle, so that whatever one student may not have together never enters the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.columns import keys
from solver.model import INFINITY, Expression, LinearProgram, Model
from solver.resources import rows_of_pairs
from solver.separations import among, flattened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Bools, Floats, Ints
    from solver.candidates import Candidates
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Others:
    """What stays while a neighbourhood is re-placed.

    ``schools``: the neighbourhood's own, ascending. ``members``: their students in blocked slots, fixed ones included,
    shape (schools of it, slots); ``taken``: those of all schools, by slot. ``placed``: students who keep a
    slot. ``eager``: priority students by slot.
    """

    schools: Ints
    members: Ints
    taken: Ints
    held_pairs: Ints
    placed: Bools
    eager: Ints


@dataclass(frozen=True, slots=True)
class Followers:
    """Columns that follow from the moves: each is in one row, and is the least (``sign`` 1) or the most (-1) there."""

    column: Ints
    row: Ints
    sign: Ints


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The model of one neighbourhood."""

    program: LinearProgram
    found: Candidates
    goals: Mapping[str, Expression]
    blocks: tuple[Ints, Ints, Ints, Ints]
    """School, slot, count column and students kept of every block; the in-school columns follow the counts."""
    followers: Followers

    def start(self, problem: Problem, released: Ints) -> Floats:
        """The solution in which every student takes back what was ``released``.

        ``released``: pair positions descending, then -1, a row for each student, as wide as ``found.pairs``.
        """
        value = np.zeros(len(self.program.upper))
        taken = np.flatnonzero(np.isin(keys(self.found.pairs), keys(released)))
        value[taken] = 1
        school, slot, count, kept = self.blocks
        width = len(problem.slot_ids)
        known = school * width + slot
        move, pair = self.found.only(taken).members()
        key = problem.students.school[self.found.owner[taken[move]]] * width + problem.pairs.slot[pair]
        key = key[problem.blocked[problem.pairs.slot[pair]]]
        members = kept + np.bincount(np.searchsorted(known, key), minlength=len(known))
        counted = problem.slots.grouped[slot] & ("group" not in problem.rules_off)
        size = np.where(counted, np.maximum(1, problem.slots.group_max[slot]), 1 << 40)
        value[count] = -(-members // size)
        alone = np.flatnonzero(problem.exclusive[slot])
        if len(alone):
            first = int(count.max()) + 1
            value[first : first + len(alone)] = value[count[alone]] > 0
        for column, row, sign in zip(self.followers.column, self.followers.row, self.followers.sign, strict=True):
            value[column] = self._followed(value, int(column), int(row), int(sign))
        return value

    def _followed(self, value: Floats, column: int, row: int, sign: int) -> float:
        """What a column that follows from the moves is: what its one row leaves, the least (1) or the most (-1)."""
        program = self.program
        inside = slice(program.first[row], program.first[row + 1])
        used = float(program.value[inside] @ value[program.column[inside]]) - float(program.row_upper[row])
        return min(max(0.0, sign * used), float(program.upper[column]))

    def objective(self, goals: Mapping[str, int]) -> Expression:
        """A signed sum of goals."""
        total = Expression.zero()
        for goal, coefficient in goals.items():
            total = total.plus(self.goals[goal], coefficient)
        return total

    def chosen(self, solution: Floats) -> Ints:
        """The pairs taken by a solution."""
        pairs = self.found.pairs[np.rint(solution[: len(self.found.owner)]) > 0]
        return np.sort(pairs[pairs >= 0])


def build_neighbourhood(
    problem: Problem, found: Candidates, others: Others, left: Ints, groups: Ints, *, linked: bool = True
) -> Neighbourhood:
    """The model over ``found``; ``left`` and ``groups`` are what the neighbourhood may use of rows and of groups.

    ``linked``: whether rows say that nobody is in a group that is not open, which whole counts of groups say anyway.
    """
    model = Model()
    found = found.only(np.flatnonzero(_fitting(problem, found, others)))
    column = model.columns(np.ones(len(found.owner)), integer=True)
    owners, position = np.unique(found.owner, return_inverse=True)
    rows = model.rows(-INFINITY, 1, len(owners))
    model.put(rows[position], column, 1)
    move, pair = found.members()
    student, slot = found.owner[move], problem.pairs.slot[pair]
    _resource_rows(model, problem, column[move], student, slot, left)
    _separation_rows(model, problem, column[move], pair)
    blocks = _block_rows(model, problem, column[move], student, slot, others, groups, linked=linked)
    goals = {goal: Expression(column, values, 0) for goal, values in found.goals.items()}
    goals["equity"], short = _equity(model, problem, found, others)
    goals["reserve"], filled = _reserve(model, problem, column[move], student, slot, others)
    both = np.concatenate([goals["equity"].columns, goals["reserve"].columns])
    sign = np.repeat([1, -1], [len(short), len(filled)])
    return Neighbourhood(model.arrays(), found, goals, blocks, Followers(both, np.concatenate([short, filled]), sign))


def _fitting(problem: Problem, found: Candidates, others: Others) -> Bools:
    """Moves into no slot that another school has to itself, and none kept apart from what others hold."""
    move, pair = found.members()
    slot, school = problem.pairs.slot[pair], problem.students.school[found.owner[move]]
    own = others.members[np.searchsorted(others.schools, school), slot]
    keep = np.ones(len(found.owner), dtype=bool)
    keep[move[problem.exclusive[slot] & (others.taken[slot] > own)]] = False
    if problem.separations:
        apart, of = flattened(problem.separations)
        holds = np.isin(apart, others.held_pairs)
        barred = apart[np.isin(of, of[holds]) & ~holds]
        keep[move[np.isin(pair, barred)]] = False
    return keep


def _resource_rows(model: Model, problem: Problem, column: Ints, student: Ints, slot: Ints, left: Ints) -> None:
    facts = problem.students
    position, row = rows_of_pairs(problem.resources, problem.slots, facts.support[student], facts.school[student], slot)
    use = np.bincount(row, minlength=len(left))
    binding = np.flatnonzero(use > left)
    numbers = np.full(len(left), -1, dtype=np.int64)
    numbers[binding] = model.rows(-INFINITY, left[binding], len(binding))
    kept = numbers[row] >= 0
    model.put(numbers[row[kept]], column[position[kept]], 1)


def _separation_rows(model: Model, problem: Problem, column: Ints, pair: Ints) -> None:
    used, at = np.unique(pair, return_inverse=True)
    for separation in among(problem.separations, used):
        inside = column[np.isin(at, np.array(separation.pairs))]
        model.put(np.repeat(model.rows(-INFINITY, 1, 1), len(inside)), inside, 1)


def _block_rows(
    model: Model,
    problem: Problem,
    column: Ints,
    student: Ints,
    slot: Ints,
    others: Others,
    groups: Ints,
    *,
    linked: bool,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Groups by school and slot: those of others stay, with their members counted; ``groups`` is what may be open."""
    inside = np.flatnonzero(problem.blocked[slot])
    school = problem.students.school[student]
    row, held = np.nonzero((others.members > 0) & problem.blocked)
    width = len(problem.slot_ids)
    keys = np.unique(np.concatenate([school[inside] * width + slot[inside], others.schools[row] * width + held]))
    k, j = keys // width, keys % width
    counted = problem.slots.grouped[j] & ("group" not in problem.rules_off)
    count = model.columns(problem.groups_open[j], integer=True)
    fixed = others.members[np.searchsorted(others.schools, k), j]
    least = np.array([problem.smallest_group(int(a), int(b)) for a, b in zip(k, j, strict=True)], dtype=np.int64)
    of_pair = np.searchsorted(keys, school[inside] * width + slot[inside])
    holders, tied = np.unique(student[inside] * max(1, len(keys)) + of_pair, return_inverse=True)
    block = holders % max(1, len(keys))
    come = np.maximum(1, np.bincount(block, minlength=len(keys)))
    most = np.where(counted, problem.slots.group_max[j], problem.slots.capacity[j])
    most = np.where(fixed > 0, most, np.minimum(most, come))  # a relaxation is the tighter for it
    rows = model.rows(-INFINITY, -fixed, len(keys))
    model.put(rows[of_pair], column[inside], 1)
    model.put(rows, count, -most)
    asked = np.flatnonzero(counted)
    rows = np.full(len(keys), -1, dtype=np.int64)
    rows[asked] = model.rows(-fixed[asked], INFINITY, len(asked))
    member = rows[of_pair] >= 0
    model.put(rows[of_pair[member]], column[inside[member]], 1)
    model.put(rows[asked], count[asked], -least[asked])
    if linked:
        links = model.rows(-INFINITY, 0, len(holders))
        model.put(links[tied], column[inside], 1)
        model.put(links, count[block], -1)
    _totals(model, problem, j, count, groups)
    return k, j, count, fixed


def _totals(model: Model, problem: Problem, slot: Ints, count: Ints, groups: Ints) -> None:
    used, position = np.unique(slot, return_inverse=True)
    grouped = np.flatnonzero(problem.slots.grouped[used] & ("group" not in problem.rules_off))
    rows = np.full(len(used), -1, dtype=np.int64)
    rows[grouped] = model.rows(-INFINITY, groups[used[grouped]], len(grouped))
    kept = rows[position] >= 0
    model.put(rows[position[kept]], count[kept], 1)
    alone = np.flatnonzero(problem.exclusive[slot])
    one = model.columns(np.ones(len(alone)), integer=True)
    link = model.rows(-INFINITY, 0, len(alone))
    model.put(link, count[alone], 1)
    model.put(link, one, -np.maximum(1, problem.groups_open[slot[alone]]))
    single = np.flatnonzero(problem.exclusive[used])
    rows = np.full(len(used), -1, dtype=np.int64)
    rows[single] = model.rows(-INFINITY, np.minimum(1, groups[used[single]]), len(single))
    model.put(rows[position[alone]], one, 1)


def _equity(model: Model, problem: Problem, found: Candidates, others: Others) -> tuple[Expression, Ints]:
    """The goal, and the row of each of its columns."""
    facts = problem.students
    total, rows = Expression.zero(), [np.zeros(0, dtype=np.int64)]
    placing = found.goals["reach"] > 0
    for group, share in enumerate(problem.share):
        inside = facts.in_group[:, group]
        constant = int(share) * int(others.placed.sum()) - 100 * int((others.placed & inside).sum())
        values = np.where(placing, int(share) - 100 * inside[found.owner].astype(np.int64), 0)
        column = model.columns(np.array([float(np.abs(values).sum() + abs(constant))]), integer=False)
        row = model.rows(-INFINITY, -constant, 1)
        model.put(np.repeat(row, len(values)), np.arange(len(values)), values)
        model.put(row, column, -1)
        total = total.plus(Expression(column, np.ones(1, dtype=np.int64)))
        rows.append(row)
    return total, np.concatenate(rows)


def _reserve(
    model: Model, problem: Problem, column: Ints, student: Ints, slot: Ints, others: Others
) -> tuple[Expression, Ints]:
    """The goal, and the row of each of its columns."""
    slots = problem.slots
    taken = np.minimum(slots.reserved, slots.reserved_taken + others.eager)
    left = slots.reserved - taken
    position = np.flatnonzero(problem.students.priority[student] & (left[slot] > 0))
    used, index = np.unique(slot[position], return_inverse=True)
    filled = model.columns(left[used], integer=False)
    rows = model.rows(-INFINITY, 0, len(used))
    model.put(rows, filled, 1)
    model.put(rows[index], column[position], -1)
    return Expression(filled, np.ones(len(filled), dtype=np.int64), int(taken.sum())), rows
