"""The project's own files, as the architecture tests look at them."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "solver", "api", "scenarios")


def modules() -> list[Path]:
    """Every module of the product, tests aside."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def tracked_files() -> list[Path]:
    """Every file under version control; all files of a source archive, which has none."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def read(path: Path) -> str:
    """The text of a file; bytes that are no UTF-8 do not matter to these tests."""
    return path.read_text(encoding="utf-8", errors="replace")


def name(path: Path) -> str:
    """The path as the project writes it."""
    return path.relative_to(ROOT).as_posix()
