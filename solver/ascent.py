"""Finding good prices: a subgradient descent on the bound, every family of prices with its own step.

The bound is convex in the prices (Held, Wolfe and Crowder 1974); each step asks the relaxed problem what it would
choose and raises the prices of what is asked for too often. Steps are normalised by coordinate with momentum (Kingma
and Ba 2015) and shrink geometrically, so the work is counted in steps, never in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver import block_choice
from solver.bound import Catalogue, block_side, constant_part, own_by_block, student_side
from solver.kernels import chosen_for
from solver.measure import goal_values
from solver.prices import SCALE, Prices, worths
from solver.resources import rows_of_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Floats, Ints
    from solver.limits import Clock
    from solver.prices import Worths
    from solver.problem import Problem

_LOADED = (block_choice,)
FIRST_MOMENT, SECOND_MOMENT = 0.8, 0.95


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

    def families(self) -> tuple[Floats, ...]:
        """The families in a fixed order."""
        return self.rates, self.rows, self.own, self.equity, self.reserve

    def copy(self) -> Point:
        """A copy that later steps leave alone."""
        return Point(*(f.copy() for f in self.families()))


@dataclass(slots=True)
class Ascent:
    """One level's search for prices over the pairs of ``problem`` (a pool of the round's).

    ``catalogue`` is of the pool; ``block_pair`` the pairs in blocks.
    """

    problem: Problem
    levels: Sequence[Level]
    level: int
    floors: Sequence[int]
    catalogue: Catalogue = field(init=False)
    block_pair: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Note the pairs that sit in blocks."""
        self.catalogue = Catalogue.of(self.problem)
        self.block_pair = np.flatnonzero(self.problem.blocked[self.problem.pairs.slot])

    def start(self) -> Point:
        """Prices of 0."""
        return Point(
            np.ones(self.level),
            np.zeros(len(self.problem.resources.left)),
            np.zeros(len(self.block_pair)),
            np.full(len(self.problem.share), 0.5),
            np.full(len(self.problem.slot_ids), 0.5),
        )

    def _no_blocks(self) -> Ints:
        return np.zeros((len(self.problem.school_ids), len(self.problem.slot_ids)), dtype=np.int64)

    def prices(self, point: Point, blocks: Ints | None = None) -> Prices:
        """The point as integer prices; ``blocks``: what pairs outside the pool pay (default 0)."""
        rates = _whole(point.rates)
        worth = worths(self.levels, self.level, self._bare(rates))
        return Prices(
            SCALE,
            rates,
            _whole(point.rows),
            blocks if blocks is not None else self._no_blocks(),
            self.block_pair,
            np.rint(point.own * SCALE).astype(np.int64),
            np.floor(point.equity * max(0, -worth["equity"])).astype(np.int64),
            np.floor(point.reserve * max(0, worth["reserve"])).astype(np.int64),
        )

    def _bare(self, rates: Ints) -> Prices:
        none = np.zeros(0, dtype=np.int64)
        return Prices(SCALE, rates, none, none, none, none, none, none)

    def descend(
        self, point: Point, steps: int, unit: float, first: float, last: float, clock: Clock | None = None
    ) -> tuple[Point, float, list[Ints]]:
        """``steps`` steps from ``point``; step sizes go from ``first`` to ``last`` times ``unit``.

        Returns the best point, its bound in units of the level, and each step's choices (students, depth).
        """
        best, best_point = float("inf"), point.copy()
        votes: list[Ints] = []
        momentum = [np.zeros_like(f) for f in point.families()]
        power = [np.zeros_like(f) for f in point.families()]
        shrink = (last / first) ** (1.0 / max(1, steps - 1))
        size = first
        for step in range(steps):
            if clock is not None and clock.stop() and step:
                break
            prices = self.prices(point)
            total, slopes, choice = self.slopes(point, prices)
            if total < best:
                best, best_point = total, point.copy()
            votes.append(choice.astype(np.int32))
            scales = (np.maximum(0.05, point.rates) * 0.5, unit, unit, 0.3, 0.3)
            for n, (family, slope) in enumerate(zip(point.families(), slopes, strict=True)):
                momentum[n] = FIRST_MOMENT * momentum[n] + (1 - FIRST_MOMENT) * slope
                power[n] = SECOND_MOMENT * power[n] + (1 - SECOND_MOMENT) * slope * slope
                root = np.sqrt(power[n] / (1 - SECOND_MOMENT ** (step + 1)))
                stride = momentum[n] / (1 - FIRST_MOMENT ** (step + 1)) / (root + 1e-3 + 0.05 * root.max(initial=0.0))
                family[:] = family - size * np.asarray(scales[n]) * stride
            self._clip(point)
            size *= shrink
        return best_point, best, votes

    def _clip(self, point: Point) -> None:
        np.maximum(point.rates, 0.0, out=point.rates)
        np.maximum(point.rows, 0.0, out=point.rows)
        np.clip(point.equity, 0.0, 1.0, out=point.equity)
        np.clip(point.reserve, 0.0, 1.0, out=point.reserve)

    def outside(self, point: Point) -> Ints:
        """What students outside the pool can pay in each (school, slot) without bettering what the slot has.

        A slot's best groups are worth so much a group; a block that fills ``t`` places from its own copies has the
        rest of that worth for its other places.
        """
        prices = self.prices(point)
        own_first, own_price = own_by_block(self.problem, prices, self.catalogue)
        c = self.catalogue
        kernels = chosen_for(len(self.problem.pairs.slot))
        value = np.zeros(len(c.slots), dtype=np.int64)
        kernels.choose_blocks(
            c.slot_first, own_first, own_price, np.zeros_like(c.members), np.zeros_like(c.members),
            c.least, c.most, c.groups, c.fixed, c.single, value, np.zeros_like(c.members),
        )  # fmt: skip
        group = np.zeros(len(self.problem.slot_ids), dtype=np.int64)
        group[c.slots] = np.maximum(0, value) // np.maximum(1, c.groups)
        size = np.where(self.problem.slots.grouped, self.problem.slots.group_max, self.problem.slots.capacity)
        size = np.maximum(1, size)
        blocks = np.where(self.problem.blocked, group // size + 1, 0)[None, :].repeat(len(self.problem.school_ids), 0)
        for b in range(len(c.slot)):
            copies = own_price[own_first[b] : own_first[b + 1]][: int(size[c.slot[b]]) - 1]
            room = size[c.slot[b]] - np.arange(len(copies) + 1)
            spare = group[c.slot[b]] - np.concatenate([[0], np.cumsum(copies)])
            blocks[c.school[b], c.slot[b]] = int((spare // room).min())
        return blocks

    def slopes(self, point: Point, prices: Prices) -> tuple[float, tuple[Floats, ...], Ints]:
        """The bound at ``prices``, its slope by family, and what students choose (students, depth)."""
        problem = self.problem
        worth = worths(self.levels, self.level, prices)
        value, choice = student_side(problem, worth, prices)
        blocks, open_groups = block_side(problem, prices, self.catalogue)
        total = int(value.sum()) + blocks + int(prices.rows @ problem.resources.left)
        total += constant_part(problem, worth, prices)
        total -= sum(int(r) * int(f) for r, f in zip(prices.rates, self.floors, strict=True))
        chosen = np.sort(choice[choice >= 0])
        student = np.searchsorted(problem.pairs.first, chosen, side="right") - 1
        slot = problem.pairs.slot[chosen]
        facts = problem.students
        _, rows = rows_of_pairs(problem.resources, problem.slots, facts.support[student], facts.school[student], slot)
        use = np.bincount(rows, minlength=len(problem.resources.left))
        taken = self._copies(prices, open_groups)
        picked = np.zeros(len(problem.pairs.slot), dtype=np.int64)
        picked[chosen] = 1
        own = taken - picked[self.block_pair]
        equity, reserve, room, short, eager = self._soft(worth, student, slot)
        rates = self._rate_slopes(point, chosen, room, short, eager)
        slopes = (rates, (problem.resources.left - use).astype(np.float64), own.astype(np.float64), equity, reserve)
        return total / SCALE, slopes, choice

    def _copies(self, prices: Prices, open_groups: Ints) -> Ints:
        """Which block pairs the slots' copies take, in the order of ``block_pair``."""
        first, price = own_by_block(self.problem, prices, self.catalogue)
        taken = np.zeros(len(price), dtype=np.int64)
        kernels = chosen_for(len(self.problem.pairs.slot))
        c = self.catalogue
        kernels.fill_copies(first, price, c.least, c.most, c.fixed, open_groups, taken)
        order = self._order(prices)
        unsorted = np.empty_like(taken)
        unsorted[order] = taken
        return unsorted

    def _order(self, prices: Prices) -> Ints:
        student = np.searchsorted(self.problem.pairs.first, prices.own_pair, side="right") - 1
        schools = len(self.problem.school_ids)
        keys = self.catalogue.slot * schools + self.catalogue.school
        at = self.problem.pairs.slot[prices.own_pair] * schools + self.problem.students.school[student]
        return np.lexsort((-prices.own_price, np.searchsorted(keys, at)))

    def _soft(self, worth: Worths, student: Ints, slot: Ints) -> tuple[Floats, Floats, Ints, Ints, Ints]:
        """Slopes of equity and reserve, and what they are made of: room and priority students by slot, shortfalls."""
        problem, facts = self.problem, self.problem.students
        placed = facts.placed.copy()
        placed[student] = True
        total = int(placed.sum())
        short = np.array(
            [int(s) * total - 100 * int((placed & facts.in_group[:, g]).sum()) for g, s in enumerate(problem.share)],
            dtype=np.int64,
        )
        slots = problem.slots
        room = np.maximum(0, slots.reserved - slots.reserved_taken)
        eager = np.bincount(slot[facts.priority[student]], minlength=len(room))
        equity = -max(0, -worth["equity"]) / SCALE * short.astype(np.float64)
        reserve = max(0, worth["reserve"]) / SCALE * (eager - room).astype(np.float64)
        return equity, reserve, room, short, eager

    def _rate_slopes(self, point: Point, chosen: Ints, room: Ints, short: Ints, eager: Ints) -> Floats:
        goals = {k: float(v) for k, v in goal_values(self.problem, chosen).items()}
        goals["equity"] = float(point.equity @ short)
        held = self.problem.constants.get("reserve", 0)
        goals["reserve"] = held + float(point.reserve @ eager + (1 - point.reserve) @ room)
        values = [sum(c * goals[g] for g, c in level.goals.items()) for level in self.levels[: self.level]]
        return np.array([v - f for v, f in zip(values, self.floors, strict=True)], dtype=np.float64)


def _whole(values: Floats) -> Ints:
    return np.rint(values * SCALE).astype(np.int64)
