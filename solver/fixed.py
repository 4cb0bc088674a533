"""Fixed assignments: pins and frozen rows, what they use, what they are worth and what they rule out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.goals import triangle
from engine.lottery_tickets import ticket
from engine.options import pair_tenths
from engine.preferences import worth as preference_worth
from solver.numbering import sector_key
from solver.separations import kept_apart, separated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain import Preference, Round
    from solver.arrays import Bools, Ints
    from solver.build_students import Progress
    from solver.numbering import Numbering
    from solver.problem import SlotFacts


@dataclass(frozen=True, slots=True)
class StudentUse:
    """What fixed assignments use of each student; arrays of shape (students,)."""

    slots: Ints
    half_days: Ints
    virtual: Ints
    counting_half_days: Ints
    counting: Bools
    progressed: Bools
    known_sector: Bools


@dataclass(frozen=True, slots=True)
class FixedRows:
    """Pairs (student id, slot id) that every allocation holds: ``pins``, and ``frozen`` rows of a published one."""

    pins: tuple[tuple[str, str], ...] = ()
    frozen: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, round_: Round, without: frozenset[str] = frozenset()) -> FixedRows:
        """The round's frozen rows, and its pins that are not frozen."""
        pins = {(d.student_id, d.slot_id) for d in round_.decisions if d.kind == "pin" and "pin" not in without}
        return cls(tuple(sorted(pins - round_.frozen)), tuple(sorted(round_.frozen)))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Pins and frozen rows together, each pair once."""
        return tuple(sorted({*self.pins, *self.frozen}))

    def used_by_students(self, round_: Round, numbers: Numbering, progress: Progress) -> StudentUse:
        """What the fixed pairs use of every student's limits, and what they already give."""
        count = len(numbers.student_ids)
        use = StudentUse(
            slots=np.zeros(count, dtype=np.int64),
            half_days=np.zeros(count, dtype=np.int64),
            virtual=np.zeros(count, dtype=np.int64),
            counting_half_days=np.zeros(count, dtype=np.int64),
            counting=np.zeros(count, dtype=bool),
            progressed=np.zeros(count, dtype=bool),
            known_sector=progress.known_sector.copy(),
        )
        for student_id, slot_id in self.pairs:
            s, slot = numbers.student[student_id], round_.slots[slot_id]
            experience = round_.experiences[slot.experience_id]
            use.slots[s] += 1
            use.half_days[s] += slot.half_days
            use.virtual[s] += experience.delivery == "virtual"
            use.counting_half_days[s] += slot.half_days if experience.counts else 0
            use.counting[s] |= experience.counts
            use.progressed[s] |= int(experience.tier[1:]) > progress.top_tier[s]
            use.known_sector[s, numbers.sector[sector_key(experience.sector)]] = True
        return use

    def members(self, round_: Round, numbers: Numbering) -> tuple[dict[tuple[int, int], int], ...]:
        """Fixed students by (school, slot), and the frozen ones among them."""
        counts = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
        for count, pairs in zip(counts, (self.pairs, self.frozen), strict=True):
            count.update((numbers.school[round_.students[s].urn], numbers.slot[j]) for s, j in pairs)
        return tuple(map(dict, counts))


def constants_of(
    round_: Round, numbers: Numbering, progress: Progress, slots: SlotFacts, fixed: FixedRows
) -> dict[str, int]:
    """What the fixed assignments alone are worth, by goal; ``equity`` is left to the model, which sees everyone."""
    use = fixed.used_by_students(round_, numbers, progress)
    worth = Counter[str]()
    worth["reach"] = int((use.slots > 0).sum())
    worth["guarantee"] = int((progress.priority & use.counting).sum())
    worth["progression"] = int(use.progressed.sum())
    worth["breadth"] = int(use.known_sector.sum() - progress.known_sector.sum())
    worth["need"] = sum(
        triangle(int(d)) - triangle(int(d - min(d, g)))
        for d, g in zip(progress.deficit, use.counting_half_days, strict=True)
    )
    worth["reserve"] = int(np.minimum(slots.reserved, slots.reserved_taken).sum())
    points = _points(round_, fixed.pairs)
    worth["preference"] = sum(points)
    for (student_id, slot_id), wished in zip(fixed.pairs, points, strict=True):
        worth["lottery"] += ticket(round_.seed, student_id) * wished
        worth["travel"] += ((pair_tenths(round_, student_id, slot_id) or 0) + 5) // 10
    held = set(fixed.pairs)
    worth["stability"] = sum(row.notified and row.pair not in held for row in round_.baseline)
    worth["replaced"] = len({row.student_id for row in round_.baseline} & {student_id for student_id, _ in fixed.pairs})
    return dict(worth)


@dataclass(frozen=True, slots=True)
class RuledOut:
    """What fixed assignments leave no room for, to be asked while the pairs are laid out, for a hub's are not copied.

    ``begun``, shape (slots,): nobody joins these. By student: ``own``, the student's fixed slots, and ``of_others``,
    those of the students whom the student is kept apart from.
    """

    slots: SlotFacts
    begun: Bools
    own: Mapping[int, Sequence[int]]
    of_others: Mapping[int, Sequence[int]]
    without: frozenset[str]

    @classmethod
    def of(
        cls, round_: Round, numbers: Numbering, slots: SlotFacts, fixed: FixedRows, without: frozenset[str]
    ) -> RuledOut:
        """What ``fixed`` rules out in ``round_``."""
        begun = np.array([round_.has_begun(round_.slots[slot_id]) for slot_id in numbers.slot_ids], dtype=bool)
        apart = {} if "separate" in without else separated(round_)
        own: dict[int, list[int]] = defaultdict(list)
        of_others: dict[int, list[int]] = defaultdict(list)
        for student_id, slot_id in fixed.pairs:
            j = numbers.slot[slot_id]
            own[numbers.student[student_id]].append(j)
            for other in apart.get(student_id, ()):
                of_others[numbers.student[other]].append(j)
        return cls(slots, begun, own, of_others, without)

    @property
    def students(self) -> frozenset[int]:
        """Those of whose slots any may be ruled out."""
        return frozenset(self.own) | frozenset(self.of_others)

    def among(self, student: int, others: Ints) -> Bools:
        """Which of the slots ``others`` are: the same one, its employer, its time, the separated, those begun."""
        out: Bools = self.begun[others]
        for j in self.own.get(student, ()):
            out |= conflicts(self.slots, j, others, self.without) | (others == j)
        for j in self.of_others.get(student, ()):
            out |= kept_apart(self.slots, j, others)
        return out


def conflicts(slots: SlotFacts, j: int, others: Ints, without: frozenset[str] = frozenset()) -> Bools:
    """Which of ``others`` one student cannot have together with slot ``j``."""
    clash = np.zeros(len(others), dtype=bool)
    if "clash" not in without:
        clash |= (slots.begins[others] <= slots.ends[j]) & (slots.begins[j] <= slots.ends[others])
        one_day = (slots.begins[others] // 2 <= slots.ends[j] // 2) & (slots.begins[j] // 2 <= slots.ends[others] // 2)
        clash |= one_day & slots.in_person[others] & bool(slots.in_person[j])
    if "repeat" not in without:
        clash |= slots.employer[others] == slots.employer[j]
    return clash


def _points(round_: Round, pairs: Sequence[tuple[str, str]]) -> list[int]:
    """The preference points of pairs; the preferences are gone through once for all of them."""
    rows: dict[str, list[Preference]] = {student_id: [] for student_id, _ in pairs}
    for row in round_.preferences:
        if row.student_id in rows:
            rows[row.student_id].append(row)
    experience = {slot_id: round_.experiences[round_.slots[slot_id].experience_id] for _, slot_id in pairs}
    return [preference_worth(round_.policy, rows[s], experience[j]).points for s, j in pairs]
