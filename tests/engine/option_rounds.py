"""Seeded random small rounds in which every pair rule removes something, with awkward places, dates and rivers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from engine.calendar import half_day, is_school_day, occupied
from engine.domain import (
    ACCOMMODATIONS,
    Barrier,
    CalendarRow,
    Decision,
    Employer,
    Experience,
    HistoryRow,
    Point,
    Preference,
    Round,
    School,
    Slot,
    Student,
    TravelRow,
)
from engine.policy import Policy

STARTS = date(2026, 6, 8)
ENDS = date(2026, 6, 19)
CLOSED = frozenset({date(2026, 6, 11)})
URNS = ("100001", "100002")
SECTORS = ("Health", "health", "Law", "Farming")
CODES = ("bsl", "step_free", "familiar_adult", "personal_care", "large_print")


def option_round(seed: int) -> Round:
    """The round of this seed: a dozen students, ten experiences, sixteen slots."""
    rng = Random(seed)  # noqa: S311 (a test's own dice)
    students = [_student(rng, f"s{n:02}") for n in range(12)]
    employers = [_employer(rng, f"e{n}") for n in range(4)]
    experiences = [_experience(rng, f"x{n}") for n in range(10)]
    slots = [_slot(rng, f"t{n:02}") for n in range(16)]
    return Round(
        name="",
        term="",
        academic_year="2025/26",
        starts=STARTS,
        ends=ENDS,
        closed_dates=CLOSED,
        seed="seed",
        policy=_policy(rng),
        schools={urn: School(urn, urn, "mainstream", _place(rng)) for urn in URNS},
        students={student.student_id: student for student in students},
        employers={employer.employer_id: employer for employer in employers},
        experiences={experience.experience_id: experience for experience in experiences},
        slots={slot.slot_id: slot for slot in slots},
        preferences=tuple(row for student in students for row in _preferences(rng, student.student_id)),
        history=tuple(_history(rng) for _ in range(8)),
        calendar=tuple(_calendar_row(rng) for _ in range(3)),
        barriers=tuple(_barrier(rng, f"b{n}") for n in range(rng.choice([0, 1, 2, 3]))),
        travel=_travel(rng),
        decisions=tuple(_forbid(rng) for _ in range(4)),
    )


def _policy(rng: Random) -> Policy:
    return Policy(
        max_travel_km=rng.choice([2.0, 3.3, 8.0]),
        group_travel_km=rng.choice([4.0, 40.0]),
        employer_travel_km=rng.choice([3.0, 40.0]),
        experience_points=tuple(rng.randint(0, 99) for _ in range(rng.randint(0, 5))),
        employer_points=rng.choice([(70, 60, 50), (5,), ()]),
        sector_points=(50, 60, 30),
    )


def _place(rng: Random) -> Point:
    """A place, often on a coarse grid so that segments touch rivers, run along them and end where they end."""
    digits = rng.choice([2, 2, 6])
    return Point(round(rng.uniform(53.40, 53.44), digits), round(rng.uniform(-2.98, -2.92), digits))


def _day(rng: Random) -> date:
    return STARTS + timedelta(days=rng.randrange(-2, 14))


def _moment(rng: Random) -> int:
    return half_day(_day(rng), rng.choice(["AM", "PM"]))


def _some(rng: Random, things: tuple[str, ...], most: int) -> frozenset[str]:
    return frozenset(rng.sample(things, rng.randint(0, most)))


def _student(rng: Random, student_id: str) -> Student:
    return Student(
        student_id,
        rng.choice(URNS),
        rng.choice([8, 9, 10, 11]),
        fsm=False,
        sen_status="N",
        accommodations=_some(rng, CODES, 1),
        home=rng.choice([None, _place(rng), Point(53.41, -2.95)]),
        max_travel_km=rng.choice([None, None, 0.0, 2.5, 50.0]),
        available=rng.random() < 0.9,
        unavailable=frozenset(_moment(rng) for _ in range(rng.choice([0, 0, 2]))),
    )


def _employer(rng: Random, employer_id: str) -> Employer:
    until = rng.choice([None, date(2027, 1, 1), date(2027, 1, 1), _day(rng)])
    return Employer(employer_id, employer_id, rng.choice(SECTORS), cleared_until=until)


def _experience(rng: Random, experience_id: str) -> Experience:
    delivery = rng.choice(["in_person", "in_person", "in_person", "in_school", "virtual"])
    return Experience(
        experience_id,
        f"e{rng.randrange(4)}",
        experience_id,
        "T1",
        delivery,
        rng.choice(["individual", "group"]),
        frozenset(rng.sample([8, 9, 10, 11], rng.randint(2, 4))),
        rng.choice(SECTORS),
        site=None if delivery == "virtual" and rng.random() < 0.5 else _place(rng),
        accommodations=frozenset(rng.sample(ACCOMMODATIONS, rng.randint(3, 14))),
    )


def _slot(rng: Random, slot_id: str) -> Slot:
    day, half, length = _day(rng), rng.choice(["AM", "PM"]), rng.choice([1, 1, 2, 3, 6])
    return Slot(
        slot_id,
        f"x{rng.randrange(10)}",
        day,
        half,
        length,
        occupied(day, half, length, CLOSED),
        starts_on_school_day=is_school_day(day, CLOSED),
        capacity=rng.choice([0, 3]),
        urn=rng.choice(["", "", "", *URNS]),
    )


def _preferences(rng: Random, student_id: str) -> list[Preference]:
    values = {
        "experience": [f"x{n}" for n in range(10)],
        "employer": [f"e{n}" for n in range(4)],
        "sector": ["HEALTH", "law", "Farming", "Mining"],
    }
    rows = []
    for kind in rng.sample(sorted(values), rng.randint(0, 3)):
        chosen = rng.sample(values[kind], rng.randint(1, 3))
        rows += [Preference(student_id, rng.choice([1, 2, n + 1, n + 3]), kind, v) for n, v in enumerate(chosen)]
    return rows


def _history(rng: Random) -> HistoryRow:
    return HistoryRow(
        f"s{rng.randrange(14):02}",
        "2024/25",
        9,
        "T1",
        "Law",
        2,
        experience_id=rng.choice(["", f"x{rng.randrange(12)}"]),
        counts=rng.random() < 0.5,
    )


def _calendar_row(rng: Random) -> CalendarRow:
    moments = tuple(sorted({_moment(rng), _moment(rng)}))
    return CalendarRow(rng.choice(URNS), moments, rng.choice([None, 9, 10]))


def _barrier(rng: Random, barrier_id: str) -> Barrier:
    line = tuple(_place(rng) for _ in range(rng.randint(2, 4)))
    return Barrier(barrier_id, line, tuple((f"c{n}", _place(rng)) for n in range(rng.choice([0, 1, 2, 2]))))


def _travel(rng: Random) -> tuple[TravelRow, ...]:
    origins = [*URNS, *(f"s{n:02}" for n in range(12))]
    keys = {(rng.choice(origins), f"x{rng.randrange(10)}") for _ in range(10)}
    return tuple(
        TravelRow(origin, experience_id, rng.choice([0, 20, 45, 900])) for origin, experience_id in sorted(keys)
    )


def _forbid(rng: Random) -> Decision:
    what = rng.choice([{"slot_id": f"t{rng.randrange(16):02}"}, {"experience_id": "x3"}, {"employer_id": "e1"}])
    return Decision("forbid", f"s{rng.randrange(12):02}", **what)
