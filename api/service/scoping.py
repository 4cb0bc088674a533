"""Who may do what: the service's own check, before the database's; what is another's is answered as not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import ForbiddenError, NotFoundError
from api.service.rounds import find_round
from api.store import documents
from api.store.documents import Owner

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from api.people import Actor


def require_role(actor: Actor, *roles: str) -> None:
    """Raise ``ForbiddenError`` unless the actor has one of the roles."""
    if actor.role not in roles:
        raise ForbiddenError(f"this is for the {' or the '.join(roles)}; your key is for the {actor.role}")


def own(actor: Actor, kind: str, owner_id: str, *, writes: bool = False) -> Owner:
    """The school or employer that the actor may see, or may change where ``writes``.

    The hub sees and changes all, an auditor sees all; whoever else names another than their own is told that there is
    no such one.
    """
    mine = actor.role == kind and actor.scope == owner_id
    if not mine and actor.role not in {"hub", "auditor"}:
        raise NotFoundError(f"there is no {kind} {owner_id}")
    if writes and actor.role == "auditor":
        raise ForbiddenError("an auditor reads and changes nothing")
    return Owner(kind, owner_id)


def require_registered(session: Session, round_id: str, owner: Owner) -> None:
    """Raise ``NotFoundError`` unless the hub's table of schools or of employers has it, as it stands."""
    find_round(session, round_id)
    register = documents.sheet_of(session, round_id, f"{owner.kind}s", owner)
    if register is None or not register.rows:
        raise NotFoundError(f"there is no {owner.kind} {owner.id} in the round")
