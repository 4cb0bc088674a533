"""What is recorded as proven is about the rounds that are written, and is proven again where that takes a second."""

from __future__ import annotations

import pytest

from engine.loading import load_round
from engine.options import build_options
from scenarios import scenarios
from solver.allocate import allocate

RECORDED = [(name, run) for name, scenario in scenarios().items() for run in scenario.proven]


@pytest.mark.parametrize(("name", "run"), [pair for pair in RECORDED if pair[1] == "default"])
def test_the_record_is_of_the_round_that_is_written(request, written, name, run):
    """The recorded ``input_sha256`` is that of the scenario at its own size and seed."""
    round_ = load_round(written("tiny")) if name == "tiny" else request.getfixturevalue(name)[0]
    assert scenarios()[name].proven[run]["input_sha256"] == round_.input_sha256


@pytest.mark.parametrize(("name", "run"), RECORDED)
def test_no_recorded_value_is_above_its_bound(name, run):
    """A record is whole: a round, a status, and levels with a value and a bound."""
    record = scenarios()[name].proven[run]
    assert len(record["input_sha256"]) == 64
    assert record["status"] in {"optimal", "feasible"}
    assert all(level["value"] <= level["bound"] for level in record["levels"].values())
    if record["status"] == "optimal":
        assert all(level["value"] == level["bound"] for level in record["levels"].values())


def test_tiny_is_proven_again(written):
    """The solver reaches and proves the recorded value of every level of ``tiny``."""
    round_ = load_round(written("tiny"))
    outcome = allocate(round_, build_options(round_))
    record = scenarios()["tiny"].proven["default"]
    assert outcome.status == record["status"]
    found = {level.level.name: {"value": level.value, "bound": level.bound} for level in outcome.levels}
    assert {name: found[name] for name in record["levels"]} == record["levels"]
