"""The command line in a process of its own, as somebody runs it who has set nothing about colours or debugging."""

from __future__ import annotations

import os
import subprocess
import sys

QUIET = ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "FOOTHOLD_DEBUG", "COLUMNS", "TERMINAL_WIDTH")
COMMAND = (sys.executable, "-m", "api.cli")


def environment(**more: str) -> dict[str, str]:
    """The environment of a user who has set nothing about colours or debugging."""
    return {**{name: value for name, value in os.environ.items() if name not in QUIET}, **more}


def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``foothold`` with the arguments and wait for it; ``more`` goes into the environment."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        stdin=subprocess.DEVNULL,
        env=environment(**more),
        check=False,
    )
