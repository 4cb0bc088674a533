"""How Foothold grows with the round, and what it has after how long: the figures beside the comparison.

python -m loadtests.curves [--sizes N ...] [--anytime N] [--limits S ...] [--seconds S] [--megabytes M] --out DIR
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from engine.loading import load_round
from loadtests import cells
from loadtests.compare import PEERS, compared, judged_by_audit
from loadtests.figures import machine
from loadtests.instances import make
from loadtests.peers.whole_model import ROUND

FOOTHOLD = PEERS[0]
SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
LIMITS = (7.5, 15.0, 30.0, 60.0, 120.0)


def main() -> int:
    """Measure, and write ``curves.json``."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    allowed = cells.Allowed(asked.seconds, asked.megabytes)
    sizes, limits = " ".join(map(str, asked.sizes)), " ".join(f"{each:g}" for each in asked.limits)
    command = f'make bench-curves BENCH_GROWTH="{sizes}" BENCH_ANYTIME={asked.anytime} BENCH_LIMITS="{limits}"'
    command += f" BENCH_SECONDS={asked.seconds:g}"
    found: dict[str, Any] = {"machine": machine(), "command": command, "growth": [], "anytime": []}
    asked.out.mkdir(parents=True, exist_ok=True)
    for kind in ("preference", "real"):
        for size in asked.sizes:
            cell = next(iter(compared(kind, size, [FOOTHOLD], allowed)))
            found["growth"].append(cell)
            print(f"{kind} {size:,}: {cell['seconds']:.1f} s, {cell['megabytes']:,} MB {cell['said']}", flush=True)
            _write(asked.out, found)
            if cell["levels"] is None:
                break  # larger ones would only take longer to say the same
    found["anytime"] = _anytime(asked.anytime, asked.limits, asked.megabytes)
    _write(asked.out, found)
    return 0


def _anytime(size: int, limits: list[float], megabytes: int) -> list[dict[str, Any]]:
    """Every level's value and bound on the real instance, when Foothold is asked to end after each of ``limits``."""
    found = []
    with tempfile.TemporaryDirectory(prefix="foothold-anytime-") as place:
        folder = Path(place)
        make("real", size, folder)
        round_ = load_round(folder / ROUND)
        for limit in limits:
            cell = cells.run(FOOTHOLD.module, cells.here(), folder, cells.Allowed(limit, megabytes))
            found.append({"limit": limit, "students": size, **judged_by_audit(round_, cell)})
            print(f"asked to end after {limit:g} s: {found[-1]['levels']} {found[-1]['said']}", flush=True)
    return found


def _write(out: Path, found: dict[str, Any]) -> None:
    (out / "curves.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="students of the growth curve")
    parser.add_argument("--anytime", type=int, default=2_000, help="students of the round solved under time limits")
    parser.add_argument("--limits", type=float, nargs="+", default=list(LIMITS), help="seconds")
    parser.add_argument("--seconds", type=float, default=120.0, help="a size that takes longer ends the curve")
    parser.add_argument("--megabytes", type=int, default=6_000)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
