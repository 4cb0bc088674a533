"""`rerun` from end to end on ``tiny``: an employer withdraws and a student falls ill, and few people are moved."""

from __future__ import annotations

import csv
import json
import shutil

import pytest
from test_cli_allocate import settled


def rows(path):
    """The rows of a table."""
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def rewrite(path, change):
    """Write a table again with ``change`` applied to every row."""
    table = rows(path)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(table[0]))
        writer.writeheader()
        writer.writerows({**row, **change(row)} for row in table)


@pytest.fixture
def now(tiny):
    """``tiny`` after slot L07 was withdrawn and student N1 fell ill."""
    rewrite(tiny / "slots.csv", lambda row: {"capacity": 0} if row["slot_id"] == "L07" else {})
    rewrite(tiny / "students.csv", lambda row: {"available": "N"} if row["student_id"] == "N1" else {})
    return tiny


@pytest.fixture
def again(foothold, now, allocated_once, tmp_path):
    """The folder of the re-run from the 16th of March."""
    done = foothold("rerun", now, allocated_once, "--out", tmp_path / "again", "--from", "16/03/2026")
    assert done.returncode == 0, done.stderr
    return tmp_path / "again"


def pairs(table):
    """The (student, slot) of every row."""
    return {(row["student_id"], row["slot_id"]) for row in table}


def test_what_can_be_kept_is_kept(again, allocated_once):
    """Only rows of the withdrawn slot and of the ill student change, and every published row is told of."""
    before, after = pairs(rows(allocated_once / "allocations.csv")), pairs(rows(again / "allocations.csv"))
    assert {pair for pair in before - after if pair[0] != "N1" and pair[1] != "L07"} == set()
    changes = rows(again / "changes.csv")
    assert {(row["student_id"], row["slot_before"]) for row in changes if row["slot_before"]} == before
    assert {(row["student_id"], row["slot_after"]) for row in changes if row["slot_after"]} == after
    assert all(row["sentence"].startswith(f"Student {row['student_id']} ") for row in changes)


def test_the_certificate_says_what_was_run_again(again, allocated_once):
    """Levels, seed, date and counts are there, and ``stability`` counts the published rows that are gone."""
    certificate = json.loads((again / "certificate.json").read_text())
    published = json.loads((allocated_once / "certificate.json").read_text())
    assert [level["name"] for level in certificate["levels"]] == [
        *("replaced", "stability"),
        *(level["name"] for level in published["levels"]),
    ]
    assert certificate["status"] == "optimal"
    assert certificate["seed"] == published["seed"]
    told = certificate["rerun"]
    before, after = pairs(rows(allocated_once / "allocations.csv")), pairs(rows(again / "allocations.csv"))
    assert (told["from"], told["published"]) == ("2026-03-16", len(before))
    assert told["frozen"] == sum(row["date"] < "2026-03-16" for row in rows(allocated_once / "allocations.csv"))
    assert certificate["levels"][1]["goals"] == {"stability": len(before - after)}
    assert told["changes"]["kept"] == len(before & after)


def test_the_audit_and_the_bounds_know_what_was_run_again(foothold, now, again):
    """`audit` and `verify-bound` find the baseline and the date beside the allocation, and it holds."""
    done = foothold("audit", now, again, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    certificate = json.loads((again / "certificate.json").read_text())
    measured = {level["name"]: level["value"] for level in json.loads(done.stdout)["levels"]}
    assert measured == {level["name"]: level["value"] for level in certificate["levels"]}
    proven = foothold("verify-bound", now, again, "--json")
    assert proven.returncode == 0, proven.stdout
    assert json.loads(proven.stdout)["ok"] is True


def test_two_runs_of_one_rerun_are_alike_to_the_byte(foothold, now, allocated_once, again, tmp_path):
    """Every file of a second run is that of the first; of the certificate, all but times and memory."""
    done = foothold("rerun", now, allocated_once, "--out", tmp_path / "twice", "--from", "16/03/2026")
    assert done.returncode == 0, done.stderr
    assert settled(tmp_path / "twice") == settled(again)


def test_a_changed_baseline_is_noticed(foothold, now, again):
    """A baseline other than the certificate's is refused, and so is one that is missing."""
    baseline = again / "baseline.csv"
    baseline.write_text(baseline.read_text().replace(",Y", ",N", 1))
    for command in ("audit", "verify-bound"):
        refused = foothold(command, now, again)
        assert refused.returncode == 2
        assert "baseline_sha256 differs" in refused.stderr
    baseline.unlink()
    assert foothold("audit", now, again).returncode == 2


def test_a_rerun_without_a_change_changes_nothing(foothold, tiny, allocated_once, tmp_path):
    """The same round again gives the same allocation, and its document has no change."""
    done = foothold("rerun", tiny, allocated_once, "--out", tmp_path / "again", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    table = allocated_once / "allocations.csv"
    assert (tmp_path / "again" / "allocations.csv").read_bytes() == table.read_bytes()
    assert document["changes"] == []
    assert document["counts"] == {"kept": len(rows(table)), "moved": 0, "lost": 0, "gained": 0}
    assert document["certificate"] == json.loads((tmp_path / "again" / "certificate.json").read_text())


def test_rows_not_yet_notified_may_change(foothold, now, allocated_once, tmp_path):
    """A row with notified = N in the round's baseline counts for nothing in ``stability``; a foreign row is noted."""
    published = rows(allocated_once / "allocations.csv")
    lines = [f"{row['student_id']},{row['slot_id']},N" for row in published]
    (now / "baseline.csv").write_text("student_id,slot_id,notified\n" + "\n".join([*lines, "N1,L17,Y"]) + "\n")
    done = foothold("rerun", now, allocated_once, "--out", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    assert "1 row of the round's baseline table" in done.stderr
    certificate = json.loads((tmp_path / "again" / "certificate.json").read_text())
    assert certificate["levels"][1]["goals"] == {"stability": 0}


def test_a_pin_against_a_frozen_row_exits_3(foothold, now, allocated_once, tmp_path):
    """A pin at the time of a row that has begun: both are printed, and nothing is written."""
    frozen = next(row for row in rows(allocated_once / "allocations.csv") if row["slot_id"] == "L01")
    (now / "decisions.csv").write_text(
        f"kind,student_id,slot_id,reason,by\npin,{frozen['student_id']},L06,promised,A. Coordinator\n"
    )
    asked = ("rerun", now, allocated_once, "--out", tmp_path / "again", "--from", "2026-03-16", "--json")
    done = foothold(*asked)
    assert done.returncode == 3, done.stderr
    conflict = json.loads(done.stdout)["conflict"]
    assert [sentence for sentence in conflict if "has begun." in sentence or "is pinned to" in sentence] == conflict[:2]
    assert f"Student {frozen['student_id']} keeps slot L01" in conflict[1]
    assert not (tmp_path / "again").exists()


def test_what_cannot_be_run_again_is_refused(foothold, now, allocated, tmp_path):
    """The published folder itself, a folder without an allocation and a date that is none: exit 2, nothing changed."""
    before = sorted(path.read_bytes() for path in allocated.rglob("*") if path.is_file())
    link = tmp_path / "link"
    link.symlink_to(allocated)
    for arguments in (
        (allocated, "--out", link),
        (now, "--out", tmp_path / "again"),
        (allocated, "--out", tmp_path / "again", "--from", "soon"),
    ):
        refused = foothold("rerun", now, *arguments)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr.startswith("foothold: ")
    assert sorted(path.read_bytes() for path in allocated.rglob("*") if path.is_file()) == before
    assert not (tmp_path / "again").exists()


def test_without_a_certificate_the_seed_is_the_rounds_own(foothold, tiny, allocated, tmp_path):
    """An allocation made by hand can be run again; that its seed is not known is said."""
    shutil.rmtree(allocated / "proof")
    (allocated / "certificate.json").unlink()
    done = foothold("rerun", tiny, allocated, "--out", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    assert "no certificate.json" in done.stderr
