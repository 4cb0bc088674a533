"""A mixed-integer model as it is put together: columns, rows, and linear expressions over the columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.arrays import Floats, Ints

INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Expression:
    """``constant + sum(coefficient * column)``; a column may appear more than once."""

    columns: Ints
    coefficients: Ints
    constant: int = 0

    @classmethod
    def zero(cls) -> Expression:
        """The expression 0."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def plus(self, other: Expression, times: int = 1) -> Expression:
        """``self + times * other``."""
        return Expression(
            np.concatenate([self.columns, other.columns]),
            np.concatenate([self.coefficients, times * other.coefficients]),
            self.constant + times * other.constant,
        )

    def dense(self, size: int) -> Floats:
        """Coefficients by column, shape (size,)."""
        return np.bincount(self.columns, weights=self.coefficients, minlength=size).astype(np.float64)


@dataclass(slots=True)
class Model:
    """Columns with bounds and integrality, and rows in triplets; filled by the rule and goal builders."""

    upper: list[Floats] = field(default_factory=list)
    integer: list[Ints] = field(default_factory=list)
    width: int = 0
    row_lower: list[Floats] = field(default_factory=list)
    row_upper: list[Floats] = field(default_factory=list)
    height: int = 0
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)

    def columns(self, upper: Floats | Ints, *, integer: bool) -> Ints:
        """Add columns between 0 and ``upper``; their numbers."""
        start, count = self.width, len(upper)
        self.upper.append(np.asarray(upper, dtype=np.float64))
        self.integer.append(np.full(count, int(integer), dtype=np.int64))
        self.width += count
        return np.arange(start, start + count, dtype=np.int64)

    def rows(self, lower: Floats | Ints | float, upper: Floats | Ints | float, count: int) -> Ints:
        """Add ``count`` empty rows between ``lower`` and ``upper``; their numbers."""
        start = self.height
        self.row_lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), (count,)))
        self.row_upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,)))
        self.height += count
        return np.arange(start, start + count, dtype=np.int64)

    def put(self, row: Ints, column: Ints, value: Floats | Ints | float) -> None:
        """Add entries; arrays of one length, or a single value for all."""
        values = np.broadcast_to(np.asarray(value, dtype=np.float64), (len(row),))
        self.entries.append((np.asarray(row, dtype=np.int64), np.asarray(column, dtype=np.int64), values))

    def arrays(self) -> LinearProgram:
        """The model as plain arrays, rows compressed, entries of one place added up."""
        row = np.concatenate([e[0] for e in self.entries]) if self.entries else np.zeros(0, dtype=np.int64)
        column = np.concatenate([e[1] for e in self.entries]) if self.entries else np.zeros(0, dtype=np.int64)
        value = np.concatenate([e[2] for e in self.entries]) if self.entries else np.zeros(0)
        key = row * max(1, self.width) + column
        unique, inverse = np.unique(key, return_inverse=True)
        total = np.bincount(inverse, weights=value, minlength=len(unique)) if len(unique) else value
        first = np.zeros(self.height + 1, dtype=np.int64)
        np.cumsum(np.bincount(unique // max(1, self.width), minlength=self.height), out=first[1:])
        return LinearProgram(
            upper=_joined(self.upper),
            integer=np.concatenate(self.integer) if self.integer else np.zeros(0, dtype=np.int64),
            row_lower=_joined(self.row_lower),
            row_upper=_joined(self.row_upper),
            first=first,
            column=unique % max(1, self.width),
            value=np.asarray(total, dtype=np.float64),
        )


@dataclass(frozen=True, slots=True)
class LinearProgram:
    """Columns from 0 to ``upper``, rows between bounds, entries compressed by row."""

    upper: Floats
    integer: Ints
    row_lower: Floats
    row_upper: Floats
    first: Ints
    column: Ints
    value: Floats


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)
