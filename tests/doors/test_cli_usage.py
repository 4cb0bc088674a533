"""Bad usage and faults of our own: exit codes 2 and 1, a short message, no traceback unless it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_line import environment


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["allocate"],
        ["allocate", "round"],
        ["allocate", "round", "--out"],
        ["allocate", "round", "--out", "x", "--workers", "0"],
        ["allocate", "round", "--out", "x", "--time-limit", "soon"],
        ["scenario", "nowhere", "x"],
        ["scenario", "tiny"],
        ["check", "a-round-that-is-not-there"],
        ["audit", "a-round-that-is-not-there", "an-allocation-that-is-not-there"],
        ["verify-bound", "a-round-that-is-not-there", "an-allocation-that-is-not-there"],
        ["allocate", "a-round-that-is-not-there", "--out", "x"],
        ["postcodes"],
        ["postcodes", "load", "a-file-that-is-not-there.csv"],
    ],
    ids=" ".join,
)
def test_bad_usage_exits_2(foothold, tmp_path, monkeypatch, arguments):
    """Whatever is asked wrongly exits 2 and says why, and writes nothing."""
    monkeypatch.chdir(tmp_path)
    done = foothold(*arguments)
    assert done.returncode == 2
    assert (done.stderr + done.stdout).strip()
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_bad_usage_with_json_is_still_one_document(foothold):
    """With --json even bad usage leaves one JSON document on standard output, with the exit code in it."""
    done = foothold("allocate", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["exit_code"] == 2


def test_an_existing_folder_of_somebody_is_never_overwritten(foothold, tiny, tmp_path):
    """A folder that Foothold did not write is refused before any work, and stays as it is."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("two years of work")
    for arguments in (["allocate", tiny, "--out", precious], ["template", precious], ["scenario", "tiny", precious]):
        refused = foothold(*arguments)
        assert refused.returncode == 2
        assert "internal" not in refused.stderr
    assert [path.name for path in precious.iterdir()] == ["thesis.txt"]
    assert (precious / "thesis.txt").read_text() == "two years of work"


@pytest.mark.parametrize("place", ["students.csv/out", "loop", "long" * 100, "/proc/out"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(foothold, tiny, place):
    """An --out inside a file, a link to itself, too long a name or the system's own is refused before the solver."""
    (tiny / "loop").symlink_to("loop")
    done = foothold("allocate", tiny, "--out", tiny / place)
    assert done.returncode == 2
    assert "internal" not in done.stderr
    assert "Solving" not in done.stderr


def test_a_round_of_a_name_that_no_disk_takes_is_bad_usage(foothold, tiny, tmp_path):
    """A path that the operating system refuses to look at exits 2 and says so, wherever it is asked for."""
    nowhere = tmp_path / ("long" * 100)
    for arguments in (["check", nowhere], ["audit", tiny, nowhere], ["template", nowhere]):
        done = foothold(*arguments)
        assert done.returncode == 2
        assert "cannot be used: File name too long" in done.stderr


def test_no_time_is_no_allocation(foothold, tiny, tmp_path):
    """A time limit that leaves no time exits 4 and writes nothing; one that is no number of seconds is bad usage."""
    for limit, code in (("0", 4), ("0.001", 4), ("nan", 2), ("-1", 2)):
        assert foothold("allocate", tiny, "--out", tmp_path / "out", "--time-limit", limit).returncode == code
    assert not (tmp_path / "out").exists()


def test_an_internal_fault_exits_1_and_says_where_only_when_asked(tmp_path):
    """What nobody foresaw, here a disk that takes nothing, exits 1 without a traceback; FOOTHOLD_DEBUG shows it."""
    for debug in (False, True):
        script = f'ulimit -f 0; exec "$0" -m api.cli template "{tmp_path}/round-{debug}"'
        done = subprocess.run(
            ["bash", "-c", script, sys.executable],
            capture_output=True,
            text=True,
            check=False,
            env=environment(**({"FOOTHOLD_DEBUG": "1"} if debug else {}), PYTHONDONTWRITEBYTECODE="1"),
        )
        assert done.returncode == 1
        assert "internal fault" in done.stderr
        assert ("Traceback" in done.stderr) is debug
