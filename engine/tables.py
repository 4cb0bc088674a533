"""The tables of a round, declared: every column, how it is read, what it accepts and the headings it answers to.

A new column starts here; ``engine.building`` then turns it into a fact and ``engine.canonical`` writes it back.
"""

from __future__ import annotations

from dataclasses import replace

from engine import cells
from engine.domain import ACCOMMODATIONS, CRITERIA, DELIVERIES, GROUPINGS, SCHOOL_TYPES, TIERS
from engine.schema import Column, Table

MOST = 1_000_000
"""The largest count that a cell may hold."""
LONGEST_SLOT = 1_000
"""The most half-days that one slot may take."""

_COUNT = cells.whole(0, MOST)
_AT_LEAST_ONE = cells.whole(1, MOST)
_COUNT_WORDS = f"a whole number from 0 to {MOST:,} (0 means none)"
_LIMIT_WORDS = f"{_COUNT_WORDS}, or blank for no limit"
_YES_WORDS = "Y or N (Yes, No, True, False, T, F, 1 and 0 work too)"
_DATE_WORDS = "a date, as 2026-03-31 or 31/03/2026"
_CODE_WORDS = "codes separated by ; from: " + ", ".join(ACCOMMODATIONS)
_YEAR_WORDS = "a year group from 7 to 13 (7, 07 and Yr 7 all work)"
_KM_WORDS = "a distance in km, 0 or more"


def _text(name: str, *aliases: str, accepts: str = "some text", required: bool = False) -> Column:
    return Column(name, cells.text, accepts, aliases, required, blank="")


def _remark(name: str, *aliases: str, accepts: str = "some text", required: bool = False) -> Column:
    return replace(_text(name, *aliases, accepts=accepts, required=required), read=cells.remark)


def _id(name: str, *aliases: str, refers: str = "", required: bool = True, key: bool = False) -> Column:
    accepts = "an id that no other row has" if key else f"the {name} of a row of {refers}" if refers else f"a {name}"
    return Column(name, cells.text, accepts, aliases, required, blank="", refers=refers)


def _yes(name: str, *aliases: str, required: bool = False, blank: bool = False) -> Column:
    return Column(name, cells.yes_no, _YES_WORDS, aliases, required, blank)


def _limit(name: str, *aliases: str) -> Column:
    return Column(name, _COUNT, _LIMIT_WORDS, aliases)


def _count(name: str, *aliases: str, blank: int | None = None) -> Column:
    return Column(name, _COUNT, _COUNT_WORDS, aliases, blank=blank)


def _one_of(name: str, options: tuple[str, ...], *aliases: str, required: bool = True) -> Column:
    return Column(name, cells.choice(options), "one of: " + ", ".join(options), aliases, required)


def _codes(name: str, *aliases: str) -> Column:
    return Column(name, cells.codes(ACCOMMODATIONS), _CODE_WORDS, aliases, blank=frozenset())


_URN = Column(
    "urn",
    cells.urn_named,
    "the URN of a school that is in schools",
    ("school urn", "school", "school id", "establishment urn"),
    required=True,
    blank="",
    refers="schools",
)
_STUDENT = _id("student_id", "student", "upn", "pupil id", "unique pupil number", "learner id")
_PLACE = (
    Column(
        "postcode",
        cells.postcode,
        "a full postcode that is in the postcode directory, such as L3 4AA",
        ("post code", "home postcode", "site postcode", "pcd", "pcds"),
        blank="",
    ),
    Column(
        "latitude",
        cells.decimal(-90, 90),
        "degrees north from -90 to 90, such as 53.4084",
        ("lat", "home latitude", "site latitude"),
    ),
    Column(
        "longitude",
        cells.decimal(-180, 180),
        "degrees east from -180 to 180, such as -2.9916",
        ("long", "lon", "lng", "home longitude", "site longitude"),
    ),
)
_POINT = tuple(replace(column, required=True) for column in _PLACE[1:])
_CONTACT = (
    _text("contact_name", "contact"),
    _text("contact_email", "email", "e-mail", "email address"),
)
_DATE = Column("date", cells.day, _DATE_WORDS, ("day", "start date", "slot date"), required=True)
_YEAR_GROUP = Column(
    "year_group",
    cells.year,
    _YEAR_WORDS,
    ("nc year", "nc year group", "nc year actual", "national curriculum year", "yr group", "year grp", "year", "yr"),
    required=True,
)
_TIER = _one_of("tier", TIERS, "equalex tier")
_SECTOR = _text("sector", "industry", "growth sector", accepts="the name of a sector")
_REQUIRED_SECTOR = replace(_SECTOR, required=True)

SCHOOLS = Table(
    "schools",
    (
        Column(
            "urn",
            cells.urn,
            "the school's six-digit URN, such as 104686",
            ("school urn", "establishment urn", "unique reference number"),
            required=True,
        ),
        _text("name", "school name", "establishment name", "school", accepts="the school's name", required=True),
        _one_of("type", SCHOOL_TYPES, "school type"),
        *_PLACE,
        _limit("max_out_per_half_day", "max out", "max students out"),
        _limit("coach_seats_per_half_day", "coach seats", "seats"),
        *_CONTACT,
    ),
    key=("urn",),
)
STUDENTS = Table(
    "students",
    (
        replace(_STUDENT, accepts="an id that no other student of the round has, such as the UPN"),
        _URN,
        _YEAR_GROUP,
        _yes("fsm", "fsm eligible", "fsm eligibility", "free school meals", "eligible for fsm", required=True),
        _yes("ever6", "ever 6 fsm", "fsm ever 6", "ever fsm 6", "everfsm", "fsm6"),
        _one_of("sen_status", ("N", "K", "E"), "sen", "send", "send status", "sen stage", "sen provision", "sen code"),
        _yes("in_care", "looked after", "looked after child", "child in care", "lac", "cla"),
        _yes("neet_risk", "neet", "risk of neet", "at risk of neet", "rona"),
        _codes("accommodations", "accommodation", "adjustments", "access needs", "reasonable adjustments"),
        _yes("support", "needs support", "support place", "support needed", "needs support place"),
        _codes("released", "released adjustments", "released accommodations"),
        *_PLACE,
        Column("max_travel_km", cells.decimal(0, MOST), _KM_WORDS + ", or blank", ("max travel", "max km")),
        _limit("max_experiences"),
        _yes("available", blank=True),
        Column(
            "unavailable",
            cells.half_days_off,
            "dates separated by ; each alone or followed by AM or PM, such as 2026-03-31; 2026-04-01 AM",
            ("unavailable dates", "not available", "dates unavailable"),
            blank=frozenset(),
        ),
        _remark("name", "student name", "pupil name", "full name", "surname", "legal surname", "last name"),
    ),
    key=("student_id",),
    about_students=True,
)
EMPLOYERS = Table(
    "employers",
    (
        _id("employer_id", "employer ref", "employer reference", "id", key=True),
        _text("name", "employer name", "employer", "company", "organisation", accepts="a name", required=True),
        _REQUIRED_SECTOR,
        _limit("max_students_per_half_day", "max per half day"),
        _limit("max_students", "max total"),
        Column("cleared_until", cells.day, _DATE_WORDS + ", or blank for not cleared", ("cleared to", "checks expire")),
        *_CONTACT,
    ),
    key=("employer_id",),
)
EXPERIENCES = Table(
    "experiences",
    (
        _id("experience_id", "experience ref", "experience reference", "id", key=True),
        _id("employer_id", "employer", "employer ref", "employer reference", refers="employers"),
        _text("title", "experience title", "experience", "name", accepts="a title", required=True),
        _TIER,
        _one_of("delivery", DELIVERIES, "delivery mode", "mode"),
        _one_of("grouping", GROUPINGS),
        Column(
            "year_groups",
            cells.years,
            "year groups from 7 to 13 separated by ; such as 9;10",
            ("years", "nc years", "year group", "nc year", "yrs"),
            required=True,
        ),
        _SECTOR,
        *_PLACE,
        _codes("accommodations", "accommodation", "adjustments", "accommodations offered", "access"),
        Column(
            "meaningful",
            cells.meaningful,
            "how many of the seven criteria hold (0 to 7), or which, separated by ; from: " + ", ".join(CRITERIA),
            ("criteria", "meaningful criteria"),
            blank=cells.ALL_CRITERIA,
        ),
    ),
    key=("experience_id",),
)
SLOTS = Table(
    "slots",
    (
        _id("slot_id", "slot", "slot ref", "slot reference", "id", key=True),
        _id("experience_id", "experience", "experience ref", "experience reference", refers="experiences"),
        _DATE,
        _one_of("half", ("AM", "PM"), "am/pm", "session", "half day"),
        Column(
            "half_days",
            cells.whole(1, LONGEST_SLOT),
            f"a whole number of half-days from 1 to {LONGEST_SLOT}",
            ("length", "number of half days", "no of half days"),
            required=True,
        ),
        _count("capacity", "places"),
        _count("groups", "number of groups", "max groups"),
        Column("group_min", _AT_LEAST_ONE, "a whole number, 1 or more", ("group minimum", "min group", "min")),
        Column("group_max", _AT_LEAST_ONE, "a whole number, 1 or more", ("group maximum", "max group", "max")),
        _count("support_places", blank=0),
        _count("reserved", "reserved places", blank=0),
        replace(_URN, required=False),
    ),
    key=("slot_id",),
)
PREFERENCES = Table(
    "preferences",
    (
        _STUDENT,
        Column("rank", _AT_LEAST_ONE, "a whole number, 1 for the first choice", ("preference rank",), required=True),
        _one_of("kind", ("experience", "employer", "sector"), "type"),
        _text("value", "id", accepts="an experience id, an employer id or a sector", required=True),
    ),
    optional=True,
    about_students=True,
)
HISTORY = Table(
    "history",
    (
        _STUDENT,
        _text("academic_year", accepts="an academic year, such as 2024/25", required=True),
        _YEAR_GROUP,
        _TIER,
        _REQUIRED_SECTOR,
        _id("employer_id", "employer", required=False),
        _id("experience_id", "experience", required=False),
        Column("half_days", _COUNT, "a whole number of half-days, 0 or more", ("length",), required=True),
        _yes("counts", blank=True),
    ),
    optional=True,
    about_students=True,
)
CALENDAR = Table(
    "calendar",
    (
        _URN,
        _DATE,
        _one_of("half", ("AM", "PM"), "am/pm", "session", required=False),
        replace(_YEAR_GROUP, required=False),
    ),
    optional=True,
)
BARRIERS = Table(
    "barriers",
    (
        _id("barrier_id", "barrier", "id", key=True),
        Column("seq", cells.whole(-MOST, MOST), "a whole number", ("sequence", "order"), required=True),
        *_POINT,
    ),
    key=("barrier_id", "seq"),
    optional=True,
)
CROSSINGS = Table(
    "crossings",
    (_id("barrier_id", "barrier", refers="barriers"), _id("crossing_id", "crossing", "id", key=True), *_POINT),
    key=("barrier_id", "crossing_id"),
    optional=True,
)
TRAVEL = Table(
    "travel",
    (
        _text("origin", "from", accepts="a student id or a school's URN", required=True),
        _id("experience_id", "experience", "to"),
        Column("km", cells.tenths_of_km, _KM_WORDS, ("distance", "distance km"), required=True),
    ),
    key=("origin", "experience_id"),
    optional=True,
)
DECISIONS = Table(
    "decisions",
    (
        _one_of("kind", ("pin", "forbid", "separate"), "type", "decision"),
        _STUDENT,
        _id("slot_id", "slot", required=False),
        _id("experience_id", "experience", required=False),
        _id("employer_id", "employer", required=False),
        _id("other_student_id", "other student", "other upn", required=False),
        _remark("reason", accepts="why it was decided", required=True),
        _text("by", "decided by", accepts="who decided it", required=True),
    ),
    optional=True,
    about_students=True,
)
BASELINE = Table(
    "baseline",
    (_STUDENT, _id("slot_id", "slot"), _yes("notified", blank=True)),
    key=("student_id", "slot_id"),
    optional=True,
    about_students=True,
)

TABLES: tuple[Table, ...] = (
    SCHOOLS,
    STUDENTS,
    EMPLOYERS,
    EXPERIENCES,
    SLOTS,
    PREFERENCES,
    HISTORY,
    CALENDAR,
    BARRIERS,
    CROSSINGS,
    TRAVEL,
    DECISIONS,
    BASELINE,
)
TABLE_NAMES: tuple[str, ...] = tuple(table.name for table in TABLES)
