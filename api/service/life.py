"""A round's life: begun, frozen, seeded, allocated, signed off, published, closed, each step on record.

The seed is taken only when the hash of the frozen tables is on record and before anything was solved, so that nobody
can choose a seed by its outcome; freezing again forgets it. What is published is audited again, from the files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from api.errors import AuditBreachedError, ConflictError, RefusedError
from api.service.asking import finished_run
from api.service.assembling import folder_of, round_files
from api.service.importing import keep_round
from api.service.publications import add_publication, newest_publication
from api.service.rounds import (
    ALLOCATED,
    CLOSED,
    COLLECTING,
    FROZEN,
    PUBLISHED,
    SIGNED_OFF,
    find_round,
    move,
    require_revision,
    require_state,
)
from api.service.runs import DONE, OPEN_STATES, find_run
from api.service.scoping import require_role
from api.service.solved import solved_round
from api.service.submissions import require_settled
from api.store import trail
from api.store.clock import now_text
from api.store.model import RunRow, TrailEntry
from engine.audit import audit
from engine.domain import Round
from engine.faults import RoundRefusedError
from engine.loading import load_round
from engine.roundfile import read_settings
from engine.writing import settings_toml

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from api.store.model import RoundRow


def begin_round(database: Database, actor: Actor, toml: bytes) -> RoundRow:
    """Begin a round with the settings of a ``round.toml``; raises ``RoundRefusedError`` with all its faults."""
    require_role(actor, "hub")
    settings, faults, _ = read_settings(toml, None)
    if settings is None:
        raise RoundRefusedError(faults)
    if settings.seed:
        raise RefusedError("the lottery seed is set once the round is frozen and its hash is on record; leave it blank")
    round_ = Round(
        settings.name,
        settings.term,
        settings.academic_year,
        settings.starts,
        settings.ends,
        settings.closed_dates,
        seed="",
        policy=settings.policy,
        schools={},
        students={},
        employers={},
        experiences={},
        slots={},
    )
    with database.writing(actor) as session:
        return _out(session, keep_round(session, actor, settings.name, settings_toml(round_)))


def freeze(database: Database, actor: Actor, round_id: str, *, expected: int | None = None) -> RoundRow:
    """Take no more from schools and employers, and put the hash of the tables on record; refuses with every fault.

    A round that was reopened after its publication is published as before, and keeps the seed of that publication.
    """
    require_role(actor, "hub")
    round_, through = _load(database, actor, round_id, expected)
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, COLLECTING)
        require_settled(session, round_id, through)
        row.input_sha256 = round_.input_sha256
        row.seed = row.seed if row.published_run else None
        state = PUBLISHED if row.published_run else FROZEN
        move(session, actor, row, state, "round frozen", {"input_sha256": round_.input_sha256})
        return _out(session, row)


def reopen(database: Database, actor: Actor, round_id: str, reason: str, *, expected: int | None = None) -> RoundRow:
    """Take from schools and employers again; the hash and the seed are forgotten, so the lottery is drawn anew.

    What is published stays so, with its seed, until the round is frozen, run again and published anew.
    """
    require_role(actor, "hub")
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, FROZEN, ALLOCATED, PUBLISHED)
        _require_idle(session, round_id)
        row.input_sha256 = None
        row.seed = row.seed if row.published_run else None
        move(session, actor, row, COLLECTING, "round reopened", {"reason": reason})
        return _out(session, row)


def set_seed(database: Database, actor: Actor, round_id: str, seed: str, *, expected: int | None = None) -> RoundRow:
    """Set the published lottery seed: once, after the freeze and before the first run."""
    require_role(actor, "hub")
    if not seed.strip():
        raise RefusedError("a lottery seed is some text that anyone can check, such as a published draw and its date")
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, FROZEN)
        if row.seed is not None:
            raise ConflictError("the seed is set; only reopening and freezing the round again forgets it")
        if _solved_since_frozen(session, round_id):
            raise ConflictError("the round has been solved already, so its seed stays the hash of its tables")
        _require_idle(session, round_id)
        row.seed = seed.strip()
        row.revision += 1
        trail.record(session, actor, round_id, "seed set", {"seed": row.seed, "input_sha256": row.input_sha256})
        return _out(session, row)


def sign_off(
    database: Database, actor: Actor, round_id: str, run_id: str, reason: str, *, expected: int | None = None
) -> RoundRow:
    """A named person takes the run's allocation as the round's; it must be of the round as it now stands.

    Once the round is published only a re-run of what is published now (or an override of one) can be signed.
    """
    require_role(actor, "hub")
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, ALLOCATED, PUBLISHED)
        run = finished_run(session, round_id, run_id)
        require_settled(session, round_id, run.through)
        if run.baseline_run != row.published_run:
            raise ConflictError("the run does not start from what is published now; run the round again")
        if row.published_run is None and run.seed != (row.seed or ""):
            raise ConflictError("the run was drawn with another seed than the round's")
        row.signed_run, row.signed_by = run_id, actor.name
        move(session, actor, row, SIGNED_OFF, "signed off", {"run": run_id, "reason": reason})
        return _out(session, row)


def withdraw_signature(
    database: Database, actor: Actor, round_id: str, reason: str, *, expected: int | None = None
) -> RoundRow:
    """Take the signature back before publication, with a reason, so that the round can be changed and run again."""
    require_role(actor, "hub")
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, SIGNED_OFF)
        newest = newest_publication(session, round_id)
        row.signed_run = newest.run_id if newest else None
        row.signed_by = newest.signed_by if newest else None
        state = PUBLISHED if newest else ALLOCATED
        move(session, actor, row, state, "signature withdrawn", {"reason": reason})
        return _out(session, row)


def publish(database: Database, actor: Actor, round_id: str, *, expected: int | None = None) -> RoundRow:
    """Let schools and employers see what was signed, at one moment, after one more audit of exactly those files.

    It is the round's next publication; those before it stay on record.
    """
    require_role(actor, "hub")
    with database.reading(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, SIGNED_OFF)
        run = find_run(session, round_id, row.signed_run or "")
        _audit_again(session, run)
        signed = run.id
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, SIGNED_OFF)
        require_settled(session, round_id, find_run(session, round_id, signed).through)
        if row.signed_run != signed:
            raise ConflictError("another run was signed off meanwhile; publish again")
        row.published_run = signed
        number = add_publication(session, actor, row).number
        move(session, actor, row, PUBLISHED, "published", {"run": signed, "publication": number, "breaches": 0})
        return _out(session, row)


def close(database: Database, actor: Actor, round_id: str, *, expected: int | None = None) -> RoundRow:
    """End the round: who came is as the schools marked it, and as allocated where they did not."""
    require_role(actor, "hub")
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, PUBLISHED)
        _require_idle(session, round_id)
        row.closed_at = now_text()
        move(session, actor, row, CLOSED, "round closed", {})
        return _out(session, row)


def _load(database: Database, actor: Actor, round_id: str, expected: int | None) -> tuple[Round, int]:
    """The round as it stands, read whole, and the number of the last thing on record then."""
    with database.reading(actor) as session:
        row = find_round(session, round_id)
        require_revision(row, expected)
        require_state(row, COLLECTING)
        files = round_files(session, round_id, None)
        through = trail.last_number(session)
    with folder_of(files) as folder:
        return load_round(folder), through


def _audit_again(session: Session, run: RunRow) -> None:
    found = audit(*solved_round(session, run))
    if found.breaches:
        raise AuditBreachedError(found.breaches)


def _require_idle(session: Session, round_id: str) -> None:
    busy = select(RunRow.id).where(RunRow.round_id == round_id, RunRow.state.in_(OPEN_STATES)).limit(1)
    if session.execute(busy).first():
        raise ConflictError("a run of the round is waiting or running; cancel it or let it end")


def _solved_since_frozen(session: Session, round_id: str) -> bool:
    frozen = select(func.max(TrailEntry.seq)).where(
        TrailEntry.round_id == round_id, TrailEntry.action == "round frozen"
    )
    since = session.execute(frozen).scalar_one() or 0
    solved = select(RunRow.id).where(RunRow.round_id == round_id, RunRow.state == DONE, RunRow.number > since)
    return session.execute(solved.limit(1)).first() is not None


def _out(session: Session, row: RoundRow) -> RoundRow:
    """The row as it is now, to be looked at after the transaction."""
    session.flush()
    session.expunge(row)
    return row
