"""The path of a large re-run: keep the most of what was published, place the others around it, prove it by prices.

Where the first levels are about the published allocation, nearly every student stays. So an exact model over the
published pairs says what can stay; whoever lost everything is placed around it where there is room, and where there is
none by a model in which others move. Later levels better what the touched students have and leave what stays alone.
Bounds hold over every eligible pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.arrays import union
from solver.core import build_core
from solver.effort import Effort
from solver.exact import LevelAnswer, NoAllocationError
from solver.highs import Highs, Row
from solver.keeping_bound import COUNTED, KEEPING, MOST_PAIRS, least_lost
from solver.keeping_prices import KeepingPrices
from solver.measure import goal_values, level_value, level_values
from solver.touched import (
    bare,
    beside_pins,
    lacking,
    losing,
    options_of,
    parts,
    settled_around,
    shared_out,
    some_of_each,
    with_nothing,
    with_room,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.limits import Clock
    from solver.problem import Problem

FIRST = 2
"""Levels that are about what was published and nothing else."""
AT_ONCE = 20_000
"""Pairs of touched students in one exact model, about."""
PART = 2_000
"""The same where all levels are climbed: models of more take minutes at the levels that weigh slots."""
OFFERED = 20_000
"""Pairs of touched students, about, that later levels choose from; each has ``FEWEST`` of them or more."""
FEWEST = 12
MOVES = 6
"""Options with room for each student who may have to move for another."""
NODES = 1
"""Branches that one level of one model may take: these models are all but settled at the root."""


def is_about_keeping(problem: Problem, levels: Sequence[Level]) -> bool:
    """Whether there are published pairs to keep, and the first two levels are about nothing else."""
    first = [level.goals.keys() for level in levels[:FIRST]]
    return bool(problem.pairs.kept.any()) and len(first) == FIRST and all(goals <= KEEPING for goals in first)


class KeepingPath:
    """Settles what stays, then who else gets what around it, and proves the levels one by one."""

    def __init__(self, problem: Problem, levels: Sequence[Level], clock: Clock) -> None:
        """Nothing is solved yet."""
        self.problem, self.levels, self.clock = problem, levels, clock
        self.highs = Highs(clock)
        self.kept = np.flatnonzero(problem.pairs.kept)
        self.chosen: Ints | None = None
        self.bettered = False
        self.effort = Effort.of(problem)
        self.large = bool(self.effort.mixed)
        """Asked about in smaller models, by no integer program of all, and priced as if groups could be mixed."""
        self.prices = KeepingPrices(problem, levels, self.effort, self.highs, self.kept)

    def at_hand(self, _level: int, _floors: Sequence[int]) -> None:
        """No prices for levels that are not reached."""

    def close(self) -> None:
        """End the solver's process."""
        self.highs.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The level's value on the settled allocation, and its bound over every pair."""
        self.chosen = self._keep() if incumbent is None else incumbent
        if self.chosen is None:
            return None
        if level >= FIRST and not self.bettered:
            self.bettered = True
            self._better(floors)
        bound, prices = self.prices.of_nothing(level, floors)
        if self.large and level < FIRST - 1 and self._is_short(level, bound):
            self._move(level, floors)  # it takes long to price a level that is often reached so
        if self._is_short(level, bound):
            bound, prices = self.prices.better(level, floors, self.chosen, (bound, prices))
        if not self._is_short(level, bound) or not self.levels[level].goals.keys() <= COUNTED:
            return LevelAnswer(self.chosen, bound, None, prices)
        if level >= FIRST:
            return LevelAnswer(self.chosen, bound, self._fill(level, floors, bound), prices)
        word = self._give_up([*floors, bound][: FIRST - 1])
        solver_bound = word if level == FIRST - 1 else None
        if self._is_short(level, bound if solver_bound is None else min(bound, solver_bound)):
            self._move(level, floors)
        return LevelAnswer(self.chosen, bound, solver_bound, prices)

    def _is_short(self, level: int, bound: int) -> bool:
        return self._value(level) < bound and self.levels[level].proof and not self.clock.stop()

    def _value(self, level: int) -> int:
        assert self.chosen is not None
        return level_value(self.levels[level], goal_values(self.problem, self.chosen))

    def _staying(self) -> Ints:
        assert self.chosen is not None
        return np.intersect1d(self.chosen, self.kept)

    def _keep(self) -> Ints | None:
        """Keep what can be kept, then find room beside it for those who were told of a slot and have nothing."""
        first = self.levels[:FIRST]
        self.chosen = self._climbed(union(self.kept, beside_pins(self.problem)), first)
        for total in (0, AT_ONCE):
            if self.chosen is None:
                break
            stay = self._staying()
            options = with_room(self.problem, stay, options_of(self.problem, bare(self.problem, self.chosen)))
            for part in parts(self.problem, shared_out(self.problem, options, total, FEWEST), AT_ONCE):
                if not self.clock.stop():
                    self._take(self._climbed(union(self.chosen, part), first, stay), 0)
        return self.chosen

    def _give_up(self, floors: Sequence[int]) -> int | None:
        """The solver's word for the most that can be kept with the first level at its floor, and such an allocation.

        It is sought where only students with another slot give one up, then where others may move.
        """
        first, choosing = self.levels[:FIRST], bare(self.problem, self._staying())
        bound = self._word(first, FIRST - 1, floors, choosing)
        for wanting in self._wanting(choosing, AT_ONCE if self.large else MOST_PAIRS):
            if self.clock.stop() or (bound is not None and self._key()[:FIRST] >= (*floors, bound)):
                break
            self._take(self._climbed(self._with(wanting), first, None, floors), 0)
            self._take(self._climbed(self._with(wanting, self._moves(wanting)), first, None, floors), 0)
        return bound

    def _word(self, levels: Sequence[Level], level: int, floors: Sequence[int], choosing: Bools) -> int | None:
        """The solver's word on ``level``, which is not asked for in a large round: there it takes minutes."""
        return None if self.large else least_lost(self.problem, levels, level, floors, choosing, self.highs)

    def _fill(self, level: int, floors: Sequence[int], bound: int) -> int | None:
        """The solver's word on a later level that counts heads, and such an allocation where others can make room."""
        assert self.chosen is not None
        goals, before = self.levels[level].goals, self.chosen
        choosing = lacking(self.problem, self.chosen, goals) | bare(self.problem, self._staying())
        word = self._word(self.levels, level, floors, choosing)
        if self._is_short(level, bound if word is None else min(bound, word)):
            self._move(level, floors)
            if self.chosen is not before:
                self._better(floors)
        return word

    def _move(self, level: int, floors: Sequence[int]) -> None:
        """Better a level that counts heads: options of those who lack it, and some of those who may have to move."""
        assert self.chosen is not None
        for wanting in self._wanting(lacking(self.problem, self.chosen, self.levels[level].goals), AT_ONCE):
            if self.clock.stop():
                break
            pool = self._with(wanting, self._moves(wanting))
            self._take(self._climbed(pool, self.levels[: level + 1], None, floors), level)

    def _wanting(self, students: Bools, most: int) -> Iterator[Ints]:
        """Options of ``students``, some of each if they have more than ``most``, in parts."""
        options = options_of(self.problem, students)
        if len(options) > most:
            options = shared_out(self.problem, options, most, FEWEST)
        yield from parts(self.problem, options, most)

    def _moves(self, wanting: Ints) -> Ints:
        """Some options with room of those who have what the pairs ``wanting`` would take."""
        assert self.chosen is not None
        problem, held = self.problem, union(self.kept, self.chosen)
        wanted = np.zeros(len(problem.slot_ids), dtype=bool)
        wanted[problem.pairs.slot[wanting]] = True
        movers = np.zeros(len(problem.student_ids), dtype=bool)
        movers[problem.pairs.student_of(held[wanted[problem.pairs.slot[held]]])] = True
        room = with_room(problem, self._staying(), options_of(problem, movers))
        return parts(problem, some_of_each(problem, room, MOVES), AT_ONCE)[0] if len(room) else room

    def _with(self, *more: Ints) -> Ints:
        """The published pairs, those chosen, and more."""
        assert self.chosen is not None
        return union(self.kept, self.chosen, *more)

    def _key(self) -> tuple[int, ...]:
        assert self.chosen is not None
        return level_values(self.levels, goal_values(self.problem, self.chosen))

    def _better(self, floors: Sequence[int]) -> None:
        """Give the touched students the best of what has room, some thousands of pairs at a time."""
        stay = self._staying()
        for options in self._batches(stay):
            if self.clock.stop():
                break
            assert self.chosen is not None
            self._take(self._climbed(union(self.chosen, options), self.levels, stay, floors), 0)

    def _take(self, other: Ints | None, level: int) -> None:
        """Take another allocation where it is at least as good from ``level`` on and keeps the levels before it."""
        if other is None or self.chosen is None:
            return
        new, old = (level_values(self.levels, goal_values(self.problem, each)) for each in (other, self.chosen))
        if new[level:] >= old[level:] and all(a >= b for a, b in zip(new[:level], old[:level], strict=True)):
            self.chosen = other

    def _batches(self, stay: Ints) -> Iterator[Ints]:
        """Options in batches: of those who lost a published pair, then of others without a slot, or one that counts."""
        problem = self.problem
        lost = losing(problem, stay)
        others = (with_nothing(problem, stay) | lacking(problem, stay, {"guarantee"})) & ~lost
        most = max(FEWEST, OFFERED // max(1, int((lost | others).sum())))
        for each in (lost, others):
            options = some_of_each(problem, with_room(problem, stay, options_of(problem, each)), most)
            yield from parts(problem, options, PART)

    def _climbed(
        self, pool: Ints, levels: Sequence[Level], stay: Ints | None = None, floors: Sequence[int] = ()
    ) -> Ints | None:
        """The best allocation of the pairs in ``pool``, level by level; ``None`` when stopped before there is any.

        The pairs ``stay`` are held, and the first levels kept at their ``floors`` instead of being climbed.
        """
        problem = self.problem if stay is None else settled_around(self.problem, stay, pool)
        core = build_core(problem, levels, pool)
        if not len(core.program.upper):
            return np.zeros(0, dtype=np.int64)
        held = [] if stay is None else [Row.all_of(core.pool.column[np.isin(core.pool.pair, stay)])]
        rows = [Row(core.objective(level), floor) for level, floor in zip(levels, floors, strict=False)]
        chosen = solution = None
        for level in levels[len(floors) :]:
            objective = core.objective(level)
            answer = self.highs.integer(core.program, objective, [*rows, *held], solution, mip_max_nodes=NODES)
            if answer.status == "infeasible" and chosen is None and stay is None and not floors:
                raise NoAllocationError
            if answer.value is None:
                break
            found = core.chosen(answer.value)
            goals = goal_values(self.problem, found)
            if any(level_value(levels[i], goals) < row.least for i, row in enumerate(rows)):
                break
            chosen, solution = found, np.rint(answer.value)
            rows.append(Row(objective, level.floor_of(level_value(level, goals))))
        return chosen
