"""A preferences sheet as it comes back, less the columns that only told the teacher something, and less empty choices.

A row with a student and no choice asks for nothing. That is no fault in a table that somebody sends, and the sender is
told how many such rows there are.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from engine.columns import EDGES
from engine.csvtext import Rows
from engine.domain import Note
from engine.preference_sheet import TOLD
from engine.schema import match_headings
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = "Rows of preferences with a student and no choice: left out, for they ask for nothing."
MARK = TOLD[-1]
"""The column by which a sheet of Foothold's is known."""
PREFERENCES = next(table for table in TABLES if table.name == "preferences")


@dataclass(frozen=True, slots=True)
class FilledIn:
    """The rows that say something, as they were numbered, how many do not, and whether this is less than was sent."""

    rows: Rows
    left: int = 0
    less: bool = False

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the sender is told."""
        return (Note("not_filled_in", WORDS, self.left),) if self.left else ()

    def csv_bytes(self) -> bytes:
        """The rows as CSV with a blank line for each that is left out, so that every row keeps its number."""
        text = StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        there = dict(zip(self.rows.numbers, self.rows.rows, strict=True))
        writer.writerows(there.get(number, []) for number in range(1, max(there, default=0) + 1))
        return text.getvalue().encode()


def filled_in(table: str, found: Rows | None) -> FilledIn:
    """What of the table's rows, header first, somebody filled in; all of it for every table but preferences."""
    if found is None or not found.rows:
        return FilledIn(Rows([], []))
    header = found.rows[0]
    places = match_headings(PREFERENCES, header).position
    if table != PREFERENCES.name or not {"student_id", "value"} <= places.keys():
        return FilledIn(found)
    ours = {place for place, text in enumerate(header) if MARK in header and text in TOLD}
    kept = [
        (number, [cell for place, cell in enumerate(row) if place not in ours])
        for number, row in zip(found.numbers, found.rows, strict=True)
        if _cell(row, places["value"]) or not _cell(row, places["student_id"])
    ]
    left = len(found.rows) - len(kept)
    return FilledIn(Rows([number for number, _ in kept], [row for _, row in kept]), left, bool(left or ours))


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip(EDGES) if place < len(row) else ""
