"""The JSON documents that ``--json`` writes, each built in one place: other programs read these shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from api.service.allocating import Allocated
    from api.service.history import Written
    from api.service.rerunning import Rerun
    from engine.audit import Audit, Breach
    from engine.checking import CheckReport
    from solver.verify import LevelBound


def check_document(report: CheckReport, written: Sequence[Path]) -> dict[str, Any]:
    """What ``check --json`` writes: every fault, every note with its count, and how many rows each table has."""
    return {
        "faults": [fault.as_dict() for fault in report.faults],
        "counts": dict(report.counts),
        "notes": [{"code": note.code, "sentence": note.sentence, "count": note.count} for note in report.notes],
        "problem_files": [str(path) for path in written],
    }


def breach_document(breach: Breach) -> dict[str, str]:
    """One breach; the ids are left out where it is about no one student or slot."""
    ids = {"student_id": breach.student_id, "slot_id": breach.slot_id}
    return {"rule": breach.rule, **{name: value for name, value in ids.items() if value}, "sentence": breach.sentence}


def audit_document(audit: Audit) -> dict[str, Any]:
    """What ``audit --json`` writes: breaches, and every goal and level as measured on the allocation."""
    return {
        "breaches": [breach_document(breach) for breach in audit.breaches],
        "goals": dict(audit.goals),
        "levels": [{"name": level.name, "value": level.value} for level in audit.levels],
        "overrides": list(audit.overrides),
    }


def bounds_document(bounds: Sequence[LevelBound]) -> dict[str, Any]:
    """What ``verify-bound --json`` writes: each level's bound as recomputed and as the certificate has it."""
    return {
        "ok": all(bound.ok for bound in bounds),
        "levels": [
            {
                "name": bound.name,
                "bound": bound.bound,
                "certificate_bound": bound.certificate_bound,
                "proof": bound.proof,
                "ok": bound.ok,
                "remark": bound.remark,
            }
            for bound in bounds
        ],
    }


def allocate_document(allocated: Allocated) -> dict[str, Any]:
    """What ``allocate --json`` writes: the certificate as written, and where everything is."""
    return {"out": str(allocated.out), "report": str(allocated.report), "certificate": dict(allocated.certificate)}


def rerun_document(rerun: Rerun) -> dict[str, Any]:
    """What ``rerun --json`` writes: as ``allocate``, and every row that is not kept; ``counts`` has them all."""
    return {
        **allocate_document(rerun.allocated),
        "counts": dict(rerun.allocated.certificate["rerun"]["changes"]),
        "changes": [
            {
                "student_id": change.student_id,
                "urn": change.urn,
                "change": change.kind,
                "slot_before": change.before,
                "slot_after": change.after,
                "notified": change.notified,
                "sentence": change.sentence,
            }
            for change in rerun.changes
            if change.kind != "kept"
        ],
        "remarks": list(rerun.remarks),
    }


def history_document(written: Written) -> dict[str, Any]:
    """What ``history --json`` writes: the file, its rows, and how many are new, not attended, attended in part."""
    done = written.finished
    return {
        "out": str(written.path),
        "rows": len(done.rows),
        "before": len(done.rows) - done.added,
        "added": done.added,
        "students": done.students,
        "absent": done.absent,
        "shortened": done.shortened,
    }
