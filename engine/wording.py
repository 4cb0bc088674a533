"""Plain words for what the tables say in codes: dates, adjustments, goals, and counts that agree with their noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.calendar import day_of, half_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from engine.domain import Slot

WEEKDAYS: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: tuple[str, ...] = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
HALVES = {"AM": "morning", "PM": "afternoon"}
TIER_NAMES = {
    "T1": "Tier 1: Introduce & Inspire",
    "T2": "Tier 2: Investigate & Explore",
    "T3": "Tier 3: Apply & Demonstrate",
}
DELIVERIES = {"in_person": "at the employer", "in_school": "in school", "virtual": "online"}
SEN_STATUSES = {"N": "No SEN", "K": "SEN support", "E": "EHC plan"}
SCHOOL_TYPES = {
    "mainstream": "Mainstream",
    "special": "Special",
    "alternative_provision": "Alternative provision",
    "post16": "Post-16",
}
ADJUSTMENTS = {
    "step_free": "step-free access",
    "accessible_toilet": "an accessible toilet",
    "quiet_space": "a quiet space",
    "low_sensory": "a calm place with little noise and light",
    "bsl": "British Sign Language",
    "hearing_loop": "a hearing loop",
    "large_print": "large print",
    "screen_reader": "materials that a screen reader can read",
    "predictable_routine": "a predictable routine",
    "medication_storage": "somewhere safe to keep medication",
    "personal_care": "help with personal care",
    "assistance_dog": "room for an assistance dog",
    "close_parking": "parking close by",
    "familiar_adult": "a familiar adult present",
}
GOALS_IN_WORDS = {
    "guarantee": "students in the priority groups who are still short of their half-days come first",
    "reach": "as many students as possible have something",
    "need": "students with the most half-days still to do come first",
    "equity": "each published group has its fair share of the students placed",
    "preference": "students who asked for it come first",
    "breadth": "students for whom the sector is new come first",
    "progression": "students for whom it is a step up come first",
    "reserve": "reserved places go first to students in the priority groups",
    "travel": "shorter journeys come first",
    "lottery": "otherwise equal students are ordered by the published lottery",
    "stability": "what families were already told is kept",
    "replaced": "students who were already told of a slot still have one",
}


def counted(number: int, one: str, many: str = "") -> str:
    """``1 slot``, ``2 slots``, ``12,345 slots``: the number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Iterable[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    every = list(parts)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} {last} {every[-1]}" if every else ""


def in_words(codes: Iterable[str]) -> str:
    """Accommodation codes as a list in plain words, in the order of the codes' own list."""
    wanted = set(codes)
    return listed(words for code, words in ADJUSTMENTS.items() if code in wanted)


def day_words(day: date, *, weekday: bool = True) -> str:
    """``Monday 5 October 2026``, whatever the machine's language."""
    plain = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {plain}" if weekday else plain


def when_words(slot: Slot) -> str:
    """When a slot is: ``Monday 5 October 2026, morning``, or from and to where it takes more than one half-day."""
    if len(slot.occupies) <= 1:
        return f"{day_words(slot.date)}, {HALVES[slot.half]}"
    first, last = slot.occupies[0], slot.occupies[-1]
    if day_of(first) == day_of(last):
        return f"{day_words(slot.date)}, all day"
    return f"{_moment_words(first)}, to {_moment_words(last)}"


def quoted(title: str) -> str:
    """A title in single quotation marks."""
    return f"\N{LEFT SINGLE QUOTATION MARK}{title}\N{RIGHT SINGLE QUOTATION MARK}"


def _moment_words(moment: int) -> str:
    return f"{day_words(day_of(moment))}, {HALVES[half_of(moment)]}"
