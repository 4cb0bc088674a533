"""With ``--geography`` schools, areas and postcodes are real; the students and employers are not."""

from __future__ import annotations

import csv
import gzip

import pytest

from engine.checking import check_round
from engine.domain import Point
from scenarios import ScenarioError, write_scenario
from scenarios.figures import round_figures
from scenarios.geography import real_region
from scenarios.rivers import meets


@pytest.fixture(scope="module")
def real_pilot(written, geography):
    """The scenario ``pilot`` on a real region."""
    return check_round(written("pilot", geography=geography))


def test_a_real_round_is_as_hard_as_a_made_up_one(real_pilot):
    """No faults and the same proportions."""
    assert real_pilot.faults == []
    figures = round_figures(real_pilot.round_)
    assert figures["places_over_demand"] == pytest.approx(0.85, abs=0.005)
    assert 0.4 <= figures["share_of_places_in_groups"] <= 0.6
    assert figures["share_fsm"] == pytest.approx(1 / 3, abs=0.05)
    assert figures["share_with_access_or_support_needs"] == pytest.approx(0.125, abs=0.001)
    assert 300_000 < figures["eligible_pairs"] < 800_000


def test_schools_and_homes_are_where_the_files_say(real_pilot, geography):
    """Every school is in the register under its URN, and nearly every home is at a real postcode."""
    with (geography / "schools.csv").open(encoding="utf-8") as lines:
        register = {row["urn"]: row["establishment_name"] for row in csv.DictReader(lines)}
    assert all(register[urn] == school.name for urn, school in real_pilot.round_.schools.items())
    with gzip.open(geography / "postcodes.csv.gz", "rt", encoding="utf-8") as lines:
        places = {(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines)}
    homes = [s.home for s in real_pilot.round_.students.values() if s.home]
    assert sum((home.latitude, home.longitude) in places for home in homes) > 0.95 * len(homes)


def test_the_whole_region_is_the_hub(geography):
    """161 schools by type, the independent special schools left out, a third with free meals, the Mersey between."""
    region = real_region(geography, 1, 161)
    assert len(region.schools) == 161
    assert sum(school.type == "special" for school in region.schools) == 45
    assert [barrier.barrier_id for barrier in region.barriers] == ["mersey"]
    assert len(region.areas) == 1003


def test_the_mersey_is_between_wirral_and_liverpool(geography):
    """Every postcode of Wirral and Runcorn is on one bank, every other one on the other."""
    (river,) = real_region(geography, 1, 161).barriers
    liverpool = Point(53.40, -2.90)
    wrong = []
    with gzip.open(geography / "postcodes.csv.gz", "rt", encoding="utf-8") as lines:
        for row in list(csv.DictReader(lines))[::7]:
            place = Point(float(row["lat"]), float(row["lon"]))
            south = row["outcode"].startswith("CH") or row["outcode"] in {"WA4", "WA7"}
            if bool(meets(liverpool, place, river.line) % 2) != south:
                wrong.append(row["postcode"])
    assert wrong == []


def test_a_folder_of_another_layout_is_refused(tmp_path):
    """A missing column is named; nothing is written."""
    (tmp_path / "schools.csv").write_text("urn,name\n")
    (tmp_path / "lsoa.csv").write_text("lat,lon\n")
    with pytest.raises(ScenarioError, match="has no column establishment_name"):
        write_scenario("pilot", tmp_path / "out", geography=tmp_path)
    assert not (tmp_path / "out").exists()


def test_a_geography_may_bring_its_own_river(geography, tmp_path):
    """``barriers.csv`` and ``crossings.csv`` in the folder take the place of the line that we know."""
    for name in ("schools.csv", "lsoa.csv"):
        (tmp_path / name).write_bytes((geography / name).read_bytes())
    (tmp_path / "barriers.csv").write_text("barrier_id,seq,latitude,longitude\nalt,2,53.5,-2.5\nalt,1,53.5,-3.2\n")
    (tmp_path / "crossings.csv").write_text("barrier_id,crossing_id,latitude,longitude\nalt,bridge,53.5,-3.0\n")
    region = real_region(tmp_path, 1, 20)
    assert [barrier.barrier_id for barrier in region.barriers] == ["alt"]
    assert [point.longitude for point in region.barriers[0].line] == [-3.2, -2.5]
    assert len(region.schools) == 20
