"""The goals as linear expressions over the exact model's columns, one builder per goal.

A goal used in its own sense needs rows on one side only, which the optimum presses against. A level that rewards the
opposite (``opposed``) gets the other side too, with integer columns where the goal is then no longer concave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.model import INFINITY, Expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.arrays import Bools, Ints
    from solver.core_patterns import Patterns
    from solver.core_rules import Pool
    from solver.model import Model
    from solver.problem import Problem


@dataclass(slots=True)
class GoalBuilder:
    """What the goal builders share: the model, the pool, and which goals are opposed; ``dual_rows`` is filled by them.

    ``equity_row`` and ``reserve_row`` are the rows whose duals price those goals: (group -> row), (slot -> row).
    """

    model: Model
    problem: Problem
    pool: Pool
    patterns: Patterns
    opposed: frozenset[str]
    equity_row: dict[int, int]
    reserve_row: dict[int, int]
    equity_used: bool

    reach_terms: tuple[Ints, Ints] | None = None

    def any_of(self, owner: Ints, position: Ints, most: Ints, *, exact: bool, parts: int = 1) -> tuple[Ints, Ints]:
        """One column per owner that is at most 1 and at most the sum of the owner's pool positions.

        ``most`` bounds that sum by student, whose ``parts`` owners are numbered in a row; where it is 1 the pairs
        themselves are the columns. With ``exact`` the column is 1 as soon as one of them is. For 1 read the number of
        those alike. Returns (owner, column).
        """
        single = most[owner // parts] <= 1
        alone = owner[single], self.pool.column[position[single]]
        owner, position = owner[~single], position[~single]
        owners, index = np.unique(owner, return_inverse=True)
        if not len(owners):
            return alone
        column = self.model.columns(self.pool.alike[owners // parts], integer=exact)
        rows = self.model.rows(-INFINITY, 0, len(owners))
        self.model.put(rows, column, 1)
        self.model.put(rows[index], self.pool.column[position], -1)
        if exact:
            rows = self.model.rows(-INFINITY, 0, len(owners))
            self.model.put(rows[index], self.pool.column[position], 1)
            self.model.put(rows, column, -np.minimum(most[owners // parts], np.bincount(index)))
        return np.concatenate([alone[0], owners]), np.concatenate([alone[1], column])

    def placed(self) -> tuple[Ints, Ints]:
        """(student, column) for every student's having a slot; made once, for reach and equity."""
        if self.reach_terms is None:
            exact = bool(self.opposed & {"reach"}) or self.equity_used
            placed = self.problem.students.placed
            self.reach_terms = self.having(~placed, ~placed[self.patterns.student], np.True_, exact=exact)
        return self.reach_terms

    def having(self, students: Bools, patterns: Bools, pairs: Bools | np.bool_, *, exact: bool) -> tuple[Ints, Ints]:
        """(student, column) for having one of ``pairs``, of those of ``students``.

        ``patterns`` are the patterns that have one, ``pairs`` is by pool position, ``students`` by student.
        """
        uncovered = ~self.patterns.covered[self.pool.student]
        position = np.flatnonzero(students[self.pool.student] & pairs & uncovered)
        most = self.problem.students.max_slots
        student, column = self.any_of(self.pool.student[position], position, most, exact=exact)
        own = self.patterns
        return np.concatenate([student, own.student[patterns]]), np.concatenate([column, own.column[patterns]])


def goal_expressions(builder: GoalBuilder, goals: frozenset[str]) -> dict[str, Expression]:
    """An expression for each of ``goals``, what fixed assignments are worth included."""
    constants = builder.problem.constants
    found = {goal: BUILDERS[goal](builder) for goal in sorted(goals)}
    return {
        goal: Expression(e.columns, e.coefficients, e.constant + constants.get(goal, 0)) for goal, e in found.items()
    }


def _count(terms: tuple[Ints, Ints]) -> Expression:
    return Expression(terms[1], np.ones(len(terms[1]), dtype=np.int64))


def _guarantee(b: GoalBuilder) -> Expression:
    students = ~b.problem.students.guaranteed
    of_pattern = b.patterns.counting & students[b.patterns.student]
    counts = b.problem.slots.counts[b.pool.slot]
    return _count(b.having(students, of_pattern, counts, exact="guarantee" in b.opposed))


def _reach(b: GoalBuilder) -> Expression:
    return _count(b.placed())


def _progression(b: GoalBuilder) -> Expression:
    facts = b.problem.students
    higher = b.problem.slots.tier[b.pool.slot] > facts.top_tier[b.pool.student]
    return _count(b.having(~facts.progressed, b.patterns.higher, higher, exact="progression" in b.opposed))


def _replaced(b: GoalBuilder) -> Expression:
    students = b.problem.students.baseline & ~b.problem.students.placed
    return _count(b.having(students, students[b.patterns.student], np.True_, exact="replaced" in b.opposed))


def _breadth(b: GoalBuilder) -> Expression:
    sector = b.problem.slots.sector[b.pool.slot]
    position = np.flatnonzero(~b.problem.students.known_sector[b.pool.student, sector])
    width = b.problem.students.known_sector.shape[1]
    owner = b.pool.student[position] * width + sector[position]
    most = b.problem.students.max_slots
    return _count(b.any_of(owner, position, most, exact="breadth" in b.opposed, parts=width))


def _need(b: GoalBuilder) -> Expression:
    students, slots = b.problem.students, b.problem.slots
    given = np.where(slots.counts[b.pool.slot], slots.half_days[b.pool.slot], 0)
    left = students.need_left[b.pool.student]
    useful = (given > 0) & (left > 0) & ~b.patterns.covered[b.pool.student]
    single = useful & (students.max_slots[b.pool.student] <= 1)
    gain = _gain(left, np.minimum(left, given))
    linear = Expression(b.pool.column[single], gain[single])
    owed = students.need_left[b.patterns.student]
    linear = linear.plus(Expression(b.patterns.column, _gain(owed, np.minimum(owed, b.patterns.given))))
    several = np.flatnonzero(useful & ~single)
    owners, index = np.unique(b.pool.student[several], return_inverse=True)
    if not len(owners):
        return linear
    pieces = students.need_left[owners]
    owner_of = np.repeat(np.arange(len(owners)), pieces)
    worth = np.concatenate([np.arange(int(d), 0, -1) for d in pieces])
    column = b.model.columns(b.pool.alike[owners[owner_of]], integer="need" in b.opposed)
    rows = b.model.rows(-INFINITY, 0, len(owners))
    b.model.put(rows[owner_of], column, 1)
    b.model.put(rows[index], b.pool.column[several], -given[several])
    if "need" in b.opposed:
        _need_in_order(b, owner_of, column, (index, b.pool.column[several], given[several]))
    return linear.plus(Expression(column, worth))


def _need_in_order(b: GoalBuilder, owner_of: Ints, column: Ints, given: tuple[Ints, Ints, Ints]) -> None:
    """Half-days fill the pieces of need in order, and may overflow only past the last one."""
    index, columns, half_days = given
    following = np.flatnonzero(np.diff(owner_of) == 0)
    rows = b.model.rows(-INFINITY, 0, len(following))
    b.model.put(rows, column[following + 1], 1)
    b.model.put(rows, column[following], -1)
    last = np.flatnonzero(np.append(np.diff(owner_of) != 0, True))
    most = 1 << 12
    rows = b.model.rows(-INFINITY, 0, len(last))
    b.model.put(rows[index], columns, half_days)
    b.model.put(rows[owner_of], column, -1)
    b.model.put(rows, column[last], -most)


def _gain(left: Ints, given: Ints) -> Ints:
    """``T(d) - T(d - g)`` for arrays ``d`` and ``g``."""
    after = left - given
    return np.asarray((left * (left + 1) - after * (after + 1)) // 2, dtype=np.int64)


def _preference(b: GoalBuilder) -> Expression:
    return Expression(b.pool.column, b.problem.pairs.points[b.pool.pair])


def _travel(b: GoalBuilder) -> Expression:
    return Expression(b.pool.column, b.problem.pairs.km[b.pool.pair])


def _lottery(b: GoalBuilder) -> Expression:
    return Expression(b.pool.column, b.problem.students.ticket[b.pool.student] * b.problem.pairs.points[b.pool.pair])


def _stability(b: GoalBuilder) -> Expression:
    kept = np.flatnonzero(b.problem.pairs.kept[b.pool.pair])
    return Expression(b.pool.column[kept], np.full(len(kept), -1, dtype=np.int64))


def _equity(b: GoalBuilder) -> Expression:
    student, column = b.placed()
    fixed = b.problem.students.placed
    total = Expression.zero()
    for group, share in enumerate(b.problem.share):
        inside = b.problem.students.in_group[:, group]
        constant = int(share) * int(fixed.sum()) - 100 * int((fixed & inside).sum())
        short = Expression(column, int(share) - 100 * inside[student].astype(np.int64), constant)
        total = total.plus(_positive_part(b, group, short))
    return total


def _positive_part(b: GoalBuilder, group: int, short: Expression) -> Expression:
    """A column for ``max(0, short)``."""
    most = float(np.abs(short.coefficients).sum() + abs(short.constant))
    column = b.model.columns(np.array([most]), integer=False)
    row = b.model.rows(-INFINITY, -short.constant, 1)
    b.equity_row[group] = int(row[0])
    b.model.put(np.repeat(row, len(short.columns)), short.columns, short.coefficients)
    b.model.put(row, column, -1)
    if "equity" in b.opposed:
        choice = b.model.columns(np.ones(1), integer=True)
        row = b.model.rows(-INFINITY, short.constant + most, 1)
        b.model.put(np.repeat(row, len(short.columns)), short.columns, -short.coefficients)
        b.model.put(row, column, 1)
        b.model.put(row, choice, most)
        row = b.model.rows(-INFINITY, 0, 1)
        b.model.put(row, column, 1)
        b.model.put(row, choice, -most)
    return Expression(column, np.ones(1, dtype=np.int64))


def _reserve(b: GoalBuilder) -> Expression:
    slots = b.problem.slots
    left = np.maximum(0, slots.reserved - slots.reserved_taken)
    position = np.flatnonzero(b.problem.students.priority[b.pool.student] & (left[b.pool.slot] > 0))
    used, index = np.unique(b.pool.slot[position], return_inverse=True)
    column = b.model.columns(left[used], integer=False)
    rows = b.model.rows(-INFINITY, 0, len(used))
    b.reserve_row.update(zip((int(j) for j in used), (int(r) for r in rows), strict=True))
    b.model.put(rows, column, 1)
    b.model.put(rows[index], b.pool.column[position], -1)
    if "reserve" in b.opposed:
        most = 1 << 12
        choice = b.model.columns(np.ones(len(used)), integer=True)
        rows = b.model.rows(-INFINITY, 0, len(used))
        b.model.put(rows[index], b.pool.column[position], 1)
        b.model.put(rows, column, -1)
        b.model.put(rows, choice, -most)
        rows = b.model.rows(-INFINITY, 0, len(used))
        b.model.put(rows, choice, left[used])
        b.model.put(rows, column, -1)
    return Expression(column, np.ones(len(column), dtype=np.int64))


BUILDERS: dict[str, Callable[[GoalBuilder], Expression]] = {
    "guarantee": _guarantee,
    "reach": _reach,
    "need": _need,
    "equity": _equity,
    "preference": _preference,
    "breadth": _breadth,
    "progression": _progression,
    "reserve": _reserve,
    "travel": _travel,
    "lottery": _lottery,
    "stability": _stability,
    "replaced": _replaced,
}
