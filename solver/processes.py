"""Starts and ends processes that solve programs; it imports nothing heavy: one can be started while a round is read."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HIGHS = "solver.highs_child"
_ahead: list[subprocess.Popen[bytes]] = []
_peaks = [0]
"""The most memory that each process ended so far has held, in kilobytes."""


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


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process at once, whatever it is doing."""
    _peaks.append(_peak_kb(process.pid))
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def largest_kb() -> int:
    """The most memory that any process ended so far has held, in kilobytes; 0 where the system does not say.

    What the system adds up of ended children would count a large parent's own memory: that they had until they began.
    """
    return max(_peaks)


def _peak_kb(pid: int) -> int:
    try:
        found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def _started(module: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module]
    return subprocess.Popen(  # noqa: S603 -- our own child, in a session that Ctrl-C does not reach
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
