"""The instance as fairpyx knows it: students as agents, slots as courses with seats, clashes as conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fairpyx

from loadtests.peers.instance import Found, Instance

if TYPE_CHECKING:
    from collections.abc import Callable


def divided(instance: Instance, algorithm: Callable[..., Any]) -> Found:
    """What ``algorithm`` gives; a point is added to every wish, for fairpyx gives nobody what is worth nothing."""
    count = len(instance.slot_ids)
    everything = set(range(count))
    worth: dict[int, dict[int, int]] = {}
    barred: dict[int, set[int]] = {}
    for student in range(len(instance.student_ids)):
        liked = {slot: points + 1 for points, slot in instance.wishes(student)}
        worth[student] = {slot: liked.get(slot, 0) for slot in everything}
        barred[student] = everything - liked.keys()
    clashing = {i: {j for j in everything if i != j and not instance.together(i, j)} for i in everything}
    given = fairpyx.divide(
        algorithm,
        fairpyx.Instance(
            agent_capacities=dict(enumerate(instance.most_slots.tolist())),
            item_capacities=dict(enumerate(instance.places.tolist())),
            valuations=worth,
            agent_conflicts=barred,
            item_conflicts=clashing,
        ),
    )
    return Found(
        [
            (str(instance.student_ids[student]), str(instance.slot_ids[slot]))
            for student, slots in given.items()
            for slot in slots
        ]
    )
