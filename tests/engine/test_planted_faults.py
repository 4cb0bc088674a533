"""More than a thousand faults of every kind planted in a round of 15,000 students: all are found and none invented."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from big_round import Tables, big_tables, write_tables
from small_round import put, told

from engine.checking import check_round
from engine.faults import FAULT_CODES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Told = tuple[str, int, str, str]
EACH = 12
OF_FILES = {"missing_table", "missing_column", "encoding", "hostile_file", "bad_policy"}
"""Codes of files, headers and settings, which other tests plant."""

CELLS = [
    ("schools", "name", "", "missing_value"),
    ("schools", "type", "academy", "bad_choice"),
    ("schools", "latitude", "ninety", "bad_number"),
    ("schools", "longitude", "-200.5", "out_of_range"),
    ("schools", "longitude", "", "missing_value"),
    ("schools", "max_out_per_half_day", "-4", "out_of_range"),
    ("students", "urn", "", "missing_value"),
    ("students", "urn", "987654", "unknown_reference"),
    ("students", "urn", "no school", "unknown_reference"),
    ("students", "year_group", "", "missing_value"),
    ("students", "year_group", "Nursery", "bad_number"),
    ("students", "year_group", "Yr 14", "out_of_range"),
    ("students", "year_group", "6", "out_of_range"),
    ("students", "fsm", "", "missing_value"),
    ("students", "fsm", "Maybe", "bad_choice"),
    ("students", "ever6", "?", "bad_choice"),
    ("students", "sen_status", "S", "bad_choice"),
    ("students", "sen_status", "", "missing_value"),
    ("students", "sen_status", "SEMH", "diagnosis"),
    ("students", "in_care", "unknown", "bad_choice"),
    ("students", "neet_risk", "high", "bad_choice"),
    ("students", "accommodations", "step_free;lift", "unknown_code"),
    ("students", "accommodations", "ASD", "diagnosis"),
    ("students", "accommodations", "bsl; dyslexia", "diagnosis"),
    ("students", "support", "some", "bad_choice"),
    ("students", "support", "MLD", "diagnosis"),
    ("students", "released", "wheelchair", "unknown_code"),
    ("students", "max_travel_km", "near", "bad_number"),
    ("students", "max_travel_km", "-1", "out_of_range"),
    ("students", "max_experiences", "1.5", "bad_number"),
    ("students", "max_experiences", "-1", "out_of_range"),
    ("students", "available", "soon", "bad_choice"),
    ("students", "unavailable", "2026-02-30", "bad_date"),
    ("students", "unavailable", "2026-05-11;Tuesday", "bad_date"),
    ("students", "name", "Jo (has ADHD)", "diagnosis"),
    ("employers", "name", "", "missing_value"),
    ("employers", "sector", "", "missing_value"),
    ("employers", "max_students", "ten", "bad_number"),
    ("employers", "max_students_per_half_day", "-6", "out_of_range"),
    ("employers", "cleared_until", "2027-02-29", "bad_date"),
    ("experiences", "employer_id", "E99999", "unknown_reference"),
    ("experiences", "title", "", "missing_value"),
    ("experiences", "tier", "Gold", "bad_choice"),
    ("experiences", "year_groups", "10;eleven", "bad_number"),
    ("experiences", "year_groups", "10;15", "out_of_range"),
    ("experiences", "accommodations", "parking", "unknown_code"),
    ("experiences", "meaningful", "9", "out_of_range"),
    ("experiences", "meaningful", "purpose;joy", "unknown_code"),
    ("slots", "experience_id", "X99999", "unknown_reference"),
    ("slots", "date", "31/06/2026", "bad_date"),
    ("slots", "date", "", "missing_value"),
    ("slots", "half", "midday", "bad_choice"),
    ("slots", "half_days", "0", "out_of_range"),
    ("slots", "half_days", "a week", "bad_number"),
    ("slots", "support_places", "-1", "out_of_range"),
    ("slots", "reserved", "half", "bad_number"),
    ("slots", "urn", "987654", "unknown_reference"),
    ("preferences", "student_id", "", "missing_value"),
    ("preferences", "rank", "0", "out_of_range"),
    ("preferences", "rank", "top", "bad_number"),
    ("preferences", "kind", "place", "bad_choice"),
    ("preferences", "value", "", "missing_value"),
    ("history", "year_group", "3", "out_of_range"),
    ("history", "tier", "T0", "bad_choice"),
    ("history", "sector", "", "missing_value"),
    ("history", "half_days", "two", "bad_number"),
    ("history", "counts", "partly", "bad_choice"),
    ("calendar", "urn", "987654", "unknown_reference"),
    ("calendar", "date", "Easter", "bad_date"),
    ("travel", "km", "near", "bad_number"),
    ("travel", "km", "-2", "out_of_range"),
    ("baseline", "notified", "emailed", "bad_choice"),
]
OF_SOME_ROWS: list[tuple[str, str, str, str, Callable[[dict[str, str]], bool]]] = [
    ("slots", "capacity", "", "missing_value", lambda row: row["capacity"] != ""),
    ("slots", "capacity", "-3", "out_of_range", lambda row: row["capacity"] != ""),
    ("slots", "groups", "", "missing_value", lambda row: row["groups"] != ""),
    ("slots", "group_min", "", "missing_value", lambda row: row["groups"] != ""),
    ("slots", "group_max", "", "missing_value", lambda row: row["groups"] != ""),
    ("slots", "group_min", "9", "contradiction", lambda row: row["groups"] != ""),
    ("students", "longitude", "", "missing_value", lambda row: row["latitude"] != ""),
    ("students", "postcode", "ZZ9 9ZZ", "bad_postcode", lambda row: row["latitude"] == ""),
    ("students", "postcode", "by the park", "bad_postcode", lambda row: row["latitude"] == ""),
    ("decisions", "slot_id", "L99999", "unknown_reference", lambda row: row["kind"] == "pin"),
    ("decisions", "slot_id", "", "missing_value", lambda row: row["kind"] == "forbid"),
    ("decisions", "experience_id", "X00001", "contradiction", lambda row: row["kind"] == "forbid"),
    ("decisions", "other_student_id", "", "missing_value", lambda row: row["kind"] == "separate"),
]
KEYS = {
    "schools": ("urn",),
    "students": ("student_id",),
    "employers": ("employer_id",),
    "experiences": ("experience_id",),
    "slots": ("slot_id",),
    "barriers": ("barrier_id", "seq"),
    "travel": ("origin", "experience_id"),
    "baseline": ("student_id", "slot_id"),
}


class Planter:
    """Spoils rows of a round, each row at most once, and remembers what a check must say."""

    def __init__(self, tables: Tables, seed: int) -> None:
        self.tables, self.draw = tables, random.Random(seed)  # noqa: S311 - a test\'s draw
        self.spoilt: set[tuple[str, int]] = set()
        self.expected: set[Told] = set()

    def cell(self, table: str, column: str, value: str, code: str, fits: Callable[[dict[str, str]], bool]) -> None:
        """Spoil a cell of one row that fits and is not spoilt yet."""
        header = self.tables[table][0]
        while True:
            row = self.draw.randrange(2, len(self.tables[table]) + 1)
            if (table, row) not in self.spoilt and fits(dict(zip(header, self.tables[table][row - 1], strict=True))):
                break
        put(self.tables, table, row, column, value)
        self.spoilt.add((table, row))
        self.expected.add((table, row, column, code))

    def repeated_key(self, table: str) -> None:
        """Add a row at the end that has the key of an earlier one."""
        key = KEYS[table]
        self.tables[table].append([*self.tables[table][self.draw.randrange(1, 9)]])
        self.spoilt.add((table, len(self.tables[table])))
        self.expected.add((table, len(self.tables[table]), key[-1], "duplicate_key"))

    def blank_key(self, table: str) -> None:
        """Add a row at the end whose key is blank."""
        self.tables[table].append([*self.tables[table][1]])
        put(self.tables, table, len(self.tables[table]), KEYS[table][0], "")
        self.spoilt.add((table, len(self.tables[table])))
        self.expected.add((table, len(self.tables[table]), KEYS[table][0], "missing_value"))


def planted(students: int, each: int, seed: int) -> Planter:
    """A round of that many students with ``each`` faults of every kind."""
    planter = Planter(big_tables(students, seed), seed)
    for table in KEYS:
        for row in range(2, 11):
            planter.spoilt.add((table, row))  # the rows that duplicates copy stay as they are
    for _ in range(each):
        for table, column, value, code in CELLS:
            planter.cell(table, column, value, code, lambda _: True)
        for some in OF_SOME_ROWS[:-4]:
            planter.cell(*some)
    for _ in range(min(each, 4)):
        for some in OF_SOME_ROWS[-4:]:
            planter.cell(*some)
    for table in KEYS:
        planter.blank_key(table)
        for _ in range(each):
            planter.repeated_key(table)
    return planter


@pytest.fixture(autouse=True)
def _no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTHOLD_POSTCODES", str(tmp_path / "none.sqlite"))


def test_the_clean_round_has_no_fault(tmp_path: Path):
    """Before planting, 15,000 students with their preferences and history are without a fault."""
    assert told(check_round(write_tables(big_tables(15_000), tmp_path / "round"))) == set()


def test_all_planted_faults_are_found_and_none_invented(tmp_path: Path):
    """Over 1,000 faults of every kind that a cell or row can have are told exactly: table, row, column and code."""
    planter = planted(15_000, EACH, seed=3)
    report = check_round(write_tables(planter.tables, tmp_path / "round"))
    assert len(planter.expected) > 1_000
    assert {code for *_, code in planter.expected} == set(FAULT_CODES) - OF_FILES
    assert told(report) == planter.expected
    assert len(report.faults) == len(planter.expected)


@pytest.mark.parametrize("seed", range(4, 7))
def test_other_rounds_and_other_rows(tmp_path: Path, seed: int):
    """Other rounds with faults in other rows are told exactly too."""
    planter = planted(4_000, 2, seed)
    report = check_round(write_tables(planter.tables, tmp_path / "round"))
    assert told(report) == planter.expected
    assert Counter(fault.code for fault in report.faults) == Counter(code for *_, code in planter.expected)
