"""Turns tables without a fault into the frozen facts of a round, in an order that owes nothing to the rows'."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from engine.calendar import HALVES, half_day, is_school_day, occupied
from engine.domain import (
    Barrier,
    BaselineRow,
    CalendarRow,
    Decision,
    Employer,
    Experience,
    HistoryRow,
    Point,
    Preference,
    Round,
    School,
    Slot,
    Student,
    TravelRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from engine.columns import Cells, Mask, Parsed
    from engine.domain import HalfDay
    from engine.roundfile import RoundSettings

    Record = dict[str, Any]

Row = TypeVar("Row")
_PLACE = ("postcode", "latitude", "longitude")
_PREFERENCE_ORDER = ("student_id", "kind", "rank", "value")
_HISTORY_ORDER = (
    "student_id",
    "academic_year",
    "year_group",
    "tier",
    "sector",
    "employer_id",
    "experience_id",
    "half_days",
    "counts",
)
_TRAVEL_ORDER = ("origin", "experience_id")
_DECISION_ORDER = (
    "kind",
    "student_id",
    "slot_id",
    "experience_id",
    "employer_id",
    "other_student_id",
    "reason",
    "by",
)
_BASELINE_ORDER = ("student_id", "slot_id")


def build_round(
    settings: RoundSettings,
    tables: Mapping[str, Parsed],
    places: Mapping[str, Cells],
    live: Mapping[str, Mask],
) -> Round:
    """The round of these tables, without hash and notes; ``live`` leaves out rows that name what is gone."""

    def rows(name: str) -> Iterator[Record]:
        return _records(tables[name], live.get(name), places.get(name)) if name in tables else iter(())

    employers = {record["employer_id"]: Employer(**record) for record in rows("employers")}
    experiences = {record["experience_id"]: _experience(record, employers) for record in rows("experiences")}
    return Round(
        name=settings.name,
        term=settings.term,
        academic_year=settings.academic_year,
        starts=settings.starts,
        ends=settings.ends,
        closed_dates=settings.closed_dates,
        seed=settings.seed,
        policy=settings.policy,
        schools=_by_id({record["urn"]: School(**record) for record in rows("schools")}),
        students=_by_id({record["student_id"]: _student(record) for record in rows("students")}),
        employers=_by_id(employers),
        experiences=_by_id(experiences),
        slots=_by_id(_slots(rows("slots"), experiences, settings.closed_dates)),
        preferences=_ordered((Preference(**record) for record in rows("preferences")), _PREFERENCE_ORDER),
        history=_ordered((HistoryRow(**record) for record in rows("history")), _HISTORY_ORDER),
        calendar=_calendar(rows("calendar")),
        barriers=_barriers(rows("barriers"), rows("crossings")),
        travel=_ordered((TravelRow(tenths=record.pop("km"), **record) for record in rows("travel")), _TRAVEL_ORDER),
        decisions=_ordered({Decision(**record) for record in rows("decisions")}, _DECISION_ORDER),
        baseline=_ordered((BaselineRow(**record) for record in rows("baseline")), _BASELINE_ORDER),
    )


def _records(parsed: Parsed, live: Mask | None, places: Cells | None) -> Iterator[Record]:
    """One dictionary per row, column to value; a table with places has ``place`` in its stead."""
    columns = {c.name: parsed.facts[c.name] for c in parsed.table.columns}
    if places is not None:
        columns = {name: values for name, values in columns.items() if name not in _PLACE} | {"place": places}
    rows = np.arange(len(parsed.rows)) if live is None else np.flatnonzero(live)
    names = tuple(columns)
    for cells in zip(*(values[rows].tolist() for values in columns.values()), strict=True):
        yield dict(zip(names, cells, strict=True))


def _by_id(facts: dict[str, Row]) -> dict[str, Row]:
    return {name: facts[name] for name in sorted(facts)}


def _ordered(facts: Iterable[Row], order: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(sorted(facts, key=attrgetter(*order)))


def _student(record: Record) -> Student:
    record["home"] = record.pop("place")
    return Student(**record)


def _experience(record: Record, employers: Mapping[str, Employer]) -> Experience:
    meaning = record.pop("meaningful")
    record["site"] = record.pop("place")
    record["sector"] = record["sector"] or employers[record["employer_id"]].sector
    return Experience(**record, criteria_met=meaning.met, criteria_stated=meaning.stated, criteria=meaning.criteria)


def _slots(
    records: Iterable[Record],
    experiences: Mapping[str, Experience],
    closed: frozenset[date],
) -> dict[str, Slot]:
    """Slots with the half-days they take; figures that their kind does not use are left at 0."""

    @cache
    def half_days(day: date, half: str, length: int) -> tuple[HalfDay, ...]:
        return occupied(day, half, length, closed)

    slots: dict[str, Slot] = {}
    for record in records:
        group = experiences[record["experience_id"]].grouping == "group"
        for name in ("capacity",) if group else ("groups", "group_min", "group_max"):
            record[name] = 0
        slots[record["slot_id"]] = Slot(
            **record,
            occupies=half_days(record["date"], record["half"], record["half_days"]),
            starts_on_school_day=is_school_day(record["date"], closed),
        )
    return slots


def _calendar(records: Iterable[Record]) -> tuple[CalendarRow, ...]:
    rows = {
        CalendarRow(
            record["urn"],
            tuple(half_day(record["date"], half) for half in HALVES if record["half"] in {half, None}),
            record["year_group"],
        )
        for record in records
    }
    return tuple(sorted(rows, key=lambda row: (row.urn, row.half_days, row.year_group or 0)))


def _barriers(points: Iterable[Record], crossings: Iterable[Record]) -> tuple[Barrier, ...]:
    lines: dict[str, list[tuple[int, Point]]] = defaultdict(list)
    for record in points:
        lines[record["barrier_id"]].append((record["seq"], Point(record["latitude"], record["longitude"])))
    across: dict[str, list[tuple[str, Point]]] = defaultdict(list)
    for record in crossings:
        across[record["barrier_id"]].append((record["crossing_id"], Point(record["latitude"], record["longitude"])))
    return tuple(
        Barrier(
            name,
            tuple(point for _, point in sorted(lines[name], key=lambda pair: pair[0])),
            tuple(sorted(across[name], key=lambda pair: pair[0])),
        )
        for name in sorted(lines)
    )
