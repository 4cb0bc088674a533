"""The smallest change that a rule's opening allows, as a sentence; blank where no open slot has room.

A change is said only where the student could then be added to the allocation with nobody moved and no rule broken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.calendar import day_of, half_of
from engine.outputs import kilometres
from engine.rules import ASKED_ANYWHERE, MET_BY_SCHOOL_STAFF
from engine.travel import limit_tenths
from engine.wording import HALVES, counted, day_words, in_words, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.domain import Experience, HalfDay, Round, Slot, Student
    from engine.openings import Opening
    from engine.room import Room


@dataclass(frozen=True, slots=True)
class _Case:
    """One student and the slots, all with room, that one rule alone closes."""

    round_: Round
    student: Student
    slots: tuple[tuple[Slot, Experience, int], ...]
    """Each slot with its experience and journey in tenths."""


def change_sentence(room: Room, student: Student, opening: Opening) -> str:
    """The smallest change to what ``opening.rule`` reads that would let the student in somewhere, or nothing."""
    say = CHANGES.get(opening.rule)
    slots = tuple((room.slots[s], room.experiences[s], opening.tenths[s]) for s in opening.with_room)
    return say(_Case(room.round_, student, slots)) if say and slots else ""


def _available(case: _Case) -> str:
    return f"If the student were available, {_would_open(len(case.slots))}."


def _year(case: _Case) -> str:
    experience, count = _commonest(case)
    return f"If {_named(case, experience)} accepted Year {case.student.year_group}, {_would_open(count)}."


def _cleared(case: _Case) -> str:
    last = min(day_of(slot.occupies[-1]) for slot, _, _ in case.slots)
    ready = [experience for slot, experience, _ in case.slots if day_of(slot.occupies[-1]) == last]
    employer = case.round_.employers[min(experience.employer_id for experience in ready)]
    count = sum(experience.employer_id == employer.employer_id for experience in ready)
    return f"If the checks of {employer.name} held to {day_words(last, weekday=False)}, {_would_open(count)}."


def _dates(case: _Case) -> str:
    """Moving the round's first or last day, by as few days as will do; a slot on a closed day cannot be helped."""
    round_ = case.round_
    whole = [(slot, day_of(slot.occupies[-1])) for slot, _, _ in case.slots if slot.starts_on_school_day]
    later = [last for slot, last in whole if slot.date >= round_.starts and last > round_.ends]
    earlier = [slot.date for slot, last in whole if slot.date < round_.starts and last <= round_.ends]
    if later and (not earlier or (min(later) - round_.ends) <= (round_.starts - max(earlier))):
        end = min(later)
        return f"If the round ended on {day_words(end, weekday=False)}, {_would_open(later.count(end))}."
    if earlier:
        start = max(earlier)
        return f"If the round started on {day_words(start, weekday=False)}, {_would_open(earlier.count(start))}."
    return ""


def _access(case: _Case) -> str:
    """The fewest adjustments that one experience would have to add."""
    asked = [(sorted(_missing(case.student, experience)), experience) for _, experience, _ in case.slots]
    missing, experience = min(asked, key=lambda each: (len(each[0]), each[0], each[1].experience_id))
    count = sum(other.experience_id == experience.experience_id for _, other in asked)
    return f"If {_named(case, experience)} could offer {in_words(missing)}, {_would_open(count)}."


def _travel(case: _Case) -> str:
    """The shortest longer limit: the student's own first, for it concerns nobody else."""
    kinds: tuple[tuple[str, Callable[[Experience], bool]], ...] = (
        ("travel limit for this student", lambda e: e.in_person and e.grouping == "individual"),
        ("limit for group journeys", lambda e: e.in_person and e.grouping == "group"),
        ("limit for employers' journeys to schools", lambda e: e.delivery == "in_school"),
    )
    for name, holds in kinds:
        near = [(tenths, experience) for _, experience, tenths in case.slots if holds(experience)]
        if near:
            tenths, experience = min(near, key=lambda each: (each[0], each[1].experience_id))
            now = limit_tenths(case.round_.policy, case.student, experience)
            count = sum(other == tenths for other, _ in near)
            return f"A {name} of {kilometres(tenths)} km instead of {kilometres(now)} km: {_would_open(count)}."
    return ""


def _calendar(case: _Case) -> str:
    """The fewest half-days for which student and school would have to be free."""
    closed = _closed(case.round_, case.student)
    asked = [(tuple(m for m in slot.occupies if m in closed), slot) for slot, _, _ in case.slots]
    moments, _ = min(asked, key=lambda each: (len(each[0]), each[0], each[1].slot_id))
    count = sum(set(other) <= set(moments) for other, _ in asked)
    times = listed(f"{day_words(day_of(m))} ({HALVES[half_of(m)]})" for m in moments)
    return f"If {_who_is_free(case.student, moments)} {times}, {_would_open(count)}."


def _forbid(case: _Case) -> str:
    return f"If the decision that forbids it were lifted, {_would_open(len(case.slots))}."


CHANGES: dict[str, Callable[[_Case], str]] = {
    "available": _available,
    "year": _year,
    "cleared": _cleared,
    "dates": _dates,
    "access": _access,
    "travel": _travel,
    "calendar": _calendar,
    "forbid": _forbid,
}
"""The rules whose reading somebody can change; the law, a school's own slot and what is already done are left alone."""


def _commonest(case: _Case) -> tuple[Experience, int]:
    """The experience with the most of the slots, the first by id of equals, and how many it has."""
    times = Counter(experience.experience_id for _, experience, _ in case.slots)
    best, count = min(times.items(), key=lambda each: (-each[1], each[0]))
    return case.round_.experiences[best], count


def _named(case: _Case, experience: Experience) -> str:
    return f"{quoted(experience.title)} with {case.round_.employers[experience.employer_id].name}"


def _would_open(count: int) -> str:
    return f"{counted(count, 'slot that still has room', 'slots that still have room')} would be open to the student"


def _missing(student: Student, experience: Experience) -> frozenset[str]:
    """The adjustments that the ``access`` rule misses."""
    asked = student.accommodations if experience.in_person else student.accommodations & ASKED_ANYWHERE
    if experience.in_person and experience.grouping == "group":
        asked -= MET_BY_SCHOOL_STAFF
    return asked - experience.accommodations


def _closed(round_: Round, student: Student) -> frozenset[HalfDay]:
    """The half-days in which the student, or the school for the student's year, is not free."""
    school = (
        moment
        for row in round_.calendar
        if row.urn == student.urn and row.year_group in {None, student.year_group}
        for moment in row.half_days
    )
    return student.unavailable | frozenset(school)


def _who_is_free(student: Student, moments: Iterable[HalfDay]) -> str:
    own = {moment in student.unavailable for moment in moments}
    if own == {True}:
        return "the student were free on"
    return "the school could release the student on" if own == {False} else "the student and the school were free on"
