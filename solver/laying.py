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
    the student's row of ``tenths`` and ``grades``, by the slot's ``experience``, in the new numbering.
    """
    farthest, found, those = np.uint32(0), np.zeros(len(renumber), np.uint8), np.zeros(len(renumber) + 1, np.int64)
    for i in range(len(students)):
        s, away, grade = students[i], tenths[rows[i]], grades[rows[i]]
        for p in range(first_of[s], first_of[s + 1]):
            found[renumber[slot_of[p]]] = 1
        count, at = 0, first[order[s]]
        for j in range(len(found)):  # every slot is put down, and most of them over: no branch to guess at
            those[count] = j
            count += found[j]
        found[:] = 0
        for t in range(count):
            to = experience[those[t]]
            far = np.uint32(away[to] + 5) // np.uint32(10)
            farthest = max(farthest, far)
            slot[at + t], km[at + t], points[at + t] = those[t], far, worth[grade[to]]
    return farthest
