"""Foothold itself: from the eligible pairs to the allocation, with every level's bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loadtests.peers.instance import Found
from loadtests.peers.whole_model import ALMOST, Ground, load
from solver.allocate import allocate
from solver.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.outcome import Progress

__all__ = ["STOPS_ITSELF", "load", "solve"]
STOPS_ITSELF = True


def solve(ground: Ground, limit: float, listener: Callable[[Progress], None] | None = None) -> Found:
    """What Foothold allocates."""
    outcome = allocate(ground.round_, ground.options, Limits(time_limit=ALMOST * limit), listener)
    given = () if outcome.allocation is None else outcome.allocation.assignments
    return Found(
        [(row.student_id, row.slot_id) for row in given],
        {level.level.name: level.bound for level in outcome.levels},
        stopped=outcome.stopped == "time",
    )
