"""Random rounds survive being written as tables and read again, so that what is solved is what people would load."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from random_rounds import random_round
from round_folder import write_folder

from engine.loading import load_round

READ_BACK = ("students", "schools", "employers", "experiences", "slots", "policy", "closed_dates")


def in_any_order(rows):
    """Rows as they compare when their order says nothing."""
    return sorted(map(repr, rows))


def half_days_closed(round_):
    """The school, half-day and year group of everything that the calendar closes."""
    return {(row.urn, moment, row.year_group) for row in round_.calendar for moment in row.half_days}


@pytest.mark.parametrize("size", ["tiny", "small", "town"])
@pytest.mark.parametrize("seed", range(12))
def test_a_round_is_read_as_it_was_written(tmp_path, size, seed):
    """Every fact of a random round comes back from its folder unchanged."""
    given = random_round(seed, size, wrong_signs=seed % 3 == 0)
    found = load_round(write_folder(given, tmp_path))
    for name in (field.name for field in fields(given) if field.name in READ_BACK):
        expected, actual = getattr(given, name), getattr(found, name)
        if name == "experiences":
            actual = {key: replace(value, criteria=None) for key, value in actual.items()}
        assert actual == expected, name
    for name in ("preferences", "history", "decisions", "barriers", "travel"):
        assert in_any_order(getattr(found, name)) == in_any_order(getattr(given, name)), name
    assert half_days_closed(found) == half_days_closed(given)
    assert (found.seed, found.starts, found.ends) == (given.seed, given.starts, given.ends)
