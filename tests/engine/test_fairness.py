"""Small numbers stay unknown: neither shown nor to be worked out from what is shown and every total."""

from __future__ import annotations

import pytest
from audit_rounds import employer, experience, policy_of, round_of, school, slot, student
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.allocation import Allocation
from engine.demand import demand
from engine.domain import Preference
from engine.fairness import fairness
from engine.given import given_rows
from engine.options import build_options
from engine.suppression import SMALL, Shown, percent, shown_counts, shown_parts


def possible(shown: list[tuple[int, int]], total: int) -> list[set[int]]:
    """What each count could be for a reader who knows every range and the total, by trying every case."""
    found = []
    for row, (low, high) in enumerate(shown):
        sums = {0}
        for other in (*shown[:row], *shown[row + 1 :]):
            sums = {before + value for before in sums for value in range(other[0], other[1] + 1)}
        found.append({value for value in range(low, high + 1) if total - value in sums})
    return found


def printed_range(shown: Shown, most: int) -> tuple[int, int]:
    """What a reader takes from the words alone."""
    text = shown.text()
    if text == f"fewer than {SMALL}":
        return 0, SMALL - 1
    if text.endswith(" or more"):
        return int(text.removesuffix(" or more").replace(",", "")), most
    return (0, most) if text == "not shown" else (int(text.replace(",", "")),) * 2


def read(shown: tuple[Shown, ...], small: list[bool], total: int) -> list[tuple[int, int]]:
    """What a reader who knows how tables are withheld takes from one.

    Where every small row still says that it is small, what is not shown is not small; else nobody can tell.
    """
    if any(each.kind == "hidden" and little for each, little in zip(shown, small, strict=True)):
        return [(0, each.whole or total) if each.kind == "hidden" else (each.low, each.high) for each in shown]
    return [(each.low, each.high) for each in shown]


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=4))
def test_no_small_count_is_shown_or_can_be_worked_out(values):
    """For any few counts whose total is known, a small one is never printed and never the only possibility."""
    shown = shown_counts(values)
    for each, value in zip(shown, values, strict=True):
        low, high = printed_range(each, sum(values))
        assert low <= value <= high
        assert value >= SMALL or not each.exact
    cases = possible(read(shown, [value < SMALL for value in values], sum(values)), sum(values))
    bare = possible([(0, sum(values))] * len(values), sum(values))
    for value, left, anyway in zip(values, cases, bare, strict=True):
        if value < SMALL:
            assert left >= {each for each in anyway if each < SMALL}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=4))
def test_no_small_part_or_remainder_can_be_worked_out(groups):
    """For any few groups of students of whom some are placed, all totals known, small ones stay in doubt."""
    parts, sizes = [part for part, _ in groups], [part + rest for part, rest in groups]
    wholes = shown_counts(sizes)
    shown = shown_parts(parts, wholes)
    small = [part < SMALL or size - part < SMALL for part, size in zip(parts, sizes, strict=True)]
    cases = possible(read(shown, small, sum(parts)), sum(parts))
    bare = possible([(0, whole.high) for whole in wholes], sum(parts))
    for part, size, whole, each, left, anyway in zip(parts, sizes, wholes, shown, cases, bare, strict=True):
        assert each.low <= part <= each.high
        if not whole.exact:
            assert each.kind == "hidden"
        elif part < SMALL:
            assert left >= {value for value in anyway if value < SMALL}
        elif size - part < SMALL:
            assert left >= {value for value in anyway if size - value < SMALL}


def test_a_lone_small_count_takes_a_neighbour_with_it():
    """One withheld row would be the total less the others, so another is withheld too: the smallest that will do."""
    assert [each.text() for each in shown_counts([40, 3, 9, 20])] == ["40", "fewer than 5", "not shown", "20"]


def test_nearly_everybody_is_said_without_the_exact_number():
    """Forty-eight of fifty: two are without, and the page says 46 or more."""
    wholes = shown_counts([50, 60])
    shown = shown_parts([48, 40], wholes)
    assert (shown[0].text(), shown[0].share(), shown[0].short_share()) == ("46 or more", "92% or more", "≥92%")
    assert (shown[1].text(), shown[1].share(), shown[1].short_share()) == (
        "not shown",
        "60% to 70%",
        "60\N{EN DASH}70%",
    )


def test_everybody_and_nobody_need_no_veil():
    """Where the totals alone say that all are placed, the tables say so too."""
    assert [each.text() for each in shown_parts([50, 60], shown_counts([50, 60]))] == ["50", "60"]


def test_a_percentage_is_whole_only_for_all_and_nought_only_for_none():
    """999 of 1,000 is 99%, one of 1,000 is 1%."""
    assert [percent(*each) for each in ((999, 1000), (1, 1000), (0, 9), (9, 9), (1, 2), (0, 0))] == [
        99,
        1,
        0,
        100,
        50,
        0,
    ]


def crowd(*, placed: int, fsm: int, students: int = 80):
    """A round of so many students at two schools, and the rows of the first so many of them."""
    people = [
        student(f"s{n:02}", urn=("100001", "100002")[n % 2], fsm=n < fsm, sen_status="KENN"[n % 4], year_group=10)
        for n in range(students)
    ]
    round_ = round_of(*people, school("100001"), school("100002"), slot(capacity=99))
    allocation = Allocation.of((f"s{n:02}", "t1") for n in range(placed))
    return round_, build_options(round_), given_rows(round_, build_options(round_), allocation)


def test_three_students_of_a_group_are_not_told_of():
    """A group of three is withheld, and so is its complement, which the total would turn into it."""
    round_, _, rows = crowd(placed=60, fsm=3)
    by_fsm = fairness(round_, rows).by_fsm
    assert [line.students.text() for line in by_fsm] == ["fewer than 5", "not shown"]
    assert [line.placed.text() for line in by_fsm] == ["not shown", "not shown"]


def test_the_tiers_do_not_add_up_to_a_withheld_group():
    """Where the FSM figure is withheld the tiers' FSM shares are too, and only those."""
    round_, _, rows = crowd(placed=60, fsm=3)
    tiers = fairness(round_, rows).by_tier
    assert {tier.fsm for tier in tiers} == {None}
    assert None not in {tier.sen for tier in tiers}


def test_plain_figures_are_plain():
    """Groups of which five and more are with and without are shown as they are."""
    round_, _, rows = crowd(placed=60, fsm=70)
    tables = fairness(round_, rows)
    assert (tables.students, tables.placed, tables.places) == (80, 60, 60)
    shown = [(line.label, line.students.text(), line.placed.text(), line.placed.share()) for line in tables.by_school]
    assert shown == [("School 100001", "40", "30", "75%"), ("School 100002", "40", "30", "75%")]
    assert [(line.label, line.placed.text()) for line in tables.by_sen] == [
        ("No SEN", "30"),
        ("SEN support", "15"),
        ("EHC plan", "15"),
    ]


def test_the_absent_are_in_no_table():
    """A student whom the school marked as not available is counted nowhere."""
    round_, _, rows = crowd(placed=2, fsm=0, students=4)
    gone = round_of(student("s1"), student("s2", available=False), student("s3"))
    assert fairness(round_, rows).students == 4
    assert fairness(gone, ()).students == 2


def test_schools_of_one_name_are_told_apart():
    """Two schools called the same carry their numbers."""
    round_ = round_of(
        student("s1", urn="100001"),
        student("s2", urn="100002"),
        school("100001", name="St Ann"),
        school("100002", name="St Ann"),
    )
    assert [line.label for line in fairness(round_, ()).by_school] == ["St Ann (100001)", "St Ann (100002)"]


@pytest.mark.parametrize("ever6", [False, True])
def test_the_policy_says_what_fsm_means(ever6):
    """With `disadvantage = "ever6"` those who were eligible before count, and the table says so."""
    people = [student(f"s{n}", ever6=n < 6) for n in range(12)]
    round_ = round_of(*people, policy=policy_of(disadvantage="ever6" if ever6 else "fsm"))
    line = fairness(round_, ()).by_fsm[0]
    assert (line.label, line.students.text()) == (
        ("FSM now or in the past six years", "6") if ever6 else ("FSM", "fewer than 5")
    )


def test_places_left_do_not_tell_places_taken():
    """A sector's places not taken are withheld where its places given are, for their sum is public."""
    health, retail = experience("x1"), experience("x2", employer_id="e2", sector="Retail")
    people = [student(f"s{n:02}") for n in range(30)]
    round_ = round_of(
        *people, employer("e1"), employer("e2", sector="Retail"), health, retail,
        slot("t1", capacity=40), slot("t2", experience_id="x2", capacity=40),
        preferences=tuple(Preference(f"s{n:02}", 1, "sector", "Retail") for n in range(30)),
    )  # fmt: skip
    rows = given_rows(
        round_, build_options(round_), Allocation.of((f"s{n:02}", "t2" if n < 3 else "t1") for n in range(30))
    )
    tables = fairness(round_, rows)
    found = {line.sector: line for line in demand(round_, build_options(round_), rows, tables).sectors}
    assert [line.places.exact for line in tables.by_sector] == [False, False]
    assert [found[sector].spare for sector in ("Health", "Retail")] == [None, None]
    assert (found["Retail"].asked.text(), found["Retail"].offered) == ("30", 40)


def test_what_nobody_offers_is_listed_to_be_recruited():
    """A sector that students ask for and no employer offers is on the list with no place."""
    people = [student(f"s{n}") for n in range(6)]
    wishes = tuple(Preference(f"s{n}", 1, "sector", "Space") for n in range(6))
    round_ = round_of(*people, preferences=wishes)
    found = demand(round_, build_options(round_), (), fairness(round_, ())).sectors
    space = found[0]
    assert (space.sector, space.asked.text(), space.offered, space.spare) == ("Space", "6", 0, 0)
