"""Takes in what a folder or workbook offers: a round, or every fault that stands in its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.building import build_round
from engine.canonical import input_sha256
from engine.collector import collector_paused
from engine.columns import read_table
from engine.crosschecks import cross_faults
from engine.faults import Fault
from engine.magnitudes import weight_faults
from engine.places import find_places
from engine.rawtables import SETTINGS, find_tables
from engine.roundfile import read_settings
from engine.stale import live_rows
from engine.tables import TABLE_NAMES, TABLES

if TYPE_CHECKING:
    from engine.columns import Cells, Parsed
    from engine.domain import Note, Round
    from engine.rawtables import Found


@dataclass(frozen=True, slots=True)
class Intake:
    """The round, or ``None`` and the faults; notes and the number of rows by table either way."""

    round_: Round | None
    faults: list[Fault]
    notes: list[Note]
    counts: dict[str, int]


def take_in(path: str | Path, *, seed_text: str | None = None, whole_history: bool = False) -> Intake:
    """Read, check and build the round at ``path``; bad input never raises.

    ``whole_history`` keeps the history of students who are no longer in the round.
    """
    with collector_paused():
        return _take_in(path, seed_text, whole_history=whole_history)


def _take_in(path: str | Path, seed_text: str | None, *, whole_history: bool) -> Intake:
    found = find_tables(Path(path))
    settings, faults, notes = (
        (None, [], []) if SETTINGS in found.broken else read_settings(found.toml, found.settings_rows)
    )
    tables, table_faults, table_notes = _read_tables(found)
    places, place_faults = _find_places(tables)
    faults = [*found.faults, *faults, *table_faults, *place_faults, *cross_faults(tables)]
    faults += [] if settings is None else weight_faults(settings.policy, tables)
    live, stale_notes = live_rows(tables)
    if whole_history:
        live.pop("history", None)
    notes = [*found.notes, *notes, *table_notes, *stale_notes]
    counts = {name: len(parsed.rows) for name, parsed in tables.items()}
    if faults or settings is None:
        return Intake(None, sorted(set(faults), key=_reading_order), notes, counts)
    round_ = build_round(settings, tables, places, live)
    sha = input_sha256(round_)
    seed = seed_text or round_.seed or sha
    return Intake(replace(round_, seed=seed, input_sha256=sha, notes=tuple(notes)), [], notes, counts)


def _read_tables(found: Found) -> tuple[dict[str, Parsed], list[Fault], list[Note]]:
    tables: dict[str, Parsed] = {}
    faults: list[Fault] = []
    notes: list[Note] = []
    for table in TABLES:
        rows = found.rows.pop(table.name, None)
        if rows is not None and rows.rows:
            tables[table.name], more, remarks = read_table(table, rows)
            faults += more
            notes += remarks
        elif not table.optional and table.name not in found.broken:
            message = f"There is no table {table.name}; its columns are: {', '.join(c.name for c in table.columns)}."
            faults.append(Fault(table.name, 0, "", "", "missing_table", message))
    return tables, faults, notes


def _find_places(tables: dict[str, Parsed]) -> tuple[dict[str, Cells], list[Fault]]:
    """Schools need a place, and so does every experience that is not virtual; a student's home may be blank."""
    places: dict[str, Cells] = {}
    faults: list[Fault] = []
    for name in ("schools", "students", "experiences"):
        if name not in tables:
            continue
        parsed = tables[name]
        needed = np.full(len(parsed.rows), name == "schools")
        if name == "experiences":
            needed = np.array([kind in {"in_person", "in_school"} for kind in parsed.facts["delivery"]], dtype=bool)
        places[name], more = find_places(parsed, needed)
        faults += more
    return places, faults


def _reading_order(fault: Fault) -> tuple[int, str, int, str, str]:
    position = TABLE_NAMES.index(fault.table) if fault.table in TABLE_NAMES else -1
    return position, fault.table, fault.row, fault.column, fault.code
