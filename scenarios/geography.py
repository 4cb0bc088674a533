"""A real region read from a folder of public files: schools, small areas, unit postcodes and employers by sector.

The folder holds ``schools.csv`` (a register of schools with coordinates, roll, free-meal share, former SEN shares and
``hub_group``), ``lsoa.csv`` (small areas with population-weighted centroids), and may hold ``postcodes.csv.gz``,
``local_units_*industry*.csv``, ``barriers.csv`` and ``crossings.csv``. Real schools and places, made-up students.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.domain import Barrier, Point
from scenarios.draws import Draws
from scenarios.ground import Nearby, km, rounded
from scenarios.refusals import ScenarioError
from scenarios.region import Area, Region, SchoolPlace, near_the_schools, type_counts
from scenarios.rivers import rivers_through
from scenarios.sectors import INDUSTRIES, LOCAL_UNITS
from scenarios.town import OTHER_FREE_MEALS, PLANS, STAKES, SUPPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HUB_TYPES = {"mainstream": "mainstream", "SEND": "special", "AP/PRU": "alternative_provision", "post16": "post16"}
INDEPENDENT = "Other independent special school"
"""In the register's special group but not state-funded: 27 of the 72, which leaves the hub's 45."""
PLAN_GROWTH, SUPPORT_GROWTH = 5.3 / 3.1, 14.2 / 11.9
"""The file's SEN shares are of 2018/19; England went from 3.1% with a plan and 11.9% with support to 5.3% and 14.2% in
2024/25 (DfE, Special educational needs in England), so that the shares are scaled by as much."""
NEEDED = {
    "schools.csv": (
        *("urn", "establishment_name", "establishment_type", "hub_group", "latitude", "longitude", "number_of_pupils"),
        *("percentage_fsm", "fsm_pct_2024_25", "nor_2018_19", "sen_ehcp_pct_2018_19", "sen_support_pct_2018_19"),
    ),
    "lsoa.csv": ("lat", "lon", "pwc_lat", "pwc_lon", "est_age_12_17", "imd25_decile"),
}
"""What the two files must have."""
YEAR_OF_ROLL = {"mainstream": 0.151, "special": 0.13, "alternative_provision": 0.2, "post16": 0.3}
"""One year group as a part of the roll: a mainstream Key Stage 4 cohort is 160 of a mean roll of 1,058."""
HOMES_REACH_KM, NEAR_HOME_KM = 9.0, 1.5
SITES_REACH_KM = 10.0
BUSY_KM = 10.0
NEAREST = 36


def real_region(folder: Path, seed: int, schools: int) -> Region:
    """The region in ``folder``, with at most ``schools`` schools of the hub's types, kept close together."""
    for name, columns in NEEDED.items():
        _require(folder / name, columns)
    candidates = list(_schools(folder / "schools.csv"))
    if not any(school.type == "mainstream" for school in candidates):
        raise ScenarioError(f"{folder / 'schools.csv'} marks no school of a hub_group that a hub has.")
    points = [school.place for school in candidates]
    south_west = Point(min(p.latitude for p in points), min(p.longitude for p in points))
    north_east = Point(max(p.latitude for p in points), max(p.longitude for p in points))
    barriers = _barriers(folder) or rivers_through(south_west, north_east)
    chosen = _choose(Draws(seed, "schools chosen"), candidates, schools, barriers)
    postcodes = tuple(_postcodes(folder / "postcodes.csv.gz"))
    areas = _areas(folder / "lsoa.csv", postcodes, chosen)
    sites = near_the_schools(postcodes or tuple(area.place for area in areas), chosen, SITES_REACH_KM)
    return Region(chosen, areas, sites, _industries(folder), barriers)


def _schools(path: Path) -> Iterator[SchoolPlace]:
    for row in _rows(path):
        kind = HUB_TYPES.get(row["hub_group"])
        if kind is None or row["establishment_type"] == INDEPENDENT:
            continue
        roll = _number(row["number_of_pupils"]) or _number(row["nor_2018_19"])
        yield SchoolPlace(
            urn=row["urn"],
            name=row["establishment_name"],
            type=kind,
            place=rounded(float(row["latitude"]), float(row["longitude"])),
            stake=max(3, round(roll * YEAR_OF_ROLL[kind])) if roll else STAKES[kind],
            fsm_percent=_first(row, ("fsm_pct_2024_25", "percentage_fsm"), OTHER_FREE_MEALS.get(kind, (33.0, 0))[0]),
            plan_percent=_sen(row, "sen_ehcp_pct_2018_19", PLAN_GROWTH, PLANS[kind][0]),
            support_percent=_sen(row, "sen_support_pct_2018_19", SUPPORT_GROWTH, SUPPORTED[kind][0]),
        )


def _choose(
    draws: Draws, candidates: Sequence[SchoolPlace], schools: int, barriers: Sequence[Barrier]
) -> tuple[SchoolPlace, ...]:
    """The hub's types in proportion; a smaller scenario is around the busiest crossing, so that the river splits it."""
    if schools >= len(candidates):
        return tuple(sorted(candidates, key=lambda school: school.urn))
    crossings = [point for barrier in barriers for _, point in barrier.crossings]
    busiest = max(crossings, key=lambda point: sum(km(s.place, point) <= BUSY_KM for s in candidates), default=None)
    middle = busiest or draws.pick(candidates).place
    chosen: list[SchoolPlace] = []
    for kind, count in type_counts(schools).items():
        near = sorted((s for s in candidates if s.type == kind), key=lambda s: (km(s.place, middle), s.urn))
        chosen += _spread(draws, near[: max(NEAREST, 6 * count)], count)
    return tuple(sorted(chosen, key=lambda school: school.urn))


def _spread(draws: Draws, schools: Sequence[SchoolPlace], count: int) -> list[SchoolPlace]:
    """``count`` schools, one from each layer of free-meal shares, so that a few schools are as uneven as all."""
    ranked = sorted(schools, key=lambda school: (school.fsm_percent, school.urn))
    edges = [len(ranked) * i // count for i in range(count + 1)] if count else []
    return [draws.pick(ranked[low:high]) for low, high in pairwise(edges)]


def _areas(path: Path, postcodes: Sequence[Point], schools: Sequence[SchoolPlace]) -> tuple[Area, ...]:
    around = Nearby((school.place, school.urn) for school in schools)
    found = []
    for row in _rows(path):
        place = rounded(float(row["pwc_lat"] or row["lat"]), float(row["pwc_lon"] or row["lon"]))
        if next(around.within(place, HOMES_REACH_KM), None) is not None:
            found.append(Area(place, round(float(row["est_age_12_17"] or 0)), int(row["imd25_decile"])))
    homes = _nearest_homes(found, postcodes)
    return tuple(
        Area(area.place, area.young, area.decile, tuple(homes.get(i, (area.place,)))) for i, area in enumerate(found)
    )


def _nearest_homes(areas: Sequence[Area], postcodes: Sequence[Point]) -> dict[int, list[Point]]:
    """The unit postcodes of each area: those whose nearest population centre is the area's."""
    around = Nearby(((area.place, i) for i, area in enumerate(areas)), cell_km=NEAR_HOME_KM)
    homes: dict[int, list[Point]] = defaultdict(list)
    for postcode in postcodes:
        near = min(((away, i) for away, i in around.within(postcode, NEAR_HOME_KM)), default=None)
        if near is not None:
            homes[near[1]].append(postcode)
    return homes


def _postcodes(path: Path) -> Iterator[Point]:
    if path.is_file():
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield rounded(float(row["lat"]), float(row["lon"]))


def _industries(folder: Path) -> dict[str, int]:
    tables = sorted(folder.glob("local_units_*industry*.csv"))
    if not tables:
        return LOCAL_UNITS
    units = dict.fromkeys((name for _, name in INDUSTRIES), 0)
    for row in _rows(tables[0]):
        for heading, count in row.items():
            for division, name in INDUSTRIES:
                if heading and heading.split(" :")[0].strip() == division and count:
                    units[name] += int(float(count))
    return units


def _barriers(folder: Path) -> tuple[Barrier, ...]:
    if not (folder / "barriers.csv").is_file():
        return ()
    lines: dict[str, list[tuple[int, Point]]] = defaultdict(list)
    crossings: dict[str, list[tuple[str, Point]]] = defaultdict(list)
    for row in _rows(folder / "barriers.csv"):
        point = Point(float(row["latitude"]), float(row["longitude"]))
        lines[row["barrier_id"]].append((int(row["seq"]), point))
    for row in _rows(folder / "crossings.csv") if (folder / "crossings.csv").is_file() else ():
        point = Point(float(row["latitude"]), float(row["longitude"]))
        crossings[row["barrier_id"]].append((row["crossing_id"], point))
    return tuple(
        Barrier(name, tuple(point for _, point in sorted(line, key=lambda step: step[0])), tuple(crossings[name]))
        for name, line in sorted(lines.items())
    )


def _require(path: Path, columns: tuple[str, ...]) -> None:
    if not path.is_file():
        raise ScenarioError(f"The geography {path.parent} has no {path.name}.")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines), [])
    missing = [column for column in columns if column not in header]
    if missing:
        raise ScenarioError(f"{path} has no column {', '.join(missing)}.")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _number(text: str) -> float:
    return float(text) if text else 0.0


def _first(row: dict[str, str], columns: tuple[str, ...], otherwise: float) -> float:
    """The first of ``columns`` that is given; a college that publishes 0 has not been asked."""
    return next((float(row[column]) for column in columns if row.get(column) and float(row[column]) > 0), otherwise)


def _sen(row: dict[str, str], column: str, growth: float, otherwise: float) -> float:
    return min(100.0, float(row[column]) * growth) if row.get(column) else otherwise
