"""The store that the migrations make is the one that the model describes, and only a bound user may open it."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from api.errors import RefusedError
from api.people import OPERATOR
from api.store.model import Base
from api.store.opening import open_store


def test_the_migrations_make_the_model(database):
    """Nothing is in the model that a migration forgot, and nothing the other way."""
    with database.writing(OPERATOR) as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Base.metadata) == []


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
