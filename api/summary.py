"""What a finished allocation tells people in a few lines: how many, how well, how surely, and where the report is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.progress import figure, percentage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console import Screen
    from api.service.allocating import Allocated

STOPPED = {
    "proven": "every level proven",
    "budget": "ended at the work budget; the gaps say how much better it could at most be",
    "time": "cut by the time limit; the gaps say how much better it could at most be",
    "cancelled": "stopped on request; this is the best allocation found by then",
}


def say_summary(screen: Screen, allocated: Allocated) -> None:
    """Say what was allocated and where it is."""
    certificate = allocated.certificate
    counts = certificate["counts"]
    share = f" ({100 * counts['placed'] / counts['students']:.1f}%)" if counts["students"] else ""
    screen.say(
        f"{counts['placed']:,} of {counts['students']:,} students placed{share}, "
        f"{counts['assignments']:,} assignments over {counts['slots']:,} slots",
        style="bold",
    )
    _levels(screen, certificate["levels"])
    screen.say(f"Status: {certificate['status']} ({STOPPED[certificate['stopped']]})")
    screen.say(f"Audit: clean; {len(allocated.audit.overrides)} overrides by pins")
    screen.say(f"Time: {certificate['wall_seconds']:.1f} s, memory: {certificate['peak_mb']:,} MB")
    screen.say(f"Report: {allocated.report}", style="bold")


def _levels(screen: Screen, levels: list[Mapping[str, Any]]) -> None:
    rows = [
        (
            level["name"],
            figure(level["value"]),
            figure(level["bound"]),
            percentage(level["gap"]),
            level["proof"] or "",
            f"{level['seconds']:.1f} s",
        )
        for level in levels
    ]
    screen.table("", ("level", ">value", ">bound", ">gap", "proof", ">time"), rows)
