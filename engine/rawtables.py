"""Where the tables of a round stand: in CSV files and workbooks of a folder, or in the sheets of one workbook.

Nothing here reads a cell's meaning: what comes out is text, with the row numbers that a spreadsheet shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.csvtext import FileRefusedError, Rows, leads_elsewhere, read_bytes, read_csv_rows
from engine.domain import Note
from engine.faults import Fault, RoundRefusedError
from engine.schema import heading_key
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SETTINGS = "round"
SETTINGS_FILE = "round.toml"
LARGEST_SETTINGS = 1_000_000
_TABLE_LIKE = frozenset({".csv", ".tsv", ".txt", ".toml", ".ods", ".xls", ".xlsm", ".xlsx"})
"""Files that may have been meant as tables; others in the folder are nobody's concern."""
_TABLES = {table.name: table for table in TABLES}


@dataclass(slots=True)
class Found:
    """What a folder or workbook offers: rows by table, and the settings as TOML bytes or as rows of a sheet.

    ``broken`` names the tables that are there and cannot be read, so that nothing more is said about them.
    """

    rows: dict[str, Rows] = field(default_factory=dict)
    toml: bytes | None = None
    settings_rows: Rows | None = None
    broken: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def find_tables(path: Path) -> Found:
    """Everything that the folder or workbook offers; never raises for what is in it."""
    if path.is_dir():
        return _from_folder(path)
    if path.exists():
        return _from_workbook(path)
    fault = Fault(SETTINGS, 0, "", path.name, "missing_table", "There is no folder or workbook of this name.")
    return Found(broken={SETTINGS, *_TABLES}, faults=[fault])


def _from_folder(folder: Path) -> Found:
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        fault = Fault(SETTINGS, 0, "", folder.name, "hostile_file", f"The folder cannot be opened ({error.strerror}).")
        return Found(broken={SETTINGS, *_TABLES}, faults=[fault])
    offers = {name: _files_of(name, files) for name in (*_TABLES, SETTINGS)}
    workbooks = [file for file in files if file.suffix.lower() == ".xlsx"]
    if not any(offers[name] for name in _TABLES) and len(workbooks) == 1:
        return _from_workbook(workbooks[0])
    found = Found()
    for name, candidates in offers.items():
        if len(candidates) > 1:
            names = " and ".join(file.name for file in candidates)
            _refuse(found, name, FileRefusedError("contradiction", f"{names} are both this table; keep one of them."))
        elif candidates:
            _read(found, name, candidates[0])
    used = {file for candidates in offers.values() for file in candidates}
    strays = [file.name for file in files if file not in used and file.suffix.lower() in _TABLE_LIKE]
    _note_unused(found, "unused_file", strays)
    return found


def _files_of(name: str, files: Iterable[Path]) -> list[Path]:
    suffixes = {".toml"} if name == SETTINGS else {".csv", ".xlsx"}
    return [file for file in files if file.suffix.lower() in suffixes and heading_key(file.stem) == name]


def _read(found: Found, name: str, file: Path) -> None:
    try:
        if name == SETTINGS:
            found.toml = read_bytes(file, LARGEST_SETTINGS)
        elif file.suffix.lower() == ".csv":
            found.rows[name] = read_csv_rows(file, _TABLES[name])
        else:
            sheets = _sheets(file)
            found.rows[name] = _filled(sheets.get(name) or next(iter(sheets.values()), []))
    except FileRefusedError as error:
        _refuse(found, name, error)
    except RoundRefusedError as error:
        found.broken.add(name)
        found.faults.extend(Fault(name, f.row, f.column, f.value, f.code, f.message) for f in error.faults)


def _from_workbook(file: Path) -> Found:
    """The sheets of one workbook, and the ``round.toml`` beside it where no sheet is named ``round``."""
    found = Found()
    try:
        sheets = _sheets(file)
    except FileRefusedError as error:
        _refuse(found, file.name, error)
    except RoundRefusedError as error:
        found.faults.extend(replace(fault, table=_table_of(fault.table)) for fault in error.faults)
        found.broken.add(file.name)
    if found.broken:
        found.broken.update({SETTINGS, *_TABLES})
        return found
    found.rows.update({name: _filled(rows) for name, rows in sheets.items() if name in _TABLES})
    if SETTINGS in sheets:
        found.settings_rows = _filled(sheets[SETTINGS])
    elif (file.parent / SETTINGS_FILE).exists():
        _read(found, SETTINGS, file.parent / SETTINGS_FILE)
    _note_unused(found, "unused_sheet", [name for name in sheets if name not in _TABLES and name != SETTINGS])
    return found


def _sheets(file: Path) -> dict[str, list[list[str]]]:
    """Sheets by name, as table names are matched; of two alike the first that holds anything."""
    from engine.workbook import read_workbook  # noqa: PLC0415 - only rounds in workbooks pay for it

    if leads_elsewhere(file) or not file.is_file():
        raise FileRefusedError("hostile_file", "This is not a plain file in its own folder.")
    sheets: dict[str, list[list[str]]] = {}
    for name, rows in read_workbook(file).items():
        if not sheets.get(heading_key(name)):
            sheets[heading_key(name)] = rows
    return sheets


def _table_of(sheet: str) -> str:
    return heading_key(sheet) if heading_key(sheet) in _TABLES else sheet


def _filled(rows: Iterable[list[str]]) -> Rows:
    kept = [(number, row) for number, row in enumerate(rows, 1) if "".join(row).strip()]
    return Rows([number for number, _ in kept], [row for _, row in kept])


def _refuse(found: Found, name: str, error: FileRefusedError) -> None:
    found.broken.add(name)
    found.faults.append(Fault(name, error.row, "", error.value, error.code, error.message))


def _note_unused(found: Found, code: str, names: list[str]) -> None:
    if names:
        sentence = f"Not used, since no table of a round has this name: {', '.join(names)}."
        found.notes.append(Note(code, sentence, len(names)))
