"""The round once it is settled which school opens which group: every open block is a slot of its own.

Such a slot has the places of its groups as one more limit with one price, nobody is in a shut block, and students need
no others of their school: a round without blocks, whose prices are found in parts of the students.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.descent import Point
from solver.narrow import Narrow
from solver.opening import closed_blocks
from solver.pool import restricted

if TYPE_CHECKING:
    from solver.arrays import Bools, Floats, Ints
    from solver.bound import Catalogue
    from solver.prices import Prices
    from solver.problem import Problem, Resources


@dataclass(slots=True)
class Opened:
    """A round whose blocks are open as ``groups`` says (by block of ``blocks``)."""

    problem: Problem
    blocks: Catalogue
    groups: Ints
    closed: Bools = field(init=False)
    """Blocks of which no group is open, shape (schools, slots)."""
    open_: Ints = field(init=False)
    """The blocks that are; the n-th is the slot after the round's own slots and n more."""
    room: Ints = field(init=False)
    """Places left in each of these."""

    def __post_init__(self) -> None:
        """Number the open blocks."""
        blocks, groups = self.blocks, self.groups
        self.closed = closed_blocks(blocks, groups, self.problem)
        at = self.open_ = np.flatnonzero(groups > 0)
        self.room = np.maximum(0, np.minimum(blocks.places[at], groups[at] * blocks.most[at] - blocks.fixed[at]))

    @property
    def slots(self) -> Ints:
        """By slot of a part, which slot of the round it is."""
        return np.concatenate([np.arange(len(self.problem.slot_ids)), self.blocks.slot[self.open_]])

    def usable(self, pairs: Ints) -> Ints:
        """Those of some pairs that are in no shut block."""
        problem = self.problem
        school = problem.students.school[problem.pairs.student_of(pairs)]
        return np.asarray(pairs[~self.closed[school, problem.pairs.slot.raw[pairs]]])

    def part(self, pool: Ints) -> Problem:
        """The round of the usable pairs ``pool`` (ascending), in which pair ``n`` is ``pool[n]``."""
        problem, slots = restricted(self.problem, pool), self.slots
        count, blocks, facts = len(problem.slot_ids), self.blocks, problem.slots
        number = np.full(self.closed.shape, -1, dtype=np.int64)
        number[blocks.school[self.open_], blocks.slot[self.open_]] = count + np.arange(len(self.open_))
        slot = problem.pairs.slot[:]
        own = number[problem.students.school[problem.pairs.student], slot]
        return replace(
            problem,
            slot_ids=tuple(problem.slot_ids[j] for j in slots.tolist()),
            slots=type(facts)(*(getattr(facts, each.name)[slots] for each in fields(facts))),
            pairs=replace(problem.pairs, slot=Narrow.of(np.where(own >= 0, own, slot), np.uint16)),
            resources=self._resources(problem.resources, slots),
            fixed_members={},
            frozen_members={},
            rules_off=problem.rules_off | {"group", "one_school"},
        )

    def point(self, point: Point, place: Floats) -> Point:
        """Prices of a part from those of the round, and what a place costs in each block, by block."""
        rows = np.concatenate([point.rows, np.maximum(0.0, place[self.open_])])
        return Point(point.rates.copy(), rows, np.zeros(0), point.equity.copy(), point.reserve[self.slots])

    def prices(self, prices: Prices, elsewhere: Ints) -> Prices:
        """A part's prices as those of the round; in shut blocks schools pay ``elsewhere``, shape (schools, slots).

        What a priority student takes of a slot's reserve is worth what it is in its open blocks in the mean.
        """
        rows, slots, blocks = len(self.problem.resources.left), len(self.problem.slot_ids), elsewhere.copy()
        slot = self.blocks.slot[self.open_]
        blocks[self.blocks.school[self.open_], slot] = prices.rows[rows:]
        number = np.bincount(slot, minlength=slots)
        mean = np.bincount(slot, weights=prices.reserve[slots:], minlength=slots) // np.maximum(1, number)
        reserve = np.where(number > 0, mean.astype(np.int64), prices.reserve[:slots])
        return replace(prices, rows=prices.rows[:rows], blocks=blocks, reserve=reserve)

    def _resources(self, old: Resources, slots: Ints) -> Resources:
        """The limits, those of open blocks' places last."""
        lengths = np.diff(old.slot_first)[slots]
        own = np.arange(len(slots)) >= len(slots) - len(self.open_)
        first = np.append(0, np.cumsum(lengths + own))
        row = np.empty(int(first[-1]), dtype=np.int64)
        last = np.zeros(len(row), dtype=bool)
        last[first[1:][own] - 1] = True
        starts = np.repeat(old.slot_first[slots] - np.cumsum(lengths) + lengths, lengths)
        row[~last] = old.slot_row[starts + np.arange(int(lengths.sum()))]
        row[last] = len(old.left) + np.arange(len(self.open_))
        blocks = self.blocks
        names = tuple(
            ("block", self.problem.school_ids[k], self.problem.slot_ids[j])
            for k, j in zip(blocks.school[self.open_].tolist(), blocks.slot[self.open_].tolist(), strict=True)
        )
        return replace(
            old,
            names=old.names + names,
            left=np.append(old.left, self.room),
            slot_first=first,
            slot_row=row,
            support_row=old.support_row[slots],
        )
