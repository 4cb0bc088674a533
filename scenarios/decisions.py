"""Decisions by people: places that families found (a slot of one place and a pin), visits refused, students kept apart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain import CRITERIA, Decision, Employer, Experience, Slot, TravelRow
from engine.rules import INDIVIDUAL_AGE
from scenarios.draws import Draws, Wheel
from scenarios.ground import shifted
from scenarios.sectors import LAST_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain import CalendarRow, Point, School, Student
    from scenarios.region import Region
    from scenarios.supply import Supply
    from scenarios.terms import Term

OWN_FOUND = 0.01
"""One student in a hundred comes with a place that the family found."""
FORBIDDEN, KEPT_APART, DRIVEN = 0.004, 0.003, 0.002


def own_found(
    seed: int, region: Region, term: Term, students: Sequence[Student], calendar: Mapping[str, tuple[CalendarRow, ...]],
    schools: Mapping[str, School], supply: Supply,
) -> list[Decision]:  # fmt: skip
    """Adds an employer, an experience and a slot to ``supply`` for each place found, and returns the pins."""
    draws, sectors = Draws(seed, "own found"), Wheel(region.industries)
    able = [s for s in students if s.available and s.year_group >= INDIVIDUAL_AGE]
    pins = []
    for student in sorted(draws.sample(able, int(len(students) * OWN_FOUND)), key=lambda s: s.student_id):
        dated = _free_week(draws, term, student, calendar.get(student.urn, ()))
        if dated is not None:
            origin = student.home or schools[student.urn].place
            pins.append(_found(draws, sectors.spin(draws), term, student, origin, dated, supply))
    return pins


def _free_week(draws: Draws, term: Term, student: Student, rows: Sequence[CalendarRow]) -> Slot | None:
    """A slot without name, in half-days that neither the student nor the school has closed."""
    closed = set(student.unavailable)
    closed.update(m for row in rows if row.year_group in {None, student.year_group} for m in row.half_days)
    for _ in range(12):
        length = draws.pick((4, 6, 10, 10))
        day, half = term.start(draws, term.wheel().spin(draws), length)
        moments = term.moments(day, half, length)
        if term.fits(moments) and not closed.intersection(moments):
            return Slot("", "", day, half, length, moments, capacity=1, urn=student.urn)
    return None


def _found(
    draws: Draws, sector: str, term: Term, student: Student, origin: Point, dated: Slot, supply: Supply
) -> Decision:
    number = len(supply.employers) + 1
    employer = Employer(
        f"E{number:05d}", f"{draws.pick(LAST_NAMES)} family business {number}", sector,
        cleared_until=term.ends + timedelta(days=60), contact_name="The owner",
        contact_email=f"hello@e{number:05d}.example.org",
    )  # fmt: skip
    experience = Experience(
        f"X{len(supply.experiences) + 1:05d}", employer.employer_id, f"A placement found at home: {sector.lower()}",
        "T3", "in_person", "individual", frozenset({10, 11, 12, 13}), sector,
        site=shifted(origin, draws.bell() * 1.5, draws.bell() * 1.5),
        accommodations=student.accommodations, criteria=frozenset(CRITERIA),
    )  # fmt: skip
    slot = replace(
        dated,
        slot_id=f"L{len(supply.slots) + 1:06d}",
        experience_id=experience.experience_id,
        support_places=int(student.support),
    )
    supply.employers.append(employer)
    supply.experiences.append(experience)
    supply.slots.append(slot)
    return Decision("pin", student.student_id, slot.slot_id, reason="Place found by the family", by="Careers Leader")


def refusals(seed: int, students: Sequence[Student], supply: Supply, pins: Sequence[Decision]) -> list[Decision]:
    """Forbids and separations among students without a pin; separated students are of one school."""
    draws = Draws(seed, "refusals")
    pinned = {pin.student_id for pin in pins}
    free = [student for student in students if student.student_id not in pinned]
    made = [_forbid(draws, student, supply) for student in draws.sample(free, round(len(students) * FORBIDDEN))]
    by_school: dict[str, list[Student]] = defaultdict(list)
    for student in free:
        by_school[student.urn].append(student)
    for one in draws.sample(free, round(len(students) * KEPT_APART)):
        other = draws.pick(by_school[one.urn])
        if other is not one:
            made.append(
                Decision("separate", one.student_id, other_student_id=other.student_id, reason="Kept apart", by="Head of year")
            )
    return sorted(made, key=lambda d: (d.kind, d.student_id, d.slot_id, d.experience_id, d.employer_id, d.other_student_id))


def _forbid(draws: Draws, student: Student, supply: Supply) -> Decision:
    experience = draws.pick(supply.experiences)
    if draws.chance(0.6):
        return Decision(
            "forbid", student.student_id, employer_id=experience.employer_id, reason="A relative works there", by="Careers Leader"
        )
    return Decision(
        "forbid", student.student_id, experience_id=experience.experience_id, reason="Not suitable", by="SENCO"
    )


def known_journeys(seed: int, students: Sequence[Student], schools: Sequence[School], supply: Supply) -> list[TravelRow]:
    """Journeys that someone measured: a lift from home, or a school's direct bus."""
    draws = Draws(seed, "journeys")
    visited = [experience for experience in supply.experiences if experience.site is not None]
    rows = {
        (student.student_id, (experience := draws.pick(visited)).experience_id): draws.between(15, 140)
        for student in draws.sample(students, round(len(students) * DRIVEN))
    }
    for school in draws.sample(schools, -(-len(schools) // 4)):
        rows[school.urn, draws.pick(visited).experience_id] = draws.between(20, 300)
    return [TravelRow(origin, experience_id, tenths) for (origin, experience_id), tenths in sorted(rows.items())]
