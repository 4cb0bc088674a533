"""Hostile input: whatever lies where a round should be, the answer is exit 2 in a few seconds and in plain words."""

from __future__ import annotations

import json
import os
import zipfile

import pytest


def bomb(path):
    """A workbook of a few kilobytes that declares, and unpacks to, a sheet of 300 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(b"0" * 2**20)


HOSTILE = {
    "empty.xlsx": lambda path: path.write_bytes(b""),
    "text.xlsx": lambda path: path.write_text("student_id,urn\n1,2\n"),
    "random.xlsx": lambda path: path.write_bytes(os.urandom(5000)),
    "truncated.xlsx": lambda path: path.write_bytes(b"PK\x03\x04" + os.urandom(100)),
    "bomb.xlsx": bomb,
    "file": lambda path: path.write_text("no folder, no workbook"),
    "folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("command", ["check", "allocate"])
def test_what_is_no_round_is_refused(foothold, tmp_path, name, command):
    """A file or folder that is no round exits 2 with at least one fault and no traceback."""
    path = tmp_path / name
    HOSTILE[name](path)
    more = ["--out", tmp_path / "out"] if command == "allocate" else []
    done = foothold(command, path, *more, "--json")
    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["faults"]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b"\xff\xfe" + os.urandom(999),
        b'"' * 5000,
        b"," * 100_000,
        b"student_id\n" + b"\n" * 1_000_000,
    ],
    ids=["empty", "zeros", "noise", "quotes", "commas", "blank lines"],
)
def test_a_table_of_rubbish_is_a_fault(foothold, tiny, content):
    """A students.csv of rubbish exits 2 with a fault that names the table."""
    (tiny / "students.csv").write_bytes(content)
    done = foothold("check", tiny, "--json")
    assert done.returncode == 2, done.stderr
    assert any(fault["table"].startswith("students") for fault in json.loads(done.stdout)["faults"])


def test_a_policy_of_rubbish_is_a_fault(foothold, tiny):
    """A round.toml that is no TOML exits 2 with a fault that names it."""
    (tiny / "round.toml").write_text("[policy\nlevels = ")
    done = foothold("check", tiny, "--json")
    assert done.returncode == 2
    assert any("round" in fault["table"] for fault in json.loads(done.stdout)["faults"])


def test_a_rubbish_certificate_is_bad_input(foothold, tiny_once, allocated):
    """A certificate.json that is no JSON exits 2 in verify-bound and audit, with a message."""
    (allocated / "certificate.json").write_text("{")
    for command in ("audit", "verify-bound"):
        done = foothold(command, tiny_once, allocated)
        assert done.returncode == 2
        assert "certificate" in done.stderr
