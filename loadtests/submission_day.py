"""Submission day: schools send, everybody looks, and a round is solved meanwhile; fails where it is slow or wrong.

python -m loadtests.submission_day [--seconds S] [--schools N] [--reads R] [--scenario NAME] [--students N]
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx2

from loadtests.figures import machine, percentile, table
from loadtests.ground import signed
from loadtests.solving import Solving
from loadtests.stand import stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.ground import Ground

EACH = 100
"""Students that a school sends."""
READS_P95, UPLOADS_P95 = 300.0, 5_000.0
"""Milliseconds that 19 of 20 reads and uploads may take at most, counted from when they are due."""
ACHIEVED = 0.95
"""Of what is due, at least so much is answered by the end."""
BETWEEN_SCHOOLS = 2.0
"""Seconds: 150 schools in five minutes."""
LEEWAY = 120
"""Seconds beyond the day after which whoever still sends is stopped."""


def main() -> int:
    """Live through the day, print the table, and return 1 where anything was not as it must be."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with stand(asked.schools, EACH, asked.scenario, asked.students) as ground, TemporaryDirectory() as place:
        written = Path(place) / "ground.json"
        written.write_text(ground.text(), encoding="utf-8")
        with Solving(ground) as solving:
            heard = _day(written, asked)
        missing = _missing(ground)
    print(f"{machine()}, {ground.database}; {asked.scenario} is solved meanwhile: {solving.sentence()}")
    print(table(list(_rows(heard, asked))))
    faults = [*broken(heard, asked), *missing, *solving.faults()]
    print("\n".join(f"FAILED: {fault}" for fault in faults) or "Every threshold is kept.")
    return 1 if faults else 0


def broken(heard: dict[str, Any], asked: argparse.Namespace) -> Iterator[str]:
    """The thresholds that the day did not keep."""
    if heard["unanswered"]:
        yield f"{heard['unanswered']} people were still waiting for an answer at the end"
    wrong = sorted({f"{each['name']}: {each['error']}" for each in heard["requests"] if each["error"]})
    yield from wrong
    for kind, limit in (("read", READS_P95), ("upload", UPLOADS_P95)):
        took = [each["ms"] for each in heard["requests"] if each["kind"] == kind]
        if percentile(took, 95) > limit:
            yield f"the p95 of {kind}s is {percentile(took, 95):,.0f} ms, over {limit:,.0f} ms"
        due = _intended(asked)[f"all {kind}s"]
        if len(took) < ACHIEVED * due:
            yield f"{len(took)} {kind}s were answered of {due:.0f} due"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--schools", type=int, default=None, help="how many send; if not given, one in two seconds")
    parser.add_argument("--reads", type=float, default=20.0, help="reads a second")
    parser.add_argument("--scenario", default="pilot", help="what is solved meanwhile")
    parser.add_argument("--students", type=int, default=None, help="its size, if not its own")
    asked = parser.parse_args()
    if asked.schools is None:
        asked.schools = max(1, round(asked.seconds / BETWEEN_SCHOOLS))
    return asked


def _day(ground: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """What everybody met, from the process in which they come."""
    arguments = [str(ground), str(asked.seconds), str(asked.schools), str(asked.reads)]
    done = subprocess.run(
        [sys.executable, "-m", "loadtests.arrivals", *arguments],
        stdout=subprocess.PIPE,
        timeout=asked.seconds + LEEWAY,
        check=True,
    )
    heard: dict[str, Any] = json.loads(done.stdout)
    return heard


def _missing(ground: Ground) -> list[str]:
    """The schools whose students are not in, whole, though the day is over."""
    path = f"{ground.host}/v1/rounds/{ground.collecting}/submissions"
    items = httpx2.get(path, headers=signed(ground.hub), timeout=60).raise_for_status().json()["items"]
    there = {each["urn"] for each in items if (each["table"], each["state"], each["rows"]) == ("students", "in", EACH)}
    return [f"the students of school {each.id} are not in" for each in ground.schools if each.id not in there]


def _rows(heard: dict[str, Any], asked: argparse.Namespace) -> Iterator[list[str]]:
    yield ["request", "asked", "a second", "intended", "errors", "p50 ms", "p95 ms", "p99 ms", "most ms"]
    named = defaultdict(list)
    for each in heard["requests"]:
        named["all reads" if each["kind"] == "read" else "all uploads"].append(each)
    intended = _intended(asked)
    for kind, due in intended.items():
        yield _row(kind, named[kind], heard["seconds"], f"{due / asked.seconds:.2f}")
    parts = defaultdict(list)
    for each in heard["requests"]:
        parts[each["name"]].append(each)
    for name in sorted(parts):
        yield _row(f"  {name}", parts[name], heard["seconds"], "")


def _row(name: str, requests: list[dict[str, Any]], seconds: float, intended: str) -> list[str]:
    took = [each["ms"] for each in requests]
    errors = sum(bool(each["error"]) for each in requests)
    times = [f"{percentile(took, share):,.0f}" for share in (50, 95, 99, 100)]
    return [name, str(len(took)), f"{len(took) / seconds:.2f}", intended, str(errors), *times]


def _intended(asked: argparse.Namespace) -> dict[str, float]:
    return {"all reads": asked.reads * asked.seconds, "all uploads": asked.schools}


if __name__ == "__main__":
    sys.exit(main())
