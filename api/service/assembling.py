"""A round put together from the store as the folder that the engine reads: what the server solves, the files say too.

An offer that is not confirmed, or is withdrawn, stays in its tables with nothing to give; what a confirmed offer may
count as is what the hub confirmed, whatever its employer says.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING

from api.errors import RefusedError
from api.private_folders import private_folder
from api.store.documents import Owner, Sheet, current
from api.store.ownership import about_own_students, empty_sheet, put_together
from engine.columns import EDGES
from engine.tables import TABLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from api.store.model import Document

ANSWERS = "answers"
ANSWER_COLUMNS = ("experience_id", "state", "meaningful", "reason")
OFFERED, CONFIRMED, DECLINED, WITHDRAWN = "offered", "confirmed", "declined", "withdrawn"
CATALOGUE = frozenset({"employers", "experiences", "slots", ANSWERS})
OWN = ("students", "preferences", "history", "calendar")
PLACES = ("schools", "barriers", "crossings", "travel")
NEEDED = frozenset({"schools", "students", "employers", "experiences", "slots"})
"""Tables that a round cannot be without, be they empty."""
BLANK_SEED = 'seed = ""'
"""How ``engine.writing`` writes a seed that is left blank."""
NOTHING = {"capacity": "0", "groups": "0"}

Answers = dict[str, dict[str, str]]


def round_files(
    session: Session, round_id: str, seed: str | None, *, through: int | None = None, seen_by: Owner | None = None
) -> dict[str, bytes]:
    """Every file of the round's folder by its name, as of the document ``through`` (default: the newest).

    With ``seen_by`` only what that school or employer may see: its own rows, and for a school the catalogue. What a
    school sent about another's student is no part of the round.
    """
    seen = [each for each in current(session, round_id, through=through) if seen_by is None or _sees(seen_by, each)]
    sheets: dict[str, list[tuple[Owner, Sheet]]] = defaultdict(list)
    for document in seen:
        if document.body is None:
            raise RefusedError(f"the personal data of round {round_id} were purged, so its tables are gone")
        owner = Owner(document.owner_kind, document.owner_id)
        sheets[document.table_name].append((owner, Sheet.read(document.body)))
    settings = settings_of(sheets.pop("round")[0][1])
    parts = about_own_students(sheets)
    answers = answers_of(parts.pop(ANSWERS, []))
    tables = {name: put_together(name, parts[name]) for name in TABLE_NAMES if name in parts}
    tables = {name: _as_answered(name, sheet, answers) for name, sheet in tables.items()}
    files = {f"{name}.csv": _csv(sheet) for name, sheet in tables.items()}
    return {"round.toml": with_seed(settings, seed).encode(), **files}


def catalogue_files(
    session: Session, round_id: str, owner: Owner, *, giving: Collection[str]
) -> tuple[dict[str, bytes], Answers]:
    """The folder from which a school's catalogue is made, and the answers to the offers in it.

    All that is on offer with its answer among ``giving``, where everybody's places are, and of students the school's
    own alone.
    """
    sheets: dict[str, list[Sheet]] = defaultdict(list)
    for document in current(session, round_id, tables=[*CATALOGUE, *PLACES, *OWN, "round", "decisions"]):
        if document.body is None:
            raise RefusedError(f"the personal data of round {round_id} were purged, so its tables are gone")
        if document.table_name not in OWN or (document.owner_kind, document.owner_id) == (owner.kind, owner.id):
            sheets[document.table_name].append(Sheet.read(document.body))
    settings, answers = settings_of(sheets.pop("round")[0]), answers_of(sheets.pop(ANSWERS, []))
    ids = {record["student_id"].strip() for sheet in sheets["students"] for record in sheet.records()}
    sheets["decisions"] = [_forbidden(sheet, ids) for sheet in sheets["decisions"]]
    there = [name for name in TABLE_NAMES if name in NEEDED or sheets[name]]
    tables = {name: put_together(name, [*sheets[name], empty_sheet(name)]) for name in there}
    answered = {name: _as_answered(name, sheet, answers, giving) for name, sheet in tables.items()}
    return {
        "round.toml": settings.encode(),
        **{f"{name}.csv": _csv(sheet) for name, sheet in answered.items()},
    }, answers


@contextmanager
def folder_of(files: Mapping[str, bytes]) -> Iterator[Path]:
    """The files in a folder that only this user can open and that is gone afterwards."""
    with private_folder() as private:
        folder = private.path / "round"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        yield folder


def settings_sheet(toml: str) -> Sheet:
    """The settings of a round as a document holds them: the text of ``round.toml`` without its seed."""
    return Sheet.of(("toml",), [(toml,)])


def settings_of(sheet: Sheet) -> str:
    """The text that ``settings_sheet`` was given."""
    return sheet.rows[0][0]


def with_seed(toml: str, seed: str | None) -> str:
    """The settings with the seed in its place; a round without one leaves it blank: the hash of its input."""
    return toml.replace(BLANK_SEED, f"seed = {json.dumps(seed, ensure_ascii=False)}", 1) if seed else toml


def answers_of(sheets: list[Sheet]) -> Answers:
    """What was answered to each offer, by experience."""
    return {record["experience_id"].strip(EDGES): record for sheet in sheets for record in sheet.records()}


def _forbidden(decisions: Sheet, ids: Collection[str]) -> Sheet:
    """What decisions forbid to the students of these ids; the rest is not for their school."""
    kept = [
        record
        for record in decisions.records()
        if record["kind"].strip().casefold() == "forbid" and record["student_id"].strip() in ids
    ]
    return Sheet.of(decisions.columns, [list(record.values()) for record in kept])


def _sees(owner: Owner, document: Document) -> bool:
    own = (document.owner_kind, document.owner_id) == (owner.kind, owner.id)
    return own or document.table_name == "round" or (owner.kind == "school" and document.table_name in CATALOGUE)


def _as_answered(name: str, sheet: Sheet, answers: Answers, giving: Collection[str] = (CONFIRMED,)) -> Sheet:
    """The table with what the hub confirmed, and with nothing to give where the answer is not one of ``giving``."""
    if name not in {"experiences", "slots"}:
        return sheet
    columns = dict.fromkeys([*sheet.columns, *(["meaningful"] if name == "experiences" else [])])
    rows = []
    for record in sheet.records():
        answer = answers.get(record["experience_id"].strip(EDGES), {"state": OFFERED, "meaningful": ""})
        if name == "experiences" and answer["state"] == CONFIRMED:
            record["meaningful"] = answer["meaningful"]
        if name == "slots" and answer["state"] not in giving:
            record |= {column: cell for column, cell in NOTHING.items() if record.get(column)}
        rows.append([record.get(column, "") for column in columns])
    return Sheet.of(tuple(columns), rows)


def _csv(sheet: Sheet) -> bytes:
    """The sheet as CSV, cell for cell: a program reads it back, so nothing is put before a cell."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows(sheet.rows)
    return text.getvalue().encode()
