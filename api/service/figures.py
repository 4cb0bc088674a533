"""What a round is like in figures: how many pairs may be, how scarce places are, how much of them comes in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.domain import Round, Slot
    from engine.options import Options

REAL_GROUP = 5
"""From this minimum on a group slot needs a school to send several students or none."""


def measured(round_: Round, options: Options) -> dict[str, Any]:
    """Counts and shares of the round; places are capacities, and groups times their maximum."""
    places = {slot.slot_id: _places(slot) for slot in round_.slots.values()}
    grouped = {slot.slot_id for slot in round_.slots.values() if slot.groups and slot.group_max}
    strict = {slot_id for slot_id in grouped if round_.slots[slot_id].group_min >= REAL_GROUP}
    offered, asked = sum(places.values()), demand(round_)
    available = [student for student in round_.students.values() if student.available]
    return {
        "input_sha256": round_.input_sha256,
        "students": len(round_.students),
        "schools": len(round_.schools),
        "employers": len(round_.employers),
        "slots": len(round_.slots),
        "eligible_pairs": len(options.slot),
        "places": offered,
        "demand": asked,
        "places_over_demand": _share(offered, asked),
        "share_of_places_in_groups": _share(sum(places[s] for s in grouped), offered),
        f"share_of_places_in_groups_of_{REAL_GROUP}_or_more": _share(sum(places[s] for s in strict), offered),
        "share_of_employers_with_a_limit": _share(
            sum(_limited(e.max_students, e.max_students_per_half_day) for e in round_.employers.values()),
            len(round_.employers),
        ),
        "share_of_schools_with_a_limit": _share(
            sum(_limited(s.max_out_per_half_day, s.coach_seats_per_half_day) for s in round_.schools.values()),
            len(round_.schools),
        ),
        "share_of_students_with_needs": _share(
            sum(bool(s.accommodations) or s.support for s in available), len(available)
        ),
        "share_of_students_fsm": _share(sum(s.fsm for s in available), len(available)),
    }


def demand(round_: Round) -> int:
    """What is asked for: the most slots each available student may have, summed."""
    most = round_.policy.max_experiences
    return sum(
        most if student.max_experiences is None else student.max_experiences
        for student in round_.students.values()
        if student.available
    )


def _places(slot: Slot) -> int:
    return slot.capacity + slot.groups * slot.group_max


def _limited(*limits: int | None) -> bool:
    return any(limit is not None for limit in limits)


def _share(part: int, whole: int) -> float:
    return round(part / max(1, whole), 4)
