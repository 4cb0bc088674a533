"""Every cell of a table, read a column at a time: each distinct text is read once, and masks find the faults."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from engine.cells import UnreadableError
from engine.diagnosis import REFUSAL, names_a_diagnosis, offers_diagnosis
from engine.domain import Note
from engine.faults import Fault
from engine.schema import match_headings
from engine.sentences import cell_message, missing_column_message, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from engine.csvtext import Rows
    from engine.schema import Column, Table

    Cells = npt.NDArray[np.object_]
    Mask = npt.NDArray[np.bool_]

EDGES = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2007\u202f\u3000\u200b\u2060\ufeff"
"""What is trimmed from both ends of a cell: spaces of every kind, and marks of no width."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A table read: by column its trimmed text, its facts (the column's ``blank`` where blank or bad), its bad cells.

    ``header_row`` and ``rows`` are numbers that a spreadsheet shows; a column that the header lacks has blank text.
    """

    table: Table
    header_row: int
    rows: npt.NDArray[np.int64]
    headings: dict[str, str]
    text: dict[str, Cells]
    facts: dict[str, Cells]
    bad: dict[str, Mask]

    def blank(self, column: str) -> Mask:
        """Where the column's cell is blank."""
        return np.asarray(self.text[column] == "", dtype=bool)

    def good(self, column: str) -> Mask:
        """Where the column's cell is given and can be read."""
        return ~self.bad[column] & ~self.blank(column)

    def fault(self, i: int | np.integer, column: str, code: str, message: str) -> Fault:
        """A fault of the ``i``-th row."""
        return Fault(self.table.name, int(self.rows[i]), column, shortened(self.text[column][i]), code, message)

    def faults_where(self, mask: Mask, column: str, code: str, message: str = "") -> list[Fault]:
        """A fault of ``code`` in ``column`` for every row of the mask, with the code's own message if none is given."""
        declared, heading = self.table.column(column), self.headings.get(column, "")
        return [
            self.fault(i, column, code, message or cell_message(declared, self.text[column][i], code, heading=heading))
            for i in np.flatnonzero(mask)
        ]


def read_table(table: Table, rows: Rows) -> tuple[Parsed, list[Fault], list[Note]]:
    """Read every cell of a table whose first row is its header, and say what is wrong with each."""
    header = [cell.strip(EDGES) for cell in rows.rows[0]] if rows.rows else []
    body, numbers = rows.rows[1:], np.array(rows.numbers[1:], dtype=np.int64)
    matched = match_headings(table, header)
    found = {name: header[i] for name, i in matched.position.items()}
    parsed = Parsed(table, rows.numbers[0] if rows.numbers else 1, numbers, found, {}, {}, {})
    cells = _by_column(body, len(header))
    faults = _heading_faults(parsed, [(header[i], name) for i, name in matched.repeated])
    for column in table.columns:
        position = matched.position.get(column.name)
        faults += _read_column(parsed, column, cells[position] if position is not None else [""] * len(body))
    faults += _surplus_faults(table, rows, len(header))
    unused = [(header[i], cells[i]) for i in range(len(header)) if i in matched.unused or not header[i]]
    if table.about_students:
        faults += [fault for heading, column in unused for fault in _diagnoses(parsed, heading, column)]
    return parsed, faults, _unused_note(table, [heading for heading, _ in unused if heading])


def _by_column(body: list[list[str]], width: int) -> list[Sequence[str]]:
    columns = list(zip_longest(*body, fillvalue=""))
    return [columns[i] if i < len(columns) else [""] * len(body) for i in range(width)]


def _read_column(parsed: Parsed, column: Column, cells: Sequence[str]) -> list[Fault]:
    codes, distinct = _distinct(cells)
    texts, values = np.empty(len(distinct), dtype=object), np.empty(len(distinct), dtype=object)
    failures: dict[int, UnreadableError] = {}
    required = column.required and column.name in parsed.headings
    for i, cell in enumerate(distinct):
        texts[i] = cell.strip(EDGES)
        try:
            values[i] = _read_cell(parsed.table, column, texts[i], required=required)
        except UnreadableError as error:
            values[i], failures[i] = column.blank, error
    wrong = np.zeros(len(distinct), dtype=bool)
    wrong[list(failures)] = True
    parsed.text[column.name], parsed.facts[column.name] = texts[codes], values[codes]
    parsed.bad[column.name] = wrong[codes]
    heading = parsed.headings.get(column.name, "")
    return [
        parsed.fault(i, column.name, code, cell_message(column, texts[codes[i]], code, error.items, heading=heading))
        for i in np.flatnonzero(parsed.bad[column.name])
        for error in (failures[codes[i]],)
        for code in error.codes
    ]


def _distinct(cells: Sequence[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The number of every cell's text among the distinct ones, and these in the order of their first cells."""
    number = {text: i for i, text in enumerate(dict.fromkeys(cells))}
    return np.fromiter(map(number.__getitem__, cells), dtype=np.int64, count=len(cells)), list(number)


def _read_cell(table: Table, column: Column, text: str, *, required: bool) -> object:
    if not text:
        if required:
            raise UnreadableError("missing_value")
        return column.blank
    try:
        return column.read(text)
    except UnreadableError as error:
        if table.about_students and not error.items and names_a_diagnosis(text):
            raise UnreadableError("diagnosis") from None
        raise


def _heading_faults(parsed: Parsed, repeated: list[tuple[str, str]]) -> list[Fault]:
    table, row = parsed.table, parsed.header_row
    missing = [column for column in table.columns if column.required and column.name not in parsed.headings]
    faults = [Fault(table.name, row, c.name, "", "missing_column", missing_column_message(c)) for c in missing]
    message = "Two columns have this heading; keep the one that is meant."
    return faults + [Fault(table.name, row, name, heading, "contradiction", message) for heading, name in repeated]


def _surplus_faults(table: Table, rows: Rows, width: int) -> list[Fault]:
    message = "This row has more cells than there are headings; put quotation marks round a cell that holds a comma."
    longer = [
        (number, "".join(row[width:]).strip(EDGES))
        for number, row in zip(rows.numbers[1:], rows.rows[1:], strict=True)
        if len(row) > width
    ]
    return [Fault(table.name, row, "", shortened(cell), "missing_column", message) for row, cell in longer if cell]


def _diagnoses(parsed: Parsed, heading: str, cells: Sequence[str]) -> list[Fault]:
    codes, distinct = _distinct(cells)
    refused = np.array([offers_diagnosis(heading, cell.strip(EDGES)) for cell in distinct], dtype=bool)
    if not refused.any():
        return []
    offered = [
        (int(parsed.rows[i]), shortened(distinct[codes[i]].strip(EDGES))) for i in np.flatnonzero(refused[codes])
    ]
    return [Fault(parsed.table.name, row, heading, cell, "diagnosis", f"“{cell}” {REFUSAL}.") for row, cell in offered]


def _unused_note(table: Table, headings: list[str]) -> list[Note]:
    if not headings:
        return []
    names = ", ".join(shortened(heading) for heading in headings)
    return [Note("unused_column", f"Columns of {table.name} that are not used: {names}.", len(headings))]
