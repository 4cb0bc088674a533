"""What each reason code is called where codes mean nothing: in reports, on lists, at parents' evenings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REASON_WORDS: Mapping[str, tuple[str, str]] = {
    "not_available": ("Not available", "Marked as not available, or with a limit of 0 experiences."),
    "no_option_year": (
        "Nothing for the year group",
        "What is on offer is for other year groups, or for older students.",
    ),
    "no_option_access": (
        "No place with the adjustments needed",
        "No place offers every adjustment that the student needs.",
    ),
    "no_option_travel": ("Nothing within the travel limit", "Everything else that would suit lies too far away."),
    "no_option_dates": (
        "Nothing at the right time",
        "The student or the school is not free, or an employer's checks end too soon.",
    ),
    "no_option_other": ("Nothing left to choose from", "Other rules, or several together, close everything on offer."),
    "decision": ("A recorded decision", "There is room, but a decision on record keeps the student from it."),
    "group_short": ("No group could be formed", "Visits are for groups, and the school could not form one."),
    "full": ("Every place is taken", "Others came first under the published goals or the lottery."),
    "unproven": ("The run stopped early", "More time for the calculation might place the student."),
}
"""For every reason code a short name and one sentence."""
