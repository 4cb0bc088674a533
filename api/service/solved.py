"""The round as one of its runs solved it: the same tables, seed, baseline and date, and the rows that the run has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import ConflictError
from api.service.assembling import folder_of, round_files
from api.service.published import BASELINE, BY_HAND, as_answered, published_certificate
from api.service.runs import made_files
from engine.loading import load_round
from engine.publication import ALLOCATIONS, CERTIFICATE, read_allocation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from api.store.model import RunRow
    from engine.allocation import Allocation
    from engine.domain import Round

ANSWER_FILES = (ALLOCATIONS, CERTIFICATE, BASELINE, BY_HAND)
"""What of a run's files says which question it answered, and how."""


def solved_round(session: Session, run: RunRow) -> tuple[Round, Allocation]:
    """The round that the run solved and the allocation that it made.

    Raises ``ConflictError`` where the tables that the store gives for it are not those that the run had.
    """
    with folder_of(round_files(session, run.round_id, run.seed, through=run.through)) as source:
        round_ = load_round(source)
    if round_.input_sha256 != run.input_sha256:
        raise ConflictError("the round's tables are not those that the run solved; run it again")
    with folder_of(made_files(session, run.id, ANSWER_FILES)) as folder:
        return as_answered(round_, folder, published_certificate(folder)), read_allocation(folder)
