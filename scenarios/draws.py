"""Seeded draws that give the same answer on every machine and with every version of numpy and Python.

Only the raw 64-bit stream of PCG64 is used, which numpy promises not to change; everything on top of it is integers
and plain float arithmetic. Nothing here may call a logarithm, a power or a sum of floats: those differ in the last
bit between machines and versions.
"""

from __future__ import annotations

from bisect import bisect_right
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

from numpy.random import PCG64

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

T = TypeVar("T")

_BLOCK = 4096
_UNIT = 2.0**-53
_ROOT_THREE = 1.7320508075688772


class Draws:
    """One named stream of draws; streams of one seed are independent, so that changing one table moves no other."""

    def __init__(self, seed: int, stream: str) -> None:
        """Start the stream called ``stream`` of ``seed``."""
        self._bits = PCG64(int.from_bytes(sha256(f"{seed}|{stream}".encode()).digest(), "big"))
        self._block: list[int] = []

    def _raw(self) -> int:
        if not self._block:
            self._block = self._bits.random_raw(_BLOCK).tolist()
            self._block.reverse()
        return self._block.pop()

    def unit(self) -> float:
        """A number from 0 up to but not including 1."""
        return (self._raw() >> 11) * _UNIT

    def below(self, bound: int) -> int:
        """An integer from 0 to ``bound - 1``."""
        return ((self._raw() >> 32) * bound) >> 32

    def between(self, low: int, high: int) -> int:
        """An integer from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def stretch(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        return low + (high - low) * self.unit()

    def chance(self, share: float) -> bool:
        """True in ``share`` of the draws."""
        return self.unit() < share

    def bell(self) -> float:
        """A number around 0 with spread 1: four uniform draws added, never beyond 3.5."""
        return (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) * _ROOT_THREE

    def pick(self, among: Sequence[T]) -> T:
        """One of ``among``, all alike."""
        return among[self.below(len(among))]

    def sample(self, among: Iterable[T], count: int) -> list[T]:
        """``count`` different members of ``among`` (or all of them), in the order drawn."""
        rest = list(among)
        count = min(count, len(rest))
        for i in range(count):
            j = self.between(i, len(rest) - 1)
            rest[i], rest[j] = rest[j], rest[i]
        return rest[:count]

    def shuffled(self, among: Iterable[T]) -> list[T]:
        """The members of ``among`` in an order of chance."""
        rest = list(among)
        return self.sample(rest, len(rest))


class Wheel(Generic[T]):
    """A wheel of fortune: picks a key as often as its whole-number stake says."""

    def __init__(self, stakes: Mapping[T, int] | Sequence[tuple[T, int]]) -> None:
        """Keep the keys in the order given; stakes of 0 are never picked."""
        pairs = list(stakes.items()) if hasattr(stakes, "items") else list(stakes)
        self.keys: list[T] = [key for key, _ in pairs]
        self._ends = list(accumulate(stake for _, stake in pairs))

    @property
    def total(self) -> int:
        """All stakes together; a wheel of 0 has nothing to pick."""
        return self._ends[-1] if self._ends else 0

    def spin(self, draws: Draws) -> T:
        """One key."""
        return self.keys[bisect_right(self._ends, draws.below(self.total))]

    def spin_many(self, draws: Draws, count: int) -> list[T]:
        """Up to ``count`` different keys, in the order drawn; few tries, so that it may be fewer."""
        found: dict[T, None] = {}
        for _ in range(3 * count):
            if len(found) == count or not self.total:
                break
            found[self.spin(draws)] = None
        return list(found)


def apportion(total: int, stakes: Sequence[int], least: int = 0) -> list[int]:
    """``total`` shared out by ``stakes`` in whole numbers (largest remainders), each at least ``least`` if it can."""
    if least * len(stakes) > total:
        least = 0
    spare, every = total - least * len(stakes), sum(stakes)
    if not every:
        return apportion(total, [1] * len(stakes), least)
    shares = [least + spare * stake // every for stake in stakes]
    order = sorted(range(len(stakes)), key=lambda i: (-(spare * stakes[i] % every), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares
