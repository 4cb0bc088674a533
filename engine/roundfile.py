"""The settings of a round: ``round.toml``, or a workbook's sheet ``round`` of keys and values, as checked facts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine import cells
from engine.columns import EDGES
from engine.csvtext import FileRefusedError, decode
from engine.domain import Note
from engine.faults import Fault
from engine.policyfile import POLICY_KEYS, PolicyFaults, read_policy
from engine.rawtables import SETTINGS
from engine.sentences import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.csvtext import Rows
    from engine.policy import Policy

_TEXTS = ("name", "term", "academic_year", "seed")
_KEYS = frozenset({*_TEXTS, "starts", "ends", "closed_dates", "policy"})
_LISTS = frozenset({"closed_dates", "policy.priority", "policy.equity_groups"})
_DATE_WORDS = "a date, as 2026-03-31 or 31/03/2026"
_FIRST_MONTH = 9
_LEVEL = "policy.level."
_TOML_DATE = re.compile(r"(?<=[=\[,])([ \t\n]*)([0-9]{4}-[0-9]{2}-[0-9]{2})(?=[ \t]*(?:[,\]#\n]|\Z))")
"""A date as a TOML value stands, whether or not the calendar has it."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")


@dataclass(frozen=True, slots=True)
class RoundSettings:
    """What ``round.toml`` says, defaults filled in; a blank ``seed`` is left blank."""

    name: str
    term: str
    academic_year: str
    starts: date
    ends: date
    closed_dates: frozenset[date]
    seed: str
    policy: Policy


@dataclass(slots=True)
class _Reader:
    """Reads key after key, gathering faults; ``rows`` says where a sheet holds each key."""

    given: Mapping[str, Any]
    rows: Mapping[str, int]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, key: str, value: object, code: str, message: str) -> None:
        """Add a fault of the key."""
        shown = "" if value is None else shortened(str(value))
        self.faults.append(Fault(SETTINGS, self.rows.get(key, 0), key, shown, code, message))

    def text(self, key: str, default: str) -> str:
        """Some text; a number is taken as written."""
        value = self.given.get(key, "")
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal, date)):
            self.fault(key, value, "bad_choice", f"{key} takes text in quotation marks.")
            return default
        return str(value).strip(EDGES) or default

    def day(self, key: str) -> date | None:
        """A date that must be given."""
        value = self.given.get(key, "")
        if value == "":
            self.fault(key, "", "missing_value", f"The round needs {key}: {_DATE_WORDS}.")
            return None
        return self.as_day(key, value)

    def as_day(self, key: str, value: object) -> date | None:
        """A TOML date or the text of a date."""
        if isinstance(value, datetime) and value.time() == time():
            return value.date()
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return cells.day(value.strip(EDGES) if isinstance(value, str) else "")
        except cells.UnreadableError:
            self.fault(key, value, "bad_date", f"“{value}” is not a date that can be read; {key} takes {_DATE_WORDS}.")
            return None

    def days(self, key: str) -> frozenset[date]:
        """A list of dates."""
        given = self.given.get(key, [])
        listed = given if isinstance(given, list) else cells.split_list(given) if isinstance(given, str) else [given]
        return frozenset(day for day in (self.as_day(key, value) for value in listed) if day is not None)


def read_settings(toml: bytes | None, rows: Rows | None) -> tuple[RoundSettings | None, list[Fault], list[Note]]:
    """The settings from the bytes of ``round.toml`` or the rows of a sheet, with every fault in them."""
    if toml is None and rows is None:
        message = "There is no round.toml (or sheet named round); it gives at least starts and ends."
        return None, [Fault(SETTINGS, 0, "", "", "missing_table", message)], []
    try:
        given, where = _parse_rows(rows) if rows is not None else _parse_toml(toml or b"")
    except FileRefusedError as error:
        return None, [Fault(SETTINGS, error.row, "", error.value, error.code, error.message)], []
    return _settings(_Reader(given, where))


def _settings(reader: _Reader) -> tuple[RoundSettings | None, list[Fault], list[Note]]:
    starts, ends = reader.day("starts"), reader.day("ends")
    if starts and ends and ends < starts:
        reader.fault("ends", ends, "contradiction", f"The round ends on {ends} before it starts on {starts}.")
    closed = reader.days("closed_dates")
    texts = {key: reader.text(key, "") for key in _TEXTS}
    policy, wrong = read_policy(reader.given.get("policy", {}))
    _policy_faults(reader, wrong)
    if reader.faults or starts is None or ends is None:
        return None, reader.faults, _unused(reader)
    year = texts["academic_year"] or _academic_year(starts)
    settings = RoundSettings(texts["name"] or "Round", texts["term"], year, starts, ends, closed, texts["seed"], policy)
    return settings, [], _unused(reader)


def _policy_faults(reader: _Reader, wrong: PolicyFaults) -> None:
    for key, value, message in wrong:
        reader.fault(key, value, "bad_policy", message)
    for key in sorted(POLICY_KEYS & set(reader.given)):
        reader.fault(key, reader.given[key], "bad_policy", f"{key} belongs under [policy]; move it there.")


def _unused(reader: _Reader) -> list[Note]:
    unused = sorted(set(reader.given) - _KEYS - POLICY_KEYS)
    if not unused:
        return []
    return [Note("unused_setting", f"Settings of the round that are not used: {', '.join(unused)}.", len(unused))]


def _academic_year(starts: date) -> str:
    first = starts.year if starts.month >= _FIRST_MONTH else starts.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def _parse_toml(content: bytes) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        return _loaded(decode(content).replace("\r\n", "\n")), {}
    except ValueError as error:
        message = f"round.toml cannot be read: {error}. Text needs quotation marks; dates are written 2026-03-31."
        raise FileRefusedError("bad_policy", message) from None
    except RecursionError:
        raise FileRefusedError("hostile_file", "round.toml is nested far too deeply.") from None


def _loaded(text: str) -> dict[str, Any]:
    """What the text says; a date that no calendar has is left as text, to be told of its key beside all else."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError:
        quoted = _TOML_DATE.sub(_quoted_if_no_day, text)
        if quoted == text:
            raise
    return tomllib.loads(quoted, parse_float=Decimal)


def _quoted_if_no_day(found: re.Match[str]) -> str:
    try:
        date.fromisoformat(found[2])
    except ValueError:
        return f'{found[1]}"{found[2]}"'
    return found[0]


def _parse_rows(rows: Rows) -> tuple[dict[str, Any], dict[str, int]]:
    """Keys and values of a sheet as TOML would give them; dotted keys are nested, lists separated by ``;``."""
    given: dict[str, Any] = {}
    where: dict[str, int] = {}
    for number, row in zip(rows.numbers, rows.rows, strict=True):
        key = row[0].strip(EDGES)
        value = row[1].strip(EDGES) if len(row) > 1 else ""
        if not key or (key.casefold() in {"key", "setting"} and number == rows.numbers[0]) or not value:
            continue
        where[key] = number
        _nest(given, key, value)
    return given, where


def _nest(given: dict[str, Any], key: str, value: str) -> None:
    """Put the value where TOML would; levels are listed in the order of their rows."""
    is_level = key.startswith(_LEVEL)
    *path, last = ("policy", "level") if is_level else key.split(".")
    inner = given
    for part in path:
        if not isinstance(inner.setdefault(part, {}), dict):
            inner[part] = {}
        inner = inner[part]
    if is_level:
        before = inner.get(last)
        inner[last] = [*(before if isinstance(before, list) else ()), _level(key.removeprefix(_LEVEL), value)]
    else:
        inner[last] = _meant(key, value)


def _meant(key: str, value: str) -> object:
    """The value as TOML would give it: text, a list, a number, true or false."""
    if key in _TEXTS:
        return value
    if key in _LISTS or key.endswith("_points"):
        return [_plain(item) for item in cells.split_list(value)]
    return _plain(value)


def _level(name: str, value: str) -> dict[str, Any]:
    """A level written ``preference=1; travel=-1; tolerance=0.01; proof=false``."""
    level: dict[str, Any] = {"name": name, "goals": {}}
    for item in cells.split_list(value):
        key, _, figure = (part.strip() for part in item.partition("="))
        (level if key in {"tolerance", "proof"} else level["goals"])[key] = _plain(figure)
    return level


def _plain(value: str) -> object:
    if value.casefold() in {"true", "false", "y", "n"}:
        return value.casefold() in {"true", "y"}
    if _NUMBER.fullmatch(value):
        return Decimal(value) if "." in value else int(value)
    return value
