"""Reading the published postcode directories: ONS Postcode Directory, Code-Point Open, or postcode,lat,lon."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import re
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from pyproj import Transformer

from engine.faults import Fault, RoundRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

Located = tuple[str, float, float]
"""A postcode as written, its latitude and its longitude."""

POSTCODE_HEADERS = ("pcds", "postcode", "pcd8", "pcd2", "pcd", "pcd7")
LATITUDE_HEADERS = ("lat", "latitude")
LONGITUDE_HEADERS = ("long", "lon", "lng", "longitude")
POSTCODE = re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s*[0-9][A-Za-z]{2}")
CODE_POINT_COLUMNS = 4
"""Postcode, positional quality, easting and northing; the area codes after them are not read."""
BATCH = 50_000
BRITAIN_AND_NEAR = (49.0, 61.5)
"""Latitudes of the United Kingdom and Crown dependencies; ONS marks a postcode without a place by 99.999999."""


def located_postcodes(file: Path) -> Iterator[Located]:
    """Every postcode of the file, zip or folder that has a place, terminated ones included.

    Raises ``RoundRefusedError`` when there is nothing to read or the layout is not one of the three.
    """
    try:
        found = False
        for name, text in _texts(file):
            found = True
            yield from _read(name, text)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, csv.Error, ValueError) as reason:
        raise _refused(
            file.name, f"This file cannot be read ({reason}). Download it again and load it whole."
        ) from None
    if not found:
        raise _refused(file.name, "There is no postcode table here. " + EXPECTED)


EXPECTED = (
    "Give the ONS Postcode Directory (its zip, or Data/ONSPD_*.csv), Code-Point Open (its zip, or its folder of CSV "
    "files), or a CSV with the columns postcode, lat and lon."
)


def _texts(file: Path) -> Iterator[tuple[str, IO[str]]]:
    """Name and open text of each table in the file given."""
    if file.is_dir():
        inside = {path.relative_to(file).as_posix(): path for path in sorted(file.rglob("*.[cC][sS][vV]"))}
        for name in _tables(list(inside)):
            with _text(inside[name].open("rb")) as text:
                yield name, text
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in _tables(archive.namelist()):
                with _text(archive.open(name)) as text:
                    yield name, text
    elif file.suffix.lower() == ".gz":
        with gzip.open(file) as opened, _text(opened) as text:
            yield file.name, text
    else:
        with _text(file.open("rb")) as text:
            yield file.name, text


@contextmanager
def _text(opened: IO[bytes]) -> Iterator[IO[str]]:
    """The bytes as text; the directories are ASCII but for names of places, which are not read."""
    with io.TextIOWrapper(opened, encoding="utf-8-sig", errors="replace", newline="") as text:
        yield text


def _tables(names: list[str]) -> list[str]:
    """The postcode tables among the names, without the documents and the per-area copies that the downloads hold."""
    tables = [name for name in names if name.lower().endswith(".csv") and not _is_document(name)]
    whole = [name for name in tables if re.match(r"(onspd|nspl)", PurePosixPath(name).name, re.IGNORECASE)]
    undivided = [name for name in whole if "multi_csv" not in name.lower()]
    return sorted(undivided or whole or tables)


def _is_document(name: str) -> bool:
    """Whether the path is a look-up list or a list of headers, not postcodes."""
    folders = {part.lower() for part in PurePosixPath(name).parts[:-1]}
    return bool(folders & {"documents", "doc", "docs", "user guide"}) or "column_headers" in name.lower()


def _read(name: str, text: IO[str]) -> Iterator[Located]:
    rows = csv.reader(text)
    first = next(rows, [])
    if len(first) >= CODE_POINT_COLUMNS and POSTCODE.fullmatch(first[0].strip()):
        return _code_point(itertools.chain([first], rows))
    headers = [cell.strip().lower() for cell in first]
    columns = [_column(headers, wanted) for wanted in (POSTCODE_HEADERS, LATITUDE_HEADERS, LONGITUDE_HEADERS)]
    if None in columns:
        raise _refused(name, "This is not a postcode table: no postcode, latitude and longitude columns. " + EXPECTED)
    return _degrees(rows, *[column for column in columns if column is not None])


def _column(headers: list[str], wanted: tuple[str, ...]) -> int | None:
    return next((headers.index(name) for name in wanted if name in headers), None)


def _degrees(rows: Iterator[list[str]], postcode: int, latitude: int, longitude: int) -> Iterator[Located]:
    """Rows with degrees; one without a place (ONS writes 99.999999) is passed over."""
    last = max(postcode, latitude, longitude)
    low, high = BRITAIN_AND_NEAR
    for row in rows:
        if len(row) > last and row[latitude] and row[longitude]:
            north = float(row[latitude])
            if low <= north <= high:
                yield row[postcode], north, float(row[longitude])


def _code_point(rows: Iterator[list[str]]) -> Iterator[Located]:
    """Rows of Code-Point Open, whose eastings and northings on OSGB36 are converted; 0, 0 is a missing place."""
    to_degrees = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    for batch in iter(lambda: list(itertools.islice(rows, BATCH)), []):
        rows_with_places = [row for row in batch if len(row) >= CODE_POINT_COLUMNS and row[2].strip("0. ")]
        placed = [(row[0], float(row[2]), float(row[3])) for row in rows_with_places]
        if placed:
            codes, eastings, northings = zip(*placed, strict=True)
            longitudes, latitudes = to_degrees.transform(eastings, northings)
            yield from zip(codes, latitudes, longitudes, strict=True)


def _refused(name: str, message: str) -> RoundRefusedError:
    return RoundRefusedError([Fault(name, 0, "", "", "missing_column", message)])
