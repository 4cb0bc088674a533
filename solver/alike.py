"""Students who are alike: what the levels ask of them, and all that they may be given, is the same.

An exact model need not tell them apart: one of them stands for all, with whole numbers of students instead of choices.
That removes the symmetry by which a search tries the same answer again with others' names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable

    from solver.arrays import Ints
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Alike:
    """Who stands for whom.

    ``of``: by student, the first of those alike, shape (students,). ``number``: by student, how many the student
    stands for, 0 where another one stands, shape (students,).
    """

    of: Ints
    number: Ints

    @classmethod
    def nobody(cls, problem: Problem) -> Alike:
        """Every student stands alone."""
        count = len(problem.students.school)
        return cls(np.arange(count, dtype=np.int64), np.ones(count, dtype=np.int64))

    @classmethod
    def by(cls, problem: Problem, goals: frozenset[str], alone: frozenset[int] = frozenset()) -> Alike:
        """Students alike in the rules and in ``goals``.

        Those of ``alone`` stand alone, as do those to be kept apart from someone and, where new sectors count, which
        are single students', all.
        """
        if "breadth" in goals:
            return cls.nobody(problem)
        count = len(problem.students.school)
        apart = alone | {int(s) for each in problem.separations for s in problem.pairs.student_of(np.array(each.pairs))}
        first: dict[Hashable, int] = {}
        of = np.array(
            [first.setdefault(s if s in apart else _likeness(problem, goals, s), s) for s in range(count)],
            dtype=np.int64,
        )
        return cls(of, np.bincount(of, minlength=count))

    def members(self, student: int) -> Ints:
        """Everyone for whom ``student`` stands, in the order of the lottery."""
        return np.flatnonzero(self.of == student)


def _likeness(problem: Problem, goals: frozenset[str], student: int) -> Hashable:
    """What decides whether another student is like this one."""
    facts, pairs, s = problem.students, problem.pairs, student
    own = np.arange(pairs.first[s], pairs.first[s + 1])
    asked: dict[str, tuple[Hashable, ...]] = {
        "guarantee": (bool(facts.guaranteed[s]),),
        "reach": (),
        "need": (int(facts.need_left[s]),),
        "equity": (facts.in_group[s].tobytes(),),
        "preference": (pairs.points[own].tobytes(),),
        "progression": (bool(facts.progressed[s]), int(facts.top_tier[s])),
        "reserve": (bool(facts.priority[s]),),
        "travel": (pairs.km[own].tobytes(),),
        "lottery": (int(facts.ticket[s]), pairs.points[own].tobytes()),
        "stability": (pairs.kept[own].tobytes(),),
        "replaced": (bool(facts.baseline[s]),),
    }
    limits = int(facts.max_slots[s]), int(facts.max_half_days[s]), int(facts.max_virtual[s])
    rules = int(facts.school[s]), bool(facts.support[s]), bool(facts.placed[s]), *limits
    return rules, pairs.slot[own].tobytes(), tuple(asked[goal] for goal in sorted(goals))
