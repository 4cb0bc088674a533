"""Reading an .xlsx workbook as sheets of text, at arm's length: a limited child does it, after a guard has looked."""

from __future__ import annotations

import json
from pathlib import Path

from engine.faults import Fault, RoundRefusedError
from engine.limited_child import Limits, run_limited

Rows = list[list[str]]
READER = "engine.workbook_reader"
LIMITS = Limits(seconds=120.0, megabytes=2_048)
ANSWERS = {
    "time": "The workbook takes longer than {seconds:.0f} seconds to read.",
    "memory": "The workbook needs more than {megabytes} MB of memory to read.",
    "crash": "The workbook is damaged: it cannot be read as a spreadsheet.",
}
ADVICE = {
    "time": " Delete what is not part of the round's tables (empty rows and columns, other sheets) and save it again.",
    "memory": " Often a stray value or formatting lies far below or to the right of the table: delete the empty rows "
    "and columns and save it again, or give the tables as CSV files.",
    "crash": " Open it in the spreadsheet program, save it again as .xlsx, and copy the whole file.",
}
TABLES = frozenset(
    [
        "schools",
        "students",
        "employers",
        "experiences",
        "slots",
        "preferences",
        "history",
        "calendar",
        "barriers",
        "crossings",
        "travel",
        "decisions",
        "baseline",
    ]
)
"""Only in these sheets does a formula without a result matter; others are the user's own."""


def read_workbook(path: str | Path, limits: Limits = LIMITS) -> dict[str, Rows]:
    """Every sheet of the workbook, in order: its name, and its rows from row 1 on as text cells from column A on.

    Rows of a sheet are equally long, but an empty row is ``[]``; empty rows after the last filled one are left out.
    Dates are ISO, whole numbers have no decimal point, booleans are Y and N, a formula is its saved result and an
    error shows as itself (``#N/A``). Raises ``RoundRefusedError``: ``hostile_file`` when the file cannot be read
    safely, ``missing_value`` for formulas whose results were never saved.
    """
    path = Path(path)
    if not path.is_file():
        raise _refused(path, "missing_table", "There is no such workbook.")
    finished = run_limited(READER, [str(path.absolute())], limits)
    if finished.ending != "done":
        answer = ANSWERS[finished.ending].format(seconds=limits.seconds, megabytes=limits.megabytes)
        raise _refused(path, "hostile_file", answer + ADVICE[finished.ending])
    answer = json.loads(finished.output)
    if "refused" in answer:
        raise _refused(path, "hostile_file", answer["refused"])
    faults = [Fault(**fault) for fault in answer["faults"] if table_name(fault["table"]) in TABLES]
    if faults:
        raise RoundRefusedError(faults)
    sheets: dict[str, Rows] = answer["sheets"]
    return sheets


def table_name(sheet: str) -> str:
    """The sheet's name as a table's: lower case, without spaces, hyphens and underscores."""
    return "".join(letter for letter in sheet.lower() if letter not in " -_")


def _refused(path: Path, code: str, message: str) -> RoundRefusedError:
    return RoundRefusedError([Fault(path.name, 0, "", "", code, message)])
