"""Verify the bounds of a folder: load the round as it was asked and recompute what the certificate claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import RefusedError
from api.service.published import published_certificate, published_round
from solver.proof_reading import ProofRefusedError
from solver.verify import verify_bound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from solver.verify import LevelBound


def verify_folder(source: Path, folder: Path) -> Sequence[LevelBound]:
    """The bound of every level of ``folder/certificate.json``, recomputed from the files beside it."""
    certificate = published_certificate(folder)
    if certificate is None:
        raise RefusedError(f"{folder} holds no certificate.json")
    if "override" in certificate:
        raise RefusedError(
            f"{folder} was changed by hand, so its bounds are those of the run that it was made from; verify that one"
        )
    round_ = published_round(source, folder, certificate)
    try:
        return verify_bound(round_, folder)
    except ProofRefusedError as refused:
        raise RefusedError(str(refused)) from refused
