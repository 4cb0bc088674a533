"""Turns tables without a fault into the frozen facts of a round, in an order that owes nothing to the rows'."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from functools import cache
from operator import attrgetter, itemgetter
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
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from engine.columns import Cells, Mask, Parsed
    from engine.domain import HalfDay
    from engine.roundfile import RoundSettings

    Columns = dict[str, list[Any]]

Row = TypeVar("Row")
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
    columns = {name: _columns(parsed, live.get(name), places.get(name)) for name, parsed in tables.items()}
    employers = _by_id(_facts(Employer, columns["employers"]), "employer_id")
    experiences = _by_id(_facts(Experience, _with_criteria(columns["experiences"], employers)), "experience_id")
    slots = _facts(Slot, _with_half_days(columns["slots"], experiences, settings.closed_dates))
    return Round(
        name=settings.name,
        term=settings.term,
        academic_year=settings.academic_year,
        starts=settings.starts,
        ends=settings.ends,
        closed_dates=settings.closed_dates,
        seed=settings.seed,
        policy=settings.policy,
        schools=_by_id(_facts(School, columns["schools"]), "urn"),
        students=_by_id(_facts(Student, columns["students"]), "student_id"),
        employers=employers,
        experiences=experiences,
        slots=_by_id(slots, "slot_id"),
        preferences=_ordered(_facts(Preference, columns.get("preferences", {})), _PREFERENCE_ORDER),
        history=_ordered(_facts(HistoryRow, columns.get("history", {})), _HISTORY_ORDER),
        calendar=_calendar(columns.get("calendar", {})),
        barriers=_barriers(columns.get("barriers", {}), columns.get("crossings", {})),
        travel=_ordered(_facts(TravelRow, columns.get("travel", {})), _TRAVEL_ORDER),
        decisions=_ordered(set(_facts(Decision, columns.get("decisions", {}))), _DECISION_ORDER),
        baseline=_ordered(_facts(BaselineRow, columns.get("baseline", {})), _BASELINE_ORDER),
    )


def _columns(parsed: Parsed, live: Mask | None, places: Cells | None) -> Columns:
    """The rows to keep, as a list for each column, under the names of the facts' fields."""
    rows = np.arange(len(parsed.rows)) if live is None else np.flatnonzero(live)
    columns = {name: cells[rows].tolist() for name, cells in parsed.facts.items()}
    if places is not None:
        columns |= dict.fromkeys(("place", "home", "site"), places[rows].tolist())
    if "km" in columns:
        columns["tenths"] = columns["km"]
    return columns


def _facts(kind: Callable[..., Row], columns: Columns) -> Iterator[Row]:
    """One fact for each row, its fields taken from the columns of the same names; a whole column at a time is fast."""
    return map(kind, *(columns[field.name] for field in fields(kind))) if columns else iter(())  # type: ignore[arg-type]


def _by_id(facts: Iterable[Row], key: str) -> dict[str, Row]:
    named = {getattr(fact, key): fact for fact in facts}
    return {name: named[name] for name in sorted(named)}


def _ordered(facts: Iterable[Row], order: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(sorted(facts, key=attrgetter(*order)))


def _with_criteria(columns: Columns, employers: Mapping[str, Employer]) -> Columns:
    """The experiences' columns with the employer's sector where theirs is blank, and what the criteria come to."""
    meant = columns["meaningful"]
    sectors = zip(columns["sector"], columns["employer_id"], strict=True)
    return columns | {
        "sector": [sector or employers[employer].sector for sector, employer in sectors],
        "criteria_met": [meaning.met for meaning in meant],
        "criteria_stated": [meaning.stated for meaning in meant],
        "criteria": [meaning.criteria for meaning in meant],
    }


def _with_half_days(columns: Columns, experiences: Mapping[str, Experience], closed: frozenset[date]) -> Columns:
    """The slots' columns with the half-days they take; figures that their kind does not use are 0."""

    @cache
    def half_days(day: date, half: str, length: int) -> tuple[HalfDay, ...]:
        return occupied(day, half, length, closed)

    groups = [experiences[name].grouping == "group" for name in columns["experience_id"]]
    used = {
        name: [figure if group is wanted else 0 for figure, group in zip(columns[name], groups, strict=True)]
        for name, wanted in (("capacity", False), ("groups", True), ("group_min", True), ("group_max", True))
    }
    return (
        columns
        | used
        | {
            "occupies": list(map(half_days, columns["date"], columns["half"], columns["half_days"])),
            "starts_on_school_day": [is_school_day(day, closed) for day in columns["date"]],
        }
    )


def _calendar(columns: Columns) -> tuple[CalendarRow, ...]:
    rows = {
        CalendarRow(urn, tuple(half_day(day, name) for name in HALVES if half in {name, None}), year)
        for urn, day, half, year in _rows(columns, "urn", "date", "half", "year_group")
    }
    return tuple(sorted(rows, key=lambda row: (row.urn, row.half_days, row.year_group or 0)))


def _barriers(points: Columns, crossings: Columns) -> tuple[Barrier, ...]:
    lines: dict[str, list[tuple[int, Point]]] = defaultdict(list)
    for name, seq, latitude, longitude in _rows(points, "barrier_id", "seq", "latitude", "longitude"):
        lines[name].append((seq, Point(latitude, longitude)))
    across: dict[str, list[tuple[str, Point]]] = defaultdict(list)
    for name, crossing, latitude, longitude in _rows(crossings, "barrier_id", "crossing_id", "latitude", "longitude"):
        across[name].append((crossing, Point(latitude, longitude)))
    return tuple(
        Barrier(
            name,
            tuple(point for _, point in sorted(lines[name], key=itemgetter(0))),
            tuple(sorted(across[name], key=itemgetter(0))),
        )
        for name in sorted(lines)
    )


def _rows(columns: Columns, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(columns[name] for name in names), strict=True) if columns else iter(())
