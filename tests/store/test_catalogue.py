"""A school sees what is open to its students, as the allocation will, and sends its choices back in one sheet."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from served import SECRET

from api.people import OPERATOR
from api.service import life
from api.service.importing import export_round
from engine.loading import load_round
from engine.options import build_options

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATEST = {"If-Match": "*"}


def catalogue(served, urn="100001", role="hub", **query):
    """A school's catalogue, by experience."""
    said = served.ask(role, "GET", f"/v1/rounds/{served.collecting}/schools/{urn}/catalogue", params=query)
    assert said.status_code == 200, said.text
    return {each["experience_id"]: each for each in said.json()["experiences"]}


def sheet(served, form, **query):
    """Northgate's preferences sheet, as it is downloaded."""
    path = f"/v1/rounds/{served.collecting}/schools/100001/preferences-sheet"
    return served.ask("school", "GET", path, params={"form": form, **query}).content


def send(served, content, kind, **query):
    """Send it back by the route of any preferences."""
    path = f"/v1/rounds/{served.collecting}/schools/100001/preferences"
    headers = {**LATEST, "Content-Type": kind}
    return served.ask("school", "PUT", path, content=content, headers=headers, params=query)


def preferences(served):
    """Northgate's preferences as they are part of the round: student, rank, kind, value."""
    table = served.ask("school", "GET", f"/v1/rounds/{served.collecting}/schools/100001/preferences").json()
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    return [tuple(row[column] for column in ("student_id", "rank", "kind", "value")) for row in rows]


@pytest.mark.parametrize("urn", ["100001", "100002", "100003"])
def test_what_is_open_is_what_the_allocation_may_give(served, tmp_path, urn):
    """For each experience as many of the school's students, and the same slots, as pass the pair rules in the round."""
    export_round(served.database, OPERATOR, served.collecting, tmp_path / "round")
    round_ = load_round(tmp_path / "round")
    options = build_options(round_)
    expected: dict[str, set[str]] = {}
    slots = set()
    for number, student_id in enumerate(options.students):
        for slot in options.slot[options.first[number] : options.first[number + 1]].tolist():
            found = round_.slots[options.slots[slot]]
            if round_.students[student_id].urn == urn and (found.capacity or found.groups):
                expected.setdefault(found.experience_id, set()).add(student_id)
                slots.add(found.slot_id)
    found = catalogue(served, urn)
    counts = {key: each["open_to_students"] for key, each in found.items() if each["open_to_students"]}
    assert counts == {key: len(students) for key, students in expected.items()}
    assert slots <= {slot["slot_id"] for each in found.values() for slot in each["slots"]}


def test_each_experience_says_what_a_school_asks(served):
    """Employer, sector, tier, where, dates, journey and adjustments; years as the rules have them, not as the offer."""
    entry = catalogue(served, role="school")["X2"]
    assert entry["slots"] == [{"slot_id": "L03", "date": "2026-03-09", "half": "AM", "half_days": 2}]
    assert {key: entry[key] for key in ("employer", "sector", "tier", "delivery", "grouping", "years", "state")} == {
        "employer": "Fordham Hospital",
        "sector": "Health and care",
        "tier": "T2",
        "delivery": "in_person",
        "grouping": "individual",
        "years": [10],
        "state": "confirmed",
    }
    assert entry["distance_km"] == 0.9
    assert entry["accommodations"] == [
        *("step_free", "accessible_toilet", "quiet_space", "predictable_routine", "familiar_adult"),
    ]


def test_by_year_and_distance(served):
    """A year sees what accepts it, and what lies too far from the school is left out; what is online is near."""
    everything, nine, near = catalogue(served), catalogue(served, year=9), catalogue(served, within_km=1)
    assert set(nine) < set(everything)
    assert all(each["years"] == [9] for each in nine.values())
    assert "X1" not in nine
    assert {key for key, each in everything.items() if each["distance_km"] <= 1} == set(near)
    assert near["X8"]["distance_km"] == 0


def test_the_files_say_the_same(served):
    """CSV and workbook have a row for each experience of the JSON, and nothing about another school's students."""
    path = f"/v1/rounds/{served.collecting}/schools/100001/catalogue"
    text = served.ask("school", "GET", path, params={"form": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["Experience id"] for row in rows} == set(catalogue(served))
    book = openpyxl.load_workbook(io.BytesIO(served.ask("school", "GET", path, params={"form": "xlsx"}).content))
    assert [[cell or "" for cell in row] for row in book.active.values] == [[*rows[0]], *([*r.values()] for r in rows)]
    assert not [word for word in (*SECRET, "Southbank") if word in text]


def test_the_sheet_is_sent_back_as_it_is(served):
    """Untouched, workbook and CSV are taken with no fault, change nothing, and say how many rows ask for nothing."""
    before = sorted(preferences(served))
    for form, kind in (("xlsx", XLSX), ("csv", "text/csv")):
        said = send(served, sheet(served, form, choices=5), kind)
        assert said.status_code == 200, said.text
        assert sorted(preferences(served)) == before
        notes = {note["code"]: note["count"] for note in said.json()["notes"]}
        assert set(notes) == {"not_filled_in"}
        assert (said.json()["new"], said.json()["removed"]) == ([], [])
        assert notes["not_filled_in"] > 0


def test_a_teacher_chooses_from_lists(served):
    """Each row offers what is open to the student's year, no cell is a formula, and a choice that is made is taken."""
    book = openpyxl.load_workbook(io.BytesIO(sheet(served, "xlsx", choices=4)))
    table = book["preferences"]
    lists = {str(each.sqref): each.formula1 for each in table.data_validations.dataValidation}
    assert {"'Open to Year 9'!$A$2", "'Open to Year 10'!$A$2"} <= {each.partition(":")[0] for each in lists.values()}
    for year in (9, 10):
        ids = {row[0] for row in list(book[f"Open to Year {year}"].values)[1:]}
        assert ids == set(catalogue(served, year=year))
    assert {cell.data_type for each in book for row in each.iter_rows() for cell in row} <= {"s", "n"}
    rows = [row for row in table.iter_rows(min_row=2) if row[0].value == "CANARY-N5"]
    assert len(rows) == 4
    assert "X5" in rows[0][6].value.split("; ")
    row = next(row for row in rows if not row[3].value)
    row[3].value = "X5"
    saved = io.BytesIO()
    book.save(saved)
    assert send(served, saved.getvalue(), XLSX).status_code == 200
    assert ("CANARY-N5", row[1].value, "experience", "X5") in preferences(served)


def test_a_choice_that_cannot_be_read_is_still_a_fault(served):
    """Only rows without a choice are left out: a wrong rank beside a choice, or nobody's row, is told by its number."""
    text = "student_id,rank,kind,value\nCANARY-N2,,experience,\nCANARY-N1,first,experience,X1\n,2,experience,\n"
    said = send(served, text, "text/csv", dry_run=True)
    faults = {(fault["row"], fault["code"]) for fault in said.json()["faults"]}
    assert faults == {(3, "bad_number"), (4, "missing_value")}


def test_what_was_not_answered_is_said_to_be_so(served):
    """While the round collects an offer that waits is shown as offered, and one that is declined is not shown."""
    path = f"/v1/rounds/{served.collecting}/employers/E2/offers"
    own = served.ask("hub", "GET", path).json()
    own["experiences"][0]["title"] = "Two days in the studio"
    sent = {"experiences": own["experiences"], "slots": own["slots"]}
    assert served.ask("hub", "PUT", path, json=sent, headers=LATEST).status_code == 200
    assert catalogue(served)["X3"]["state"] == "offered"
    said = {"state": "declined", "reason": "no supervisor"}
    assert served.ask("hub", "POST", f"{path}/X3", json=said, headers=LATEST).status_code == 200
    assert "X3" not in catalogue(served)


def test_a_school_that_has_sent_no_students_sees_every_year(served):
    """A late school looks before it sends anything: what is open to a student of each year who needs nothing."""
    schools = served.ask("hub", "GET", f"/v1/rounds/{served.collecting}/tables/schools").json()["rows"]
    late = {**schools[0], "urn": "100009", "name": "Late School"}
    sent = {"rows": [*schools, late]}
    done = served.ask("hub", "PUT", f"/v1/rounds/{served.collecting}/tables/schools", json=sent, headers=LATEST)
    assert done.status_code == 200
    found = catalogue(served, "100009")
    assert set(found["X7"]["years"]) == {9, 10, 11, 12, 13}
    assert {each["open_to_students"] for each in found.values()} == {0}
    assert "X10" not in found


def test_once_frozen_only_what_is_confirmed_is_shown(served):
    """Nobody chooses what can no longer be given; other schools and rounds that are not there are as ever not found."""
    life.freeze(served.database, OPERATOR, served.collecting)
    assert {each["state"] for each in catalogue(served).values()} == {"confirmed"}
    path = f"/v1/rounds/{served.collecting}/schools/100002/catalogue"
    assert served.ask("school", "GET", path).status_code == 404
    assert served.ask("hub", "GET", path.replace("100002", "999999")).status_code == 404
