"""The certificate of an allocation that was edited by hand: what it may still claim, level by level, and what not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from api.service.overriding import overridden_certificate
from engine.allocation import Allocation
from engine.audit import Audit, LevelValue
from engine.by_hand import ByHand
from engine.domain import Round
from engine.policy import Level, Policy

LEVELS = (
    Level("first", {"reach": 1}, tolerance=Decimal("0.05")),
    Level("second", {"preference": 1}),
    Level("last", {"lottery": 1}, proof=False),
)
ROUND = Round(
    name="",
    term="",
    academic_year="",
    starts=date(2026, 3, 2),
    ends=date(2026, 3, 27),
    closed_dates=frozenset(),
    seed="",
    policy=Policy(levels=LEVELS),
    schools={},
    students={},
    employers={},
    experiences={},
    slots={},
)
EDIT = ByHand(Allocation.of([("a", "s")]), Allocation.of([("b", "s")]), settled=True)
SAID = {"of": "a1", "by": "Sam", "reason": "as agreed"}


def overridden(values, *, status="optimal"):
    """The certificate of an edit with these values, of a run that reached 100, 50 and 30 of at most 100, 50 and 40."""
    goals = dict.fromkeys(("reach", "preference", "lottery"), 10)
    names = [level.name for level in LEVELS]
    claims = [
        {"name": name, "goals": level.goals, "value": value, "best": value, "bound": bound, "price_bound": bound}
        for name, level, value, bound in zip(names, LEVELS, (100, 50, 30), (100, 50, 40), strict=True)
    ]
    certificate = {"status": status, "levels": claims, "counts": {"slots": 1}}
    found = Audit((), (), goals, tuple(map(LevelValue, names, values)))
    return overridden_certificate(ROUND, certificate, EDIT, found, SAID)


def test_an_edit_that_costs_nothing_is_as_proven_as_the_run():
    """Every level meets its bound, so no allocation is better: it says so, and that it was edited all the same."""
    made = overridden([100, 50, 30])
    assert made["status"] == "optimal"
    assert [level["cost"] for level in made["levels"]] == [0, 0, 0]
    assert made["override"] == {**SAID, "rows_added": 1, "rows_removed": 1, "settled": True}
    assert made["counts"]["assignments"] == 1


@pytest.mark.parametrize(
    ("values", "status", "bounds"),
    [
        ([100, 49, 30], "feasible", [100, 50, None]),
        ([96, 50, 30], "feasible", [100, 50, 40]),
        ([94, 60, 45], "feasible", [100, None, None]),
        ([100, 50, 20], "optimal", [100, 50, 40]),
    ],
    ids=["a level lost", "lost within its tolerance", "a later level gains by it", "lost where nothing was proven"],
)
def test_what_no_longer_holds_is_not_claimed(values, status, bounds):
    """A bound holds as long as every earlier level keeps what the run fixed it at; a value is never above its bound."""
    made = overridden(values)
    assert made["status"] == status
    assert [level["bound"] for level in made["levels"]] == bounds
    assert [level["price_bound"] for level in made["levels"]] == bounds
    assert all(level["bound"] is None or level["value"] <= level["bound"] for level in made["levels"])
    assert all((level["gap"] is None) == (level["bound"] is None) for level in made["levels"])
    assert [level["run"]["value"] - level["value"] for level in made["levels"]] == [
        level["cost"] for level in made["levels"]
    ]


def test_an_edit_of_what_was_not_proven_proves_nothing():
    """Whatever the edit reaches, a run that was cut short stays one whose result is not called optimal."""
    assert overridden([100, 50, 30], status="feasible")["status"] == "feasible"
