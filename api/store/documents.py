"""Versions of what people sent: one document per table and owner, each version kept, the newest one current."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from api.errors import ChangedError
from api.store import trail
from api.store.clock import now_text
from api.store.model import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor

IN, FAULTS = "in", "faults"
"""A document that is part of the round, and one that was sent and cannot be."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose document it is: ``kind`` is hub, school or employer; ``id`` a URN, an employer id or blank."""

    kind: str
    id: str


HUB_OWN = Owner("hub", "")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an owner's newest version of a table without reading its rows."""

    table_name: str
    owner_id: str
    state: str
    version: int
    row_count: int
    written_at: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was sent: headings and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Sheet:
        """A sheet whose rows are as wide as its headings."""
        width = len(columns)
        return cls(tuple(columns), tuple((*row[:width], *[""] * (width - len(row))) for row in rows))

    @classmethod
    def read(cls, body: str) -> Sheet:
        """The sheet that ``text`` wrote."""
        stored = json.loads(body)
        return cls(tuple(stored["columns"]), tuple(map(tuple, stored["rows"])))

    def text(self) -> str:
        """The sheet as it is stored."""
        return json.dumps({"columns": self.columns, "rows": self.rows}, ensure_ascii=False, separators=(",", ":"))

    def records(self) -> list[dict[str, str]]:
        """Every row by its headings."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def write(
    session: Session,
    actor: Actor,
    round_id: str,
    table: str,
    owner: Owner,
    sheet: Sheet,
    *,
    faults: Sequence[dict[str, Any]] = (),
    expected: int | None = None,
) -> Document:
    """Add the next version of the owner's table; with ``faults`` it is kept but is not part of the round.

    Raises ``ChangedError`` where ``expected`` is not the version that is there (0: none).
    """
    version = newest_version(session, round_id, table, owner)
    require_version(version, expected)
    body, salt = sheet.text(), secrets.token_hex(16)
    digest = trail.document_digest(salt, body)
    detail = {
        "table": table,
        "owner": [owner.kind, owner.id],
        "version": version + 1,
        "rows": len(sheet.rows),
        "faults": len(faults),
        "digest": digest,
    }
    document = Document(
        id=trail.record(session, actor, round_id, "document", detail),
        round_id=round_id,
        table_name=table,
        owner_kind=owner.kind,
        owner_id=owner.id,
        version=version + 1,
        state=FAULTS if faults else IN,
        row_count=len(sheet.rows),
        body=body,
        faults=json.dumps(list(faults), ensure_ascii=False) if faults else None,
        salt=salt,
        digest=digest,
        written_at=now_text(),
        written_by=actor.name,
    )
    session.add(document)
    session.flush()
    return document


def require_version(version: int, expected: int | None) -> None:
    """Raise ``ChangedError`` unless the version is the one expected, or nothing is expected."""
    if expected is not None and expected != version:
        raise ChangedError(f"this is version {version} now, and you changed version {expected}; nothing was written")


def newest_version(session: Session, round_id: str, table: str, owner: Owner) -> int:
    """The number of the newest version, faulty or not; 0 where there is none."""
    mine = _owned(round_id, table, owner)
    return session.execute(select(func.coalesce(func.max(Document.version), 0)).where(*mine)).scalar_one()


def newest(session: Session, round_id: str, table: str, owner: Owner, *, state: str | None = None) -> Document | None:
    """The newest version, of any state or of the one given."""
    mine = [*_owned(round_id, table, owner), *([Document.state == state] if state else [])]
    return session.execute(
        select(Document).where(*mine).order_by(Document.version.desc()).limit(1)
    ).scalar_one_or_none()


def of_number(session: Session, number: int | None) -> Document | None:
    """The document of that number, if there is one."""
    return None if number is None else session.get(Document, number)


def sheet_of(session: Session, round_id: str, table: str, owner: Owner) -> Sheet | None:
    """The owner's table as it is part of the round, or ``None``."""
    document = newest(session, round_id, table, owner, state=IN)
    return Sheet.read(document.body) if document is not None and document.body is not None else None


def sheets_of(session: Session, round_id: str, table: str, owner: Owner) -> list[Sheet]:
    """Every version of the owner's table that was part of the round, the first one first."""
    mine = [*_owned(round_id, table, owner), Document.state == IN, Document.body.is_not(None)]
    bodies = session.execute(select(Document.body).where(*mine).order_by(Document.version)).scalars()
    return [Sheet.read(body) for body in bodies if body is not None]


def current(
    session: Session, round_id: str, *, tables: Sequence[str] | None = None, through: int | None = None
) -> Sequence[Document]:
    """Every owner's newest document that is part of the round, up to the document numbered ``through``."""
    asked = [Document.round_id == round_id, Document.state == IN]
    asked += [Document.id <= through] if through is not None else []
    asked += [Document.table_name.in_(tables)] if tables is not None else []
    last = (
        select(func.max(Document.id))
        .where(*asked)
        .group_by(Document.table_name, Document.owner_kind, Document.owner_id)
    )
    order = Document.table_name, Document.owner_kind, Document.owner_id
    return session.execute(select(Document).where(Document.id.in_(last)).order_by(*order)).scalars().all()


def newest_facts(session: Session, round_id: str, tables: Sequence[str], *, owners: Sequence[str]) -> list[Facts]:
    """Each owner's newest version of each of the tables, faulty or not, in any order; rows stay in the database."""
    asked = Document.round_id == round_id, Document.table_name.in_(tables), Document.owner_id.in_(owners)
    last = select(func.max(Document.id)).where(*asked).group_by(Document.table_name, Document.owner_id)
    columns = [getattr(Document, field.name) for field in fields(Facts)]
    return [Facts(*row) for row in session.execute(select(*columns).where(Document.id.in_(last)))]


def _owned(round_id: str, table: str, owner: Owner) -> list[Any]:
    return [
        Document.round_id == round_id,
        Document.table_name == table,
        Document.owner_kind == owner.kind,
        Document.owner_id == owner.id,
    ]
