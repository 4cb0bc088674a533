"""Reading the published postcode directories: ONS Postcode Directory, Code-Point Open, or postcode,lat,lon."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from pyproj import Transformer

from engine.faults import Fault, RoundRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    Texts = npt.NDArray[np.object_]
    Floats = npt.NDArray[np.float64]
    Place = Callable[[Floats, Floats], tuple[Floats, Floats]]

Located = tuple[str, float, float]
"""A postcode as written, its latitude and its longitude."""

POSTCODE_HEADERS = ("pcds", "postcode", "pcd8", "pcd2", "pcd", "pcd7")
LATITUDE_HEADERS = ("lat", "latitude")
LONGITUDE_HEADERS = ("long", "lon", "lng", "longitude")
POSTCODE = re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s*[0-9][A-Za-z]{2}")
CODE_POINT_COLUMNS = ("postcode", "positional quality", "easting", "northing")
"""What Code-Point Open starts with, under no header; the area codes after it are not read."""
BATCH = 100_000
BRITAIN_AND_NEAR = (49.0, 61.5)
"""Latitudes of the United Kingdom and Crown dependencies; ONS marks a postcode without a place by 99.999999."""
_TO_DEGREES = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def located_postcodes(file: Path) -> Iterator[Located]:
    """Every postcode of the file, zip or folder that has a place, terminated ones included.

    Raises ``RoundRefusedError`` when there is nothing to read or the layout is not one of the three.
    """
    try:
        found = False
        for name, opened in _tables(file):
            found = True
            yield from _read(name, opened)
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


def _tables(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and open content of each table in the file given."""
    if file.is_dir():
        inside = {path.relative_to(file).as_posix(): path for path in sorted(file.rglob("*.[cC][sS][vV]"))}
        for name in _postcode_tables(list(inside)):
            with inside[name].open("rb") as opened:
                yield name, opened
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in _postcode_tables(archive.namelist()):
                with archive.open(name) as opened:
                    yield name, opened
    else:
        with _open(file) as opened:
            yield file.name, opened


def _open(file: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file)) if file.suffix.lower() == ".gz" else file.open("rb")


def _postcode_tables(names: list[str]) -> list[str]:
    """The postcode tables among the names, without the documents and the per-area copies that the downloads hold."""
    tables = [name for name in names if name.lower().endswith(".csv") and not _is_document(name)]
    whole = [name for name in tables if re.match(r"(onspd|nspl)", PurePosixPath(name).name, re.IGNORECASE)]
    undivided = [name for name in whole if "multi_csv" not in name.lower()]
    return sorted(undivided or whole or tables)


def _is_document(name: str) -> bool:
    """Whether the path is a look-up list or a list of headers, not postcodes."""
    folders = {part.lower() for part in PurePosixPath(name).parts[:-1]}
    return bool(folders & {"documents", "doc", "docs", "user guide"}) or "column_headers" in name.lower()


def _read(name: str, opened: IO[bytes]) -> Iterator[Located]:
    start = opened.readline()
    first = next(csv.reader([start.decode("utf-8-sig", "replace")]), [])
    if len(first) >= len(CODE_POINT_COLUMNS) and POSTCODE.fullmatch(first[0].strip()):
        yield from _located(_frame(io.BytesIO(start), [0, 2, 3]), _from_national_grid)
        yield from _located(_frame(opened, [0, 2, 3]), _from_national_grid)
        return
    headers = [cell.strip().lower() for cell in first]
    columns = [_column(headers, wanted) for wanted in (POSTCODE_HEADERS, LATITUDE_HEADERS, LONGITUDE_HEADERS)]
    found = [column for column in columns if column is not None]
    if len(found) < len(columns):
        raise _refused(name, "This is not a postcode table: no postcode, latitude and longitude columns. " + EXPECTED)
    yield from _located(_frame(opened, found), lambda latitudes, longitudes: (latitudes, longitudes))


def _column(headers: list[str], wanted: tuple[str, ...]) -> int | None:
    return next((headers.index(name) for name in wanted if name in headers), None)


def _frame(opened: IO[bytes], columns: list[int]) -> Iterator[tuple[Texts, Floats, Floats]]:
    """The three columns of the rest of the table, a batch of rows at a time; blank numbers are no number."""
    postcode, *numbers = columns
    options: dict[str, Any] = {
        "header": None,
        "usecols": columns,
        "dtype": {postcode: object, **dict.fromkeys(numbers, float)},
        "keep_default_na": False,
        "na_values": {number: [""] for number in numbers},
        "encoding_errors": "replace",
        "chunksize": BATCH,
    }
    try:
        for batch in pd.read_csv(opened, **options):
            yield batch[postcode].to_numpy(), *(batch[number].to_numpy() for number in numbers)
    except pd.errors.EmptyDataError:
        return


def _located(batches: Iterator[tuple[Texts, Floats, Floats]], place: Place) -> Iterator[Located]:
    """Rows with a place in degrees; those without one (ONS writes 99.999999, Ordnance Survey 0) are passed over."""
    low, high = BRITAIN_AND_NEAR
    for postcodes, first, second in batches:
        latitudes, longitudes = place(first, second)
        with_place = (latitudes >= low) & (latitudes <= high) & ~np.isnan(longitudes)
        yield from zip(
            postcodes[with_place].tolist(),
            latitudes[with_place].tolist(),
            longitudes[with_place].tolist(),
            strict=True,
        )


def _from_national_grid(eastings: Floats, northings: Floats) -> tuple[Floats, Floats]:
    """Degrees on WGS84 from metres on the British national grid; 0, 0 is a missing place."""
    longitudes, latitudes = _TO_DEGREES.transform(eastings, northings)
    missing = (eastings == 0) & (northings == 0)
    return np.where(missing, np.nan, latitudes), longitudes


def _refused(name: str, message: str) -> RoundRefusedError:
    return RoundRefusedError([Fault(name, 0, "", "", "missing_column", message)])
