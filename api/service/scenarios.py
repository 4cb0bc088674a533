"""Write a named scenario and, beside it, figures.json: what the round measures and which limits bind in an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

from api.errors import RefusedError
from engine.loading import load_round
from engine.options import build_options
from scenarios import ScenarioError, scenarios, write_scenario
from scenarios.figures import FIGURES, binding_limits, proven_share, round_figures
from solver.allocate import allocate
from solver.limits import Clock, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Round
    from engine.options import Options

PATIENCE = 30.0
"""Seconds for the answer in which limits are counted, where none is on record for the round."""

PATIENT_PAIRS = 50_000_000
"""Rounds of more eligible pairs have no answer in that time: they are solved only where it is asked for."""

Solve = Literal["always", "unless recorded", "never"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scenario, of what size, from which seed and on which ground."""

    name: str
    folder: Path
    students: int | None = None
    seed: int | None = None
    geography: Path | None = None


def write_named(wanted: Wanted, *, solve: Solve = "unless recorded", stop: Event | None = None) -> dict[str, Any]:
    """Write the scenario and its figures, and return the figures.

    ``limits_that_bind`` needs an answer: the recorded one of this very round, else one solved for here; it is
    ``None`` with ``solve="never"``, where no answer was found, and with ``solve="unless recorded"`` for a round so
    large that none would be.
    """
    try:
        write_scenario(
            wanted.name, wanted.folder, students=wanted.students, seed=wanted.seed, geography=wanted.geography
        )
    except ScenarioError as refused:
        raise RefusedError(str(refused)) from refused
    round_ = load_round(wanted.folder)
    options = build_options(round_)
    figures = round_figures(round_, options)
    figures["limits_that_bind"] = _binding(wanted.name, round_, options, solve, stop or Event())
    (wanted.folder / FIGURES).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8", newline="\n")
    return figures


def _binding(name: str, round_: Round, options: Options, solve: Solve, stop: Event) -> dict[str, Any] | None:
    recorded = _recorded(name, round_.input_sha256)
    if solve == "unless recorded" and recorded is not None:
        return {"share": recorded, "answer": "recorded"}
    if solve == "never" or (solve == "unless recorded" and len(options.slot) > PATIENT_PAIRS):
        return None
    outcome = allocate(round_, options, clock=Clock(Limits(PATIENCE), cancelled=stop))
    if outcome.allocation is None:
        return None
    return {**binding_limits(round_, outcome.allocation), "answer": outcome.status}


def _recorded(name: str, input_sha256: str) -> float | None:
    """The share that was measured before in the answer to this very round."""
    runs = [run for run in scenarios()[name].proven.values() if run.get("input_sha256") == input_sha256]
    return next((share for run in runs if (share := proven_share(run)) is not None), None)
