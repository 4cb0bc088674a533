"""The guard at the door: what a workbook's archive says of itself, checked before any of it is opened.

It must not trust a size that the archive declares: every member is inflated once, counted and thrown away.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEBIBYTE = 2**20
LARGEST_FILE = 100 * MEBIBYTE
LARGEST_CONTENT = 512 * MEBIBYTE
MOST_MEMBERS = 2_000
STEEPEST_RATIO = 100
RATIO_MATTERS_FROM = MEBIBYTE
"""Small members of a few repeated bytes compress steeply and do no harm."""
PIECE = 256 * 1024
OLD_OFFICE_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
LOCAL_HEADER = struct.Struct("<4s22xHH")
ENCRYPTED_FLAG = 0x1
SMALLER = "Keep only the round's tables in the workbook, as plain values, and save it again."


class HostileFileError(Exception):
    """The file is not a workbook that can be read safely; the message says why and what to do."""


def check_archive(path: Path) -> None:
    """Raise ``HostileFileError`` unless the file is an honest, unencrypted, macro-free archive of bearable size."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise HostileFileError(f"The file is {size // MEBIBYTE} MB; at most {LARGEST_FILE // MEBIBYTE} MB. {SMALLER}")
    _check_kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError, EOFError):
        raise HostileFileError(
            "The workbook is cut short or damaged. Open it in the spreadsheet program, save it again as .xlsx, and "
            "copy the whole file.",
        ) from None
    _check_names(members)
    _check_contents(members)
    _check_sizes(members, size)
    with path.open("rb") as file:
        for member in members:
            _check_member(file, member)


def _check_kind(path: Path) -> None:
    """Refuse what is not a zip archive at all, saying what it seems to be."""
    with path.open("rb") as file:
        start = file.read(len(OLD_OFFICE_FILE))
        if start.startswith(b"PK"):
            return
        if start == OLD_OFFICE_FILE:
            if ENCRYPTED_PACKAGE in file.read(MEBIBYTE):
                raise HostileFileError("The workbook is locked with a password. Save it without one.")
            raise HostileFileError("This is an old .xls workbook. Save it as .xlsx (or give the tables as CSV).")
    if not start:
        raise HostileFileError("The file is empty. Copy the workbook again.")
    raise HostileFileError("This is not an .xlsx workbook, whatever its name says. Save it as .xlsx, or as CSV files.")


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise HostileFileError(f"The workbook holds {len(members)} parts; at most {MOST_MEMBERS}. {SMALLER}")
    seen: set[str] = set()
    for member in members:
        name = member.orig_filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match("[A-Za-z]:", name) or "\0" in name:
            raise HostileFileError(
                f"The workbook holds a part whose name leads out of it ({name[:60]!r}). No spreadsheet program writes "
                "that: do not open it, and ask whoever sent it for a fresh copy.",
            )
        if name.lower() in seen:
            raise HostileFileError(
                f"The workbook holds the part {name[:60]!r} twice. Open it in the spreadsheet program and save it "
                "again.",
            )
        seen.add(name.lower())


def _check_contents(members: list[zipfile.ZipInfo]) -> None:
    """Refuse encryption, macros and the formats that only look like an .xlsx workbook."""
    names = [member.filename.replace("\\", "/").lower() for member in members]
    if any(member.flag_bits & ENCRYPTED_FLAG for member in members):
        raise HostileFileError("The workbook is locked with a password. Save it without one.")
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise HostileFileError("The workbook holds macros. Save it as a plain .xlsx workbook, without macros.")
    if "xl/workbook.bin" in names:
        raise HostileFileError("This is a binary (.xlsb) workbook. Save it as .xlsx.")
    if "content.xml" in names and "mimetype" in names:
        raise HostileFileError("This is an OpenDocument (.ods) spreadsheet. Save it as .xlsx.")
    if "[content_types].xml" not in names:
        raise HostileFileError("This is a zip archive but no workbook. Give an .xlsx workbook, or a folder of tables.")
    if any(member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members):
        raise HostileFileError("The workbook is packed in an unusual way. Open it in the spreadsheet program and save.")


def _check_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse by the sizes declared, so that a plain bomb is turned away before a byte of it is inflated."""
    content = sum(member.file_size for member in members)
    if content > LARGEST_CONTENT:
        raise HostileFileError(
            f"The workbook is {size / MEBIBYTE:.1f} MB but would unpack to {content // MEBIBYTE} MB; at most "
            f"{LARGEST_CONTENT // MEBIBYTE} MB. Often it is formatting in empty rows: delete the empty rows and "
            f"columns, and save. {SMALLER}",
        )
    if sum(member.compress_size for member in members) > size:
        raise HostileFileError("Parts of the workbook overlap, as in a zip bomb. Ask for a fresh copy; do not open it.")
    for member in members:
        if member.file_size > max(RATIO_MATTERS_FROM, STEEPEST_RATIO * member.compress_size):
            raise HostileFileError(
                f"The part {member.filename[:60]!r} would unpack to {member.file_size // max(1, member.compress_size)} "
                f"times its size; at most {STEEPEST_RATIO} times. Often it is formatting in empty rows: delete the "
                f"empty rows and columns, and save. {SMALLER}",
            )


def _check_member(file: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Inflate the member, keeping nothing, and compare it with what the archive declares of it."""
    damaged = HostileFileError(
        f"The part {member.filename[:60]!r} of the workbook is damaged or is not what the file declares. Open the "
        "workbook in the spreadsheet program, save it again as .xlsx, and copy the whole file.",
    )
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise damaged
    _, name_length, extra_length = LOCAL_HEADER.unpack(header)
    file.seek(name_length + extra_length, 1)
    inflated, checksum, start = 0, 0, b""
    try:
        for piece in _inflated(file, member):
            inflated += len(piece)
            if inflated > member.file_size:
                raise damaged
            checksum = zlib.crc32(piece, checksum)
            start = start or piece[:4096]
    except zlib.error:
        raise damaged from None
    if inflated != member.file_size or checksum != member.CRC:
        raise damaged
    if b"<!doctype" in start.lower() or b"<!entity" in start.lower():
        raise HostileFileError(
            f"The part {member.filename[:60]!r} declares a document type, which no spreadsheet program writes. Do not "
            "open the workbook; ask for a fresh copy.",
        )


def _inflated(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's content in pieces, never more than a piece of it in memory."""
    left = member.compress_size
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (packed := file.read(min(PIECE, left))):
        left -= len(packed)
        if inflater is None:
            yield packed
            continue
        while packed and not inflater.eof:
            yield inflater.decompress(packed, PIECE)
            packed = inflater.unconsumed_tail
    if inflater is not None:
        yield inflater.flush()
