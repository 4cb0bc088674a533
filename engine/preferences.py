"""Preference points: what each experience is worth to each student, and the rank of the row that makes it so.

For a student who lists experiences, what is not listed is worth the next rank after the last if an employer or sector
row asks for it, and the rank after that if nothing does, so that a short list wins nothing; such an experience has no
preference rank. A rank beyond the policy's list is worth 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.cohorts import Cohort
    from engine.domain import Experience, Preference
    from engine.ground import Ground
    from engine.policy import Policy

    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]

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
        return min((Worth(_row_points(policy, row), row.rank) for row in deciding), key=lambda w: (-w.points, w.rank))
    return Worth(_unlisted_points(policy, last, wanted=bool(matching)) if last else 0, UNRANKED)


@dataclass(frozen=True)
class Wishes:
    """The preferences of a round's students in bulk."""

    ground: Ground

    def worth(self, cohort: Cohort) -> tuple[Integers, Integers]:
        """Points and ranks of every experience for every student of a cohort: two int32[members, experiences]."""
        width = len(self.ground.experiences)
        keys = np.repeat(self._unwanted[cohort.members, None], width, axis=1)
        first, target = self._first_row, self._row_target
        count = first[cohort.members + 1] - first[cohort.members]
        rows = np.repeat(first[cohort.members], count) + _ranges(count)
        sizes = self._target_size[target[rows]]
        places = np.repeat(self._target_first[target[rows]], sizes) + _ranges(sizes)
        cells = np.repeat(np.repeat(np.arange(len(cohort.members)) * width, count), sizes)
        cells += self._target_columns[places]
        np.maximum.at(keys.reshape(-1), cells, np.repeat(self._row_key[rows], sizes))
        return _unpacked(keys)

    @cached_property
    def _last_listed(self) -> Mapping[str, int]:
        """The last rank of every student who lists experiences."""
        last: dict[str, int] = {}
        for row in self.ground.round_.preferences:
            if row.kind == "experience":
                last[row.student_id] = max(row.rank, last.get(row.student_id, 0))
        return last

    @cached_property
    def _unwanted(self) -> Numbers:
        """The key of an experience that no row of the student asks for: int64[students]."""
        policy, last = self.ground.round_.policy, self._last_listed
        points = (
            _unlisted_points(policy, last[s.student_id], wanted=False) if s.student_id in last else 0
            for s in self.ground.students
        )
        return np.array([_key(Worth(p, UNRANKED)) for p in points], dtype=np.int64)

    @cached_property
    def _rows(self) -> Sequence[tuple[int, int, int]]:
        """Every preference row that some experience matches: student number, target number, key; by student."""
        number = {student.student_id: i for i, student in enumerate(self.ground.students)}
        targets = {wanted: n for n, wanted in enumerate(self._targets)}
        found = [
            (number[row.student_id], target, self._row_worth(row))
            for row in self.ground.round_.preferences
            if (target := targets.get(_wanted(row))) is not None and row.student_id in number
        ]
        return sorted(found)

    def _row_worth(self, row: Preference) -> int:
        policy, last = self.ground.round_.policy, self._last_listed.get(row.student_id, UNRANKED)
        if row.kind == "experience":
            return _LISTED + _key(Worth(_row_points(policy, row), row.rank))
        if last:
            return _WANTED + _key(Worth(_unlisted_points(policy, last, wanted=True), UNRANKED))
        return _WANTED + _key(Worth(_row_points(policy, row), row.rank))

    @cached_property
    def _first_row(self) -> Numbers:
        count = np.bincount(
            np.array([student for student, _, _ in self._rows], dtype=np.int64), minlength=len(self.ground.students)
        )
        return np.concatenate([[0], np.cumsum(count)]).astype(np.int64)

    @cached_property
    def _row_target(self) -> Numbers:
        return np.array([target for _, target, _ in self._rows], dtype=np.int64)

    @cached_property
    def _row_key(self) -> Numbers:
        return np.array([key for _, _, key in self._rows], dtype=np.int64)

    @cached_property
    def _targets(self) -> Mapping[tuple[str, str], list[int]]:
        """What a row can ask for, and the experiences that match it."""
        matching: dict[tuple[str, str], list[int]] = {}
        for column, experience in enumerate(self.ground.experiences):
            for wanted in sorted(_offered(experience)):
                matching.setdefault(wanted, []).append(column)
        return matching

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


def _row_points(policy: Policy, row: Preference) -> int:
    lists = {
        "experience": policy.experience_points,
        "employer": policy.employer_points,
        "sector": policy.sector_points,
    }
    return _at_rank(lists[row.kind], row.rank)


def _unlisted_points(policy: Policy, last: int, *, wanted: bool) -> int:
    return _at_rank(policy.experience_points, last + (1 if wanted else 2))


def _at_rank(points: Sequence[int], rank: int) -> int:
    return points[rank - 1] if 1 <= rank <= len(points) else 0


def _key(found: Worth) -> int:
    """Worth as one number that is larger for more points and, among equal points, for an earlier rank."""
    return (found.points << _POINTS_SHIFT) + (_RANK_MASK - found.rank if found.rank != UNRANKED else 0)


def _unpacked(keys: Numbers) -> tuple[Integers, Integers]:
    """The points and ranks of keys."""
    points, ranks = (keys & (_WANTED - 1)) >> _POINTS_SHIFT, keys & _RANK_MASK
    return points.astype(np.int32), np.where(ranks > 0, _RANK_MASK - ranks, UNRANKED).astype(np.int32)


def _ranges(sizes: Numbers) -> Numbers:
    """``0, 1, ... size - 1`` for every size, one after another."""
    ends = np.cumsum(sizes)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
