"""The routes of employers' offers: sent, confirmed, declined, withdrawn."""

from typing import Any

from fastapi import APIRouter, Response

from api.auth import Asks, LastSeen, Store, etag
from api.problems import faults_problem
from api.routes.answers import offers_shape, sheet_of
from api.schemas import OfferAnswer, OffersSent, OffersShape
from api.service.offers import Answer, answer_offer, read_offers, send_offers

router = APIRouter(prefix="/v1/rounds/{round_id}", tags=["employers"])


@router.get("/employers/{employer_id}/offers", response_model=OffersShape)
def offers(database: Store, actor: Asks, round_id: str, employer_id: str, response: Response) -> dict[str, Any]:
    """What the employer offers, and the answer to each experience."""
    with database.reading(actor) as session:
        found = read_offers(session, actor, round_id, employer_id)
    response.headers.update(etag(found.version))
    return offers_shape(found)


@router.put("/employers/{employer_id}/offers", response_model=OffersShape)
def send(
    database: Store, actor: Asks, round_id: str, employer_id: str, sent: OffersSent, seen: LastSeen, response: Response
) -> Response | dict[str, Any]:
    """Send all that the employer offers; an experience that is new or described anew waits to be confirmed."""
    experiences, slots = sheet_of(sent.experiences), sheet_of(sent.slots)
    done = send_offers(database, actor, round_id, employer_id, experiences, slots, expected=seen)
    if done.faults:
        return faults_problem(done.faults, rows_at="/{table}")
    return offers(database, actor, round_id, employer_id, response)


@router.post("/employers/{employer_id}/offers/{experience_id}", response_model=OffersShape)
def answer(
    database: Store,
    actor: Asks,
    round_id: str,
    employer_id: str,
    experience_id: str,
    given: OfferAnswer,
    seen: LastSeen,
    response: Response,
) -> dict[str, Any]:
    """Confirm or decline an experience (the hub), or withdraw it (the employer, or the hub for it)."""
    said = Answer(experience_id, given.state, tuple(given.meaningful), given.reason)
    answer_offer(database, actor, round_id, employer_id, said, expected=seen)
    return offers(database, actor, round_id, employer_id, response)
