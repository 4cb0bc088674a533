"""Finding good prices: a subgradient descent on the bound over a pool of pairs.

The bound is convex in the prices (Held, Wolfe and Crowder 1974); each step asks the relaxed problem what it would
choose and raises the prices of what is asked for too often. Steps are normalised by coordinate with momentum (Kingma
and Ba 2015) and shrink geometrically, so the work is counted in steps, never in seconds. A student's price in a block
moves by itself, with its block's and with its slot's: where a whole school or slot is asked for too often, all of its
prices rise at once instead of one after another.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.side_by_side import side_by_side
from solver import copies
from solver.bound import constant_part, student_side
from solver.kernels import chosen_for
from solver.measure import goal_values
from solver.prices import SCALE, Prices, worths
from solver.resources import rows_of_pairs
from solver.strides import Stride

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.policy import Level
    from solver.arrays import Bools, Floats, Ints
    from solver.bound import Catalogue
    from solver.limits import Clock
    from solver.prices import Worths
    from solver.problem import Problem

_LOADED = (copies,)
MANY_COPIES, PARTS = 50_000, 8
"""Where there are so many copies, slots choose theirs in so many parts side by side."""
STEP_NODES = 100
"""How long a student's bundles are searched at each step; what is found when it ends is good enough for a slope."""
SURE = 0.1
"""The size of steps from which on rates move: prices that still move much tell nothing of them."""
FAR = 1e4
"""How many times as dear, or as cheap, as it begins a rate may become."""
KEPT, KEPT_STUDENTS = 100, 1_000_000
"""Steps whose choices are remembered, and students of all of these together."""
MEAN = 0.95
"""How much of the mean openings each step keeps."""
UNIT = {"rates": 0.3, "rows": 0.2, "own": 0.025, "block": 0.08, "slot": 0.08, "equity": 0.3, "reserve": 0.3}
"""The first step of every family: rates, equity and reserve as they are, the others in what a slot is worth."""


@dataclass(slots=True)
class Point:
    """Prices as real numbers, in units of the level: what the descent moves.

    ``own``: one price per block pair of the pool. ``equity`` and ``reserve`` are fractions of what the goal is worth.
    """

    rates: Floats
    rows: Floats
    own: Floats
    equity: Floats
    reserve: Floats

    def copy(self) -> Point:
        """A copy that later steps leave alone."""
        return Point(*(f.copy() for f in (self.rates, self.rows, self.own, self.equity, self.reserve)))

    def scaled(self, rates: Floats, divisor: float) -> Point:
        """The same prices for another level, in which a unit of this one is worth ``1 / divisor``."""
        return Point(rates, self.rows / divisor, self.own / divisor, self.equity.copy(), self.reserve.copy())


@dataclass(slots=True)
class Descent:
    """One level's search for prices over the pairs of ``problem`` (a pool of the round's).

    ``catalogue`` is of the whole round. ``forced``: by block, the groups that it must open, or -1. ``worth``: what a
    good slot is worth in units of the level. ``moving``: by earlier level, whether its rate is sought or stays.
    """

    problem: Problem
    levels: Sequence[Level]
    level: int
    floors: Sequence[int]
    catalogue: Catalogue
    point: Point
    worth: float
    moving: Sequence[bool]
    forced: Ints = field(init=False)
    block_pair: Ints = field(init=False)
    block: NDArray[np.int32] = field(init=False)
    """The block of each of these."""
    first: Ints = field(init=False)
    member: Ints = field(init=False)
    opened: Floats = field(init=False)
    best: float = field(init=False)
    strides: dict[str, Stride] = field(init=False)
    dear: tuple[Floats, Floats] = field(init=False)
    """The least and the most that rates may become."""
    choices: deque[Ints] = field(init=False)
    """What the students chose at the last steps, as pair positions or -1."""
    left: Ints = field(init=False)
    """What is left of every limit."""
    begins: int = field(init=False, default=0)
    """The first student who still chooses. Those before have what they have: from then on only limits' prices move."""

    def __post_init__(self) -> None:
        """Note which pairs sit in which block."""
        problem = self.problem
        blocks = self.catalogue
        self.block_pair = np.flatnonzero(problem.blocked[problem.pairs.slot.raw])
        block = blocks.block_of(problem, self.block_pair)
        self.block = block.astype(np.int32)
        self.member = np.argsort(block, kind="stable")
        self.first = np.zeros(len(blocks.slot) + 1, dtype=np.int64)
        np.cumsum(np.bincount(block, minlength=len(blocks.slot)), out=self.first[1:])
        self.opened = np.zeros(len(blocks.slot))
        self.forced = np.full(len(blocks.slot), -1, dtype=np.int64)
        self.best = float("inf")
        self.dear = self.point.rates / FAR, self.point.rates * FAR
        self.choices = deque(maxlen=min(KEPT, 1 + KEPT_STUDENTS // max(1, len(problem.student_ids))))
        self.left = problem.resources.left.copy()
        sizes = {"rates": self.level, "rows": len(self.point.rows), "own": len(self.point.own)}
        sizes |= {"block": len(blocks.slot), "slot": len(blocks.slots)}
        sizes |= {"equity": len(self.point.equity), "reserve": len(self.point.reserve)}
        self.strides = {name: Stride.of(size) for name, size in sizes.items()}

    def prices(self) -> Prices:
        """The point as integer prices; pairs outside the pool pay nothing to blocks."""
        p = self.point
        rates = _whole(p.rates)
        none = np.zeros(0, dtype=np.int64)
        worth = worths(self.levels, self.level, Prices(SCALE, rates, none, none, none, none, none, none))
        return Prices(
            SCALE,
            rates,
            _whole(p.rows),
            np.zeros((len(self.problem.school_ids), len(self.problem.slot_ids)), dtype=np.int64),
            self.block_pair,
            _whole(p.own),
            np.floor(p.equity * max(0, -worth["equity"])).astype(np.int64),
            np.floor(p.reserve * max(0, worth["reserve"])).astype(np.int64),
        )

    def run(self, steps: int, first: float, last: float, clock: Clock, batches: int = 1) -> None:
        """``steps`` steps, from ``first`` to ``last`` times each family's unit.

        With several ``batches`` each step asks one of so many parts of the students, in turn, and takes it for all:
        students are numbered by lot, so that any of these is a fair sample (stochastic gradients, Robbins and Monro
        1951). What it comes to is then no bound. Only for rounds without blocks, whose groups need all students.
        """
        shrink = (last / first) ** (1.0 / max(1, steps - 1))
        size = first
        for step in range(steps):
            if clock.stop():
                break
            total, slopes = self.slopes((step % batches, batches), rates=size <= SURE and any(self.moving))
            self.best = min(self.best, total)
            self._step(slopes, size)
            size *= shrink

    def slopes(self, batch: tuple[int, int] = (0, 1), *, rates: bool = False) -> tuple[float, dict[str, Floats]]:
        """The bound on the pool, and its slope by family where that can move; ``rates``: whether these can.

        ``batch``: which part of how many students is asked. Where that is not everybody there is no bound.
        """
        problem, prices = self.problem, self.prices()
        worth = worths(self.levels, self.level, prices)
        number, many = batch
        count = len(problem.student_ids) - self.begins
        asked = (self.begins + number * count // many, self.begins + (number + 1) * count // many)
        only = None if many == 1 and not self.begins else asked
        value, choice = student_side(problem, worth, prices, nodes=STEP_NODES, only=only)
        self.choices.append(choice)
        blocks, taken = self._copies(prices)
        chosen = np.sort(choice[choice >= 0])
        student = problem.pairs.student_of(chosen)
        slot = problem.pairs.slot[chosen]
        facts = problem.students
        _, rows = rows_of_pairs(problem.resources, problem.slots, facts.support[student], facts.school[student], slot)
        use = np.bincount(rows, minlength=len(self.left))
        slopes = {} if self.begins else self._soft(worth, student, slot, chosen, many, rates=rates)
        slopes["rows"] = (self.left - many * use).astype(np.float64)
        slopes["own"] = (taken - self._picked(chosen)).astype(np.float64)
        if only is not None:
            return float("inf"), slopes
        total = int(value.sum()) + blocks + int(prices.rows @ self.left) + constant_part(problem, worth, prices)
        total -= sum(int(r) * int(f) for r, f in zip(prices.rates, self.floors, strict=True))
        return total / SCALE, slopes

    def place_prices(self) -> Floats:
        """What a place costs in each block: the mean of its students' own prices."""
        total = np.bincount(self.block, weights=self.point.own, minlength=len(self.forced))
        return np.asarray(total / np.maximum(1, np.diff(self.first)))

    def spare_prices(self) -> Ints:
        """What students outside the pool can pay in each (school, slot) without bettering what the slot has.

        A slot's best groups are worth so much a group; a block that fills ``t`` places from its own copies has the
        rest of that worth for its other places.
        """
        problem, blocks, price = self.problem, self.catalogue, self.prices().own_price
        kernels = chosen_for(len(problem.pairs.slot))
        value = self._chosen_copies(price)[0]
        group = np.maximum(0, value) // np.maximum(1, blocks.groups)
        slots = problem.slots
        size = np.maximum(1, np.where(slots.grouped, slots.group_max, slots.capacity))
        each = np.zeros(len(problem.slot_ids), dtype=np.int64)
        each[blocks.slots] = group // size[blocks.slots] + 1
        spare = np.where(problem.blocked, each, 0)[None, :].repeat(len(problem.school_ids), 0)
        found = np.zeros(len(blocks.slot), dtype=np.int64)
        of_slot = blocks.of_slot
        kernels.spare_worth(self.first, self.member, price, size[blocks.slot], group[of_slot], found)
        spare[blocks.school, blocks.slot] = found
        return spare

    def _step(self, slopes: Mapping[str, Floats], size: float) -> None:
        p, unit = self.point, self.worth * size
        if len(p.own):
            blocks = np.bincount(self.block, slopes["own"], len(self.forced)).astype(np.float64)
            slots = np.add.reduceat(blocks, self.catalogue.slot_first[:-1])
            moved = np.repeat(self.strides["slot"].step(slots, unit * UNIT["slot"]), np.diff(self.catalogue.slot_first))
            moved += self.strides["block"].step(blocks, unit * UNIT["block"])
            self.strides["own"].move(p.own, slopes["own"], unit * UNIT["own"], moved, self.block)
        p.rows += self.strides["rows"].step(slopes["rows"], unit * UNIT["rows"])
        np.maximum(p.rows, 0.0, out=p.rows)
        for name in ("equity", "reserve"):
            if name in slopes:
                moved = getattr(p, name) + self.strides[name].step(slopes[name], size * UNIT[name])
                setattr(p, name, np.clip(moved, 0.0, 1.0))
        if "rates" in slopes:
            stride = self.strides["rates"].step(slopes["rates"], size * UNIT["rates"])
            p.rates = np.clip(p.rates * np.where(self.moving, np.exp(stride), 1.0), *self.dear)

    def _picked(self, chosen: Ints) -> Bools:
        """By block pair, whether it is among the pairs ``chosen``."""
        if not len(self.block_pair):
            return np.zeros(0, dtype=bool)
        picked = np.zeros(len(self.problem.pairs.slot), dtype=bool)
        picked[chosen] = True
        return np.asarray(picked[self.block_pair])

    def _copies(self, prices: Prices) -> tuple[int, Ints]:
        """What the slots' copies are worth, and which are taken, by block pair."""
        value, opened, taken = self._chosen_copies(prices.own_price)
        self.opened += (1 - MEAN) * (opened - self.opened)
        return int(value.sum()), taken

    def _chosen_copies(self, price: Ints) -> tuple[Ints, Ints, Ints]:
        """The slots' best choice: worth by slot, groups by block, and whether each copy is taken."""
        blocks, kernels = self.catalogue, chosen_for(len(self.problem.pairs.slot))
        taken = np.zeros(len(price), dtype=np.int64)
        opened = np.zeros(len(blocks.slot), dtype=np.int64)
        value = np.zeros(len(blocks.slots), dtype=np.int64)
        widest, step = self._widest(), len(value) if len(price) < MANY_COPIES else -(-len(value) // PARTS)

        def part(span: slice) -> None:
            kernels.choose_copies(
                blocks.slot_first[span.start : span.stop + 1], self.first, self.member, price, blocks.least,
                blocks.most, blocks.groups[span], blocks.fixed, blocks.places, blocks.single[span], self.forced,
                widest, value[span], opened, taken,
            )  # fmt: skip

        list(side_by_side(part, [slice(at, min(at + step, len(value))) for at in range(0, len(value), max(1, step))]))
        return value, opened, taken

    def _widest(self) -> int:
        """The most places that any block can fill."""
        blocks = self.catalogue
        room = np.repeat(blocks.groups, np.diff(blocks.slot_first)) * blocks.most - blocks.fixed
        room = np.minimum(room, blocks.places)
        return max(1, int(np.minimum(np.diff(self.first), room).max(initial=1)))

    def _soft(
        self, worth: Worths, student: Ints, slot: Ints, chosen: Ints, times: int, *, rates: bool
    ) -> dict[str, Floats]:
        """Slopes of equity, reserve and the rates, if the students asked stand for ``times`` as many."""
        problem, facts, slopes = self.problem, self.problem.students, {}
        if worth["equity"] or rates:
            placed = facts.placed.copy()
            placed[student] = True
            inside = (placed[:, None] & facts.in_group).sum(axis=0)
            short = times * (problem.share * int(placed.sum()) - 100 * inside)
            slopes["equity"] = -max(0, -worth["equity"]) / SCALE * short.astype(np.float64)
        if worth["reserve"] or rates:
            room = np.maximum(0, problem.slots.reserved - problem.slots.reserved_taken)
            eager = times * np.bincount(slot[facts.priority[student]], minlength=len(room))
            slopes["reserve"] = max(0, worth["reserve"]) / SCALE * (eager - room).astype(np.float64)
        if rates:
            fixed = problem.constants
            goals = {
                k: fixed.get(k, 0) + times * float(v - fixed.get(k, 0)) for k, v in goal_values(problem, chosen).items()
            }
            goals["equity"] = float(self.point.equity @ short)
            held = problem.constants.get("reserve", 0)
            goals["reserve"] = held + float(self.point.reserve @ eager + (1 - self.point.reserve) @ room)
            values = [sum(c * goals[g] for g, c in level.goals.items()) for level in self.levels[: self.level]]
            slopes["rates"] = np.array([v - f for v, f in zip(values, self.floors, strict=True)], dtype=np.float64)
        return slopes


def _whole(values: Floats) -> Ints:
    return np.rint(values * SCALE).astype(np.int64)
