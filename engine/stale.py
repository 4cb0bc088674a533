"""Rows that name what is gone from the round: which of them are left out, and the note that says how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.crosschecks import known
from engine.domain import Note

if TYPE_CHECKING:
    from engine.columns import Mask, Parsed
    from engine.crosschecks import Tables

_LEFT_OUT = {
    "preferences": "Preferences that name a student, experience or employer no longer in the round: left out.",
    "history": "History rows of students who are no longer in the round: left out.",
    "travel": "Travel rows that name a student, school or experience no longer in the round: left out.",
    "decisions": "Forbid and separate decisions that name what is no longer in the round: left out.",
    "baseline": "Baseline rows whose student or slot is no longer in the round: they count as not kept.",
}


def live_rows(tables: Tables) -> tuple[dict[str, Mask], list[Note]]:
    """For each table that may name what is gone, its rows to keep; a baseline row is always kept."""
    keep: dict[str, Mask] = {}
    notes: list[Note] = []
    for name, sentence in _LEFT_OUT.items():
        if name not in tables:
            continue
        live = _LIVE[name](tables[name], tables)
        keep[name] = live | (name == "baseline")
        gone = int(np.count_nonzero(~live))
        if gone:
            notes.append(Note(f"stale_{name}", sentence, gone))
    return keep, notes


def _preferences(parsed: Parsed, tables: Tables) -> Mask:
    live = known(tables, "students", parsed, "student_id")
    for kind, table in (("experience", "experiences"), ("employer", "employers")):
        live &= (parsed.facts["kind"] != kind) | known(tables, table, parsed, "value")
    return live


def _history(parsed: Parsed, tables: Tables) -> Mask:
    return known(tables, "students", parsed, "student_id")


def _travel(parsed: Parsed, tables: Tables) -> Mask:
    origin = known(tables, "students", parsed, "origin") | known(tables, "schools", parsed, "origin")
    return origin & known(tables, "experiences", parsed, "experience_id")


def _decisions(parsed: Parsed, tables: Tables) -> Mask:
    """Pins are never stale: what they name must be there, or the round is refused."""
    kind = parsed.facts["kind"]
    live = known(tables, "students", parsed, "student_id")
    for column, table in (("slot_id", "slots"), ("experience_id", "experiences"), ("employer_id", "employers")):
        live &= (kind != "forbid") | parsed.blank(column) | known(tables, table, parsed, column)
    other = parsed.blank("other_student_id") | known(tables, "students", parsed, "other_student_id")
    live &= (kind != "separate") | other
    return np.asarray(live | (kind == "pin"), dtype=bool)


def _baseline(parsed: Parsed, tables: Tables) -> Mask:
    return known(tables, "students", parsed, "student_id") & known(tables, "slots", parsed, "slot_id")


_LIVE = {
    "preferences": _preferences,
    "history": _history,
    "travel": _travel,
    "decisions": _decisions,
    "baseline": _baseline,
}
