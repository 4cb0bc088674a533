"""A small round with something private in every field, an allocation of it, and a certificate to publish it with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from audit_rounds import (
    HERE,
    MONDAY,
    NEARBY,
    TUESDAY,
    employer,
    experience,
    round_of,
    school,
    slot,
    student,
    talk,
    visit,
)

from engine.allocation import Allocation
from engine.audit import audit
from engine.domain import Barrier, Decision, Point, Preference
from engine.options import build_options
from engine.policy import Policy

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Round
    from engine.options import Options

HOME = Point(53.412345, -2.954321)
PRIVATE = {
    "forbid reason": "CANARY-FORBID-REASON",
    "forbid by": "CANARY-FORBID-BY",
    "pin reason": "CANARY-PIN-REASON",
    "latitude": "53.4123",
    "longitude": "2.9543",
    "unreleased, in words": "personal care",
    "unreleased, as a code": "personal_care",
    "slot": "SLOT-CANARY",
    "experience id": "XCANARY",
    "free school meals": "fsm",
    "in words": "free school",
    "special needs": "sen",
    "plan": "ehc",
    "in care": "care",
    "priority": "priority",
    "support": "support",
}
"""What no employer may ever read, in lower case where it is looked for."""


def private_round() -> Round:
    """Twelve students of two schools; ``p1`` to ``p5`` go to e1's visit, ``p6`` alone to e2, and the rest nowhere."""
    group = [student(f"p{n}", urn="100001", name=f"Nameof Pupil{n}", year_group=9) for n in range(1, 6)]
    alone = student(
        "p6",
        urn="100002",
        name="Zoë O'Neill-Smith",
        fsm=True,
        ever6=True,
        sen_status="E",
        in_care=True,
        neet_risk=True,
        accommodations=frozenset({"step_free", "personal_care"}),
        released=frozenset({"step_free"}),
        support=True,
        home=HOME,
        max_travel_km=7.7,
        year_group=10,
    )
    rest = [student(f"q{n}", urn="100002", year_group=10, fsm=n % 2 == 0) for n in range(1, 7)]
    return round_of(
        *group,
        alone,
        *rest,
        school("100001", name="North High", contact_name="A. Head", contact_email="head@north.example.org"),
        school("100002", name="South Special", place=Point(53.42, -2.95), contact_name="B. Lead"),
        employer("e1", name="Dock Works", sector="Logistics"),
        employer("e2", name="Ward & Sons", sector="Health"),
        employer("e3", name="Nobody Comes Ltd", sector="Retail", cleared_until=None),
        visit("x1", title="A day at the dock", accommodations=frozenset({"step_free"})),
        experience(
            "XCANARY",
            employer_id="e2",
            title="A week on the ward",
            site=Point(53.43, -2.95),
            accommodations=frozenset({"step_free", "personal_care"}),
        ),
        talk("x3", employer_id="e3", title="A talk", criteria_stated=False),
        slot("t1", groups=1, group_min=5, group_max=8),
        slot("SLOT-CANARY", experience_id="XCANARY", capacity=1, half_days=2, reserved=1),
        slot("t3", experience_id="x3", date=TUESDAY),
        name="Summer round",
        policy=Policy(),
        preferences=(Preference("p6", 1, "experience", "XCANARY"), Preference("q1", 1, "sector", "Retail")),
        decisions=(
            Decision("forbid", "q1", slot_id="t1", reason=PRIVATE["forbid reason"], by=PRIVATE["forbid by"]),
            Decision("pin", "p6", slot_id="SLOT-CANARY", reason=PRIVATE["pin reason"], by="R. Jones"),
        ),
        barriers=(Barrier("river", (Point(53.3, -2.8), Point(53.5, -2.8)), (("bridge", Point(53.4, -2.8)),)),),
    )


def private_allocation() -> Allocation:
    return Allocation.of([*((f"p{n}", "t1") for n in range(1, 6)), ("p6", "SLOT-CANARY")])


def certificate_of(round_: Round, allocation: Allocation, **more: Any) -> dict[str, Any]:
    """A certificate as the solver would write it, every level said to be proven."""
    goals = audit(round_, allocation).goals
    levels = []
    for level in round_.policy.levels:
        value = sum(times * goals[name] for name, times in level.goals.items())
        claim = {"name": level.name, "goals": {name: goals[name] for name in level.goals}, "value": value}
        levels.append({**claim, "best": value, "bound": value, "gap": 0.0, "proof": "prices", "seconds": 1.5})
    plain = {"status": "optimal", "levels": levels, "stopped": "proven", "seed": round_.seed, "input_sha256": "ab12"}
    return {**plain, "counts": {}, "policy": {}, "versions": {}, "wall_seconds": 3.5, "peak_mb": 200, **more}


def everything(round_: Round, allocation: Allocation) -> tuple[Round, Options, Allocation, dict[str, Any], Any]:
    """What ``publish`` asks for, in its order, for an allocation that keeps every rule."""
    found = audit(round_, allocation)
    assert not found.breaches, found.breaches
    return round_, build_options(round_), allocation, certificate_of(round_, allocation), found


def all_bytes(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def renamed(round_: Round, **names: str) -> Round:
    """The round with students given other names, by id."""
    return replace(
        round_, students={s: replace(each, name=names.get(s, each.name)) for s, each in round_.students.items()}
    )


__all__ = [
    "HERE",
    "HOME",
    "MONDAY",
    "NEARBY",
    "PRIVATE",
    "all_bytes",
    "certificate_of",
    "everything",
    "private_allocation",
    "private_round",
    "renamed",
]
