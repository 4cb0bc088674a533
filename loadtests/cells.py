"""One cell of the comparison: a peer on an instance, in processes that are ended when their time or memory is spent."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
LOOK_SECONDS = 0.1
LOADING_SECONDS = 600.0
"""Reading the instance into memory is not timed, but it must end."""
MISSING = 3
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Allowed:
    """What each cell may use: seconds, and megabytes over all its processes."""

    seconds: float = 120.0
    megabytes: int = 6_000
    grace: float = 30.0
    """Seconds more for a peer that stops itself when its time is up, to write down what it has."""


@dataclass(frozen=True)
class Cell:
    """What came of it: ``said`` is blank where it ended by itself, ``rows`` is ``None`` where there is no answer.

    ``megabytes`` is the most that its processes held together, looked at every tenth of a second, instance included;
    ``processor`` the seconds that they were at work, which others on the same cores change little, where it answered.
    """

    said: str
    seconds: float
    megabytes: int
    rows: list[tuple[str, str]] | None = None
    bounds: Mapping[str, int] = field(default_factory=dict)
    processor: float | None = None


def run(peer: str, python: Path, folder: Path, allowed: Allowed) -> Cell:
    """Run ``peer`` with the interpreter ``python`` on the instance in ``folder``."""
    if not python.exists():
        return Cell("not installed", 0.0, 0)
    with tempfile.TemporaryDirectory(prefix="foothold-cell-") as place:
        answer, errors = Path(place) / "answer.json", Path(place) / "errors"
        command = [python, "-m", "loadtests.peers.run", peer, folder, answer, str(allowed.seconds)]
        with errors.open("wb") as sink:
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sink, cwd=ROOT, start_new_session=True)
            try:
                cell = _watched(child, allowed)
            finally:
                _end(child)
        if cell.said:
            return cell
        if child.returncode == MISSING:
            return Cell("not installed", 0.0, 0)
        if child.returncode or not answer.exists():
            return Cell(f"failed: {_last_line(errors)}", cell.seconds, cell.megabytes)
        told = json.loads(answer.read_text(encoding="utf-8"))
    late = f"ended after more than {allowed.seconds:g} s" if told["seconds"] > allowed.seconds else ""
    said = f"stopped at {allowed.seconds:g} s" if told["stopped"] else late
    rows = [(student, slot) for student, slot in told["rows"]]
    return Cell(said, told["seconds"], cell.megabytes, rows, told["bounds"], told["processor"])


def _watched(child: subprocess.Popen[bytes], allowed: Allowed) -> Cell:
    """Wait for its end, of itself or because it has used what it may."""
    assert child.stdout is not None
    began, ready, most, grace = time.perf_counter(), None, 0, 0.0
    with selectors.DefaultSelector() as listening:
        listening.register(child.stdout, selectors.EVENT_READ)
        while child.poll() is None:
            if ready is None and listening.select(LOOK_SECONDS):
                said = child.stdout.readline()
                ready = time.perf_counter() if said.startswith(b"ready") else None
                grace = allowed.grace if b"stops itself" in said else 0.0
            elif ready is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(LOOK_SECONDS)
            most = max(most, _held(child.pid))
            spent = time.perf_counter() - (began if ready is None else ready)
            if most > allowed.megabytes:
                return Cell(f"more than {allowed.megabytes:,} MB", spent, most)
            if ready is not None and spent > allowed.seconds + grace:
                return Cell(f"did not finish in {allowed.seconds:g} s", spent, most)
            if ready is None and spent > LOADING_SECONDS:
                return Cell(f"not in memory in {LOADING_SECONDS:g} s", spent, most)
    return Cell("", time.perf_counter() - (ready or began), most)


def _held(pid: int) -> int:
    """Megabytes that the process and those below it hold."""
    total = 0
    with suppress(psutil.Error):
        top = psutil.Process(pid)
        for each in [top, *top.children(recursive=True)]:
            with suppress(psutil.Error):
                total += each.memory_info().rss
    return total // MEGABYTE


def _end(child: subprocess.Popen[bytes]) -> None:
    """End it and what it started: all are of its own session."""
    below: list[psutil.Process] = []
    with suppress(psutil.Error):
        below = psutil.Process(child.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    for each in below:
        with suppress(psutil.Error):
            each.kill()
    child.wait()


def _last_line(errors: Path) -> str:
    lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:120] if lines else "no word why"


def here() -> Path:
    """The interpreter that this runs on."""
    return Path(sys.executable)
