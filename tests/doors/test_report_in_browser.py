"""report.html in Chromium: it asks for nothing beyond itself, passes axe, and works on a phone and in print."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: run `make browser`")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: run `make browser`")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason="Chromium is not installed: run `make browser`"),
]


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium."""
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(browser, allocated_once, request):
    """The report of ``tiny``, open, with everything it asked for and complained of."""
    opened = browser.new_page(viewport=request.param)
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda asked: opened.asked.append(asked.url))
    opened.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto((allocated_once / "report.html").as_uri(), wait_until="networkidle")
    yield opened
    opened.close()


def test_no_request_leaves_the_page(page, allocated_once):
    """The page loads itself and nothing else, and has no script error."""
    own = (allocated_once / "report.html").as_uri()
    assert [url for url in page.asked if url != own and not url.startswith("data:")] == []
    assert page.complaints == []


def test_axe_finds_no_violation(page):
    """axe-core finds nothing to object to."""
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_fits_its_window(page):
    """Nothing makes the page scroll sideways, on a desk or on a phone."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_the_page_says_what_a_head_teacher_asks(page):
    """One main heading, and the levels, the schools and the students without a place can be found in it."""
    assert page.locator("h1").count() == 1
    text = page.locator("body").inner_text().lower()
    for word in ("bound", "gap", "school", "sector", "year", "fsm", "sen"):
        assert word in text
    assert page.locator("svg").count() >= 1
