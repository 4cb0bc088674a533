"""What came of solving the same rounds at once: each answer against the one of the round solved alone, and the pace."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loadtests.figures import FOOTHOLD, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

KEEPS = 0.9
"""Rounds a minute with the most at once, of those with half as many, at least."""
PROVEN = ("name", "goals", "value", "best", "bound", "gap", "proof")
"""What is said of a level, its seconds aside."""


@dataclass(frozen=True, slots=True)
class Solved:
    """One solve: in which stage, of which round, where to, how long from outside, and what came of it."""

    stage: str
    source: Path
    out: Path
    seconds: float
    error: str
    certificate: dict[str, Any]

    @property
    def where(self) -> str:
        """Which solve it was, for people."""
        return f"{self.source.name}, {self.stage}"

    @property
    def levels(self) -> list[tuple[Any, ...]]:
        """What the certificate proves of each level."""
        return [tuple(level[name] for name in PROVEN) for level in self.certificate["levels"]]

    @property
    def allocation(self) -> bytes:
        """Who was given what."""
        return (self.out / "allocations.csv").read_bytes()


@dataclass(frozen=True, slots=True)
class Stage:
    """Some who solved at once: how many rounds were due, and the seconds until the last was done."""

    name: str
    due: int
    seconds: float


def faults(solved: Sequence[Solved], stages: Sequence[Stage]) -> Iterator[str]:
    """What failed, what is missing, and what differs from the first answer to the same round, solved alone."""
    alone: dict[Path, Solved] = {}
    for each in solved:
        if each.error:
            yield f"{each.where}: {each.error}"
        else:
            yield from _differs(each, alone.setdefault(each.source, each))
    for stage in stages:
        there = sum(each.stage == stage.name for each in solved)
        if there != stage.due:
            yield f"{stage.name}: {there} rounds were solved of {stage.due}"


def slower(half: Stage, most: Stage) -> Iterator[str]:
    """The loss of pace when twice as many solve at once, if it is too much."""
    kept = (most.due / most.seconds) / (half.due / half.seconds)
    if kept < KEEPS:
        yield f"{most.name}: {kept:.2f} of the rounds a minute of {half.name}, and {KEEPS} is the least"


def rows(solved: Sequence[Solved], stages: Sequence[Stage]) -> Iterator[list[str]]:
    """The table: each stage's pace, times and memory, a line for each round."""
    yield ["stage", "round", "solved", "errors", "a minute", "p50 s", "p95 s", "most MB"]
    for stage in stages:
        mine = [each for each in solved if each.stage == stage.name]
        for source in dict.fromkeys(each.source for each in mine):
            there = [each for each in mine if each.source == source]
            took = [each.seconds for each in there]
            wrong = sum(bool(each.error) for each in there)
            memory = max((each.certificate["peak_mb"] for each in there if not each.error), default=0)
            times = [f"{percentile(took, share):.1f}" for share in (50, 95)]
            pace = f"{60 * (len(there) - wrong) / stage.seconds:.2f}"
            yield [stage.name, source.name, str(len(there)), str(wrong), pace, *times, f"{memory:,}"]


def _differs(solved: Solved, alone: Solved) -> Iterator[str]:
    audited = subprocess.run(
        [*FOOTHOLD, "audit", str(solved.source), str(solved.out)], capture_output=True, check=False, text=True
    )
    if audited.returncode:
        yield f"{solved.where}: the audit says {audited.stdout[-400:]}"
    if solved.levels != alone.levels:
        yield f"{solved.where}: the levels are {solved.levels}, and alone they were {alone.levels}"
    elif solved.allocation != alone.allocation:
        yield f"{solved.where}: the levels are as alone, the allocation is not"
