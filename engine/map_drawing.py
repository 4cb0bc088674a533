"""The map of a round: schools, sites, barriers and crossings from its own coordinates, as shapes for an inline SVG.

No home and no student is ever on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.domain import Point, Round, School

WIDTH, TALLEST, SHORTEST = 900.0, 760.0, 300.0
MARGIN = 24.0
KM_PER_DEGREE = 111.2
LEAST_KM = 2.0
"""The shortest side of what a map shows, so that one school alone still has a map."""
REACH = 0.6
"""How far beyond the schools the map reaches for sites, as a share of the schools' own extent."""
LEAST_REACH_KM = 3.0
BARS_KM: tuple[int, ...] = (50, 20, 10, 5, 2, 1)
LARGEST_BAR = 0.3
MOST_NUMBERED = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A school on the map: where, in which class of the legend, and what it says when pointed at."""

    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The shapes of a map in SVG units.

    ``beyond`` counts the sites that lie outside it; ``numbered`` says whether its schools are few enough to number.
    """

    width: float
    height: float
    schools: tuple[Mark, ...]
    sites: tuple[tuple[float, float], ...]
    lines: tuple[str, ...]
    crossings: tuple[tuple[float, float], ...]
    beyond: int
    numbered: bool
    bar_km: int
    bar_length: float


def draw_map(round_: Round, kinds: Mapping[str, tuple[str, str]]) -> Drawing | None:
    """The map of some schools, in order: ``kinds`` gives each one's class of the legend and what it says."""
    schools = [round_.schools[urn] for urn in kinds]
    if not schools:
        return None
    sites = sorted(
        {e.site for e in round_.experiences.values() if e.site and e.delivery != "virtual"},
        key=lambda site: (site.latitude, site.longitude),
    )
    plane = _plane([school.place for school in schools], sites)
    seen = {plane.at(site) for site in sites if plane.holds(site)}
    bar = next((km for km in BARS_KM if km * plane.per_km <= LARGEST_BAR * WIDTH), BARS_KM[-1])
    return Drawing(
        width=WIDTH,
        height=plane.height,
        schools=_marks(schools, kinds, plane),
        sites=tuple(sorted(seen)),
        lines=tuple(sorted(_line(plane, barrier.line) for barrier in round_.barriers)),
        crossings=tuple(sorted({plane.at(p) for b in round_.barriers for _, p in b.crossings if plane.holds(p)})),
        numbered=len(schools) <= MOST_NUMBERED,
        beyond=sum(not plane.holds(site) for site in sites),
        bar_km=bar,
        bar_length=round(bar * plane.per_km, 1),
    )


def _marks(schools: Iterable[School], kinds: Mapping[str, tuple[str, str]], plane: _Plane) -> tuple[Mark, ...]:
    return tuple(Mark(*plane.at(school.place), kinds[school.urn][0], kinds[school.urn][1]) for school in schools)


@dataclass(frozen=True, slots=True)
class _Plane:
    """A flat picture of a small part of the earth, north up."""

    south: float
    north: float
    west: float
    east: float
    per_km: float
    height: float

    def at(self, place: Point) -> tuple[float, float]:
        """Where a place is in SVG units."""
        x = (place.longitude - self.west) * _km_east(self.south, self.north) * self.per_km
        y = (self.north - place.latitude) * KM_PER_DEGREE * self.per_km
        return round(MARGIN + x, 1), round(MARGIN + y, 1)

    def holds(self, place: Point) -> bool:
        """Whether a place is on the map."""
        return self.south <= place.latitude <= self.north and self.west <= place.longitude <= self.east


def _plane(schools: Sequence[Point], sites: Iterable[Point]) -> _Plane:
    """The part of the earth with the schools and the sites not far from them, fitted to the page."""
    core = _box(schools)
    reach = _wider(core, max(LEAST_REACH_KM, REACH * max(_extent(core))))
    south, north, west, east = _wider(_box([*schools, *(site for site in sites if _within(reach, site))]), 0.0)
    wide, tall = _extent((south, north, west, east))
    grow_east, grow_north = max(0.0, LEAST_KM - wide), max(0.0, LEAST_KM - tall)
    per_km = min((WIDTH - 2 * MARGIN) / (wide + grow_east), (TALLEST - 2 * MARGIN) / (tall + grow_north))
    # What the page leaves over is given to the land around, so that the map fills its frame.
    spare_east = (WIDTH - 2 * MARGIN) / per_km - wide
    spare_north = max(grow_north, (SHORTEST - 2 * MARGIN) / per_km - tall)
    degrees_east, degrees_north = spare_east / 2 / _km_east(south, north), spare_north / 2 / KM_PER_DEGREE
    height = round((tall + spare_north) * per_km + 2 * MARGIN, 1)
    return _Plane(
        south - degrees_north, north + degrees_north, west - degrees_east, east + degrees_east, per_km, height
    )


def _line(plane: _Plane, points: Iterable[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in map(plane.at, points))


def _box(places: Sequence[Point]) -> tuple[float, float, float, float]:
    """South, north, west and east of some places."""
    latitudes, longitudes = [p.latitude for p in places], [p.longitude for p in places]
    return min(latitudes), max(latitudes), min(longitudes), max(longitudes)


def _wider(box: tuple[float, float, float, float], km: float) -> tuple[float, float, float, float]:
    south, north, west, east = box
    up, across = km / KM_PER_DEGREE, km / _km_east(south, north)
    return south - up, north + up, west - across, east + across


def _within(box: tuple[float, float, float, float], place: Point) -> bool:
    south, north, west, east = box
    return south <= place.latitude <= north and west <= place.longitude <= east


def _extent(box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Kilometres from west to east and from south to north."""
    south, north, west, east = box
    return (east - west) * _km_east(south, north), (north - south) * KM_PER_DEGREE


def _km_east(south: float, north: float) -> float:
    """Kilometres in a degree of longitude, halfway up."""
    return max(1.0, KM_PER_DEGREE * cos(radians((south + north) / 2)))
