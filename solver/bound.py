"""The bound that given prices prove for a level, over every eligible pair, in exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.side_by_side import THREADS, side_by_side
from solver import block_choice, bundles, moves
from solver.alone import UNFIT, packed
from solver.beside import spans
from solver.kernels import chosen_for
from solver.prices import Asked, pair_worths, placed_bonus, worths
from solver.resources import room_of_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.prices import Prices, Worths
    from solver.problem import PairFacts, Problem

PAIRS_A_THREAD, PAIRS_A_PART = 20_000, 500_000
"""The fewest pairs that are worth a thread, and how many, about, a part of the students has at most."""
MANY_PAIRS = 30_000_000
"""In rounds of more pairs no student's bundles are searched for long."""
_LOADED = (block_choice, bundles, moves)
"""The rooms of the inner loops: each is registered when its room is imported, all of them before any is compiled."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The relaxed problem's answer: the bound, and what every student and every slot's copies choose.

    ``student_value``: shape (students,). ``choice``: pair positions or -1, shape (students, most slots of any).
    ``open_groups``: by block of the catalogue.
    """

    bound: int
    total: int
    student_value: Ints
    choice: Ints
    open_groups: Ints


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every block (school, slot) that has an eligible pair or a fixed student, ascending by slot, then school.

    ``places``: by block, how many may join the fixed students, by limits that every one of them would use.
    """

    school: Ints
    slot: Ints
    members: Ints
    fixed: Ints
    least: Ints
    most: Ints
    places: Ints
    slots: Ints
    slot_first: Ints
    groups: Ints
    single: Bools

    @property
    def of_slot(self) -> Ints:
        """By block, the position of its slot in ``slots``."""
        return np.repeat(np.arange(len(self.slots)), np.diff(self.slot_first))

    @property
    def most_more(self) -> Ints:
        """By block, the most that join the fixed students in one group."""
        return np.asarray(np.maximum(0, np.minimum(np.minimum(self.most - self.fixed, self.members), self.places)))

    @property
    def least_more(self) -> Ints:
        """By block, the fewest that must join the fixed students in one group."""
        return np.asarray(np.maximum(0, self.least - self.fixed))

    def block_of(self, problem: Problem, pairs: Ints) -> Ints:
        """The block of every one of ``pairs``, positions of pairs in slots whose students come in blocks."""
        schools = len(problem.school_ids)
        at = problem.pairs.slot[pairs] * schools + problem.students.school[problem.pairs.student_of(pairs)]
        return np.asarray(np.searchsorted(self.slot * schools + self.school, at))

    @classmethod
    def of(cls, problem: Problem) -> Catalogue:
        """The catalogue of a problem."""
        schools = len(problem.school_ids)
        counts = problem.block_members().T.ravel()
        fixed = np.zeros_like(counts)
        for (k, j), number in problem.fixed_members.items():
            fixed[j * schools + k] = number if problem.blocked[j] else 0
        keys = np.flatnonzero((counts > 0) | (fixed > 0))
        slot, school = keys // schools, keys % schools
        counted = problem.slots.grouped[slot] & ("group" not in problem.rules_off)
        least = np.where(counted, problem.slots.group_min[slot], 0)
        least = np.where(counted & problem.small_school[school], np.minimum(least, problem.small_min), least)
        for k, j in problem.exempt_members:
            least[(slot == j) & (school == k)] = 0
        whole = np.where(problem.slots.grouped[slot], 1 << 20, problem.slots.capacity[slot])
        used, begins = np.unique(slot, return_index=True)
        return cls(
            school,
            slot,
            counts[keys],
            fixed[keys],
            least,
            np.where(counted, problem.slots.group_max[slot], whole),
            room_of_blocks(problem.resources, problem.slots, school, slot),
            used,
            np.append(begins, len(slot)).astype(np.int64),
            problem.groups_open[used],
            problem.exclusive[used],
        )


def relax(
    problem: Problem, levels: Sequence[Level], level: int, floors: Sequence[int], prices: Prices, catalogue: Catalogue
) -> Relaxed:
    """Solve the relaxed problem of ``level`` exactly; ``floors`` are the fixed values of the earlier levels.

    The bound is ``floor(total / scale)``: no allocation that keeps the earlier levels can have a larger value.
    """
    worth = worths(levels, level, prices)
    value, choice = student_side(problem, worth, prices)
    blocks, open_groups = block_values(problem, prices, catalogue)
    left = problem.resources.left
    total = int(value.sum()) + int(blocks.sum()) + int(prices.rows @ left) + constant_part(problem, worth, prices)
    total -= sum(int(rate) * int(floor) for rate, floor in zip(prices.rates, floors, strict=True))
    return Relaxed(total // prices.scale, total, value, choice, open_groups)


def student_side(
    problem: Problem,
    worth: Worths,
    prices: Prices,
    barred: Ints | None = None,
    nodes: int = bundles.NODES,
    only: tuple[int, int] | None = None,
) -> tuple[Ints, Ints]:
    """Every student's best bundle under the prices: values, and choices as pair positions.

    ``barred``: pair positions, ascending, that nobody may have. ``nodes``: how long a student's bundles are searched.
    ``only``: the first student who is asked, and the first who is not any more; others choose nothing.
    """
    kernels = chosen_for(len(problem.pairs.slot))
    pairs = problem.pairs
    count = len(problem.students.school)
    value = np.zeros(count, dtype=np.int64)
    choice = np.full((count, deepest(problem)), -1, dtype=np.int64)
    asked = Asked.of(problem, prices)
    bonus = placed_bonus(problem, worth, prices)
    students, slot_arrays = kernel_facts(problem)
    amounts = worth.of_bundles
    flags = ("clash" not in problem.rules_off, "repeat" not in problem.rules_off)
    owner = np.zeros(0, dtype=np.int64) if barred is None else pairs.student_of(barred)
    nodes = nodes if len(pairs.slot) <= MANY_PAIRS else min(nodes, bundles.FEW_NODES)

    def part(order: Ints) -> None:
        at = starts(pairs, order)
        linear = pair_worths(problem, worth, prices, asked, order, at)
        if barred is not None:
            ahead = np.zeros(count, dtype=np.int64)
            ahead[order] = pairs.first[order] - at
            theirs = np.isin(owner, order)
            linear[barred[theirs] - ahead[owner[theirs]]] = UNFIT
        kernels.best_bundles(
            order, at, pairs.first, pairs.slot.raw, linear, students, slot_arrays, amounts, flags, nodes, bonus, value,
            choice,
        )  # fmt: skip

    list(side_by_side(part, parts_of(problem, only)))
    return value, choice


def kernel_facts(problem: Problem) -> tuple[tuple[Ints | Bools, ...], tuple[Ints | Bools | int, ...]]:
    """The students' and the slots' arrays as the inner loops take them."""
    f, s = problem.students, problem.slots
    students = (
        f.max_slots,
        f.max_half_days,
        f.max_virtual,
        f.need_left,
        f.guaranteed.astype(np.int64),
        f.progressed.astype(np.int64),
        f.top_tier,
        f.known_sector,
    )
    longest = int(s.half_days.max()) if len(s.half_days) else 0
    virtual = s.virtual.astype(np.int64)
    alone, beside = (
        packed(s.half_days, s.counts, virtual, s.tier, s.sector),
        spans(s.employer, s.in_person, s.begins, s.ends),
    )
    return students, (s.sector, s.tier, virtual, s.counts, s.half_days, longest, alone, beside)


def block_values(problem: Problem, prices: Prices, catalogue: Catalogue) -> tuple[Ints, Ints]:
    """The slots' best groups under the prices: their worth by slot of the catalogue, and groups opened by block."""
    kernels = chosen_for(len(problem.pairs.slot))
    own_first, own_price = own_by_block(problem, prices, catalogue)
    others = catalogue.members - np.diff(own_first)
    value = np.zeros(len(catalogue.slots), dtype=np.int64)
    open_groups = np.zeros(len(catalogue.slot), dtype=np.int64)
    kernels.choose_blocks(
        catalogue.slot_first,
        own_first,
        own_price,
        others,
        prices.blocks[catalogue.school, catalogue.slot],
        catalogue.least,
        catalogue.most,
        catalogue.groups,
        catalogue.fixed,
        catalogue.places,
        catalogue.single,
        value,
        open_groups,
    )
    return value, open_groups


def group_values(problem: Problem, prices: Prices, catalogue: Catalogue) -> Ints:
    """By block, the most that one group of it brings at the prices; 0 where it cannot open."""
    first, own = own_by_block(problem, prices, catalogue)
    base, size = prices.blocks[catalogue.school, catalogue.slot], catalogue.most_more
    block = np.repeat(np.arange(len(size)), np.diff(first))
    taken = np.arange(len(own)) - first[block] < size[block]
    more = np.zeros(len(size), dtype=np.int64)
    np.add.at(more, block[taken], np.maximum(0, own[taken] - base[block[taken]]))
    total = np.where(base >= 0, base * size, base * catalogue.least_more) + more
    return np.where(catalogue.members + catalogue.fixed >= catalogue.least, total, 0)


def own_by_block(problem: Problem, prices: Prices, catalogue: Catalogue) -> tuple[Ints, Ints]:
    """Own prices compressed by block and descending within it: (first, price)."""
    block = catalogue.block_of(problem, prices.own_pair)
    order = np.lexsort((-prices.own_price, block))
    first = np.zeros(len(catalogue.slot) + 1, dtype=np.int64)
    np.cumsum(np.bincount(block, minlength=len(catalogue.slot)), out=first[1:])
    return first, prices.own_price[order]


def constant_part(problem: Problem, worth: Worths, prices: Prices) -> int:
    """What does not depend on any choice: fixed assignments, reserves' price of places, equity among the fixed."""
    facts, slots = problem.students, problem.slots
    total = sum(worth[goal] * value for goal, value in problem.constants.items())
    room = np.maximum(0, slots.reserved - slots.reserved_taken)
    total += int(np.maximum(0, max(0, worth["reserve"]) - prices.reserve) @ room)
    placed = int(facts.placed.sum())
    for group, share in enumerate(problem.share):
        inside = int((facts.placed & facts.in_group[:, group]).sum())
        total -= int(prices.equity[group]) * (int(share) * placed - 100 * inside)
        total += max(0, worth["equity"]) * int(share) * len(facts.school)
    return total


def deepest(problem: Problem) -> int:
    """The most slots that any student can be given; 1 where nobody can be given any."""
    options = np.diff(problem.pairs.first)
    most = np.minimum(problem.students.max_slots, options)
    return max(1, int(most.max())) if len(most) else 1


def parts_of(problem: Problem, only: tuple[int, int] | None = None) -> list[Ints]:
    """The students, or ``only`` those from one to another, school by school, in parts that suit the threads."""
    pairs = problem.pairs
    begin, end = (0, len(problem.students.school)) if only is None else only
    order = begin + np.argsort(problem.students.school[begin:end], kind="stable")
    before = np.cumsum(pairs.first[order + 1] - pairs.first[order])
    total = int(before[-1]) if len(before) else 0
    size = min(PAIRS_A_PART, max(PAIRS_A_THREAD, -(-total // THREADS)))
    cuts = np.searchsorted(before, np.arange(size, total, size)).tolist()
    return [part for low, high in pairwise([0, *cuts, len(order)]) if len(part := order[low:high])]


def starts(pairs: PairFacts, order: Ints) -> Ints:
    """Where the pairs of each of the students ``order`` begin when they stand one after another."""
    return np.append(0, np.cumsum(pairs.first[order + 1] - pairs.first[order]))[:-1]
