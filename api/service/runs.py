"""Runs as people see them: found, followed, ended, cancelled, and the files that each made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from api.errors import ConflictError, NotFoundError
from api.service.rounds import find_round
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
    """Ask a run to stop: one that waits ends at once, one that runs keeps the best audited result that it has.

    An override or a report has nothing to keep before it is done, and ends as cancelled.
    """
    require_role(actor, "hub")
    with database.writing(actor) as session:
        run = find_run(session, "", run_id)
        if run.state not in OPEN_STATES:
            raise ConflictError(f"the run is {run.state}; there is nothing to cancel")
        if not run.cancel:
            run.cancel = True
            trail.record(session, actor, run.round_id, "run cancelled", {"run": run_id, "state": run.state})
        if run.state == QUEUED:
            end_run(run, CANCELLED)
        session.flush()
        session.expunge(run)
        return run


def end_run(run: RunRow, state: str) -> None:
    """Bring the run to the state in which it stays."""
    run.state, run.lease_until, run.finished_at = state, None, now_text()


def events_after(session: Session, run_id: str, after: int) -> list[tuple[int, str]]:
    """What the run told after the event of that number: numbers and JSON texts."""
    told = select(RunEvent).where(RunEvent.run_id == run_id, RunEvent.seq > after).order_by(RunEvent.seq)
    return [(event.seq, event.body) for event in session.execute(told).scalars()]


def made_files(session: Session, run_id: str, paths: Sequence[str] | None = None) -> dict[str, bytes]:
    """Files that the run made, by their path; all that the actor may see where no paths are given."""
    asked = [RunFile.run_id == run_id, RunFile.content.is_not(None)]
    asked += [RunFile.path.in_(paths)] if paths is not None else []
    return {file.path: file.content or b"" for file in session.execute(select(RunFile).where(*asked)).scalars()}
