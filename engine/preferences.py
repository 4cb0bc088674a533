"""Preference points: what each experience is worth to each student, and the rank of the row that makes it so.

For a student who lists experiences, what is not listed is worth the next rank after the last if an employer or sector
row asks for it, and the rank after that if nothing does, so that a short list wins nothing; such an experience has no
preference rank. A rank beyond the policy's list is worth 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.ragged import counted_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.domain import Experience, Preference
    from engine.ground import Ground
    from engine.policy import Policy

    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]
    Grades = NDArray[np.unsignedinteger]

UNRANKED = 0
"""The rank of an experience that no preference row of the student makes worth what it is."""

# In a key, what a student lists comes before what a row merely asks for, and that before the rest, whatever the points.
_WANTED = 1 << 60
_LISTED = 2 << 60
_POINTS_SHIFT = 32
_RANK_MASK = (1 << _POINTS_SHIFT) - 1


class Worth(NamedTuple):
    """Points, and the rank of the preference row that gives them (``UNRANKED`` for none)."""

    points: int
    rank: int


def worth(policy: Policy, rows: Iterable[Preference], experience: Experience) -> Worth:
    """What ``experience`` is worth to the student whose preference rows these are."""
    rows = list(rows)
    last = max((row.rank for row in rows if row.kind == "experience"), default=UNRANKED)
    matching = [row for row in rows if _wanted(row) in _offered(experience)]
    deciding = [row for row in matching if row.kind == "experience"] if last else matching
    if deciding:
        return min(
            (Worth(_row_points(policy, row.kind, row.rank), row.rank) for row in deciding),
            key=lambda w: (-w.points, w.rank),
        )
    return Worth(_unlisted_points(policy, last, wanted=bool(matching)) if last else 0, UNRANKED)


class _Rows(NamedTuple):
    """Preference rows: those of student ``i`` are ``first[i]`` to ``first[i + 1]``, each a target and a grade."""

    first: Numbers
    target: Numbers
    grade: Grades


@dataclass(frozen=True)
class Wishes:
    """The preferences of a round's students in bulk."""

    ground: Ground

    def grades(self, members: Numbers) -> Grades:
        """What every experience is worth to some students, as rows of ``table``: unsigned[members, experiences]."""
        width = len(self.ground.experiences)
        grid = np.repeat(self._unwanted[members, None], width, axis=1)
        first, target = self._rows.first, self._rows.target
        count = first[members + 1] - first[members]
        rows = np.repeat(first[members], count) + counted_up(count)
        sizes = self._target_size[target[rows]]
        places = np.repeat(self._target_first[target[rows]], sizes) + counted_up(sizes)
        cells = np.repeat(np.repeat(np.arange(len(members)) * width, count), sizes)
        cells += self._target_columns[places]
        # A student's better rows come later, and where a cell is named twice the last one stays.
        grid.reshape(-1)[cells] = np.repeat(self._rows.grade[rows], sizes)
        return grid

    def grades_of(self, students: Numbers, experiences: Numbers) -> Grades:
        """The same of some pairs of students and experiences, in their order: unsigned[pairs]."""
        found: Grades = self._unwanted[students]
        first = self._rows.first
        count = first[students + 1] - first[students]
        rows = np.repeat(first[students], count) + counted_up(count)
        pair = np.repeat(np.arange(len(students)), count)
        target = self._rows.target[rows]
        asked = np.zeros(len(rows), dtype=np.bool_)
        for targets in self._targets_of:
            asked |= targets[experiences][pair] == target
        # A student's better rows come later, and where a pair is named twice the last one stays.
        found[pair[asked]] = self._rows.grade[rows[asked]]
        return found

    @cached_property
    def table(self) -> tuple[Integers, Integers]:
        """The points and the rank that each grade stands for: int32[grades] each."""
        points, ranks = (self._keys & (_WANTED - 1)) >> _POINTS_SHIFT, self._keys & _RANK_MASK
        return points.astype(np.int32), np.where(ranks > 0, _RANK_MASK - ranks, UNRANKED).astype(np.int32)

    @cached_property
    def _keys(self) -> Numbers:
        """All that an experience is worth to anybody, worst first."""
        return np.unique(np.concatenate([self._unwanted_keys, self._keyed_rows[2]]))

    @cached_property
    def _unwanted(self) -> Grades:
        """The grade of an experience that no row of the student asks for."""
        return self._graded(self._unwanted_keys)

    def _graded(self, keys: Numbers) -> Grades:
        found: Grades = np.searchsorted(self._keys, keys).astype(np.min_scalar_type(len(self._keys)))
        return found

    @cached_property
    def _last_listed(self) -> Mapping[str, int]:
        """The last rank of every student who lists experiences."""
        last: dict[str, int] = {}
        for row in self.ground.round_.preferences:
            if row.kind == "experience":
                last[row.student_id] = max(row.rank, last.get(row.student_id, 0))
        return last

    @cached_property
    def _unwanted_keys(self) -> Numbers:
        """The key of an experience that no row of the student asks for: int64[students]."""
        key_of = cache(self._unwanted_key)
        last = self._last_listed
        return np.array([key_of(last.get(s.student_id, UNRANKED)) for s in self.ground.students], dtype=np.int64)

    def _unwanted_key(self, last: int) -> int:
        points = _unlisted_points(self.ground.round_.policy, last, wanted=False) if last else 0
        return _key(Worth(points, UNRANKED))

    @cached_property
    def _rows(self) -> _Rows:
        """Every preference row that some experience matches, by student and then from the worst to the best."""
        student, target, key = self._keyed_rows
        order = np.lexsort([target, key, student])
        first = np.concatenate([[0], np.cumsum(np.bincount(student, minlength=len(self.ground.students)))])
        return _Rows(first, target[order], self._graded(key[order]))

    @cached_property
    def _keyed_rows(self) -> tuple[Numbers, Numbers, Numbers]:
        """The same as they come: the students' numbers, the targets', and the keys."""
        number = {student.student_id: i for i, student in enumerate(self.ground.students)}
        targets = {wanted: n for n, wanted in enumerate(self._targets)}
        last = self._last_listed
        key_of = cache(self._row_key)  # hundreds of thousands of rows, and a few dozen answers
        found = [
            (number[row.student_id], target, key_of(row.kind, row.rank, last.get(row.student_id, UNRANKED)))
            for row in self.ground.round_.preferences
            if row.student_id in number and (target := targets.get(_wanted(row))) is not None
        ]
        rows = np.array(found, dtype=np.int64).reshape(-1, 3)
        return rows[:, 0], rows[:, 1], rows[:, 2]

    def _row_key(self, kind: str, rank: int, last: int) -> int:
        """The key of a row of a student whose last listed rank is ``last``."""
        policy = self.ground.round_.policy
        if kind == "experience":
            return _LISTED + _key(Worth(_row_points(policy, kind, rank), rank))
        if last:
            return _WANTED + _key(Worth(_unlisted_points(policy, last, wanted=True), UNRANKED))
        return _WANTED + _key(Worth(_row_points(policy, kind, rank), rank))

    @cached_property
    def _targets(self) -> Mapping[tuple[str, str], list[int]]:
        """What a row can ask for, and the experiences that match it."""
        matching: dict[tuple[str, str], list[int]] = {}
        for column, experience in enumerate(self.ground.experiences):
            for wanted in sorted(_offered(experience)):
                matching.setdefault(wanted, []).append(column)
        return matching

    @cached_property
    def _targets_of(self) -> Numbers:
        """What may ask for each experience, each experience and employer and sector: int64[3, experiences]."""
        number = {wanted: n for n, wanted in enumerate(self._targets)}
        offered = [[number[wanted] for wanted in sorted(_offered(e))] for e in self.ground.experiences]
        return np.array(offered, dtype=np.int64).reshape(-1, 3).T.copy()

    @cached_property
    def _target_size(self) -> Numbers:
        return np.array([len(columns) for columns in self._targets.values()], dtype=np.int64)

    @cached_property
    def _target_first(self) -> Numbers:
        return np.cumsum(self._target_size) - self._target_size

    @cached_property
    def _target_columns(self) -> Numbers:
        return np.array([column for columns in self._targets.values() for column in columns], dtype=np.int64)


def _wanted(row: Preference) -> tuple[str, str]:
    return row.kind, row.value.strip().casefold() if row.kind == "sector" else row.value


def _offered(experience: Experience) -> frozenset[tuple[str, str]]:
    """Everything that a preference row may say to ask for this experience."""
    sector = experience.sector.strip().casefold()
    return frozenset(
        {("experience", experience.experience_id), ("employer", experience.employer_id), ("sector", sector)}
    )


def _row_points(policy: Policy, kind: str, rank: int) -> int:
    lists = {
        "experience": policy.experience_points,
        "employer": policy.employer_points,
        "sector": policy.sector_points,
    }
    return _at_rank(lists[kind], rank)


def _unlisted_points(policy: Policy, last: int, *, wanted: bool) -> int:
    return _at_rank(policy.experience_points, last + (1 if wanted else 2))


def _at_rank(points: Sequence[int], rank: int) -> int:
    return points[rank - 1] if 1 <= rank <= len(points) else 0


def _key(found: Worth) -> int:
    """Worth as one number that is larger for more points and, among equal points, for an earlier rank."""
    return (found.points << _POINTS_SHIFT) + (_RANK_MASK - found.rank if found.rank != UNRANKED else 0)
