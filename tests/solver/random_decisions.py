"""The decisions of a random round: forbids, separations, and pins that bend rules, break them or fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from independent import feasible
from independent_facts import BREAKABLE_BY_PIN, Facts

from engine.domain import Decision

if TYPE_CHECKING:
    from random import Random

    from engine.domain import Round


def decisions(rng: Random, round_: Round) -> tuple[Decision, ...]:
    """Random decisions on this round, no two of them the same."""
    rows: list[Decision] = []
    if rng.random() < 0.35:
        rows += [_forbid(rng, round_) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        rows += [_separate(rng, round_) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.45:
        rows += _pins(rng, round_)
    if rng.random() < 0.8:
        _drop_until_honoured(rows, round_)
    return tuple(dict.fromkeys(rows))


def _drop_until_honoured(rows: list[Decision], round_: Round) -> None:
    """Take pins away until the rest can be honoured: most coordinators pin what is possible."""
    while rows and rows[-1].kind == "pin" and not feasible(replace(round_, decisions=tuple(dict.fromkeys(rows)))):
        rows.pop()


def _forbid(rng: Random, round_: Round) -> Decision:
    slot = round_.slots[rng.choice(list(round_.slots))]
    named = rng.choice(["slot_id", "experience_id", "employer_id"])
    value = {
        "slot_id": slot.slot_id,
        "experience_id": slot.experience_id,
        "employer_id": round_.experiences[slot.experience_id].employer_id,
    }[named]
    return Decision(
        "forbid", rng.choice(list(round_.students)), reason="asked by the family", by="hub", **{named: value}
    )


def _separate(rng: Random, round_: Round) -> Decision:
    one = rng.choice(list(round_.students))
    others = [a for a in round_.students if a != one]
    mates = [a for a in others if round_.students[a].urn == round_.students[one].urn]
    one, other = sorted([one, rng.choice(mates if mates and rng.random() < 0.7 else others)])
    return Decision("separate", one, other_student_id=other, reason="agreed with the school", by="hub")


def _pins(rng: Random, round_: Round) -> list[Decision]:
    """One to three pins, mostly on few students and on pairs that break nothing a pin may not break."""
    facts = Facts(round_)
    pairs = [(a, b) for a in round_.students for b in round_.slots]
    bending, fitting = [], []
    for a, b in rng.sample(pairs, min(len(pairs), 120)):
        broken = facts.broken(round_.students[a], round_.slots[b])
        if broken <= BREAKABLE_BY_PIN:
            (bending if broken else fitting).append((a, b))
    chosen = [rng.choice(pairs)] if rng.random() < 0.08 else []
    chosen += rng.sample(bending, min(len(bending), rng.choice([0, 1, 1])))
    chosen += rng.sample(fitting, min(len(fitting), rng.choice([0, 1, 2])))
    again = [pair for pair in fitting if chosen and pair[0] == chosen[0][0]]
    if again and rng.random() < 0.4:
        chosen.append(rng.choice(again))
    return [Decision("pin", a, slot_id=b, reason="promised", by="hub") for a, b in chosen]
