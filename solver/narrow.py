"""Whole numbers kept in as few bytes as hold them, for there are hundreds of millions of pairs in a hub's round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from solver import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.arrays import Bools, Ints


@dataclass(frozen=True, slots=True)
class Narrow:
    """A column of whole numbers. What is read from it is int64, so that sums and products cannot overflow.

    ``raw`` is for the compiled inner loops, and for looking numbers up in a table. Short columns stay int64: they are
    read by inner loops that are not compiled, where narrow numbers would overflow.
    """

    raw: NDArray[Any]

    @classmethod
    def of(cls, values: NDArray[Any], narrowest: type[np.unsignedinteger] | None = None) -> Self:
        """``values`` kept in as few bytes as hold the least and the largest of them, and ``narrowest`` does."""
        if len(values) < kernels.COMPILE_FROM_PAIRS or not len(values):
            return cls(values.astype(np.int64))
        least, most = int(values.min()), int(values.max())
        kind = np.min_scalar_type(most if least >= 0 else min(least, -most - 1))
        kind = kind if narrowest is None else np.promote_types(kind, narrowest)
        return cls(values.astype(kind, copy=False))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.raw)

    def __getitem__(self, at: Ints | Bools | slice) -> Ints:
        """The numbers ``at`` some positions."""
        return np.asarray(self.raw[at], dtype=np.int64)

    def only(self, keep: Ints | Bools) -> Self:
        """The column of those that are kept, as narrow as this one where it is long."""
        values = self.raw[keep]
        return type(self)(values.astype(np.int64) if len(values) < kernels.COMPILE_FROM_PAIRS else values)

    def most(self) -> int:
        """The largest magnitude, below 0 or above; 0 where there is none."""
        return max(abs(int(self.raw.min())), abs(int(self.raw.max()))) if len(self.raw) else 0
