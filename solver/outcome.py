"""The solver's answer: an allocation, and per level the value reached, the bound proven and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.allocation import Allocation
    from engine.policy import Level
    from solver.prices import Prices
    from solver.problem import Problem

Proof = Literal["prices", "enumeration", "solver"]
Status = Literal["optimal", "feasible", "infeasible", "unknown"]
Stopped = Literal["proven", "budget", "time", "cancelled"]


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level: ``value`` on the allocation given, ``best`` reached before later levels, ``floor`` it was kept at."""

    level: Level
    goals: Mapping[str, int]
    value: int
    best: int
    floor: int
    bound: int
    proof: Proof
    seconds: float
    prices: Prices | None
    price_bound: int
    """What the prices alone prove."""

    @property
    def proven(self) -> bool:
        """Whether the best value meets the bound."""
        return self.best >= self.bound


@dataclass(frozen=True, slots=True)
class Progress:
    """What a listener hears: the level being worked on, its value and bound so far, and the seconds since the start.

    ``scale`` is what the gap is a share of, where it is known.
    """

    level: str
    value: int | None
    bound: int | None
    seconds: float
    done: bool = False
    scale: int | None = None


Listener = "Callable[[Progress], None]"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one round; ``allocation`` is ``None`` where there is none."""

    status: Status
    stopped: Stopped
    allocation: Allocation | None
    levels: tuple[LevelResult, ...]
    goals: Mapping[str, int]
    problem: Problem | None
    contradiction: tuple[str, ...] = ()
    """Sentences of an irreducible set of pins that contradict the rules."""
    proof_files: Mapping[str, bytes] = field(default_factory=dict)
    """Every level's prices, by the path of their file beside the certificate."""


def gap(bound: int, value: int, scale: int) -> float:
    """``(bound - value) / max(1, scale)``."""
    return (bound - value) / max(1, scale)


def scale(level: Level, goals: Mapping[str, int]) -> int:
    """What a gap is a share of: each goal's |weight| times its value; for ``equity``, times 100 for each placed."""
    return sum(
        abs(times) * (100 * goals["reach"] if name == "equity" else abs(goals[name]))
        for name, times in level.goals.items()
    )
