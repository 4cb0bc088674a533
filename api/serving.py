"""The server and the worker as processes: what they print when they begin, and how they end."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

import uvicorn

from api.app import create_app
from api.errors import RefusedError
from api.jobs.supervisor import work
from api.private_folders import clear_abandoned
from api.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from api.store.database import Database

GRACE = 5
"""Seconds that open requests have when the server is told to stop."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; raises ``RefusedError`` where the place is taken or not allowed.

    Its lines send the end of an answer at once, and do not wait until the caller has acknowledged the beginning: on a
    line that is used again that took 40 ms an answer.
    """
    try:
        listener = socket.create_server((host, port), backlog=256)
    except OSError as failure:
        raise RefusedError(f"cannot listen on {host} port {port}: {failure.strerror}") from failure
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(database: Database, listener: socket.socket, begun: Callable[[], None]) -> None:
    """Answer requests until told to stop; on the embedded store the worker is inside.

    Raises ``RefusedError`` before it begins where the environment gives no lease.
    """
    _log_to_standard_error()
    clear_abandoned()
    config = uvicorn.Config(
        create_app(database),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=30,
    )
    with suppress(KeyboardInterrupt), _worker_inside(database) if database.embedded else nullcontext():
        begun()
        uvicorn.Server(config).run(sockets=[listener])


def work_until(database: Database, stop: threading.Event, workers: int) -> None:
    """Do runs until told to stop."""
    _log_to_standard_error()
    work(database, stop, workers=workers, lease_seconds=Settings.from_environment().lease_seconds)


@contextmanager
def _worker_inside(database: Database) -> Iterator[None]:
    stop = threading.Event()
    seconds = Settings.from_environment().lease_seconds
    worker = threading.Thread(target=work, args=(database, stop), kwargs={"lease_seconds": seconds})
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def _log_to_standard_error() -> None:
    """One line an event: which run, which kind of failure; never a path, a name, an id or what somebody sent."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("foothold").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").addFilter(_WithoutTrace())


class _WithoutTrace(logging.Filter):
    """Takes the trace off what uvicorn logs: its message may hold what somebody sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without its trace."""
        record.exc_info = record.exc_text = None
        return True
