"""The routes of employers' offers: sent, confirmed, declined, withdrawn; and of the rosters that employers receive."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from api.auth import Asks, LastSeen, Store, etag
from api.problems import faults_problem
from api.routes.answers import KINDS, as_file, file_answer, offers_shape, sheet_of
from api.schemas import ChangesShape, OfferAnswer, OffersSent, OffersShape, RowsShape, VisitChangesShape
from api.service.offers import Answer, answer_offer, read_offers, send_offers
from api.service.publications import changes_for_employer, changes_for_school
from api.service.results import published_file, rows_of

router = APIRouter(prefix="/v1/rounds/{round_id}", tags=["employers"])
Form = Literal["json", "csv", "xlsx", "html"]


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


@router.get("/rosters/{employer_id}", response_model=RowsShape, responses=as_file(*KINDS))
def roster(
    database: Store, actor: Asks, round_id: str, employer_id: str, form: Form = "json"
) -> Response | dict[str, Any]:
    """Who comes to the employer and when, once published: names as released, school, year, adjustments, contact."""
    return _published(database, actor, round_id, "employer", employer_id, form, "roster")


@router.get("/employers/{employer_id}/changes", response_model=VisitChangesShape)
def visit_changes(database: Store, actor: Asks, round_id: str, employer_id: str) -> dict[str, Any]:
    """Who comes to the employer now and did not before the newest publication, and who comes no longer."""
    changed = changes_for_employer(database, actor, round_id, employer_id)
    return {"publication": changed.publication, "rows": list(changed.rows)}


@router.get("/schools/{urn}/results", response_model=RowsShape, responses=as_file(*KINDS))
def results(database: Store, actor: Asks, round_id: str, urn: str, form: Form = "json") -> Response | dict[str, Any]:
    """What each of the school's students was given, or why not, once published."""
    return _published(database, actor, round_id, "school", urn, form, "results")


@router.get("/schools/{urn}/changes", response_model=ChangesShape)
def changes(database: Store, actor: Asks, round_id: str, urn: str) -> dict[str, Any]:
    """Who of the school's students moved, lost or gained with the newest publication, and why."""
    changed = changes_for_school(database, actor, round_id, urn)
    return {"publication": changed.publication, "rows": list(changed.rows)}


def _published(
    database: Store, actor: Asks, round_id: str, kind: str, owner_id: str, form: Form, name: str
) -> Response | dict[str, Any]:
    with database.reading(actor) as session:
        content = published_file(session, actor, round_id, kind, owner_id, "csv" if form == "json" else form)
    return {"rows": rows_of(content)} if form == "json" else file_answer(content, form, f"{name}.{form}")
