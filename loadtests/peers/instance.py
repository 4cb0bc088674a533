"""The instance as any peer can read it: who may go where, how much it is liked, how many places there are."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "instance.npz"


@dataclass(frozen=True)
class Instance:
    """Eligible pairs, compressed by student, and places; every rule about one student and one slot is in the pairs.

    Arrays: ``first`` (students + 1), ``slot`` and ``points`` over the pairs; ``most_slots`` and ``arrives`` (the order
    in which students come) over the students; over the slots ``places`` (of a group slot: groups times its largest
    group), ``employer``, and ``begins`` and ``ends``, half-days that the slot touches first and last.
    """

    student_ids: Any
    slot_ids: Any
    first: Any
    slot: Any
    points: Any
    most_slots: Any
    arrives: Any
    places: Any
    employer: Any
    begins: Any
    ends: Any
    wishes_count: Any
    """Whether the policy has a level for what students like, or only for how many have a place."""

    @property
    def student(self) -> Any:
        """The student of every pair."""
        return np.repeat(np.arange(len(self.student_ids)), np.diff(self.first))

    def wishes(self, student: int) -> list[tuple[int, int]]:
        """A student's (points, slot), what is liked most first."""
        own = slice(self.first[student], self.first[student + 1])
        order = np.argsort(-self.points[own], kind="stable")
        return list(zip(self.points[own][order].tolist(), self.slot[own][order].tolist(), strict=True))

    def together(self, one: int, other: int) -> bool:
        """Whether one student can have both slots: not at the same time, not of one employer."""
        apart = self.ends[one] < self.begins[other] or self.ends[other] < self.begins[one]
        return bool(apart and self.employer[one] != self.employer[other])

    @property
    def coming(self) -> Iterator[int]:
        """The students in the order in which they come."""
        return iter(np.argsort(self.arrives, kind="stable").tolist())

    def save(self, folder: Path) -> None:
        """Write it to the folder."""
        np.savez(folder / FILE, **{each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def load(cls, folder: Path) -> Instance:
        """Read it from the folder."""
        with np.load(folder / FILE) as held:
            return cls(**{each.name: held[each.name] for each in fields(cls)})


@dataclass(frozen=True)
class Found:
    """What a peer found: (student id, slot id) rows, and what it proves of each level, best first, if anything.

    ``stopped``: whether it gave what it had when its time was up.
    """

    rows: list[tuple[str, str]]
    bounds: dict[str, int] = field(default_factory=dict)
    stopped: bool = False

    @classmethod
    def of(cls, instance: Instance, pairs: Any) -> Found:
        """The pairs at these positions as rows."""
        students, slots = instance.student_ids[instance.student[pairs]], instance.slot_ids[instance.slot[pairs]]
        return cls(list(zip(students.tolist(), slots.tolist(), strict=True)))
