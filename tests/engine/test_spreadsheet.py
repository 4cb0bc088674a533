"""Spreadsheet exports: nothing in them runs, everything in them comes back, and the same rows give the same bytes."""

from __future__ import annotations

import csv
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.spreadsheet import LONGEST_CELL, plain_cell, safe_cell, write_csv, write_xlsx
from engine.workbook import read_workbook

FORMULAS = ["=1+1", "=cmd|'/c calc'!A1", "+44 151", "-Smith", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1+1"]
PLAIN = ["", "O'Neill", "007", "-2.98", "+447700900123", "-1e-5", "-.5", "NA", "a=b", "2026-01-05", "'tis", "-", "="]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    """Everything that starts like a formula, after spaces and in full-width form too, is made text."""
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_and_plain_numbers_stay_as_they_are(text):
    """A negative longitude, a lone dash and an apostrophe in a name are no formulas."""
    assert safe_cell(text) == text


@given(st.one_of(st.text(), st.text(alphabet="'=+-@1a \t")))
def test_the_apostrophe_comes_off_again(text):
    """Whatever the text, what was made safe is read back to the letter, and what is safe is never a formula."""
    safe = safe_cell(text)
    assert plain_cell(safe) == text
    assert safe == text or safe == "'" + text
    assert not safe.lstrip().startswith(("=", "@")) or len(safe.strip()) == 1


def test_csv_comes_back_as_it_was(tmp_path):
    """Commas, quotation marks, line breaks and accents survive; the byte order mark is there only when asked for."""
    rows = [["a,b", 'say "hi"', "two\nlines"], ["é", "007", "=1"]]
    write_csv(tmp_path / "plain.csv", ["x", "y", "z"], rows)
    write_csv(tmp_path / "people.csv", ["x", "y", "z"], rows, bom=True)
    plain = (tmp_path / "plain.csv").read_bytes()
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "people.csv").read_bytes() == b"\xef\xbb\xbf" + plain
    with (tmp_path / "plain.csv").open(encoding="utf-8", newline="") as file:
        read = [[plain_cell(cell) for cell in row] for row in csv.reader(file)]
    assert read == [["x", "y", "z"], *rows]


def test_a_workbook_holds_text_only(tmp_path):
    """Formulas, numbers and links are written as text: no cell of the workbook is anything else."""
    texts = [*FORMULAS[:5], "-2.98", "007", "https://foothold.example", "NA", "a\x07b"]
    write_xlsx(tmp_path / "roster.xlsx", "roster", ["text"], [[text] for text in texts])
    sheet = openpyxl.load_workbook(tmp_path / "roster.xlsx")["roster"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert [row[0] for row in read_workbook(tmp_path / "roster.xlsx")["roster"]] == ["text", *texts]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    """A workbook holds no time of writing, so that two runs can be compared byte for byte."""
    for name in ("one.xlsx", "two.xlsx"):
        write_xlsx(tmp_path / name, "roster", ["a"], [["x"], ["y"]])
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.xlsx") as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}


def test_a_text_too_long_for_a_cell_says_that_it_is_cut(tmp_path):
    """A cell holds 32,767 characters; a longer text is cut in the open, where the writer alone would drop it."""
    write_xlsx(tmp_path / "roster.xlsx", "roster", ["a"], [["x" * (LONGEST_CELL + 1)]])
    (_, (cell,)) = read_workbook(tmp_path / "roster.xlsx")["roster"]
    assert len(cell) == LONGEST_CELL
    assert cell.endswith("(cut: a cell holds no more)")


def test_more_rows_than_a_sheet_holds_are_an_error(tmp_path):
    """Rows are never dropped in silence."""
    with pytest.raises(ValueError, match="a sheet holds"):
        write_xlsx(tmp_path / "roster.xlsx", "roster", ["a"], [["x"]] * 1_048_576)
