"""The sentences of a student's reason, with the numbers, in words that a teacher can read to a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.outputs import kilometres
from engine.room import Bar
from engine.rules import PAIR_RULES
from engine.travel import whole_tenths
from engine.wording import GOALS_IN_WORDS, counted, in_words, quoted, when_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.domain import Round, Student
    from engine.openings import Opening
    from engine.precedence import Behind
    from engine.room import Room

    Bars = NDArray[np.int16]

CLOSES: Mapping[str, str] = {
    "available": "while the student is not available",
    "year": "for other year groups",
    "individual_age": "for one student alone, which the law allows from Year 10",
    "cleared": "with an employer whose checks do not hold to the date",
    "dates": "outside the dates of the round",
    "school_only": "kept for another school",
    "access": "without an adjustment that the student needs",
    "travel": "beyond the travel limit",
    "calendar": "when the student or the school is not free",
    "repeat": "of an experience that the student has already done",
    "forbid": "ruled out by a decision",
}
"""What each pair rule closes, after a number of slots."""

STANDS_IN_THE_WAY: Mapping[str, str] = {
    "available": "the student not being available",
    "year": "the year groups that are accepted",
    "individual_age": "the law on going alone",
    "cleared": "the end of the employers' checks",
    "dates": "the dates of the round",
    "school_only": "their being kept for another school",
    "access": "the adjustments needed",
    "travel": "the travel limit",
    "calendar": "the times when the student or the school is not free",
    "repeat": "what the student has already done",
    "forbid": "the decision against it",
}
"""Each pair rule after the words *were it not for*."""

FULL: Mapping[Bar, tuple[str, str]] = {
    Bar.BEGUN: ("has begun", "have begun"),
    Bar.WITHDRAWN: ("has been withdrawn", "have been withdrawn"),
    Bar.LIMIT: (
        "is more than the round's limits give one student",
        "are more than the round's limits give one student",
    ),
    Bar.TAKEN: ("has every place taken", "have every place taken"),
    Bar.EMPLOYER_TOTAL: (
        "is with an employer that has all the students it takes in the round",
        "are with employers that have all the students they take in the round",
    ),
    Bar.EMPLOYER_DAY: (
        "falls when the employer already hosts all the students it takes at a time",
        "fall when the employer already hosts all the students it takes at a time",
    ),
    Bar.SUPPORT: ("has its support places taken", "have their support places taken"),
    Bar.ONE_SCHOOL: ("is an in-school visit that another school has", "are in-school visits that other schools have"),
    Bar.SCHOOL_OUT: (
        "falls when the school already has out all the students it can release",
        "fall when the school already has out all the students it can release",
    ),
    Bar.COACH: (
        "is a group visit at a time when the school's coach seats are taken",
        "are group visits at times when the school's coach seats are taken",
    ),
    Bar.GROUP_SHORT: (
        "has room for a group, but none of the school could be formed",
        "have room for a group, but none of the school could be formed",
    ),
}
NO_ROOM_AT_ALL = Bar.BEGUN | Bar.WITHDRAWN | Bar.LIMIT
"""Slots that nobody has taken and that nobody could be given."""


def not_available_detail(round_: Round, student: Student) -> str:
    """Why a student is given nothing whatever there is."""
    if not student.available:
        return "The student is marked as not available in this round, so nothing was offered."
    if student.max_experiences == 0:
        return "The student's own limit for this round is 0 experiences, so nothing was offered."
    if round_.policy.max_half_days == 0:
        return "This round's limit is 0 half-days for each student, so nothing was offered."
    return "This round's limit is 0 experiences for each student, so nothing was offered."


def no_option_detail(
    round_: Round, student: Student, removed: NDArray[np.int32], alone: NDArray[np.int32], opening: Opening | None
) -> str:
    """Which rules close how many slots, and what the one that decides closes by itself."""
    if not round_.slots:
        return "There are no slots in this round."
    closed = [f"{count:,} {CLOSES[rule]}" for rule, count in zip(PAIR_RULES, removed.tolist(), strict=True) if count]
    total = len(round_.slots)
    start = "The only slot of this round is not open" if total == 1 else f"None of the round's {total:,} slots is open"
    several = " (one slot may be closed by several rules)" if int(removed.sum()) > total else ""
    return f"{start} to this student{several}: {'; '.join(closed)}. {_deciding(round_, student, alone, opening)}"


def full_detail(room: Room, bars: Bars, behind: Behind | None, blocking_level: str | None) -> str:
    """Which resources are full, and the goal under which others went first."""
    sentences = [f"{_what_is_full(bars)}."]
    if (bars & NO_ROOM_AT_ALL == 0).any():
        sentences.append(_who_went_first(room, behind))
        if blocking_level:
            sentences.append(
                f"That no more students can be placed is proven; the level `{blocking_level}`, which helps to choose "
                f"between them, is not."
            )
    return " ".join(sentences)


def group_short_detail(room: Room, student: Student, short: NDArray[np.int64], rest: Bars) -> str:
    """At which slots no group could be formed, and how many it would take; ``rest`` is what bars the other slots."""
    small = room.round_.schools[student.urn].small
    fewest = np.unique(room.smallest_groups(small=small)[short]).tolist()
    needed = f"{fewest[0]}" if len(fewest) == 1 else f"{fewest[0]} to {fewest[-1]}"
    where = f"at {_slot_named(room, int(short[0]))}" if len(short) == 1 else f"in any of {len(short):,} visits"
    none = f"A group needs at least {needed} students of the school, and none could be formed {where}."
    return " ".join([f"{_passing(len(short) + len(rest))}.", none, *_rest(rest)])


def apart_detail(bars: Bars, parted: int, groups_parted: NDArray[np.bool_], forbidden: int) -> str:
    """How many slots with room a decision closes, without saying who else it is about."""
    sentences = [_passing(len(bars)) + "."]
    if parted:
        closed = f"{counted(parted, 'slot')} with room {'is' if parted == 1 else 'are'} closed"
        sentences.append(f"{closed} because the student is to be kept apart from another.")
    if groups_parted.any():
        closed = f"{counted(int(groups_parted.sum()), 'visit')} could not take a group of the school"
        sentences.append(f"{closed} because students who would make it up are to be kept apart.")
    if forbidden:
        closed = f"{counted(forbidden, 'more slot')} with room {'is' if forbidden == 1 else 'are'} closed"
        sentences.append(f"{closed} because a decision forbids {'it' if forbidden == 1 else 'them'} to the student.")
    return " ".join([*sentences, *_rest(bars[(bars != 0) & ~groups_parted])])


def unproven_detail(bars: Bars, blocking_level: str | None) -> str:
    """That the run stopped early, and how things stand."""
    level = f"the level `{blocking_level}` was proven" if blocking_level else "its levels were proven"
    free = int((bars == 0).sum())
    parts = [f"{free:,} {'has' if free == 1 else 'have'} room"] if free else []
    rest = bars[bars != 0]
    parts += [_counts(rest)] if len(rest) else []
    return (
        f"{_passing(len(bars))}. The run stopped before {level}: more time might place the student. As things stand, "
        f"{'; '.join(parts)}."
    )


def room_left_detail(room: Room, bars: Bars, behind: Behind | None) -> str:
    """A slot has room, but giving it would cost the policy more than it brings."""
    free = int((bars == 0).sum())
    why = _who_went_first(room, behind) if behind else "No level of the policy is better for placing the student there."
    return f"{_passing(len(bars))}, and {free:,} {'has' if free == 1 else 'have'} room. {why}"


def _deciding(round_: Round, student: Student, alone: NDArray[np.int32], opening: Opening | None) -> str:
    best = int(alone.argmax())
    count, rule = int(alone[best]), PAIR_RULES[best]
    if not count:
        return "No rule decides by itself: at least two close every slot."
    sentence = f"Were it not for {STANDS_IN_THE_WAY[rule]}, {count:,} would be open."
    if rule == "access":
        sentence += f" The student needs {in_words(student.accommodations)}."
    if rule == "travel":
        sentence += f" {_limits(round_, student)}"
        if opening and opening.tenths:
            sentence += f" The nearest of them is {kilometres(min(opening.tenths.values()))} km away."
    return sentence


def _limits(round_: Round, student: Student) -> str:
    policy = round_.policy
    own = policy.max_travel_km if student.max_travel_km is None else student.max_travel_km
    alone, group = kilometres(whole_tenths(own)), kilometres(whole_tenths(policy.group_travel_km))
    return f"The limit is {alone} km for a journey alone and {group} km for a group's."


def _passing(options: int) -> str:
    one = options == 1
    return f"{counted(options, 'slot')} {'is' if one else 'are'} open to this student"


def _rest(bars: Bars) -> tuple[str, ...]:
    """A sentence about the slots not told of so far, if there are any."""
    return (f"The rest are full: {_counts(bars)}.",) if len(bars) else ()


def _what_is_full(bars: Bars) -> str:
    none = "it has no room" if len(bars) == 1 else "none has room for one more"
    return f"{_passing(len(bars))}, but {none}: {_counts(bars)}"


def _counts(bars: Bars) -> str:
    """How many slots each resource closes, each slot under the first that does."""
    times = np.bincount(bars & -bars, minlength=int(max(FULL)) + 1)
    counts = {bar: int(times[bar]) for bar in FULL}
    return "; ".join(f"{count:,} {FULL[bar][count > 1]}" for bar, count in counts.items() if count)


def _who_went_first(room: Room, behind: Behind | None) -> str:
    if behind is None:
        level = _settling(room.round_)
        return f"Others went first under the goal `{level}`: {GOALS_IN_WORDS[level]}."
    where = _slot_named(room, behind.slot)
    return f"At the closest, {where}, others went first under the goal `{behind.goal}`: {GOALS_IN_WORDS[behind.goal]}."


def _settling(round_: Round) -> str:
    """The goal that settles how many are placed: the first of the policy's that counts students, else its first."""
    goals = [goal for level in round_.policy.levels for goal in level.goals]
    return next((goal for goal in ("reach", "guarantee", "replaced") if goal in goals), goals[0] if goals else "reach")


def _slot_named(room: Room, number: int) -> str:
    slot, experience = room.slots[number], room.experiences[number]
    employer = room.round_.employers[experience.employer_id]
    return f"{quoted(experience.title)} with {employer.name} ({when_words(slot)})"
