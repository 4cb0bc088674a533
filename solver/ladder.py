"""The goal ladder: each level is optimised, fixed at its floor, and the next begins where it ended."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from solver.bound import Catalogue, relax
from solver.measure import goal_values, level_value
from solver.outcome import LevelResult, Progress, scale
from solver.prices import Prices, within_worth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.exact import LevelAnswer
    from solver.limits import Clock
    from solver.outcome import Proof
    from solver.problem import Problem


class Method(Protocol):
    """A way to solve one level after another."""

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The best of ``level`` found with the earlier levels at least at ``floors``."""

    def at_hand(self, level: int, floors: Sequence[int]) -> Prices | None:
        """Prices for the bound of a ``level`` that is not reached; ``None`` for those of 0."""

    def close(self) -> None:
        """End what it started."""


@dataclass(frozen=True, slots=True)
class Climb:
    """The end of the ladder: the pairs chosen (``None``: no allocation was found) and every level's result."""

    chosen: Ints | None
    levels: tuple[LevelResult, ...]


@dataclass(frozen=True, slots=True)
class _Rung:
    best: int
    floor: int
    bound: int
    proof: Proof
    seconds: float
    prices: Prices
    price_bound: int


def climb(
    problem: Problem,
    levels: Sequence[Level],
    method: Method,
    clock: Clock,
    listener: Callable[[Progress], None] | None = None,
) -> Climb:
    """Solve every level in order with ``method``; levels not reached in time get the bound of prices at hand."""
    chosen: Ints | None = None
    rungs: list[_Rung] = []
    catalogue = Catalogue.of(problem)
    for number, level in enumerate(levels):
        begun = time.perf_counter()
        floors = [rung.floor for rung in rungs]
        _tell(listener, Progress(level.name, None, None, clock.seconds()))
        answer = None if clock.stop() else method.solve(number, floors, chosen)
        if answer is not None:
            chosen = answer.chosen
        if chosen is None:
            return Climb(None, ())
        goals = goal_values(problem, chosen)
        best = level_value(level, goals)
        at_hand = method.at_hand(number, floors) if answer is None else answer.prices
        bound, proof, prices, price_bound = _proven(problem, levels, floors, answer, at_hand, catalogue)
        seconds = time.perf_counter() - begun
        rungs.append(_Rung(best, level.floor_of(best), bound, proof, seconds, prices, price_bound))
        _tell(listener, Progress(level.name, best, bound, clock.seconds(), done=True, scale=scale(level, goals)))
    assert chosen is not None
    goals = goal_values(problem, chosen)
    results = tuple(
        LevelResult(
            level,
            {g: goals[g] for g in level.goals},
            level_value(level, goals),
            max(r.best, level_value(level, goals)),
            r.floor,
            r.bound,
            r.proof,
            r.seconds,
            r.prices,
            r.price_bound,
        )
        for level, r in zip(levels, rungs, strict=True)
    )
    return Climb(np.sort(chosen), results)


def _proven(
    problem: Problem,
    levels: Sequence[Level],
    floors: Sequence[int],
    answer: LevelAnswer | None,
    given: Prices | None,
    catalogue: Catalogue,
) -> tuple[int, Proof, Prices, int]:
    """The tightest bound at hand, how it is proven, the prices beside it and what they prove."""
    earlier = len(floors)
    prices = within_worth(problem, levels, earlier, given or Prices.none(problem, earlier))
    if answer is not None and answer.price_bound is not None and prices is given:
        bound = answer.price_bound
    else:
        bound = relax(problem, levels, earlier, floors, prices, catalogue).bound
    if answer is not None and answer.solver_bound is not None and answer.solver_bound < bound:
        return answer.solver_bound, "solver", prices, bound
    return bound, "prices", prices, bound


def _tell(listener: Callable[[Progress], None] | None, progress: Progress) -> None:
    """Tell a listener; a faulty one cannot end a long run."""
    if listener is not None:
        with contextlib.suppress(Exception):
            listener(progress)
