"""What the tests of the scenarios share: rounds written once, and where real geography may be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.checking import check_round
from engine.loading import load_round
from scenarios import write_scenario
from scenarios.figures import round_figures


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Writes a scenario into a folder of its own and gives the folder."""

    def write(name, **chosen):
        folder = tmp_path_factory.mktemp(name)
        write_scenario(name, folder, **chosen)
        return folder

    return write


@pytest.fixture(scope="session")
def pilot(written):
    """The scenario ``pilot`` at its own size: the round, its figures, what check found."""
    return _measured(written("pilot"))


@pytest.fixture(scope="session")
def year10(written):
    """The scenario ``year10`` at its own size."""
    return _measured(written("year10"))


@pytest.fixture(scope="session")
def hub(written):
    """The scenario ``hub`` with 24 of its schools, which keeps its proportions and takes seconds."""
    return _measured(written("hub", students=19_500))


@pytest.fixture(scope="session")
def geography():
    """The folder of a real region, beside the benchmarks."""
    benchmarks = os.environ.get("FOOTHOLD_BENCHMARKS")
    folder = Path(benchmarks).parent / "lcr" if benchmarks else None
    if folder is None or not folder.is_dir():
        pytest.skip("no real geography: FOOTHOLD_BENCHMARKS names no folder with lcr beside it")
    return folder


def _measured(folder):
    round_ = load_round(folder)
    return round_, round_figures(round_), check_round(folder)
