"""The frozen facts of a round: schools, students, employers, experiences, slots and what is said about them.

Nothing here decides anything: rules, goals and travel live in their own modules and read these facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.policy import Policy

SchoolType = Literal["mainstream", "special", "alternative_provision", "post16"]
Delivery = Literal["in_person", "in_school", "virtual"]
Grouping = Literal["individual", "group"]
PreferenceKind = Literal["experience", "employer", "sector"]
DecisionKind = Literal["pin", "forbid", "separate"]
HalfDay = int
"""A half-day as ``2 * date.toordinal()`` for the morning, plus 1 for the afternoon (see ``engine.calendar``)."""

SCHOOL_TYPES: tuple[str, ...] = ("mainstream", "special", "alternative_provision", "post16")
SMALL_SCHOOL_TYPES = frozenset({"special", "alternative_provision"})
TIERS: tuple[str, ...] = ("T1", "T2", "T3")
DELIVERIES: tuple[str, ...] = ("in_person", "in_school", "virtual")
GROUPINGS: tuple[str, ...] = ("individual", "group")
CRITERIA: tuple[str, ...] = ("purpose", "outcomes", "interaction", "people", "task", "feedback", "reflection")
ACCOMMODATIONS: tuple[str, ...] = (
    "step_free",
    "accessible_toilet",
    "quiet_space",
    "low_sensory",
    "bsl",
    "hearing_loop",
    "large_print",
    "screen_reader",
    "predictable_routine",
    "medication_storage",
    "personal_care",
    "assistance_dog",
    "close_parking",
    "familiar_adult",
)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on WGS84, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class School:
    """A school of the round; a limit of ``None`` means no limit and 0 means none."""

    urn: str
    name: str
    type: str
    place: Point
    max_out_per_half_day: int | None = None
    coach_seats_per_half_day: int | None = None
    contact_name: str = ""
    contact_email: str = ""

    @property
    def small(self) -> bool:
        """Whether the school is special or alternative provision, which may form smaller groups."""
        return self.type in SMALL_SCHOOL_TYPES


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the round; ``home`` of ``None`` means that journeys start at the school."""

    student_id: str
    urn: str
    year_group: int
    fsm: bool
    sen_status: str
    ever6: bool = False
    in_care: bool = False
    neet_risk: bool = False
    accommodations: frozenset[str] = frozenset()
    support: bool = False
    released: frozenset[str] = frozenset()
    home: Point | None = None
    max_travel_km: float | None = None
    max_experiences: int | None = None
    available: bool = True
    unavailable: frozenset[HalfDay] = frozenset()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Employer:
    """An employer; ``cleared_until`` of ``None`` means that its checks do not hold at all."""

    employer_id: str
    name: str
    sector: str
    max_students_per_half_day: int | None = None
    max_students: int | None = None
    cleared_until: date | None = None
    contact_name: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class Experience:
    """What an employer offers; ``sector`` is already the employer's where the table leaves it blank."""

    experience_id: str
    employer_id: str
    title: str
    tier: str
    delivery: str
    grouping: str
    year_groups: frozenset[int]
    sector: str
    site: Point | None = None
    accommodations: frozenset[str] = frozenset()
    criteria_met: int = 7
    criteria_stated: bool = True
    criteria: frozenset[str] | None = None

    @property
    def counts(self) -> bool:
        """Whether all seven criteria of a meaningful experience hold."""
        return self.criteria_met == len(CRITERIA)

    @property
    def in_person(self) -> bool:
        """Whether the student goes to the employer's site."""
        return self.delivery == "in_person"


@dataclass(frozen=True, slots=True)
class Slot:
    """One dated offer of an experience.

    ``occupies`` holds the half-days it takes, in order, weekends and closed dates skipped. ``starts_on_school_day``
    is false for a slot whose own date is a weekend or closed date; such a slot is outside the round's dates.
    Individual slots use ``capacity``; group slots use ``groups``, ``group_min`` and ``group_max``.
    """

    slot_id: str
    experience_id: str
    date: date
    half: str
    half_days: int
    occupies: tuple[HalfDay, ...]
    starts_on_school_day: bool = True
    capacity: int = 0
    groups: int = 0
    group_min: int = 0
    group_max: int = 0
    support_places: int = 0
    reserved: int = 0
    urn: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """One row of a student's preferences; ranks run separately within each kind, 1 is first."""

    student_id: str
    rank: int
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One experience that a student has done before."""

    student_id: str
    academic_year: str
    year_group: int
    tier: str
    sector: str
    half_days: int
    employer_id: str = ""
    experience_id: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """Half-days in which a school cannot release students; ``year_group`` of ``None`` means every year."""

    urn: str
    half_days: tuple[HalfDay, ...]
    year_group: int | None = None


@dataclass(frozen=True, slots=True)
class Barrier:
    """A line that a journey cannot cross but at its crossings (``crossing_id``, point)."""

    barrier_id: str
    line: tuple[Point, ...]
    crossings: tuple[tuple[str, Point], ...] = ()


@dataclass(frozen=True, slots=True)
class TravelRow:
    """A given distance, already rounded half up to tenths of a kilometre; ``origin`` is a student id or a URN."""

    origin: str
    experience_id: str
    tenths: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A pin, a forbid or a separation, with who decided and why."""

    kind: str
    student_id: str
    slot_id: str = ""
    experience_id: str = ""
    employer_id: str = ""
    other_student_id: str = ""
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A row of the allocation published before; its student or slot may be gone from the round."""

    student_id: str
    slot_id: str
    notified: bool = True

    @property
    def pair(self) -> tuple[str, str]:
        """The student and the slot."""
        return self.student_id, self.slot_id


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a rule will exclude, or a row that is ignored: no fault, but worth telling."""

    code: str
    sentence: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Round:
    """Everything an allocation is made from; mappings are keyed by id and ordered by id.

    ``seed`` is the published lottery seed, already ``input_sha256`` where ``round.toml`` leaves it blank.
    ``rerun_from`` is there in a re-run only (see ``engine.rerun``): slots that start before it have begun.
    Rows that name something gone from the round are not here, except baseline rows and the experience or employer
    of a history row; ``notes`` says what was left out.
    """

    name: str
    term: str
    academic_year: str
    starts: date
    ends: date
    closed_dates: frozenset[date]
    seed: str
    policy: Policy
    schools: Mapping[str, School]
    students: Mapping[str, Student]
    employers: Mapping[str, Employer]
    experiences: Mapping[str, Experience]
    slots: Mapping[str, Slot]
    preferences: tuple[Preference, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    calendar: tuple[CalendarRow, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    travel: tuple[TravelRow, ...] = ()
    decisions: tuple[Decision, ...] = ()
    baseline: tuple[BaselineRow, ...] = ()
    input_sha256: str = ""
    notes: tuple[Note, ...] = field(default=())
    rerun_from: date | None = None

    def has_begun(self, slot: Slot) -> bool:
        """Whether, in a re-run, the slot starts before its date: who is in it stays, and nobody joins."""
        return self.rerun_from is not None and slot.date < self.rerun_from

    @property
    def frozen(self) -> frozenset[tuple[str, str]]:
        """The baseline rows, as (student id, slot id), whose slot has begun and whose student is in the round."""
        if self.rerun_from is None:
            return frozenset()
        return frozenset(
            row.pair
            for row in self.baseline
            if row.student_id in self.students and row.slot_id in self.slots and self.has_begun(self.slots[row.slot_id])
        )
