"""The store that the migrations make is the one that the model describes, and only a bound user may open it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.errors import RefusedError
from api.people import OPERATOR
from api.service.publications import publications
from api.service.runs import find_run
from api.store.database import Database, connect, sqlite_url
from api.store.model import Base
from api.store.opening import migrate, open_store

BEFORE = (
    "INSERT INTO rounds VALUES ('r1', 'x', 'published', 9, NULL, NULL, 'a1', 'k1 Sam', 'a1', '2026', NULL, NULL)",
    "INSERT INTO rounds VALUES ('r2', 'x', 'collecting', 1, NULL, NULL, NULL, NULL, NULL, '2026', NULL, NULL)",
    "INSERT INTO runs VALUES ('a1', 1, 'r1', 'k', 'done', 1, '', 1, '', '', '', '', false, 1, 1, 1, 's', '2026', '')",
    "INSERT INTO trail VALUES (1, '2026-03-01T09:00:00+00:00', 'k2 Kim', 'r1', 'published', '{}', 'h')",
)
"""A published round and a collecting one, as a store before the publications had them."""


def test_the_migrations_make_the_model(database):
    """Nothing is in the model that a migration forgot, and nothing the other way."""
    with database.writing(OPERATOR) as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Base.metadata) == []


def test_what_was_published_before_is_the_first_publication(address, tmp_path):
    """A store of an earlier Foothold is brought up to date with nothing lost: its publications are on record too."""
    engine = connect(address or sqlite_url(tmp_path))
    with engine.begin() as connection:
        migrate(connection, "0003")
        if address:
            connection.execute(text("SELECT set_config('foothold.role', 'hub', true)"))
        for statement in BEFORE:
            connection.execute(text(statement))
        migrate(connection)
    database = Database(engine)
    with database.reading(OPERATOR) as session:
        kept = [(each.number, each.run_id, each.signed_by, each.published_by) for each in publications(session, "r1")]
        assert kept == [(1, "a1", "k1 Sam", "k2 Kim")]
        assert publications(session, "r2") == []
        assert find_run(session, "r1", "a1").kind == "allocate"
    with suppress(DBAPIError), database.writing(OPERATOR) as session:
        session.execute(text("UPDATE publications SET published_by = 'somebody else'"))
    with database.reading(OPERATOR) as session:
        assert publications(session, "r1")[0].published_by == "k2 Kim"
    engine.dispose()


def test_opening_again_changes_nothing(database, address, tiny_id, tmp_path):
    """A store that is up to date is opened as it is."""
    again = open_store(tmp_path / "store", address)
    with again.reading(OPERATOR) as session:
        assert session.connection().exec_driver_sql("SELECT id FROM rounds").scalars().all() == [tiny_id]
    assert again.embedded == database.embedded
    again.engine.dispose()


@pytest.mark.postgresql
def test_a_user_whom_no_guard_binds_is_refused(server, tmp_path):
    """A superuser would read past row-level security, so the store does not open for one."""
    with pytest.raises(RefusedError, match="plain user"):
        open_store(tmp_path, server.new_database(user="postgres"))


def test_a_new_folder_is_this_users_alone(tmp_path):
    """A store of students is not for whoever else works on the machine."""
    open_store(tmp_path / "new").engine.dispose()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_an_address_of_another_database_is_refused(tmp_path):
    """Only PostgreSQL and the embedded file are known."""
    with pytest.raises(RefusedError, match="FOOTHOLD_DATABASE_URL"):
        open_store(tmp_path, "mysql://somebody@somewhere/foothold")


def test_a_database_that_does_not_answer_is_told(tmp_path):
    """A wrong address is bad input with its reason, not an internal fault."""
    with pytest.raises(RefusedError, match="cannot be opened"):
        open_store(tmp_path, f"postgresql://foothold@/foothold?host={tmp_path}")
