"""The path of a few hundred students, on small rounds: the exact path's answers, lawful, proven and repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from path_checks import few_steps, require_bounds_hold, require_clean, require_proofs_repeat, solvable
from random_rounds import random_round

from engine.options import build_options
from solver import allocate, blended
from solver.blended import BlendedPath
from solver.build import build_problem
from solver.exact import ExactPath
from solver.highs import Highs
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.priced import PricedPath

SOME = CHOSEN[4::20]
LEAST_COMPARED = 11
TOWNS = (4,)


def both(round_):
    """The round's problem, the blended path's answer to it and the exact path's."""
    problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
    answers = []
    for blend in (True, False):
        clock = Clock(Limits())
        path = ExactPath(problem, levels, Highs(clock))
        if blend:
            path = BlendedPath(path, PricedPath(problem, levels, clock))
        answers.append(climb(problem, levels, path, clock))
        path.close()
    return problem, *answers


@pytest.fixture(scope="module", autouse=True)
def _hasty():
    """Prices come first; how good they are is not what is tested here."""
    with few_steps():
        yield


@pytest.fixture(scope="module")
def compared():
    """Round, optimum, problem, the blended answer and the exact one, where there is an allocation at all."""
    found = [(round_, best, *both(round_)) for round_, best in solvable(SOME)]
    assert len(found) >= LEAST_COMPARED
    return found


def test_it_agrees_with_the_exact_path(compared):
    """Both prove every level of rounds so small, and every level's best is the same."""
    for round_, _, _, answer, known in compared:
        assert all(level.proven for level in (*answer.levels, *known.levels)), round_.name
        assert [level.best for level in answer.levels] == [level.best for level in known.levels], round_.name


@pytest.mark.parametrize("seed", TOWNS)
def test_it_agrees_on_towns(seed):
    """In towns of some ninety students every level has one best, and the audit finds no breach."""
    round_ = random_round(seed, "town")
    problem, answer, known = both(round_)
    require_clean(round_, problem, answer)
    for one, other in zip(answer.levels, known.levels, strict=True):
        assert one.best == other.best <= one.bound


def test_larger_models_agree_too(compared, monkeypatch):
    """Asked of HiGHS, first about the likely columns and then about all, every level still has its best, proven."""
    monkeypatch.setattr(blended, "SMALL", 0)
    monkeypatch.setattr(blended, "LIKELY", 0)
    for round_, _, _, _, known in compared[::4]:
        problem, answer, _ = both(round_)
        require_clean(round_, problem, answer)
        assert all(level.proven for level in answer.levels if level.level.proof), round_.name
        pairs = zip(answer.levels, known.levels, strict=True)
        assert all(one.best == other.best for one, other in pairs if one.level.proof), round_.name


def test_its_answers_are_lawful_and_proven_again(compared):
    """The audit finds no breach, no bound crosses the optimum, and prices read back prove what was claimed by them."""
    for round_, best, problem, answer, _ in compared:
        require_clean(round_, problem, answer)
        require_bounds_hold(round_, best, answer)
        require_proofs_repeat(round_, problem, answer)
        assert all(level.value >= level.floor for level in answer.levels), round_.name


def test_a_proof_that_rests_on_the_solver_says_so(compared):
    """A bound below what prices prove is the solver's word; one that prices prove is theirs."""
    seen = set()
    for _, _, _, answer, _ in compared:
        for level in answer.levels:
            assert level.proof == ("solver" if level.bound < level.price_bound else "prices")
            seen.add(level.proof)
    assert seen == {"solver", "prices"}


def test_the_same_question_has_the_same_answer(compared):
    """A second run chooses the same pairs and proves the same bounds."""
    for round_, _, _, answer, _ in compared[::4]:
        _, again, _ = both(round_)
        assert np.array_equal(again.chosen, answer.chosen)
        assert [level.bound for level in again.levels] == [level.bound for level in answer.levels]


def test_work_that_ends_early_leaves_an_honest_answer(compared, monkeypatch):
    """With no work for the exact model every level still has a lawful allocation and a bound that holds."""
    for limit in ("CHECKS", "NODES"):
        monkeypatch.setattr(blended, limit, (0, 0, 0))
    monkeypatch.setattr(blended, "TIMES", 1)
    for round_, best, _, _, _ in compared[::3]:
        problem, answer, _ = both(round_)
        require_clean(round_, problem, answer)
        require_bounds_hold(round_, best, answer)
        require_proofs_repeat(round_, problem, answer)


def test_the_way_is_chosen_by_size(monkeypatch):
    """One round is solved by its exact model, by both together, or by prices, as the limits of size are drawn."""
    round_ = random_round(4, "town")
    problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
    kinds = []
    for columns, pairs in ((1 << 30, 1 << 30), (0, 1 << 30), (0, 0)):
        monkeypatch.setattr(allocate, "EXACT_COLUMNS", columns)
        monkeypatch.setattr(allocate, "BLENDED_PAIRS", pairs)
        path = allocate._path(problem, levels, Highs(Clock(Limits())))
        kinds.append(type(path))
        path.close()
    assert kinds == [ExactPath, BlendedPath, PricedPath]
