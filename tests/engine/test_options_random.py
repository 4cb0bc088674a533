"""The options in bulk against the rules one pair at a time, on random small rounds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from option_rounds import option_round
from plain_pairs import own_journey, points_and_rank, rules_broken

from engine import cohorts, reach
from engine.options import build_options, pair_points, pair_rank, pair_tenths
from engine.rules import PAIR_RULES

SEEDS = range(200)


def _by_pair(options):
    """The options as a mapping from student and slot to journey, points and rank."""
    student = np.repeat(np.arange(len(options.students)), np.diff(options.first))
    columns = zip(student, options.slot, *options.detail(np.arange(len(options.slot))), strict=True)
    return {(options.students[i], options.slots[j]): (int(a), int(b), int(c)) for i, j, a, b, c in columns}


@pytest.mark.parametrize("start", SEEDS[::20])
def test_options_agree_with_the_rules_asked_one_pair_at_a_time(start):
    """Every pair, journey, point, rank and count of removed slots is what the documents say, twenty rounds a time."""
    for seed in range(start, start + 20):
        round_ = option_round(seed)
        options = build_options(round_)
        expected = {}
        for i, student_id in enumerate(options.students):
            student = round_.students[student_id]
            broken = {slot.slot_id: rules_broken(round_, student, slot) for slot in round_.slots.values()}
            for slot_id in (slot_id for slot_id, rules in broken.items() if not rules):
                experience = round_.experiences[round_.slots[slot_id].experience_id]
                worth = points_and_rank(round_, student, experience)
                expected[student_id, slot_id] = (own_journey(round_, student, experience), *worth)
            every = Counter(rule for rules in broken.values() for rule in rules)
            alone = Counter(rule for rules in broken.values() for rule in rules if len(rules) == 1)
            assert options.removed[i].tolist() == [every[rule] for rule in PAIR_RULES], (seed, student_id)
            assert options.removed_alone[i].tolist() == [alone[rule] for rule in PAIR_RULES], (seed, student_id)
        assert _by_pair(options) == expected, seed


def test_random_rounds_let_every_rule_decide():
    """Over the random rounds, each pair rule alone removes something, so that agreement means something."""
    alone = sum(build_options(option_round(seed)).removed_alone.sum(axis=0) for seed in SEEDS)
    assert dict(zip(PAIR_RULES, alone > 0, strict=True)) == dict.fromkeys(PAIR_RULES, True)


def test_single_pairs_are_answered_like_the_options():
    """The journey, points and rank of any one pair, option or not, agree with the documents."""
    for seed in range(40):
        round_ = option_round(seed)
        rng = Random(seed)  # noqa: S311 (a test's own dice)
        student_id, slot_id = rng.choice(sorted(round_.students)), rng.choice(sorted(round_.slots))
        student = round_.students[student_id]
        experience = round_.experiences[round_.slots[slot_id].experience_id]
        assert pair_tenths(round_, student_id, slot_id) == own_journey(round_, student, experience)
        worth = pair_points(round_, student_id, slot_id), pair_rank(round_, student_id, slot_id)
        assert worth == points_and_rank(round_, student, experience)


def test_rounds_too_large_for_one_table_give_the_same_options(monkeypatch):
    """Computing homes as they are asked for, and school years in parts, changes no option."""
    whole = [_by_pair(build_options(option_round(seed))) for seed in range(20)]
    monkeypatch.setattr(reach, "PAIRS_KEPT", 0)
    monkeypatch.setattr(cohorts, "CELLS_AT_ONCE", 16)
    assert [_by_pair(build_options(option_round(seed))) for seed in range(20)] == whole


def test_the_order_of_rows_changes_nothing():
    """A round whose tables are turned upside down has the same options in the same arrays."""
    tables = ("schools", "students", "employers", "experiences", "slots")
    rows = ("preferences", "history", "calendar", "barriers", "travel", "decisions")
    for seed in range(20):
        round_ = option_round(seed)
        turned = {name: dict(reversed(getattr(round_, name).items())) for name in tables}
        turned |= {name: tuple(reversed(getattr(round_, name))) for name in rows}
        one, other = build_options(round_), build_options(replace(round_, **turned))
        for name in ("first", "slot", "removed", "removed_alone"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), (seed, name)
        pairs = np.arange(len(one.slot))
        assert np.array_equal(one.detail(pairs), other.detail(pairs)), seed
