"""What each student adds to the goals alone: by holding the rows they hold, or by holding one slot more.

``equity`` and ``reserve`` are not here, for they also ask who else is placed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from engine.domain import TIERS
from engine.goals import triangle
from engine.progress import Progress, progress_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
TICKETS = 1000


@dataclass(frozen=True)
class Standing:
    """The goals of their own that the students of an allocation's ``rows``, and those without a slot, add to."""

    options: Options
    room: Room
    rows: tuple[Given, ...]

    def worth(self, student_id: str, slots: Numbers, pairs: Numbers) -> Numbers:
        """What a student without a slot would add in each of ``slots`` (``pairs`` in the options): int64[goals, n]."""
        progress = self.progress[student_id]
        detail = self.options.detail(pairs)
        counts, points = self.counts[slots], detail.points.astype(np.int64)
        gained = np.array([triangle(progress.deficit) - triangle(left) for left in range(progress.deficit + 1)])
        left = np.maximum(0, progress.deficit - self.half_days[slots])
        known = [self._sector_number[sector] for sector in progress.sectors if sector in self._sector_number]
        worth = np.empty((len(OWN_GOALS), len(slots)), dtype=np.int64)
        worth[0] = counts & progress.priority
        worth[1] = 1
        worth[2] = np.where(counts, gained[left], 0)
        worth[3] = points
        worth[4] = ~np.isin(self.sectors[slots], known)
        worth[5] = self.tiers[slots] > _tier_number(progress.top_tier)
        worth[6] = (detail.tenths.astype(np.int64) + 5) // 10
        worth[7] = points * ticket(self.room.round_.seed, student_id)
        worth[8] = -np.isin(slots, self._told_slots.get(student_id, ())).astype(np.int64)
        worth[9] = student_id in self._told
        return worth

    @cached_property
    def losses(self) -> Numbers:
        """What giving up each row would take away: int64[goals, rows + 1], the last column nothing."""
        held: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            held[row.student.student_id].append(number)
        losses = np.zeros((len(OWN_GOALS), len(self.rows) + 1), dtype=np.int64)
        for student_id, numbers in held.items():
            whole = self._bundle(student_id, [self.rows[n] for n in numbers])
            for number in numbers:
                losses[:, number] = whole
                if len(numbers) > 1:
                    losses[:, number] -= self._bundle(student_id, [self.rows[n] for n in numbers if n != number])
        return losses

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
        return np.array([self._sector_number[e.sector.casefold()] for e in self.room.experiences], dtype=np.int64)

    @cached_property
    def tiers(self) -> Numbers:
        """The tier of each slot, as a number."""
        return np.array([_tier_number(experience.tier) for experience in self.room.experiences], dtype=np.int64)

    @cached_property
    def _sector_number(self) -> Mapping[str, int]:
        sectors = sorted({experience.sector.casefold() for experience in self.room.experiences})
        return {sector: number for number, sector in enumerate(sectors)}

    def _bundle(self, student_id: str, rows: Sequence[Given]) -> Numbers:
        """What a student's rows together add, in the order of ``OWN_GOALS``."""
        progress = self.progress[student_id]
        counting = [row for row in rows if row.experience.counts]
        left = max(0, progress.deficit - sum(row.slot.half_days for row in counting))
        points = sum(row.points for row in rows)
        worth = [
            int(progress.priority and bool(counting)),
            int(bool(rows)),
            triangle(progress.deficit) - triangle(left),
            points,
            len({row.experience.sector.casefold() for row in rows} - progress.sectors),
            int(any(row.experience.tier > progress.top_tier for row in rows)),
            sum(((row.tenths or 0) + 5) // 10 for row in rows),
            points * ticket(self.room.round_.seed, student_id),
            -sum((student_id, row.slot.slot_id) in self._notified for row in rows),
            int(bool(rows) and student_id in self._told),
        ]
        return np.array(worth, dtype=np.int64)

    @cached_property
    def _notified(self) -> frozenset[tuple[str, str]]:
        return frozenset((row.student_id, row.slot_id) for row in self.room.round_.baseline if row.notified)

    @cached_property
    def _told_slots(self) -> Mapping[str, list[int]]:
        """The numbers of the slots that each student was told of."""
        number = {slot_id: n for n, slot_id in enumerate(self.options.slots)}
        slots: dict[str, list[int]] = defaultdict(list)
        for student_id, slot_id in sorted(self._notified):
            if slot_id in number:
                slots[student_id].append(number[slot_id])
        return slots

    @cached_property
    def _told(self) -> frozenset[str]:
        return frozenset(row.student_id for row in self.room.round_.baseline)


def ticket(seed: str, student_id: str) -> int:
    """The student's ticket in the published lottery, 1 to 1000."""
    return 1 + int.from_bytes(sha256(f"{seed}|{student_id}".encode()).digest()[:4], "big") % TICKETS


def _tier_number(tier: str) -> int:
    return TIERS.index(tier) + 1 if tier else 0
