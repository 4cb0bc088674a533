"""Runs one peer on one instance, in a process of its own: python -m loadtests.peers.run PEER FOLDER ANSWER LIMIT.

Says ``ready`` on standard output when the instance is in memory, from which its time counts, then writes the answer.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Solve, and write rows, bounds and seconds; 3 where the peer is not installed here."""
    name, folder, answer, limit = sys.argv[1:5]
    try:
        peer = import_module(f"loadtests.peers.{name}")
    except ModuleNotFoundError as missing:
        print(f"missing {missing.name}", flush=True)
        return 3
    loaded = peer.load(Path(folder))
    print("ready", flush=True)
    began = time.perf_counter()
    found = peer.solve(loaded, float(limit))
    seconds = time.perf_counter() - began
    told = {"seconds": seconds, "rows": found.rows, "bounds": found.bounds, "stopped": found.stopped}
    Path(answer).write_text(json.dumps(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
