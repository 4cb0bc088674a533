"""The audit stands alone: what it imports, directly or through others, holds no options and no solver."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import engine

ENGINE = Path(engine.__file__).parent
ALLOWED = {"domain", "rules", "goals", "policy", "allocation", "calendar"}
"""The facts and registries that both sides read."""


def imports_of(path: Path) -> set[str]:
    """Every module that the file names in an import, at any depth, type checking included."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= (
                {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "engine" else {node.module}
            )
    return named


def test_the_audit_imports_its_own_rooms_and_the_shared_facts_only():
    """Shows that no room of the audit reaches for options, travel, solver or arrays."""
    rooms = sorted(ENGINE.glob("audit*.py"))
    assert len(rooms) > 10
    for room in rooms:
        for name in imports_of(room):
            top, _, rest = name.partition(".")
            own = rest.startswith("audit") or rest.split(".")[0] in ALLOWED
            assert (top == "engine" and own) or top in sys.stdlib_module_names or top == "geopy", f"{room.name}: {name}"


def test_only_the_reading_of_half_days_is_shared_from_the_calendar():
    """Shows that which half-days a slot takes is counted again, so that a mistake in loading cannot hide."""
    for room in ENGINE.glob("audit*.py"):
        for node in ast.walk(ast.parse(room.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "engine.calendar":
                assert {alias.name for alias in node.names} <= {"day_of", "half_of"}, room.name


def test_an_audit_loads_neither_solver_nor_options_nor_arrays():
    """Shows, in a fresh interpreter, that importing the audit brings none of them in through anything else."""
    code = "import sys, engine.audit; print(*sorted(sys.modules), sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "engine.audit" in loaded
    forbidden = (
        "solver",
        "engine.options",
        "engine.travel",
        "engine.distances",
        "engine.pair_rules",
        "numpy",
        "ortools",
    )
    assert [name for name in loaded if name.startswith(forbidden)] == []
