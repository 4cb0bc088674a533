"""The user's own files given back with a Problems column: every fault of a row beside the row, in words.

Columns, order and values stay the user's; only what a spreadsheet would run is made harmless.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

from engine.csvtext import FileRefusedError, read_csv_rows
from engine.diagnosis import REFUSAL, tells_a_diagnosis
from engine.problems_workbook import COLUMN, give_back_workbook, problems_position
from engine.schema import heading_key
from engine.spreadsheet import plain_cell, write_csv
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from engine.faults import Fault
    from engine.schema import Table

LIST = "problems.csv"
LIST_HEADER = ("table", "row", "column", "value", "code", "problem")
NOT_MARKED = "This workbook could not be given back with a Problems column; the problems in it are listed here."
_TABLES = {table.name: table for table in TABLES}

RowProblems = dict[int, str]
"""By row number, as a spreadsheet shows it, all that row's faults in words."""


def write_problems(path: Path, faults: list[Fault], out: Path) -> list[Path]:
    """Write to the folder ``out`` each file of the round that has faulty rows, with a Problems column at its end.

    A CSV file comes back as UTF-8 CSV under its own name, a workbook as a workbook with one more sheet that lists
    everything. ``problems.csv`` lists every fault of every table, those of whole tables and of ``round.toml`` too; it
    is left out where one workbook says it all. Returns the files written. Raises ``FileExistsError`` rather than write
    over the files that it was given.
    """
    folder = path if path.is_dir() else path.parent
    if os.path.realpath(out) == os.path.realpath(folder):
        raise FileExistsError(f"The files given back would replace your own in {folder}; name another folder.")
    out.mkdir(parents=True, exist_ok=True)
    by_table = _by_table(faults)
    listed = [_list_row(fault) for fault in faults]
    if path.is_file() and path.suffix.lower() == ".xlsx":
        marked = give_back_workbook(path, by_table, [LIST_HEADER, *listed], out)
        if marked:
            return marked
        listed.append((path.name, "", "", "", "", NOT_MARKED))
        return [_write_list(listed, out)]
    written: list[Path] = []
    for file, tables in _files(path, by_table).items():
        if file.suffix.lower() == ".csv":
            written += _give_back_csv(file, _TABLES[tables[0]], by_table[tables[0]], out)
        else:
            written += give_back_workbook(file, {name: by_table[name] for name in tables}, [LIST_HEADER, *listed], out)
    return [*written, _write_list(listed, out)]


def row_words(faults: Iterable[Fault]) -> str:
    """All the faults of one row as one text, each with its column; a diagnosis is never repeated."""
    return " ".join(dict.fromkeys(_words(fault) for fault in faults))


def _words(fault: Fault) -> str:
    if fault.code == "diagnosis":
        column = "A column of this row" if tells_a_diagnosis(fault.column) else fault.column
        return f"{column}: this {REFUSAL}."
    return f"{fault.column}: {fault.message}" if fault.column else fault.message


def _by_table(faults: Iterable[Fault]) -> dict[str, RowProblems]:
    """The words for every faulty row below the header, by table."""
    rows: dict[str, dict[int, list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        if fault.row > 1:
            rows[heading_key(fault.table)][fault.row].append(fault)
    return {table: {row: row_words(found) for row, found in sorted(by_row.items())} for table, by_row in rows.items()}


def _list_row(fault: Fault) -> tuple[str, ...]:
    row = str(fault.row) if fault.row else "whole table"
    if fault.code == "diagnosis":
        return fault.table, row, fault.column, "", fault.code, _words(fault)
    return fault.table, row, fault.column, fault.value, fault.code, fault.message


def _write_list(listed: Sequence[Sequence[str]], out: Path) -> Path:
    write_csv(out / LIST, LIST_HEADER, listed, bom=True)
    return out / LIST


def _files(path: Path, by_table: Mapping[str, RowProblems]) -> dict[Path, list[str]]:
    """The files to give back, each with the faulty tables in it; a folder may hold a workbook in place of tables."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    found: dict[Path, list[str]] = {}
    for name in by_table:
        if name in _TABLES:
            own = [
                file for file in files if heading_key(file.stem) == name and file.suffix.lower() in {".csv", ".xlsx"}
            ]
            books = [file for file in files if file.suffix.lower() == ".xlsx"]
            for file in own or books[:1]:
                found.setdefault(file, []).append(name)
    return found


def _give_back_csv(file: Path, table: Table, problems: RowProblems, out: Path) -> list[Path]:
    """The CSV file with its Problems column; nothing where it cannot be read as rows at all."""
    try:
        numbers, rows = read_csv_rows(file, table)
    except FileRefusedError:
        return []
    header, position = problems_position(rows)
    lines: list[list[str]] = []
    for number, row in zip(numbers, rows, strict=True):
        lines.extend([] for _ in range(number - 1 - len(lines)))
        cells = [plain_cell(cell) for cell in row] + [""] * (position + 1 - len(row))
        cells[position] = COLUMN if number == numbers[header] else problems.get(number, "")
        lines.append(cells)
    write_csv(out / file.name, lines[0], lines[1:], bom=True)
    return [out / file.name]
