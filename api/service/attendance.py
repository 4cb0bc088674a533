"""Who came: schools mark it once the round is published, and whoever is not marked came as allocated."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

from api.errors import ConflictError, NotFoundError, RefusedError
from api.people import OPERATOR
from api.service.offers import csv_bytes
from api.service.rounds import CLOSED, find_round
from api.service.runs import made_files
from api.service.scoping import own, require_role
from api.store import documents
from api.store.documents import Owner, Sheet
from engine.publication import ALLOCATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from api.store.model import RoundRow

TABLE = "attendance"
COLUMNS = ("student_id", "slot_id", "attended")
Mark = tuple[str, str, bool]
"""A student, a slot, and whether the student came."""


def mark_attendance(
    database: Database, actor: Actor, round_id: str, urn: str, marks: Sequence[Mark], *, expected: int | None = None
) -> int:
    """Keep what the school marked as its next version, and return its number.

    Raises ``RefusedError`` naming every pair that the school was not allocated or that is marked twice.
    """
    owner = own(actor, "school", urn, writes=True)
    allocated = _allocated_to(database, round_id, urn)
    marked = Counter((student, slot) for student, slot, _ in marks)
    wrong = sorted(pair for pair, times in marked.items() if pair not in allocated or times > 1)
    if wrong:
        named = ", ".join(" ".join(pair) for pair in wrong)
        raise RefusedError(f"not allocated to this school, or marked twice: {named}")
    sheet = Sheet.of(COLUMNS, [(student, slot, "Y" if came else "N") for student, slot, came in marks])
    with database.writing(actor) as session:
        _require_shown(find_round(session, round_id))
        return documents.write(session, actor, round_id, TABLE, owner, sheet, expected=expected).version


def read_attendance(session: Session, actor: Actor, round_id: str, urn: str) -> tuple[Sheet, int]:
    """What the school marked, and its version; nothing and 0 where it marked nothing."""
    owner = own(actor, "school", urn)
    find_round(session, round_id)
    sheet = documents.sheet_of(session, round_id, TABLE, owner) or Sheet.of(COLUMNS, [])
    return sheet, documents.newest_version(session, round_id, TABLE, owner)


def attended_rows(session: Session, actor: Actor, round_id: str) -> bytes:
    """The published ``allocations.csv`` of a closed round, less those who did not come: what history is made from."""
    require_role(actor, "hub", "auditor")
    row = find_round(session, round_id)
    if row.state != CLOSED:
        raise ConflictError(f"the round is {row.state}; who came is settled when it is closed")
    if row.purged_at is not None:
        raise NotFoundError("the round's personal data were purged")
    absent = {
        (record["student_id"], record["slot_id"])
        for document in documents.current(session, round_id, tables=[TABLE])
        for record in Sheet.read(document.body or "").records()
        if record["attended"] == "N"
    }
    head, *rows = _published(session, row.published_run or "")
    student, slot = head.index("student_id"), head.index("slot_id")
    return csv_bytes(Sheet.of(head, [each for each in rows if (each[student], each[slot]) not in absent]))


def _require_shown(row: RoundRow) -> None:
    """A round that is prepared to be published again is still marked as it is published."""
    if row.published_run is None or row.state == CLOSED:
        raise ConflictError(f"the round is {row.state}; who came is marked once it is published, until it is closed")


def _allocated_to(database: Database, round_id: str, urn: str) -> set[tuple[str, str]]:
    """The school's own pairs; the table of all schools is read for it here, and only its own rows are used."""
    with database.reading(OPERATOR) as session:
        row = find_round(session, round_id)
        _require_shown(row)
        if documents.sheet_of(session, round_id, "schools", Owner("school", urn)) is None:
            raise NotFoundError(f"there is no school {urn} in the round")
        head, *rows = _published(session, row.published_run or "")
    places = [head.index(name) for name in ("urn", "student_id", "slot_id")]
    return {(each[places[1]], each[places[2]]) for each in rows if each[places[0]] == urn}


def _published(session: Session, run_id: str) -> list[list[str]]:
    """The published table cell for cell, its header first."""
    content = made_files(session, run_id, [ALLOCATIONS])[ALLOCATIONS].decode()
    return list(csv.reader(StringIO(content, newline="")))
