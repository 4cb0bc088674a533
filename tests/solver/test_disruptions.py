"""Re-runs against the tests' own exact model on random rounds that were published and then disrupted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from independent import optimum
from random_disruptions import disrupted
from test_verify import published

from engine.allocation import Allocation, Assignment
from engine.audit import audit
from engine.domain import Decision
from engine.options import build_options
from solver.allocate import allocate
from solver.limits import Limits
from solver.verify import verify_bound

TINY, SMALL = range(110), range(24)
RERUNS = [*((seed, "tiny") for seed in TINY), *((seed, "small") for seed in SMALL)]
LEAST = {"frozen": 35, "frozen beyond a limit": 35, "changed": 15, "someone has nothing now": 12}
"""In how many of the rounds what a re-run is about must happen."""


@cache
def known(seed, size="tiny"):
    """A round that was published and then disrupted, if one could be, and its independent optimum, if there is one."""
    round_ = disrupted(seed, size)
    return round_, None if round_ is None else optimum(round_)


def answered(round_):
    """The solver's outcome."""
    return allocate(round_, build_options(round_), Limits(workers=1))


@pytest.mark.parametrize(("seed", "size"), RERUNS, ids=str)
def test_a_rerun_reaches_the_optimum_of_every_level(seed, size):
    """Every level's best is the independent optimum, frozen rows are kept, and the audit finds nothing."""
    round_, best = known(seed, size)
    if round_ is None:
        pytest.skip("nothing could be published")
    outcome = answered(round_)
    if best is None:
        assert (outcome.status, outcome.allocation) == ("infeasible", None)
        assert outcome.contradiction
        return
    assert outcome.status == "optimal"
    assert tuple(level.best for level in outcome.levels) == best.levels
    assert {Assignment(*pair) for pair in round_.frozen} <= set(outcome.allocation.assignments)
    found = audit(round_, outcome.allocation)
    assert found.breaches == ()
    assert [level.value for level in found.levels] == [level.value for level in outcome.levels]


def test_the_rounds_are_about_what_reruns_are_about():
    """In enough of them rows are frozen, frozen rows break rules, rows change and somebody is left with nothing."""
    found: Counter[str] = Counter()
    for round_, best in map(known, TINY):
        if round_ is None or best is None:
            continue
        found["frozen"] += bool(round_.frozen)
        found["frozen beyond a limit"] += bool(audit(round_, Allocation.of(round_.frozen), frozen=frozenset()).breaches)
        found["changed"] += best.levels[1] < 0
        found["someone has nothing now"] += best.levels[0] < len({row.student_id for row in round_.baseline})
    assert {what: found[what] for what, least in LEAST.items() if found[what] < least} == {}


@pytest.mark.parametrize("seed", TINY[::13])
def test_the_bounds_of_a_rerun_are_proven_again(seed, tmp_path):
    """What the prices of a re-run prove is what they prove when they are read back and added up afresh."""
    round_, _ = known(seed)
    outcome = answered(round_) if round_ else None
    if outcome is None or outcome.allocation is None:
        pytest.skip("nothing to prove")
    checked = verify_bound(round_, published(outcome, tmp_path))
    assert [(level.bound, level.ok) for level in checked] == [(r.price_bound, True) for r in outcome.levels]


def frozen_twice():
    """A tiny re-run with at least three frozen rows, and a pin that clashes with one of them."""
    for seed in TINY:
        round_, best = known(seed)
        if round_ is None or len(round_.frozen) < 3 or best is None:
            continue
        for student_id, slot_id in sorted(round_.frozen):
            slot = replace(round_.slots[slot_id], slot_id="again", capacity=9, groups=9, group_min=1)
            pin = Decision("pin", student_id, slot_id="again", reason="promised", by="hub")
            later = replace(
                round_,
                slots=round_.slots | {"again": slot},
                decisions=(pin, *round_.decisions),
                rerun_from=slot.date + timedelta(days=1),
            )
            if (student_id, slot_id) in later.frozen and len(later.frozen) > 1:
                return later, (student_id, slot_id)
    raise AssertionError("no such round")


def test_a_pin_against_a_frozen_row_is_told_with_just_that_row():
    """A pin that clashes with a frozen row: no allocation, and the two are named without the other frozen rows."""
    round_, (student_id, slot_id) = frozen_twice()
    outcome = answered(round_)
    assert (outcome.status, outcome.allocation) == ("infeasible", None)
    fixed = [sentence for sentence in outcome.contradiction if "pinned to" in sentence or "has begun" in sentence]
    assert len(fixed) == 2
    assert f"Student {student_id} is pinned to slot again" in fixed[0]
    assert f"Student {student_id} keeps slot {slot_id}" in fixed[1]
