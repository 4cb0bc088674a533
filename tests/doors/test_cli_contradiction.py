"""Decisions that contradict the rules: exit 3, and just the decisions that do are printed."""

from __future__ import annotations

import csv
import json


def decide(tiny, pins):
    """Replace the decisions of ``tiny`` with pins of (student, slot)."""
    with (tiny / "decisions.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["kind", "student_id", "slot_id", "reason", "by"])
        writer.writerows(["pin", student, slot, "promised", "A. Coordinator"] for student, slot in pins)


def rows(path):
    """The rows of a table."""
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_pins_that_contradict_the_rules_are_printed(foothold, tiny, allocated_once, tmp_path):
    """Two pins, one of them of a student who is not available: exit 3, that pin is named, the innocent one is not."""
    kept = rows(allocated_once / "allocations.csv")[0]
    students = rows(tiny / "students.csv")
    absent = next(row for row in students if row["student_id"] != kept["student_id"])
    absent["available"] = "N"
    with (tiny / "students.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(students[0]))
        writer.writeheader()
        writer.writerows(students)
    decide(tiny, [(kept["student_id"], kept["slot_id"]), (absent["student_id"], kept["slot_id"])])
    done = foothold("allocate", tiny, "--out", tmp_path / "out", "--json")
    assert done.returncode == 3, done.stderr
    conflict = json.loads(done.stdout)["conflict"]
    pins = [sentence for sentence in conflict if "pinned" in sentence]
    assert len(pins) == 1
    assert absent["student_id"] in pins[0]
    assert not any(kept["student_id"] in sentence for sentence in conflict)
    assert all(sentence in done.stderr for sentence in conflict)
    assert not (tmp_path / "out").exists()
