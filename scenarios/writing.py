"""Writes a named scenario into a folder, with its measured figures beside it."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from scenarios.generate import FEWEST_STUDENTS, generate
from scenarios.refusals import ScenarioError
from scenarios.registry import Scenario, scenarios
from scenarios.tables import FILES, MARK, SETTINGS, write_tables


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
    same arguments give the same bytes on every machine. A folder with something in it is refused with
    ``ScenarioError`` unless its ``round.toml`` is an earlier scenario's; so are an unknown name and an impossible size.
    """
    scenario, target = _find(name), Path(folder)
    if scenario.shape is None:
        if students is not None or seed is not None or geography is not None:
            raise ScenarioError(f"The scenario {name} is written by hand: it has no size, seed or geography to choose.")
        _make_room(target)
        _copy(name, target)
        return
    count = scenario.students if students is None else students
    if count < FEWEST_STUDENTS:
        raise ScenarioError(f"A generated scenario has at least {FEWEST_STUDENTS} students, not {count}.")
    tables = generate(scenario, scenario.shape, count, scenario.seed if seed is None else seed, geography)
    _make_room(target)
    write_tables(tables, target)


def _find(name: str) -> Scenario:
    known = scenarios()
    if name not in known:
        raise ScenarioError(f"There is no scenario {name}; there are {', '.join(known)}.")
    return known[name]


def _make_room(target: Path) -> None:
    """A folder for the scenario: new, empty, or without the tables of the scenario that it held."""
    if target.exists() and not target.is_dir():
        raise ScenarioError(f"{target} is a file.")
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()) and not _is_scenario(target):
        raise ScenarioError(f"{target} is not empty and holds no earlier scenario.")
    for name in FILES:
        (target / name).unlink(missing_ok=True)


def _is_scenario(target: Path) -> bool:
    settings = target / SETTINGS
    return settings.is_file() and settings.read_bytes().startswith(MARK.encode())


def _copy(scenario: str, target: Path) -> None:
    with as_file(files("scenarios") / scenario) as source:
        for name in FILES:
            if (source / name).is_file():
                shutil.copyfile(source / name, target / name)
