"""A round's publications: each a run that was shown from some moment on, kept when the next one takes its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from api.errors import NotFoundError
from api.people import OPERATOR
from api.service.rerunning import CHANGES
from api.service.results import require_seer, rows_of
from api.service.rounds import find_round
from api.service.runs import find_run, made_files
from api.service.scoping import own
from api.store.clock import now_text
from api.store.model import Publication, RunFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from api.store.documents import Owner
    from api.store.model import RoundRow

KEPT = "kept"
COMES, COMES_NO_LONGER = "comes now", "comes no longer"
VISIT_COLUMNS = ("Date", "Half", "Half-days", "Experience", "Student", "School")
"""Of a roster's columns those that say who comes when, and to what."""
NOTHING = "nothing is published here (yet, or any more)"


@dataclass(frozen=True, slots=True)
class Changed:
    """What the newest publication changed for a school or an employer: its number, and the rows that are not kept."""

    publication: int
    rows: tuple[dict[str, str], ...]


def add_publication(session: Session, actor: Actor, row: RoundRow) -> Publication:
    """Put on record that the round's ``published_run`` is shown from now on."""
    newest = newest_publication(session, row.id)
    publication = Publication(
        round_id=row.id,
        number=newest.number + 1 if newest else 1,
        run_id=row.published_run or "",
        signed_by=row.signed_by or "",
        published_by=actor.name,
        published_at=now_text(),
    )
    session.add(publication)
    session.flush()
    return publication


def publications(session: Session, round_id: str) -> Sequence[Publication]:
    """The round's publications, the first one first; raises ``NotFoundError`` for no such round."""
    find_round(session, round_id)
    mine = select(Publication).where(Publication.round_id == round_id).order_by(Publication.number)
    return session.execute(mine).scalars().all()


def newest_publication(session: Session, round_id: str) -> Publication | None:
    """The publication that stands, if there is one."""
    return next(reversed(publications(session, round_id)), None)


def changes_for_school(database: Database, actor: Actor, round_id: str, urn: str) -> Changed:
    """Who of the school's students lost, moved or gained a slot with the newest publication, each with the reason.

    Nothing for a first publication. Raises ``NotFoundError`` before any, and for another school. The list of all
    students is read for it here, and only the school's own rows are used.
    """
    own(actor, "school", urn)
    with database.reading(OPERATOR) as session:
        newest = _shown(session, round_id)
        content = made_files(session, newest.run_id, [CHANGES]).get(CHANGES, b"")
        number = newest.number
    return Changed(number, tuple(row for row in _rows_that_change(content) if row["urn"] == urn))


def changes_for_employer(database: Database, actor: Actor, round_id: str, employer_id: str) -> Changed:
    """Who comes to the employer now and did not by the publication before, and who comes no longer.

    Of each only when, to what, the name as on the roster and the school; the roster says the rest of those who come.
    Nothing for a first publication. Raises ``NotFoundError`` before any, and for another employer. Rosters of
    publications that no longer stand are read for it here, and only the employer's own.
    """
    owner = own(actor, "employer", employer_id)
    with database.reading(OPERATOR) as session:
        newest = _shown(session, round_id)
        runs = [each.run_id for each in publications(session, round_id)[-2:]]
        rosters = {run_id: _roster(session, run_id, owner) for run_id in runs}
    if rosters[newest.run_id] is None:
        raise NotFoundError(NOTHING)
    if newest.number == 1:
        return Changed(newest.number, ())
    before, after = (Counter(rosters[run_id] or ()) for run_id in runs)
    told = [(*row, COMES) for row in (after - before).elements()]
    told += [(*row, COMES_NO_LONGER) for row in (before - after).elements()]
    columns = (*VISIT_COLUMNS, "Change")
    return Changed(newest.number, tuple(dict(zip(columns, row, strict=True)) for row in sorted(told)))


def changes_of_run(session: Session, actor: Actor, run_id: str) -> tuple[dict[str, str], ...]:
    """Who would move, lose or gain by a re-run, or by an override of one, before or after it is published.

    Nothing for a run that follows no publication; raises ``NotFoundError`` for a run that is not there.
    """
    require_seer(actor)
    find_run(session, "", run_id)
    return _rows_that_change(made_files(session, run_id, [CHANGES]).get(CHANGES, b""))


def _shown(session: Session, round_id: str) -> Publication:
    """The publication that people see."""
    newest = newest_publication(session, round_id)
    if newest is None or find_round(session, round_id).purged_at is not None:
        raise NotFoundError(NOTHING)
    return newest


def _roster(session: Session, run_id: str, owner: Owner) -> list[tuple[str, ...]] | None:
    """Who came to the employer by that run, and when; ``None`` where it had no roster of the employer."""
    mine = RunFile.run_id == run_id, RunFile.owner_kind == owner.kind, RunFile.owner_id == owner.id
    found = session.execute(select(RunFile.content).where(*mine, RunFile.path.endswith(".csv"))).scalar_one_or_none()
    return None if found is None else [tuple(row[each] for each in VISIT_COLUMNS) for row in rows_of(found)]


def _rows_that_change(content: bytes) -> tuple[dict[str, str], ...]:
    return tuple(row for row in rows_of(content) if row["change"] != KEPT)
