"""Who got what, group by group, with small numbers kept from view: the tables that anyone may read.

Students whom their school marked as not available are in no table, for there was nothing to give them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from engine.domain import TIERS
from engine.progress import groups_of, progress_of
from engine.suppression import Shown, shown_counts, shown_parts
from engine.wording import SEN_STATUSES, TIER_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.domain import Round, Student
    from engine.given import Given

K = TypeVar("K")
FSM = ("FSM", "Not FSM")
FSM_OR_EVER6 = ("FSM now or in the past six years", "Neither")
LOWER_CHOICE = "Fourth choice or lower"
PRIORITY = {True: "Priority students", False: "Other students"}
NEVER_ASKED = "Not something the student asked for"
NO_WISHES = "The student gave no preferences"
KM_BANDS: tuple[tuple[int, str], ...] = (
    (20, "Up to 2 km"),
    (50, "2 to 5 km"),
    (100, "5 to 10 km"),
    (200, "10 to 20 km"),
)
FARTHER = "More than 20 km"


@dataclass(frozen=True, slots=True)
class Line:
    """One group of students: how many there are, and how many of them have at least one slot.

    ``key`` is what the tables call the group (a school's URN, a year, a status).
    """

    key: str
    label: str
    students: Shown
    placed: Shown


@dataclass(frozen=True, slots=True)
class TierLine:
    """One tier: the places given, and how many to FSM and to SEN students (``None``: withheld for the whole table)."""

    label: str
    places: Shown
    fsm: Shown | None
    sen: Shown | None


@dataclass(frozen=True, slots=True)
class CountLine:
    """One kind of place, and how many were given."""

    label: str
    places: Shown


@dataclass(frozen=True, slots=True)
class NumberLine:
    """How many students have so many experiences."""

    label: str
    students: Shown


@dataclass(frozen=True, slots=True)
class Fairness:
    """Every table; ``students`` are the available ones and ``placed`` those of them with at least one slot.

    ``by_priority`` and ``by_number`` are empty where a number in them is small: the level ``guarantee`` counts priority
    students, and the numbers of students and of places together would tell two withheld counts.
    """

    students: int
    placed: int
    places: int
    by_priority: tuple[Line, ...]
    by_fsm: tuple[Line, ...]
    by_sen: tuple[Line, ...]
    by_year: tuple[Line, ...]
    by_school: tuple[Line, ...]
    by_tier: tuple[TierLine, ...]
    by_sector: tuple[CountLine, ...]
    by_choice: tuple[CountLine, ...]
    by_journey: tuple[CountLine, ...]
    by_number: tuple[NumberLine, ...]


def fairness(round_: Round, rows: Sequence[Given]) -> Fairness:
    """The tables of an allocation given in full."""
    placed = {row.student.student_id for row in rows}
    students = [each for each in round_.students.values() if each.available or each.student_id in placed]
    people = _People(students, placed)
    fsm = FSM if round_.policy.disadvantage == "fsm" else FSM_OR_EVER6
    poor = _poor(round_)
    progress = progress_of(round_)
    by_fsm = people.split({True: fsm[0], False: fsm[1]}, poor)
    by_priority = people.split(PRIORITY, lambda student: progress[student.student_id].priority)
    by_sen = people.split(SEN_STATUSES, lambda student: student.sen_status)
    return Fairness(
        students=len(students),
        placed=len(placed),
        places=len(rows),
        by_priority=by_priority if _all_exact(by_priority) else (),
        by_fsm=by_fsm,
        by_sen=by_sen,
        by_year=people.split(_years(students), lambda student: student.year_group, least=1),
        by_school=people.split(_school_names(round_, students), lambda student: student.urn, least=1),
        by_tier=_by_tier(rows, poor if _all_exact(by_fsm) else None, _is_sen if _all_exact(by_sen) else None),
        by_sector=_by_sector(round_, rows),
        by_choice=_by_choice(round_, rows),
        by_journey=_by_journey(rows),
        by_number=_by_number(rows),
    )


def sector_names(round_: Round) -> Mapping[str, str]:
    """Every sector of the round as it is written, by its name in lower case; the first spelling in order stands."""
    spelled = sorted(
        {experience.sector for experience in round_.experiences.values()}
        | {row.value for row in round_.preferences if row.kind == "sector"},
        reverse=True,
    )
    return {name.casefold(): name for name in spelled}


@dataclass(frozen=True, slots=True)
class _People:
    """Students, and the ids of those who are placed."""

    students: Sequence[Student]
    placed: set[str]

    def split(self, labels: Mapping[K, str], group: Callable[[Student], K], least: int = 0) -> tuple[Line, ...]:
        """A line for each label's group; the groups together are all the students, ``least`` in each."""
        sizes = Counter(group(student) for student in self.students)
        placed = Counter(group(student) for student in self.students if student.student_id in self.placed)
        wholes = shown_counts([sizes[key] for key in labels], least=least)
        parts = shown_parts([placed[key] for key in labels], wholes)
        lines = zip(labels.items(), wholes, parts, strict=True)
        return tuple(Line(str(key), label, whole, part) for (key, label), whole, part in lines)


def _years(students: Iterable[Student]) -> Mapping[int, str]:
    return {year: f"Year {year}" for year in sorted({student.year_group for student in students})}


def _school_names(round_: Round, students: Iterable[Student]) -> Mapping[str, str]:
    """The schools that have students, by name; schools of one name are told apart by their numbers."""
    present = {student.urn for student in students}
    schools = sorted(
        (school for school in round_.schools.values() if school.urn in present),
        key=lambda school: (school.name.casefold(), school.urn),
    )
    times = Counter(school.name for school in schools)
    return {s.urn: s.name if times[s.name] == 1 else f"{s.name} ({s.urn})" for s in schools}


def _poor(round_: Round) -> Callable[[Student], bool]:
    disadvantage = round_.policy.disadvantage
    return lambda student: "fsm" in groups_of(student, disadvantage)


def _is_sen(student: Student) -> bool:
    return student.sen_status != "N"


def _all_exact(lines: Iterable[Line]) -> bool:
    return all(line.students.exact and line.placed.exact for line in lines)


def _by_tier(
    rows: Sequence[Given], poor: Callable[[Student], bool] | None, sen: Callable[[Student], bool] | None
) -> tuple[TierLine, ...]:
    """Places by tier; a group that is not shown exactly elsewhere is not shown here, lest the tiers add up to it."""
    of_tier = {tier: [row.student for row in rows if row.experience.tier == tier] for tier in TIERS}
    places = shown_counts([len(students) for students in of_tier.values()])

    def parts(belongs: Callable[[Student], bool] | None) -> tuple[Shown | None, ...]:
        if belongs is None:
            return (None,) * len(TIERS)
        return shown_parts([sum(map(belongs, students)) for students in of_tier.values()], places)

    lines = zip(TIERS, places, parts(poor), parts(sen), strict=True)
    return tuple(TierLine(TIER_NAMES[tier], given, fsm, of_sen) for tier, given, fsm, of_sen in lines)


def _by_sector(round_: Round, rows: Iterable[Given]) -> tuple[CountLine, ...]:
    names = sector_names(round_)
    times = Counter(names[row.experience.sector.casefold()] for row in rows)
    offered = {names[experience.sector.casefold()] for experience in round_.experiences.values()}
    return _counted(sorted(offered, key=str.casefold), times)


def _by_choice(round_: Round, rows: Iterable[Given]) -> tuple[CountLine, ...]:
    """Places by the rank at which the student asked for them."""
    asked = {row.student_id for row in round_.preferences}
    labels = {1: "First choice", 2: "Second choice", 3: "Third choice"}

    def label(row: Given) -> str:
        if row.student.student_id not in asked:
            return NO_WISHES
        return labels.get(row.rank, LOWER_CHOICE) if row.rank else NEVER_ASKED

    return _counted((*labels.values(), LOWER_CHOICE, NEVER_ASKED, NO_WISHES), Counter(map(label, rows)))


def _by_journey(rows: Iterable[Given]) -> tuple[CountLine, ...]:
    """In-person places by how far the student travels."""
    journeys = [row.tenths for row in rows if row.experience.in_person and row.tenths is not None]

    def label(tenths: int) -> str:
        return next((name for most, name in KM_BANDS if tenths <= most), FARTHER)

    return _counted((*(name for _, name in KM_BANDS), FARTHER), Counter(map(label, journeys)))


def _by_number(rows: Iterable[Given]) -> tuple[NumberLine, ...]:
    """Students with something by how many experiences they have; none where one is small, for the totals tell two."""
    each = Counter(Counter(row.student.student_id for row in rows).values())
    labels = range(1, max(each, default=0) + 1)
    counts = shown_counts([each[number] for number in labels])
    if not all(count.exact for count in counts):
        return ()
    return tuple(NumberLine(str(number), count) for number, count in zip(labels, counts, strict=True))


def _counted(labels: Iterable[str], times: Mapping[str, int]) -> tuple[CountLine, ...]:
    every = tuple(labels)
    counts = shown_counts([times.get(label, 0) for label in every])
    return tuple(CountLine(label, count) for label, count in zip(every, counts, strict=True))
