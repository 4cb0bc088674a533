"""Writing a scenario never costs anyone a file, and says plainly what it cannot do."""

from __future__ import annotations

import pytest

from scenarios import ScenarioError, scenarios, write_scenario


def test_every_scenario_says_why_it_exists():
    """Each has a reason in a sentence, a size and a seed."""
    for scenario in scenarios().values():
        assert scenario.why.endswith(".")
        assert scenario.students > 0
        assert scenario.schools > 0


def test_a_later_scenario_takes_the_place_of_an_earlier_one(tmp_path):
    """The tables of the earlier one go, what else is in the folder stays."""
    write_scenario("pilot", tmp_path, students=40)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "baseline.csv").write_text("student_id,slot_id\n")
    write_scenario("tiny", tmp_path)
    assert (tmp_path / "round.toml").read_text().count("tiny") > 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "baseline.csv").exists()


def test_somebody_s_round_is_not_overwritten(tmp_path):
    """A folder with a round that no scenario wrote is refused and stays as it is."""
    (tmp_path / "round.toml").write_text('name = "our round"\n')
    with pytest.raises(ScenarioError, match="no earlier scenario"):
        write_scenario("tiny", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["round.toml"]


@pytest.mark.parametrize(
    ("name", "chosen", "says"),
    [
        ("huge", {}, "tiny, pilot, year10, hub"),
        ("tiny", {"students": 30}, "by hand"),
        ("tiny", {"seed": 3}, "by hand"),
        ("pilot", {"students": 19}, "at least 20"),
        ("pilot", {"geography": "nowhere"}, "has no schools.csv"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(tmp_path, name, chosen, says):
    """Unknown names, sizes that cannot be and missing geography are refused before anything is written."""
    with pytest.raises(ScenarioError, match=says):
        write_scenario(name, tmp_path / "out", **chosen)
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(tmp_path):
    """A path that is a file is refused."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ScenarioError, match="is a file"):
        write_scenario("tiny", tmp_path / "file")
