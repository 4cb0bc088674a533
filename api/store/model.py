"""The one model of the store, on SQLite and PostgreSQL alike; ``migrations`` holds its history.

Times are ISO text in UTC and documents are JSON text, so that both databases hold, sort and hash the same characters.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ID = String(40)
WHO = String(200)
"""A URN, an employer id or the label of a key."""
TIME = String(32)
SHA = String(64)


class Base(DeclarativeBase):
    """The tables of the store; constraints have names, so that a migration can find them again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class RoundRow(Base):
    """A round and where it is in its life; ``revision`` grows with every change of this row."""

    __tablename__ = "rounds"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int]
    input_sha256: Mapped[str | None] = mapped_column(SHA)
    seed: Mapped[str | None] = mapped_column(Text)
    signed_run: Mapped[str | None] = mapped_column(ID)
    signed_by: Mapped[str | None] = mapped_column(WHO)
    published_run: Mapped[str | None] = mapped_column(ID)
    created_at: Mapped[str] = mapped_column(TIME)
    closed_at: Mapped[str | None] = mapped_column(TIME)
    purged_at: Mapped[str | None] = mapped_column(TIME)


class Document(Base):
    """One version of one table as its owner last sent it: never overwritten, and emptied only when its time is up.

    ``id`` is the number of the trail's entry that tells of it, so that documents are numbered in the order of events.
    ``digest`` is the SHA-256 of the salt and the rows; when the rows go the salt goes too, so that what was there can
    no longer be guessed from the trail.
    """

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("round_id", "table_name", "owner_kind", "owner_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_id: Mapped[str] = mapped_column(ForeignKey("rounds.id"))
    table_name: Mapped[str] = mapped_column(String(30))
    owner_kind: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[str] = mapped_column(WHO)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    row_count: Mapped[int]
    body: Mapped[str | None] = mapped_column(Text)
    faults: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(SHA)
    written_at: Mapped[str] = mapped_column(TIME)
    written_by: Mapped[str] = mapped_column(WHO)


class RunRow(Base):
    """A run: what was asked for, who holds its lease, and what came of it.

    ``number`` is the trail's entry that tells of it and ``through`` the last document that it sees. ``fence`` grows
    with every lease, so that a worker that lost its lease can no longer write. One run of a round runs at a time: an
    index holds it to that.

    ``baseline_run`` is the published run that a re-run starts from, and whatever is made from that re-run too;
    ``since`` is the re-run's date. ``of_run`` is the run that an override or a report is made from, and ``edited`` the
    document that holds an override's rows.
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("round_id", "idempotency_key"),
        Index(
            "ix_runs_one_running",
            "round_id",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("rounds.id"))
    idempotency_key: Mapped[str] = mapped_column(WHO)
    kind: Mapped[str] = mapped_column(String(10))
    since: Mapped[str | None] = mapped_column(String(10))
    of_run: Mapped[str | None] = mapped_column(ID)
    baseline_run: Mapped[str | None] = mapped_column(ID)
    edited: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    through: Mapped[int]
    seed: Mapped[str] = mapped_column(Text)
    time_limit: Mapped[float | None]
    input_sha256: Mapped[str | None] = mapped_column(SHA)
    certificate: Mapped[str | None] = mapped_column(Text)
    audit: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    cancel: Mapped[bool]
    attempts: Mapped[int]
    fence: Mapped[int]
    lease_until: Mapped[float | None]
    """Of a running run, until when it is its worker's; of one that lost workers and waits, until when it rests."""
    requested_by: Mapped[str] = mapped_column(WHO)
    requested_at: Mapped[str] = mapped_column(TIME)
    finished_at: Mapped[str | None] = mapped_column(TIME)


class RunEvent(Base):
    """One line of a run's progress, numbered from 1, so that a listener can go on where it stopped."""

    __tablename__ = "run_events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class RunFile(Base):
    """A file of the folder that a run made; ``content`` is emptied when its time is up, the digest stays."""

    __tablename__ = "run_files"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[str] = mapped_column(WHO)
    personal: Mapped[bool]
    digest: Mapped[str] = mapped_column(SHA)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


class Publication(Base):
    """A publication of a round, numbered from 1: which run was shown, since when, and who signed and published it.

    The round's ``published_run`` is the newest; the runs of earlier ones keep their files.
    """

    __tablename__ = "publications"

    round_id: Mapped[str] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"))
    signed_by: Mapped[str] = mapped_column(WHO)
    published_by: Mapped[str] = mapped_column(WHO)
    published_at: Mapped[str] = mapped_column(TIME)


class KeyRow(Base):
    """An API key: the SHA-256 of its 256 random bits, never the key itself."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[str] = mapped_column(SHA, unique=True)
    role: Mapped[str] = mapped_column(String(10))
    scope: Mapped[str] = mapped_column(WHO)
    label: Mapped[str] = mapped_column(WHO)
    created_at: Mapped[str] = mapped_column(TIME)
    expires_at: Mapped[str] = mapped_column(TIME)
    revoked_at: Mapped[str | None] = mapped_column(TIME)


class TrailEntry(Base):
    """One thing that happened; ``hash`` is over the entry and the hash before it."""

    __tablename__ = "trail"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(TIME)
    actor: Mapped[str] = mapped_column(WHO)
    round_id: Mapped[str] = mapped_column(ID)
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(SHA)


class TrailHead(Base):
    """The end of the trail: one row, which every writer locks first, so that writes happen one after another."""

    __tablename__ = "trail_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(SHA)
