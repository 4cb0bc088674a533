"""Employers with their experiences and dated slots: who offers what, where, when, and how open it is to all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.calendar import SATURDAY
from engine.domain import ACCOMMODATIONS, CRITERIA, Employer, Experience, Slot
from scenarios.draws import Draws, Wheel
from scenarios.ground import km
from scenarios.sectors import FIRM_WORDS, LAST_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.domain import Point
    from scenarios.offers import Draft
    from scenarios.stage import Stage
    from scenarios.terms import Term

OFFERED: dict[str, float] = dict(
    zip(
        ACCOMMODATIONS,
        (0.6, 0.55, 0.42, 0.28, 0.06, 0.25, 0.5, 0.35, 0.45, 0.5, 0.12, 0.45, 0.5, 0.4),
        strict=True,
    )
)
"""How often an employer of middling openness offers each accommodation (our own reading: 63% of placements made
provision for SEND in 2017, NatCen and SQW for DfE)."""
NOT_CLEARED, EXPIRING = 0.02, 0.04
PAST_THE_END, AT_A_WEEKEND = 0.003, 0.001
ONE_SCHOOL, OLDER = 0.06, 10
"""Group, in-school and online slots kept for one school; for the years that most rounds are about."""
WITH_SUPPORT, WITH_RESERVE = 0.1, 0.3
OWN_WEEKS = 0.6
"""An employer runs six in ten of its slots in the week that suits it, so that its daily limit is felt."""
SOME_MISSING, NOT_STATED = 0.12, 0.07
"""Shares of experiences that miss one or two of the seven criteria, and that say nothing about them."""


@dataclass(slots=True)
class Supply:
    """What a round offers; lists in order of id."""

    employers: list[Employer] = field(default_factory=list)
    experiences: list[Experience] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Firm:
    employer: Employer
    place: Point
    week: int
    offered: frozenset[str]


def supply_of(stage: Stage, offers: Sequence[Draft]) -> Supply:
    """Employers for ``offers``: half have one experience, the others two or three."""
    draws, made = Draws(stage.seed, "employers"), Supply()
    sectors = Wheel(stage.region.industries)
    waiting = list(reversed(offers))
    while waiting:
        firm = _firm(draws, len(made.employers) + 1, stage, sectors)
        made.employers.append(firm.employer)
        for _ in range(min(len(waiting), draws.pick((1, 1, 1, 2, 2, 3)))):
            draft = waiting.pop()
            experience = _experience(draws, len(made.experiences) + 1, firm, draft)
            made.experiences.append(experience)
            for size in draft.slots:
                slot = _slot(draws, stage, firm, draft, size)
                slot_id = f"L{len(made.slots) + 1:06d}"
                made.slots.append(replace(slot, slot_id=slot_id, experience_id=experience.experience_id))
    return made


def _firm(draws: Draws, number: int, stage: Stage, sectors: Wheel[str]) -> _Firm:
    openness = draws.stretch(0.6, 1.5)
    employer = Employer(
        employer_id=f"E{number:05d}",
        name=f"{draws.pick(LAST_NAMES)} {draws.pick(FIRM_WORDS)} {number}",
        sector=sectors.spin(draws),
        cleared_until=_cleared_until(draws, stage.term),
        contact_name=f"{draws.pick(('Alex', 'Chris', 'Jo', 'Pat', 'Robin', 'Sam'))} {draws.pick(LAST_NAMES)}",
        contact_email=f"placements@e{number:05d}.example.org",
    )
    offered = frozenset(code for code, share in OFFERED.items() if draws.chance(share * openness))
    return _Firm(employer, draws.pick(stage.region.sites), stage.term.wheel().spin(draws), offered)


def _cleared_until(draws: Draws, term: Term) -> date | None:
    """Checks that hold for a while after the round, run out in its midst, or are not there."""
    lot = draws.unit()
    if lot < NOT_CLEARED:
        return None
    if lot < NOT_CLEARED + EXPIRING:
        return term.starts + timedelta(days=draws.between(20, (term.ends - term.starts).days - 7))
    return term.ends + timedelta(days=draws.between(14, 400))


def _experience(draws: Draws, number: int, firm: _Firm, draft: Draft) -> Experience:
    missing = draws.sample(CRITERIA, draws.pick((1, 1, 2))) if draws.chance(SOME_MISSING) else []
    stated = bool(missing) or not draws.chance(NOT_STATED)
    return Experience(
        experience_id=f"X{number:05d}",
        employer_id=firm.employer.employer_id,
        title=f"{draws.pick(draft.kind.titles)}: {firm.employer.sector.lower()}",
        tier=draft.tier,
        delivery=draft.kind.delivery,
        grouping=draft.kind.grouping,
        year_groups=frozenset(draft.years),
        sector=firm.employer.sector,
        site=None if draft.kind.delivery == "virtual" else firm.place,
        accommodations=firm.offered,
        criteria_met=len(CRITERIA) - len(missing),
        criteria_stated=stated,
        criteria=frozenset(CRITERIA) - frozenset(missing) if stated else None,
    )


def _slot(draws: Draws, stage: Stage, firm: _Firm, draft: Draft, size: tuple[int, int]) -> Slot:
    """A dated slot without its ids."""
    capacity, groups = size
    places = capacity + groups * draft.group_max
    day, half = _date(draws, draft.half_days, firm, stage.term)
    in_person = draft.kind.delivery == "in_person"
    kept = not draft.kind.alone and max(draft.years) >= OLDER and draws.chance(ONE_SCHOOL)
    return Slot(
        slot_id="",
        experience_id="",
        date=day,
        half=half,
        half_days=draft.half_days,
        occupies=stage.term.moments(day, half, draft.half_days),
        capacity=capacity,
        groups=groups,
        group_min=draft.group_min,
        group_max=draft.group_max,
        support_places=min(places, draws.pick((1, 1, 1, 2))) if in_person and draws.chance(WITH_SUPPORT) else 0,
        reserved=draws.between(1, max(1, places // 3)) if draws.chance(WITH_RESERVE) else 0,
        urn=_neighbour(draws, firm, stage) if kept else "",
    )


def _date(draws: Draws, length: int, firm: _Firm, term: Term) -> tuple[date, str]:
    """A start within the term; a few slots run past its end or fall on a Saturday, as in any real list of offers."""
    if length > 1 and draws.chance(PAST_THE_END):
        return term.weeks[-1][-1], "PM"
    if draws.chance(AT_A_WEEKEND):
        friday = draws.pick(term.weeks)[-1]
        return friday + timedelta(days=SATURDAY - friday.weekday()), "AM"
    for _ in range(20):
        week = firm.week if draws.chance(OWN_WEEKS) else term.wheel().spin(draws)
        day, half = term.start(draws, week, length)
        if term.fits(term.moments(day, half, length)):
            return day, half
    return term.weeks[0][0], "AM"


def _neighbour(draws: Draws, firm: _Firm, stage: Stage) -> str:
    """A mainstream school near the employer, for a slot that is kept for one school."""
    mainstream = [school for school in stage.schools if school.type == "mainstream"]
    return min(draws.sample(mainstream, 5), key=lambda school: (km(school.place, firm.place), school.urn)).urn
