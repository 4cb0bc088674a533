"""Another number of students keeps the proportions: schools, employers and slots grow with it."""

from __future__ import annotations

import pytest

from engine.checking import check_round
from scenarios import scenarios
from scenarios.figures import round_figures

GENERATED = [name for name, scenario in scenarios().items() if scenario.shape is not None]


@pytest.mark.parametrize("name", GENERATED)
@pytest.mark.parametrize("students", [20, 27, 40, 100])
def test_small_rounds_load_and_are_scarce(written, name, students):
    """From 20 students on a round has no fault, some options, scarce places and group slots."""
    checked = check_round(written(name, students=students, seed=students))
    assert checked.faults == []
    figures = round_figures(checked.round_)
    assert figures["counts"]["students"] == students
    assert figures["places_over_demand"] == pytest.approx(0.85, abs=0.02)
    assert 0.35 <= figures["share_of_places_in_groups"] <= 0.6
    assert figures["eligible_pairs"] > students


@pytest.mark.parametrize(("students", "schools"), [(600, 6), (1500, 16)])
def test_schools_grow_in_proportion(written, students, schools):
    """161 schools to 15,000 students are 16 to 1,500; employers and slots follow."""
    round_ = check_round(written("year10", students=students)).round_
    figures = round_figures(round_)
    assert len(round_.schools) == schools
    assert len(round_.slots) == pytest.approx(students * 3100 / 15000, rel=0.2)
    assert len(round_.employers) == pytest.approx(students * 735 / 15000, rel=0.2)
    assert figures["places_over_demand"] == pytest.approx(0.85, abs=0.005)
