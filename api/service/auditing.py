"""Audit a folder: the allocation as it stands there against the round, with the seed that it was published with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.errors import RefusedError
from engine.audit import audit
from engine.loading import load_round
from engine.publication import ALLOCATIONS, CERTIFICATE, read_allocation, read_certificate

if TYPE_CHECKING:
    from pathlib import Path

    from engine.allocation import Allocation
    from engine.audit import Audit
    from engine.domain import Round


@dataclass(frozen=True, slots=True)
class Audited:
    """The audit, how many rows it looked at, and what the reader should know beside it."""

    audit: Audit
    rows: int
    remarks: tuple[str, ...]


def audit_folder(source: Path, folder: Path) -> Audited:
    """Audit ``folder/allocations.csv`` against the round at ``source``."""
    certificate = published_certificate(folder)
    round_ = load_round(source, seed_text=published_seed(certificate))
    allocation = _allocation(folder)
    found = audit(round_, allocation)
    return Audited(found, len(allocation.assignments), tuple(remarks_on(round_, certificate, found)))


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


def _allocation(folder: Path) -> Allocation:
    try:
        return read_allocation(folder)
    except ValueError as refused:
        raise RefusedError(str(refused)) from refused


def published_seed(certificate: dict[str, Any] | None) -> str | None:
    """The lottery seed that the allocation was published with, so that ``lottery`` is measured as it was drawn."""
    seed = certificate.get("seed") if certificate else None
    return seed if isinstance(seed, str) and seed else None


def remarks_on(round_: Round, certificate: dict[str, Any] | None, audit_: Audit) -> list[str]:
    """What differs from the certificate: no breach, but worth knowing."""
    if certificate is None:
        return ["there is no certificate.json beside the allocation; only rules and goals are checked"]
    remarks = []
    if certificate.get("input_sha256") != round_.input_sha256:
        remarks.append("the round's tables are not those that the certificate was made from (input_sha256 differs)")
    measured = {level.name: level.value for level in audit_.levels}
    for level in certificate.get("levels", []):
        name, value = level.get("name"), level.get("value")
        if name in measured and measured[name] != value:
            remarks.append(f"level {name} measures {measured[name]}; the certificate says {value}")
    return remarks
