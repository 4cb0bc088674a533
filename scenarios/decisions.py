"""Decisions by people: places that families found (a slot and a pin), visits refused, students kept apart."""

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
    from collections.abc import Sequence

    from engine.domain import CalendarRow, Point, Student
    from scenarios.stage import Stage
    from scenarios.supply import Supply
    from scenarios.terms import Term

OWN_FOUND = 0.01
"""One student in a hundred comes with a place that the family found."""
FORBIDDEN, KEPT_APART, DRIVEN = 0.004, 0.003, 0.002


def found_places(stage: Stage) -> int:
    """How many students come with a place."""
    return int(len(stage.cohort) * OWN_FOUND)


def own_found(stage: Stage, supply: Supply) -> list[Decision]:
    """Adds an employer, an experience and a slot to ``supply`` for each place found, and returns the pins."""
    draws, sectors = Draws(stage.seed, "own found"), Wheel(stage.region.industries)
    able = [s for s in stage.cohort if s.available and s.year_group >= INDIVIDUAL_AGE]
    schools = {school.urn: school for school in stage.schools}
    calendar: dict[str, list[CalendarRow]] = defaultdict(list)
    for row in stage.calendar:
        calendar[row.urn].append(row)
    pins = []
    for student in sorted(draws.sample(able, found_places(stage)), key=lambda s: s.student_id):
        slot = _free_week(draws, stage.term, student, calendar[student.urn])
        if slot is not None:
            origin = student.home or schools[student.urn].place
            firm = _family_firm(draws, sectors, stage.term, len(supply.employers) + 1)
            number = len(supply.experiences) + 1
            supply.employers.append(firm)
            supply.experiences.append(_placement(draws, number, firm, origin, student.accommodations))
            supply.slots.append(
                replace(
                    slot,
                    slot_id=f"L{len(supply.slots) + 1:06d}",
                    experience_id=supply.experiences[-1].experience_id,
                    support_places=int(student.support),
                )
            )
            pins.append(_pin(student, supply.slots[-1]))
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


def _family_firm(draws: Draws, sectors: Wheel[str], term: Term, number: int) -> Employer:
    return Employer(
        employer_id=f"E{number:05d}",
        name=f"{draws.pick(LAST_NAMES)} family business {number}",
        sector=sectors.spin(draws),
        cleared_until=term.ends + timedelta(days=60),
        contact_name="The owner",
        contact_email=f"hello@e{number:05d}.example.org",
    )


def _placement(draws: Draws, number: int, employer: Employer, origin: Point, offered: frozenset[str]) -> Experience:
    return Experience(
        experience_id=f"X{number:05d}",
        employer_id=employer.employer_id,
        title=f"A placement found at home: {employer.sector.lower()}",
        tier="T3",
        delivery="in_person",
        grouping="individual",
        year_groups=frozenset({10, 11, 12, 13}),
        sector=employer.sector,
        site=shifted(origin, draws.bell() * 1.5, draws.bell() * 1.5),
        accommodations=offered,
        criteria=frozenset(CRITERIA),
    )


def _pin(student: Student, slot: Slot) -> Decision:
    return Decision("pin", student.student_id, slot.slot_id, reason="Place found by the family", by="Careers Leader")


def refusals(stage: Stage, supply: Supply, pins: Sequence[Decision]) -> list[Decision]:
    """Forbids and separations among students without a pin; separated students are of one school."""
    draws, students = Draws(stage.seed, "refusals"), stage.cohort
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
                Decision(
                    "separate",
                    one.student_id,
                    other_student_id=other.student_id,
                    reason="Kept apart",
                    by="Head of year",
                )
            )
    return sorted(
        made, key=lambda d: (d.kind, d.student_id, d.slot_id, d.experience_id, d.employer_id, d.other_student_id)
    )


def _forbid(draws: Draws, student: Student, supply: Supply) -> Decision:
    experience = draws.pick(supply.experiences)
    if draws.chance(0.6):
        return Decision(
            "forbid",
            student.student_id,
            employer_id=experience.employer_id,
            reason="A relative works there",
            by="Careers Leader",
        )
    return Decision(
        "forbid", student.student_id, experience_id=experience.experience_id, reason="Not suitable", by="SENCO"
    )


def known_journeys(stage: Stage, supply: Supply) -> list[TravelRow]:
    """Journeys that someone measured: a lift from home, or a school's direct bus."""
    draws, rows = Draws(stage.seed, "journeys"), {}
    visited = [experience for experience in supply.experiences if experience.site is not None]
    for student in draws.sample(stage.cohort, round(len(stage.cohort) * DRIVEN)):
        rows[student.student_id, draws.pick(visited).experience_id] = draws.between(15, 140)
    for school in draws.sample(stage.schools, -(-len(stage.schools) // 4)):
        rows[school.urn, draws.pick(visited).experience_id] = draws.between(20, 300)
    return [TravelRow(origin, experience_id, tenths) for (origin, experience_id), tenths in sorted(rows.items())]
