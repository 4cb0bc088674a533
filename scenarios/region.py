"""What a scenario stands on: schools, small areas where students live, places where employers are, and rivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.ground import Nearby, centre
from scenarios.rivers import far_side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain import Barrier, Point
    from scenarios.draws import Draws

HUB_SCHOOLS: tuple[tuple[str, int], ...] = (
    ("mainstream", 93),
    ("special", 45),
    ("alternative_provision", 10),
    ("post16", 13),
)
"""The 161 state-funded hub schools of the Liverpool City Region by type (GIAS extract of 24 May 2025)."""


@dataclass(frozen=True, slots=True)
class Area:
    """A small area: where its people live, how many are 12 to 17, how deprived it is (1 most, 10 least)."""

    place: Point
    young: int
    decile: int
    homes: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class SchoolPlace:
    """A school before it has students: ``stake`` is its part of a cohort; shares are percentages of its roll."""

    urn: str
    name: str
    type: str
    place: Point
    stake: int
    fsm_percent: float
    plan_percent: float
    support_percent: float


@dataclass(frozen=True, slots=True)
class Region:
    """Everything with a place; ``sites`` are where employers may be, ``industries`` their sectors and numbers."""

    schools: tuple[SchoolPlace, ...]
    areas: tuple[Area, ...]
    sites: tuple[Point, ...]
    industries: Mapping[str, int]
    barriers: tuple[Barrier, ...] = ()

    def banks(self, points: Sequence[Point]) -> list[bool]:
        """For each point whether it is over the river from the region's middle (no river: never)."""
        middle = centre([school.place for school in self.schools])
        return [far_side(point, self.barriers, middle) for point in points]


def type_counts(schools: int) -> dict[str, int]:
    """How many of ``schools`` are of each type, in the hub's proportions; a mainstream and a special one at least."""
    every = sum(count for _, count in HUB_SCHOOLS)
    counts = {name: (schools * count + every // 2) // every for name, count in HUB_SCHOOLS}
    if schools > 1:
        counts["special"] = max(1, counts["special"])
    counts["mainstream"] = max(1, schools - sum(counts.values()) + counts["mainstream"])
    return counts


def near_the_schools(sites: tuple[Point, ...], schools: tuple[SchoolPlace, ...], reach_km: float) -> tuple[Point, ...]:
    """Those ``sites`` that are within ``reach_km`` of some school."""
    around = Nearby((school.place, school.urn) for school in schools)
    return tuple(site for site in sites if next(around.within(site, reach_km), None) is not None)


def lognormal_like(draws: Draws, middle: float, spread: float) -> float:
    """A positive size around ``middle``, lopsided as rolls and towns are, without an exponential."""
    bell = draws.bell() * spread
    return middle * (1 + bell) if bell >= 0 else middle / (1 - bell)
