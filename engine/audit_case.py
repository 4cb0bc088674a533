"""The case before the audit: a round and an allocation laid out row by row, as every check reads them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from engine.allocation import Assignment
from engine.audit_calendar import half_days_of
from engine.audit_preferences import AuditPoints
from engine.audit_travel import AuditJourneys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from engine.allocation import Allocation
    from engine.domain import (
        Decision,
        Employer,
        Experience,
        HalfDay,
        HistoryRow,
        Round,
        School,
        Slot,
        Student,
    )

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that the allocation breaks, where, and the sentence that says so."""

    rule: str
    sentence: str
    student_id: str = ""
    slot_id: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One assignment with everything it names; ``fixed`` rows are pinned or frozen."""

    student: Student
    school: School
    slot: Slot
    experience: Experience
    employer: Employer
    half_days: tuple[HalfDay, ...]
    pinned: bool
    frozen: bool

    @property
    def fixed(self) -> bool:
        """Whether somebody decided this row before the allocation was made."""
        return self.pinned or self.frozen


@dataclass(frozen=True, slots=True)
class Case:
    """A round, the rows of an allocation (each pair once, unknown ones apart), and indexes of both."""

    round_: Round
    journeys: AuditJourneys
    rows: tuple[Row, ...]
    unknown: tuple[Assignment, ...]
    repeated: Mapping[Assignment, int]
    frozen: frozenset[Assignment]
    by_student: Mapping[str, tuple[Row, ...]]
    by_slot: Mapping[str, tuple[Row, ...]]
    by_employer: Mapping[str, tuple[Row, ...]]
    by_school: Mapping[str, tuple[Row, ...]]
    half_days: Mapping[str, tuple[HalfDay, ...]]
    history: Mapping[str, tuple[HistoryRow, ...]]
    points: AuditPoints
    forbidden: Mapping[str, tuple[Decision, ...]]
    closed_to: Mapping[tuple[str, int | None], frozenset[HalfDay]]

    def has(self, student_id: str, slot_id: str) -> bool:
        """Whether the student is in the slot."""
        return any(row.student.student_id == student_id for row in self.by_slot.get(slot_id, ()))


def lay_out(round_: Round, allocation: Allocation, frozen: frozenset[Assignment]) -> Case:
    """Index ``allocation`` and ``round_`` once, so that every check is a plain loop."""
    times = Counter(allocation.assignments)
    known = {a for a in times if a.student_id in round_.students and a.slot_id in round_.slots}
    half_days = {slot.slot_id: half_days_of(slot, round_.closed_dates) for slot in round_.slots.values()}
    rows = tuple(_rows(round_, sorted(known, key=lambda a: (a.student_id, a.slot_id)), frozen, half_days))
    return Case(
        round_=round_,
        journeys=AuditJourneys(round_),
        rows=rows,
        unknown=tuple(sorted(set(times) - known)),
        repeated={a: count for a, count in sorted(times.items()) if count > 1 and a in known},
        frozen=frozen,
        by_student=_grouped(rows, lambda row: row.student.student_id),
        by_slot=_grouped(rows, lambda row: row.slot.slot_id),
        by_employer=_grouped(rows, lambda row: row.employer.employer_id),
        by_school=_grouped(rows, lambda row: row.school.urn),
        half_days=half_days,
        history=_grouped(round_.history, lambda row: row.student_id),
        points=AuditPoints(round_.policy, _grouped(round_.preferences, lambda row: row.student_id)),
        forbidden=_grouped((d for d in round_.decisions if d.kind == "forbid"), lambda decision: decision.student_id),
        closed_to=_closed_to(round_),
    )


def begun_rows(round_: Round) -> frozenset[Assignment]:
    """The rows that a re-run keeps whatever the rules say: those published in slots that start before its date."""
    since = round_.rerun_from
    if since is None:
        return frozenset()
    published = (Assignment(row.student_id, row.slot_id) for row in round_.baseline)
    known = (row for row in published if row.student_id in round_.students and row.slot_id in round_.slots)
    return frozenset(row for row in known if round_.slots[row.slot_id].date < since)


def _rows(
    round_: Round,
    assignments: Iterable[Assignment],
    frozen: frozenset[Assignment],
    half_days: Mapping[str, tuple[HalfDay, ...]],
) -> Iterator[Row]:
    pins = {(d.student_id, d.slot_id) for d in round_.decisions if d.kind == "pin"}
    for assignment in assignments:
        student, slot = round_.students[assignment.student_id], round_.slots[assignment.slot_id]
        experience = round_.experiences[slot.experience_id]
        yield Row(
            student=student,
            school=round_.schools[student.urn],
            slot=slot,
            experience=experience,
            employer=round_.employers[experience.employer_id],
            half_days=half_days[slot.slot_id],
            pinned=(student.student_id, slot.slot_id) in pins,
            frozen=assignment in frozen,
        )


def _closed_to(round_: Round) -> dict[tuple[str, int | None], frozenset[HalfDay]]:
    """When each school (and year group, ``None`` for all) cannot release students."""
    closed: defaultdict[tuple[str, int | None], set[HalfDay]] = defaultdict(set)
    for row in round_.calendar:
        closed[row.urn, row.year_group].update(row.half_days)
    return {key: frozenset(moments) for key, moments in closed.items()}


def _grouped(entries: Iterable[Entry], key: Callable[[Entry], str]) -> dict[str, tuple[Entry, ...]]:
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return {name: tuple(members) for name, members in groups.items()}
