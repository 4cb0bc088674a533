"""Long columns are kept in few bytes, and what is read from them neither overflows nor loses its sign."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from random_rounds import random_round

from engine.domain import TravelRow
from engine.options import build_options
from solver.build import build_problem
from solver.kernels import COMPILE_FROM_PAIRS
from solver.narrow import Narrow
from solver.separations import separated

LONG = COMPILE_FROM_PAIRS


@pytest.mark.parametrize(
    ("least", "most", "kind"),
    [(0, 255, np.uint8), (0, 256, np.uint16), (-1, 127, np.int8), (-1, 255, np.int16), (0, 1 << 16, np.uint32)],
)
def test_as_few_bytes_as_hold_the_numbers(least, most, kind):
    """The extremes decide the type; every number is read back as it was."""
    values = np.linspace(least, most, LONG).round().astype(np.int64)
    column = Narrow.of(values)
    assert column.raw.dtype == kind
    assert np.array_equal(column[:], values)
    assert column.most() == max(abs(least), abs(most))


def test_what_is_read_can_be_multiplied():
    """255 squared does not fit into the byte that holds 255; read from the column it is what it should be."""
    column = Narrow.of(np.full(LONG, 255))
    assert (column[:2] * column[:2]).tolist() == [255 * 255] * 2


def test_short_columns_are_not_narrowed():
    """Neither are those that are left of a long one: inner loops that are not compiled read them."""
    column = Narrow.of(np.full(LONG, 7))
    assert Narrow.of(np.full(LONG - 1, 7)).raw.dtype == np.int64
    assert column.only(np.arange(LONG - 1)).raw.dtype == np.int64
    assert column.only(np.arange(LONG)).raw.dtype == np.uint8


@pytest.mark.parametrize("seed", range(5))
def test_pairs_are_found_by_student_and_slot(seed):
    """Every pair is found at its place, and no student is found in a slot that is not an option."""
    round_ = random_round(seed, "town")
    problem = build_problem(round_, build_options(round_))
    pairs = problem.pairs
    student, slot = np.divmod(np.arange(len(problem.student_ids) * len(problem.slot_ids)), len(problem.slot_ids))
    position, found = pairs.position_of(student, slot)
    assert np.array_equal(position[found], np.arange(len(pairs.slot)))
    assert np.array_equal(pairs.slot[position[found]], slot[found])
    assert found.sum() == len(pairs.slot)


@pytest.mark.parametrize("tenths", [None, 30_000, 9_000_000])
@pytest.mark.parametrize("pinned", [True, False])
def test_pairs_are_what_the_options_say(tenths, pinned):
    """However far anybody may travel: each pair has its option's kilometres and points, and only pins take any away."""
    round_ = random_round(12, "town")
    fixed = {decision.student_id for decision in round_.decisions if decision.kind == "pin"}
    assert fixed
    if tenths is not None:
        policy = replace(round_.policy, max_travel_km=tenths, group_travel_km=tenths)
        students = {key: replace(each, max_travel_km=None) for key, each in round_.students.items()}
        far = [s for s in students if (s in fixed) == pinned]
        travel = tuple(TravelRow(s, e, tenths) for s in far for e in round_.experiences)
        round_ = replace(round_, policy=policy, students=students, travel=travel)
    options = build_options(round_)
    problem = build_problem(round_, options)
    assert len(options.slot) >= COMPILE_FROM_PAIRS
    detail = options.detail(np.arange(len(options.slot)))
    of = np.repeat(np.array(options.students), np.diff(options.first)).tolist()
    known = dict(
        zip(
            zip(of, np.array(options.slots)[options.slot].tolist(), strict=True),
            zip(*detail[:2], strict=True),
            strict=True,
        )
    )
    found = {}
    student, slot = problem.pairs.student.tolist(), problem.pairs.slot[:].tolist()
    assert all(a < b for a, b in pairwise(zip(student, slot, strict=True)))
    for s, j, km, points in zip(student, slot, problem.pairs.km[:], problem.pairs.points[:], strict=True):
        found[problem.student_ids[s], problem.slot_ids[j]] = km, points
    for pair, (km, points) in found.items():
        assert (km, points) == ((int(known[pair][0]) + 5) // 10, known[pair][1])
    assert {student_id for student_id, _ in known.keys() - found.keys()} <= fixed | set(separated(round_))
    assert found


@pytest.mark.parametrize("seed", range(5))
def test_members_of_blocks_are_counted(seed):
    """As a plain count of the pairs says; slots without blocks have none."""
    round_ = random_round(seed, "town")
    problem = build_problem(round_, build_options(round_))
    counts = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
    for student, slot in zip(problem.pairs.student.tolist(), problem.pairs.slot[:].tolist(), strict=True):
        counts[problem.students.school[student], slot] += problem.blocked[slot]
    assert np.array_equal(problem.block_members(), counts)
