"""History: what students did in earlier years, uneven as it is, and less for those who are missing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain import HistoryRow
from scenarios.draws import Draws, Wheel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain import Experience, Student

TOOK_PART, LESS_FSM, LESS_SEN = 0.65, 0.11, 0.08
"""Shares with any history: in Year 10 in 2024/25, 58% took part; FSM 50% against 61%, SEND 51% against 59%."""
SEEN_HERE = 0.12
"""Rows of an experience that is on offer again."""
EARLIEST = 7
LENGTHS: Mapping[int, int] = {1: 45, 2: 35, 3: 8, 4: 8, 10: 4}
TIERS: Mapping[str, Mapping[str, int]] = {
    "young": {"T1": 62, "T2": 33, "T3": 5},
    "older": {"T1": 35, "T2": 40, "T3": 25},
}


def history_of(
    seed: int, students: Sequence[Student], experiences: Sequence[Experience], industries: Mapping[str, int], this_year: str
) -> list[HistoryRow]:
    """Every student's rows, oldest first."""
    draws, sectors = Draws(seed, "history"), Wheel(industries)
    first = int(this_year[:4])
    rows: list[HistoryRow] = []
    for student in students:
        share = TOOK_PART - LESS_FSM * student.fsm - LESS_SEN * (student.sen_status != "N")
        if not draws.chance(share):
            continue
        count = min(draws.pick((1, 1, 1, 2, 2, 3, 4)), 1 + 2 * (student.year_group - EARLIEST))
        ages = sorted(draws.between(max(EARLIEST, student.year_group - 3), student.year_group) for _ in range(count))
        done: set[str] = set()
        for year in ages:
            start = first - (student.year_group - year)
            row = _row(draws, student.student_id, f"{start}/{(start + 1) % 100:02d}", year, experiences, sectors)
            if not row.experience_id or row.experience_id not in done:
                rows.append(row)
            done.add(row.experience_id)
    return rows


def _row(
    draws: Draws, student_id: str, academic_year: str, year: int, experiences: Sequence[Experience], sectors: Wheel[str]
) -> HistoryRow:
    tier = Wheel(TIERS["young" if year < 10 else "older"]).spin(draws)  # noqa: PLR2004
    sector, employer_id, experience_id = sectors.spin(draws), "", ""
    if draws.chance(SEEN_HERE):
        seen = draws.pick(experiences)
        tier, sector, employer_id, experience_id = seen.tier, seen.sector, seen.employer_id, seen.experience_id
    elif draws.chance(0.3):
        employer_id = f"E{90000 + draws.below(9000)}"
    length = Wheel(LENGTHS).spin(draws)
    return HistoryRow(
        student_id, academic_year, year, tier, sector, min(length, 4) if year < 10 else length,  # noqa: PLR2004
        employer_id, experience_id, counts=not draws.chance(0.15),
    )  # fmt: skip
