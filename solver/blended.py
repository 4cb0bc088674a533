"""The blended path, for rounds of a few hundred students: prices and an allocation, then an exact model from there.

Neighbourhoods at good prices find an allocation soon; an exact model betters what they leave, level by level, and may
prove what prices cannot. In it those alike share their columns, so it is a little less than the round: what it gives a
set of students must be dealt out to them. Where that fails it is built again with each of them by himself or herself.
Its work is counted in the solvers' own measures, so a run ends by itself and ends the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.alike import Alike
from solver.core import build_core, opposed_goals
from solver.cuts import group_cuts
from solver.dealing import deal
from solver.exact import ROUNDING, integer_bound
from solver.highs import UNANSWERED, Answer, Row
from solver.model import Expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Floats, Ints
    from solver.core import Core
    from solver.exact import ExactPath, LevelAnswer
    from solver.ladder import Method

SMALL, SMALLEST, LIKELY = 8_000, 5_000, 5_000
"""Columns of models that are asked about whole, of the smallest of them, which get most work, and how many likely
columns of larger ones are asked about first."""
MOST = 15_000
"""Columns that a better answer may take up to which HiGHS is asked to prove a level: more take it minutes."""
NODES, CHECKS = (1_500, 250, 10), (6_000, 1_500, 200)
"""Branches that HiGHS may take in one of the smallest models, in a small one, in a larger one; and how often it may ask
itself whether to go on, which also limits what it does before its first branch: most of its work."""
UNPROVEN = 15
"""How many times less often at a level that need not be proven."""
TIMES, TIMES_LARGE = 4, 2
"""Times that a level's model is built, each time with more students told apart; where it has more than ``MOST`` columns
less often."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One level's model, with what it is asked."""

    alike: Alike
    core: Core
    objective: Expression
    rows: list[Row]


class BlendedPath:
    """Asks ``first`` about every level, then an exact model from where ``first`` ended."""

    def __init__(self, exact: ExactPath, first: Method) -> None:
        """Both are closed with the path."""
        self.exact, self.first = exact, first
        self.problem, self.levels = exact.problem, exact.levels
        self.clock = exact.highs.clock
        self.alone: frozenset[int] = frozenset()
        """Students told apart from those like them."""

    def at_hand(self, _level: int, _floors: Sequence[int]) -> None:
        """No prices for levels that are not reached."""

    def close(self) -> None:
        """End the solvers' processes."""
        self.first.close()
        self.exact.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The better allocation of the two ways, what prices prove and, where it is lower, the solver's bound."""
        found = self.first.solve(level, floors, incumbent)
        if found is None:
            return None
        last: tuple[_Question, Answer, list[int]] | None = None
        for turn in range(TIMES if self.levels[level].proof else 1):
            large = last is not None and len(last[0].core.program.upper) > MOST
            if self.clock.stop() or self._proven(level, found) or (large and turn == TIMES_LARGE):
                break
            question = self._question(level, floors)
            if last is not None:
                found, _ = self._dealt(level, floors, found, question, self._around(question, *last))
            start = None if self._proven(level, found) else self._completed(question, found.chosen)
            if start is None and last is None and not self.clock.stop():  # the first way has broken a rule of the model
                return self.exact.solve(level, floors, incumbent)
            if start is None:
                break
            answer = self._integer(question, start, found.solver_bound, prove=self.levels[level].proof)
            bounds = [bound for bound in (found.solver_bound, integer_bound(answer)) if bound is not None]
            found = replace(found, solver_bound=min(bounds, default=None))
            found, stuck = self._dealt(level, floors, found, question, answer)
            if not stuck:
                break
            self.alone |= {int(s) for each in stuck for s in question.alike.members(each)}
            last = question, answer, stuck
        return found

    def _question(self, level: int, floors: Sequence[int]) -> _Question:
        """The model of ``level``, in which nobody is alike where a goal is rewarded against its sense."""
        levels = self.levels[: level + 1]
        goals = frozenset(goal for each in levels for goal in each.goals)
        opposed = opposed_goals(levels)
        alike = Alike.nobody(self.problem) if opposed else Alike.by(self.problem, goals, self.alone)
        core = build_core(self.problem, levels, alike=alike)
        rows = [Row(core.objective(each), floor) for each, floor in zip(levels, floors, strict=False)]
        return _Question(alike, core, core.objective(levels[level]), [*rows, *group_cuts(self.problem, core)])

    def _dealt(
        self, level: int, floors: Sequence[int], found: LevelAnswer, question: _Question, answer: Answer
    ) -> tuple[LevelAnswer, list[int]]:
        """``found``, or what ``answer`` gives single students where that is better; to whom it cannot be dealt out."""
        if answer.value is None or answer.objective < self.exact.value(level, found.chosen) + 1 - ROUNDING:
            return found, []
        chosen, stuck = deal(self.problem, question.core, question.alike, answer.value, self.exact.highs)
        if stuck:
            return found, stuck
        return replace(found, chosen=self.exact.better(level, floors, found.chosen, chosen)), []

    def _around(self, question: _Question, last: _Question, answer: Answer, stuck: list[int]) -> Answer:
        """The best of the model in which all but those ``stuck`` are given what the ``last`` one gave them."""
        if answer.value is None:
            return UNANSWERED
        pool, before = question.core.pool, last.core.pool
        held = ~np.isin(before.student, stuck)
        at = pool.column[np.searchsorted(pool.pair, before.pair[held])]
        return self._holding(
            question, at, last.core.taken(answer.value)[held], mip_max_nodes=NODES[-1], checks=CHECKS[-1]
        )

    def _holding(self, question: _Question, columns: Ints, number: Ints, **settings: int) -> Answer:
        """The best of the model in which every one of ``columns`` is its ``number``."""
        upper = question.core.program.upper.copy()
        upper[columns] = number
        everything = Row(Expression(columns, np.ones(len(columns), dtype=np.int64)), int(number.sum()))
        program = replace(question.core.program, upper=upper)
        return self.exact.highs.integer(program, question.objective, [*question.rows, everything], None, **settings)

    def _integer(self, question: _Question, start: Floats, known: int | None, *, prove: bool) -> Answer:
        """The best answer found from ``start`` on, and a bound, by HiGHS.

        It is asked, of a larger model first about the columns that the relaxation all but takes, and then, to ``prove``
        it, about all that a better answer may take (reduced-cost fixing: Dantzig, Fulkerson and Johnson 1954).
        ``known`` is a bound already.
        """
        program, objective, rows, highs = question.core.program, question.objective, question.rows, self.exact.highs
        relaxed = highs.linear(program, objective, rows)
        if relaxed.reduced is None or relaxed.value is None:
            return UNANSWERED
        loss = np.where((relaxed.value > ROUNDING) | (start > 0), 0.0, np.abs(relaxed.reduced))
        best = float(objective.dense(len(start)) @ start + objective.constant)
        bound = relaxed.objective if known is None else min(relaxed.objective, known)
        large, size = len(loss) > SMALL, (len(loss) > SMALLEST) + (len(loss) > SMALL)
        effort = {"mip_max_nodes": NODES[size], "checks": CHECKS[size] if prove else CHECKS[max(1, size)] // UNPROVEN}
        stages = [*([float(np.sort(loss)[LIKELY])] if large else []), float("inf")]
        for most in stages if prove else stages[:1]:
            likely = np.where(loss <= min(most, relaxed.objective - best) + ROUNDING, program.upper, 0.0)
            all_likely = most >= relaxed.objective - best
            if self.clock.stop() or bound < best + 1 - ROUNDING or np.count_nonzero(likely) > MOST:
                break
            answer = highs.integer(replace(program, upper=likely), objective, rows, start, **effort)
            if answer.value is not None and answer.objective > best:
                start, best = answer.value, answer.objective
            if all_likely:
                bound = min(bound, max(best, answer.bound))
        return Answer("feasible", start, None, None, best, bound, 0)

    def _proven(self, level: int, found: LevelAnswer) -> bool:
        bounds = [bound for bound in (found.price_bound, found.solver_bound) if bound is not None]
        return self.exact.value(level, found.chosen) >= min(bounds, default=1 << 62)

    def _completed(self, question: _Question, chosen: Ints) -> Floats | None:
        """The model's columns when the pairs ``chosen`` are taken and no others."""
        first, member, pool = self.problem.pairs.first, self.problem.pairs.student_of(chosen), question.core.pool
        at = np.searchsorted(pool.pair, chosen - first[member] + first[question.alike.of[member]])
        return self._holding(question, pool.column, np.bincount(at, minlength=pool.size)).value
