"""What a set of chosen pairs is worth, goal by goal, in exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.problem import Problem


def goal_values(problem: Problem, chosen: Ints) -> dict[str, int]:
    """Every goal's value for the pairs ``chosen`` together with the fixed assignments."""
    facts, slots, pairs = problem.students, problem.slots, problem.pairs
    student = pairs.student_of(chosen)
    slot = pairs.slot[chosen]
    count = len(facts.school)
    got = np.bincount(student, minlength=count) > 0
    counting = np.where(slots.counts[slot], slots.half_days[slot], 0)
    given = np.minimum(facts.need_left, np.bincount(student, weights=counting, minlength=count).astype(np.int64))
    after = facts.need_left - given
    known = facts.known_sector.copy()
    known[student, slots.sector[slot]] = True
    higher = slots.tier[slot] > facts.top_tier[student]
    in_slot = np.bincount(slot[facts.priority[student]], minlength=len(slots.capacity)) + slots.reserved_taken
    held = problem.constants
    return {
        "guarantee": _students(student[counting > 0], ~facts.guaranteed) + held.get("guarantee", 0),
        "reach": int((got & ~facts.placed).sum()) + held.get("reach", 0),
        "need": int((facts.need_left * (facts.need_left + 1) - after * (after + 1)).sum()) // 2 + held.get("need", 0),
        "equity": _equity(problem, got | facts.placed),
        "preference": int(pairs.points[chosen].sum()) + held.get("preference", 0),
        "breadth": int(known.sum() - facts.known_sector.sum()) + held.get("breadth", 0),
        "progression": _students(student[higher], ~facts.progressed) + held.get("progression", 0),
        "reserve": int(np.minimum(slots.reserved, in_slot).sum()),
        "travel": int(pairs.km[chosen].sum()) + held.get("travel", 0),
        "lottery": int((facts.ticket[student] * pairs.points[chosen]).sum()) + held.get("lottery", 0),
        "stability": held.get("stability", 0) - int(pairs.kept[chosen].sum()),
        "replaced": _students(student, facts.baseline & ~facts.placed) + held.get("replaced", 0),
    }


def level_value(level: Level, goals: Mapping[str, int]) -> int:
    """A level's signed sum of goals."""
    return sum(coefficient * goals[goal] for goal, coefficient in level.goals.items())


def level_values(levels: Sequence[Level], goals: Mapping[str, int]) -> tuple[int, ...]:
    """The signed sums of all levels."""
    return tuple(level_value(level, goals) for level in levels)


def _students(student: Ints, among: Ints | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    inside = np.zeros(len(among), dtype=bool)
    inside[student] = True
    return int((inside & among).sum())


def _equity(problem: Problem, placed: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    total = 0
    for group, share in enumerate(problem.share):
        inside = int((placed & problem.students.in_group[:, group]).sum())
        total += max(0, int(share) * int(placed.sum()) - 100 * inside)
    return total
