"""The two tables that an allocation is published as: ``allocations.csv`` and ``unplaced.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spreadsheet import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.given import Given
    from engine.reasons import Unplaced

ALLOCATION_COLUMNS: tuple[str, ...] = (
    "student_id",
    "urn",
    "slot_id",
    "experience_id",
    "employer_id",
    "tier",
    "date",
    "half",
    "half_days",
    "group",
    "travel_km",
    "preference_rank",
    "preference_points",
)
UNPLACED_COLUMNS: tuple[str, ...] = ("student_id", "urn", "reason", "detail", "change")


def allocations_csv(rows: Iterable[Given]) -> bytes:
    """``allocations.csv`` from rows that are already in its order."""
    return csv_text(ALLOCATION_COLUMNS, (_allocation_row(row) for row in rows)).encode()


def unplaced_csv(unplaced: Iterable[Unplaced]) -> bytes:
    """``unplaced.csv``, a row for every student without a slot, in the order given (ascending student)."""
    rows = ((each.student_id, each.urn, each.reason, each.detail, each.change) for each in unplaced)
    return csv_text(UNPLACED_COLUMNS, rows).encode()


def kilometres(tenths: int | None) -> str:
    """Tenths of a kilometre with one decimal; blank where there is no route."""
    return "" if tenths is None else f"{tenths // 10}.{tenths % 10}"


def _allocation_row(row: Given) -> tuple[str, ...]:
    return (
        row.student.student_id,
        row.student.urn,
        row.slot.slot_id,
        row.experience.experience_id,
        row.employer.employer_id,
        row.experience.tier,
        row.slot.date.isoformat(),
        row.slot.half,
        str(row.slot.half_days),
        row.group,
        kilometres(row.tenths),
        str(row.rank) if row.rank else "",
        str(row.points),
    )
