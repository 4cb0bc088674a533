"""What the child of a run finds in its folder: the round, the files that it starts from, and what is asked of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.errors import RefusedError
from api.people import WORKER
from api.service.assembling import round_files
from api.service.kinds import ASKED, BEFORE, EDITED, OVERRIDE, ROUND
from api.service.offers import csv_bytes
from api.service.runs import made_files
from api.service.solved import ANSWER_FILES
from api.store.documents import Sheet, of_number
from engine.publication import ALLOCATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from api.jobs.leases import Lease
    from api.store.database import Database


def lay_out(database: Database, lease: Lease, folder: Path) -> None:
    """Write all that the child needs into ``folder``; raises ``RefusedError`` for what was purged meanwhile."""
    with database.reading(WORKER) as session:
        _fill(folder / ROUND, round_files(session, lease.round_id, lease.seed, through=lease.through))
        if lease.before is not None:
            _fill(folder / BEFORE, _answer(session, lease.before))
        if lease.kind == OVERRIDE:
            _fill(folder / EDITED, {ALLOCATIONS: _edited(session, lease.edited)})
    asked = {"kind": lease.kind, "time_limit": lease.time_limit, "since": lease.since or ""}
    override = {"of": lease.before, "by": lease.by, "reason": lease.reason}
    (folder / ASKED).write_text(json.dumps({**asked, **override}))


def _answer(session: Session, run_id: str) -> dict[str, bytes]:
    files = made_files(session, run_id, ANSWER_FILES)
    if ALLOCATIONS not in files:
        raise RefusedError(f"the files of run {run_id} were purged")
    return files


def _edited(session: Session, document_id: int | None) -> bytes:
    document = of_number(session, document_id)
    if document is None or document.body is None:
        raise RefusedError("the edited allocation was purged")
    return csv_bytes(Sheet.read(document.body))


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
