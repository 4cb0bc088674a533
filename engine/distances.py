"""Distances on WGS84 in tenths of a kilometre, rounded half up, round barriers by their crossings.

Bulk figures start from the straight chord through the earth, which tells a geodesic to within ``_doubt``; whatever that
leaves near a rounding boundary is taken from geopy, the reference, where it is little, else from pyproj, and what is a
tie even then from geopy.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from geopy.distance import geodesic

from engine.barriers import first_meeting, may_meet, meeting_order
from engine.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from pyproj import Geod

    from engine.domain import Barrier, Point

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]
    Metric = Callable[[Floats, Floats], Floats]

BEYOND = 1 << 30
"""The tenths of a journey that has no route, or that is longer than anyone asked about."""
CELLS_AT_ONCE = 1 << 18
METRES_PER_TENTH = 100.0
EQUATOR_METRES = 6378137.0
FLATTENING = 1 / 298.257223563
MEAN_METRES = 6371008.8
TIE_METRES = 1e-6
FEW = 400
"""Journeys that geopy measures in less time than pyproj takes to load."""
MANY = 1 << 23
"""Origins x sites that leave more than a few journeys in doubt."""


@dataclass(frozen=True)
class Terrain:
    """The barriers of a round as arrays: for each, its line and its crossings, float64[n, 2] of degrees."""

    lines: tuple[Floats, ...]
    crossings: tuple[Floats, ...]

    @classmethod
    def of(cls, barriers: Iterable[Barrier]) -> Terrain:
        """The terrain of ``barriers``, in the order of their ids."""
        ordered = sorted(barriers, key=lambda barrier: barrier.barrier_id)
        return cls(
            tuple(places(barrier.line) for barrier in ordered),
            tuple(places([point for _, point in barrier.crossings]) for barrier in ordered),
        )


def places(points: Sequence[Point]) -> Floats:
    """Points as float64[n, 2] of latitude and longitude."""
    return np.array([(point.latitude, point.longitude) for point in points], dtype=np.float64).reshape(-1, 2)


def tenths_between(origins: Floats, sites: Floats, caps: NDArray[np.int64], terrain: Terrain) -> NDArray[np.int32]:
    """Tenths of a kilometre from every origin to every site: int32[n, m] from float64[n, 2] and float64[m, 2].

    ``caps`` is int64[n]: a journey longer than its origin's cap may be BEYOND instead; one with no route is BEYOND.
    """
    found = np.full((len(origins), len(sites)), BEYOND, dtype=np.int32)
    for start, i, j, values in near_pairs(origins, sites, caps, terrain):
        found[start + i, j] = values
    return found


def near_pairs(
    origins: Floats, sites: Floats, caps: NDArray[np.int64], terrain: Terrain
) -> Iterator[tuple[int, Rows, Rows, NDArray[np.int32]]]:
    """``tenths_between`` without what is BEYOND, a stretch of origins at a time, by origin and then by site.

    Each stretch is its first origin, the origins counted from there, the sites, and their tenths.
    """
    if not len(origins) or not len(sites):
        return
    if len(origins) * len(sites) >= MANY:
        _wgs84()
    centre = _earth_centred(sites).mean(axis=0)
    site_chords = _earth_centred(sites) - centre
    step = max(1, CELLS_AT_ONCE // len(sites))

    def stretch(start: int) -> tuple[int, Rows, Rows, NDArray[np.int32]]:
        here = origins[start : start + step]
        squares = _squared_chords(_earth_centred(here) - centre, site_chords)
        reach = METRES_PER_TENTH * (caps[start : start + step].astype(np.float64) + 1.0)
        i, j = np.nonzero(squares <= ((reach + _doubt(reach)) ** 2)[:, None])
        crossing = np.flatnonzero(_may_cross(here, sites, terrain)[i, j])
        found = _tenths_of_pairs(_Pairs(here, i, sites, j), np.sqrt(squares[i, j]), crossing, terrain)
        there = found != BEYOND
        return start, i[there], j[there], found[there]

    yield from side_by_side(stretch, range(0, len(origins), step))


def tenths(origin: Point, site: Point, barriers: Sequence[Barrier]) -> int | None:
    """Tenths of a kilometre from one place to another by the reference geodesic; None if there is no route."""
    ordered = sorted(barriers, key=lambda barrier: barrier.barrier_id)
    start, end = _pair(origin), _pair(site)
    met = [(first_meeting(start, end, [_pair(p) for p in barrier.line]), k) for k, barrier in enumerate(ordered)]
    crossed = [k for _, k in sorted((moment, k) for moment, k in met if moment is not None)]
    km = _shortest_km(start, end, [[_pair(p) for _, p in ordered[k].crossings] for k in crossed])
    return None if km == inf else half_up(km)


def half_up(km: float) -> int:
    """Kilometres rounded half up to tenths."""
    return int((Decimal(km) * 10).quantize(Decimal(1), ROUND_HALF_UP))


def _pair(point: Point) -> tuple[float, float]:
    return point.latitude, point.longitude


def _shortest_km(start: Sequence[float], end: Sequence[float], stops: Sequence[Sequence[Sequence[float]]]) -> float:
    reached: list[tuple[Sequence[float], float]] = [(start, 0.0)]
    for stop in [*stops, [end]]:
        reached = [
            (place, min((km + float(geodesic(before, place).km) for before, km in reached), default=inf))
            for place in stop
        ]
    return reached[0][1]


def _may_cross(origins: Floats, sites: Floats, terrain: Terrain) -> NDArray[np.bool_]:
    """Which straight segments may meet some barrier: bool[origins, sites]."""
    found = np.zeros((len(origins), len(sites)), dtype=np.bool_)
    for line in terrain.lines:
        if len(line):
            found |= may_meet(origins, sites, line)
    return found


class _Pairs(NamedTuple):
    """Pairs of places: row ``i[k]`` of ``origins`` with row ``j[k]`` of ``sites``."""

    origins: Floats
    i: Rows
    sites: Floats
    j: Rows

    def at(self, rows: Rows) -> tuple[Floats, Floats]:
        """The places of some pairs, in degrees."""
        return self.origins[self.i[rows]], self.sites[self.j[rows]]


def _tenths_of_pairs(pairs: _Pairs, chords: Floats, crossing: Rows, terrain: Terrain) -> NDArray[np.int32]:
    """Tenths of every pair of places from the chords between them; ``crossing`` pairs may meet barriers."""
    result = np.full(len(chords), BEYOND, dtype=np.int32)
    for stops, rows in _by_crossings(pairs, crossing, terrain):
        if any(len(stop) == 0 for stop in stops):
            continue
        metres = _round_about(pairs, rows, [_earth_centred(stop) for stop in stops]) if stops else _arc(chords[rows])
        doubtful = np.flatnonzero(_edge(metres) <= (len(stops) + 1) * _doubt(metres))
        pick = rows[doubtful]
        metres[doubtful] = _chain(*pairs.at(pick), stops, _geodesic)
        result[rows] = np.floor(metres / METRES_PER_TENTH + 0.5)
        for k in doubtful[_edge(metres[doubtful]) <= TIE_METRES]:
            start, end = (place[0].tolist() for place in pairs.at(rows[[k]]))
            km = _shortest_km(start, end, [stop.tolist() for stop in stops])
            result[rows[k]] = half_up(km)
    return result


def _by_crossings(pairs: _Pairs, crossing: Rows, terrain: Terrain) -> Iterable[tuple[tuple[Floats, ...], Rows]]:
    """The pairs grouped by the barriers that they cross, with the crossings of each barrier in the order met."""
    if not len(crossing):
        yield (), np.arange(len(pairs.i))
        return
    order = meeting_order(*pairs.at(crossing), terrain.lines)
    meets = order[:, 0] >= 0
    clear = np.ones(len(pairs.i), dtype=np.bool_)
    clear[crossing[meets]] = False
    yield (), np.flatnonzero(clear)
    crossing, order = crossing[meets], order[meets]
    if len(terrain.lines) == 1:
        yield terrain.crossings, crossing
        return
    sequences, group = np.unique(order, axis=0, return_inverse=True)
    for number, sequence in enumerate(sequences):
        yield tuple(terrain.crossings[k] for k in sequence if k >= 0), crossing[group.ravel() == number]


def _chain(origins: Floats, sites: Floats, stops: Sequence[Floats], metric: Metric) -> Floats:
    """Metres of the shortest way from each origin to its site by one place of every stop, in order."""
    if not stops:
        return metric(origins, sites)
    total: Floats = (_ways_to_last(origins, stops, metric) + metric(stops[-1][None], sites[:, None])).min(axis=1)
    return total


def _round_about(pairs: _Pairs, rows: Rows, stops: Sequence[Floats]) -> Floats:
    """``_chain`` of some pairs by the straight ways between places, worked out once for every origin and site."""
    to_last = _ways_to_last(_earth_centred(pairs.origins), stops, _straight)
    onward = _straight(stops[-1][None], _earth_centred(pairs.sites)[:, None])
    i, j = pairs.i[rows], pairs.j[rows]
    shortest = to_last[:, 0][i] + onward[:, 0][j]
    for place in range(1, len(stops[-1])):
        np.minimum(shortest, to_last[:, place][i] + onward[:, place][j], out=shortest)
    return shortest


def _ways_to_last(origins: Floats, stops: Sequence[Floats], metric: Metric) -> Floats:
    """Metres of the shortest way from each origin to each place of the last stop: float64[origins, places]."""
    reach = metric(origins[:, None], stops[0][None])
    for before, after in pairwise(stops):
        reach = (reach[:, :, None] + metric(before[:, None], after[None])[None]).min(axis=1)
    return reach


def _edge(metres: Floats) -> Floats:
    """How far each distance is from the nearest one at which its rounding changes, in metres."""
    part = metres / METRES_PER_TENTH + 0.5
    edge: Floats = np.abs(part - np.rint(part)) * METRES_PER_TENTH
    return edge


def _doubt(metres: Floats) -> Floats:
    """How far ``_arc`` may be from the geodesic, in metres: what the earth's radius varies by, with room to spare."""
    cubed = metres * metres * metres
    doubt: Floats = 0.005 + cubed * (0.03 / (24 * MEAN_METRES**2) + metres * (0.01 / MEAN_METRES**3))
    return doubt


def _arc(chords: Floats) -> Floats:
    """The length of the arc over each chord on a sphere of the earth's mean radius."""
    arc: Floats = 2 * MEAN_METRES * np.arcsin(np.minimum(chords / (2 * MEAN_METRES), 1.0))
    return arc


def _straight(origins: Floats, sites: Floats) -> Floats:
    """The arc between places given from the earth's centre."""
    return _arc(np.sqrt(((origins - sites) ** 2).sum(axis=-1)))


def _geodesic(origins: Floats, sites: Floats) -> Floats:
    start, end = np.broadcast_arrays(origins, sites)
    if start[..., 0].size <= FEW and not _wgs84.cache_info().currsize:
        ends = zip(start.reshape(-1, 2).tolist(), end.reshape(-1, 2).tolist(), strict=True)
        return np.array([1000 * geodesic(*pair).km for pair in ends], dtype=np.float64).reshape(start.shape[:-1])
    from_x, from_y, to_x, to_y = (part.ravel() for part in (start[..., 1], start[..., 0], end[..., 1], end[..., 0]))
    _, _, metres = _wgs84().inv(from_x, from_y, to_x, to_y)
    return np.asarray(metres, dtype=np.float64).reshape(start.shape[:-1])


@cache
def _wgs84() -> Geod:
    from pyproj import Geod  # noqa: PLC0415 (a slow import that only bulk figures need)

    return Geod(ellps="WGS84")


def _earth_centred(degrees: Floats) -> Floats:
    """Places as metres from the earth's centre: float64[..., 3] from float64[..., 2]."""
    angles = np.radians(degrees)
    latitude, longitude = angles[..., 0], angles[..., 1]
    squeeze = FLATTENING * (2 - FLATTENING)
    normal = EQUATOR_METRES / np.sqrt(1 - squeeze * np.sin(latitude) ** 2)
    across = normal * np.cos(latitude)
    return np.stack(
        [across * np.cos(longitude), across * np.sin(longitude), normal * (1 - squeeze) * np.sin(latitude)],
        axis=-1,
    )


def _squared_chords(origins: Floats, sites: Floats) -> Floats:
    squares: Floats = np.zeros((len(origins), len(sites)))
    for axis in range(origins.shape[1]):
        apart = np.subtract.outer(origins[:, axis], sites[:, axis])
        squares += np.square(apart, out=apart)
    return squares
