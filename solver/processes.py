"""Starts processes that solve programs; it imports nothing heavy, so that one can be started before a round is read."""

from __future__ import annotations

import subprocess
import sys

HIGHS = "solver.highs_child"
_ahead: list[subprocess.Popen[bytes]] = []


def start_ahead() -> None:
    """Start the process that the first to ask for HiGHS gets: it loads HiGHS while its parent reads the round.

    Never asked for, it ends with its parent.
    """
    if not _ahead:
        _ahead.append(_started(HIGHS))


def start(module: str = HIGHS) -> subprocess.Popen[bytes]:
    """A process of ``module``, which answers jobs: the one started ahead if it still lives, else a new one."""
    while _ahead and module == HIGHS:
        process = _ahead.pop()
        if process.poll() is None:
            return process
    return _started(module)


def _started(module: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module]
    return subprocess.Popen(  # noqa: S603 -- our own child, in a session that Ctrl-C does not reach
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
