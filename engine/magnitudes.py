"""Whether what a level adds up to stays within the whole numbers that are added exactly: weights are the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.faults import Fault
from engine.lottery_tickets import TICKETS
from engine.rawtables import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.columns import Parsed
    from engine.policy import Level, Policy

LARGEST, LARGEST_EACH = 1 << 42, 1 << 34
"""The most that a level may come to, of all and of one student: prices count in parts of a millionth, in 64 bits."""
FARTHEST_KM = 20_038
"""Half way round the earth."""
PERCENT = 100


def weight_faults(policy: Policy, tables: Mapping[str, Parsed]) -> list[Fault]:
    """A fault for every level whose weights, or the policy's points, are too large for a round of so many students."""
    if "students" not in tables:
        return []
    own = [each for each in tables["students"].facts.get("max_experiences", ()) if isinstance(each, int)]
    students, most_slots = len(tables["students"].rows), max(policy.max_experiences, *own, 1)
    slots_each = max(1, min(most_slots, policy.max_half_days))
    faults = []
    for level in policy.levels:
        each = _most(policy, level, slots_each)
        largest = min(LARGEST_EACH, LARGEST // max(1, students))
        if each > largest:
            message = (
                f"Level “{level.name}” could come to {each:,} for one student; up to {largest:,} is added exactly in a "
                "round of this size. Divide its weights, or the points that it counts, by a common number."
            )
            goals = ", ".join(f"{goal} = {weight}" for goal, weight in level.goals.items())
            faults.append(Fault(SETTINGS, 0, "policy.level.goals", goals, "bad_policy", message))
    return faults


def _most(policy: Policy, level: Level, slots_each: int) -> int:
    """More than the level can come to for one student, up or down."""
    points = max((*policy.experience_points, *policy.employer_points, *policy.sector_points), default=0)
    target = max(policy.target_half_days.values(), default=0)
    by_student = {"need": target * (target + 1) // 2, "equity": PERCENT, "guarantee": 1, "reach": 1, "progression": 1}
    by_slot = {"preference": points, "travel": FARTHEST_KM, "lottery": TICKETS * points}
    each = {goal: by_student.get(goal, by_slot.get(goal, 1) * slots_each) for goal in level.goals}
    return sum(abs(weight) * each[goal] for goal, weight in level.goals.items())
