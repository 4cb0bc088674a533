"""History: what students did in earlier years, uneven as it is, and less for those who are missing out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.domain import HistoryRow
from engine.rules import INDIVIDUAL_AGE
from scenarios.draws import Draws, Wheel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain import Experience
    from scenarios.stage import Stage

TOOK_PART, LESS_FSM, LESS_SEN = 0.65, 0.11, 0.08
"""Shares with any history: in Year 10 in 2024/25, 58% took part; FSM 50% against 61%, SEND 51% against 59%."""
SEEN_HERE = 0.12
"""Rows of an experience that is on offer again."""
EARLIEST, YOUNG_MOST = 7, 4
LENGTHS: Mapping[int, int] = {1: 45, 2: 35, 3: 8, 4: 8, 10: 4}
TIERS: Mapping[str, Mapping[str, int]] = {
    "young": {"T1": 62, "T2": 33, "T3": 5},
    "older": {"T1": 35, "T2": 40, "T3": 25},
}


def history_of(stage: Stage, experiences: Sequence[Experience]) -> list[HistoryRow]:
    """Every student's rows, oldest first."""
    draws, sectors = Draws(stage.seed, "history"), Wheel(stage.region.industries)
    this_year = int(stage.shape.academic_year[:4])
    rows: list[HistoryRow] = []
    for student in stage.cohort:
        share = TOOK_PART - LESS_FSM * student.fsm - LESS_SEN * (student.sen_status != "N")
        if not draws.chance(share):
            continue
        done: set[str] = set()
        for year in _ages(draws, student.year_group):
            row = _row(draws, year, experiences, sectors)
            if not row.experience_id or row.experience_id not in done:
                start = this_year - student.year_group + year
                label = f"{start}/{(start + 1) % 100:02d}"
                rows.append(replace(row, student_id=student.student_id, academic_year=label))
            done.add(row.experience_id)
    return rows


def _ages(draws: Draws, year_group: int) -> list[int]:
    """The year groups in which a student did something: at most one thing in Year 7 so far, two a year after that."""
    count = min(draws.pick((1, 1, 1, 2, 2, 3, 4)), 1 + 2 * (year_group - EARLIEST))
    return sorted(draws.between(max(EARLIEST, year_group - 3), year_group) for _ in range(count))


def _row(draws: Draws, year: int, experiences: Sequence[Experience], sectors: Wheel[str]) -> HistoryRow:
    """One row without student and date."""
    older = year >= INDIVIDUAL_AGE
    tier = Wheel(TIERS["older" if older else "young"]).spin(draws)
    sector, employer_id, experience_id = sectors.spin(draws), "", ""
    if draws.chance(SEEN_HERE):
        seen = draws.pick(experiences)
        tier, sector, employer_id, experience_id = seen.tier, seen.sector, seen.employer_id, seen.experience_id
    elif draws.chance(0.3):
        employer_id = f"E{90000 + draws.below(9000)}"
    length = Wheel(LENGTHS).spin(draws)
    return HistoryRow(
        student_id="",
        academic_year="",
        year_group=year,
        tier=tier,
        sector=sector,
        half_days=length if older else min(length, YOUNG_MOST),
        employer_id=employer_id,
        experience_id=experience_id,
        counts=not draws.chance(0.15),
    )
