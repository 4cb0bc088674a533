"""The certificate's arithmetic: what a gap is a share of, and the policy as it was applied."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from api.service.certificate import policy_document
from engine.policy import DEFAULT_LEVELS, Level, Policy
from solver.outcome import scale

GOALS = {"guarantee": 3, "reach": 7, "equity": 40, "reserve": 2, "preference": 500, "breadth": 5, "progression": 4}
GOALS |= {"travel": 61}


def test_the_scale_of_equity_is_a_hundred_for_each_student_placed():
    """Level `equity {equity = -1, reserve = 100}` is measured against 100 R for equity and |weight| x value besides."""
    equity = DEFAULT_LEVELS[3]
    assert scale(equity, GOALS) == 1 * 100 * 7 + 100 * 2


def test_the_scale_adds_goals_that_pull_apart():
    """A goal to be minimised adds to the scale as one to be maximised does."""
    preference = DEFAULT_LEVELS[4]
    assert scale(preference, GOALS) == 500 + 10 * 5 + 10 * 4 + 61


def test_the_policy_is_written_with_its_defaults():
    """Every setting of the policy is in the certificate, defaults and levels included."""
    levels = (Level("one", {"reach": 1}, tolerance=Decimal("0.05")), Level("two", {"lottery": 2}, proof=False))
    document = policy_document(replace(Policy(), levels=levels, max_experiences=3))
    assert document["max_experiences"] == 3
    assert document["target_half_days"] == {"ks3": 10, "ks4": 10, "post16": 10}
    assert document["level"] == [
        {"name": "one", "goals": {"reach": 1}, "tolerance": 0.05, "proof": True},
        {"name": "two", "goals": {"lottery": 2}, "tolerance": 0.0, "proof": False},
    ]
    fields = set(Policy.__dataclass_fields__) - {"levels", "levels_given"}
    assert fields <= document.keys()
