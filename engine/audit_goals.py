"""Every goal measured again from the rows alone: one plain function per goal, in the registry's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.audit_equity import equity
from engine.audit_preferences import lottery, preference
from engine.audit_priority import deficit, is_priority, stage_history
from engine.goals import triangle

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.audit_case import Case


def guarantee(case: Case) -> int:
    """Priority students with at least one counting slot."""
    return sum(
        any(row.experience.counts for row in rows) and is_priority(case, rows[0].student)
        for rows in case.by_student.values()
    )


def reach(case: Case) -> int:
    """Students with at least one slot."""
    return len(case.by_student)


def need(case: Case) -> int:
    """What the half-days given take off the triangle number of every student's deficit."""
    total = 0
    for rows in case.by_student.values():
        lacking = deficit(case, rows[0].student)
        given = sum(row.slot.half_days for row in rows if row.experience.counts)
        total += triangle(lacking) - triangle(lacking - min(lacking, given))
    return total


def breadth(case: Case) -> int:
    """Sectors given that are not in the student's history, each counted once for a student; case is ignored."""
    total = 0
    for student_id, rows in case.by_student.items():
        done = {_sector(row.sector) for row in case.history.get(student_id, ())}
        total += len({_sector(row.experience.sector) for row in rows} - done)
    return total


def progression(case: Case) -> int:
    """Students given some tier above every tier of their history in this key stage."""
    total = 0
    for rows in case.by_student.values():
        highest = max((row.tier for row in stage_history(case, rows[0].student)), default="")
        total += any(row.experience.tier > highest for row in rows)
    return total


def reserve(case: Case) -> int:
    """Reserved places taken by priority students."""
    return sum(
        min(rows[0].slot.reserved, sum(is_priority(case, row.student) for row in rows))
        for rows in case.by_slot.values()
        if rows[0].slot.reserved
    )


def travel(case: Case) -> int:
    """Whole kilometres, half up, of the students' own journeys; a pinned journey without a route adds nothing."""
    journeys = (case.journeys.own(row.student, row.experience) for row in case.rows)
    return sum((tenths + 5) // 10 for tenths in journeys if tenths is not None)


def stability(case: Case) -> int:
    """Notified rows of the published allocation that are not kept."""
    return sum(row.notified and not case.has(row.student_id, row.slot_id) for row in case.round_.baseline)


def replaced(case: Case) -> int:
    """Students of the published allocation who still have a slot."""
    return len({row.student_id for row in case.round_.baseline} & set(case.by_student))


def _sector(name: str) -> str:
    return name.strip().casefold()


MEASURES: dict[str, Callable[[Case], int]] = {
    "guarantee": guarantee,
    "reach": reach,
    "need": need,
    "equity": equity,
    "preference": preference,
    "breadth": breadth,
    "progression": progression,
    "reserve": reserve,
    "travel": travel,
    "lottery": lottery,
    "stability": stability,
    "replaced": replaced,
}
