"""A stable matching by ``matching``: students as residents, slots as hospitals that take whoever came first."""

from __future__ import annotations

import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

from matching.games import HospitalResident

from loadtests.peers.instance import Found, Instance

load = Instance.load
STACK = 1 << 29
DEEPEST = 1_000_000


def solve(instance: Instance, _limit: float) -> Found:
    """The matching, with a stack as deep as ``matching`` asks for when it copies more than some hundred players."""
    sys.setrecursionlimit(DEEPEST)
    threading.stack_size(STACK)
    with ThreadPoolExecutor(1) as deep:
        return deep.submit(_matched, instance).result()


def _matched(instance: Instance) -> Found:
    """One slot each, best for the students; ties in their wishes are broken by the order of the slots."""
    wishes = {s: [slot for _, slot in instance.wishes(s)] for s in range(len(instance.student_ids))}
    wanted: dict[int, list[int]] = {}
    for student in instance.coming:
        for slot in wishes[student]:
            if instance.places[slot] > 0:
                wanted.setdefault(slot, []).append(student)
    residents = {
        f"S{s}": [f"P{slot}" for slot in ranked if slot in wanted]
        for s, ranked in wishes.items()
        if instance.most_slots[s] > 0 and any(slot in wanted for slot in ranked)
    }
    hospitals = {f"P{slot}": [f"S{s}" for s in ranked if f"S{s}" in residents] for slot, ranked in wanted.items()}
    hospitals = {name: ranked for name, ranked in hospitals.items() if ranked}
    places = {name: int(instance.places[int(name[1:])]) for name in hospitals}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matched = HospitalResident.create_from_dictionaries(residents, hospitals, places).solve()
    return Found(
        [
            (str(instance.student_ids[int(resident.name[1:])]), str(instance.slot_ids[int(hospital.name[1:])]))
            for hospital, members in matched.items()
            for resident in members
        ]
    )
