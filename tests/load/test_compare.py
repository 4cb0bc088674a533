"""The comparison runs every peer that is installed, judges each by the audit, and says of the others what they lack."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from loadtests import cells
from loadtests.compare import PEERS, PEERS_PYTHON, shown
from loadtests.peers.flow_arcs import packed_worth
from loadtests.peers.instance import Instance

SIZE = 20
EXACT = {"foothold", "scipy_assignment", "min_cost_flow", "networkx_flow", "highs_mip"}
"""Peers whose answer to a plain instance is the best there is."""


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The cells of all instances of twenty students, ten seconds each."""
    out = tmp_path_factory.mktemp("compared")
    command = [sys.executable, "-m", "loadtests.compare", "--sizes", str(SIZE), "--seconds", "10", "--out", str(out)]
    subprocess.run(command, cwd=cells.ROOT, check=True, capture_output=True)
    return json.loads((out / "cells.json").read_text())["cells"]


def test_every_peer_has_a_cell(compared):
    """No peer is dropped: each has a cell on each kind of instance that it is for, with an answer or a word why not."""
    assert {(cell["kind"], cell["peer"]) for cell in compared} == {(k, p.module) for p in PEERS for k in p.kinds}
    assert all(cell["levels"] is not None or cell["said"] for cell in compared)
    if not PEERS_PYTHON.exists():
        assert {c["said"] for c in compared if c["peer"] in {"hospital_resident", "fairpyx_matching"}} == {
            "not installed"
        }


def test_foothold_breaks_no_rule_and_others_are_told_of_theirs(compared):
    """On the instance with every rule Foothold is clean; first come, first served is not."""
    breaches = {c["peer"]: sum(c["breaches"].values()) for c in compared if c["kind"] == "real" and c["levels"]}
    assert breaches["foothold"] == 0
    assert breaches["first_come"] > 0


@pytest.mark.parametrize("kind", ["reach", "preference"])
def test_exact_peers_agree_on_plain_instances(compared, kind):
    """Whoever is exact on a flow reaches the same levels as Foothold, and no rule is broken."""
    cells_of = [c for c in compared if c["kind"] == kind and c["peer"] in EXACT]
    assert len(cells_of) == len(EXACT)
    assert [c["breaches"] for c in cells_of] == [{}] * len(EXACT)
    assert len({tuple(c["levels"].values()) for c in cells_of}) == 1


def test_a_peer_out_of_time_is_ended_and_says_so(tmp_path, monkeypatch):
    """A peer that does not end is ended, and its cell says so; one that holds too much likewise."""
    peers = tmp_path / "loadtests" / "peers"
    peers.mkdir(parents=True)
    for place in (peers, peers.parent):
        (place / "__init__.py").touch()
    (peers / "run.py").write_text((cells.ROOT / "loadtests" / "peers" / "run.py").read_text())
    (peers / "slow.py").write_text(
        textwrap.dedent("""
            import time
            def load(folder): return None
            def solve(loaded, limit): time.sleep(60)
        """)
    )
    (peers / "large.py").write_text(
        textwrap.dedent("""
            import time
            def load(folder): return None
            def solve(loaded, limit):
                held = bytearray(300_000_000)
                time.sleep(60)
        """)
    )
    monkeypatch.setattr(cells, "ROOT", tmp_path)
    python = Path(sys.executable)
    assert cells.run("slow", python, tmp_path, cells.Allowed(0.5)).said == "did not finish in 0.5 s"
    assert cells.run("large", python, tmp_path, cells.Allowed(30, 100)).said == "more than 100 MB"
    assert cells.run("nobody", python, tmp_path, cells.Allowed(5)).said == "not installed"


def test_a_place_is_worth_more_than_all_wishes():
    """The packed cost of the flow peers never trades a student's place for what others like."""
    import numpy as np  # noqa: PLC0415

    arrays = dict.fromkeys(Instance.__dataclass_fields__, np.zeros(0, dtype=np.int64))
    arrays |= {"student_ids": np.array(["a", "b"]), "points": np.array([0, 100, 100]), "wishes_count": np.array(True)}  # noqa: FBT003
    worth = packed_worth(Instance(**arrays))
    assert 2 * worth.min() > worth.max() + 100


def test_a_cell_without_an_answer_keeps_its_place_in_the_table():
    """A row that has no values has as many columns as the others."""
    common = {"name": "x", "seconds": 1.0, "processor": 1.0, "megabytes": 5, "said": "", "bounds": {"reach": 3}}
    answered = {**common, "levels": {"reach": 2}, "breaches": {"group": 1}, "placed": 2}
    lengths = {len(row) for row in shown([answered, {**common, "levels": None, "said": "did not finish in 1 s"}])}
    assert len(lengths) == 1
