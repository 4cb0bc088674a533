"""The registry of goals: each goal's name, sense, and the sentence that people read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal; ``sense`` is +1 to maximise, -1 to minimise; ``rerun`` goals need a published baseline."""

    name: str
    sense: int
    sentence: str
    rerun: bool = False


GOALS: tuple[Goal, ...] = (
    Goal("guarantee", 1, "Priority students with at least one counting slot."),
    Goal("reach", 1, "Students with at least one slot."),
    Goal("need", 1, "Half-days given to the students furthest behind their target, the first ones weighing most."),
    Goal(
        "equity",
        -1,
        "How far the students placed fall short of the share of each equity group among those who could be.",
    ),
    Goal("preference", 1, "Points for giving students what they asked for."),
    Goal("breadth", 1, "Sectors that are new to the student."),
    Goal("progression", 1, "Students given a tier higher than any they have done in this key stage."),
    Goal("reserve", 1, "Reserved places taken by priority students."),
    Goal("travel", -1, "Whole kilometres that students travel."),
    Goal("lottery", 1, "The published lottery: each student's ticket times the points of what the student is given."),
    Goal("stability", -1, "Notified rows of the published allocation that are not kept.", rerun=True),
    Goal("replaced", 1, "Students of the published allocation who still have a slot.", rerun=True),
)
GOAL_NAMES: tuple[str, ...] = tuple(goal.name for goal in GOALS)


def key_stage(year_group: int) -> str:
    """The key stage of a year group: ``ks3`` (Years 7 to 9), ``ks4`` (10 and 11) or ``post16`` (12 and 13)."""
    if year_group <= 9:  # noqa: PLR2004
        return "ks3"
    return "ks4" if year_group <= 11 else "post16"  # noqa: PLR2004


def triangle(n: int) -> int:
    """``T(n) = n(n+1)/2``: what ``n`` missing half-days weigh."""
    return n * (n + 1) // 2
