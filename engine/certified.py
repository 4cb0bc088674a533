"""What a certificate says, read for people and for reasons: each level's claim, and what is proven by it."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any

from engine.goals import GOALS
from engine.wording import GOALS_IN_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain import Round
    from engine.policy import Level, Policy

PROOFS: Mapping[str, str] = {
    "prices": "Prices that anyone can add up again",
    "enumeration": "Every case counted",
    "solver": "The solver\N{RIGHT SINGLE QUOTATION MARK}s word",
}
COUNTING_GOALS = frozenset({"guarantee", "reach", "replaced"})
"""The goals that count students: the levels up to the last of them settle how many are placed."""


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One level as the report shows it; ``counts`` is false for a level that is no part of the proof."""

    name: str
    goal_names: tuple[str, ...]
    meaning: tuple[str, ...]
    value: int
    bound: int | None
    gap: str
    proof: str
    proven: bool
    counts: bool


def level_lines(round_: Round, certificate: Mapping[str, Any]) -> tuple[LevelLine, ...]:
    """The levels of the certificate in order."""
    ranked = {level.name: level for level in round_.policy.levels}
    return tuple(_line(claim, ranked.get(claim["name"])) for claim in certificate.get("levels", ()))


def first_unproven(policy: Policy, certificate: Mapping[str, Any]) -> str | None:
    """The first level, of those that take part in the proof, that does not meet its bound; ``None`` if all do."""
    if certificate.get("status") == "optimal":
        return None
    claims = {claim["name"]: claim for claim in certificate.get("levels", ())}
    ranked = [level for level in policy.levels if level.proof]
    return next((level.name for level in ranked if not _meets(claims.get(level.name))), None)


def is_settled(policy: Policy, blocking_level: str | None) -> bool:
    """Whether every level up to the last that counts students (or every level, if none does) is proven."""
    if blocking_level is None:
        return True
    names = [level.name for level in policy.levels]
    counting = [n for n, level in enumerate(policy.levels) if not COUNTING_GOALS.isdisjoint(level.goals)]
    return bool(counting) and blocking_level in names and names.index(blocking_level) > counting[-1]


def _line(claim: Mapping[str, Any], level: Level | None) -> LevelLine:
    goals = tuple(level.goals if level else claim.get("goals", {}))
    bound = claim.get("bound")
    return LevelLine(
        name=claim["name"],
        goal_names=goals,
        meaning=tuple(_meaning(name, level.goals[name] if level else 1) for name in goals),
        value=claim["value"],
        bound=None if bound is None else floor(bound),
        gap=_gap(claim.get("gap")),
        proof=PROOFS.get(claim.get("proof", ""), ""),
        proven=_meets(claim),
        counts=level is None or level.proof,
    )


def _meaning(goal: str, factor: int) -> str:
    """What a goal says, and how much it counts in its level."""
    words = GOALS_IN_WORDS[goal]
    sense = next(each.sense for each in GOALS if each.name == goal)
    return words if factor * sense == 1 else f"{words} (\N{MULTIPLICATION SIGN}{abs(factor)})"


def _meets(claim: Mapping[str, Any] | None) -> bool:
    if claim is None or claim.get("bound") is None:
        return False
    return bool(claim.get("best", claim["value"]) >= floor(claim["bound"]))


def _gap(gap: float | None) -> str:
    """A gap as a percentage that a person can read: none, or to a thousandth."""
    if gap is None:
        return "not known"
    if gap <= 0:
        return "none"
    return f"{100 * gap:.3f}%" if gap >= 0.00001 else "under 0.001%"  # noqa: PLR2004
