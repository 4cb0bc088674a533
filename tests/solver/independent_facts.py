"""Who may go where and what it would be worth: the rules of one pair and the terms of every goal, in plain code.

Written from the rules page alone; the exact models of the tests stand on it, and the engine and the solver do not.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from independent_travel import Journeys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain import Decision, Employer, Experience, HistoryRow, Preference, Round, Slot, Student

BREAKABLE_BY_PIN = frozenset({"travel", "repeat"})
ASKED_OF_EMPLOYER = {"bsl", "hearing_loop", "large_print", "screen_reader"}
STAFF_BRING = {"familiar_adult", "personal_care"}
Half = tuple[date, str]
Row = TypeVar("Row", "HistoryRow", "Preference", "Decision")


@dataclass(frozen=True)
class Facts:
    """The facts of one round that rules and goals ask for, with the rules in ``without`` left out."""

    round_: Round
    without: frozenset[str] = frozenset()

    def experience(self, slot_id: str) -> Experience:
        return self.round_.experiences[self.round_.slots[slot_id].experience_id]

    def employer(self, slot_id: str) -> Employer:
        return self.round_.employers[self.experience(slot_id).employer_id]

    @cached_property
    def halves(self) -> dict[str, tuple[Half, ...]]:
        """The half-days that every slot takes."""
        return {slot_id: _halves(slot, self.round_.closed_dates) for slot_id, slot in self.round_.slots.items()}

    @cached_property
    def pins(self) -> frozenset[tuple[str, str]]:
        """The pinned pairs of student and slot."""
        if "pin" in self.without:
            return frozenset()
        pins = frozenset((d.student_id, d.slot_id) for d in self.round_.decisions if d.kind == "pin")
        return pins - self.frozen

    @cached_property
    def frozen(self) -> frozenset[tuple[str, str]]:
        """The published rows of a re-run that have begun; in limits they stand beside the pins."""
        rows = {(row.student_id, row.slot_id) for row in self.round_.baseline}
        known = {(a, b) for a, b in rows if a in self.round_.students and b in self.round_.slots}
        return frozenset((a, b) for a, b in known if self.begun(b))

    @cached_property
    def fixed(self) -> frozenset[tuple[str, str]]:
        """Pins and frozen rows."""
        return self.pins | self.frozen

    @cached_property
    def choices(self) -> frozenset[tuple[str, str]]:
        """The pairs that may be given: those that break no pair rule, in slots that have not begun."""
        return frozenset((a, b) for a, b in self.allowed if not self.begun(b))

    def begun(self, slot_id: str) -> bool:
        since = self.round_.rerun_from
        return since is not None and self.round_.slots[slot_id].date < since

    @cached_property
    def journeys(self) -> Journeys:
        return Journeys(self.round_)

    @cached_property
    def allowed(self) -> frozenset[tuple[str, str]]:
        """The pairs that break no pair rule."""
        return frozenset(
            (student_id, slot_id)
            for student_id, student in self.round_.students.items()
            for slot_id, slot in self.round_.slots.items()
            if not self.broken(student, slot)
        )

    @cached_property
    def bad_pins(self) -> frozenset[tuple[str, str]]:
        """The pins that break a rule which a pin may not break."""
        students, slots = self.round_.students, self.round_.slots
        return frozenset((a, b) for a, b in self.pins if self.broken(students[a], slots[b]) - BREAKABLE_BY_PIN)

    @cached_property
    def _history(self) -> dict[str, list[HistoryRow]]:
        return _of_students(self.round_.history)

    @cached_property
    def _wishes(self) -> dict[str, list[Preference]]:
        return _of_students(self.round_.preferences)

    @cached_property
    def _forbids(self) -> dict[str, list[Decision]]:
        return _of_students(d for d in self.round_.decisions if d.kind == "forbid")

    def broken(self, student: Student, slot: Slot) -> set[str]:
        """The pair rules that this student in this slot would break."""
        experience, employer = self.experience(slot.slot_id), self.employer(slot.slot_id)
        halves = self.halves[slot.slot_id]
        last = halves[-1][0]
        first_is_open = slot.date.weekday() < 5 and slot.date not in self.round_.closed_dates
        alone = experience.grouping == "individual" and experience.delivery == "in_person"
        broken = {
            "available": not student.available,
            "year": student.year_group not in experience.year_groups,
            "individual_age": alone and student.year_group < 10,
            "cleared": employer.cleared_until is None or employer.cleared_until < last,
            "dates": slot.date < self.round_.starts or last > self.round_.ends or not first_is_open,
            "school_only": slot.urn not in {"", student.urn},
            "access": bool(_asked(student, experience) - experience.accommodations),
            "travel": not self.journeys.within(student, experience),
            "calendar": any(half in self._away(student) for half in halves),
            "repeat": any(row.experience_id == slot.experience_id for row in self._history[student.student_id]),
            "forbid": self._forbidden(student, slot, employer),
        }
        return {code for code, breaks in broken.items() if breaks} - self.without

    def _away(self, student: Student) -> set[Half]:
        away = {_half(moment) for moment in student.unavailable}
        for row in self.round_.calendar:
            if row.urn == student.urn and row.year_group in {None, student.year_group}:
                away.update(_half(moment) for moment in row.half_days)
        return away

    def _forbidden(self, student: Student, slot: Slot, employer: Employer) -> bool:
        named = (slot.slot_id, slot.experience_id, employer.employer_id)
        return any(
            a == b
            for d in self._forbids[student.student_id]
            for a, b in zip(named, (d.slot_id, d.experience_id, d.employer_id), strict=True)
        )

    def in_group(self, student: Student, group: str) -> bool:
        """Whether the student belongs to a group that ``priority`` or ``equity_groups`` may name."""
        ever = self.round_.policy.disadvantage == "ever6" and student.ever6
        return {
            "fsm": student.fsm or ever,
            "sen": student.sen_status in {"K", "E"},
            "in_care": student.in_care,
            "neet_risk": student.neet_risk,
        }[group]

    @cached_property
    def deficit(self) -> dict[str, int]:
        """Half-days that each student still lacks in the current key stage."""
        lacks = {}
        for student_id, student in self.round_.students.items():
            stage = _stage(student.year_group)
            done = sum(
                row.half_days for row in self._history[student_id] if row.counts and _stage(row.year_group) == stage
            )
            lacks[student_id] = max(0, self.round_.policy.target_half_days[stage] - done)
        return lacks

    @cached_property
    def priority(self) -> frozenset[str]:
        """The priority students."""
        return frozenset(
            student_id
            for student_id, student in self.round_.students.items()
            if student.available
            and self.deficit[student_id] > 0
            and any(self.in_group(student, group) for group in self.round_.policy.priority)
        )

    @cached_property
    def shares(self) -> dict[str, int]:
        """The percentage of every equity group among available students who could be given something."""
        could = {a for a, _ in self.allowed if self.round_.students[a].available}
        return {
            group: 100 * sum(self.in_group(self.round_.students[a], group) for a in could) // max(1, len(could))
            for group in self.round_.policy.equity_groups
        }

    def points(self, student_id: str, experience: Experience) -> int:
        """The preference points of giving the student this experience."""
        policy = self.round_.policy
        rows = self._wishes[student_id]
        listed = [row.rank for row in rows if row.kind == "experience"]
        ranks = [r.rank for r in rows if r.kind == "experience" and r.value == experience.experience_id]
        employers = [r.rank for r in rows if r.kind == "employer" and r.value == experience.employer_id]
        sectors = [r.rank for r in rows if r.kind == "sector" and r.value.lower() == experience.sector.lower()]
        if not listed:
            found = [_at(policy.employer_points, n) for n in employers] + [
                _at(policy.sector_points, n) for n in sectors
            ]
            return max(found, default=0)
        if not ranks:
            ranks = [max(listed) + (1 if employers or sectors else 2)]
        return max(_at(policy.experience_points, rank) for rank in ranks)

    def ticket(self, student_id: str) -> int:
        """The student's lottery ticket."""
        digest = sha256(f"{self.round_.seed}|{student_id}".encode()).digest()
        return 1 + int.from_bytes(digest[:4], "big") % 1000

    def past_sectors(self, student_id: str) -> set[str]:
        return {row.sector.lower() for row in self._history[student_id]}

    def past_tier(self, student_id: str) -> str:
        """The highest tier of the student's history in the current key stage; blank where there is none."""
        stage = _stage(self.round_.students[student_id].year_group)
        rows = [row for row in self._history[student_id] if _stage(row.year_group) == stage]
        return max((row.tier for row in rows), default="")

    def kilometres(self, student_id: str, slot_id: str) -> int:
        """What the student travels in whole kilometres; a pinned journey without a route adds nothing."""
        tenths = self.journeys.tenths(self.round_.students[student_id], self.experience(slot_id))
        return 0 if tenths is None else (tenths + 5) // 10


def needs_support(facts: Facts, student_id: str, slot_id: str) -> bool:
    """Whether the student takes one of the slot's support places."""
    experience, student = facts.experience(slot_id), facts.round_.students[student_id]
    brings_own = experience.grouping == "group" and _special(facts, student.urn)
    return student.support and experience.delivery == "in_person" and not brings_own


def smallest_group(facts: Facts, urn: str, slot_id: str) -> int:
    """The fewest students of this school that make a group in this slot."""
    ordinary = facts.round_.slots[slot_id].group_min
    return min(ordinary, facts.round_.policy.small_school_group_min) if _special(facts, urn) else ordinary


def kept_apart(facts: Facts) -> Iterable[tuple[str, str]]:
    """The separated students, in twos."""
    return [(d.student_id, d.other_student_id) for d in facts.round_.decisions if d.kind == "separate"]


def _of_students(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.student_id].append(row)
    return found


def _special(facts: Facts, urn: str) -> bool:
    return facts.round_.schools[urn].type in {"special", "alternative_provision"}


def _asked(student: Student, experience: Experience) -> frozenset[str]:
    if experience.delivery != "in_person":
        return student.accommodations & ASKED_OF_EMPLOYER
    return student.accommodations - (STAFF_BRING if experience.grouping == "group" else set())


def _stage(year_group: int) -> str:
    return "ks3" if year_group < 10 else "ks4" if year_group < 12 else "post16"


def _at(points: tuple[int, ...], rank: int) -> int:
    return points[rank - 1] if rank <= len(points) else 0


def _half(moment: int) -> Half:
    return date.fromordinal(moment // 2), "PM" if moment % 2 else "AM"


def _halves(slot: Slot, closed: frozenset[date]) -> tuple[Half, ...]:
    day, half, halves = slot.date, slot.half, []
    while len(halves) < slot.half_days:
        if day.weekday() < 5 and day not in closed:
            halves.append((day, half))
        day, half = (day, "PM") if half == "AM" else (day + timedelta(days=1), "AM")
    return tuple(halves)
