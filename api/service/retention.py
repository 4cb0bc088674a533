"""What is forgotten of a closed round when its time is up: everybody in it; statistics, certificates and digests stay.

Only what the trail was given as a reason stays with it, for a chain of hashes cannot forget: reasons name no student.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from api.errors import RefusedError
from api.service.rounds import CLOSED
from api.service.runs import CANCELLED, OPEN_STATES, end_run
from api.service.scoping import require_role
from api.store import trail
from api.store.clock import now_text
from api.store.model import Document, RoundRow, RunFile, RunRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database

KEPT_TABLES = ("round", "experiences", "slots", "barriers", "crossings")
"""Tables that tell of nobody; schools' and employers' registers hold names of contacts."""
KEPT_OF_AUDIT = ("goals", "levels")


def purge_due(database: Database, actor: Actor, days: int) -> list[str]:
    """Purge every round that was closed at least ``days`` ago, and return their ids.

    A report that is still being made of such a round is cancelled, so that nothing is written after the purge.
    """
    require_role(actor, "hub")
    if days < 0:
        raise RefusedError("a time to keep personal data is 0 days or more")
    before = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    with database.writing(actor) as session:
        due = session.execute(
            select(RoundRow).where(RoundRow.state == CLOSED, RoundRow.closed_at <= before, RoundRow.purged_at.is_(None))
        )
        purged = [_purge(session, actor, row) for row in due.scalars()]
    if purged:
        database.forget()
    return purged


def _purge(session: Session, actor: Actor, row: RoundRow) -> str:
    told = (Document.body.is_not(None), or_(Document.table_name.not_in(KEPT_TABLES), Document.faults.is_not(None)))
    documents = _emptied(session, Document, [Document.round_id == row.id, *told], ("body", "salt", "faults"))
    runs = session.execute(select(RunRow).where(RunRow.round_id == row.id)).scalars().all()
    files = _emptied(session, RunFile, [RunFile.run_id.in_([run.id for run in runs]), RunFile.personal], ("content",))
    for run in runs:
        if run.state in OPEN_STATES:
            end_run(run, CANCELLED)
        run.problem = None
        run.audit = _without_people(run.audit)
    row.purged_at = now_text()
    row.revision += 1
    trail.record(session, actor, row.id, "round purged", {"documents_emptied": documents, "files_emptied": files})
    return row.id


def _emptied(session: Session, kind: type[Document | RunFile], which: Sequence[object], columns: Sequence[str]) -> int:
    """Empty the columns of the rows, and return how many there were."""
    count = session.execute(select(func.count()).select_from(kind).where(*which)).scalar_one()  # type: ignore[arg-type]
    session.execute(update(kind).where(*which).values(dict.fromkeys(columns)))  # type: ignore[arg-type]
    return count


def _without_people(audit: str | None) -> str | None:
    """The audit's figures; its breaches and overrides name students."""
    if audit is None:
        return None
    found = json.loads(audit)
    return json.dumps({**{name: found.get(name) for name in KEPT_OF_AUDIT}, "breaches": [], "overrides": []})
