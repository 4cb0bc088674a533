"""Preference points and lottery tickets by the audit's own count."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.audit_case import Case, Row
    from engine.domain import Preference
    from engine.policy import Policy

TICKETS = 1000


class AuditPoints:
    """The points of students in experiences, each worked out once."""

    def __init__(self, policy: Policy, asked: Mapping[str, Sequence[Preference]]) -> None:
        """``asked`` holds each student's preference rows."""
        self._policy, self._asked = policy, asked
        self._found: dict[tuple[str, str], int] = {}

    def of(self, row: Row) -> int:
        """The points of one row: the best that any of the student's preference rows gives it."""
        key = row.student.student_id, row.experience.experience_id
        if key not in self._found:
            self._found[key] = self._worked_out(row)
        return self._found[key]

    def _worked_out(self, row: Row) -> int:
        policy, asked = self._policy, self._asked.get(row.student.student_id, ())
        listed = [wish for wish in asked if wish.kind == "experience"]
        if not listed:
            by_employer = [_at(policy.employer_points, w.rank) for w in asked if w.kind == "employer" and _fits(w, row)]
            by_sector = [_at(policy.sector_points, w.rank) for w in asked if w.kind == "sector" and _fits(w, row)]
            return max(by_employer + by_sector, default=0)
        given = [_at(policy.experience_points, wish.rank) for wish in listed if _fits(wish, row)]
        if given:
            return max(given)
        last = max(wish.rank for wish in listed)
        liked = any(_fits(wish, row) for wish in asked if wish.kind != "experience")
        return _at(policy.experience_points, last + 1 if liked else last + 2)


def preference(case: Case) -> int:
    """Points for giving students what they asked for."""
    return sum(map(case.points.of, case.rows))


def lottery(case: Case) -> int:
    """Each student's ticket times the points of what the student is given."""
    return sum(
        ticket(case.round_.seed, student_id) * sum(map(case.points.of, rows))
        for student_id, rows in case.by_student.items()
    )


def ticket(seed: str, student_id: str) -> int:
    """1 to 1000, from the first four bytes of SHA-256 of ``seed|student_id``."""
    digest = sha256(f"{seed}|{student_id}".encode()).digest()
    return 1 + int.from_bytes(digest[:4], "big") % TICKETS


def _fits(wish: Preference, row: Row) -> bool:
    if wish.kind == "experience":
        return wish.value == row.experience.experience_id
    if wish.kind == "employer":
        return wish.value == row.employer.employer_id
    return wish.value.strip().casefold() == row.experience.sector.strip().casefold()


def _at(points: Sequence[int], rank: int) -> int:
    """The points of a rank (1 is first); 0 beyond the policy's list."""
    return points[rank - 1] if 1 <= rank <= len(points) else 0
