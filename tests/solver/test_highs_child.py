"""The process that runs HiGHS ends with whoever asked, so that a killed run leaves nothing that keeps a core busy."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np

ITEMS, ROWS = 50, 6


def endless_job():
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
        "settings": {"threads": 1},
    }


def test_it_ends_in_the_middle_of_a_job_when_nobody_listens_any_more():
    """Its input ends while it solves: it ends too, at once, instead of when the job is done."""
    child = subprocess.Popen(
        [sys.executable, "-m", "solver.highs_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        pickle.dump(endless_job(), child.stdin)
        child.stdin.close()
        assert child.wait(60) == 0
        assert child.stdout.read() == b""
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
