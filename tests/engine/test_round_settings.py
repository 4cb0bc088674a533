"""``round.toml`` and the sheet ``round``: dates, the seed, the policy with its defaults, and every ``bad_policy``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from big_round import SETTINGS, write_tables
from small_round import checked, put, small_tables, told

from engine.checking import check_round
from engine.faults import RoundRefusedError
from engine.loading import load_round
from engine.magnitudes import LARGEST_EACH
from engine.policy import DEFAULT_LEVELS, Policy
from engine.spreadsheet import write_sheets

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Round

DATES = "starts = 2026-05-04\nends = 2026-07-17\n"


def settled(folder: Path, settings: str) -> Round:
    """The small round under these settings, which must be without fault."""
    report = checked(small_tables(), folder, settings)
    assert told(report) == set()
    assert report.round_ is not None
    return report.round_


def test_everything_but_the_dates_has_a_default(tmp_path: Path):
    """Two dates make a round; the policy is the published default and the seed the hash of the tables."""
    round_ = settled(tmp_path, DATES)
    assert round_.policy == Policy()
    assert round_.closed_dates == frozenset()
    assert round_.seed == round_.input_sha256


@pytest.mark.parametrize("form", ["2026-05-04", '"2026-05-04"', '"04/05/2026"', "2026-05-04T00:00:00"])
def test_dates_may_be_text_or_toml(tmp_path: Path, form: str):
    """A TOML date and the text of a date are the same date."""
    assert settled(tmp_path, f"starts = {form}\nends = 2026-07-17\n").starts == date(2026, 5, 4)


def test_closed_dates_are_a_list(tmp_path: Path):
    """Closed dates skip a slot's half-days."""
    round_ = settled(tmp_path, DATES + 'closed_dates = [2026-05-12, "13/05/2026"]\n')
    assert round_.closed_dates == {date(2026, 5, 12), date(2026, 5, 13)}
    assert date.fromordinal(round_.slots["L1"].occupies[-1] // 2) == date(2026, 5, 19)
    assert not round_.slots["L2"].starts_on_school_day


def test_the_seed_may_be_given_twice(tmp_path: Path):
    """The seed of the file counts, unless one is given with the command; a blank one is no seed."""
    folder = write_tables(small_tables(), tmp_path / "round", DATES + 'seed = "drawn 4 May"\n')
    assert load_round(folder).seed == "drawn 4 May"
    assert load_round(folder, seed_text="mine").seed == "mine"
    assert load_round(folder, seed_text="").seed == "drawn 4 May"


SETTING_FAULTS = [
    ("ends = 2026-07-17\n", "starts", "missing_value"),
    ('starts = "soon"\nends = 2026-07-17\n', "starts", "bad_date"),
    ("starts = 2026-05-04\nends = 2026-05-01\n", "ends", "contradiction"),
    (DATES + 'closed_dates = ["2026-05-40"]\n', "closed_dates", "bad_date"),
    (DATES + "closed_dates = [2026-05-05, 2026-06-31]\n", "closed_dates", "bad_date"),
    ("starts = 2026-05-04\nends = 2026-06-31 # the last day\n", "ends", "bad_date"),
    (DATES + "name = true\n", "name", "bad_choice"),
    (DATES + "starts = 04/05/2026\n", "", "bad_policy"),
    (DATES + "max_experiences = 2\n", "max_experiences", "bad_policy"),
    (DATES + "policy = 3\n", "policy", "bad_policy"),
]


@pytest.mark.parametrize(("settings", "column", "code"), SETTING_FAULTS)
def test_faults_of_the_settings(tmp_path: Path, settings: str, column: str, code: str):
    """Each bad setting is one fault of the round."""
    assert told(checked(small_tables(), tmp_path, settings)) == {("round", 0, column, code)}


def test_no_settings_at_all(tmp_path: Path):
    """A folder without round.toml lacks a table."""
    folder = write_tables(small_tables(), tmp_path / "round")
    (folder / "round.toml").unlink()
    assert told(check_round(folder)) == {("round", 0, "", "missing_table")}


BAD_POLICIES = [
    ("max_experience = 2", "policy.max_experience"),
    ("seed = 'x'", "policy.seed"),
    ("max_experiences = -1", "policy.max_experiences"),
    ("max_experiences = 1.5", "policy.max_experiences"),
    ("max_experiences = true", "policy.max_experiences"),
    ('max_experiences = "2"', "policy.max_experiences"),
    ("max_travel_km = -8", "policy.max_travel_km"),
    ('max_travel_km = "near"', "policy.max_travel_km"),
    ("max_travel_km = nan", "policy.max_travel_km"),
    ("small_school_group_min = 0", "policy.small_school_group_min"),
    ('priority = ["fsm", "eal"]', "policy.priority"),
    ('priority = "fsm"', "policy.priority"),
    ('equity_groups = ["boys"]', "policy.equity_groups"),
    ('disadvantage = "pupil_premium"', "policy.disadvantage"),
    ("experience_points = [100, 9.5]", "policy.experience_points"),
    ("sector_points = 50", "policy.sector_points"),
    ("target_half_days = { ks5 = 10 }", "policy.target_half_days.ks5"),
    ("target_half_days = { ks4 = -1 }", "policy.target_half_days.ks4"),
    ("target_half_days = 10", "policy.target_half_days"),
    ("level = []", "policy.level"),
    ('[[policy.level]]\nname = "a"\ngoals = { happiness = 1 }', "policy.level.goals"),
    ('[[policy.level]]\nname = "a"\ngoals = { reach = 1.5 }', "policy.level.goals"),
    ('[[policy.level]]\nname = "a"\ngoals = { reach = true }', "policy.level.goals"),
    ('[[policy.level]]\nname = "a"\ngoals = {}', "policy.level.goals"),
    ('[[policy.level]]\nname = "a"', "policy.level.goals"),
    ("[[policy.level]]\ngoals = { reach = 1 }", "policy.level.name"),
    ('[[policy.level]]\nname = "a"\ngoals = { reach = 1 }\nweight = 3', "policy.level.weight"),
    ('[[policy.level]]\nname = "a"\ngoals = { reach = 1 }\ntolerance = -0.1', "policy.level.tolerance"),
    ('[[policy.level]]\nname = "a"\ngoals = { reach = 1 }\nproof = "no"', "policy.level.proof"),
    (
        '[[policy.level]]\nname = "a"\ngoals = { reach = 1 }\n[[policy.level]]\nname = "a"\ngoals = { need = 1 }',
        "policy.level.name",
    ),
]


@pytest.mark.parametrize(("policy", "column"), BAD_POLICIES)
def test_every_bad_policy_is_told(tmp_path: Path, policy: str, column: str):
    """An unknown key, goal or group and a value of the wrong kind are each one ``bad_policy``."""
    report = checked(small_tables(), tmp_path, f"{DATES}[policy]\n{policy}\n")
    assert told(report) == {("round", 0, column, "bad_policy")}


@pytest.mark.parametrize(
    "goals", ["{ lottery = LARGE }", "{ reach = 1, need = -LARGE }", "{ travel = LARGE, equity = 1 }"]
)
def test_weights_that_could_not_be_added_exactly_are_told(tmp_path: Path, goals: str):
    """What a level may come to with so many students fits, or its weights are one ``bad_policy``."""
    levels = f'{DATES}[[policy.level]]\nname = "a"\ngoals = {goals}\n'
    for most, faults in ((LARGEST_EACH // 1_000_000, 0), (LARGEST_EACH + 1, 1)):
        report = checked(small_tables(), tmp_path / str(faults), levels.replace("LARGE", str(most)))
        assert told(report) == {("round", 0, "policy.level.goals", "bad_policy")} if faults else not told(report)


def test_a_student_without_any_limit_makes_no_weight_too_large(tmp_path: Path):
    """However many experiences a student may have, there are no more of them than half-days."""
    tables = small_tables()
    put(tables, "students", 2, "max_experiences", "1000000")
    assert not told(checked(tables, tmp_path, DATES))


def test_bad_policies_come_all_at_once(tmp_path: Path):
    """Three bad settings are three faults, beside those of the tables."""
    text = DATES + '[policy]\nmax_virtual = -1\ngroups = 1\n[[policy.level]]\nname = "a"\ngoals = { x = 1, y = 2 }\n'
    assert len(checked(small_tables(), tmp_path, text).faults) == 4


def test_a_partial_policy_keeps_the_other_defaults(tmp_path: Path):
    """Keys not given keep their defaults, inside tables too."""
    round_ = settled(tmp_path, DATES + "[policy]\nmax_experiences = 3\ntarget_half_days = { ks4 = 12 }\n")
    assert round_.policy.max_experiences == 3
    assert dict(round_.policy.target_half_days) == {"ks3": 10, "ks4": 12, "post16": 10}
    assert round_.policy.levels == DEFAULT_LEVELS
    assert not round_.policy.levels_given


def test_given_levels_replace_the_default_list(tmp_path: Path):
    """Levels in the file are all the levels there are; tolerance is exact and proof may be false."""
    levels = '[[policy.level]]\nname = "first"\ngoals = { reach = 1, travel = -2 }\ntolerance = 0.07\n'
    levels += '[[policy.level]]\nname = "second"\ngoals = { need = 1 }\nproof = false\n'
    policy = settled(tmp_path, DATES + levels).policy
    assert policy.levels_given
    assert [(level.name, dict(level.goals), level.tolerance, level.proof) for level in policy.levels] == [
        ("first", {"reach": 1, "travel": -2}, Decimal("0.07"), True),
        ("second", {"need": 1}, Decimal(0), False),
    ]


def test_settings_not_known_are_noted(tmp_path: Path):
    """A setting beside the known ones is not used, and a note says so."""
    report = checked(small_tables(), tmp_path, DATES + 'hub = "Mersey"\n')
    assert report.notes[0].code == "unused_setting"


def test_the_settings_sheet_says_what_the_file_says(tmp_path: Path):
    """A workbook's sheet of keys and values gives the policy that the same settings give in TOML."""
    toml = (
        'name = "Summer"\nstarts = 2026-05-04\nends = 2026-07-17\nclosed_dates = [2026-05-25, 2026-05-26]\n'
        '[policy]\nmax_experiences = 2\nmax_travel_km = 6.5\npriority = ["fsm", "sen"]\nsector_points = [9, 8]\n'
        'target_half_days = { ks3 = 4 }\n[[policy.level]]\nname = "all"\ngoals = { reach = 5, travel = -1 }\n'
        "tolerance = 0.1\nproof = false\n"
    )
    sheet = [
        ("key", "value"),
        ("name", "Summer"),
        ("starts", "2026-05-04"),
        ("ends", "17/07/2026"),
        ("closed_dates", "2026-05-25; 26/05/2026"),
        ("policy.max_experiences", "2"),
        ("policy.max_travel_km", "6.5"),
        ("policy.priority", "fsm; sen"),
        ("policy.sector_points", "9;8"),
        ("policy.target_half_days.ks3", "4"),
        ("policy.level.all", "reach=5; travel=-1; tolerance=0.1; proof=false"),
        ("policy.max_virtual", ""),
    ]
    write_sheets(tmp_path / "round.xlsx", {"round": sheet, **small_tables()})
    assert load_round(tmp_path / "round.xlsx") == settled(tmp_path, toml)


def test_a_settings_sheet_tells_its_rows(tmp_path: Path):
    """A fault of the sheet names the row that a spreadsheet shows."""
    sheet = [("key", "value"), ("starts", "2026-05-04"), ("ends", "later"), ("policy.max_virtual", "x")]
    write_sheets(tmp_path / "book.xlsx", {"Round": sheet, **small_tables()})
    assert told(check_round(tmp_path / "book.xlsx")) == {
        ("round", 3, "ends", "bad_date"),
        ("round", 4, "policy.max_virtual", "bad_policy"),
    }


def test_a_workbook_may_have_its_settings_beside_it(tmp_path: Path):
    """A workbook without a sheet named round takes the round.toml of its folder, named as file or as folder."""
    write_sheets(tmp_path / "book.xlsx", small_tables())
    assert told(check_round(tmp_path / "book.xlsx")) == {("round", 0, "", "missing_table")}
    (tmp_path / "round.toml").write_text(SETTINGS)
    assert load_round(tmp_path) == load_round(tmp_path / "book.xlsx")


def test_load_raises_with_every_fault(tmp_path: Path):
    """Loading a round with faults raises once, with all that a check tells."""
    folder = write_tables(small_tables(), tmp_path / "round", DATES + "[policy]\nx = 1\ny = 2\n")
    with pytest.raises(RoundRefusedError) as refused:
        load_round(folder)
    assert refused.value.faults == check_round(folder).faults
    assert len(refused.value.faults) == 2
