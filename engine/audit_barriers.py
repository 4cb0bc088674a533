"""The audit's own rivers: which barriers a straight journey meets, in the order it first meets them.

A line met at its very end is met. Doubtful cases are settled in fractions, so that no rounding decides.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain import Barrier, Point

DOUBT = 1e-9
"""Cross products (in square degrees) smaller than this are settled in fractions."""


def barriers_met(barriers: Iterable[Barrier], origin: Point, site: Point) -> list[Barrier]:
    """The barriers whose line the segment ``origin``-``site`` meets, first met first, ties by id."""
    met: list[tuple[Fraction, str, Barrier]] = []
    for barrier in barriers:
        first = _first_meeting(barrier, origin, site)
        if first is not None:
            met.append((first, barrier.barrier_id, barrier))
    return [barrier for _, _, barrier in sorted(met, key=lambda entry: entry[:2])]


def _first_meeting(barrier: Barrier, origin: Point, site: Point) -> Fraction | None:
    """How far along the journey (0 to 1) it first meets the barrier; ``None`` if it does not."""
    south, north = sorted((origin.latitude, site.latitude))
    west, east = sorted((origin.longitude, site.longitude))
    line = barrier.line * 2 if len(barrier.line) == 1 else barrier.line  # a line of one point is that point
    meetings: list[Fraction] = []
    for start, end in pairwise(line):
        if (start.latitude < south and end.latitude < south) or (start.latitude > north and end.latitude > north):
            continue
        if (start.longitude < west and end.longitude < west) or (start.longitude > east and end.longitude > east):
            continue
        if _one_side(origin, site, start, end) or _one_side(start, end, origin, site):
            continue
        meeting = _meeting(origin, site, start, end)
        if meeting is not None:
            meetings.append(meeting)
    return min(meetings, default=None)


def _one_side(start: Point, end: Point, one: Point, other: Point) -> bool:
    """Whether two points lie, beyond doubt, on one side of the line through ``start`` and ``end``."""
    sides = [
        (end.latitude - start.latitude) * (point.longitude - start.longitude)
        - (end.longitude - start.longitude) * (point.latitude - start.latitude)
        for point in (one, other)
    ]
    return min(sides) > DOUBT or max(sides) < -DOUBT


def _meeting(origin: Point, site: Point, start: Point, end: Point) -> Fraction | None:
    """The least share of the journey at which it is on the segment ``start``-``end``, exactly."""
    journey, line, gap = _step(origin, site), _step(start, end), _step(origin, start)
    turn = _cross(journey, line)
    if turn != 0:
        at, on = _cross(gap, line) / turn, _cross(gap, journey) / turn
        return at if 0 <= at <= 1 and 0 <= on <= 1 else None
    if origin == site:
        return Fraction(0) if _on_segment(origin, start, end) else None
    if _cross(gap, journey) != 0:
        return None  # parallel, apart
    first, last = sorted((_share(journey, gap), _share(journey, _step(origin, end))))
    return max(first, Fraction(0)) if first <= 1 and last >= 0 else None


def _step(start: Point, end: Point) -> tuple[Fraction, Fraction]:
    return (
        Fraction(end.latitude) - Fraction(start.latitude),
        Fraction(end.longitude) - Fraction(start.longitude),
    )


def _cross(one: tuple[Fraction, Fraction], other: tuple[Fraction, Fraction]) -> Fraction:
    return one[0] * other[1] - one[1] * other[0]


def _share(journey: tuple[Fraction, Fraction], step: tuple[Fraction, Fraction]) -> Fraction:
    """How far along ``journey`` the parallel ``step`` reaches."""
    return step[0] / journey[0] if journey[0] != 0 else step[1] / journey[1]


def _on_segment(point: Point, start: Point, end: Point) -> bool:
    within_latitudes = min(start.latitude, end.latitude) <= point.latitude <= max(start.latitude, end.latitude)
    within_longitudes = min(start.longitude, end.longitude) <= point.longitude <= max(start.longitude, end.longitude)
    return within_latitudes and within_longitudes and _cross(_step(start, end), _step(start, point)) == 0
