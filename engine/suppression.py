"""Small numbers kept from view: counts under 5, and whatever else would let a reader work one out from the totals.

A reader is taken to know every total and every figure shown. What is not shown exactly is shown as a range, and ranges
are widened until no small count can be narrowed to less than its own range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALL = 5
"""Counts below this are not published."""
BANDS = 10
"""A share that is shown as a band is shown to the nearest tenth below and above."""

Kind = Literal["exact", "few", "most", "band", "hidden"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is published of one count: at least ``low``, at most ``high``; ``whole`` is what it is a part of."""

    kind: Kind
    low: int
    high: int
    whole: int | None = None

    @property
    def exact(self) -> bool:
        """Whether the count itself is published."""
        return self.kind == "exact"

    def text(self) -> str:
        """The count as it is printed."""
        if self.kind == "exact":
            return f"{self.low:,}"
        if self.kind == "few":
            return f"fewer than {SMALL}"
        if self.kind == "most":
            return f"{self.low:,} or more"
        return "not shown"

    def share(self) -> str:
        """The count as a percentage of its whole, as far as it is published; nothing where it is not."""
        if not self.whole or self.kind in {"hidden", "few"}:
            return ""
        if self.kind == "exact":
            return f"{percent(self.low, self.whole)}%"
        return f"{percent(self.low, self.whole)}% or more" if self.kind == "most" else _band_words(self)

    def short_share(self) -> str:
        """``share`` for a narrow column."""
        if self.kind == "most" and self.whole:
            return f"\N{GREATER-THAN OR EQUAL TO}{percent(self.low, self.whole)}%"
        return self.share().replace("% to ", "\N{EN DASH}")


def percent(part: int, whole: int) -> int:
    """A whole percentage, half up, which is 100 only for all and 0 only for none."""
    if not whole:
        return 0
    rounded = (200 * part + whole) // (2 * whole)
    return min(99, max(1, rounded)) if 0 < part < whole else rounded


def shown_counts(values: Sequence[int], *, least: int = 0, sum_known: bool = True) -> tuple[Shown, ...]:
    """Counts, the small ones withheld and, where a reader knows their sum, some of their neighbours too.

    ``least`` is 1 where a reader knows that none of them is 0, because only what there is is listed.
    """
    total = sum(values)
    rows = [_count_row(value, total, least) for value in values]
    return _widened(rows, total) if sum_known else tuple(row.ways[0] for row in rows)


def shown_parts(parts: Sequence[int], wholes: Sequence[Shown], *, sum_known: bool = True) -> tuple[Shown, ...]:
    """Parts of wholes that are shown as given; small parts and remainders are withheld, as in ``shown_counts``."""
    rows = [_part_row(part, whole) for part, whole in zip(parts, wholes, strict=True)]
    return _widened(rows, sum(parts)) if sum_known else tuple(row.ways[0] for row in rows)


@dataclass(frozen=True, slots=True)
class _Row:
    """One count: ways to show it, from the most exact allowed to the least; what it may be; what must not be narrowed.

    ``protected`` is the range within which a small count has to stay in doubt; ``None`` for a count that is not small.
    """

    ways: tuple[Shown, ...]
    limits: tuple[int, int]
    protected: tuple[int, int] | None = None


def _count_row(value: int, total: int, least: int) -> _Row:
    if value < SMALL:
        few = least, min(SMALL - 1, total)
        return _Row((Shown("few", *few), Shown("hidden", least, total)), (least, total), few)
    return _Row((Shown("exact", value, value), Shown("hidden", SMALL, total)), (least, total))


def _part_row(part: int, whole: Shown) -> _Row:
    size = whole.high
    limits = 0, size
    if not whole.exact:
        return _Row((Shown("hidden", 0, size),), limits, (0, min(SMALL - 1, size)) if part < SMALL else None)
    hidden = Shown("hidden", 0, size, size)
    few, most = part < SMALL, size - part < SMALL
    if few and most:
        return _Row((hidden,), limits, limits)
    if few:
        return _Row((Shown("few", 0, SMALL - 1, size), hidden), limits, (0, SMALL - 1))
    if most:
        return _Row((Shown("most", size - SMALL + 1, size, size), hidden), limits, (size - SMALL + 1, size))
    low = part * BANDS // size
    band = Shown("band", max(SMALL, -(-low * size // BANDS)), min(size - SMALL, (low + 1) * size // BANDS), size)
    vague = (band,) if band.high - band.low >= SMALL else ()
    return _Row((Shown("exact", part, part, size), *vague, Shown("hidden", SMALL, size - SMALL, size)), limits)


def _widened(rows: Sequence[_Row], total: int) -> tuple[Shown, ...]:
    """The first way of each row to show it, some widened until the totals leave every small count in doubt."""
    at = [0] * len(rows)
    bare = _attainable([row.limits for row in rows], total)
    while True:
        shown = [row.ways[k] for row, k in zip(rows, at, strict=True)]
        told = _attainable([(each.low, each.high) for each in shown], total)
        safe = all(_in_doubt(row.protected, *ranges) for row, *ranges in zip(rows, told, bare, strict=True))
        wider = None if safe else _next_to_widen(rows, at)
        if wider is None:
            return tuple(_or_plain(each, limits) for each, limits in zip(shown, bare, strict=True))
        at[wider] += 1


def _in_doubt(protected: tuple[int, int] | None, told: tuple[int, int], bare: tuple[int, int]) -> bool:
    """Whether a row told to be within ``told`` can be all of ``protected`` that the totals alone (``bare``) allow."""
    if protected is None:
        return True
    low, high = max(protected[0], bare[0]), min(protected[1], bare[1])
    return told[0] <= low and high <= told[1]


def _or_plain(shown: Shown, bare: tuple[int, int]) -> Shown:
    """The count itself where the totals alone already tell it (all of a group that is not small)."""
    return Shown("exact", bare[0], bare[0], shown.whole) if bare[0] == bare[1] >= SMALL else shown


def _attainable(ranges: Sequence[tuple[int, int]], total: int) -> list[tuple[int, int]]:
    """What each row can be, given every row's range and their total."""
    lows, highs = sum(low for low, _ in ranges), sum(high for _, high in ranges)
    return [(max(low, total - (highs - high)), min(high, total - (lows - low))) for low, high in ranges]


def _next_to_widen(rows: Sequence[_Row], at: Sequence[int]) -> int | None:
    """The row to say less about next: the largest whole or the smallest count that is still exact, small ones last.

    Once a small one says nothing, no exact one is left beside it: what is not shown may then be small or not.
    """
    open_ = [n for n, row in enumerate(rows) if at[n] + 1 < len(row.ways)]
    return min(open_, key=lambda n: _loss(rows[n], at[n], n), default=None)


def _loss(row: _Row, at: int, number: int) -> tuple[int, int, int]:
    now = row.ways[at]
    return at + (BANDS if row.protected else 0), -now.whole if now.whole else now.low, number


def _band_words(shown: Shown) -> str:
    size = shown.whole or 1
    return f"{percent(shown.low, size)}% to {percent(shown.high, size)}%"
