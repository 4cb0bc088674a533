"""PostgreSQL itself keeps each role to its rows: what the service let through by mistake, the database would not."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from api.jobs import leases
from api.people import DOOR, OPERATOR, WORKER, Actor
from api.service.asking import ask_for_run
from api.service.keys import make_key
from api.store.documents import HUB_OWN, Owner, Sheet, write
from api.store.model import Document, KeyRow, Publication, RunFile, RunRow, TrailEntry

pytestmark = pytest.mark.postgresql
inside = pytest.mark.usefixtures("tiny_id")
solved = pytest.mark.usefixtures("made")
SCHOOL, EMPLOYER, AUDITOR = Actor("school", "100001", "s"), Actor("employer", "E1", "e"), Actor("auditor", "", "a")
NOBODY = Actor("", "", "nobody")
CATALOGUE = {"round", "employers", "experiences", "slots", "answers"}
TABLES = [
    "students",
    "preferences",
    "history",
    "calendar",
    "attendance",
    "schools",
    "employers",
    "experiences",
    "slots",
    "answers",
    "decisions",
    "round",
]
SENDS = {
    "school": {"students", "preferences", "history", "calendar", "attendance"},
    "employer": {"experiences", "slots", "answers"},
    "auditor": set(),
    "": set(),
}


@pytest.fixture
def address(server):
    """PostgreSQL only: SQLite has no such guard."""
    return server.new_database()


@pytest.fixture
def made(database, tiny_id):
    """A run of tiny that made a roster for two employers and a list for two schools, not published."""
    run = ask_for_run(database, OPERATOR, tiny_id, "k")
    owners = [Owner("employer", "E1"), Owner("employer", "E2"), Owner("school", "100001"), Owner("school", "100002")]
    files = {f"{owner.kind}s/{owner.id}.csv": (owner, b"canary") for owner in owners}
    leases.finish(
        database, leases.claim(database), leases.Made(files, {"status": "optimal", "input_sha256": "0" * 64}, {}), []
    )
    return run


def seen(database, actor, kind, column):
    """What the actor sees of a table, asking for all of it."""
    with database.reading(actor) as session:
        return set(session.execute(select(column).select_from(kind)).scalars())


@inside
def test_a_school_sees_its_own_rows_and_the_catalogue(database):
    """Of other schools nothing at all, of employers what anyone may choose from."""
    with database.reading(SCHOOL) as session:
        documents = session.execute(select(Document)).scalars().all()
    others = {each.table_name for each in documents if (each.owner_kind, each.owner_id) != ("school", "100001")}
    assert others == CATALOGUE
    assert {each.table_name for each in documents} - CATALOGUE == SENDS["school"] - {"attendance"} | {"schools"}


@inside
def test_an_employer_sees_its_own_offers_and_the_rounds_settings(database):
    """Nothing of any student, school or other employer."""
    with database.reading(EMPLOYER) as session:
        documents = session.execute(select(Document)).scalars().all()
    assert {(each.table_name, each.owner_id) for each in documents} == {
        ("round", ""),
        *((table, "E1") for table in ("employers", "experiences", "slots", "answers")),
    }


def test_files_are_seen_by_their_owner_once_published(database, made):
    """Before publication nobody outside the hub sees a file; after it each its own, all at one moment."""
    assert seen(database, SCHOOL, RunFile, RunFile.path) == set()
    assert seen(database, EMPLOYER, RunFile, RunFile.path) == set()
    with database.writing(OPERATOR) as session:
        session.execute(text("UPDATE rounds SET published_run = :run"), {"run": made.id})
    assert seen(database, SCHOOL, RunFile, RunFile.path) == {"schools/100001.csv"}
    assert seen(database, EMPLOYER, RunFile, RunFile.path) == {"employers/E1.csv"}


@solved
def test_nobody_who_does_not_say_who_sees_anything(database):
    """A transaction without a role, or with one that does not exist, reads no row of any guarded table."""
    make_key(database, OPERATOR, "hub", "", "Sam")
    for actor in (NOBODY, Actor("admin", "", "x"), Actor("school", "", "x")):
        assert seen(database, actor, TrailEntry, TrailEntry.seq) == set()
        assert seen(database, actor, RunRow, RunRow.id) == set()
        assert seen(database, actor, KeyRow, KeyRow.id) == set()
    assert seen(database, NOBODY, Document, Document.id) == set()
    assert seen(database, DOOR, Document, Document.id) == set()


@solved
def test_keys_trail_and_runs_are_not_for_schools_and_employers(database):
    """They see neither who else has a key nor what happened elsewhere; an auditor sees the trail, not the keys."""
    make_key(database, OPERATOR, "hub", "", "Sam")
    for actor in (SCHOOL, EMPLOYER):
        assert seen(database, actor, TrailEntry, TrailEntry.seq) == set()
        assert seen(database, actor, RunRow, RunRow.id) == set()
        assert seen(database, actor, KeyRow, KeyRow.id) == set()
    assert seen(database, AUDITOR, TrailEntry, TrailEntry.seq)
    assert seen(database, AUDITOR, KeyRow, KeyRow.id) == set()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "owner", [HUB_OWN, Owner("school", "100001"), Owner("school", "100002"), Owner("employer", "E1")]
)
@pytest.mark.parametrize("actor", [SCHOOL, EMPLOYER, AUDITOR, NOBODY], ids=lambda actor: actor.role or "nobody")
def test_each_role_sends_its_own_tables_for_itself(database_once, actor, owner, table):
    """Whoever asks, for whomever and whatever: a row is taken only of one's own table and in one's own name."""
    database, round_id = database_once
    may = (owner.kind, owner.id) == (actor.role, actor.scope) and table in SENDS[actor.role]
    try:
        with database.writing(actor) as session:
            write(session, actor, round_id, table, owner, Sheet.of(("a",), [("b",)]))
        taken = True
    except DBAPIError:
        taken = False
    assert taken == may


def test_publications_are_seen_by_all_and_made_by_the_hub(database, tiny_id, made):
    """Whoever may look at rounds sees which publication stands; only the hub makes one, and nobody changes one."""
    row = {"round": tiny_id, "run": made.id}
    insert = text("INSERT INTO publications VALUES (:round, 1, :run, 'Sam', 'Sam', '2026')")
    for actor in (SCHOOL, EMPLOYER, AUDITOR, WORKER, NOBODY):
        with pytest.raises(DBAPIError), database.writing(actor) as session:
            session.execute(insert, row)
    with database.writing(OPERATOR) as session:
        session.execute(insert, row)
        assert session.execute(text("UPDATE publications SET run_id = ''")).rowcount == 0
    for actor in (OPERATOR, SCHOOL, EMPLOYER, AUDITOR, WORKER):
        assert seen(database, actor, Publication, Publication.number) == {1}
    for actor in (NOBODY, DOOR):
        assert seen(database, actor, Publication, Publication.number) == set()


@inside
def test_the_worker_makes_no_key(database):
    """A worker that is taken over lets nobody in."""
    with pytest.raises(DBAPIError), database.writing(WORKER) as session:
        session.execute(
            text("INSERT INTO keys VALUES ('k', 'd', 'hub', '', 'x', '2020-01-01', '2030-01-01', NULL)"),
        )
