"""The certificate: what the solver claims beside what the audit measured, in the shape of ``certificate.json``."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any

from solver.outcome import gap, scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.allocation import Allocation
    from engine.audit import Audit
    from engine.domain import Round
    from engine.options import Options
    from engine.policy import Policy
    from solver.outcome import LevelResult, Outcome

PARTS = ("ortools", "numpy", "scipy", "numba", "pandas", "pyproj", "geopy")
"""The libraries whose version can change an answer."""


def make_certificate(round_: Round, options: Options, outcome: Outcome, audit: Audit) -> dict[str, Any]:
    """Everything the certificate says but the run's time and memory, which are its only unrepeatable figures."""
    measured = {level.name: level.value for level in audit.levels}
    return {
        "status": outcome.status,
        "stopped": outcome.stopped,
        "levels": [_level_claim(result, measured[result.level.name], audit.goals) for result in outcome.levels],
        "counts": {**_offered(round_, options), **given_counts(round_, outcome.allocation)},
        "seed": round_.seed,
        "input_sha256": round_.input_sha256,
        "policy": policy_document(round_.policy),
        "versions": versions(),
    }


def _level_claim(result: LevelResult, value: int, goals: Mapping[str, int]) -> dict[str, Any]:
    level = result.level
    if not value == result.value <= result.bound:
        raise AssertionError(
            f"level {level.name}: the audit measures {value}, the solver {result.value} of at most {result.bound}"
        )
    return {
        "name": level.name,
        "goals": {name: goals[name] for name in level.goals},
        "value": value,
        "best": result.best,
        "bound": result.bound,
        "price_bound": result.price_bound,
        "gap": gap(result.bound, value, scale(level, goals)),
        "proof": result.proof,
        "seconds": round(result.seconds, 3),
    }


def given_counts(round_: Round, allocation: Allocation | None) -> dict[str, int]:
    """How many assignments there are, and how many students have one and have none."""
    rows = allocation.assignments if allocation else ()
    placed = len({row.student_id for row in rows})
    return {"assignments": len(rows), "placed": placed, "unplaced": len(round_.students) - placed}


def _offered(round_: Round, options: Options) -> dict[str, int]:
    return {
        "schools": len(round_.schools),
        "students": len(round_.students),
        "available": sum(student.available for student in round_.students.values()),
        "employers": len(round_.employers),
        "experiences": len(round_.experiences),
        "slots": len(round_.slots),
        "pairs": len(options.slot),
    }


def policy_document(policy: Policy) -> dict[str, Any]:
    """The policy as it was applied, defaults included."""
    return {
        "max_experiences": policy.max_experiences,
        "max_half_days": policy.max_half_days,
        "max_virtual": policy.max_virtual,
        "max_travel_km": policy.max_travel_km,
        "group_travel_km": policy.group_travel_km,
        "employer_travel_km": policy.employer_travel_km,
        "small_school_group_min": policy.small_school_group_min,
        "target_half_days": dict(policy.target_half_days),
        "priority": list(policy.priority),
        "disadvantage": policy.disadvantage,
        "experience_points": list(policy.experience_points),
        "employer_points": list(policy.employer_points),
        "sector_points": list(policy.sector_points),
        "equity_groups": list(policy.equity_groups),
        "level": [
            {"name": level.name, "goals": dict(level.goals), "tolerance": float(level.tolerance), "proof": level.proof}
            for level in policy.levels
        ],
    }


def versions() -> dict[str, str]:
    """Which versions made the answer."""
    return {
        "foothold": metadata.version("foothold"),
        "python": platform.python_version(),
        **{part: metadata.version(part) for part in PARTS},
    }
