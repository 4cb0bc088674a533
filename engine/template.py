"""The template of a round: every table with example rows, the settings, and notes on what each column accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from engine import template_notes
from engine.policy import Level, Policy
from engine.spreadsheet import write_csv, write_sheets
from engine.tables import TABLES
from engine.template_rows import SETTINGS, example_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.schema import Table

WORKBOOK = "round.xlsx"
SETTINGS_FILE = "round.toml"
NOTES_FILE = "notes.csv"
NOTES_HEADER = ("table", "column", "needed", "what it is", "what it takes", "other headings that are understood")
_TOML_DATES = frozenset({"starts", "ends"})
_POLICY = Policy()


def write_template(folder: str | Path) -> list[Path]:
    """Write a round to fill in: a CSV file for every table, ``round.toml``, notes, and all of it as one workbook.

    The folder is itself a round without a fault, and so is the workbook. Returns the files written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{table.name}.csv" for table in TABLES]
    for table, path in zip(TABLES, written, strict=True):
        header, *rows = _sheet(table)
        write_csv(path, header, rows, bom=True)
    (folder / SETTINGS_FILE).write_text("\n".join(_toml_lines()) + "\n", encoding="utf-8", newline="\n")
    write_csv(folder / NOTES_FILE, NOTES_HEADER, list(_notes()), bom=True)
    write_sheets(folder / WORKBOOK, _sheets())
    return [*written, folder / SETTINGS_FILE, folder / NOTES_FILE, folder / WORKBOOK]


def _sheet(table: Table) -> list[Sequence[str]]:
    columns = tuple(column.name for column in table.columns)
    return [columns, *example_rows(table.name, columns)]


def _sheets() -> dict[str, list[Sequence[str]]]:
    """The workbook: notes first, the settings as keys and values, and a sheet for every table."""
    policy = [(f"policy.{key}", "", f"{what}; blank: {_words(key)}") for key, what in _policy_settings()]
    return {
        "notes": [NOTES_HEADER, *_notes()],
        "round": [("setting", "value", "what it is"), *SETTINGS, *policy],
        **{table.name: _sheet(table) for table in TABLES},
    }


def _notes() -> Iterator[Sequence[str]]:
    """A row for every table, then one for each of its columns."""
    yield "", "", "", "Replace the example rows with your own. An optional table may be deleted whole.", "", ""
    for table in TABLES:
        needed = "optional table" if table.optional else "needed table"
        yield table.name, "", needed, template_notes.TABLES[table.name], "", ""
        for column in table.columns:
            what = template_notes.COLUMNS[table.name][column.name]
            aliases = "; ".join(column.aliases)
            yield (
                table.name,
                column.name,
                "needed" if column.required else "may be blank",
                what,
                column.accepts,
                aliases,
            )


def _policy_settings() -> list[tuple[str, str]]:
    """Every setting of the policy but the levels, and what it is, in the policy's own order."""
    names = [setting.name for setting in fields(Policy) if setting.name not in {"levels", "levels_given"}]
    return [(name, template_notes.POLICY[name]) for name in names]


def _toml_lines() -> Iterator[str]:
    yield "# The settings of the round. A line that begins with # is a note or a default: take the # away to change it."
    yield ""
    for key, value, what in SETTINGS:
        yield f"{key} = {_toml_setting(key, value)}  # {what}"
    yield from ("", "[policy]")
    for key, what in _policy_settings():
        yield f"# {key} = {_toml(getattr(_POLICY, key))}  # {what}"
    yield from ("", f"# {template_notes.POLICY['level']}:")
    for level in _POLICY.levels:
        yield from _level_lines(level)


def _level_lines(level: Level) -> Iterator[str]:
    yield "# [[policy.level]]"
    yield f'# name = "{level.name}"'
    yield f"# goals = {_toml(level.goals)}"
    if not level.proof:
        yield "# proof = false"


def _toml_setting(key: str, value: str) -> str:
    if key == "closed_dates":
        return f"[{value}]"
    return value if key in _TOML_DATES else f'"{value}"'


def _toml(value: object) -> str:
    """A default as TOML writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)


def _words(key: str) -> str:
    """A default as the settings sheet takes it: a list separated by semicolons."""
    value = getattr(_POLICY, key)
    if isinstance(value, Mapping):
        return ", ".join(f"policy.{key}.{name} is {item}" for name, item in value.items())
    return "; ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)
