"""A made-up region: a city and its towns on both banks of a river, with small areas, schools and employers' sites.

The sizes follow the Liverpool City Region: 1,003 small areas for 161 hub schools, rolls, free-meal shares and the
deciles of deprivation (the same extracts as ``scenarios.geography`` reads).
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING

from engine.domain import Point
from scenarios.draws import Draws, Wheel
from scenarios.ground import Nearby, km, rounded, shifted
from scenarios.region import Area, Region, SchoolPlace, lognormal_like, type_counts
from scenarios.rivers import made_up_river
from scenarios.sectors import LOCAL_UNITS, TOWN_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

MIDDLE = Point(53.0, -1.5)
KM2_PER_SCHOOL = 6.0
"""The city region has 5.6 square kilometres of land to a hub school; the rest is water."""
LEAST_SIDE_KM = 14.0
AREAS_PER_SCHOOL = 6.23
SCHOOLS_PER_TOWN = 9
CENTRAL = 0.5
"""Small areas in the inner half of a town have three times the employers of the outer ones."""

STAKES = {"mainstream": 160, "special": 15, "alternative_provision": 12, "post16": 45}
"""A year group by type of school: the median Key Stage 4 cohort is 154 in a mainstream school and 16 in a special one;
median rolls are 112 in special schools and 62 in alternative provision; post-16 rolls are mostly not published."""
FREE_MEALS = ((0.0, 7.0), (0.1, 13.3), (0.5, 32.7), (0.9, 55.5), (1.0, 65.0))
"""Free-meal percentages of the region's mainstream schools by how deprived the school's surroundings rank."""
OTHER_FREE_MEALS = {"special": (54.0, 12.0), "alternative_provision": (62.0, 10.0), "post16": (15.0, 5.0)}
PLANS = {"mainstream": (2.6, 1.2), "special": (99.0, 0.3), "alternative_provision": (25.0, 8.0), "post16": (4.0, 1.5)}
SUPPORTED = {"mainstream": (14.5, 4.0), "special": (0.5, 0.3), "alternative_provision": (60.0, 8.0), "post16": (8.0, 3)}
"""Shares with a plan (E) and with support (K) by type, middle and spread: 5.3% and 14.2% of all pupils in 2024/25
(DfE, Special educational needs in England), nearly all pupils of special schools, most of alternative provision."""


def made_up_region(seed: int, schools: int) -> Region:
    """The region of ``seed`` with about ``schools`` schools."""
    draws = Draws(seed, "region")
    side = max(LEAST_SIDE_KM, sqrt(KM2_PER_SCHOOL * schools))
    river = made_up_river(draws, MIDDLE, side)
    towns = _towns(draws, max(3, round(schools / SCHOOLS_PER_TOWN)), side)
    areas, sites = _areas(draws, towns, max(24, round(AREAS_PER_SCHOOL * schools)), side)
    return Region(_schools(draws, areas, schools), areas, sites, LOCAL_UNITS, (river,))


def _towns(draws: Draws, count: int, side: float) -> list[tuple[Point, int]]:
    towns = [(shifted(MIDDLE, draws.stretch(-1, 1), draws.stretch(0.5, 2.0)), 2520)]
    for rank in range(2, count + 1):
        places = [shifted(MIDDLE, draws.stretch(-0.5, 0.5) * side, draws.stretch(-0.5, 0.5) * side) for _ in range(6)]
        # The candidate farthest from the towns there are: towns keep apart. Only near ones matter in a large region.
        recent = [place for place, _ in towns[-40:]]
        towns.append((max(places, key=lambda place: min(km(place, town) for town in recent)), 2520 // rank + 180))
    return towns


def _areas(
    draws: Draws, towns: list[tuple[Point, int]], count: int, side: float
) -> tuple[tuple[Area, ...], tuple[Point, ...]]:
    wheel = Wheel([(i, size) for i, (_, size) in enumerate(towns)])
    mood = [draws.bell() * 0.35 for _ in towns]
    spread = [0.055 * side * sqrt(0.25 + size / 2520) for _, size in towns]
    places, wants, busy = [], [], []
    for _ in range(count):
        town = wheel.spin(draws)
        east, north = draws.bell() * spread[town], draws.bell() * spread[town]
        outness = sqrt(east * east + north * north) / (spread[town] * 2)
        places.append(shifted(towns[town][0], east, north))
        wants.append(outness + mood[town] + draws.bell() * 0.3)
        busy.append(2 if outness > CENTRAL else 6)
    order = sorted(range(count), key=lambda i: (wants[i], i))
    deciles = [0] * count
    for position, i in enumerate(order):
        # A quarter of the region's small areas are in the most deprived tenth of England, the mean decile is 4.3.
        rank = (position + 0.5) / count
        deciles[i] = 1 + int(9.99 * rank * rank)
    areas = tuple(
        Area(place, 60 + draws.below(90), decile, tuple(_around(draws, place, 0.35) for _ in range(20)))
        for place, decile in zip(places, deciles, strict=True)
    )
    sites = [_around(draws, place, 0.5) for place, jobs in zip(places, busy, strict=True) for _ in range(2 * jobs)]
    return areas, tuple(sites)


def _around(draws: Draws, place: Point, spread_km: float) -> Point:
    return shifted(place, draws.bell() * spread_km, draws.bell() * spread_km)


def _schools(draws: Draws, areas: Sequence[Area], schools: int) -> tuple[SchoolPlace, ...]:
    around = Nearby((area.place, area) for area in areas)
    kinds = [kind for kind, count in type_counts(schools).items() for _ in range(count)]
    places = [_around(draws, area.place, 0.3) for area in draws.sample(areas, len(kinds))]
    want = [_deprivation(around, place) + draws.bell() * 0.6 for place in places]
    mainstream = sorted((i for i, kind in enumerate(kinds) if kind == "mainstream"), key=lambda i: (-want[i], i))
    rank = {i: (n + 0.5) / len(mainstream) for n, i in enumerate(mainstream)}
    found = []
    for i, kind in enumerate(kinds):
        town = TOWN_NAMES[draws.below(len(TOWN_NAMES))]
        fsm = _free_meals(rank[i]) if kind == "mainstream" else _percent(draws, OTHER_FREE_MEALS[kind])
        found.append(
            SchoolPlace(
                urn=str(900001 + i),
                name=f"{town} {_NAMES[kind]} {i + 1}",
                type=kind,
                place=rounded(places[i].latitude, places[i].longitude),
                stake=max(3, round(lognormal_like(draws, STAKES[kind], 0.25))),
                fsm_percent=fsm,
                plan_percent=_percent(draws, PLANS[kind]),
                support_percent=_percent(draws, SUPPORTED[kind]),
            )
        )
    return tuple(found)


_NAMES = {
    "mainstream": "High School",
    "special": "Special School",
    "alternative_provision": "Alternative Provision",
    "post16": "Sixth Form College",
}


def _percent(draws: Draws, shape: tuple[float, float]) -> float:
    return min(100.0, max(0.0, shape[0] + draws.bell() * shape[1]))


def _deprivation(around: Nearby[Area], place: Point) -> float:
    """The mean decile within 2.5 km, highest where least deprived; whole numbers, so that the sum is exact."""
    deciles = [area.decile for _, area in around.within(place, 2.5)]
    return sum(deciles) / len(deciles) if deciles else 5.0


def _free_meals(rank: float) -> float:
    """The free-meal percentage of the mainstream school at ``rank`` (0 lowest)."""
    for (low, least), (high, most) in pairwise(FREE_MEALS):
        if rank <= high:
            return least + (most - least) * (rank - low) / (high - low)
    return FREE_MEALS[-1][1]
