"""A round written one way only: its tables as canonical rows, and the hash by which a round is known.

Rows are sorted, values normalised and places given as coordinates, so that the order of rows, the kind of file and
the form of a date change nothing.
"""

from __future__ import annotations

import csv
import hashlib
from io import StringIO
from typing import TYPE_CHECKING

from engine.calendar import HALVES, day_of, half_of
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from engine.domain import Experience, HalfDay, Point, Round

    Cells = tuple[str, ...]


def input_sha256(round_: Round) -> str:
    """SHA-256 of the round's tables as canonical CSV; the settings and the policy are not part of it."""
    digest = hashlib.sha256()
    for name, content in canonical_tables(round_):
        digest.update(f"{name}\n{content}".encode())
    return digest.hexdigest()


def canonical_tables(round_: Round) -> Iterator[tuple[str, str]]:
    """Name and CSV text of every table, in the order of the tables, rows sorted; empty tables are a header alone."""
    for table in TABLES:
        yield table.name, canonical_table(round_, table.name)


def canonical_table(round_: Round, name: str) -> str:
    """The CSV text of the round's table of that name."""
    table = next(table for table in TABLES if table.name == name)
    sheet = StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(column.name for column in table.columns if column.name != "postcode")
    writer.writerows(sorted(_ROWS[name](round_)))
    return sheet.getvalue()


def unavailable_words(moments: Iterable[HalfDay]) -> str:
    """Half-days as the ``unavailable`` column writes them: dates, or dates with AM or PM."""
    given = set(moments)
    days = sorted({day_of(moment) for moment in given})
    words = []
    for day in days:
        halves = [half for i, half in enumerate(HALVES) if 2 * day.toordinal() + i in given]
        words.append(day.isoformat() if len(halves) == len(HALVES) else f"{day.isoformat()} {halves[0]}")
    return ";".join(words)


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _yes(value: bool) -> str:  # noqa: FBT001
    return "Y" if value else "N"


def _place(point: Point | None) -> Cells:
    return ("", "") if point is None else (repr(float(point.latitude)), repr(float(point.longitude)))


def _day(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def _list(values: Iterable[str]) -> str:
    return ";".join(sorted(values))


def _schools(round_: Round) -> Iterator[Cells]:
    for school in round_.schools.values():
        limits = (_number(school.max_out_per_half_day), _number(school.coach_seats_per_half_day))
        contact = (school.contact_name, school.contact_email)
        yield (school.urn, school.name, school.type, *_place(school.place), *limits, *contact)


def _students(round_: Round) -> Iterator[Cells]:
    for student in round_.students.values():
        yield (
            student.student_id,
            student.urn,
            str(student.year_group),
            _yes(student.fsm),
            _yes(student.ever6),
            student.sen_status,
            _yes(student.in_care),
            _yes(student.neet_risk),
            _list(student.accommodations),
            _yes(student.support),
            _list(student.released),
            *_place(student.home),
            "" if student.max_travel_km is None else repr(float(student.max_travel_km)),
            _number(student.max_experiences),
            _yes(student.available),
            unavailable_words(student.unavailable) if student.unavailable else "",
            student.name,
        )


def _employers(round_: Round) -> Iterator[Cells]:
    for employer in round_.employers.values():
        yield (
            employer.employer_id,
            employer.name,
            employer.sector,
            _number(employer.max_students_per_half_day),
            _number(employer.max_students),
            _day(employer.cleared_until),
            employer.contact_name,
            employer.contact_email,
        )


def _experiences(round_: Round) -> Iterator[Cells]:
    for experience in round_.experiences.values():
        yield (
            experience.experience_id,
            experience.employer_id,
            experience.title,
            experience.tier,
            experience.delivery,
            experience.grouping,
            ";".join(str(year) for year in sorted(experience.year_groups)),
            experience.sector,
            *_place(experience.site),
            _list(experience.accommodations),
            _meaningful(experience),
        )


def _meaningful(experience: Experience) -> str:
    if not experience.criteria_stated:
        return ""
    return _list(experience.criteria) if experience.criteria else str(experience.criteria_met)


def _slots(round_: Round) -> Iterator[Cells]:
    for slot in round_.slots.values():
        group = round_.experiences[slot.experience_id].grouping == "group"
        yield (
            slot.slot_id,
            slot.experience_id,
            slot.date.isoformat(),
            slot.half,
            str(slot.half_days),
            "" if group else str(slot.capacity),
            *((str(slot.groups), str(slot.group_min), str(slot.group_max)) if group else ("", "", "")),
            str(slot.support_places),
            str(slot.reserved),
            slot.urn,
        )


def _preferences(round_: Round) -> Iterator[Cells]:
    for row in round_.preferences:
        yield row.student_id, str(row.rank), row.kind, row.value


def _history(round_: Round) -> Iterator[Cells]:
    for row in round_.history:
        when = (row.academic_year, str(row.year_group))
        what = (row.tier, row.sector, row.employer_id, row.experience_id, str(row.half_days), _yes(row.counts))
        yield (row.student_id, *when, *what)


def _calendar(round_: Round) -> Iterator[Cells]:
    for row in round_.calendar:
        for day in sorted({day_of(moment) for moment in row.half_days}):
            halves = [half_of(moment) for moment in row.half_days if day_of(moment) == day]
            half = "" if len(halves) == len(HALVES) else halves[0]
            yield row.urn, day.isoformat(), half, _number(row.year_group)


def _barriers(round_: Round) -> Iterator[Cells]:
    for barrier in round_.barriers:
        for seq, point in enumerate(barrier.line, 1):
            yield (barrier.barrier_id, str(seq), *_place(point))


def _crossings(round_: Round) -> Iterator[Cells]:
    for barrier in round_.barriers:
        for name, point in barrier.crossings:
            yield (barrier.barrier_id, name, *_place(point))


def _travel(round_: Round) -> Iterator[Cells]:
    for row in round_.travel:
        yield row.origin, row.experience_id, f"{row.tenths // 10}.{row.tenths % 10}"


def _decisions(round_: Round) -> Iterator[Cells]:
    for row in round_.decisions:
        what = (row.slot_id, row.experience_id, row.employer_id, row.other_student_id)
        yield (row.kind, row.student_id, *what, row.reason, row.by)


def _baseline(round_: Round) -> Iterator[Cells]:
    for row in round_.baseline:
        yield row.student_id, row.slot_id, _yes(row.notified)


_ROWS: dict[str, Callable[[Round], Iterable[Cells]]] = {
    "schools": _schools,
    "students": _students,
    "employers": _employers,
    "experiences": _experiences,
    "slots": _slots,
    "preferences": _preferences,
    "history": _history,
    "calendar": _calendar,
    "barriers": _barriers,
    "crossings": _crossings,
    "travel": _travel,
    "decisions": _decisions,
    "baseline": _baseline,
}
"""By table, its rows in the order of the declared columns, the postcode left out."""
