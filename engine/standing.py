"""What each student adds to the goals alone: by holding the rows they hold, or by holding one slot more.

``equity`` and ``reserve`` are not here, for they also ask who else is placed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.domain import TIERS
from engine.giving_up import losses
from engine.newcomer import Newcomer
from engine.progress import Progress, progress_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.given import Given
    from engine.options import Options
    from engine.room import Room

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

OWN_GOALS: tuple[str, ...] = (
    "guarantee",
    "reach",
    "need",
    "preference",
    "breadth",
    "progression",
    "travel",
    "lottery",
    "stability",
    "replaced",
)


@dataclass(frozen=True)
class Standing:
    """The goals of their own that the students of an allocation's ``rows``, and those without a slot, add to."""

    options: Options
    room: Room
    rows: tuple[Given, ...]

    def worth(self, student_id: str, slots: Numbers, pairs: Numbers) -> Numbers:
        """What a student without a slot would add in each of ``slots`` (``pairs`` in the options): int64[goals, n]."""
        newcomer = Newcomer(self, student_id, slots, pairs)
        return np.stack([newcomer.adds(goal) for goal in OWN_GOALS])

    @cached_property
    def losses(self) -> Numbers:
        """What giving up each row would take away: int64[goals, rows + 1], the last column nothing."""
        found = losses(self, self.rows)
        columns = np.zeros((len(OWN_GOALS), len(self.rows) + 1), dtype=np.int64)
        for number, goal in enumerate(OWN_GOALS):
            columns[number, :-1] = found[goal]
        return columns

    @cached_property
    def progress(self) -> Mapping[str, Progress]:
        """Where every student stands before the round."""
        return progress_of(self.room.round_)

    @cached_property
    def counts(self) -> Flags:
        """Whether each slot counts: bool[slots]."""
        return np.array([experience.counts for experience in self.room.experiences], dtype=np.bool_)

    @cached_property
    def half_days(self) -> Numbers:
        """The half-days of each slot."""
        return np.array([slot.half_days for slot in self.room.slots], dtype=np.int64)

    @cached_property
    def sectors(self) -> Numbers:
        """The number of each slot's sector."""
        return np.array([self.sector_number[e.sector.casefold()] for e in self.room.experiences], dtype=np.int64)

    @cached_property
    def tiers(self) -> Numbers:
        """The tier of each slot, as a number."""
        return np.array([self.tier_number(experience.tier) for experience in self.room.experiences], dtype=np.int64)

    @cached_property
    def sector_number(self) -> Mapping[str, int]:
        """A number for every sector on offer, by its name in lower case."""
        sectors = sorted({experience.sector.casefold() for experience in self.room.experiences})
        return {sector: number for number, sector in enumerate(sectors)}

    @cached_property
    def notified(self) -> frozenset[tuple[str, str]]:
        """The students and slots, by id, of what families were told."""
        return frozenset((row.student_id, row.slot_id) for row in self.room.round_.baseline if row.notified)

    @cached_property
    def told_slots(self) -> Mapping[str, list[int]]:
        """The numbers of the slots that each student was told of."""
        number = self.slot_number
        slots: dict[str, list[int]] = defaultdict(list)
        for student_id, slot_id in sorted(self.notified):
            if slot_id in number:
                slots[student_id].append(number[slot_id])
        return slots

    @cached_property
    def told(self) -> frozenset[str]:
        """The students of the published allocation."""
        return frozenset(row.student_id for row in self.room.round_.baseline)

    @cached_property
    def slot_number(self) -> Mapping[str, int]:
        """The number of every slot, by id."""
        return {slot_id: n for n, slot_id in enumerate(self.options.slots)}

    @staticmethod
    def tier_number(tier: str) -> int:
        """A tier as a number; 0 for none."""
        return TIERS.index(tier) + 1 if tier else 0
