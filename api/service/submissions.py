"""What schools and the hub send: tables in versions, each with its faults and what it changes, never overwritten."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import ConflictError, NotFoundError
from api.service.assembling import round_files
from api.service.rounds import ALLOCATED, COLLECTING, FROZEN, PUBLISHED, find_round, require_state
from api.service.scoping import own, require_registered, require_role
from api.service.taken import ids_of_others
from api.service.uploads import Difference, difference, read_upload
from api.store import documents
from api.store.documents import HUB_OWN, Owner, Sheet
from api.store.ownership import ids_in, put_together, take_apart
from engine.csvtext import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.service.uploads import Reading, Upload
    from api.store.database import Database
    from api.store.documents import Facts
    from api.store.model import Document

SCHOOL_TABLES: tuple[str, ...] = ("students", "preferences", "history", "calendar")
HUB_TABLES: tuple[str, ...] = (
    "schools",
    "employers",
    "barriers",
    "crossings",
    "travel",
    "decisions",
    "baseline",
)
"""What only the hub sends; ``employers`` holds ``cleared_until``, which an employer can therefore not set."""
ABSENCES = frozenset({"students", "calendar"})
"""What a school may still send of a published round: who is absent or has left, and when it cannot release anybody."""
BESIDE_THE_ROUND = frozenset({"attendance", "edited"})
"""Tables of the store that are no part of what is solved."""
STUDENT, NAMED = "student_id", 5
BY_OWNER = {"schools": "school", "employers": "employer"}
NOT_STARTED, FAULTS, IN = "not started", "faults", "in"


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of an upload: the version written (0 on a dry run), its reading and what it changes."""

    version: int
    reading: Reading
    changes: Difference

    @property
    def accepted(self) -> bool:
        """Whether it is part of the round, or would be."""
        return not self.reading.faults


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a school is with one table."""

    urn: str
    table: str
    state: str
    version: int
    rows: int
    written_at: str


def submit_table(
    database: Database,
    actor: Actor,
    round_id: str,
    urn: str,
    upload: Upload,
    *,
    dry_run: bool = False,
    expected: int | None = None,
) -> Submission:
    """Keep the school's table as its next version; a faulty one is on record but not part of the round.

    Raises ``NotFoundError`` for a school that is not the actor's or not in the round, ``ConflictError`` once the round
    is frozen (a published one takes absences again, and no new students), ``ChangedError`` where ``expected`` is not
    the newest version.
    """
    owner = own(actor, "school", urn, writes=True)
    with database.reading(actor) as session:
        around = _around_school(session, round_id, owner, upload.table)
        before = documents.sheet_of(session, round_id, upload.table, owner)
    taken = ids_of_others(database, round_id, upload.table, owner)
    reading = read_upload(upload, around, sender=owner, taken=taken)
    changes = difference(upload.table, before, reading.sheet)
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_state(row, *_taken_in(upload.table))
        documents.require_version(documents.newest_version(session, round_id, upload.table, owner), expected)
        if row.state == PUBLISHED and upload.table == "students" and not reading.faults:
            _require_known_students(documents.sheets_of(session, round_id, upload.table, owner), reading.sheet)
        if dry_run:
            return Submission(0, reading, changes)
        faults = [fault.as_dict() for fault in reading.faults]
        written = documents.write(session, actor, round_id, upload.table, owner, reading.sheet, faults=faults)
        return Submission(written.version, reading, changes)


def submit_hub_table(
    database: Database, actor: Actor, round_id: str, upload: Upload, *, dry_run: bool = False, expected: int | None
) -> Submission:
    """Keep a table that only the hub sends, whole: rows that are left out of it are gone from the round.

    Faults are returned and nothing is kept. ``expected`` is the number of the newest document of the table.
    """
    require_role(actor, "hub")
    with database.reading(actor) as session:
        find_round(session, round_id)
        around = round_files(session, round_id, None)
        before = whole_table(session, round_id, upload.table)
    reading = read_upload(upload, around)
    changes = difference(upload.table, before, reading.sheet)
    if dry_run or reading.faults:
        return Submission(0, reading, changes)
    with database.writing(actor) as session:
        require_state(find_round(session, round_id), COLLECTING, FROZEN, ALLOCATED, PUBLISHED)
        documents.require_version(table_version(session, round_id, upload.table), expected)
        for owner, sheet in _parts(session, round_id, upload.table, reading.sheet).items():
            if documents.sheet_of(session, round_id, upload.table, owner) != sheet:
                documents.write(session, actor, round_id, upload.table, owner, sheet)
        return Submission(table_version(session, round_id, upload.table), reading, changes)


def whole_table(session: Session, round_id: str, table: str) -> Sheet | None:
    """A table of the round with all its owners' rows; ``None`` where nobody has sent any."""
    parts = documents.current(session, round_id, tables=[table])
    return put_together(table, [Sheet.read(part.body) for part in parts if part.body]) if parts else None


def table_version(session: Session, round_id: str, table: str) -> int:
    """The number of the newest document of the table, whoever owns it; 0 where there is none."""
    return max((part.id for part in documents.current(session, round_id, tables=[table])), default=0)


def newest_submission(session: Session, actor: Actor, round_id: str, urn: str, table: str) -> Document | None:
    """The school's newest version of the table, faulty or not."""
    owner = own(actor, "school", urn)
    find_round(session, round_id)
    return documents.newest(session, round_id, table, owner)


def standings(session: Session, actor: Actor, round_id: str, urns: Sequence[str]) -> list[Standing]:
    """How far each school is with its students and preferences; one question to the database for all of them."""
    find_round(session, round_id)
    for urn in urns:
        own(actor, "school", urn)
    newest = documents.newest_facts(session, round_id, SCHOOL_TABLES[:2], owners=urns)
    sent = {(each.owner_id, each.table_name): each for each in newest}
    return [_standing(urn, table, sent.get((urn, table))) for urn in urns for table in SCHOOL_TABLES[:2]]


def _standing(urn: str, table: str, sent: Facts | None) -> Standing:
    if sent is None:
        return Standing(urn, table, NOT_STARTED, 0, 0, "")
    return Standing(urn, table, sent.state, sent.version, sent.row_count, sent.written_at)


def _taken_in(table: str) -> tuple[str, ...]:
    """The states of a round in which it takes a school's table."""
    return (COLLECTING, PUBLISHED) if table in ABSENCES else (COLLECTING,)


def _require_known_students(before: Sequence[Sheet], after: Sheet) -> None:
    """Once the seed and the outcome are known nobody new comes in, and nobody under a new id, without the hub.

    Who was in any earlier version is not new: a school that left out too many puts them back.
    """
    new = sorted(set(ids_in(after, STUDENT)).difference(*(ids_in(sheet, STUDENT) for sheet in before)))
    if new:
        named = ", ".join(new[:NAMED]) + (" ..." if len(new) > NAMED else "")
        raise ConflictError(
            f"the round is published: it takes who is absent or has left, and no new students ({named}); for a late "
            "one the hub reopens the round"
        )


def _around_school(session: Session, round_id: str, owner: Owner, table: str) -> dict[str, bytes]:
    """The round as the school may see it: its own rows and the catalogue; nobody else's students."""
    require_state(find_round(session, round_id), *_taken_in(table))
    require_registered(session, round_id, owner)
    return round_files(session, round_id, None, seen_by=owner)


def _parts(session: Session, round_id: str, table: str, sheet: Sheet) -> dict[Owner, Sheet]:
    """The table by owner, with no rows for owners that have none any more."""
    if table not in BY_OWNER:
        return {HUB_OWN: sheet}
    numbers = list(range(1, len(sheet.rows) + 2))
    rows = Rows(numbers, [[*sheet.columns], *([*row] for row in sheet.rows)])
    parts = {owner: part for _, owner, part in take_apart({table: rows})}
    gone: dict[Owner, Sheet] = defaultdict(lambda: Sheet.of(sheet.columns, []))
    for document in documents.current(session, round_id, tables=[table]):
        owner = Owner(document.owner_kind, document.owner_id)
        parts.setdefault(owner, gone[owner])
    return {owner: part for owner, part in parts.items() if owner != HUB_OWN or part.rows}


def require_known(names: Sequence[str], table: str) -> None:
    """Raise ``NotFoundError`` for a table that is not among the names."""
    if table not in names:
        raise NotFoundError(f"there is no table {table} here; there are {', '.join(names)}")


def require_settled(session: Session, round_id: str, through: int) -> None:
    """Raise ``ConflictError`` where something that is part of the round was sent after the document ``through``."""
    sent = (part for part in documents.current(session, round_id) if part.table_name not in BESIDE_THE_ROUND)
    newest = max((part.id for part in sent), default=0)
    if newest > through:
        raise ConflictError("something was sent meanwhile; look at the round again")
