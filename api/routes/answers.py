"""How the server's answers are made from what the service returns, and bodies read into what it takes."""

import json
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors import RefusedError
from api.service.offers import Offers, csv_bytes
from api.service.submissions import Submission
from api.service.uploads import Upload, require_bearable
from api.store.documents import Sheet
from api.store.model import Document, RunRow

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"csv": f"{CSV}; charset=utf-8", "xlsx": XLSX, "html": "text/html; charset=utf-8"}
RUN_FACTS = (
    "id",
    "round_id",
    "kind",
    "baseline_run",
    "reason",
    "state",
    "seed",
    "time_limit",
    "requested_by",
    "requested_at",
    "finished_at",
    "attempts",
    "input_sha256",
)
TABLE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            CSV: {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "properties": {"rows": {"type": "array", "items": {"type": "object"}}},
                }
            },
        },
    }
}
"""What a route that takes a table says of its body."""


def as_file(*forms: str) -> dict[int | str, dict[str, Any]]:
    """What a route that also answers with a file of these forms says of it."""
    kinds = [KINDS[form].partition(";")[0] for form in forms]
    schemas = {kind: {"type": "string", **({"format": "binary"} if kind == XLSX else {})} for kind in kinds}
    return {200: {"content": {kind: {"schema": schema} for kind, schema in schemas.items()}}}


def media_type(request: Request) -> str:
    """The kind of content that was sent."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def table_sent(request: Request, table: str) -> tuple[Upload, bool]:
    """The table in the body, and whether it came as JSON; 415 for what is neither CSV, workbook nor JSON."""
    kind = media_type(request)
    body = await request.body()
    if kind in {CSV, XLSX}:
        return Upload(table, body), False
    if kind == "application/json":
        return Upload(table, csv_bytes(sheet_of(_rows(body)))), True
    raise HTTPException(415, f"send {CSV}, {XLSX} or application/json")


def sheet_of(rows: list[dict[str, Any]]) -> Sheet:
    """Rows of JSON as a sheet: every name that any row has is a column; raises ``RefusedError`` for far too many."""
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    require_bearable(len(columns), len(rows))
    return Sheet.of(columns, [[cell_text(row.get(column)) for column in columns] for row in rows])


def cell_text(cell: object) -> str:
    """A JSON value as the text of a cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, list):
        return ";".join(map(cell_text, cell))
    return str(cell)


def _rows(body: bytes) -> list[dict[str, Any]]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    rows = given.get("rows") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RefusedError('send {"rows": [...]}, each row an object of columns and cells')
    return rows


def submission_shape(said: Submission) -> dict[str, Any]:
    """What came of a table that was sent."""
    return {
        "version": said.version,
        "rows": len(said.reading.sheet.rows),
        "new": list(said.changes.new),
        "changed": list(said.changes.changed),
        "removed": list(said.changes.removed),
        "notes": [{"code": note.code, "sentence": note.sentence, "count": note.count} for note in said.reading.notes],
    }


def table_shape(document: Document) -> dict[str, Any]:
    """A table as it was sent."""
    sheet = Sheet.read(document.body) if document.body is not None else Sheet((), ())
    return {
        "version": document.version,
        "state": document.state,
        "columns": list(sheet.columns),
        "rows": [list(row) for row in sheet.rows],
        "faults": json.loads(document.faults or "[]"),
        "written_at": document.written_at,
    }


def offers_shape(offers: Offers) -> dict[str, Any]:
    """An employer's offers."""
    return {
        "version": offers.version,
        "experiences": offers.experiences.records(),
        "slots": offers.slots.records(),
        "answers": list(offers.answers.values()),
    }


def run_shape(run: RunRow) -> dict[str, Any]:
    """A run."""
    documents = {name: json.loads(getattr(run, name) or "null") for name in ("certificate", "audit", "problem")}
    facts = {name: getattr(run, name) for name in RUN_FACTS}
    return {**facts, "from": run.since, "of": run.of_run, **documents}


def file_answer(content: bytes, form: str, name: str, status: int = 200) -> Response:
    """A file to keep: never shown by a browser as a page of the server's."""
    kind = KINDS.get(form, "application/octet-stream")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, status, headers, kind)
