"""Read a level's prices back from its proof: whatever the round does not know or no price can be is refused."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.spreadsheet import plain_cell
from solver.prices import Prices
from solver.proof import COLUMNS, row, shared_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from solver.arrays import Ints
    from solver.problem import Problem
    from solver.proof import Labels, Row

LONGEST_TABLE = 1 << 30
"""Bytes of an unpacked table; the prices of a large round take some tens of millions."""
KEYS = list(COLUMNS[:-1])
WHOLE_NUMBER = r"-?[0-9]{1,18}"


class ProofRefusedError(ValueError):
    """A proof that cannot be read, or that says what no proof of this round can."""


def read_prices(problem: Problem, labels: Labels, content: bytes) -> Prices:
    """The prices of a proof's file. Raises ``ProofRefusedError``."""
    table = _table(content)
    by_kind = {str(kind): rows for kind, rows in table.groupby("kind", sort=False)}
    names = {shared_row(name)[:-1]: position for position, name in enumerate(problem.resources.names)}
    shared = [rows for kind, rows in by_kind.items() if kind in {name[0] for name in problem.resources.names}]
    known = {"scale", "rate", "block", "own", "equity", "reserve", *(str(rows["kind"].iloc[0]) for rows in shared)}
    for kind, rows in by_kind.items():
        if kind not in known:
            raise ProofRefusedError(f"{_shown(rows.iloc[0])} names no limit of this round")
    none = table.iloc[:0]
    scale = _listed(by_kind.get("scale", none), {row("scale")[:-1]: 0}, 1)
    if scale[0] < 1:
        raise ProofRefusedError("the scale must be 1 or more")
    blocks = _blocks(problem, by_kind.get("block", none))
    own_pair, own_price = _own(problem, by_kind.get("own", none))
    return Prices(
        scale=int(scale[0]),
        rates=_listed(by_kind.get("rate", none), _by_name("rate", labels.earlier), len(labels.earlier)),
        rows=_listed(pd.concat(shared) if shared else none, names, len(names)),
        blocks=blocks,
        own_pair=own_pair,
        own_price=own_price,
        equity=_listed(by_kind.get("equity", none), _by_name("equity", labels.groups), len(labels.groups)),
        reserve=_reserve(problem, by_kind.get("reserve", none)),
    )


def _table(content: bytes) -> pd.DataFrame:
    """The table with its prices as numbers."""
    try:
        unpacking = zlib.decompressobj(wbits=31)
        text = unpacking.decompress(content, LONGEST_TABLE)
        if not unpacking.eof:
            raise ProofRefusedError("the file is cut short, or longer than any proof")
        table = pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8")
    except (zlib.error, pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ProofRefusedError(f"the file is no gzipped table: {error}") from error
    if list(table.columns) != list(COLUMNS):
        raise ProofRefusedError(f"the columns must be {', '.join(COLUMNS)}")
    _refuse(table, ~table["price"].str.fullmatch(WHOLE_NUMBER), "has no whole number of at most 18 digits as its price")
    _refuse(table, table.duplicated(KEYS), "stands there twice")
    table["price"] = table["price"].astype(np.int64)
    return table


def _listed(rows: pd.DataFrame, names: Mapping[Row, int], size: int) -> Ints:
    """Prices of at least 0, each by the cells that name it."""
    _refuse(rows, rows["price"] < 0, "is negative; only block and own prices may be")
    prices = np.zeros(size, dtype=np.int64)
    for *cells, price in rows.itertuples(index=False, name=None):
        position = names.get(tuple(cells))
        if position is None:
            raise ProofRefusedError(f"{_shown([*cells, price])} names nothing in this round")
        prices[position] = price
    return prices


def _by_name(kind: str, names: Sequence[str]) -> dict[Row, int]:
    return {row(kind, name=name)[:-1]: position for position, name in enumerate(names)}


def _reserve(problem: Problem, rows: pd.DataFrame) -> Ints:
    _only(rows, "slot_id")
    _refuse(rows, rows["price"] < 0, "is negative; only block and own prices may be")
    prices = np.zeros(len(problem.slot_ids), dtype=np.int64)
    prices[_numbers(rows, "slot_id", problem.slot_ids)] = rows["price"].to_numpy()
    return prices


def _blocks(problem: Problem, rows: pd.DataFrame) -> Ints:
    _only(rows, "slot_id", "urn")
    prices = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
    slot = _numbers(rows, "slot_id", problem.slot_ids)
    _refuse(rows, ~problem.blocked[slot], "prices a block in a slot that has none: neither group nor in school")
    every = (rows["urn"] == "").to_numpy()
    prices[:, slot[every]] = rows["price"].to_numpy()[every]
    prices[_numbers(rows[~every], "urn", problem.school_ids), slot[~every]] = rows["price"].to_numpy()[~every]
    return prices


def _own(problem: Problem, rows: pd.DataFrame) -> tuple[Ints, Ints]:
    """The positions of the pairs that pay a price of their own, ascending, and what they pay."""
    _only(rows, "student_id", "slot_id")
    slot = _numbers(rows, "slot_id", problem.slot_ids)
    position, found = problem.pairs.position_of(_numbers(rows, "student_id", problem.student_ids), slot)
    _refuse(rows, ~found, "names a student and a slot that is not open to that student")
    _refuse(rows, ~problem.blocked[slot], "prices a student in a slot without blocks: neither group nor in school")
    order = np.argsort(position, kind="stable")
    return position[order].astype(np.int64), rows["price"].to_numpy()[order]


def _numbers(rows: pd.DataFrame, column: str, ids: Sequence[str]) -> Ints:
    """The solver's numbers of the ids in a column."""
    codes, cells = pd.factorize(rows[column])
    number_of = {each: number for number, each in enumerate(ids)}
    of_cell = np.array([number_of.get(plain_cell(cell), -1) for cell in cells], dtype=np.int64)
    numbers = of_cell[codes]
    _refuse(rows, numbers < 0, f"names a {column} that is not in this round")
    return np.asarray(numbers, dtype=np.int64)


def _only(rows: pd.DataFrame, *columns: str) -> None:
    """Refuse rows that say more than their kind can."""
    for column in set(KEYS[1:]) - set(columns):
        _refuse(rows, rows[column] != "", f"cannot have a {column}")


def _refuse(rows: pd.DataFrame, wrong: object, why: str) -> None:
    at = np.flatnonzero(np.asarray(wrong, dtype=bool))
    if len(at):
        more = f" (and {len(at) - 1} more)" if len(at) > 1 else ""
        raise ProofRefusedError(f"{_shown(rows.iloc[at[0]])} {why}{more}")


def _shown(cells: Iterable[object]) -> str:
    """A row for a reader: its cells that are not blank."""
    return "The row " + " ".join(str(cell) for cell in cells if str(cell))
