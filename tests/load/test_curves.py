"""The curves are measured from Foothold itself, and drawn the same from the same measurements."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from loadtests import cells
from loadtests.compare import PEERS_PYTHON

SIZE = 20


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The folder of a short measurement of twenty students."""
    out = tmp_path_factory.mktemp("curves")
    asked = ["--sizes", str(SIZE), "--anytime", str(SIZE), "--limits", "3", "--seconds", "60", "--out", str(out)]
    subprocess.run([sys.executable, "-m", "loadtests.curves", *asked], cwd=cells.ROOT, check=True, capture_output=True)
    return out


def test_both_kinds_grow_and_every_level_has_a_bound(measured):
    """A plain and a real round of each size are solved clean, and a run asked to end early still bounds every level."""
    curves = json.loads((measured / "curves.json").read_text())
    assert [(cell["kind"], cell["size"], cell["breaches"]) for cell in curves["growth"]] == [
        ("preference", SIZE, {}),
        ("real", SIZE, {}),
    ]
    (early,) = curves["anytime"]
    assert early["breaches"] == {}
    assert all(early["bounds"][level] >= value for level, value in early["levels"].items())


@pytest.mark.skipif(not PEERS_PYTHON.exists(), reason="the environment of the peers is not there: see `make bench`")
def test_the_same_measurements_give_the_same_figures(measured, tmp_path):
    """Drawn twice, a figure is the same to the byte: it knows no date and no chance."""
    drawn = []
    for name in ("one", "two"):
        command = [PEERS_PYTHON, "-m", "loadtests.drawing", measured, tmp_path / name]
        subprocess.run(command, cwd=cells.ROOT, check=True)
        drawn.append([(tmp_path / name / figure).read_bytes() for figure in ("growth.svg", "anytime.svg")])
    assert drawn[0] == drawn[1]
