"""What an allocation is worth under every goal, and what a level makes of it: plain sums over the tests' own facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from independent_facts import Facts

    from engine.policy import Level


def goals_of(facts: Facts, assignments: Iterable[tuple[str, str]]) -> Counter[str]:
    """The value of every goal on these pairs of student and slot."""
    bundles: dict[str, list[str]] = defaultdict(list)
    for student_id, slot_id in assignments:
        bundles[student_id].append(slot_id)
    total: Counter[str] = Counter()
    for student_id, slots in bundles.items():
        total.update(student_goals(facts, student_id, tuple(slots)))
    total.update(shared_goals(facts, bundles))
    return total


def student_goals(facts: Facts, student_id: str, slots: tuple[str, ...]) -> dict[str, int]:
    """What one student's slots add to the goals that can be told student by student."""
    if not slots:
        return {}
    experiences = [facts.experience(slot) for slot in slots]
    counting = [slot for slot, e in zip(slots, experiences, strict=True) if e.criteria_met == 7]
    lacks = facts.deficit[student_id]
    left = max(0, lacks - sum(facts.round_.slots[slot].half_days for slot in counting))
    points = [facts.points(student_id, e) for e in experiences]
    return {
        "guarantee": int(student_id in facts.priority and bool(counting)),
        "reach": 1,
        "need": (lacks * (lacks + 1) - left * (left + 1)) // 2,
        "preference": sum(points),
        "breadth": len({e.sector.lower() for e in experiences} - facts.past_sectors(student_id)),
        "progression": int(max(e.tier for e in experiences) > facts.past_tier(student_id)),
        "travel": sum(facts.kilometres(student_id, slot) for slot in slots),
        "lottery": facts.ticket(student_id) * sum(points),
    }


def shared_goals(facts: Facts, bundles: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """The goals that need everyone's slots at once."""
    students = facts.round_.students
    placed = [student_id for student_id, slots in bundles.items() if slots]
    taken = Counter(slot for a, slots in bundles.items() if a in facts.priority for slot in slots)
    equity = 0
    for group, share in facts.shares.items():
        of_group = sum(facts.in_group(students[a], group) for a in placed)
        equity += max(0, share * len(placed) - 100 * of_group)
    rows = facts.round_.baseline
    lost = sum(row.notified and row.slot_id not in bundles.get(row.student_id, ()) for row in rows)
    back = len({row.student_id for row in rows}.intersection(placed))
    reserve = sum(min(slot.reserved, taken[slot_id]) for slot_id, slot in facts.round_.slots.items())
    return {"equity": equity, "reserve": reserve, "stability": lost, "replaced": back}


def level_value(level: Level, goals: Mapping[str, int]) -> int:
    """The level's signed sum."""
    return sum(sign * goals.get(goal, 0) for goal, sign in level.goals.items())
