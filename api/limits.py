"""Limits on what anybody may send: so many bytes a request, so many requests a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from hashlib import sha256
from typing import TYPE_CHECKING

from api.problems import TITLES, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 20_000_000
PER_SECOND = 50.0
AT_ONCE = 200.0
REMEMBERED = 10_000
TOO_LARGE, TOO_FAST = 413, 429
MOST = {
    TOO_LARGE: f"at most {LARGEST_BODY:,} bytes a request",
    TOO_FAST: f"at most {PER_SECOND:.0f} requests a second",
}


class TooLargeError(Exception):
    """The body grew beyond the limit while it was read."""


class Limits:
    """An ASGI layer that turns away bodies that are too large and callers that are too fast."""

    def __init__(self, app: ASGIApp, at_once: float = AT_ONCE, per_second: float = PER_SECOND) -> None:
        """Stand before ``app``; a caller may send ``at_once`` requests, and ``per_second`` more as time goes by."""
        self._app, self._at_once, self._per_second = app, at_once, per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif not self._may_pass(_caller(scope)):
            await _refuse(TOO_FAST, scope, receive, send)
        elif _declared(scope) > LARGEST_BODY:
            await _refuse(TOO_LARGE, scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what arrives, for a length need not be declared and may be a lie."""
        arrived, begun = 0, False

        async def counting() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > LARGEST_BODY:
                raise TooLargeError
            return message

        async def watching(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counting, watching)
        except TooLargeError:
            if not begun:
                await _refuse(TOO_LARGE, scope, receive, send)

    def _may_pass(self, caller: str) -> bool:
        """A bucket for each caller, filled a little every second; those not seen for long are forgotten."""
        now = time.monotonic()
        left, seen = self._buckets.pop(caller, (self._at_once, now))
        left = min(self._at_once, left + (now - seen) * self._per_second)
        self._buckets[caller] = (max(0.0, left - 1), now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return left >= 1


def _caller(scope: Scope) -> str:
    """The key that comes with the request, else the address: as a hash, so that no key is kept."""
    key = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    client = scope.get("client") or ("", 0)
    return sha256(key or client[0].encode()).hexdigest()


def _declared(scope: Scope) -> int:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(length) if length.isdigit() else 0


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(status, *TITLES[status], MOST[status])
    answer.headers["Connection"] = "close"
    if status == TOO_FAST:
        answer.headers["Retry-After"] = "1"
    await answer(scope, receive, send)
