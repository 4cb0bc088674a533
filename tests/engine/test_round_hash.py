"""One round, one hash: the order of rows, the kind of file and the form of values change neither it nor the round."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from big_round import SETTINGS, Tables, big_tables, write_tables
from small_round import put, small_tables

from engine.canonical import canonical_tables, input_sha256
from engine.loading import load_round
from engine.spreadsheet import write_sheets, write_xlsx
from engine.tables import TABLES
from engine.writing import write_round

if TYPE_CHECKING:
    from pathlib import Path

SETTLED = """
term = "3 \\"late\\""
academic_year = "2025/26"
seed = "drawn"
[policy]
max_travel_km = 6.4
max_virtual = 0
target_half_days = { ks3 = 6 }
priority = []
[[policy.level]]
name = "r, 1"
goals = { reach = 1, travel = -3 }
tolerance = 0.015
proof = false
"""


def tables_of(size: int) -> Tables:
    """The small round, or a big one of that many students."""
    return big_tables(size) if size else small_tables()


@pytest.mark.parametrize("size", [0, 300])
def test_the_order_of_rows_changes_nothing(tmp_path: Path, size: int):
    """Every table shuffled gives an equal round with the same hash."""
    tables = tables_of(size)
    plain = load_round(write_tables(tables, tmp_path / "plain"))
    draw = random.Random(11)  # noqa: S311 - a test\'s draw
    for rows in tables.values():
        body = rows[1:]
        draw.shuffle(body)
        rows[1:] = body
    shuffled = load_round(write_tables(tables, tmp_path / "shuffled"))
    assert shuffled == plain
    assert shuffled.input_sha256 == plain.input_sha256
    assert list(shuffled.students) == sorted(plain.students)


@pytest.mark.parametrize("size", [0, 300])
def test_csv_and_xlsx_agree(tmp_path: Path, size: int):
    """The same tables as CSV files, as sheets of a workbook and as a workbook each are one round with one hash."""
    tables = tables_of(size)
    plain = load_round(write_tables(tables, tmp_path / "csv"))
    (tmp_path / "book").mkdir()
    write_sheets(tmp_path / "book" / "book.xlsx", tables)
    (tmp_path / "book" / "round.toml").write_text(SETTINGS)
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "round.toml").write_text(SETTINGS)
    for name, rows in tables.items():
        write_xlsx(tmp_path / "books" / f"{name}.xlsx", "Sheet1", rows[0], rows[1:])
    assert load_round(tmp_path / "book" / "book.xlsx") == plain
    assert replace(load_round(tmp_path / "books"), notes=plain.notes) == plain


def test_columns_moved_or_added_change_nothing(tmp_path: Path):
    """Columns in another order, and columns that no table knows, leave the hash as it was."""
    tables = small_tables()
    plain = load_round(write_tables(tables, tmp_path / "plain"))
    for rows in tables.values():
        for cells in rows:
            cells.reverse()
    put(tables, "students", 2, "form", "10B")
    assert load_round(write_tables(tables, tmp_path / "moved")).input_sha256 == plain.input_sha256


CHANGES = [
    ("schools", 3, "coach_seats_per_half_day", "17"),
    ("students", 2, "fsm", "N"),
    ("students", 2, "max_travel_km", "5.1"),
    ("students", 2, "name", "NB"),
    ("employers", 2, "max_students", "13"),
    ("experiences", 4, "meaningful", "2"),
    ("slots", 2, "capacity", "3"),
    ("preferences", 2, "rank", "2"),
    ("history", 2, "counts", "N"),
    ("calendar", 2, "half", "PM"),
    ("barriers", 2, "latitude", "53.31"),
    ("crossings", 2, "longitude", "-3.02"),
    ("travel", 2, "km", "3.4"),
    ("decisions", 2, "reason", "chosen by the family"),
    ("baseline", 2, "notified", "N"),
]


@pytest.mark.parametrize(("table", "row", "column", "value"), CHANGES)
def test_a_changed_fact_changes_the_hash(tmp_path: Path, table: str, row: int, column: str, value: str):
    """Any fact of any table is in the hash."""
    tables = small_tables()
    plain = load_round(write_tables(tables, tmp_path / "plain"))
    put(tables, table, row, column, value)
    assert load_round(write_tables(tables, tmp_path / "changed")).input_sha256 != plain.input_sha256


def test_the_policy_and_the_seed_are_not_in_the_hash(tmp_path: Path):
    """The hash is of the tables: two policies on one round share it, and so its lottery."""
    plain = load_round(write_tables(small_tables(), tmp_path / "plain"))
    other = load_round(
        write_tables(small_tables(), tmp_path / "other", f'{SETTINGS}seed = "x"\n[policy]\nmax_virtual = 2\n')
    )
    assert other.input_sha256 == plain.input_sha256


@pytest.mark.parametrize("size", [0, 300])
@pytest.mark.parametrize("settings", [SETTINGS, SETTINGS + SETTLED])
def test_writing_a_round_loses_nothing(tmp_path: Path, size: int, settings: str):
    """A round written and read back is the same round; written again it is the same bytes."""
    round_ = load_round(write_tables(tables_of(size), tmp_path / "given", settings))
    write_round(round_, tmp_path / "written")
    again = load_round(tmp_path / "written")
    assert replace(again, notes=round_.notes) == round_
    write_round(again, tmp_path / "twice")
    assert {p.name: p.read_bytes() for p in (tmp_path / "written").iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "twice").iterdir()
    }


def test_writing_takes_away_tables_that_are_gone(tmp_path: Path):
    """A round without preferences leaves no older preferences behind in the folder."""
    round_ = load_round(write_tables(small_tables(), tmp_path / "given"))
    write_round(round_, tmp_path / "out")
    write_round(replace(round_, preferences=()), tmp_path / "out")
    assert load_round(tmp_path / "out").preferences == ()


def test_canonical_tables_have_every_declared_column(tmp_path: Path):
    """Each declared column but the postcode, which has become coordinates, is written, under its own name."""
    round_ = load_round(write_tables(small_tables(), tmp_path / "given"))
    written = {name: content.split("\n", 1)[0].split(",") for name, content in canonical_tables(round_)}
    assert written == {
        table.name: [column.name for column in table.columns if column.name != "postcode"] for table in TABLES
    }
    assert all(
        {len(line.split(",")) for line in content.splitlines()} == {len(written[name])}
        for name, content in canonical_tables(round_)
    )
    assert input_sha256(round_) == round_.input_sha256
