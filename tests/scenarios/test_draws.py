"""Draws are the same everywhere: pinned values, fair shares, wheels that turn as staked."""

from __future__ import annotations

from collections import Counter

from scenarios.draws import Draws, Wheel, apportion


def test_a_stream_is_pinned_to_its_seed_and_name():
    """The first draws of a stream are these, whatever the machine, numpy or Python."""
    draws = Draws(1, "streams")
    assert [draws.below(1000) for _ in range(5)] == [321, 386, 588, 263, 258]
    assert draws.unit() == 0.21193531368846608
    assert draws.shuffled("abcdef") == list("fecabd")


def test_streams_of_one_seed_are_independent():
    """Two names, and two seeds, give different draws."""
    first = {tuple(Draws(seed, name).below(1000) for _ in range(1)) for seed in (1, 2) for name in ("a", "b")}
    assert len(first) == 4


def test_whole_numbers_reach_both_ends():
    """``between`` includes its ends and nothing beyond."""
    draws = Draws(2, "ends")
    assert {draws.between(3, 5) for _ in range(200)} == {3, 4, 5}


def test_bell_is_centred_and_bounded():
    """Bell draws have a middle of 0, a spread of 1 and an end."""
    draws = Draws(3, "bell")
    found = [draws.bell() for _ in range(4000)]
    assert abs(sum(found) / 4000) < 0.05
    assert 0.9 < sum(x * x for x in found) / 4000 < 1.1
    assert max(abs(x) for x in found) < 3.5


def test_a_wheel_picks_as_staked():
    """A stake of 3 against 1 wins three times in four; a stake of 0 never."""
    draws = Draws(4, "wheel")
    found = Counter(Wheel({"a": 3, "b": 1, "c": 0}).spin(draws) for _ in range(4000))
    assert found["c"] == 0
    assert 2850 < found["a"] < 3150


def test_a_wheel_picks_several_different_keys():
    """Several spins give different keys, and no more than there are."""
    assert sorted(Wheel({"a": 5, "b": 5}).spin_many(Draws(5, "many"), 9)) == ["a", "b"]


def test_shares_add_up():
    """Largest remainders: nothing is lost, the least is kept, ties go to the first."""
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(7, [5, 0, 2], least=1) == [4, 1, 2]
    assert apportion(2, [0, 0, 0]) == [1, 1, 0]
