"""The user's own files given back: every fault beside its row, everything else as it was."""

from __future__ import annotations

import csv
import shutil
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter
from made_workbooks import write_book

from engine.checking import check_round
from engine.faults import Fault
from engine.problems import LIST, row_words, write_problems
from engine.template import write_template
from engine.workbook import read_workbook

FSM = Fault("students", 2, "fsm", "maybe", "bad_choice", "“maybe” is not one of the choices; fsm takes Y or N.")
URN = Fault("students", 2, "urn", "", "missing_value", "This cell is blank; urn takes a URN.")
TIER = Fault("students", 4, "tier", "=2", "bad_choice", "“=2” is not one of the choices.")
COLUMN = Fault("students", 1, "sen_status", "", "missing_column", "There is no column sen_status.")
STARTS = Fault("round", 0, "starts", "", "missing_value", "The round needs starts.")
NEED = Fault("students", 2, "needs", "ASD", "diagnosis", "“ASD” is a diagnosis.")
FAULTS = [FSM, URN, TIER, COLUMN, STARTS]


def _rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def folder(tmp_path):
    """A folder of one cp1252 file, divided by semicolons, with a blank row and much that a program might spoil."""
    source = tmp_path / "round"
    source.mkdir()
    content = (
        'UPN;Legal Surname;fsm;dob\n007;NA;maybe;01/02/2010\n\n"=1+1";O\u2019Neill é; Y ;-2.50\n"a;b";None;N;1e3\n'
    )
    (source / "students.csv").write_bytes(content.encode("cp1252"))
    return source


def test_a_csv_comes_back_with_its_problems_and_nothing_else_changed(folder, tmp_path):
    """Columns, order, values and row numbers stay; all the faults of a row stand beside it; formulas are disarmed."""
    written = write_problems(folder, FAULTS, tmp_path / "back")
    assert written == [tmp_path / "back" / "students.csv", tmp_path / "back" / LIST]
    assert written[0].read_bytes().startswith(b"\xef\xbb\xbf")
    assert _rows(written[0]) == [
        ["UPN", "Legal Surname", "fsm", "dob", "Problems"],
        ["007", "NA", "maybe", "01/02/2010", f"fsm: {FSM.message} urn: {URN.message}"],
        [],
        ["'=1+1", "O\u2019Neill é", " Y ", "-2.50", f"tier: {TIER.message}"],
        ["a;b", "None", "N", "1e3", ""],
    ]


def test_faults_of_no_row_are_in_the_list(folder, tmp_path):
    """A missing column, a missing table and the settings have no row: the list has every fault, these too."""
    listed = _rows(write_problems(folder, FAULTS, tmp_path / "back")[-1])
    assert listed[0] == ["table", "row", "column", "value", "code", "problem"]
    assert listed[1:] == [
        [f.table, str(f.row or "whole table"), f.column, f.value.replace("=2", "'=2"), f.code, f.message]
        for f in FAULTS
    ]


def test_giving_back_twice_gives_the_same(folder, tmp_path):
    """A file given back once and sent again gets its Problems column renewed, not a second one."""
    first = write_problems(folder, FAULTS, tmp_path / "one")[0]
    (tmp_path / "again").mkdir()
    shutil.copy(first, tmp_path / "again" / "students.csv")
    second = write_problems(tmp_path / "again", FAULTS, tmp_path / "two")[0]
    assert second.read_bytes() == first.read_bytes()
    mended = write_problems(tmp_path / "again", [URN], tmp_path / "three")[0]
    assert [row[-1] for row in _rows(mended) if row] == ["Problems", f"urn: {URN.message}", "", ""]


def test_the_users_own_files_are_never_written_over(folder):
    """Writing back into the round's own folder is refused, and the file there stays."""
    before = (folder / "students.csv").read_bytes()
    with pytest.raises(FileExistsError):
        write_problems(folder, FAULTS, folder)
    with pytest.raises(FileExistsError):
        write_problems(folder / "students.csv", FAULTS, folder)
    assert (folder / "students.csv").read_bytes() == before


def test_a_diagnosis_is_not_repeated(folder, tmp_path):
    """The words beside the row and in the list do not say what should not have been there."""
    assert "ASD" not in row_words([NEED])
    for path in write_problems(folder, [NEED], tmp_path / "back"):
        assert "ASD" not in path.read_text(encoding="utf-8-sig")


def test_a_file_that_is_no_table_is_only_listed(folder, tmp_path):
    """What cannot be read as rows cannot be given back as rows; the list says why."""
    (folder / "students.csv").write_bytes(b"\xff\xfeu\0p\0n\0")
    fault = Fault("students", 0, "", "", "encoding", "This file is in UTF-16; save it again as CSV UTF-8.")
    written = write_problems(folder, [fault, FSM], tmp_path / "back")
    assert [path.name for path in written] == [LIST]
    assert "UTF-16" in _rows(written[0])[1][-1]


def _cohort(path):
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("About").write_string(0, 0, "hello")
        sheet = book.add_worksheet("Students")
        yellow = book.add_format({"bg_color": "yellow"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for column, heading in enumerate(["UPN", "surname", "fsm", "dob", "sum"]):
            sheet.write_string(0, column, heading, yellow)
        sheet.write_string(1, 0, "007")
        sheet.write_string(1, 1, "NA")
        sheet.write_string(1, 2, "maybe")
        sheet.write_datetime(1, 3, datetime(2010, 2, 1), day)  # noqa: DTZ001
        sheet.write_number(1, 4, 7.5)
        sheet.write_string(3, 0, "=1+1")
        sheet.write_formula(3, 4, "=1+1", None, 2)
        sheet.write_blank(5000, 30, None, yellow)
    return path


def test_a_workbook_comes_back_as_a_workbook(tmp_path):
    """Text stays text, dates stay dates, colours stay, formulas are their results, and the column is at the end."""
    written = write_problems(_cohort(tmp_path / "cohort.xlsx"), FAULTS, tmp_path / "back")
    assert written == [tmp_path / "back" / "cohort.xlsx"]
    book = openpyxl.load_workbook(written[0])
    assert book.sheetnames == ["Problems", "About", "Students"]
    sheet = book["Students"]
    cells = [[cell.value for cell in row[:6]] for row in sheet.iter_rows(max_row=4)]
    assert cells == [
        ["UPN", "surname", "fsm", "dob", "sum", "Problems"],
        ["007", "NA", "maybe", datetime(2010, 2, 1), 7.5, f"fsm: {FSM.message} urn: {URN.message}"],  # noqa: DTZ001
        [None] * 6,
        ["=1+1", None, None, None, 2, f"tier: {TIER.message}"],
    ]
    assert sheet["A4"].data_type == "s"
    assert sheet["A1"].fill.bgColor.rgb == sheet["B1"].fill.bgColor.rgb != "00000000"
    assert sheet["D2"].number_format == "dd/mm/yyyy"
    assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    listed = read_workbook(written[0])["Problems"]
    assert [row[5] for row in listed[1:]] == [fault.message for fault in FAULTS]


def test_a_workbook_given_back_twice_gets_one_column_and_one_list(tmp_path):
    """The list and the column of an earlier time are replaced."""
    once = write_problems(_cohort(tmp_path / "cohort.xlsx"), FAULTS, tmp_path / "one")[0]
    twice = write_problems(once, [URN], tmp_path / "two")[0]
    sheets = read_workbook(twice)
    assert list(sheets) == ["Problems", "About", "Students"]
    assert [row[5:] for row in sheets["Students"]] == [["Problems"], [f"urn: {URN.message}"], [], [""]]
    assert len(sheets["Problems"]) == 2


def test_a_formula_never_calculated_comes_back_as_text(tmp_path):
    """A formula without a result is shown as text, so that nothing of the user's goes missing."""
    book = openpyxl.Workbook()
    book.active.title = "students"
    book.active.append(["UPN", "fsm"])
    book.active.append(["=A1&1", "maybe"])
    book.save(tmp_path / "cohort.xlsx")
    back = write_problems(tmp_path / "cohort.xlsx", [FSM], tmp_path / "back")[0]
    assert read_workbook(back)["students"][1] == ["=A1&1", "maybe", f"fsm: {FSM.message}"]


def test_a_hostile_workbook_is_only_listed(tmp_path):
    """A workbook that is not safe to open is not opened for this either."""
    bomb = write_book(tmp_path / "cohort.xlsx", (" " * 2**20 for _ in range(20)))
    (fault,) = check_round(bomb).faults
    written = write_problems(bomb, [fault], tmp_path / "back")
    assert [path.name for path in written] == [LIST]
    assert fault.message in _rows(written[0])[1]


@pytest.mark.parametrize("form", ["folder", "workbook"])
def test_a_real_check_marks_exactly_the_faulty_rows(tmp_path, form):
    """From check to file: a fault planted in a table is beside its row, and the other rows have none."""
    write_template(tmp_path / "round")
    book = openpyxl.load_workbook(tmp_path / "round" / "round.xlsx")
    if form == "workbook":
        book["students"]["D3"] = "perhaps"
        source = tmp_path / "book.xlsx"
        book.save(source)
    else:
        source = tmp_path / "round"
        students = (source / "students.csv").read_text(encoding="utf-8-sig")
        (source / "students.csv").write_text(students.replace("999902,8,N,", "999902,8,perhaps,"))
    report = check_round(source)
    assert [(fault.table, fault.row, fault.column) for fault in report.faults] == [("students", 3, "fsm")]
    back = write_problems(source, report.faults, tmp_path / "back")[0]
    rows = read_workbook(back)["students"] if form == "workbook" else _rows(back)
    assert [row[-1] for row in rows] == ["Problems", "", f"fsm: {report.faults[0].message}"]
