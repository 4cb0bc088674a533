"""Who is to be kept apart from whom, and the slots that this closes in an allocation as it stands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.allocation import Allocation
    from engine.domain import HalfDay, Round


def kept_apart(round_: Round, allocation: Allocation, student_ids: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """For each student who is to be kept apart from others, the slots that those others now close to the student."""
    held: dict[str, list[str]] = defaultdict(list)
    for row in allocation.assignments:
        held[row.student_id].append(row.slot_id)
    visits = _visits(round_)
    return {
        student_id: frozenset(
            slot_id for other in others for own in held.get(other, ()) for slot_id in _near(round_, own, visits)
        )
        for student_id, others in partners_of(round_, student_ids).items()
    }


def partners_of(round_: Round, student_ids: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """For each of ``student_ids`` who is to be kept apart from others, those others."""
    wanted = set(student_ids)
    partners: dict[str, set[str]] = defaultdict(set)
    for one, other in _separated(round_):
        if one in wanted:
            partners[one].add(other)
    return {student_id: frozenset(others) for student_id, others in partners.items()}


def _separated(round_: Round) -> Iterator[tuple[str, str]]:
    for decision in round_.decisions:
        if decision.kind == "separate":
            yield decision.student_id, decision.other_student_id
            yield decision.other_student_id, decision.student_id


def _visits(round_: Round) -> Mapping[tuple[str, HalfDay], list[str]]:
    """The in-person slots of every employer and half-day."""
    visits: dict[tuple[str, HalfDay], list[str]] = defaultdict(list)
    for slot in round_.slots.values():
        experience = round_.experiences[slot.experience_id]
        for moment in slot.occupies if experience.in_person else ():
            visits[experience.employer_id, moment].append(slot.slot_id)
    return visits


def _near(round_: Round, slot_id: str, visits: Mapping[tuple[str, HalfDay], list[str]]) -> Iterator[str]:
    """The slot itself, and the in-person slots of its employer that share a half-day with it if it is in person."""
    yield slot_id
    slot = round_.slots[slot_id]
    experience = round_.experiences[slot.experience_id]
    for moment in slot.occupies if experience.in_person else ():
        yield from visits[experience.employer_id, moment]
