"""Rivers: which side of one a place is on, the Mersey as a documented line, and a made-up river through a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain import Barrier, Point
from scenarios.ground import shifted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.draws import Draws

MERSEY = Barrier(
    "mersey",
    # Down the middle of the water from Liverpool Bay through the Narrows, the estuary and Runcorn Gap to Warrington,
    # read off a map to about 200 metres. The Liverpool City Region's files hold no river.
    line=(
        Point(53.5600, -3.3000),
        Point(53.4650, -3.0600),
        Point(53.4360, -3.0250),
        Point(53.4145, -3.0095),
        Point(53.4005, -3.0030),
        Point(53.3850, -2.9950),
        Point(53.3680, -2.9790),
        Point(53.3480, -2.9450),
        Point(53.3280, -2.9000),
        Point(53.3110, -2.8400),
        Point(53.3180, -2.7820),
        Point(53.3450, -2.7520),
        Point(53.3467, -2.7381),
        Point(53.3512, -2.7131),
        Point(53.3620, -2.6850),
        Point(53.3760, -2.6420),
        Point(53.3860, -2.5900),
        Point(53.3900, -2.5000),
    ),
    # The two road tunnels and the two road bridges; the ferry and the railway are not how schools travel.
    crossings=(
        ("kingsway", Point(53.4145, -3.0095)),
        ("queensway", Point(53.4005, -3.0030)),
        ("silver-jubilee", Point(53.3467, -2.7381)),
        ("mersey-gateway", Point(53.3512, -2.7131)),
    ),
)
KNOWN_RIVERS: tuple[Barrier, ...] = (MERSEY,)
KM_PER_CROSSING = 12.0


def meets(a: Point, b: Point, line: tuple[Point, ...]) -> int:
    """How many segments of ``line`` the straight segment from ``a`` to ``b`` crosses."""
    return sum(_cross(a, b, line[i], line[i + 1]) for i in range(len(line) - 1))


def far_side(point: Point, barriers: Iterable[Barrier], bank: Point) -> bool:
    """Whether ``point`` is on the other side of the rivers than ``bank``; lines run from edge to edge."""
    return sum(meets(bank, point, barrier.line) for barrier in barriers) % 2 == 1


def rivers_through(south_west: Point, north_east: Point) -> tuple[Barrier, ...]:
    """The known rivers with a crossing in the box."""
    return tuple(
        barrier
        for barrier in KNOWN_RIVERS
        if any(
            south_west.latitude <= p.latitude <= north_east.latitude
            and south_west.longitude <= p.longitude <= north_east.longitude
            for _, p in barrier.crossings
        )
    )


def made_up_river(draws: Draws, middle: Point, side_km: float) -> Barrier:
    """A river that wanders from the west edge to the east edge near the middle, bridged every dozen kilometres."""
    bends = max(4, round(side_km / 4))
    step = 1.4 * side_km / bends
    north, line = draws.stretch(-0.1, 0.1) * side_km, []
    for i in range(bends + 1):
        line.append(shifted(middle, i * step - 0.7 * side_km, north))
        north = 0.9 * north + draws.stretch(-0.09, 0.09) * min(side_km, 40.0)
    inner = [p for i, p in enumerate(line) if abs(i * step - 0.7 * side_km) <= 0.45 * side_km]
    bridges = max(2, round(side_km / KM_PER_CROSSING))
    chosen = sorted(draws.sample(range(len(inner)), bridges))
    return Barrier("river", tuple(line), tuple((f"bridge-{n}", inner[i]) for n, i in enumerate(chosen, 1)))


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _left(a, b, c) != _left(a, b, d) and _left(c, d, a) != _left(c, d, b)


def _left(a: Point, b: Point, c: Point) -> bool:
    return (b.longitude - a.longitude) * (c.latitude - a.latitude) > (b.latitude - a.latitude) * (
        c.longitude - a.longitude
    )
