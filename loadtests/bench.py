"""Measures whole commands on named scenarios: time, memory, gaps; fails where one fails or a gap is wider than it was.

The gaps repeat on every machine, because the work is counted in steps; the times do not, and decide nothing.

python -m loadtests.bench short      a small and a middling round, and the check of a hub-sized one (CI)
python -m loadtests.bench full       the hub-sized allocation as well
python -m loadtests.bench full PATH  the same on the real geography of the folder PATH
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from loadtests.figures import FOOTHOLD, machine

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Trial:
    """One command on one scenario, and the seconds that it should take on two quiet cores."""

    scenario: str
    command: str
    target: float
    students: int | None = None
    """None is the scenario's own size."""
    gaps: Mapping[str, float] = field(default_factory=dict)
    """The widest gap, in per cent, that each level may be left with; levels that are not named must be proven."""

    @property
    def round_name(self) -> str:
        """The scenario and its size, as a name."""
        return self.scenario if self.students is None else f"{self.scenario}-{self.students}"


SHORT = (
    Trial("tiny", "allocate", 2),
    Trial("pilot", "allocate", 30, students=50),
    Trial(
        "pilot", "allocate", 30, students=600, gaps={"need": 1.2, "equity": 4.0, "preference": 15.0, "lottery": 60.0}
    ),
    Trial("year10", "check", 5),
)
FULL = (
    *SHORT,
    Trial("pilot", "allocate", 60, gaps={"need": 1.5, "equity": 3.0, "preference": 28.0, "lottery": 100.0}),
    Trial("year10", "allocate", 120, gaps={"need": 1.5, "equity": 13.0, "preference": 50.0, "lottery": 130.0}),
)


@dataclass(frozen=True)
class Measured:
    """What one command took, from outside."""

    exit_code: int
    seconds: float
    processor: float
    """Seconds of processors, of its children too: what other work on the machine changes least."""
    megabytes: int
    printed: str


def main() -> int:
    """Run the trials that are asked for; the exit code is the number of those that failed."""
    trials = {"short": SHORT, "full": FULL}[sys.argv[1]]
    geography = sys.argv[2:3]
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        return sum(not _passes(trial, Path(folder), geography) for trial in trials)


def _passes(trial: Trial, folder: Path, geography: list[str]) -> bool:
    source = folder / trial.round_name
    if not source.exists():
        more = ["--geography", *geography] if geography and trial.scenario != "tiny" else []
        more += [] if trial.students is None else ["--students", str(trial.students)]
        _run("scenario", trial.scenario, str(source), "--no-solve", *more)
    more = ["--out", str(folder / f"{trial.round_name}-out")] if trial.command == "allocate" else []
    took = _run(trial.command, str(source), *more, "--json")
    wide = [name for name, gap in _gaps(took).items() if gap is None or 100 * gap > trial.gaps.get(name, 0.0)]
    verdict = "FAILED" if took.exit_code else (f"TOO WIDE: {', '.join(wide)}" if wide else "")
    print(
        f"{trial.command} {trial.round_name}: {took.seconds:.1f} s (target {trial.target} s), "
        f"{took.processor:.1f} s of processors, {took.megabytes:,} MB "
        f"{_levels(took)} {verdict}",
        flush=True,
    )
    return not verdict


def _run(*arguments: str) -> Measured:
    began = time.perf_counter()
    command = subprocess.Popen([*FOOTHOLD, *arguments], stdout=subprocess.PIPE, text=True)
    printed = command.stdout.read() if command.stdout else ""
    _, status, usage = os.wait4(command.pid, 0)
    seconds, processor = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    return Measured(os.waitstatus_to_exitcode(status), seconds, processor, usage.ru_maxrss // 2**10, printed)


def _levels(took: Measured) -> str:
    if took.exit_code:
        return took.printed
    return " ".join(f"{name} {'?' if gap is None else format(gap, '.3%')}" for name, gap in _gaps(took).items())


def _gaps(took: Measured) -> dict[str, float | None]:
    """Every level's gap, in parts of one; none where nothing was allocated."""
    if took.exit_code:
        return {}
    return {level["name"]: level["gap"] for level in json.loads(took.printed).get("certificate", {}).get("levels", [])}


if __name__ == "__main__":
    sys.exit(main())
