"""The README's console blocks: what it tells the reader to type, and what it says comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN_FIGURES = [(re.compile(r"\d+(\.\d+)? s\b"), "T s"), (re.compile(r"[\d,]+ MB"), "M MB")]


@dataclass(frozen=True)
class Typed:
    """One command of the README and the output printed under it; ``...`` stands for lines left out."""

    command: str
    output: str


def typed_in_the_readme() -> list[Typed]:
    """Every ``$`` line of every console block, in order, with what follows it."""
    typed = []
    for block in BLOCK.findall(README.read_text(encoding="utf-8")):
        for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = chunk.partition("\n")
            typed.append(Typed(command, output))
    return typed


def same_output(promised: str, printed: str) -> bool:
    """Whether what is printed is what was promised, times, memory and spaces aside."""
    for pattern, stand_in in RUN_FIGURES:
        promised, printed = pattern.sub(stand_in, promised), pattern.sub(stand_in, printed)
    return OutputChecker().check_output(promised, printed, ELLIPSIS | NORMALIZE_WHITESPACE)
