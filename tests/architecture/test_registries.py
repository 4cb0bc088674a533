"""Rule parity: what the registries list, the other places know too, and nothing else."""

from __future__ import annotations

from engine.audit import CHECKS, MEASURES
from engine.goals import GOAL_NAMES
from engine.pair_rules import PAIR_MASKS
from engine.rules import PAIR_RULES, RULE_CODES


def test_every_rule_has_an_audit_check():
    """The audit checks exactly the rules of the registry, in its order."""
    assert tuple(CHECKS) == RULE_CODES


def test_every_goal_has_a_measure():
    """The audit measures exactly the goals of the registry."""
    assert set(MEASURES) == set(GOAL_NAMES)


def test_every_pair_rule_has_a_mask():
    """The options know exactly the pair rules, and each of them is a rule of the registry."""
    assert set(PAIR_MASKS) == set(PAIR_RULES)
    assert set(PAIR_RULES) <= set(RULE_CODES)
