"""Make a run's report again, from the tables that it saw, the rows that it made and the certificate that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import AuditBreachedError, RefusedError
from api.service.published import published_allocation, published_certificate, published_edit, published_round
from engine.audit import audit
from engine.folders import write_whole
from engine.options import build_options
from engine.publication import CERTIFICATE, REPORT, certificate_json, publication_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.audit import Audit
    from engine.domain import Round


def report_again(source: Path, folder: Path, out: Path, *, stage: Callable[[str], None]) -> tuple[Round, Audit]:
    """Write ``report.html`` of the allocation in ``folder`` to ``out``, and the certificate that it is made from.

    Raises ``AuditBreachedError`` for an allocation that breaks a rule of the round, of which no report is made.
    """
    stage("Reading the round")
    certificate = published_certificate(folder)
    if certificate is None:
        raise RefusedError(f"there is no {CERTIFICATE} beside the allocation")
    round_ = published_round(source, folder, certificate)
    allocation = published_allocation(folder)
    stage("Auditing, without the solver")
    found = audit(round_, allocation)
    if found.breaches:
        raise AuditBreachedError(found.breaches)
    stage("Writing the report")
    edit = published_edit(folder, allocation, certificate)
    files = publication_files(round_, build_options(round_), allocation, certificate, found, edit)
    write_whole(out, {REPORT: files[REPORT], CERTIFICATE: certificate_json(certificate)})
    return round_, found
