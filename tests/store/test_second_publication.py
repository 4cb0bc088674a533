"""What a second publication rests on where nobody drew a lottery: the seed of the first, whatever the tables say."""

from __future__ import annotations

import json

import pytest
from served import worked

from api.errors import ConflictError
from api.people import OPERATOR, Actor
from api.service import life
from api.service.asking import Asked, ask_for_run
from api.service.importing import import_round
from api.service.publications import changes_for_school, changes_of_run
from api.service.runs import find_run
from api.service.submissions import submit_hub_table, submit_table
from api.service.uploads import Upload
from scenarios import write_scenario

AGAIN = Asked(kind="rerun")
LATE = Actor("school", "100009", "Latimer")


def certificate(database, run_id):
    """The certificate of a run that is done."""
    assert worked(database, run_id) == "done"
    with database.reading(OPERATOR) as session:
        return json.loads(find_run(session, "", run_id).certificate)


def test_a_seed_that_was_the_hash_of_the_tables_is_kept_when_they_change(database, tmp_path):
    """The hub forbids one placement after publication: the tables have another hash, the lottery is the first one."""
    write_scenario("tiny", tmp_path / "tiny")
    toml = tmp_path / "tiny" / "round.toml"
    toml.write_text(toml.read_text().replace('seed = "tiny-1"', ""))
    round_id = import_round(database, OPERATOR, tmp_path / "tiny").id
    with pytest.raises(ConflictError, match="published"):
        ask_for_run(database, OPERATOR, round_id, "too early", AGAIN)
    life.freeze(database, OPERATOR, round_id)
    run = ask_for_run(database, OPERATOR, round_id, "first")
    first = certificate(database, run.id)
    assert first["seed"] == first["input_sha256"]
    life.sign_off(database, OPERATOR, round_id, run.id, "fine")
    life.publish(database, OPERATOR, round_id)
    decisions = (tmp_path / "tiny" / "decisions.csv").read_text() + "forbid,N2,L07,,,,Its owner is a relation,Ms Noor\n"
    submit_hub_table(database, OPERATOR, round_id, Upload("decisions", decisions.encode()), expected=None)
    run = ask_for_run(database, OPERATOR, round_id, "second", AGAIN)
    second = certificate(database, run.id)
    assert second["seed"] == first["seed"] != second["input_sha256"] != first["input_sha256"]
    life.sign_off(database, OPERATOR, round_id, run.id, "as she asked")
    assert life.publish(database, OPERATOR, round_id).published_run == run.id
    life.close(database, OPERATOR, round_id)
    with pytest.raises(ConflictError, match="closed"):
        ask_for_run(database, OPERATOR, round_id, "too late", AGAIN)


def test_a_late_school_gets_what_is_left_and_moves_nobody(database, tmp_path):
    """Reopened for a school that came late, frozen and run again: its students gain, every published row is kept."""
    write_scenario("tiny", tmp_path / "tiny")
    round_id = import_round(database, OPERATOR, tmp_path / "tiny").id
    run = ask_for_run(database, OPERATOR, round_id, "first")
    assert worked(database, run.id) == "done"
    life.sign_off(database, OPERATOR, round_id, run.id, "fine")
    life.publish(database, OPERATOR, round_id)
    life.reopen(database, OPERATOR, round_id, "Latimer School came late")
    schools = (tmp_path / "tiny" / "schools.csv").read_text() + "100009,Latimer School,mainstream,53.01,-1.5,,,,\n"
    submit_hub_table(database, OPERATOR, round_id, Upload("schools", schools.encode()), expected=None)
    late = {
        "students": "student_id,urn,year_group,fsm,sen_status\nL1,100009,10,Y,N\nL2,100009,11,N,N\n",
        "preferences": "student_id,rank,kind,value\nL1,1,experience,X2\n",
    }
    for table, text in late.items():
        submit_table(database, LATE, round_id, "100009", Upload(table, text.encode()))
    assert life.freeze(database, OPERATOR, round_id).state == "published"
    run = ask_for_run(database, OPERATOR, round_id, "second", AGAIN)
    assert worked(database, run.id) == "done"
    with database.reading(OPERATOR) as session:
        changes = changes_of_run(session, OPERATOR, run.id)
    assert {(row["urn"], row["change"]) for row in changes} == {("100009", "gained")}
    assert {row["student_id"] for row in changes} == {"L1", "L2"}
    life.sign_off(database, OPERATOR, round_id, run.id, "welcome")
    life.publish(database, OPERATOR, round_id)
    assert changes_for_school(database, LATE, round_id, "100009").rows == changes
