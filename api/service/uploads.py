"""A table as somebody sends it, read with what they may see of the round: every fault and what would change."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.service.assembling import folder_of
from api.store.documents import Sheet
from api.store.ownership import named_sheet
from engine.columns import EDGES
from engine.csvtext import Rows
from engine.domain import Note
from engine.faults import Fault
from engine.intake import take_in
from engine.problems import write_problems
from engine.rawtables import find_tables
from engine.schema import heading_key, match_headings
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


WORKBOOK_START = b"PK"
NOT_FILLED_IN = "Rows of preferences with a student and no choice: left out, for they ask for nothing."
_TABLES = {table.name: table for table in TABLES}


@dataclass(frozen=True, slots=True)
class Upload:
    """A table as a file: CSV or a workbook, as its first bytes say."""

    table: str
    content: bytes

    @property
    def name(self) -> str:
        """The file's name as a round's folder has it."""
        return f"{self.table}.{'xlsx' if self.content.startswith(WORKBOOK_START) else 'csv'}"


@dataclass(frozen=True, slots=True)
class Difference:
    """The keys of rows that would be new, changed or removed; a row without a key of its own is new or removed."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an upload says: its rows, its faults and notes, and the sender's file with a Problems column if faulty."""

    sheet: Sheet
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    problems: bytes | None


def read_upload(upload: Upload, around: Mapping[str, bytes]) -> Reading:
    """Read the upload amid the round's other files; faults of other tables are not the sender's and are left out."""
    with _beside(upload, around) as folder:
        intake = take_in(folder)
        faults = tuple(fault for fault in intake.faults if heading_key(fault.table) == upload.table)
        found, left = _filled_in(upload.table, find_tables(folder).rows.get(upload.table))
        faults = tuple(fault for fault in faults if not (fault.code == "missing_value" and fault.row in left))
        sheet = named_sheet(_TABLES[upload.table], found) if found is not None and found.rows else Sheet((), ())
        if not sheet.columns and not faults:
            faults = (Fault(upload.table, 0, "", "", "missing_table", "There is nothing in it, not even a header."),)
        problems = _given_back(folder, upload, faults) if faults else None
    notes = tuple(note for note in intake.notes if note.code in {"unused_column", f"stale_{upload.table}"})
    notes += (Note("not_filled_in", NOT_FILLED_IN, len(left)),) if left else ()
    return Reading(sheet, faults, notes, problems)


def difference(table: str, before: Sheet | None, after: Sheet) -> Difference:
    """What would change, by the table's key."""
    key = _TABLES[table].key
    old, new = (_by_key(key, sheet) if sheet is not None else {} for sheet in (before, after))
    return Difference(
        tuple(each for each in new if each not in old),
        tuple(each for each in new if each in old and old[each] != new[each]),
        tuple(each for each in old if each not in new),
    )


@contextmanager
def _beside(upload: Upload, around: Mapping[str, bytes]) -> Iterator[Path]:
    others = {name: content for name, content in around.items() if name.rpartition(".")[0] != upload.table}
    with folder_of({**others, upload.name: upload.content}) as folder:
        yield folder


def _filled_in(table: str, found: Rows | None) -> tuple[Rows | None, frozenset[int]]:
    """The table less rows that name a student and no choice, as in a sheet that was not filled in to its end.

    With the numbers of those rows: they ask for nothing, which is no fault in a table that somebody sends.
    """
    if table != "preferences" or found is None or not found.rows:
        return found, frozenset()
    places = match_headings(_TABLES[table], found.rows[0]).position
    if not {"student_id", "value"} <= places.keys():
        return found, frozenset()
    body = list(zip(found.numbers, found.rows, strict=True))[1:]
    left = frozenset(
        number for number, row in body if _cell(row, places["student_id"]) and not _cell(row, places["value"])
    )
    kept = [(number, row) for number, row in body if number not in left]
    return Rows([found.numbers[0], *(n for n, _ in kept)], [found.rows[0], *(row for _, row in kept)]), left


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip(EDGES) if place < len(row) else ""


def _given_back(folder: Path, upload: Upload, faults: Sequence[Fault]) -> bytes | None:
    out = folder.parent / "back"
    written = write_problems(folder, list(faults), out)
    own = next((path for path in written if path.name == upload.name), None)
    return own.read_bytes() if own is not None else None


def _by_key(key: tuple[str, ...], sheet: Sheet) -> dict[str, dict[str, str]]:
    """Rows without blanks by their key, else by all that they say."""
    rows = [{column: cell for column, cell in record.items() if cell} for record in sheet.records()]
    if key:
        return {" ".join(row.get(column, "") for column in key): row for row in rows}
    return {" ".join(row.values()): row for row in rows}
