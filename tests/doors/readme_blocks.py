"""The README's console blocks: what it tells the reader to type, and what it says comes back.

python tests/doors/readme_blocks.py      types it all again and writes what came back into the README
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from command_line import environment

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN_FIGURES = [(re.compile(r"\d+\.\d s\b"), "T s"), (re.compile(r"[\d,]+ MB"), "M MB")]


def typed_in(block: str) -> list[tuple[str, str]]:
    """The commands of one block, each with what is printed under it."""
    chunks = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (chunk.partition("\n") for chunk in chunks)]


def typed_in_the_readme() -> list[tuple[str, str]]:
    """The commands of every console block, in order, each with what is printed under it."""
    return [typed for block in BLOCK.findall(README.read_text(encoding="utf-8")) for typed in typed_in(block)]


def type_command(command: str, folder: Path) -> str:
    """Type a command into a shell in ``folder`` and return what it prints on standard output."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(PATH=path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if "Traceback" in done.stderr or "internal fault" in done.stderr:
        raise AssertionError(f"$ {command}\n{done.stderr}")
    return plain(done.stdout)


def plain(printed: str) -> str:
    """Lines without the spaces at their ends."""
    return "".join(line.rstrip() + "\n" for line in printed.splitlines())


def same_output(promised: str, printed: str) -> bool:
    """Whether what is printed is what was promised, times, memory and spaces aside."""
    for pattern, stand_in in RUN_FIGURES:
        promised, printed = pattern.sub(stand_in, promised), pattern.sub(stand_in, printed)
    return promised.split() == printed.split()


def rewrite() -> None:
    """Type the README's commands in an empty folder and put what they print under them."""
    with tempfile.TemporaryDirectory() as folder:

        def again(block: re.Match[str]) -> str:
            typed = [(command, type_command(command, Path(folder))) for command, _ in typed_in(block.group(1))]
            return "```console\n" + "".join(f"$ {command}\n{output}" for command, output in typed) + "```"

        README.write_text(BLOCK.sub(again, README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
