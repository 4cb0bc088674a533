"""Runs one peer on one instance, in a process of its own: python -m loadtests.peers.run PEER FOLDER ANSWER LIMIT.

Says ``ready`` on standard output when the instance is in memory, from which its time counts, and whether it will give
what it has when its time is up; then writes the answer.
"""

from __future__ import annotations

import json
import resource
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
    print("ready, stops itself" if getattr(peer, "STOPS_ITSELF", False) else "ready", flush=True)
    began, spent = time.perf_counter(), _processor()
    found = peer.solve(loaded, float(limit))
    seconds, processor = time.perf_counter() - began, _processor() - spent
    told = {
        "seconds": seconds,
        "processor": processor,
        "rows": found.rows,
        "bounds": found.bounds,
        "stopped": found.stopped,
    }
    Path(answer).write_text(json.dumps(told), encoding="utf-8")
    return 0


def _processor() -> float:
    """Seconds that this process and those it has ended were at work, all cores together."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


if __name__ == "__main__":
    sys.exit(main())
