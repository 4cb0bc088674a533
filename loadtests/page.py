"""Writes the benchmark page from what was measured, and nothing else: python -m loadtests.page FILE DIR [DIR ...].

Every DIR holds ``cells.json`` of one run of ``loadtests.compare``, ``curves.json`` of ``loadtests.curves``, or both.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadtests.compare import heading, shown
from loadtests.instances import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENING = """# Benchmarks

Written by `python -m loadtests.page`; how it is measured is in the [README](README.md) of this folder. Each table is
of one run on one instance. Others may work on the same cores, which makes times long and uneven: processor time, where
it is given, says more.

{runs}

A value is a level's, measured by the audit; `of at most` is the bound that the peer itself gives for it, as long as the
earlier levels stay at what it reached. Values of rows with breaches are of allocations that nobody may publish. Sizes
and kinds without a table were not measured.
"""


def main() -> int:
    """Write the page."""
    target, sources = Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]]
    target.write_text("\n".join(_page(_read(sources, "cells.json"), _read(sources, "curves.json"))) + "\n", "utf-8")
    return 0


def _read(sources: list[Path], name: str) -> list[dict[str, Any]]:
    """What is kept under this name, in the order of the folders."""
    return [json.loads((each / name).read_text("utf-8")) for each in sources if (each / name).exists()]


def _page(runs: list[dict[str, Any]], curves: list[dict[str, Any]]) -> Iterator[str]:
    yield OPENING.format(runs="\n".join(map(_run, runs)))
    cells = sorted((cell for run in runs for cell in run["cells"]), key=_place)
    for kind, of_kind in groupby(cells, key=lambda cell: cell["kind"]):
        yield f"## {kind}\n\n{KINDS[kind]}\n"
        for _, of_size in groupby(of_kind, key=lambda cell: cell["size"]):
            found = list(of_size)
            yield f"### {heading(found[0])}\n"
            yield from _markdown(shown(found))
            yield from _breaches(found)
            yield ""
    for measured in curves:
        yield from _curves(measured)


def _run(run: dict[str, Any]) -> str:
    """Where and how a run was made."""
    seed = run["cells"][0]["instance"]["seed"]
    return (
        f"- `{run['command']}` on {run['machine']}; seed `{seed}`; each cell at most {run['seconds']:g} s and "
        f"{run['megabytes']:,} MB"
    )


def _place(cell: dict[str, Any]) -> tuple[int, int]:
    return list(KINDS).index(cell["kind"]), cell["size"]


def _curves(measured: dict[str, Any]) -> Iterator[str]:
    yield f"## Growth\n\n`{measured['command']}` on {measured['machine']}."
    yield "From the eligible pairs in memory to the answer; hollow: stopped by the limit.\n"
    yield "![Seconds and memory by students](growth.svg)\n"
    yield from _markdown([["", "students", "time", "memory", ""], *map(_grown, measured["growth"])])
    if measured["anytime"]:
        students = measured["anytime"][0]["students"]
        yield "\n## What there is after how long\n"
        yield f"`real`, {students:,} students, asked to end after so many seconds.\n"
        yield "![Value and bound of every level by time](anytime.svg)\n"
        yield from _markdown(shown([{**cell, "name": f"{cell['limit']:g} s"} for cell in measured["anytime"]]))


def _markdown(rows: list[list[str]]) -> Iterator[str]:
    yield "| " + " | ".join(rows[0]) + " |"
    yield "|---|" + "---:|" * (len(rows[0]) - 2) + "---|"
    yield from ("| " + " | ".join(row) + " |" for row in rows[1:])


def _breaches(found: list[dict[str, Any]]) -> Iterator[str]:
    """Which rules are broken, by how many breaches."""
    named = [
        f"{cell['name']}: " + ", ".join(f"`{rule}` {count:,}" for rule, count in cell["breaches"].items())
        for cell in found
        if cell["levels"] is not None and cell["breaches"]
    ]
    if named:
        yield "\nBreaches by rule. " + "; ".join(named) + "."


def _grown(cell: dict[str, Any]) -> list[str]:
    size, seconds, memory = cell["instance"]["students"], cell["seconds"], cell["megabytes"]
    return [cell["kind"], f"{size:,}", f"{seconds:.1f} s", f"{memory:,} MB", cell["said"]]


if __name__ == "__main__":
    sys.exit(main())
