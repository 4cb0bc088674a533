"""The child that reads a workbook: guard, parse, and write the sheets as JSON on standard output.

Run as ``python -m engine.workbook_reader FILE`` by ``engine.workbook`` only, under limits of time and memory.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from engine.formula_cells import formula_cells
from engine.limited_child import OUT_OF_MEMORY, take_limits
from engine.workbook_guard import HostileFileError, check_archive

Rows = list[list[str]]
Cell = str | bool | int | float | date | datetime | time | timedelta
DAMAGED = (
    "The workbook is damaged: it cannot be read as a spreadsheet. Open it in the spreadsheet program, save it again as "
    ".xlsx, and copy the whole file."
)
SURELY_WHOLE = 1e15
"""Up to here a float holds every whole number; spreadsheets keep fifteen digits."""


def main(file: str) -> int:
    """Read the file and write one JSON document: ``sheets`` and ``unsaved`` formulas, or why it is ``refused``."""
    take_limits()
    try:
        document = json.dumps(_answer(Path(file)))
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.write(document)
    return 0


def _answer(path: Path) -> dict[str, Any]:
    try:
        return _read(path)
    except HostileFileError as reason:
        return {"refused": str(reason)}
    except CalamineError:
        return {"refused": DAMAGED}


def _read(path: Path) -> dict[str, Any]:
    check_archive(path)
    cells = formula_cells(path)
    sheets: dict[str, Rows] = {}
    with CalamineWorkbook.from_path(path) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                sheets[sheet.name] = _rows(book.get_sheet_by_name(sheet.name), cells.errors.get(sheet.name, {}))
    return {"sheets": sheets, "unsaved": cells.unsaved}


def _rows(sheet: CalamineSheet, errors: dict[int, dict[int, str]]) -> Rows:
    """The sheet's rows as text, blank ones as ``[]``, from row 1 and column A whatever lies before the first value."""
    rows: Rows = []
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False)):
        texts = [cell if isinstance(cell, str) else text_of(cell) for cell in cells]
        for column, error in errors.get(number, {}).items():
            texts[column] = error
        rows.append(texts if any(texts) else [])
    while rows and not rows[-1]:
        rows.pop()
    return rows


def text_of(cell: Cell) -> str:
    """A cell's value as the text that the same table would hold as CSV."""
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < SURELY_WHOLE else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
