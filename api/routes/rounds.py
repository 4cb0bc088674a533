"""The routes of a round's life: begun, looked at, frozen, seeded, signed off, published, closed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.auth import Asks, LastSeen, Store, etag
from api.documents import round_document
from api.schemas import NewRound, Page, PublicationShape, RoundShape, Seed, SignOff, Step
from api.service import life
from api.service.publications import publications
from api.service.rounds import find_round, list_rounds
from api.store.model import RoundRow

router = APIRouter(prefix="/v1/rounds", tags=["rounds"])
After = Annotated[str, Query(max_length=40, description="The cursor that the page before gave.")]
Most = Annotated[int, Query(ge=1, le=200)]


def shown(response: Response, row: RoundRow) -> dict[str, Any]:
    """The round, with the ETag by which a change names it."""
    response.headers.update(etag(row.revision))
    return round_document(row)


@router.get("", response_model=Page)
def rounds(database: Store, actor: Asks, after: After = "", most: Most = 50) -> dict[str, Any]:
    """Every round, in the order of ids."""
    with database.reading(actor) as session:
        rows = list_rounds(session, after, most + 1)
        items = [round_document(row) for row in rows[:most]]
    return {"items": items, "next": items[-1]["id"] if len(rows) > most else None}


@router.post("", status_code=201, response_model=RoundShape)
def begin(database: Store, actor: Asks, new: NewRound, response: Response) -> dict[str, Any]:
    """Begin a round that collects."""
    row = life.begin_round(database, actor, new.settings.encode("utf-8", "surrogatepass"))
    response.headers["Location"] = f"/v1/rounds/{row.id}"
    return shown(response, row)


@router.get("/{round_id}", response_model=RoundShape)
def look(database: Store, actor: Asks, round_id: str, response: Response) -> dict[str, Any]:
    """One round."""
    with database.reading(actor) as session:
        return shown(response, find_round(session, round_id))


@router.post("/{round_id}/freeze", response_model=RoundShape)
def freeze(database: Store, actor: Asks, round_id: str, seen: LastSeen, response: Response) -> dict[str, Any]:
    """Take no more from schools and employers, and put the hash of the tables on record."""
    return shown(response, life.freeze(database, actor, round_id, expected=seen))


@router.post("/{round_id}/reopen", response_model=RoundShape)
def reopen(
    database: Store, actor: Asks, round_id: str, step: Step, seen: LastSeen, response: Response
) -> dict[str, Any]:
    """Take from schools and employers again: hash and seed are forgotten; what is published stays, with its seed."""
    return shown(response, life.reopen(database, actor, round_id, step.reason, expected=seen))


@router.post("/{round_id}/seed", response_model=RoundShape)
def seed(
    database: Store, actor: Asks, round_id: str, given: Seed, seen: LastSeen, response: Response
) -> dict[str, Any]:
    """Set the published lottery seed: once, after the freeze and before the first run."""
    return shown(response, life.set_seed(database, actor, round_id, given.seed, expected=seen))


@router.post("/{round_id}/sign-off", response_model=RoundShape)
def sign_off(
    database: Store, actor: Asks, round_id: str, signed: SignOff, seen: LastSeen, response: Response
) -> dict[str, Any]:
    """Take a run's allocation as the round's, in the name of the key's holder."""
    return shown(response, life.sign_off(database, actor, round_id, signed.run, signed.reason, expected=seen))


@router.post("/{round_id}/withdraw-signature", response_model=RoundShape)
def withdraw_signature(
    database: Store, actor: Asks, round_id: str, step: Step, seen: LastSeen, response: Response
) -> dict[str, Any]:
    """Take the signature back before publication."""
    return shown(response, life.withdraw_signature(database, actor, round_id, step.reason, expected=seen))


@router.post("/{round_id}/publish", response_model=RoundShape)
def publish(database: Store, actor: Asks, round_id: str, seen: LastSeen, response: Response) -> dict[str, Any]:
    """Audit what was signed once more, and let schools and employers see it."""
    return shown(response, life.publish(database, actor, round_id, expected=seen))


@router.get("/{round_id}/publications")
def published(database: Store, actor: Asks, round_id: str) -> dict[str, list[PublicationShape]]:
    """Every publication of the round, the first one first; the last is what schools and employers see."""
    with database.reading(actor) as session:
        rows = publications(session, round_id)
        return {"items": [PublicationShape.model_validate(row, from_attributes=True) for row in rows]}


@router.post("/{round_id}/close", response_model=RoundShape)
def close(database: Store, actor: Asks, round_id: str, seen: LastSeen, response: Response) -> dict[str, Any]:
    """End the round."""
    return shown(response, life.close(database, actor, round_id, expected=seen))
