"""Flat-map arithmetic for making places up: near enough to choose by, never used to decide who may travel where.

The engine measures journeys on the ellipsoid; here a degree is a fixed number of kilometres, so that the arithmetic
is the same on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from math import sqrt
from typing import TYPE_CHECKING, Generic, TypeVar

from engine.domain import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")

KM_PER_DEGREE = 111.2
_RADIANS = 0.017453292519943295


def cosine(degrees: float) -> float:
    """The cosine by its series: the library's may differ in the last bit between machines."""
    square = (degrees * _RADIANS) * (degrees * _RADIANS)
    return 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56 * (1 - square / 90))))


def rounded(latitude: float, longitude: float) -> Point:
    """A point as the tables write it: five decimals, about a metre."""
    return Point(round(latitude, 5), round(longitude, 5))


def shifted(origin: Point, east_km: float, north_km: float) -> Point:
    """The point so many kilometres east and north of ``origin``."""
    narrow = KM_PER_DEGREE * cosine(origin.latitude)
    return rounded(origin.latitude + north_km / KM_PER_DEGREE, origin.longitude + east_km / narrow)


def km(a: Point, b: Point) -> float:
    """The flat distance in kilometres."""
    north = (a.latitude - b.latitude) * KM_PER_DEGREE
    east = (a.longitude - b.longitude) * KM_PER_DEGREE * cosine((a.latitude + b.latitude) / 2)
    return sqrt(north * north + east * east)


def centre(points: Sequence[Point]) -> Point:
    """The middle of the box around ``points``."""
    lats = [p.latitude for p in points]
    lons = [p.longitude for p in points]
    return Point((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)


class Nearby(Generic[T]):
    """Places in square cells, so that what is near is found without looking at everything."""

    def __init__(self, places: Iterable[tuple[Point, T]], cell_km: float = 4.0) -> None:
        """Keep ``places`` by cell, in the order given, on a map flattened at the first one's latitude."""
        self._cell_km = cell_km
        self._cells: dict[tuple[int, int], list[tuple[float, float, T]]] = defaultdict(list)
        self._wide = 0.0
        for point, thing in places:
            self._wide = self._wide or KM_PER_DEGREE * cosine(point.latitude)
            north, east = self._flat(point)
            self._cells[int(north // cell_km), int(east // cell_km)].append((north, east, thing))

    def within(self, point: Point, reach_km: float) -> Iterator[tuple[float, T]]:
        """Distance and thing of everything within ``reach_km``, in a fixed order."""
        north, east = self._flat(point)
        rows = range(int((north - reach_km) // self._cell_km), int((north + reach_km) // self._cell_km) + 1)
        columns = range(int((east - reach_km) // self._cell_km), int((east + reach_km) // self._cell_km) + 1)
        for row in rows:
            for column in columns:
                for up, right, thing in self._cells.get((row, column), ()):
                    square = (up - north) * (up - north) + (right - east) * (right - east)
                    if square <= reach_km * reach_km:
                        yield sqrt(square), thing

    def _flat(self, point: Point) -> tuple[float, float]:
        return point.latitude * KM_PER_DEGREE, point.longitude * self._wide
