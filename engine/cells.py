"""How one cell of text is read: numbers, dates, years, yes and no, choices, lists of codes.

Every reader takes trimmed, non-blank text and returns a value or raises ``UnreadableError`` with a fault code.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from engine.calendar import HALVES, half_day
from engine.diagnosis import names_a_diagnosis, tells_a_diagnosis
from engine.domain import CRITERIA
from engine.schema import heading_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from engine.domain import HalfDay

LONGEST_NUMBER = 40
URN_DIGITS = 6
YEARS = range(7, 14)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: 00:00(?::00)?)?")
_YEAR = re.compile(r"(?:nc ?)?(?:years?|yrs?|y)?[ .]*(?:group)? *([0-9]{1,9})(?:\.0+)?", re.IGNORECASE)
_POSTCODE = re.compile(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR)[0-9][A-Z]{2}")
_YES = {"y": True, "yes": True, "true": True, "t": True, "1": True}
_NO = {"n": False, "no": False, "false": False, "f": False, "0": False}
_YES_NO = {**_YES, **_NO}


class UnreadableError(ValueError):
    """A cell that cannot be read; ``codes`` says in which ways, ``items`` which parts of a list."""

    def __init__(self, *codes: str, items: Sequence[str] = ()) -> None:
        """Keep the fault codes and the items at fault."""
        super().__init__(", ".join(codes))
        self.codes = codes
        self.items = tuple(items)


class Meaningful(NamedTuple):
    """How many of the seven criteria hold, whether the table says so, and which (``None`` where only counted)."""

    met: int
    stated: bool
    criteria: frozenset[str] | None


ALL_CRITERIA = Meaningful(len(CRITERIA), stated=False, criteria=None)


def text(cell: str) -> str:
    """Any words."""
    return cell


def remark(cell: str) -> str:
    """Any words about a student that name no diagnosis."""
    if tells_a_diagnosis(cell):
        raise UnreadableError("diagnosis")
    return cell


def yes_no(cell: str) -> bool:
    """Y N Yes No True False T F 1 0 in any case."""
    answer = _YES_NO.get(cell.casefold())
    if answer is None:
        raise UnreadableError("bad_choice")
    return answer


def number(cell: str) -> Decimal:
    """A decimal number, exactly as written."""
    if len(cell) > LONGEST_NUMBER or not _NUMBER.fullmatch(cell):
        raise UnreadableError("bad_number")
    return Decimal(cell)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from ``low`` to ``high``; ``7.0`` is 7."""

    def read(cell: str) -> int:
        figure = number(cell)
        if not low <= figure <= high:
            raise UnreadableError("out_of_range" if figure == figure.to_integral_value() else "bad_number")
        if figure != int(figure):
            raise UnreadableError("bad_number")
        return int(figure)

    return read


def decimal(low: float, high: float) -> Callable[[str], float]:
    """A reader of numbers from ``low`` to ``high``."""

    def read(cell: str) -> float:
        figure = number(cell)
        if not low <= figure <= high:
            raise UnreadableError("out_of_range")
        return float(figure)

    return read


def tenths_of_km(cell: str) -> int:
    """Kilometres, rounded half up to tenths and returned as a whole number of tenths."""
    figure = number(cell)
    if not 0 <= figure <= 1_000_000:  # noqa: PLR2004
        raise UnreadableError("out_of_range")
    return int((figure * 10).to_integral_value(ROUND_HALF_UP))


def year(cell: str) -> int:
    """A year group from 7 to 13, as ``7``, ``07``, ``7.0``, ``Y7``, ``Yr 7`` or ``Year 7``."""
    match = _YEAR.fullmatch(cell)
    if match is None:
        number(cell)  # text is a bad number; -7 and 99 are numbers out of range
        raise UnreadableError("out_of_range" if _is_whole(cell) else "bad_number")
    if int(match[1]) not in YEARS:
        raise UnreadableError("out_of_range")
    return int(match[1])


def years(cell: str) -> frozenset[int]:
    """A list of year groups."""
    return frozenset(_each(cell, year))


def choice(options: Iterable[str]) -> Callable[[str], str]:
    """A reader of one of ``options``, ignoring case, spaces, hyphens and underscores."""
    by_key = {heading_key(option): option for option in options}

    def read(cell: str) -> str:
        option = by_key.get(heading_key(cell))
        if option is None:
            raise UnreadableError("bad_choice")
        return option

    return read


def codes(options: Iterable[str]) -> Callable[[str], frozenset[str]]:
    """A reader of a list of ``options``; a diagnosis among them is its own fault."""
    by_key = {heading_key(option): option for option in options}

    def read(cell: str) -> frozenset[str]:
        items = split_list(cell)
        strangers = [item for item in items if heading_key(item) not in by_key]
        if strangers:
            kinds = {"diagnosis" if names_a_diagnosis(item) else "unknown_code" for item in strangers}
            raise UnreadableError(*sorted(kinds), items=strangers)
        return frozenset(by_key[heading_key(item)] for item in items)

    return read


def day(cell: str) -> date:
    """A date, ISO or DD/MM/YYYY."""
    iso, british = _ISO.fullmatch(cell), _BRITISH.fullmatch(cell)
    parts = iso.groups() if iso else british.groups()[::-1] if british else None
    if parts is None:
        raise UnreadableError("bad_date")
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        raise UnreadableError("bad_date") from None


def half_days_off(cell: str) -> frozenset[HalfDay]:
    """A list of dates, or of dates followed by AM or PM, as half-days."""
    return frozenset(moment for item in split_list(cell) for moment in _day_or_half(item))


def meaningful(cell: str) -> Meaningful:
    """How many of the seven criteria hold, or which."""
    if _NUMBER.fullmatch(cell):
        return Meaningful(whole(0, len(CRITERIA))(cell), stated=True, criteria=None)
    criteria = codes(CRITERIA)(cell)
    return Meaningful(len(criteria), stated=True, criteria=criteria)


def urn(cell: str) -> str:
    """A school's six-digit reference number."""
    digits = cell.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()):
        raise UnreadableError("bad_number")
    if len(digits) != URN_DIGITS:
        raise UnreadableError("out_of_range")
    return digits


def urn_named(cell: str) -> str:
    """A reference to a school: whatever it says, the school must be there."""
    return cell.removesuffix(".0")


def postcode(cell: str) -> str:
    """A postcode, upper-case without spaces."""
    plain = "".join(cell.split()).upper()
    if not _POSTCODE.fullmatch(plain):
        raise UnreadableError("bad_postcode")
    return plain


def split_list(cell: str) -> list[str]:
    """The trimmed, non-blank items of a list separated by ``;``."""
    return [item for item in (part.strip() for part in cell.split(";")) if item]


def _is_whole(cell: str) -> bool:
    figure = number(cell)
    return figure == figure.to_integral_value()


def _each(cell: str, read: Callable[[str], int]) -> list[int]:
    found: list[int] = []
    wrong: dict[str, list[str]] = {}
    for item in split_list(cell):
        try:
            found.append(read(item))
        except UnreadableError as error:
            wrong.setdefault(error.codes[0], []).append(item)
    if wrong:
        raise UnreadableError(*wrong, items=[item for items in wrong.values() for item in items])
    return found


def _day_or_half(item: str) -> tuple[HalfDay, ...]:
    words = item.rsplit(maxsplit=1)
    half = words[-1].upper()
    if len(words) > 1 and half in HALVES:
        return (half_day(day(words[0].strip()), half),)
    whole_day = day(item)
    return tuple(half_day(whole_day, part) for part in HALVES)
