"""The postcode directory: three published layouts in, any way of writing a postcode out."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import pytest
from pyproj import Transformer

from engine.domain import Point
from engine.faults import RoundRefusedError
from engine.postcodes import PostcodeDirectory, default_path, is_postcode, normalise

ONSPD = (
    "\ufeffpcd7,pcd8,pcds,dointr,doterm,oscty,east1m,north1m,lat,long,imd\n"
    '"L3 4AA","L3   4AA","L3 4AA","198001","","E99","334300","389600","53.3993","-2.9887","1"\n'
    '"CH411AA","CH41 1AA","CH41 1AA","198001","201203","E99","332000","389000","53.3930","-3.0230","2"\n'
    '"JE2 3AB","JE2  3AB","JE2 3AB","198001","","","","","99.999999","0.000000","0"\n'
)
CODE_POINT = (
    '"L3 4AA",10,334300,389600,"E92000001","E19000001","E18000002","","E08000012","E05000900"\n'
    '"CH411AA",10,332000,389000,"E92000001","E19000001","E18000002","","E08000015","E05000900"\n'
    '"L3 9ZZ",90,0,0,"E92000001","","","","E08000012",""\n'
)
PLAIN = "postcode,outcode,easting,northing,lat,lon,la\nL3 4AA,L3,334300,389600,53.3993,-2.9887,Liverpool\n"
BENCHMARKS = os.environ.get("FOOTHOLD_BENCHMARKS", "")


@pytest.fixture
def directory(tmp_path):
    return PostcodeDirectory(tmp_path / "made" / "postcodes.sqlite")


@pytest.mark.parametrize("text", ["L3 4AA", "l34aa", " L3  4aa ", "L3\u00a04AA", "L3-4AA"])
def test_a_postcode_is_known_however_it_is_written(text):
    """Case and spaces are the writer's own; the directory has one form."""
    assert normalise(text) == "L3 4AA"
    assert is_postcode(text)


@pytest.mark.parametrize("text", ["", "L3", "L3 4A", "3LL 4AA", "Liverpool", "L3 4AAA", "L3 44A"])
def test_what_is_no_postcode_is_told_from_one(text):
    """A town or half a postcode has another shape."""
    assert not is_postcode(text)


def test_the_ons_directory_is_loaded_terminated_postcodes_too(directory, tmp_path):
    """Postcodes that have ended still say where a home is; those without a place are passed over."""
    (tmp_path / "ONSPD_MAY_2025_UK.csv").write_text(ONSPD, encoding="utf-8")
    assert directory.load_directory(tmp_path / "ONSPD_MAY_2025_UK.csv") == 2
    assert directory.lookup("l34aa") == Point(53.3993, -2.9887)
    assert directory.lookup("CH41 1AA") == Point(53.3930, -3.0230)
    assert directory.lookup("JE2 3AB") is None
    assert directory.count() == 2


def test_the_ons_zip_is_read_once_without_its_documents(directory, tmp_path):
    """Of the download only the whole table is read: not the copies by area, not the look-up lists."""
    with zipfile.ZipFile(tmp_path / "ONSPD_MAY_2025.zip", "w") as archive:
        archive.writestr("Documents/LA names.csv", "LAD24CD,LAD24NM\nE08000012,Liverpool\n")
        archive.writestr("Data/ONSPD_MAY_2025_UK.csv", ONSPD)
        archive.writestr("Data/multi_csv/ONSPD_MAY_2025_UK_L.csv", ONSPD.replace("53.3993", "1"))
    assert directory.load_directory(tmp_path / "ONSPD_MAY_2025.zip") == 2
    assert directory.lookup("L3 4AA") == Point(53.3993, -2.9887)


@pytest.mark.parametrize("packed", [True, False])
def test_code_point_open_is_converted_from_the_national_grid(directory, tmp_path, packed):
    """Eastings and northings on OSGB36 become degrees on WGS84, from the zip and from the unpacked folder alike."""
    members = {"Data/CSV/l.csv": CODE_POINT, "Doc/Code-Point_Open_Column_Headers.csv": "PC,PQ,EA,NO\nPostcode,,,\n"}
    source = tmp_path / ("codepo_gb.zip" if packed else "codepo_gb")
    for name, content in members.items():
        if packed:
            with zipfile.ZipFile(source, "a") as archive:
                archive.writestr(name, content)
        else:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(content)
    assert directory.load_directory(source) == 2
    longitude, latitude = Transformer.from_crs(27700, 4326, always_xy=True).transform(334300, 389600)
    assert directory.lookup("L3 4AA") == Point(latitude, longitude)
    assert (round(latitude, 2), round(longitude, 2)) == (53.40, -2.99)
    assert directory.lookup("CH41 1AA") is not None
    assert directory.lookup("L3 9ZZ") is None


def test_a_plain_table_is_loaded_gzipped_or_not(directory, tmp_path):
    """A CSV with postcode, lat and lon is enough."""
    with gzip.open(tmp_path / "postcodes.csv.gz", "wt") as file:
        file.write(PLAIN)
    assert directory.load_directory(tmp_path / "postcodes.csv.gz") == 1
    (tmp_path / "postcodes.csv").write_text(PLAIN.replace("53.3993", "53.5"))
    assert directory.load_directory(tmp_path / "postcodes.csv") == 1
    assert directory.lookup("L3 4AA") == Point(53.5, -2.9887)
    assert directory.count() == 1


def test_many_postcodes_are_looked_up_at_once(directory, tmp_path):
    """A whole table's postcodes are found in one call, keyed as they were written; unknown ones are absent."""
    every = [f"L{a}{b} {c}AA" for a in range(1, 10) for b in range(10) for c in range(10)]
    rows = "".join(f"{code},53.{n},-2.{n}\n" for n, code in enumerate(every, 1000))
    (tmp_path / "postcodes.csv").write_text("postcode,lat,lon\n" + rows)
    assert directory.load_directory(tmp_path / "postcodes.csv") == 900
    found = directory.lookup_all([*(code.replace(" ", "").lower() for code in every), "ZZ1 1ZZ"])
    assert len(found) == 900
    assert found["l100aa"] == Point(53.1000, -2.1000)


def test_a_directory_never_loaded_knows_nothing_and_makes_nothing(directory):
    """Looking up before loading is no error, and leaves no file behind."""
    assert directory.lookup("L3 4AA") is None
    assert not directory.loaded
    assert not directory.path.exists()


def test_a_file_that_is_no_database_asks_to_be_loaded_again(directory, tmp_path):
    """A broken directory knows nothing, and loading into it says to move it away: no traceback either way."""
    directory.path.parent.mkdir()
    directory.path.write_bytes(b"not a database at all" * 100)
    (tmp_path / "postcodes.csv").write_text(PLAIN)
    assert directory.lookup("L3 4AA") is None
    assert not directory.loaded
    with pytest.raises(RoundRefusedError) as refusal:
        directory.load_directory(tmp_path / "postcodes.csv")
    assert "Move it away" in refusal.value.faults[0].message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("schools.csv", b"urn,name\n100000,School\n"),
        ("cut.csv.gz", gzip.compress(PLAIN.encode() * 50)[:-20]),
        ("cut.zip", b"PK\x03\x04 and no more"),
        ("bad.csv", b"postcode,lat,lon\nL3 4AA,north,-2.9\n"),
        ("empty.csv", b""),
    ],
)
def test_a_file_that_is_no_directory_is_refused_and_changes_nothing(directory, tmp_path, name, content):
    """A wrong, cut or empty file is refused with what to give instead, and what was loaded before still stands."""
    (tmp_path / "postcodes.csv").write_text(PLAIN)
    directory.load_directory(tmp_path / "postcodes.csv")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RoundRefusedError) as refusal:
        directory.load_directory(tmp_path / name)
    (fault,) = refusal.value.faults
    assert fault.table == name
    assert "Give" in fault.message or "Download" in fault.message
    assert (directory.count(), directory.lookup("L3 4AA")) == (1, Point(53.3993, -2.9887))


def test_the_environment_says_where_the_directory_is(monkeypatch, tmp_path):
    """FOOTHOLD_POSTCODES names the file; without it there is one in the home folder."""
    monkeypatch.setenv("FOOTHOLD_POSTCODES", str(tmp_path / "elsewhere.sqlite"))
    assert default_path() == tmp_path / "elsewhere.sqlite"
    monkeypatch.delenv("FOOTHOLD_POSTCODES")
    assert default_path() == Path.home() / ".foothold" / "postcodes.sqlite"


def test_a_real_region_is_loaded(directory):
    """Every postcode of the Liverpool City Region is loaded in a moment, and lies in the region."""
    real = Path(BENCHMARKS).parent / "lcr" / "postcodes.csv.gz"
    if not BENCHMARKS or not real.is_file():
        pytest.skip("the region's postcodes are not here; set FOOTHOLD_BENCHMARKS to the folder beside them")
    assert directory.load_directory(real) == 37_051
    place = directory.lookup("CH25 9AX")
    assert place == Point(53.39697, -3.01191)
