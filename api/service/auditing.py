"""Audit a folder: the allocation as it stands there against the round, with the seed that it was published with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.service.published import published_allocation, published_certificate, published_round
from engine.audit import audit

if TYPE_CHECKING:
    from pathlib import Path

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
    round_ = published_round(source, folder, certificate)
    allocation = published_allocation(folder)
    found = audit(round_, allocation)
    return Audited(found, len(allocation.assignments), tuple(remarks_on(round_, certificate, found)))


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
