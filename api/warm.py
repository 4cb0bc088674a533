"""Compile the inner loops ahead, by solving a very small round the way a large one is solved."""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.loading import load_round
from engine.options import build_options
from scenarios import write_scenario
from solver import kernels
from solver.build import build_problem
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.priced import PricedPath
from solver.recount import Recount


def main() -> None:
    """Solve a pilot of forty students by prices and prove a bound again, with the compiled loops."""
    kernels.COMPILE_FROM_PAIRS = 0
    with tempfile.TemporaryDirectory() as folder:
        write_scenario("pilot", Path(folder) / "round", students=40)
        round_ = load_round(Path(folder) / "round")
        problem = build_problem(round_, build_options(round_))
        clock = Clock(Limits())
        method = PricedPath(problem, round_.policy.levels, clock)
        try:
            answer = climb(problem, round_.policy.levels, method, clock)
        finally:
            method.close()
    if answer.levels and answer.levels[0].prices is not None:
        Recount.of(problem).bound(round_.policy.levels, 0, [], answer.levels[0].prices)


if __name__ == "__main__":
    main()
