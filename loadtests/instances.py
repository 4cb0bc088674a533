"""The instances of the comparison: a real round with every rule, and plain ones that are a flow and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.domain import Point
from engine.loading import load_round
from engine.options import build_options
from loadtests.peers.instance import Instance
from loadtests.peers.whole_model import ROUND
from scenarios import write_scenario
from scenarios.draws import Draws
from scenarios.generate import generate
from scenarios.registry import scenarios
from scenarios.tables import SETTINGS, Tables, write_tables

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Round
    from engine.options import Options

KINDS = {
    "real": "`pilot` with every rule: groups, in-school and online slots, limits, up to three experiences each",
    "reach": "plain: one place each, individual slots, no shared limits; one level, `reach`",
    "preference": "the same; two levels, `reach` and then `preference`",
}
LEVELS = {"reach": ("reach",), "preference": ("reach", "preference")}
STUDENTS_A_SQUARE_KM = 2.5
"""Plain rounds are as crowded at every size: homes and sites are drawn anew in a square that grows with the round."""
CENTRE = Point(52.5, -1.5)
KM_A_DEGREE = 111.2
NARROWER = 0.609
"""A degree of longitude beside one of latitude, there."""


def make(kind: str, students: int, folder: Path) -> dict[str, Any]:
    """Write the round into ``folder`` and what peers read beside it; what it measures."""
    place = folder / ROUND
    if kind == "real":
        write_scenario("pilot", place, students=students)
    else:
        place.mkdir(parents=True)
        write_tables(_plain(students), place)
        with (place / SETTINGS).open("a", encoding="utf-8") as settings:
            for name in LEVELS[kind]:
                settings.write(f'\n[[policy.level]]\nname = "{name}"\ngoals = {{ {name} = 1 }}\n')
    round_ = load_round(place)
    options = build_options(round_)
    instance = _instance(round_, options)
    instance.save(folder)
    return {
        "students": len(round_.students),
        "slots": len(round_.slots),
        "places": int(instance.places.sum()),
        "pairs": len(options.slot),
        "seed": round_.seed,
    }


def _plain(students: int) -> Tables:
    """The pilot's students and individual slots, less every limit that students share but a slot's places."""
    scenario = scenarios()["pilot"]
    assert scenario.shape is not None
    tables = generate(scenario, scenario.shape, students, scenario.seed, None)
    side = (students / STUDENTS_A_SQUARE_KM) ** 0.5 / KM_A_DEGREE
    draws = Draws(scenario.seed, "plain")

    def somewhere() -> Point:
        north, east = draws.unit() - 0.5, draws.unit() - 0.5
        return Point(round(CENTRE.latitude + side * north, 5), round(CENTRE.longitude + side * east / NARROWER, 5))

    offered = [each for each in tables.experiences if each.grouping == "individual" and each.in_person]
    ids = {each.experience_id for each in offered}
    return replace(
        tables,
        shape=replace(scenario.shape, max_experiences=1),
        schools=[replace(s, max_out_per_half_day=None, coach_seats_per_half_day=None) for s in tables.schools],
        students=[replace(s, support=False, max_experiences=None, home=somewhere()) for s in tables.students],
        employers=[replace(e, max_students=None, max_students_per_half_day=None) for e in tables.employers],
        experiences=[replace(e, site=somewhere()) for e in offered],
        slots=[replace(s, reserved=0, support_places=0) for s in tables.slots if s.experience_id in ids and not s.urn],
        preferences=[p for p in tables.preferences if p.kind != "experience" or p.value in ids],
        history=(), barriers=(), travel=(), decisions=(),
    )  # fmt: skip


def _instance(round_: Round, options: Options) -> Instance:
    """The arrays of the instance; who comes when is drawn from the ids, so that it is the same every time."""
    students = [round_.students[s] for s in options.students]
    slots = [round_.slots[j] for j in options.slots]
    employers = [round_.experiences[slot.experience_id].employer_id for slot in slots]
    numbers = {employer: number for number, employer in enumerate(sorted(set(employers)))}
    usual = round_.policy.max_experiences
    return Instance(
        student_ids=np.array(options.students),
        slot_ids=np.array(options.slots),
        first=options.first,
        slot=options.slot.astype(np.int64),
        points=options.detail(np.arange(len(options.slot))).points.astype(np.int64),
        most_slots=np.array([usual if s.max_experiences is None else s.max_experiences for s in students]),
        arrives=np.array([int(hashlib.sha256(s.encode()).hexdigest()[:15], 16) for s in options.students]),
        places=np.array([s.groups * s.group_max if s.group_max else s.capacity for s in slots], dtype=np.int64),
        employer=np.array([numbers[e] for e in employers], dtype=np.int64),
        begins=np.array([s.occupies[0] if s.occupies else 0 for s in slots], dtype=np.int64),
        ends=np.array([s.occupies[-1] if s.occupies else 0 for s in slots], dtype=np.int64),
        wishes_count=np.array(any("preference" in level.goals for level in round_.policy.levels)),
    )
