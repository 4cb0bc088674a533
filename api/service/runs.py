"""Runs as people see them: asked for once, followed, cancelled, and the files that each made."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from api.errors import ConflictError, NotFoundError
from api.service.rounds import ALLOCATED, FROZEN, find_round, require_state
from api.service.scoping import require_role
from api.store import trail
from api.store.clock import now_text
from api.store.model import RunEvent, RunFile, RunRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database

QUEUED, RUNNING, DONE, CANCELLED, FAILED = "queued", "running", "done", "cancelled", "failed"
OPEN_STATES = (QUEUED, RUNNING)


def ask_for_run(
    database: Database, actor: Actor, round_id: str, idempotency_key: str, *, time_limit: float | None = None
) -> RunRow:
    """Queue a run of the frozen round as it stands now; the same key again gives the same run.

    Raises ``ConflictError`` for a round that is not frozen, or a key that was used for another time limit.
    """
    require_role(actor, "hub")
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        earlier = session.execute(
            select(RunRow).where(RunRow.round_id == round_id, RunRow.idempotency_key == idempotency_key)
        ).scalar_one_or_none()
        if earlier is None:
            require_state(row, FROZEN, ALLOCATED)
            earlier = _queued(session, actor, row.id, row.seed, idempotency_key, time_limit)
        elif earlier.time_limit != time_limit:
            raise ConflictError("this Idempotency-Key asked for a run with another time limit; take a new key")
        session.expunge(earlier)
        return earlier


def find_run(session: Session, round_id: str, run_id: str) -> RunRow:
    """The run of that id; raises ``NotFoundError``, also for a run of another round."""
    run = session.get(RunRow, run_id)
    if run is None or (round_id and run.round_id != round_id):
        raise NotFoundError(f"there is no run {run_id}")
    return run


def list_runs(session: Session, round_id: str, after: int = 0, most: int = 50) -> Sequence[RunRow]:
    """The round's runs as they were asked for, from the one after the number ``after``."""
    find_round(session, round_id)
    page = select(RunRow).where(RunRow.round_id == round_id, RunRow.number > after).order_by(RunRow.number).limit(most)
    return session.execute(page).scalars().all()


def cancel_run(database: Database, actor: Actor, run_id: str) -> RunRow:
    """Ask a run to stop: one that waits ends at once, one that runs keeps the best audited result that it has."""
    require_role(actor, "hub")
    with database.writing(actor) as session:
        run = find_run(session, "", run_id)
        if run.state not in OPEN_STATES:
            raise ConflictError(f"the run is {run.state}; there is nothing to cancel")
        if not run.cancel:
            run.cancel = True
            trail.record(session, actor, run.round_id, "run cancelled", {"run": run_id, "state": run.state})
        if run.state == QUEUED:
            run.state, run.finished_at = CANCELLED, now_text()
        session.flush()
        session.expunge(run)
        return run


def events_after(session: Session, run_id: str, after: int) -> list[tuple[int, str]]:
    """What the run told after the event of that number: numbers and JSON texts."""
    told = select(RunEvent).where(RunEvent.run_id == run_id, RunEvent.seq > after).order_by(RunEvent.seq)
    return [(event.seq, event.body) for event in session.execute(told).scalars()]


def made_files(session: Session, run_id: str, paths: Sequence[str] | None = None) -> dict[str, bytes]:
    """Files that the run made, by their path; all that the actor may see where no paths are given."""
    asked = [RunFile.run_id == run_id, RunFile.content.is_not(None)]
    asked += [RunFile.path.in_(paths)] if paths is not None else []
    return {file.path: file.content or b"" for file in session.execute(select(RunFile).where(*asked)).scalars()}


def _queued(
    session: Session, actor: Actor, round_id: str, seed: str | None, idempotency_key: str, time_limit: float | None
) -> RunRow:
    run_id = f"a{secrets.token_hex(8)}"
    through = trail.last_number(session)
    run = RunRow(
        id=run_id,
        number=trail.record(session, actor, round_id, "run asked for", {"run": run_id, "through": through}),
        round_id=round_id,
        idempotency_key=idempotency_key,
        state=QUEUED,
        through=through,
        seed=seed or "",
        time_limit=time_limit,
        cancel=False,
        attempts=0,
        fence=0,
        requested_by=actor.name,
        requested_at=now_text(),
    )
    session.add(run)
    session.flush()
    return run
