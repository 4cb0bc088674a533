"""What one cell cannot show: keys, references, and the fields of a slot or decision that must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.faults import Fault
from engine.sentences import missing_column_message, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.columns import Cells, Mask, Parsed

    Tables = Mapping[str, Parsed]

_SLOT_NEEDS = {"individual": ("capacity",), "group": ("groups", "group_min", "group_max")}
_TARGETS = ("slot_id", "experience_id", "employer_id")


def cross_faults(tables: Tables) -> list[Fault]:
    """Every fault of keys, references and fields that disagree; a table that is missing is not blamed twice."""
    faults = [fault for parsed in tables.values() for fault in _duplicates(parsed)]
    faults += [fault for parsed in tables.values() for fault in _references(parsed, tables)]
    if "slots" in tables:
        faults += _slot_faults(tables)
    if "decisions" in tables:
        faults += _decision_faults(tables["decisions"], tables)
    return faults


def known(tables: Tables, table: str, parsed: Parsed, column: str) -> Mask:
    """Where the column names a key of ``table``; everywhere, if that table is not there to tell.

    A key that cannot be read still counts as there: its own row is charged, not those that refer to it.
    """
    there = tables.get(table)
    if there is None or there.table.key[0] not in there.headings:
        return np.ones(len(parsed.rows), dtype=bool)
    keys = {*there.facts[there.table.key[0]], *there.text[there.table.key[0]]} - {""}
    return _each(name in keys for name in parsed.facts[column])


def _each(answers: object) -> Mask:
    return np.fromiter(answers, dtype=bool)  # type: ignore[call-overload,no-any-return]


def _duplicates(parsed: Parsed) -> list[Fault]:
    """Rows whose whole key an earlier row has; the message says which."""
    key = parsed.table.key
    if not key or not set(key) <= set(parsed.headings):
        return []
    whole = np.flatnonzero(np.logical_and.reduce([parsed.good(column) for column in key]))
    names = list(zip(*(parsed.facts[column][whole] for column in key), strict=True))
    if len(set(names)) == len(names):
        return []
    first: dict[tuple[object, ...], int] = {}
    return [
        _duplicate(parsed, int(i), int(parsed.rows[earlier]))
        for i, name in zip(whole, names, strict=True)
        for earlier in (first.setdefault(name, int(i)),)
        if earlier != i
    ]


def _duplicate(parsed: Parsed, i: int, earlier: int) -> Fault:
    key = parsed.table.key
    shown = " and ".join(f"“{shortened(parsed.text[column][i])}”" for column in key)
    message = f"{shown} is already in row {earlier}; {' and '.join(key)} may stand in one row only."
    return parsed.fault(i, key[-1], "duplicate_key", message)


def _references(parsed: Parsed, tables: Tables) -> list[Fault]:
    faults: list[Fault] = []
    for column in parsed.table.columns:
        if column.refers and column.name in parsed.headings:
            gone = parsed.good(column.name) & ~known(tables, column.refers, parsed, column.name)
            faults += parsed.faults_where(gone, column.name, "unknown_reference")
    return faults


def _slot_faults(tables: Tables) -> list[Fault]:
    """What a slot needs depends on whether its experience is for individuals or groups."""
    slots = tables["slots"]
    grouping = _looked_up(tables, "experiences", "grouping", slots.facts["experience_id"])
    faults: list[Fault] = []
    for kind, columns in _SLOT_NEEDS.items():
        concerned = _each(name == kind for name in grouping)
        for column in columns:
            if column in slots.headings:
                faults += slots.faults_where(concerned & slots.blank(column), column, "missing_value")
            elif concerned.any():
                message = missing_column_message(
                    slots.table.column(column), f", which slots of {kind} experiences need"
                )
                faults.append(Fault("slots", slots.header_row, column, "", "missing_column", message))
    both = slots.good("group_min") & slots.good("group_max") & _each(name != "individual" for name in grouping)
    above = both.copy()
    above[both] = slots.facts["group_min"][both] > slots.facts["group_max"][both]
    message = "The group minimum is above the group maximum; group_min must not be above group_max."
    return faults + slots.faults_where(above, "group_min", "contradiction", message)


def _decision_faults(decisions: Parsed, tables: Tables) -> list[Fault]:
    pin, forbid, separate = (
        _each(kind == name for kind in decisions.facts["kind"]) for name in ("pin", "forbid", "separate")
    )
    given = np.zeros(len(pin), dtype=int)
    faults: list[Fault] = []
    several = "A forbid takes one of slot_id, experience_id and employer_id; write a row for each that is meant."
    for column in _TARGETS:
        one_more = forbid & ~decisions.blank(column)
        faults += decisions.faults_where(one_more & (given == 1), column, "contradiction", several)
        given += one_more
    lacking = decisions.blank("slot_id") & (pin | (forbid & (given == 0)))
    faults += decisions.faults_where(lacking, "slot_id", "missing_value")
    faults += decisions.faults_where(
        separate & decisions.blank("other_student_id"), "other_student_id", "missing_value"
    )
    same = decisions.facts["student_id"] == decisions.facts["other_student_id"]
    themselves = "A student cannot be separated from themselves; name the other student."
    faults += decisions.faults_where(
        separate & decisions.good("student_id") & same, "other_student_id", "contradiction", themselves
    )
    return faults + _pin_faults(decisions, pin, tables)


def _pin_faults(decisions: Parsed, pin: Mask, tables: Tables) -> list[Fault]:
    """A pin must name a student and a slot that are there; a forbid or separate may name what is gone."""
    faults: list[Fault] = []
    for column, table in (("student_id", "students"), ("slot_id", "slots")):
        gone = pin & decisions.good(column) & ~known(tables, table, decisions, column)
        faults += decisions.faults_where(gone, column, "unknown_reference")
    experience = _looked_up(tables, "slots", "experience_id", decisions.facts["slot_id"])
    employer = _looked_up(tables, "experiences", "employer_id", experience)
    message = "The pinned slot is of another one; leave this cell blank, or name the slot that is meant."
    for column, meant in (("experience_id", experience), ("employer_id", employer)):
        other = _each(
            bool(name and real and name != real) for name, real in zip(decisions.facts[column], meant, strict=True)
        )
        faults += decisions.faults_where(pin & other, column, "contradiction", message)
    return faults


def _looked_up(tables: Tables, table: str, column: str, names: Cells | list[str]) -> list[str]:
    """For every key of ``table`` in ``names``, what its first row says in ``column``; nothing where there is none.

    Later rows of the same key are duplicates and are charged as such: nobody else is measured by them.
    """
    there = tables.get(table)
    if there is None:
        return [""] * len(names)
    keys, facts = there.facts[there.table.key[0]], there.facts[column]
    found = dict(zip(reversed(keys), reversed(facts), strict=True))
    return [found.get(name) or "" for name in names]
