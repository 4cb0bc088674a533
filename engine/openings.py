"""What one rule alone closes to a student: the slots that would be open without it, and which of them have room.

Each answer comes from building the options again without that rule, never from a guess.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.distances import BEYOND
from engine.options import build_options
from engine.rules import PAIR_RULES
from engine.travel import measured_tenths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from engine.domain import Experience, Round
    from engine.options import Options
    from engine.room import Room

ANY_KM = 20_000.0
"""Farther than any two places on earth: a travel limit that is none."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The slots (by number) that only ``rule`` closes to a student, those ``with_room``, and journeys to them all.

    A slot has room if the student could be added to the allocation there with nobody moved and no other rule broken.
    ``tenths`` are as the ``travel`` rule measures them.
    """

    rule: str
    slots: tuple[int, ...]
    with_room: tuple[int, ...]
    tenths: Mapping[int, int]


def openings(
    room: Room, options: Options, apart: Mapping[str, frozenset[str]], wanted: Mapping[str, str]
) -> Mapping[str, Opening]:
    """For each student id of ``wanted``, what the rule named there alone closes; ``apart`` as from ``kept_apart``."""
    students_of: dict[str, list[str]] = defaultdict(list)
    for student_id, rule in sorted(wanted.items()):
        students_of[rule].append(student_id)
    number = {student_id: i for i, student_id in enumerate(options.students)}
    found: dict[str, Opening] = {}
    for rule, student_ids in students_of.items():
        lifted = build_options(_without_limit(room.round_, rule, student_ids), set(PAIR_RULES) - {rule})
        for row, student_id in enumerate(lifted.students):
            i = number[student_id]
            before = options.slot[options.first[i] : options.first[i + 1]]
            pairs = np.arange(lifted.first[row], lifted.first[row + 1])
            if len(before):
                pairs = pairs[~np.isin(lifted.slot[pairs], before)]
            closed = apart.get(student_id, frozenset())
            found[student_id] = _opening(room, student_id, rule, lifted, pairs=pairs, apart=closed)
    return found


def _opening(
    room: Room, student_id: str, rule: str, lifted: Options, *, pairs: NDArray[np.int64], apart: frozenset[str]
) -> Opening:
    student = room.round_.students[student_id]
    bars = room.bars(student.urn, support=student.support)
    own = zip(lifted.slot[pairs].tolist(), lifted.tenths(pairs).tolist(), strict=True)
    tenths = {slot: journey for slot, journey in own if journey != BEYOND}
    slots = list(tenths)
    for slot in slots if rule == "travel" else ():
        if not room.experiences[slot].in_person:
            tenths[slot] = _to_the_school(room, student_id, room.experiences[slot])
    slots = [slot for slot in slots if tenths[slot] != BEYOND]
    free = [slot for slot in slots if bars[slot] == 0 and room.slot_ids[slot] not in apart]
    return Opening(rule, tuple(slots), tuple(free), tenths)


def _to_the_school(room: Room, student_id: str, experience: Experience) -> int:
    """How far the employer's people would come, where the rule measures that and not the student's journey."""
    measured = measured_tenths(room.round_, room.round_.students[student_id], experience)
    return BEYOND if measured is None else measured


def _without_limit(round_: Round, rule: str, student_ids: Iterable[str]) -> Round:
    """The round for these students alone; for ``travel`` every limit is raised, so that journeys are measured."""
    students = {student_id: round_.students[student_id] for student_id in student_ids}
    if rule != "travel":
        return replace(round_, students=students)
    policy = replace(round_.policy, max_travel_km=ANY_KM, group_travel_km=ANY_KM, employer_travel_km=ANY_KM)
    students = {student_id: replace(student, max_travel_km=None) for student_id, student in students.items()}
    return replace(round_, students=students, policy=policy)
