"""The plain instance as a network: student to slot to sink, and past all slots to the sink at no gain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from loadtests.peers.instance import Instance


@dataclass(frozen=True)
class Arcs:
    """Arrays over the arcs, those of the pairs first; the sink is the last node."""

    tail: Any
    head: Any
    capacity: Any
    cost: Any
    supply: Any
    pairs: int


def arcs_of(instance: Instance, worth: Any) -> Arcs:
    """The arcs of an instance whose pairs are worth ``worth``; every student sends one."""
    students, slots, pairs = len(instance.student_ids), len(instance.slot_ids), len(instance.slot)
    sink = students + slots
    tail = np.concatenate([instance.student, np.arange(students), students + np.arange(slots)])
    head = np.concatenate([students + instance.slot, np.full(students, sink), np.full(slots, sink)])
    capacity = np.concatenate([np.ones(pairs + students, dtype=np.int64), instance.places])
    cost = np.concatenate([-worth, np.zeros(students + slots, dtype=np.int64)])
    supply = np.append(np.minimum(1, instance.most_slots), np.zeros(slots + 1, dtype=np.int64))
    supply[sink] = -supply.sum()
    return Arcs(tail, head, capacity, cost, supply, pairs)


def packed_worth(instance: Instance) -> Any:
    """A unit a place; where wishes count their points too, a place being worth more than all points together."""
    if not instance.wishes_count:
        return np.ones(len(instance.slot), dtype=np.int64)
    return 1 + len(instance.student_ids) * int(instance.points.max(initial=0)) + instance.points
