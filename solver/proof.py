"""The proof beside a certificate: every level's prices as a table that a person can read and a program can check.

One gzipped CSV a level, ``proof/1-guarantee.csv.gz``: sorted by ids, prices of 0 left out, the same bytes for the same
prices. A student's ``own`` price stands for the ``block`` price of the school in that slot, so it is written even
where it is 0, and left out where it says what the block's says. A ``block`` price that names no school is that of every
school in the slot.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.calendar import day_of, half_of
from engine.spreadsheet import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.policy import Policy
    from solver.arrays import Bools, Ints
    from solver.outcome import LevelResult
    from solver.prices import Prices
    from solver.problem import Problem

COLUMNS = ("kind", "name", "student_id", "slot_id", "urn", "employer_id", "half_day", "price")
PLACES: Mapping[str, tuple[str, ...]] = {
    "capacity": ("slot_id",),
    "employer_day": ("employer_id", "half_day"),
    "employer_total": ("employer_id",),
    "support": ("slot_id",),
    "school_out": ("urn", "half_day"),
    "coach": ("urn", "half_day"),
}
"""What names a shared limit, by the code of its rule."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """What the prices of a level call the earlier levels and the equity groups."""

    earlier: tuple[str, ...]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, policy: Policy, level: int) -> Labels:
        """The labels of the policy's level of this number, from 0."""
        return cls(tuple(each.name for each in policy.levels[:level]), policy.equity_groups)


def proof_path(level: int, name: str) -> str:
    """The file of a level's prices within the published folder; ``level`` counts from 0."""
    safe = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "level"
    return f"proof/{level + 1}-{safe}.csv.gz"


def proof_files(problem: Problem, policy: Policy, results: Sequence[LevelResult]) -> dict[str, bytes]:
    """Every level's prices by the path of their file."""
    there = members(problem)
    return {
        proof_path(number, result.level.name): write_prices(problem, Labels.of(policy, number), result.prices, there)
        for number, result in enumerate(results)
        if result.prices is not None
    }


def write_prices(problem: Problem, labels: Labels, prices: Prices, there: Bools | None = None) -> bytes:
    """The prices as a gzipped table: the same bytes for the same prices, with no name and no time inside.

    ``there``: the problem's ``members``, if they are at hand.
    """
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0, compresslevel=6) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerow(row("scale", price=prices.scale))
        for kind, label, price in _named(labels, prices):
            writer.writerow(row(kind, name=safe_cell(label), price=price))
        writer.writerows(_shared(problem, prices.rows))
        writer.writerows(_blocks(problem, prices.blocks, members(problem) if there is None else there))
        writer.writerows(_own(problem, prices))
        writer.writerows(
            sorted(
                row("reserve", slot_id=safe_cell(problem.slot_ids[j]), price=int(prices.reserve[j]))
                for j in np.flatnonzero(prices.reserve)
            )
        )
        text.flush()
        text.detach()
    return packed.getvalue()


def row(kind: str, *, price: int | str = "", **named: str) -> Row:
    """One row of the table; cells not named are blank."""
    return (kind, *(named.get(column, "") for column in COLUMNS[1:-1]), str(price))


def shared_row(name: Sequence[str]) -> Row:
    """The row of a shared limit, by the name that the problem has for it, without its price."""
    cells = dict(zip(PLACES[name[0]], name[1:], strict=True))
    if "half_day" in cells:
        moment = int(cells["half_day"])
        cells["half_day"] = f"{day_of(moment).isoformat()} {half_of(moment)}"
    return row(name[0], **{column: safe_cell(cell) for column, cell in cells.items()})


def members(problem: Problem) -> Bools:
    """Which (school, slot) have an eligible pair in a slot whose students come in blocks: shape (schools, slots)."""
    return np.asarray(problem.block_members() > 0)


def _named(labels: Labels, prices: Prices) -> Iterator[tuple[str, str, int]]:
    for kind, names, values in (("rate", labels.earlier, prices.rates), ("equity", labels.groups, prices.equity)):
        yield from ((kind, name, int(value)) for name, value in zip(names, values, strict=True) if value)


def _shared(problem: Problem, rows: Ints) -> list[Row]:
    return sorted((*shared_row(problem.resources.names[r])[:-1], str(rows[r])) for r in np.flatnonzero(rows))


def _blocks(problem: Problem, blocks: Ints, eligible: Bools) -> Iterator[Row]:
    """One row for each price, made as it is written: of a hub there may be millions.

    Where all schools of a slot pay the same one row says so, with no school named.
    """
    there = eligible | ~problem.blocked[None, :]
    most = np.where(there, blocks, np.iinfo(np.int64).min).max(axis=0, initial=np.iinfo(np.int64).min)
    least = np.where(there, blocks, np.iinfo(np.int64).max).min(axis=0, initial=np.iinfo(np.int64).max)
    alike = (most == least) & (most != 0) & problem.blocked
    school, slot = np.nonzero((blocks != 0) & there & ~alike[None, :])
    schools = [safe_cell(each) for each in problem.school_ids]
    slots = [safe_cell(each) for each in problem.slot_ids]
    order = np.lexsort((_ranks(schools)[school], _ranks(slots)[slot]))
    school, slot = school[order], slot[order]
    every = sorted((slots[j], int(most[j])) for j in np.flatnonzero(alike))
    yield from (("block", "", "", name, "", "", "", str(price)) for name, price in every)
    for k, j, price in zip(school.tolist(), slot.tolist(), blocks[school, slot].tolist(), strict=True):
        yield ("block", "", "", slots[j], schools[k], "", "", str(price))


def _own(problem: Problem, prices: Prices) -> Iterator[Row]:
    student = problem.pairs.student_of(prices.own_pair)
    slot = problem.pairs.slot[prices.own_pair]
    differs = prices.own_price != prices.blocks[problem.students.school[student], slot]
    student, slot, price = student[differs], slot[differs], prices.own_price[differs]
    order = np.lexsort((_ranks(problem.slot_ids)[slot], _ranks(problem.student_ids)[student]))
    students = [safe_cell(each) for each in problem.student_ids]
    slots = [safe_cell(each) for each in problem.slot_ids]
    for s, j, amount in zip(student[order].tolist(), slot[order].tolist(), price[order].tolist(), strict=True):
        yield ("own", "", students[s], slots[j], "", "", "", amount)


def _ranks(ids: Sequence[str]) -> Ints:
    """The place of every id in their alphabet."""
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return ranks
