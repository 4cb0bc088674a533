"""The route by which a run is followed: server-sent events that resume, on a line that ends when nothing happens."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.auth import Asks, Store
from api.people import Actor
from api.service.results import require_seer
from api.service.runs import OPEN_STATES, events_after, find_run
from api.store.database import Database

router = APIRouter(prefix="/v1", tags=["runs"])
STREAM = "text/event-stream"
EVENT = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["message", "end"]},
        "data": {
            "type": "string",
            "description": "JSON: a stage, or a level with value, bound, gap, seconds, done.",
        },
    },
}
AS_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {STREAM: {"schema": EVENT}}}}
LastEvent = Annotated[
    int, Header(ge=0, le=10**9, alias="Last-Event-ID", description="The id of the last event that arrived.")
]
Wait = Annotated[
    int,
    Query(ge=0, le=3_600, description="Seconds without news after which the line ends; 0 tells what there is."),
]
LONGEST_SILENCE = 300
"""Seconds without news after which a line ends, where nobody says otherwise."""
BETWEEN_LOOKS = 0.5
STILL_HERE = 15.0
"""Seconds of silence after which a comment says that the line is still open."""
AGAIN_AFTER_MS = 2_000


@router.get("/runs/{run_id}/events", response_class=StreamingResponse, responses=AS_STREAM)
async def events(
    database: Store, actor: Asks, run_id: str, last_event_id: LastEvent = 0, wait: Wait = LONGEST_SILENCE
) -> StreamingResponse:
    """A run as it goes, as server-sent events: stages, each level's value, bound and gap; resumes where it broke.

    With the run comes the event ``end``. Where the line ends without it, ask again with Last-Event-ID.
    """
    require_seer(actor)
    await run_in_threadpool(_news, database, actor, run_id, 0)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = _stream(database, actor, run_id, last_event_id, wait)
    return StreamingResponse(stream, media_type=STREAM, headers=headers)


def _news(database: Database, actor: Actor, run_id: str, after: int) -> tuple[list[tuple[int, str]], bool]:
    """What the run told after that event, and whether it tells no more."""
    with database.reading(actor) as session:
        over = find_run(session, "", run_id).state not in OPEN_STATES
        return events_after(session, run_id, after), over


async def _stream(database: Database, actor: Actor, run_id: str, after: int, wait: float) -> AsyncIterator[str]:
    yield f"retry: {AGAIN_AFTER_MS}\n\n"
    heard = spoke = time.monotonic()
    while True:
        told, over = await run_in_threadpool(_news, database, actor, run_id, after)
        for seq, body in told:
            after, heard = seq, time.monotonic()
            yield f"id: {seq}\ndata: {body}\n\n"
        if over:
            yield "event: end\ndata: {}\n\n"
        if over or time.monotonic() - heard >= wait:
            return
        spoke = max(spoke, heard)
        if time.monotonic() - spoke >= STILL_HERE:
            spoke = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(BETWEEN_LOOKS)
