"""What employers offer and what is answered: offered, confirmed, declined, withdrawn, each step a version of its own.

An employer says what its experience holds; only the hub confirms it, and what the hub confirmed is what counts. An
experience whose description changes has to be confirmed again; its dates and places are the employer's to change.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from api.errors import ConflictError, NotFoundError
from api.service.assembling import (
    ANSWER_COLUMNS,
    ANSWERS,
    CONFIRMED,
    DECLINED,
    OFFERED,
    WITHDRAWN,
    Answers,
    answers_of,
    round_files,
)
from api.service.fewer import only_takes_away
from api.service.rounds import CLOSED, COLLECTING, FROZEN, PUBLISHED, STATES, find_round, require_state
from api.service.scoping import own, require_registered, require_role
from api.service.taken import ids_of_others
from api.service.uploads import Upload, read_upload
from api.store import documents
from api.store.documents import Sheet
from api.store.ownership import ids_in
from engine.columns import EDGES
from engine.schema import match_headings
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.people import Actor
    from api.store.database import Database
    from api.store.documents import Owner
    from engine.faults import Fault

OFFER_TABLES = ("experiences", "slots")
EMPLOYER = "employer_id"
_TABLES = {table.name: table for table in TABLES}
BEFORE_CLOSED = tuple(state for state in STATES if state != CLOSED)


@dataclass(frozen=True, slots=True)
class Offers:
    """An employer's experiences and slots, the answer to each experience, and the version of it all."""

    experiences: Sheet
    slots: Sheet
    answers: Answers
    version: int


@dataclass(frozen=True, slots=True)
class Published:
    """What came of sending offers: the version now, and every fault (then nothing was kept)."""

    version: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one experience: the new state, the criteria that the hub saw to hold, and why."""

    experience_id: str
    state: str
    meaningful: tuple[str, ...] = ()
    reason: str = ""


def read_offers(session: Session, actor: Actor, round_id: str, employer_id: str) -> Offers:
    """The employer's offers as they stand; raises ``NotFoundError`` for another's."""
    owner = own(actor, "employer", employer_id)
    require_registered(session, round_id, owner)
    return _offers(session, round_id, owner)


def send_offers(
    database: Database,
    actor: Actor,
    round_id: str,
    employer_id: str,
    experiences: Sheet,
    slots: Sheet,
    *,
    expected: int | None = None,
) -> Published:
    """Keep the employer's whole offer as its next version, or return every fault and keep nothing.

    A published round takes only what takes places away.
    """
    owner = own(actor, "employer", employer_id, writes=True)
    with database.reading(actor) as session:
        require_registered(session, round_id, owner)
        around = round_files(session, round_id, None, seen_by=owner)
    sent = {name: _declared(name, sheet) for name, sheet in zip(OFFER_TABLES, (experiences, slots), strict=True)}
    sent["experiences"] = _of_employer(sent["experiences"], employer_id)
    files = {f"{name}.csv": csv_bytes(sheet) for name, sheet in sent.items()}
    taken = {name: ids_of_others(database, round_id, name, owner) for name in OFFER_TABLES}
    faults = tuple(
        fault
        for name in OFFER_TABLES
        if sent[name].columns
        for fault in read_upload(
            Upload(name, files[f"{name}.csv"]), {**around, **files}, sender=owner, taken=taken[name]
        ).faults
    )
    if faults:
        return Published(0, faults)
    with database.writing(actor) as session:
        row = find_round(session, round_id)
        require_state(row, COLLECTING, PUBLISHED)
        before = _offers(session, round_id, owner)
        documents.require_version(before.version, expected)
        if row.state == PUBLISHED and not only_takes_away(_tables(before), sent):
            raise ConflictError(
                "the round is published: of an offer it takes only fewer places (0 withdraws a slot); whatever else "
                "changes is for the hub to reopen the round for"
            )
        for name, sheet in sent.items():
            documents.write(session, actor, round_id, name, owner, sheet)
        answers = _answers_kept(before, sent["experiences"])
        return Published(_write_answers(session, actor, round_id, owner, answers), ())


def answer_offer(
    database: Database, actor: Actor, round_id: str, employer_id: str, answer: Answer, *, expected: int | None = None
) -> int:
    """Confirm or decline (the hub) or withdraw (the employer, or the hub for it), and return the version now.

    A withdrawal is taken until the round is closed; the others until it has been allocated, and again once it is
    published, for the next publication.
    """
    owner = own(actor, "employer", employer_id, writes=True)
    if answer.state != WITHDRAWN:
        require_role(actor, "hub")
    with database.writing(actor) as session:
        require_registered(session, round_id, owner)
        open_states = BEFORE_CLOSED if answer.state == WITHDRAWN else (COLLECTING, FROZEN, PUBLISHED)
        require_state(find_round(session, round_id), *open_states)
        before = _offers(session, round_id, owner)
        documents.require_version(before.version, expected)
        answers = dict(before.answers)
        if answer.experience_id not in answers:
            raise NotFoundError(f"there is no experience {answer.experience_id} of this employer")
        _require_step(answers[answer.experience_id]["state"], answer.state)
        answers[answer.experience_id] = _record(answer)
        return _write_answers(session, actor, round_id, owner, answers)


def csv_bytes(sheet: Sheet) -> bytes:
    """The sheet as a CSV file."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows(sheet.rows)
    return text.getvalue().encode()


def _require_step(before: str, after: str) -> None:
    if before == WITHDRAWN or (before == DECLINED and after == WITHDRAWN):
        raise ConflictError(f"the offer is {before}; the employer offers it again by sending its offers")


def _tables(offers: Offers) -> dict[str, Sheet]:
    return dict(zip(OFFER_TABLES, (offers.experiences, offers.slots), strict=True))


def _offers(session: Session, round_id: str, owner: Owner) -> Offers:
    experiences, slots, answers = (
        documents.sheet_of(session, round_id, table, owner) or Sheet((), ()) for table in (*OFFER_TABLES, ANSWERS)
    )
    answered = answers_of([answers])
    for each in ids_in(experiences, "experience_id"):
        answered.setdefault(each, _record(Answer(each, OFFERED)))
    return Offers(experiences, slots, answered, documents.newest_version(session, round_id, ANSWERS, owner))


def _declared(table: str, sheet: Sheet) -> Sheet:
    """The sheet under the declared names of its columns, however they were called, with cells trimmed."""
    names = list(sheet.columns)
    for name, place in match_headings(_TABLES[table], names).position.items():
        names[place] = name
    return Sheet(tuple(names), tuple(tuple(cell.strip(EDGES) for cell in row) for row in sheet.rows))


def _of_employer(experiences: Sheet, employer_id: str) -> Sheet:
    """The experiences with the employer's id where none is given."""
    if EMPLOYER not in experiences.columns:
        return Sheet((*experiences.columns, EMPLOYER), tuple((*row, employer_id) for row in experiences.rows))
    place = experiences.columns.index(EMPLOYER)
    rows = ((*row[:place], row[place] or employer_id, *row[place + 1 :]) for row in experiences.rows)
    return Sheet(experiences.columns, tuple(rows))


def _answers_kept(before: Offers, experiences: Sheet) -> Answers:
    """The answers to experiences that are as they were; all others are offered anew."""
    old = {record["experience_id"].strip(EDGES): _filled(record) for record in before.experiences.records()}
    kept: Answers = {}
    for record in experiences.records():
        experience_id = record["experience_id"]
        same = old.get(experience_id) == _filled(record)
        answered = before.answers.get(experience_id)
        gone = answered is None or answered["state"] == WITHDRAWN
        kept[experience_id] = answered if same and answered and not gone else _record(Answer(experience_id, OFFERED))
    return kept


def _filled(record: dict[str, str]) -> dict[str, str]:
    return {column: trimmed for column, cell in record.items() if (trimmed := cell.strip(EDGES))}


def _record(answer: Answer) -> dict[str, str]:
    held = ";".join(answer.meaningful) or ("0" if answer.state == CONFIRMED else "")
    return dict(zip(ANSWER_COLUMNS, (answer.experience_id, answer.state, held, answer.reason), strict=True))


def _write_answers(session: Session, actor: Actor, round_id: str, owner: Owner, answers: Answers) -> int:
    rows: Sequence[Sequence[str]] = [[record[column] for column in ANSWER_COLUMNS] for record in answers.values()]
    return documents.write(session, actor, round_id, ANSWERS, owner, Sheet.of(ANSWER_COLUMNS, rows)).version
