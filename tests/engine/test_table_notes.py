"""What is a note and no fault: rows of what is gone, things that rules exclude, withdrawals and columns not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from big_round import SETTINGS, write_tables
from small_round import checked, put, small_tables, told

from engine.checking import check_round

if TYPE_CHECKING:
    from pathlib import Path

EXCLUDED = [
    ("slot_closed_date", [("slots", 4, "date", "2026-05-16")]),
    ("slot_closed_date", [("slots", 4, "date", "2026-05-25")]),
    ("slot_outside_dates", [("slots", 4, "date", "2026-04-30")]),
    ("slot_outside_dates", [("slots", 2, "date", "2026-07-16")]),
    ("slot_outside_dates", [("slots", 4, "half_days", "100")]),
    ("slot_withdrawn", [("slots", 2, "capacity", "0")]),
    ("slot_withdrawn", [("slots", 3, "groups", "0")]),
    ("employer_not_cleared", [("employers", 2, "cleared_until", "")]),
    ("checks_lapse", [("employers", 2, "cleared_until", "2026-05-14")]),
    ("individual_under_10", [("experiences", 2, "year_groups", "9;10")]),
    ("sector_not_offered", [("preferences", 4, "value", "Space")]),
    ("experience_without_slots", [("slots", 4, "experience_id", "X2"), ("slots", 4, "urn", "100002")]),
    ("student_not_available", [("students", 4, "available", "N")]),
    ("released_not_needed", [("students", 4, "released", "bsl;step_free")]),
    ("place_abroad", [("schools", 3, "latitude", "-2.91"), ("schools", 3, "longitude", "53.41")]),
    ("stale_preferences", [("preferences", 2, "value", "X9")]),
    ("stale_preferences", [("preferences", 3, "value", "E9")]),
    ("stale_preferences", [("preferences", 3, "student_id", "S9")]),
    ("stale_history", [("history", 2, "student_id", "S9")]),
    ("stale_travel", [("travel", 2, "origin", "S9")]),
    ("stale_travel", [("travel", 3, "experience_id", "X9")]),
    ("stale_decisions", [("decisions", 3, "student_id", "S9")]),
    ("stale_decisions", [("decisions", 3, "employer_id", "E9")]),
    ("stale_decisions", [("decisions", 4, "other_student_id", "S9")]),
    ("stale_baseline", [("baseline", 2, "student_id", "S9")]),
    ("stale_baseline", [("baseline", 3, "slot_id", "L9")]),
    ("pin_forbidden", [("decisions", 3, "student_id", "S1")]),
    ("unused_column", [("students", 2, "form", "10B")]),
]


@pytest.mark.parametrize(("code", "changes"), EXCLUDED)
def test_what_is_excluded_is_a_note_with_a_count(tmp_path: Path, code: str, changes: list[tuple[str, int, str, str]]):
    """A change that a rule will exclude, or a row of what is gone, adds one note with a count of 1 and no fault."""
    before = {note.code: note.count for note in checked(small_tables(), tmp_path / "before").notes}
    tables = small_tables()
    for table, row, column, value in changes:
        put(tables, table, row, column, value)
    report = checked(tables, tmp_path / "after")
    assert told(report) == set()
    assert {note.code: note.count for note in report.notes} == {**before, code: 1}


def test_the_small_round_counts_its_blank_criteria(tmp_path: Path):
    """The one experience that leaves meaningful blank is counted; nothing else is noted."""
    assert [(note.code, note.count) for note in checked(small_tables(), tmp_path).notes] == [("meaningful_blank", 1)]


def test_rows_of_what_is_gone_are_left_out(tmp_path: Path):
    """Ignored rows are not in the round; history keeps an employer that is gone, a baseline row is kept."""
    tables = small_tables()
    for name in ("preferences", "history", "travel", "decisions", "baseline"):
        column = "origin" if name == "travel" else "student_id"
        tables[name].append([*tables[name][1]])
        put(tables, name, len(tables[name]), column, "S9")
    put(tables, "decisions", 5, "kind", "separate")
    put(tables, "decisions", 5, "slot_id", "")
    put(tables, "decisions", 5, "other_student_id", "S1")
    plain = checked(small_tables(), tmp_path / "plain").round_
    round_ = checked(tables, tmp_path / "more").round_
    assert plain is not None
    assert round_ is not None
    for name in ("preferences", "history", "travel", "decisions"):
        assert getattr(round_, name) == getattr(plain, name)
    assert len(round_.baseline) == len(plain.baseline) + 1
    assert plain.history[0].employer_id == "E9"


def test_a_virtual_experience_needs_no_site_and_others_do(tmp_path: Path):
    """Only in-person and in-school experiences need a place."""
    for delivery, expected in (("virtual", set()), ("in_school", {("experiences", 3, "latitude", "missing_value")})):
        tables = small_tables()
        put(tables, "experiences", 3, "delivery", delivery)
        put(tables, "experiences", 3, "latitude", "")
        put(tables, "experiences", 3, "longitude", "")
        assert told(checked(tables, tmp_path / delivery)) == expected


def test_what_the_kind_of_slot_does_not_use_may_be_blank(tmp_path: Path):
    """A group slot needs no capacity and an individual slot no groups; what they give all the same is not used."""
    tables = small_tables()
    put(tables, "slots", 3, "capacity", "5")
    put(tables, "slots", 2, "group_min", "9")
    put(tables, "slots", 2, "group_max", "3")
    report = checked(tables, tmp_path)
    assert told(report) == set()
    assert report.round_ == checked(small_tables(), tmp_path / "plain").round_


def test_stray_files_are_noted(tmp_path: Path):
    """A file that is no table is told, so that a misspelt table name is not passed over in silence."""
    folder = write_tables(small_tables(), tmp_path / "round", SETTINGS)
    (folder / "preference.csv").write_text("student_id\n")
    note = check_round(folder).notes[0]
    assert (note.code, note.count) == ("unused_file", 1)
    assert "preference.csv" in note.sentence


DIAGNOSES = [
    ("sen_need", "ASD", True),
    ("Primary Need", "Speech", True),
    ("diagnosis", "something rare", True),
    ("notes", "has autism", True),
    ("notes", "ADHD", True),
    ("notes", "HI", True),
    ("notes", "MLD; SEMH", True),
    ("notes", "SpLD", True),
    ("medical condition", "Epilepsy", True),
    ("sen_need", "None", False),
    ("sen_need", "", False),
    ("special educational needs", "K", False),
    ("notes", "hi there", False),
    ("notes", "prefers mornings", False),
    ("initials", "PD", False),
    ("form", "VI", False),
    ("ethnicity", "OTH", False),
]


@pytest.mark.parametrize(("heading", "value", "refused"), DIAGNOSES)
def test_diagnoses_are_refused_in_any_column(tmp_path: Path, heading: str, value: str, refused: bool):  # noqa: FBT001
    """A need code or diagnosis in a column that the tables do not know is a fault of that cell; other words are not."""
    tables = small_tables()
    put(tables, "students", 3, heading, value)
    expected = {("students", 3, heading, "diagnosis")} if refused else set()
    report = checked(tables, tmp_path)
    assert told(report) == expected
    assert all("import the adjustments" in fault.message for fault in report.faults)


@pytest.mark.parametrize(
    "code", ["SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "OTH", "NSA"]
)
@pytest.mark.parametrize("column", ["sen_status", "accommodations", "support", "released", "sen_need"])
def test_every_need_code_is_refused(tmp_path: Path, code: str, column: str):
    """Each of the census's need codes is refused in every column where schools are tempted to put it."""
    tables = small_tables()
    put(tables, "students", 3, column, code)
    assert told(checked(tables, tmp_path)) == {("students", 3, column, "diagnosis")}
