"""The server as its users meet it: conditions, dry runs, files with problems, hostile uploads, limits, a run."""

from __future__ import annotations

import io
import json
import zipfile

import openpyxl
import pytest
from starlette.testclient import TestClient

from api.jobs import leases
from api.limits import LARGEST_BODY, Limits
from engine.spreadsheet import xlsx_bytes

STUDENTS = "UPN,URN,NC Year,FSM,SEN\nS1,100001,10,Y,N\n"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SETTINGS = 'name = "Spring"\nstarts = 2026-03-02\nends = 2026-03-27\n'


def send(served, content, kind="text/csv", role="school", query="", **headers):
    """Send Northgate's students."""
    path = f"/v1/rounds/{served.collecting}/schools/100001/students{query}"
    sent = {"If-Match": "*", "Content-Type": kind, **headers}
    return served.ask(role, "PUT", path, content=content, headers=sent)


def test_a_change_says_what_it_changes(served):
    """Without a condition 428, with a stale one 412, and with the ETag it is taken and a new one returned."""
    path = f"/v1/rounds/{served.collecting}/schools/100001/calendar"
    body = {"content": "urn,date\n100001,2026-03-11\n"}
    kind = {"Content-Type": "text/csv"}
    seen = served.ask("school", "GET", path).headers["etag"]
    assert served.ask("school", "PUT", path, **body, headers=kind).status_code == 428
    assert served.ask("school", "PUT", path, **body, headers={**kind, "If-None-Match": "*"}).status_code == 412
    assert served.ask("school", "PUT", path, **body, headers={**kind, "If-Match": seen}).status_code == 200
    late = served.ask("hub", "PUT", path, **body, headers={**kind, "If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "changed")


def test_what_is_on_record_is_named_in_the_answer(served):
    """A change is answered with the ETag of the next one, and so is a faulty table, which is on record as well."""
    path, kind = f"/v1/rounds/{served.collecting}/schools/100001/calendar", {"Content-Type": "text/csv"}
    seen = served.ask("school", "GET", path).headers["etag"]
    for date, status in (("2026-03-11", 200), ("the 11th", 422), ("2026-03-12", 200)):
        sent = f"urn,date\n100001,{date}\n"
        said = served.ask("school", "PUT", path, content=sent, headers={**kind, "If-Match": seen})
        assert said.status_code == status
        seen = said.headers["etag"]
    assert served.ask("school", "GET", path).headers["etag"] == seen
    table = f"/v1/rounds/{served.collecting}/tables/decisions"
    rows = served.ask("hub", "GET", table).json()["rows"][:-1]
    said = served.ask("hub", "PUT", table, json={"rows": rows}, headers={"If-Match": "*"})
    assert said.headers["etag"] == served.ask("hub", "GET", table).headers["etag"]


def test_what_is_wrong_is_pointed_at(served):
    """A pointer into the body, the name of a parameter, and 400 for a body that is not JSON."""
    path = f"/v1/rounds/{served.round_id}/schools/100001/attendance"
    rows = [{"student_id": "CANARY-N1", "slot_id": "L01", "attended": True}, {"student_id": "", "a/b": 1}]
    said = served.ask("school", "PUT", path, json={"rows": rows}, headers={"If-Match": "*"})
    pointers = {error["pointer"] for error in said.json()["errors"]}
    assert (said.status_code, pointers) == (
        422,
        {f"/rows/1/{name}" for name in ("student_id", "slot_id", "attended", "a~1b")},
    )
    said = served.ask("hub", "GET", "/v1/rounds?most=0").json()
    assert [(error["in"], error["parameter"]) for error in said["errors"]] == [("query", "most")]
    kind = {"If-Match": "*", "Content-Type": "application/json"}
    said = served.ask("school", "PUT", path, content="{", headers=kind)
    assert (said.status_code, said.json()["code"]) == (400, "bad_request")


def test_who_does_what_cannot_be_done_is_told_what_can(served):
    """Every method of the place is named, in words and in Allow; health is told without a body too."""
    said = served.ask("hub", "DELETE", f"/v1/rounds/{served.collecting}/schools/100001/calendar")
    assert (said.status_code, said.headers["allow"]) == (405, "GET, PUT")
    assert "GET, PUT" in said.json()["detail"]
    assert [served.ask("nobody", "HEAD", path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_an_etag_that_a_proxy_marked_as_weak_is_as_good(served):
    """A proxy that compresses an answer puts W/ before its ETag; whoever sends that back changes what they saw."""
    path, kind = f"/v1/rounds/{served.collecting}/schools/100001/calendar", {"Content-Type": "text/csv"}
    body = "urn,date\n100001,2026-03-12\n"
    seen = f"W/{served.ask('school', 'GET', path).headers['etag']}"
    said = [served.ask("school", "PUT", path, content=body, headers={**kind, "If-Match": seen}) for _ in range(2)]
    assert [each.status_code for each in said] == [200, 412]


def test_a_step_is_not_taken_for_no_reason(served):
    """A reason of nothing but spaces is refused like one that is left out, and the round is as it was."""
    path = f"/v1/rounds/{served.round_id}"
    for sent in ({"reason": " \n\t"}, {"reason": ""}, {}):
        said = served.ask("hub", "POST", f"{path}/reopen", json=sent, headers={"If-Match": "*"})
        assert (said.status_code, said.json()["detail"]) == (422, "1 thing is wrong")
    assert served.ask("hub", "GET", path).json()["state"] == "published"


def test_faults_come_with_a_pointer_or_with_the_file(served):
    """JSON gets pointers into itself, a CSV file or workbook comes back with a Problems column if asked for."""
    rows = [{"UPN": "S1", "URN": 100001, "NC Year": 99, "FSM": True, "SEN": "N"}]
    said = send(served, json.dumps({"rows": rows}), "application/json")
    assert said.status_code == 422
    assert [fault["pointer"] for fault in said.json()["faults"]] == ["/rows/0/year_group"]
    back = send(served, STUDENTS.replace("10,Y", "99,Y"), query="?problems=file")
    assert (back.status_code, "Problems" in back.text) == (422, True)
    book = xlsx_bytes({"students": [line.split(",") for line in STUDENTS.replace("10,Y", "99,Y").splitlines()]})
    back = send(served, book, XLSX, query="?problems=file")
    assert back.content.startswith(b"PK")
    marked = openpyxl.load_workbook(io.BytesIO(back.content))
    assert [cell.value for cell in marked["students"][1]][-1] == "Problems"


def test_a_dry_run_tells_and_keeps_nothing(served):
    """The ids of new, changed and removed students, and the version stays."""
    path = f"/v1/rounds/{served.collecting}/schools/100001/students"
    before = served.ask("school", "GET", path).json()["version"]
    said = send(served, STUDENTS, query="?dry_run=true").json()
    assert said["new"] == ["S1"]
    assert "CANARY-N1" in said["removed"]
    assert served.ask("school", "GET", path).json()["version"] == before


def test_an_offer_is_read_as_spreadsheets_are(served):
    """Headings by other names and spaces around ids are taken, and what the hub confirms of it is given."""
    path = f"/v1/rounds/{served.collecting}/employers/E2/offers"
    own = served.ask("hub", "GET", path).json()
    other = {"experience_id": "Experience ID", "employer_id": "Employer ID"}
    experiences = [{other.get(name, name): cell for name, cell in row.items()} for row in own["experiences"]]
    experiences = [{**row, "Experience ID": f" {row['Experience ID']} ", "Employer ID": ""} for row in experiences]
    slots = [{**row, "experience_id": f"{row['experience_id']}\t"} for row in own["slots"]]
    said = served.ask("hub", "PUT", path, json={"experiences": experiences, "slots": slots}, headers={"If-Match": "*"})
    assert said.status_code == 200, said.text
    assert [(row["experience_id"], row["employer_id"]) for row in said.json()["experiences"]] == [
        (row["experience_id"], "E2") for row in own["experiences"]
    ]
    assert said.json()["answers"] == own["answers"]


def test_faults_of_offers_point_into_what_was_sent(served):
    """A wrong cell is found under experiences or slots, and a column that is missing at the rows as a whole."""
    path = f"/v1/rounds/{served.collecting}/employers/E1/offers"
    own = served.ask("employer", "GET", path).json()
    sent = {"experiences": [{**own["experiences"][0], "tier": "T9"}], "slots": [{"slot_id": "L99", "half": "PM"}]}
    said = served.ask("employer", "PUT", path, json=sent, headers={"If-Match": "*"})
    found = {(fault["column"], fault["pointer"]) for fault in said.json()["faults"]}
    assert {("tier", "/experiences/0/tier"), ("date", "/slots")} <= found


def spread(rows, columns):
    """A table with more columns than anybody needs, each row short."""
    return ",".join(["UPN", "URN", *map(str, range(columns - 2))]) + "\nx" * rows


@pytest.mark.parametrize("role", ["school", "employer"])
def test_a_table_is_no_larger_than_it_looks(served, role):
    """Rows that each bring a column, or are short under a very wide header, are refused before they are spread out."""
    path = {"school": "/schools/100001/students", "employer": "/employers/E1/offers"}[role]
    rows = [{f"c{number} {each}": 1 for each in range(4)} for number in range(1_600)]
    sent = {"rows": rows} if role == "school" else {"experiences": rows, "slots": []}
    said = served.ask(role, "PUT", f"/v1/rounds/{served.collecting}{path}", json=sent, headers={"If-Match": "*"})
    assert (said.status_code, said.json()["code"]) == (422, "refused")
    assert "6,400 columns" in said.json()["detail"]
    said = send(served, spread(rows=10_001, columns=1_000))
    assert (said.status_code, said.json()["code"]) == (422, "refused")
    assert send(served, spread(rows=10, columns=1_000), query="?dry_run=true").json()["code"] == "faults"


def bomb():
    """A small archive that would unpack to a gigabyte."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300_000_000))
    return kept.getvalue()


def led_astray():
    """An archive with a part whose name leads out of it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("../../etc/passwd", "x")
    return kept.getvalue()


BOOK = xlsx_bytes({"students": [line.split(",") for line in STUDENTS.splitlines()]})
HOSTILE = {
    "bomb": (bomb, XLSX),
    "name that leads out": (led_astray, XLSX),
    "truncated workbook": (lambda: BOOK[: len(BOOK) // 2], XLSX),
    "workbook that is text": (lambda: b"hello", XLSX),
    "text that is a workbook": (lambda: b"PK\x03\x04", "text/csv"),
    "UTF-16": (lambda: STUDENTS.encode("utf-16"), "text/csv"),
    "NUL bytes": (lambda: b"UPN,URN\n\x00,1\n", "text/csv"),
    "open quotation mark": (lambda: b'UPN,URN\n"a,1\n' + b"b,2\n" * 100, "text/csv"),
    "nothing": (lambda: b"", "text/csv"),
    "deep JSON": (lambda: b'{"rows":' + b"[" * 50_000, "application/json"),
    "JSON that is no table": (lambda: b'{"rows": 1}', "application/json"),
    "another kind": (lambda: b"x", "application/pdf"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_upload_gets_a_problem_document(served, case):
    """Whatever is sent, the answer is a refusal with its reason, and what was in before stays in."""
    make, kind = HOSTILE[case]
    said = send(served, make(), kind)
    assert said.status_code in {400, 415, 422}
    assert said.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_characters_that_are_no_text_are_refused(served, character):
    """NUL and half a character are refused wherever they come, on both databases alike, and nothing of them is kept."""
    bad = json.dumps(f"x{character}")
    kind = {"Content-Type": "application/json", "If-Match": "*"}
    path = f"/v1/rounds/{served.collecting}"
    for way, method, body in (
        (f"{path}/reopen", "POST", f'{{"reason": {bad}}}'),
        ("/v1/rounds", "POST", f'{{"settings": {bad}}}'),
        (f"{path}/tables/employers", "PUT", f'{{"rows": [{{"employer_id": {bad}}}]}}'),
        (f"{path}/tables/employers", "PUT", f'{{"rows": [{{{bad}: 1}}]}}'),
        (f"{path}/employers/E1/offers", "PUT", f'{{"experiences": [{{{bad}: 1}}], "slots": []}}'),
        (f"{path}/employers/E1/offers/X1", "POST", f'{{"state": "declined", "reason": {bad}}}'),
    ):
        said = served.ask("hub", method, way, content=body, headers=kind)
        assert said.status_code in {409, 422}, way
    for way in ("/v1/rounds/r%00", "/v1/rounds?after=%00", f"{path}/schools/%00/students", "/v1/runs/%00"):
        assert served.ask("hub", "GET", way).status_code in {200, 404, 422}, way


def test_a_formula_is_kept_as_text_and_given_back_harmless(served):
    """A cell that a spreadsheet would run stays text, and is neutralised in what leaves for a spreadsheet."""
    said = send(served, "UPN,URN,NC Year,FSM,SEN\n=1+1,100001,99,Y,N\n", query="?problems=file")
    assert "'=1+1" in said.text


def test_fifty_megabytes_are_turned_away(served):
    """A body over the limit is refused by its declared length, and by what arrives where none is declared."""
    said = send(served, b"x" * 50_000_000)
    assert (said.status_code, "retry-after" in said.headers) == (413, False)
    chunks = (b"x" * 1_000_000 for _ in range(LARGEST_BODY // 1_000_000 + 2))
    assert send(served, chunks).status_code == 413


def test_who_asks_too_fast_is_told_to_wait(served):
    """One caller cannot keep the others out: each has a measure of its own."""
    client = TestClient(Limits(served.client.app, at_once=3, per_second=0))
    asked = [client.get("/v1/rounds", headers={"Authorization": "Bearer a"}).status_code for _ in range(5)]
    assert asked == [401, 401, 401, 429, 429]
    assert client.get("/v1/rounds", headers={"Authorization": "Bearer a"}).headers["retry-after"] == "1"
    assert client.get("/v1/rounds", headers={"Authorization": "Bearer b"}).status_code == 401


def test_pages_go_on_where_they_ended(served):
    """The cursor of one page is the start of the next, and nothing is shown twice."""
    first = served.ask("hub", "GET", "/v1/rounds?most=1").json()
    second = served.ask("hub", "GET", f"/v1/rounds?most=1&after={first['next']}").json()
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {served.round_id, served.collecting}
    assert second["next"] is None


def test_a_run_is_followed_from_where_the_line_broke(served):
    """The stream tells everything once, and from the last event on when it is asked again."""
    path = f"/v1/runs/{served.run_id}/events"
    whole = served.ask("hub", "GET", path).text
    rest = served.ask("hub", "GET", path, headers={"Last-Event-ID": "5"}).text
    assert whole.endswith("event: end\ndata: {}\n\n")
    again, _, events = rest.partition("\n\n")
    assert again.startswith("retry: ")
    assert whole.endswith(events)
    assert "id: 5\n" in whole
    assert "id: 5\n" not in rest
    assert '"bound": 10' in whole


def test_a_line_on_which_nothing_happens_ends(served):
    """Who waits so long for a run that nobody works on is told what there is, and not that it has ended."""
    kind = {"Idempotency-Key": "nobody works on it"}
    sent = {"kind": "report", "of": served.run_id}
    run = served.ask("hub", "POST", f"/v1/rounds/{served.round_id}/runs", json=sent, headers=kind).json()["id"]
    lease = leases.claim(served.database)
    assert lease.run_id == run
    leases.renew(served.database, lease, [{"stage": "Reading the round"}])
    told = [served.ask("hub", "GET", f"/v1/runs/{run}/events?wait={wait}").text for wait in (0, 1)]
    assert told[0] == told[1]
    assert told[0].endswith('id: 1\ndata: {"stage": "Reading the round"}\n\n')
    leases.fail(served.database, lease, {"code": "x", "message": "x"}, cancelled=True)
    assert served.ask("hub", "GET", f"/v1/runs/{run}/events").text.endswith("event: end\ndata: {}\n\n")


def test_any_allocation_is_audited(served):
    """The published one is clean; with a row written in by hand the audit says which rule it breaks."""
    files = f"/v1/runs/{served.run_id}/files"
    assert "report.html" in served.ask("auditor", "GET", files).json()["paths"]
    given = served.ask("auditor", "GET", f"{files}/allocations.csv").text
    path, kind = f"/v1/rounds/{served.round_id}/audits", {"Content-Type": "text/csv"}
    assert served.ask("auditor", "POST", path, content=given, headers=kind).json()["breaches"] == []
    edited = "student_id,slot_id\nCANARY-N6,L03\n"
    breaches = served.ask("hub", "POST", path, content=edited, headers=kind).json()["breaches"]
    assert "available" in {breach["rule"] for breach in breaches}
    assert served.ask("hub", "POST", path, content="a,b\n", headers=kind).status_code == 422


def test_a_round_is_led_over_http(served):
    """Begun, filled by the hub, offered, confirmed, frozen, seeded and asked to run, with conditions all the way."""
    begun = served.ask("hub", "POST", "/v1/rounds", json={"settings": SETTINGS})
    path, seen = begun.headers["location"], begun.headers["etag"]
    any_version = {"If-Match": "*", "Content-Type": "application/json"}
    schools = {"rows": [{"urn": 100001, "name": "N", "type": "mainstream", "latitude": 53.0, "longitude": -1.5}]}
    employers = {"rows": [{"employer_id": "E1", "name": "E", "sector": "Care", "cleared_until": "2026-12-31"}]}
    for table, rows in (("schools", schools), ("employers", employers)):
        assert served.ask("hub", "PUT", f"{path}/tables/{table}", json=rows, headers=any_version).status_code == 200
    students = "student_id,urn,year_group,fsm,sen_status\nA,100001,10,Y,N\n"
    kind = {"If-None-Match": "*", "Content-Type": "text/csv"}
    sent = served.ask("school", "PUT", f"{path}/schools/100001/students", content=students, headers=kind)
    assert sent.json()["new"] == ["A"]
    experience = {"experience_id": "X1", "title": "T", "tier": "T3", "delivery": "virtual", "grouping": "individual"}
    slot = {"slot_id": "L1", "experience_id": "X1", "date": "2026-03-10", "half": "AM", "half_days": 2, "capacity": 1}
    offer = {"experiences": [{**experience, "year_groups": [10, 11]}], "slots": [slot]}
    offered = served.ask("employer", "PUT", f"{path}/employers/E1/offers", json=offer, headers={"If-None-Match": "*"})
    assert offered.json()["answers"][0]["state"] == "offered"
    answer = {"state": "confirmed", "meaningful": ["purpose", "task"]}
    confirmed = served.ask("hub", "POST", f"{path}/employers/E1/offers/X1", json=answer, headers={"If-Match": '"1"'})
    assert confirmed.json()["answers"][0]["meaningful"] == "purpose;task"
    frozen = served.ask("hub", "POST", f"{path}/freeze", headers={"If-Match": seen})
    assert len(frozen.json()["input_sha256"]) == 64
    assert served.ask("hub", "POST", f"{path}/freeze", headers={"If-Match": seen}).status_code == 412
    seeded = served.ask("hub", "POST", f"{path}/seed", json={"seed": "a draw"}, headers={"If-Match": "*"})
    assert seeded.json()["seed"] == "a draw"
    asked = [served.ask("hub", "POST", f"{path}/runs", json={}, headers={"Idempotency-Key": "1"}) for _ in range(2)]
    assert [each.status_code for each in asked] == [202, 202]
    assert asked[0].json()["id"] == asked[1].json()["id"]
    cancelled = served.ask("hub", "POST", f"{asked[0].headers['location']}/cancel")
    assert cancelled.json()["state"] == "cancelled"
