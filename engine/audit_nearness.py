"""The length of a short journey told quickly, and how far that may be off: most need no geodesic to be rounded.

Pythagoras on the ellipsoid's two radii of curvature at the middle latitude (Gauss).
"""

from __future__ import annotations

from math import cos, hypot, radians, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.domain import Point

EQUATOR_METRES = 6378137.0
FLATTENING = 1 / 298.257223563
SQUEEZE = FLATTENING * (2 - FLATTENING)
FARTHEST_NORTH = 66.0
"""Degrees of latitude, north or south, up to which the doubt holds."""
WIDEST = 1.0
"""Degrees of latitude and of longitude that a short journey spans at most."""
DOUBT_METRES = 0.001
DOUBT_PER_CUBE = 6e-14
"""Metres of doubt for every cubic metre of the length's cube: ten times the most that is found off."""


def quick_metres(start: Point, end: Point) -> tuple[float, float] | None:
    """The metres from ``start`` to ``end`` and how many they may be off; ``None`` for long journeys, or near a pole."""
    north, east = end.latitude - start.latitude, end.longitude - start.longitude
    middle = (start.latitude + end.latitude) / 2
    if abs(north) > WIDEST or abs(east) > WIDEST or abs(middle) > FARTHEST_NORTH:
        return None
    angle = radians(middle)
    bend = 1 - SQUEEZE * sin(angle) ** 2
    across = EQUATOR_METRES / sqrt(bend)
    metres = hypot(across * (1 - SQUEEZE) / bend * radians(north), across * cos(angle) * radians(east))
    return metres, DOUBT_METRES + DOUBT_PER_CUBE * metres**3
