"""Checks a round without allocating it: every fault, and a note with a count for everything that rules will exclude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.intake import take_in
from engine.outlook import outlook_notes

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Note, Round
    from engine.faults import Fault


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What ``foothold check`` found; ``round_`` is there exactly when there are no faults."""

    faults: list[Fault]
    notes: list[Note]
    counts: dict[str, int]
    round_: Round | None


def check_round(path: str | Path) -> CheckReport:
    """Faults, notes and the number of rows by table of the round at ``path``; never raises for bad input."""
    intake = take_in(path)
    notes = list(intake.notes)
    if intake.round_ is not None:
        notes += outlook_notes(intake.round_)
    return CheckReport(intake.faults, notes, intake.counts, intake.round_)
