"""The rows that every shared, bundle and decision rule adds to the tests' own integer program, rule by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from independent_facts import kept_apart, needs_support, smallest_group

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from independent_facts import Facts
    from independent_program import Program

Pairs = dict[tuple[str, str], int]


def _capacity(facts: Facts, program: Program, pairs: Pairs) -> None:
    alone = [p for p in pairs if facts.experience(p[1]).grouping == "individual"]
    for slot_id, members in _gather(alone, lambda p: [p[1]]).items():
        _at_most(facts, program, pairs, members, facts.round_.slots[slot_id].capacity)


def _employer_day(facts: Facts, program: Program, pairs: Pairs) -> None:
    limited = [p for p in _in_person(facts, pairs) if facts.employer(p[1]).max_students_per_half_day is not None]
    for (employer_id, _), members in _gather(
        limited,
        lambda p: [(facts.employer(p[1]).employer_id, half) for half in facts.halves[p[1]]],
    ).items():
        _at_most(facts, program, pairs, members, facts.round_.employers[employer_id].max_students_per_half_day)


def _employer_total(facts: Facts, program: Program, pairs: Pairs) -> None:
    for employer_id, members in _gather(pairs, lambda p: [facts.employer(p[1]).employer_id]).items():
        _at_most(facts, program, pairs, members, facts.round_.employers[employer_id].max_students)


def _support(facts: Facts, program: Program, pairs: Pairs) -> None:
    needing = [p for p in pairs if needs_support(facts, *p)]
    for slot_id, members in _gather(needing, lambda p: [p[1]]).items():
        _at_most(facts, program, pairs, members, facts.round_.slots[slot_id].support_places)


def _one_school(facts: Facts, program: Program, pairs: Pairs) -> None:
    inside = [p for p in pairs if facts.experience(p[1]).delivery == "in_school"]
    schools: dict[str, dict[int, float]] = defaultdict(dict)
    for (slot_id, _), members in _gather(inside, lambda p: [(p[1], _school(facts, p))]).items():
        this_school = program.binary()
        schools[slot_id][this_school] = 1
        for member in members:
            program.row({pairs[member]: 1, this_school: -1}, at_most=0)
    for slot_id, terms in schools.items():
        begun = {facts.round_.students[a].urn for a, b in facts.frozen if b == slot_id}
        program.row(terms, at_most=max(1, len(begun)))


def _group(facts: Facts, program: Program, pairs: Pairs) -> None:
    together = [p for p in pairs if facts.experience(p[1]).grouping == "group"]
    groups: dict[str, dict[int, float]] = defaultdict(dict)
    for (slot_id, urn), members in _gather(together, lambda p: [(p[1], _school(facts, p))]).items():
        slot = facts.round_.slots[slot_id]
        formed = program.whole(0, max(slot.groups, _begun_groups(facts, slot_id)))
        groups[slot_id][formed] = 1
        attending = dict.fromkeys((pairs[member] for member in members), 1.0)
        if not facts.frozen.issuperset(members):
            program.row(attending | {formed: -smallest_group(facts, urn, slot_id)}, at_least=0)
        program.row(attending | {formed: -slot.group_max}, at_most=0)
        for column in attending:
            program.row({column: 1, formed: -1}, at_most=0)
    for slot_id, terms in groups.items():
        program.row(terms, at_most=max(facts.round_.slots[slot_id].groups, _begun_groups(facts, slot_id)))


def _begun_groups(facts: Facts, slot_id: str) -> int:
    """How many groups the frozen rows of a slot make."""
    sizes = Counter(facts.round_.students[a].urn for a, b in facts.frozen if b == slot_id)
    return sum(-(-size // facts.round_.slots[slot_id].group_max) for size in sizes.values())


def _clash(facts: Facts, program: Program, pairs: Pairs) -> None:
    for members in _gather(pairs, lambda p: [(p[0], half) for half in facts.halves[p[1]]]).values():
        _at_most(facts, program, pairs, members, 1)
    out = _in_person(facts, pairs)
    for members in _gather(out, lambda p: [(p[0], day) for day in {day for day, _ in facts.halves[p[1]]}]).values():
        _at_most(facts, program, pairs, members, 1)


def _school_out(facts: Facts, program: Program, pairs: Pairs) -> None:
    for (urn, _), members in _gather(
        _in_person(facts, pairs),
        lambda p: [(_school(facts, p), half) for half in facts.halves[p[1]]],
    ).items():
        _at_most(facts, program, pairs, members, facts.round_.schools[urn].max_out_per_half_day)


def _coach(facts: Facts, program: Program, pairs: Pairs) -> None:
    riding = [p for p in _in_person(facts, pairs) if facts.experience(p[1]).grouping == "group"]
    for (urn, _), members in _gather(
        riding,
        lambda p: [(_school(facts, p), half) for half in facts.halves[p[1]]],
    ).items():
        _at_most(facts, program, pairs, members, facts.round_.schools[urn].coach_seats_per_half_day)


def _repeat(facts: Facts, program: Program, pairs: Pairs) -> None:
    for members in _gather(pairs, lambda p: [(p[0], facts.employer(p[1]).employer_id)]).values():
        fixed = sum(member in facts.fixed for member in members)
        _at_most(facts, program, pairs, members, max(1, fixed))


def _limit(facts: Facts, program: Program, pairs: Pairs) -> None:
    policy = facts.round_.policy
    for student_id, members in _gather(pairs, lambda p: [p[0]]).items():
        own = facts.round_.students[student_id].max_experiences
        slots = policy.max_experiences if own is None else own
        for counted, limit in (
            (dict.fromkeys(members, 1), slots),
            ({p: facts.round_.slots[p[1]].half_days for p in members}, policy.max_half_days),
            ({p: 1 for p in members if facts.experience(p[1]).delivery == "virtual"}, policy.max_virtual),
        ):
            fixed = sum(count for p, count in counted.items() if p in facts.fixed)
            program.row({pairs[p]: count for p, count in counted.items()}, at_most=max(limit, fixed))


def _separate(facts: Facts, program: Program, pairs: Pairs) -> None:
    for a, b in kept_apart(facts):
        for p in [p for p in pairs if p[0] == a]:
            for q in [q for q in pairs if q[0] == b]:
                if not facts.frozen >= {p, q} and (p[1] == q[1] or _meet(facts, p[1], q[1])):
                    program.row({pairs[p]: 1, pairs[q]: 1}, at_most=1)


def _meet(facts: Facts, one: str, other: str) -> bool:
    same_employer = facts.employer(one).employer_id == facts.employer(other).employer_id
    both_out = facts.experience(one).delivery == facts.experience(other).delivery == "in_person"
    return same_employer and both_out and bool(set(facts.halves[one]) & set(facts.halves[other]))


ROWS: dict[str, Callable[[Facts, Program, Pairs], None]] = {
    "capacity": _capacity,
    "employer_day": _employer_day,
    "employer_total": _employer_total,
    "support": _support,
    "one_school": _one_school,
    "group": _group,
    "clash": _clash,
    "school_out": _school_out,
    "coach": _coach,
    "repeat": _repeat,
    "limit": _limit,
    "separate": _separate,
}


def _at_most(facts: Facts, program: Program, pairs: Pairs, members: list[tuple[str, str]], limit: int | None) -> None:
    """At most ``limit`` of the members, which becomes what the frozen ones use where they alone pass it."""
    if limit is not None:
        frozen = sum(member in facts.frozen for member in members)
        program.row(dict.fromkeys((pairs[member] for member in members), 1), at_most=max(limit, frozen))


def _gather(
    pairs: Iterable[tuple[str, str]],
    keys: Callable[[tuple[str, str]], Iterable[Hashable]],
) -> dict[Hashable, list[tuple[str, str]]]:
    gathered: dict[Hashable, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        for key in keys(pair):
            gathered[key].append(pair)
    return gathered


def _in_person(facts: Facts, pairs: Pairs) -> list[tuple[str, str]]:
    return [pair for pair in pairs if facts.experience(pair[1]).delivery == "in_person"]


def _school(facts: Facts, pair: tuple[str, str]) -> str:
    return facts.round_.students[pair[0]].urn
