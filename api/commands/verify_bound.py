"""The command ``verify-bound``: recompute each level's bound from what is written beside the certificate."""

import typer

from api.commands.arguments import AllocationPath, Json, RoundPath
from api.console import Screen
from api.documents import bounds_document
from api.exits import Exit


def verify_bound(round_path: RoundPath, allocation_path: AllocationPath, *, json: Json = False) -> None:
    """Re-prove each level's bound with a small program that trusts no solver.

    A bound of proof `prices` is recomputed in integers from the prices written beside the certificate, over every
    eligible pair; one of proof `enumeration` by counting; one of proof `solver` cannot be re-proved here, and this
    says so. Exit code 5 where a bound does not hold as the certificate states it.

    \b
    Examples:
      foothold verify-bound my-round allocated
      foothold verify-bound my-round allocated --json
    """
    from api.service.verifying import verify_folder

    screen = Screen.open(json=json)
    bounds = verify_folder(round_path, allocation_path)
    screen.document(bounds_document(bounds))
    rows = [(b.name, _number(b.bound), _number(b.certificate_bound), b.proof, _verdict(b.ok, b.proof)) for b in bounds]
    screen.table("", ("level", ">recomputed", ">certificate", "proof", ""), rows)
    if not all(bound.ok for bound in bounds):
        for bound in bounds:
            if not bound.ok:
                screen.say(f"{bound.name}: {bound.remark}.")
        screen.say("A bound of the certificate does not hold.", style="bold red")
        raise typer.Exit(Exit.AUDIT_BREACH)
    proven = sum(bound.proof != "solver" for bound in bounds)
    screen.say(f"{proven} of {len(bounds)} bounds proven again without the solver.", style="bold green")


def _number(bound: int | None) -> str:
    return "" if bound is None else f"{bound:,}"


def _verdict(ok: bool, proof: str) -> str:  # noqa: FBT001
    if not ok:
        return "does not hold"
    return "not re-proved: the solver's word" if proof == "solver" else "holds"
