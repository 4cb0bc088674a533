"""What a level's prices prove, added up afresh: plain sums over students, slots and limits, in integers.

For any prices that pass ``_require_lawful`` no allocation that keeps the earlier levels at their floors is worth more
than the sum of: every student's best bundle, each pair worth its goals less what it pays; every slot's best groups,
each student in them worth what the block or the student pays; every limit's room at its price; and what is fixed;
less the floors at their rates. Limits and floors can only make the sum larger, for prices and rates are at least 0;
what students pay to blocks the blocks receive. Separated students are left free, which can only make it larger too.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver import recount_bundles
from solver.kernels import chosen_for
from solver.proof_reading import ProofRefusedError
from solver.recount_blocks import best_of_slot
from solver.recount_sizes import LARGEST, largest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.prices import Prices
    from solver.problem import Problem

MANY_PAIRS = 30_000_000
"""In rounds of more pairs a student's search is ended soon."""
_LOADED = (recount_bundles,)


@dataclass(frozen=True, slots=True)
class Recount:
    """A problem and, for every slot whose students come in blocks, how many eligible students each school has there."""

    problem: Problem
    blocks: Mapping[int, tuple[tuple[int, int], ...]]

    @classmethod
    def of(cls, problem: Problem) -> Recount:
        """Count the blocks' students once for all levels."""
        schools = len(problem.school_ids)
        counts = problem.block_members().T.ravel()
        held = {(j, k) for k, j in problem.fixed_members if problem.blocked[j]}
        present = held | {(int(at) // schools, int(at) % schools) for at in np.flatnonzero(counts)}
        blocks = defaultdict(list)
        for j, k in sorted(present):
            blocks[j].append((k, int(counts[j * schools + k])))
        return cls(problem, {j: tuple(schools_in) for j, schools_in in blocks.items()})

    def bound(self, levels: Sequence[Level], level: int, floors: Sequence[int], prices: Prices) -> int:
        """The bound that ``prices`` prove for ``level`` with the earlier levels at ``floors``.

        Raises ``ProofRefusedError`` for prices that prove nothing.
        """
        worth = _worths(levels, level, prices)
        _require_lawful(self.problem, worth, prices)
        total = self._students(worth, prices) + self._slots(prices) + _fixed(self.problem, worth, prices)
        total += _dot(prices.rows, self.problem.resources.left)
        total -= _dot(prices.rates, np.array(floors, dtype=np.int64))
        return total // prices.scale

    def _students(self, worth: Mapping[str, int], prices: Prices) -> int:
        """Every student's best bundle."""
        problem, pairs = self.problem, self.problem.pairs
        kernels = chosen_for(len(pairs.slot))
        steps = recount_bundles.STEPS if len(pairs.slot) <= MANY_PAIRS else recount_bundles.FEW_STEPS
        columns = (pairs.slot.raw, pairs.km.raw, pairs.points.raw, pairs.kept)
        charges, own = _charges(problem, prices), _own(problem, prices)
        units = tuple(worth.get(goal, 0) for goal in ("preference", "lottery", "travel", "stability"))
        earned = tuple(max(0, worth.get(goal, 0)) for goal in ("guarantee", "need", "breadth", "progression"))
        payers, fees = (*_payers(problem), _bonus(problem, worth, prices)), _fees(problem, prices)
        best = np.zeros(len(problem.student_ids), dtype=np.int64)

        def part(span: tuple[int, int]) -> None:
            kernels.recount_bundles(
                *span, pairs.first, columns, own, charges, units, payers, fees, *_arrays(problem), earned, steps, best
            )

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(part, pairs.spans()))
        return sum(best.tolist())

    def _slots(self, prices: Prices) -> int:
        """Every slot's best groups."""
        problem = self.problem
        own: dict[tuple[int, int], list[int]] = defaultdict(list)
        student = problem.pairs.student_of(prices.own_pair)
        of_pair = (problem.students.school[student].tolist(), problem.pairs.slot[prices.own_pair].tolist())
        for k, j, price in zip(*of_pair, prices.own_price.tolist(), strict=True):
            own[k, j].append(price)
        groups, paying = problem.groups_open.tolist(), set(np.flatnonzero((prices.blocks > 0).any(axis=0)).tolist())
        paying |= {j for _, j in own} | {j for _, j in problem.fixed_members}
        total = 0
        for j in sorted(paying):
            column = prices.blocks[:, j].tolist()
            offers = [(k, own.get((k, j), []), column[k], members) for k, members in self.blocks.get(j, ())]
            total += best_of_slot(problem, j, groups[j], offers)
        return total


def _worths(levels: Sequence[Level], level: int, prices: Prices) -> dict[str, int]:
    """What a unit of every goal is worth: the level's own at the scale, earlier ones at their rates."""
    worth: dict[str, int] = defaultdict(int)
    for each, rate in zip(levels[: level + 1], [*prices.rates.tolist(), prices.scale], strict=True):
        for goal, times in each.goals.items():
            worth[goal] += rate * times
    return dict(worth)


def _require_lawful(problem: Problem, worth: Mapping[str, int], prices: Prices) -> None:
    """Refuse prices from which no bound follows, and any so large that 64 bits might not hold a bundle's sum."""
    if min(p.min(initial=0) for p in (prices.rows, prices.rates, prices.reserve)) < 0:
        raise ProofRefusedError("a price of a limit, a rate or a reserved place is negative")
    most = max(0, -worth.get("equity", 0))
    if prices.equity.min(initial=0) < 0 or prices.equity.max(initial=0) > most:
        raise ProofRefusedError(f"an equity price is not between 0 and {most}, what a unit of equity is worth")
    off = prices.blocks[:, ~problem.blocked].any() or (~problem.blocked[problem.pairs.slot[prices.own_pair]]).any()
    if off:
        raise ProofRefusedError("a block is priced in a slot without blocks")
    if largest(problem, worth, prices) > LARGEST:
        raise ProofRefusedError("the prices are too large to be added in 64 bits")


def _charges(problem: Problem, prices: Prices) -> Ints:
    """What any student of a school pays for a slot, support places and own prices aside: shape (schools, slots)."""
    resources, slots = problem.resources, problem.slots
    price = np.append(prices.rows, 0)
    charges = prices.blocks.astype(np.int64)
    for j in range(len(problem.slot_ids)):
        rows = resources.slot_row[resources.slot_first[j] : resources.slot_first[j + 1]]
        charges[:, j] += price[rows].sum()
        if slots.in_person[j]:
            moments = slice(max(0, int(slots.begins[j])), int(slots.ends[j]) + 1)
            charges[:, j] += price[resources.school_rows[0, :, moments]].sum(axis=1)
            if slots.grouped[j]:
                charges[:, j] += price[resources.school_rows[1, :, moments]].sum(axis=1)
    return charges


def _own(problem: Problem, prices: Prices) -> tuple[Ints, Ints]:
    """The pairs with a price of their own for their block, and by how much it is above the school's."""
    pair = prices.own_pair
    school = problem.students.school[problem.pairs.student_of(pair)]
    return pair, prices.own_price - prices.blocks[school, problem.pairs.slot[pair]]


def _payers(problem: Problem) -> tuple[Ints, ...]:
    """The facts of students that decide what a pair is worth and pays."""
    facts = problem.students
    flags = (facts.priority, facts.support, problem.resources.brings_support)
    return facts.school, facts.ticket, *(flag.astype(np.int64) for flag in flags)


def _fees(problem: Problem, prices: Prices) -> tuple[Ints, ...]:
    """By slot: what a reserved place pays a priority student, what a support place costs, and whether it has groups."""
    place = np.append(prices.rows, 0)[problem.resources.support_row]
    return prices.reserve, np.asarray(place), problem.slots.grouped.astype(np.int64)


def _bonus(problem: Problem, worth: Mapping[str, int], prices: Prices) -> Ints:
    """What any first slot is worth beside: reach, the return of a student, and what it does to equity."""
    facts = problem.students
    bonus = worth.get("reach", 0) + worth.get("replaced", 0) * facts.baseline.astype(np.int64)
    for group, share in enumerate(problem.share.tolist()):
        bonus = bonus - int(prices.equity[group]) * (share - 100 * facts.in_group[:, group].astype(np.int64))
    return np.asarray(np.where(facts.placed, 0, bonus), dtype=np.int64)


def _arrays(problem: Problem) -> tuple[tuple[Ints, ...], tuple[Ints, ...]]:
    """The facts of students and slots that bundles depend on."""
    f, s = problem.students, problem.slots
    students = (
        *(f.max_slots, f.max_half_days, f.max_virtual, f.need_left),
        *(f.guaranteed.astype(np.int64), f.progressed.astype(np.int64), f.top_tier, f.known_sector.astype(np.int64)),
    )
    slots = (
        *(s.employer, s.sector, s.tier, s.in_person.astype(np.int64), s.virtual.astype(np.int64)),
        *(s.counts.astype(np.int64), s.half_days, s.begins, s.ends),
    )
    return students, slots


def _fixed(problem: Problem, worth: Mapping[str, int], prices: Prices) -> int:
    """What depends on no choice: fixed assignments, reserved places at their price, equity among those placed."""
    facts, slots = problem.students, problem.slots
    total = sum(worth.get(goal, 0) * value for goal, value in problem.constants.items())
    room = np.maximum(0, slots.reserved - slots.reserved_taken).tolist()
    for left, price in zip(room, prices.reserve.tolist(), strict=True):
        total += left * max(0, max(0, worth.get("reserve", 0)) - price)
    placed = int(facts.placed.sum())
    for group, share in enumerate(problem.share.tolist()):
        inside = int((facts.placed & facts.in_group[:, group]).sum())
        total -= int(prices.equity[group]) * (share * placed - 100 * inside)
        total += max(0, worth.get("equity", 0)) * share * len(problem.student_ids)
    return total


def _dot(prices: Ints, amounts: Ints) -> int:
    return sum(price * amount for price, amount in zip(prices.tolist(), amounts.tolist(), strict=True))
