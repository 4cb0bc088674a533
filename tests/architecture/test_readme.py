"""The README lists what the registries hold: every rule and goal with its sentence, every exit code, every command."""

from __future__ import annotations

import re

from project_files import ROOT

from api.exits import MEANINGS
from engine.goals import GOALS
from engine.rules import RULES

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \|(?: (max|min) \|)? (.+?) \|$", re.MULTILINE)
LONGEST = 170


def test_the_rules_table_is_the_registry():
    """Every rule stands in the README with the registry's own sentence, in the registry's order."""
    section = README.split("## Rules")[1].split("\n## ")[0]
    assert [(code, sentence) for code, _, sentence in ROW.findall(section)] == [(r.code, r.sentence) for r in RULES]


def test_the_goals_table_is_the_registry():
    """Every goal stands in the README with its sense and the registry's own sentence."""
    section = README.split("## Goals")[1].split("\n## ")[0]
    senses = {1: "max", -1: "min"}
    assert ROW.findall(section) == [(goal.name, senses[goal.sense], goal.sentence) for goal in GOALS]


def test_the_exit_codes_are_those_of_the_code():
    """Every exit code stands in the README with its meaning."""
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in README


def test_the_readme_is_short():
    """A newcomer reads it in ten minutes."""
    assert README.count("\n") <= LONGEST
    for promise in ("make demo", "make test", "foothold template", "foothold postcodes load"):
        assert promise in README
