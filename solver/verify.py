"""Verify the bounds that a certificate claims, from the prices beside it: a small program that trusts no solver.

It rebuilds the question from the round, reads the prices, and adds up afresh what they prove (``solver.recount``), in
integers over every eligible pair. With the solver it shares the question and nothing of how that was answered. What a
level's earlier levels were fixed at is taken from the certificate, as far as the values claimed there keep it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.options import build_options
from engine.publication import read_certificate
from solver.build import build_problem
from solver.proof import Labels, proof_path
from solver.proof_reading import ProofRefusedError, read_prices
from solver.recount import Recount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.domain import Round
    from engine.policy import Level
    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class LevelBound:
    """One level: the ``bound`` that its prices prove (``None`` where they cannot be read), and what was claimed.

    With a ``proof`` of ``solver`` the claim rests on the solver's word, and ``ok`` says that the rest holds.
    ``remark`` says why where not ``ok``.
    """

    name: str
    bound: int | None
    certificate_bound: int
    proof: str
    ok: bool
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the certificate says of a level."""

    level: Level
    value: int
    best: int
    bound: int
    price_bound: int | None
    proof: str
    optimal: bool
    """Whether the status says that its best meets its bound."""

    @property
    def floor(self) -> int:
        return self.level.floor_of(self.best)


def verify_bound(round_: Round, folder: Path) -> list[LevelBound]:
    """Every level's bound, recomputed; ``round_`` must be loaded with the certificate's seed.

    Raises ``ProofRefusedError`` where the certificate is not one of this round's policy.
    """
    claims = _claims(round_.policy.levels, read_certificate(folder))
    problem = build_problem(round_, build_options(round_))
    recount = Recount.of(problem)
    checked = []
    for number, claim in enumerate(claims):
        path = folder / proof_path(number, claim.level.name)
        try:
            bound = _proven(problem, recount, claims, number, Labels.of(round_.policy, number), path)
        except ProofRefusedError as refused:
            checked.append(_level_bound(claim, None, f"{path.name}: {refused}"))
        else:
            checked.append(_level_bound(claim, bound, _wrong(claims, number, bound)))
    return checked


def _proven(
    problem: Problem, recount: Recount, claims: Sequence[_Claim], number: int, labels: Labels, path: Path
) -> int:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProofRefusedError("the file cannot be read") from error
    prices = read_prices(problem, labels, content)
    levels = [claim.level for claim in claims]
    return recount.bound(levels, number, [claim.floor for claim in claims[:number]], prices)


def _wrong(claims: Sequence[_Claim], number: int, bound: int) -> str:
    """Why a claim does not hold; blank where it does."""
    claim = claims[number]
    claimed = [] if claim.price_bound is None else [claim.price_bound]
    claimed += [] if claim.proof == "solver" else [claim.bound]
    wrong = [
        *(
            f"level {earlier.level.name} is not kept at {earlier.floor}, on which this bound stands"
            for earlier in claims[:number]
            if earlier.value < earlier.floor
        ),
        *([f"a value of {claim.value} is above the best, {claim.best}"] if claim.value > claim.best else []),
        *(f"a best of {claim.best} is above the bound, {most}" for most in (claim.bound, bound) if claim.best > most),
        *(f"the prices prove {bound}, not {least}" for least in claimed if bound > least),
        *(
            ["the status is optimal, but the best is below the bound"]
            if claim.optimal and claim.best < claim.bound
            else []
        ),
    ]
    return "; ".join(dict.fromkeys(wrong))


def _level_bound(claim: _Claim, bound: int | None, remark: str) -> LevelBound:
    return LevelBound(claim.level.name, bound, claim.bound, claim.proof, ok=not remark, remark=remark)


def _claims(levels: Sequence[Level], certificate: dict[str, Any]) -> list[_Claim]:
    """The certificate's levels beside those of the round's policy."""
    claimed = certificate.get("levels")
    claimed = claimed if isinstance(claimed, list) and all(isinstance(each, dict) for each in claimed) else []
    if [each.get("name") for each in claimed] != [level.name for level in levels]:
        raise ProofRefusedError(
            "the certificate's levels are not those of the round's policy: "
            f"{', '.join(str(each.get('name')) for each in claimed) or 'none'}, not "
            f"{', '.join(level.name for level in levels)}"
        )
    optimal = certificate.get("status") == "optimal"
    return [_claim(level, each, optimal=optimal and level.proof) for level, each in zip(levels, claimed, strict=True)]


def _claim(level: Level, claimed: dict[str, Any], *, optimal: bool) -> _Claim:
    for key in ("value", "best", "bound"):
        if type(claimed.get(key)) is not int:
            raise ProofRefusedError(f"the certificate's {key} of level {level.name} is not a whole number")
    price_bound = claimed.get("price_bound")
    proof = claimed.get("proof")
    return _Claim(
        level,
        claimed["value"],
        claimed["best"],
        claimed["bound"],
        price_bound if type(price_bound) is int else None,
        proof if proof in {"prices", "enumeration", "solver"} else "unknown",
        optimal,
    )
