"""The routes of who came: marked by schools, and what the hub makes the next round's history from."""

from typing import Any

from fastapi import APIRouter, Response

from api.auth import Asks, LastSeen, Store, etag
from api.routes.answers import file_answer
from api.schemas import AttendanceSent
from api.service.attendance import attended_rows, mark_attendance, read_attendance

router = APIRouter(prefix="/v1/rounds/{round_id}", tags=["attendance"])


@router.get("/schools/{urn}/attendance")
def attendance(database: Store, actor: Asks, round_id: str, urn: str, response: Response) -> dict[str, Any]:
    """What the school marked; whoever is not in it came as allocated."""
    with database.reading(actor) as session:
        sheet, version = read_attendance(session, actor, round_id, urn)
    response.headers.update(etag(version))
    return {"version": version, "rows": sheet.records()}


@router.put("/schools/{urn}/attendance")
def mark(
    database: Store, actor: Asks, round_id: str, urn: str, sent: AttendanceSent, seen: LastSeen, response: Response
) -> dict[str, int]:
    """Mark who came, whole, while the round is published."""
    marks = [(each.student_id, each.slot_id, each.attended) for each in sent.rows]
    version = mark_attendance(database, actor, round_id, urn, marks, expected=seen)
    response.headers.update(etag(version))
    return {"version": version}


@router.get("/attended", response_class=Response)
def attended(database: Store, actor: Asks, round_id: str) -> Response:
    """The published allocations.csv of a closed round, less those who did not come."""
    with database.reading(actor) as session:
        return file_answer(attended_rows(session, actor, round_id), "csv", "allocations.csv")
