"""The rules about what students share: places, employers, support, groups, schools' staff and coaches.

A limit that frozen rows alone pass becomes what they use; every row counts in every limit.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from engine.audit_calendar import when
from engine.audit_case import Breach, Case, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.domain import HalfDay, School, Slot


def capacity(case: Case) -> Iterator[Breach]:
    """An individual slot takes at most its capacity."""
    for slot_id, rows in case.by_slot.items():
        if rows[0].experience.grouping != "individual":
            continue
        places = rows[0].slot.capacity
        if _passes(rows, places):
            yield Breach(
                "capacity",
                f"Slot {slot_id} takes {_many(len(rows))}, and its capacity is {places}.",
                slot_id=slot_id,
            )


def employer_day(case: Case) -> Iterator[Breach]:
    """An employer hosts at most so many students in any half-day over its in-person slots."""
    for employer_id, rows in case.by_employer.items():
        limit = rows[0].employer.max_students_per_half_day
        for moment, present in _by_half_day(row for row in rows if row.experience.in_person):
            if _passes(present, limit):
                yield Breach(
                    "employer_day",
                    f"Employer {employer_id} hosts {_many(len(present))} on {when(moment)} (in slots "
                    f"{_slots_of(present)}), and takes at most {limit} in a half-day.",
                )


def employer_total(case: Case) -> Iterator[Breach]:
    """An employer hosts at most so many assignments in the round, of any delivery."""
    for employer_id, rows in case.by_employer.items():
        limit = rows[0].employer.max_students
        if _passes(rows, limit):
            yield Breach(
                "employer_total",
                f"Employer {employer_id} is given {len(rows)} assignments in the round (in slots {_slots_of(rows)}), "
                f"and takes at most {limit}.",
            )


def support(case: Case) -> Iterator[Breach]:
    """Students needing a support place in an in-person slot do not exceed its support places."""
    for slot_id, rows in case.by_slot.items():
        supported = [row for row in rows if _takes_support_place(row)]
        places = rows[0].slot.support_places
        if _passes(supported, places):
            yield Breach(
                "support",
                f"Slot {slot_id} takes {_many(len(supported))} in need of a support place, and has {places}.",
                slot_id=slot_id,
            )


def one_school(case: Case) -> Iterator[Breach]:
    """An in-school slot takes students of one school only."""
    for slot_id, rows in case.by_slot.items():
        if rows[0].experience.delivery != "in_school":
            continue
        schools = {row.school.urn for row in rows}
        allowed = max(1, len({row.school.urn for row in rows if row.frozen}))
        if len(schools) > allowed:
            yield Breach(
                "one_school",
                f"In-school slot {slot_id} takes students of {len(schools)} schools "
                f"({', '.join(sorted(schools))}), and may take one school's only.",
                slot_id=slot_id,
            )


def group(case: Case) -> Iterator[Breach]:
    """Each school's students in a group slot form groups, and the slot has only so many groups."""
    for slot_id, rows in case.by_slot.items():
        if rows[0].experience.grouping != "group":
            continue
        slot, members = rows[0].slot, _by_school(rows)
        for together in members.values():
            yield from _group_size(case, slot, together)
        formed = sum(groups_needed(len(together), slot) for together in members.values())
        frozen = _by_school(row for row in rows if row.frozen)
        allowed = max(slot.groups, sum(groups_needed(len(together), slot) for together in frozen.values()))
        if formed > allowed:
            yield Breach(
                "group",
                f"Slot {slot_id} takes {formed} groups of {len(members)} schools, and has room for {slot.groups}.",
                slot_id=slot_id,
            )


def groups_needed(students: int, slot: Slot) -> int:
    """The fewest groups of at most ``group_max`` that hold ``students``."""
    return -(-students // max(1, slot.group_max))


def smallest_group(case: Case, slot: Slot, school: School) -> int:
    """The fewest students of ``school`` who may form a group in ``slot``."""
    if school.small:
        return min(slot.group_min, case.round_.policy.small_school_group_min)
    return slot.group_min


def school_out(case: Case) -> Iterator[Breach]:
    """In any half-day a school has at most so many students in in-person slots."""
    for urn, rows in case.by_school.items():
        limit = rows[0].school.max_out_per_half_day
        for moment, out in _by_half_day(row for row in rows if row.experience.in_person):
            if _passes(out, limit):
                yield Breach(
                    "school_out",
                    f"School {urn} has {_many(len(out))} out on {when(moment)} (in slots {_slots_of(out)}), and lets "
                    f"out at most {limit} in a half-day.",
                )


def coach(case: Case) -> Iterator[Breach]:
    """In any half-day a school has at most so many students in in-person group slots."""
    for urn, rows in case.by_school.items():
        limit = rows[0].school.coach_seats_per_half_day
        travelling = (row for row in rows if row.experience.in_person and row.experience.grouping == "group")
        for moment, seated in _by_half_day(travelling):
            if _passes(seated, limit):
                yield Breach(
                    "coach",
                    f"School {urn} has {_many(len(seated))} on in-person group visits on {when(moment)} (in slots "
                    f"{_slots_of(seated)}), and has {limit} coach seats in a half-day.",
                )


def _group_size(case: Case, slot: Slot, together: list[Row]) -> Iterator[Breach]:
    """A breach if one school's students in a slot cannot be split into groups of the slot's sizes."""
    if all(row.frozen for row in together):
        return
    school, students = together[0].school, len(together)
    smallest = smallest_group(case, slot, school)
    needed = groups_needed(students, slot)
    if smallest * needed <= students <= slot.group_max * needed:
        return
    yield Breach(
        "group",
        f"Slot {slot.slot_id} takes {_many(students)} of school {school.urn}, who cannot form groups of {smallest} "
        f"to {slot.group_max}.",
        slot_id=slot.slot_id,
    )


def _many(students: int) -> str:
    return "1 student" if students == 1 else f"{students} students"


def _takes_support_place(row: Row) -> bool:
    """Whether the row uses a support place: groups of small schools bring their own support."""
    brings_own = row.experience.grouping == "group" and row.school.small
    return row.experience.in_person and row.student.support and not brings_own


def _passes(rows: Iterable[Row], limit: int | None) -> bool:
    """Whether ``rows`` are more than ``limit`` (none if ``None``), raised to what the frozen ones alone use."""
    if limit is None:
        return False
    everyone = list(rows)
    return len(everyone) > max(limit, sum(row.frozen for row in everyone))


def _by_half_day(rows: Iterable[Row]) -> list[tuple[HalfDay, list[Row]]]:
    present: defaultdict[HalfDay, list[Row]] = defaultdict(list)
    for row in rows:
        for moment in row.half_days:
            present[moment].append(row)
    return sorted(present.items(), key=lambda entry: entry[0])


def _by_school(rows: Iterable[Row]) -> dict[str, list[Row]]:
    members: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        members[row.school.urn].append(row)
    return dict(sorted(members.items()))


def _slots_of(rows: Iterable[Row]) -> str:
    return ", ".join(sorted({row.slot.slot_id for row in rows}))
