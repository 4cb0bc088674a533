"""Python's collector of circular garbage, kept from very many objects that all stay.

It would look through all of them again and again and find nothing.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collections inside; afterwards they go on if they did before."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def only_new_garbage() -> Iterator[None]:
    """Inside, what was there before is not looked through again; what is made inside still is."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
