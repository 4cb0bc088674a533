"""What a workbook's cells become: text, just as the same table would hold it as CSV."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from made_workbooks import HEADER, write_book

from engine.faults import RoundRefusedError
from engine.workbook import read_workbook

A_MILLION = 1_000_000


def _book(path, rows, name="students"):
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_every_kind_of_cell_becomes_the_text_of_a_csv(tmp_path):
    """Whole floats lose their point, dates are ISO, booleans are Y and N, and text stays to the letter."""
    day, moment = date(2026, 1, 5), datetime(2026, 1, 5, 9, 30)  # noqa: DTZ001
    rows = [["007", "NA", 7.0, 7, -2.98, 53.39697, True, False], [day, moment, " two ", "a\nb", 1e20]]
    sheets = read_workbook(_book(tmp_path / "round.xlsx", rows))
    assert sheets == {
        "students": [
            ["007", "NA", "7", "7", "-2.98", "53.39697", "Y", "N"],
            ["2026-01-05", "2026-01-05 09:30:00", " two ", "a\nb", "1e+20", "", "", ""],
        ],
    }


def test_a_formula_is_its_saved_result_and_text_that_looks_like_one_is_text(tmp_path):
    """A formula gives the result that was saved with it; a text cell that begins with = comes through as it is."""
    with xlsxwriter.Workbook(tmp_path / "round.xlsx") as book:
        sheet = book.add_worksheet("students")
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, '="00"&7', None, "007")
        sheet.write_formula(0, 2, "=1/0", None, "#DIV/0!")
        sheet.write_string(0, 3, "=1+1")
    assert read_workbook(tmp_path / "round.xlsx") == {"students": [["2", "007", "#DIV/0!", "=1+1"]]}


def test_rows_keep_the_numbers_that_a_spreadsheet_shows(tmp_path):
    """Blank rows above and between stay as blank rows, those below go, and rows are equally long."""
    rows = [[], [None, "student_id", "urn"], [], [None, "1"], [None, None, None]]
    assert read_workbook(_book(tmp_path / "round.xlsx", rows))["students"] == [
        [],
        ["", "student_id", "urn"],
        [],
        ["", "1", ""],
    ]


def test_every_sheet_is_read_hidden_ones_too_and_charts_are_not(tmp_path):
    """Sheets come in the workbook's order; a hidden one is no secret, a chart is no table."""
    with xlsxwriter.Workbook(tmp_path / "round.xlsx") as book:
        book.add_worksheet("slots").write_string(0, 0, "slot_id")
        hidden = book.add_worksheet("schools")
        hidden.write_string(0, 0, "urn")
        hidden.hide()
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=slots!$A$1:$A$2"})
        book.add_chartsheet("chart").set_chart(chart)
        book.add_worksheet("empty")
    assert read_workbook(tmp_path / "round.xlsx") == {"slots": [["slot_id"]], "schools": [["urn"]], "empty": []}


def test_a_formula_never_calculated_is_a_fault_in_a_table_and_nothing_elsewhere(tmp_path):
    """A table's column must not go blank in silence; a sheet or a column of the user's own does not matter."""
    book = openpyxl.Workbook()
    book.active.title = "Students"
    book.active.append(["UPN", "Shoe size"])
    book.active.append(['="a"&1', "=40+2"])
    book.create_sheet("my sums").append(["=1+1"])
    book.save(tmp_path / "round.xlsx")
    with pytest.raises(RoundRefusedError) as refusal:
        read_workbook(tmp_path / "round.xlsx")
    faults = [(f.table, f.row, f.column, f.value, f.code) for f in refusal.value.faults]
    assert faults == [("students", 2, "student_id", '="a"&1', "missing_value")]
    assert "save it again" in refusal.value.faults[0].message


def test_a_million_empty_rows_are_no_rows(tmp_path):
    """Formatting left on a million rows below the table costs a moment and gives nothing."""
    blank = (f'<row r="{number}"/>' for number in range(2, A_MILLION))
    assert read_workbook(write_book(tmp_path / "round.xlsx", [HEADER, *blank])) == {"students": [["student_id"]]}


def test_a_million_rows_of_blank_formatted_cells_are_no_rows(tmp_path):
    """Cells that hold only a format are blank, a million rows of them too."""
    blank = (f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(2, A_MILLION))
    assert read_workbook(write_book(tmp_path / "round.xlsx", [HEADER, *blank])) == {"students": [["student_id"]]}


def test_a_missing_workbook_is_said_so(tmp_path):
    """A name that is no file is a fault, not an error."""
    with pytest.raises(RoundRefusedError) as refusal:
        read_workbook(tmp_path / "round.xlsx")
    assert [fault.code for fault in refusal.value.faults] == ["missing_table"]
