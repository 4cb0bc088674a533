"""The schools and students of a random round, and when the schools cannot release them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from random_region import somewhere

from engine.calendar import half_day
from engine.domain import CalendarRow, School, Student

if TYPE_CHECKING:
    from random import Random

    from random_region import Region

TYPES = ("mainstream", "mainstream", "mainstream", "mainstream", "special", "alternative_provision", "post16")
NEEDS = ("step_free", "bsl", "familiar_adult", "personal_care", "quiet_space")


@dataclass(frozen=True)
class Crowd:
    """Everyone who may be given something."""

    schools: tuple[School, ...]
    students: tuple[Student, ...]
    calendar: tuple[CalendarRow, ...]
    years: tuple[int, ...]


def people(rng: Random, place: Region, *, students: int, schools: int) -> Crowd:
    """Random schools with this many students between them."""
    cramped = rng.random() < 0.45
    each = max(1, students // schools)
    found = tuple(_school(rng, n, each if cramped else None) for n in range(schools))
    years = (
        tuple(sorted(rng.sample(range(7, 12), rng.choice([1, 2]))))
        if rng.random() < 0.5
        else (rng.choice([10, 10, 11]),)
    )
    homes, needs = rng.random() < 0.6, rng.random() < 0.5
    crowd = tuple(_student(rng, place, rng.choice(found), (n, years, homes, needs)) for n in range(students))
    calendar = tuple(_closure(rng, place, found, years) for _ in range(rng.choice([0, 0, 1, 2])))
    return Crowd(found, crowd, tuple(dict.fromkeys(calendar)), (*years, 12))


def _school(rng: Random, n: int, each: int | None) -> School:
    return School(
        urn=str(100001 + n),
        name=f"School {n + 1}",
        type=rng.choice(TYPES),
        place=somewhere(rng),
        max_out_per_half_day=_narrow(rng, each),
        coach_seats_per_half_day=_narrow(rng, each),
    )


def _narrow(rng: Random, each: int | None) -> int | None:
    if each is None or rng.random() < 0.4:
        return None
    return rng.choice([0, 1, max(1, each // 3), max(1, each // 2), max(1, each - 1)])


def _student(
    rng: Random,
    place: Region,
    school: School,
    shape: tuple[int, tuple[int, ...], bool, bool],
) -> Student:
    n, years, homes, needs = shape
    fsm = rng.random() < 0.35
    away = [half_day(place.day(rng), rng.choice(["AM", "PM"])) for _ in range(rng.choice([0] * 8 + [1, 2]))]
    return Student(
        student_id=f"S{n + 1:03d}",
        urn=school.urn,
        year_group=12 if school.type == "post16" else rng.choice(years),
        fsm=fsm,
        sen_status=rng.choice("NNNNNKKE"),
        ever6=fsm or rng.random() < 0.2,
        in_care=rng.random() < 0.06,
        neet_risk=rng.random() < 0.06,
        accommodations=frozenset(rng.sample(NEEDS, rng.choice([0, 0, 0, 1, 2]))) if needs else frozenset(),
        support=needs and rng.random() < 0.35,
        home=somewhere(rng) if homes and rng.random() < 0.8 else None,
        max_travel_km=rng.choice([0.0, 1.5, 4.0, 9.5]) if rng.random() < 0.15 else None,
        max_experiences=rng.choice([0, 1, 1, 2, 3]) if rng.random() < 0.2 else None,
        available=rng.random() < 0.94,
        unavailable=frozenset(away),
    )


def _closure(rng: Random, place: Region, schools: tuple[School, ...], years: tuple[int, ...]) -> CalendarRow:
    day = place.day(rng)
    halves = rng.choice([("AM", "PM"), ("AM",), ("PM",)])
    return CalendarRow(
        rng.choice(schools).urn,
        tuple(half_day(day, half) for half in halves),
        rng.choice([None, *years]),
    )
