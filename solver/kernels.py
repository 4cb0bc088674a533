"""The inner loops, written once as plain functions and compiled by numba when a round is large enough to gain.

``plain`` runs them as they are (a small round is solved before a compiler has loaded); ``fast`` compiles them on
first use and keeps the result on disk.
"""

from __future__ import annotations

from functools import cache
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

COMPILE_FROM_PAIRS = 700
_registered: list[FunctionType] = []


def kernel(function: Any) -> Any:
    """Register an inner loop; those it calls must be registered before it."""
    _registered.append(function)
    return function


def plain() -> SimpleNamespace:
    """The inner loops as Python."""
    return SimpleNamespace(**{f.__name__: f for f in _registered})


def fast() -> SimpleNamespace:
    """The inner loops, compiled."""
    return _compiled(len(_registered))


@cache
def _compiled(registered: int) -> SimpleNamespace:
    """The first ``registered`` loops, compiled: more may be registered by modules that are imported later."""
    import numba  # noqa: PLC0415

    compiled: dict[str, Callable[..., Any]] = {}
    for function in _registered[:registered]:
        names = {**function.__globals__, **compiled}
        clone = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
        clone.__module__, clone.__qualname__ = function.__module__, function.__qualname__
        compiled[function.__name__] = numba.njit(cache=True, nogil=True)(clone)
    return SimpleNamespace(**compiled)


def chosen_for(pairs: int) -> SimpleNamespace:
    """The inner loops in the form that suits ``pairs`` eligible pairs."""
    return fast() if pairs >= COMPILE_FROM_PAIRS else plain()
