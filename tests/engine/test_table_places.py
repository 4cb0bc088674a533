"""Places by postcode or coordinates: what wins, what is a fault, and what a directory that is not loaded says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_round import checked, put, small_tables, told

from engine.domain import Point
from engine.postcodes import PostcodeDirectory

if TYPE_CHECKING:
    from pathlib import Path

LISTED = Point(53.4012, -2.9934)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A postcode directory that knows one postcode."""
    monkeypatch.setenv("FOOTHOLD_POSTCODES", str(tmp_path / "postcodes.sqlite"))
    (tmp_path / "list.csv").write_text(f"postcode,lat,lon\nL3 4AA,{LISTED.latitude},{LISTED.longitude}\n")
    PostcodeDirectory().load_directory(tmp_path / "list.csv")


@pytest.fixture
def no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No directory was ever loaded."""
    monkeypatch.setenv("FOOTHOLD_POSTCODES", str(tmp_path / "none.sqlite"))


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("form", ["L3 4AA", "l34aa", " L3  4AA "])
def test_a_postcode_in_the_directory_is_a_place(tmp_path: Path, form: str):
    """Schools, sites and homes may be given by postcode, in any spacing and case."""
    tables = small_tables()
    for table, row in (("schools", 3), ("experiences", 3), ("students", 3)):
        put(tables, table, row, "postcode", form)
        for column in ("latitude", "longitude"):
            put(tables, table, row, column, "")
    round_ = checked(tables, tmp_path).round_
    assert round_ is not None
    assert round_.schools["100002"].place == LISTED
    assert round_.experiences["X2"].site == LISTED
    assert round_.students["S2"].home == LISTED
    assert round_.students["S3"].home is None


@pytest.mark.usefixtures("directory")
def test_coordinates_win_over_a_postcode(tmp_path: Path):
    """Where both are given the coordinates count, and the postcode need not be in the directory."""
    tables = small_tables()
    put(tables, "schools", 2, "postcode", "L3 4AA")
    put(tables, "schools", 3, "postcode", "ZZ9 9ZZ")
    report = checked(tables, tmp_path)
    assert told(report) == set()
    assert report.round_ is not None
    assert report.round_.schools["100001"].place == Point(53.40, -2.90)


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(("postcode", "code"), [("L3 4AB", "bad_postcode"), ("Liverpool", "bad_postcode")])
def test_a_postcode_that_gives_no_place_is_a_fault(tmp_path: Path, postcode: str, code: str):
    """A postcode that is not in the directory, or is none, is a fault of its cell, for homes too."""
    tables = small_tables()
    put(tables, "students", 3, "postcode", postcode)
    assert told(checked(tables, tmp_path)) == {("students", 3, "postcode", code)}


@pytest.mark.usefixtures("no_directory")
def test_without_a_directory_the_message_says_how_to_load_one(tmp_path: Path):
    """Where no directory is loaded, the fault says so and names the command."""
    tables = small_tables()
    put(tables, "students", 3, "postcode", "L3 4AA")
    (fault,) = checked(tables, tmp_path).faults
    assert (fault.code, fault.value) == ("bad_postcode", "L3 4AA")
    assert "foothold postcodes load" in fault.message


def test_half_a_place_is_a_missing_value(tmp_path: Path):
    """A latitude without a longitude is a fault of the blank one, even where a place is optional."""
    tables = small_tables()
    put(tables, "students", 3, "latitude", "53.4")
    put(tables, "students", 2, "longitude", "-2.9")
    assert told(checked(tables, tmp_path)) == {("students", 2, "latitude", "missing_value")} | {
        ("students", 3, "longitude", "missing_value")
    }


def test_a_place_needs_one_of_the_two_ways(tmp_path: Path):
    """A schools table with neither a postcode nor coordinates lacks a column; a row with neither lacks a value."""
    tables = small_tables()
    put(tables, "schools", 3, "postcode", "")
    put(tables, "schools", 3, "latitude", "")
    put(tables, "schools", 3, "longitude", "")
    assert told(checked(tables, tmp_path / "row")) == {("schools", 3, "postcode", "missing_value")}
    tables = small_tables()
    for cells in tables["schools"]:
        del cells[3:5]
    assert told(checked(tables, tmp_path / "column")) == {("schools", 1, "postcode", "missing_column")}
