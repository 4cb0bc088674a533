"""A person may change an allocation by hand before signing it: audited, on record, and honest of its cost."""

from __future__ import annotations

import csv
import io
import json

import pytest
from served import MANY, ROLES, SECRET, Served, canaries, worked
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import RefusedError
from api.jobs import leases
from api.people import OPERATOR
from api.routes.answers import XLSX
from api.service import life
from api.service.asking import ask_for_run
from api.service.importing import export_round, import_round
from api.service.keys import make_key
from api.service.retention import purge_due
from api.service.storing import verify_trail
from api.service.verifying import verify_folder
from api.store.model import Document, RunFile, TrailEntry
from api.store.opening import open_store
from engine.spreadsheet import xlsx_bytes

LATEST = {"If-Match": "*"}
TABLE = {"Content-Type": "text/csv"}
WHY = "Westbridge found a place of its own for one student"
GONE = "CANARY-W1"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def solved(request, tmp_path_factory):
    """A server with a round that is allocated and not signed, and a clean edit of its run handed in."""
    folder = tmp_path_factory.mktemp("overrides")
    address = None if request.param == "sqlite" else request.getfixturevalue("server").new_database()
    store = open_store(folder / "store", address)
    canaries(folder / "round")
    round_id = import_round(store, OPERATOR, folder / "round").id
    run_id = ask_for_run(store, OPERATOR, round_id, "first").id
    assert worked(store, run_id) == "done"
    keys = {role: make_key(store, OPERATOR, role, scope, role).secret for role, scope in ROLES.items()}
    client = TestClient(create_app(store, at_once=MANY), raise_server_exceptions=False)
    yield Solved(Served(client, store, round_id, "", run_id, keys))
    store.engine.dispose()


class Solved:
    """The server, the run, and the override by which one student has nothing any more."""

    def __init__(self, served: Served) -> None:
        self.served, self.run_id, self.path = served, served.run_id, f"/v1/rounds/{served.round_id}"
        self.own = self.table(self.run_id)
        kept = [row for row in self.own if row["student_id"] != GONE]
        self.answer = self.hand_in(self.run_id, kept, "edit")
        self.override = self.answer.json().get("id", "")
        self.ended = worked(served.database, self.override)

    def hand_in(self, run_id, rows, key, role="hub", reason=WHY):
        """Hand in rows as a spreadsheet saves them."""
        text = "student_id;slot_id\n" + "".join(f"{row['student_id']};{row['slot_id']}\n" for row in rows)
        headers = {**TABLE, "Idempotency-Key": key}
        path = f"/v1/runs/{run_id}/overrides"
        return self.served.ask(role, "POST", path, content=text, params={"reason": reason}, headers=headers)

    def file(self, run_id, path):
        """A file of a run."""
        return self.served.ask("hub", "GET", f"/v1/runs/{run_id}/files/{path}").content

    def table(self, run_id, path="allocations.csv"):
        """A table of a run."""
        return list(csv.DictReader(io.StringIO(self.file(run_id, path).decode("utf-8-sig"))))

    def certificate(self, run_id):
        """A run's certificate."""
        return json.loads(self.file(run_id, "certificate.json"))

    def runs(self):
        """The ids of the round's runs."""
        return [run["id"] for run in self.served.ask("hub", "GET", f"{self.path}/runs").json()["items"]]


def test_an_edit_that_breaks_a_rule_is_refused_with_every_breach(solved):
    """A student is given a slot who is neither available nor free, and a pin is broken: all are named, nothing kept."""
    before = solved.runs()
    rows = [row for row in solved.own if row["slot_id"] != "L15"]
    said = solved.hand_in(solved.run_id, [*rows, {"student_id": "CANARY-N6", "slot_id": "L12"}], "bad")
    assert (said.status_code, said.json()["code"]) == (409, "breaches")
    assert said.headers["content-type"] == "application/problem+json"
    assert {breach["rule"] for breach in said.json()["breaches"]} == {"available", "calendar", "pin"}
    assert solved.runs() == before


def test_the_certificate_tells_what_the_edit_costs(solved):
    """Each level is measured on what is written, beside what the run had and as far as the proven bounds still hold."""
    assert (solved.answer.status_code, solved.ended) == (202, "done")
    own, edited = solved.certificate(solved.run_id), solved.certificate(solved.override)
    assert (own["status"], edited["status"]) == ("optimal", "feasible")
    said = edited["override"]
    assert (said["rows_added"], said["rows_removed"], said["reason"], said["of"]) == (0, 2, WHY, solved.run_id)
    rows = solved.file(solved.override, "allocations.csv")
    found = solved.served.ask("hub", "POST", f"{solved.path}/audits", content=rows, headers=TABLE).json()
    assert [level["value"] for level in edited["levels"]] == [level["value"] for level in found["levels"]]
    for level, before in zip(edited["levels"], own["levels"], strict=True):
        assert level["run"] == {name: before[name] for name in ("value", "best", "bound")}
        assert level["cost"] == before["value"] - level["value"]
        assert level["bound"] is None or level["value"] <= level["bound"]
    first, *later = edited["levels"]
    assert (first["name"], first["cost"], first["bound"]) == ("guarantee", 1, own["levels"][0]["bound"])
    assert {level["bound"] for level in later} == {None}


def test_everything_for_people_is_made_of_the_edited_rows(solved):
    """The student has a reason that says that a person decided; lists and rosters follow; the run's own files stay."""
    before, after = ({row["student_id"] for row in solved.table(run)} for run in (solved.run_id, solved.override))
    assert before - after == {GONE}
    reasons = {row["student_id"]: row for row in solved.table(solved.override, "unplaced.csv")}
    assert reasons[GONE]["reason"] == "decision"
    assert "by hand" in reasons[GONE]["detail"]
    assert {row["reason"] for row in reasons.values()} == {"decision", "not_available", "no_option_access"}
    listed = solved.table(solved.override, "schools/100003.csv")
    assert [row["Experience"] for row in listed if row["Student id"] == GONE] == [""]
    visits = [len(solved.table(run, "rosters/E3.csv")) for run in (solved.run_id, solved.override)]
    assert visits[0] - visits[1] == 1
    report = solved.file(solved.override, "report.html").decode()
    assert "Changed by hand." in report
    assert "Proven.</strong>" not in report
    assert solved.table(solved.run_id) == solved.own


def test_an_edit_is_handed_in_once(solved):
    """The same request again is the same run, the key for something else is refused, and so is what changes nothing."""
    kept = [row for row in solved.own if row["student_id"] != GONE]
    assert solved.hand_in(solved.run_id, kept, "edit").json()["id"] == solved.override
    assert solved.hand_in(solved.override, kept, "edit").json()["id"] == solved.override
    assert solved.hand_in(solved.run_id, kept, "edit", reason="another").status_code == 409
    assert solved.hand_in(solved.run_id, solved.own, "edit").status_code == 409
    assert solved.hand_in(solved.run_id, solved.own, "new").status_code == 422
    assert solved.hand_in("a0", kept, "new").status_code == 404


def test_an_edit_may_come_as_a_workbook(solved):
    """The same rows in a workbook ask for the same run and are audited alike; one that cannot be read is refused."""
    kept = [(row["student_id"], row["slot_id"]) for row in solved.own if row["student_id"] != GONE]
    notes = {"Notes": [("to", "do")], "Allocations": [("Student ID", "Slot ID", "Who"), *kept]}
    book = xlsx_bytes(notes)

    def send(path, content, key="edit", **params):
        headers = {"Content-Type": XLSX, "Idempotency-Key": key}
        return solved.served.ask("hub", "POST", path, content=content, params=params, headers=headers)

    overrides, audits = f"/v1/runs/{solved.run_id}/overrides", f"{solved.path}/audits"
    assert send(overrides, book, reason=WHY).json()["id"] == solved.override
    assert send(overrides, xlsx_bytes({"Sheet1": notes["Allocations"][:-1]}), reason=WHY).status_code == 409
    assert send(audits, book, run=solved.run_id).json()["breaches"] == []
    for wrong in (book[:200], xlsx_bytes({"Sheet1": []}), xlsx_bytes({"Sheet1": [("a", "b"), ("c", "d")]})):
        assert [send(overrides, wrong, "new", reason=WHY).status_code, send(audits, wrong).status_code] == [422, 422]


def test_only_the_hub_overrides(solved):
    """An auditor may audit the edited rows as of the run, and hands in nothing; others do not learn of runs."""
    kept = [row for row in solved.own if row["student_id"] != GONE]
    assert solved.hand_in(solved.run_id, kept, "x", role="auditor").status_code == 403
    for role in ("school", "employer"):
        assert solved.hand_in(solved.run_id, kept, "x", role=role).status_code == 404
    rows = solved.file(solved.override, "allocations.csv")
    path = f"{solved.path}/audits"
    said = solved.served.ask("auditor", "POST", path, content=rows, params={"run": solved.run_id}, headers=TABLE)
    assert (said.status_code, said.json()["breaches"]) == (200, [])


def test_the_report_of_an_edit_can_be_made_again(solved):
    """From the rows that were added and taken away, which are kept beside it, to the same bytes."""
    sent = {"kind": "report", "of": solved.override}
    made = solved.served.ask("hub", "POST", f"{solved.path}/runs", json=sent, headers={"Idempotency-Key": "r"}).json()
    assert worked(solved.served.database, made["id"]) == "done"
    assert solved.file(made["id"], "report.html") == solved.file(solved.override, "report.html")


@pytest.mark.parametrize("kind", ["override", "report"])
def test_what_has_no_best_to_keep_is_cancelled_at_once(solved, kind):
    """An override or a report that is under way ends without a file when it is cancelled, and says so."""
    served = solved.served
    if kind == "report":
        sent = {"kind": "report", "of": solved.run_id}
        headers = {"Idempotency-Key": "never"}
        run = served.ask("hub", "POST", f"{solved.path}/runs", json=sent, headers=headers).json()["id"]
    else:
        rows = [row for row in solved.own if row["student_id"] != "CANARY-S2"]
        run = solved.hand_in(solved.run_id, rows, "never by hand").json()["id"]
    assert leases.claim(served.database, seconds=-1.0).run_id == run
    assert served.ask("hub", "POST", f"/v1/runs/{run}/cancel").json()["state"] == "running"
    assert worked(served.database, run) == "cancelled"
    said = served.ask("hub", "GET", f"/v1/runs/{run}").json()
    assert (said["problem"]["code"], said["certificate"]) == ("no_allocation", None)
    assert "cancelled" in said["problem"]["message"]
    assert served.ask("hub", "GET", f"/v1/runs/{run}/files").json()["paths"] == []


def test_bounds_are_verified_where_they_were_proven(solved, tmp_path):
    """The edited folder says that its bounds are another run's, instead of seeming to prove them."""
    export_round(solved.served.database, OPERATOR, solved.served.round_id, tmp_path / "round")
    export_round(solved.served.database, OPERATOR, solved.override, tmp_path / "edited")
    with pytest.raises(RefusedError, match="by hand"):
        verify_folder(tmp_path / "round", tmp_path / "edited")


def test_what_is_published_is_the_edit_and_the_trail_says_why(solved):
    """Signed and published after one more audit; who, why and how many rows are on the trail, and no student is."""
    database, served = solved.served.database, solved.served
    life.sign_off(database, OPERATOR, served.round_id, solved.override, "as agreed with Westbridge")
    assert life.publish(database, OPERATOR, served.round_id).published_run == solved.override
    with database.reading(OPERATOR) as session:
        entries = session.query(TrailEntry).filter_by(round_id=served.round_id, action="run asked for")
        told = [(entry.actor, json.loads(entry.detail)) for entry in entries]
    actor, detail = next((actor, each) for actor, each in told if each["kind"] == "override")
    assert actor.endswith("hub")
    assert {name: detail[name] for name in ("reason", "of", "rows", "added", "removed")} == {
        "reason": WHY,
        "of": solved.run_id,
        "rows": len(solved.own) - 2,
        "added": 0,
        "removed": 2,
    }
    assert not [word for word in SECRET if word in str(told)]
    assert verify_trail(database, OPERATOR).broken == ()


def test_a_re_run_can_be_overridden_too(solved):
    """Its edit tells what changes against the publication that it follows, and is published as the next one."""
    served, database = solved.served, solved.served.database
    sent = {"kind": "rerun", "from": "2026-03-01"}
    again = served.ask("hub", "POST", f"{solved.path}/runs", json=sent, headers={"Idempotency-Key": "again"}).json()
    assert worked(database, again["id"]) == "done"
    rows = solved.table(again["id"])
    assert GONE in {row["student_id"] for row in rows}
    kept = [row for row in rows if (row["student_id"], row["slot_id"]) != (GONE, "L17")]
    assert len(kept) == len(rows) - 1
    edit = solved.hand_in(again["id"], kept, "again by hand").json()
    assert worked(database, edit["id"]) == "done"
    gained = [row for row in solved.table(edit["id"], "changes.csv") if row["change"] == "gained"]
    assert {row["student_id"] for row in gained} == {GONE}
    assert "L17" not in {row["slot_after"] for row in gained}
    assert solved.certificate(edit["id"])["rerun"]["changes"]["gained"] == len(gained)
    signed = {"run": edit["id"], "reason": "one visit is enough"}
    assert served.ask("hub", "POST", f"{solved.path}/sign-off", json=signed, headers=LATEST).status_code == 200
    assert served.ask("hub", "POST", f"{solved.path}/publish", headers=LATEST).json()["published_run"] == edit["id"]


def test_a_purge_forgets_what_was_handed_in(solved):
    """When the round's time is up neither the edited rows nor what was made of them name anybody."""
    database = solved.served.database
    life.close(database, OPERATOR, solved.served.round_id)
    assert purge_due(database, OPERATOR, 0) == [solved.served.round_id]
    with database.reading(OPERATOR) as session:
        assert {each.body for each in session.query(Document).filter_by(table_name="edited")} == {None}
        held = [str(each.content) for each in session.query(RunFile)]
        held += [str(row) for row in session.connection().exec_driver_sql("SELECT * FROM runs").all()]
    assert not [word for word in SECRET if word in "\n".join(held)]
    assert verify_trail(database, OPERATOR).broken == ()
