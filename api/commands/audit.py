"""The command ``audit``: re-check every rule and re-measure every goal of an allocation, without the solver."""

import typer

from api.commands.arguments import AllocationPath, Json, RoundPath
from api.console import Screen
from api.documents import audit_document
from api.exits import Exit


def audit(round_path: RoundPath, allocation_path: AllocationPath, *, json: Json = False) -> None:
    """Re-check an allocation against every rule and re-measure every goal, without the solver.

    Reads DIR/allocations.csv as it stands now, so that an allocation edited by hand is checked as edited. Each breach
    is named in a sentence: exit code 5. Clean: exit code 0. In a folder that `foothold rerun` wrote, frozen rows are
    exempt from every rule and count in every limit.

    \b
    Examples:
      foothold audit my-round allocated
      foothold audit my-round allocated --json > audit.json
    """
    from api.service.auditing import audit_folder

    screen = Screen.open(json=json)
    audited = audit_folder(round_path, allocation_path)
    found = audited.audit
    for remark in audited.remarks:
        screen.tell(f"Note: {remark}")
    screen.document(audit_document(found))
    for breach in found.breaches:
        screen.say(f"[{breach.rule}] {breach.sentence}")
    for override in found.overrides:
        screen.say(f"Override: {override}")
    screen.table("", ("level", ">value"), [(level.name, f"{level.value:,}") for level in found.levels])
    screen.table("", ("goal", ">value"), [(name, f"{value:,}") for name, value in found.goals.items()])
    if found.breaches:
        count = len(found.breaches)
        screen.say(f"{count:,} breach{'' if count == 1 else 'es'}.", style="bold red")
        raise typer.Exit(Exit.AUDIT_BREACH)
    screen.say(f"Clean: {audited.rows:,} assignments, no rule broken.", style="bold green")
