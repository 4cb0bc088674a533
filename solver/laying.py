"""The eligible pairs put in place in the solver's numbering, student by student."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.kernels import kernel


@kernel
def lay_out(
    students, rows, order, first_of, slot_of, renumber, experience, tenths, grades, worth, first, slot, km, points
):  # fmt: skip
    """Fill ``slot``, ``km`` and ``points`` for ``students``; the farthest journey of any of them, in kilometres.

    Student ``s`` has the options ``first_of[s]`` to ``first_of[s + 1]``, whose slots ``slot_of`` are renumbered, and in
    the end the pairs from ``first[order[s]]`` on, slots ascending. Journeys and ``worth`` of grades are looked up in
    the student's row of ``tenths`` and ``grades``, by experience.
    """
    farthest, where = 0, np.full(len(renumber), -1, np.int64)
    for i in range(len(students)):
        s, own = students[i], rows[i]
        for p in range(first_of[s], first_of[s + 1]):
            where[renumber[slot_of[p]]] = p
        at = first[order[s]]
        for j in range(len(where)):
            if where[j] >= 0:
                to = experience[slot_of[where[j]]]
                away = (tenths[own, to] + 5) // 10
                slot[at], km[at], points[at] = j, away, worth[grades[own, to]]
                farthest = max(farthest, away)
                where[j] = -1
                at += 1
    return farthest
