"""The trail shows any later change: an entry altered or cut off, a document or its rows exchanged."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy.exc import DBAPIError

from api.people import OPERATOR
from api.service.storing import verify_trail

pytestmark = pytest.mark.usefixtures("tiny_id")
GUARDS = {
    "sqlite": ["DROP TRIGGER {table}_not_changed", "DROP TRIGGER {table}_not_deleted"],
    "postgresql": ["ALTER TABLE {table} DISABLE TRIGGER USER"],
}
TAMPERED = {
    "an entry told otherwise": ("trail", "UPDATE trail SET actor = 'somebody else' WHERE seq = 3", "Entry 3"),
    "an entry taken out": ("trail", "DELETE FROM trail WHERE seq = 3", "Entry 3 is missing"),
    "the last entry cut off": ("trail", "DELETE FROM trail WHERE seq = (SELECT max(seq) FROM trail)", "ends at entry"),
    "rows exchanged": ("documents", "UPDATE documents SET body = replace(body, 'N1', 'N7')", "is not what was sent"),
    "a document's digest too": ("documents", "UPDATE documents SET digest = '0'", "is not the one on the trail"),
    "a document taken out": ("documents", "DELETE FROM documents WHERE table_name = 'slots'", "is gone"),
}


def force(database, table, statement):
    """Change the store behind its back, as whoever owns the database can; the guards off first."""
    with database.writing(OPERATOR) as session:
        run = session.connection().exec_driver_sql
        for guard in GUARDS[database.engine.dialect.name]:
            run(guard.format(table=table))
        if not database.embedded:
            run(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        run(statement)


def test_an_untouched_store_is_whole(database):
    """After an import every entry follows from the one before and every document is as sent."""
    verified = verify_trail(database, OPERATOR)
    assert verified.broken == ()
    assert verified.entries > 20


@pytest.mark.parametrize("case", TAMPERED)
def test_tampering_is_seen(database, case):
    """Whatever is changed behind the store's back, the command says what."""
    table, statement, told = TAMPERED[case]
    force(database, table, statement)
    assert any(told in sentence for sentence in verify_trail(database, OPERATOR).broken)


@pytest.mark.parametrize("table", ["trail", "documents"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET round_id = 'other'"])
def test_the_database_refuses_to_change_what_is_on_record(database, table, statement):
    """Without taking its guards off, nobody's mistake can change the trail or a version of a document."""
    changed = 0
    with suppress(DBAPIError), database.writing(OPERATOR) as session:
        changed = session.connection().exec_driver_sql(statement.format(table)).rowcount
    assert changed == 0
    assert verify_trail(database, OPERATOR).broken == ()
