"""The rules that one student and one slot can break by themselves, each as one plain question.

Every check answers with the sentence of its breach, or with nothing where the pair keeps the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.audit_calendar import opens, when
from engine.audit_case import Breach, Case
from engine.calendar import day_of
from engine.rules import ASKED_ANYWHERE, INDIVIDUAL_AGE, MET_BY_SCHOOL_STAFF, PAIR_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from engine.domain import Decision, Experience, HalfDay, Slot, Student

    PairCheck = Callable[[Case, Student, Slot], str]


def pair_check(rule: str) -> Callable[[Case], Iterator[Breach]]:
    """A check of every row that is not frozen against the pair rule ``rule``."""
    broken = PAIR_CHECKS[rule]

    def check(case: Case) -> Iterator[Breach]:
        for row in case.rows:
            sentence = "" if row.frozen else broken(case, row.student, row.slot)
            if sentence:
                yield Breach(rule, sentence, row.student.student_id, row.slot.slot_id)

    return check


def dates(case: Case) -> Iterator[Breach]:
    """The slot lies within the round's dates, and in a re-run nobody joins one that starts before its date."""
    yield from pair_check("dates")(case)
    since = case.round_.rerun_from
    for row in case.rows:
        if since is not None and row.slot.date < since and not row.fixed:
            sentence = (
                f"Student {row.student.student_id} joins slot {row.slot.slot_id}, which starts on "
                f"{row.slot.date.isoformat()} and so has begun: this re-run begins on {since.isoformat()}."
            )
            yield Breach("dates", sentence, row.student.student_id, row.slot.slot_id)


def passes(case: Case, student: Student, slot: Slot) -> bool:
    """Whether the student and the slot keep every pair rule."""
    return not any(PAIR_CHECKS[rule](case, student, slot) for rule in PAIR_RULES)


def _available(_case: Case, student: Student, slot: Slot) -> str:
    if student.available:
        return ""
    return f"Student {student.student_id} is not available this round, but is given slot {slot.slot_id}."


def _year(case: Case, student: Student, slot: Slot) -> str:
    experience = case.round_.experiences[slot.experience_id]
    if student.year_group in experience.year_groups:
        return ""
    accepted = ", ".join(str(year) for year in sorted(experience.year_groups)) or "no year"
    return (
        f"Student {student.student_id} is in Year {student.year_group}, but experience {experience.experience_id} "
        f"(slot {slot.slot_id}) is for Year {accepted}."
    )


def _individual_age(case: Case, student: Student, slot: Slot) -> str:
    experience = case.round_.experiences[slot.experience_id]
    if not experience.in_person or experience.grouping != "individual" or student.year_group >= INDIVIDUAL_AGE:
        return ""
    return (
        f"Student {student.student_id} is in Year {student.year_group}, but slot {slot.slot_id} is an individual "
        f"in-person experience, which is only for Year {INDIVIDUAL_AGE} and above."
    )


def _cleared(case: Case, _student: Student, slot: Slot) -> str:
    employer = case.round_.employers[case.round_.experiences[slot.experience_id].employer_id]
    if employer.cleared_until is None:
        return f"Employer {employer.employer_id} is not cleared at all, but slot {slot.slot_id} is used."
    last = _last_day(case, slot)
    if last <= employer.cleared_until:
        return ""
    return (
        f"Employer {employer.employer_id}'s checks hold to {employer.cleared_until.isoformat()}, but slot "
        f"{slot.slot_id} runs to {last.isoformat()}."
    )


def _dates(case: Case, _student: Student, slot: Slot) -> str:
    round_, taken = case.round_, case.half_days[slot.slot_id]
    if not opens(slot.date, round_.closed_dates):
        return f"Slot {slot.slot_id} starts on {slot.date.isoformat()}, which is a weekend or a closed date."
    if slot.date >= round_.starts and _last_day(case, slot) <= round_.ends and len(taken) == slot.half_days:
        return ""
    return (
        f"Slot {slot.slot_id} runs from {slot.date.isoformat()} to {_last_day(case, slot).isoformat()}, but the round "
        f"runs from {round_.starts.isoformat()} to {round_.ends.isoformat()}."
    )


def _school_only(_case: Case, student: Student, slot: Slot) -> str:
    if slot.urn in ("", student.urn):
        return ""
    who = f"student {student.student_id} is of school {student.urn}"
    return f"Slot {slot.slot_id} is kept for school {slot.urn}, but {who}."


def _access(case: Case, student: Student, slot: Slot) -> str:
    experience = case.round_.experiences[slot.experience_id]
    missing = _asked(student, experience) - experience.accommodations
    if not missing:
        return ""
    return (
        f"Student {student.student_id} needs {', '.join(sorted(missing))}, which experience "
        f"{experience.experience_id} (slot {slot.slot_id}) does not offer."
    )


def _asked(student: Student, experience: Experience) -> frozenset[str]:
    """What the student needs of the employer, rather than of the school."""
    if not experience.in_person:
        return student.accommodations & ASKED_ANYWHERE
    if experience.grouping == "group":
        return student.accommodations - MET_BY_SCHOOL_STAFF
    return student.accommodations


def _travel(case: Case, student: Student, slot: Slot) -> str:
    experience = case.round_.experiences[slot.experience_id]
    if case.journeys.within(student, experience):
        return ""
    limit, tenths = case.journeys.limit_km(student, experience), case.journeys.compared(student, experience)
    far = "has no route" if tenths is None else f"is {tenths / 10:.1f} km"
    journey = f"The journey of student {student.student_id} to slot {slot.slot_id}"
    if experience.delivery == "in_school":
        who = f"employer {experience.employer_id} to school {student.urn}"
        journey = f"The journey of {who} for student {student.student_id} in slot {slot.slot_id}"
    return f"{journey} {far}, and the limit is {limit} km."


def _calendar(case: Case, student: Student, slot: Slot) -> str:
    closed_to_all = case.closed_to.get((student.urn, None), frozenset())
    closed_to_year = case.closed_to.get((student.urn, student.year_group), frozenset())
    for moment in case.half_days[slot.slot_id]:
        if moment in student.unavailable:
            return _absent(f"Student {student.student_id} is unavailable", moment, slot)
        if moment in closed_to_all or moment in closed_to_year:
            who = f"School {student.urn} cannot release student {student.student_id} (Year {student.year_group})"
            return _absent(who, moment, slot)
    return ""


def _absent(who: str, moment: HalfDay, slot: Slot) -> str:
    return f"{who} on {when(moment)}, which slot {slot.slot_id} takes."


def _repeat_of_history(case: Case, student: Student, slot: Slot) -> str:
    for row in case.history.get(student.student_id, ()):
        if row.experience_id == slot.experience_id:
            return (
                f"Student {student.student_id} did experience {slot.experience_id} (slot {slot.slot_id}) before, in "
                f"{row.academic_year or 'an earlier year'}."
            )
    return ""


def _forbid(case: Case, student: Student, slot: Slot) -> str:
    experience = case.round_.experiences[slot.experience_id]
    for decision in case.forbidden.get(student.student_id, ()):
        if _forbids(decision, slot, experience):
            what = f"slot {slot.slot_id} of experience {experience.experience_id}, employer {experience.employer_id}"
            why = f"{decision.by or 'a decision'}: {decision.reason or 'no reason given'}"
            return f"Student {student.student_id} is forbidden {what}, by {why}."
    return ""


def _forbids(decision: Decision, slot: Slot, experience: Experience) -> bool:
    return (
        decision.slot_id == slot.slot_id
        or decision.experience_id == experience.experience_id
        or decision.employer_id == experience.employer_id
    )


def _last_day(case: Case, slot: Slot) -> date:
    taken = case.half_days[slot.slot_id]
    return day_of(taken[-1]) if taken else slot.date


PAIR_CHECKS: dict[str, PairCheck] = {
    "available": _available,
    "year": _year,
    "individual_age": _individual_age,
    "cleared": _cleared,
    "dates": _dates,
    "school_only": _school_only,
    "access": _access,
    "travel": _travel,
    "calendar": _calendar,
    "repeat": _repeat_of_history,
    "forbid": _forbid,
}
