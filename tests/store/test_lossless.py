"""A round goes into the store and comes out of it the same: what the server holds, the files say too."""

from __future__ import annotations

import json

import pytest

from api.errors import NotFoundError
from api.people import OPERATOR
from api.service.importing import export_round, import_round
from engine.faults import FolderRefusedError, RoundRefusedError
from engine.loading import load_round
from scenarios import write_scenario


def test_a_round_comes_out_as_it_went_in(database, tiny, tiny_id, tmp_path):
    """Every fact, setting and the seed of tiny survive, so the hash and whatever is solved are the same."""
    export_round(database, OPERATOR, tiny_id, tmp_path / "out")
    assert load_round(tmp_path / "out") == load_round(tiny)


def test_cells_and_columns_that_no_rule_reads_are_kept(database, tmp_path):
    """A column of the school's own, a stale preference and a date as it was typed come back as they were."""
    folder = tmp_path / "own"
    write_scenario("tiny", folder)
    students = (folder / "students.csv").read_text().splitlines()
    students = [line + (",Form" if i == 0 else f",10{'ABC'[i % 3]}") for i, line in enumerate(students)]
    (folder / "students.csv").write_text("\n".join(students) + "\n")
    with (folder / "preferences.csv").open("a") as preferences:
        preferences.write("Z9,1,experience,X1\nN1,9,experience,GONE\n")
    calendar = (folder / "calendar.csv").read_text().replace("2026-03-10", "10/03/2026")
    (folder / "calendar.csv").write_text(calendar)
    row = import_round(database, OPERATOR, folder)
    export_round(database, OPERATOR, row.id, tmp_path / "out")
    assert "Form" in (tmp_path / "out" / "students.csv").read_text().splitlines()[0]
    assert {"Z9,1,experience,X1", "N1,9,experience,GONE"} <= set(
        (tmp_path / "out" / "preferences.csv").read_text().splitlines()
    )
    assert "10/03/2026" in (tmp_path / "out" / "calendar.csv").read_text()
    assert load_round(tmp_path / "out") == load_round(folder)


def test_spaces_around_ids_take_no_offer_away(database, tmp_path):
    """An id with a space or a tab beside it is the same offer, and what it has to give is given."""
    folder = tmp_path / "spaces"
    write_scenario("tiny", folder)
    for name, id_ in (("slots", "X4"), ("experiences", "X5"), ("slots", "X6"), ("experiences", "X6")):
        table = folder / f"{name}.csv"
        table.write_text(table.read_text().replace(f"{id_},", f" {id_}\t,"))
    row = import_round(database, OPERATOR, folder)
    export_round(database, OPERATOR, row.id, tmp_path / "out")
    assert load_round(tmp_path / "out") == load_round(folder)


def test_a_larger_round_of_every_kind_comes_out_the_same(database, tmp_path):
    """A generated round with history, decisions, limits and groups, and no seed of its own, loses nothing either."""
    write_scenario("pilot", tmp_path / "in", students=200)
    toml = tmp_path / "in" / "round.toml"
    toml.write_text("\n".join(line for line in toml.read_text().splitlines() if not line.startswith("seed")) + "\n")
    row = import_round(database, OPERATOR, tmp_path / "in")
    assert (row.state, row.seed) == ("collecting", None)
    export_round(database, OPERATOR, row.id, tmp_path / "out")
    assert load_round(tmp_path / "out") == load_round(tmp_path / "in")


def test_a_faulty_round_leaves_nothing_behind(database, tmp_path):
    """All faults are told at once and the store is as it was."""
    write_scenario("tiny", tmp_path / "bad")
    students = tmp_path / "bad" / "students.csv"
    students.write_text(students.read_text().replace(",10,Y", ",99,Y"))
    with pytest.raises(RoundRefusedError) as refused:
        import_round(database, OPERATOR, tmp_path / "bad")
    assert {fault.code for fault in refused.value.faults} == {"out_of_range"}
    with database.reading(OPERATOR) as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM rounds").scalar_one() == 0
        assert session.connection().exec_driver_sql("SELECT count(*) FROM trail").scalar_one() == 0


def test_a_round_that_is_not_there_is_not_exported(database, tmp_path):
    """An unknown id is refused before anything is written."""
    with pytest.raises(NotFoundError):
        export_round(database, OPERATOR, "r000000000000", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(database, tiny_id, tmp_path):
    """What is not Foothold's is never replaced."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(FolderRefusedError):
        export_round(database, OPERATOR, tiny_id, tmp_path / "mine")
    assert json.dumps(sorted(path.name for path in (tmp_path / "mine").iterdir())) == '["notes.txt"]'
