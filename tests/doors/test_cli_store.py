"""The store from the command line: in, out, the same answer byte for byte, and a trail that can be verified."""

from __future__ import annotations

import json
import sqlite3

import pytest

TIMES = {"wall_seconds", "peak_mb", "seconds"}


@pytest.fixture
def stored(foothold, tiny_once, tmp_path):
    """The folder of a store that holds tiny, and the id it has there."""
    done = foothold("import", tiny_once, "--data", tmp_path / "data", "--json")
    assert done.returncode == 0, done.stderr
    return tmp_path / "data", json.loads(done.stdout)["id"]


def without_times(certificate):
    """The certificate less its only unrepeatable figures."""
    if isinstance(certificate, dict):
        return {key: without_times(value) for key, value in certificate.items() if key not in TIMES}
    return [without_times(each) for each in certificate] if isinstance(certificate, list) else certificate


def files_in(folder):
    """Every file of the folder, by its path in it."""
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_what_the_store_gives_back_allocates_to_the_same_bytes(foothold, allocated_once, stored, tmp_path):
    """Import, export, allocate: every file is the one that the original folder gives, times aside."""
    data, round_id = stored
    assert foothold("export", round_id, tmp_path / "back", "--data", data).returncode == 0
    done = foothold("allocate", tmp_path / "back", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    files = sorted(path.relative_to(allocated_once) for path in allocated_once.rglob("*") if path.is_file())
    assert files == sorted(
        path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    for file in files:
        one, other = (allocated_once / file).read_bytes(), (tmp_path / "out" / file).read_bytes()
        if file.name == "certificate.json":
            assert without_times(json.loads(one)) == without_times(json.loads(other))
        elif file.name != "report.html":
            assert one == other, file


def test_the_trail_is_verified_and_tampering_exits_5(foothold, stored):
    """`foothold trail` says that the store is whole, and what is not."""
    data, _ = stored
    assert json.loads(foothold("trail", "--data", data, "--json").stdout)["broken"] == []
    with sqlite3.connect(data / "foothold.sqlite") as file:
        file.execute("DROP TRIGGER documents_not_changed")
        file.execute("UPDATE documents SET body = replace(body, 'Amira', 'Alice')")
    done = foothold("trail", "--data", data)
    assert done.returncode == 5
    assert "students of school 100001 is not what was sent" in done.stdout


def test_a_store_that_is_not_there_is_not_made_by_reading(foothold, tmp_path):
    """A mistyped folder is bad usage, and no empty store is left behind."""
    (tmp_path / "empty").mkdir()
    for command in (["trail"], ["export", "r1", tmp_path / "out"], ["worker"]):
        for folder in ("nowhere", "empty"):
            done = foothold(*command, "--data", tmp_path / folder)
            assert done.returncode == 2
            assert "there is no store" in done.stderr
    assert not (tmp_path / "nowhere").exists()
    assert list((tmp_path / "empty").iterdir()) == []


def test_what_is_no_store_is_refused(foothold, stored, tmp_path):
    """A file that is no database, and an id that is neither a round's nor a run's, are bad usage and said to be."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "foothold.sqlite").write_text("a shopping list")
    done = foothold("trail", "--data", tmp_path / "other")
    assert (done.returncode, "cannot be opened: file is not a database" in done.stderr) == (2, True)
    done = foothold("export", "nobody", tmp_path / "out", "--data", stored[0])
    assert (done.returncode, "no round or run nobody" in done.stderr) == (2, True)


@pytest.mark.parametrize("lease", ["soon", "-5", "nan", "0.1"])
def test_a_lease_that_is_none_is_refused_before_anything_begins(foothold, stored, monkeypatch, lease):
    """Worker and server say what FOOTHOLD_LEASE_SECONDS takes; no first key is made that nobody would see."""
    monkeypatch.setenv("FOOTHOLD_LEASE_SECONDS", lease)
    for command in (["worker"], ["serve", "--port", "0"]):
        done = foothold(*command, "--data", stored[0])
        assert (done.returncode, "takes 1 to 3,600 seconds" in done.stderr) == (2, True)
    assert json.loads(foothold("keys", "list", "--data", stored[0], "--json").stdout)["keys"] == []


def test_faults_are_told_all_at_once_and_nothing_is_kept(foothold, tiny, tmp_path):
    """A faulty round does not enter the store."""
    (tiny / "students.csv").write_text((tiny / "students.csv").read_text().replace(",10,", ",99,"))
    done = foothold("import", tiny, "--data", tmp_path / "data", "--json")
    assert done.returncode == 2
    assert {fault["code"] for fault in json.loads(done.stdout)["faults"]} == {"out_of_range"}
