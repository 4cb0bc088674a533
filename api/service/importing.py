"""A round folder into the store, whole or not at all, and out of it again: nothing that it says is lost on the way."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from api.errors import NotFoundError, RefusedError
from api.service.assembling import (
    ANSWER_COLUMNS,
    ANSWERS,
    CONFIRMED,
    round_files,
    settings_sheet,
)
from api.service.folders import require_writable
from api.service.rounds import COLLECTING, FROZEN, find_round
from api.service.runs import made_files
from api.store import documents, trail
from api.store.clock import now_text
from api.store.documents import HUB_OWN, Owner, Sheet
from api.store.model import RoundRow, RunRow
from api.store.ownership import take_apart
from engine.columns import EDGES
from engine.folders import require_replaceable, write_whole
from engine.loading import load_round
from engine.rawtables import find_tables
from engine.writing import settings_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from api.store.ownership import Part
    from engine.domain import Round


def import_round(database: Database, actor: Actor, source: Path) -> RoundRow:
    """Keep the round at ``source``, a folder or workbook, and return its row; its offers count as confirmed by the hub.

    A folder that names a lottery seed was frozen by whoever published the seed, so the round arrives frozen, with its
    hash on record; any other is collecting. Raises ``RoundRefusedError`` with every fault.
    """
    round_ = load_round(source)
    parts = take_apart(find_tables(source).rows)
    with database.writing(actor) as session:
        row = keep_round(session, actor, round_.name, settings_toml(replace(round_, seed=round_.input_sha256)))
        for table, owner, sheet in [*parts, *_confirmations(parts)]:
            documents.write(session, actor, row.id, table, owner, sheet)
        if round_.seed != round_.input_sha256:
            _freeze_as_imported(session, actor, row, round_)
        session.flush()
        session.expunge(row)
    return row


def keep_round(session: Session, actor: Actor, name: str, toml: str) -> RoundRow:
    """Begin a round in the store, collecting, with the settings given."""
    row = RoundRow(id=f"r{secrets.token_hex(6)}", name=name, state=COLLECTING, revision=1, created_at=now_text())
    session.add(row)
    session.flush()
    trail.record(session, actor, row.id, "round begun", {"state": COLLECTING})
    documents.write(session, actor, row.id, "round", HUB_OWN, settings_sheet(toml))
    return row


def export_round(database: Database, actor: Actor, round_id: str, out: Path) -> list[str]:
    """Write the round's folder to ``out``, whole or not at all, and return the names of its files.

    The id of a run gives the folder that the run made.
    """
    require_replaceable(out)
    require_writable(out)
    with database.reading(actor) as session:
        files = _made(session, round_id) or round_files(session, round_id, _kept(session, round_id).seed)
    write_whole(out, files)
    return sorted(files)


def _kept(session: Session, round_id: str) -> RoundRow:
    try:
        return find_round(session, round_id)
    except NotFoundError:
        raise NotFoundError(f"there is no round or run {round_id} in the store") from None


def _made(session: Session, run_id: str) -> dict[str, bytes]:
    """The files of the run of that id; none where there is no such run."""
    if session.get(RunRow, run_id) is None:
        return {}
    files = made_files(session, run_id)
    if not files:
        raise RefusedError(f"run {run_id} has made no files")
    return files


def _confirmations(parts: Iterable[Part]) -> list[Part]:
    """Each employer's offers, confirmed as the hub's own tables have them."""
    rows: dict[Owner, list[tuple[str, ...]]] = {}
    for table, owner, sheet in parts:
        if table == "experiences":
            rows[owner] = [
                (record["experience_id"].strip(EDGES), CONFIRMED, record.get("meaningful", ""), "")
                for record in sheet.records()
            ]
    return [(ANSWERS, owner, Sheet.of(ANSWER_COLUMNS, each)) for owner, each in rows.items()]


def _freeze_as_imported(session: Session, actor: Actor, row: RoundRow, round_: Round) -> None:
    row.state, row.input_sha256 = FROZEN, round_.input_sha256
    trail.record(session, actor, row.id, "round frozen", {"input_sha256": round_.input_sha256, "imported": True})
    row.seed = round_.seed
    trail.record(session, actor, row.id, "seed set", {"seed": round_.seed, "imported": True})
