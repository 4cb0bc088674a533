"""People arrive at the server at a constant rate, however slowly it answers: an open model, driven by locust.

python -m loadtests.arrivals GROUND SECONDS UPLOADS READS: reads what ``loadtests.ground`` wrote, and prints what every
request took, in JSON. In a process of its own, for locust replaces the sockets of the process that it is in.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
from locust.env import Environment

from loadtests.ground import Ground
from loadtests.people import Coordinator, Employer, School, Uploading, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

READERS: tuple[tuple[type[Visitor], int], ...] = ((School, 12), (Employer, 5), (Coordinator, 3))
"""Of so many reads, how many are whose: there are many schools, employers look less often, coordinators are few."""
PATIENCE = 30
"""Seconds for which those who still wait for an answer are waited for."""


def main(ground: str, seconds: float, uploads: int, reads: float) -> None:
    """Let ``uploads`` schools send and ``reads`` people a second look, evenly over ``seconds``; tell how it went."""
    Visitor.ground = Ground.read(Path(ground).read_text(encoding="utf-8"))
    Visitor.host = Visitor.ground.host
    heard = list[dict[str, Any]]()
    environment = Environment(user_classes=[Uploading, *(who for who, _ in READERS)])
    environment.events.request.add_listener(lambda **told: heard.append(_heard(**told)))
    runner = environment.create_local_runner()
    begun = time.time() + 1
    for after, who in schedule(seconds, uploads, reads):
        gevent.sleep(max(0.0, begun + after - time.time()))
        for person in runner.spawn_users({who.__name__: 1}):
            person.due = begun + after
    runner.user_greenlets.join(timeout=PATIENCE)
    waiting = len(runner.user_greenlets)
    runner.quit()
    json.dump({"requests": heard, "unanswered": waiting, "seconds": time.time() - begun}, sys.stdout)


def schedule(seconds: float, uploads: int, reads: float) -> list[tuple[float, type[Visitor]]]:
    """Who arrives when, in seconds from the start: each kind of people evenly, none at the very same moment."""
    shares = sum(share for _, share in READERS)
    readers = [(who, reads * share / shares) for who, share in READERS]
    streams: list[tuple[type[Visitor], float]] = [(Uploading, uploads / seconds), *readers]
    return sorted(
        ((moment, who) for number, (who, rate) in enumerate(streams) for moment in _evenly(seconds, rate, number)),
        key=lambda arrival: arrival[0],
    )


def _evenly(seconds: float, rate: float, number: int) -> Iterator[float]:
    start = (number + 1) / 37
    count = round(seconds * rate)
    return (start + each / rate for each in range(count))


def _heard(
    request_type: str, name: str, response_time: float, exception: Exception | None, context: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """What one request took, from when its sender was due to the end of the answer."""
    return {
        "kind": context["kind"],
        "name": name,
        "method": request_type,
        "ms": (time.time() - context["due"]) * 1000,
        "late_ms": (time.time() - context["due"]) * 1000 - response_time,
        "error": repr(exception) if exception is not None else "",
    }


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
