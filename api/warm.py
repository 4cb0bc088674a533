"""Compile the inner loops ahead, by solving a very small round the way large ones are solved."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.loading import load_round
from engine.options import build_options
from engine.policy import Level
from scenarios import write_scenario
from solver import effort, kernels
from solver.build import build_problem
from solver.flowing import NetworkPath
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.network import network_of
from solver.priced import PricedPath
from solver.recount import Recount

if TYPE_CHECKING:
    from engine.domain import Round
    from solver.ladder import Climb
    from solver.problem import Problem


def main() -> None:
    """Solve a pilot of forty students by prices, as a small round and as a large one, its plain part as a flow.

    A bound is proven again; all of it compiled.
    """
    kernels.COMPILE_FROM_PAIRS = 0
    with tempfile.TemporaryDirectory() as folder:
        write_scenario("pilot", Path(folder) / "round", students=40)
        round_ = load_round(Path(folder) / "round")
    _by_flow(_plain_part(round_))
    problem = build_problem(round_, build_options(round_))
    answer = _by_prices(problem, round_)
    if answer.levels and answer.levels[0].prices is not None:
        Recount.of(problem).bound(round_.policy.levels, 0, [], answer.levels[0].prices)
    effort.MANY_PAIRS = 0
    _by_prices(problem, round_)


def _by_prices(problem: Problem, round_: Round) -> Climb:
    levels, clock = round_.policy.levels, Clock(Limits())
    with closing(PricedPath(problem, levels, clock)) as method:
        return climb(problem, levels, method, clock)


def _by_flow(round_: Round) -> None:
    problem, levels, clock = build_problem(round_, build_options(round_)), round_.policy.levels, Clock(Limits())
    network = network_of(problem, levels)
    if network is not None:
        with closing(NetworkPath(problem, levels, clock, network)) as method:
            climb(problem, levels, method, clock)


def _plain_part(round_: Round) -> Round:
    """The slots that students take alone, one each, with no limit that they share but its places."""
    experiences = {
        key: each
        for key, each in round_.experiences.items()
        if each.delivery != "in_school" and each.grouping == "individual"
    }
    return replace(
        round_,
        policy=replace(round_.policy, max_experiences=1, levels=(Level("reach", MappingProxyType({"reach": 1})),)),
        schools={
            key: replace(each, max_out_per_half_day=None, coach_seats_per_half_day=None)
            for key, each in round_.schools.items()
        },
        students={key: replace(each, support=False, max_experiences=None) for key, each in round_.students.items()},
        employers={
            key: replace(each, max_students_per_half_day=None, max_students=None)
            for key, each in round_.employers.items()
        },
        experiences=experiences,
        slots={key: each for key, each in round_.slots.items() if each.experience_id in experiences},
        preferences=(),
        travel=(),
        decisions=(),
    )


if __name__ == "__main__":
    main()
