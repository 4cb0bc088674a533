"""When a round's time is up nobody in it is left, in any version, and what proves the result is still there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from served import SECRET, worked

from api.errors import RefusedError
from api.jobs import leases
from api.people import OPERATOR
from api.service import life
from api.service.asking import Asked, ask_for_run
from api.service.importing import export_round
from api.service.results import run_paths
from api.service.retention import purge_due
from api.service.rounds import find_round
from api.service.runs import find_run
from api.service.storing import verify_trail
from api.store.model import Document, RunFile

PEOPLE = (*SECRET, "Amira", "Her uncle", "Ms Noor")


def held(database):
    """All that the store holds of documents, files and runs, as one text."""
    with database.reading(OPERATOR) as session:
        texts = [f"{each.body} {each.faults} {each.salt}" for each in session.query(Document)]
        texts += [str(each.content) for each in session.query(RunFile)]
        run = session.connection().exec_driver_sql("SELECT audit, problem, certificate FROM runs").all()
    return "\n".join([*texts, str(run)])


def test_nothing_is_written_after_a_purge(database, tiny_id):
    """A report that is under way when its closed round is purged is cancelled, and its worker can write no more."""
    run = ask_for_run(database, OPERATOR, tiny_id, "k").id
    assert worked(database, run) == "done"
    life.sign_off(database, OPERATOR, tiny_id, run, "I looked")
    life.publish(database, OPERATOR, tiny_id)
    life.close(database, OPERATOR, tiny_id)
    report = ask_for_run(database, OPERATOR, tiny_id, "again", Asked(kind="report", of_run=run))
    lease = leases.claim(database)
    assert lease.run_id == report.id
    assert purge_due(database, OPERATOR, 0) == [tiny_id]
    made = leases.Made({}, {"input_sha256": "0" * 64, "status": "optimal"}, {"overrides": ["N1 has the pinned slot"]})
    with pytest.raises(leases.LeaseLostError):
        leases.finish(database, lease, made, [])
    with database.reading(OPERATOR) as session:
        assert (find_run(session, tiny_id, report.id).state, find_run(session, tiny_id, report.id).audit) == (
            "cancelled",
            None,
        )


def test_a_purged_round_knows_nobody(served, tmp_path):
    """Before its time nothing goes; then every name, id, home and reason does, and the certificate and digests stay."""
    database, round_id, run_id = served.database, served.round_id, served.run_id
    assert purge_due(database, OPERATOR, 0) == []
    life.close(database, OPERATOR, round_id)
    assert purge_due(database, OPERATOR, 30) == []
    with database.writing(OPERATOR) as session:
        # the collecting twin of the published round would hold the same people
        twin = find_round(session, served.collecting)
        twin.state, twin.closed_at = "closed", "2020-01-01"
    assert all(person in held(database) for person in ("CANARY", "Amira", "Ms Noor"))
    assert set(purge_due(database, OPERATOR, 0)) == {round_id, served.collecting}
    left = held(database)
    assert [person for person in PEOPLE if person in left] == []
    with database.reading(OPERATOR) as session:
        assert find_round(session, round_id).purged_at
        assert run_paths(session, OPERATOR, run_id) == ["certificate.json", "report.html"]
        assert json.loads(find_run(session, round_id, run_id).certificate)["status"] == "optimal"
        assert all(file.digest for file in session.query(RunFile))
    assert verify_trail(database, OPERATOR).broken == ()
    assert purge_due(database, OPERATOR, 0) == []
    with pytest.raises(RefusedError, match="purged"):
        export_round(database, OPERATOR, round_id, tmp_path / "out")
    assert served.ask("school", "GET", f"/v1/rounds/{round_id}/schools/100001/results").status_code == 404
    assert served.ask("employer", "GET", f"/v1/rounds/{round_id}/rosters/E1").status_code == 404
    if database.embedded:
        file = Path(database.engine.url.database)
        files = list(file.parent.glob(f"{file.name}*"))
        assert files
        assert [path.name for path in files if any(word.encode() in path.read_bytes() for word in PEOPLE)] == []
