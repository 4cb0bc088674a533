"""Rosters and school lists: each reader gets what it needs, an employer never more, and no cell or name does harm."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import PurePosixPath

import pytest
from openpyxl import load_workbook
from published_round import PRIVATE, everything, private_allocation, private_round, renamed

from engine.filenames import RESERVED, file_names
from engine.given import given_rows
from engine.publication import publication_files
from engine.rosters import ROSTER_COLUMNS, roster_files
from engine.school_lists import SCHOOL_COLUMNS

HOSTILE = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture(scope="module")
def files():
    """Every file that is published of the private round."""
    return publication_files(*everything(private_round(), private_allocation()))


def opened(content: bytes) -> str:
    """All text in a file, whatever its kind, in lower case."""
    if content.startswith(b"PK"):
        parts = zipfile.ZipFile(io.BytesIO(content))
        return " ".join(parts.read(name).decode() for name in parts.namelist()).lower()
    return unescape(content.decode("utf-8-sig")).lower()


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def sheet(content: bytes) -> list[list[str]]:
    page = load_workbook(io.BytesIO(content)).active
    return [[str(cell.value or "") for cell in row] for row in page.iter_rows()]


@pytest.mark.parametrize("kind", PRIVATE)
def test_nothing_private_is_in_any_roster(files, kind):
    """A canary in every private field, and every word for one, is in no file that goes to an employer."""
    rosters = {name: opened(content) for name, content in files.items() if name.startswith("rosters/")}
    assert len(rosters) == 9
    guilty = [name for name, text in rosters.items() if _words(text, PRIVATE[kind].lower())]
    assert guilty == []


def _words(text: str, canary: str) -> bool:
    """Whether the canary is there as a word, or anywhere if it is long enough not to be part of another."""
    if len(canary) > 4:
        return canary in text
    spaced = "".join(character if character.isalnum() else " " for character in text)
    return canary in spaced.split()


def test_the_canaries_can_be_seen_where_they_belong(files):
    """The same search finds a private word where it may stand, so that its silence elsewhere means something."""
    assert _words(opened(b"<p>Eligible for FSM</p>"), "fsm")
    assert "slot-canary" in opened(files["allocations.csv"])


def test_a_roster_says_who_when_what_and_whom_to_ask(files):
    """The spreadsheet's row holds name, school, year, time, experience, released adjustments and contact."""
    rows = table(files["rosters/e2.csv"])
    assert rows[0] == list(ROSTER_COLUMNS)
    what = ["2026-05-11", "AM", "2", "A week on the ward"]
    whom = ["Zoë O'Neill-Smith", "South Special", "Year 10", "step-free access", "B. Lead", ""]
    assert rows[1:] == [[*what, *whom]]


def test_a_student_without_a_name_is_known_by_the_id(files):
    """Where no name is given the roster shows the student's id."""
    anonymous = renamed(private_round(), p6="")
    rosters = publication_files(*everything(anonymous, private_allocation()))
    assert "p6" in table(rosters["rosters/e2.csv"])[1]
    assert "p6" not in opened(files["rosters/e2.csv"])


def test_adjustments_appear_only_as_released():
    """Taking back the release takes the adjustment off the roster, though the student still needs it."""
    round_ = private_round()
    secret = replace(round_.students["p6"], released=frozenset())
    shut = replace(round_, students={**round_.students, "p6": secret})
    assert "step-free" not in opened(publication_files(*everything(shut, private_allocation()))["rosters/e2.html"])


def test_the_same_rows_are_in_the_csv_and_in_the_workbook(files):
    """CSV and XLSX of one roster or list hold the same cells."""
    for name, content in files.items():
        if name.endswith(".xlsx"):
            assert sheet(content) == table(files[name.replace(".xlsx", ".csv")]), name


def test_every_employer_has_a_roster_even_if_nobody_comes(files):
    """An employer without students is told so."""
    assert "no student is coming" in opened(files["rosters/e3.html"])
    assert table(files["rosters/e3.csv"]) == [list(ROSTER_COLUMNS)]


def test_a_school_list_holds_its_own_students_and_no_other(files):
    """Each student of the school is there with what was given or the reason in words; no other school's is."""
    rows = table(files["schools/100002.csv"])
    assert rows[0] == list(SCHOOL_COLUMNS)
    assert [row[0] for row in rows[1:]] == ["p6", *(f"q{n}" for n in range(1, 7))]
    reasons = {row[0]: row[SCHOOL_COLUMNS.index("Reason")] for row in rows[1:]}
    assert reasons["p6"] == ""
    assert reasons["q2"] == "Every place is taken"
    text = opened(files["schools/100002.html"])
    assert "pupil1" not in text
    assert "a week on the ward" in text


def test_a_school_list_says_nothing_of_meals_needs_or_homes(files):
    """The school knows these things and the list, which travels, need not hold them."""
    for ending in ("html", "csv", "xlsx"):
        text = opened(files[f"schools/100002.{ending}"])
        assert not [word for word in ("fsm", "ehc", "free school", "53.4123") if word in text]


def test_cells_that_a_spreadsheet_would_run_are_harmless():
    """A student, a school and an experience named like formulas come out as text in CSV and in XLSX."""
    round_ = renamed(private_round(), p6=HOSTILE)
    round_ = replace(
        round_,
        schools={**round_.schools, "100002": replace(round_.schools["100002"], name="@SUM(A1)", contact_name="+1+1")},
        experiences={**round_.experiences, "XCANARY": replace(round_.experiences["XCANARY"], title="-2+3")},
    )
    files = publication_files(*everything(round_, private_allocation()))
    for name in ("rosters/e2", "schools/100002"):
        for row in table(files[f"{name}.csv"])[1:]:
            assert not [cell for cell in row if cell[:1] in {"=", "+", "-", "@"}]
        book = load_workbook(io.BytesIO(files[f"{name}.xlsx"]))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
        assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "n" and cell.value]
        assert "<f>" not in opened(files[f"{name}.xlsx"])


def test_a_name_that_is_markup_is_shown_and_not_obeyed():
    """HTML in a name is escaped on every page."""
    files = publication_files(
        *everything(renamed(private_round(), p6="<script>alert(1)</script>"), private_allocation())
    )
    for name, content in files.items():
        if name.endswith(".html"):
            assert b"<script" not in content, name
    assert b"&lt;script&gt;" in files["rosters/e2.html"]


AWKWARD = [
    "../../etc/passwd",
    "..",
    ".",
    "a/b",
    "a\\b",
    "CON",
    "con",
    "nul.txt",
    "E1",
    "e1",
    "é",
    "e 1",
    " ",
    "-rf",
    "x" * 300,
]
AWKWARD += ["a.b", "a:b", "\x00", "\n", "%2e%2e", "~", "LPT1", "id", "\ud800", "", "e1.csv", "\u202egpj"]


def test_file_names_are_safe_whatever_the_ids():
    """No id leaves the folder, meets a reserved name, or shares a file with another in any letter case."""
    names = file_names(AWKWARD)
    assert set(names) == set(AWKWARD)
    folded = [name.casefold() for name in names.values()]
    assert len(set(folded)) == len(AWKWARD)
    for name in names.values():
        assert PurePosixPath(name).name == name
        assert name.isascii()
        assert not name.startswith((".", "-"))
        assert len(name) < 80
        assert not set(name) & set('/\\:*?"<>| \x00\n')
        assert name.split(".")[0].casefold() not in RESERVED


def test_plain_ids_keep_their_names_and_order_does_not_matter():
    """An ordinary id names its file, and the names do not depend on the order of the ids."""
    assert file_names(["E00001", "100001", "a-b_c"]) == {"E00001": "E00001", "100001": "100001", "a-b_c": "a-b_c"}
    assert file_names(AWKWARD) == file_names(AWKWARD[::-1])


def test_hostile_ids_make_files_in_their_folder_only():
    """An employer whose id climbs out of the folder gets a roster inside it."""
    round_ = private_round()
    awkward = {"../../e1": replace(round_.employers["e1"], employer_id="../../e1")}
    rest = {employer_id: each for employer_id, each in round_.employers.items() if employer_id != "e1"}
    moved = {
        x: replace(e, employer_id="../../e1") if e.employer_id == "e1" else e for x, e in round_.experiences.items()
    }
    round_ = replace(round_, employers={**awkward, **rest}, experiences=moved)
    _, options, allocation, *_ = everything(round_, private_allocation())
    names = roster_files(round_, given_rows(round_, options, allocation))
    assert all(len(PurePosixPath(name).parts) == 2 and ".." not in PurePosixPath(name).parts for name in names)
    assert any(
        "A day at the dock" in opened(content) or "a day at the dock" in opened(content) for content in names.values()
    )
