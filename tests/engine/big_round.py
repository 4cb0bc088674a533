"""A round of any size as plain rows of text, without a fault, for tests to write, shuffle and spoil."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Tables = dict[str, list[list[str]]]

CODES = ("step_free", "quiet_space", "bsl", "large_print", "low_sensory", "personal_care")
SECTORS = ("Health", "Digital", "Construction", "Creative", "Logistics")
SETTINGS = 'name = "Summer"\nstarts = 2026-05-04\nends = 2026-07-17\nclosed_dates = [2026-05-25, 2026-05-26]\n'
FIRST_DAY = date(2026, 5, 4)


def big_tables(students: int, seed: int = 7) -> Tables:
    """Every table of a round of ``students`` students, header first, in the proportions of a hub's year group."""
    draw = random.Random(seed)  # noqa: S311 - a test's draw
    schools, employers = max(2, students // 100), max(3, students // 20)
    experiences, slots = max(4, students // 10), max(5, students * 7 // 30)
    tables = {
        "schools": _schools(draw, schools),
        "students": _students(draw, students, schools),
        "employers": _employers(draw, employers),
        "experiences": _experiences(draw, experiences, employers),
    }
    tables["slots"] = _slots(draw, slots, tables["experiences"])
    tables["preferences"] = _preferences(draw, 3 * students, students, experiences)
    tables["history"] = _history(draw, 4 * students // 3, students)
    tables["calendar"] = _calendar(draw, schools)
    tables["barriers"] = [["barrier_id", "seq", "latitude", "longitude"]]
    tables["barriers"] += [["river", str(i), f"{53.3 + i / 50:.4f}", "-3.0100"] for i in range(1, 13)]
    tables["crossings"] = [["barrier_id", "crossing_id", "latitude", "longitude"], ["river", "tunnel", "53.4", "-3.01"]]
    tables["travel"] = [["origin", "experience_id", "km"]]
    tables["travel"] += [[f"P{i:06}", f"X{i % experiences:05}", f"{i % 90}.5"] for i in range(0, students, 50)]
    tables["decisions"] = _decisions(students, slots)
    tables["baseline"] = [["student_id", "slot_id", "notified"]]
    tables["baseline"] += [[f"P{i:06}", f"L{i % slots:05}", "Y"] for i in range(0, students, 10)]
    return tables


def write_tables(tables: Tables, folder: Path, settings: str = SETTINGS) -> Path:
    """Write the tables as CSV files and the settings beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "round.toml").write_text(settings, encoding="utf-8")
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


def _place(draw: random.Random) -> list[str]:
    return [f"{draw.uniform(53.3, 53.6):.5f}", f"{draw.uniform(-3.2, -2.7):.5f}"]


def _yes(draw: random.Random, share: float) -> str:
    return "Y" if draw.random() < share else "N"


def _schools(draw: random.Random, count: int) -> list[list[str]]:
    header = ["urn", "name", "type", "postcode", "latitude", "longitude", "max_out_per_half_day"]
    header += ["coach_seats_per_half_day", "contact_name", "contact_email"]
    kinds = ("mainstream", "mainstream", "special", "alternative_provision", "post16")
    return [
        header,
        *(
            [
                str(100_000 + i),
                f"School {i}",
                kinds[i % 5],
                "",
                *_place(draw),
                "120" if i % 3 else "",
                "",
                "A. Head",
                "a@b.sch.uk",
            ]
            for i in range(count)
        ),
    ]


def _students(draw: random.Random, count: int, schools: int) -> list[list[str]]:
    header = ["student_id", "urn", "year_group", "fsm", "ever6", "sen_status", "in_care", "neet_risk", "accommodations"]
    header += ["support", "released", "postcode", "latitude", "longitude", "max_travel_km", "max_experiences"]
    header += ["available", "unavailable", "name"]
    rows = [header]
    for i in range(count):
        needs = ";".join(draw.sample(CODES, 2)) if draw.random() < 0.125 else ""
        home = _place(draw) if draw.random() < 0.7 else ["", ""]
        off = "2026-05-11;2026-05-12 AM" if draw.random() < 0.1 else ""
        rows.append(
            [
                f"P{i:06}",
                str(100000 + draw.randrange(schools)),
                str(draw.randint(7, 13)),
                _yes(draw, 0.33),
                _yes(draw, 0.4),
                draw.choice("NNNNNKE"),
                _yes(draw, 0.01),
                _yes(draw, 0.05),
                needs,
                _yes(draw, 0.1),
                needs.split(";", maxsplit=1)[0],
                "",
                *home,
                draw.choice(["", "5", "12.5"]),
                draw.choice(["", "2"]),
                _yes(draw, 0.98),
                off,
                draw.choice(["NA", "None", "O'Neill", "Núñez", "Smith, Jo"]),
            ],
        )
    return rows


def _employers(draw: random.Random, count: int) -> list[list[str]]:
    header = ["employer_id", "name", "sector", "max_students_per_half_day", "max_students", "cleared_until"]
    header += ["contact_name", "contact_email"]
    return [
        header,
        *(
            [f"E{i:05}", f"Employer {i}", draw.choice(SECTORS), "6" if i % 3 else "", "", "2027-07-31", "B. Boss", ""]
            for i in range(count)
        ),
    ]


def _experiences(draw: random.Random, count: int, employers: int) -> list[list[str]]:
    header = ["experience_id", "employer_id", "title", "tier", "delivery", "grouping", "year_groups", "sector"]
    header += ["postcode", "latitude", "longitude", "accommodations", "meaningful"]
    rows = [header]
    for i in range(count):
        delivery = ("in_person", "in_person", "in_school", "virtual")[i % 4]
        site = ["", ""] if delivery == "virtual" else _place(draw)
        meaning = ("", "7", "5", "purpose;outcomes;task")[i % 4]
        group = "group" if i % 2 else "individual"
        years = "7;8;9;10;11" if group == "group" else "10;11;12;13"
        rows.append(
            [
                f"X{i:05}",
                f"E{draw.randrange(employers):05}",
                f"Experience {i}",
                f"T{1 + i % 3}",
                delivery,
                group,
                years,
                draw.choice(["", *SECTORS]),
                "",
                *site,
                ";".join(draw.sample(CODES, 3)),
                meaning,
            ],
        )
    return rows


def _slots(draw: random.Random, count: int, experiences: list[list[str]]) -> list[list[str]]:
    header = ["slot_id", "experience_id", "date", "half", "half_days", "capacity", "groups", "group_min", "group_max"]
    rows = [[*header, "support_places", "reserved", "urn"]]
    for i in range(count):
        experience = experiences[1 + draw.randrange(len(experiences) - 1)]
        day = FIRST_DAY + timedelta(days=draw.randrange(60))
        places = ["3", "", "", ""] if experience[5] == "individual" else ["", "2", "5", "8"]
        rows.append(
            [
                f"L{i:05}",
                experience[0],
                day.isoformat(),
                draw.choice(["AM", "PM"]),
                str(draw.randint(1, 4)),
                *places,
                draw.choice(["", "1"]),
                draw.choice(["0", "2"]),
                "",
            ],
        )
    return rows


def _preferences(draw: random.Random, count: int, students: int, experiences: int) -> list[list[str]]:
    rows = [["student_id", "rank", "kind", "value"]]
    for i in range(count):
        kind, value = (
            ("sector", draw.choice(SECTORS)) if i % 3 == 0 else ("experience", f"X{draw.randrange(experiences):05}")
        )
        rows.append([f"P{i // 3 % students:06}", str(1 + i % 3), kind, value])
    return rows


def _history(draw: random.Random, count: int, students: int) -> list[list[str]]:
    header = [
        "student_id",
        "academic_year",
        "year_group",
        "tier",
        "sector",
        "employer_id",
        "experience_id",
        "half_days",
    ]
    return [
        [*header, "counts"],
        *(
            [f"P{i % students:06}", "2024/25", "8", f"T{1 + i % 3}", draw.choice(SECTORS), "", "OLD1", "2", "Y"]
            for i in range(count)
        ),
    ]


def _calendar(draw: random.Random, schools: int) -> list[list[str]]:
    rows = [["urn", "date", "half", "year_group"]]
    return rows + [
        [
            str(100_000 + i),
            (FIRST_DAY + timedelta(days=draw.randrange(60))).isoformat(),
            ("", "AM")[i % 2],
            ("", "10")[i % 2],
        ]
        for i in range(schools)
    ]


def _decisions(students: int, slots: int) -> list[list[str]]:
    header = ["kind", "student_id", "slot_id", "experience_id", "employer_id", "other_student_id", "reason", "by"]
    rows = [header]
    for i in range(1, students, 500):
        rows.append(["pin", f"P{i:06}", f"L{i % slots:05}", "", "", "", "found by the family", "hub"])
        rows.append(["forbid", f"P{i:06}", f"L{(i + 1) % slots:05}", "", "", "", "visited before", "school"])
        rows.append(["separate", f"P{i:06}", "", "", "", f"P{i - 1:06}", "kept apart", "school"])
    return rows
