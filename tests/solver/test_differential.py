"""The solver against the tests' own exact model on hundreds of random rounds, level by level, and without each rule."""

from __future__ import annotations

import pytest
from chosen_rounds import CHOSEN, DECIDED_BY, MODELLED
from independent import binds, optimum

from engine.allocation import Allocation
from engine.audit import audit
from engine.options import build_options
from engine.rules import PAIR_RULES, RULES
from solver.allocate import allocate
from solver.limits import Limits

LEAST_ROUNDS = 300


def solved(round_, without=frozenset()):
    """The solver's answer to the round with these rules left out."""
    options = build_options(round_, [rule for rule in PAIR_RULES if rule not in without])
    return allocate(round_, options, Limits(workers=1), without=without)


def test_there_are_enough_rounds():
    """At least 300 different rounds are compared, the rounds named for each rule among them."""
    assert len(set(CHOSEN)) == len(CHOSEN) >= LEAST_ROUNDS
    assert set(DECIDED_BY.values()) <= set(CHOSEN)


@pytest.mark.parametrize("chosen", CHOSEN, ids=str)
def test_the_solver_reaches_the_optimum_of_every_level(chosen):
    """Every level's best is the independent optimum and meets its bound, and the audit finds nothing."""
    round_ = chosen.round()
    best = optimum(round_)
    outcome = solved(round_)
    if best is None:
        assert (outcome.status, outcome.allocation) == ("infeasible", None)
        return
    assert outcome.status == "optimal"
    assert tuple(level.best for level in outcome.levels) == best.levels
    assert all(level.bound >= max(level.value, level.best) for level in outcome.levels)
    found = audit(round_, outcome.allocation)
    assert found.breaches == ()
    assert [level.value for level in found.levels] == [level.value for level in outcome.levels]


@pytest.mark.parametrize("chosen", CHOSEN[::4], ids=str)
def test_the_audit_agrees_with_the_independent_optimum(chosen):
    """What the independent model calls best is clean to the audit, which measures its last level alike."""
    round_ = chosen.round()
    best = optimum(round_)
    if best is not None:
        found = audit(round_, Allocation.of(best.assignments))
        assert found.breaches == ()
        assert found.levels[-1].value == best.levels[-1]


def test_every_rule_decides_in_some_round():
    """Every rule that a model could forget binds in one of the rounds: leaving it out changes a level's optimum."""
    assert set(DECIDED_BY) == set(MODELLED)
    for rule, chosen in DECIDED_BY.items():
        round_ = chosen.round()
        assert binds(round_, rule, optimum(round_)), f"{rule} decides nothing in {chosen}"


@pytest.mark.parametrize("rule", MODELLED)
def test_a_solver_without_the_rule_is_found_out(rule):
    """Leaving one rule out of the solver makes the audit name a breach of exactly that rule."""
    round_ = DECIDED_BY[rule].round()
    outcome = solved(round_, frozenset({rule}))
    assert outcome.allocation is not None
    assert {breach.rule for breach in audit(round_, outcome.allocation).breaches} == {rule}


@pytest.mark.parametrize("rule", [rule.code for rule in RULES if rule.kind == "audit"])
def test_rows_that_no_model_gives_are_found_out(rule):
    """A row of a student who is not in the round, and a row given twice, are named by the audit."""
    round_ = DECIDED_BY["capacity"].round()
    rows = [(a.student_id, a.slot_id) for a in solved(round_).allocation.assignments]
    extra = ("nobody", rows[0][1]) if rule == "unknown" else rows[0]
    assert rule in {breach.rule for breach in audit(round_, Allocation.of([*rows, extra])).breaches}
