"""Runs that outlive their workers: solved once, published as solved, stopped with the best, never doubled."""

from __future__ import annotations

import json
import threading

import pytest

from api.errors import ConflictError
from api.jobs import leases
from api.jobs.supervisor import work
from api.people import OPERATOR
from api.service import life, runs
from api.service.asking import ask_for_run
from api.service.importing import export_round, import_round
from api.service.rounds import find_round
from api.service.runs import cancel_run, find_run, made_files
from api.service.storing import verify_trail
from scenarios import write_scenario


@pytest.fixture
def at_work(database):
    """A worker, until the test ends."""
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(database, stop))
    worker.start()
    yield worker
    stop.set()
    worker.join()


def seen(database, run_id):
    """The run as it is now."""
    with database.reading(OPERATOR) as session:
        run = find_run(session, "", run_id)
        session.expunge(run)
        return run


def ended(database, run_id):
    """The run when it has ended."""
    pause = threading.Event()
    while (run := seen(database, run_id)).state in runs.OPEN_STATES:
        pause.wait(0.2)
    return run


@pytest.mark.usefixtures("at_work")
def test_a_run_is_signed_published_and_is_what_the_files_give(database, tiny_id, tmp_path):
    """The run's files are those of allocating the exported folder; signing and publishing show them, after an audit."""
    run = ended(database, ask_for_run(database, OPERATOR, tiny_id, "once").id)
    assert (run.state, json.loads(run.certificate)["status"]) == ("done", "optimal")
    assert json.loads(run.audit)["breaches"] == []
    life.sign_off(database, OPERATOR, tiny_id, run.id, "I looked at the two who are left out")
    row = life.publish(database, OPERATOR, tiny_id)
    assert (row.state, row.published_run) == ("published", run.id)
    export_round(database, OPERATOR, tiny_id, tmp_path / "back")
    with database.reading(OPERATOR) as session:
        files = made_files(session, run.id)
        told = [json.loads(body) for _, body in runs.events_after(session, run.id, 0)]
    assert {"allocations.csv", "report.html", "rosters/E1.csv", "schools/100001.xlsx"} <= set(files)
    assert [event["level"] for event in told if event.get("done")][-1] == "lottery"
    assert verify_trail(database, OPERATOR).broken == ()


def test_the_same_key_is_the_same_run(database, tiny_id):
    """A request that is sent twice is done once; the same key for something else is refused."""
    first = ask_for_run(database, OPERATOR, tiny_id, "k")
    assert ask_for_run(database, OPERATOR, tiny_id, "k").id == first.id
    assert ask_for_run(database, OPERATOR, tiny_id, "other").id != first.id
    with pytest.raises(ConflictError):
        ask_for_run(database, OPERATOR, tiny_id, "k", time_limit=5.0)


def test_one_run_of_a_round_at_a_time(database, tiny_id, tiny):
    """While one run of a round is under way its next waits, and another round's does not."""
    first = ask_for_run(database, OPERATOR, tiny_id, "1")
    second = ask_for_run(database, OPERATOR, tiny_id, "2")
    other = ask_for_run(database, OPERATOR, import_round(database, OPERATOR, tiny).id, "1")
    claimed = [leases.claim(database), leases.claim(database), leases.claim(database)]
    assert [lease and lease.run_id for lease in claimed] == [first.id, other.id, None]
    leases.fail(database, claimed[0], {"code": "x", "message": "x"}, cancelled=False)
    assert leases.claim(database).run_id == second.id


def test_a_worker_that_lost_its_lease_cannot_write(database, tiny_id):
    """When a lease runs out another worker does the run, and what the first still sends is refused."""
    run = ask_for_run(database, OPERATOR, tiny_id, "k")
    late = leases.claim(database, seconds=-1.0)
    taken_over = leases.claim(database)
    assert (late.run_id, late.fence, taken_over.run_id, taken_over.fence) == (run.id, 1, run.id, 2)
    for attempt in (
        lambda: leases.renew(database, late, [{"stage": "late"}]),
        lambda: leases.fail(database, late, {"code": "x", "message": "x"}, cancelled=False),
        lambda: leases.give_back(database, late),
    ):
        with pytest.raises(leases.LeaseLostError):
            attempt()
    assert seen(database, run.id).state == "running"


def test_a_run_whose_worker_is_lost_again_and_again_rests_and_then_has_failed(database, tiny_id, tiny, monkeypatch):
    """A run that takes its worker down with it does not do so for ever; others go on while it rests."""
    run = ask_for_run(database, OPERATOR, tiny_id, "k")
    ask_for_run(database, OPERATOR, tiny_id, "its next")
    for _ in range(leases.SPARED + 1):
        assert leases.claim(database, seconds=-1.0).run_id == run.id
    other = ask_for_run(database, OPERATOR, import_round(database, OPERATOR, tiny).id, "1")
    assert leases.claim(database).run_id == other.id
    assert leases.claim(database) is None
    assert (seen(database, run.id).state, seen(database, run.id).attempts) == ("queued", leases.SPARED + 1)
    rested = []
    now = leases._now
    monkeypatch.setattr(leases, "_now", lambda session: now(session) + sum(rested))
    while seen(database, run.id).state in runs.OPEN_STATES:
        rested.append(5.0)
        leases.claim(database, seconds=-1.0)
    assert sum(rested) > 8 * leases.MOST_REST
    failed = seen(database, run.id)
    assert (failed.state, failed.attempts, json.loads(failed.problem)["code"]) == (
        "failed",
        leases.MOST_ATTEMPTS,
        "worker_lost",
    )


def test_a_waiting_run_is_cancelled_at_once(database, tiny_id):
    """Nobody has to wait for a run that has not begun."""
    run = ask_for_run(database, OPERATOR, tiny_id, "k")
    assert cancel_run(database, OPERATOR, run.id).state == "cancelled"
    assert leases.claim(database) is None
    with pytest.raises(ConflictError):
        cancel_run(database, OPERATOR, run.id)


@pytest.mark.usefixtures("at_work")
def test_a_cancelled_run_keeps_its_best(database, tmp_path):
    """A run that is stopped under way ends with an audited allocation, or says that it had none."""
    write_scenario("pilot", tmp_path / "pilot", students=300)
    round_id = import_round(database, OPERATOR, tmp_path / "pilot").id
    run = ask_for_run(database, OPERATOR, round_id, "k")
    pause = threading.Event()
    told = []
    while not any(event.get("value") is not None for event in told):
        pause.wait(0.2)
        with database.reading(OPERATOR) as session:
            told = [json.loads(body) for _, body in runs.events_after(session, run.id, 0)]
    cancel_run(database, OPERATOR, run.id)
    run = ended(database, run.id)
    assert run.state == "done"
    assert json.loads(run.certificate)["stopped"] == "cancelled"
    assert json.loads(run.audit)["breaches"] == []
    with database.reading(OPERATOR) as session:
        assert find_round(session, round_id).state == "allocated"


@pytest.mark.usefixtures("at_work")
def test_pins_that_contradict_the_rules_fail_with_the_reason(database, tmp_path):
    """A run without an allocation says why, and the round stays as it was."""
    write_scenario("tiny", tmp_path / "tiny")
    with (tmp_path / "tiny" / "decisions.csv").open("a") as decisions:
        decisions.write("pin,N1,L04,,,,She asked,Ms Noor\npin,N2,L04,,,,So did he,Ms Noor\n")
    round_id = import_round(database, OPERATOR, tmp_path / "tiny").id
    run = ended(database, ask_for_run(database, OPERATOR, round_id, "k").id)
    problem = json.loads(run.problem)
    assert (run.state, problem["code"]) == ("failed", "contradiction")
    assert any("N1" in sentence for sentence in problem["conflict"])
    with database.reading(OPERATOR) as session:
        assert find_round(session, round_id).state == "frozen"
