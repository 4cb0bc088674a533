"""From prices for settled groups to prices for the whole round, over every eligible pair.

A student is asked for a place in a block that stays shut just what it would be worth to have it (Lagrangian
decomposition: the student side gains nothing, and what the block's places then bring is weighed against the groups
that the slot opens instead). Where a shut block brings more, the open ones are first paid what their own students
would lose without them, which costs nothing either. What is left over is the price of having settled the groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.bound import group_values, relax, student_side
from solver.exploring import explore
from solver.prices import worths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.bound import Catalogue, Relaxed
    from solver.prices import Prices
    from solver.problem import Problem

RAISES = 1
"""Times that the prices of shut blocks are raised where a student would gain."""
RIVALS = 6
"""Shut blocks of each slot that are looked at while its open ones are priced."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """Prices over every pair, and what they prove; ``brought``: by block, what its places bring."""

    prices: Prices
    relaxed: Relaxed
    brought: Ints
    rivals: Rivals


@dataclass(frozen=True, slots=True)
class Rivals:
    """Shut blocks that bring nearly as much as the open ones of their slot: what each brings, and who would come.

    ``block``, ``value``: by rival. ``rival``, ``pair``, ``sign``: pairs that would be taken (1) and given up (-1).
    """

    block: Ints
    value: Ints
    rival: Ints
    pair: Ints
    sign: Ints


@dataclass(slots=True)
class Lifting:
    """Lifts prices of one level; ``active``: by block of the catalogue, whether it is open."""

    problem: Problem
    levels: Sequence[Level]
    level: int
    floors: Sequence[int]
    catalogue: Catalogue
    active: Bools
    pool: Ints
    """The usable pairs, ascending."""
    part: Problem
    """The problem of usable pairs only."""

    def lift(self, prices: Prices, usable: Bools) -> Lifted:
        """``prices`` with a price for every pair of a block; ``usable``: by pair, whether its block is open or none."""
        problem = self.problem
        worth = worths(self.levels, self.level, prices)
        value, choice = student_side(self.part, worth, prices)
        choice = np.append(self.pool, -1)[choice]
        shut, willing, mates = explore(problem, worth, prices, usable, value, 0).wanted()
        block = self.catalogue.block_of(self.problem, shut)
        own_pair, own_price, base = self._shut_prices(shut, willing, block)
        blocks = prices.blocks.copy()
        at = np.flatnonzero(~self.active)
        blocks[self.catalogue.school[at], self.catalogue.slot[at]] = base[at]
        lifted = replace(prices, blocks=blocks, own_pair=own_pair, own_price=own_price)
        brought = group_values(self.problem, lifted, self.catalogue)
        rivals = self._rivals(brought, shut, willing, mates, block, choice)
        lifted = self._extracted(lifted, prices, brought, value, choice)
        lifted, relaxed = self._raised(lifted, usable, value)
        return Lifted(lifted, relaxed, brought, rivals)

    def _rivals(self, brought: Ints, pair: Ints, willing: Ints, mates: Ints, block: Ints, choice: Ints) -> Rivals:
        """The shut blocks that bring the most of each slot, with those who would pay most in each."""
        blocks = self.catalogue
        chosen = np.flatnonzero(nearest_shut(blocks, brought, self.active, RIVALS))
        number = np.full(len(brought), -1, dtype=np.int64)
        number[chosen] = np.arange(len(chosen))
        inside = np.flatnonzero(number[block] >= 0)
        inside = inside[np.lexsort((-willing[inside], block[inside]))]
        size = blocks.most_more
        place = np.arange(len(inside)) - np.searchsorted(block[inside], block[inside])
        inside = inside[place < size[block[inside]]]
        student = self.problem.pairs.student_of(pair[inside])
        taken = np.column_stack([pair[inside], mates[inside]])
        both = np.concatenate([taken, choice[student]], axis=1)
        sign = np.where(np.arange(both.shape[1]) < taken.shape[1], 1, -1)[None, :].repeat(len(both), 0)
        row, column = np.nonzero(both >= 0)
        return Rivals(chosen, brought[chosen], number[block[inside]][row], both[row, column], sign[row, column])

    def _places(self) -> Ints:
        """The most places that every block can fill."""
        blocks = self.catalogue
        return np.asarray(
            np.minimum(np.minimum(blocks.members, blocks.places), self._groups() * blocks.most - blocks.fixed)
        )

    def _groups(self) -> Ints:
        return np.repeat(self.catalogue.groups, np.diff(self.catalogue.slot_first))

    def _shut_prices(self, pair: Ints, willing: Ints, block: Ints) -> tuple[Ints, Ints, Ints]:
        """Own prices (ascending by pair) of those who would pay most in every shut block; what all others pay."""
        order = np.lexsort((-willing, block))
        pair, willing, block = pair[order], willing[order], block[order]
        rank = np.arange(len(block)) - np.searchsorted(block, block)
        places = self._places()
        base = np.zeros(len(places), dtype=np.int64)
        last = rank == places[block] - 1
        base[block[last]] = willing[last]
        own = np.flatnonzero((rank < places[block]) & (willing > base[block]))
        own = own[np.argsort(pair[own])]
        return pair[own], willing[own], base

    def _extracted(self, prices: Prices, before: Prices, brought: Ints, value: Ints, choice: Ints) -> Prices:
        """The prices with open blocks' students paying more, as far as a shut block of the slot brings more."""
        blocks = self.catalogue
        top = np.maximum.reduceat(np.append(brought, 0), blocks.slot_first[:-1]) if len(brought) else brought
        wanting = self.active & (np.repeat(top, np.diff(blocks.slot_first)) > brought)
        if not wanting.any():
            return prices
        pair, loss = self._losses(before, value, choice)
        block = self.catalogue.block_of(self.problem, pair)
        loss, pair, block = loss[wanting[block]], pair[wanting[block]], block[wanting[block]]
        most = np.bincount(block, weights=loss.astype(float), minlength=len(brought))
        asked = np.repeat(top, np.diff(blocks.slot_first)) - brought
        share = np.clip(asked / np.maximum(1.0, most), 0.0, 1.0)
        price = prices.blocks[blocks.school[block], blocks.slot[block]] + (share[block] * loss).astype(np.int64)
        pairs = np.concatenate([prices.own_pair, pair])
        order = np.argsort(pairs, kind="stable")
        return replace(prices, own_pair=pairs[order], own_price=np.concatenate([prices.own_price, price])[order])

    def _losses(self, prices: Prices, value: Ints, choice: Ints) -> tuple[Ints, Ints]:
        """Pairs of open blocks that students choose, and what each student would lose without the pair."""
        problem = self.problem
        worth = worths(self.levels, self.level, prices)
        pairs, losses = [], []
        for place in range(choice.shape[1]):
            chosen = choice[:, place]
            inside = np.flatnonzero((chosen >= 0) & problem.blocked[problem.pairs.slot[chosen]])
            barred = np.searchsorted(self.pool, np.sort(chosen[inside]))
            without, _ = student_side(self.part, worth, prices, barred)
            pairs.append(chosen[inside])
            losses.append((value - without)[inside])
        return np.concatenate(pairs), np.concatenate(losses)

    def _raised(self, prices: Prices, usable: Bools, value: Ints) -> tuple[Prices, Relaxed]:
        """Raise what shut blocks ask of students who would gain by taking several; the best prices on the way."""
        best: Relaxed | None = None
        best_prices = prices
        for turn in range(RAISES + 1):
            relaxed = relax(self.problem, self.levels, self.level, self.floors, prices, self.catalogue)
            if best is None or relaxed.total < best.total:
                best, best_prices = relaxed, prices
            gain = np.maximum(0, relaxed.student_value - value)
            taken = ~np.append(usable, True)[relaxed.choice] & (gain > 0)[:, None]
            if turn == RAISES or not taken.any():
                break
            prices = self._dearer(prices, relaxed.choice, taken, gain)
        assert best is not None
        return best_prices, best

    def _dearer(self, prices: Prices, choice: Ints, taken: Bools, gain: Ints) -> Prices:
        """Each gaining student's shut pairs dearer by an equal part of the gain."""
        student, place = np.nonzero(taken)
        pair = choice[student, place]
        more = (gain // np.maximum(1, taken.sum(axis=1)) + 1)[student]
        at = np.searchsorted(prices.own_pair, pair)
        known = at < len(prices.own_pair)
        known[known] = prices.own_pair[at[known]] == pair[known]
        price = prices.own_price.copy()
        price[at[known]] += more[known]
        school = self.problem.students.school[student[~known]]
        fresh = prices.blocks[school, self.problem.pairs.slot[pair[~known]]] + more[~known]
        pairs = np.concatenate([prices.own_pair, pair[~known]])
        order = np.argsort(pairs, kind="stable")
        return replace(prices, own_pair=pairs[order], own_price=np.concatenate([price, fresh])[order])


def nearest_shut(blocks: Catalogue, brought: Ints, active: Bools, many: int) -> Bools:
    """By block, whether it is one of the ``many`` shut blocks of its slot that bring most, and anything at all."""
    order = np.lexsort((-brought, active, blocks.of_slot))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - blocks.slot_first[blocks.of_slot[order]]
    return np.asarray((rank < many) & ~active & (brought > 0))
