"""Writes a round back as a folder of canonical tables, losing nothing that a round holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from engine.canonical import canonical_tables
from engine.policy import Policy
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.domain import Round
    from engine.policy import Level

_OPTIONAL = frozenset(table.name for table in TABLES if table.optional)


def write_round(round_: Round, folder: str | Path) -> None:
    """Write ``round.toml`` and every table that has rows; loading the folder gives the same round and hash.

    The folder is made if it is not there; tables in it are replaced, and optional tables without rows removed.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "round.toml").write_text(settings_toml(round_), encoding="utf-8", newline="\n")
    for name, content in canonical_tables(round_):
        file = folder / f"{name}.csv"
        if name in _OPTIONAL and content.count("\n") == 1:
            file.unlink(missing_ok=True)
        else:
            file.write_text(content, encoding="utf-8", newline="\n")


def settings_toml(round_: Round) -> str:
    """``round.toml`` for the round; a seed that is only its hash is left blank."""
    seed = "" if round_.seed == round_.input_sha256 else round_.seed
    closed = ", ".join(day.isoformat() for day in sorted(round_.closed_dates))
    lines = [
        f"name = {_text(round_.name)}",
        f"term = {_text(round_.term)}",
        f"academic_year = {_text(round_.academic_year)}",
        f"starts = {round_.starts.isoformat()}",
        f"ends = {round_.ends.isoformat()}",
        f"closed_dates = [{closed}]",
        f"seed = {_text(seed)}",
        "",
        "[policy]",
        *_policy(round_.policy),
    ]
    return "\n".join(lines) + "\n"


def _policy(policy: Policy) -> Iterator[str]:
    for name in ("max_experiences", "max_half_days", "max_virtual"):
        yield f"{name} = {getattr(policy, name)}"
    for name in ("max_travel_km", "group_travel_km", "employer_travel_km"):
        yield f"{name} = {float(getattr(policy, name))!r}"
    yield f"small_school_group_min = {policy.small_school_group_min}"
    yield f"target_half_days = {_table(policy.target_half_days.items())}"
    yield f"priority = {_list(map(_text, policy.priority))}"
    yield f"disadvantage = {_text(policy.disadvantage)}"
    for name in ("experience_points", "employer_points", "sector_points"):
        yield f"{name} = {_list(map(str, getattr(policy, name)))}"
    yield f"equity_groups = {_list(map(_text, policy.equity_groups))}"
    if policy.levels_given or policy.levels != Policy().levels:
        for level in policy.levels:
            yield from _level(level)


def _level(level: Level) -> Iterator[str]:
    yield ""
    yield "[[policy.level]]"
    yield f"name = {_text(level.name)}"
    yield f"goals = {_table(level.goals.items())}"
    if level.tolerance:
        yield f"tolerance = {level.tolerance:f}"
    if not level.proof:
        yield "proof = false"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _table(pairs: Iterable[tuple[str, int]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"
