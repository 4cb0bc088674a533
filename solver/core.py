"""The exact model of a problem, whole or restricted to a pool of pairs, and reading its answers back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.alike import Alike
from solver.core_goals import GoalBuilder, goal_expressions
from solver.core_patterns import Patterns, pattern_rows
from solver.core_rules import Blocks, Pool, block_rows, resource_rows, separation_rows, student_rows
from solver.model import Expression, LinearProgram, Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.policy import Level
    from solver.arrays import Floats, Ints
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Core:
    """An exact model: its arrays, its goals as expressions, and where its prices are to be read."""

    program: LinearProgram
    pool: Pool
    goals: Mapping[str, Expression]
    blocks: Blocks
    patterns: Patterns
    resource_row: Ints
    equity_row: Mapping[int, int]
    reserve_row: Mapping[int, int]

    def objective(self, level: Level) -> Expression:
        """A level's signed sum of goals."""
        total = Expression.zero()
        for goal, coefficient in level.goals.items():
            total = total.plus(self.goals[goal], coefficient)
        return total

    def chosen(self, solution: Floats) -> Ints:
        """The pairs that a solution takes."""
        return self.pool.pair[self.taken(solution) > 0]

    def taken(self, solution: Floats) -> Ints:
        """How many of those alike a solution gives each pair of the pool."""
        return np.rint(solution[self.pool.column]).astype(np.int64)


def build_core(
    problem: Problem, levels: Sequence[Level], pairs: Ints | None = None, alike: Alike | None = None
) -> Core:
    """The exact model of ``problem`` over ``pairs`` (default: all), with the goals that ``levels`` use.

    With ``alike`` those alike share their columns, and patterns say how a student's slots go together.
    """
    model = Model()
    number = (alike or Alike.nobody(problem)).number
    pair = np.arange(len(problem.pairs.slot), dtype=np.int64) if pairs is None else pairs
    student = problem.pairs.student_of(pair)
    pair, student = pair[number[student] > 0], student[number[student] > 0]
    column = model.columns(number[student], integer=True)
    pool = Pool(pair, column, student, problem.pairs.slot[pair], number)
    student_rows(model, problem, pool)
    patterns = pattern_rows(model, problem, pool) if alike else Patterns.none(problem)
    resource_row = resource_rows(model, problem, pool)
    separation_rows(model, problem, pool)
    blocks = block_rows(model, problem, pool)
    used = frozenset(goal for level in levels for goal in level.goals)
    builder = GoalBuilder(model, problem, pool, patterns, opposed_goals(levels), {}, {}, "equity" in used)
    goals = goal_expressions(builder, used)
    return Core(model.arrays(), pool, goals, blocks, patterns, resource_row, builder.equity_row, builder.reserve_row)


def opposed_goals(levels: Sequence[Level]) -> frozenset[str]:
    """Goals that some level rewards against their own sense."""
    from engine.goals import GOALS  # noqa: PLC0415

    sense = {goal.name: goal.sense for goal in GOALS}
    return frozenset(g for level in levels for g, c in level.goals.items() if c * sense[g] < 0)
