"""Hostile and broken workbooks: each is refused with one fault that says what to do, within the limits."""

from __future__ import annotations

import random
import resource
import struct
import subprocess
import sys
import zipfile

import openpyxl
import pytest
from made_workbooks import CENTRAL, HEADER, MAIN, SHEET, STRINGS, XML, parts, redeclare, write_book

from engine.faults import RoundRefusedError
from engine.limited_child import Limits
from engine.workbook import read_workbook
from engine.workbook_guard import LARGEST_CONTENT, MOST_MEMBERS, HostileFileError, check_archive

MEBIBYTE = 2**20


def _refusal(path, limits=None):
    """The message of the one fault that the workbook is refused with."""
    with pytest.raises(RoundRefusedError) as refusal:
        read_workbook(path, limits) if limits else read_workbook(path)
    (fault,) = refusal.value.faults
    assert (fault.table, fault.row, fault.code) == (path.name, 0, "hostile_file")
    return fault.message


def _outcome(path):
    """``read``, or the codes of the faults that it is refused with."""
    try:
        read_workbook(path)
    except RoundRefusedError as refusal:
        return {fault.code for fault in refusal.faults}
    return {"read"}


def _spaces(mebibytes):
    """A sheet with so much white space in it, written a mebibyte at a time."""
    return (" " * MEBIBYTE for _ in range(mebibytes))


def test_a_bomb_is_refused_by_what_it_declares(tmp_path):
    """A small file that says it unpacks to more than the limit is not unpacked at all."""
    bomb = write_book(tmp_path / "round.xlsx", _spaces(LARGEST_CONTENT // MEBIBYTE + 1))
    assert bomb.stat().st_size < MEBIBYTE
    assert "would unpack to" in _refusal(bomb)


def test_a_steep_bomb_is_refused_by_its_ratio(tmp_path):
    """A part that packs a thousandfold is a bomb, whatever its size."""
    assert "times its size" in _refusal(write_book(tmp_path / "round.xlsx", _spaces(20)))


def test_a_bomb_that_declares_a_small_size_is_found_out(tmp_path):
    """The declared size is checked against what comes out, so that a lie does not get past the door."""
    bomb = redeclare(write_book(tmp_path / "round.xlsx", _spaces(200)), SHEET, size=1000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(HostileFileError, match="not what the file declares"):
        check_archive(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    assert "not what the file declares" in _refusal(bomb)


def test_overlapping_parts_are_a_bomb(tmp_path):
    """Many directory entries that share one body unpack to far more than the file: refused by their sum."""
    book = write_book(tmp_path / "round.xlsx", ["<row/>" * 2000])
    content = bytearray(book.read_bytes())
    at = content.rindex(CENTRAL)
    end = content.rindex(b"PK\x05\x06")
    entry = bytes(content[at:end])
    copies = [entry.replace(b"sheet1", f"shee{n:02d}".encode()) for n in range(60)]
    entries = struct.unpack_from("<H", content, end + 10)[0]
    directory_size = struct.unpack_from("<I", content, end + 12)[0]
    struct.pack_into("<HH", content, end + 8, entries + 60, entries + 60)
    struct.pack_into("<I", content, end + 12, directory_size + 60 * len(entry))
    book.write_bytes(bytes(content[:end]) + b"".join(copies) + bytes(content[end:]))
    assert "overlap" in _refusal(book)


def test_too_many_parts_are_refused(tmp_path):
    """No round's workbook has thousands of parts."""
    many = {f"xl/extra{n}.xml": "<a/>" for n in range(MOST_MEMBERS)}
    assert "parts" in _refusal(write_book(tmp_path / "round.xlsx", extra=many))


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "xl\\..\\..\\evil.xml", "C:/evil.xml"])
def test_a_part_whose_name_leads_out_is_refused(tmp_path, name):
    """A traversal name is refused though nothing is ever unpacked to disk."""
    assert "leads out of it" in _refusal(write_book(tmp_path / "round.xlsx", extra={name: "<a/>"}))


def test_the_same_part_twice_is_refused(tmp_path):
    """Two parts of one name would mean different things to different programs."""
    book = write_book(tmp_path / "round.xlsx")
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr(SHEET.upper(), "<a/>")
    assert "twice" in _refusal(book)


def test_a_password_is_said_so(tmp_path):
    """Both ways of locking a workbook get the same advice: save it without a password."""
    sealed = tmp_path / "sealed.xlsx"
    sealed.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000) + "EncryptedPackage".encode("utf-16-le"))
    zipped = redeclare(write_book(tmp_path / "zipped.xlsx"), SHEET, flags=1)
    assert "password" in _refusal(sealed)
    assert "password" in _refusal(zipped)


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(tmp_path, part):
    """A workbook with macros is refused under whatever name."""
    assert "macros" in _refusal(write_book(tmp_path / "round.xlsx", extra={part: b"\0"}))


def test_other_formats_under_the_name_are_named(tmp_path):
    """Old .xls, .xlsb, .ods, other archives, plain text and nothing at all each get their own advice."""
    given = {
        "old.xlsx": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "old .xls"),
        "text.xlsx": (b"student_id,urn\n", "not an .xlsx workbook"),
        "none.xlsx": (b"", "empty"),
    }
    for name, (content, words) in given.items():
        (tmp_path / name).write_bytes(content)
        assert words in _refusal(tmp_path / name)
    archives = {"b.xlsx": ("xl/workbook.bin", ".xlsb"), "a.xlsx": ("photo.jpg", "no workbook")}
    for name, (member, words) in archives.items():
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(member, b"x")
        assert words in _refusal(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "o.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<a/>")
    assert ".ods" in _refusal(tmp_path / "o.xlsx")


def test_entities_that_multiply_are_refused(tmp_path):
    """A document type has no place in a workbook, so no entity of it is ever expanded."""
    laughs = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    sheet = f'{XML}{laughs}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    assert "document type" in _refusal(write_book(tmp_path / "round.xlsx", extra={SHEET: sheet}))


def test_truncated_files_are_refused_wherever_they_are_cut(tmp_path):
    """A download that stopped half-way is told to be copied again."""
    whole = write_book(tmp_path / "whole.xlsx", [HEADER]).read_bytes()
    for part in (4, 30, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        cut = tmp_path / "cut.xlsx"
        cut.write_bytes(whole[:part])
        assert "again" in _refusal(cut)


def test_a_workbook_whose_parts_are_no_xml_is_refused(tmp_path):
    """An honest archive around rubbish is refused by the reader, not by an error."""
    rubbish = dict.fromkeys([*parts(), SHEET], "<worksheet><sheetData><row><c")
    assert "damaged" in _refusal(write_book(tmp_path / "round.xlsx", extra=rubbish))


def test_one_value_in_the_last_corner_is_refused_for_memory(tmp_path):
    """A stray value in XFD1048576 would take all memory as a table; the message says where to look."""
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    message = _refusal(write_book(tmp_path / "round.xlsx", [HEADER, corner]))
    assert "memory" in message
    assert "delete the empty rows" in message


def test_one_long_text_used_a_thousand_times_is_refused_for_memory(tmp_path):
    """A shared text can be told a thousand times for a few bytes each; the memory limit holds."""
    text = random.Random(1).randbytes(2 * MEBIBYTE).hex()  # noqa: S311
    strings = f'{XML}<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'
    rows = (f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2000))
    assert "memory" in _refusal(write_book(tmp_path / "round.xlsx", rows, {STRINGS: strings}))


def test_a_workbook_that_takes_too_long_is_refused(tmp_path):
    """The clock stops a reading that will not end."""
    rows = (f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 200_000))
    book = write_book(tmp_path / "round.xlsx", rows)
    assert "takes longer" in _refusal(book, Limits(seconds=0.2))


def test_the_limits_hold_in_the_child_and_leave_the_parent_alone(tmp_path):
    """The child runs with the memory limit that it is given; the parent's own limits are as before."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    book = write_book(tmp_path / "round.xlsx")
    assert read_workbook(book) == {"students": [["student_id"]]}
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    asked = "import resource; from engine.limited_child import take_limits; take_limits();"
    asked += "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    environment = {"FOOTHOLD_CHILD_LIMITS": "512 9"}
    told = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, check=True, text=True)
    assert told.stdout.split() == [str(512 * MEBIBYTE), "9"]


def test_flipped_bytes_give_rows_or_a_refusal_and_never_an_error(tmp_path):
    """Thirty copies of a workbook, each with some bytes changed: every one is read or refused."""
    book = openpyxl.Workbook()
    book.active.title = "students"
    for number in range(30):
        book.active.append([f"S{number}", number, "=1+1", True])
    book.save(tmp_path / "whole.xlsx")
    whole = (tmp_path / "whole.xlsx").read_bytes()
    chosen = random.Random(7)  # noqa: S311
    for _ in range(30):
        bent = bytearray(whole)
        for _ in range(chosen.randint(1, 6)):
            bent[chosen.randrange(len(bent))] = chosen.randrange(256)
        (tmp_path / "bent.xlsx").write_bytes(bent)
        assert _outcome(tmp_path / "bent.xlsx") <= {"read", "hostile_file", "missing_value"}
