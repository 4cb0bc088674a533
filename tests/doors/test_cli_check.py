"""`check`: every fault at once, in the shape that programs read, with the user's own file given back."""

from __future__ import annotations

import csv
import json


def faulty(tiny):
    """Plant three faults in students.csv of ``tiny`` and return the row numbers a spreadsheet would show."""
    path = tiny / "students.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    header = rows[0]
    rows[1][header.index("fsm")] = "perhaps"
    rows[2][header.index("year_group")] = "Year Nine"
    rows[3][header.index("urn")] = "999999"
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    return {(2, "fsm"), (3, "year_group"), (4, "urn")}


def test_a_good_round_has_no_faults(foothold, tiny):
    """A round without faults exits 0 and leaves nothing beside it, whatever its rules will exclude."""
    done = foothold("check", tiny, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["faults"] == []
    assert found["counts"]["students"] == len((tiny / "students.csv").read_text().splitlines()) - 1
    assert [path.name for path in tiny.parent.iterdir()] == ["tiny"]


def test_faults_are_reported_in_the_shape_of_the_contract(foothold, tiny):
    """`check --json` gives table, row, column, value, code and message for each fault, row 1 being the header's."""
    planted = faulty(tiny)
    done = foothold("check", tiny, "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert {(fault["row"], fault["column"]) for fault in found["faults"]} == planted
    for fault in found["faults"]:
        assert list(fault) == ["table", "row", "column", "value", "code", "message"]
        assert fault["table"].startswith("students")
    assert {fault["value"] for fault in found["faults"]} == {"perhaps", "Year Nine", "999999"}
    assert isinstance(found["counts"], dict)


def test_the_users_own_file_comes_back_with_a_problems_column(foothold, tiny):
    """With faults, the file as given comes back in a folder beside the round, and the round itself is untouched."""
    faulty(tiny)
    before = (tiny / "students.csv").read_bytes()
    done = foothold("check", tiny)
    assert done.returncode == 2
    returned = tiny.parent / "tiny-problems" / "students.csv"
    assert str(returned) in done.stdout + done.stderr
    rows = list(csv.DictReader(returned.read_text(encoding="utf-8-sig").splitlines()))
    assert [bool(row["Problems"]) for row in rows[:4]] == [True, True, True, False]
    assert (tiny / "students.csv").read_bytes() == before


def test_the_problems_folder_can_be_chosen(foothold, tiny, tmp_path):
    """--problems DIR decides where the files go."""
    faulty(tiny)
    assert foothold("check", tiny, "--problems", tmp_path / "mend").returncode == 2
    assert (tmp_path / "mend" / "students.csv").is_file()
    assert not (tmp_path / "tiny-problems").exists()


def test_faults_refuse_an_allocation(foothold, tiny, tmp_path):
    """Any fault means no allocation: exit 2, every fault named, nothing written."""
    faulty(tiny)
    done = foothold("allocate", tiny, "--out", tmp_path / "out", "--json")
    assert done.returncode == 2
    assert len(json.loads(done.stdout)["faults"]) == 3
    assert "row 3" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_value_cannot_drive_the_terminal(foothold, tiny):
    """Escape codes in a cell are shown, not obeyed."""
    path = tiny / "students.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.rstrip("\n") + "\n\x1b[2J\x1b]0;owned\x07" + "," * text.splitlines()[0].count(",") + "\n")
    done = foothold("check", tiny)
    assert done.returncode == 2
    assert "\x1b" not in done.stdout + done.stderr
