"""The processes that solve programs end with whoever asked: a killed run leaves nothing that keeps a core busy."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from solver import processes

ITEMS, ROWS = 50, 6
SETTINGS = {"solver.highs_child": {"threads": 1}, "solver.integer_child": {"num_workers": 1}}


def endless_job(module):
    """A market split: far too hard to be solved while a test waits."""
    draw = np.random.default_rng(1)
    entries = draw.integers(0, 100, (ROWS, ITEMS)).astype(float)
    half = np.floor(entries.sum(axis=1) / 2)
    return {
        "cost": np.ones(ITEMS),
        "offset": 0,
        "lower": np.zeros(ITEMS),
        "upper": np.ones(ITEMS),
        "row_lower": half,
        "row_upper": half,
        "first": np.arange(ROWS + 1) * ITEMS,
        "column": np.tile(np.arange(ITEMS), ROWS),
        "entry": entries.ravel(),
        "integer": np.ones(ITEMS, dtype=int),
        "start": None,
        "settings": SETTINGS[module],
    }


@pytest.mark.parametrize("module", SETTINGS)
@pytest.mark.parametrize("sent", ["a job", "half a job", "nothing"])
def test_it_ends_at_once_when_nobody_listens_any_more(sent, module):
    """Its input ends, while it solves, in the middle of a job or before any: it ends too, and has said nothing."""
    job = pickle.dumps(endless_job(module))
    child = subprocess.Popen([sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        child.stdin.write({"a job": job, "half a job": job[: len(job) // 2], "nothing": b""}[sent])
        child.stdin.close()
        assert child.wait(60) == 0
        assert child.stdout.read() == b""
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_a_search_ends_after_its_checks():
    """The same number of checks leaves the same work done, far from an end."""
    job = endless_job("solver.highs_child")
    job["row_lower"] = np.zeros(ROWS)
    nodes = []
    for checks in (20, 20, 60):
        child = processes.start()
        pickle.dump(job | {"settings": {"threads": 1, "random_seed": 0, "checks": checks}}, child.stdin)
        child.stdin.flush()
        answer = pickle.load(child.stdout)  # noqa: S301 -- our own child
        processes.end(child)
        assert answer["status"] == "Interrupted by user"
        nodes.append(answer["nodes"])
    assert nodes[0] == nodes[1] < nodes[2]


def test_a_process_started_ahead_is_handed_out_once():
    """The first who asks gets the process started ahead, the next one another; one that has died is not handed out."""
    processes.start_ahead()
    processes.start_ahead()
    first, second = processes.start(), processes.start()
    processes.start_ahead()
    dead = processes._ahead[0]
    dead.kill()
    dead.wait()
    third = processes.start()
    started = [first, second, dead, third]
    try:
        assert len({process.pid for process in started}) == 4
        assert [process.poll() for process in (first, second, third)] == [None] * 3
        assert not processes._ahead
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say what a process has held")
def test_what_ended_processes_have_held_is_known():
    """It is what the process itself held, not what this one does, however large that is."""
    ballast = np.ones(50_000_000)
    child = processes.start()
    peak = processes._peak_kb(child.pid)
    processes.end(child)
    assert processes.largest_kb() >= peak > 0
    assert peak < ballast.nbytes // 1024


def test_it_is_started_without_anything_heavy():
    """A command can start it before anything else is loaded: what starts it imports no numpy and no solver."""
    heavy = "import sys, solver.processes; print(sorted({'numpy', 'highspy', 'solver.highs'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, check=True).stdout.strip() == b"[]"
