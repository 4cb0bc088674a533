"""Writes a named scenario into a folder, with its measured figures beside it."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from scenarios.generate import FEWEST_STUDENTS, generate
from scenarios.registry import Scenario, scenarios
from scenarios.tables import write_tables

FIGURES = "figures.json"


class ScenarioError(ValueError):
    """The scenario asked for cannot be written; the message says what would be accepted."""


def write_scenario(
    name: str,
    folder: str | Path,
    *,
    students: int | None = None,
    seed: int | None = None,
    geography: str | Path | None = None,
) -> None:
    """Write scenario ``name`` into ``folder``, which is made if it is not there.

    ``students`` scales schools, employers and slots with it; ``geography`` is a folder of real schools and areas. The
    same arguments give the same bytes on every machine. A folder that holds anything but an earlier scenario is
    refused with ``ScenarioError``, as are an unknown name and sizes that cannot be.
    """
    scenario = _find(name)
    target = Path(folder)
    _clear(target)
    if scenario.shape is None:
        if students is not None or seed is not None or geography is not None:
            raise ScenarioError(f"The scenario {name} is written by hand: it has no size, seed or geography to choose.")
        _copy(name, target)
        return
    count = scenario.students if students is None else students
    if count < FEWEST_STUDENTS:
        raise ScenarioError(f"A generated scenario has at least {FEWEST_STUDENTS} students, not {count}.")
    chosen = scenario.seed if seed is None else seed
    write_tables(generate(scenario, scenario.shape, count, chosen, geography), target)


def _find(name: str) -> Scenario:
    known = scenarios()
    if name not in known:
        raise ScenarioError(f"There is no scenario {name}; there are {', '.join(known)}.")
    return known[name]


def _clear(target: Path) -> None:
    """Make room for the scenario; what is not an earlier scenario is never touched."""
    if target.exists() and not target.is_dir():
        raise ScenarioError(f"{target} is a file.")
    target.mkdir(parents=True, exist_ok=True)
    held = list(target.iterdir())
    if held and not (target / FIGURES).is_file():
        raise ScenarioError(f"{target} is not empty and was not written by this command.")
    for path in held:
        if path.suffix in {".csv", ".toml"} or path.name == FIGURES:
            path.unlink()


def _copy(name: str, target: Path) -> None:
    with as_file(files("scenarios") / name) as source:
        for path in sorted(source.iterdir()):
            if path.suffix in {".csv", ".toml"}:
                shutil.copyfile(path, target / path.name)
