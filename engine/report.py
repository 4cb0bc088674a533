"""The report: one self-contained page for a head teacher, with no name and nothing about any one student."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.certified import LevelLine, level_lines
from engine.demand import demand
from engine.fairness import Line, fairness
from engine.map_drawing import Drawing, draw_map
from engine.pages import page
from engine.reason_words import REASON_WORDS
from engine.suppression import Shown, percent, shown_counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.audit import Audit
    from engine.domain import Round
    from engine.given import Given
    from engine.options import Options
    from engine.reasons import Unplaced

NEARLY_ALL, MOST = 95, 80
"""From which percentage of its students placed a school is in each class of the map's legend."""
LEGEND: Mapping[str, str] = {
    "all": f"School: {NEARLY_ALL}% or more of its students have an experience",
    "most": f"School: {MOST}% to {NEARLY_ALL - 1}%",
    "fewer": f"School: below {MOST}%",
    "unsaid": "School: too few students to say",
}


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason for having nothing, in words, and how many students it is the reason of."""

    title: str
    meaning: str
    students: Shown


def report_html(
    round_: Round,
    options: Options,
    rows: Sequence[Given],
    unplaced: Sequence[Unplaced],
    *,
    certificate: Mapping[str, Any],
    audit: Audit,
) -> str:
    """The page; times and memory stay in the certificate, so that the same allocation gives the same bytes."""
    tables = fairness(round_, rows)
    levels = level_lines(round_, certificate)
    return page(
        "report.html.j2",
        round=round_,
        policy=round_.policy,
        fairness=tables,
        demand=demand(round_, options, rows, tables),
        levels=levels,
        proven=sum(level.proven for level in levels if level.counts),
        provable=sum(level.counts for level in levels),
        more=_more_students(levels),
        certificate=certificate,
        edited=certificate.get("override"),
        costs=[level for level in certificate.get("levels", ()) if level.get("cost", 0) > 0],
        overrides=len(audit.overrides),
        absent=shown_counts([len(round_.students) - tables.students], sum_known=False)[0],
        reserved=_reserved(round_, audit),
        reasons=_reason_lines(round_, unplaced),
        map=_map(round_, tables.by_school),
        legend=LEGEND,
        placed_percent=percent(tables.placed, tables.students),
        unstated=sum(not experience.criteria_stated for experience in round_.experiences.values()),
        uncounted=sum(not experience.counts for experience in round_.experiences.values()),
        decisions=Counter(decision.kind for decision in round_.decisions),
    )


def _more_students(levels: Sequence[LevelLine]) -> int | None:
    """How many more students could at most be placed; ``None`` where no level is about that alone."""
    about = [level for level in levels if level.goal_names == ("reach",) and level.bound is not None]
    return max(0, about[0].bound - about[0].value) if about and about[0].bound is not None else None


def _reserved(round_: Round, audit: Audit) -> tuple[int, Shown]:
    """The places meant first for priority students, and how many of them such students have."""
    places = sum(slot.reserved for slot in round_.slots.values())
    taken = audit.goals.get("reserve", 0)
    return places, shown_counts([taken, max(0, places - taken)])[0]


def _reason_lines(round_: Round, unplaced: Sequence[Unplaced]) -> tuple[ReasonLine, ...]:
    """The reasons of the available students without a slot, the commonest first.

    Every reason is listed, for one that is left out would tell that the others are not nought.
    """
    times = Counter(each.reason for each in unplaced if round_.students[each.student_id].available)
    counts = shown_counts([times[reason] for reason in REASON_WORDS])
    lines = [ReasonLine(*words, count) for words, count in zip(REASON_WORDS.values(), counts, strict=True)]
    return tuple(sorted(lines, key=lambda line: -line.students.low if line.students.exact else 0))


def _map(round_: Round, schools: Sequence[Line]) -> Drawing | None:
    return draw_map(round_, {line.key: (_legend_of(line), f"{line.label}: {_words(line)}") for line in schools})


def _legend_of(line: Line) -> str:
    if not line.placed.whole or line.placed.kind in {"hidden", "few"}:
        return "unsaid"
    low, high = percent(line.placed.low, line.placed.whole), percent(line.placed.high, line.placed.whole)
    if low >= NEARLY_ALL:
        return "all"
    if low >= MOST and (high < NEARLY_ALL or line.placed.kind == "most"):
        return "most"
    return "fewer" if high < MOST else "unsaid"


def _words(line: Line) -> str:
    share = line.placed.share()
    return f"{share} of its students have an experience" if share else "too few students to say"
