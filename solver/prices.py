"""Prices: integers that turn a level into one small question per student and per slot, and bound it from above.

A Lagrangian relaxation (Fisher 1981; Geoffrion 1974). Every shared limit has a price that its users pay; every earlier
level has a rate at which its goals stay worth something; students in group and in-school slots pay a block price, or a
price of their own, to a copy of themselves that the slot then places in groups (Lagrangian decomposition, Guignard and
Kim 1987); reserved places and each equity group have a price too. For any such numbers the sum of what is left is a
bound; good numbers make it tight. All prices are in units of 1/``scale`` of the level's own unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver import linear
from solver.kernels import chosen_for
from solver.recount_sizes import LARGEST, largest
from solver.resources import expand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.problem import Problem

SCALE = 1 << 20
_LOADED = (linear,)


@dataclass(frozen=True, slots=True)
class Prices:
    """The price vectors of one level.

    ``rows``: shape (resources,), at least 0. ``blocks``: shape (schools, slots), what a student of the school pays in
    a group or in-school slot. ``own_pair`` and ``own_price``: pairs whose students pay a price of their own instead,
    ascending by pair. ``rates``: by earlier level, at least 0. ``equity``: by group. ``reserve``: by slot.
    """

    scale: int
    rates: Ints
    rows: Ints
    blocks: Ints
    own_pair: Ints
    own_price: Ints
    equity: Ints
    reserve: Ints

    @classmethod
    def none(cls, problem: Problem, earlier: int, scale: int = SCALE) -> Prices:
        """Prices of 0."""
        return cls(
            scale,
            np.zeros(earlier, dtype=np.int64),
            np.zeros(len(problem.resources.left), dtype=np.int64),
            np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64),
            np.zeros(0, dtype=np.int64),
            np.zeros(0, dtype=np.int64),
            np.zeros(len(problem.share), dtype=np.int64),
            np.zeros(len(problem.slot_ids), dtype=np.int64),
        )

    def within(self, keep: Ints) -> Prices:
        """The prices of the problem restricted to the pairs ``keep`` (ascending positions)."""
        place = np.searchsorted(keep, self.own_pair)
        inside = place < len(keep)
        inside[inside] = keep[place[inside]] == self.own_pair[inside]
        return replace(self, own_pair=place[inside], own_price=self.own_price[inside])


@dataclass(frozen=True, slots=True)
class Worths:
    """What a unit of each goal is worth in scaled units: the level's own goals, and earlier levels' at their rates."""

    of_goal: dict[str, int]

    def __getitem__(self, goal: str) -> int:
        """The worth of one unit of ``goal``."""
        return self.of_goal.get(goal, 0)

    @property
    def of_bundles(self) -> tuple[int, ...]:
        """What a bundle earns as a whole, as the inner loops take it; what a level works against is left out."""
        return tuple(max(0, self[goal]) for goal in ("guarantee", "need", "breadth", "progression"))


def worths(levels: Sequence[Level], level: int, prices: Prices) -> Worths:
    """The combined worth of every goal at ``level``."""
    total: dict[str, int] = {}
    rates = [*(int(r) for r in prices.rates[:level]), prices.scale]
    for rate, each in zip(rates, levels[: level + 1], strict=True):
        for goal, coefficient in each.goals.items():
            total[goal] = total.get(goal, 0) + rate * coefficient
    return Worths(total)


def within_worth(problem: Problem, levels: Sequence[Level], level: int, prices: Prices) -> Prices:
    """The prices with those of equity between 0 and what a unit of it costs, for beyond that they prove nothing.

    None at all where they are too large to be added: floors that hold whatever is chosen may have duals of any size.
    """
    worth = worths(levels, level, prices)
    if largest(problem, worth.of_goal, prices) > LARGEST:
        return Prices.none(problem, level)
    most = max(0, -worth["equity"])
    equity = np.clip(prices.equity, 0, most)
    return prices if np.array_equal(equity, prices.equity) else replace(prices, equity=equity)


def settled(problem: Problem, levels: Sequence[Level], level: int) -> Prices:
    """The prices that prove the level where nothing is left to choose: what fixed rows leave is worth nothing."""
    none = Prices.none(problem, level)
    worth, facts = worths(levels, level, none), problem.students
    inside = 100 * facts.in_group[facts.placed].sum(axis=0)
    behind = problem.share * int(facts.placed.sum()) > inside
    reserve = np.full(len(problem.slot_ids), max(0, worth["reserve"]), dtype=np.int64)
    return replace(none, equity=np.where(behind, max(0, -worth["equity"]), 0), reserve=reserve)


@dataclass(frozen=True, slots=True)
class Asked:
    """What limits ask of everybody. ``slot``: by slot, its own limits together.

    ``out``, ``coach``: shape (schools, half-days + 1), what all half-days before cost a school's students, for being
    out and for a coach's seat. A slot costs what they come to between two half-days, shape (2, slots): those of
    ``out_span`` and ``coach_span``, one and the same where it takes nobody out or seats nobody.
    """

    slot: Ints
    out: Ints
    coach: Ints
    out_span: Ints
    coach_span: Ints

    @property
    def of_slots(self) -> tuple[Ints, ...]:
        """As the inner loops take it."""
        return (self.slot, self.out, self.coach, *self.out_span, *self.coach_span)

    @classmethod
    def of(cls, problem: Problem, prices: Prices) -> Asked:
        """What the limits' rows ask; support places aside."""
        resources = problem.resources
        used = np.repeat(np.arange(len(problem.slots.employer)), np.diff(resources.slot_first))
        slot = np.zeros(len(problem.slots.employer), dtype=np.int64)
        np.add.at(slot, used, prices.rows[resources.slot_row])
        by_row = np.append(prices.rows, 0)
        out, coach = (
            np.concatenate([np.zeros((len(rows), 1), dtype=np.int64), np.cumsum(by_row[rows], axis=1)], axis=1)
            for rows in resources.school_rows
        )
        slots = problem.slots
        taken = slots.in_person & (slots.begins >= 0)
        span = np.where(taken, [slots.begins, slots.ends + 1], 0)
        return cls(slot, out, coach, span, np.where(slots.grouped, span, 0))


def pair_worths(problem: Problem, worth: Worths, prices: Prices, asked: Asked, order: Ints, at: Ints) -> Ints:
    """The linear part of the pairs of the students ``order``: what each is worth less what it pays.

    Those of ``order[i]`` begin at ``at[i]``; students of one school stand best together, for much of what they pay is
    the same.
    """
    facts, pairs, slots, resources = problem.students, problem.pairs, problem.slots, problem.resources
    first = pairs.first
    total = np.empty(int((first[order + 1] - first[order]).sum()), dtype=np.int64)
    place = np.append(prices.rows, 0)[resources.support_row]
    unit = worth["preference"] + worth["lottery"] * facts.ticket
    chosen_for(len(pairs.slot)).linear_parts(
        order, at, first, pairs.slot.raw, pairs.km.raw, pairs.points.raw, facts.school, unit, asked.of_slots,
        worth["travel"], prices.reserve, facts.priority, facts.support, resources.brings_support, slots.grouped,
        problem.blocked, place, prices.blocks, prices.own_pair, prices.own_price, total,
    )  # fmt: skip
    if worth["stability"]:
        number, pair = expand(first, order)
        total[pair - (first[order] - at)[number]] -= worth["stability"] * pairs.kept[pair]
    return total


def span_worths(problem: Problem, worth: Worths, prices: Prices, asked: Asked, begin: int, end: int) -> Ints:
    """The same of all pairs of the students ``begin`` to ``end``, in their order."""
    order = begin + np.argsort(problem.students.school[begin:end], kind="stable")
    return pair_worths(problem, worth, prices, asked, order, problem.pairs.first[order] - problem.pairs.first[begin])


def placed_bonus(problem: Problem, worth: Worths, prices: Prices) -> Ints:
    """What having any slot is worth by student: reach, a baseline student's return, and the equity prices."""
    facts = problem.students
    bonus = np.where(facts.placed, 0, worth["reach"]) + np.where(facts.baseline & ~facts.placed, worth["replaced"], 0)
    short = problem.share[None, :] - 100 * facts.in_group.astype(np.int64)
    return np.asarray(bonus - np.where(facts.placed, 0, short @ prices.equity), dtype=np.int64)
