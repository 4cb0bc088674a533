"""Tables that leave for a spreadsheet: CSV and XLSX in which no cell of ours is ever run as a formula."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

import xlsxwriter

from engine.text_workbook import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""What spreadsheets take for the start of a formula, the full-width forms of East Asian keyboards included."""
CONTROL_STARTS = "\t\r\n\x00"
PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
GUARD = "'"
LONGEST_CELL = 32_767
SHORT = LONGEST_CELL // 2
"""A cell of so many characters is never cut, whichever they are: a cell's room is counted in UTF-16."""
MOST_ROWS = 1_048_576
CUT = " ... (cut: a cell holds no more)"
MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""The fixed date inside every workbook, so that the same rows give the same bytes."""


def safe_cell(text: str) -> str:
    """The text as a CSV cell that no spreadsheet runs: an apostrophe goes before what would start a formula.

    Plain numbers (a longitude of -2.98) stay as they are. ``plain_cell`` takes the apostrophe off again.
    """
    if text[:1].isalnum():  # what begins no formula
        return text
    return GUARD + text if _would_run(text.lstrip(GUARD)) else text


def plain_cell(text: str) -> str:
    """The text that ``safe_cell`` was given: for reading back a file that Foothold wrote."""
    return text[1:] if text.startswith(GUARD) and _would_run(text.lstrip(GUARD)) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """The table as CSV text with safe cells and plain line feeds."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow([safe_cell(cell) for cell in header])
    # Most of a hub's millions of cells are nothing or begin with a letter: what runs begins with neither.
    writer.writerows([cell if not cell or cell[0].isalnum() else safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, bom: bool = False) -> None:
    """Write the table as UTF-8 CSV; ``bom`` is for files that people open in a spreadsheet."""
    path.write_bytes(csv_text(header, rows).encode("utf-8-sig" if bom else "utf-8"))


def write_xlsx(path: Path, sheet_name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a workbook of one sheet in which every cell is text; the same rows give the same bytes."""
    write_sheets(path, {sheet_name: [header, *rows]})


def write_sheets(path: Path, sheets: dict[str, list[Sequence[str]]]) -> None:
    """Write a workbook of several sheets of text, the first row of each in bold and kept in view."""
    path.write_bytes(xlsx_bytes(sheets))


def xlsx_bytes(sheets: dict[str, list[Sequence[str]]]) -> bytes:
    """The bytes of a workbook of several sheets of text; raises ``ValueError`` for more rows than a sheet holds."""
    if sheets and all(_is_plain(rows) for rows in sheets.values()):
        return _pattern(tuple(sheets)).filled(list(sheets.values()), [_widths(rows) for rows in sheets.values()])
    return _written(sheets)


def _is_plain(rows: list[Sequence[str]]) -> bool:
    """Whether a sheet is what ``Pattern`` can fill in: headings, rows that it holds, and no text that may be cut."""
    return (
        bool(rows)
        and any(rows[0])
        and len(rows) <= MOST_ROWS
        and all(max(map(len, row), default=0) <= SHORT for row in rows)
    )


@cache
def _pattern(names: tuple[str, ...]) -> Pattern:
    return Pattern.of(_written({name: [["-"]] for name in names}))


def _written(sheets: dict[str, list[Sequence[str]]]) -> bytes:
    """A workbook as xlsxwriter makes it."""
    content = io.BytesIO()
    book = new_book(content)
    for name, rows in sheets.items():
        add_sheet(book, name, rows)
    book.close()
    return content.getvalue()


def new_book(content: io.BytesIO) -> xlsxwriter.Workbook:
    """A workbook, to be closed into ``content``, in which no text is ever taken for a formula, a link or a number."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"created": MADE.replace(tzinfo=None)})
    return book


def add_sheet(book: xlsxwriter.Workbook, name: str, rows: list[Sequence[str]]) -> xlsxwriter.worksheet.Worksheet:
    """A sheet of text, the first row in bold and kept in view; ``ValueError`` for more rows than a sheet holds."""
    if len(rows) > MOST_ROWS:
        raise ValueError(f"Sheet {name} would need {len(rows)} rows; a sheet holds {MOST_ROWS}.")
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for row_number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(row_number, column, fitting(cell), bold if row_number == 0 else None)
    _widen(sheet, rows)
    return sheet


def fitting(cell: str) -> str:
    """The cell within what XLSX can hold; a cut is said in the cell itself, for writers drop or cut it silently."""
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - len(CUT)] + CUT


def _widen(sheet: xlsxwriter.worksheet.Worksheet, rows: list[Sequence[str]]) -> None:
    """Make each column as wide as it is to be."""
    for column, width in enumerate(_widths(rows)):
        sheet.set_column(column, column, width)


def _widths(rows: list[Sequence[str]]) -> list[int]:
    """For each column the characters that are wide enough for its first rows, within reason."""
    columns = zip_longest(*rows[:200], fillvalue="")
    return [min(60, max(8, 2 + max(map(len, cells)))) for cells in columns]


def _would_run(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula."""
    if text[:1] and text[0] in CONTROL_STARTS:
        return True
    start = text.lstrip()
    return len(start) > 1 and start[0] in FORMULA_STARTS and not PLAIN_NUMBER.fullmatch(start)
