"""What people decided, and the rows themselves: pins, forbids, separations, overrides, unknown and repeated rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.audit_case import Breach, Case, Row
from engine.audit_pairs import pair_check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIN_MAY_BREAK = frozenset({"travel", "repeat", "limit"})
"""The rules that a pin overrides; it is then said, not charged."""

forbid = pair_check("forbid")


def pin(case: Case) -> Iterator[Breach]:
    """A pinned student has the pinned slot, and a frozen row of the round is kept."""
    round_ = case.round_
    for decision in round_.decisions:
        if decision.kind == "pin" and not case.has(decision.student_id, decision.slot_id):
            sentence = (
                f"Student {decision.student_id} is pinned to slot {decision.slot_id} by {decision.by or 'a decision'}, "
                f"but is not given it."
            )
            yield Breach("pin", sentence, decision.student_id, decision.slot_id)
    for row in sorted(case.frozen):
        of_the_round = row.student_id in round_.students and row.slot_id in round_.slots
        if of_the_round and not case.has(row.student_id, row.slot_id):
            sentence = f"Student {row.student_id} keeps slot {row.slot_id}, which is frozen, but is not given it."
            yield Breach("pin", sentence, row.student_id, row.slot_id)


def separate(case: Case) -> Iterator[Breach]:
    """Separated students are never in the same slot, nor with one employer in person in the same half-day."""
    for decision in case.round_.decisions:
        if decision.kind != "separate" or decision.student_id == decision.other_student_id:
            continue
        for one in case.by_student.get(decision.student_id, ()):
            for other in case.by_student.get(decision.other_student_id, ()):
                if not (one.frozen and other.frozen) and _together(one, other):
                    sentence = (
                        f"Students {decision.student_id} and {decision.other_student_id} are to be kept apart, but are "
                        f"in {_where(one, other)}."
                    )
                    yield Breach("separate", sentence, decision.student_id, one.slot.slot_id)


def unknown(case: Case) -> Iterator[Breach]:
    """Every row names a student and a slot of the round."""
    for row in case.unknown:
        missing = [f"student {row.student_id}"] if row.student_id not in case.round_.students else []
        missing += [f"slot {row.slot_id}"] if row.slot_id not in case.round_.slots else []
        sentence = f"The row of student {row.student_id} in slot {row.slot_id} names {' and '.join(missing)}, "
        yield Breach("unknown", sentence + "which the round does not have.", row.student_id, row.slot_id)


def duplicate(case: Case) -> Iterator[Breach]:
    """A student and a slot appear together once."""
    for row, times in case.repeated.items():
        sentence = f"Student {row.student_id} appears {times} times in slot {row.slot_id}, and may appear once."
        yield Breach("duplicate", sentence, row.student_id, row.slot_id)


def split_overrides(case: Case, findings: Iterable[Breach]) -> tuple[tuple[Breach, ...], tuple[str, ...]]:
    """Part ``findings`` into breaches and the override sentences of pins that may break what they break."""
    pins = {(d.student_id, d.slot_id): d for d in case.round_.decisions if d.kind == "pin"}
    breaches: list[Breach] = []
    overrides: list[str] = []
    for finding in findings:
        decision = pins.get((finding.student_id, finding.slot_id))
        if decision is None or finding.rule not in PIN_MAY_BREAK:
            breaches.append(finding)
            continue
        by, reason = decision.by or "a decision", decision.reason or "no reason given"
        overrides.append(
            f"Student {decision.student_id} is pinned to slot {decision.slot_id} by {by} ({reason}), which overrides "
            f"`{finding.rule}`: {finding.sentence}",
        )
    return tuple(breaches), tuple(overrides)


def _together(one: Row, other: Row) -> bool:
    if one.slot.slot_id == other.slot.slot_id:
        return True
    in_person = one.experience.in_person and other.experience.in_person
    same_employer = one.employer.employer_id == other.employer.employer_id
    return in_person and same_employer and not set(one.half_days).isdisjoint(other.half_days)


def _where(one: Row, other: Row) -> str:
    if one.slot.slot_id == other.slot.slot_id:
        return f"the same slot, {one.slot.slot_id}"
    return (
        f"slots {one.slot.slot_id} and {other.slot.slot_id} of employer {one.employer.employer_id} in the same half-day"
    )
