"""What a published folder answers: the round as it was asked, with its seed and, after a re-run, its baseline."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from api.errors import RefusedError
from engine.by_hand import read_by_hand
from engine.cells import UnreadableError, day
from engine.loading import load_round
from engine.publication import ALLOCATIONS, CERTIFICATE, read_allocation, read_certificate
from engine.rerun import read_baseline, rerun_round

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.allocation import Allocation
    from engine.by_hand import ByHand
    from engine.domain import BaselineRow, Round

BASELINE = "baseline.csv"
BY_HAND = "by_hand.csv"


def published_certificate(folder: Path) -> dict[str, Any] | None:
    """The certificate in the folder, or ``None`` where there is none (an allocation made by hand)."""
    if not (folder / ALLOCATIONS).is_file():
        raise RefusedError(f"{folder} holds no {ALLOCATIONS}")
    if not (folder / CERTIFICATE).is_file():
        return None
    try:
        return read_certificate(folder)
    except ValueError as refused:
        raise RefusedError(f"{folder / CERTIFICATE} cannot be read: {refused}") from refused


def published_allocation(folder: Path) -> Allocation:
    """The allocation in the folder, edited by hand or not."""
    try:
        return read_allocation(folder)
    except ValueError as refused:
        raise RefusedError(str(refused)) from refused


def published_seed(certificate: Mapping[str, Any] | None) -> str | None:
    """The lottery seed that the allocation was published with, so that ``lottery`` is measured as it was drawn."""
    seed = certificate.get("seed") if certificate else None
    return seed if isinstance(seed, str) and seed else None


def published_round(source: Path, folder: Path, certificate: Mapping[str, Any] | None) -> Round:
    """The round at ``source`` as the folder's allocation answers it."""
    return as_answered(load_round(source, seed_text=published_seed(certificate)), folder, certificate)


def as_answered(round_: Round, folder: Path, certificate: Mapping[str, Any] | None) -> Round:
    """The round, loaded with the folder's seed, as the folder's allocation answers it.

    A re-run's certificate says from which date it was and which baseline, kept beside it, it started from.
    """
    claimed = certificate.get("rerun") if certificate else None
    if claimed is None:
        return round_
    path = folder / CERTIFICATE
    if not isinstance(claimed, dict) or not all(isinstance(claimed.get(k), str) for k in ("from", "baseline_sha256")):
        raise RefusedError(f"{path} does not say from which date and baseline it was run again")
    try:
        since = day(claimed["from"])
    except UnreadableError as refused:
        raise RefusedError(f"{path} gives no date as its re-run's from: {claimed['from']!r}") from refused
    return rerun_round(round_, _baseline(folder / BASELINE, claimed["baseline_sha256"]), since)


def published_edit(folder: Path, allocation: Allocation, certificate: Mapping[str, Any] | None) -> ByHand | None:
    """What was changed by hand in the folder's allocation; ``None`` for one that is as a run made it."""
    claimed = certificate.get("override") if certificate else None
    if not isinstance(claimed, dict):
        return None
    try:
        return read_by_hand((folder / BY_HAND).read_bytes(), allocation, settled=claimed.get("settled") is True)
    except (OSError, ValueError) as refused:
        raise RefusedError(f"{folder / BY_HAND} cannot be read: {refused}") from refused


def _baseline(path: Path, claimed_sha256: str) -> tuple[BaselineRow, ...]:
    try:
        content = path.read_bytes()
    except OSError as missing:
        raise RefusedError(f"{path} cannot be read, and the certificate is of a re-run from it") from missing
    if sha256(content).hexdigest() != claimed_sha256:
        raise RefusedError(f"{path} is not the baseline that the certificate was made from (baseline_sha256 differs)")
    try:
        return read_baseline(content)
    except ValueError as refused:
        raise RefusedError(f"{path} cannot be read: {refused}") from refused
