"""scipy's sparse assignment: every place a column of its own, and for every student one that stands for nothing."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from loadtests.peers.flow_arcs import packed_worth
from loadtests.peers.instance import Found, Instance

load = Instance.load


def solve(instance: Instance, _limit: float) -> Found:
    """The most placed, and of these the most points: one slot each."""
    students = len(instance.student_ids)
    able = instance.most_slots[instance.student] > 0
    pair, seats = np.flatnonzero(able), instance.places[instance.slot[able]]
    seat_first = np.concatenate([[0], np.cumsum(instance.places)])
    position = np.repeat(pair, seats)
    within = np.arange(len(position)) - np.repeat(np.cumsum(seats) - seats, seats)
    row = np.concatenate([instance.student[position], np.arange(students)])
    column = np.concatenate([seat_first[instance.slot[position]] + within, seat_first[-1] + np.arange(students)])
    # a weight of 0 is no edge to scipy, so everything is one dearer
    weight = np.concatenate([packed_worth(instance)[position] + 1, np.ones(students, dtype=np.int64)])
    table = csr_array((weight.astype(float), (row, column)), shape=(students, int(seat_first[-1]) + students))
    rows, columns = min_weight_full_bipartite_matching(table, maximize=True)
    placed = columns < seat_first[-1]
    slot = np.searchsorted(seat_first, columns[placed], side="right") - 1
    ids = zip(instance.student_ids[rows[placed]].tolist(), instance.slot_ids[slot].tolist(), strict=True)
    return Found(list(ids))
