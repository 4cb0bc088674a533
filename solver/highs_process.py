"""Starts processes that run HiGHS; it imports nothing heavy, so that one can be started before a round is read."""

from __future__ import annotations

import subprocess
import sys

_ahead: list[subprocess.Popen[bytes]] = []


def start_ahead() -> None:
    """Start the process that ``start`` will hand out first: it loads HiGHS while its parent reads the round.

    Never asked for, it ends with its parent.
    """
    if not _ahead:
        _ahead.append(_started())


def start() -> subprocess.Popen[bytes]:
    """A process that answers jobs: the one started ahead if it still lives, else a new one."""
    while _ahead:
        process = _ahead.pop()
        if process.poll() is None:
            return process
    return _started()


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "solver.highs_child"]
    return subprocess.Popen(  # noqa: S603 -- our own child, in a session that Ctrl-C does not reach
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
