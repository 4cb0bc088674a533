"""A child process's loop: pickled jobs come on standard input, pickled answers leave on standard output.

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

Job = dict[str, Any]


def answer_jobs(solve: Callable[[Job], Job]) -> None:
    """Answer jobs by ``solve`` until the input ends; jobs and answers are dictionaries of plain arrays."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs, sink = SimpleQueue[Job](), sys.stdout.buffer
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs), daemon=True).start()
    while True:
        pickle.dump(solve(jobs.get()), sink, protocol=pickle.HIGHEST_PROTOCOL)
        sink.flush()


def _listen(source: BinaryIO, jobs: SimpleQueue[Job]) -> None:
    try:
        while True:
            jobs.put(pickle.load(source))  # noqa: S301 -- the parent process is the only writer
    finally:  # the end, or half a job whose writer was killed
        os._exit(0)
