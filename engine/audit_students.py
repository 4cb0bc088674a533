"""The rules about one student's whole bundle: clashes, repeats and limits.

Rows are read with the fixed ones first (frozen, then pinned), so that a breach is charged to the row that could
have been left out. A pinned row that passes ``repeat`` or ``limit`` is found here too, for the audit to list as an
override.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.audit_calendar import when
from engine.audit_case import Breach, Case, Row
from engine.audit_pairs import pair_check
from engine.calendar import day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from engine.domain import HalfDay


def clash(case: Case) -> Iterator[Breach]:
    """A student is in one slot at a time, and at most one in-person slot touches any one day of the student's."""
    for student_id, rows in case.by_student.items():
        at: dict[HalfDay, Row] = {}
        out_on: dict[date, Row] = {}
        for row in _fixed_first(rows):
            sentence = "" if row.frozen else _clashing(row, at, out_on)
            if sentence:
                yield Breach("clash", sentence, student_id, row.slot.slot_id)
            for moment in row.half_days:
                at.setdefault(moment, row)
                if row.experience.in_person:
                    out_on.setdefault(day_of(moment), row)


def repeat(case: Case) -> Iterator[Breach]:
    """A student does an experience at most once ever, and has at most one slot of an employer in a round."""
    yield from pair_check("repeat")(case)
    for student_id, rows in case.by_student.items():
        given: dict[str, Row] = {}
        for row in _fixed_first(rows):
            first = given.setdefault(row.employer.employer_id, row)
            if first is not row and not row.frozen:
                yield Breach("repeat", _repeating(first, row), student_id, row.slot.slot_id)


def limit(case: Case) -> Iterator[Breach]:
    """A student gets at most so many slots, half-days and virtual slots."""
    policy = case.round_.policy
    for student_id, rows in case.by_student.items():
        own = rows[0].student.max_experiences
        slots = policy.max_experiences if own is None else own
        for unit, most, cost in (
            ("slots", slots, _one),
            ("half-days", policy.max_half_days, _half_days),
            ("virtual slots", policy.max_virtual, _virtual),
        ):
            yield from _over(student_id, rows, unit, most, cost)


def _over(
    student_id: str,
    rows: tuple[Row, ...],
    unit: str,
    most: int,
    cost: Callable[[Row], int],
) -> Iterator[Breach]:
    """One finding where the fixed rows alone pass ``most``, one where the others pass what is then allowed."""
    total = sum(map(cost, rows))
    if total <= most:
        return
    fixed = [row for row in rows if row.fixed and cost(row)]
    pinned = [row for row in fixed if row.pinned and not row.frozen]
    free = [row for row in rows if not row.fixed and cost(row)]
    used = sum(map(cost, fixed))
    if pinned and used > most:
        sentence = f"Student {student_id} has {used} {unit} by pins and frozen rows alone, and the limit is {most}."
        yield Breach("limit", sentence, student_id, pinned[-1].slot.slot_id)
    allowed = max(most, used)
    if free and total > allowed:
        beyond = f"{most}" if used <= most else f"{most}, which pins and frozen rows raise to {used}"
        sentence = f"Student {student_id} is given {total} {unit}, and the limit is {beyond}."
        yield Breach("limit", sentence, student_id, free[-1].slot.slot_id)


def _clashing(row: Row, at: dict[HalfDay, Row], out_on: dict[date, Row]) -> str:
    """The sentence of the first clash of ``row`` with the rows before it."""
    for moment in row.half_days:
        other = at.get(moment)
        if other is not None:
            return (
                f"Student {row.student.student_id} is in slots {other.slot.slot_id} and {row.slot.slot_id} at once, on "
                f"{when(moment)}."
            )
        other = out_on.get(day_of(moment))
        if other is not None and row.experience.in_person:
            return (
                f"Student {row.student.student_id} is in two in-person slots, {other.slot.slot_id} and "
                f"{row.slot.slot_id}, on one day, {day_of(moment).isoformat()}."
            )
    return ""


def _repeating(first: Row, row: Row) -> str:
    what = f"two slots of employer {row.employer.employer_id}"
    if first.experience.experience_id == row.experience.experience_id:
        what = f"experience {row.experience.experience_id} twice"
    return f"Student {row.student.student_id} is given {what}, in slots {first.slot.slot_id} and {row.slot.slot_id}."


def _fixed_first(rows: tuple[Row, ...]) -> list[Row]:
    return sorted(rows, key=lambda row: (not row.frozen, not row.pinned, row.slot.slot_id))


def _one(_row: Row) -> int:
    return 1


def _half_days(row: Row) -> int:
    return row.slot.half_days


def _virtual(row: Row) -> int:
    return int(row.experience.delivery == "virtual")
