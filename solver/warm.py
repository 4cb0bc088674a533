"""``python -m solver.warm``: compile the inner loops ahead, so that the first real round does not wait for them.

A made-up round, just large enough for compiled loops, goes the way of a large one: prices, sweeps, a proven bound and
the recount of that bound. So whatever a large round calls is compiled here, for the same types.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.calendar import is_school_day, occupied
from engine.domain import Employer, Experience, Point, Preference, Round, School, Slot, Student
from engine.options import build_options
from engine.policy import Policy
from solver.build import build_problem
from solver.kernels import COMPILE_FROM_PAIRS
from solver.limits import Clock, Limits
from solver.priced import PricedPath
from solver.recount import Recount

if TYPE_CHECKING:
    from collections.abc import Mapping

STUDENTS, EXPERIENCES, DATES = 130, 10, 6
HERE = Point(53.41, -2.98)
STARTS = date(2026, 6, 1)


def main() -> None:
    """Solve the first level of the made-up round and prove its bound again."""
    round_ = made_up_round()
    problem = build_problem(round_, build_options(round_))
    assert len(problem.pairs.slot) >= COMPILE_FROM_PAIRS, "too few options to be solved by compiled loops"
    levels = round_.policy.levels
    path = PricedPath(problem, levels, Clock(Limits()))
    try:
        answer = path.solve(0, [], None)
    finally:
        path.close()
    assert answer is not None
    assert answer.prices is not None
    assert Recount.of(problem).bound(levels, 0, [], answer.prices) == answer.price_bound


def made_up_round() -> Round:
    """Two schools' students, all of whom could have every slot; every other experience takes groups."""
    schools = {str(n): School(str(n), f"School {n}", "mainstream", HERE) for n in (100001, 100002)}
    students = [
        Student(f"S{n:03}", str(100001 + n % 2), 10, fsm=n % 3 == 0, sen_status="N", max_experiences=2)
        for n in range(STUDENTS)
    ]
    employers = [
        Employer(f"E{n}", f"Employer {n}", f"Sector {n % 3}", cleared_until=STARTS + timedelta(days=365))
        for n in range(EXPERIENCES)
    ]
    experiences = {f"X{n}": _experience(n) for n in range(EXPERIENCES)}
    wishes = [Preference(s.student_id, 1, "experience", f"X{n % EXPERIENCES}") for n, s in enumerate(students)]
    return Round(
        name="Made up",
        term="Summer",
        academic_year="2025/26",
        starts=STARTS,
        ends=STARTS + timedelta(days=60),
        closed_dates=frozenset(),
        seed="made up",
        policy=Policy(),
        schools=schools,
        students={s.student_id: s for s in students},
        employers={e.employer_id: e for e in employers},
        experiences=experiences,
        slots=_slots(experiences),
        preferences=tuple(wishes),
    )


def _experience(n: int) -> Experience:
    grouping = "group" if n % 2 else "individual"
    tier, years, sector = f"T{1 + n % 3}", frozenset({10}), f"Sector {n % 3}"
    return Experience(f"X{n}", f"E{n}", f"Experience {n}", tier, "in_person", grouping, years, sector, site=HERE)


def _slots(experiences: Mapping[str, Experience]) -> dict[str, Slot]:
    days = [day for n in range(2 * DATES) if is_school_day(day := STARTS + timedelta(days=n), frozenset())][:DATES]
    slots = {}
    for x, experience in experiences.items():
        for day in days:
            slot = Slot(f"{x}-{day:%d}", x, day, "AM", 2, occupied(day, "AM", 2, frozenset()))
            if experience.grouping == "group":
                slot = replace(slot, groups=1, group_min=2, group_max=4)
            else:
                slot = replace(slot, capacity=1)
            slots[slot.slot_id] = slot
    return slots


if __name__ == "__main__":
    main()
