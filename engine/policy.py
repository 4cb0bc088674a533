"""What is fair: the published policy that travels with a round, and the ranked levels of its goals."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from math import floor
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: tuple[str, ...] = ("fsm", "sen", "in_care", "neet_risk")
"""The student groups that ``priority`` and ``equity_groups`` may name."""


@dataclass(frozen=True, slots=True)
class Level:
    """A signed sum of goals, always maximised; ``proof`` of false keeps it out of ``optimal``."""

    name: str
    goals: Mapping[str, int]
    tolerance: Decimal = Decimal(0)
    proof: bool = True

    def floor_of(self, best: int) -> int:
        """The value at which later levels must keep this one: ``best - floor(tolerance * |best|)``."""
        return best - floor(self.tolerance * abs(best))


def _level(name: str, proof: bool = True, **goals: int) -> Level:  # noqa: FBT001, FBT002
    return Level(name, MappingProxyType(goals), proof=proof)


DEFAULT_LEVELS: tuple[Level, ...] = (
    _level("guarantee", guarantee=1),
    _level("reach", reach=1),
    _level("need", need=1),
    _level("equity", equity=-1, reserve=100),
    _level("preference", preference=1, breadth=10, progression=10, travel=-1),
    _level("lottery", proof=False, lottery=1),
)
RERUN_LEVELS: tuple[Level, ...] = (_level("replaced", replaced=1), _level("stability", stability=-1), *DEFAULT_LEVELS)


@dataclass(frozen=True, slots=True)
class Policy:
    """Every setting of ``[policy]``, with its published default; ``target_half_days`` is by key stage."""

    max_experiences: int = 1
    max_half_days: int = 10
    max_virtual: int = 1
    max_travel_km: float = 8.0
    group_travel_km: float = 40.0
    employer_travel_km: float = 40.0
    small_school_group_min: int = 1
    target_half_days: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({"ks3": 10, "ks4": 10, "post16": 10}),
    )
    priority: tuple[str, ...] = GROUPS
    disadvantage: str = "fsm"
    experience_points: tuple[int, ...] = (100, 90, 80, 70, 60, 50, 40, 30, 20, 10)
    employer_points: tuple[int, ...] = (70, 60, 50)
    sector_points: tuple[int, ...] = (50, 40, 30)
    equity_groups: tuple[str, ...] = ("fsm", "sen")
    levels: tuple[Level, ...] = DEFAULT_LEVELS
    levels_given: bool = False
