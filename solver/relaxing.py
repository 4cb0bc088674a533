"""A neighbourhood too large to be searched: those whom its relaxation leaves whole stay so, the others are dealt to.

With groups settled all but about as many students as rows that bind are given one bundle or nothing in a vertex of the
relaxation. What is left of it is small enough for an integer program (relaxation enforced neighbourhood search:
Berthold 2014).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.highs import UNANSWERED, Answer, Highs, Row
from solver.model import Expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.arrays import Ints
    from solver.neighbourhood import Neighbourhood

EPSILON = 1e-6
LINEAR = {"solver": "ipm", "dual_feasibility_tolerance": 0.1}
"""How a relaxation is solved. Its goals are whole numbers up to millions, and a tenth of a unit decides nothing: to be
exact to HiGHS' own 1e-7 took a round of 2,000 students 76 seconds instead of 6."""


def rounded(
    worker: Highs,
    model: Neighbourhood,
    objective: Expression,
    floors: list[Row],
    groups: Ints,
    settings: Mapping[str, Any],
) -> Answer:
    """A good solution with the ``groups``, shape (schools, slots), if there is one near the relaxation.

    No count of groups may be above its own, and together they are no fewer: so each is what it is to be.
    """
    school, slot, count, _ = model.blocks
    upper = model.program.upper.copy()
    upper[count] = groups[school, slot]
    settled = Row(Expression(count, np.ones(len(count), dtype=np.int64)), int(upper[count].sum()))
    program, rows = replace(model.program, upper=upper), [*floors, settled]
    relaxed = worker.linear(program, objective, rows, **LINEAR)
    if relaxed.status != "optimal" or relaxed.value is None:
        return UNANSWERED
    owner = model.found.owner
    share = relaxed.value[: len(owner)]
    torn = np.isin(owner, owner[(share > EPSILON) & (share < 1 - EPSILON)])
    whole = np.flatnonzero(~torn & (share > 1 - EPSILON))
    upper = upper.copy()
    upper[: len(owner)] = np.where(torn, 1.0, 0.0)
    upper[whole] = 1.0
    return worker.integer(replace(program, upper=upper), objective, [*rows, Row.all_of(whole)], None, **settings)
