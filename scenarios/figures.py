"""Measures a round and an answer to it: how large, how scarce, how limited, and which limits bind.

Everything is counted from the round as the engine loaded it, never from what the generator meant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.options import build_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.allocation import Allocation
    from engine.domain import Round, School, Slot, Student
    from engine.options import Options

FIGURES = "figures.json"
LARGE_GROUP = 5
ENOUGH = 20
"""Students that a school needs before its free-meal share says anything."""
AT_ONCE = 5_000
"""Students whose options are counted together: a hub's 400 million pairs do not fit at once."""


def round_figures(round_: Round, options: Options | None = None) -> dict[str, Any]:
    """The figures of a round; ``options`` saves counting the eligible pairs again."""
    pairs = count_pairs(round_) if options is None else len(options.slot)
    return {
        "name": round_.name,
        "input_sha256": round_.input_sha256,
        "counts": _counts(round_),
        "eligible_pairs": pairs,
        "eligible_pairs_per_student": _share(pairs, len(round_.students), 1),
        **_places(round_),
        **_limited(round_),
        **_people(round_),
        "limits_that_bind": None,
    }


def count_pairs(round_: Round) -> int:
    """How many student-and-slot pairs pass every pair rule, a few thousand students at a time."""
    every = list(round_.students.items())
    found = 0
    for i in range(0, len(every), AT_ONCE):
        part = replace(round_, students=MappingProxyType(dict(every[i : i + AT_ONCE])))
        found += len(build_options(part).slot)
    return found


def places_of(slot: Slot) -> int:
    """How many students a slot can take by itself."""
    return slot.capacity + slot.groups * slot.group_max


def demand_of(round_: Round) -> int:
    """The experiences asked for: the round's most for each student who is available."""
    return round_.policy.max_experiences * sum(student.available for student in round_.students.values())


def binding_limits(round_: Round, allocation: Allocation) -> dict[str, Any]:
    """Which limits of employers and schools are reached in an answer, and which support places are all taken.

    A limit per half-day binds if some half-day reaches it; rows of students or slots not in the round are ignored.
    """
    use = _use(round_, allocation)
    employers = [
        (limit, use[column, name])
        for name, employer in round_.employers.items()
        for column, limit in (("day", employer.max_students_per_half_day), ("all", employer.max_students))
        if limit is not None
    ]
    schools = [
        (limit, use[column, urn])
        for urn, school in round_.schools.items()
        for column, limit in (("out", school.max_out_per_half_day), ("coach", school.coach_seats_per_half_day))
        if limit is not None
    ]
    support = [
        (slot.support_places, use["support", name]) for name, slot in round_.slots.items() if slot.support_places
    ]
    return {
        "employer_limits": _binding(employers),
        "school_limits": _binding(schools),
        "support_places": _binding(support),
        "share": _binding([*employers, *schools])["share"],
    }


def _use(round_: Round, allocation: Allocation) -> Counter[tuple[str, str]]:
    """The most that each limit has to bear, keyed by what is limited and whose it is."""
    use: Counter[tuple[str, str]] = Counter()
    at: Counter[tuple[str, str, int]] = Counter()
    for row in allocation.assignments:
        student, slot = round_.students.get(row.student_id), round_.slots.get(row.slot_id)
        if student is None or slot is None:
            continue
        experience = round_.experiences[slot.experience_id]
        use["all", experience.employer_id] += 1
        if not experience.in_person:
            continue
        in_group = experience.grouping == "group"
        use["support", slot.slot_id] += _needs_place(student, round_.schools[student.urn], in_group=in_group)
        for moment in slot.occupies:
            at["day", experience.employer_id, moment] += 1
            at["out", student.urn, moment] += 1
            at["coach", student.urn, moment] += in_group
    for (what, whose, _), count in at.items():
        use[what, whose] = max(use[what, whose], count)
    return use


def _needs_place(student: Student, school: School, *, in_group: bool) -> bool:
    return student.support and not (in_group and school.small)


def _binding(limits: Iterable[tuple[int, int]]) -> dict[str, float]:
    pairs = list(limits)
    binding = sum(used >= limit for limit, used in pairs)
    return {"limits": len(pairs), "binding": binding, "share": _share(binding, len(pairs))}


def _counts(round_: Round) -> dict[str, int]:
    return {
        "students": len(round_.students),
        "schools": len(round_.schools),
        "employers": len(round_.employers),
        "experiences": len(round_.experiences),
        "slots": len(round_.slots),
        "preferences": len(round_.preferences),
        "history": len(round_.history),
        "decisions": len(round_.decisions),
    }


def _places(round_: Round) -> dict[str, Any]:
    """Places over demand, as offered and with each employer's own total limit, and how many are in groups."""
    slots = round_.slots.values()
    places, demand = sum(map(places_of, slots)), demand_of(round_)
    by_employer: Counter[str] = Counter()
    for slot in slots:
        by_employer[round_.experiences[slot.experience_id].employer_id] += places_of(slot)
    hosted = 0
    for employer_id, offered in by_employer.items():
        most = round_.employers[employer_id].max_students
        hosted += offered if most is None else min(offered, most)
    grouped = sum(places_of(slot) for slot in slots if slot.groups and slot.group_min >= LARGE_GROUP)
    return {
        "places": places,
        "demand": demand,
        "places_over_demand": _share(places, demand),
        "places_within_employer_totals_over_demand": _share(hosted, demand),
        "share_of_places_in_groups": _share(grouped, places),
        "support_places": sum(slot.support_places for slot in slots),
        "reserved_places": sum(slot.reserved for slot in slots),
    }


def _limited(round_: Round) -> dict[str, float]:
    employers = [
        e.max_students is not None or e.max_students_per_half_day is not None for e in round_.employers.values()
    ]
    schools = [
        s.max_out_per_half_day is not None or s.coach_seats_per_half_day is not None for s in round_.schools.values()
    ]
    return {
        "share_of_employers_limited": _share(sum(employers), len(employers)),
        "share_of_schools_limited": _share(sum(schools), len(schools)),
    }


def _people(round_: Round) -> dict[str, Any]:
    students = round_.students.values()
    by_school: dict[str, list[bool]] = defaultdict(list)
    for student in students:
        by_school[student.urn].append(student.fsm)
    shares = sorted(
        _share(sum(fsm), len(fsm))
        for urn, fsm in by_school.items()
        if round_.schools[urn].type == "mainstream" and len(fsm) >= ENOUGH
    )
    count = len(students)
    past = {row.student_id for row in round_.history}
    return {
        "share_with_access_or_support_needs": _share(sum(bool(s.accommodations) or s.support for s in students), count),
        "students_needing_support": sum(s.support for s in students),
        "share_fsm": _share(sum(s.fsm for s in students), count),
        "share_fsm_by_mainstream_school": {"least": shares[0], "most": shares[-1]} if shares else None,
        "share_sen": _share(sum(s.sen_status != "N" for s in students), count),
        "share_with_history": _share(len(past), count),
        "students_by_year": dict(sorted(Counter(str(s.year_group) for s in students).items(), key=lambda p: int(p[0]))),
        "schools_by_type": dict(sorted(Counter(s.type for s in round_.schools.values()).items())),
    }


def _share(part: float, whole: float, decimals: int = 4) -> float:
    return round(part / whole, decimals) if whole else 0.0


def proven_share(proven: Mapping[str, Any]) -> float | None:
    """The share of limits that bind, as recorded with a scenario's proven values."""
    share = proven.get("limits_that_bind")
    return float(share) if share is not None else None
