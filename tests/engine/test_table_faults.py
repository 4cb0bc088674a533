"""Each kind of fault in each kind of cell: found where it is, under its code, and nothing else with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_round import checked, put, small_tables, told

from engine.faults import FAULT_CODES

if TYPE_CHECKING:
    from pathlib import Path

CELLS = [
    ("schools", 2, "urn", "", "missing_value"),
    ("schools", 3, "name", "", "missing_value"),
    ("schools", 3, "type", "academy", "bad_choice"),
    ("schools", 3, "latitude", "north", "bad_number"),
    ("schools", 3, "latitude", "95", "out_of_range"),
    ("schools", 3, "latitude", "", "missing_value"),
    ("schools", 3, "longitude", "-181", "out_of_range"),
    ("schools", 2, "max_out_per_half_day", "-1", "out_of_range"),
    ("schools", 2, "max_out_per_half_day", "7.5", "bad_number"),
    ("schools", 2, "coach_seats_per_half_day", "two", "bad_number"),
    ("students", 3, "student_id", "S1", "duplicate_key"),
    ("students", 4, "urn", "999999", "unknown_reference"),
    ("students", 4, "urn", "", "missing_value"),
    ("students", 4, "year_group", "Reception", "bad_number"),
    ("students", 4, "year_group", "14", "out_of_range"),
    ("students", 4, "year_group", "Yr 6", "out_of_range"),
    ("students", 4, "year_group", "7.5", "bad_number"),
    ("students", 4, "year_group", "-7", "out_of_range"),
    ("students", 4, "fsm", "maybe", "bad_choice"),
    ("students", 4, "fsm", "2", "bad_choice"),
    ("students", 4, "fsm", "", "missing_value"),
    ("students", 4, "ever6", "P", "bad_choice"),
    ("students", 4, "sen_status", "X", "bad_choice"),
    ("students", 4, "sen_status", "", "missing_value"),
    ("students", 4, "sen_status", "ASD", "diagnosis"),
    ("students", 4, "accommodations", "ramp", "unknown_code"),
    ("students", 4, "accommodations", "bsl;SEMH", "diagnosis"),
    ("students", 4, "accommodations", "bsl,step_free", "unknown_code"),
    ("students", 4, "support", "dyslexia", "diagnosis"),
    ("students", 4, "max_travel_km", "-0.1", "out_of_range"),
    ("students", 4, "max_travel_km", "5 miles", "bad_number"),
    ("students", 4, "max_travel_km", "nan", "bad_number"),
    ("students", 4, "max_travel_km", "inf", "bad_number"),
    ("students", 4, "unavailable", "2026-02-30", "bad_date"),
    ("students", 4, "unavailable", "2026-05-11 noon", "bad_date"),
    ("students", 4, "name", "Ana (ASD)", "diagnosis"),
    ("employers", 3, "employer_id", "E1", "duplicate_key"),
    ("employers", 3, "sector", "", "missing_value"),
    ("employers", 3, "max_students", "9999999999", "out_of_range"),
    ("employers", 3, "cleared_until", "31/04/2027", "bad_date"),
    ("employers", 3, "cleared_until", "05/13/2027", "bad_date"),
    ("employers", 3, "cleared_until", "next year", "bad_date"),
    ("experiences", 4, "experience_id", "X2", "duplicate_key"),
    ("experiences", 4, "employer_id", "E7", "unknown_reference"),
    ("experiences", 4, "tier", "T4", "bad_choice"),
    ("experiences", 4, "delivery", "online", "bad_choice"),
    ("experiences", 4, "year_groups", "7;x", "bad_number"),
    ("experiences", 4, "year_groups", "7;14", "out_of_range"),
    ("experiences", 4, "year_groups", "7-9", "bad_number"),
    ("experiences", 4, "year_groups", "", "missing_value"),
    ("experiences", 3, "longitude", "", "missing_value"),
    ("experiences", 4, "meaningful", "8", "out_of_range"),
    ("experiences", 4, "meaningful", "3.5", "bad_number"),
    ("experiences", 4, "meaningful", "purpose;fun", "unknown_code"),
    ("slots", 4, "slot_id", "L1", "duplicate_key"),
    ("slots", 4, "experience_id", "X8", "unknown_reference"),
    ("slots", 4, "date", "2026-13-01", "bad_date"),
    ("slots", 4, "date", "46150", "bad_date"),
    ("slots", 4, "half", "noon", "bad_choice"),
    ("slots", 4, "half_days", "0", "out_of_range"),
    ("slots", 4, "half_days", "", "missing_value"),
    ("slots", 2, "capacity", "", "missing_value"),
    ("slots", 2, "capacity", "-2", "out_of_range"),
    ("slots", 3, "groups", "", "missing_value"),
    ("slots", 3, "group_min", "", "missing_value"),
    ("slots", 3, "group_max", "", "missing_value"),
    ("slots", 3, "group_min", "9", "contradiction"),
    ("slots", 3, "group_min", "0", "out_of_range"),
    ("slots", 3, "reserved", "many", "bad_number"),
    ("slots", 3, "urn", "100009", "unknown_reference"),
    ("preferences", 4, "rank", "0", "out_of_range"),
    ("preferences", 4, "rank", "first", "bad_number"),
    ("preferences", 4, "kind", "town", "bad_choice"),
    ("preferences", 4, "value", "", "missing_value"),
    ("history", 3, "year_group", "20", "out_of_range"),
    ("history", 3, "tier", "", "missing_value"),
    ("history", 3, "half_days", "-1", "out_of_range"),
    ("calendar", 3, "urn", "100009", "unknown_reference"),
    ("calendar", 3, "date", "June", "bad_date"),
    ("calendar", 3, "half", "A", "bad_choice"),
    ("barriers", 3, "seq", "1", "duplicate_key"),
    ("barriers", 3, "latitude", "", "missing_value"),
    ("crossings", 2, "barrier_id", "canal", "unknown_reference"),
    ("crossings", 2, "longitude", "west", "bad_number"),
    ("travel", 3, "km", "-3", "out_of_range"),
    ("travel", 3, "km", "far", "bad_number"),
    ("decisions", 2, "kind", "must", "bad_choice"),
    ("decisions", 2, "slot_id", "", "missing_value"),
    ("decisions", 2, "slot_id", "L9", "unknown_reference"),
    ("decisions", 2, "student_id", "S9", "unknown_reference"),
    ("decisions", 2, "experience_id", "X2", "contradiction"),
    ("decisions", 2, "employer_id", "E2", "contradiction"),
    ("decisions", 3, "employer_id", "", "missing_value"),
    ("decisions", 3, "slot_id", "L1", "contradiction"),
    ("decisions", 4, "other_student_id", "", "missing_value"),
    ("decisions", 4, "other_student_id", "S1", "contradiction"),
    ("decisions", 4, "reason", "", "missing_value"),
    ("decisions", 4, "reason", "his autism", "diagnosis"),
    ("baseline", 3, "notified", "perhaps", "bad_choice"),
]
ELSEWHERE = {
    ("decisions", 3, "employer_id", "missing_value"): ("decisions", 3, "slot_id", "missing_value"),
    ("decisions", 3, "slot_id", "contradiction"): ("decisions", 3, "employer_id", "contradiction"),
}
"""Where a fault is charged to another cell than the one that was changed."""
CASCADES = {
    ("schools", 2, "urn", ""): {
        ("students", 2, "urn", "unknown_reference"),
        ("students", 3, "urn", "unknown_reference"),
        ("slots", 3, "urn", "unknown_reference"),
        ("calendar", 2, "urn", "unknown_reference"),
    },
    ("employers", 3, "employer_id", "E1"): {
        ("experiences", 3, "employer_id", "unknown_reference"),
        ("experiences", 4, "employer_id", "unknown_reference"),
    },
    ("experiences", 4, "experience_id", "X2"): {("slots", 4, "experience_id", "unknown_reference")},
}
"""Rows that truly name something that is no longer there."""


def test_the_small_round_has_no_fault(tmp_path: Path):
    """The round that the other tests spoil is clean, so that what they find is what they planted."""
    report = checked(small_tables(), tmp_path)
    assert told(report) == set()
    assert report.round_ is not None


@pytest.mark.parametrize("spoilt", CELLS, ids=lambda spoilt: "-".join(map(str, spoilt)))
def test_one_bad_cell_is_one_fault(tmp_path: Path, spoilt: tuple[str, int, str, str, str]):
    """One cell is spoiled: its fault is told with its place and code, and no other fault is."""
    table, row, column, value, code = spoilt
    tables = small_tables()
    put(tables, table, row, column, value)
    here = (table, row, column, code)
    report = checked(tables, tmp_path)
    assert told(report) == {ELSEWHERE.get(here, here), *CASCADES.get((table, row, column, value), ())}
    assert report.round_ is None
    assert all(fault.message.endswith(".") and fault.code in FAULT_CODES for fault in report.faults)


def test_one_cell_may_have_two_faults(tmp_path: Path):
    """A list that holds an unknown code and a diagnosis has both faults."""
    tables = small_tables()
    put(tables, "students", 4, "accommodations", "ramp;ASD")
    assert told(checked(tables, tmp_path)) == {
        ("students", 4, "accommodations", "diagnosis"),
        ("students", 4, "accommodations", "unknown_code"),
    }


@pytest.mark.parametrize("table", ["schools", "students", "employers", "experiences", "slots"])
def test_a_missing_table_is_one_fault(tmp_path: Path, table: str):
    """A needed table that is not there is one fault of row 0; what refers to it is not blamed."""
    tables = small_tables()
    del tables[table]
    expected = {(table, 0, "", "missing_table")}
    assert told(checked(tables, tmp_path)) == expected


def test_an_empty_needed_table_is_missing(tmp_path: Path):
    """A needed table without even a header row counts as missing; an optional one is as if it were not there."""
    tables = {**small_tables(), "employers": [], "travel": []}
    assert told(checked(tables, tmp_path)) == {("employers", 0, "", "missing_table")}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("schools", "type"),
        ("students", "student_id"),
        ("students", "sen_status"),
        ("experiences", "year_groups"),
        ("slots", "half"),
        ("slots", "capacity"),
        ("slots", "group_max"),
        ("preferences", "rank"),
        ("travel", "km"),
        ("decisions", "by"),
    ],
)
def test_a_missing_column_is_one_fault_of_the_header(tmp_path: Path, table: str, column: str):
    """A needed column that is not there is one fault of row 1, not one of every row."""
    tables = small_tables()
    place = tables[table][0].index(column)
    for cells in tables[table]:
        del cells[place]
    assert told(checked(tables, tmp_path)) == {(table, 1, column, "missing_column")}


def test_faults_of_every_table_come_at_once(tmp_path: Path):
    """Faults in five tables and the settings are all told in one go, in the order in which people read."""
    tables = small_tables()
    planted = [
        ("schools", 3, "type", "x", "bad_choice"),
        ("students", 2, "fsm", "x", "bad_choice"),
        ("students", 4, "year_group", "x", "bad_number"),
        ("slots", 2, "date", "x", "bad_date"),
        ("baseline", 3, "notified", "x", "bad_choice"),
    ]
    for table, row, column, value, _ in planted:
        put(tables, table, row, column, value)
    report = checked(tables, tmp_path, "starts = 2026-05-04\n")
    told_in_order = [(fault.table, fault.row, fault.column, fault.code) for fault in report.faults]
    assert told_in_order == [("round", 0, "ends", "missing_value"), *((t, r, c, code) for t, r, c, _, code in planted)]


def test_a_duplicate_says_which_row_it_repeats(tmp_path: Path):
    """A duplicate is charged to the later row and names the earlier one."""
    tables = small_tables()
    put(tables, "students", 4, "student_id", "S2")
    (fault,) = checked(tables, tmp_path).faults
    assert (fault.row, fault.value) == (4, "S2")
    assert "row 3" in fault.message


def test_a_duplicate_is_not_what_other_rows_are_measured_by(tmp_path: Path):
    """Slots and pins are held against the first row of an experience: a later one of another kind is its own fault."""
    tables = small_tables()
    put(tables, "experiences", 3, "experience_id", "X1")
    found = told(checked(tables, tmp_path))
    assert ("experiences", 3, "experience_id", "duplicate_key") in found
    assert {fault for fault in found if fault[0] == "slots"} == {("slots", 3, "experience_id", "unknown_reference")}


def test_a_message_uses_the_heading_of_the_file(tmp_path: Path):
    """Where the file calls the column by another name, the message says that name too."""
    tables = small_tables()
    tables["students"][0][2] = "NC Year"
    put(tables, "students", 4, "NC Year", "Reception")
    (fault,) = checked(tables, tmp_path).faults
    assert fault.column == "year_group"
    assert "“NC Year”" in fault.message
    assert "7 to 13" in fault.message


def test_surplus_cells_are_told(tmp_path: Path):
    """A row with more cells than headings, as an unquoted comma makes it, is a fault and not cut short."""
    tables = small_tables()
    tables["students"][2].append("Jones")
    assert told(checked(tables, tmp_path)) == {("students", 3, "", "missing_column")}


def test_a_heading_given_twice_is_a_contradiction(tmp_path: Path):
    """Two columns of one name leave it open which is meant."""
    tables = small_tables()
    put(tables, "students", 1, "spare", "FSM")
    assert told(checked(tables, tmp_path)) == {("students", 1, "fsm", "contradiction")}


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path):
    """Blank rows and line breaks inside cells do not shift the row that a fault is charged to."""
    tables = small_tables()
    tables["students"][1][-1] = "line one\nline two"
    tables["students"].insert(2, [""] * 12)
    put(tables, "students", 5, "fsm", "?")
    assert told(checked(tables, tmp_path)) == {("students", 5, "fsm", "bad_choice")}
