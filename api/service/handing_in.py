"""Handing in an allocation that was edited by hand: audited at once, kept as a version, and made into a run to sign.

An override has the tables, the seed and the bounds of the run that was edited; whoever edits an override edits the run
that it was made from, so that what it costs is always told against what was proven.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from api.errors import AuditBreachedError, ConflictError, RefusedError
from api.service.asking import Asked, Basis, asked_before, finished_run, queue
from api.service.assembling import folder_of
from api.service.kinds import OVERRIDE
from api.service.offers import csv_bytes
from api.service.rounds import ALLOCATED, PUBLISHED, find_round, require_state
from api.service.scoping import require_role
from api.service.solved import solved_round
from api.service.uploads import WORKBOOK_START
from api.store import documents
from api.store.documents import HUB_OWN, Sheet
from engine.audit import audit
from engine.by_hand import ByHand
from engine.publication import ALLOCATIONS, read_allocation
from engine.schema import heading_key
from engine.workbook import read_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from api.store.model import RunRow
    from engine.allocation import Allocation

EDITED = "edited"
"""The table of the store that holds what was handed in."""
COLUMNS = ("student_id", "slot_id")
TABLE, WORKBOOK = "allocations", "allocations.xlsx"


def hand_in(database: Database, actor: Actor, run_id: str, idempotency_key: str, content: bytes, reason: str) -> RunRow:
    """Queue the override of a finished run by the edited table in ``content``; the same key again: the same run.

    Raises ``AuditBreachedError`` with every breach, ``ConflictError`` where the run could not be signed off now, and
    ``RefusedError`` for no table or for one that changes nothing; then nothing is kept.
    """
    require_role(actor, "hub")
    edited = edited_allocation(content)
    with database.reading(actor) as session:
        run = _solved(session, run_id)
        known = asked_before(session, run.round_id, idempotency_key) is not None
        edit = None if known else _audited(session, _fitting(session, run), edited)
    with database.writing(actor) as session:
        run = _solved(session, run_id)
        override = asked_before(session, run.round_id, idempotency_key)
        if override is None:
            assert edit is not None
            override = _queued(session, actor, _fitting(session, run), idempotency_key, edit, reason)
        elif (override.of_run, override.reason, _rows(session, override)) != (run.id, reason, _sheet(edited)):
            raise ConflictError("this Idempotency-Key asked for something else; take a new key")
        session.expunge(override)
        return override


def edited_allocation(content: bytes) -> Allocation:
    """The allocation of a CSV table or workbook that somebody edited; raises ``RefusedError`` where it is none.

    A workbook's sheet ``allocations`` is taken, else its first; one that cannot be read safely raises
    ``RoundRefusedError``.
    """
    with folder_of({WORKBOOK if content.startswith(WORKBOOK_START) else ALLOCATIONS: content}) as folder:
        if (folder / WORKBOOK).exists():
            (folder / ALLOCATIONS).write_bytes(_first_sheet(read_workbook(folder / WORKBOOK)))
        try:
            return read_allocation(folder)
        except (ValueError, csv.Error):
            raise RefusedError("send a table (CSV or .xlsx) with the columns student_id and slot_id") from None


def _first_sheet(sheets: Mapping[str, list[list[str]]]) -> bytes:
    """The sheet of allocations as CSV, less the empty rows that may stand above its header."""
    named = [rows for name, rows in sheets.items() if heading_key(name) == heading_key(TABLE)]
    header, *rows = [row for row in [*named, *sheets.values(), []][0] if any(row)] or [[]]
    return csv_bytes(Sheet.of(header, rows))


def _solved(session: Session, run_id: str) -> RunRow:
    """The run that solved what is edited."""
    run = finished_run(session, "", run_id)
    return finished_run(session, "", run.of_run or "") if run.kind == OVERRIDE else run


def _fitting(session: Session, run: RunRow) -> RunRow:
    """The run, if what is made of it could be signed off as the round is now; or ``ConflictError``."""
    row = find_round(session, run.round_id)
    require_state(row, ALLOCATED, PUBLISHED)
    if run.baseline_run != row.published_run:
        raise ConflictError("the run does not start from what is published now; run the round again and edit that")
    return run


def _audited(session: Session, run: RunRow, edited: Allocation) -> ByHand:
    round_, made = solved_round(session, run)
    found = audit(round_, edited)
    if found.breaches:
        raise AuditBreachedError(found.breaches)
    edit = ByHand(made, edited, settled=False)
    if not edit.added and not edit.removed:
        raise RefusedError("the table has the run's own rows: nothing was edited, so sign off the run itself")
    return edit


def _queued(session: Session, actor: Actor, run: RunRow, key: str, edit: ByHand, reason: str) -> RunRow:
    document = documents.write(session, actor, run.round_id, EDITED, HUB_OWN, _sheet(edit.after))
    basis = Basis(run.through, run.seed, of_run=run.id, baseline_run=run.baseline_run, edited=document.id)
    rows = {"rows": len(edit.after.assignments), "added": len(edit.added), "removed": len(edit.removed)}
    return queue(
        session, actor, run.round_id, key, Asked(kind=OVERRIDE, reason=reason), basis, edited=document.id, **rows
    )


def _sheet(edited: Allocation) -> Sheet:
    return Sheet.of(COLUMNS, [(row.student_id, row.slot_id) for row in edited.assignments])


def _rows(session: Session, run: RunRow) -> Sheet | None:
    document = documents.of_number(session, run.edited)
    return None if document is None or document.body is None else Sheet.read(document.body)
