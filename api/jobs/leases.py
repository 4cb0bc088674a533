"""Leases on runs: one worker has one, for a while; whoever lost it can no longer write, however late it wakes up.

Claiming, ending and the round's own change are single transactions of the store, so that a run is done exactly when its
files and its round say so.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, text

from api.errors import NotFoundError
from api.people import WORKER
from api.service.kinds import ALLOCATE
from api.service.rounds import ALLOCATED, FROZEN, find_round, move
from api.service.runs import CANCELLED, DONE, FAILED, QUEUED, RUNNING, end_run, find_run
from api.settings import LEASE_SECONDS
from api.store import trail
from api.store.model import RunEvent, RunFile, RunRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from api.store.database import Database
    from api.store.documents import Owner

MOST_ATTEMPTS, SPARED = 20, 5
"""Workers a run may lose until it has failed, and how many of these it may lose and be taken up at once."""
MOST_REST = 60.0
"""The longest that a run rests after another worker was lost, in seconds: from one on, twice as long each time.

Twenty losses so take some nine minutes: a machine that is restarted again and again in fewer ends no run.
"""
OPEN_TO_EVERYONE = frozenset({"certificate.json", "report.html"})
"""Files that tell of nobody."""


class LeaseLostError(Exception):
    """Another worker has the run by now, or it was ended."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A run that this worker is to do, and the fence that lets it write.

    ``before`` is the run whose files it starts from; ``edited`` is the document with an override's rows, handed in by
    ``by`` for the ``reason``.
    """

    run_id: str
    round_id: str
    kind: str
    fence: int
    through: int
    seed: str
    time_limit: float | None
    since: str | None
    before: str | None
    edited: int | None
    by: str
    reason: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made: its files with their owners, the certificate and the audit."""

    files: Mapping[str, tuple[Owner, bytes]]
    certificate: dict[str, Any]
    audit: dict[str, Any]


def claim(database: Database, seconds: float = LEASE_SECONDS) -> Lease | None:
    """The next run whose turn it is, this worker's for ``seconds``; ``None`` where nothing waits.

    A run whose worker let its lease run out waits again, after some losses for a while; one that ended so too often has
    failed.
    """
    with database.writing(WORKER) as session:
        now = _now(session)
        for run in session.execute(select(RunRow).where(RunRow.state == RUNNING, RunRow.lease_until < now)).scalars():
            _take_back(session, run, now)
        session.flush()
        busy = select(RunRow.round_id).where(or_(RunRow.state == RUNNING, RunRow.lease_until > now))
        waiting = select(RunRow).where(RunRow.state == QUEUED, RunRow.round_id.not_in(busy)).order_by(RunRow.number)
        run_ = session.execute(waiting.limit(1)).scalar_one_or_none()
        if run_ is None:
            return None
        run_.state, run_.fence, run_.attempts = RUNNING, run_.fence + 1, run_.attempts + 1
        run_.lease_until = now + seconds
        trail.record(session, WORKER, run_.round_id, "run started", {"run": run_.id, "attempt": run_.attempts})
        return _lease(run_, seconds)


def renew(database: Database, lease: Lease, events: Sequence[dict[str, Any]]) -> bool:
    """Hold the lease a while longer, tell the events, and return whether the run is to stop; or ``LeaseLostError``."""
    with database.writing(WORKER) as session:
        run = _held(session, lease)
        run.lease_until = _now(session) + lease.seconds
        _tell(session, run.id, events)
        return run.cancel


def give_back(database: Database, lease: Lease) -> None:
    """Let the run wait for another worker, because this one is told to stop."""
    with database.writing(WORKER) as session:
        run = _held(session, lease)
        run.state, run.lease_until, run.attempts = QUEUED, None, run.attempts - 1
        _tell(session, run.id, [{"stage": "Waiting for its turn"}])


def finish(database: Database, lease: Lease, made: Made, events: Sequence[dict[str, Any]]) -> None:
    """Keep all that the run made, and bring its round on, in one transaction; done twice it is done once."""
    with database.writing(WORKER) as session:
        if _ended(session, lease, DONE):
            return
        run = _held(session, lease)
        digests = {}
        for path, (owner, content) in sorted(made.files.items()):
            digests[path] = sha256(content).hexdigest()
            session.add(
                RunFile(
                    run_id=run.id,
                    path=path,
                    owner_kind=owner.kind,
                    owner_id=owner.id,
                    personal=path not in OPEN_TO_EVERYONE,
                    digest=digests[path],
                    content=content,
                )
            )
        run.certificate, run.audit = json.dumps(made.certificate), json.dumps(made.audit)
        run.input_sha256 = made.certificate["input_sha256"]
        _end(session, run, DONE, [*events, {"stage": "Done", "status": made.certificate["status"]}])
        detail = {"run": run.id, "input_sha256": run.input_sha256, "files": trail.files_digest(digests)}
        trail.record(session, WORKER, run.round_id, "run done", detail)
        row = find_round(session, run.round_id)
        if run.kind == ALLOCATE and row.state in {FROZEN, ALLOCATED}:
            move(session, WORKER, row, ALLOCATED, "round allocated", {"run": run.id})


def fail(database: Database, lease: Lease, problem: dict[str, Any], *, cancelled: bool) -> None:
    """Say that the run ended without an allocation, and why."""
    state = CANCELLED if cancelled else FAILED
    with database.writing(WORKER) as session:
        if _ended(session, lease, state):
            return
        run = _held(session, lease)
        run.problem = json.dumps(problem, ensure_ascii=False)
        _end(session, run, state, [{"stage": "Cancelled" if cancelled else "Failed"}])
        trail.record(session, WORKER, run.round_id, f"run {state}", {"run": run.id, "code": problem["code"]})


def _lease(run: RunRow, seconds: float) -> Lease:
    return Lease(
        run_id=run.id,
        round_id=run.round_id,
        kind=run.kind,
        fence=run.fence,
        through=run.through,
        seed=run.seed,
        time_limit=run.time_limit,
        since=run.since,
        before=run.of_run or run.baseline_run,
        edited=run.edited,
        by=run.requested_by,
        reason=run.reason,
        seconds=seconds,
    )


def _take_back(session: Session, run: RunRow, now: float) -> None:
    if run.attempts >= MOST_ATTEMPTS:
        run.problem = json.dumps({"code": "worker_lost", "message": f"its worker was lost {run.attempts} times"})
        _end(session, run, FAILED, [{"stage": "Failed"}])
        trail.record(session, WORKER, run.round_id, "run failed", {"run": run.id, "code": "worker_lost"})
    else:
        rest = min(MOST_REST, 2.0 ** (run.attempts - SPARED - 1)) if run.attempts > SPARED else 0.0
        run.state, run.lease_until = QUEUED, now + rest
        _tell(session, run.id, [{"stage": "Its worker was lost; waiting for its turn"}])


def _end(session: Session, run: RunRow, state: str, events: Iterable[dict[str, Any]]) -> None:
    end_run(run, state)
    _tell(session, run.id, events)


def _held(session: Session, lease: Lease) -> RunRow:
    try:
        run = find_run(session, lease.round_id, lease.run_id)
    except NotFoundError as gone:
        raise LeaseLostError(lease.run_id) from gone
    if run.fence != lease.fence or run.state != RUNNING:
        raise LeaseLostError(lease.run_id)
    return run


def _ended(session: Session, lease: Lease, state: str) -> bool:
    """Whether this very lease ended the run before: the answer to that was lost on the way."""
    run = find_run(session, lease.round_id, lease.run_id)
    return run.fence == lease.fence and run.state == state


def _tell(session: Session, run_id: str, events: Iterable[dict[str, Any]]) -> None:
    last = session.execute(select(func.coalesce(func.max(RunEvent.seq), 0)).where(RunEvent.run_id == run_id))
    for seq, event in enumerate(events, last.scalar_one() + 1):
        session.add(RunEvent(run_id=run_id, seq=seq, body=json.dumps(event, ensure_ascii=False)))
    session.flush()


def _now(session: Session) -> float:
    """The database's own clock where several machines share it, in seconds."""
    if session.get_bind().dialect.name == "sqlite":
        return time.time()
    return float(session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
