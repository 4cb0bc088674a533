"""Imports run one way, and the audit stands alone."""

from __future__ import annotations

import ast
import sys

import grimp
from importlinter.cli import lint_imports
from project_files import PACKAGES, ROOT, modules, name, read

AUDIT_MAY_KNOW = {
    "engine",
    "engine.domain",
    "engine.rules",
    "engine.goals",
    "engine.policy",
    "engine.allocation",
    "engine.calendar",
}
CALENDAR_NAMES = {"day_of", "half_of"}
AUDIT_MODULES = [path for path in modules() if name(path).startswith("engine/audit")]


def test_the_contracts_hold(monkeypatch):
    """import-linter's contracts hold: api -> solver -> engine, scenarios beside, no solver's library in the engine."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_the_audit_shares_no_code_with_what_it_checks():
    """Whatever the audit imports, directly or not, is facts and registries: never options, travel, tables or solver."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    audit = {module for module in graph.modules if module.startswith("engine.audit")}
    assert "engine.audit" in audit
    reached = set().union(*(graph.find_upstream_modules(module) for module in audit))
    assert reached - audit <= AUDIT_MAY_KNOW


def test_the_audit_stands_on_the_standard_library():
    """The audit is plain Python and geopy, and of the calendar it knows only the date and the half of a half-day."""
    imports = [imported for path in AUDIT_MODULES for imported in _imports(path)]
    packages = {module.split(".")[0] for module, _ in imports}
    assert packages - {"engine", "geopy"} <= set(sys.stdlib_module_names)
    assert {thing for module, thing in imports if module == "engine.calendar"} <= CALENDAR_NAMES


def _imports(path):
    """Every (module, name) that a file imports."""
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)
