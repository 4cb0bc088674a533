"""The JSON documents that ``--json`` writes, each built in one place: other programs read these shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from api.service.allocating import Allocated
    from api.service.history import Written
    from api.service.rerunning import Rerun
    from api.store.model import KeyRow, RoundRow
    from api.store.trail import Verified
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


def round_document(row: RoundRow) -> dict[str, Any]:
    """A round of the store: where it is in its life, and what is on record of it."""
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "input_sha256": row.input_sha256,
        "seed": row.seed,
        "signed_run": row.signed_run,
        "signed_by": row.signed_by,
        "published_run": row.published_run,
        "created_at": row.created_at,
        "closed_at": row.closed_at,
        "purged_at": row.purged_at,
    }


def trail_document(verified: Verified) -> dict[str, Any]:
    """What ``trail --json`` writes."""
    return {"entries": verified.entries, "head": verified.head, "broken": list(verified.broken)}


def key_document(row: KeyRow) -> dict[str, Any]:
    """A key, less its secret."""
    return {
        "id": row.id,
        "role": row.role,
        "for": row.scope,
        "label": row.label,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
    }
