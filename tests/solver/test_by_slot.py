"""A first allocation that ends early: what was served before groups were opened is kept, and it is lawful."""

from __future__ import annotations

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from path_checks import few_pairs_known, few_steps, require_bounds_hold, require_clean, solvable

from engine.options import build_options
from solver import by_slot
from solver.build import build_problem
from solver.ladder import climb
from solver.limits import Clock, Limits
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
