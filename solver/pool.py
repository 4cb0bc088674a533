"""A pool of pairs on which prices are sought, and its growth by what the whole round would choose at those prices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.ascent import Ascent, Point
from solver.bound import relax
from solver.prices import SCALE, Prices
from solver.problem import PairFacts, Separation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.bound import Catalogue, Relaxed
    from solver.limits import Clock
    from solver.problem import Problem


def restricted(problem: Problem, keep: Ints) -> Problem:
    """``problem`` with the pairs ``keep`` only (ascending positions); pair ``n`` of the result is ``keep[n]``."""
    pairs = problem.pairs
    first = np.searchsorted(keep, pairs.first).astype(np.int64)
    place = {int(p): n for n, p in enumerate(keep)} if problem.separations else {}
    apart = [tuple(place[p] for p in s.pairs if p in place) for s in problem.separations]
    return replace(
        problem,
        pairs=PairFacts(first, pairs.slot[keep], pairs.km[keep], pairs.points[keep], pairs.kept[keep]),
        separations=tuple(Separation(members) for members in apart if len(members) > 1),
    )


@dataclass(slots=True)
class PoolSearch:
    """The search for one level's prices: descents on the pool, and pricing of the whole round between them."""

    problem: Problem
    levels: Sequence[Level]
    level: int
    floors: Sequence[int]
    catalogue: Catalogue
    pool: Ints
    begin: Point | None
    ascent: Ascent = field(init=False)
    point: Point = field(init=False)
    asked: Prices = field(init=False)

    def __post_init__(self) -> None:
        """Set the descent up on the first pool."""
        self.ascent = Ascent(restricted(self.problem, self.pool), self.levels, self.level, self.floors)
        self.point = self.ascent.start() if self.begin is None else self.begin

    def run(self, steps: int, unit: float, first: float, last: float, clock: Clock) -> list[Ints]:
        """A descent on the pool; each step's choices, as pairs of the pool."""
        self.point, _, votes = self.ascent.descend(self.point, steps, unit, first, last, clock)
        return votes

    def prices(self) -> Prices:
        """The point as prices of the whole round: pairs outside the pool pay what their block has to spare."""
        blocks = self.ascent.outside(self.point)
        p = self.ascent.prices(self.point, blocks)
        return Prices(SCALE, p.rates, p.rows, blocks, self.pool[p.own_pair], p.own_price, p.equity, p.reserve)

    def grow(self) -> Relaxed:
        """Price every pair of the round, and take what students would choose into the pool."""
        self.asked = self.prices()
        relaxed = relax(self.problem, self.levels, self.level, self.floors, self.asked, self.catalogue)
        wanted = np.unique(relaxed.choice[relaxed.choice >= 0])
        new = np.setdiff1d(wanted, self.pool)
        own = np.concatenate([self.asked.own_price / SCALE, self._outside_price(new)])
        pair = np.concatenate([self.asked.own_pair, new[self.problem.blocked[self.problem.pairs.slot[new]]]])
        self.pool = np.union1d(self.pool, new)
        self.ascent = Ascent(restricted(self.problem, self.pool), self.levels, self.level, self.floors)
        self.point = replace_own(self.point, own[np.argsort(pair, kind="stable")])
        return relaxed

    def _outside_price(self, new: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        slot = self.problem.pairs.slot[new]
        inside = self.problem.blocked[slot]
        student = np.searchsorted(self.problem.pairs.first, new[inside], side="right") - 1
        return self.asked.blocks[self.problem.students.school[student], slot[inside]] / SCALE


def replace_own(point: Point, own: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Point:
    """The point with other own prices."""
    return Point(point.rates, point.rows, own, point.equity, point.reserve)
