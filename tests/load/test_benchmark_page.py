"""The benchmark page says what was measured: every cell, what stopped it, and which command made it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from loadtests import cells

INSTANCE = {"students": 20, "slots": 3, "places": 9, "pairs": 40, "seed": "pilot-1"}
CELL = {
    "kind": "reach", "size": 20, "instance": INSTANCE, "peer": "foothold", "name": "Foothold", "said": "",
    "seconds": 1.25, "processor": 1.5, "megabytes": 150, "bounds": {"reach": 9}, "levels": {"reach": 9},
    "breaches": {}, "placed": 9,
}  # fmt: skip
RUN = {"machine": "a machine", "command": "make bench", "seconds": 120.0, "megabytes": 6000}


@pytest.fixture
def page(tmp_path):
    """A function that writes the page of some runs and reads it."""

    def written(*runs, curves=None):
        sources = []
        for number, run in enumerate(runs):
            sources.append(tmp_path / str(number))
            sources[-1].mkdir()
            (sources[-1] / "cells.json").write_text(json.dumps(run))
        if curves is not None:
            (sources[0] / "curves.json").write_text(json.dumps(curves))
        target = tmp_path / "page.md"
        command = [sys.executable, "-m", "loadtests.page", str(target), *map(str, sources)]
        subprocess.run(command, cwd=cells.ROOT, check=True)
        return target.read_text()

    return written


def test_values_bounds_and_breaches_are_told(page):
    """A cell's time, memory, value and bound are in its row, and breaches are told rule by rule."""
    careless = {**CELL, "name": "somebody", "bounds": {}, "breaches": {"group": 1200, "clash": 3}}
    text = page({**RUN, "cells": [CELL, careless]})
    assert "| Foothold | 1.25 s | 1.50 s | 150 MB | 0 | 9 | 9 of at most 9 |  |" in text
    assert "| somebody | 1.25 s | 1.50 s | 150 MB | 1,203 | 9 | 9 |  |" in text
    assert "somebody: `group` 1,200, `clash` 3." in text


def test_what_did_not_finish_says_so(page):
    """A cell without an answer has no value in its row, but the word why."""
    late = {**CELL, "levels": None, "said": "did not finish in 120 s", "seconds": 120.1}
    assert "| Foothold | 120.1 s |  | 150 MB |  |  |  | did not finish in 120 s |" in page(
        {**RUN, "cells": [CELL, late]}
    )


def test_runs_and_sizes_stand_in_order(page):
    """Several runs make one page, each with its command, instances by kind and size."""
    larger = {**CELL, "size": 100, "instance": {**INSTANCE, "students": 100}}
    text = page({**RUN, "command": "the second", "cells": [larger]}, {**RUN, "command": "the first", "cells": [CELL]})
    assert text.index("the second") < text.index("the first")
    assert text.index("20 students") < text.index("100 students")


def test_growth_is_told_in_numbers_too(page):
    """Beside the figure stands what it draws, a size that was stopped included."""
    stopped = {**CELL, "kind": "real", "levels": None, "said": "did not finish in 120 s", "seconds": 120.0}
    curves = {"machine": "a machine", "command": "make bench-curves", "growth": [CELL, stopped], "anytime": []}
    text = page({**RUN, "cells": [CELL]}, curves=curves)
    assert "| reach | 20 | 1.2 s | 150 MB |  |" in text
    assert "| real | 20 | 120.0 s | 150 MB | did not finish in 120 s |" in text
