"""An allocation as the folder that people and programs read: written whole or not at all, and read back."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING, Any

from engine.allocation import Allocation
from engine.certified import first_unproven, is_settled
from engine.collector import only_new_garbage
from engine.folders import require_replaceable, write_whole
from engine.given import given_rows
from engine.outputs import allocations_csv, unplaced_csv
from engine.reasons import unplaced_reasons
from engine.report import report_html
from engine.rosters import roster_files
from engine.school_lists import school_files
from engine.spreadsheet import plain_cell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.audit import Audit
    from engine.by_hand import ByHand
    from engine.domain import Round
    from engine.options import Options

ALLOCATIONS, UNPLACED, CERTIFICATE, REPORT = "allocations.csv", "unplaced.csv", "certificate.json", "report.html"
DELIMITERS = ",;\t"


def publish(
    round_: Round,
    options: Options,
    allocation: Allocation,
    certificate: Mapping[str, Any],
    audit: Audit,
    more_files: Mapping[str, bytes],
    out: Path,
) -> None:
    """Write the folder ``out``: the tables, the certificate, the report, rosters and school lists, and ``more_files``.

    An earlier folder of Foothold's is replaced whole. Raises ``FolderRefusedError`` for a folder that holds anything
    else, and ``ValueError`` for an allocation that the audit did not find clean, for nothing else is ever published.
    """
    if audit.breaches:
        raise ValueError(f"the audit found {len(audit.breaches)} breaches; such an allocation is not published")
    require_publishable(out)
    write_whole(out, {**more_files, **publication_files(round_, options, allocation, certificate, audit)})


@only_new_garbage()
def publication_files(
    round_: Round,
    options: Options,
    allocation: Allocation,
    certificate: Mapping[str, Any],
    audit: Audit,
    by_hand: ByHand | None = None,
) -> dict[str, bytes]:
    """The files that every such folder has, by its path in it; the same input gives the same bytes.

    ``by_hand`` says of an edited allocation what the run's own was, for the reasons of those whom the edit left out.
    """
    blocking = first_unproven(round_.policy, certificate)
    rows = given_rows(round_, options, allocation)
    unplaced = unplaced_reasons(
        round_,
        options,
        allocation,
        proven=is_settled(round_.policy, blocking),
        blocking_level=blocking,
        rows=rows,
    )
    unplaced = unplaced if by_hand is None else by_hand.reasons(unplaced)
    return {
        ALLOCATIONS: allocations_csv(rows),
        UNPLACED: unplaced_csv(unplaced),
        CERTIFICATE: certificate_json(certificate),
        REPORT: report_html(round_, options, rows, unplaced, certificate=certificate, audit=audit).encode(),
        **roster_files(round_, rows),
        **school_files(round_, rows, unplaced),
    }


def require_publishable(out: Path) -> None:
    """Refuse, before any work is done, a place where ``publish`` could not put its folder."""
    require_replaceable(out)


def certificate_json(certificate: Mapping[str, Any]) -> bytes:
    """The certificate as text that does not depend on the order in which it was made."""
    return (json.dumps(certificate, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


def read_allocation(folder: Path) -> Allocation:
    """The allocation of ``allocations.csv`` as it stands, edited by hand or not.

    Only ``student_id`` and ``slot_id`` are read; ids that the round does not know and repeated rows are kept for the
    audit. Raises ``ValueError`` for a table without those columns.
    """
    heads, rows = _table(folder)
    student, slot = heads.index("student_id"), heads.index("slot_id")
    return Allocation.of((_cell(row, student), _cell(row, slot)) for row in rows)


def read_schools(folder: Path) -> dict[str, str]:
    """The school's URN of every student in ``allocations.csv``, blank where the table does not say."""
    heads, rows = _table(folder)
    student, urn = heads.index("student_id"), heads.index("urn") if "urn" in heads else None
    return {_cell(row, student): "" if urn is None else _cell(row, urn) for row in rows}


def read_certificate(folder: Path) -> dict[str, Any]:
    """The certificate in the folder; raises ``ValueError`` where it is none."""
    certificate = json.loads(_text(folder / CERTIFICATE))
    if not isinstance(certificate, dict):
        raise ValueError(f"{folder / CERTIFICATE} is not a certificate")  # noqa: TRY004
    return certificate


def _table(folder: Path) -> tuple[list[str], list[list[str]]]:
    """The headings of ``allocations.csv``, and its rows that name a student or a slot."""
    rows = list(csv.reader(StringIO(_text(folder / ALLOCATIONS), newline=""), delimiter=_delimiter(folder)))
    heads = [_heading(cell) for cell in rows[0]] if rows else []
    if not {"student_id", "slot_id"} <= set(heads):
        raise ValueError(f"{folder / ALLOCATIONS} has no columns student_id and slot_id")
    named = (heads.index("student_id"), heads.index("slot_id"))
    return heads, [row for row in rows[1:] if any(_cell(row, column) for column in named)]


def _text(path: Path) -> str:
    """A file's text; spreadsheets save in UTF-8 or in cp1252."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _delimiter(folder: Path) -> str:
    """What divides the cells of the header: a spreadsheet may have saved with semicolons or tabs."""
    header = _text(folder / ALLOCATIONS).partition("\n")[0]
    return max(DELIMITERS, key=lambda delimiter: (header.count(delimiter), -DELIMITERS.index(delimiter)))


def _heading(cell: str) -> str:
    return "_".join(cell.strip().lower().replace("-", " ").replace("_", " ").split())


def _cell(row: list[str], column: int) -> str:
    return plain_cell(row[column].strip()) if column < len(row) else ""
