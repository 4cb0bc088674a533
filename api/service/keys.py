"""API keys: made once and shown once, looked up by their hash, with a role, a scope and an end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from api.errors import NotFoundError, RefusedError
from api.people import DOOR, ROLES, SCOPED, Actor
from api.service.scoping import require_role
from api.store import trail
from api.store.clock import now_text
from api.store.model import KeyRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.store.database import Database

PREFIX = "fh_"
DAYS = 365
MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown this once, and its row."""

    secret: str
    row: KeyRow


def make_key(database: Database, actor: Actor, role: str, scope: str, label: str, *, days: int = DAYS) -> NewKey:
    """Make a key for a role, and for a school or employer its URN or id; raises ``RefusedError`` with what is wrong."""
    require_role(actor, "hub")
    _require_sense(role, scope, label, days)
    secret = PREFIX + secrets.token_urlsafe(32)
    end = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")
    row = KeyRow(
        id=f"k{secrets.token_hex(6)}",
        digest=_digest(secret),
        role=role,
        scope=scope,
        label=label,
        created_at=now_text(),
        expires_at=end,
    )
    with database.writing(actor) as session:
        session.add(row)
        detail = {"key": row.id, "role": role, "scope": scope, "expires_at": end}
        trail.record(session, actor, "", "key made", detail)
        session.flush()
        session.expunge(row)
    return NewKey(secret, row)


def list_keys(database: Database, actor: Actor) -> Sequence[KeyRow]:
    """Every key that was ever made, oldest first; never the secrets, which nobody has."""
    require_role(actor, "hub")
    with database.reading(actor) as session:
        rows = session.execute(select(KeyRow).order_by(KeyRow.created_at, KeyRow.id)).scalars().all()
        session.expunge_all()
        return rows


def revoke_key(database: Database, actor: Actor, key_id: str) -> KeyRow:
    """End a key now; raises ``NotFoundError``."""
    require_role(actor, "hub")
    with database.writing(actor) as session:
        row = session.get(KeyRow, key_id)
        if row is None:
            raise NotFoundError(f"there is no key {key_id}")
        if row.revoked_at is None:
            row.revoked_at = now_text()
            trail.record(session, actor, "", "key revoked", {"key": key_id})
        session.flush()
        session.expunge(row)
        return row


def whose(database: Database, secret: str) -> Actor | None:
    """Who holds the key; ``None`` for one that does not exist, has ended or was revoked."""
    with database.reading(DOOR) as session:
        row = session.execute(select(KeyRow).where(KeyRow.digest == _digest(secret))).scalar_one_or_none()
        if row is None or row.revoked_at is not None or row.expires_at <= now_text():
            return None
        return Actor(row.role, row.scope, f"{row.id} {row.label}")


def first_key(database: Database, actor: Actor) -> NewKey | None:
    """A coordinator's key for a store that has no keys yet; ``None`` for one that has."""
    with database.reading(DOOR) as session:
        if session.execute(select(func.count()).select_from(KeyRow)).scalar_one():
            return None
    return make_key(database, actor, "hub", "", "first coordinator")


def _digest(secret: str) -> str:
    """The secret is 256 random bits, so that a plain hash of it is enough: there is nothing to guess."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _require_sense(role: str, scope: str, label: str, days: int) -> None:
    wrong = []
    if role not in ROLES:
        wrong.append(f"a role is one of: {', '.join(ROLES)}")
    if (role in SCOPED) != bool(scope):
        wrong.append("a key of a school or an employer names its URN or id, and no other key does")
    if not label.strip() or len(label) > 100:  # noqa: PLR2004 - as long as a name and a job
        wrong.append("a label of up to 100 characters says who holds the key")
    if not 1 <= days <= MOST_DAYS:
        wrong.append(f"a key lasts 1 to {MOST_DAYS} days")
    if wrong:
        raise RefusedError("; ".join(wrong))
