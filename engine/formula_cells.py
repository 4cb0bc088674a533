"""What the fast reader leaves blank in a workbook: error values, and formulas whose results were never saved."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from engine.workbook_guard import HostileFileError

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_UNSAVED = 1_000
LONGEST = 8_192
PIECE = 2**20
SIGNS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b't="e"', b"t='e'")
"""What the bytes of a sheet show where a cell holds a formula or an error, with a namespace prefix or without."""


class UnsavedFormula(NamedTuple):
    """A formula without a result, at a row and column counted from 0."""

    sheet: str
    row: int
    column: int
    text: str


@dataclass(slots=True)
class FormulaCells:
    """By sheet, row and column (counted from 0) the text of each error; every formula without a result."""

    errors: dict[str, dict[int, dict[int, str]]] = field(default_factory=dict)
    unsaved: list[UnsavedFormula] = field(default_factory=list)


def formula_cells(path: Path) -> FormulaCells:
    """Look for errors and unsaved formulas in every sheet of a workbook that has passed the guard."""
    cells = FormulaCells()
    with zipfile.ZipFile(path) as archive:
        for name, part in _sheet_parts(archive):
            if _may_hold_some(archive, part):
                _SheetScan(name, cells).scan(archive, part)
    return cells


def _may_hold_some(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether the sheet's bytes show a formula or an error at all; most tables hold none and are not parsed twice."""
    end = b""
    with archive.open(part) as opened:
        while piece := opened.read(PIECE):
            looked_at = end + piece
            if any(sign in looked_at for sign in SIGNS):
                return True
            end = piece[-len(max(SIGNS, key=len)) :]
    return False


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Each sheet's name and the archive member that holds it."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return []
    targets = {
        given.get("Id", ""): normpath(join("xl", given.get("Target", ""))).lstrip("/")
        for given in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    sheets = []
    for given in _elements(archive, "xl/workbook.xml", "sheet"):
        key = next((value for name, value in given.items() if name.endswith(":id")), "")
        if targets.get(key) in names:
            sheets.append((given.get("name", ""), targets[key]))
    return sheets


def _elements(archive: zipfile.ZipFile, part: str, wanted: str) -> list[dict[str, str]]:
    """The attributes of every element of the part with the name wanted."""
    found: list[dict[str, str]] = []

    def start(name: str, given: dict[str, str]) -> None:
        if _local(name) == wanted:
            found.append(given)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    _parse(parser, archive, part)
    return found


def _parse(parser: expat.XMLParserType, archive: zipfile.ZipFile, part: str) -> None:
    try:
        with archive.open(part) as opened:
            parser.ParseFile(opened)
    except expat.ExpatError:
        raise HostileFileError(
            f"The part {part!r} of the workbook is damaged. Open the workbook in the spreadsheet program, save it "
            "again as .xlsx, and copy the whole file.",
        ) from None


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _SheetScan:
    """One walk over a sheet's cells, keeping where each is even where the file does not say."""

    def __init__(self, sheet: str, cells: FormulaCells) -> None:
        self.sheet, self.cells = sheet, cells
        self.row, self.column = -1, -1
        self.kind, self.formula, self.value, self.inside = "", "", "", ""
        self.has_formula = False

    def scan(self, archive: zipfile.ZipFile, part: str) -> None:
        """Walk over the sheet and note what is found."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        _parse(parser, archive, part)

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = _local(name)
        if local == "row":
            self.row, self.column = int(given.get("r", self.row + 2)) - 1, -1
        elif local == "c":
            self._start_cell(given)
        elif local in {"f", "v"}:
            self.inside = local
            self.has_formula |= local == "f"

    def _start_cell(self, given: dict[str, str]) -> None:
        self.column += 1
        if match := REFERENCE.fullmatch(given.get("r", "")):
            self.column, self.row = _column_number(match[1]), int(match[2]) - 1
        self.kind, self.formula, self.value, self.has_formula = given.get("t", ""), "", "", False

    def _text(self, text: str) -> None:
        if self.inside == "v":
            self.value += text
        elif self.inside == "f":
            self.formula += text

    def _end(self, name: str) -> None:
        local = _local(name)
        if local in {"f", "v"}:
            self.inside = ""
        elif local == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        if self.kind == "e":
            rows = self.cells.errors.setdefault(self.sheet, {})
            rows.setdefault(self.row, {})[self.column] = self.value or "#N/A"
        elif self.has_formula and not self.value and self.kind != "str" and len(self.cells.unsaved) < MOST_UNSAVED:
            self.cells.unsaved.append(UnsavedFormula(self.sheet, self.row, self.column, f"={self.formula[:LONGEST]}"))


def _column_number(letters: str) -> int:
    """The column from 0 of its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
