"""Reading an .xlsx workbook as sheets of text, at arm's length: a limited child does it, after a guard has looked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from engine.faults import Fault, RoundRefusedError
from engine.formula_cells import UnsavedFormula
from engine.limited_child import Limits, run_limited
from engine.schema import heading_key, match_headings
from engine.sentences import shortened
from engine.tables import TABLES

Rows = list[list[str]]
_TABLES = {table.name: table for table in TABLES}
READER = "engine.workbook_reader"
LIMITS = Limits(seconds=120.0, megabytes=2_048)
ANSWERS = {
    "time": "The workbook takes longer than {seconds:.0f} seconds to read.",
    "memory": "The workbook needs more than {megabytes} MB of memory to read.",
    "crash": "The workbook is damaged: it cannot be read as a spreadsheet.",
}
UNSAVED = (
    "This cell holds a formula whose result was never saved. Open the workbook in the spreadsheet program and save it "
    "again, or paste the column as values."
)
ADVICE = {
    "time": " Delete what is not part of the round's tables (empty rows and columns, other sheets) and save it again.",
    "memory": " Often a stray value or formatting lies far below or to the right of the table: delete the empty rows "
    "and columns and save it again, or give the tables as CSV files.",
    "crash": " Open it in the spreadsheet program, save it again as .xlsx, and copy the whole file.",
}


@dataclass(frozen=True, slots=True)
class Sheets:
    """A workbook read: the rows of every sheet, the formulas whose results were never saved, and their faults."""

    rows: dict[str, Rows]
    unsaved: list[UnsavedFormula]
    faults: list[Fault]


def read_workbook(path: str | Path, limits: Limits = LIMITS) -> dict[str, Rows]:
    """Every sheet of the workbook, in order: its name, and its rows from row 1 on as text cells from column A on.

    Rows of a sheet are equally long, but an empty row is ``[]``; empty rows after the last filled one are left out.
    Dates are ISO, whole numbers have no decimal point, booleans are Y and N, a formula is its saved result and an
    error shows as itself (``#N/A``). Raises ``RoundRefusedError``: ``hostile_file`` when the file cannot be read
    safely, ``missing_value`` for formulas in a table whose results were never saved.
    """
    sheets = read_sheets(path, limits)
    if sheets.faults:
        raise RoundRefusedError(sheets.faults)
    return sheets.rows


def read_sheets(path: str | Path, limits: Limits = LIMITS) -> Sheets:
    """As ``read_workbook``, with a formula that has no result as a fault beside the sheets, its cell blank."""
    path = Path(path)
    if not path.is_file():
        raise _refused(path, "missing_table", "There is no such workbook.")
    finished = run_limited(READER, [str(path.absolute())], limits)
    if finished.ending != "done":
        answer = ANSWERS[finished.ending].format(seconds=limits.seconds, megabytes=limits.megabytes)
        raise _refused(path, "hostile_file", answer + ADVICE[finished.ending])
    found = json.loads(finished.output)
    if "refused" in found:
        raise _refused(path, "hostile_file", found["refused"])
    rows: dict[str, Rows] = found["sheets"]
    unsaved = [UnsavedFormula(*each) for each in found["unsaved"]]
    faults = (_named(formula, rows) for formula in unsaved)
    return Sheets(rows, unsaved, [fault for fault in faults if fault])


def _named(formula: UnsavedFormula, rows: dict[str, Rows]) -> Fault | None:
    """The fault of a formula without a result, by its column's heading; ``None`` where no table needs that column.

    A sheet named like a table is that table; in a workbook of one table the first sheet is, whatever its name.
    """
    table = _TABLES.get(heading_key(formula.sheet))
    if table is None and formula.sheet != next(iter(rows)):
        return None
    header = next((row for row in rows[formula.sheet] if any(row)), [])
    heading = header[formula.column] if formula.column < len(header) else ""
    columns = {place: name for name, place in match_headings(table, header).position.items()} if table else {}
    name = columns.get(formula.column, "" if table else heading)
    if not name:
        return None
    where = table.name if table else formula.sheet
    return Fault(where, formula.row + 1, name, shortened(formula.text), "missing_value", UNSAVED)


def _refused(path: Path, code: str, message: str) -> RoundRefusedError:
    return RoundRefusedError([Fault(path.name, 0, "", "", code, message)])
