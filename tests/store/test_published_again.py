"""A published round is run again on the server: nothing of the first publication is lost, and few people are moved."""

from __future__ import annotations

import csv
import io
import json
import threading

import pytest
from served import SECRET, Served, serve, worked

from api.people import OPERATOR
from api.service.importing import export_round
from api.service.rerunning import Request, rerun_published
from api.service.storing import verify_trail
from api.service.verifying import verify_folder
from api.store.model import TrailEntry
from api.store.opening import open_store

SINCE = "2026-03-16"
TIMES = {"wall_seconds", "peak_mb", "seconds"}
NEVER = threading.Event()
LATEST = {"If-Match": "*"}
HOW = ("comes now", "comes no longer")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def again(request, tmp_path_factory):
    """A server on which an employer withdrew after publication and a school marked an absence; published again."""
    folder = tmp_path_factory.mktemp("again")
    address = None if request.param == "sqlite" else request.getfixturevalue("server").new_database()
    store = open_store(folder / "store", address)
    made = Again(serve(store, folder))
    made.change_and_publish()
    yield made
    store.engine.dispose()


class Again:
    """The server, and the run of each publication."""

    def __init__(self, served: Served) -> None:
        self.served, self.first = served, served.run_id
        self.path = f"/v1/rounds/{served.round_id}"
        self.before: dict[str, object] = {}

    def ask(self, role, method, path, **more):
        """One request of the round."""
        return self.served.ask(role, method, f"{self.path}{path}", **more)

    def absent(self, student_id):
        """Northgate sends its students with one of them not available."""
        table = self.ask("school", "GET", "/schools/100001/students").json()
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        rows = [{**row, "available": "N" if row["student_id"] == student_id else row["available"]} for row in rows]
        return self.ask("school", "PUT", "/schools/100001/students", json={"rows": rows}, headers=LATEST)

    def change_and_publish(self):
        """Withdraw L07's experience, mark N1 absent, run again, sign and publish; remember what was shown before."""
        self.before = {form: self.results(form) for form in ("json", "csv")}
        withdrawn = {"state": "withdrawn", "reason": "no supervisor"}
        path = f"/v1/rounds/{self.served.round_id}/employers/E3/offers/X4"
        assert self.served.ask("hub", "POST", path, json=withdrawn, headers=LATEST).status_code == 200
        assert self.absent("CANARY-N1").status_code == 200
        sent = {"kind": "rerun", "from": SINCE}
        asked = self.ask("hub", "POST", "/runs", json=sent, headers={"Idempotency-Key": "again"})
        assert asked.status_code == 202, asked.text
        self.run_id = asked.json()["id"]
        assert worked(self.served.database, self.run_id) == "done"
        self.meanwhile = self.ask("school", "GET", "").json(), self.results("json")
        signed = {"run": self.run_id, "reason": "one employer and one student fewer"}
        assert self.ask("hub", "POST", "/sign-off", json=signed, headers=LATEST).json()["state"] == "signed off"
        self.published = self.ask("hub", "POST", "/publish", headers=LATEST).json()

    def results(self, form):
        """What Northgate sees."""
        return self.ask("school", "GET", "/schools/100001/results", params={"form": form}).text

    def file(self, run_id, path):
        """A file of a run, as bytes."""
        return self.served.ask("hub", "GET", f"/v1/runs/{run_id}/files/{path}").content

    def rosters(self, run_id, employer):
        """The roster that a run has for an employer."""
        return list(csv.DictReader(io.StringIO(self.file(run_id, f"rosters/{employer}.csv").decode("utf-8-sig"))))

    def rows(self, run_id, path="allocations.csv"):
        """A table of a run."""
        return list(csv.DictReader(io.StringIO(self.file(run_id, path).decode())))


def without_times(document):
    """The certificate less its only unrepeatable figures."""
    if isinstance(document, dict):
        return {key: without_times(value) for key, value in document.items() if key not in TIMES}
    return [without_times(each) for each in document] if isinstance(document, list) else document


def test_until_the_next_publication_the_first_one_is_shown(again):
    """A re-run that is done changes nothing that anybody is shown, and the round is published all the while."""
    round_, shown = again.meanwhile
    assert (round_["state"], round_["published_run"]) == ("published", again.first)
    assert shown == again.before["json"]
    assert (again.published["state"], again.published["published_run"]) == ("published", again.run_id)
    assert again.results("json") != shown


def test_only_what_had_to_change_changed(again):
    """Rows of the withdrawn experience and of the absent student go, what had begun stays, and every change is told."""
    before, after = again.rows(again.first), again.rows(again.run_id)
    kept = [row for row in before if row in after]
    gone = [row for row in before if row not in after]
    assert gone
    assert {row["experience_id"] == "X4" or row["student_id"] == "CANARY-N1" for row in gone} == {True}
    assert {row["date"] >= SINCE for row in gone} == {True}
    assert len(kept) >= len(before) - len(gone)
    changes = again.rows(again.run_id, "changes.csv")
    pairs = [{(row["student_id"], row["slot_id"]) for row in rows} for rows in (before, after)]
    assert {(row["student_id"], row["slot_before"]) for row in changes if row["slot_before"]} == pairs[0]
    assert {(row["student_id"], row["slot_after"]) for row in changes if row["slot_after"]} == pairs[1]


def test_the_files_re_run_to_the_same_bytes(again, tmp_path):
    """`foothold rerun` on the exported round and the first publication's folder writes what the server published."""
    database = again.served.database
    export_round(database, OPERATOR, again.served.round_id, tmp_path / "round")
    export_round(database, OPERATOR, again.first, tmp_path / "published")
    request = Request(tmp_path / "round", tmp_path / "published", tmp_path / "out", since=SINCE)
    rerun_published(request, stop=NEVER)
    assert all(bound.ok for bound in verify_folder(tmp_path / "round", tmp_path / "out"))
    export_round(database, OPERATOR, again.run_id, tmp_path / "server")
    files = sorted(path.relative_to(tmp_path / "server") for path in (tmp_path / "server").rglob("*.*"))
    assert files == sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.*"))
    for file in files:
        one, other = (tmp_path / "server" / file).read_bytes(), (tmp_path / "out" / file).read_bytes()
        if file.name == "certificate.json":
            assert without_times(json.loads(one)) == without_times(json.loads(other))
        else:
            assert one == other, file


def test_the_seed_and_the_proof_are_kept(again):
    """The lottery is not drawn anew, and the re-run is proven level by level like any other, with its own two first."""
    first, second = (json.loads(again.file(run, "certificate.json")) for run in (again.first, again.run_id))
    assert second["seed"] == first["seed"]
    assert [level["name"] for level in second["levels"]][:2] == ["replaced", "stability"]
    assert second["status"] == "optimal"
    assert second["rerun"]["from"] == SINCE


def test_both_publications_stay_on_record(again):
    """Whoever may look at the round sees both, and the first one's files are there as they were published."""
    for role in ("hub", "auditor", "school", "employer"):
        items = again.ask(role, "GET", "/publications").json()["items"]
        assert [(item["number"], item["run_id"]) for item in items] == [(1, again.first), (2, again.run_id)]
    assert again.file(again.first, "schools/100001.csv").decode("utf-8-sig") == again.before["csv"].lstrip("\ufeff")
    assert again.served.ask("school", "GET", f"/v1/runs/{again.first}/files/allocations.csv").status_code == 404


def test_a_school_is_told_who_of_its_own_is_affected(again):
    """The rows of changes.csv that are the school's and not kept; nothing of another school's, nothing for others."""
    changes = again.rows(again.run_id, "changes.csv")
    listed = again.served.ask("auditor", "GET", f"/v1/runs/{again.run_id}/changes").json()["rows"]
    assert listed == [row for row in changes if row["change"] != "kept"]
    assert again.served.ask("auditor", "GET", f"/v1/runs/{again.first}/changes").json()["rows"] == []
    told = again.ask("school", "GET", "/schools/100001/changes").json()
    assert told["publication"] == 2
    assert told["rows"] == [row for row in changes if row["urn"] == "100001" and row["change"] != "kept"]
    assert {row["student_id"] for row in told["rows"]} >= {"CANARY-N1"}
    assert again.ask("employer", "GET", "/schools/100001/changes").status_code == 404
    assert again.ask("school", "GET", "/schools/100002/changes").status_code == 404
    roster = again.served.ask("employer", "GET", f"{again.path}/rosters/E1").text
    assert not [word for word in SECRET if word in roster]


def test_an_employer_is_told_who_comes_now_and_who_no_longer(again):
    """What differs between its two rosters, by date, experience, name and school, and nothing else of anybody."""
    shown = ("Date", "Half", "Half-days", "Experience", "Student", "School")
    changed = []
    for employer in sorted({row["employer_id"] for run in (again.first, again.run_id) for row in again.rows(run)}):
        before, after = (
            {tuple(row[each] for each in shown) for row in again.rosters(run, employer)}
            for run in (again.first, again.run_id)
        )
        said = again.ask("auditor", "GET", f"/employers/{employer}/changes")
        assert said.json()["publication"] == 2
        rows = said.json()["rows"]
        assert {tuple(row) for row in rows} <= {(*shown, "Change")}
        told = [{tuple(row[each] for each in shown) for row in rows if row["Change"] == how} for how in HOW]
        assert told == [after - before, before - after]
        assert len(rows) == len(after - before) + len(before - after)
        assert not [word for word in SECRET if word in said.text]
        changed += rows
    assert {row["Change"] for row in changed} == set(HOW)
    own = again.ask("employer", "GET", "/employers/E1/changes")
    assert own.json() == again.ask("hub", "GET", "/employers/E1/changes").json()
    for role, employer in (("employer", "E3"), ("school", "E1"), ("hub", "E99")):
        assert again.ask(role, "GET", f"/employers/{employer}/changes").status_code == 404


def test_the_trail_says_all_of_it(again):
    """Who asked for the re-run and from when, what was signed and why, which publication it became; and it is whole."""
    with again.served.database.reading(OPERATOR) as session:
        told = session.query(TrailEntry).filter_by(round_id=again.served.round_id).order_by(TrailEntry.seq).all()
        details = [(entry.action, json.loads(entry.detail)) for entry in told if entry.action != "document"]
    asked = [detail for action, detail in details if action == "run asked for"][-1]
    assert (asked["kind"], asked["from"], asked["baseline"]) == ("rerun", SINCE, again.first)
    assert [detail["publication"] for action, detail in details if action == "published"] == [1, 2]
    assert not [word for word in SECRET if word in str(details)]
    assert verify_trail(again.served.database, OPERATOR).broken == ()


def test_what_was_published_stays_what_a_re_run_starts_from(again):
    """An allocation of the first life cannot be signed any more, nor an earlier re-run over a later publication."""
    signed = {"run": again.first, "reason": "back to the first"}
    said = again.ask("hub", "POST", "/sign-off", json=signed, headers=LATEST)
    assert (said.status_code, said.json()["code"]) == (409, "conflict")
    said = again.ask("hub", "POST", "/runs", json={}, headers={"Idempotency-Key": "anew"})
    assert said.status_code == 409


def test_a_request_that_makes_no_sense_is_refused(again):
    """A date without a re-run, a report of nothing, another re-run under the same key."""
    for sent, key, status in (
        ({"from": SINCE}, "x", 422),
        ({"kind": "report"}, "x", 422),
        ({"kind": "rerun", "of": again.first}, "x", 422),
        ({"kind": "rerun", "from": "soon"}, "x", 422),
        ({"kind": "rerun", "from": "2026-03-17"}, "again", 409),
        ({"kind": "report", "of": "a0"}, "x", 404),
    ):
        said = again.ask("hub", "POST", "/runs", json=sent, headers={"Idempotency-Key": key})
        assert said.status_code == status, sent
    repeated = {"kind": "rerun", "from": SINCE}
    said = again.ask("hub", "POST", "/runs", json=repeated, headers={"Idempotency-Key": "again"})
    facts = said.json()
    assert {name: facts[name] for name in ("id", "kind", "from", "baseline_run", "of", "reason")} == {
        "id": again.run_id,
        "kind": "rerun",
        "from": SINCE,
        "baseline_run": again.first,
        "of": None,
        "reason": None,
    }


def test_a_report_is_made_again_from_what_is_on_record(again):
    """A report run gives the published run's report to the byte, is no result, and is not there to be signed."""
    sent = {"kind": "report", "of": again.run_id}
    report = again.ask("hub", "POST", "/runs", json=sent, headers={"Idempotency-Key": "report"}).json()
    assert worked(again.served.database, report["id"]) == "done"
    assert again.file(report["id"], "report.html") == again.file(again.run_id, "report.html")
    said = again.ask("hub", "POST", "/sign-off", json={"run": report["id"], "reason": "x"}, headers=LATEST)
    assert said.status_code == 409


def test_attendance_goes_on_and_makes_nothing_stale(again):
    """Who came is marked of what is shown, also while the next publication is prepared, and makes no table stale."""
    row = next(row for row in again.rows(again.run_id) if row["urn"] == "100001")
    asked = again.ask("hub", "POST", "/runs", json={"kind": "rerun"}, headers={"Idempotency-Key": "third"}).json()
    marks = {"rows": [{"student_id": row["student_id"], "slot_id": row["slot_id"], "attended": False}]}
    assert again.ask("school", "PUT", "/schools/100001/attendance", json=marks, headers=LATEST).status_code == 200
    assert again.ask("hub", "POST", "/close", headers=LATEST).status_code == 409
    assert worked(again.served.database, asked["id"]) == "done"
    signed = {"run": asked["id"], "reason": "nothing changed"}
    assert again.ask("hub", "POST", "/sign-off", json=signed, headers=LATEST).status_code == 200
    assert again.ask("school", "PUT", "/schools/100001/attendance", json=marks, headers=LATEST).status_code == 200
    back = again.ask("hub", "POST", "/withdraw-signature", json={"reason": "needless"}, headers=LATEST).json()
    assert (back["state"], back["signed_run"]) == ("published", again.run_id)


def test_an_employer_gives_fewer_places_and_no_more(again):
    """A place is lost without reopening the round; more of anything, or another date, has to wait for that."""
    path = f"/v1/rounds/{again.served.round_id}/employers/E1/offers"
    own = again.served.ask("employer", "GET", path).json()

    def send(**changed):
        slots = [{**row, **changed} if row["slot_id"] == "L03" else row for row in own["slots"]]
        sent = {"experiences": own["experiences"], "slots": slots}
        return again.served.ask("employer", "PUT", path, json=sent, headers=LATEST).status_code

    assert [send(capacity="3"), send(date="2026-03-10"), send(slot_id="L33"), send(capacity="1")] == [
        409,
        409,
        409,
        200,
    ]
    assert send(capacity="2") == 409
    assert again.served.ask("employer", "GET", path).json()["answers"] == own["answers"]


def test_nobody_new_comes_in_once_it_is_published(again):
    """A school leaves students out and puts them back, and cannot add one or call one by another id."""
    table = again.ask("school", "GET", "/schools/100001/students").json()
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]

    def send(rows, query=""):
        return again.ask("school", "PUT", f"/schools/100001/students{query}", json={"rows": rows}, headers=LATEST)

    for new in ([*rows, {**rows[0], "student_id": "late"}], [{**rows[0], "student_id": "late"}, *rows[1:]]):
        for query in ("?dry_run=true", ""):
            said = send(new, query)
            assert (said.status_code, said.json()["code"]) == (409, "conflict")
            assert "(late)" in said.json()["detail"]
    assert send([{**row, "student_id": f" {row['student_id']} "} for row in rows[1:]], "?dry_run=true").is_success
    assert send([{**rows[0], "student_id": "late", "year_group": "99"}], "?dry_run=true").status_code == 422
    assert [send(rows[1:]).status_code, send(rows).status_code] == [200, 200]


def test_a_reopened_round_takes_everything_and_keeps_its_seed(again):
    """A late school's preferences are taken only after reopening; what is published stays, and freezing leads back."""
    table = {"content": "student_id,rank,kind,value\nCANARY-N2,1,experience,X1\n", "headers": LATEST}
    table["headers"] = {**LATEST, "Content-Type": "text/csv"}
    assert again.ask("school", "PUT", "/schools/100001/preferences", **table).status_code == 409
    seed = again.ask("hub", "GET", "").json()["seed"]
    opened = again.ask("hub", "POST", "/reopen", json={"reason": "a late school"}, headers=LATEST).json()
    assert (opened["state"], opened["input_sha256"], opened["seed"]) == ("collecting", None, seed)
    assert again.results("json") == again.ask("school", "GET", "/schools/100001/results").text
    assert again.ask("school", "PUT", "/schools/100001/preferences", **table).status_code == 200
    frozen = again.ask("hub", "POST", "/freeze", headers=LATEST).json()
    assert (frozen["state"], frozen["seed"], frozen["published_run"]) == ("published", seed, again.run_id)
    assert frozen["input_sha256"]
    assert again.ask("hub", "POST", "/seed", json={"seed": "nicer"}, headers=LATEST).status_code == 409
