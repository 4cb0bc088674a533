"""The policy of a random round: ordinary ones and odd ones, with levels of several goals and tolerances."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.goals import GOALS
from engine.policy import DEFAULT_LEVELS, GROUPS, Level, Policy

if TYPE_CHECKING:
    from random import Random

WORTH = (1, 1, 1, 2, 5, 10, 100)


def policy(rng: Random, *, wrong_signs: bool, students: int) -> Policy:
    """A random policy; large rounds are allowed fewer experiences each, to stay quick to solve."""
    usual = Policy()
    own_points = rng.random() < 0.4
    own_levels = wrong_signs or rng.random() < 0.5
    return Policy(
        max_experiences=rng.choice([0] + [1, 1, 2, 2, 2, 3, 4] * 3 if students < 20 else [1, 1, 2, 2, 3]),
        max_half_days=rng.choice([10] * 6 + [5, 3, 2, 2, 1]),
        max_virtual=rng.choice([0, 1, 1, 1, 1, 2]),
        max_travel_km=rng.choice([4.0, 6.5, 8.0, 12.0]),
        group_travel_km=rng.choice([5.0, 8.0, 40.0]),
        employer_travel_km=rng.choice([5.0, 8.0, 40.0]),
        small_school_group_min=rng.choice([1, 1, 2, 3]),
        target_half_days=MappingProxyType({stage: rng.choice([10, 10, 6, 3, 0]) for stage in ("ks3", "ks4", "post16")}),
        priority=tuple(rng.sample(GROUPS, rng.randint(0, 4))) if rng.random() < 0.5 else GROUPS,
        disadvantage=rng.choice(["fsm", "ever6"]),
        experience_points=_points(rng) if own_points else usual.experience_points,
        employer_points=_points(rng) if own_points else usual.employer_points,
        sector_points=_points(rng) if own_points else usual.sector_points,
        equity_groups=tuple(rng.sample(GROUPS, rng.randint(0, 4))) if rng.random() < 0.5 else usual.equity_groups,
        levels=_levels(rng, wrong_signs=wrong_signs) if own_levels else DEFAULT_LEVELS,
        levels_given=own_levels,
    )


def _points(rng: Random) -> tuple[int, ...]:
    return tuple(sorted((rng.randint(0, 120) for _ in range(rng.randint(1, 5))), reverse=rng.random() < 0.8))


def _levels(rng: Random, *, wrong_signs: bool) -> tuple[Level, ...]:
    usable = [goal for goal in GOALS if not goal.rerun]
    levels = []
    for n in range(rng.randint(1, 5)):
        goals = rng.sample(usable, rng.choice([1, 1, 2, 3]))
        signed = {
            g.name: g.sense * rng.choice(WORTH) * (-1 if wrong_signs and rng.random() < 0.5 else 1) for g in goals
        }
        tolerance = Decimal(rng.choice(["0", "0", "0.01", "0.1", "0.25", "0.5"]))
        levels.append(Level(f"level {n + 1}", MappingProxyType(signed), tolerance))
    return tuple(levels)
