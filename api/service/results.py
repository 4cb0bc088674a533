"""What a published round tells a school, an employer and whoever looks at runs; and the audit of any allocation."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from sqlalchemy import select

from api.errors import NotFoundError
from api.service.asking import finished_run
from api.service.assembling import folder_of, round_files
from api.service.handing_in import edited_allocation
from api.service.rounds import find_round
from api.service.runs import find_run
from api.service.scoping import own, require_role
from api.service.solved import solved_round
from api.store.model import RunFile
from engine.audit import audit
from engine.loading import load_round
from engine.spreadsheet import plain_cell

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from engine.audit import Audit

FORMATS = ("csv", "xlsx", "html")


def published_file(session: Session, actor: Actor, round_id: str, kind: str, owner_id: str, form: str) -> bytes:
    """The roster of an employer or the list of a school, as published; ``NotFoundError`` before that and for others."""
    owner = own(actor, kind, owner_id)
    run_id = find_round(session, round_id).published_run
    found = session.execute(
        select(RunFile).where(
            RunFile.run_id == run_id,
            RunFile.owner_kind == owner.kind,
            RunFile.owner_id == owner.id,
            RunFile.path.endswith(f".{form}"),
        )
    ).scalar_one_or_none()
    if found is None or found.content is None:
        raise NotFoundError("nothing is published here (yet, or any more)")
    return found.content


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file of Foothold's, as a program reads them."""
    reader = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""))
    return [{column: plain_cell(cell) for column, cell in row.items()} for row in reader]


def run_file(session: Session, actor: Actor, run_id: str, path: str) -> bytes:
    """A file of a run's folder, for the hub and the auditor."""
    require_seer(actor)
    find_run(session, "", run_id)
    file = session.get(RunFile, (run_id, path))
    if file is None or file.content is None:
        raise NotFoundError(f"run {run_id} has no file {path}")
    return file.content


def run_paths(session: Session, actor: Actor, run_id: str) -> list[str]:
    """The paths of the files that the run made and that are still there."""
    require_seer(actor)
    find_run(session, "", run_id)
    there = select(RunFile.path).where(RunFile.run_id == run_id, RunFile.content.is_not(None)).order_by(RunFile.path)
    return list(session.execute(there).scalars())


def require_seer(actor: Actor) -> None:
    """Raise ``NotFoundError`` for whoever may not know of runs: schools and employers see what is published."""
    if actor.role not in {"hub", "auditor"}:
        raise NotFoundError("there is no such run")


def audit_rows(database: Database, actor: Actor, round_id: str, allocations: bytes, run_id: str = "") -> Audit:
    """Audit any allocation, edited by hand or not, against the round as it stands; nothing is kept.

    With ``run_id`` it is audited as that run's own was: against the tables that the run saw, and for a re-run with
    what had begun frozen.
    """
    require_role(actor, "hub", "auditor")
    edited = edited_allocation(allocations)
    with database.reading(actor) as session:
        row = find_round(session, round_id)
        if run_id:
            return audit(solved_round(session, finished_run(session, round_id, run_id))[0], edited)
        files = round_files(session, round_id, row.seed)
    with folder_of(files) as folder:
        return audit(load_round(folder), edited)
