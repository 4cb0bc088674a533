"""First come, first served: each takes what is liked most and is left, as a shared spreadsheet would have it."""

from __future__ import annotations

from loadtests.peers.instance import Found, Instance

load = Instance.load


def solve(instance: Instance, _limit: float) -> Found:
    """Students in the order in which they come; each takes free slots that fit together, up to the most."""
    left = instance.places.tolist()
    rows = []
    for student in instance.coming:
        taken: list[int] = []
        for _points, slot in instance.wishes(student):
            if len(taken) == instance.most_slots[student]:
                break
            if left[slot] > 0 and all(instance.together(slot, other) for other in taken):
                taken.append(slot)
                left[slot] -= 1
        rows += [(str(instance.student_ids[student]), str(instance.slot_ids[slot])) for slot in taken]
    return Found(rows)
