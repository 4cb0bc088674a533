"""Make of an edited allocation the folder that people and programs read, with what the edit costs.

No solver is asked: the audit measures every level again, and the bounds are the run's own, as far as they still hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from time import perf_counter
from typing import TYPE_CHECKING, Any

from api.errors import AuditBreachedError, RefusedError
from api.service.allocating import peak_mb
from api.service.certificate import given_counts
from api.service.published import BY_HAND, published_allocation, published_certificate, published_round
from api.service.rerunning import beside
from engine.audit import audit
from engine.by_hand import ByHand, by_hand_csv
from engine.certified import first_unproven, is_settled
from engine.folders import write_whole
from engine.options import build_options
from engine.publication import CERTIFICATE, publication_files, read_schools
from solver.outcome import gap, scale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from engine.audit import Audit
    from engine.domain import Round
    from engine.policy import Level


@dataclass(frozen=True, slots=True)
class Folders:
    """The round, the folder of the run that was edited, the one with the edited rows, and the one to write."""

    source: Path
    before: Path
    edited: Path
    out: Path


def override_run(folders: Folders, said: Mapping[str, Any], *, stage: Callable[[str], None]) -> tuple[Round, Audit]:
    """Write the edited allocation with its certificate, report, rosters and lists; ``said`` is of whom, by whom, why.

    Raises ``AuditBreachedError`` with every breach, and writes nothing then.
    """
    began = perf_counter()
    stage("Reading the round")
    certificate = published_certificate(folders.before)
    if certificate is None:
        raise RefusedError(f"there is no {CERTIFICATE} beside the allocation that was edited")
    round_ = published_round(folders.source, folders.before, certificate)
    settled = is_settled(round_.policy, first_unproven(round_.policy, certificate))
    edit = ByHand(published_allocation(folders.before), published_allocation(folders.edited), settled)
    stage("Auditing, without the solver")
    found = audit(round_, edit.after)
    if found.breaches:
        raise AuditBreachedError(found.breaches)
    stage("Writing, with a reason for everyone left out")
    files, claims = _rerun_again(round_, edit, folders)
    overridden = {**overridden_certificate(round_, certificate, edit, found, said), **claims}
    overridden |= {"wall_seconds": round(perf_counter() - began, 3), "peak_mb": peak_mb()}
    made = publication_files(round_, build_options(round_), edit.after, overridden, found, edit)
    write_whole(folders.out, {**files, BY_HAND: by_hand_csv(edit), **made})
    return round_, found


def overridden_certificate(
    round_: Round, certificate: Mapping[str, Any], edit: ByHand, found: Audit, said: Mapping[str, Any]
) -> dict[str, Any]:
    """The run's certificate with every level measured on the edited allocation.

    A level's bound was proven for allocations that keep every earlier level at the value where the run fixed it; where
    the edit falls below one of those values, the bounds of later levels say nothing of it any more and are left out.
    ``cost`` is what the edit takes off the level's value; ``run`` is what the run had there.
    """
    measured = {level.name: level.value for level in found.levels}
    ranked = {level.name: level for level in round_.policy.levels}
    levels, holds, optimal = list[dict[str, Any]](), True, True
    for claim in certificate["levels"]:
        level, value = ranked[claim["name"]], measured[claim["name"]]
        levels.append(_level(claim, level, value, found, holds=holds))
        met = holds and claim["bound"] is not None and value >= floor(claim["bound"])
        optimal &= met or not level.proof
        holds &= value >= level.floor_of(claim["best"])
    override = {"rows_added": len(edit.added), "rows_removed": len(edit.removed), "settled": edit.settled, **said}
    proven = optimal and certificate["status"] == "optimal"
    return {
        **certificate,
        "status": "optimal" if proven else "feasible",
        "levels": levels,
        "counts": {**certificate["counts"], **given_counts(round_, edit.after)},
        "override": override,
    }


def _level(claim: Mapping[str, Any], level: Level, value: int, found: Audit, *, holds: bool) -> dict[str, Any]:
    bound = claim["bound"] if holds else None
    return {
        **claim,
        "goals": {name: found.goals[name] for name in claim["goals"]},
        "value": value,
        "best": value,
        "bound": bound,
        "price_bound": claim.get("price_bound") if holds else None,
        "gap": None if bound is None else gap(bound, value, scale(level, found.goals)),
        "cost": claim["value"] - value,
        "run": {name: claim[name] for name in ("value", "best", "bound")},
    }


def _rerun_again(round_: Round, edit: ByHand, folders: Folders) -> tuple[Mapping[str, bytes], Mapping[str, Any]]:
    """What an edited re-run changes of what was published before it; nothing for any other run."""
    if round_.rerun_from is None:
        return {}, {}
    return beside(round_, edit.after, {**read_schools(folders.edited), **read_schools(folders.before)})
