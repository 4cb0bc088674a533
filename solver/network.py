"""The network that a plain problem is: one slot a student at most, and limits that lie within one another.

A student's unit goes to a slot and on through the limits that hold it, each within the next (a slot's places, then its
employer's total), to the root, or past them all. Whatever does not fit this shape is found out, and is not a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.resources import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Ints
    from solver.problem import Problem

BUNDLED = frozenset({"guarantee", "need", "breadth", "progression"})
"""Goals of what a student gets together, whose bound holds only where they are rewarded."""

LARGEST_COST = 1 << 60
"""What a cost times the number of nodes stays below."""


@dataclass(frozen=True, slots=True)
class Network:
    """Pairs as arcs from students into nodes, one node a limit that could bind, the root last.

    ``pair`` are positions of the problem's pairs, ``first`` compresses them by student, ``enters`` is the node of each.
    Over the nodes but the root: ``parent``, greater than the node itself, ``room`` and ``row``, the problem's.
    """

    pair: Ints
    first: Ints
    enters: Ints
    parent: Ints
    room: Ints
    row: Ints

    @property
    def root(self) -> int:
        """The node where every unit ends."""
        return len(self.parent)

    @property
    def student(self) -> Ints:
        """The student of every arc."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int64), np.diff(self.first))


def network_of(problem: Problem, levels: Sequence[Level]) -> Network | None:
    """The network of ``problem``, or ``None`` where it or a level is none."""
    if not all(_linear(problem, level) for level in levels) or any(level.tolerance for level in levels[:-1]):
        return None
    facts, slots, pairs = problem.students, problem.slots, problem.pairs
    if problem.rules_off or problem.separations or problem.blocked.any() or facts.max_slots.max(initial=0) > 1:
        return None
    if problem.resources.left.min(initial=0) < 0:
        return None
    student = pairs.student
    fits = (facts.max_slots[student] > 0) & (slots.half_days[pairs.slot.raw] <= facts.max_half_days[student])
    fits &= ~slots.virtual[pairs.slot.raw] | (facts.max_virtual[student] > 0)
    pair = np.flatnonzero(fits)
    student, slot = student[pair], pairs.slot[pair]
    if _schools_bind(problem, student) or _support_binds(problem, student, slot):
        return None
    chains = _chains(problem, slot)
    if chains is None:
        return None
    first = np.zeros(len(facts.school) + 1, dtype=np.int64)
    np.cumsum(np.bincount(student, minlength=len(facts.school)), out=first[1:])
    leaf, parent, row = chains
    network = Network(pair, first, leaf[slot], parent, problem.resources.left[row], row)
    return network if _costs_fit(problem, network, levels) else None


def arc_worths(problem: Problem, network: Network, level: Level) -> Ints:
    """What each arc's pair is worth to ``level`` as the student's only further slot."""
    total = np.zeros(len(network.pair), dtype=np.int64)
    of_pair = (network.student, problem.pairs.slot[network.pair], network.pair)
    for goal, coefficient in level.goals.items():
        if goal in UNITS:
            total += coefficient * UNITS[goal](problem, *of_pair)
    return total


def _need(problem: Problem, student: Ints, slot: Ints, _pair: Ints) -> Ints:
    before = problem.students.need_left[student]
    after = np.maximum(0, before - problem.slots.half_days[slot])
    earned = (before * (before + 1) - after * (after + 1)) // 2
    return np.where(problem.slots.counts[slot], earned, 0)


def _higher(problem: Problem, student: Ints, slot: Ints, _pair: Ints) -> Bools:
    facts = problem.students
    return np.asarray((problem.slots.tier[slot] > facts.top_tier[student]) & ~facts.progressed[student])


UNITS: dict[str, Callable[[Problem, Ints, Ints, Ints], Ints | Bools]] = {
    "guarantee": lambda p, s, j, _: p.slots.counts[j] & ~p.students.guaranteed[s],
    "reach": lambda p, s, _j, _: ~p.students.placed[s],
    "need": _need,
    "preference": lambda p, _s, _j, pair: p.pairs.points[pair],
    "breadth": lambda p, s, j, _: ~p.students.known_sector[s, p.slots.sector[j]],
    "progression": _higher,
    "travel": lambda p, _s, _j, pair: p.pairs.km[pair],
    "lottery": lambda p, s, _j, pair: p.students.ticket[s] * p.pairs.points[pair],
    "stability": lambda p, _s, _j, pair: -p.pairs.kept[pair].astype(np.int64),
    "replaced": lambda p, s, _j, _: p.students.baseline[s] & ~p.students.placed[s],
}
"""What a pair (its student, slot and position) adds to a goal; equity and reserves are no sums over pairs."""


def _costs_fit(problem: Problem, network: Network, levels: Sequence[Level]) -> bool:
    """Whether 64 bits hold a level's costs times the nodes, as cost scaling asks."""
    points, need = problem.pairs.points.most(), _most(problem.students.need_left)
    units = {"preference": points, "lottery": points * _most(problem.students.ticket)}
    units |= {"travel": problem.pairs.km.most(), "need": need * (need + 1)}
    most = max((sum(abs(n) * units.get(goal, 1) for goal, n in level.goals.items()) for level in levels), default=0)
    return most * (len(network.first) + len(network.parent) + 1) < LARGEST_COST


def _most(values: Ints) -> int:
    return int(np.abs(values).max(initial=0))


def _linear(problem: Problem, level: Level) -> bool:
    """Whether a level is a sum over pairs, with bounds that prices prove."""
    goals: Mapping[str, int] = level.goals
    together = ("equity" in goals and len(problem.share) > 0) or ("reserve" in goals and problem.slots.reserved.any())
    return not together and all(goals.get(goal, 0) >= 0 for goal in BUNDLED)


def _schools_bind(problem: Problem, student: Ints) -> bool:
    """Whether a school could have more students out than it may."""
    rows = problem.resources.school_rows
    able = np.bincount(problem.students.school[np.unique(student)], minlength=rows.shape[1])
    left = np.append(problem.resources.left, np.iinfo(np.int64).max)[rows]
    return bool((left < able[None, :, None]).any())


def _support_binds(problem: Problem, student: Ints, slot: Ints) -> bool:
    """Whether more students could need a slot's support places than there are."""
    asks = np.bincount(slot[problem.students.support[student]], minlength=len(problem.slot_ids))
    rows = problem.resources.support_row
    return bool(((rows >= 0) & (problem.resources.left[rows] < asks)).any())


def _chains(problem: Problem, slot: Ints) -> tuple[Ints, Ints, Ints] | None:
    """The node in which each slot's arcs enter, the nodes' parents and rows; ``None`` where limits cross."""
    resources, count = problem.resources, len(problem.slot_ids)
    of_slot, entry = expand(resources.slot_first, np.arange(count, dtype=np.int64))
    row = resources.slot_row[entry]
    asked = np.bincount(slot, minlength=count)
    used = np.bincount(row, weights=asked[of_slot], minlength=len(resources.left))
    binds = used > resources.left
    of_slot, row = of_slot[binds[row]], row[binds[row]]
    size = np.bincount(row, minlength=len(resources.left))
    rows = np.unique(row)
    rows = rows[np.lexsort((rows, size[rows]))]
    node_of = np.full(len(resources.left), len(rows), dtype=np.int64)
    node_of[rows] = np.arange(len(rows))
    node = node_of[row]
    order = np.lexsort((node, of_slot))
    node, of_slot = node[order], of_slot[order]
    last: Bools = np.append(of_slot[1:] != of_slot[:-1], True)[: len(node)]
    above = np.where(last, len(rows), np.append(node[1:], len(rows))[: len(node)])
    parent = np.full(len(rows), len(rows), dtype=np.int64)
    parent[node] = above
    if (parent[node] != above).any():
        return None
    leaf = np.full(count, len(rows), dtype=np.int64)
    leaf[of_slot[::-1]] = node[::-1]
    return leaf, parent, rows
