"""Of a run's time limit, what is kept back for the audit and for writing."""

from __future__ import annotations

from threading import Event
from time import perf_counter

import pytest

from api.service.allocating import AFTERWARDS, LOADING, Run


def left(tmp_path, *, limit, starting, reading):
    """The solver's seconds when starting and reading took so many."""
    read = perf_counter() - reading
    run = Run(tmp_path, limit, 2, Event(), None, str, read - starting, read)
    return run.clock().limits.time_limit


def test_reading_tells_more_of_what_comes_after_than_starting_does(tmp_path):
    """A round that is read in no time is written in no time, however long the program took to start."""
    assert left(tmp_path, limit=20, starting=5, reading=0) == pytest.approx(15 - 5 * LOADING, abs=0.5)
    assert left(tmp_path, limit=20, starting=0, reading=5) == pytest.approx(15 - 5 * AFTERWARDS, abs=0.5)


def test_a_limit_that_is_spent_leaves_nothing(tmp_path):
    """Never less than nothing, and without a limit no limit."""
    assert left(tmp_path, limit=2, starting=5, reading=1) == 0
    assert left(tmp_path, limit=None, starting=5, reading=1) is None
