"""The goal ``equity`` by the audit's own scan: who could be placed, and whether each group has its share."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from engine.audit_pairs import PAIR_CHECKS, passes
from engine.audit_priority import in_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.audit_case import Case
    from engine.domain import Slot, Student

OF_THE_EXPERIENCE = ("individual_age", "access", "repeat")
"""The pair rules that ask the same of every slot of an experience, besides ``year`` and ``travel``."""
OF_THE_SLOT = ("school_only", "cleared", "dates", "calendar", "forbid")


def equity(case: Case) -> int:
    """Over the equity groups, how far 100 x the group's placed students fall short of ``share`` x all placed."""
    placed = [case.round_.students[student_id] for student_id in case.by_student]
    return sum(
        max(0, share * len(placed) - 100 * sum(in_group(case, student, name) for student in placed))
        for name, share in shares(case).items()
    )


def shares(case: Case) -> dict[str, int]:
    """Each equity group's percentage, rounded down, among the students who could be placed."""
    offers = offers_by_year(case)
    placeable = [
        student
        for student in case.round_.students.values()
        if could_be_placed(case, student, offers.get(student.year_group, {}))
    ]
    members = {
        name: sum(in_group(case, student, name) for student in placeable) for name in case.round_.policy.equity_groups
    }
    return {name: 100 * count // len(placeable) if placeable else 0 for name, count in members.items()}


def could_be_placed(case: Case, student: Student, offers: Mapping[str, list[Slot]]) -> bool:
    """Whether some slot passes every pair rule, of ``offers`` for the student's year: the scan stops at the first."""
    if not student.available:
        return False
    if any(passes(case, student, row.slot) for row in case.by_student.get(student.student_id, ())):
        return True
    for experience_id, slots in offers.items():
        if any(PAIR_CHECKS[rule](case, student, slots[0]) for rule in OF_THE_EXPERIENCE):
            continue
        open_to_student = any(not any(PAIR_CHECKS[rule](case, student, slot) for rule in OF_THE_SLOT) for slot in slots)
        if open_to_student and case.journeys.within(student, case.round_.experiences[experience_id]):
            return True
    return False


def offers_by_year(case: Case) -> dict[int, dict[str, list[Slot]]]:
    """For every year group, the experiences that accept it and their slots, which may all be withdrawn ones."""
    offers: defaultdict[int, defaultdict[str, list[Slot]]] = defaultdict(lambda: defaultdict(list))
    for slot in case.round_.slots.values():
        for year_group in case.round_.experiences[slot.experience_id].year_groups:
            offers[year_group][slot.experience_id].append(slot)
    return {year_group: dict(of_year) for year_group, of_year in offers.items()}
