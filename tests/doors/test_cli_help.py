"""Help: quick, complete, plain, and honest about which commands exist."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMANDS = [
    "check",
    "allocate",
    "audit",
    "verify-bound",
    "rerun",
    "history",
    "scenario",
    "template",
    "import",
    "export",
    "trail",
    "serve",
    "worker",
    "purge",
    "keys",
    "postcodes",
]
"""A command exists when its whole job does: change this list only with the command."""
SLOW_TO_IMPORT = [
    "numpy",
    "pandas",
    "ortools",
    "numba",
    "scipy",
    "networkx",
    "pyproj",
    "geopy",
    "openpyxl",
    "rich",
    "sqlalchemy",
    "fastapi",
]


def test_the_commands_are_these(foothold):
    """`foothold --help` lists exactly the commands whose whole job exists."""
    helped = foothold("--help")
    assert helped.returncode == 0
    listed = helped.stdout.split("Commands:")[1].split("Exit codes:")[0]
    assert [line.split()[0] for line in listed.splitlines() if line.strip()] == COMMANDS


@pytest.mark.parametrize("command", [*COMMANDS[:-2], "keys make", "keys list", "keys revoke", "postcodes load"])
def test_every_command_explains_itself_with_examples(foothold, command):
    """Each command's --help has an example that begins with the command, and no escape codes in a pipe."""
    helped = foothold(*command.split(), "--help", FORCE_COLOR="1")
    assert helped.returncode == 0
    assert "Examples:" in helped.stdout
    assert f"  foothold {command} " in helped.stdout
    assert "--json" in helped.stdout
    assert "\x1b" not in helped.stdout


def test_help_does_not_wait_for_heavy_libraries():
    """Importing the command line imports no numerical library, so that --help takes a fraction of a second."""
    program = f"import sys, api.cli; print(sorted(set({SLOW_TO_IMPORT!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_command_is_bad_usage(foothold):
    """`foothold` alone shows the help and exits 2, so that a script with an empty variable notices."""
    alone = foothold()
    assert alone.returncode == 2
    assert "Commands:" in alone.stdout
