"""The load tests fail where they must: on a different answer, a lost round, a slow read, an error, a missing school."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from loadtests.answers import Solved, Stage, faults, slower
from loadtests.figures import percentile
from loadtests.submission_day import broken

DAY = argparse.Namespace(seconds=10.0, schools=2, reads=2.0)


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """The scenario tiny, solved once."""
    folder = tmp_path_factory.mktemp("load")
    for arguments in (["scenario", "tiny", "tiny"], ["allocate", "tiny", "--out", "out"]):
        subprocess.run([sys.executable, "-m", "api.cli", *arguments], cwd=folder, check=True, capture_output=True)
    certificate = json.loads((folder / "out" / "certificate.json").read_text())
    return Solved("1 at once", folder / "tiny", folder / "out", 1.0, "", certificate)


def day(reads=20, ms=10.0, error="", uploads=2):
    """What everybody met on a day."""
    read = {"kind": "read", "name": "a read", "ms": ms, "error": error}
    sent = {"kind": "upload", "name": "an upload", "ms": 10.0, "error": ""}
    return {"requests": [read] * reads + [sent] * uploads, "unanswered": 0, "seconds": 10.0}


def test_the_same_answer_twice_is_no_fault(solved):
    """Nothing is said of rounds that came out as alone."""
    again = replace(solved, stage="2 at once")
    assert list(faults([solved, again], [Stage("1 at once", 1, 1.0), Stage("2 at once", 1, 1.0)])) == []


def test_a_level_that_differs_is_a_fault(solved):
    """One level's value is not what it was alone."""
    levels = [dict(level) for level in solved.certificate["levels"]]
    levels[1]["value"] += 1
    other = replace(solved, stage="2 at once", certificate={**solved.certificate, "levels": levels})
    assert [fault.partition(":")[0] for fault in faults([solved, other], [])] == ["tiny, 2 at once"]


def test_a_breach_is_a_fault(solved, tmp_path):
    """The files of an answer are audited, not only its word."""
    rows = (solved.out / "allocations.csv").read_text().replace("N2,100001,L03,", "N6,100001,L03,")
    (tmp_path / "allocations.csv").write_text(rows)
    (tmp_path / "certificate.json").write_text(json.dumps(solved.certificate))
    said = list(faults([solved, replace(solved, stage="2 at once", out=tmp_path)], []))
    assert any("the audit says" in fault for fault in said)
    assert any("the allocation is not" in fault for fault in said)


def test_an_error_and_a_lost_round_are_faults(solved):
    """A solve that failed, and one that never came back."""
    failed = replace(solved, error="exit 1")
    assert list(faults([failed], [Stage("1 at once", 2, 1.0)])) == [
        "tiny, 1 at once: exit 1",
        "1 at once: 1 rounds were solved of 2",
    ]


def test_a_loss_of_pace_is_a_fault():
    """Under nine tenths of the pace of half as many is too slow, and just above is not."""
    half = Stage("2 at once", 4, 100.0)
    assert list(slower(half, Stage("4 at once", 4, 111.0))) == []
    assert list(slower(half, Stage("4 at once", 4, 112.0))) != []


@pytest.mark.parametrize(
    ("heard", "word"),
    [
        (day(ms=301.0), "p95 of reads"),
        (day(error="HTTPError 500"), "HTTPError 500"),
        (day(reads=18), "18 reads were answered of 20"),
        (day(uploads=1), "1 uploads were answered of 2"),
        ({**day(), "unanswered": 3}, "3 people"),
    ],
)
def test_a_bad_day_fails(heard, word):
    """Each threshold that is broken is named."""
    assert [word in fault for fault in broken(heard, DAY)] == [True]


def test_a_good_day_passes():
    """A day within every threshold has no faults."""
    assert list(broken(day(), DAY)) == []


def test_percentiles_are_figures_that_were_met():
    """The p95 of 1 to 100 is 95, and of one figure that figure."""
    assert [percentile(range(1, 101), share) for share in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 95) == 7.0


def test_a_short_submission_day_is_lived_through():
    """Server, worker, schools and readers: every request is answered without an error, whatever the times."""
    done = subprocess.run(
        [sys.executable, "-m", "loadtests.submission_day", "--seconds", "6", "--reads", "5", "--scenario", "tiny"],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = {line.split("  ")[0].strip(): line.split() for line in done.stdout.splitlines()}
    assert lines["all reads"][2:6] == ["30", "5.00", "5.00", "0"] or lines["all reads"][2] == "30", done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith("FAILED") and "p95" not in line] == []
    assert "0 runs" not in done.stdout, done.stderr


def test_a_few_rounds_are_solved_at_once():
    """Every answer is audited clean and as alone, whatever the pace."""
    done = subprocess.run(
        [sys.executable, "-m", "loadtests.core", "--scenario", "tiny", "--beside", "tiny", "--rounds", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count("tiny") == 6, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("FAILED") and "a minute" not in line] == []
