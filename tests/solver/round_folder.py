"""A round written as the folder of tables that people would have given, so that random rounds can be read too."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from engine.calendar import day_of, half_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.domain import Experience, HalfDay, Point, Round, Slot, Student
    from engine.policy import Policy

Row = dict[str, object]


def write_folder(round_: Round, path: Path) -> Path:
    """Write every table of the round and its ``round.toml`` into ``path``; the path."""
    path.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(round_).items():
        if rows:
            _write_table(path / f"{name}.csv", rows)
    (path / "round.toml").write_text(_settings(round_), encoding="utf-8")
    return path


def tables(round_: Round) -> dict[str, list[Row]]:
    """The rows of every table by the table's name."""
    return {
        "schools": [_plain(s, "small", "place") | _at(s.place) for s in round_.schools.values()],
        "students": [_student(s) for s in round_.students.values()],
        "employers": [_plain(e) for e in round_.employers.values()],
        "experiences": [_experience(e) for e in round_.experiences.values()],
        "slots": [_slot(round_, s) for s in round_.slots.values()],
        "preferences": [_plain(row) for row in round_.preferences],
        "history": [_plain(row) for row in round_.history],
        "calendar": [
            {"urn": row.urn, "date": day_of(m), "half": half_of(m), "year_group": _cell(row.year_group)}
            for row in round_.calendar
            for m in row.half_days
        ],
        "barriers": [
            {"barrier_id": b.barrier_id, "seq": n} | _at(bend) for b in round_.barriers for n, bend in enumerate(b.line)
        ],
        "crossings": [
            {"barrier_id": b.barrier_id, "crossing_id": name} | _at(place)
            for b in round_.barriers
            for name, place in b.crossings
        ],
        "travel": [
            {"origin": row.origin, "experience_id": row.experience_id, "km": row.tenths / 10} for row in round_.travel
        ],
        "decisions": [_plain(row) for row in round_.decisions],
    }


def _student(student: Student) -> Row:
    times = ";".join(_moment(moment) for moment in sorted(student.unavailable))
    return _plain(student, "home") | _at(student.home) | {"unavailable": times}


def _experience(experience: Experience) -> Row:
    met = experience.criteria_met if experience.criteria_stated else ""
    left_out = ("site", "criteria_met", "criteria_stated", "criteria", "counts", "in_person")
    return _plain(experience, *left_out) | _at(experience.site) | {"meaningful": met}


def _slot(round_: Round, slot: Slot) -> Row:
    row = _plain(slot, "occupies", "starts_on_school_day")
    group = round_.experiences[slot.experience_id].grouping == "group"
    unused = ("capacity",) if group else ("groups", "group_min", "group_max")
    return row | dict.fromkeys(unused, "")


def _plain(fact: object, *left_out: str) -> Row:
    return {name: _cell(getattr(fact, name)) for name in type(fact).__slots__ if name not in left_out}


def _at(place: Point | None) -> Row:
    return {"latitude": place.latitude if place else "", "longitude": place.longitude if place else ""}


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, frozenset):
        return ";".join(str(item) for item in sorted(value))
    return "" if value is None else value


def _moment(moment: HalfDay) -> str:
    return f"{day_of(moment)} {half_of(moment)}"


def _settings(round_: Round) -> str:
    closed = ", ".join(str(day) for day in sorted(round_.closed_dates))
    head = [f'{name} = "{getattr(round_, name)}"' for name in ("name", "term", "academic_year", "seed")]
    head += [f"starts = {round_.starts}", f"ends = {round_.ends}", f"closed_dates = [{closed}]", "", "[policy]"]
    return "\n".join([*head, *_policy(round_.policy), *_levels(round_.policy), ""])


def _policy(policy: Policy) -> Iterable[str]:
    numbers = ("max_experiences", "max_half_days", "max_virtual", "max_travel_km", "group_travel_km")
    for name in (*numbers, "employer_travel_km", "small_school_group_min"):
        yield f"{name} = {getattr(policy, name)}"
    for name in ("experience_points", "employer_points", "sector_points", "priority", "equity_groups"):
        listed = ", ".join(f'"{item}"' if isinstance(item, str) else str(item) for item in getattr(policy, name))
        yield f"{name} = [{listed}]"
    targets = ", ".join(f"{stage} = {days}" for stage, days in policy.target_half_days.items())
    yield f"target_half_days = {{ {targets} }}"
    yield f'disadvantage = "{policy.disadvantage}"'


def _levels(policy: Policy) -> Iterable[str]:
    for level in policy.levels if policy.levels_given else ():
        goals = ", ".join(f"{goal} = {sign}" for goal, sign in level.goals.items())
        yield f'\n[[policy.level]]\nname = "{level.name}"\ngoals = {{ {goals} }}\ntolerance = {level.tolerance}'


def _write_table(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
