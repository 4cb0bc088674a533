"""The walk through the server keeps its word: typed into one shell with real curl, it prints what it says."""

from __future__ import annotations

import re

import pytest
from readme_blocks import same_output
from server_walk import NEEDED, missing, typed, walk

HEAD = re.compile(r"\b[0-9a-f]{64}\b")
"""A hash of the trail: it depends on when things happened."""

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"the walk needs {', '.join(NEEDED)} to be installed")


def test_the_walk_through_the_server_prints_what_it_says(tmp_path):
    """From an empty folder to a second publication: every command answers as it stands in the walk."""
    commands = typed()
    assert len(commands) >= 30
    assert {"POST", "PUT", "rerun", "withdrawn", "publish"} <= set(re.findall(r"\w+", " ".join(dict(commands))))
    printed = walk([command for command, _ in commands], tmp_path)
    for (command, promised), said in zip(commands, printed, strict=True):
        assert same_output(_less_the_trail(command, promised), _less_the_trail(command, said)), f"$ {command}\n{said}"


def _less_the_trail(command: str, text: str) -> str:
    return HEAD.sub("HASH", text) if command.startswith("foothold trail") else text
