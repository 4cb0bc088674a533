"""Whom a change touches in a re-run, and which of their options the published pairs that stay leave room for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from solver.measure import goal_values
from solver.resources import rows_of_pairs

if TYPE_CHECKING:
    from collections.abc import Collection

    from solver.arrays import Bools, Ints
    from solver.problem import Problem


def beside_pins(problem: Problem) -> Ints:
    """The pairs of group slots where pinned students sit, whose groups others may have to fill."""
    pinned = [j for _, j in problem.fixed_members.keys() - problem.exempt_members]
    pinned = [j for j in pinned if problem.blocked[j]]
    return problem.pairs.in_slots(np.array(pinned, dtype=np.int64))


def bare(problem: Problem, chosen: Ints) -> Bools:
    """The students told of a slot who have none among the pairs ``chosen``: shape (students,)."""
    return np.asarray(problem.students.baseline & with_nothing(problem, chosen))


def with_nothing(problem: Problem, chosen: Ints) -> Bools:
    """The students who have no slot, ``chosen`` or fixed: shape (students,)."""
    return np.asarray(~problem.students.placed & (_counted(problem, chosen) == 0))


def losing(problem: Problem, stay: Ints) -> Bools:
    """The students not all of whose published pairs are among ``stay``: shape (students,)."""
    return _counted(problem, np.flatnonzero(problem.pairs.kept)) > _counted(problem, stay)


def lacking(problem: Problem, chosen: Ints, goals: Collection[str]) -> Bools:
    """The students who lack, beside the pairs ``chosen``, what one of ``goals`` counts heads of: shape (students,)."""
    counting = chosen[problem.slots.counts[problem.pairs.slot[chosen]]]
    found = np.zeros(len(problem.student_ids), dtype=bool)
    if "guarantee" in goals:
        found |= ~problem.students.guaranteed & (_counted(problem, counting) == 0)
    if "reach" in goals:
        found |= with_nothing(problem, chosen)
    return found if {"guarantee", "reach"} >= set(goals) else found | bare(problem, chosen)


def options_of(problem: Problem, students: Bools) -> Ints:
    """The pairs of some students, ascending."""
    first = problem.pairs.first
    spans = [np.arange(first[s], first[s + 1], dtype=np.int64) for s in np.flatnonzero(students)]
    return np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)


def with_room(problem: Problem, stay: Ints, options: Ints) -> Ints:
    """The options that use no limit, and lie in no group slot, of which the pairs ``stay`` leave nothing."""
    slots = problem.slots
    left = problem.resources.left - np.bincount(_rows(problem, stay)[1], minlength=len(problem.resources.left))
    position, row = _rows(problem, options)
    barred = np.bincount(position, weights=left[row] <= 0, minlength=len(options)) > 0
    inside = np.bincount(problem.pairs.slot[stay], minlength=len(problem.slot_ids))
    filled = slots.grouped & (inside >= problem.groups_open * slots.group_max)
    return options[~barred & ~filled[problem.pairs.slot[options]]]


def settled_around(problem: Problem, stay: Ints, pool: Ints) -> Problem:
    """``problem`` for a model over ``pool`` that holds ``stay``: who has no other pair in it is counted as a constant.

    What such a student's slots are worth together is the same in all its solutions, so they need no columns of their
    own for it; every goal of a solution keeps its value.
    """
    facts = problem.students
    fixed = np.ones(len(problem.student_ids), dtype=bool)
    fixed[problem.pairs.student_of(np.setdiff1d(pool, stay))] = False
    narrowed = replace(
        problem,
        students=replace(
            facts,
            placed=facts.placed | (fixed & (_counted(problem, stay) > 0)),
            guaranteed=facts.guaranteed | fixed,
            progressed=facts.progressed | fixed,
            known_sector=facts.known_sector | fixed[:, None],
            need_left=np.where(fixed, 0, facts.need_left),
        ),
    )
    now, then = goal_values(problem, stay), goal_values(narrowed, stay)
    constants = {
        g: problem.constants.get(g, 0) + now[g] - then[g] for g in now if g in problem.constants or now[g] != then[g]
    }
    return replace(narrowed, constants=constants)


def some_of_each(problem: Problem, options: Ints, most: int) -> Ints:
    """At most about ``most`` options a student: half of them those wanted most, half spread over what is left.

    ``options`` ascend. Slots that count come first, then what is wanted more by points less kilometres.
    """
    if not len(options):
        return options
    pairs = problem.pairs
    student = pairs.student_of(options)
    liking = pairs.points[options].astype(np.int64) - pairs.km[options]
    order = np.lexsort((-liking, ~problem.slots.counts[pairs.slot[options]], student))
    begins = np.flatnonzero(np.diff(student[order], prepend=-1))
    each = np.diff(np.append(begins, len(options)))
    rank, total = np.arange(len(options)) - np.repeat(begins, each), np.repeat(each, each)
    half = max(1, most // 2)
    kept = (rank < half) | (rank % np.maximum(1, -(-total // half)) == 0)
    return np.sort(options[order[kept]])


def shared_out(problem: Problem, options: Ints, total: int, fewest: int) -> Ints:
    """About ``total`` of ``options`` with as many for each student as for any other, ``fewest`` at least."""
    students = len(np.unique(problem.pairs.student_of(options)))
    return some_of_each(problem, options, max(fewest, total // max(1, students)))


def parts(problem: Problem, options: Ints, size: int) -> list[Ints]:
    """``options``, which ascend, in parts of about ``size`` with every student's in one part."""
    if not len(options):
        return []
    first = np.flatnonzero(np.diff(problem.pairs.student_of(options), prepend=-1))
    part = np.repeat(first // size, np.diff(np.append(first, len(options))))
    return np.split(options, np.flatnonzero(np.diff(part)) + 1)


def _counted(problem: Problem, pairs: Ints) -> Ints:
    return np.bincount(problem.pairs.student_of(pairs), minlength=len(problem.student_ids))


def _rows(problem: Problem, pairs: Ints) -> tuple[Ints, Ints]:
    facts, student = problem.students, problem.pairs.student_of(pairs)
    uses = facts.support[student], facts.school[student], problem.pairs.slot[pairs]
    return rows_of_pairs(problem.resources, problem.slots, *uses)
