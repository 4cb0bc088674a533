"""Where a straight line between two places meets a barrier, exactly: latitude and longitude taken as plain numbers.

Touching counts as meeting. Answers depend on the coordinates alone, never on rounding: whatever floating point leaves
in doubt is settled with fractions.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vector = tuple[Fraction, Fraction]

NEVER = np.inf
"""The moment of a meeting that does not happen."""
NEAR_TIE = 1e-6
"""Meetings closer together than this share of the way are put in order by fractions."""
SLACK = 64 * float(np.finfo(np.float64).eps)
"""What floating point can get wrong in a cross product, as a share of the square of the widest extent."""


def first_meeting(origin: Sequence[float], site: Sequence[float], line: Sequence[Sequence[float]]) -> Fraction | None:
    """How far along the segment (0 at ``origin``, 1 at ``site``) it first meets ``line``; None if it never does.

    Every place is a pair of numbers; a line of one place is that place.
    """
    start, end = _exact(origin), _exact(site)
    corners = [_exact(place) for place in line]
    pairs = zip(corners, corners[1:] or corners, strict=False)
    return min((t for a, b in pairs if (t := _meeting(start, end, a, b)) is not None), default=None)


def first_meetings(origins: Floats, sites: Floats, line: Floats) -> Floats:
    """``first_meeting`` for many segments at once: float64[n] from origins and sites float64[n, 2]; NEVER if none."""
    found = np.full(len(origins), NEVER)
    if len(line) == 0:
        return found
    low, high = line.min(axis=0), line.max(axis=0)
    apart = (np.maximum(origins, sites) < low) | (np.minimum(origins, sites) > high)
    near = np.flatnonzero(~apart.any(axis=1))
    if len(near) == 0:
        return found
    moments, doubtful = _float_meetings(origins[near], sites[near], line)
    for i in np.flatnonzero(doubtful):
        exact = first_meeting(origins[near[i]].tolist(), sites[near[i]].tolist(), line.tolist())
        moments[i] = NEVER if exact is None else float(exact)
    found[near] = moments
    return found


def meeting_order(origins: Floats, sites: Floats, lines: Sequence[Floats]) -> NDArray[np.int64]:
    """The lines that each segment meets, in the order first met: int64[n, len(lines)] of line numbers, then -1.

    Lines met at the very same place come in the order given.
    """
    moments = np.stack([first_meetings(origins, sites, line) for line in lines], axis=1)
    order = np.argsort(moments, axis=1, kind="stable")
    ranked = np.take_along_axis(moments, order, axis=1)
    met = np.isfinite(ranked)
    order = np.where(met, order, -1).astype(np.int64)
    with np.errstate(invalid="ignore"):
        tied = (met[:, 1:] & (np.diff(ranked, axis=1) < NEAR_TIE)).any(axis=1)
    for i in np.flatnonzero(tied):
        order[i] = _exact_order(origins[i].tolist(), sites[i].tolist(), lines)
    return order


def _exact_order(origin: Sequence[float], site: Sequence[float], lines: Sequence[Floats]) -> list[int]:
    moments = [(first_meeting(origin, site, line.tolist()), k) for k, line in enumerate(lines)]
    met = sorted((moment, k) for moment, k in moments if moment is not None)
    return [k for _, k in met] + [-1] * (len(lines) - len(met))


def _float_meetings(origins: Floats, sites: Floats, line: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """First meetings as floating point sees them, and which of them are too close to call."""
    centre = line[0]
    starts, ends, corners = origins - centre, sites - centre, line - centre
    if len(corners) == 1:
        corners = np.repeat(corners, 2, axis=0)
    extent = max(float(np.abs(part).max()) for part in (starts, ends, corners))
    slack = SLACK * extent * extent
    along = ends - starts
    beside = along[:, :1] * corners[:, 1] - along[:, 1:] * corners[:, 0] - _cross(along, starts)[:, None]
    heads, tails = corners[:-1], corners[1:] - corners[:-1]
    offset = _cross(tails, heads)
    before = starts[:, 1:] * tails[:, 0] - starts[:, :1] * tails[:, 1] - offset
    after = ends[:, 1:] * tails[:, 0] - ends[:, :1] * tails[:, 1] - offset
    left, right = beside[:, :-1], beside[:, 1:]
    surely_apart = _same_side(left, right, slack) | _same_side(before, after, slack)
    surely_met = _opposite(left, right, slack) & _opposite(before, after, slack)
    surely_met &= np.abs(before - after) > 4 * slack / NEAR_TIE
    with np.errstate(invalid="ignore", divide="ignore"):
        moments = np.where(surely_met, before / (before - after), NEVER).min(axis=1)
    return moments, (~surely_apart & ~surely_met).any(axis=1)


def _same_side(one: Floats, other: Floats, slack: float) -> NDArray[np.bool_]:
    return ((one > slack) & (other > slack)) | ((one < -slack) & (other < -slack))


def _opposite(one: Floats, other: Floats, slack: float) -> NDArray[np.bool_]:
    return ((one > slack) & (other < -slack)) | ((one < -slack) & (other > slack))


def _cross(one: Floats, other: Floats) -> Floats:
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


def _exact(place: Sequence[float]) -> Vector:
    return Fraction(place[0]), Fraction(place[1])


def _times(one: Vector, other: Vector) -> Fraction:
    return one[0] * other[1] - one[1] * other[0]


def _less(one: Vector, other: Vector) -> Vector:
    return one[0] - other[0], one[1] - other[1]


def _meeting(start: Vector, end: Vector, a: Vector, b: Vector) -> Fraction | None:
    """Where the segment from ``start`` to ``end`` first meets the piece from ``a`` to ``b``, as a share of its way."""
    along, piece, gap = _less(end, start), _less(b, a), _less(a, start)
    turn = _times(along, piece)
    if turn == 0:
        return _meeting_in_line(along, piece, gap)
    moment, position = _times(gap, piece) / turn, _times(gap, along) / turn
    return moment if 0 <= moment <= 1 and 0 <= position <= 1 else None


def _meeting_in_line(along: Vector, piece: Vector, gap: Vector) -> Fraction | None:
    """As ``_meeting`` for a segment and a piece that are parallel or no longer than a point."""
    if along == (0, 0):
        return Fraction(0) if _holds_start(piece, gap) else None
    if _times(gap, along) != 0:
        return None
    length = along[0] ** 2 + along[1] ** 2
    far = gap[0] + piece[0], gap[1] + piece[1]
    first, last = sorted((v[0] * along[0] + v[1] * along[1]) / length for v in (gap, far))
    return max(first, Fraction(0)) if last >= 0 and first <= 1 else None


def _holds_start(piece: Vector, gap: Vector) -> bool:
    """Whether the piece that begins ``gap`` away from a place passes through that place."""
    far = gap[0] + piece[0], gap[1] + piece[1]
    return _times(gap, piece) == 0 and all(min(g, f) <= 0 <= max(g, f) for g, f in zip(gap, far, strict=True))
