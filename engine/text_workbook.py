"""Workbooks in which every cell is text, put together directly: byte for byte what xlsxwriter would write, but sooner.

What does not depend on the rows is taken, compressed as it is, from a workbook that xlsxwriter has written once.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import groupby
from struct import pack_into
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STRINGS = "xl/sharedStrings.xml"
STRINGS_START = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SPAN_ROWS = 16
"""The rows, counted from the top, that are said to span the same columns."""
FONT_WIDTH, PADDING = 7, 5
"""Pixels of a character of the standard font, and of the room beside the text of a cell."""
AWAY = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")
"""What a text cannot have as it is, or could be taken for something else."""
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
LOCAL_SIZES, CENTRAL_SIZES, CENTRAL_OFFSET, END_SIZES = 14, 16, 42, 12
"""Where an archive's records have their checksum and sizes, the place of a member, and the size of the directory."""
CENTRAL_LENGTH = 46


@dataclass(frozen=True, slots=True)
class _Part:
    """A member of the pattern: its records in the archive, and the text of a sheet before and after what varies."""

    name: str
    header: bytes
    content: bytes
    entry: bytes


@dataclass(frozen=True, slots=True)
class Pattern:
    """A workbook of the same sheets with other rows, to be filled in: its members in order, and its last record."""

    parts: tuple[_Part, ...]
    sheets: dict[str, tuple[str, str, str]]
    """What each sheet, by its place in the archive, has before its extent, before its columns and after its rows."""
    end: bytes

    @classmethod
    def of(cls, book: bytes) -> Pattern:
        """The pattern of a workbook as xlsxwriter writes it, with text in every sheet."""
        with zipfile.ZipFile(BytesIO(book)) as archive:
            members = archive.infolist()
            texts = {m.filename: archive.read(m).decode() for m in members if m.filename.startswith("xl/worksheets/")}
            directory = archive.start_dir
        parts = []
        for member in members:
            content = book.index(member.filename.encode(), member.header_offset) + len(member.filename.encode())
            entry_end = directory + CENTRAL_LENGTH + len(member.filename.encode())
            parts.append(
                _Part(
                    member.filename,
                    book[member.header_offset : content],
                    book[content : content + member.compress_size],
                    book[directory:entry_end],
                )
            )
            directory = entry_end
        return cls(tuple(parts), {name: _around(text) for name, text in texts.items()}, book[directory:])

    def filled(self, sheets: Sequence[Sequence[Sequence[str]]], widths: Sequence[Sequence[int]]) -> bytes:
        """The workbook with the rows of each of ``sheets``, the first in bold, and columns of ``widths`` characters.

        Every sheet has some text in its first row; no text is longer than a cell holds.
        """
        number: dict[str, int] = {}
        places = zip(self.sheets, sheets, widths, strict=True)
        new = {name: self._sheet(name, rows, wide, number).encode() for name, rows, wide in places}
        count = sum(len(row) - row.count("") for rows in sheets for row in rows)
        new[STRINGS] = _strings(number, count).encode()
        archive, directory = bytearray(), bytearray()
        for part in self.parts:
            header, content, entry = bytearray(part.header), part.content, bytearray(part.entry)
            if part.name in new:
                text = new[part.name]
                packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
                content = packer.compress(text) + packer.flush()
                sizes = zlib.crc32(text), len(content), len(text)
                pack_into("<III", header, LOCAL_SIZES, *sizes)
                pack_into("<III", entry, CENTRAL_SIZES, *sizes)
            pack_into("<I", entry, CENTRAL_OFFSET, len(archive))
            archive += header + content
            directory += entry
        end = bytearray(self.end)
        pack_into("<II", end, END_SIZES, len(directory), len(archive))
        return bytes(archive + directory + end)

    def _sheet(self, name: str, rows: Sequence[Sequence[str]], widths: Sequence[int], number: dict[str, int]) -> str:
        before, between, after = self.sheets[name]
        spans = [_span(row) for row in rows]
        filled = [k for k, span in enumerate(spans) if span]
        first, last = _wide(spans)
        extent = f"{_column(first)}{filled[0] + 1}"
        if (filled[0], first) != (filled[-1], last):
            extent += f":{_column(last)}{filled[-1] + 1}"
        letters = [_column(column) for column in range(last + 1)]
        text = [before, f'<dimension ref="{extent}"/>', between, _columns(widths), "<sheetData>"]
        for start in range(0, len(rows), SPAN_ROWS):
            block = spans[start : start + SPAN_ROWS]
            if not any(block):
                continue
            left, right = _wide(block)
            for k, row in enumerate(rows[start : start + SPAN_ROWS], start + 1):
                if spans[k - 1]:
                    text.append(f'<row r="{k}" spans="{left + 1}:{right + 1}">')
                    style = ' s="1"' if k == 1 else ""
                    text += [
                        f'<c r="{letter}{k}"{style} t="s"><v>{number.setdefault(cell, len(number))}</v></c>'
                        for letter, cell in zip(letters, row, strict=False)
                        if cell
                    ]
                    text.append("</row>")
        return "".join([*text, "</sheetData>", after])


def _around(sheet: str) -> tuple[str, str, str]:
    """What a sheet has before its extent, between that and its columns, and after its rows."""
    before, _, rest = sheet.partition("<dimension ")
    between, _, rest = rest.partition("/>")[2].partition("<cols>")
    return before, between, rest.partition("</sheetData>")[2]


def _span(row: Sequence[str]) -> tuple[int, int] | None:
    """The first and the last column with text."""
    if row and row[0] and row[-1]:
        return 0, len(row) - 1
    filled = [column for column, cell in enumerate(row) if cell]
    return (filled[0], filled[-1]) if filled else None


def _wide(spans: Iterable[tuple[int, int] | None]) -> tuple[int, int]:
    """The first and the last column of any of the spans, of which there is one."""
    known = [span for span in spans if span]
    return min(first for first, _ in known), max(last for _, last in known)


@cache
def _column(column: int) -> str:
    """The letters of a column."""
    return str(xl_col_to_name(column))


def _columns(widths: Sequence[int]) -> str:
    """The widths of the columns, neighbours of one width together."""
    text, first = ["<cols>"], 1
    for width, alike in groupby(widths):
        last = first + len(list(alike)) - 1
        share = ((width * FONT_WIDTH + PADDING) * 256 // FONT_WIDTH) / 256
        text.append(f'<col min="{first}" max="{last}" width="{share:.16g}" customWidth="1"/>')
        first = last + 1
    return "".join([*text, "</cols>"])


def _strings(number: dict[str, int], count: int) -> str:
    """The table of all texts, in the order of their numbers; ``count`` is how many cells have one."""
    start = f'{DECLARATION}{STRINGS_START} count="{count}" uniqueCount="{len(number)}">'
    return "".join([start, *map(_string, number), "</sst>"])


def _string(text: str) -> str:
    if not text.isalnum():
        text = AWAY.sub(_put_away, text)
    kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f"<si><t{kept}>{text}</t></si>"


def _put_away(found: re.Match[str]) -> str:
    """A character as a workbook has it; what only looks like one so written is marked as text."""
    text = found[0]
    if len(text) > 1:
        return f"_x005F{text}"
    return ENTITIES.get(text) or f"_x{ord(text):04X}_"
