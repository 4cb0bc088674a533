"""Who came: as allocated unless a school marked otherwise, settled when the round is closed."""

from __future__ import annotations

import csv
import io

from api.people import OPERATOR
from api.service.history import write_history
from api.service.importing import export_round


def test_whoever_did_not_come_is_left_out_of_the_next_history(served):
    """A school marks its own pairs only; after closing the table holds all who were given a slot, less the absent."""
    path = f"/v1/rounds/{served.round_id}"
    given = served.ask("hub", "GET", f"/v1/runs/{served.run_id}/files/allocations.csv").text
    rows = list(csv.DictReader(io.StringIO(given)))
    own = next(row for row in rows if row["urn"] == "100001")
    other = next(row for row in rows if row["urn"] == "100002")

    def mark(role, *marked, seen):
        sent = [{"student_id": row["student_id"], "slot_id": row["slot_id"], "attended": False} for row in marked]
        return served.ask(role, "PUT", f"{path}/schools/100001/attendance", json={"rows": sent}, headers=seen)

    first = {"If-None-Match": "*"}
    assert served.ask("hub", "GET", f"{path}/attended").status_code == 409
    refused = mark("school", own, other, own, seen=first)
    assert refused.status_code == 422
    assert other["slot_id"] in refused.json()["detail"]
    assert mark("employer", own, seen=first).status_code == 404
    assert mark("auditor", own, seen=first).status_code == 403
    assert mark("school", own, seen=first).status_code == 200
    assert mark("school", own, seen=first).status_code == 412
    assert served.ask("hub", "POST", f"{path}/close", headers={"If-Match": "*"}).json()["state"] == "closed"
    assert mark("school", seen={"If-Match": "*"}).status_code == 409
    came = list(csv.DictReader(io.StringIO(served.ask("hub", "GET", f"{path}/attended").text)))
    assert came == [row for row in rows if row != own]
    assert served.ask("school", "GET", f"{path}/attended").status_code == 403


def test_the_command_line_makes_the_next_history_of_a_closed_round(served, tmp_path):
    """`foothold history` on the exported round and the table of who came has a new row for each who came."""
    path = f"/v1/rounds/{served.round_id}"
    served.ask("hub", "POST", f"{path}/close", headers={"If-Match": "*"})
    came = served.ask("hub", "GET", f"{path}/attended").content
    (tmp_path / "came").mkdir()
    (tmp_path / "came" / "allocations.csv").write_bytes(came)
    export_round(served.database, OPERATOR, served.round_id, tmp_path / "round")
    written = write_history(tmp_path / "round", tmp_path / "came", tmp_path / "history.csv")
    given = {(row["student_id"], row["experience_id"]) for row in csv.DictReader(io.StringIO(came.decode()))}
    kept = {(row.student_id, row.experience_id) for row in written.finished.rows}
    assert given <= kept
    assert written.finished.added == len(given) > 0
