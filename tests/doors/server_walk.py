"""The walk through the server: what it tells the reader to type into one shell, and what it says comes back.

python tests/doors/server_walk.py      types it all again and writes what came back into the walk
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from command_line import environment
from readme_blocks import BLOCK, plain, typed_in

WALK = Path(__file__).parents[2] / "api" / "WALK.md"
NEEDED = ("bash", "curl", "jq", "sed")
PORT = "8000"
MARK = "=== that was number"
PATIENCE = 300
"""Seconds until a walk that hangs is ended."""


def missing() -> list[str]:
    """The programs that the walk needs and that this machine does not have."""
    return [program for program in NEEDED if shutil.which(program) is None]


def typed() -> list[tuple[str, str]]:
    """The commands of every console block, in order, each with what is printed under it."""
    return [each for block in BLOCK.findall(WALK.read_text(encoding="utf-8")) for each in typed_in(block)]


def walk(commands: list[str], folder: Path) -> list[str]:
    """Type the commands into one shell in ``folder``, on a port that is free; what each prints on standard output."""
    lines = [f'{command}\necho; echo "{MARK} {number}"' for number, command in enumerate(commands)]
    script = "\n".join(lines).replace(PORT, str(_free_port()))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=environment(PATH=path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as shell:
        try:
            printed, told = shell.communicate(timeout=PATIENCE)
        finally:
            _end(shell.pid)
    if "Traceback" in told or "internal fault" in told:
        raise AssertionError(told)
    return _apart(printed, len(commands))


def rewrite() -> None:
    """Type the walk's commands in an empty folder and put what they print under them."""
    commands = [command for command, _ in typed()]
    with tempfile.TemporaryDirectory() as folder:
        printed = iter(walk(commands, Path(folder)))
    text = BLOCK.sub(
        lambda block: (
            "```console\n" + "".join(f"$ {command}\n{next(printed)}" for command, _ in typed_in(block.group(1))) + "```"
        ),
        WALK.read_text(encoding="utf-8"),
    )
    WALK.write_text(text, encoding="utf-8")


def _apart(printed: str, count: int) -> list[str]:
    parts = []
    for number in range(count):
        part, found, printed = printed.partition(f"\n{MARK} {number}\n")
        if not found:
            raise AssertionError(f"the walk ends at command {number}: {part}")
        parts.append(plain(part))
    return parts


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _end(group: int) -> None:
    """End the shell and the server that it started, whatever became of them."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    rewrite()
