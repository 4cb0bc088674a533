"""What is known of a pair of student and slot beside that it is an option: the journey, the points, the rank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.preferences import Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ground import Ground

    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]

CELLS_AT_ONCE = 1 << 20
"""The most students x experiences to work out together."""


class Detail(NamedTuple):
    """Of some pairs, int32 each: the student's own journey in 0.1 km, preference points, preference rank (0: none)."""

    tenths: Integers
    points: Integers
    rank: Integers


@dataclass(frozen=True, eq=False)
class Details:
    """The details of any pairs of a round laid out."""

    ground: Ground

    def of(self, students: Numbers, slots: NDArray[np.integer]) -> Detail:
        """The details of the pairs of ``students`` and ``slots``, numbers both, in their order."""
        experiences = self.ground.experience_of[slots]
        if len(students) and (np.diff(students) < 0).any():
            order = np.argsort(students, kind="stable")
            sorted_ = self._of_sorted(students[order], experiences[order])
            back = np.argsort(order)
            return Detail(*(column[back] for column in sorted_))
        return self._of_sorted(students, experiences)

    def _of_sorted(self, students: Numbers, experiences: Numbers) -> Detail:
        found = Detail(*(np.empty(len(students), dtype=np.int32) for _ in Detail._fields))
        begins = np.flatnonzero(np.diff(students, prepend=-1))
        edges = np.append(begins, len(students))
        step = max(1, CELLS_AT_ONCE // max(1, len(self.ground.experiences)))
        for start in range(0, len(begins), step):
            sizes = np.diff(edges[start : start + step + 1])
            pairs = slice(int(edges[start]), int(edges[start] + sizes.sum()))
            self._fill(found, pairs, students[begins[start : start + step]], sizes, experiences[pairs])
        return found

    def _fill(self, found: Detail, pairs: slice, members: Numbers, sizes: Numbers, experiences: Numbers) -> None:
        """Work out a stretch of pairs: ``sizes`` of them for each of ``members``."""
        cells = np.repeat(np.arange(len(members)) * len(self.ground.experiences), sizes)
        cells += experiences
        grades = self._wishes.grades(members).take(cells)
        points, ranks = self._wishes.table
        found.points[pairs] = points[grades]
        found.rank[pairs] = ranks[grades]
        found.tenths[pairs] = self.ground.journeys.own(members).take(cells)

    @cached_property
    def _wishes(self) -> Wishes:
        return Wishes(self.ground)
