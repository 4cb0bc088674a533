"""A table as somebody sends it, read with what they may see of the round: every fault and what would change."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import RefusedError
from api.service.assembling import folder_of
from api.service.taken import taken_faults
from api.service.unfilled import filled_in
from api.store.documents import HUB_OWN, Sheet
from api.store.ownership import named_sheet
from engine.faults import Fault
from engine.intake import take_in
from engine.problems import write_problems
from engine.rawtables import find_tables
from engine.schema import heading_key
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from api.service.unfilled import FilledIn
    from api.store.documents import Owner
    from engine.domain import Note
    from engine.intake import Intake


WORKBOOK_START = b"PK"
MOST_CELLS = 10_000_000
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


def read_upload(
    upload: Upload, around: Mapping[str, bytes], *, sender: Owner = HUB_OWN, taken: Collection[str] = ()
) -> Reading:
    """Read the upload amid the round's other files; faults of other tables are not the sender's and are left out.

    What has an id that is ``taken`` by somebody else than the sender is a fault too.
    """
    with _beside(upload, around) as folder:
        found = filled_in(upload.table, find_tables(folder).rows.get(upload.table))
        require_bearable(max(map(len, found.rows.rows), default=0), len(found.rows.rows))
        intake = _intake(folder, upload, around, found)
        faults = tuple(fault for fault in intake.faults if heading_key(fault.table) == upload.table)
        faults += taken_faults(upload.table, found.rows, sender, taken)
        sheet = named_sheet(_TABLES[upload.table], found.rows) if found.rows.rows else Sheet((), ())
        if not sheet.columns and not faults:
            faults = (Fault(upload.table, 0, "", "", "missing_table", "There is nothing in it, not even a header."),)
        problems = _given_back(folder, upload, faults) if faults else None
    notes = tuple(note for note in intake.notes if _is_about(note, upload.table))
    return Reading(sheet, faults, (*notes, *found.notes), problems)


def difference(table: str, before: Sheet | None, after: Sheet) -> Difference:
    """What would change, by the table's key."""
    key = _TABLES[table].key
    old, new = (_by_key(key, sheet) if sheet is not None else {} for sheet in (before, after))
    return Difference(
        tuple(each for each in new if each not in old),
        tuple(each for each in new if each in old and old[each] != new[each]),
        tuple(each for each in old if each not in new),
    )


def require_bearable(columns: int, rows: int) -> None:
    """Refuse a table that is small as it is sent and huge once every row has every column."""
    if columns * rows > MOST_CELLS:
        raise RefusedError(
            f"a table of {columns:,} columns and {rows:,} rows is too large: with its empty cells it has at most "
            f"{MOST_CELLS:,}; take out what is not needed"
        )


@contextmanager
def _beside(upload: Upload, around: Mapping[str, bytes]) -> Iterator[Path]:
    others = {name: content for name, content in around.items() if name.rpartition(".")[0] != upload.table}
    with folder_of({**others, upload.name: upload.content}) as folder:
        yield folder


def _intake(folder: Path, upload: Upload, around: Mapping[str, bytes], found: FilledIn) -> Intake:
    if not found.less:
        return take_in(folder)
    with _beside(Upload(upload.table, found.csv_bytes()), around) as filled:
        return take_in(filled)


def _is_about(note: Note, table: str) -> bool:
    """Whether the note is about the table that was sent, and not about another of the round."""
    unused = note.code == "unused_column" and note.sentence.startswith(f"Columns of {table} ")
    return unused or note.code == f"stale_{table}"


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
