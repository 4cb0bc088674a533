"""What one cell cannot show: keys, references and fields of a row that must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.columns import Mask, Parsed

    Tables = Mapping[str, Parsed]

_SLOT_NEEDS = {"individual": ("capacity",), "group": ("groups", "group_min", "group_max")}


def cross_faults(tables: Tables) -> list[Fault]:
    """Every fault of keys, references and fields that disagree; a table that is missing is not blamed twice."""
    faults = [fault for parsed in tables.values() for fault in _duplicates(parsed)]
    faults += [fault for parsed in tables.values() for fault in _references(parsed, tables)]
    if "slots" in tables:
        faults += _slot_faults(tables)
    if "decisions" in tables:
        faults += _decision_faults(tables["decisions"], tables)
    return faults


def known(tables: Tables, table: str, parsed: Parsed, column: str) -> Mask | None:
    """Where the column names a key of ``table``; ``None`` if that table cannot tell."""
    there = tables.get(table)
    if there is None or there.table.key[0] not in there.headings:
        return None
    keys = there.values[there.table.key[0]]
    return np.asarray(pd.Index(parsed.values[column], dtype=object).isin(keys[keys != ""]), dtype=bool)


def _duplicates(parsed: Parsed) -> list[Fault]:
    key = parsed.table.key
    if not key or not set(key) <= set(parsed.headings):
        return []
    whole = np.logical_and.reduce([parsed.good(column) for column in key])
    frame = pd.DataFrame({column: pd.Series(parsed.values[column], dtype=object) for column in key})
    again = np.zeros(len(parsed.rows), dtype=bool)
    again[whole] = frame[whole].duplicated().to_numpy()
    return parsed.faults_where(again, key[-1], "duplicate_key")


def _references(parsed: Parsed, tables: Tables) -> list[Fault]:
    faults: list[Fault] = []
    for column in parsed.table.columns:
        if column.refers and column.name in parsed.headings:
            there = known(tables, column.refers, parsed, column.name)
            if there is not None:
                faults += parsed.faults_where(parsed.good(column.name) & ~there, column.name, "unknown_reference")
    return faults


def _slot_faults(tables: Tables) -> list[Fault]:
    """What a slot needs depends on whether its experience is for individuals or groups."""
    slots = tables["slots"]
    grouping = _grouping_of(slots, tables)
    faults: list[Fault] = []
    for kind, columns in _SLOT_NEEDS.items():
        concerned = np.asarray(grouping == kind, dtype=bool)
        for column in columns:
            if column in slots.headings:
                faults += slots.faults_where(concerned & slots.blank(column), column, "missing_value")
            elif concerned.any():
                accepts = slots.table.column(column).accepts
                message = f"There is no column {column}, which slots of {kind} experiences need; it takes {accepts}."
                faults.append(Fault("slots", 1, column, "", "missing_column", message))
    both = slots.good("group_min") & slots.good("group_max") & (grouping != "individual")
    low, high = slots.values["group_min"], slots.values["group_max"]
    above = np.array([bool(ok and a > b) for ok, a, b in zip(both, low, high, strict=True)], dtype=bool)
    return faults + slots.contradictions(above, "group_min", "The group minimum is above the group maximum.")


def _grouping_of(slots: Parsed, tables: Tables) -> pd.Series[str]:
    """``individual``, ``group`` or nothing, for every slot."""
    experiences = tables.get("experiences")
    if experiences is None:
        return pd.Series([""] * len(slots.rows), dtype=object)
    kinds = dict(zip(experiences.values["experience_id"], experiences.values["grouping"], strict=True))
    return pd.Series([kinds.get(name) or "" for name in slots.values["experience_id"]], dtype=object)


def _decision_faults(decisions: Parsed, tables: Tables) -> list[Fault]:
    kind = decisions.values["kind"]
    pin, forbid, separate = (np.asarray(kind == name, dtype=bool) for name in ("pin", "forbid", "separate"))
    targets = [decisions.good(column) for column in ("slot_id", "experience_id", "employer_id")]
    given = np.sum(targets, axis=0)
    faults = decisions.faults_where(pin & decisions.blank("slot_id"), "slot_id", "missing_value")
    faults += decisions.faults_where(forbid & (given == 0), "slot_id", "missing_value")
    faults += decisions.faults_where(
        separate & decisions.blank("other_student_id"), "other_student_id", "missing_value"
    )
    faults += decisions.contradictions(
        forbid & (given > 1),
        "slot_id",
        "A forbid takes one of slot_id, experience_id and employer_id; write a row for each that is meant.",
    )
    themselves = np.asarray(decisions.values["student_id"] == decisions.values["other_student_id"], dtype=bool)
    faults += decisions.contradictions(
        separate & themselves & decisions.good("student_id"),
        "other_student_id",
        "A student cannot be separated from themselves; name the other student.",
    )
    return faults + _pin_references(decisions, pin, tables)


def _pin_references(decisions: Parsed, pin: Mask, tables: Tables) -> list[Fault]:
    """A pin must name a student and a slot that are there; a forbid or separate may name what is gone."""
    faults: list[Fault] = []
    for column, table in (("student_id", "students"), ("slot_id", "slots")):
        there = known(tables, table, decisions, column)
        if there is not None:
            faults += decisions.faults_where(pin & decisions.good(column) & ~there, column, "unknown_reference")
    return faults
