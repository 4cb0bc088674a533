"""The image is made of what is here: every path that the Dockerfile copies exists and is let through to the builder."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = [shlex.split(line) for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()]
COPIED = [path for words in LINES if words[:1] == ["COPY"] and "--from=build" not in words for path in words[1:-1]]


@pytest.mark.parametrize("path", COPIED)
def test_what_is_copied_is_there_and_let_through(path):
    """A folder that is new, or another name for one, cannot be forgotten in the image."""
    assert (ROOT / path).exists()
    assert f"!{path}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_the_image_holds_every_package():
    """What pyproject.toml packs is what is copied; the rest of it is its own description."""
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert {
        *built["targets"]["wheel"]["packages"],
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "requirements-run.lock",
    } == set(COPIED)
