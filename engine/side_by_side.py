"""Many parts of one piece of work side by side on a machine's cores, answers in the order of the parts.

For work that numpy does, which lets other threads run meanwhile.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

P = TypeVar("P")
A = TypeVar("A")

THREADS = min(2, os.cpu_count() or 1)
AHEAD = 4
"""Answers that may wait to be taken, for each thread."""


def side_by_side(work: Callable[[P], A], parts: Iterable[P]) -> Iterator[A]:
    """``work`` of every part, in order; at most a few parts are ahead of the answer that is taken."""
    waiting = iter(parts)
    first = list(islice(waiting, 2))
    if len(first) < 2 or THREADS == 1:  # noqa: PLR2004 (one part needs no threads)
        yield from map(work, [*first, *waiting])
        return
    with ThreadPoolExecutor(THREADS) as threads:
        ahead = deque(threads.submit(work, part) for part in (*first, *islice(waiting, AHEAD * THREADS)))
        while ahead:
            yield ahead.popleft().result()
            ahead.extend(threads.submit(work, part) for part in islice(waiting, 1))
