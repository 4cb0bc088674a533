"""Employers with their experiences and dated slots: who offers what, where, when, and how open it is to all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.calendar import day_of
from engine.domain import ACCOMMODATIONS, CRITERIA, Employer, Experience, Slot
from scenarios.draws import Draws, Wheel
from scenarios.sectors import FIRM_WORDS, LAST_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.domain import Point, School
    from scenarios.offers import Draft
    from scenarios.region import Region
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
ONE_SCHOOL = 0.04
WITH_SUPPORT, WITH_RESERVE = 0.1, 0.3
OWN_WEEKS = 0.6
"""An employer runs six in ten of its slots in the week that suits it, so that its daily limit is felt."""


@dataclass(slots=True)
class Supply:
    """What a round offers; lists in order of id."""

    employers: list[Employer] = field(default_factory=list)
    experiences: list[Experience] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Firm:
    number: int
    employer: Employer
    place: Point
    week: int
    offered: frozenset[str]


def supply_of(seed: int, region: Region, term: Term, schools: Sequence[School], offers: Sequence[Draft]) -> Supply:
    """Employers for ``offers``: six in ten have one experience, the others two or three."""
    draws, made = Draws(seed, "employers"), Supply()
    sectors = Wheel(region.industries)
    waiting = list(reversed(offers))
    while waiting:
        firm = _firm(draws, len(made.employers) + 1, region, sectors, term)
        made.employers.append(firm.employer)
        for _ in range(min(len(waiting), draws.pick((1, 1, 1, 2, 2, 3)))):
            _add_experience(draws, made, firm, waiting.pop(), term, schools)
    return made


def _firm(draws: Draws, number: int, region: Region, sectors: Wheel[str], term: Term) -> _Firm:
    openness = draws.stretch(0.6, 1.5)
    name = f"{draws.pick(LAST_NAMES)} {draws.pick(FIRM_WORDS)} {number}"
    employer = Employer(
        employer_id=f"E{number:05d}",
        name=name,
        sector=sectors.spin(draws),
        cleared_until=_cleared_until(draws, term),
        contact_name=f"{draws.pick(('Alex', 'Chris', 'Jo', 'Pat', 'Robin', 'Sam'))} {draws.pick(LAST_NAMES)}",
        contact_email=f"placements@e{number:05d}.example.org",
    )
    offered = frozenset(code for code, share in OFFERED.items() if draws.chance(share * openness))
    return _Firm(number, employer, draws.pick(region.sites), term.wheel().spin(draws), offered)


def _cleared_until(draws: Draws, term: Term) -> date | None:
    """Checks that hold for a while after the round, run out in its midst, or are not there."""
    lot = draws.unit()
    if lot < NOT_CLEARED:
        return None
    if lot < NOT_CLEARED + EXPIRING:
        return term.starts + timedelta(days=draws.between(20, (term.ends - term.starts).days - 7))
    return term.ends + timedelta(days=draws.between(14, 400))


def _add_experience(draws: Draws, made: Supply, firm: _Firm, draft: Draft, term: Term, schools: Sequence[School]) -> None:
    number = len(made.experiences) + 1
    missing = draws.sample(CRITERIA, draws.pick((1, 1, 2))) if draws.chance(0.12) else []
    stated = bool(missing) or not draws.chance(0.07)
    virtual = draft.kind.delivery == "virtual"
    experience = Experience(
        experience_id=f"X{number:05d}",
        employer_id=firm.employer.employer_id,
        title=f"{draws.pick(draft.kind.titles)}: {firm.employer.sector.lower()}",
        tier=draft.tier,
        delivery=draft.kind.delivery,
        grouping=draft.kind.grouping,
        year_groups=frozenset(draft.years),
        sector=firm.employer.sector,
        site=None if virtual else firm.place,
        accommodations=firm.offered,
        criteria_met=len(CRITERIA) - len(missing),
        criteria_stated=stated,
        criteria=frozenset(CRITERIA) - frozenset(missing) if stated else None,
    )
    made.experiences.append(experience)
    for capacity, groups in draft.slots:
        made.slots.append(_slot(draws, len(made.slots) + 1, experience, draft, (capacity, groups), firm, term, schools))


def _slot(
    draws: Draws, number: int, experience: Experience, draft: Draft, size: tuple[int, int], firm: _Firm, term: Term,
    schools: Sequence[School],
) -> Slot:  # fmt: skip
    capacity, groups = size
    day, half = _date(draws, draft.half_days, firm, term)
    in_person = draft.kind.delivery == "in_person"
    support = draws.pick((1, 1, 1, 2)) if in_person and draws.chance(WITH_SUPPORT) else 0
    places = capacity + groups * draft.group_max
    reserved = draws.between(1, max(1, places // 3)) if draws.chance(WITH_RESERVE) else 0
    urn = ""
    if draws.chance(ONE_SCHOOL) and not (in_person and draft.kind.placement):
        urn = _neighbour(draws, experience, schools)
    return Slot(
        slot_id=f"L{number:06d}",
        experience_id=experience.experience_id,
        date=day,
        half=half,
        half_days=draft.half_days,
        occupies=term.moments(day, half, draft.half_days),
        capacity=capacity,
        groups=groups,
        group_min=draft.group_min,
        group_max=draft.group_max,
        support_places=min(support, places),
        reserved=reserved,
        urn=urn,
    )


def _date(draws: Draws, length: int, firm: _Firm, term: Term) -> tuple[date, str]:
    """A start within the term; a few slots run past its end or fall on a Saturday, as in any real list of offers."""
    if draws.chance(PAST_THE_END):
        return term.weeks[-1][-1], "PM" if length > 1 else "AM"
    if draws.chance(AT_A_WEEKEND):
        friday = draws.pick(term.weeks)[-1]
        return friday + timedelta(days=5 - friday.weekday()), "AM"
    for _ in range(20):
        week = firm.week if draws.chance(OWN_WEEKS) else term.wheel().spin(draws)
        day, half = term.start(draws, week, length)
        if term.fits(term.moments(day, half, length)):
            return day, half
    return term.weeks[0][0], "AM"


def _neighbour(draws: Draws, experience: Experience, schools: Sequence[School]) -> str:
    """One of the larger schools, for a slot kept for one school; never a school it is too small for."""
    if experience.year_groups <= {7, 8, 9}:
        return ""
    mainstream = [school for school in schools if school.type == "mainstream"]
    return draws.pick(mainstream).urn if mainstream else ""


def last_day(slot: Slot) -> date:
    """The last day that a slot touches."""
    return day_of(slot.occupies[-1])
