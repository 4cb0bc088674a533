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
    Flags = NDArray[np.bool_]
    Codes = NDArray[np.uint32]
    Numbers = NDArray[np.int64]
    Vector = tuple[Fraction, Fraction]

NEVER = np.inf
"""The moment of a meeting that does not happen."""
NEAR_TIE = 1e-6
"""Meetings closer together than this share of the way are put in order by fractions."""
CELLS_AT_ONCE = 1 << 18
"""The most segments x places of a line to look at together, to bound memory and stay in cache."""
PIECES_AT_ONCE = 31
"""The pieces of a line that have a bit each in one number."""
SLACK = 64 * float(np.finfo(np.float64).eps)
"""What floating point can get wrong in a cross product, as a share of the square of the widest extent."""


def first_meeting(origin: Sequence[float], site: Sequence[float], line: Sequence[Sequence[float]]) -> Fraction | None:
    """How far along the segment (0 at ``origin``, 1 at ``site``) it first meets ``line``; None if it never does.

    Every place is a pair of numbers; a line of one place is that place.
    """
    start, end = _exact(origin), _exact(site)
    pieces = zip(line, line[1:] or line, strict=False)
    near = [(_exact(a), _exact(b)) for a, b in pieces if not _apart(origin, site, a, b)]
    return min((t for a, b in near if (t := _meeting(start, end, a, b)) is not None), default=None)


def first_meetings(origins: Floats, sites: Floats, line: Floats) -> Floats:
    """``first_meeting`` for many segments at once: float64[n] from origins and sites float64[n, 2]; NEVER if none."""
    found = np.full(len(origins), NEVER)
    if len(line) == 0:
        return found
    low, high = line.min(axis=0), line.max(axis=0)
    apart = (np.maximum(origins, sites) < low) | (np.minimum(origins, sites) > high)
    near = np.flatnonzero(~apart.any(axis=1))
    step = max(1, CELLS_AT_ONCE // len(line))
    for start in range(0, len(near), step):
        some = near[start : start + step]
        found[some] = _meetings(origins[some], sites[some], line)
    return found


def may_meet(origins: Floats, sites: Floats, line: Floats) -> Flags:
    """Which segments, from any origin to any site, may meet ``line``: bool[origins, sites].

    True for all that do and for some that do not. What can be said of each end alone is worked out once for each end:
    a segment keeps clear of a piece of the line if both its ends are beyond the piece on the same side of it.
    """
    found = np.zeros((len(origins), len(sites)), dtype=np.bool_)
    corners = np.repeat(line, 2, axis=0) if len(line) == 1 else line
    extent = max(float(np.abs(part - corners[0]).max(initial=0.0)) for part in (origins, sites, corners))
    slack = SLACK * extent * extent
    for start in range(0, len(corners) - 1, PIECES_AT_ONCE):
        some = corners[start : start + PIECES_AT_ONCE + 1]
        clear = np.zeros(found.shape, dtype=np.uint32)
        for one, other in zip(_sides_taken(origins, some, slack), _sides_taken(sites, some, slack), strict=True):
            clear |= one[:, None] & other
        found |= clear != (1 << (len(some) - 1)) - 1
    return found


def _sides_taken(places: Floats, corners: Floats, slack: float) -> list[Codes]:
    """For each side of a piece of a line, the pieces that each place is beyond on that side, a bit for each piece.

    The sides are those of the piece's box and the two of the straight line through it.
    """
    pieces = corners[1:] - corners[:-1]
    low, high = np.minimum(corners[1:], corners[:-1]), np.maximum(corners[1:], corners[:-1])
    turn = _crosses(places - corners[0], pieces) - _cross(corners[:-1] - corners[0], pieces)
    boxed = [places[:, [axis]] < low[:, axis] for axis in (0, 1)] + [
        places[:, [axis]] > high[:, axis] for axis in (0, 1)
    ]
    bits = np.uint32(1) << np.arange(len(pieces), dtype=np.uint32)
    return [(side * bits).sum(axis=1, dtype=np.uint32) for side in (*boxed, turn > slack, turn < -slack)]


def meeting_order(origins: Floats, sites: Floats, lines: Sequence[Floats]) -> Numbers:
    """The lines that each segment meets, in the order first met: int64[n, len(lines)] of line numbers, then -1.

    Lines met at the very same place come in the order given.
    """
    order = np.full((len(origins), len(lines)), -1, dtype=np.int64)
    moments = np.stack([first_meetings(origins, sites, line) for line in lines], axis=1)
    meeting = np.flatnonzero(np.isfinite(moments).any(axis=1))
    sequence = np.argsort(moments[meeting], axis=1, kind="stable")
    ranked = np.take_along_axis(moments[meeting], sequence, axis=1)
    met = np.isfinite(ranked)
    order[meeting] = np.where(met, sequence, -1)
    gaps = np.where(met[:, 1:], ranked[:, 1:], NEVER) - np.where(met[:, :-1], ranked[:, :-1], 0.0)
    for i in meeting[(gaps < NEAR_TIE).any(axis=1)]:
        order[i] = _exact_order(origins[i].tolist(), sites[i].tolist(), lines)
    return order


def _exact_order(origin: Sequence[float], site: Sequence[float], lines: Sequence[Floats]) -> list[int]:
    moments = [(first_meeting(origin, site, line.tolist()), k) for k, line in enumerate(lines)]
    met = sorted((moment, k) for moment, k in moments if moment is not None)
    return [k for _, k in met] + [-1] * (len(lines) - len(met))


def _meetings(origins: Floats, sites: Floats, line: Floats) -> Floats:
    """First meetings in floating point, with fractions where that is too close to call."""
    centre = line[0]
    starts, ends, corners = origins - centre, sites - centre, line - centre
    if len(corners) == 1:
        corners = np.repeat(corners, 2, axis=0)
    extent = max(float(np.abs(part).max()) for part in (starts, ends, corners))
    slack = SLACK * extent * extent
    along, pieces = ends - starts, corners[1:] - corners[:-1]
    beside = _sides(_crosses(along, corners) - _cross(along, starts)[:, None], slack)
    offset = _cross(pieces, corners[:-1])
    before, after = -_crosses(starts, pieces) - offset, -_crosses(ends, pieces) - offset
    astride, across = beside[:, :-1] * beside[:, 1:], _sides(before, slack) * _sides(after, slack)
    i, k = np.nonzero((astride <= 0) & (across <= 0))
    fall = before[i, k] - after[i, k]
    sure = (astride[i, k] < 0) & (across[i, k] < 0) & (np.abs(fall) > 4 * slack / NEAR_TIE)
    moments = np.full(len(origins), NEVER)
    np.minimum.at(moments, i[sure], before[i[sure], k[sure]] / fall[sure])
    for doubtful in np.unique(i[~sure]):
        exact = first_meeting(origins[doubtful].tolist(), sites[doubtful].tolist(), line.tolist())
        moments[doubtful] = NEVER if exact is None else float(exact)
    return moments


def _sides(crosses: Floats, slack: float) -> NDArray[np.int8]:
    """Which side of a line each cross product means: 1 or -1, and 0 where rounding might decide."""
    return (crosses > slack).view(np.int8) - (crosses < -slack).view(np.int8)


def _crosses(some: Floats, others: Floats) -> Floats:
    """The cross product of each of some vectors with each of others: float64[len(some), len(others)]."""
    return some[:, :1] * others[:, 1] - some[:, 1:] * others[:, 0]


def _cross(one: Floats, other: Floats) -> Floats:
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


def _apart(start: Sequence[float], end: Sequence[float], a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether one axis alone shows that two segments do not meet."""
    ends = zip(start, end, a, b, strict=True)
    return any(max(a, b) < min(start, end) or min(a, b) > max(start, end) for start, end, a, b in ends)


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
    if not any(along):
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
