"""A finished round as history: a row for everything that was done, nothing lost, nothing twice, read back alike."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from audit_rounds import did, experience, pin, round_of, slot, student
from big_round import write_tables
from small_round import small_tables

from engine.allocation import Allocation
from engine.attendance import read_attendance
from engine.domain import HistoryRow
from engine.faults import RoundRefusedError
from engine.history import finished_history, history_csv, missing_rows
from engine.loading import load_round


def finished(round_, *pairs, **attended):
    """The history after the pairs were given; ``attended`` as ``s1_t1=2``."""
    register = {tuple(pair.split("_")): half_days for pair, half_days in attended.items()}
    return finished_history(round_, Allocation.of(pairs or [("s1", "t1")]), register)


def test_a_row_says_what_was_done():
    """Year, tier, sector, employer, experience, half-days and whether they count are the round's."""
    round_ = round_of(experience(sector="Law", tier="T3", criteria_met=6), slot(half_days=3))
    assert finished(round_).rows == (HistoryRow("s1", "2025/26", 10, "T3", "Law", 3, "e1", "x1", counts=False),)


def test_the_rounds_own_history_is_kept_and_sorted_in():
    """Earlier rows stay, two that are alike included, and all are in one order."""
    before = (did("s2"), did("s1", sector="Arts"), did("s1", sector="Arts"))
    done = finished(round_of(student(), student("s2"), history=before))
    assert len(done.rows) == 4
    assert [row for row in done.rows if row.academic_year == "2024/25"] == [before[1], before[2], before[0]]
    assert done.added == 1


def test_what_was_not_attended_gives_no_row_and_what_was_in_part_a_short_one():
    """0 half-days leave the student free to be offered it again; fewer than all are what counts."""
    round_ = round_of(student(), student("s2"), student("s3"), slot(half_days=4))
    done = finished(round_, ("s1", "t1"), ("s2", "t1"), ("s3", "t1"), s1_t1=0, s2_t1=1, s3_t1=4)
    assert [(row.student_id, row.half_days) for row in done.rows] == [("s2", 1), ("s3", 4)]
    assert (done.added, done.students, done.absent, done.shortened) == (2, 2, 1, 1)


def test_rows_that_would_be_lost_or_counted_twice_are_refused_together():
    """Unknown students and slots, repeated rows and a history taken before are all named at once."""
    round_ = round_of(student(), student("s2"), did("s2", academic_year="2025/26", experience_id="x1"))
    pairs = [("s1", "t1"), ("s1", "t1"), ("s2", "t1"), ("s9", "t1"), ("s1", "t9")]
    with pytest.raises(RoundRefusedError) as refused:
        finished_history(round_, Allocation.of(pairs))
    assert sorted(fault.code for fault in refused.value.faults) == [
        "contradiction",
        "duplicate_key",
        "unknown_reference",
        "unknown_reference",
    ]
    assert finished(replace(round_, decisions=(pin("s2", "t1"),)), ("s2", "t1")).added == 1


def test_a_history_is_read_back_as_it_was(tmp_path):
    """A loaded round's history, names that a spreadsheet would run included, comes back from its file the same."""
    tables = small_tables()
    tables["history"] += [["S1", "2023/24", "8", "T1", "=Arts, 'n' Crafts", "", "", "2", "Y"]]
    round_ = load_round(write_tables(tables, tmp_path / "round"))
    done = finished_history(round_, Allocation.of([("S2", "L2")]))
    (tmp_path / "round" / "history.csv").write_bytes(history_csv(round_, done.rows))
    assert load_round(tmp_path / "round").history == done.rows


def test_the_history_of_those_who_left_is_carried_on(tmp_path):
    """With the whole history asked for, rows of a student who is no longer in the round are kept."""
    tables = small_tables()
    tables["history"] += [["GONE", "2023/24", "8", "T1", "Arts", "", "", "2", "Y"]]
    folder = write_tables(tables, tmp_path / "round")
    assert "GONE" not in {row.student_id for row in load_round(folder).history}
    round_ = load_round(folder, whole_history=True)
    done = finished_history(round_, Allocation.of([("S2", "L2")]))
    lines = list(csv.DictReader(history_csv(round_, done.rows).decode().splitlines()))
    assert sorted(row["student_id"] for row in lines) == ["GONE", "S1", "S2", "S2"]


def test_a_file_with_other_rows_is_noticed(tmp_path):
    """A history table is missing nothing that the rows hold; one row more, or no table at all, is noticed."""
    round_ = round_of(history=(did("s1"), did("s1")))
    done = finished(round_)
    path = tmp_path / "history.csv"
    path.write_bytes(history_csv(round_, round_.history))
    assert missing_rows(path, done.rows) == 0
    path.write_bytes(history_csv(round_, [*round_.history, did("s1")]))
    assert missing_rows(path, done.rows) == 1
    path.write_text("a letter, that I wrote\nfor hours\n")
    assert missing_rows(path, done.rows) > 0


def test_the_register_tells_every_fault(tmp_path):
    """Pairs that were not given or stand twice, and half-days that the slot has not, are told with their rows."""
    path = tmp_path / "register.csv"
    path.write_text("UPN,slot,attended\ns1,t1,2\ns1,t1,5\ns2,t1,1\ns1,t1,most\n")
    round_ = round_of(slot(half_days=4))
    with pytest.raises(RoundRefusedError) as refused:
        read_attendance(path, round_, [("s1", "t1")])
    assert [(fault.row, fault.column, fault.code) for fault in refused.value.faults] == [
        (3, "half_days", "out_of_range"),
        (3, "slot_id", "duplicate_key"),
        (4, "slot_id", "unknown_reference"),
        (5, "half_days", "bad_number"),
        (5, "slot_id", "duplicate_key"),
    ]
    path.write_text("student_id;slot_id;half_days\ns1;t1;2\n")
    assert read_attendance(path, round_, [("s1", "t1")]) == {("s1", "t1"): 2}
