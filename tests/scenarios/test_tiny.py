"""The scenario ``tiny`` holds what its README promises: each rule excludes something in it, and nothing is a fault."""

from __future__ import annotations

import pytest

from engine.allocation import Allocation
from engine.audit import audit
from engine.checking import check_round
from engine.options import build_options
from engine.rules import PAIR_RULES, RULE_CODES
from scenarios import write_scenario

PIN = ("S4", "L15")
BREAKING: dict[str, list[tuple[str, str]]] = {
    "available": [("N6", "L03")],
    "year": [("W2", "L14")],
    "individual_age": [("N5", "L03")],
    "cleared": [("S1", "L11")],
    "dates": [("S1", "L16")],
    "school_only": [("N1", "L17")],
    "access": [("N2", "L10")],
    "travel": [("S2", "L04")],
    "capacity": [("N1", "L04"), ("N2", "L04")],
    "employer_day": [("S1", "L01"), ("W1", "L01"), ("N1", "L03"), ("N2", "L03")],
    "employer_total": [("S1", "L06"), ("W1", "L06"), ("N1", "L07"), ("N2", "L07")],
    "support": [("N3", "L02"), ("S3", "L02")],
    "one_school": [("N1", "L14"), ("S1", "L14")],
    "group": [("N1", "L09"), ("N4", "L09")],
    "clash": [("N1", "L02"), ("N1", "L08"), ("N3", "L08"), ("N5", "L08")],
    "calendar": [("N1", "L12")],
    "school_out": [("N2", "L02"), ("N1", "L08"), ("N3", "L08"), ("N4", "L08"), ("N5", "L08")],
    "coach": [("W1", "L09")],
    "repeat": [("N1", "L08"), ("N2", "L08"), ("N3", "L08")],
    "limit": [("S1", "L10"), ("S1", "L12"), ("S1", "L14")],
    "pin": [],
    "forbid": [("N1", "L10")],
    "separate": [("S1", "L07"), ("S2", "L07")],
    "unknown": [("Z9", "L03")],
    "duplicate": [("S1", "L10"), ("S1", "L10")],
}
"""For each rule, a few rows that only this rule forbids (the README walks through the same rows)."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    write_scenario("tiny", folder)
    return check_round(folder)


def test_tiny_is_a_round_without_faults(tiny):
    """The tables load, and ``check`` has something to say about dates, checks, ages, blanks and sectors."""
    assert tiny.faults == []
    assert tiny.counts["students"] == 12
    assert {note.code for note in tiny.notes} >= {"checks_lapse", "individual_under_10", "sector_not_offered"}


def test_every_pair_rule_removes_something_by_itself(tiny):
    """For each pair rule there is a student and a slot that only this rule keeps apart."""
    removed_alone = build_options(tiny.round_).removed_alone.sum(axis=0)
    assert {rule: int(count) for rule, count in zip(PAIR_RULES, removed_alone, strict=True) if not count} == {}


def test_the_rows_that_break_rules_cover_every_rule():
    """No rule of the registry is missing from the walk-through."""
    assert list(BREAKING) == sorted(BREAKING, key=RULE_CODES.index)
    assert set(BREAKING) == set(RULE_CODES)


@pytest.mark.parametrize("rule", BREAKING)
def test_a_few_rows_break_this_rule_and_no_other(tiny, rule):
    """The rows that the README gives for a rule are forbidden by that rule alone."""
    pairs = BREAKING[rule] + ([] if rule == "pin" else [PIN])
    breaches = audit(tiny.round_, Allocation.of(pairs)).breaches
    assert {breach.rule for breach in breaches} == {rule}


def test_the_rows_without_the_last_one_break_nothing(tiny):
    """It is the last row that tips the balance: a coach seat, a place, a half-day fewer and the rule is kept."""
    for rule in ("capacity", "employer_day", "employer_total", "support", "one_school", "school_out", "coach", "limit"):
        kept = BREAKING[rule][1:] if rule == "school_out" else BREAKING[rule][:-1]
        assert audit(tiny.round_, Allocation.of([*kept, PIN])).breaches == (), rule
