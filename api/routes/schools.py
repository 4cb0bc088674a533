"""The routes of what schools and the hub send: tables in versions, dry runs, the sender's file with its problems."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.auth import Asks, LastSeen, Store, etag
from api.errors import NotFoundError
from api.people import Actor
from api.problems import faults_problem
from api.routes.answers import TABLE_BODY, file_answer, submission_shape, table_sent, table_shape
from api.schemas import SubmissionShape, TableShape
from api.service.rounds import find_round
from api.service.scoping import own, require_role
from api.service.submissions import (
    Submission,
    newest_submission,
    standings,
    submit_hub_table,
    submit_table,
    table_version,
    whole_table,
)
from api.service.uploads import Upload
from api.store.database import Database
from api.store.documents import current

router = APIRouter(prefix="/v1/rounds/{round_id}", tags=["tables"])
SchoolTable = Literal["students", "preferences", "history", "calendar"]
HubTable = Literal["schools", "employers", "barriers", "crossings", "travel", "decisions", "baseline"]
DryRun = Annotated[bool, Query(description="Say what would change, and change nothing.")]
Back = Annotated[Literal["file"] | None, Query(description="With faults, give the file back with a Problems column.")]


@router.get("/submissions")
def submissions(database: Store, actor: Asks, round_id: str) -> dict[str, list[dict[str, Any]]]:
    """How far each school is: not started, faults, in. A school sees itself."""
    with database.reading(actor) as session:
        find_round(session, round_id)
        if actor.role == "school":
            urns = [actor.scope]
        else:
            require_role(actor, "hub", "auditor")
            urns = [each.owner_id for each in current(session, round_id, tables=["schools"]) if each.row_count]
        found = standings(session, actor, round_id, urns)
    fields = ("urn", "table", "state", "version", "rows", "written_at")
    return {"items": [{field: getattr(each, field) for field in fields} for each in found]}


@router.get("/schools/{urn}/{table}", response_model=TableShape)
def school_table(
    database: Store, actor: Asks, round_id: str, urn: str, table: SchoolTable, response: Response
) -> dict[str, Any]:
    """The newest version of a school's table, faults and all."""
    with database.reading(actor) as session:
        document = newest_submission(session, actor, round_id, urn, table)
        if document is None:
            raise NotFoundError(f"the school has sent no {table} yet")
        response.headers.update(etag(document.version))
        return table_shape(document)


@router.put("/schools/{urn}/{table}", response_model=SubmissionShape, openapi_extra=TABLE_BODY)
async def send_school_table(
    request: Request,
    database: Store,
    actor: Asks,
    round_id: str,
    urn: str,
    table: SchoolTable,
    seen: LastSeen,
    *,
    dry_run: DryRun = False,
    problems: Back = None,
) -> Response:
    """Send a school's table, whole: CSV, a workbook or JSON; with faults it is on record, but not in the round."""
    own(actor, "school", urn, writes=True)
    upload, as_json = await table_sent(request, table)
    said = await run_in_threadpool(submit_table, database, actor, round_id, urn, upload, dry_run=dry_run, expected=seen)
    return _said(said, upload, as_json=as_json, back=problems is not None)


@router.get("/tables/{table}")
def hub_table(database: Store, actor: Asks, round_id: str, table: HubTable, response: Response) -> dict[str, Any]:
    """A table that the hub sends, as it stands."""
    require_role(actor, "hub", "auditor")
    with database.reading(actor) as session:
        find_round(session, round_id)
        sheet, version = whole_table(session, round_id, table), table_version(session, round_id, table)
    response.headers.update(etag(version))
    return {"version": version, "rows": sheet.records() if sheet is not None else []}


@router.put("/tables/{table}", response_model=SubmissionShape, openapi_extra=TABLE_BODY)
async def send_hub_table(
    request: Request,
    database: Store,
    actor: Asks,
    round_id: str,
    table: HubTable,
    seen: LastSeen,
    *,
    dry_run: DryRun = False,
    problems: Back = None,
) -> Response:
    """Send one of the hub's tables, whole: rows left out are gone; with faults nothing is kept."""
    require_role(actor, "hub")
    upload, as_json = await table_sent(request, table)
    said = await run_in_threadpool(_send_hub_table, database, actor, round_id, upload, dry_run=dry_run, expected=seen)
    return _said(said, upload, as_json=as_json, back=problems is not None)


def _send_hub_table(
    database: Database, actor: Actor, round_id: str, upload: Upload, *, dry_run: bool, expected: int | None
) -> Submission:
    return submit_hub_table(database, actor, round_id, upload, dry_run=dry_run, expected=expected)


def _said(said: Submission, upload: Upload, *, as_json: bool, back: bool) -> Response:
    """What came of it; with what is on record now as the ETag, for a faulty table of a school's is a version too."""
    answer: Response
    if said.accepted:
        answer = JSONResponse(submission_shape(said))
    elif back and said.reading.problems is not None:
        answer = file_answer(said.reading.problems, upload.name.rpartition(".")[2], upload.name, 422)
    else:
        answer = faults_problem(said.reading.faults, rows_at="/rows" if as_json else "")
    if said.version:
        answer.headers.update(etag(said.version))
    return answer
