"""Hostile and senseless input: every file gets a clear answer within limits, and a check never raises."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from big_round import SETTINGS, big_tables, write_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_round import small_tables, told

from engine.checking import check_round
from engine.csvtext import LARGEST_FILE, MOST_ROWS, Rows
from engine.faults import FAULT_CODES
from engine.roundfile import read_settings
from engine.spreadsheet import write_sheets
from engine.tables import TABLE_NAMES

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 5.0
SOME_TEXT = st.one_of(
    st.sampled_from(
        ["", "Y", "7", "-1", "1e999", "9" * 50, "nan", "2026-05-04", "AM", "S1", "100001", "ASD", ";;", '"']
    ),
    st.text(max_size=12),
)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path):
    """A table larger than the limit is refused by its size alone."""
    folder = write_tables(small_tables(), tmp_path / "round")
    os.truncate(folder / "students.csv", LARGEST_FILE + 1)
    assert told(check_round(folder)) == {("students", 0, "", "hostile_file")}


@pytest.mark.parametrize(
    "content",
    [b"\n" * (MOST_ROWS + 1), b"student_id" + b"," * 1_001 + b"\n", b"student_id" + b"," * 3_000_000],
    ids=["too many rows", "too many columns", "one endless row"],
)
def test_tables_beyond_all_bounds_are_refused(tmp_path: Path, content: bytes):
    """Too many rows, too many columns and a row without end are hostile."""
    folder = write_tables(small_tables(), tmp_path / "round")
    (folder / "students.csv").write_bytes(content)
    assert {(fault.table, fault.code) for fault in check_round(folder).faults} == {("students", "hostile_file")}


def test_a_million_empty_rows_are_passed_over(tmp_path: Path):
    """Rows of nothing but commas, as spreadsheets leave them, are no rows at all."""
    folder = write_tables(small_tables(), tmp_path / "round")
    with (folder / "students.csv").open("a") as file:
        file.write(",,,,,,,,,,,\n" * 1_000_000)
    report = check_round(folder)
    assert (told(report), report.counts["students"]) == (set(), 3)


def test_settings_nested_without_end_are_refused(tmp_path: Path):
    """TOML nested so deeply that its reader gives up is one fault."""
    folder = write_tables(small_tables(), tmp_path / "round", "x = " + "[" * 100_000)
    assert [fault.table for fault in check_round(folder).faults] == ["round"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.sampled_from(TABLE_NAMES), content=st.binary(max_size=200))
def test_any_bytes_get_an_answer(tmp_path: Path, table: str, content: bytes):
    """Whatever bytes stand in a table, a check answers with faults of known codes and never raises."""
    folder = write_tables(small_tables(), tmp_path / "round")
    (folder / f"{table}.csv").write_bytes(content)
    assert all(fault.code in FAULT_CODES for fault in check_round(folder).faults)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.sampled_from(TABLE_NAMES), draw=st.data())
def test_any_cells_get_an_answer(tmp_path: Path, table: str, draw: st.DataObject):
    """Whatever stands in the cells of a row, a check answers, and a round without faults is built."""
    tables = small_tables()
    width = len(tables[table][0])
    tables[table][-1] = draw.draw(st.lists(SOME_TEXT, min_size=width, max_size=width))
    report = check_round(write_tables(tables, tmp_path / "round"))
    assert all(fault.code in FAULT_CODES and fault.row >= 0 for fault in report.faults)
    assert (report.round_ is None) == bool(report.faults)


@settings(max_examples=200, deadline=None)
@given(content=st.one_of(st.binary(max_size=100), st.text(max_size=100).map(str.encode)))
def test_any_settings_file_gets_an_answer(content: bytes):
    """Whatever stands in round.toml, reading it gives settings or faults."""
    found, faults, _ = read_settings(b"starts = 2026-05-04\nends = 2026-06-04\n" + content, None)
    assert (found is None) == bool(faults)


KEYS = st.sampled_from(
    [
        "policy",
        "policy.level",
        "policy.level.a",
        "policy.level.a.b",
        "policy.max_virtual",
        "policy.target_half_days",
        "policy.target_half_days.ks3",
        "starts",
        "starts.x",
        "closed_dates",
        "seed",
        ".",
        "policy.",
    ],
)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(st.tuples(KEYS, SOME_TEXT), max_size=6))
def test_any_settings_sheet_gets_an_answer(rows: list[tuple[str, str]]):
    """Whatever keys and values stand in the sheet, reading it gives settings or faults."""
    cells = [["starts", "2026-05-04"], ["ends", "2026-06-04"], *([key, value] for key, value in rows)]
    found, faults, _ = read_settings(None, Rows(list(range(1, len(cells) + 1)), cells))
    assert (found is None) == bool(faults)


def test_a_workbook_that_is_none_is_refused_once(tmp_path: Path):
    """A file that only calls itself a workbook is one fault; its tables are not said to be missing too."""
    (tmp_path / "round.xlsx").write_bytes(b"not a workbook")
    (fault,) = check_round(tmp_path / "round.xlsx").faults
    assert fault.code == "hostile_file"


def test_faults_of_a_workbook_name_its_sheets_as_tables(tmp_path: Path):
    """A sheet is a table under the table's own name, however the sheet is written."""
    tables = small_tables()
    tables["students"][2][3] = "maybe"
    sheets = {name.title(): rows for name, rows in tables.items()}
    write_sheets(tmp_path / "book.xlsx", sheets)
    (tmp_path / "round.toml").write_text(SETTINGS)
    assert told(check_round(tmp_path / "book.xlsx")) == {("students", 3, "fsm", "bad_choice")}


def test_15_000_students_are_checked_in_seconds(tmp_path: Path):
    """Checking 15,000 students, 3,500 slots, 45,000 preferences and 20,000 history rows takes under five seconds."""
    folder = write_tables(big_tables(15_000), tmp_path / "round")
    program = f"from engine.checking import check_round; assert not check_round({str(folder)!r}).faults"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < SECONDS
