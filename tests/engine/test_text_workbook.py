"""Workbooks put together directly are, byte for byte, those that xlsxwriter writes, but for text like markup."""

from __future__ import annotations

from io import BytesIO

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from engine.spreadsheet import _written, xlsx_bytes

TEXTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["", "", "Anna", " x", "x\n", "\x1fx", "_x0041_x0042_", 'a<b>&"c"', "\ufffe\U0001f600", "=1"]),
)
ROWS = st.lists(st.lists(TEXTS, max_size=4), max_size=40)
HEADS = st.lists(TEXTS, min_size=1, max_size=30).map(lambda heads: ["head", *heads])
SHEETS = st.lists(st.tuples(HEADS, ROWS), min_size=1, max_size=3)


def _book(sheets):
    return {f"Sheet {number}": [heads, *rows] for number, (heads, rows) in enumerate(sheets)}


@given(SHEETS)
def test_a_workbook_put_together_is_the_one_that_xlsxwriter_writes(sheets):
    """Blank cells and rows, ragged rows, control characters and several sheets: the bytes are the same."""
    assert xlsx_bytes(_book(sheets)) == _written(_book(sheets))


def test_columns_past_z_and_cells_that_are_cut_are_as_xlsxwriter_writes_them():
    """Letters of columns go on after Z, and a cell too long is cut in the same way."""
    book = {"Wide": [[f"head {n}" for n in range(60)], ["x" * 40_000] * 2, ["", "\U0001f600" * 20_000]]}
    assert xlsx_bytes(book) == _written(book)


def test_what_looks_like_the_markup_of_rich_text_stays_text():
    """A name in angle brackets is a name: xlsxwriter alone would put it into the workbook as it stands."""
    sheet = openpyxl.load_workbook(BytesIO(xlsx_bytes({"A": [["head"], ["<r><t>x</t></r>"]]})))["A"]
    assert sheet["A2"].value == "<r><t>x</t></r>"
