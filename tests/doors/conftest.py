"""The doors as their users open them: the command line in a process of its own, on rounds in folders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable


@pytest.fixture(scope="session")
def foothold() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line."""
    return run


@pytest.fixture(scope="session")
def tiny_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenario ``tiny``, written once; nobody may change it."""
    folder = tmp_path_factory.mktemp("rounds") / "tiny"
    done = run("scenario", "tiny", folder, "--no-solve")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def tiny(tiny_once: Path, tmp_path: Path) -> Path:
    """A copy of ``tiny`` that the test may change."""
    return Path(shutil.copytree(tiny_once, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def allocated_once(tiny_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``tiny`` allocated once; nobody may change it."""
    folder = tmp_path_factory.mktemp("allocations") / "tiny"
    done = run("allocate", tiny_once, "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def allocated(allocated_once: Path, tmp_path: Path) -> Path:
    """A copy of the allocation of ``tiny`` that the test may change."""
    return Path(shutil.copytree(allocated_once, tmp_path / "allocated"))
