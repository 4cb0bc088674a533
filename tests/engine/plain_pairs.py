"""The pair rules, journeys and preference points one pair at a time, written from the documents alone.

Slow on purpose, and sharing nothing with the bulk figures that it is compared with.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING

from geopy.distance import geodesic

if TYPE_CHECKING:
    from datetime import date

    from engine.domain import Barrier, Experience, Point, Round, Slot, Student


def rules_broken(round_: Round, student: Student, slot: Slot) -> set[str]:
    """The pair rules that this student in this slot would break."""
    experience = round_.experiences[slot.experience_id]
    employer = round_.employers[experience.employer_id]
    halves = half_days(round_, slot)
    open_first = slot.date.weekday() < 5 and slot.date not in round_.closed_dates
    alone = experience.delivery == "in_person" and experience.grouping == "individual"
    tests = {
        "available": student.available,
        "year": student.year_group in experience.year_groups,
        "individual_age": not alone or student.year_group >= 10,
        "cleared": employer.cleared_until is not None and halves[-1][0] <= employer.cleared_until,
        "dates": open_first and slot.date >= round_.starts and halves[-1][0] <= round_.ends,
        "school_only": slot.urn in ("", student.urn),
        "access": all(code in experience.accommodations for code in _asked(student, experience)),
        "travel": _near_enough(round_, student, experience),
        "calendar": not any(_away(round_, student, day, half) for day, half in halves),
        "repeat": (student.student_id, experience.experience_id)
        not in {(row.student_id, row.experience_id) for row in round_.history},
        "forbid": not _forbidden(round_, student, slot, experience),
    }
    return {code for code, kept in tests.items() if not kept}


def half_days(round_: Round, slot: Slot) -> list[tuple[date, str]]:
    """The school half-days from the slot's start, one after another."""
    found, day, half = [], slot.date, slot.half
    while len(found) < slot.half_days:
        if day.weekday() < 5 and day not in round_.closed_dates:
            found.append((day, half))
        day, half = (day, "PM") if half == "AM" else (day + timedelta(days=1), "AM")
    return found


def own_journey(round_: Round, student: Student, experience: Experience) -> int | None:
    """What the student travels, in tenths of a kilometre; None without a route."""
    return compared_journey(round_, student, experience) if experience.delivery == "in_person" else 0


def compared_journey(round_: Round, student: Student, experience: Experience) -> int | None:
    """What the rule `travel` compares with its limit, in tenths of a kilometre; None without a route."""
    rows = {row.origin: row.tenths for row in round_.travel if row.experience_id == experience.experience_id}
    if experience.delivery == "in_person" and student.student_id in rows:
        return rows[student.student_id]
    if experience.delivery == "in_person" and experience.grouping == "individual" and student.home is not None:
        return tenths(student.home, experience.site, round_.barriers)
    return rows.get(student.urn, tenths(round_.schools[student.urn].place, experience.site, round_.barriers))


@lru_cache(maxsize=10_000)
def tenths(origin: Point, site: Point, barriers: tuple[Barrier, ...]) -> int | None:
    """Tenths of a kilometre by the shortest chain over the barriers met."""
    met = sorted((at, b.barrier_id, b) for b in barriers if (at := first_met(origin, site, b.line)) is not None)
    chains = product([origin], *[[place for _, place in barrier.crossings] for _, _, barrier in met], [site])
    lengths = [sum(_km(a, b) for a, b in pairwise(chain)) for chain in chains]
    return int(Fraction(min(lengths)) * 10 + Fraction(1, 2)) if lengths else None


def first_met(origin: Point, site: Point, line: tuple[Point, ...]) -> Fraction | None:
    """The least share of the way at which the straight segment is on the line, by testing every place it could be."""
    start, end, corners = _exact(origin), _exact(site), [_exact(point) for point in line]
    moments = {Fraction(0), Fraction(1)}
    for a, b in pairwise(corners):
        over, under = _turn(a, b, start), _turn(a, b, start) - _turn(a, b, end)
        moments |= {over / under} if under else set()
    way = (end[0] - start[0], end[1] - start[1])
    size = way[0] ** 2 + way[1] ** 2
    moments |= {((c[0] - start[0]) * way[0] + (c[1] - start[1]) * way[1]) / size for c in corners if size}
    on_line = [
        t
        for t in moments
        if 0 <= t <= 1 and any(_on(a, b, (start[0] + t * way[0], start[1] + t * way[1])) for a, b in pairwise(corners))
    ]
    return min(on_line, default=None)


def points_and_rank(round_: Round, student: Student, experience: Experience) -> tuple[int, int]:
    """Preference points, and the rank of the row that gives them (0 for none)."""
    policy = round_.policy
    mine = [row for row in round_.preferences if row.student_id == student.student_id]
    listed = {row.value: row.rank for row in mine if row.kind == "experience"}
    matched = [
        (_at(policy.employer_points if row.kind == "employer" else policy.sector_points, row.rank), -row.rank)
        for row in mine
        if (row.kind == "employer" and row.value == experience.employer_id)
        or (row.kind == "sector" and row.value.lower() == experience.sector.lower())
    ]
    if not listed:
        points, rank = max(matched, default=(0, 0))
        return points, -rank
    if experience.experience_id in listed:
        rank = listed[experience.experience_id]
        return _at(policy.experience_points, rank), rank
    return _at(policy.experience_points, max(listed.values()) + (1 if matched else 2)), 0


def _asked(student: Student, experience: Experience) -> set[str]:
    if experience.delivery != "in_person":
        return set(student.accommodations) & {"bsl", "hearing_loop", "large_print", "screen_reader"}
    if experience.grouping == "group":
        return set(student.accommodations) - {"familiar_adult", "personal_care"}
    return set(student.accommodations)


def _near_enough(round_: Round, student: Student, experience: Experience) -> bool:
    if experience.delivery == "virtual":
        return True
    limit = round_.policy.max_travel_km if student.max_travel_km is None else student.max_travel_km
    if experience.delivery == "in_school":
        limit = round_.policy.employer_travel_km
    elif experience.grouping == "group":
        limit = round_.policy.group_travel_km
    journey = compared_journey(round_, student, experience)
    return journey is not None and journey <= Fraction(str(limit)) * 10


def _away(round_: Round, student: Student, day: date, half: str) -> bool:
    moment = 2 * day.toordinal() + (half == "PM")
    return moment in student.unavailable or any(
        moment in row.half_days
        for row in round_.calendar
        if row.urn == student.urn and row.year_group in (None, student.year_group)
    )


def _forbidden(round_: Round, student: Student, slot: Slot, experience: Experience) -> bool:
    return any(
        d.slot_id == slot.slot_id
        or d.experience_id == experience.experience_id
        or d.employer_id == experience.employer_id
        for d in round_.decisions
        if d.kind == "forbid" and d.student_id == student.student_id
    )


def _at(points: tuple[int, ...], rank: int) -> int:
    return points[rank - 1] if rank <= len(points) else 0


def _km(a: Point, b: Point) -> float:
    return float(geodesic((a.latitude, a.longitude), (b.latitude, b.longitude)).km)


def _exact(point: Point) -> tuple[Fraction, Fraction]:
    return Fraction(point.latitude), Fraction(point.longitude)


def _turn(a, b, c) -> Fraction:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _on(a, b, c) -> bool:
    within = all(min(p, q) <= r <= max(p, q) for p, q, r in zip(a, b, c, strict=True))
    return within and _turn(a, b, c) == 0
