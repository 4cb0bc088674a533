"""The states of a round, and finding one: what is somebody else's is not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from api.errors import ChangedError, ConflictError, NotFoundError
from api.store import trail
from api.store.model import RoundRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor

COLLECTING, FROZEN, ALLOCATED, SIGNED_OFF, PUBLISHED, CLOSED = STATES = (
    "collecting",
    "frozen",
    "allocated",
    "signed off",
    "published",
    "closed",
)


def find_round(session: Session, round_id: str) -> RoundRow:
    """The round of that id; raises ``NotFoundError``."""
    row = session.get(RoundRow, round_id)
    if row is None:
        raise NotFoundError(f"there is no round {round_id}")
    return row


def list_rounds(session: Session, after: str = "", most: int = 50) -> Sequence[RoundRow]:
    """Rounds in the order of their ids, from the one after ``after``."""
    return (
        session.execute(select(RoundRow).where(RoundRow.id > after).order_by(RoundRow.id).limit(most)).scalars().all()
    )


def require_state(row: RoundRow, *states: str) -> None:
    """Raise ``ConflictError`` unless the round is in one of the states."""
    if row.state not in states:
        raise ConflictError(f"the round is {row.state}; this can be done only while it is {' or '.join(states)}")


def require_revision(row: RoundRow, expected: int | None) -> None:
    """Raise ``ChangedError`` unless the round is as who asks last saw it, or they do not say."""
    if expected is not None and expected != row.revision:
        raise ChangedError("somebody changed the round since you last saw it; look at it again")


def move(session: Session, actor: Actor, row: RoundRow, state: str, action: str, detail: dict[str, object]) -> None:
    """Bring the round to ``state`` and tell the trail."""
    row.state = state
    row.revision += 1
    trail.record(session, actor, row.id, action, {"state": state, **detail})
