"""A re-run: the round as it is now beside the allocation that was published, and the levels that keep what they can.

The published rows become the round's baseline. Those in slots that start before the re-run's date are frozen
(``Round.frozen``); the rest are options like any other, which the levels ``replaced`` and ``stability`` prefer.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

from engine.domain import BaselineRow
from engine.goals import GOALS
from engine.policy import RERUN_LEVELS
from engine.spreadsheet import csv_text, plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from engine.allocation import Allocation
    from engine.domain import Round
    from engine.policy import Level, Policy

BASELINE_COLUMNS: tuple[str, ...] = ("student_id", "slot_id", "notified")
KEEPING_GOALS = frozenset(goal.name for goal in GOALS if goal.rerun)
KEEPING_LEVELS = tuple(level for level in RERUN_LEVELS if level.goals.keys() <= KEEPING_GOALS)
"""The levels that a re-run puts before the policy's own."""


def baseline_of(round_: Round, published: Allocation) -> tuple[BaselineRow, ...]:
    """The published rows, each once, as the baseline of a re-run.

    What was published decides which rows there are; the round's own ``baseline`` table says of which of them families
    have not been notified. Its other rows are left out (``not_published`` lists them).
    """
    quiet = {row.pair for row in round_.baseline if not row.notified}
    pairs = sorted({(row.student_id, row.slot_id) for row in published.assignments})
    return tuple(BaselineRow(*pair, notified=pair not in quiet) for pair in pairs)


def not_published(round_: Round, published: Allocation) -> tuple[BaselineRow, ...]:
    """Rows of the round's ``baseline`` table that the published allocation does not have."""
    pairs = {(row.student_id, row.slot_id) for row in published.assignments}
    return tuple(row for row in round_.baseline if row.pair not in pairs)


def rerun_round(round_: Round, baseline: Iterable[BaselineRow], since: date | None) -> Round:
    """The round of a re-run: this baseline, rows that start before ``since`` (default: the round's start) frozen.

    Its policy ranks what keeps the published allocation first, unless it already ranks one of those goals itself.
    """
    policy = replace(round_.policy, levels=rerun_levels(round_.policy), levels_given=True)
    return replace(round_, baseline=tuple(baseline), rerun_from=since or round_.starts, policy=policy)


def rerun_levels(policy: Policy) -> tuple[Level, ...]:
    """``replaced``, ``stability``, then the policy's own levels; those alone where they already name such a goal."""
    if any(not KEEPING_GOALS.isdisjoint(level.goals) for level in policy.levels):
        return policy.levels
    taken = {level.name for level in policy.levels}
    renamed = (replace(level, name=_free_name(level.name, taken)) for level in KEEPING_LEVELS)
    return (*renamed, *policy.levels)


def baseline_csv(baseline: Iterable[BaselineRow]) -> bytes:
    """The baseline as the table ``baseline.csv``, which a round can read too."""
    rows = ((row.student_id, row.slot_id, "Y" if row.notified else "N") for row in baseline)
    return csv_text(BASELINE_COLUMNS, rows).encode()


def read_baseline(content: bytes) -> tuple[BaselineRow, ...]:
    """The baseline that ``baseline_csv`` wrote; raises ``ValueError`` for any other table."""
    header, *rows = list(csv.reader(StringIO(content.decode("utf-8"), newline=""))) or [[]]
    if tuple(header) != BASELINE_COLUMNS or any(len(row) != len(header) or row[2] not in {"Y", "N"} for row in rows):
        raise ValueError(f"its columns must be {', '.join(BASELINE_COLUMNS)}, the last of them Y or N")
    return tuple(BaselineRow(plain_cell(row[0]), plain_cell(row[1]), row[2] == "Y") for row in rows)


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += " (re-run)"
    return name
