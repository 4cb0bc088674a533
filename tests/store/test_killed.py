"""Server, worker and database are killed at random moments: nothing acknowledged is lost, no run is lost or done twice.

Set FOOTHOLD_KILLS for more kills than the six of every day; `make kills` has 50 on each database (some minutes).
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter

import httpx2
from caller import KINDS, LEFT_OUT, Caller
from processes import PAUSE, Process, first_key, free_port

from api.people import OPERATOR
from api.service.importing import import_round
from api.service.publications import publications
from api.service.runs import OPEN_STATES, list_runs, made_files
from api.service.storing import verify_trail
from api.store.documents import Sheet
from api.store.model import Document, TrailEntry
from api.store.opening import open_store
from scenarios import write_scenario

KILLS = int(os.environ.get("FOOTHOLD_KILLS", "6"))
ROUNDS = max(2, KILLS // 6)
LEASE = "2"


def prepared(address, folder):
    """A store with one round that collects and some frozen ones; returns their ids."""
    store = open_store(folder / "store", address)
    write_scenario("tiny", folder / "tiny")
    frozen = [import_round(store, OPERATOR, folder / "tiny").id for _ in range(ROUNDS)]
    toml = folder / "tiny" / "round.toml"
    toml.write_text(toml.read_text().replace('seed = "tiny-1"', ""))
    collecting = import_round(store, OPERATOR, folder / "tiny").id
    store.engine.dispose()
    return collecting, frozen


def open_runs(store, frozen):
    """The runs that have not ended."""
    with store.reading(OPERATOR) as session:
        return [run for each in frozen for run in list_runs(session, each) if run.state in OPEN_STATES]


def killing(victims, draw):
    """Kill one after another at random moments, and begin each again."""
    for _ in range(KILLS):
        PAUSE.wait(draw.uniform(0.2, 2.5))
        kill, start = draw.choice(victims)
        kill()
        PAUSE.wait(draw.uniform(0, 0.5))
        start()


def test_kill_9_loses_nothing_and_doubles_nothing(address, tmp_path, request):
    """Every acknowledged table is on record as sent, every run that was asked for is done once, the trail is whole."""
    collecting, frozen = prepared(address, tmp_path)
    port = free_port()
    environment = {"FOOTHOLD_LEASE_SECONDS": LEASE, **({"FOOTHOLD_DATABASE_URL": address} if address else {})}
    data = ["--data", str(tmp_path / "store")]
    log = tmp_path / "log"
    server = Process(["serve", "--port", str(port), "--json", *data], environment, log)
    line = server.start()
    while not line.endswith("}\n"):
        line += server.process.stdout.readline()
        if line.count("{") == line.count("}"):
            break
    victims = [(server.kill, server.start)]
    worker = Process(["worker", *data], environment, log)
    if address:
        worker.start()
        postgresql = request.getfixturevalue("server")
        victims += [(worker.kill, worker.start), (postgresql.kill, postgresql.start)]
    caller = Caller(f"http://127.0.0.1:{port}", first_key(line), collecting, frozen)
    caller.start()
    killing(victims, random.Random(KILLS))  # noqa: S311 - moments, not secrets
    store = open_store(tmp_path / "store", address)
    while not (caller.through or caller.strange) or open_runs(store, frozen):
        PAUSE.wait(0.3)
    caller.ended.set()
    caller.join()
    assert server.stop() == 0
    if address:
        assert worker.stop() == 0
    assert caller.strange == []
    held_to_what_was_said(store, caller, collecting)
    done_once(store, caller, frozen)
    assert verify_trail(store, OPERATOR).broken == ()
    assert not [word for word in ("Amira", "N1", "100001") if word in log.read_text()]
    store.engine.dispose()


def held_to_what_was_said(store, caller, collecting):
    """Each version that was acknowledged is there with the rows that were sent as it."""
    with store.reading(OPERATOR) as session:
        found = session.query(Document).filter_by(round_id=collecting, table_name="calendar", owner_id="100001")
        kept = {each.version: Sheet.read(each.body).rows for each in found}
    assert caller.acknowledged
    for version, row in caller.acknowledged.items():
        assert kept[version] == (tuple(row.split(",")),)
    assert sorted(kept) == list(range(1, len(kept) + 1))


def done_once(store, caller, frozen):
    """A run of each kind a round, each done and ended once on the trail, its files whole; two publications."""
    with store.reading(OPERATOR) as session:
        entries = session.query(TrailEntry).filter_by(action="run done")
        endings = Counter(json.loads(entry.detail)["run"] for entry in entries)
        runs = [list_runs(session, each) for each in frozen]
        assert [[run.id for run in each] for each in runs] == [caller.runs[each] for each in frozen]
        assert [[run.kind for run in each] for each in runs] == [list(KINDS)] * ROUNDS
        assert {run.state for each in runs for run in each} == {"done"}
        assert endings == {run_id: 1 for each in caller.runs.values() for run_id in each}
        made = [[made_files(session, run_id) for run_id in caller.runs[each]] for each in frozen]
        published = session.query(TrailEntry).filter_by(action="published")
        assert Counter(entry.round_id for entry in published) == dict.fromkeys(frozen, 2)
        shown = [[each.run_id for each in publications(session, round_id)] for round_id in frozen]
        assert shown == [caller.published[each] for each in frozen]
    rows = [[files["allocations.csv"] for files in each[:-1]] for each in made]
    assert all(each == rows[0] for each in rows)
    assert [f"\n{LEFT_OUT},".encode() in each for each in rows[0]] == [True, False, True]
    assert [set(each[-1]) for each in made] == [{"certificate.json", "report.html"}] * ROUNDS


def test_a_server_that_is_told_to_stop_ends_well(tmp_path):
    """SIGTERM ends it with exit code 0, the run under way is given back, and a new start makes no second key."""
    _, frozen = prepared(None, tmp_path)
    port = free_port()
    server = Process(["serve", "--port", str(port), "--json", "--data", str(tmp_path / "store")], {}, tmp_path / "log")
    said = server.start() + "".join(server.process.stdout.readline() for _ in range(3))
    key = first_key(said)
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k"}
    base = f"http://127.0.0.1:{port}"
    httpx2.post(f"{base}/v1/rounds/{frozen[0]}/runs", json={}, headers=headers)
    store = open_store(tmp_path / "store")
    while open_runs(store, frozen)[0].state != "running":
        PAUSE.wait(0.1)
    assert server.stop() == 0
    assert [(run.state, run.attempts) for run in open_runs(store, frozen)] == [("queued", 0)]
    again = server.start() + "".join(server.process.stdout.readline() for _ in range(3))
    assert first_key(again) is None
    server.kill()
    store.engine.dispose()
