"""Allocate a round: the solver's table of contents."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from engine.allocation import Allocation
from solver.blended import BlendedPath
from solver.build import build_problem
from solver.contradiction import contradiction
from solver.exact import ExactPath, NoAllocationError
from solver.fixed import FixedRows
from solver.highs import Highs
from solver.keeping import KeepingPath, is_about_keeping
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.measure import goal_values
from solver.network import network_of
from solver.outcome import Outcome
from solver.proof import proof_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.domain import Round
    from engine.options import Options
    from engine.policy import Level
    from solver.arrays import Ints
    from solver.ladder import Climb, Method
    from solver.outcome import Progress, Status, Stopped
    from solver.problem import Problem


EXACT_COLUMNS = 1_600
"""Rounds whose exact model has fewer columns are solved by it alone."""
BLENDED_PAIRS = 30_000
"""Rounds of up to so many eligible pairs have an exact model that betters what prices find."""
PLAIN_PAIRS = 400_000
"""Rounds of up to so many are solved by their exact model alone where students get one slot each and nobody comes in
groups: such models are all but networks."""


def allocate(
    round_: Round,
    options: Options,
    limits: Limits | None = None,
    listener: Callable[[Progress], None] | None = None,
    *,
    clock: Clock | None = None,
    without: frozenset[str] = frozenset(),
) -> Outcome:
    """The best allocation of ``round_`` over ``options``, level by level, with a proven bound for each.

    ``clock`` may be handed in to be cancelled from another thread; ``without`` names rules to leave out, which only
    tests do.
    """
    clock = clock or Clock(limits or Limits())
    with closing(Highs(clock)) as highs:
        broken = contradiction(round_, options, FixedRows.of(round_, without), highs, without)
        if broken:
            return Outcome("infeasible", "proven", None, (), {}, None, broken)
        problem = build_problem(round_, options, without=without)
        with closing(_path(problem, round_.policy.levels, highs)) as method:
            try:
                answer = climb(problem, round_.policy.levels, method, clock, listener)
            except NoAllocationError:
                return Outcome("infeasible", "proven", None, (), {}, problem)
    if answer.chosen is None:
        return Outcome("unknown", _stopped(clock, proven=False), None, (), {}, problem)
    proven = all(level.proven for level in answer.levels if level.level.proof)
    status: Status = "optimal" if proven else "feasible"
    goals = goal_values(problem, answer.chosen)
    return Outcome(
        status,
        _stopped(clock, proven=proven),
        rows_of(problem, answer),
        answer.levels,
        goals,
        problem,
        proof_files=proof_files(problem, round_.policy, answer.levels),
    )


def rows_of(problem: Problem, answer: Climb) -> Allocation:
    """The chosen pairs and the fixed assignments as an allocation."""
    chosen: Ints | None = answer.chosen
    assert chosen is not None
    student, slot = problem.pairs.student_of(chosen), problem.pairs.slot[chosen]
    rows = [*zip(student.tolist(), slot.tolist(), strict=True), *problem.fixed]
    return Allocation.of((problem.student_ids[s], problem.slot_ids[j]) for s, j in rows)


def _stopped(clock: Clock, *, proven: bool) -> Stopped:
    if clock.cancelled.is_set():
        return "cancelled"
    if clock.hit:
        return "time"
    return "proven" if proven else "budget"


def _path(problem: Problem, levels: Sequence[Level], highs: Highs) -> Method:
    """The way to solve a problem of this size and kind."""
    network = network_of(problem, levels)
    if network is not None:
        from solver.flowing import NetworkPath  # noqa: PLC0415 - only plain rounds need it

        return NetworkPath(problem, levels, highs.clock, network)
    pairs = int(problem.pairs.first[-1])
    if _is_plain(problem) and pairs <= PLAIN_PAIRS:
        return ExactPath(problem, levels, highs)
    if pairs > BLENDED_PAIRS:
        highs.close()
        return _large(problem, levels, highs.clock)
    exact = ExactPath(problem, levels, highs)
    if exact.columns < EXACT_COLUMNS:
        return exact
    return BlendedPath(exact, _large(problem, levels, highs.clock))


def _large(problem: Problem, levels: Sequence[Level], clock: Clock) -> Method:
    """The way to solve a problem whose exact model is too much to be proven."""
    if is_about_keeping(problem, levels):
        return KeepingPath(problem, levels, clock)
    from solver.priced import PricedPath  # noqa: PLC0415 - it loads scipy, which only larger rounds pay for

    return PricedPath(problem, levels, clock)


def _is_plain(problem: Problem) -> bool:
    """Whether students get one slot each and nobody comes in groups."""
    return not problem.blocked.any() and int(problem.students.max_slots.max(initial=0)) <= 1
