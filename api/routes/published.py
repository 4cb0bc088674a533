"""The routes of what was published: an employer's roster, a school's results, and what was changed by it."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from api.auth import Asks, Store
from api.routes.answers import KINDS, as_file, file_answer
from api.schemas import ChangesShape, RowsShape, VisitChangesShape
from api.service.publications import changes_for_employer, changes_for_school
from api.service.results import published_file, rows_of

router = APIRouter(prefix="/v1/rounds/{round_id}", tags=["published"])
Form = Literal["json", "csv", "xlsx", "html"]


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
