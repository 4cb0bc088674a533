"""A round's life: each step in its time, on record, and the seed only when nobody can choose it by its outcome."""

from __future__ import annotations

import json

import pytest

from api.errors import ChangedError, ConflictError, ForbiddenError, RefusedError
from api.jobs import leases
from api.people import OPERATOR, Actor
from api.service import life
from api.service.asking import ask_for_run
from api.service.importing import import_round
from api.service.submissions import submit_hub_table
from api.service.uploads import Upload
from api.store.model import TrailEntry
from engine.faults import RoundRefusedError
from engine.loading import load_round
from scenarios import write_scenario

SETTINGS = b'name = "Spring"\nstarts = 2026-03-02\nends = 2026-03-27\n'


@pytest.fixture
def collecting(database, tmp_path):
    """Tiny without its seed: a round that is still collecting."""
    write_scenario("tiny", tmp_path / "tiny")
    toml = tmp_path / "tiny" / "round.toml"
    toml.write_text(toml.read_text().replace('seed = "tiny-1"', ""))
    return import_round(database, OPERATOR, tmp_path / "tiny").id


def actions(database, round_id):
    """What the trail tells of the round, documents aside."""
    with database.reading(OPERATOR) as session:
        entries = session.query(TrailEntry).filter_by(round_id=round_id).order_by(TrailEntry.seq)
        return [entry.action for entry in entries if entry.action != "document"]


def test_the_seed_comes_after_the_hash_and_before_any_run(database, collecting, tmp_path):
    """A seed is refused while tables may change, taken once when their hash is on record, and not after a run."""
    with pytest.raises(ConflictError, match="collecting"):
        life.set_seed(database, OPERATOR, collecting, "too early")
    frozen = life.freeze(database, OPERATOR, collecting)
    assert frozen.input_sha256 == load_round(tmp_path / "tiny").input_sha256
    seeded = life.set_seed(database, OPERATOR, collecting, "Lotto 2026-02-28: 4 8 15 16 23 42")
    assert seeded.seed.startswith("Lotto")
    with pytest.raises(ConflictError, match="the seed is set"):
        life.set_seed(database, OPERATOR, collecting, "a nicer one")
    assert actions(database, collecting) == ["round begun", "round frozen", "seed set"]


def test_a_solved_round_takes_no_seed(database, collecting):
    """Once somebody may have seen an outcome, the seed stays the hash of the tables, until the round is frozen anew."""
    life.freeze(database, OPERATOR, collecting)
    ask_for_run(database, OPERATOR, collecting, "k")
    with pytest.raises(ConflictError, match="waiting or running"):
        life.set_seed(database, OPERATOR, collecting, "late")
    certificate = {"status": "feasible", "input_sha256": "0" * 64}
    leases.finish(database, leases.claim(database), leases.Made({}, certificate, {"breaches": []}), [])
    with pytest.raises(ConflictError, match="allocated"):
        life.set_seed(database, OPERATOR, collecting, "late")
    assert life.reopen(database, OPERATOR, collecting, "a school was forgotten").input_sha256 is None
    life.freeze(database, OPERATOR, collecting)
    assert life.set_seed(database, OPERATOR, collecting, "a new draw").seed == "a new draw"


def test_a_faulty_round_does_not_freeze(database):
    """Every fault is told, and the round goes on collecting."""
    bare = life.begin_round(database, OPERATOR, SETTINGS)
    with pytest.raises(RoundRefusedError) as refused:
        life.freeze(database, OPERATOR, bare.id)
    assert {fault.table for fault in refused.value.faults} >= {"schools", "students", "slots"}
    with pytest.raises(RoundRefusedError):
        life.begin_round(database, OPERATOR, b'name = "x"')
    with pytest.raises(RefusedError, match="frozen"):
        life.begin_round(database, OPERATOR, SETTINGS + b'seed = "mine"')


def test_two_coordinators_at_once_lose_nothing(database, collecting):
    """The second to change what both saw is told so, and nothing is written."""
    revision = 1
    life.freeze(database, OPERATOR, collecting, expected=revision)
    with pytest.raises(ChangedError):
        life.reopen(database, OPERATOR, collecting, "seen too late", expected=revision)


def test_a_signature_is_of_the_round_as_it_stands(database, collecting):
    """A decision made after the run makes its result stale: it is not signed before the round is run again."""
    life.freeze(database, OPERATOR, collecting)
    run = ask_for_run(database, OPERATOR, collecting, "k")
    certificate = {"status": "feasible", "input_sha256": "0" * 64}
    leases.finish(database, leases.claim(database), leases.Made({}, certificate, {"breaches": []}), [])
    decisions = b"kind,student_id,employer_id,reason,by\nforbid,N1,E5,Her uncle runs it,Ms Noor\n"
    submit_hub_table(database, OPERATOR, collecting, Upload("decisions", decisions), expected=None)
    with pytest.raises(ConflictError, match="meanwhile"):
        life.sign_off(database, OPERATOR, collecting, run.id, "fine")


def test_what_was_not_solved_from_these_tables_is_not_published(database, collecting):
    """Before anything is shown the run's own files are audited again; a run of other tables is refused."""
    life.freeze(database, OPERATOR, collecting)
    run = ask_for_run(database, OPERATOR, collecting, "k")
    certificate = {"status": "feasible", "input_sha256": "0" * 64}
    leases.finish(database, leases.claim(database), leases.Made({}, certificate, {"breaches": []}), [])
    life.sign_off(database, OPERATOR, collecting, run.id, "fine")
    with pytest.raises(ConflictError, match="not those that the run solved"):
        life.publish(database, OPERATOR, collecting)
    assert life.withdraw_signature(database, OPERATOR, collecting, "wrong one").state == "allocated"


@pytest.mark.parametrize("role", ["school", "employer", "auditor"])
def test_only_the_hub_leads_a_round(database, collecting, role):
    """Schools, employers and auditors cannot begin, freeze, seed, sign, publish or close."""
    actor = Actor(role, "100001", "somebody")
    for step in (
        lambda: life.begin_round(database, actor, SETTINGS),
        lambda: life.freeze(database, actor, collecting),
        lambda: life.reopen(database, actor, collecting, "x"),
        lambda: life.set_seed(database, actor, collecting, "x"),
        lambda: life.sign_off(database, actor, collecting, "x", "x"),
        lambda: life.publish(database, actor, collecting),
        lambda: life.close(database, actor, collecting),
        lambda: ask_for_run(database, actor, collecting, "k"),
    ):
        with pytest.raises(ForbiddenError):
            step()
    assert json.dumps(actions(database, collecting)) == '["round begun"]'
