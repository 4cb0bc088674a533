"""The allocation core under load: locust users solve the same round at once, and every answer must be as alone.

python -m loadtests.core [--scenario NAME] [--students N] [--rounds N] [--beside NAME] [--beside-students N]
                         [--minutes M]

A user is a process that solves (``foothold allocate``), one round after another: solving keeps processors busy, not a
socket. At 1, 2 and 4 at once the same number of rounds is solved; then a large round, alone and with two users beside.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, ClassVar

import gevent
from gevent import subprocess
from locust import User, task
from locust.env import Environment
from locust.exception import StopUser

from loadtests.answers import Solved, Stage, faults, rows, slower
from loadtests.figures import FOOTHOLD, machine, table
from scenarios import write_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = (1, 2, 4)
BESIDE = 2
"""Users who solve the small round beside the large one."""


class Solving(User):
    """Solves a round again and again in a process of its own, until none is left to solve in this stage."""

    abstract = True
    source: ClassVar[Path]
    left: ClassVar[list[Path]]
    """Folders to solve into."""
    stage: ClassVar[str]
    solved: ClassVar[list[Solved]] = []

    @task
    def solve(self) -> None:
        """One round; locust hears of it as of any request."""
        if not self.left:
            raise StopUser
        out, begun = self.left.pop(0), time.perf_counter()
        done = subprocess.run(
            [*FOOTHOLD, "allocate", str(self.source), "--out", str(out), "--json"], capture_output=True, check=False
        )
        seconds = time.perf_counter() - begun
        error = "" if done.returncode == 0 else f"exit {done.returncode}: {done.stderr.decode()[-400:]}"
        certificate = {} if error else json.loads((out / "certificate.json").read_text(encoding="utf-8"))
        self.solved.append(Solved(self.stage, self.source, out, seconds, error, certificate))
        self.environment.events.request.fire(
            request_type="allocate",
            name=self.source.name,
            response_time=seconds * 1000,
            response_length=0,
            exception=RuntimeError(error) if error else None,
            context={},
        )


class Small(Solving):
    """Solves the round of every stage."""


class Large(Solving):
    """Solves the large round."""


def main() -> int:
    """Go through the stages, audit and compare every answer, print the table, and return 1 where anything is wrong."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with TemporaryDirectory(prefix="foothold-core-") as place:
        folder = Path(place)
        Small.source = _round(folder / asked.scenario, asked.scenario, asked.students)
        Large.source = _round(folder / f"large {asked.beside}", asked.beside, asked.beside_students)
        stages, wrong = list[Stage](), list[str]()
        try:
            with gevent.Timeout(asked.minutes * 60):
                stages.extend(_stages(folder, asked.rounds))
        except gevent.Timeout:
            wrong.append(f"not done within {asked.minutes:g} minutes")
        wrong += faults(Solving.solved, stages)
        wrong += slower(stages[1], stages[2]) if len(stages) >= len(AT_ONCE) else []
    print(machine())
    print(table(list(rows(Solving.solved, stages))))
    print("\n".join(f"FAILED: {each}" for each in wrong) or "Every answer is audited clean and the same as alone.")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="pilot")
    parser.add_argument("--students", type=int, default=None, help="the size of the scenario, if not its own")
    parser.add_argument("--rounds", type=int, default=4, help="rounds that each stage solves")
    parser.add_argument("--beside", default="year10", help="the large round")
    parser.add_argument("--beside-students", type=int, default=None, help="its size, if not its own")
    parser.add_argument("--minutes", type=float, default=45.0, help="after so many it has failed")
    return parser.parse_args()


def _round(source: Path, scenario: str, students: int | None) -> Path:
    write_scenario(scenario, source, students=students)
    return source


def _stages(folder: Path, each: int) -> Iterator[Stage]:
    for users in AT_ONCE:
        yield _stage(f"{users} at once", folder, {Small: (users, each)})
    yield _stage("large alone", folder, {Large: (1, 1)})
    yield _stage(f"large and {BESIDE}", folder, {Large: (1, 1), Small: (BESIDE, BESIDE)})


def _stage(name: str, folder: Path, who: dict[type[Solving], tuple[int, int]]) -> Stage:
    """So many users of each kind solve so many rounds together."""
    runner = Environment(user_classes=list(who), catch_exceptions=False).create_local_runner()
    for kind, (_, due) in who.items():
        kind.stage = name
        kind.left = [folder / f"{name}, {kind.__name__} {number}" for number in range(due)]
    begun = time.perf_counter()
    try:
        runner.spawn_users({kind.__name__: users for kind, (users, _) in who.items()}, wait=True)
    finally:
        runner.quit()
    return Stage(name, sum(due for _, due in who.values()), time.perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
