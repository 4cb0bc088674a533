"""The report: one page that needs nothing else, says what the certificate says, and tells of no one student."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from audit_rounds import experience, round_of, school, slot, student
from page_reading import Page, tables
from published_round import (
    HOME,
    PRIVATE,
    all_bytes,
    certificate_of,
    everything,
    private_allocation,
    private_round,
    renamed,
)

from engine.allocation import Allocation
from engine.certified import first_unproven, is_settled, level_lines
from engine.domain import Point
from engine.map_drawing import draw_map
from engine.policy import Level, Policy
from engine.publication import publication_files, publish
from engine.reason_words import REASON_WORDS

CSS_COLOUR = re.compile(r"--(\w+):\s*(#[0-9a-f]{6})")


def report(round_=None, allocation=None, **more):
    """The report's text; ``more`` goes into the certificate."""
    round_ = round_ or private_round()
    parts = list(everything(round_, private_allocation() if allocation is None else allocation))
    parts[3] = {**parts[3], **more}
    return publication_files(*parts)["report.html"].decode()


@pytest.fixture(scope="module")
def html():
    return report()


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_nothing_is_fetched(html, page):
    """No script, image, font, style sheet or frame from anywhere: only links within the page."""
    assert not page.root.all("script", "link", "img", "iframe", "object", "embed", "video", "audio", "base", "form")
    assert "url(" not in html
    assert "@import" not in html
    assert [each.attributes["href"] for each in page.root.all("a") if not each.attributes["href"].startswith("#")] == []
    assert "http" not in html


def test_no_student_is_in_it(html):
    """No name, id, home, preference of one student, decision's reason or contact is on the page."""
    round_ = private_round()
    for student_id, each in round_.students.items():
        assert not re.search(rf"\b{student_id}\b", html)
        assert not each.name or each.name not in html
    for secret in ("forbid reason", "forbid by", "pin reason", "latitude", "longitude"):
        assert PRIVATE[secret] not in html
    assert "head@north" not in html


def test_a_reader_who_cannot_see_finds_the_way(page):
    """Language, one first heading, no level skipped, captions, scopes, titles of drawings, and every label exists."""
    assert page.root.all("html")[0].attributes["lang"] == "en-GB"
    levels = [int(each.tag[1]) for each in page.root.walk() if re.fullmatch(r"h[1-6]", each.tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in page.root.all("table"):
        assert table.all("caption")[0].text()
        assert all(head.attributes.get("scope") in {"col", "row"} for head in table.all("th"))
    for drawing in page.root.all("svg"):
        hidden = drawing.attributes.get("aria-hidden") == "true"
        assert hidden or (drawing.attributes["role"] == "img" and drawing.all("title") and drawing.all("desc"))
    ids = [each.attributes["id"] for each in page.root.walk() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    for each in page.root.walk():
        assert set(each.attributes.get("aria-labelledby", "").split()) <= set(ids)
        if each.tag == "a":
            assert each.attributes["href"].removeprefix("#") in ids


def test_a_table_that_may_scroll_can_be_reached_by_keyboard(page):
    """Every wide table sits in a region that has a name and takes the focus."""
    for table in page.root.all("table"):
        assert table.parent.attributes["tabindex"] == "0"
        assert table.parent.attributes["role"] == "region"


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("soft", "paper"),
        ("soft", "tint"),
        ("good", "goodtint"),
        ("warn", "warntint"),
        ("paper", "deep"),
    ],
)
def test_words_stand_out_from_their_ground(html, text, ground):
    """Each pair of colours used for words has a contrast of at least 4.5 to 1."""
    colours = dict(CSS_COLOUR.findall(html))
    light, dark = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_summary_says_who_got_something_in_plain_words(page):
    """The first sentence counts students; with everything proven it says that no more could be placed."""
    lead = next(each for each in page.root.all("p") if each.attributes.get("class") == "lead").text()
    assert "6 of 12 available students (50%)" in lead
    assert "proven to be as many as" in lead


def test_levels_show_what_the_certificate_says():
    """Value, bound, gap and proof of every level are the certificate's, in its order."""
    levels = certificate_of(private_round(), private_allocation())["levels"]
    levels[2] = {**levels[2], "bound": levels[2]["value"] + 7, "gap": 0.01234, "proof": "solver"}
    levels[5] = {**levels[5], "bound": None, "gap": None}
    found = tables(Page(report(status="feasible", levels=levels)))
    rows = next(rows for caption, rows in found.items() if caption.startswith("Goals in their published order"))
    assert [row[0] for row in rows[1:]] == [
        "1. Guarantee",
        "2. Reach",
        "3. Need",
        "4. Equity",
        "5. Preference",
        "6. Lottery",
    ]
    assert [row[2] for row in rows[1:]] == [f"{level['value']:,}" for level in levels]
    assert rows[2][3:5] == [f"{levels[1]['bound']:,}", "none"]
    assert "Proven" in rows[2][5]
    assert rows[3][3:5] == [f"{levels[2]['bound']:,}", "1.234%"]
    assert "Open" in rows[3][5]
    assert "solver" in rows[3][5]
    assert rows[6][3:5] == ["not known", "not known"]


def test_a_run_that_is_not_proven_does_not_say_proven():
    """With a gap at the level that counts students the summary says how many more there could be."""
    levels = certificate_of(private_round(), private_allocation())["levels"]
    levels[1] = {**levels[1], "bound": levels[1]["value"] + 2, "gap": 0.3}
    text = Page(report(status="feasible", levels=levels)).root.text()
    assert "At most 2 more students could have one" in text
    assert "not yet proven in full" in text
    assert "as many as this round" not in text


def test_no_number_of_students_under_five_is_printed(page):
    """In every table about students, each figure is at least 5 or withheld."""
    about = ("By ", "Sectors:", "Areas:", "Access:", "Reasons")
    for caption, rows in tables(page).items():
        if caption.startswith(about):
            heads = rows[0]
            for row in rows[1:]:
                for head, cell in zip(heads, row, strict=True):
                    if head in {"Slots open to a typical student", "Places offered", "Places not taken"} | {
                        "Experiences that offer it",
                        "Places in them",
                    }:
                        continue
                    assert not re.fullmatch(r"[0-4]", cell), (caption, row)


def test_all_that_is_asked_for_is_there(page):
    """Levels; school, tier, sector, year, FSM and SEN; a map; what to recruit; who has nothing and why."""
    captions = " ".join(tables(page))
    for words in (
        "(FSM)",
        "(SEN",
        "year group",
        "tier",
        "sector",
        "school",
        "Sectors:",
        "Areas:",
        "Access:",
        "Reasons",
    ):
        assert words in captions
    assert {"map", "recruit", "unplaced", "levels", "fairness"} <= {
        each.attributes.get("id") for each in page.root.walk()
    }


def test_blank_criteria_are_counted(page):
    """Experiences whose criteria nobody stated are counted, with what is taken to hold."""
    assert "For 1 nobody said" in page.root.text()


def test_the_reason_of_a_few_cannot_be_told():
    """Where fewer than five students have nothing, every reason is listed and none is told from another."""
    people = [student(f"s{n}") for n in range(8)]
    round_ = round_of(*people, slot(capacity=6))
    text = report(round_, Allocation.of((f"s{n}", "t1") for n in range(6)))
    rows = tables(Page(text))["Reasons for having no experience"][1:]
    assert [row[0] for row in rows] == [title for title, _ in REASON_WORDS.values()]
    assert {row[2] for row in rows} == {"fewer than 5"}


def test_hostile_words_are_shown_and_not_obeyed():
    """Markup in the names of a round, a school, a sector or the seed comes out as text."""
    round_ = private_round()
    evil = "<img src=x onerror=alert(1)>"
    round_ = replace(
        round_,
        name=evil,
        seed=evil,
        schools={urn: replace(each, name=evil) for urn, each in round_.schools.items()},
        experiences={x: replace(each, sector=evil) for x, each in round_.experiences.items()},
    )
    page = Page(report(round_))
    assert not page.root.all("img")
    assert evil in page.root.all("h1")[0].text()


def test_the_page_depends_on_the_allocation_and_not_on_the_run():
    """Seconds, memory and versions leave no trace; a different name of a student leaves none either."""
    assert report() == report(wall_seconds=99.0, peak_mb=9, versions={"x": "1"})
    assert report() == report(renamed(private_round(), p1="Someone Else"))


def test_the_whole_folder_repeats_byte_for_byte(tmp_path):
    """The same round and allocation give the same bytes in every file, twice over."""
    for name in ("one", "two"):
        publish(*everything(private_round(), private_allocation()), {}, tmp_path / name)
    assert all_bytes(tmp_path / "one") == all_bytes(tmp_path / "two")


def test_the_map_draws_what_the_round_gives_and_no_home():
    """Schools, sites, the river and its crossing are there; a home is not, and a far site is only counted."""
    round_ = private_round()
    far = experience("x9", site=Point(58.0, -6.0))
    round_ = replace(round_, experiences={**round_.experiences, "x9": far})
    drawing = draw_map(round_, dict.fromkeys(round_.schools, ("all", "said")))
    assert (len(drawing.schools), len(drawing.sites), len(drawing.lines), drawing.beyond) == (2, 2, 1, 1)
    without = replace(round_, students={s: replace(each, home=None) for s, each in round_.students.items()})
    assert round_.students["p6"].home == HOME
    assert drawing == draw_map(without, dict.fromkeys(round_.schools, ("all", "said")))
    north, south = (drawing.schools[n].y for n in (1, 0))
    assert north < south


def test_one_school_alone_has_a_map():
    """A round of one school and no site is drawn without trouble."""
    round_ = round_of(school(), experience(delivery="virtual", site=None))
    drawing = draw_map(round_, {"100001": ("unsaid", "")})
    assert (len(drawing.schools), drawing.sites) == (1, ())
    assert draw_map(round_, {}) is None


LEVELS = (
    Level("a", {"guarantee": 1}),
    Level("b", {"reach": 1}),
    Level("c", {"need": 1}),
    Level("d", {"lottery": 1}, proof=False),
)


@pytest.mark.parametrize(
    ("short", "blocking", "settled"),
    [("", None, True), ("a", "a", False), ("b", "b", False), ("c", "c", True), ("d", None, True)],
)
def test_what_is_proven_is_read_from_the_certificate(short, blocking, settled):
    """The first level that misses its bound blocks; students are settled once the levels that count them are proven."""
    policy = Policy(levels=LEVELS)
    claims = [{"name": each.name, "value": 5, "best": 5, "bound": 6 if each.name == short else 5} for each in LEVELS]
    assert first_unproven(policy, {"status": "feasible", "levels": claims}) == blocking
    assert is_settled(policy, blocking) is settled


def test_a_level_that_was_never_reached_is_not_proven():
    """A run stopped before a level leaves it out of the certificate, which proves nothing about it."""
    policy = Policy(levels=LEVELS)
    claims = [{"name": "a", "value": 5, "best": 5, "bound": 5}]
    assert first_unproven(policy, {"status": "feasible", "levels": claims}) == "b"


def test_a_gap_is_never_rounded_to_nothing():
    """The smallest gap is said to be there."""
    claim = {"name": "a", "value": 5, "best": 5, "bound": 6, "gap": 0.0000001, "goals": {"reach": 5}, "proof": "prices"}
    assert level_lines(private_round(), {"levels": [claim]})[0].gap == "under 0.001%"
