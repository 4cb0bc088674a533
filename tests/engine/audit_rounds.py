"""Three-line rounds for the audit's tests: a school, an employer and a student that keep every rule, to be bent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.allocation import Allocation, Assignment
from engine.audit import Audit, audit
from engine.calendar import day_of, half_day, occupied
from engine.domain import Decision, Employer, Experience, HistoryRow, Point, Round, School, Slot, Student
from engine.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable

MONDAY = date(2026, 5, 11)
TUESDAY = date(2026, 5, 12)
FRIDAY = date(2026, 5, 15)
HERE = Point(53.4, -2.9)
NEARBY = Point(53.41, -2.9)
FAR = Point(53.5, -2.9)


def at(day: date, half: str) -> int:
    return half_day(day, half)


def school(urn: str = "100001", **facts: Any) -> School:
    return School(**{"urn": urn, "name": f"School {urn}", "type": "mainstream", "place": HERE, **facts})


def student(student_id: str = "s1", **facts: Any) -> Student:
    plain = {"urn": "100001", "year_group": 10, "fsm": False, "sen_status": "N"}
    return Student(student_id=student_id, **{**plain, **facts})


def employer(employer_id: str = "e1", **facts: Any) -> Employer:
    plain = {"name": f"Employer {employer_id}", "sector": "Health", "cleared_until": date(2030, 1, 1)}
    return Employer(employer_id=employer_id, **{**plain, **facts})


def experience(experience_id: str = "x1", **facts: Any) -> Experience:
    plain = {
        "employer_id": "e1",
        "title": f"Experience {experience_id}",
        "tier": "T2",
        "delivery": "in_person",
        "grouping": "individual",
        "year_groups": frozenset({7, 8, 9, 10, 11}),
        "sector": "Health",
        "site": NEARBY,
    }
    return Experience(experience_id=experience_id, **{**plain, **facts})


def slot(slot_id: str = "t1", **facts: Any) -> Slot:
    plain: dict[str, Any] = {
        "experience_id": "x1",
        "date": MONDAY,
        "half": "AM",
        "half_days": 1,
        "capacity": 9,
        "groups": 9,
        "group_min": 1,
        "group_max": 9,
        "support_places": 9,
    }
    bent = {**plain, **facts}
    bent.setdefault("occupies", occupied(bent["date"], bent["half"], bent["half_days"], frozenset()))
    return Slot(slot_id=slot_id, **bent)


def virtual(experience_id: str = "v1", **facts: Any) -> Experience:
    return experience(experience_id, **{"delivery": "virtual", "site": None, **facts})


def visit(experience_id: str = "x1", **facts: Any) -> Experience:
    return experience(experience_id, **{"grouping": "group", **facts})


def talk(experience_id: str = "x1", **facts: Any) -> Experience:
    return experience(experience_id, **{"grouping": "group", "delivery": "in_school", **facts})


def pin(student_id: str, slot_id: str) -> Decision:
    return Decision("pin", student_id, slot_id=slot_id, reason="family link", by="R. Jones")


def did(student_id: str = "s1", **facts: Any) -> HistoryRow:
    plain = {"academic_year": "2024/25", "year_group": 10, "tier": "T1", "sector": "Retail", "half_days": 2}
    return HistoryRow(student_id=student_id, **{**plain, **facts})


def round_of(*facts: object, policy: Policy | None = None, **more: Any) -> Round:
    """A round of ``facts``; one plain school, student, employer, experience and slot where a kind is not given."""

    def those(kind: type, plain: Any, key: str) -> dict[str, Any]:
        given = [fact for fact in facts if isinstance(fact, kind)] or [plain]
        return {getattr(fact, key): fact for fact in sorted(given, key=lambda fact: getattr(fact, key))}

    plain_policy = Policy(max_experiences=5, max_virtual=5)
    return Round(
        **{
            "name": "A round",
            "term": "Summer",
            "academic_year": "2025/26",
            "starts": MONDAY,
            "ends": FRIDAY,
            "closed_dates": frozenset(),
            "seed": "seed",
            "policy": policy or plain_policy,
            "schools": those(School, school(), "urn"),
            "students": those(Student, student(), "student_id"),
            "employers": those(Employer, employer(), "employer_id"),
            "experiences": those(Experience, experience(), "experience_id"),
            "slots": those(Slot, slot(), "slot_id"),
            "history": tuple(fact for fact in facts if isinstance(fact, HistoryRow)),
            "decisions": tuple(fact for fact in facts if isinstance(fact, Decision)),
            **more,
        },
    )


def audited(round_: Round, *pairs: str, frozen: Iterable[str] | None = (), **more: Any) -> Audit:
    """The audit of rows written as ``"s1 t1"``; ``frozen`` of ``None`` leaves it to the round."""
    rows = [tuple(pair.split()) for pair in pairs]
    kept = None if frozen is None else frozenset(Assignment(*pair.split()) for pair in frozen)
    return audit(round_, Allocation.of((a, b) for a, b in rows), frozen=kept, **more)


def rules_broken(round_: Round, *pairs: str, frozen: Iterable[str] = ()) -> list[str]:
    """The rule of every breach, in order."""
    return [breach.rule for breach in audited(round_, *pairs, frozen=frozen).breaches]


def policy_of(**settings: Any) -> Policy:
    return replace(Policy(max_experiences=5, max_virtual=5), **settings)


def goal(name: str, round_: Round, *rows: str) -> int:
    """The value of one goal."""
    return audited(round_, *rows).goals[name]


def four_employers(*facts: object, **more: object) -> Round:
    """One student; slots t1 to t4 of four employers on four days, the last two virtual."""
    offers = [experience("x1"), experience("x2", employer_id="e2")]
    offers += [virtual("x3", employer_id="e3"), virtual("x4", employer_id="e4")]
    slots = [slot(f"t{n}", experience_id=f"x{n}", date=day_of(at(MONDAY, "AM") + 2 * (n - 1))) for n in range(1, 5)]
    return round_of(*(employer(f"e{n}") for n in range(1, 5)), *offers, *slots, *facts, **more)


def apart(*facts: object, **more: object) -> Round:
    """Two students whom a decision keeps apart."""
    return round_of(student(), student("s2"), *facts, Decision("separate", "s1", other_student_id="s2"), **more)
