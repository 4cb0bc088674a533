"""What lies within reach of every home: the sites near enough for someone living there, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.distances import BEYOND, near_pairs, tenths_between
from engine.ragged import NOWHERE, places_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.distances import Terrain

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]

PAIRS_KEPT = 150_000_000
"""The most homes and sites in reach of each other that are kept; beyond it rows are computed as they are asked for."""


class _Kept(NamedTuple):
    """The sites within reach, home after home: those of home ``h`` are ``first[h]`` to ``first[h + 1]``."""

    first: Numbers
    site: NDArray[np.unsignedinteger]
    tenths: NDArray[np.unsignedinteger]


@dataclass(frozen=True, eq=False)
class Reach:
    """Homes and sites, float64[n, 2] each, and for every home the longest limit of anyone living there, int64[n]."""

    homes: Floats
    sites: Floats
    caps: Numbers
    terrain: Terrain

    def rows(self, homes: Numbers) -> Integers:
        """Tenths of a kilometre from some homes to every site: int32[homes, sites]; BEYOND what is out of reach."""
        if self._kept is None:
            distinct, position = np.unique(homes, return_inverse=True)
            found = tenths_between(self.homes[distinct], self.sites, self.caps[distinct], self.terrain)
            return found[position.ravel()]
        grid = np.full((len(homes), len(self.sites)), BEYOND, dtype=np.int32)
        for row, start, end in zip(grid, *self._stretches(homes), strict=True):
            row[self._kept.site[start:end]] = self._kept.tenths[start:end]
        return grid

    def beyond(self, homes: Numbers, limits: Integers) -> Flags:
        """Which sites are farther than a limit from each home, no home at -1: bool[homes, sites + 2].

        Of the last two columns, which are no sites, the first is true everywhere and the second nowhere.
        """
        grid = np.ones((len(homes), len(self.sites) + 2), dtype=np.bool_)
        grid[:, -1] = False
        housed = np.flatnonzero(homes >= 0)
        if not len(housed) or not len(self.sites):
            return grid
        if self._kept is None:
            grid[housed, :-2] = self.rows(homes[housed]) > limits[housed, None]
            return grid
        stretches = zip(*self._stretches(homes[housed]), strict=True)
        for k, limit, (start, end) in zip(housed.tolist(), limits[housed].tolist(), stretches, strict=True):
            grid[k][self._kept.site[start:end]] = self._kept.tenths[start:end] > limit
        return grid

    @property
    def is_kept(self) -> bool:
        """Whether what is within reach is kept, so that a single pair is looked up."""
        return self._kept is not None

    def of(self, homes: Numbers, sites: Numbers) -> Integers:
        """Tenths of a kilometre from each home to the site beside it, in their order, of what is kept: int32[pairs]."""
        assert self._kept is not None
        places = places_of(self._kept.first, self._kept.site, homes, sites)
        found = np.full(len(homes), BEYOND, dtype=np.int32)
        there = np.flatnonzero(places != NOWHERE)
        found[there] = self._kept.tenths[places[there]]
        return found

    def _stretches(self, homes: Numbers) -> tuple[list[int], list[int]]:
        """Where what is within reach of each of ``homes`` begins and ends."""
        assert self._kept is not None
        return self._kept.first[homes].tolist(), self._kept.first[homes + 1].tolist()

    @cached_property
    def _kept(self) -> _Kept | None:
        """All that is within reach, each home and site computed once; None where that is too much to keep."""
        counts = np.zeros(len(self.homes) + 1, dtype=np.int64)
        sites, lengths, kept = [], [], 0
        for start, home, site, tenths in near_pairs(self.homes, self.sites, self.caps, self.terrain):
            kept += len(site)
            if kept > PAIRS_KEPT:
                return None
            np.add.at(counts, start + home + 1, 1)
            sites.append(site.astype(np.min_scalar_type(len(self.sites))))
            lengths.append(tenths.astype(np.min_scalar_type(int(tenths.max(initial=0)))))
        nothing = np.zeros(0, dtype=np.uint8)
        return _Kept(np.cumsum(counts), np.concatenate([*sites, nothing]), np.concatenate([*lengths, nothing]))
