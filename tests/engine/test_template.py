"""The template: it loads as it is written, and its notes and defaults are those of the engine."""

from __future__ import annotations

import csv
import re
from dataclasses import fields

import pytest

from engine import template_notes
from engine.checking import check_round
from engine.loading import load_round
from engine.options import build_options
from engine.policy import Policy
from engine.tables import TABLES
from engine.template import NOTES_FILE, SETTINGS_FILE, WORKBOOK, write_template
from engine.workbook import read_workbook

TABLE_NAMES = [table.name for table in TABLES]


@pytest.fixture
def folder(tmp_path):
    write_template(tmp_path / "template")
    return tmp_path / "template"


@pytest.mark.parametrize("part", [".", WORKBOOK])
def test_the_template_loads_without_a_fault(folder, part):
    """Folder and workbook are rounds as they stand, with two examples in every table."""
    report = check_round(folder / part)
    assert report.faults == []
    assert {name: report.counts[name] for name in TABLE_NAMES} == dict.fromkeys(TABLE_NAMES, 2)
    assert {note.code for note in report.notes} == {"unused_file" if part == "." else "unused_sheet"}


def test_folder_and_workbook_are_the_same_round(folder):
    """The two forms agree to the fingerprint of their tables, so that either may be filled in."""
    assert load_round(folder).input_sha256 == load_round(folder / WORKBOOK).input_sha256


def test_the_workbook_stands_alone(folder, tmp_path):
    """The workbook carries the settings in a sheet: away from round.toml it is the same round still."""
    (tmp_path / "alone").mkdir()
    alone = (folder / WORKBOOK).rename(tmp_path / "alone" / WORKBOOK)
    assert load_round(alone).input_sha256 == load_round(folder).input_sha256


def test_every_example_student_can_be_placed(folder):
    """The examples show a round that works: each student has an option."""
    options = build_options(load_round(folder))
    assert (options.first[1:] > options.first[:-1]).all()


def test_every_table_column_and_setting_has_a_note(folder):
    """A new column, table or setting without its note is found here; the notes say what each column takes."""
    assert list(template_notes.TABLES) == TABLE_NAMES
    for table in TABLES:
        assert list(template_notes.COLUMNS[table.name]) == [column.name for column in table.columns]
    policy = [setting.name for setting in fields(Policy) if setting.name not in {"levels", "levels_given"}]
    assert list(template_notes.POLICY) == [*policy, "level"]
    with (folder / NOTES_FILE).open(encoding="utf-8-sig", newline="") as file:
        notes = {(row["table"], row["column"]): row for row in csv.DictReader(file)}
    assert notes["students", "fsm"]["what it takes"].startswith("Y or N")
    assert notes["students", "postcode"]["needed"] == "may be blank"
    assert {(table.name, column.name) for table in TABLES for column in table.columns} <= set(notes)
    assert read_workbook(folder / WORKBOOK)["notes"][0][:2] == ["table", "column"]


def test_the_defaults_shown_are_the_defaults(folder):
    """With every commented default made live, the policy is what it is with none."""
    settings = folder / SETTINGS_FILE
    plain = load_round(folder).policy
    assert plain == Policy()
    live = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", settings.read_text(encoding="utf-8"), flags=re.MULTILINE)
    settings.write_text(live, encoding="utf-8")
    spelt_out = load_round(folder).policy
    assert spelt_out.levels_given
    for setting in fields(Policy):
        if setting.name != "levels_given":
            assert getattr(spelt_out, setting.name) == getattr(plain, setting.name), setting.name


def test_the_template_is_the_same_every_time(folder, tmp_path):
    """Two templates are equal byte for byte."""
    for path in write_template(tmp_path / "again"):
        assert path.read_bytes() == (folder / path.name).read_bytes()
