"""Stopping: Ctrl-C and SIGTERM keep the best audited allocation, or leave nothing behind and exit 4."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading

import pytest
from command_line import COMMAND, environment, run


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A round that takes long enough to be stopped."""
    folder = tmp_path_factory.mktemp("rounds") / "crowd"
    done = run("scenario", "pilot", folder, "--students", "300", "--no-solve")
    assert done.returncode == 0, done.stderr
    return folder


def begin(crowd, out):
    """Start an allocation in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [*COMMAND, "allocate", str(crowd), "--out", str(out)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
    )


def wait_for_a_level(process):
    """Wait until a level is reported with a value, and keep what standard error says from then on."""
    for line in process.stderr:
        if "value" in line:
            break
    rest = threading.Thread(target=process.stderr.read)
    rest.start()
    return rest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_keeps_the_best_audited_allocation(foothold, crowd, tmp_path, number):
    """Stopped in the middle: exit 0, `stopped: cancelled`, and what was written is whole and audits clean."""
    out = tmp_path / "out"
    process = begin(crowd, out)
    rest = wait_for_a_level(process)
    os.killpg(process.pid, number)
    assert process.wait(timeout=120) == 0
    rest.join()
    certificate = json.loads((out / "certificate.json").read_text())
    assert certificate["stopped"] == "cancelled"
    assert foothold("audit", crowd, out).returncode == 0


def test_a_run_stopped_before_any_allocation_leaves_nothing(crowd, tmp_path):
    """Stopped while reading: exit 4, no folder, not even a temporary one."""
    out = tmp_path / "out"
    process = begin(crowd, out)
    assert "Reading" in process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 4, told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
