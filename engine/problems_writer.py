"""The child that writes Problems columns into a copy of a user's workbook.

Run as ``python -m engine.problems_writer FILE COPY`` by ``engine.problems_workbook`` only, the order on standard input.
"""

from __future__ import annotations

import json
import re
import sys
from copy import copy
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.styles import Font

from engine.limited_child import OUT_OF_MEMORY, take_limits
from engine.schema import heading_key
from engine.spreadsheet import fitting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "Problems"
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MOST_LISTED = 1_000_000
WIDTH = 60


def main(file: str, target: str) -> int:
    """Copy the workbook, formulas as their saved results, with what standard input says written into it."""
    take_limits()
    try:
        order: dict[str, Any] = json.load(sys.stdin)
        book = openpyxl.load_workbook(file, data_only=True, keep_links=False)
        for sheet, row, column, formula in order["unsaved"]:
            _put(book[sheet].cell(row + 1, column + 1), formula)
        for mark in order["marks"]:
            _mark(book[mark["sheet"]], mark)
        _list(book, order["listed"])
        book.save(target)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _mark(sheet: Worksheet, mark: dict[str, Any]) -> None:
    """Write the Problems column of one sheet."""
    column, header = mark["column"], mark["header"]
    for row, text in mark["texts"]:
        _put(sheet.cell(row, column), text)
    beside = sheet.cell(header, max(1, column - 1))
    sheet.cell(header, column).font = copy(beside.font) if beside.value is not None else Font(bold=True)
    sheet.column_dimensions[sheet.cell(header, column).column_letter].width = WIDTH


def _list(book: Workbook, listed: Sequence[Sequence[str]]) -> None:
    """Put a sheet of all the problems first, in place of the one of an earlier time."""
    for name in book.sheetnames:
        if heading_key(name) == heading_key(SHEET) and book[name].cell(1, 1).value == listed[0][0]:
            del book[name]
    sheet = book.create_sheet(SHEET, 0)
    for number, row in enumerate(listed[:MOST_LISTED], 1):
        for column, text in enumerate(row, 1):
            _put(sheet.cell(number, column), text)
    if len(listed) > MOST_LISTED:
        _put(sheet.cell(MOST_LISTED + 1, 1), f"and {len(listed) - MOST_LISTED} more")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["F"].width = 2 * WIDTH


def _put(cell: Cell, text: str) -> None:
    """Put text that stays text, whatever it begins with."""
    cell.value = UNPRINTABLE.sub("\ufffd", fitting(text)) if text else None
    if text:
        cell.data_type = "s"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
