"""The most that one slot's groups can be worth: which schools open how many, and who is in them; in plain Python."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from solver.problem import Problem

Offer = tuple[int, list[int], int, int]
"""A school's block: the school, its students' own prices, the price of its others, and how many students in all."""


def best_of_slot(problem: Problem, slot: int, groups: int, offers: Sequence[Offer]) -> int:
    """The best worth of slot ``slot`` with at most ``groups`` groups, every student in them worth the price paid."""
    fixed = {offer[0]: problem.fixed_members.get((offer[0], slot), 0) for offer in offers}
    asked = [offer for offer in offers if fixed[offer[0]] or offer[2] > 0 or max(offer[1], default=0) > 0]
    worths = [_by_groups(problem, slot, offer, groups, fixed[offer[0]]) for offer in asked]
    if not problem.exclusive[slot]:
        return _shared(worths, groups)
    held = [worth for worth, offer in zip(worths, asked, strict=True) if fixed[offer[0]]]
    if held:
        return _shared(held, groups)
    return max((_shared([worth], groups) for worth in worths), default=0)


def _shared(worths: Sequence[dict[int, int]], groups: int) -> int:
    """The best total with the groups shared among the schools; 0 where the fixed students leave no way at all."""
    best = dict.fromkeys(range(groups + 1), 0)
    for worth in worths:
        best = {
            used: max(sums)
            for used in range(groups + 1)
            if (sums := [best[used - n] + value for n, value in worth.items() if used - n in best])
        }
    return best.get(groups, 0)


def _by_groups(problem: Problem, slot: int, offer: Offer, groups: int, fixed: int) -> dict[int, int]:
    """The most that each possible number of groups of one school is worth."""
    school, own, other_price, number = offer
    least, most = _sizes(problem, school, slot, fixed)
    room = min(groups * most - fixed, _room(problem, school, slot))
    copies = sorted([*own, *([other_price] * min(number - len(own), max(0, room)))], reverse=True)
    sums = [0, *accumulate(copies)]
    gaining = sum(1 for copy in copies if copy > 0)
    return dict(_worths(sums, gaining, (least, most, fixed, groups), room))


def _worths(
    sums: Sequence[int], gaining: int, sizes: tuple[int, int, int, int], room: int
) -> Iterator[tuple[int, int]]:
    least, most, fixed, groups = sizes
    for n in range(groups + 1):
        low, high = max(0, n * least - fixed), min(n * most - fixed, room)
        if low <= high and low < len(sums):
            yield n, sums[max(low, min(high, gaining))]


def _room(problem: Problem, school: int, slot: int) -> int:
    """How many more the school may send to the slot, by limits that every one of its students would use."""
    resources, slots = problem.resources, problem.slots
    rows = resources.slot_row[resources.slot_first[slot] : resources.slot_first[slot + 1]].tolist()
    if slots.in_person[slot]:
        for kind in range(2 if slots.grouped[slot] else 1):
            moments = resources.school_rows[kind, school, slots.begins[slot] : slots.ends[slot] + 1]
            rows.extend(row for row in moments.tolist() if row >= 0)
    return max(0, min((int(resources.left[row]) for row in rows), default=1 << 31))


def _sizes(problem: Problem, school: int, slot: int, fixed: int) -> tuple[int, int]:
    """The fewest and the most students of the school in one group, or in the whole of a slot without groups."""
    if not problem.slots.grouped[slot]:
        return 0, max(int(problem.slots.capacity[slot]), fixed)
    exempt = (school, slot) in problem.exempt_members
    return 0 if exempt else problem.smallest_group(school, slot), int(problem.slots.group_max[slot])
