"""Students' slots gathered as cohorts come, and laid out by student at the end, with hardly more memory than they take.

They are kept in stretches large enough for the system to take back at once when they have been laid out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Slots = NDArray[np.unsignedinteger]

STRETCH = 1 << 24
"""Slots in a stretch: of two bytes each, they are what an allocator asks of the system directly."""


class Shelves:
    """The slots of ``size`` students, of one type."""

    def __init__(self, size: int, kind: type[np.unsignedinteger]) -> None:
        """Empty shelves."""
        self._counts = np.zeros(size, dtype=np.int64)
        self._kind = kind
        self._waiting: list[tuple[Numbers, Slots]] = []
        self._stretches: list[tuple[Numbers, Slots]] = []

    def put(self, members: Numbers, counts: Numbers, slots: Slots) -> None:
        """Take in ``slots``: as many as ``counts`` says of each of ``members``, one after another."""
        self._counts[members] = counts
        self._waiting.append((members, slots))
        if sum(len(waiting) for _, waiting in self._waiting) >= STRETCH:
            self._bind()

    def by_student(self) -> tuple[Numbers, Slots]:
        """All slots by student, and where each student's begin: int64[size + 1]; the shelves are empty afterwards."""
        self._bind()
        first = np.concatenate([[0], np.cumsum(self._counts)]).astype(np.int64)
        laid = np.empty(int(first[-1]), dtype=self._kind)
        while self._stretches:
            members, slots = self._stretches.pop()
            ends = np.cumsum(self._counts[members]).tolist()
            for at, start, end in zip(first[members].tolist(), [0, *ends], ends, strict=False):
                laid[at : at + end - start] = slots[start:end]
        return first, laid

    def _bind(self) -> None:
        """Put what is waiting into one stretch."""
        if self._waiting:
            members, slots = zip(*self._waiting, strict=True)
            self._stretches.append((np.concatenate(members), np.concatenate(slots)))
            self._waiting = []
