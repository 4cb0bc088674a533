"""What employers offer in a random round, and what students asked for, did before and must travel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from random_people import NEEDS
from random_region import somewhere

from engine.calendar import is_school_day, occupied
from engine.domain import TIERS, Employer, Experience, HistoryRow, Preference, Slot, TravelRow

if TYPE_CHECKING:
    from random import Random

    from random_people import Crowd
    from random_region import Region
    from random_rounds import Size

    from engine.domain import Student

SECTORS = ("Health", "Digital", "Building", "health")


@dataclass(frozen=True)
class Offers:
    """Everything that may be given, and what is known of each student's tie to it."""

    employers: tuple[Employer, ...]
    experiences: tuple[Experience, ...]
    slots: tuple[Slot, ...]
    preferences: tuple[Preference, ...]
    history: tuple[HistoryRow, ...]
    travel: tuple[TravelRow, ...]


def offers(rng: Random, place: Region, crowd: Crowd, size: Size) -> Offers:
    """Random employers with their experiences and slots, preferences, history and given distances."""
    room = max(2, len(crowd.students) // 5)
    employers = tuple(_employer(rng, place, n, room) for n in range(rng.randint(*size.employers)))
    makers = [employer for employer in employers for _ in range(rng.randint(*size.experiences))]
    alone = rng.choice([0.3, 0.5, 0.8])
    experiences = tuple(_experience(rng, n, (maker, crowd, alone)) for n, maker in enumerate(makers))
    dated = [experience for experience in experiences for _ in range(rng.randint(*size.slots))]
    slots = tuple(_slot(rng, place, n, (experience, crowd, room)) for n, experience in enumerate(dated))
    asks, did, given = rng.random() < 0.8, rng.random() < 0.6, rng.random() < 0.4
    return Offers(
        employers,
        experiences,
        slots,
        tuple(row for s in crowd.students if asks for row in _asked(rng, s, employers, experiences)),
        tuple(row for s in crowd.students if did for row in _done(rng, s, experiences)),
        tuple(_given(rng, crowd, experiences)) if given else (),
    )


def _employer(rng: Random, place: Region, n: int, room: int) -> Employer:
    late = place.ends + timedelta(days=30)
    return Employer(
        employer_id=f"E{n + 1:02d}",
        name=f"Employer {n + 1}",
        sector=rng.choice(SECTORS),
        max_students_per_half_day=rng.choice([0, 1, 1, room, room + 1]) if rng.random() < 0.35 else None,
        max_students=rng.choice([0, 1, 2, room, 2 * room]) if rng.random() < 0.35 else None,
        cleared_until=rng.choice([late] * 12 + [None, place.starts, place.starts + timedelta(days=1)]),
    )


def _experience(rng: Random, n: int, shape: tuple[Employer, Crowd, float]) -> Experience:
    maker, crowd, alone = shape
    delivery = rng.choice(["in_person"] * 6 + ["in_school"] * 2 + ["virtual"] * 2)
    met = rng.choice([7] * 7 + [0, 5, 6])
    return Experience(
        experience_id=f"X{n + 1:02d}",
        employer_id=maker.employer_id,
        title=f"Experience {n + 1}",
        tier=rng.choice(TIERS),
        delivery=delivery,
        grouping="individual" if rng.random() < alone else "group",
        year_groups=frozenset([y for y in crowd.years if rng.random() < 0.85] or crowd.years),
        sector=rng.choice(SECTORS) if rng.random() < 0.25 else maker.sector,
        site=None if delivery == "virtual" else somewhere(rng),
        accommodations=frozenset(need for need in NEEDS if rng.random() < 0.6),
        criteria_met=met,
    )


def _slot(rng: Random, place: Region, n: int, shape: tuple[Experience, Crowd, int]) -> Slot:
    experience, crowd, room = shape
    day = place.odd_day(rng) if rng.random() < 0.06 else place.day(rng)
    half, length = rng.choice(["AM", "AM", "PM"]), rng.choice([1] * 8 + [2, 2, 3, 4, 10])
    group = experience.grouping == "group"
    least = rng.randint(1, max(2, room - 1))
    return Slot(
        slot_id=f"T{n + 1:02d}",
        experience_id=experience.experience_id,
        date=day,
        half=half,
        half_days=length,
        occupies=occupied(day, half, length, place.closed),
        starts_on_school_day=is_school_day(day, place.closed),
        capacity=0 if group else rng.choice([0] + [1] * 6 + [2] * 4 + [room] * 3),
        groups=rng.choice([0, 1, 1, 1, 1, 2, 2, 3]) if group else 0,
        group_min=least if group else 0,
        group_max=least + rng.randint(0, 2) if group else 0,
        support_places=rng.choice([0, 0, 1, 2]),
        reserved=rng.choice([0, 0, 1, 2]),
        urn=rng.choice(crowd.schools).urn if rng.random() < 0.07 else "",
    )


def _asked(
    rng: Random,
    student: Student,
    employers: tuple[Employer, ...],
    experiences: tuple[Experience, ...],
) -> list[Preference]:
    rows = []
    if rng.random() < 0.6:
        named = rng.sample(experiences, min(len(experiences), rng.randint(1, 4)))
        rows += _ranked(rng, student, "experience", [e.experience_id for e in named])
    if rng.random() < 0.4:
        rows += _ranked(rng, student, "employer", [e.employer_id for e in rng.sample(employers, 2)])
    if rng.random() < 0.4:
        rows += _ranked(rng, student, "sector", rng.sample(["HEALTH", "digital", "Farming", "building"], 2))
    return rows


def _ranked(rng: Random, student: Student, kind: str, values: list[str]) -> list[Preference]:
    rank, rows = 1, []
    for value in values:
        rows.append(Preference(student.student_id, rank, kind, value))
        rank += rng.choice([0, 1, 1, 1, 2])
    return rows


def _done(rng: Random, student: Student, experiences: tuple[Experience, ...]) -> list[HistoryRow]:
    rows = []
    for _ in range(rng.choice([0, 0, 1, 2])):
        known = rng.choice(experiences) if rng.random() < 0.6 else None
        rows.append(
            HistoryRow(
                student_id=student.student_id,
                academic_year="2024/25",
                year_group=max(7, student.year_group - rng.choice([0, 1, 2, 3])),
                tier=rng.choice(TIERS),
                sector=known.sector if known else rng.choice(["DIGITAL", "Farming"]),
                half_days=rng.randint(1, 6),
                employer_id=known.employer_id if known else "GONE",
                experience_id=known.experience_id if known else "",
                counts=rng.random() < 0.7,
            ),
        )
    return rows


def _given(rng: Random, crowd: Crowd, experiences: tuple[Experience, ...]) -> list[TravelRow]:
    origins = [s.urn for s in crowd.schools] + [s.student_id for s in crowd.students]
    cells = {(rng.choice(origins), rng.choice(experiences).experience_id) for _ in range(len(origins))}
    return [TravelRow(origin, experience, rng.randint(0, 200)) for origin, experience in sorted(cells)]
