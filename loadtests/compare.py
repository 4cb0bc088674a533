"""Foothold against what a user would pick instead, on the same instances in one run: one table.

python -m loadtests.compare [--sizes N ...] [--kinds KIND ...] [--peers PEER ...] [--seconds S] [--megabytes M]
                            [--out DIR] [--markdown FILE]

Every peer runs in processes of its own, is ended when its time or memory is spent, and is judged by Foothold's audit,
which shares no code with any solver. With ``--out`` the cells are kept as JSON, from which ``loadtests.page`` draws.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.allocation import Allocation
from engine.audit import audit
from engine.loading import load_round
from loadtests import cells
from loadtests.figures import machine, table
from loadtests.instances import KINDS, make
from loadtests.peers.whole_model import ROUND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.domain import Round

PEERS_PYTHON = cells.ROOT / ".venv-peers" / "bin" / "python"
SIZES = (100, 1_000, 10_000, 130_000)


@dataclass(frozen=True)
class Peer:
    """Somebody's choice: ``module`` of ``loadtests.peers``, the kinds of instance it is for, and where it lives."""

    module: str
    name: str
    kinds: tuple[str, ...] = tuple(KINDS)
    elsewhere: bool = False
    """Its pins clash with Foothold's, so it has an environment of its own."""


PLAIN = ("reach", "preference")
PEERS = (
    Peer("foothold", "Foothold"),
    Peer("first_come", "first come, first served"),
    Peer("hospital_resident", "`matching`, hospital-resident", elsewhere=True),
    Peer("fairpyx_matching", "fairpyx, iterated maximum matching", elsewhere=True),
    Peer("fairpyx_round_robin", "fairpyx, round robin", elsewhere=True),
    Peer("scipy_assignment", "scipy, sparse assignment"),
    Peer("min_cost_flow", "SimpleMinCostFlow", PLAIN),
    Peer("networkx_flow", "networkx, network simplex", PLAIN),
    Peer("cp_sat", "CP-SAT, one model"),
    Peer("highs_mip", "HiGHS MIP, one model"),
)


def main() -> int:
    """Make the instances, run the cells, print a table of each; 1 where a cell failed."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    allowed = cells.Allowed(asked.seconds, asked.megabytes)
    print(machine(), flush=True)
    every: list[dict[str, Any]] = []
    for kind in asked.kinds:
        for size in asked.sizes:
            found = list(compared(kind, size, [p for p in PEERS if p.module in asked.peers], allowed))
            every += found
            print(f"\n{heading(found[0])}\n{table(shown(found))}", flush=True)
            if asked.out:
                asked.out.mkdir(parents=True, exist_ok=True)
                run = {**_told(asked), "cells": every}
                (asked.out / "cells.json").write_text(json.dumps(run, indent=1), encoding="utf-8")
    return 1 if any(cell["said"].startswith("failed") for cell in every) else 0


def heading(cell: dict[str, Any]) -> str:
    """What the instance is like."""
    facts = cell["instance"]
    return (
        f"{cell['kind']}: {facts['students']:,} students, {facts['slots']:,} slots, {facts['places']:,} places, "
        f"{facts['pairs']:,} eligible pairs"
    )


def shown(found: list[dict[str, Any]]) -> list[list[str]]:
    """The table of one instance: its heading and a row for each peer."""
    levels = next((list(cell["levels"]) for cell in found if cell["levels"]), [])
    rows = [["", "time", "processor", "memory", "breaches", "students placed", *levels, ""]]
    for cell in found:
        if cell["levels"] is None:
            took = [f"{cell['seconds']:.1f} s", "", f"{cell['megabytes']:,} MB"] if cell["seconds"] else ["", "", ""]
            rows.append([cell["name"], *took, *["" for _ in levels], "", "", cell["said"]])
            continue
        bounds = cell["bounds"]
        values = [
            f"{value:,}" + (f" of at most {bounds[name]:,}" if name in bounds else "")
            for name, value in cell["levels"].items()
        ]
        rows.append(
            [
                cell["name"],
                f"{cell['seconds']:.2f} s",
                "" if cell.get("processor") is None else f"{cell['processor']:.2f} s",
                f"{cell['megabytes']:,} MB",
                f"{sum(cell['breaches'].values()):,}",
                f"{cell['placed']:,}",
                *values,
                cell["said"],
            ]
        )
    return rows


def compared(kind: str, size: int, peers: Sequence[Peer], allowed: cells.Allowed) -> Iterator[dict[str, Any]]:
    """A cell for each of the peers that this kind of instance is for."""
    with tempfile.TemporaryDirectory(prefix="foothold-compare-") as place:
        folder = Path(place)
        facts = make(kind, size, folder)
        round_ = load_round(folder / ROUND)
        for peer in peers:
            if kind not in peer.kinds:
                continue
            python = PEERS_PYTHON if peer.elsewhere else cells.here()
            cell = cells.run(peer.module, python, folder, allowed)
            judged = judged_by_audit(round_, cell)
            yield {"kind": kind, "size": size, "instance": facts, "peer": peer.module, "name": peer.name, **judged}


def judged_by_audit(round_: Round, cell: cells.Cell) -> dict[str, Any]:
    """The cell with what the audit says of its rows."""
    told = {key: each for key, each in asdict(cell).items() if key != "rows"}
    if cell.rows is None:
        return {**told, "levels": None}
    found = audit(round_, Allocation.of(cell.rows))
    return {
        **told,
        "breaches": dict(Counter(breach.rule for breach in found.breaches)),
        "placed": found.goals["reach"],
        "levels": {level.name: level.value for level in found.levels},
    }


def _told(asked: argparse.Namespace) -> dict[str, Any]:
    """What the page says of the run."""
    sizes, kinds = " ".join(map(str, asked.sizes)), " ".join(asked.kinds)
    command = f'make bench BENCH_SIZES="{sizes}" BENCH_KINDS="{kinds}"'
    if len(asked.peers) < len(PEERS):
        command += f' BENCH_PEERS="{" ".join(asked.peers)}"'
    return {"machine": machine(), "command": command, "seconds": asked.seconds, "megabytes": asked.megabytes}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [peer.module for peer in PEERS]
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="students")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--peers", nargs="+", choices=names, default=names)
    parser.add_argument("--seconds", type=float, default=120.0, help="each cell stops then")
    parser.add_argument("--megabytes", type=int, default=6_000, help="or when its processes hold so many")
    parser.add_argument("--out", type=Path, default=None, help="a folder for cells.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
