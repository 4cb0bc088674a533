"""The routes of runs: asked for once, looked at, cancelled, their files, and the audit of any allocation."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.auth import Asks, Store
from api.documents import audit_document
from api.routes.answers import CSV, XLSX, file_answer, media_type, run_shape
from api.schemas import AuditShape, NewRun, Page, Reason, RowsShape, RunShape
from api.service.asking import Asked, ask_for_run
from api.service.handing_in import hand_in
from api.service.publications import changes_of_run
from api.service.results import audit_rows, require_seer, run_file, run_paths
from api.service.runs import cancel_run, find_run, list_runs
from api.service.scoping import require_role

router = APIRouter(prefix="/v1", tags=["runs"])
Key = Annotated[str, Header(min_length=1, max_length=200, description="Sent again, it asks for the same run.")]
OverrideReason = Annotated[Reason, Query()]
AsOfRun = Annotated[
    str, Query(max_length=40, description="Audit against the tables that this run saw, and what it kept frozen.")
]
ROWS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {CSV: {"schema": {"type": "string"}}, XLSX: {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""What a route that takes the rows of an allocation says of its body."""


@router.post("/rounds/{round_id}/runs", status_code=202, response_model=RunShape)
def ask(
    database: Store, actor: Asks, round_id: str, new: NewRun, idempotency_key: Key, response: Response
) -> dict[str, Any]:
    """Ask for a run: of the frozen round, of the published one again, or of a report; it waits for its turn."""
    asked = Asked(new.kind, new.time_limit, new.since, new.of)
    run = ask_for_run(database, actor, round_id, idempotency_key, asked)
    response.headers["Location"] = f"/v1/runs/{run.id}"
    return run_shape(run)


@router.get("/rounds/{round_id}/runs", response_model=Page)
def runs(
    database: Store,
    actor: Asks,
    round_id: str,
    after: Annotated[int, Query(ge=0, le=10**9)] = 0,
    most: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The round's runs, in the order in which they were asked for."""
    require_seer(actor)
    with database.reading(actor) as session:
        rows = list_runs(session, round_id, after, most + 1)
        items = [run_shape(run) for run in rows[:most]]
        return {"items": items, "next": str(rows[most - 1].number) if len(rows) > most else None}


@router.get("/runs/{run_id}", response_model=RunShape)
def run(database: Store, actor: Asks, run_id: str) -> dict[str, Any]:
    """One run."""
    require_seer(actor)
    with database.reading(actor) as session:
        return run_shape(find_run(session, "", run_id))


@router.post("/runs/{run_id}/cancel", status_code=202, response_model=RunShape)
def cancel(database: Store, actor: Asks, run_id: str) -> dict[str, Any]:
    """Ask a run to stop and keep the best audited result that it has; an override or a report has none and ends."""
    require_seer(actor)
    return run_shape(cancel_run(database, actor, run_id))


@router.post("/runs/{run_id}/overrides", status_code=202, response_model=RunShape, openapi_extra=ROWS_BODY)
async def override(
    request: Request,
    database: Store,
    actor: Asks,
    run_id: str,
    idempotency_key: Key,
    reason: OverrideReason,
    response: Response,
) -> dict[str, Any]:
    """Hand in the run's allocations.csv as somebody edited it; audited clean, it is made into a run to be signed off.

    A table (CSV or a workbook) with student_id and slot_id. Its certificate tells what the edit costs; a breach is
    refused.
    """
    require_seer(actor)
    body = await _rows_sent(request)
    made = await run_in_threadpool(hand_in, database, actor, run_id, idempotency_key, body, reason)
    response.headers["Location"] = f"/v1/runs/{made.id}"
    return run_shape(made)


@router.get("/runs/{run_id}/changes", response_model=RowsShape)
def changes(database: Store, actor: Asks, run_id: str) -> dict[str, Any]:
    """Who moves, loses or gains by a re-run, and why: rows as in changes.csv, less those that are kept."""
    with database.reading(actor) as session:
        return {"rows": list(changes_of_run(session, actor, run_id))}


@router.get("/runs/{run_id}/files")
def files(database: Store, actor: Asks, run_id: str) -> dict[str, list[str]]:
    """The paths of the files of the run's folder."""
    with database.reading(actor) as session:
        return {"paths": run_paths(session, actor, run_id)}


@router.get("/runs/{run_id}/files/{path:path}", response_class=Response)
def file(database: Store, actor: Asks, run_id: str, path: str) -> Response:
    """A file of the run's folder, as the command line would have written it."""
    with database.reading(actor) as session:
        content = run_file(session, actor, run_id, path)
    return file_answer(content, path.rpartition(".")[2], path.rpartition("/")[2])


@router.post("/rounds/{round_id}/audits", response_model=AuditShape, openapi_extra=ROWS_BODY)
async def audit(request: Request, database: Store, actor: Asks, round_id: str, run: AsOfRun = "") -> dict[str, Any]:
    """Audit any allocation, edited by hand or not: a table with student_id and slot_id. Nothing is kept."""
    require_role(actor, "hub", "auditor")
    body = await _rows_sent(request)
    return audit_document(await run_in_threadpool(audit_rows, database, actor, round_id, body, run))


async def _rows_sent(request: Request) -> bytes:
    if media_type(request) not in {CSV, XLSX}:
        raise HTTPException(415, f"send {CSV} or {XLSX}")
    return await request.body()
