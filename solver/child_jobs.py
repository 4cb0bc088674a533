"""The child's side: jobs and answers are pickled dictionaries of plain arrays on standard input and output.

When the input ends, whoever asked is gone, perhaps killed, and the process ends at once, in the middle of a job or not.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable


def serve(solve: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs, sink = SimpleQueue[dict[str, Any]](), sys.stdout.buffer
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs), daemon=True).start()
    while True:
        pickle.dump(solve(jobs.get()), sink, protocol=pickle.HIGHEST_PROTOCOL)
        sink.flush()


def _listen(source: BinaryIO, jobs: SimpleQueue[dict[str, Any]]) -> None:
    try:
        while True:
            jobs.put(pickle.load(source))  # noqa: S301 -- the parent process is the only writer
    finally:  # the end, or half a job whose writer was killed
        os._exit(0)
