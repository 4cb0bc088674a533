"""What a killed process leaves in the temporary directory is cleared by the next; what a living one has is not."""

from __future__ import annotations

import subprocess
import sys
import tempfile

import pytest
from processes import PAUSE, Process

from api.people import OPERATOR
from api.private_folders import PREFIX, clear_abandoned, private_folder
from api.service.asking import ask_for_run
from api.service.importing import import_round
from api.store.opening import open_store

ROWS = "round/students.csv"


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A temporary directory of the test's own."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.mark.parametrize("command", [["worker"], ["serve", "--port", "0"]])
def test_what_a_killed_worker_left_is_cleared(tiny, tmp_path, temporary, command):
    """A worker is killed with students' rows in its folder; whichever of the two commands starts next removes them."""
    store = open_store(tmp_path / "store")
    ask_for_run(store, OPERATOR, import_round(store, OPERATOR, tiny).id, "k")
    data, environment = ["--data", str(tmp_path / "store")], {"TMPDIR": str(temporary)}
    killed = Process(["worker", *data], environment, tmp_path / "log")
    killed.start()
    while not (left := list(temporary.glob(f"*/{ROWS}"))):
        PAUSE.wait(0.05)
    killed.kill()
    assert "Amira" in left[0].read_text()
    following = Process([*command, *data], environment, tmp_path / "log")
    following.start()
    while left[0].parent.parent.exists():
        PAUSE.wait(0.05)
    assert following.stop() == 0
    assert list(temporary.iterdir()) == []
    store.engine.dispose()


def test_what_a_living_process_has_is_left(temporary):
    """A folder stays while whoever made it lives, or a child that was given it; and somebody else's folder always."""
    strangers = [temporary / f"{PREFIX}link", temporary / "foothold-data", temporary / f"{PREFIX}file"]
    strangers[1].mkdir()
    strangers[0].symlink_to(strangers[1])
    strangers[2].write_text("x")
    with private_folder() as private:
        (private.path / "students.csv").write_text("x")
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[private.lock])
        assert clear_abandoned() == 0
        kept = private.path.rename(temporary / f"{PREFIX}held")
    assert clear_abandoned() == 0
    assert (kept / "students.csv").exists()
    child.communicate()
    assert clear_abandoned() == 1
    assert sorted(temporary.iterdir()) == sorted(strangers)
