"""A user's workbook given back with Problems columns: where they go is decided here, a limited child writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.faults import RoundRefusedError
from engine.limited_child import Limits, run_limited
from engine.schema import heading_key
from engine.workbook import read_sheets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from engine.workbook import Rows

COLUMN = "Problems"
WRITER = "engine.problems_writer"
LIMITS = Limits(seconds=600.0, megabytes=3_072)


def problems_position(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """The header's place among the rows, and the Problems column's: after every cell, or where it was before."""
    header = next((i for i, row in enumerate(rows) if "".join(row).strip()), 0)
    headings = rows[header] if rows else []
    before = [i for i, heading in enumerate(headings) if heading_key(heading) == heading_key(COLUMN)]
    return header, before[-1] if before else max((len(row) for row in rows), default=0)


def give_back_workbook(
    file: Path, problems: Mapping[str, Mapping[int, str]], listed: Sequence[Sequence[str]], out: Path
) -> list[Path]:
    """Write the workbook into ``out`` with a Problems column in every faulty sheet and a sheet of all the problems.

    ``problems`` has the words by table and row number. Formulas come back as their results, and as text where no result
    was saved. Returns the file written, or nothing where the workbook cannot be opened safely.
    """
    try:
        read = read_sheets(file)
    except RoundRefusedError:
        return []
    sheets = read.rows
    order = {
        "marks": [
            _mark(sheet, sheets[sheet], rows)
            for table, rows in problems.items()
            for sheet in _sheets_of(table, sheets, alone=heading_key(file.stem) == table)
        ],
        "unsaved": read.unsaved,
        "listed": listed,
    }
    target, unfinished = out / file.name, out / f".{file.name}.unfinished"
    arguments = [str(file.absolute()), str(unfinished.absolute())]
    try:
        if run_limited(WRITER, arguments, LIMITS, json.dumps(order).encode()).ending != "done":
            return []
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return [target]


def _sheets_of(table: str, sheets: Mapping[str, Rows], *, alone: bool) -> list[str]:
    """The sheet read as the table: the first of its name that holds anything; the first of all in a file of its own."""
    named = [sheet for sheet in sheets if heading_key(sheet) == table]
    filled = [sheet for sheet in named if sheets[sheet]]
    return (filled or named or (list(sheets) if alone else []))[:1]


def _mark(sheet: str, rows: Rows, problems: Mapping[int, str]) -> dict[str, Any]:
    """What the child writes in one sheet: row numbers from 1, as openpyxl counts, and text."""
    header, position = problems_position(rows)
    before = [number for number, row in enumerate(rows, 1) if position < len(row) and row[position]]
    blanks = dict.fromkeys(before, "")
    texts = {**blanks, header + 1: COLUMN, **problems}
    return {"sheet": sheet, "column": position + 1, "header": header + 1, "texts": list(texts.items())}
