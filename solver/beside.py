"""Which slots one student can have beside each other, told from one number a slot."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.kernels import kernel

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints

MOMENT, ENDS, IN_PERSON, EMPLOYER = (1 << 22) - 1, 22, 44, 45
"""Where ``spans`` has what of a slot: its first half-day, its last one, whether students go there, its employer."""
AHEAD = 2
"""Added to half-days: slots without any begin at -1 and end at -2."""


def spans(employer: Ints, in_person: Bools, begins: Ints, ends: Ints) -> Ints:
    """What ``compatible`` asks of every slot, in one number each; arrays of shape (slots,).

    Raises ``OverflowError`` for slots eight thousand years apart, or of more than 262,144 employers.
    """
    if ends.max(initial=0) + AHEAD > MOMENT or employer.max(initial=0) >> (63 - EMPLOYER):
        raise OverflowError("half-days or employers are more than one number a slot can tell apart")
    moments = (begins + AHEAD) | (ends + AHEAD) << ENDS
    return np.asarray(moments | in_person.astype(np.int64) << IN_PERSON | employer << EMPLOYER)


@kernel
def compatible(one, other, clash, repeat):
    """Whether one student can have both slots, of whose ``spans`` these are."""
    if repeat and one >> EMPLOYER == other >> EMPLOYER:
        return False
    if not clash:
        return True
    begins, ends = one & MOMENT, one >> ENDS & MOMENT
    others_begin, others_end = other & MOMENT, other >> ENDS & MOMENT
    if begins <= others_end and others_begin <= ends:
        return False
    together = one & other & (1 << IN_PERSON)
    return not (together and begins // 2 <= others_end // 2 and others_begin // 2 <= ends // 2)
