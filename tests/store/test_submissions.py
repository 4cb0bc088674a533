"""Schools' tables and employers' offers: versions, all faults at once, and nobody reads or writes another's."""

from __future__ import annotations

import pytest

from api.errors import ChangedError, ConflictError, ForbiddenError, NotFoundError
from api.people import OPERATOR, Actor
from api.service import life
from api.service.assembling import CONFIRMED, DECLINED, WITHDRAWN, folder_of, round_files
from api.service.importing import import_round
from api.service.offers import Answer, answer_offer, csv_bytes, read_offers, send_offers
from api.service.submissions import newest_submission, standings, submit_hub_table, submit_table, whole_table
from api.service.uploads import Upload
from api.store.documents import Sheet
from api.store.model import Document
from engine.loading import load_round
from scenarios import write_scenario

NORTHGATE, SOUTHBANK = Actor("school", "100001", "Ms Noor"), Actor("school", "100002", "Mr South")
HOSPITAL, STUDIO = Actor("employer", "E1", "Dr Hart"), Actor("employer", "E2", "Mo Reel")
AUDITOR = Actor("auditor", "", "Ms Check")
STUDENTS = b"UPN,URN,NC Year,FSM,SEN,Name\nS1,100002,10,Y,N,Grace\nS9,100002,Yr 11,N,K,Zoe\n"
FAULTY = b"UPN,URN,NC Year,FSM,SEN\nS1,100002,99,Y,N\nS2,100001,10,maybe,N\n"


@pytest.fixture
def collecting(database, tmp_path):
    """Tiny without its seed: a round that is still collecting."""
    write_scenario("tiny", tmp_path / "tiny")
    toml = tmp_path / "tiny" / "round.toml"
    toml.write_text(toml.read_text().replace('seed = "tiny-1"', ""))
    return import_round(database, OPERATOR, tmp_path / "tiny").id


def as_solved(database, round_id):
    """The round as the solver would read it now."""
    with database.reading(OPERATOR) as session:
        files = round_files(session, round_id, None)
    with folder_of(files) as folder:
        return load_round(folder)


def versions(database, table, owner_id):
    """Every version on record: number, state and rows."""
    with database.reading(OPERATOR) as session:
        found = session.query(Document).filter_by(table_name=table, owner_id=owner_id).order_by(Document.version)
        return [(each.version, each.state, each.row_count) for each in found]


def test_a_dry_run_says_what_would_change_and_changes_nothing(database, collecting):
    """New, changed and removed students are told by id; the round is as it was."""
    said = submit_table(database, SOUTHBANK, collecting, "100002", Upload("students", STUDENTS), dry_run=True)
    assert (said.changes.new, said.changes.changed) == (("S9",), ("S1",))
    assert said.changes.removed == ("S2", "S3", "S4")
    assert versions(database, "students", "100002") == [(1, "in", 4)]


def test_a_submission_is_the_next_version(database, collecting):
    """The new table is part of the round and the one before is still on record."""
    assert submit_table(database, SOUTHBANK, collecting, "100002", Upload("students", STUDENTS)).version == 2
    assert versions(database, "students", "100002") == [(1, "in", 4), (2, "in", 2)]
    # the pin of S4, who is gone now, has to go as well before the round can be read
    submit_hub_table(database, OPERATOR, collecting, Upload("decisions", b"kind,student_id,reason,by\n"), expected=None)
    students = as_solved(database, collecting).students
    assert {key for key, each in students.items() if each.urn == "100002"} == {"S1", "S9"}


def test_a_faulty_submission_is_on_record_and_not_in_the_round(database, collecting):
    """All faults come at once, with the school's own file marked; what was in before stays in."""
    said = submit_table(database, SOUTHBANK, collecting, "100002", Upload("students", FAULTY))
    assert [(fault.row, fault.column, fault.code) for fault in said.reading.faults] == [
        (2, "year_group", "out_of_range"),
        (3, "fsm", "bad_choice"),
        (3, "urn", "unknown_reference"),
    ]
    assert b"Problems" in said.reading.problems
    assert "S2" in as_solved(database, collecting).students
    with database.reading(SOUTHBANK) as session:
        state = [(each.table, each.state) for each in standings(session, SOUTHBANK, collecting, ["100002"])]
    assert state == [("students", "faults"), ("preferences", "in")]


def test_a_school_sees_and_sends_only_its_own(database, collecting):
    """Another school's table is not found, for reading and for writing, and an auditor changes nothing."""
    with pytest.raises(NotFoundError), database.reading(NORTHGATE) as session:
        newest_submission(session, NORTHGATE, collecting, "100002", "students")
    with pytest.raises(NotFoundError):
        submit_table(database, NORTHGATE, collecting, "100002", Upload("students", STUDENTS))
    with pytest.raises(NotFoundError):
        submit_table(database, HOSPITAL, collecting, "100002", Upload("students", STUDENTS))
    with pytest.raises(ForbiddenError):
        submit_table(database, AUDITOR, collecting, "100002", Upload("students", STUDENTS))
    stolen = STUDENTS.replace(b"100002", b"100001")
    said = submit_table(database, SOUTHBANK, collecting, "100002", Upload("students", stolen))
    assert {fault.code for fault in said.reading.faults} == {"unknown_reference"}


def test_a_school_that_the_hub_took_out_sends_nothing_more(database, collecting):
    """A school that is no longer in the hub's table is answered like one that never was, and the round stays whole."""
    with database.reading(OPERATOR) as session:
        schools = whole_table(session, collecting, "schools")
    place, added = schools.columns.index("urn"), list(schools.rows[0])
    added[place] = "100009"
    for rows in ([*schools.rows, added], schools.rows):
        sent = Upload("schools", csv_bytes(Sheet.of(schools.columns, rows)))
        assert submit_hub_table(database, OPERATOR, collecting, sent, expected=None).accepted
    students = STUDENTS.replace(b"100002", b"100009").replace(b"S1", b"S8")
    with pytest.raises(NotFoundError):
        submit_table(database, Actor("school", "100009", "Mx New"), collecting, "100009", Upload("students", students))
    as_solved(database, collecting)


def test_two_who_edit_at_once_lose_nothing(database, collecting):
    """The second, who saw version 1, is told that it is version 2 now."""
    submit_table(database, SOUTHBANK, collecting, "100002", Upload("students", STUDENTS), expected=1)
    with pytest.raises(ChangedError):
        submit_table(database, OPERATOR, collecting, "100002", Upload("students", STUDENTS), expected=1)


def test_a_frozen_round_takes_no_submission(database, collecting):
    """After the freeze nothing is taken, so the hash on record stays that of the tables."""
    life.freeze(database, OPERATOR, collecting)
    with pytest.raises(ConflictError, match="frozen"):
        submit_table(database, SOUTHBANK, collecting, "100002", Upload("students", STUDENTS))


def changed(sheet, **cells):
    """The sheet with cells of its first row changed."""
    columns = tuple(dict.fromkeys([*sheet.columns, *cells]))
    rows = sheet.records()
    rows[0] |= cells
    return Sheet.of(columns, [[row.get(column, "") for column in columns] for row in rows])


def test_only_the_hub_confirms_what_an_experience_holds(database, collecting):
    """An employer that describes its experience anew has nothing in the round until the hub has confirmed it."""
    with database.reading(HOSPITAL) as session:
        before = read_offers(session, HOSPITAL, collecting, "E1")
    assert before.answers["X1"]["state"] == CONFIRMED
    new = changed(before.experiences, title="Three days on the ward", meaningful="7")
    sent = send_offers(database, HOSPITAL, collecting, "E1", new, before.slots, expected=before.version)
    assert sent.faults == ()
    round_ = as_solved(database, collecting)
    assert {slot.capacity for slot in round_.slots.values() if slot.experience_id == "X1"} == {0}
    assert {slot.capacity for slot in round_.slots.values() if slot.experience_id == "X2"} != {0}
    confirmed = Answer("X1", CONFIRMED, ("purpose", "task"))
    with pytest.raises(ForbiddenError):
        answer_offer(database, HOSPITAL, collecting, "E1", confirmed)
    answer_offer(database, OPERATOR, collecting, "E1", confirmed, expected=sent.version)
    round_ = as_solved(database, collecting)
    assert round_.experiences["X1"].criteria_met == 2
    assert {slot.capacity for slot in round_.slots.values() if slot.experience_id == "X1"} == {2}


def test_an_employer_cannot_clear_itself(database, collecting):
    """The register with the date to which checks hold is the hub's alone."""
    register = Upload("employers", b"employer_id,name,sector,cleared_until\nE2,Studio,Arts,2030-01-01\n")
    with pytest.raises(ForbiddenError):
        submit_hub_table(database, STUDIO, collecting, register, expected=None)


def test_offers_are_declined_and_withdrawn_with_a_reason(database, collecting):
    """Either way nothing of it is given, the reason is on record, and a withdrawal is taken after the freeze too."""
    answer_offer(database, OPERATOR, collecting, "E1", Answer("X2", DECLINED, reason="No supervisor"))
    life.freeze(database, OPERATOR, collecting)
    answer_offer(database, HOSPITAL, collecting, "E1", Answer("X1", WITHDRAWN, reason="The ward is closed"))
    given = {slot.experience_id: slot.capacity for slot in as_solved(database, collecting).slots.values()}
    assert (given["X1"], given["X2"]) == (0, 0)
    with database.reading(HOSPITAL) as session:
        answers = read_offers(session, HOSPITAL, collecting, "E1").answers
    assert [answers[key]["reason"] for key in ("X1", "X2")] == ["The ward is closed", "No supervisor"]


def test_an_employer_sees_and_sends_only_its_own(database, collecting):
    """Another's offers are not found, and another's experience cannot be taken over."""
    with pytest.raises(NotFoundError), database.reading(STUDIO) as session:
        read_offers(session, STUDIO, collecting, "E1")
    with database.reading(OPERATOR) as session:
        theirs = read_offers(session, OPERATOR, collecting, "E1")
    sent = send_offers(database, STUDIO, collecting, "E2", theirs.experiences, theirs.slots)
    assert {fault.code for fault in sent.faults} == {"unknown_reference", "duplicate_key"}
    with pytest.raises(NotFoundError):
        answer_offer(database, STUDIO, collecting, "E1", Answer("X1", WITHDRAWN))
    with pytest.raises(NotFoundError):
        answer_offer(database, STUDIO, collecting, "E2", Answer("X1", WITHDRAWN))
