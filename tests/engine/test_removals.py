"""Students who see the same slots closed are answered together, others slot by slot: the answers are the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from option_rounds import option_round

from engine.cohorts import Cohort, cohorts
from engine.ground import Ground
from engine.options import build_options
from engine.removals import left_to
from engine.rules import PAIR_RULES

SEEDS = range(60)


def _alike(round_):
    """The round with nobody away on days of their own and nothing forbidden."""
    students = {key: replace(student, unavailable=frozenset()) for key, student in round_.students.items()}
    return replace(round_, students=students, decisions=())


def _answers(left):
    return left.counts.tolist(), left.slots.tolist(), left.removed.tolist(), left.removed_alone.tolist()


def test_a_member_with_days_away_changes_no_one_else_s_answer():
    """Looked at slot by slot, because one of them is away then, a school year is left with what it had before."""
    compared = 0
    for seed in SEEDS:
        round_ = _alike(option_round(seed))
        for cohort in cohorts(Ground(round_)):
            away = replace(cohort.students[0], student_id="~", unavailable=frozenset({1}))
            ground = Ground(replace(round_, students={**round_.students, "~": away}))
            joined = Cohort(ground, cohort.urn, cohort.year_group, np.append(cohort.members, len(round_.students)))
            together, apart = left_to(cohort, PAIR_RULES), left_to(joined, PAIR_RULES)
            counts, slots, *losses = _answers(apart)
            assert _answers(together) == (
                counts[:-1],
                slots[: sum(counts[:-1])],
                *(rows[:-1] for rows in losses),
            ), seed
            compared += len(cohort.members)
    assert compared > 500


def test_school_years_are_taken_together_but_for_those_with_days_or_a_forbid_of_their_own():
    """Cohorts hold every student once, and differ in school, year, or whether members have closures of their own."""
    for seed in SEEDS:
        ground = Ground(option_round(seed))
        found = list(cohorts(ground))
        assert sorted(i for cohort in found for i in cohort.members.tolist()) == list(range(len(ground.students)))
        for cohort in found:
            own = {bool(s.unavailable) or s.student_id in ground.forbidden_to for s in cohort.students}
            assert len(own) == 1
            assert {(s.urn, s.year_group) for s in cohort.students} == {(cohort.urn, cohort.year_group)}


def test_details_come_in_the_order_in_which_they_are_asked():
    """Pairs asked in any order, or a stretch of students at a time, have the journeys, points and ranks of all."""
    for seed in range(20):
        options = build_options(option_round(seed))
        pairs = np.arange(len(options.slot))
        whole = np.array(options.detail(pairs))
        shuffled = np.random.default_rng(seed).permutation(pairs)
        assert np.array_equal(np.array(options.detail(shuffled)), whole[:, shuffled])
        stretches = options.by_stretch(lambda members, rows: (members, rows))
        assert np.array_equal(np.concatenate([members for members, _ in stretches]), np.arange(len(options.students)))
        student, experience = options._students_of(pairs), options.details.ground.experience_of[options.slot]
        tenths, grades = (
            np.concatenate(each)[student, experience] for each in zip(*(rows for _, rows in stretches), strict=True)
        )
        assert np.array_equal(np.array([tenths, options.details.points_of_grades[grades]]), whole[:2])


def test_details_looked_up_one_by_one_are_those_of_whole_rows(monkeypatch):
    """Journeys, points and ranks of a few pairs, overridden ones too, are those of every row worked out."""
    compared = 0
    for seed in SEEDS:
        options = build_options(option_round(seed))
        pairs = np.arange(len(options.slot))
        monkeypatch.setattr("engine.details.LOOKED_UP", 1 << 40)
        whole = np.array(options.detail(pairs))
        monkeypatch.setattr("engine.details.LOOKED_UP", 0)
        assert np.array_equal(np.array(options.detail(pairs)), whole), seed
        assert np.array_equal(options.tenths(pairs), whole[0])
        assert np.array_equal(options.points(pairs), whole[1])
        compared += len(pairs)
    assert compared > 500
