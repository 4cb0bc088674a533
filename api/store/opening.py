"""Opens the store at an address or in a folder, brought up to date with the model by its migrations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError

from api.errors import RefusedError
from api.store.database import Database, connect, require_guarded, sqlite_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"
TURN = 4_707_271
"""The number of the advisory lock by which PostgreSQL lets one process migrate at a time."""


def open_store(folder: Path, url: str | None = None) -> Database:
    """The store at ``url``, or in a file of ``folder``, migrated to the newest; a new folder is this user's alone.

    Raises ``RefusedError`` for an address that cannot be used, saying why.
    """
    if url is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = connect(url or sqlite_url(folder.absolute()))
    try:
        with engine.begin() as connection:
            require_guarded(connection)
            migrate(connection)
    except DatabaseError as failure:
        if type(failure) not in {OperationalError, DatabaseError}:
            raise
        where = str(folder) if url is None else "FOOTHOLD_DATABASE_URL"
        raise RefusedError(f"the database at {where} cannot be opened: {failure.orig}") from failure
    return Database(engine)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the database to ``revision``, in the transaction of ``connection``."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
