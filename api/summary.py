"""What a finished allocation tells people in a few lines: how many, how well, how surely, and where the report is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.progress import figure, percentage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.console import Screen
    from api.service.allocating import Allocated
    from api.service.rerunning import Rerun

MOST_SENTENCES = 20
"""Changes that are said in full; all of them are in changes.csv."""
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


def say_changes(screen: Screen, rerun: Rerun) -> None:
    """Say what a re-run changed: how many rows, and of those not kept each in a sentence."""
    told = rerun.allocated.certificate["rerun"]
    counts = told["changes"]
    screen.say(
        f"Of {told['published']:,} published rows {counts['kept']:,} kept ({told['frozen']:,} frozen, begun before "
        f"{told['from']}), {counts['moved']:,} moved, {counts['lost']:,} lost; {counts['gained']:,} rows gained",
        style="bold",
    )
    sentences = [change.sentence for change in rerun.changes if change.kind != "kept"]
    for sentence in sentences[:MOST_SENTENCES]:
        screen.say(f"  {sentence}")
    if len(sentences) > MOST_SENTENCES:
        screen.say(f"  ... and {len(sentences) - MOST_SENTENCES:,} more: see {rerun.allocated.out}/changes.csv")


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
