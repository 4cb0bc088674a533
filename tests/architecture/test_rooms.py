"""Small rooms: every module has one job that its name and first line say, and none outgrows its walls."""

from __future__ import annotations

import ast

import pytest
from project_files import ROOT, modules, name, read

LONGEST_MODULE = 350
LONGEST_FUNCTION = 50
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "misc", "common", "stuff"}
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EVERYTHING = [*modules(), *TESTS]


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_no_module_outgrows_its_walls(path):
    """No module is longer than 350 lines, no function longer than 50."""
    text = read(path)
    assert text.count("\n") <= LONGEST_MODULE
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno - f.lineno + 1 > LONGEST_FUNCTION}
    assert not long


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_every_module_opens_with_its_purpose(path):
    """Every module has a docstring whose first line is a sentence, and a name that says more than 'utils'."""
    docstring = ast.get_docstring(ast.parse(read(path)))
    assert docstring, "a module opens with one sentence of purpose"
    assert docstring.splitlines()[0].rstrip().endswith((".", ":", "?", "!"))
    assert not VAGUE_NAMES & set(path.stem.split("_"))


@pytest.mark.parametrize("path", [path for path in TESTS if path.name.startswith("test_")], ids=name)
def test_every_test_opens_with_what_it_shows(path):
    """Every test has a docstring: the sentence that says what is lost if it fails."""
    tests = [
        node
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert [test.name for test in tests if not ast.get_docstring(test)] == []
