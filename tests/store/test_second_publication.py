"""What a second publication rests on where nobody drew a lottery: the seed of the first, whatever the tables say."""

from __future__ import annotations

import json

import pytest
from served import worked

from api.errors import ConflictError
from api.people import OPERATOR
from api.service import life
from api.service.asking import Asked, ask_for_run
from api.service.importing import import_round
from api.service.runs import find_run
from api.service.submissions import submit_hub_table
from api.service.uploads import Upload
from scenarios import write_scenario

AGAIN = Asked(kind="rerun")


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
