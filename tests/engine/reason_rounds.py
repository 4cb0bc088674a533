"""The reasons of three-line rounds: the students of a round without a row, and a change of theirs put to the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.allocation import Allocation
from engine.audit import audit
from engine.domain import Decision
from engine.options import build_options
from engine.reasons import Unplaced, unplaced_reasons

if TYPE_CHECKING:
    from engine.domain import Round


def reasons(round_: Round, *pairs: str, proven: bool = True, blocking_level: str | None = None) -> dict[str, Unplaced]:
    """The reason of every student without a row; rows are written ``"s1 t1"`` and keep every rule."""
    allocation = allocation_of(*pairs)
    breaches = audit(round_, allocation).breaches
    assert not breaches, breaches
    options = build_options(round_)
    found = unplaced_reasons(round_, options, allocation, proven=proven, blocking_level=blocking_level)
    return {each.student_id: each for each in found}


def allocation_of(*pairs: str) -> Allocation:
    return Allocation.of((pair.split()[0], pair.split()[1]) for pair in pairs)


def could_be_given(round_: Round, student_id: str, *pairs: str) -> set[str]:
    """The slots in which the audit would let the student be, with the other rows as they are."""
    return {
        slot_id
        for slot_id in round_.slots
        if not audit(round_, allocation_of(*pairs, f"{student_id} {slot_id}")).breaches
    }


def forbid(student_id: str = "s1", **what: str) -> Decision:
    return Decision("forbid", student_id, reason="a reason", by="R. Jones", **what)
