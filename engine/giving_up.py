"""What giving up each row of an allocation would take from its student's own goals, all rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.lottery_tickets import ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.given import Given
    from engine.standing import Standing

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


def losses(standing: Standing, rows: Sequence[Given]) -> Mapping[str, Numbers | Flags]:
    """By goal, what each of ``rows`` adds beside the others of its student: arrays of shape (rows,)."""
    number: dict[str, int] = {}
    owner = _numbers(number.setdefault(row.student.student_id, len(number)) for row in rows)
    slots = _numbers(standing.slot_number[row.slot.slot_id] for row in rows)
    progress = [standing.progress[row.student.student_id] for row in rows]
    counts, tiers = standing.counts[slots], standing.tiers[slots]
    points = _numbers(row.points for row in rows)
    tickets = _numbers(ticket(standing.room.round_.seed, student_id) for student_id in number)
    only = _of_owner(owner, np.ones(len(rows), dtype=np.bool_)) == 1
    new = _flags(row.experience.sector.casefold() not in p.sectors for row, p in zip(rows, progress, strict=True))
    higher = tiers > _numbers(standing.tier_number(each.top_tier) for each in progress)
    told = _flags((row.student.student_id, row.slot.slot_id) in standing.notified for row in rows)
    return {
        "guarantee": _flags(p.priority for p in progress) & _alone(owner, counts),
        "reach": only,
        "need": _need(_numbers(p.deficit for p in progress), owner, counts * standing.half_days[slots]),
        "preference": points,
        "breadth": _alone(owner * len(standing.sector_number) + standing.sectors[slots], new),
        "progression": _alone(owner, higher),
        "travel": _numbers(((row.tenths or 0) + 5) // 10 for row in rows),
        "lottery": points * tickets[owner],
        "stability": -told.astype(np.int64),
        "replaced": only & _flags(row.student.student_id in standing.told for row in rows),
    }


def _need(deficit: Numbers, owner: Numbers, given: Numbers) -> Numbers:
    """What each row's counting half-days take off the triangle number of what its student lacks without them."""
    whole = _of_owner(owner, given)
    with_it, without_it = np.maximum(0, deficit - whole), np.maximum(0, deficit - whole + given)
    loss: Numbers = (without_it * (without_it + 1) - with_it * (with_it + 1)) // 2
    return loss


def _alone(key: Numbers, has: Flags) -> Flags:
    """Which rows have something that no other row of the same key has."""
    alone: Flags = has & (_of_owner(key, has) == 1)
    return alone


def _of_owner(owner: Numbers, amounts: Numbers | Flags) -> Numbers:
    """For each row the sum of ``amounts`` over the rows of its owner."""
    _, dense = np.unique(owner, return_inverse=True)
    sums = np.zeros(int(dense.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(sums, dense, amounts)
    return sums[dense]


def _numbers(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, dtype=np.int64)


def _flags(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, dtype=np.bool_)
