"""Small rooms: every module has one job that its name and first line say, and none outgrows its walls."""

from __future__ import annotations

import ast

from project_files import ROOT, modules, name, read

LONGEST_MODULE = 350
LONGEST_FUNCTION = 50
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "misc", "common", "stuff"}
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TREES = {path: ast.parse(read(path)) for path in [*modules(), *TESTS]}


def functions(tree):
    """Every function of a module, methods and nested ones too."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_module_outgrows_its_walls():
    """No module is longer than 350 lines."""
    lengths = {name(path): read(path).count("\n") for path in TREES}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_outgrows_its_walls():
    """No function is longer than 50 lines."""
    lengths = {
        f"{name(path)}:{function.name}": function.end_lineno - function.lineno + 1
        for path, tree in TREES.items()
        for function in functions(tree)
    }
    assert {function: lines for function, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_every_module_opens_with_its_purpose():
    """Every module has a docstring whose first line is a sentence."""
    first_lines = {name(path): (ast.get_docstring(tree) or "").partition("\n")[0] for path, tree in TREES.items()}
    assert [path for path, line in first_lines.items() if not line.rstrip().endswith((".", ":", "?", "!"))] == []


def test_every_name_says_something():
    """No module is called utils, helpers or manager."""
    assert [name(path) for path in TREES if VAGUE_NAMES & set(path.stem.split("_"))] == []


def test_every_test_opens_with_what_it_shows():
    """Every test has a docstring: the sentence that says what is lost if it fails."""
    silent = [
        f"{name(path)}:{function.name}"
        for path, tree in TREES.items()
        if path.name.startswith("test_")
        for function in functions(tree)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []
