"""Seeded random rounds, small enough to be solved exactly, that between them make every rule bind.

``tiny`` rounds suit an exhaustive search, ``small`` ones a quick integer program, ``town`` ones (20 to 100 students)
the comparison on rounds of a real shape. The same seed and size always give the same round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, TypeVar

from random_decisions import decisions
from random_offers import offers
from random_people import people
from random_policy import policy
from random_region import Region, region

from engine.domain import Round

if TYPE_CHECKING:
    from collections.abc import Iterable

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class Size:
    """From how many to how many of each there are."""

    students: tuple[int, int]
    schools: tuple[int, int]
    employers: tuple[int, int]
    experiences: tuple[int, int]
    slots: tuple[int, int]


SIZES = {
    "tiny": Size((4, 8), (1, 2), (2, 4), (1, 2), (1, 2)),
    "small": Size((6, 14), (1, 3), (3, 5), (1, 2), (1, 3)),
    "town": Size((20, 100), (2, 5), (6, 14), (1, 2), (1, 3)),
}


def random_round(seed: int, size: str = "small", *, wrong_signs: bool = False) -> Round:
    """The round of this seed and size; with ``wrong_signs`` levels may reward what they should punish."""
    rng = Random(f"{size}-{seed}")  # noqa: S311
    many = SIZES[size]
    place = region(rng)
    crowd = people(rng, place, students=rng.randint(*many.students), schools=rng.randint(*many.schools))
    world = offers(rng, place, crowd, many)
    round_ = Round(
        name=f"{size} {seed}",
        term="summer",
        academic_year="2025/26",
        starts=place.starts,
        ends=place.ends,
        closed_dates=place.closed,
        seed=f"seed {seed}",
        policy=policy(rng, wrong_signs=wrong_signs, students=len(crowd.students)),
        schools=_by_id(crowd.schools, "urn"),
        students=_by_id(crowd.students, "student_id"),
        employers=_by_id(world.employers, "employer_id"),
        experiences=_by_id(world.experiences, "experience_id"),
        slots=_by_id(world.slots, "slot_id"),
        preferences=world.preferences,
        history=world.history,
        calendar=crowd.calendar,
        barriers=place.barriers,
        travel=world.travel,
    )
    return replace(round_, decisions=decisions(rng, round_))


def _by_id(facts: Iterable[Fact], key: str) -> dict[str, Fact]:
    return {getattr(fact, key): fact for fact in sorted(facts, key=lambda fact: getattr(fact, key))}


__all__ = ["SIZES", "Region", "random_round"]
