"""A first allocation with little time, or that ends early: what was served before groups were opened is kept."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from path_checks import few_pairs_known, few_steps, require_bounds_hold, require_clean, solvable

from engine.options import build_options
from solver import by_slot
from solver.build import build_problem
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.measure import goal_values, level_values
from solver.priced import PricedPath

SOME = CHOSEN[6::27]
LEAST_SERVED = 10


@pytest.mark.parametrize("last", ["lead", "open_groups"])
def test_a_run_stopped_while_groups_are_opened_keeps_what_was_served_early(monkeypatch, last):
    """Stopped before all groups are open, a large round has what its students were served with until then."""
    served = 0
    with few_pairs_known(), few_steps():
        for round_, best in solvable(SOME):
            problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
            clock = Clock(Limits())
            path = PricedPath(problem, levels, clock)

            def stopping(work, clock=clock):
                def worked(*args):
                    found = work(*args)
                    clock.cancelled.set()
                    return found

                return worked

            with monkeypatch.context() as patch:
                if last == "open_groups":
                    patch.setattr(by_slot, "open_groups", stopping(by_slot.open_groups))
                else:
                    patch.setattr(by_slot.BySlot, "lead", stopping(by_slot.BySlot.lead))
                answer = climb(problem, levels, path, clock)
            path.close()
            require_clean(round_, problem, answer)
            require_bounds_hold(round_, best, answer)
            assert np.array_equal(answer.chosen, path.pricing.early), round_.name
            served += len(answer.chosen) > 0
    assert served >= LEAST_SERVED


@contextmanager
def path_of(round_, limits, takes):
    """A path of a round, its first allocation said to take ``takes`` times what a bound of heads does."""
    path = PricedPath(build_problem(round_, build_options(round_)), round_.policy.levels, Clock(limits))
    path.effort = path.bettering.effort = replace(path.effort, takes=takes)
    yield path
    path.close()


@pytest.mark.parametrize("limit", [None, 1_000_000.0])
def test_a_run_with_less_time_than_it_takes_is_hurried(limit):
    """Where the first allocation would take longer than there is time, groups are those of who is served early."""
    hurried = 0
    with few_pairs_known(), few_steps():
        for round_, best in solvable(SOME):
            with path_of(round_, Limits(limit), 1e12 if limit else 1e15) as path:
                answer = climb(path.problem, path.levels, path, path.clock)
                early = path.pricing.early
            require_clean(round_, path.problem, answer)
            require_bounds_hold(round_, best, answer)
            assert (path.effort.turns == 0) == (limit is not None and path.leading > 0), round_.name
            before, after = (
                level_values(path.levels, goal_values(path.problem, each)) for each in (early, answer.chosen)
            )
            hurried += limit is not None and after > before
    assert limit is None or hurried
