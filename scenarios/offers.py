"""What employers offer before they have a name or a date: kinds of experience, how long, for how many, how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.draws import Draws, Wheel, apportion

if TYPE_CHECKING:
    from scenarios.registry import Shape

Stakes = tuple[tuple[int, int], ...]
GROUP_LEAST = 6
"""Fewer places than this are no group slot."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of experience; ``share`` is its part of its grouping's places, per thousand."""

    name: str
    delivery: str
    grouping: str
    share: int
    tiers: tuple[tuple[str, int], ...]
    half_days: Stakes
    sizes: Stakes
    titles: tuple[str, ...]

    @property
    def alone(self) -> bool:
        """Whether a student goes there alone, for which Year 10 is the first."""
        return self.grouping == "individual" and self.delivery == "in_person"


KINDS: tuple[Kind, ...] = (
    Kind(
        "visit",
        delivery="in_person",
        grouping="group",
        share=540,
        tiers=(("T2", 80), ("T1", 10), ("T3", 10)),
        half_days=((1, 45), (2, 50), (4, 5)),
        sizes=((6, 10), (8, 30), (10, 20), (12, 25), (15, 15)),
        titles=("A working visit", "Behind the scenes", "Tasks and tour"),
    ),
    Kind(
        "tour",
        delivery="in_person",
        grouping="group",
        share=200,
        tiers=(("T1", 90), ("T2", 10)),
        half_days=((1, 90), (2, 10)),
        sizes=((8, 30), (10, 20), (12, 30), (15, 20)),
        titles=("A first look", "Open doors"),
    ),
    Kind(
        "challenge",
        delivery="in_school",
        grouping="group",
        share=260,
        tiers=(("T2", 70), ("T3", 30)),
        half_days=((1, 35), (2, 50), (4, 15)),
        sizes=((6, 30), (8, 30), (12, 20), (15, 20)),
        titles=("A project challenge", "A brief to answer"),
    ),
    Kind(
        "placement",
        delivery="in_person",
        grouping="individual",
        share=400,
        tiers=(("T3", 92), ("T2", 8)),
        half_days=((4, 30), (6, 25), (8, 10), (10, 35)),
        sizes=((1, 10), (2, 18), (3, 20), (4, 20), (5, 12), (6, 20)),
        titles=("A placement", "A week in the team"),
    ),
    Kind(
        "taster",
        delivery="in_person",
        grouping="individual",
        share=240,
        tiers=(("T2", 75), ("T1", 15), ("T3", 10)),
        half_days=((1, 25), (2, 75)),
        sizes=((1, 5), (2, 14), (3, 20), (4, 25), (5, 16), (6, 20)),
        titles=("A taster day", "Shadowing"),
    ),
    Kind(
        "online",
        delivery="virtual",
        grouping="individual",
        share=230,
        tiers=(("T1", 60), ("T2", 40)),
        half_days=((1, 55), (2, 35), (4, 10)),
        sizes=((10, 25), (15, 25), (20, 25), (30, 25)),
        titles=("An online insight", "Ask the team, online"),
    ),
    Kind(
        "workshop",
        delivery="in_school",
        grouping="individual",
        share=130,
        tiers=(("T1", 55), ("T2", 45)),
        half_days=((1, 60), (2, 40)),
        sizes=((12, 30), (15, 30), (24, 25), (30, 15)),
        titles=("A workshop in school", "A talk and a task"),
    ),
)
"""Group places are half of all, in groups of 6 to 15: employers manage groups of 6 to 8 from one school, some more.
A half-day is two and a half hours; placements run from two days to a week, since 58% of employers say that a block of
two weeks is too long. 77 to 83% of local units have fewer than ten staff, so that most individual slots are small."""

REPEATS: Stakes = ((1, 18), (2, 24), (3, 26), (4, 16), (6, 10), (8, 6))
GROUPS: Stakes = ((1, 38), (2, 34), (3, 16), (4, 12))
GROUP_MINS: Stakes = ((5, 60), (6, 40))


@dataclass(frozen=True, slots=True)
class Draft:
    """One experience without employer and dates; ``slots`` holds (capacity, groups) of each."""

    kind: Kind
    tier: str
    half_days: int
    years: tuple[int, ...]
    group_min: int
    group_max: int
    slots: tuple[tuple[int, int], ...]


def drafts(draws: Draws, shape: Shape, places: int) -> list[Draft]:
    """Experiences with ``places`` places in all, ``shape.group_share`` of them in groups, in an order of chance."""
    grouped = round(places * shape.group_share)
    found: list[Draft] = []
    left = 0
    for grouping, total in (("group", grouped), ("individual", places - grouped)):
        kinds = [kind for kind in KINDS if kind.grouping == grouping]
        shares = [shape.kind_shares.get(kind.name, kind.share) for kind in kinds]
        # What is too little for a group goes to the next kind of group, then to individual slots.
        for kind, quota in zip(kinds, apportion(total, shares), strict=True):
            made, left = _fill(draws, shape, kind, quota + left)
            found += made
    return draws.shuffled(found)


def _fill(draws: Draws, shape: Shape, kind: Kind, places: int) -> tuple[list[Draft], int]:
    """Experiences of ``kind`` that use up ``places``, and what was too little to use."""
    found, least = [], GROUP_LEAST if kind.grouping == "group" else 1
    while places >= least:
        draft = _draft(draws, shape, kind, places)
        found.append(draft)
        places -= sum(capacity + groups * draft.group_max for capacity, groups in draft.slots)
    return found, places


def _draft(draws: Draws, shape: Shape, kind: Kind, places: int) -> Draft:
    in_group = kind.grouping == "group"
    years = Wheel(shape.placement_years if kind.alone else shape.visit_years).spin(draws)
    size = min(Wheel(kind.sizes).spin(draws), places)
    slots: list[tuple[int, int]] = []
    for _ in range(Wheel(REPEATS).spin(draws)):
        if places < (size if in_group else 1):
            break
        groups = min(Wheel(GROUPS).spin(draws), places // size) if in_group else 0
        capacity = 0 if in_group else min(size, places)
        places -= capacity + groups * size
        slots.append((capacity, groups))
    return Draft(
        kind=kind,
        tier=Wheel(kind.tiers).spin(draws),
        half_days=Wheel(kind.half_days).spin(draws),
        years=tuple(int(year) for year in years.split(";")),
        group_min=Wheel(GROUP_MINS).spin(draws) if in_group else 0,
        group_max=size if in_group else 0,
        slots=tuple(slots),
    )
