"""What the tables accept: encodings, delimiters, headings by other names, and the many ways to write one value."""

from __future__ import annotations

import csv
import os
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from big_round import SETTINGS, Tables, write_tables
from small_round import checked, put, small_tables, told

from engine.calendar import half_day
from engine.checking import check_round
from engine.domain import CRITERIA

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Round


def loaded(tables: Tables, folder: Path, settings: str = SETTINGS) -> Round:
    """The round of these tables, which must be without fault."""
    report = checked(tables, folder, settings)
    assert told(report) == set()
    assert report.round_ is not None
    return report.round_


def as_bytes(rows: list[list[str]], encoding: str, delimiter: str = ",") -> bytes:
    """The rows as the bytes of a CSV file."""
    sheet = StringIO(newline="")
    csv.writer(sheet, delimiter=delimiter).writerows(rows)
    return sheet.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_read_alike(tmp_path: Path, encoding: str, delimiter: str):
    """UTF-8 with and without a mark and cp1252, with commas, semicolons or tabs, give the same students."""
    tables = small_tables()
    put(tables, "students", 2, "name", "Zoë O\u2019Neill \u2013 née Müller")
    folder = write_tables(tables, tmp_path / "round")
    plain = check_round(folder).round_
    (folder / "students.csv").write_bytes(as_bytes(tables["students"], encoding, delimiter))
    assert check_round(folder).round_ == plain
    assert plain is not None
    assert plain.students["S1"].name == "Zoë O\u2019Neill \u2013 née Müller"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_read_alike(tmp_path: Path, ending: str):
    """Files from any system, old Macintoshes included, give the same round."""
    folder = write_tables(small_tables(), tmp_path / "round")
    plain = check_round(folder).round_
    text = (folder / "students.csv").read_text(encoding="utf-8")
    (folder / "students.csv").write_bytes("\n".join(text.splitlines()).replace("\n", ending).encode())
    assert plain is not None
    assert check_round(folder).round_ == plain


BAD_BYTES = {
    "a byte that cp1252 does not have": b"student_id,urn\r\nS1,\x81\r\n",
    "UTF-8 with one byte of another kind": "student_id,name\r\nS1,Zoë\r\nS2,".encode() + b"Zo\xeb\r\n",
    "UTF-16": "student_id,urn\r\n".encode("utf-16"),
    "NUL bytes": b"student_id,urn\r\nS1,\x00\r\n",
    "a workbook under another name": b"PK\x03\x04 and so on",
    "a quotation mark that does not close": b'student_id,urn\r\nS1,"100001\r\nS2,100001\r\n',
}


@pytest.mark.parametrize("content", BAD_BYTES.values(), ids=BAD_BYTES.keys())
def test_bytes_that_are_no_text_are_an_encoding_fault(tmp_path: Path, content: bytes):
    """Bytes that cannot be read as text are told once, and the rows that cannot be read are not blamed."""
    folder = write_tables(small_tables(), tmp_path / "round")
    (folder / "students.csv").write_bytes(content)
    (fault,) = check_round(folder).faults
    assert (fault.table, fault.code) == ("students", "encoding")


def test_hostile_files_are_refused(tmp_path: Path):
    """A link out of the folder or to itself, a pipe, a folder of a table's name and an endless cell: each one fault."""
    folder = write_tables(small_tables(), tmp_path / "round")
    (tmp_path / "secret").write_text("student_id\n")
    for name in ("travel", "calendar", "barriers", "baseline", "crossings"):
        (folder / f"{name}.csv").unlink()
    (folder / "crossings.csv").symlink_to("crossings.csv")
    (folder / "travel.csv").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "calendar.csv")
    (folder / "barriers.csv").mkdir()
    (folder / "baseline.csv").write_text("student_id,slot_id\nS1," + "x" * 200_000 + "\n")
    found = [(fault.table, fault.code) for fault in check_round(folder).faults]
    order = ("calendar", "barriers", "crossings", "travel", "baseline")
    assert found == [(name, "hostile_file") for name in order]


def test_a_table_that_is_there_twice_is_a_contradiction(tmp_path: Path):
    """Two files that are both the students table are not chosen between."""
    folder = write_tables(small_tables(), tmp_path / "round")
    (folder / "Students.CSV").write_bytes((folder / "students.csv").read_bytes())
    (fault,) = check_round(folder).faults
    assert (fault.table, fault.code) == ("students", "contradiction")
    assert "Students.CSV and students.csv" in fault.message


def test_no_folder_at_all_is_a_fault_and_no_crash(tmp_path: Path):
    """A path where nothing is gives one fault."""
    (fault,) = check_round(tmp_path / "nowhere").faults
    assert fault.code == "missing_table"


HEADINGS = [
    ("students", "student_id", ["UPN", "Pupil ID", "STUDENT-ID", "Student Id"]),
    ("students", "year_group", ["NC Year", "Yr", "Year", "year group", "NCYear"]),
    ("students", "fsm", ["FSM eligible", "FSM Eligible", "Free School Meals"]),
    ("students", "ever6", ["Ever 6", "EVER_6"]),
    ("students", "sen_status", ["SEN", "Sen Status", "SEND status"]),
    ("students", "name", ["Surname", "Pupil Name"]),
    ("schools", "latitude", ["Lat", "LATITUDE"]),
    ("schools", "longitude", ["Lng", "Long", "lon"]),
]


@pytest.mark.parametrize(("table", "column", "heading"), [(t, c, h) for t, c, names in HEADINGS for h in names])
def test_headings_by_other_names(tmp_path: Path, table: str, column: str, heading: str):
    """A heading in any case, spacing or common alias gives the same round as the column's own name."""
    tables = small_tables()
    plain = loaded(tables, tmp_path / "plain")
    tables[table][0][tables[table][0].index(column)] = f" {heading} "
    assert loaded(tables, tmp_path / "other") == plain


def test_a_column_by_its_own_name_wins_over_an_alias(tmp_path: Path):
    """Where a file has both UPN and student_id, student_id is the key and the other is noted as not used."""
    tables = small_tables()
    put(tables, "students", 2, "UPN", "B801200005001")
    report = checked(tables, tmp_path)
    assert report.round_ is not None
    assert set(report.round_.students) == {"S1", "S2", "S3"}
    assert [note.code for note in report.notes] == ["unused_column"] + [n.code for n in report.notes[1:]]
    assert "UPN" in report.notes[0].sentence


VALUES = [
    ("students", 2, "year_group", ["10", "Yr 10", "010", "10.0", "Year 10", "Y10", "yr10", "NC Year 10", " 10 "]),
    ("students", 4, "year_group", ["8", "08", "Yr 8", "YEAR 8", "8.0"]),
    ("students", 2, "fsm", ["Y", "y", "Yes", "TRUE", "True", "T", "1", "\u00a0Y "]),
    ("students", 3, "fsm", ["N", "no", "False", "f", "0"]),
    ("students", 3, "sen_status", ["K", "k"]),
    ("students", 3, "accommodations", ["quiet_space;step_free", "step_free; quiet_space ;", "Quiet Space;STEP-FREE"]),
    ("students", 2, "max_travel_km", ["5", "5.0", "05", "5.00"]),
    ("students", 2, "unavailable", ["2026-05-11 AM", "11/05/2026 am", "2026-05-11  AM;"]),
    ("slots", 2, "date", ["2026-05-11", "11/05/2026", "11/5/2026", "2026-05-11 00:00:00"]),
    ("slots", 2, "half", ["AM", "am"]),
    ("slots", 2, "half_days", ["10", "10.0"]),
    ("experiences", 2, "delivery", ["in_person", "In person", "IN-PERSON"]),
    ("experiences", 2, "year_groups", ["10;11", "Yr 11; Yr 10", "10;11;11"]),
    ("experiences", 2, "meaningful", ["7", "7.0"]),
    ("experiences", 4, "meaningful", ["purpose;task", "Task; Purpose"]),
    ("schools", 3, "type", ["special", "Special"]),
    ("travel", 2, "km", ["3.25", "3.3", "3.34999", "3.2500"]),
    ("calendar", 3, "year_group", ["8", "Yr 8"]),
]


@pytest.mark.parametrize(("table", "row", "column", "forms"), VALUES)
def test_one_value_in_many_forms(tmp_path: Path, table: str, row: int, column: str, forms: list[str]):
    """However a value is written, the round and its hash are the same."""
    rounds = []
    for number, form in enumerate(forms):
        tables = small_tables()
        put(tables, table, row, column, form)
        rounds.append(loaded(tables, tmp_path / str(number)))
    assert all(round_ == rounds[0] for round_ in rounds)


def test_surnames_na_and_none_survive(tmp_path: Path):
    """NA, None, null and nan are names like any other, not blanks."""
    for name in ("NA", "None", "null", "nan", "N/A", "-", "True", "1"):
        tables = small_tables()
        put(tables, "students", 2, "name", name)
        assert loaded(tables, tmp_path / name.replace("/", "")).students["S1"].name == name


def test_blanks_take_their_defaults(tmp_path: Path):
    """Blank cells mean what the formats say: no limit, not cleared, the school as origin, all seven criteria."""
    tables = small_tables()
    put(tables, "employers", 3, "cleared_until", "")
    round_ = loaded(tables, tmp_path)
    student = round_.students["S2"]
    assert student.home is None
    assert student.available
    assert (student.max_travel_km, student.max_experiences) == (None, None)
    assert (student.ever6, student.in_care, student.neet_risk) == (False, False, False)
    assert round_.employers["E2"].max_students is None
    assert round_.employers["E2"].cleared_until is None
    experience = round_.experiences["X2"]
    assert (experience.counts, experience.criteria_stated, experience.criteria) == (True, False, None)
    assert round_.experiences["X1"].sector == "Logistics"
    assert (round_.slots["L3"].support_places, round_.slots["L3"].reserved) == (0, 0)
    assert (round_.name, round_.term, round_.academic_year) == ("Summer", "", "2025/26")
    assert round_.seed == round_.input_sha256


def test_facts_are_read_as_written(tmp_path: Path):
    """Dates, lists, half-days, distances and criteria become the facts that they say."""
    round_ = loaded(small_tables(), tmp_path)
    assert round_.students["S1"].unavailable == {half_day(date(2026, 5, 11), "AM")}
    assert round_.students["S2"].accommodations == {"quiet_space", "step_free"}
    assert round_.slots["L1"].occupies[0] == half_day(date(2026, 5, 11), "AM")
    assert round_.slots["L1"].occupies[-1] == half_day(date(2026, 5, 15), "PM")
    assert (round_.slots["L2"].capacity, round_.slots["L2"].groups) == (0, 2)
    assert round_.experiences["X3"].criteria == {"purpose", "task"}
    assert round_.experiences["X3"].criteria_met == 2
    assert round_.experiences["X1"].criteria_met == len(CRITERIA)
    assert [(row.origin, row.tenths) for row in round_.travel] == [("100001", 120), ("S1", 33)]
    assert [row.half_days for row in round_.calendar] == [
        (half_day(date(2026, 6, 1), "AM"), half_day(date(2026, 6, 1), "PM")),
        (half_day(date(2026, 6, 2), "AM"),),
    ]
    assert len(round_.barriers[0].line) == 2
    assert round_.barriers[0].crossings[0][0] == "tunnel"


def test_optional_tables_may_be_missing(tmp_path: Path):
    """A round of the five needed tables alone loads."""
    tables = {name: small_tables()[name] for name in ("schools", "students", "employers", "experiences", "slots")}
    assert loaded(tables, tmp_path).preferences == ()
