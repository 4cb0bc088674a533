"""A failure as people and programs see it: a short message, every fault or breach, and the exit code."""

from __future__ import annotations

import traceback
from typing import Any

import typer

from api.console import Screen
from api.documents import breach_document
from api.errors import AuditBreachedError, ContradictionError, StoppedError
from api.exits import Exit, exit_for, is_refused_place
from engine.faults import Fault, RoundRefusedError
from engine.sentences import shortened

HINTS = {
    RoundRefusedError: "nothing was written; `foothold check ROUND` gives your own files back with a Problems column",
    ContradictionError: "nothing was written; change any one of these and allocate again",
    StoppedError: "nothing was written",
}


def present(failure: BaseException, *, json: bool, debug: bool = False) -> Exit:
    """Tell a failure on standard error, write it as the one document where ``json``, and return the exit code."""
    screen = Screen.open(json=json)
    usage = isinstance(failure, typer.TyperException)
    code = Exit.BAD_INPUT if usage else exit_for(failure)
    message = message_of(failure)
    if usage:
        _tell_usage(screen, failure)
    screen.tell(f"foothold: {message}", style="bold red")
    for sentence in _details(failure):
        screen.tell(f"  {sentence}")
    hint = next((text for kind, text in HINTS.items() if isinstance(failure, kind)), "")
    if hint:
        screen.tell(f"foothold: {hint}")
    if code is Exit.INTERNAL_FAULT:
        _tell_fault(screen, failure, debug=debug)
    screen.document({"error": {"exit_code": int(code), "message": message}, **evidence(failure)})
    return code


def sentence_of(fault: Fault) -> str:
    """One fault as a line: where it is, what was there, what would be accepted."""
    where = fault.table if fault.row <= 0 else f"{fault.table} row {fault.row}"
    column = f", {fault.column}" if fault.column else ""
    value = f": {fault.value!r}" if fault.value else ""
    return f"{where}{column}{value} [{fault.code}] {fault.message}"


def message_of(failure: BaseException) -> str:
    """A failure in one sentence."""
    if isinstance(failure, typer.TyperException):
        return failure.format_message()
    if isinstance(failure, KeyboardInterrupt):
        return "stopped"
    if isinstance(failure, RoundRefusedError):
        count = len(failure.faults)
        return f"the round has {count} fault{'' if count == 1 else 's'}"
    if isinstance(failure, OSError) and is_refused_place(failure):
        return f"{shortened(str(failure.filename))} cannot be used: {failure.strerror}"
    if exit_for(failure) is Exit.INTERNAL_FAULT:
        return f"internal fault: {type(failure).__name__}: {failure}"
    return str(failure)


def _details(failure: BaseException) -> list[str]:
    if isinstance(failure, RoundRefusedError):
        return [sentence_of(fault) for fault in failure.faults]
    if isinstance(failure, ContradictionError):
        return list(failure.conflict)
    if isinstance(failure, AuditBreachedError):
        return [f"[{breach.rule}] {breach.sentence}" for breach in failure.breaches]
    return []


def evidence(failure: BaseException) -> dict[str, Any]:
    """What a program is told beside the sentence: every fault, the conflict or the breaches."""
    if isinstance(failure, RoundRefusedError):
        return {"faults": [fault.as_dict() for fault in failure.faults]}
    if isinstance(failure, ContradictionError):
        return {"conflict": list(failure.conflict)}
    if isinstance(failure, AuditBreachedError):
        return {"breaches": [breach_document(breach) for breach in failure.breaches]}
    return {}


def _tell_usage(screen: Screen, failure: BaseException) -> None:
    context = getattr(failure, "ctx", None)
    if context is not None:
        screen.tell(context.get_usage())
        screen.tell(f"Try '{context.command_path} --help' for help.")


def _tell_fault(screen: Screen, failure: BaseException, *, debug: bool) -> None:
    if debug:
        screen.tell("".join(traceback.format_exception(failure)))
    else:
        screen.tell("foothold: set FOOTHOLD_DEBUG=1 to see where it happened")
