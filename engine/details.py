"""What is known of a pair of student and slot beside that it is an option: the journey, the points, the rank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.preferences import Wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from engine.ground import Ground

    Grades = NDArray[np.unsignedinteger]
    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]
    RowsOf = Callable[[Numbers], NDArray[Any]]

CELLS_AT_ONCE = 1 << 20
"""The most students x experiences to work out together."""
LOOKED_UP = 16
"""How many cells of a student's row are worked out in the time in which one is looked up."""


class Detail(NamedTuple):
    """Of some pairs, int32 each: the student's own journey in 0.1 km, preference points, preference rank (0: none)."""

    tenths: Integers
    points: Integers
    rank: Integers


class Rows(NamedTuple):
    """Of some students, to every experience, [students, experiences]: the journeys in 0.1 km, int32, and the grades.

    A grade stands for points and a rank: see ``Details.points_of_grades``.
    """

    tenths: Integers
    grades: Grades


@dataclass(frozen=True, eq=False)
class Details:
    """The details of any pairs of a round laid out."""

    ground: Ground

    def rows(self, members: Numbers) -> Rows:
        """The rows of some students."""
        return Rows(self.ground.journeys.own(members), self._wishes.grades(members))

    @property
    def points_of_grades(self) -> Integers:
        """The preference points that each grade stands for: int32[grades]."""
        return self._wishes.table[0]

    def of(self, students: Numbers, slots: NDArray[np.integer]) -> Detail:
        """The details of the pairs of ``students`` and ``slots``, numbers both, in their order."""
        if self._are_few(students):
            tenths, grades = self.tenths(students, slots), self._grades(students, slots)
        else:
            rows = (self.ground.journeys.own, self._wishes.grades)
            tenths, grades = self._by_rows(students, self.ground.experience_of[slots], rows)
        points, ranks = self._wishes.table
        return Detail(tenths, points.take(grades), ranks.take(grades))

    def tenths(self, students: Numbers, slots: NDArray[np.integer]) -> Integers:
        """The journeys of such pairs alone."""
        journeys = self.ground.journeys
        experiences = self.ground.experience_of[slots]
        if self._are_few(students) and journeys.is_looked_up:
            return journeys.own_of(students, experiences)
        return self._by_rows(students, experiences, (journeys.own,))[0]

    def points(self, students: Numbers, slots: NDArray[np.integer]) -> Integers:
        """The preference points of such pairs alone."""
        points, _ = self._wishes.table
        return points.take(self._grades(students, slots))

    def _grades(self, students: Numbers, slots: NDArray[np.integer]) -> Grades:
        experiences = self.ground.experience_of[slots]
        if self._are_few(students):
            return self._wishes.grades_of(students, experiences)
        grades: Grades = self._by_rows(students, experiences, (self._wishes.grades,))[0]
        return grades

    def _are_few(self, students: Numbers) -> bool:
        """Whether so few pairs are asked of each student that they are better looked up one by one."""
        changes = 1 + np.count_nonzero(students[1:] != students[:-1])
        return len(students) * LOOKED_UP <= int(changes) * len(self.ground.experiences)

    def _by_rows(self, students: Numbers, experiences: Numbers, kinds: Sequence[RowsOf]) -> list[NDArray[Any]]:
        """Of each pair what stands in its student's row, of each of ``kinds`` of rows [students, experiences]."""
        if len(students) and (students[1:] < students[:-1]).any():
            order = np.argsort(students, kind="stable")
            back = np.argsort(order)
            return [column[back] for column in self._by_rows(students[order], experiences[order], kinds)]
        begins = np.flatnonzero(np.diff(students, prepend=-1))
        edges = np.append(begins, len(students))
        width = len(self.ground.experiences)
        step = max(1, CELLS_AT_ONCE // max(1, width))
        parts: list[list[NDArray[Any]]] = [[rows(students[:0]).reshape(-1)] for rows in kinds]
        for start in range(0, len(begins), step):
            sizes = np.diff(edges[start : start + step + 1])
            members = students[begins[start : start + step]]
            cells = np.repeat(np.arange(len(members)) * width, sizes)
            cells += experiences[edges[start] : edges[start] + len(cells)]
            for part, rows in zip(parts, kinds, strict=True):
                part.append(rows(members).take(cells))
        return [np.concatenate(part) for part in parts]

    @cached_property
    def _wishes(self) -> Wishes:
        return Wishes(self.ground)
