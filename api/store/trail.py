"""The trail: what happened, by whom, in a chain of hashes that shows any later change.

It tells of tables, owners, versions and digests, never of a student: names and ids stay where they can be purged.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.store.clock import now_text
from api.store.model import Document, RunFile, TrailEntry, TrailHead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from api.people import Actor

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries the trail has, the hash it ends with, and what in the store contradicts it (a sentence each)."""

    entries: int
    head: str
    broken: tuple[str, ...]


def record(session: Session, actor: Actor, round_id: str, action: str, detail: dict[str, Any]) -> int:
    """Add an entry to the trail, in the transaction that does what it tells of, and return its number."""
    head = session.execute(select(TrailHead)).scalar_one()
    entry = TrailEntry(
        seq=head.seq + 1,
        at=now_text(),
        actor=actor.name,
        round_id=round_id,
        action=action,
        detail=json.dumps(detail, sort_keys=True, ensure_ascii=False),
    )
    entry.hash = entry_hash(head.hash, entry)
    session.add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session.flush()
    return entry.seq


def last_number(session: Session) -> int:
    """The number of the last entry; 0 where nothing has happened."""
    return session.execute(select(TrailHead.seq)).scalar_one()


def entry_hash(before: str, entry: TrailEntry) -> str:
    """SHA-256 of the hash before and the entry's own six facts."""
    facts = [before, entry.seq, entry.at, entry.actor, entry.round_id, entry.action, entry.detail]
    return sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def verify(session: Session) -> Verified:
    """Follow the chain from its start, and hold every document and file to what the trail says of it."""
    before, count, broken = START, 0, list[str]()
    told: dict[int, dict[str, Any]] = {}
    for entry in session.execute(select(TrailEntry).order_by(TrailEntry.seq)).scalars():
        count += 1
        if entry.seq != count:
            broken.append(f"Entry {count} is missing: entry {entry.seq} comes in its place.")
            count = entry.seq
        if entry.hash != entry_hash(before, entry):
            broken.append(f"Entry {entry.seq} ({entry.action}) is not what was recorded, or one before it is gone.")
        before = entry.hash
        told[entry.seq] = json.loads(entry.detail)
    head = session.execute(select(TrailHead)).scalar_one()
    if (head.seq, head.hash) != (count, before):
        broken.append(f"The trail ends at entry {count}, but {head.seq} entries were written.")
    broken += _documents_that_differ(session, told)
    broken += _files_that_differ(session, told)
    return Verified(count, before, tuple(broken))


def document_digest(salt: str, body: str) -> str:
    """SHA-256 of a document's salt and rows."""
    return sha256(f"{salt}\n{body}".encode()).hexdigest()


def files_digest(digests: Mapping[str, str]) -> str:
    """SHA-256 of the paths and digests of the files that a run made."""
    lines = "".join(f"{path}\n{digest}\n" for path, digest in sorted(digests.items()))
    return sha256(lines.encode()).hexdigest()


def _documents_that_differ(session: Session, told: dict[int, dict[str, Any]]) -> Iterator[str]:
    seen = set()
    for document in session.execute(select(Document).execution_options(yield_per=100)).scalars():
        seen.add(document.id)
        where = f"Version {document.version} of {document.table_name} of {document.owner_kind} {document.owner_id}"
        if told.get(document.id, {}).get("digest") != document.digest:
            yield f"{where} is not the one on the trail."
        elif document.body is not None and document_digest(document.salt or "", document.body) != document.digest:
            yield f"{where} is not what was sent."
    gone = [seq for seq, detail in told.items() if "digest" in detail and seq not in seen]
    yield from (f"The document of entry {seq} is gone." for seq in gone)


def _files_that_differ(session: Session, told: dict[int, dict[str, Any]]) -> Iterator[str]:
    digests: dict[str, dict[str, str]] = defaultdict(dict)
    for file in session.execute(select(RunFile).execution_options(yield_per=100)).scalars():
        digests[file.run_id][file.path] = file.digest
        if file.content is not None and sha256(file.content).hexdigest() != file.digest:
            yield f"The file {file.path} of run {file.run_id} is not what the run made."
    for detail in told.values():
        if "files" in detail and files_digest(digests[detail["run"]]) != detail["files"]:
            yield f"The files of run {detail['run']} are not the ones on the trail."
