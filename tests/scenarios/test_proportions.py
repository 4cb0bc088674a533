"""The generated scenarios are as large, as scarce and as uneven as they claim, measured from the loaded round."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from numpy import diff

from engine.options import build_options
from engine.rules import PAIR_RULES
from scenarios.rivers import meets

NAMES = ("pilot", "year10", "hub")


@pytest.fixture(params=NAMES)
def scenario(request):
    """Each generated scenario, ``hub`` with 24 of its schools and the others whole."""
    return request.getfixturevalue(request.param)


def test_it_loads_without_faults(scenario):
    """Not one fault in any table; what rules exclude is noted."""
    _, _, checked = scenario
    assert checked.faults == []
    assert {note.code for note in checked.notes} >= {"employer_not_cleared", "checks_lapse", "meaningful_blank"}


def test_places_are_scarce_and_half_are_in_groups(scenario):
    """Places for 85% of demand, half a point either way; 40 to 60% of them in groups of five or more."""
    _, figures, _ = scenario
    assert figures["places_over_demand"] == pytest.approx(0.85, abs=0.005)
    assert 0.4 <= figures["share_of_places_in_groups"] <= 0.6


def test_a_third_of_employers_and_schools_are_limited(scenario):
    """A third, two points either way."""
    _, figures, _ = scenario
    assert figures["share_of_employers_limited"] == pytest.approx(1 / 3, abs=0.02)
    assert figures["share_of_schools_limited"] == pytest.approx(1 / 3, abs=0.02)


def test_one_student_in_eight_has_needs_and_support_is_scarce(scenario):
    """12.5% with access or support needs; fewer support places than those students may ask for."""
    round_, figures, _ = scenario
    assert figures["share_with_access_or_support_needs"] == pytest.approx(0.125, abs=0.001)
    wanted = figures["students_needing_support"] * round_.policy.max_experiences
    assert 0 < figures["support_places"] < 0.6 * wanted


def test_free_meals_are_a_third_and_clustered(scenario):
    """A third of students within three points; under 15% in one mainstream school, over 55% in another."""
    _, figures, _ = scenario
    assert figures["share_fsm"] == pytest.approx(1 / 3, abs=0.03)
    assert figures["share_fsm_by_mainstream_school"]["least"] < 0.15
    assert figures["share_fsm_by_mainstream_school"]["most"] > 0.55


def test_history_is_uneven(scenario):
    """Six students in ten have done something before; fewer of those with free meals or special needs."""
    round_, figures, _ = scenario
    assert figures["share_with_history"] == pytest.approx(0.6, abs=0.03)
    past = {row.student_id for row in round_.history}

    def share(chosen):
        return sum(s.student_id in past for s in chosen) / len(chosen)

    students = list(round_.students.values())
    assert share([s for s in students if s.fsm]) < share([s for s in students if not s.fsm]) - 0.05
    assert share([s for s in students if s.sen_status != "N"]) < share([s for s in students if s.sen_status == "N"])


def test_popularity_is_skewed(scenario):
    """A tenth of the experiences get more than a third of all wishes for an experience."""
    round_, _, _ = scenario
    wishes = [p.value for p in round_.preferences if p.kind == "experience"]
    most = Counter(wishes).most_common(len(round_.experiences) // 10)
    assert sum(count for _, count in most) > len(wishes) / 3
    assert max(p.rank for p in round_.preferences if p.kind == "experience") == 6


def test_sectors_on_offer_do_not_match_interests(scenario):
    """Arts and leisure are wished for more than twice as often as they are offered."""
    round_, _, _ = scenario
    wished = [p.value for p in round_.preferences if p.kind == "sector"]
    offered = [x.sector for x in round_.experiences.values()]
    arts = "Arts and leisure"
    assert wished.count(arts) / len(wished) > 1.5 * offered.count(arts) / len(offered)


def test_the_river_splits_the_region(scenario):
    """Schools on both banks, and few students who live across the river from their school."""
    round_, _, _ = scenario
    (river,) = round_.barriers
    assert len(river.crossings) >= 2
    schools = [school.place for school in round_.schools.values()]
    apart = sum(meets(a, b, river.line) % 2 for a in schools for b in schools) / len(schools) ** 2
    assert apart > 0.2
    homes = [(s.home, round_.schools[s.urn].place) for s in round_.students.values() if s.home]
    assert sum(meets(home, school, river.line) % 2 for home, school in homes) < 0.12 * len(homes)


def test_slots_are_of_every_length_and_delivery(scenario):
    """Half-days, days and placements of four to ten half-days; at employers, in school and online; a few kept back."""
    round_, _, _ = scenario
    lengths = {slot.half_days for slot in round_.slots.values()}
    assert {1, 2, 4, 6, 10} <= lengths
    assert {x.delivery for x in round_.experiences.values()} == {"in_person", "in_school", "virtual"}
    kept = sum(bool(slot.urn) for slot in round_.slots.values()) / len(round_.slots)
    assert 0.02 < kept < 0.1
    assert {d.kind for d in round_.decisions} == {"pin", "forbid", "separate"}


def test_groups_are_what_employers_can_host(scenario):
    """Groups of five or six at least, six to fifteen at most, one to four at a time."""
    round_, _, _ = scenario
    groups = [slot for slot in round_.slots.values() if slot.group_max]
    assert {slot.group_min for slot in groups} == {5, 6}
    assert all(6 <= slot.group_max <= 15 and 1 <= slot.groups <= 4 for slot in groups)


def test_some_weeks_are_crowded(scenario):
    """The three busiest weeks hold more than half of the in-person slots."""
    round_, _, _ = scenario
    weeks = [slot.date.isocalendar().week for slot in round_.slots.values()]
    busiest = sorted((weeks.count(week) for week in set(weeks)), reverse=True)
    assert sum(busiest[:3]) > 0.5 * len(weeks)
    assert len(busiest) >= 10


def test_pins_can_be_kept(scenario):
    """Every place found by a family passes every pair rule for its student, bar travel, which a pin may break."""
    round_, _, _ = scenario
    pins = {(d.student_id, d.slot_id) for d in round_.decisions if d.kind == "pin"}
    pinned = replace(round_, students={student_id: round_.students[student_id] for student_id, _ in sorted(pins)})
    options = build_options(pinned, [rule for rule in PAIR_RULES if rule != "travel"])
    owners = [options.students[i] for i, n in enumerate(diff(options.first)) for _ in range(n)]
    assert len(pins) > 0.009 * len(round_.students)
    assert pins <= set(zip(owners, (options.slots[j] for j in options.slot), strict=True))


@pytest.mark.parametrize(("name", "least", "most"), [("pilot", 400_000, 800_000), ("year10", 6_000_000, 9_000_000)])
def test_eligible_pairs_are_counted(request, name, least, most):
    """The graph is as large as the scenario says."""
    _, figures, _ = request.getfixturevalue(name)
    assert least < figures["eligible_pairs"] < most


def test_year10_has_the_hub_s_schools(year10):
    """93 mainstream, 45 special, 10 alternative provision and 13 post-16; special and alternative cohorts are small."""
    round_, figures, _ = year10
    assert figures["schools_by_type"] == {"alternative_provision": 10, "mainstream": 93, "post16": 13, "special": 45}
    assert figures["students_by_year"]["10"] > 0.9 * 15_000
    sizes = []
    for urn, school in round_.schools.items():
        if school.type == "special":
            sizes.append(sum(s.urn == urn for s in round_.students.values()))
    assert 10 <= sorted(sizes)[len(sizes) // 2] <= 20


def test_hub_has_every_year_and_as_few_slots_to_a_student_as_it_says(hub):
    """Years 7 to 13, 31,000 to 33,000 slots for 130,000 students, up to three experiences each."""
    round_, figures, _ = hub
    assert set(figures["students_by_year"]) == {str(year) for year in range(7, 14)}
    assert max(figures["students_by_year"].values()) < 2 * min(figures["students_by_year"].values())
    assert 31_000 < 130_000 * len(round_.slots) / 19_500 < 33_000
    assert round_.policy.max_experiences == 3
