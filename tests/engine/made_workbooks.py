"""Workbooks written part by part, so that a test can bend any of them."""

from __future__ import annotations

import struct
import zipfile
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

XML = '<?xml version="1.0" encoding="UTF-8"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>student_id</t></is></c></row>'
BATCH = 50
CENTRAL = b"PK\x01\x02"


def parts(name: str = "students") -> dict[str, str]:
    """Every part of a workbook of one sheet but the sheet itself."""
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{CONTENT}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    }


def write_book(path: Path, rows: Iterable[str] = (HEADER,), extra: dict[str, str | bytes] | None = None) -> Path:
    """Write a workbook of one sheet from its rows as XML; ``extra`` adds parts or replaces them."""
    given = {**parts(), **(extra or {})}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in given.items():
            archive.writestr(name, content)
        if SHEET not in given:
            with archive.open(SHEET, "w") as sheet:
                sheet.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
                left = iter(rows)
                while batch := "".join(islice(left, BATCH)):
                    sheet.write(batch.encode())
                sheet.write(b"</sheetData></worksheet>")
    return path


def redeclare(path: Path, member: str, *, size: int | None = None, flags: int | None = None) -> Path:
    """Change what the central directory says of a member and nothing else: its unpacked size, or its flags."""
    content = bytearray(path.read_bytes())
    at = content.index(CENTRAL)
    while content[at + 46 : at + 46 + len(member)] != member.encode():
        at = content.index(CENTRAL, at + 4)
    if size is not None:
        struct.pack_into("<I", content, at + 24, size)
    if flags is not None:
        struct.pack_into("<H", content, at + 8, flags)
    path.write_bytes(content)
    return path
