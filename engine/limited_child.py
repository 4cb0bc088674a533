"""Running one of the engine's own modules in a child process that may use only so much time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Ending = Literal["done", "time", "memory", "crash"]
OUT_OF_MEMORY = 70
"""The exit code by which a child says that it met its memory limit and could still say so."""
KILLED_FOR_MEMORY = frozenset({OUT_OF_MEMORY, -6, -9, 134, 137})
"""Also SIGABRT (a native library could not allocate) and SIGKILL (the operating system ran out first)."""
KILLED_FOR_TIME = frozenset({-24, 152})
"""SIGXCPU: the processor time is used up."""
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use."""

    seconds: float = 120.0
    megabytes: int = 2_048


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended, and what it wrote on standard output if it is done."""

    ending: Ending
    output: bytes = b""


def run_limited(module: str, arguments: Sequence[str], limits: Limits, given: bytes = b"") -> Finished:
    """Run ``python -m module`` with the arguments and standard input given, within the limits."""
    command = [sys.executable, "-P", "-m", module, *arguments]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    environment["FOOTHOLD_CHILD_LIMITS"] = f"{limits.megabytes} {int(limits.seconds) + 1}"
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, input=given, capture_output=True, timeout=limits.seconds, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        return Finished("time")
    if done.returncode == 0:
        return Finished("done", done.stdout)
    if done.returncode in KILLED_FOR_MEMORY:
        return Finished("memory")
    return Finished("time" if done.returncode in KILLED_FOR_TIME else "crash")


def take_limits() -> None:
    """In the child, before anything is read: accept the limits that the parent set, where the system has them."""
    megabytes, _, seconds = os.environ.get("FOOTHOLD_CHILD_LIMITS", "").partition(" ")
    if not megabytes:
        return
    try:
        import resource  # noqa: PLC0415 - absent on Windows, where only the parent's clock holds
    except ImportError:
        return
    for limit, most in (
        (resource.RLIMIT_AS, int(megabytes) * 2**20),
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, allowed))
