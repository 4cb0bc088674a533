"""Nobody can speak for another's students, take another's ids, or so keep a whole round from being frozen."""

from __future__ import annotations

import csv
import io
import json

import pytest
from served import SECRET

from api.people import OPERATOR
from api.service.assembling import round_files

ANY = {"If-Match": "*"}
PREFERENCES = (
    "student_id,rank,kind,value\nCANARY-N1,1,experience,X1\n CANARY-S1 ,9,experience,X9\nCANARY-Z9,1,sector,Care\n"
)
HISTORY = "student_id,academic_year,year_group,tier,sector,half_days\nCANARY-S1,2024/25,9,T1,Care,4\n"


def put(served, role, path, content):
    """Send a table of the round that collects."""
    headers = {**ANY, "Content-Type": "text/csv"}
    return served.ask(role, "PUT", f"/v1/rounds/{served.collecting}{path}", content=content, headers=headers)


def solved_rows(served, table):
    """A table as the solver would read it now."""
    with served.database.reading(OPERATOR) as session:
        content = round_files(session, served.collecting, None)[f"{table}.csv"]
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.parametrize(("table", "sent"), [("preferences", PREFERENCES), ("history", HISTORY)])
def test_a_school_says_nothing_of_anothers_students(served, table, sent):
    """Rows about another school's student are no part of the round, and the sender learns no more than of nobody's."""
    own = [row for row in solved_rows(served, table) if row["student_id"] == "CANARY-S1"]
    said = put(served, "school", f"/schools/100001/{table}", sent)
    assert (said.status_code, [note["code"] for note in said.json()["notes"]]) == (200, [f"stale_{table}"])
    rows = solved_rows(served, table)
    assert [row for row in rows if row["student_id"].strip() == "CANARY-S1"] == own
    known = {row["student_id"] for row in rows}
    assert {"CANARY-N1", "CANARY-Z9"} <= known or table == "history"


def test_a_school_cannot_take_anothers_student(served):
    """The id of another school's student is a fault of its row, which names neither that school nor the student."""
    header = "student_id,urn,year_group,fsm,sen_status\n"
    said = put(served, "school", "/schools/100001/students", f"{header}A1,100001,10,N,N\nCANARY-S1,100001,10,N,N\n")
    assert said.status_code == 422
    fault = said.json()["faults"][0]
    assert (fault["row"], fault["column"], fault["code"]) == (3, "student_id", "duplicate_key")
    assert "100001-CANARY-S1" in fault["message"]
    assert not [word for word in ("100002", "Southbank", "Grace") if word in said.text]
    assert put(served, "hub", "/schools/100002/students", f"{header}CANARY-N1,100002,10,N,N\n").status_code == 422


def test_an_employer_cannot_take_anothers_ids(served):
    """An experience or slot under another employer's id is refused with a pointer, and catalogues go on being made."""
    path = f"/v1/rounds/{served.collecting}/employers/E1/offers"
    own = served.ask("employer", "GET", path).json()
    doubled = {
        "experiences": [*own["experiences"], {**own["experiences"][0], "experience_id": "X4"}],
        "slots": [*own["slots"], {**own["slots"][0], "slot_id": "L07"}],
    }
    said = served.ask("employer", "PUT", path, json=doubled, headers=ANY)
    assert said.status_code == 422
    assert {(fault["table"], fault["value"], fault["code"]) for fault in said.json()["faults"]} == {
        ("experiences", "X4", "duplicate_key"),
        ("slots", "L07", "duplicate_key"),
    }
    assert not [word for word in (*SECRET, "Brook") if word in json.dumps(said.json())]
    assert served.ask("school", "GET", f"/v1/rounds/{served.collecting}/schools/100001/catalogue").status_code == 200
