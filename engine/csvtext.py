"""How a CSV file becomes rows of text: its size, its encoding, its delimiter and its quotation marks."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from engine.schema import match_headings

if TYPE_CHECKING:
    from pathlib import Path

    from engine.schema import Table

LARGEST_FILE = 100_000_000
MOST_ROWS = 5_000_000
MOST_CELLS = 1_000
LONGEST_CELL = 100_000
LONGEST_LINE = 2_000_000
DELIMITERS = (",", ";", "\t")
_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BINARY_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG")
_UTF8_PAIR = re.compile(rb"[\xc3\xc5][\x80-\xbf]|\xe2\x80[\x80-\xbf]")


class FileRefusedError(ValueError):
    """A file that cannot be read; ``code`` is the fault's, ``row`` where it is known."""

    def __init__(self, code: str, message: str, *, row: int = 0, value: str = "") -> None:
        """Keep what the fault will say."""
        super().__init__(message)
        self.code, self.message, self.row, self.value = code, message, row, value


class Rows(NamedTuple):
    """Rows of text that are not blank, and the row number that a spreadsheet shows beside each."""

    numbers: list[int]
    rows: list[list[str]]


def read_csv_rows(path: Path, table: Table) -> Rows:
    """The rows of a CSV file, header included.

    Raises:
        FileRefusedError: the file is no regular file, too large, not text, or its quotation marks do not close.
    """
    content = decode(read_bytes(path, LARGEST_FILE))
    content = re.sub(r"\Asep=.\r?\n", "", content, count=1)
    if max(map(len, content.replace("\r", "\n").split("\n"))) > LONGEST_LINE:
        raise FileRefusedError("hostile_file", f"A line is longer than {LONGEST_LINE:,} characters.")
    return _split(content, _delimiter(content, table))


def read_bytes(path: Path, largest: int) -> bytes:
    """The bytes of a regular file of at most ``largest`` bytes that lies in its own folder."""
    if leads_elsewhere(path):
        raise FileRefusedError("hostile_file", "This file is a link to another folder; put the file itself here.")
    if not path.is_file():
        raise FileRefusedError("hostile_file", "This is not a plain file; put a CSV file or a workbook here.")
    if path.stat().st_size > largest:
        raise FileRefusedError("hostile_file", f"This file is larger than {largest // 1_000_000} MB; split or trim it.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileRefusedError("hostile_file", f"This file cannot be opened ({error.strerror}).") from None


def leads_elsewhere(path: Path) -> bool:
    """Whether the path is a link out of its own folder, or one that goes round in a circle and leads nowhere."""
    if not path.is_symlink():
        return False
    try:
        return path.resolve().parent != path.parent.resolve()
    except (OSError, RuntimeError):
        return True


def decode(content: bytes) -> str:
    """Text from UTF-8, with or without a byte order mark, else from cp1252."""
    _refuse_binary(content)
    body = content.removeprefix(_MARK)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if content.startswith(_MARK) or _UTF8_PAIR.search(body):
            raise _undecodable(body, error) from None
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _undecodable(body, error) from None


def _refuse_binary(content: bytes) -> None:
    if content.startswith(_WIDE_MARKS):
        raise FileRefusedError("encoding", "This file is in UTF-16; save it again as CSV UTF-8.")
    if content.startswith(_BINARY_STARTS):
        raise FileRefusedError("encoding", "This is not a CSV file but another kind of file under its name.")
    if b"\0" in content:
        row = content[: content.index(b"\0")].count(b"\n") + 1
        raise FileRefusedError("encoding", "This file holds NUL bytes, so it is not text.", row=row, value="\\x00")


def _undecodable(body: bytes, error: UnicodeDecodeError) -> FileRefusedError:
    row = body[: error.start].count(b"\n") + 1
    byte = f"\\x{body[error.start]:02x}"
    message = f"Byte {byte} is neither UTF-8 nor cp1252 here; save the file again as CSV UTF-8."
    return FileRefusedError("encoding", message, row=row, value=byte)


def _delimiter(content: str, table: Table) -> str:
    """The delimiter under which the first row holds most of the table's columns, then most cells."""
    first = re.split(r"[\r\n]", content.strip(), maxsplit=1)[0][:LONGEST_CELL]

    def found(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader([first], delimiter=delimiter), [])
        return len(match_headings(table, header).position), len(header)

    return max(DELIMITERS, key=found)


def _split(content: str, delimiter: str) -> Rows:
    numbers: list[int] = []
    rows: list[list[str]] = []
    csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        for number, row in enumerate(csv.reader(StringIO(content, newline=""), delimiter=delimiter), 1):
            if number > MOST_ROWS or len(row) > MOST_CELLS:
                message = f"More than {MOST_ROWS:,} rows or {MOST_CELLS:,} columns; take out what is not needed."
                raise FileRefusedError("hostile_file", message, row=number)
            if "".join(row).strip():
                numbers.append(number)
                rows.append(row)
    except csv.Error:
        message = "A quotation mark is opened and not closed here, or a cell is far too long."
        raise FileRefusedError("hostile_file", message, row=number + 1) from None
    _refuse_open_quote(content, numbers, rows)
    return Rows(numbers, rows)


def _refuse_open_quote(content: str, numbers: list[int], rows: list[list[str]]) -> None:
    """An odd number of quotation marks and a last cell that runs over lines: the rest of the file is inside it."""
    if rows and "\n" in rows[-1][-1] and content.count('"') % 2:
        message = "A quotation mark is opened in this row and never closed, so the rows below it cannot be told apart."
        raise FileRefusedError("encoding", message, row=numbers[-1], value=rows[-1][-1][:50])
