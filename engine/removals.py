"""What the pair rules leave to a cohort of students, and how many slots each rule removes, alone or with others.

Rules that ask about experiences are looked at once for all slots of an experience; only students with a calendar or
a forbid of their own have every slot looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.pair_rules import PAIR_MASKS
from engine.rules import PAIR_RULES

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from engine.cohorts import Cohort
    from engine.ground import Ground
    from engine.pair_rules import Over

    Bits = NDArray[np.uint8]
    Flags = NDArray[np.bool_]
    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]
    Slots = NDArray[np.unsignedinteger]

RULES_OVER: dict[Over, tuple[str, ...]] = {
    over: tuple(code for code in PAIR_RULES if PAIR_MASKS[code].over == over) for over in ("experience", "slot")
}
"""The pair rules by what they ask about; a rule's place here is its bit."""


@dataclass(frozen=True, eq=False)
class Left:
    """What a cohort is left with: each member's slots (``counts`` of each, ascending, one after another) and losses.

    ``removed`` and ``removed_alone`` are int32[members, pair rules], as in the options.
    """

    counts: Numbers
    slots: Slots
    removed: Integers
    removed_alone: Integers


def left_to(cohort: Cohort, rules: Collection[str]) -> Left:
    """What ``rules`` leave to ``cohort``."""
    broken = _by_experience(cohort, rules)
    by_slot = _by_slot(cohort, rules)
    if len(by_slot) == 1:
        return _slots_alike(cohort, broken, by_slot[0])
    return _slot_by_slot(cohort, broken.each, by_slot)


def narrowest(count: int) -> type[np.unsignedinteger]:
    """The smallest type of at least two bytes that holds the numbers below ``count``."""
    return np.uint16 if count <= 1 << 16 else np.uint32


@dataclass(frozen=True, eq=False)
class _Broken:
    """The rules that experiences break, a bit for each: ``shared`` by all members alike, ``each`` by each in all.

    uint8[experiences] and uint8[members, experiences]; ``alike`` holds the bits of the rules that are in ``shared``,
    and ``some``, uint8[members], those of the others that a member breaks somewhere.
    """

    alike: int
    shared: Bits
    each: Bits
    some: Bits


def _by_experience(cohort: Cohort, rules: Collection[str]) -> _Broken:
    """The rules about experiences that ``cohort`` breaks."""
    alike = 0
    shared = np.zeros(len(cohort.ground.experiences), dtype=np.uint8)
    others = []
    for bit, code in enumerate(RULES_OVER["experience"]):
        removes = PAIR_MASKS[code].removes(cohort) if code in rules else np.zeros((1, 1), dtype=np.bool_)
        if len(removes) == 1:
            alike |= 1 << bit
            shared |= removes[0] * np.uint8(1 << bit)
        else:
            others.append((np.uint8(1 << bit), removes))
    each = np.repeat(shared[None], len(cohort.members), axis=0)
    some = np.zeros(len(each), dtype=np.uint8)
    for rule, removes in others:
        rows = np.flatnonzero(removes.any(axis=1))
        some[rows] |= rule
        if len(rows) == len(each):
            each |= removes * rule
        elif len(rows):
            each[rows] |= removes[rows] * rule
    return _Broken(alike, shared, each, some)


def _by_slot(cohort: Cohort, rules: Collection[str]) -> Bits:
    """The rules about slots that each slot breaks, a bit for each: uint8[1, slots] where members are alike."""
    broken = np.zeros((1, len(cohort.ground.slots)), dtype=np.uint8)
    for bit, code in enumerate(RULES_OVER["slot"]):
        if code in rules:
            broken = broken | PAIR_MASKS[code].removes(cohort) * np.uint8(1 << bit)
    return broken


def _slots_alike(cohort: Cohort, broken: _Broken, by_slot: Bits) -> Left:
    """The answer where every member sees the same slots closed by the rules about slots."""
    ground, each = cohort.ground, broken.each
    removed = np.zeros((len(each), len(PAIR_RULES)), dtype=np.int32)
    alone = np.zeros_like(removed)
    every, whole = _slots_of(ground), _slots_of(ground, by_slot == 0)
    columns = np.flatnonzero(broken.shared == 0)
    unshared = np.take(each, columns, axis=1)
    for bit, code in enumerate(RULES_OVER["experience"]):
        rule, place = np.uint8(1 << bit), PAIR_RULES.index(code)
        if broken.alike & rule:
            removed[:, place] = every[(broken.shared & rule) != 0].sum()
            # Where all members break something else too, nothing is lost to this rule alone.
            only = np.flatnonzero((broken.shared == rule) & (whole > 0))
            alone[:, place] = _weighed(np.take(each, only, axis=1) == rule, whole[only])
        else:
            rows = np.flatnonzero(broken.some & rule)
            removed[rows, place] = _weighed((each[rows] & rule) != 0, every)
            alone[rows, place] = _weighed(unshared[rows] == rule, whole[columns])
    open_ = unshared == 0
    for bit, code in enumerate(RULES_OVER["slot"]):
        rule, place = np.uint8(1 << bit), PAIR_RULES.index(code)
        removed[:, place] = np.count_nonzero(by_slot & rule)
        lost = _slots_of(ground, by_slot == rule)[columns]
        alone[:, place] = _weighed(open_[:, lost > 0], lost[lost > 0])
    column_of = np.full(len(ground.experiences), -1)
    column_of[columns] = np.where(open_.any(axis=0), np.arange(len(columns)), -1)
    slots = np.flatnonzero((by_slot == 0) & (column_of[ground.experience_of] >= 0))
    return _left(np.take(open_, column_of[ground.experience_of[slots]], axis=1), slots, removed, alone, ground)


def _slot_by_slot(cohort: Cohort, each: Bits, by_slot: Bits) -> Left:
    """The answer where members differ in what is closed to them by date or name: every pair looked at."""
    ground = cohort.ground
    codes = (*RULES_OVER["experience"], *RULES_OVER["slot"])
    shift = np.uint16(len(RULES_OVER["experience"]))
    broken = np.take(each, ground.experience_of, axis=1) | (by_slot.astype(np.uint16) << shift)
    removed = np.zeros((len(broken), len(PAIR_RULES)), dtype=np.int32)
    alone = np.zeros_like(removed)
    for bit, code in enumerate(codes):
        removed[:, PAIR_RULES.index(code)] = np.count_nonzero(broken & np.uint16(1 << bit), axis=1)
        alone[:, PAIR_RULES.index(code)] = np.count_nonzero(broken == 1 << bit, axis=1)
    return _left(broken == 0, np.arange(len(ground.slots)), removed, alone, ground)


def _left(open_: Flags, slots: Numbers, removed: Integers, alone: Integers, ground: Ground) -> Left:
    """``open_`` is bool[members, slots given]: which of ``slots`` are open to each member."""
    numbers = np.tile(slots.astype(narrowest(len(ground.slots))), len(open_))
    return Left(np.count_nonzero(open_, axis=1), numbers[np.flatnonzero(open_)], removed, alone)


def _slots_of(ground: Ground, chosen: Flags | None = None) -> Numbers:
    """How many slots, or ``chosen`` ones, every experience has: int64[experiences]."""
    experience_of = ground.experience_of if chosen is None else ground.experience_of[chosen]
    return np.bincount(experience_of, minlength=len(ground.experiences))


def _weighed(flags: Flags, slots: Numbers) -> Integers:
    """For each row the slots of the columns that are true: int32[rows]."""
    # A round has fewer slots than the 2^24 up to which float32 counts exactly.
    found: Integers = np.einsum("ij,j->i", flags.astype(np.float32), slots.astype(np.float32)).astype(np.int32)
    return found
