"""How far every student would travel: which origin, which limit, and what ``travel.csv`` overrides.

Individual in-person journeys start at the student's home, or at the school where none is given; group visits start at
the school; in-school experiences are measured from the employer's start to the school and cost the student nothing.
A ``travel.csv`` row of a student replaces that student's own journey, whichever way it would be measured; a row of a
school replaces every journey measured from that school.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from engine.distances import BEYOND, Terrain, places, tenths, tenths_between
from engine.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.domain import Experience, Point, Round, Student
    from engine.policy import Policy

    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

NO_LIMIT = BEYOND - 1


def journey_tenths(round_: Round, student: Student, experience: Experience) -> int | None:
    """The student's own journey in tenths of a kilometre; None if there is no route."""
    return measured_tenths(round_, student, experience) if experience.in_person else 0


def measured_tenths(round_: Round, student: Student, experience: Experience) -> int | None:
    """The journey that the ``travel`` rule compares with its limit, in tenths; None if there is no route."""
    if experience.delivery == "virtual":
        return 0
    alone = _is_alone(experience)
    given = {row.origin: row.tenths for row in round_.travel if row.experience_id == experience.experience_id}
    if experience.in_person and student.student_id in given:
        return given[student.student_id]
    if not (alone and student.home) and student.urn in given:
        return given[student.urn]
    if experience.site is None:
        return None
    school = round_.schools[student.urn].place
    if experience.delivery == "in_school":
        return tenths(experience.site, school, round_.barriers)
    return tenths((student.home if alone else None) or school, experience.site, round_.barriers)


def limit_tenths(policy: Policy, student: Student, experience: Experience) -> int | None:
    """The longest journey that the ``travel`` rule allows, in tenths of a kilometre; None for no limit."""
    if experience.delivery == "virtual":
        return None
    if experience.delivery == "in_school":
        return whole_tenths(policy.employer_travel_km)
    if experience.grouping == "group":
        return whole_tenths(policy.group_travel_km)
    return whole_tenths(policy.max_travel_km if student.max_travel_km is None else student.max_travel_km)


def whole_tenths(km: float) -> int:
    """A limit in kilometres as the most whole tenths within it."""
    return floor(km * 10 + 1e-9)


@dataclass(frozen=True)
class Journeys:
    """The journeys of a round in bulk; ``students`` and ``experiences`` say what rows and columns mean.

    The pieces are separable: ``from_schools`` is one row per school, ``reach`` what is near each distinct home.
    """

    round_: Round
    students: Sequence[Student]
    experiences: Sequence[Experience]

    def measured(self, members: Numbers) -> Integers:
        """Journeys as the ``travel`` rule measures them: int32[members, experiences].

        BEYOND without a route, and perhaps where one from home is longer than anyone living there may travel.
        """
        grid = self.from_schools[self._school_of[members]]
        homes = self._home_of[members]
        housed = np.flatnonzero(homes >= 0)
        if len(housed) and len(self._alone):
            grid[np.ix_(housed, self._alone)] = self._reach.rows(homes[housed])[:, self._alone_site]
        for k, member in enumerate(members.tolist()):
            for column, given in self._given_to_students.get(member, ()):
                grid[k, column] = given
        return grid

    def too_far(self, members: Numbers, urn: str) -> Flags:
        """Which journeys of students of one school are over their limits: bool[members, experiences]."""
        school = self.from_schools[self._school_row[urn]]
        limits, homes = self._student_limits[members], self._home_of[members]
        # A column of its own for each site, and one each for what is too far for all and for none.
        place = np.where(school > self._common_limits, -2, -1) + len(self._alone_sites) + 2
        place[self._alone] = self._alone_site
        grid: Flags = np.take(self._reach.beyond(homes, limits), place, axis=1)
        unhoused = np.flatnonzero(homes < 0)
        if len(unhoused):
            grid[np.ix_(unhoused, self._alone)] = school[self._alone] > limits[unhoused, None]
        for k, member in enumerate(members.tolist()):
            for column, given in self._given_to_students.get(member, ()):
                alone = _is_alone(self.experiences[column])
                grid[k, column] = given > (limits[k] if alone else self._common_limits[column])
        return grid

    def own(self, members: Numbers) -> Integers:
        """What of ``measured`` the students themselves travel: nothing where the employer comes to the school."""
        grid = self.measured(members)
        grid[:, self._in_school] = 0
        return grid

    @property
    def is_looked_up(self) -> bool:
        """Whether ``own_of`` can be asked: not where journeys are too many to be kept."""
        return not len(self._alone) or self._reach.is_kept

    def own_of(self, members: Numbers, columns: Numbers) -> Integers:
        """``own`` of some pairs of students and experiences, in their order, looked up one by one: int32[pairs]."""
        found: Integers = self.from_schools[self._school_of[members], columns]
        homes, sites = self._home_of[members], self._alone_site_of[columns]
        housed = np.flatnonzero((homes >= 0) & (sites >= 0))
        if len(housed):
            found[housed] = self._reach.of(homes[housed], sites[housed])
        given = self._given_to_students
        for k in np.flatnonzero(np.isin(members, list(given))).tolist() if given else ():
            found[k] = dict(given[int(members[k])]).get(int(columns[k]), found[k])
        found[np.isin(columns, self._in_school)] = 0
        return found

    @cached_property
    def from_schools(self) -> Integers:
        """Journeys from every school: int32[schools, experiences], ``travel.csv`` rows of schools included."""
        schools = self.round_.schools
        grid = np.full((len(schools), len(self.experiences)), BEYOND, dtype=np.int32)
        origins = places([school.place for school in schools.values()])
        sited = np.flatnonzero(self._site_of >= 0)
        going, coming = np.setdiff1d(sited, self._in_school), np.intersect1d(sited, self._in_school)
        grid[:, going] = self._between(origins, self._sites)[:, self._site_of[going]]
        # Those who come to school start elsewhere, and the order in which barriers are met is their own.
        grid[:, coming] = self._between(self._sites, origins).T[:, self._site_of[coming]]
        for row in self.round_.travel:
            if row.origin in self._school_row and row.experience_id in self._column:
                grid[self._school_row[row.origin], self._column[row.experience_id]] = row.tenths
        grid[:, self._virtual] = 0
        return grid

    def _between(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> Integers:
        caps = np.full(len(starts), self._longest_limit, dtype=np.int64)
        return tenths_between(starts, ends, caps, self._terrain)

    @cached_property
    def _reach(self) -> Reach:
        """Journeys from homes to the sites of individual in-person experiences, nothing overridden."""
        return Reach(self._homes, self._alone_sites, self._home_caps, self._terrain)

    @cached_property
    def _terrain(self) -> Terrain:
        return Terrain.of(self.round_.barriers)

    @cached_property
    def _column(self) -> Mapping[str, int]:
        return {experience.experience_id: i for i, experience in enumerate(self.experiences)}

    @cached_property
    def _school_of(self) -> Numbers:
        """The school of every student, as a row of ``from_schools``."""
        return np.array([self._school_row[student.urn] for student in self.students], dtype=np.int64)

    @cached_property
    def _school_row(self) -> Mapping[str, int]:
        return {urn: i for i, urn in enumerate(self.round_.schools)}

    @cached_property
    def _site_index(self) -> Mapping[Point, int]:
        return _numbered(e.site for e in self.experiences if e.site and e.delivery != "virtual")

    @cached_property
    def _sites(self) -> NDArray[np.float64]:
        return places(list(self._site_index))

    @cached_property
    def _site_of(self) -> Numbers:
        """The site number of every experience, -1 for one without."""
        sites = (e.site if e.delivery != "virtual" else None for e in self.experiences)
        return np.array([-1 if site is None else self._site_index[site] for site in sites], dtype=np.int64)

    @cached_property
    def _alone(self) -> Numbers:
        """The columns of the individual in-person experiences that have a site."""
        return np.array([i for i, e in enumerate(self.experiences) if _is_alone(e) and e.site], dtype=np.int64)

    @cached_property
    def _alone_sites(self) -> NDArray[np.float64]:
        return self._sites[np.unique(self._site_of[self._alone])]

    @cached_property
    def _alone_site(self) -> Numbers:
        """For every column of ``_alone``, its row of ``_alone_sites``."""
        return np.unique(self._site_of[self._alone], return_inverse=True)[1].ravel()

    @cached_property
    def _alone_site_of(self) -> Numbers:
        """For every experience its row of ``_alone_sites``, -1 where those do not apply."""
        found = np.full(len(self.experiences), -1, dtype=np.int64)
        found[self._alone] = self._alone_site
        return found

    @cached_property
    def _virtual(self) -> Flags:
        return np.array([e.delivery == "virtual" for e in self.experiences], dtype=np.bool_)

    @cached_property
    def _in_school(self) -> Numbers:
        return np.array([i for i, e in enumerate(self.experiences) if e.delivery == "in_school"], dtype=np.int64)

    @cached_property
    def _home_index(self) -> Mapping[Point, int]:
        return _numbered(student.home for student in self.students if student.home)

    @cached_property
    def _homes(self) -> NDArray[np.float64]:
        return places(list(self._home_index))

    @cached_property
    def _home_of(self) -> Numbers:
        """The home number of every student, -1 where journeys start at the school."""
        return np.array([self._home_index[s.home] if s.home else -1 for s in self.students], dtype=np.int64)

    @cached_property
    def _home_caps(self) -> Numbers:
        """For every home, the longest limit of anyone living there."""
        caps = np.zeros(len(self._homes), dtype=np.int64)
        housed = self._home_of >= 0
        np.maximum.at(caps, self._home_of[housed], self._student_limits[housed].astype(np.int64))
        return caps

    @cached_property
    def _student_limits(self) -> Integers:
        default = self.round_.policy.max_travel_km
        limits = (default if s.max_travel_km is None else s.max_travel_km for s in self.students)
        return np.array([min(whole_tenths(km), NO_LIMIT - 1) for km in limits], dtype=np.int32)

    @cached_property
    def _common_limits(self) -> Integers:
        """The limits that are everyone's: int32[experiences]; those of individual journeys are left at NO_LIMIT."""
        policy = self.round_.policy
        by_kind = {
            "group": min(whole_tenths(policy.group_travel_km), NO_LIMIT - 1),
            "in_school": min(whole_tenths(policy.employer_travel_km), NO_LIMIT - 1),
        }
        kinds = (e.grouping if e.in_person else e.delivery for e in self.experiences)
        return np.array([by_kind.get(kind, NO_LIMIT) for kind in kinds], dtype=np.int32)

    @cached_property
    def _longest_limit(self) -> int:
        policy = self.round_.policy
        common = max(whole_tenths(policy.group_travel_km), whole_tenths(policy.employer_travel_km))
        return max(common, int(self._student_limits.max(initial=0)))

    @cached_property
    def _given_to_students(self) -> Mapping[int, list[tuple[int, int]]]:
        """What ``travel.csv`` says of students' own journeys: columns and tenths, by student number."""
        number = {student.student_id: i for i, student in enumerate(self.students)}
        given: dict[int, list[tuple[int, int]]] = {}
        for row in self.round_.travel:
            column = self._column.get(row.experience_id)
            if row.origin in number and column is not None and self.experiences[column].in_person:
                given.setdefault(number[row.origin], []).append((column, row.tenths))
        return given


def _is_alone(experience: Experience) -> bool:
    return experience.in_person and experience.grouping == "individual"


def _numbered(points: Iterable[Point]) -> Mapping[Point, int]:
    return {point: i for i, point in enumerate(dict.fromkeys(points))}
