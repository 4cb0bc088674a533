"""Where a row's place is: its coordinates, else its postcode in the local directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.domain import Point
from engine.faults import Fault
from engine.sentences import shortened

if TYPE_CHECKING:
    from engine.columns import Cells, Mask, Parsed

_NO_DIRECTORY = (
    "no postcode directory is loaded; load one with foothold postcodes load FILE, or give latitude and longitude"
)
_NOT_IN_DIRECTORY = "it is not in the postcode directory; correct it, or give latitude and longitude"


def find_places(parsed: Parsed, needed: Mask) -> tuple[Cells, list[Fault]]:
    """The point of every row (``None`` where none is given), and a fault where one is needed or cannot be found."""
    places = np.empty(len(parsed.rows), dtype=object)
    faults = _half_given(parsed)
    both = parsed.good("latitude") & parsed.good("longitude")
    for i in np.flatnonzero(both):
        places[i] = Point(parsed.facts["latitude"][i], parsed.facts["longitude"][i])
    nothing = parsed.blank("latitude") & parsed.blank("longitude")
    faults += _from_postcodes(parsed, nothing & parsed.good("postcode"), places)
    column = "postcode" if "postcode" in parsed.headings or "latitude" not in parsed.headings else "latitude"
    missing = needed & nothing & parsed.blank("postcode")
    if not {"postcode", "latitude", "longitude"} & set(parsed.headings) and missing.any():
        message = "There is no column postcode, nor latitude and longitude; add one of the two ways to give a place."
        fault = Fault(parsed.table.name, parsed.header_row, "postcode", "", "missing_column", message)
        return places, [*faults, fault]
    return places, faults + parsed.faults_where(missing, column, "missing_value")


def _half_given(parsed: Parsed) -> list[Fault]:
    latitude, longitude = parsed.blank("latitude"), parsed.blank("longitude")
    return [
        *parsed.faults_where(latitude & ~longitude, "latitude", "missing_value"),
        *parsed.faults_where(longitude & ~latitude, "longitude", "missing_value"),
    ]


def _from_postcodes(parsed: Parsed, mask: Mask, places: Cells) -> list[Fault]:
    if not mask.any():
        return []
    from engine.postcodes import PostcodeDirectory  # noqa: PLC0415 - only rounds with postcodes pay for it

    directory = PostcodeDirectory()
    points = directory.lookup_all(set(parsed.facts["postcode"][mask]))
    why = _NOT_IN_DIRECTORY if directory.loaded else _NO_DIRECTORY
    faults: list[Fault] = []
    for i in np.flatnonzero(mask):
        places[i] = points.get(parsed.facts["postcode"][i])
        if places[i] is None:
            message = f"“{shortened(parsed.text['postcode'][i])}” gives no place: {why}."
            faults.append(parsed.fault(i, "postcode", "bad_postcode", message))
    return faults
