"""Asking for a run: allocate the frozen round, run the published one again, make a report again; each asked for once.

An override is asked for by handing in an allocation that was edited by hand: see ``api.service.handing_in``.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from api.errors import ConflictError, RefusedError
from api.service.kinds import ALLOCATE, OVERRIDE, REPORT, RERUN
from api.service.rounds import ALLOCATED, FROZEN, PUBLISHED, find_round, require_state
from api.service.runs import DONE, QUEUED, find_run
from api.service.scoping import require_role
from api.store import trail
from api.store.clock import now_text
from api.store.model import RunRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from api.store.model import RoundRow


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the kind of run, its limits, a re-run's date, the run to start from, an override's reason."""

    kind: str = ALLOCATE
    time_limit: float | None = None
    since: date | None = None
    of_run: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a run stands on: the tables that it sees, its seed, and the runs that it starts from."""

    through: int
    seed: str
    of_run: str | None = None
    baseline_run: str | None = None
    edited: int | None = None


def ask_for_run(
    database: Database,
    actor: Actor,
    round_id: str,
    idempotency_key: str,
    asked: Asked | None = None,
    *,
    time_limit: float | None = None,
) -> RunRow:
    """Queue a run of the round as it stands now; the same key again gives the same run.

    ``asked`` is by default an allocation within ``time_limit``. Raises ``ConflictError`` where the round is not where
    such a run belongs, or where the key asked for something else, and ``RefusedError`` for what does not fit the kind.
    """
    require_role(actor, "hub")
    asked = asked or Asked(time_limit=time_limit)
    _require_sense(asked)
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        run = asked_before(session, round_id, idempotency_key)
        if run is None:
            run = queue(session, actor, round_id, idempotency_key, asked, _basis(session, row, asked))
        elif not _same(run, asked):
            raise ConflictError("this Idempotency-Key asked for another run, or with other limits; take a new key")
        session.expunge(run)
        return run


def asked_before(session: Session, round_id: str, idempotency_key: str) -> RunRow | None:
    """The run that the key asked for, if it did."""
    mine = RunRow.round_id == round_id, RunRow.idempotency_key == idempotency_key
    return session.execute(select(RunRow).where(*mine)).scalar_one_or_none()


def queue(
    session: Session, actor: Actor, round_id: str, idempotency_key: str, asked: Asked, basis: Basis, **told: object
) -> RunRow:
    """Put a run in the queue, and on the trail with whatever else is ``told`` of it."""
    run_id = f"a{secrets.token_hex(8)}"
    since = asked.since.isoformat() if asked.since else None
    facts = {"from": since, "of": basis.of_run, "baseline": basis.baseline_run}
    detail = {"run": run_id, "kind": asked.kind, "through": basis.through, **told}
    detail |= {"reason": asked.reason} if asked.reason is not None else {}
    detail |= {name: fact for name, fact in facts.items() if fact is not None}
    run = RunRow(
        id=run_id,
        number=trail.record(session, actor, round_id, "run asked for", detail),
        round_id=round_id,
        idempotency_key=idempotency_key,
        kind=asked.kind,
        since=since,
        of_run=basis.of_run,
        baseline_run=basis.baseline_run,
        edited=basis.edited,
        reason=asked.reason,
        state=QUEUED,
        through=basis.through,
        seed=basis.seed,
        time_limit=asked.time_limit,
        cancel=False,
        attempts=0,
        fence=0,
        requested_by=actor.name,
        requested_at=now_text(),
    )
    session.add(run)
    session.flush()
    return run


def finished_run(session: Session, round_id: str, run_id: str) -> RunRow:
    """The run of the round, which is done and has an allocation of its own; or ``ConflictError``."""
    run = find_run(session, round_id, run_id)
    if run.state != DONE:
        raise ConflictError(f"the run is {run.state}; only a finished one has an allocation")
    if run.kind == REPORT:
        raise ConflictError("the run made a report again and has no allocation of its own; name the run that it is of")
    return run


def _basis(session: Session, row: RoundRow, asked: Asked) -> Basis:
    through = trail.last_number(session)
    if asked.kind == REPORT:
        of = finished_run(session, row.id, asked.of_run)
        return Basis(of.through, of.seed, of_run=of.id, baseline_run=of.baseline_run)
    if asked.kind == RERUN:
        require_state(row, PUBLISHED)
        published = find_run(session, row.id, row.published_run or "")
        seed = json.loads(published.certificate or "{}").get("seed") or published.seed
        return Basis(through, seed, baseline_run=published.id)
    require_state(row, FROZEN, ALLOCATED)
    return Basis(through, row.seed or "")


def _require_sense(asked: Asked) -> None:
    if asked.kind == OVERRIDE:
        raise RefusedError("an override is asked for by handing in the edited allocation of a run")
    if asked.since is not None and asked.kind != RERUN:
        raise RefusedError("only a re-run has a date from which it may change things")
    if (asked.kind == REPORT) != bool(asked.of_run):
        raise RefusedError("a report names the run that it is made of, and no other run names one")


def _same(run: RunRow, asked: Asked) -> bool:
    since = asked.since.isoformat() if asked.since else None
    facts = run.kind, run.time_limit, run.since, run.of_run or ""
    return facts == (asked.kind, asked.time_limit, since, asked.of_run)
