"""Writes a round as the folder of CSV tables and ``round.toml`` that the engine reads: ISO dates, plain codes."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.calendar import day_of, half_of
from engine.domain import ACCOMMODATIONS, CRITERIA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from engine.domain import (
        Barrier,
        CalendarRow,
        Decision,
        Employer,
        Experience,
        HalfDay,
        HistoryRow,
        Point,
        Preference,
        School,
        Slot,
        Student,
        TravelRow,
    )
    from scenarios.registry import Shape

Row = tuple[object, ...]

MARK = "# Written by foothold scenario: "
"""How the settings of a scenario begin, so that a later scenario may take its place."""
SETTINGS = "round.toml"
FILES: tuple[str, ...] = (
    SETTINGS,
    *(
        f"{table}.csv"
        for table in (
            *("schools", "students", "employers", "experiences", "slots", "preferences", "history", "calendar"),
            *("barriers", "crossings", "travel", "decisions"),
        )
    ),
    "figures.json",
)
"""Everything that a scenario's folder holds, with the figures that are measured afterwards."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that a round folder holds; unlike a ``Round`` it has not been checked by anyone."""

    origin: str
    name: str
    seed: str
    shape: Shape
    schools: Sequence[School]
    students: Sequence[Student]
    employers: Sequence[Employer]
    experiences: Sequence[Experience]
    slots: Sequence[Slot]
    preferences: Sequence[Preference] = field(default=())
    history: Sequence[HistoryRow] = field(default=())
    calendar: Sequence[CalendarRow] = field(default=())
    barriers: Sequence[Barrier] = field(default=())
    travel: Sequence[TravelRow] = field(default=())
    decisions: Sequence[Decision] = field(default=())


def write_tables(tables: Tables, folder: Path) -> None:
    """Every table of ``tables`` into ``folder``, which is there; the same tables give the same bytes anywhere."""
    (folder / SETTINGS).write_text(_settings(tables), encoding="utf-8", newline="\n")
    _write(folder, "schools", _SCHOOLS, map(_school, tables.schools))
    _write(folder, "students", _STUDENTS, map(_student, tables.students))
    _write(folder, "employers", _EMPLOYERS, map(_employer, tables.employers))
    _write(folder, "experiences", _EXPERIENCES, map(_experience, tables.experiences))
    _write(folder, "slots", _SLOTS, map(_slot, tables.slots))
    _write(folder, "preferences", _PREFERENCES, ((p.student_id, p.rank, p.kind, p.value) for p in tables.preferences))
    _write(folder, "history", _HISTORY, map(_history, tables.history))
    _write(folder, "calendar", _CALENDAR, (row for entry in tables.calendar for row in _calendar(entry)))
    _write(folder, "barriers", _BARRIERS, (row for barrier in tables.barriers for row in _line(barrier)))
    _write(folder, "crossings", _CROSSINGS, (row for barrier in tables.barriers for row in _crossings(barrier)))
    _write(folder, "travel", _TRAVEL, ((t.origin, t.experience_id, _tenths(t.tenths)) for t in tables.travel))
    _write(folder, "decisions", _DECISIONS, map(_decision, tables.decisions))


_SCHOOLS = ("urn", "name", "type", "latitude", "longitude", "max_out_per_half_day", "coach_seats_per_half_day",
            "contact_name", "contact_email")  # fmt: skip
_STUDENTS = ("student_id", "urn", "name", "year_group", "fsm", "ever6", "sen_status", "in_care", "neet_risk",
             "accommodations", "support", "released", "latitude", "longitude", "max_travel_km", "max_experiences",
             "available", "unavailable")  # fmt: skip
_EMPLOYERS = ("employer_id", "name", "sector", "max_students_per_half_day", "max_students", "cleared_until",
              "contact_name", "contact_email")  # fmt: skip
_EXPERIENCES = ("experience_id", "employer_id", "title", "tier", "delivery", "grouping", "year_groups", "sector",
                "latitude", "longitude", "accommodations", "meaningful")  # fmt: skip
_SLOTS = ("slot_id", "experience_id", "date", "half", "half_days", "capacity", "groups", "group_min", "group_max",
          "support_places", "reserved", "urn")  # fmt: skip
_PREFERENCES = ("student_id", "rank", "kind", "value")
_HISTORY = ("student_id", "academic_year", "year_group", "tier", "sector", "employer_id", "experience_id", "half_days",
            "counts")  # fmt: skip
_CALENDAR = ("urn", "date", "half", "year_group")
_BARRIERS = ("barrier_id", "seq", "latitude", "longitude")
_CROSSINGS = ("barrier_id", "crossing_id", "latitude", "longitude")
_TRAVEL = ("origin", "experience_id", "km")
_DECISIONS = ("kind", "student_id", "slot_id", "experience_id", "employer_id", "other_student_id", "reason", "by")


def _settings(tables: Tables) -> str:
    shape = tables.shape
    closed = ", ".join(day.isoformat() for day in sorted(shape.closed_dates))
    return "\n".join(
        (
            f"{MARK}{tables.origin}.",
            f'name = "{tables.name}"',
            f'term = "{shape.term}"',
            f'academic_year = "{shape.academic_year}"',
            f"starts = {shape.starts.isoformat()}",
            f"ends = {shape.ends.isoformat()}",
            f"closed_dates = [{closed}]",
            f'seed = "{tables.seed}"',
            "",
            "[policy]",
            f"max_experiences = {shape.max_experiences}",
            f"group_travel_km = {shape.group_travel_km}",
            f"employer_travel_km = {shape.employer_travel_km}",
            "",
        )
    )


def _write(folder: Path, table: str, header: Row, rows: Iterable[Row]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _school(school: School) -> Row:
    return (
        school.urn, school.name, school.type, *_place(school.place), _limit(school.max_out_per_half_day),
        _limit(school.coach_seats_per_half_day), school.contact_name, school.contact_email,
    )  # fmt: skip


def _student(student: Student) -> Row:
    return (
        student.student_id, student.urn, student.name, student.year_group, _yes(student.fsm), _yes(student.ever6),
        student.sen_status, _yes(student.in_care), _yes(student.neet_risk), _codes(student.accommodations),
        _yes(student.support), _codes(student.released), *_place(student.home), _limit(student.max_travel_km),
        _limit(student.max_experiences), _yes(student.available), ";".join(_half_days(sorted(student.unavailable))),
    )  # fmt: skip


def _employer(employer: Employer) -> Row:
    return (
        employer.employer_id, employer.name, employer.sector, _limit(employer.max_students_per_half_day),
        _limit(employer.max_students), employer.cleared_until.isoformat() if employer.cleared_until else "",
        employer.contact_name, employer.contact_email,
    )  # fmt: skip


def _experience(experience: Experience) -> Row:
    met = experience.criteria or frozenset()
    stated = ";".join(criterion for criterion in CRITERIA if criterion in met)
    return (
        experience.experience_id, experience.employer_id, experience.title, experience.tier, experience.delivery,
        experience.grouping, ";".join(str(year) for year in sorted(experience.year_groups)), experience.sector,
        *_place(experience.site), _codes(experience.accommodations), stated if experience.criteria_stated else "",
    )  # fmt: skip


def _slot(slot: Slot) -> Row:
    sizes = ("", slot.groups, slot.group_min, slot.group_max) if slot.group_max else (slot.capacity, "", "", "")
    return (
        slot.slot_id, slot.experience_id, slot.date.isoformat(), slot.half, slot.half_days, *sizes,
        slot.support_places, slot.reserved, slot.urn,
    )  # fmt: skip


def _history(row: HistoryRow) -> Row:
    return (
        row.student_id, row.academic_year, row.year_group, row.tier, row.sector, row.employer_id, row.experience_id,
        row.half_days, _yes(row.counts),
    )  # fmt: skip


def _calendar(entry: CalendarRow) -> Iterator[Row]:
    for closed in _half_days(entry.half_days):
        day, _, half = closed.partition(" ")
        yield entry.urn, day, half, entry.year_group or ""


def _line(barrier: Barrier) -> Iterator[Row]:
    for seq, point in enumerate(barrier.line, 1):
        yield barrier.barrier_id, seq, *_place(point)


def _crossings(barrier: Barrier) -> Iterator[Row]:
    for crossing_id, point in barrier.crossings:
        yield barrier.barrier_id, crossing_id, *_place(point)


def _decision(d: Decision) -> Row:
    return d.kind, d.student_id, d.slot_id, d.experience_id, d.employer_id, d.other_student_id, d.reason, d.by


def _half_days(moments: Sequence[HalfDay]) -> Iterator[str]:
    """Dates where both halves are meant, else a date and ``AM`` or ``PM``."""
    every = set(moments)
    for moment in moments:
        both = moment ^ 1 in every
        if not both:
            yield f"{day_of(moment).isoformat()} {half_of(moment)}"
        elif moment % 2 == 0:
            yield day_of(moment).isoformat()


def _place(point: Point | None) -> tuple[str, str]:
    return (f"{point.latitude:.5f}", f"{point.longitude:.5f}") if point else ("", "")


def _codes(codes: frozenset[str]) -> str:
    return ";".join(code for code in ACCOMMODATIONS if code in codes)


def _yes(fact: bool) -> str:  # noqa: FBT001
    return "Y" if fact else "N"


def _limit(limit: float | None) -> str:
    return "" if limit is None else str(limit)


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
