"""Bounds proven again from their prices: what is written is read back, and tampering never proves too little."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from chosen_rounds import CHOSEN, Chosen
from independent import optimum

from engine.options import build_options
from solver.allocate import allocate
from solver.build import build_problem
from solver.limits import Limits
from solver.prices import Prices, within_worth
from solver.proof import Labels, proof_path, write_prices
from solver.proof_reading import ProofRefusedError, read_prices
from solver.recount import Recount
from solver.verify import verify_bound

SOME = CHOSEN[::15]
ONE = Chosen(9)
TOWN = Chosen(3, "town")


def answered(round_):
    """The solver's outcome and the question it answered."""
    options = build_options(round_)
    return allocate(round_, options, Limits(workers=1)), build_problem(round_, options)


def published(outcome, folder, status=None, **claims):
    """A folder with the outcome's proofs and a certificate; ``claims`` are added to its first level's figures."""
    levels = [
        {"name": r.level.name, "proof": r.proof}
        | {figure: getattr(r, figure) for figure in ("value", "best", "bound", "price_bound")}
        for r in outcome.levels
    ]
    for figure, more in claims.items():
        levels[0][figure] += more
    (folder / "certificate.json").write_text(json.dumps({"status": status or outcome.status, "levels": levels}))
    for name, content in outcome.proof_files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def rewritten(folder, level, change):
    """The level's proof with its lines of text changed."""
    path = next((folder / "proof").glob(f"{level}-*.csv.gz"))
    path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes()).decode()).encode()))


def random_prices(problem, levels, level, rng):
    """Lawful prices of no sense at all."""
    scale, amount = 1 << 20, int(rng.choice([1, 5, 100])) << 20
    inside = np.flatnonzero(problem.blocked[problem.pairs.slot])
    own = np.sort(rng.choice(inside, min(len(inside), 6), replace=False)) if len(inside) else inside
    shape = (len(problem.school_ids), len(problem.slot_ids))
    prices = Prices(
        scale,
        rng.integers(0, amount, level),
        rng.integers(0, amount, len(problem.resources.left)),
        np.where(problem.blocked[None, :], rng.integers(-amount, amount, shape), 0),
        own,
        rng.integers(-amount, amount, len(own)),
        rng.integers(0, 200 * scale, len(problem.share)),
        rng.integers(0, amount, len(problem.slot_ids)),
    )
    return within_worth(problem, levels, level, prices)


@pytest.mark.parametrize("chosen", SOME, ids=str)
def test_what_is_written_proves_the_bounds_again(chosen, tmp_path):
    """The recount of the written prices is the certificate's own figure for every level, and every level holds."""
    round_ = chosen.round()
    outcome, _ = answered(round_)
    if outcome.allocation is None:
        return
    found = verify_bound(round_, published(outcome, tmp_path))
    assert [level.remark for level in found] == [""] * len(found)
    assert [level.bound for level in found] == [level.price_bound for level in outcome.levels]
    assert [level.proof for level in found] == [level.proof for level in outcome.levels]


@pytest.mark.parametrize("chosen", SOME, ids=str)
def test_no_prices_prove_less_than_the_optimum(chosen):
    """Whatever lawful prices are planted, what they prove is never below the independent optimum; they read back."""
    round_, rng = chosen.round(), np.random.default_rng(chosen.seed)
    best = optimum(round_)
    if best is None:
        return
    problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
    floors = [level.floor_of(value) for level, value in zip(levels, best.levels, strict=True)]
    recount = Recount.of(problem)
    for number in range(len(levels)):
        prices, labels = random_prices(problem, levels, number, rng), Labels.of(round_.policy, number)
        bound = recount.bound(levels, number, floors[:number], prices)
        assert bound >= best.levels[number]
        written = write_prices(problem, labels, prices)
        read = read_prices(problem, labels, written)
        assert write_prices(problem, labels, read) == written
        assert recount.bound(levels, number, floors[:number], read) == bound


def test_the_same_prices_give_the_same_bytes():
    """The files carry no time and no name, whatever the clock says."""
    (one, _), (other, _) = answered(ONE.round()), answered(ONE.round())
    assert one.proof_files == other.proof_files
    assert all(content[4:8] == b"\0\0\0\0" for content in one.proof_files.values())


def test_files_are_named_by_number_and_level():
    """A level's name becomes a safe file name whatever is in it."""
    assert proof_path(0, "guarantee") == "proof/1-guarantee.csv.gz"
    assert proof_path(4, "../Wünsche & Wege") == "proof/5-w-nsche-wege.csv.gz"


@pytest.mark.parametrize("figure", ["bound", "price_bound"])
def test_a_smaller_bound_than_the_prices_prove_does_not_hold(figure, tmp_path):
    """A certificate that claims one less than its prices prove is found out; one that claims more still holds."""
    round_ = ONE.round()
    outcome, _ = answered(round_)
    assert outcome.levels[0].proof == "prices"
    assert verify_bound(round_, published(outcome, tmp_path, "feasible", **{figure: 1}))[0].ok
    found = verify_bound(round_, published(outcome, tmp_path, **{figure: -1}))[0]
    assert not found.ok
    assert "prove" in found.remark


def test_a_status_of_optimal_is_held_to_every_level_that_counts(tmp_path):
    """With a bound that leaves a gap the status is a lie, but at a level that is no part of it."""
    round_ = ONE.round()
    outcome, _ = answered(round_)
    assert outcome.status == "optimal"
    assert "status is optimal" in verify_bound(round_, published(outcome, tmp_path, bound=1))[0].remark
    levels = (replace(round_.policy.levels[0], proof=False), *round_.policy.levels[1:])
    aside = replace(round_, policy=replace(round_.policy, levels=levels))
    assert verify_bound(aside, published(outcome, tmp_path, bound=1))[0].ok


def test_an_earlier_level_that_was_not_kept_proves_nothing_later(tmp_path):
    """A best that the allocation does not keep cannot carry later bounds."""
    round_ = ONE.round()
    outcome, _ = answered(round_)
    found = verify_bound(round_, published(outcome, tmp_path, best=5, bound=5, price_bound=5))
    assert not any(level.ok for level in found)


@pytest.mark.parametrize("price", [0, 1 << 40])
def test_other_prices_prove_something_else(price, tmp_path):
    """With the shared limits' prices made smaller or larger in the files, no level proves less than the optimum."""
    round_ = TOWN.round()
    outcome, _ = answered(round_)
    folder = published(outcome, tmp_path)
    for number in range(len(outcome.levels)):
        limit = re.compile(r"^((?:capacity|employer|support|school_out|coach).*,)[0-9]+$", re.MULTILINE)
        rewritten(folder, number + 1, lambda text: limit.sub(rf"\g<1>{price}", text))  # noqa: B023
    found, best = verify_bound(round_, folder), optimum(round_)
    assert all(level.bound >= value for level, value in zip(found, best.levels, strict=True))
    assert any(not level.ok for level in found)


LIES = {
    "a negative limit": lambda text: f"{text}reserve,,,{{slot}},,,,-5\n",
    "no number": lambda text: f"{text}reserve,,,{{slot}},,,,many\n",
    "too large": lambda text: f"{text}reserve,,,{{slot}},,,,{10**18 - 1}\n",
    "beyond a number": lambda text: f"{text}reserve,,,{{slot}},,,,{10**30}\n",
    "no such slot": lambda text: f"{text}reserve,,,nowhere,,,,5\n",
    "no such student": lambda text: f"{text}own,,nobody,{{slot}},,,,5\n",
    "no such school": lambda text: f"{text}block,,,{{slot}},000000,,,5\n",
    "no such kind": lambda text: f"{text}bribe,,,{{slot}},,,,5\n",
    "no such level": lambda text: f"{text}rate,never,,,,,,5\n",
    "equity beyond its worth": lambda text: f"{text}equity,{{group}},,,,,,5\n",
    "a row twice": lambda text: text + text.splitlines()[1] + "\n",
    "no scale": lambda text: text.replace("scale,,,,,,,1048576\n", "scale,,,,,,,0\n"),
    "other columns": lambda text: text.replace("price", "prize", 1),
    "nothing": lambda _text: "",
}


@pytest.mark.parametrize("lie", LIES)
def test_prices_that_cannot_be_are_refused(lie, tmp_path):
    """A price that is negative, unreadable, too large or of something unknown leaves its level alone unproven."""
    round_ = replace(ONE.round(), policy=replace(ONE.round().policy, equity_groups=("in_care",)))
    outcome, problem = answered(round_)
    folder = published(outcome, tmp_path)
    slot = problem.slot_ids[0]
    rewritten(folder, 1, lambda text: LIES[lie](text).replace("{slot}", slot).replace("{group}", "in_care"))
    found = verify_bound(round_, folder)
    assert [level.ok for level in found] == [False] + [True] * (len(found) - 1)
    assert found[0].bound is None
    assert found[0].remark


def test_a_proof_that_is_gone_or_cut_proves_nothing(tmp_path):
    """A missing file and one cut short are said to be unreadable."""
    round_ = ONE.round()
    outcome, _ = answered(round_)
    folder = published(outcome, tmp_path)
    first, second = sorted((folder / "proof").iterdir())[:2]
    first.unlink()
    second.write_bytes(second.read_bytes()[:-12])
    found = verify_bound(round_, folder)
    assert [level.bound is None for level in found][:2] == [True, True]
    assert not any(level.ok for level in found[:2])


def test_a_certificate_of_other_levels_is_refused(tmp_path):
    """A certificate whose levels are not the round's is no claim about this round."""
    round_ = ONE.round()
    outcome, _ = answered(round_)
    folder = published(outcome, tmp_path)
    claims = json.loads((folder / "certificate.json").read_text())
    claims["levels"].reverse()
    claims["levels"].pop()
    (folder / "certificate.json").write_text(json.dumps(claims))
    with pytest.raises(ProofRefusedError, match="levels"):
        verify_bound(round_, folder)


def test_prices_too_large_to_be_added_are_not_claimed():
    """A rate of any size, such as floors have that hold whatever is chosen, leaves prices of nothing to claim."""
    round_ = ONE.round()
    problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
    none = Prices.none(problem, 1)
    for rate, kept in ((1 << 30, True), (1 << 59, False)):
        prices = replace(none, rates=np.array([rate]))
        claimed = within_worth(problem, levels, 1, prices)
        assert (claimed.rates[0] == rate) == kept
        Recount.of(problem).bound(levels, 1, [0], claimed)


def test_a_round_of_nobody_is_answered_and_proven(tmp_path):
    """Slots and no school, nobody to ask: every level is worth nothing, optimal, and proven again."""
    everybody = ONE.round()
    nobody = replace(
        everybody,
        students={},
        schools={},
        decisions=(),
        preferences=(),
        history=(),
        calendar=(),
        travel=(),
        baseline=(),
    )
    outcome, _ = answered(nobody)
    assert outcome.status == "optimal"
    assert all(bound.ok for bound in verify_bound(nobody, published(outcome, tmp_path)))
