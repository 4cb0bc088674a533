"""`allocate`, `audit` and `verify-bound` from end to end on ``tiny``: files, documents, exit codes."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import pytest

OUT = {"allocations.csv", "unplaced.csv", "certificate.json", "report.html", "rosters", "schools"}
ALLOCATION_COLUMNS = (
    "student_id,urn,slot_id,experience_id,employer_id,tier,date,half,half_days,group,travel_km,preference_rank,"
    "preference_points"
)
CERTIFICATE = {"status", "levels", "stopped", "counts", "seed", "input_sha256", "policy", "versions"} | {
    "wall_seconds",
    "peak_mb",
}
LEVEL = {"name", "goals", "value", "best", "bound", "gap", "proof", "seconds"}
UNREPEATABLE = {"wall_seconds", "peak_mb"}
FOR_LARGE_ROUNDS = ("scipy", "numba", "pandas", "pyproj", "openpyxl", "ortools")
"""Libraries that take longer to load than a small round takes to be allocated without them."""


def rows(path):
    """The rows of a CSV file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def settled(folder):
    """Every file's bytes by name; of the certificate, all but times and memory."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    certificate = json.loads(files.pop("certificate.json"))
    repeatable = {key: value for key, value in certificate.items() if key not in UNREPEATABLE}
    repeatable["levels"] = [{k: v for k, v in level.items() if k != "seconds"} for level in certificate["levels"]]
    return files, repeatable


def test_everything_that_the_contract_names_is_written(allocated):
    """The folder holds the files of the contract, with their columns and keys."""
    assert {path.name for path in allocated.iterdir()} >= OUT
    assert (allocated / "allocations.csv").read_text(encoding="utf-8-sig").splitlines()[0] == ALLOCATION_COLUMNS
    header = (allocated / "unplaced.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "student_id,urn,reason,detail,change"
    certificate = json.loads((allocated / "certificate.json").read_text())
    assert certificate.keys() >= CERTIFICATE
    for level in certificate["levels"]:
        assert level.keys() >= LEVEL
        assert level["bound"] is None or level["value"] <= level["bound"]


def test_every_student_is_placed_or_has_a_reason(tiny_once, allocated):
    """Each student is in allocations.csv or, once, in unplaced.csv with a reason and a sentence."""
    students = {row["student_id"] for row in rows(tiny_once / "students.csv")}
    placed = {row["student_id"] for row in rows(allocated / "allocations.csv")}
    unplaced = rows(allocated / "unplaced.csv")
    assert sorted(placed | {row["student_id"] for row in unplaced}) == sorted(students)
    assert len(unplaced) == len(students - placed)
    assert all(row["reason"] and row["detail"] for row in unplaced)


def test_a_small_round_waits_for_no_library_that_only_large_ones_need(tiny_once, tmp_path):
    """Read, solved, audited and written, ``tiny`` has loaded none of the libraries that take longest to load."""
    loaded = f"print(sorted({{*{FOR_LARGE_ROUNDS}}} & set(sys.modules)))"
    script = f"import sys; from api.cli import run; run(sys.argv[1:]); {loaded}"
    allocated = subprocess.run(
        [sys.executable, "-c", script, "allocate", str(tiny_once), "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert allocated.stdout.splitlines()[-1] == "[]", allocated.stderr
    assert (tmp_path / "out" / "report.html").exists()


def test_the_document_of_allocate_is_one(foothold, tiny, tmp_path):
    """`allocate --json` writes one document: where the folder is, and the certificate as written."""
    done = foothold("allocate", tiny, "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["certificate"] == json.loads((tmp_path / "out" / "certificate.json").read_text())
    assert document["report"] == str(tmp_path / "out" / "report.html")


def test_the_same_round_gives_the_same_bytes_twice(foothold, tiny, allocated, tmp_path):
    """A second run, over the folder of an earlier one, gives every byte again, times and memory aside."""
    again = tmp_path / "again"
    assert foothold("allocate", tiny, "--out", again).returncode == 0
    assert foothold("allocate", tiny, "--out", again).returncode == 0
    assert settled(again) == settled(allocated)


def test_the_audit_of_what_was_written_is_clean(foothold, tiny_once, allocated_once):
    """`audit --json` has no breaches and measures each level as the certificate states it."""
    done = foothold("audit", tiny_once, allocated_once, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    certificate = json.loads((allocated_once / "certificate.json").read_text())
    assert found["breaches"] == []
    assert found["levels"] == [{"name": level["name"], "value": level["value"]} for level in certificate["levels"]]
    for level in certificate["levels"]:
        assert {name: found["goals"][name] for name in level["goals"]} == level["goals"]


def test_the_audit_of_a_hand_edit_names_the_breach(foothold, tiny_once, allocated):
    """A row added by hand that breaks rules exits 5, with the rule, the student and a sentence."""
    table = allocated / "allocations.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    done = foothold("audit", tiny_once, allocated, "--json")
    assert done.returncode == 5
    breaches = json.loads(done.stdout)["breaches"]
    student = lines[1].split(",")[0]
    assert any(breach["rule"] == "duplicate" and breach.get("student_id") == student for breach in breaches)
    for breach in breaches:
        assert {"rule", "sentence"} <= breach.keys() <= {"rule", "sentence", "student_id", "slot_id"}
        assert breach["sentence"].endswith(".")
    assert breaches[0]["sentence"] in foothold("audit", tiny_once, allocated).stdout


def test_an_allocation_made_by_hand_needs_no_certificate(foothold, tiny_once, allocated):
    """The audit asks for nothing but allocations.csv."""
    (allocated / "certificate.json").unlink()
    assert foothold("audit", tiny_once, allocated).returncode == 0


def test_the_bounds_are_proven_again(foothold, tiny_once, allocated_once):
    """verify-bound recomputes each bound that has a proof and finds the certificate's."""
    done = foothold("verify-bound", tiny_once, allocated_once, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    certificate = json.loads((allocated_once / "certificate.json").read_text())
    assert found["ok"] is True
    assert [level["name"] for level in found["levels"]] == [level["name"] for level in certificate["levels"]]


def test_a_bound_that_was_improved_by_hand_does_not_hold(foothold, tiny_once, allocated):
    """A certificate that claims a lower bound than its proof gives exits 5."""
    path = allocated / "certificate.json"
    certificate = json.loads(path.read_text())
    proven = [level for level in certificate["levels"] if level["proof"] in {"prices", "enumeration"}]
    if not proven:
        pytest.skip("every bound of tiny rests on the solver's word")
    proven[0]["bound"] -= 1
    path.write_text(json.dumps(certificate))
    assert foothold("verify-bound", tiny_once, allocated).returncode == 5


def test_the_seed_of_the_command_line_is_published_and_kept(foothold, tiny, tmp_path):
    """--seed-text is the certificate's seed, and the audit measures the lottery as it was drawn with it."""
    out = tmp_path / "out"
    assert foothold("allocate", tiny, "--out", out, "--seed-text", "Lotto 4 8 15 16 23 42").returncode == 0
    certificate = json.loads((out / "certificate.json").read_text())
    assert certificate["seed"] == "Lotto 4 8 15 16 23 42"
    measured = json.loads(foothold("audit", tiny, out, "--json").stdout)["levels"]
    assert [level["value"] for level in measured] == [level["value"] for level in certificate["levels"]]
