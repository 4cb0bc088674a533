"""The named scenarios: why each exists, how large it is, what it asks for, and what has been proven about it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Years = tuple[tuple[str, int], ...]
"""Lists of year groups as the tables write them (``10;11``), each with its stake."""

PROVEN = Path(__file__).with_name("proven.toml")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a generated round looks like, whatever its size."""

    max_experiences: int
    term: str
    academic_year: str
    starts: date
    ends: date
    closed_dates: tuple[date, ...]
    crowded_weeks: tuple[date, ...]
    years: Mapping[str, tuple[tuple[int, int], ...]]
    placement_years: Years
    visit_years: Years
    group_travel_km: float = 40.0
    employer_travel_km: float = 40.0
    places_over_demand: float = 0.85
    group_share: float = 0.5
    kind_shares: Mapping[str, int] = field(default_factory=dict)
    """Kinds of offers (see ``scenarios.offers``) with another part of their grouping's places than elsewhere."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One named round; ``shape`` of ``None`` means that it is written by hand."""

    name: str
    why: str
    students: int
    schools: int
    seed: int
    shape: Shape | None = None
    proven: Mapping[str, Any] = field(default_factory=dict)


def _days(first: date, count: int) -> tuple[date, ...]:
    return tuple(first + timedelta(days=i) for i in range(count))


SPRING_HALF_TERM = _days(date(2026, 2, 16), 5)
SUMMER_HALF_TERM = _days(date(2026, 5, 25), 5)
MAY_DAY = date(2026, 5, 4)
"""School holidays of 2025/26 in Liverpool (city council's term dates)."""

PILOT = Shape(
    max_experiences=3,
    term="Spring 2026",
    academic_year="2025/26",
    starts=date(2026, 1, 12),
    ends=date(2026, 3, 27),
    closed_dates=SPRING_HALF_TERM,
    crowded_weeks=(date(2026, 2, 2), date(2026, 3, 2), date(2026, 3, 9)),
    years=MappingProxyType(
        {
            "mainstream": ((8, 12), (9, 18), (10, 70)),
            "special": ((8, 10), (9, 20), (10, 50), (11, 20)),
            "alternative_provision": ((9, 20), (10, 50), (11, 30)),
            "post16": ((12, 75), (13, 25)),
        },
    ),
    placement_years=(("10;11", 55), ("10;11;12;13", 40), ("11;12;13", 2), ("12;13", 3)),
    visit_years=(("7;8;9", 12), ("8;9;10", 30), ("9;10;11", 18), ("10;11;12;13", 12), ("7;8;9;10;11;12;13", 28)),
    group_travel_km=30.0,
    employer_travel_km=30.0,
)
YEAR10 = Shape(
    max_experiences=2,
    term="Summer 2026",
    academic_year="2025/26",
    starts=date(2026, 4, 20),
    ends=date(2026, 7, 10),
    closed_dates=(MAY_DAY, *SUMMER_HALF_TERM),
    crowded_weeks=(date(2026, 5, 11), date(2026, 6, 22), date(2026, 6, 29)),
    years=MappingProxyType(
        {
            "mainstream": ((10, 97), (9, 3)),
            "special": ((9, 8), (10, 80), (11, 12)),
            "alternative_provision": ((10, 80), (11, 20)),
            "post16": ((12, 85), (13, 15)),
        },
    ),
    placement_years=(("10;11", 55), ("10;11;12;13", 40), ("10", 2), ("12;13", 3)),
    visit_years=(
        ("9;10", 25),
        ("8;9;10", 15),
        ("10;11", 20),
        ("10;11;12;13", 18),
        ("7;8;9;10;11;12;13", 20),
        ("7;8;9", 2),
    ),
    group_travel_km=10.0,
    employer_travel_km=10.0,
)
HUB = replace(
    YEAR10,
    max_experiences=3,
    years=MappingProxyType(
        {
            "mainstream": ((7, 16), (8, 16), (9, 16), (10, 16), (11, 15), (12, 12), (13, 9)),
            "special": ((7, 14), (8, 14), (9, 15), (10, 15), (11, 15), (12, 14), (13, 13)),
            "alternative_provision": ((7, 5), (8, 10), (9, 20), (10, 35), (11, 30)),
            "post16": ((12, 55), (13, 45)),
        },
    ),
    placement_years=(("10;11", 64), ("10;11;12;13", 10), ("11;12;13", 8), ("12;13", 18)),
    visit_years=(
        ("7;8", 14),
        ("8;9", 18),
        ("9;10", 14),
        ("10;11", 15),
        ("11;12;13", 9),
        ("12;13", 8),
        ("7;8;9", 16),
        ("7;8;9;10;11;12;13", 6),
    ),
    # Nearly half of a hub may not go alone yet, so that more of what is not in groups is online or in school.
    kind_shares=MappingProxyType({"placement": 255, "taster": 155, "online": 360, "workshop": 230}),
)

_SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "tiny",
        "To see every rule with your own eyes: a dozen students and a page of slots, each there for a reason that the "
        "README of this folder walks through.",
        students=12,
        schools=3,
        seed=1,
    ),
    Scenario(
        "pilot",
        "A first term as the mayoral pilots ran it: a dozen schools and 2,000 students of several years, up to three "
        "experiences each, so that bundles, clashes and mixed tiers decide.",
        students=2_000,
        schools=12,
        seed=2026,
        shape=PILOT,
    ),
    Scenario(
        "year10",
        "A hub's Year 10 in the crowded summer term: all its schools, 15,000 students after the same few weeks and the "
        "same few placements, up to two experiences each.",
        students=15_000,
        schools=161,
        seed=10,
        shape=YEAR10,
    ),
    Scenario(
        "hub",
        "A whole hub in one term: every school and year group from 7 to 13, 130,000 students after up to three "
        "experiences each, so that size decides and nothing else may be easier than in pilot.",
        students=130_000,
        schools=161,
        seed=130,
        shape=HUB,
    ),
)


def _proven() -> dict[str, Any]:
    return tomllib.loads(PROVEN.read_text(encoding="utf-8")) if PROVEN.is_file() else {}


def scenarios() -> Mapping[str, Scenario]:
    """Every scenario by name, with its proven values of ``proven.toml``."""
    proven = _proven()
    return MappingProxyType({s.name: replace(s, proven=MappingProxyType(proven.get(s.name, {}))) for s in _SCENARIOS})
