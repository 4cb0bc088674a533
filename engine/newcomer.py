"""What one student without a slot would add to the goals in some slots, goal by goal, when it is asked for.

Journeys and points take the longest to work out, and most exchanges are decided by goals that do not ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.goals import triangle
from engine.lottery_tickets import ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from engine.progress import Progress
    from engine.standing import Standing

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Newcomer:
    """A student without a slot, and ``slots`` that the student might have (``pairs`` in the options)."""

    standing: Standing
    student_id: str
    slots: Numbers
    pairs: Numbers

    def adds(self, goal: str) -> Numbers:
        """What the student would add to ``goal``, one of ``OWN_GOALS``, in each slot."""
        return np.broadcast_to(np.asarray(ADDS[goal](self), dtype=np.int64), self.slots.shape)

    def at(self, some: Numbers) -> Newcomer:
        """The same student and some of the slots, by position."""
        return Newcomer(self.standing, self.student_id, self.slots[some], self.pairs[some])

    @property
    def progress(self) -> Progress:
        """Where the student stands before the round."""
        return self.standing.progress[self.student_id]

    @cached_property
    def points(self) -> Numbers:
        """The preference points of the pairs."""
        return self.standing.options.points(self.pairs).astype(np.int64)


def _guarantee(new: Newcomer) -> Flags:
    return new.standing.counts[new.slots] & new.progress.priority


def _need(new: Newcomer) -> Numbers:
    deficit = new.progress.deficit
    gained = np.array([triangle(deficit) - triangle(left) for left in range(deficit + 1)])
    left = np.maximum(0, deficit - new.standing.half_days[new.slots])
    return np.where(new.standing.counts[new.slots], gained[left], 0)


def _preference(new: Newcomer) -> Numbers:
    return new.points


def _breadth(new: Newcomer) -> Flags:
    numbers = new.standing.sector_number
    known = [numbers[sector] for sector in new.progress.sectors if sector in numbers]
    return ~np.isin(new.standing.sectors[new.slots], known)


def _progression(new: Newcomer) -> Flags:
    return new.standing.tiers[new.slots] > new.standing.tier_number(new.progress.top_tier)


def _travel(new: Newcomer) -> Numbers:
    return (new.standing.options.tenths(new.pairs).astype(np.int64) + 5) // 10


def _lottery(new: Newcomer) -> Numbers:
    return _preference(new) * ticket(new.standing.room.round_.seed, new.student_id)


def _stability(new: Newcomer) -> Numbers:
    return -np.isin(new.slots, new.standing.told_slots.get(new.student_id, ())).astype(np.int64)


ADDS: Mapping[str, Callable[[Newcomer], Numbers | Flags | int]] = {
    "guarantee": _guarantee,
    "reach": lambda _new: 1,
    "need": _need,
    "preference": _preference,
    "breadth": _breadth,
    "progression": _progression,
    "travel": _travel,
    "lottery": _lottery,
    "stability": _stability,
    "replaced": lambda new: new.student_id in new.standing.told,
}
"""One for each of ``OWN_GOALS``."""
