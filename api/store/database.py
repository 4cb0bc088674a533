"""The database and its transactions: SQLite in a file, or PostgreSQL; every transaction says who acts in it.

Writers take turns. SQLite has one writer anyway; on PostgreSQL each locks the head of the trail first, so that what is
read in a transaction that writes is still so when it ends, and documents are numbered in the order that they are kept.
"""

from __future__ import annotations

import contextlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, select, text
from sqlalchemy.orm import Session

from api.errors import RefusedError
from api.store.model import TrailHead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from api.people import Actor

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=60000", "secure_delete=ON")
"""``FULL`` sees a commit onto the disk before it is acknowledged; deleted text is overwritten, for purges."""
FILE = "foothold.sqlite"
READS = "foothold_reads"
SAFE_ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def sqlite_url(folder: Path) -> str:
    """The address of the embedded database in ``folder``."""
    return f"sqlite+pysqlite:///{folder / FILE}"


@dataclass(frozen=True, slots=True)
class Database:
    """A database that is up to date with the model; see ``api.store.opening``."""

    engine: Engine

    @property
    def embedded(self) -> bool:
        """Whether this is SQLite, for one organisation: there is no second guard under the service's own scoping."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Session]:
        """A transaction that only reads, seen as ``actor`` may see it."""
        with self._transaction(actor, reads=True) as session:
            yield session

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[Session]:
        """A transaction that is kept whole when the block ends, and not at all when it raises."""
        with self._transaction(actor, reads=False) as session:
            session.execute(select(TrailHead).with_for_update())
            yield session
            session.flush()

    def forget(self) -> None:
        """See what was emptied off the disk: SQLite's journal is cut, PostgreSQL's dead rows are taken for reuse."""
        with contextlib.closing(self.engine.raw_connection()) as connection:
            driver = connection.driver_connection
            assert driver is not None
            if self.embedded:
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            driver.autocommit = True
            driver.execute("VACUUM documents, run_files, runs")
            driver.autocommit = False

    @contextmanager
    def _transaction(self, actor: Actor, *, reads: bool) -> Iterator[Session]:
        with (
            self.engine.connect().execution_options(**{READS: reads}) as connection,
            connection.begin(),
            Session(connection) as session,
        ):
            if not self.embedded:
                _say_who(connection, actor)
            yield session


def connect(url: str) -> Engine:
    """An engine for the address; raises ``RefusedError`` for an address that names neither database."""
    address = url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
    if address.startswith("sqlite"):
        engine = create_engine(address)
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if address.startswith("postgresql+psycopg://"):
        return create_engine(address, pool_pre_ping=True, pool_size=10)
    raise RefusedError("FOOTHOLD_DATABASE_URL takes postgresql://user:password@host/database (or leave it unset)")


def require_guarded(connection: Connection) -> None:
    """Refuse a PostgreSQL user whom row-level security does not bind."""
    if connection.dialect.name == "postgresql" and connection.execute(text(SAFE_ROLE)).scalar_one():
        raise RefusedError(
            "FOOTHOLD_DATABASE_URL names a superuser (or one with BYPASSRLS), to whom row-level security does not "
            "apply; make a plain user that owns the database: CREATE USER foothold PASSWORD '...'; "
            "CREATE DATABASE foothold OWNER foothold"
        )


def _say_who(connection: Connection, actor: Actor) -> None:
    for setting, value in (("foothold.role", actor.role), ("foothold.scope", actor.scope)):
        connection.execute(text("SELECT set_config(:setting, :value, true)"), {"setting": setting, "value": value})


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
