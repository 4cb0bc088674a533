"""`verify-bound` on what `allocate` wrote: it holds as it is, and no longer once the proof is tampered with."""

from __future__ import annotations

import gzip
import json

import pytest


def proof(folder, level):
    """The file of a level's prices, and its text."""
    path = next((folder / "proof").glob(f"{level}-*.csv.gz"))
    return path, gzip.decompress(path.read_bytes()).decode()


def test_every_level_of_tiny_is_proven_or_the_solvers_word(foothold, tiny_once, allocated_once):
    """Every level is recomputed to what the certificate says that its prices prove, and exit is 0."""
    done = foothold("verify-bound", tiny_once, allocated_once, "--json")
    assert done.returncode == 0, done.stderr
    claimed = json.loads((allocated_once / "certificate.json").read_text())["levels"]
    found = json.loads(done.stdout)["levels"]
    assert [level["bound"] for level in found] == [level["price_bound"] for level in claimed]
    assert [level["certificate_bound"] for level in found] == [level["bound"] for level in claimed]
    assert {level["proof"] for level in found} <= {"prices", "enumeration", "solver"}


@pytest.mark.parametrize("row", ["reserve,,,L01,,,,-1", "own,,nobody,L08,,,,5", "reserve,,,L01,,,,999999999999"])
def test_a_tampered_price_exits_5_and_says_where(foothold, tiny_once, allocated, row):
    """A price that cannot be, or proves too little, is named with its level."""
    path, text = proof(allocated, 2)
    path.write_bytes(gzip.compress((text + row + "\n").encode()))
    done = foothold("verify-bound", tiny_once, allocated)
    assert done.returncode == 5
    assert "reach: " in done.stdout
    assert "Traceback" not in done.stderr


def test_a_folder_without_its_proof_exits_5(foothold, tiny_once, allocated):
    """A certificate whose prices are gone proves nothing."""
    proof(allocated, 1)[0].unlink()
    done = foothold("verify-bound", tiny_once, allocated, "--json")
    assert done.returncode == 5
    first = json.loads(done.stdout)["levels"][0]
    assert (first["ok"], first["bound"]) == (False, None)
