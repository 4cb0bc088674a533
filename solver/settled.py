"""The search for a level's prices while it is settled which school opens which group.

Turn by turn the softened bound over the bundles at hand is brought down within a box around the best prices known
(L-BFGS-B, Byrd, Lu, Nocedal and Zhu 1995; a trust region as in Marsten, Hogan and Blankenship 1975), every student's
best bundle at the new prices is added, and the box shrinks where the true bound did not follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize

from solver.bound import constant_part, student_side
from solver.columns import Columns
from solver.exploring import explore
from solver.lifting import Lifted, Lifting, Rivals
from solver.opening import usable_pairs
from solver.pool import restricted
from solver.prices import SCALE, worths
from solver.resources import rows_of_pairs
from solver.softened import RivalValues, Softened
from solver.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Floats, Ints
    from solver.bound import Catalogue
    from solver.limits import Clock
    from solver.problem import Problem

BOX, SHRINK = 0.006, 0.6
"""How far prices move in the first turn, in what a slot is worth, and by how much less after a turn in vain."""
HOT, COLD, COOLING = 4e-4, 4e-5, 0.8
"""The heat of the first turn and the least, in what a slot is worth, and how it falls."""
STEPS, MEMORY = 45, 20
CAP = 6
"""Bundles nearest to the best that are added for each student at every turn."""
NEAR = 0.1
"""How much less than the best they are at most, in what a slot is worth."""
MANY_COLUMNS = 70
"""Bundles a student, about, from which those far from the best are forgotten."""


@dataclass(slots=True)
class Settled:
    """One level's prices, while the groups of ``opened`` (by block) are settled."""

    problem: Problem
    levels: Sequence[Level]
    catalogue: Catalogue
    clock: Clock
    opened: Ints
    columns: Columns
    standing: Standing
    level: int
    floors: Sequence[int]
    worth: float
    """What a good slot is worth in units of the level."""
    usable: Bools = field(init=False)
    pool: Ints = field(init=False)
    part: Problem = field(init=False)
    heat: float = field(init=False, default=HOT)
    box: float = field(init=False, default=BOX)
    best: float = field(init=False, default=float("inf"))
    rivals: RivalValues | None = field(init=False, default=None)
    rivals_at: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Note which pairs are usable."""
        self._settle()

    @property
    def active(self) -> Bools:
        """By block, whether it is open."""
        return self.opened > 0

    def run(self, turns: int) -> None:
        """``turns`` turns."""
        if self.best == float("inf"):
            self.best = self.bound()
        for _ in range(turns):
            if self.clock.stop():
                break
            self._turn()

    def narrowed(self, lifts: int, turns: int) -> Lifted:
        """The best of ``lifts`` lifted prices, ``turns`` turns before each.

        A lift brings rivals into view, beside which earlier bounds were too low: the search begins anew from there.
        """
        best: Lifted | None = None
        for _ in range(lifts):
            self.run(turns)
            lifted = self.lift()
            if best is None or lifted.relaxed.total < best.relaxed.total:
                best = lifted
            self.best, self.box = float("inf"), BOX
            if self.clock.stop():
                break
        assert best is not None
        return best

    def bound(self) -> float:
        """The bound as long as the groups stay settled, exact; the students' choices join the bundles."""
        problem, levels, level = self.problem, self.levels, self.level
        prices = self.standing.prices(problem, levels, level, self.catalogue, self.active)
        worth = worths(levels, level, prices)
        value, choice = student_side(self.part, worth, prices)
        everything = np.ones(len(self.pool), dtype=bool)
        near = explore(self.part, worth, prices, everything, value, int(NEAR * self.worth * SCALE)).near(CAP)
        for bundles in (choice, near):
            self.columns.add(np.append(self.pool, -1)[bundles])
        total = int(value.sum()) + int(prices.rows @ problem.resources.left) + constant_part(problem, worth, prices)
        total -= sum(int(rate) * int(floor) for rate, floor in zip(prices.rates, self.floors, strict=True))
        return total / SCALE + self._groups()

    def lift(self) -> Lifted:
        """Prices for every pair of the round; the shut blocks that come near are kept in view from then on."""
        prices = self.standing.prices(self.problem, self.levels, self.level, self.catalogue, self.active)
        lifting = Lifting(
            self.problem, self.levels, self.level, self.floors, self.catalogue, self.active, self.pool, self.part
        )
        lifted = lifting.lift(prices, self.usable)
        self.rivals = self._rival_values(lifted.rivals)
        self.rivals_at = self._vector(self.standing)
        return lifted

    def _rival_values(self, rivals: Rivals) -> RivalValues:
        """What the rivals bring now, and how it changes with prices."""
        problem, facts = self.problem, self.problem.students
        student = problem.pairs.student_of(rivals.pair)
        slot, school = problem.pairs.slot[rivals.pair], facts.school[student]
        at, row = rows_of_pairs(problem.resources, problem.slots, facts.support[student], school, slot)
        blocks = self.catalogue
        inside = np.flatnonzero(self.usable[rivals.pair] & problem.blocked[slot])
        block = blocks.block_of(problem, rivals.pair[inside])
        left = len(problem.resources.left)
        change = sp.csr_matrix(
            (
                -np.concatenate([rivals.sign[at], rivals.sign[inside]]).astype(np.float64),
                (np.concatenate([rivals.rival[at], rivals.rival[inside]]), np.concatenate([row, left + block])),
            ),
            shape=(len(rivals.block), left + len(blocks.slot)),
        )
        of_slot = np.searchsorted(blocks.slots, blocks.slot[rivals.block])
        return RivalValues(of_slot, rivals.value / SCALE, change)

    def _rivals_now(self) -> RivalValues | None:
        """The rivals' values at the present standing."""
        if self.rivals is None:
            return None
        moved = self.rivals.change @ (self._vector(self.standing) - self.rivals_at)
        return replace(self.rivals, value=self.rivals.value + moved)

    def _vector(self, standing: Standing) -> Floats:
        return np.concatenate([standing.rows, standing.up - standing.down])

    def change(self, lifted: Lifted, least: float) -> int:
        """Open other blocks where they bring more by ``least`` (in what a slot is worth); how many slots changed."""
        blocks, opened = self.catalogue, self.opened.copy()
        brought = lifted.brought / SCALE
        most = np.zeros(len(blocks.slots))
        np.maximum.at(most, blocks.of_slot, brought)
        now = np.bincount(blocks.of_slot, weights=brought * opened, minlength=len(most))
        changed = np.flatnonzero(most * blocks.groups - now > least * self.worth)
        up, down = self.standing.up.copy(), self.standing.down.copy()
        for slot in changed.tolist():
            inside = slice(blocks.slot_first[slot], blocks.slot_first[slot + 1])
            opened[inside] = lifted.relaxed.open_groups[inside]
            fresh = np.flatnonzero((opened[inside] > 0) & (self.opened[inside] <= 0)) + blocks.slot_first[slot]
            up[fresh] = np.maximum(0, lifted.prices.blocks[blocks.school[fresh], blocks.slot[fresh]]) / SCALE
            down[fresh] = 0.0
        if len(changed):
            old = self.standing
            self.opened, self.best = opened, float("inf")
            self.standing = Standing(old.rates, old.rows, up, down, old.equity, old.reserve)
            self._settle()
        return len(changed)

    def _settle(self) -> None:
        problem = self.problem
        self.usable = usable_pairs(self.catalogue, self.opened, problem)
        self.pool = np.flatnonzero(self.usable)
        self.part = restricted(problem, self.pool)

    def _turn(self) -> None:
        soft = self._softened(self.standing, self.box * self.worth)
        before, heat = self.standing, self.heat * self.worth
        found = minimize(
            soft.value_and_slope,
            np.zeros(len(soft.bounds())),
            args=(heat,),
            jac=True,
            method="L-BFGS-B",
            bounds=soft.bounds(),
            options={"maxiter": STEPS, "maxcor": MEMORY, "maxfun": 2 * STEPS},
        )
        self._trim(soft, found.x)
        self.standing = soft.moved(found.x)
        bound = self.bound()
        if bound < self.best:
            self.best = bound
        else:
            self.standing = before
            self.box *= SHRINK
        self.heat = max(COLD, COOLING * self.heat)

    def nearest(self, cap: int) -> None:
        """Forget the bundles at hand except each student's best ``cap``."""
        soft = self._softened(self.standing, self.box * self.worth)
        self._forget(soft, np.zeros(len(soft.bounds())), cap)

    def _trim(self, soft: Softened, move: Floats) -> None:
        """Where there are many bundles, forget those at hand that are furthest from their student's best."""
        if len(self.columns.owner) > MANY_COLUMNS * len(self.problem.student_ids):
            self._forget(soft, move, MANY_COLUMNS // 2)

    def _forget(self, soft: Softened, move: Floats, cap: int) -> None:
        """Forget all bundles at hand but the best ``cap`` of each student's after ``move``."""
        at = np.flatnonzero(self._fits())
        owner = self.columns.owner[at]
        order = np.lexsort((soft.behind(move), owner))
        rank = np.arange(len(at)) - np.searchsorted(owner, owner)
        keep = np.ones(len(self.columns.owner), dtype=bool)
        keep[at[order[rank >= cap]]] = False
        self.columns.keep(keep)

    def _softened(self, standing: Standing, box: float) -> Softened:
        columns = self.at_hand()
        return Softened(
            self.problem, self.levels, self.level, self.floors, self.catalogue, self.active, columns, standing, box,
            self._rivals_now(),
        )  # fmt: skip

    def at_hand(self) -> Columns:
        """The bundles of usable pairs."""
        columns, fits = self.columns, self._fits()
        part = Columns(self.problem, columns.depth)
        part.owner, part.pairs, part.goals = columns.owner[fits], columns.pairs[fits], columns.goals[fits]
        return part

    def _fits(self) -> Bools:
        """By bundle, whether all of its pairs are usable."""
        pairs = self.columns.pairs
        return np.asarray(np.append(self.usable, True)[pairs].all(axis=1))

    def _groups(self) -> float:
        """What the slots' open blocks bring, each slot as many groups of the best as it has."""
        blocks = self.catalogue
        value = self.standing.up * blocks.most_more - self.standing.down * blocks.least_more
        value = np.where(self.active, value, 0.0)
        if not len(value):
            return 0.0
        top = np.maximum(0.0, np.maximum.reduceat(value, blocks.slot_first[:-1]))
        rivals = self._rivals_now()
        if rivals is not None:
            np.maximum.at(top, rivals.slot, rivals.value)
        return float(top @ blocks.groups)
