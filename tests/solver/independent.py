"""The tests' own exact model of a round: one integer program a level, solved by the HiGHS inside scipy.

Written from the rules page alone. It stands on nothing of the solver's and of the engine uses the domain's facts only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from independent_facts import Facts
from independent_goals import goals_of, level_value
from independent_program import NoSolutionError, Program
from independent_rows import ROWS
from independent_terms import GoalTerms

if TYPE_CHECKING:
    from engine.domain import Round

Pairs = frozenset[tuple[str, str]]
Columns = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Optimum:
    """The best value of every level, in order, and one allocation that reaches the last with the others kept."""

    levels: tuple[int, ...]
    assignments: Pairs


def optimum(round_: Round, without: frozenset[str] = frozenset()) -> Optimum | None:
    """The optimum of every level without the rules in ``without``; ``None`` where the pins contradict the rules."""
    facts = Facts(round_, without)
    if facts.bad_pins:
        return None
    return _climb(facts, *_ruled(facts))


def feasible(round_: Round) -> bool:
    """Whether the pins can be honoured at all."""
    facts = Facts(round_)
    if facts.bad_pins:
        return False
    program, _ = _ruled(facts)
    try:
        program.maximise({})
    except NoSolutionError:
        return False
    return True


def binds(round_: Round, rule: str, base: Optimum | None) -> bool:
    """Whether leaving the rule out changes the optimum of some level."""
    dropped = optimum(round_, frozenset({rule}))
    if base is None or dropped is None:
        return base is not dropped
    return base.levels != dropped.levels


def _ruled(facts: Facts) -> tuple[Program, Columns]:
    program = Program()
    pairs = {pair: program.binary(at_least=int(pair in facts.fixed)) for pair in sorted(facts.choices | facts.fixed)}
    for code, add_rows in ROWS.items():
        if code not in facts.without:
            add_rows(facts, program, pairs)
    return program, pairs


def _climb(facts: Facts, program: Program, pairs: Columns) -> Optimum | None:
    terms = GoalTerms(facts, program, pairs)
    reached: list[int] = []
    chosen: Pairs = frozenset()
    for level in facts.round_.policy.levels:
        value = terms.level(level)
        try:
            bound, answer = program.maximise(value)
        except NoSolutionError:
            assert not reached, "a level that was reached cannot be kept"
            return None
        chosen = frozenset(pair for pair, column in pairs.items() if answer[column] > 0.5)
        best = level_value(level, goals_of(facts, chosen))
        assert abs(best - bound) < 0.5, f"{level.name}: {best} measured, {bound} bound"
        reached.append(best)
        program.row(value, at_least=best - int(level.tolerance * abs(best)))
    return Optimum(tuple(reached), chosen)
